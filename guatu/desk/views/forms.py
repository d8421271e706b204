"""Forms and submissions."""

from typing import Any

urlpatterns: list[Any] = []
