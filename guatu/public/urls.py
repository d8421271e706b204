"""Addresses of this door."""

from django.urls import path

from guatu.public.open311.frame import endpoint
from guatu.public.open311.page import page
from guatu.public.open311.services import discovery

app_name = "public"
urlpatterns = [
    path("open311/", page, name="open311"),
    path("open311/v2", endpoint(GET=discovery), name="open311_bare"),
]
