"""The address map: one line per door."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path


def not_here(request: HttpRequest, *_: str, **__: str) -> HttpResponse:
    """Pages of the sign-in library that this product does not offer."""
    raise Http404


urlpatterns = [
    path("", include("guatu.desk.urls")),
    path("packs/", include("guatu.packs.urls")),
    path("wall/", include("guatu.wall.urls")),
    path("m/", include("guatu.phone.urls")),
    path("open311/v2/", include("guatu.public.open311.urls")),
    path("", include("guatu.public.urls")),
    path("api/", include("guatu.api.urls")),
    path("v1/", include("guatu.central.urls")),
    path("kit/", include("guatu.kit.urls")),
    # offices have no e-mail: what rests on it is not there
    re_path(r"^accounts/(email|password/reset|confirm-email|signup)/", not_here),
    path("accounts/", include("allauth.urls")),
]

handler400 = "guatu.kit.errors.bad_request"
handler403 = "guatu.kit.errors.forbidden"
handler404 = "guatu.kit.errors.not_found"
handler500 = "guatu.kit.errors.internal"
