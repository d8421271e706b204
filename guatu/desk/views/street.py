"""Street: the room's front page."""

from typing import Any

urlpatterns: list[Any] = []
