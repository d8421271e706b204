"""The application as servers load it: the intake door beside Django in one process."""

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")

from django.core.asgi import get_asgi_application

_pages = get_asgi_application()  # sets Django up; the intake door needs its models

from django.urls import get_resolver  # noqa: E402

from guatu.central import paths as _central  # noqa: E402
from guatu.intake import app as _intake  # noqa: E402


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What phones ask goes to the intake door, everything else to the pages."""
    if scope["type"] == "http" and _intake.takes(scope["path"]):
        await _intake.application(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(_central.PREFIX):
        await _pages(dict(_central.still_quoted(scope)), receive, send)
    else:
        await _pages(scope, receive, send)


def settle() -> None:
    """Load every page's code and set it aside: a full collection of garbage through it costs some page 200 ms."""
    get_resolver().url_patterns  # noqa: B018
    gc.collect()
    gc.freeze()


async def _live(receive: Any, send: Any) -> None:
    """Servers say hello and goodbye."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            settle()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
