"""The week of a roster: day and night shifts, and where nobody is on duty. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DAY_BEGINS = dt.time(8, 30)  # 早班
NIGHT_BEGINS = dt.time(17, 30)  # 夜班
DAY_HOURS = 9
NIGHT_HOURS = 15
KEPT_DAYS = 28  # a unit without a shift in so many days before and after keeps no roster
LONGEST = dt.timedelta(days=31)  # a longer shift is a mistyped year
NAMED = {"day": (DAY_BEGINS, DAY_HOURS), "night": (NIGHT_BEGINS, NIGHT_HOURS)}


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def above(path: str) -> list[str]:
    """The path of a unit and of all that stand above it, nearest first: a/b/c/ → a/b/c/, a/b/, a/."""
    names = path.strip("/").split("/")
    return ["/".join(names[:count]) + "/" for count in range(len(names), 0, -1) if names[0]]


def span(day: dt.date, named: str, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    """From when until when the "day" or the "night" shift of a day lasts."""
    begins, hours = NAMED[named]
    start = dt.datetime.combine(day, begins, tzinfo=zone)
    return start, start + dt.timedelta(hours=hours)


def name_of(start: dt.datetime, end: dt.datetime) -> str:
    """ "day", "night", or "" for any other time; both in local time."""
    for named in NAMED:
        if span(start.date(), named, start.tzinfo or dt.UTC) == (start, end):
            return named
    return ""


@dataclass(frozen=True)
class Gap:
    """A stretch in which nobody is on duty."""

    start: dt.datetime
    end: dt.datetime


def gaps(
    start: dt.datetime, end: dt.datetime, shifts: Iterable[tuple[dt.datetime, dt.datetime]]
) -> list[Gap]:
    """The stretches between `start` and `end` that no shift covers, in order."""
    found: list[Gap] = []
    covered = start
    for begins, ends in sorted(shifts):
        if begins >= end:
            break
        if begins > covered:
            found.append(Gap(covered, begins))
        covered = max(covered, ends)
    if covered < end:
        found.append(Gap(covered, end))
    return found


def overlap(spans: Sequence[tuple[dt.datetime, dt.datetime]], start: dt.datetime, end: dt.datetime) -> bool:
    """Whether one of the spans shares time with the one from `start` to `end`; touching is not sharing."""
    return any(begins < end and ends > start for begins, ends in spans)
