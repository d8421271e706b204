"""Small words that the figure pages need."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that is only known when the page is made."""
    return mapping.get(key, "")
