"""How a value becomes a cell: reading it from a row, and writing it into a file that a spreadsheet opens safely."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from guatu.kernel.clock import ZONE

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def dotted(row: Any, path: str) -> Any:
    """`unit.short_name` of a row: attributes or mapping keys, callables called, None as soon as a step is None."""
    value = row
    for name in path.split("."):
        if value is None:
            return None
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name)
        if callable(value) and not isinstance(value, type):
            value = value()
    return value


def as_exported(value: Any) -> str | int | float | Decimal | bool | dt.date | dt.datetime | None:
    """A value as a spreadsheet cell holds it: numbers and dates stay what they are, all else is text.

    Moments become local and naive, because a spreadsheet knows no zones.
    """
    if value is None or isinstance(value, (bool, int, float, Decimal)):
        return value
    if isinstance(value, dt.datetime):
        local = value.astimezone(ZONE) if value.tzinfo else value
        return local.replace(tzinfo=None, microsecond=0)
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{one}" for key, one in value.items())
    if isinstance(value, Iterable):
        return "、".join(str(one) for one in value)
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else str(value)


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula (OWASP CSV injection, ASVS 1.2.10)."""
    return text.startswith(DANGEROUS) or text.lstrip(" \u00a0\u3000").startswith(DANGEROUS)


def safe_text(text: str) -> str:
    """The text with a leading apostrophe when a spreadsheet might run it."""
    return f"'{text}" if is_dangerous(text) else text


def unsafe_text(text: str) -> str:
    """What `safe_text` was made from; an import of our own export gives back what was there."""
    return text[1:] if text.startswith("'") and is_dangerous(text[1:]) else text


def safe_cell(value: Any) -> str:
    """A value as one CSV cell: text made safe, moments to the minute, yes and no as 1 and 0, nothing as ""."""
    found = as_exported(value)
    if found is None:
        return ""
    if isinstance(found, bool):
        return "1" if found else "0"
    if isinstance(found, dt.datetime):
        return found.isoformat(sep=" ", timespec="minutes")
    if isinstance(found, str):
        return safe_text(found.replace("\x00", ""))
    return str(found)
