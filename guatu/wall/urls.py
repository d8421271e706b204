"""Addresses of this door."""

from typing import Any

app_name = "wall"
urlpatterns: list[Any] = []
