"""When a signed-in device was last seen, written down now and then instead of at every request.

A wall asks two or three times a second; a write for each would make readers compete with the phones that send.
"""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.http.response import HttpResponseBase

EVERY_SECONDS = 300.0
_MOST_KEPT = 10_000
_written: dict[str, float] = {}


class SeenMiddleware:
    """Stands after authentication, in the place of allauth's own, which writes every time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and self._due(key) and request.user.is_authenticated:
            UserSession.objects.create_from_request(request)
            _written[key] = time.monotonic()
        return self.get_response(request)

    def _due(self, key: str) -> bool:
        if len(_written) > _MOST_KEPT:
            _written.clear()
        return time.monotonic() - _written.get(key, float("-inf")) >= EVERY_SECONDS
