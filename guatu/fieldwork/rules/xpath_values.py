"""Values of XPath as ODK's forms use it: nodes, texts, numbers, truth; days and moments are texts that count as numbers. Pure."""

import datetime as dt
import math
import re
from typing import Any

EPOCH = dt.date(1970, 1, 1)
_NUMBER = re.compile(r"\s*[+-]?(?:\d{1,30}(?:\.\d*)?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?\s*")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?")
NAN = math.nan


class Unsure(Exception):
    """The outcome is not known here: a phone's own value, chance, a file that is not here, or too much work."""


class Attribute:
    """An attribute as a node."""

    __slots__ = ("name", "owner", "value")

    def __init__(self, owner: Any, name: str, value: str) -> None:
        self.owner, self.name, self.value = owner, name, value


class Document:
    """What stands above a root element. There is one of them for each root (see `World.above`)."""

    __slots__ = ("root",)

    def __init__(self, root: Any) -> None:
        self.root = root


def moment_of(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """The moment of an ISO day (its first second) or ISO moment, aware; None for anything else."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        day = dt.date(int(year), int(month), int(day))
        fraction = int(float(fraction or 0) * 1_000_000)
        time = dt.time(int(hour or 0), int(minute or 0), int(second or 0), fraction)
    except ValueError:
        return None
    if not offset:
        return dt.datetime.combine(day, time, tzinfo=zone)
    if offset == "Z":
        return dt.datetime.combine(day, time, tzinfo=dt.UTC)
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if shift >= dt.timedelta(days=1):
        return None
    return dt.datetime.combine(day, time, tzinfo=dt.timezone(sign * shift))


def days_of(moment: dt.datetime, zone: dt.tzinfo) -> float:
    """Days since 1 January 1970 by the clock of the zone: what a day becomes where a number is wanted."""
    here = moment.astimezone(zone)
    seconds = (
        here.hour * 3600 + here.minute * 60 + here.second + here.microsecond / 1_000_000
    )  # a day has 86,400 of them in every expression
    return (here.date() - EPOCH).days + seconds / 86_400


def number_of_text(text: str, zone: dt.tzinfo) -> float:
    """The number a text means, a day's number for a day, else NaN."""
    if _NUMBER.fullmatch(text):
        return float(text)
    if text[4:5] == "-":
        moment = moment_of(text, zone)
        if moment is not None:
            return days_of(moment, zone)
    return NAN


def text_of_number(number: float) -> str:
    """A number as XPath writes it."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e17:
        return str(int(number))
    plain = repr(number)
    if "e" in plain or "E" in plain:
        plain = f"{number:.20f}".rstrip("0").rstrip(".")
    return plain


def is_day(text: str) -> bool:
    """Whether a text is written like a day or a moment."""
    return text[4:5] == "-" and _DAY.fullmatch(text.strip()) is not None


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def day_text(days: float) -> str:
    """The ISO day of a number of days since 1970. Raises Unsure beyond the calendar."""
    try:
        return (EPOCH + dt.timedelta(days=math.floor(days))).isoformat()
    except (OverflowError, ValueError):
        raise Unsure("date") from None
