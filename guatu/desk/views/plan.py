"""Plan: campaign, groups, task list, Gantt, activities."""

from typing import Any

urlpatterns: list[Any] = []
