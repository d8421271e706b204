"""What every page knows about itself without asking: rooms, menu, clock, type size, version."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

import guatu
from guatu.kernel import clock
from guatu.kernel.access import NOBODY, Scope
from guatu.kit.middleware import TYPES
from guatu.kit.rooms import MOST_ROOMS, configured, doors


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Everything that costs is lazy, so that a fragment pays for nothing."""
    return {
        "rooms": SimpleLazyObject(
            lambda: doors(configured("GUATU_ROOMS"), _scope(request), request.path)[:MOST_ROOMS]
        ),
        "menu": SimpleLazyObject(lambda: doors(configured("GUATU_MENU"), _scope(request), request.path)),
        "headline": SimpleLazyObject(lambda: _headline(request)),
        "badge": SimpleLazyObject(lambda: _badge(request)),
        "type_size": getattr(request, "type_size", TYPES[0]),
        "store_clock": SimpleLazyObject(_store_clock),
        "guatu_version": guatu.__version__,
        "attributions": getattr(settings, "GUATU_ATTRIBUTIONS", ()),
        "home_url": getattr(settings, "GUATU_HOME_URL", "/"),
        "now": SimpleLazyObject(clock.now),
    }


def _scope(request: HttpRequest) -> Scope:
    user = getattr(request, "user", None)
    scope = getattr(user, "scope", None)
    return scope if isinstance(scope, Scope) else NOBODY


def _headline(request: HttpRequest) -> Any:
    """The campaign beside the brand, if the composition gives one: an object with `title`, `note`, `href`."""
    path = getattr(settings, "GUATU_HEADLINE", "")
    return import_string(path)(request) if path else None


def _badge(request: HttpRequest) -> Any:
    """What waits to be read, if the composition gives it: an object with `count` ("" for none), `label`, `href`."""
    path = getattr(settings, "GUATU_BADGE", "")
    return import_string(path)(request) if path else None


def _store_clock() -> Any:
    """The time of this store when it is not the real one (a demo, a drill); None otherwise."""
    return clock.now() if clock.anchor() is not None else None
