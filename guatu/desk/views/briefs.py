"""Briefs and the trace of their figures."""

from typing import Any

urlpatterns: list[Any] = []
