"""The server settles when it starts: every page is loaded, and what is loaded is set aside."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

from guatu import asgi


def test_what_is_loaded_at_the_start_is_set_aside() -> None:
    told, said = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]), []

    async def receive() -> dict[str, str]:
        return next(told)

    async def send(message: dict[str, str]) -> None:
        said.append(message["type"])

    gc.unfreeze()
    try:
        # in a thread of its own: a browser's test may have left a loop running in this one
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, asgi.application({"type": "lifespan"}, receive, send)).result()
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
