"""Dates, times and figures as an office writes them. Pure: the language is an argument."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NONE = "—"


def chinese(language: str | None) -> bool:
    return (language or "zh").startswith("zh")


def day(value: dt.date, language: str | None = "zh") -> str:
    """2021年9月16日 · 16 Sep 2021"""
    if chinese(language):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: dt.date, today: dt.date, language: str | None = "zh") -> str:
    """9月16日 · 16 Sep; the year only when it is another year than today's."""
    if value.year != today.year:
        return day(value, language)
    if chinese(language):
        return f"{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]}"


def clock_time(value: dt.datetime) -> str:
    """14:05"""
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: dt.datetime, language: str | None = "zh") -> str:
    """2021年9月16日 14:05 · 16 Sep 2021 14:05"""
    return f"{day(value.date(), language)} {clock_time(value)}"


def short_moment(value: dt.datetime, today: dt.date, language: str | None = "zh") -> str:
    """9月16日 14:05 · 16 Sep 14:05"""
    return f"{short_day(value.date(), today, language)} {clock_time(value)}"


_UNITS = ((86400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"))


def span(length: dt.timedelta, language: str | None = "zh") -> str:
    """The length in its largest whole unit: 3 天, 5 小时, 12 分钟; under a minute: 不到 1 分钟."""
    seconds = int(abs(length.total_seconds()))
    for size, zh, en in _UNITS:
        count = seconds // size
        if count:
            return f"{count} {zh}" if chinese(language) else f"{count} {en}{'' if count == 1 else 's'}"
    return "不到 1 分钟" if chinese(language) else "less than a minute"


def relative(value: dt.datetime, now: dt.datetime, language: str | None = "zh") -> str:
    """3 小时前 · 还有 2 天; only ever shown beside the absolute time."""
    length = value - now
    if abs(length.total_seconds()) < 60:
        return "刚刚" if chinese(language) else "just now"
    if length.total_seconds() < 0:
        return f"{span(length, language)}前" if chinese(language) else f"{span(length, language)} ago"
    return f"{span(length, language)}后" if chinese(language) else f"in {span(length, language)}"


def relative_day(value: dt.date, today: dt.date, language: str | None = "zh") -> str:
    """今天 · 明天 · 昨天 · 3 天前 · 5 天后"""
    days = (value - today).days
    words = {0: ("今天", "today"), 1: ("明天", "tomorrow"), -1: ("昨天", "yesterday")}
    if days in words:
        return words[days][0 if chinese(language) else 1]
    if chinese(language):
        return f"{abs(days)} 天{'后' if days > 0 else '前'}"
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def number(value: object) -> str:
    """12,345 · 39.16 · —; integers without a point, others as they were given, no trailing zeros invented."""
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            return NONE
        return f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():,f}"
    return str(value)


def percent(part: Decimal | int | float | None, whole: Decimal | int | float | None) -> int | None:
    """The share in whole percent, rounded half up; None when there is no denominator."""
    if part is None or not whole:
        return None
    share = Decimal(str(part)) * 100 / Decimal(str(whole))
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def size(count: int) -> str:
    """512 B · 34 KB · 2.1 MB"""
    if count < 1024:
        return f"{count} B"
    if count < 1024**2:
        return f"{round(count / 1024)} KB"
    return f"{count / 1024**2:.1f} MB"


def difference(value: Decimal | int | float) -> str:
    """+3 · −2 · ±0, with a true minus sign."""
    if value == 0:
        return "±0"
    text = number(abs(value))
    return f"+{text}" if value > 0 else f"−{text}"


def axis_day(label: object) -> str:
    """A day as an axis has room for it: 9/16; anything that is no day stays as it is."""
    if isinstance(label, str):
        try:
            label = dt.date.fromisoformat(label)
        except ValueError:
            return str(label)
    return f"{label.month}/{label.day}" if isinstance(label, dt.date) else str(label)
