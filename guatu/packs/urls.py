"""Pages of packs."""

from django.urls import path

from guatu.packs import views

app_name = "packs"

urlpatterns = [
    path("", views.packs, name="packs"),
    path("<slug:name>/", views.pack, name="pack"),
    path("<slug:name>/apply/", views.apply, name="apply"),
]
