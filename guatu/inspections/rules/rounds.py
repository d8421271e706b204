"""How a round goes, shifts of a day and a night (白+黑), teams and their people. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STATUS = ("draft", "running", "closed", "cancelled")
EDITABLE = ("draft", "running")  # places, teams and days may still change


@dataclass(frozen=True)
class Move:
    """One row of the lifecycle: from any of `sources` to `target`."""

    step: str
    sources: tuple[str, ...]
    target: str
    verb: str
    reason: bool = False


LIFECYCLE: dict[str, Move] = {
    move.step: move
    for move in (
        Move("start", ("draft",), "running", "round.started"),
        Move("close", ("running",), "closed", "round.closed"),
        Move("cancel", ("draft", "running"), "cancelled", "round.cancelled", reason=True),
        Move("reopen", ("closed", "cancelled"), "", "round.reopened"),
    )
}
LONGEST_ROUND = 366  # days
LONGEST_SHIFT = dt.timedelta(hours=16)

# 白+黑: (begins, hours); the night may run past midnight
SHIFTS: dict[str, tuple[dt.time, int]] = {"day": (dt.time(8, 30), 9), "night": (dt.time(18, 0), 5)}


def shift_span(day: dt.date, shift: str, zone: dt.tzinfo | None) -> tuple[dt.datetime, dt.datetime]:
    """From when until when a shift of a day usually lasts."""
    begins, hours = SHIFTS[shift]
    start = dt.datetime.combine(day, begins, tzinfo=zone)
    return start, start + dt.timedelta(hours=hours)


def shift_of(start: dt.datetime, end: dt.datetime) -> str:
    """day or night, by where the middle of the stretch lies: 06:00–18:00 is day."""
    middle = start + (end - start) / 2
    return "day" if 6 <= middle.hour < 18 else "night"


def spans_between(
    first: dt.date, last: dt.date, shift: str, zone: dt.tzinfo | None
) -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches of a shift on each day of a round; "" is both, one after the other."""
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return [shift_span(day, name, zone) for day in days for name in SHIFTS if shift in ("", name)]


def number_of(year: int, count: int) -> str:
    """JC-2022-0012: the series of inspection rounds of a campaign and year."""
    return f"JC-{year}-{count:04d}"


def wrong_days(starts_on: dt.date, ends_on: dt.date) -> bool:
    return ends_on < starts_on or (ends_on - starts_on).days >= LONGEST_ROUND


def wrong_times(on_day: dt.date, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """A team's time must begin on its day and last a while, but not longer than a shift can."""
    return not (
        starts_at.date() == on_day and dt.timedelta(minutes=15) <= ends_at - starts_at <= LONGEST_SHIFT
    )


@dataclass(frozen=True)
class Progress:
    """Where a round stands. done: seen and judged; missed: gone to, but not open or gone; left: still to go to."""

    total: int
    done: int
    missed: int
    skipped: int
    left: int
    outcomes: Mapping[str, int]

    @property
    def settled(self) -> int:
        """Everything that needs no further going to: the second count of the bar."""
        return self.done + self.missed + self.skipped

    @property
    def percent(self) -> int:
        return round(self.settled * 100 / self.total) if self.total else 0


def progress(rows: Iterable[tuple[str, str, int]]) -> Progress:
    """From (status, outcome, how many) of a round's visits; removed ones are not asked for."""
    outcomes: Counter[str] = Counter()
    by_status: Counter[str] = Counter()
    for status, outcome, count in rows:
        if status == "removed":
            continue
        by_status[status] += count
        if outcome:
            outcomes[outcome] += count
    missed = outcomes["not_open"] + outcomes["gone"]
    total = sum(by_status.values())
    return Progress(
        total, by_status["done"] - missed, missed, by_status["skipped"],
        by_status["planned"] + by_status["started"], dict(outcomes),
    )  # fmt: skip


def clashes(
    people: Sequence[Any],
    start: dt.datetime,
    end: dt.datetime,
    others: Iterable[tuple[Any, str, dt.datetime, dt.datetime]],
) -> list[tuple[Any, str]]:
    """Who of `people` goes with another team at the same time; others: (person, team's name, from, until). Touching is
    not the same time."""  # fmt: skip
    wanted = set(people)
    return [(who, name) for who, name, low, high in others if who in wanted and low < end and high > start]


def moved(moment: dt.datetime, days: int) -> dt.datetime:
    """The same time of day, so many days later."""
    return moment + dt.timedelta(days=days)
