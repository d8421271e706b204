"""Small words that the figure pages need."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

METHODS = {
    "count": _("计数"),
    "sum": _("相加"),
    "rate": _("两数之比"),
    "average": _("平均"),
    "distinct": _("不重复计数"),
    "countdown": _("倒数天数"),
    "overdue": _("逾期计数"),
    "coverage": _("名册覆盖率"),
}

register = template.Library()


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that is only known when the page is made."""
    return mapping.get(key, "")


@register.filter
def method_word(kind: str) -> Any:
    """How an indicator is worked out, in words."""
    return METHODS.get(kind, kind)
