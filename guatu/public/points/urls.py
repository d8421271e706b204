"""Addresses of the page that says where the line is shortest."""

from django.urls import path

from guatu.public.points import views

urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue.json", views.queue_json, name="queue_json"),
]
