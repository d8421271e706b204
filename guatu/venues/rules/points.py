"""Service points: how long one waits, whether the line is over its limit, which point is the best to go to. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

KINDS = ("sampling", "vaccination", "supply")
STATUS = ("open", "paused", "ended")
SOURCES = ("staff", "counter")
STALE = dt.timedelta(minutes=45)  # a count older than that says nothing about the line now
TELL_AGAIN = dt.timedelta(minutes=30)  # while the line stays over its limit
MOST_PEOPLE = 100_000


def wait_minutes(queue: int | None, lanes: int, per_hour: int) -> int | None:
    """Minutes until somebody who joins the line now has been served; None when nobody counted it."""
    if queue is None or lanes < 1 or per_hour < 1:
        return None
    return ceil((queue + 1) * 60 / (lanes * per_hour))


def fresh(queue_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a count still says something."""
    return queue_at is not None and now - queue_at <= STALE


def over(queue: int | None, limit: int) -> bool:
    """Whether the line is longer than it may be; a limit of 0 is none."""
    return limit > 0 and queue is not None and queue > limit


def to_tell(queue: int | None, limit: int, told_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether somebody is told now: when the line goes over its limit, and again while it stays there."""
    return over(queue, limit) and (told_at is None or now - told_at >= TELL_AGAIN)


@dataclass(frozen=True)
class Point:
    """A point as the public page compares it. open: by its hours and its state; None: its hours are not known."""

    id: str
    open: bool | None
    queue: int | None
    fresh: bool
    wait: int | None
    metres: float | None = None


def best_first(points: Sequence[Point]) -> list[Point]:
    """Open and counted ones by waiting time, then open ones nobody counted lately, then closed ones; nearest first within.

    A known distance counts as a walk of 80 metres a minute beside the wait: a shorter line far away is no shorter way.
    """

    def key(point: Point) -> tuple[int, float, float, str]:
        group = 2 if point.open is False else 0 if point.fresh and point.wait is not None else 1
        walk = (point.metres or 0.0) / 80
        return group, (point.wait or 0) + walk if group == 0 else walk, point.metres or 0.0, point.id

    return sorted(points, key=key)


def stock_after(
    stock: Mapping[str, Mapping[str, object]], changes: Mapping[str, int]
) -> dict[str, dict[str, object]]:
    """The stock after something came in (+) or was used (−). Raises ValueError with the item that would fall below nothing,
    KeyError for one that the point does not keep."""
    found = {name: dict(line) for name, line in stock.items()}
    for name, change in changes.items():
        have = int(str(found[name].get("have", 0))) + change
        if have < 0:
            raise ValueError(name)
        found[name]["have"] = have
    return found


def low(stock: Mapping[str, Mapping[str, object]]) -> list[str]:
    """What is at or below the mark at which more must be brought."""
    return [
        name for name, line in stock.items() if int(str(line.get("have", 0))) <= int(str(line.get("low", 0)))
    ]


def wrong_stock(stock: Mapping[str, Mapping[str, object]]) -> str:
    """The first item whose figures cannot be; "" when none."""
    for name, line in stock.items():
        try:
            fine = name.strip() and int(str(line.get("have", 0))) >= 0 and int(str(line.get("low", 0))) >= 0
        except ValueError:
            fine = False
        if not fine:
            return name or "—"
    return ""


def curve(
    reports: Sequence[tuple[dt.datetime, int | None]], first: int = 6, last: int = 22
) -> list[tuple[int, int | None]]:
    """(hour, the longest line reported in it) of a day, hours without a report as None."""
    found: dict[int, int] = {}
    for at, queue in reports:
        if queue is not None:
            found[at.hour] = max(queue, found.get(at.hour, 0))
    return [(hour, found.get(hour)) for hour in range(first, last + 1)]


_COUNTS = (0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 500)


def quick_counts(limit: int, most: int = 12) -> list[int]:
    """Lengths of a line that are reported with one touch: fine where the limit is near, and always one above it."""
    above = [count for count in _COUNTS if limit and count > limit]
    last = _COUNTS.index(above[min(1, len(above) - 1)]) + 1 if above else len(_COUNTS) if limit else 11
    shown = list(_COUNTS[:last]) if above or not limit else [*_COUNTS, limit + max(limit // 5, 1)]
    return shown if len(shown) <= most else [0, *shown[-(most - 1) :]]


def lines_of(text: str) -> list[list[str]]:
    """Lines a person typed, cut at commas of either language (and 、 or tabs); empty lines left out."""
    found = []
    for line in text.splitlines():
        for mark in "，、\t；;":
            line = line.replace(mark, ",")
        parts = [part.strip() for part in line.split(",")]
        if any(parts):
            found.append(parts)
    return found


def posts_of(text: str) -> list[dict[str, object]]:
    """“采样，2” a line into [{"name": "采样", "people": 2}]. Raises ValueError with the line that cannot be read."""
    found: list[dict[str, object]] = []
    for parts in lines_of(text):
        people = parts[1] if len(parts) > 1 and parts[1] else "1"
        if not parts[0] or len(parts) > 2 or not people.isdecimal() or not 1 <= int(people) <= 1000:
            raise ValueError("，".join(parts))
        found.append({"name": parts[0][:40], "people": int(people)})
    return found


def stock_of(text: str) -> dict[str, dict[str, object]]:
    """“采样管，支，1200，300” a line (name, unit, what there is, mark at which more must come) into stock.

    Raises ValueError with the line that cannot be read, or whose name stands twice or is longer than 40.
    """
    found: dict[str, dict[str, object]] = {}
    for parts in lines_of(text):
        name, unit, have, mark = [*parts, "", "", ""][:4]
        fine = name and len(name) <= 40 and name not in found and len(parts) <= 4
        if (
            not fine
            or not (have or "0").isdecimal()
            or not (mark or "0").isdecimal()
            or len(have + mark) > 14
        ):
            raise ValueError("，".join(parts))
        found[name] = {"have": int(have or 0), "low": int(mark or 0), "unit": unit[:10]}
    return found


def posts_text(posts: Sequence[Mapping[str, object]]) -> str:
    return "\n".join(f"{post.get('name', '')}，{post.get('people', 1)}" for post in posts)


def stock_text(stock: Mapping[str, Mapping[str, object]]) -> str:
    return "\n".join(
        f"{name}，{line.get('unit', '')}，{line.get('have', 0)}，{line.get('low', 0)}"
        for name, line in stock.items()
    )
