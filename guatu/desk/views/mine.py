"""Mine: what I owe today."""

from typing import Any

urlpatterns: list[Any] = []
