"""Settings: store, jobs, my account."""

from typing import Any

urlpatterns: list[Any] = []
