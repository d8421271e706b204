"""Addresses of this door."""

from django.urls import path

from guatu.wall import views

app_name = "wall"
urlpatterns = [
    path("", views.choose, name="wall"),
    path("<slug:code>/", views.board, name="board"),
    path("<slug:code>/data", views.data, name="data"),
    path("<slug:code>/map", views.map_data, name="map"),
]
