"""Places and areas."""

from typing import Any

urlpatterns: list[Any] = []
