"""Figures and the records they count."""

from typing import Any

urlpatterns: list[Any] = []
