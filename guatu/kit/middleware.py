"""What a person prefers to see: the language and the size of the type."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

LANGUAGES = ("zh-hans", "en")
TYPE_COOKIE = "guatu_type"
TYPES = ("normal", "large")


def language_of(request: HttpRequest) -> str:
    """What was chosen in this browser, else what the person's record says, else Chinese.

    The browser's own list is not asked: this is an office tool, Chinese first, and an English browser in a Chinese
    office is common.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen not in LANGUAGES:
        chosen = getattr(getattr(request, "user", None), "language", "") or ""
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def type_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(TYPE_COOKIE, "")
    return chosen if chosen in TYPES else TYPES[0]


class PreferenceMiddleware:
    """Stands after authentication. Sets the language for the request and `request.type_size`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        request.LANGUAGE_CODE = language
        request.type_size = type_of(request)  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
