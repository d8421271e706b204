"""Addresses of the door for ODK Central's clients, below /v1/. Parts that may hold any character are `<quoted:…>`."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from guatu.central import paths, people_views
from guatu.central.frame import verbs

register_converter(paths.Quoted, "quoted")

urlpatterns: list[URLPattern | URLResolver] = [
    path("sessions", verbs(anybody=True, POST=people_views.sign_in)),
    path("sessions/current", verbs(DELETE=people_views.sign_out)),
    path("sessions/<quoted:token>", verbs(DELETE=people_views.sign_out)),
    path("users/current", verbs(GET=people_views.current)),
    path("", include("guatu.central.datasets")),
]
