"""Days and moments in expressions. Texts in ISO form, which count as days since 1970 where a number is wanted. Pure."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from guatu.fieldwork.rules.xforms import local
from guatu.fieldwork.rules.xpath_steps import Context
from guatu.fieldwork.rules.xpath_values import (
    EPOCH,
    NAN,
    Attribute,
    Document,
    Unsure,
    day_text,
    days_of,
    is_number,
    moment_of,
)

_LONGEST_PATTERN = 200


def _moment(context: Context, value: Any) -> dt.datetime | None:
    """The moment a value means: a number of days, an ISO text; None when it is empty or neither."""
    if isinstance(value, float) or not isinstance(value, bool) and is_number(context.text(value)):
        days = context.number(value)
        if not math.isfinite(days) or abs(days) > 700_000:
            return None
        start = dt.datetime.combine(EPOCH, dt.time(), tzinfo=context.zone)
        return start + dt.timedelta(seconds=round(days * 86_400, 3))
    return moment_of(context.text(value), context.zone)


def _date(context: Context, value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return day_text(value)
    moment = _moment(context, value)
    if moment is None:
        if context.text(value).strip():
            raise Unsure("date")  # phones refuse the form here
        return ""
    return moment.astimezone(context.zone).date().isoformat()


def _date_time(context: Context, value: Any) -> str:
    moment = _moment(context, value)
    if moment is None and context.text(value).strip():
        raise Unsure("date-time")
    return moment.astimezone(context.zone).isoformat(timespec="milliseconds") if moment is not None else ""


def _decimal(context: Context, value: Any) -> float:
    moment = _moment(context, value)
    return days_of(moment, context.zone) if moment is not None else NAN


def _decimal_time(context: Context, value: Any) -> float:
    text = context.text(value)
    try:
        time = dt.time.fromisoformat(text.partition("T")[2] or text)
    except ValueError:
        return NAN
    return (time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6) / 86_400


_PIECES: dict[str, Callable[[dt.datetime], str]] = {
    "Y": lambda at: f"{at.year:04d}", "y": lambda at: f"{at.year % 100:02d}", "m": lambda at: f"{at.month:02d}",
    "n": lambda at: str(at.month), "d": lambda at: f"{at.day:02d}", "e": lambda at: str(at.day),
    "H": lambda at: f"{at.hour:02d}", "h": lambda at: str(at.hour), "M": lambda at: f"{at.minute:02d}",
    "S": lambda at: f"{at.second:02d}", "3": lambda at: f"{at.microsecond // 1000:03d}", "%": lambda at: "%",
}  # fmt: skip


def _format(context: Context, value: Any, pattern: Any) -> str:
    """`format-date(day, '%Y-%m-%d')`. Names of months and weekdays are in the phone's language: unsure."""
    moment, words = _moment(context, value), context.text(pattern)
    if moment is None:
        return ""
    if len(words) > _LONGEST_PATTERN:
        raise Unsure("format-date")
    moment = moment.astimezone(context.zone)
    found, at = [], 0
    while at < len(words):
        if words[at] != "%":
            found.append(words[at])
            at += 1
            continue
        piece = _PIECES.get(words[at + 1 : at + 2])
        if piece is None:
            raise Unsure("format-date")
        found.append(piece(moment))
        at += 2
    return "".join(found)


def name_of(found: list[Any]) -> str:
    """The name of the first node."""
    if not found or isinstance(found[0], Document):
        return ""
    return found[0].name if isinstance(found[0], Attribute) else local(found[0])


FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "today": (lambda c: c.world.now.date().isoformat(), 0, 0),
    "now": (lambda c: c.world.now.isoformat(timespec="milliseconds"), 0, 0),
    "date": (_date, 1, 1),
    "date-time": (_date_time, 1, 1),
    "format-date": (_format, 2, 2),
    "format-date-time": (_format, 2, 2),
    "decimal-date-time": (_decimal, 1, 1),
    "decimal-time": (_decimal_time, 1, 1),
}
