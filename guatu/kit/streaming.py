"""Long answers in constant memory, under WSGI and ASGI alike.

Django under ASGI reads a synchronous iterator to its end before the first byte leaves. Wrapping it here keeps the
promise of constant memory in both.
"""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    # in the request's own thread, where its database connection lives
    step = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    while (piece := await step()) is not None:
        yield piece


def stream(request: HttpRequest, pieces: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """A streamed answer of the pieces, whichever server asks."""
    source = _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(source, content_type=content_type)
