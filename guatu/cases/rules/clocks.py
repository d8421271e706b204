"""What the clock of a case says: limits in several kinds of time, pauses, stages one after another. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guatu.cases.rules.lifecycle import WITH_CLOCK
from guatu.kernel import workcalendar
from guatu.kernel.workcalendar import WorkCalendar

Pause = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Limit:
    """A time limit: how much of which kind of time (`workcalendar.UNITS`)."""

    amount: Decimal
    unit: str


class LimitError(ValueError):
    """A limit that cannot be counted; the argument is what is wrong with it: unit or amount."""


def limit_of(amount: Decimal | int | str | None, unit: str) -> Limit | None:
    """A limit from what was written; None when nothing was. Raises LimitError."""
    if amount in (None, "") and not unit:
        return None
    if unit not in workcalendar.UNITS:
        raise LimitError("unit")
    try:
        number = Decimal(str(amount))
    except ArithmeticError:
        raise LimitError("amount") from None
    if not number.is_finite() or not Decimal("0.01") <= number <= Decimal(1000):
        raise LimitError("amount")
    return Limit(number, unit)


@dataclass(frozen=True)
class Clock:
    """A deadline with the lines that explain it, as they are kept on the case."""

    started_at: dt.datetime
    due_at: dt.datetime
    provisional: bool
    lines: tuple[Mapping[str, Any], ...]


def clock_of(start: dt.datetime, limit: Limit, calendar: WorkCalendar, pauses: Sequence[Pause] = ()) -> Clock:
    """The deadline and its computation, in the local time of `start`; nothing runs in a pause (挂账)."""
    found = workcalendar.deadline(start, limit.amount, limit.unit, calendar, pauses)
    lines = tuple(
        {
            "start": line.start.isoformat(),
            "end": line.end.isoformat(),
            "minutes": line.minutes,
            "left": line.left,
            "kind": line.kind,
        }
        for line in found.lines
    )
    return Clock(start, found.at, found.provisional, lines)


def chain(
    start: dt.datetime, limits: Sequence[Limit], calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> list[Clock]:
    """Limits in several stages (止水, then 恢复): each runs from the deadline of the one before."""
    found: list[Clock] = []
    for limit in limits:
        found.append(clock_of(found[-1].due_at if found else start, limit, calendar, pauses))
    return found


def share_at(
    start: dt.datetime,
    limit: Limit,
    share: Decimal,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> dt.datetime:
    """When so much of the limit is used up: 0.8 of it, the whole, twice."""
    return clock_of(start, Limit(limit.amount * share, limit.unit), calendar, pauses).due_at


def minutes_used(
    start: dt.datetime, end: dt.datetime, unit: str, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> int:
    """Minutes of the limit's own kind of time between two moments, pauses left out."""
    spent = workcalendar.minutes_worked(start, end, unit, calendar)
    for begun, ended in pauses:
        low, high = max(begun, start), min(ended, end)
        if low < high:
            spent -= workcalendar.minutes_worked(low, high, unit, calendar)
    return max(spent, 0)


def is_late(due_at: dt.datetime | None, until: dt.datetime) -> bool:
    """Whether the limit had run out by `until`. The very minute of the deadline is still in time."""
    return due_at is not None and until > due_at


def overdue_now(status: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the clock job must record that the case became overdue."""
    return status in WITH_CLOCK and is_late(due_at, now)


def in_time(due_at: dt.datetime | None, handled_at: dt.datetime | None) -> bool | None:
    """Handled in time: True or False; None while it is not handled."""
    return None if handled_at is None else not is_late(due_at, handled_at)


def stricter(limit: Limit, factor: Decimal) -> Limit:
    """The limit of a guarantee period (保障期): a share of the usual one, never less than a hundredth."""
    return Limit(max((limit.amount * factor).quantize(Decimal("0.01")), Decimal("0.01")), limit.unit)
