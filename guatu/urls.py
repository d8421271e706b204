"""The address map: one line per door."""

from django.urls import include, path

urlpatterns = [
    path("", include("guatu.desk.urls")),
    path("wall/", include("guatu.wall.urls")),
    path("api/", include("guatu.api.urls")),
    path("kit/", include("guatu.kit.urls")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "guatu.kit.errors.bad_request"
handler403 = "guatu.kit.errors.forbidden"
handler404 = "guatu.kit.errors.not_found"
handler500 = "guatu.kit.errors.internal"
