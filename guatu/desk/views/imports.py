"""Imports: file, mapping, check, apply, undo."""

from typing import Any

urlpatterns: list[Any] = []
