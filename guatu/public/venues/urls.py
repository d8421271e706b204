"""Addresses of venue codes: short, since they stand in a square that must stay easy to scan."""

from django.urls import path

from guatu.public.venues import views

urlpatterns = [
    path("v/keys.json", views.keys, name="venue_keys"),
    path("v/<str:token>/", views.venue, name="venue"),
]
