"""An address map with the kit and doors that lead nowhere, so that the kit is tested without any noun."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from guatu.kit import errors


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("meant")


NAMES = "mine plan cases street registers duty briefs figures people packs settings notices".split()
desk = ([path(f"{name}/", nothing, name=name) for name in NAMES], "desk")
wall = ([path("", nothing, name="wall")], "wall")

urlpatterns = [
    path("kit/", include("guatu.kit.urls")),
    path("wall/", include(wall)),
    path("broken/", broken),
    path("accounts/logout/", nothing, name="account_logout"),
    path("", include(desk)),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.internal
