"""The kit's own two pages: keeping a preference, and the living pattern page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_POST

from guatu.kit import patterns as shown
from guatu.kit.middleware import LANGUAGES, TYPE_COOKIE, TYPES
from guatu.kit.shortcuts import next_url

YEAR = 365 * 24 * 3600


@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Remember the language or the size of the type in this browser, and go back."""
    answer = HttpResponseRedirect(next_url(request, "/"))
    language, size = request.POST.get("language", ""), request.POST.get("type", "")
    if language in LANGUAGES:
        _remember(request, answer, settings.LANGUAGE_COOKIE_NAME, language)
    if size in TYPES:
        _remember(request, answer, TYPE_COOKIE, size)
    return answer


def _remember(request: HttpRequest, answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())


def _only_when_shown() -> None:
    if not (settings.DEBUG or getattr(settings, "GUATU_PATTERNS", False)):
        raise Http404


def patterns(request: HttpRequest) -> HttpResponse:
    """Every part of the kit on one page."""
    _only_when_shown()
    return render(request, "kit/patterns/index.html", shown.everything())


def pattern(request: HttpRequest, name: str) -> HttpResponse:
    """One of the four kinds of page, or an error page, made of samples."""
    _only_when_shown()
    if name not in shown.PAGES:
        raise Http404
    template, context, status = shown.PAGES[name](request)
    with translation.override(translation.get_language() or "zh-hans"):
        return render(request, template, context, status=status)
