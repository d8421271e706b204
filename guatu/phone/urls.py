"""Addresses of this door."""

from django.urls import path

from guatu.phone import views

app_name = "phone"
urlpatterns = [
    path("", views.page, name="shell"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
    path("sync", views.changes, name="sync"),
    path("outbox", views.receive, name="outbox"),
    path("outbox/<uuid:item_id>", views.receipt, name="receipt"),
    path("returns/<uuid:return_id>/instance.xml", views.returned, name="returned"),
]
