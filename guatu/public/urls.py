"""Addresses of this door."""

from django.urls import path

from guatu.public.open311.frame import endpoint
from guatu.public.open311.page import page
from guatu.public.open311.services import discovery
from guatu.public.people import views
from guatu.public.points.urls import urlpatterns as point_urls
from guatu.public.venues.urls import urlpatterns as venue_urls

app_name = "public"
urlpatterns = [
    path("open311/", page, name="open311"),
    path("open311/v2", endpoint(GET=discovery), name="open311_bare"),
    path("report/", views.report_index, name="report_index"),
    path("report/<slug:campaign>/", views.report, name="report"),
    path("follow/<str:key>/", views.follow, name="follow"),
    path("follow/<str:key>/photo/<uuid:file_id>/", views.follow_photo, name="follow_photo"),
    path("answer/<str:key>/", views.answer, name="answer"),
    *venue_urls,
    *point_urls,
]
