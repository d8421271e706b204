"""Units, people, posts, contracts."""

from typing import Any

urlpatterns: list[Any] = []
