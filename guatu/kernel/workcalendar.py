"""Working time: limits of cases and tasks, explained line by line. Pure.

Working hours 08:00–12:00 and 14:00–18:00; one working day (工作日) is eight working hours, not “end of the next day”.
`work_hour` and `work_day` run only in working time; `urgent_hour` and `natural_day` run on without a break. Swapped
workdays (调休) count as workdays. Golden cases: docs/working-time.md.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

WORK_HOUR = "work_hour"
WORK_DAY = "work_day"
URGENT_HOUR = "urgent_hour"
NATURAL_DAY = "natural_day"
UNITS = (WORK_HOUR, WORK_DAY, URGENT_HOUR, NATURAL_DAY)
HOURS_A_DAY = 8


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, and the slots worked on them. Days after `coverage_until` are not known."""

    days: Mapping[dt.date, bool]
    slots: tuple[tuple[dt.time, dt.time], ...] = (
        (dt.time(8), dt.time(12)),
        (dt.time(14), dt.time(18)),
    )

    @property
    def coverage_until(self) -> dt.date | None:
        return max(self.days) if self.days else None

    def is_workday(self, day: dt.date) -> bool | None:
        """True, False, or None when the calendar does not say."""
        return self.days.get(day)


@dataclass(frozen=True)
class Line:
    """One line of the computation: on this stretch so many minutes were used, so many remain."""

    start: dt.datetime
    end: dt.datetime
    minutes: int
    left: int
    kind: str  # worked, running (never stops), assumed (calendar does not reach so far), paused


@dataclass(frozen=True)
class Deadline:
    """When it is due and why. `provisional`: the calendar ends before the deadline, weekdays were assumed."""

    at: dt.datetime
    lines: tuple[Line, ...]
    provisional: bool = False


def limit_minutes(amount: Decimal | int, unit: str) -> int:
    """The limit in minutes of its own kind of time."""
    hours = {WORK_HOUR: 1, WORK_DAY: HOURS_A_DAY, URGENT_HOUR: 1, NATURAL_DAY: 24}[unit]
    return int(Decimal(amount) * hours * 60)


def deadline(
    start: dt.datetime,
    amount: Decimal | int,
    unit: str,
    calendar: WorkCalendar,
    pauses: Sequence[tuple[dt.datetime, dt.datetime]] = (),
) -> Deadline:
    """The moment the limit runs out.

    start: aware or naive local time; counting begins at its minute. amount: > 0, in `unit`. pauses: (from, to) in which
    nothing runs, in order, not overlapping. Raises ValueError for an unknown unit or amount ≤ 0.
    """
    if unit not in UNITS:
        raise ValueError(f"unknown unit of time: {unit}")
    # seconds would be lost at the end of every slot, and the morning would seem to end at 11:59
    start = _minute(start)
    left = limit_minutes(amount, unit)
    if left <= 0:
        raise ValueError("a limit must be longer than nothing")
    lines: list[Line] = []
    for begun, ended in ((_minute(low), _minute(high)) for low, high in pauses):
        if ended <= start:
            continue
        if begun > start:
            spent = minutes_worked(start, begun, unit, calendar)
            if spent >= left:
                break  # it ran out before the pause began
            if spent:
                lines += _stretch(start, spent, unit, calendar, left)
                left -= spent
        lines.append(Line(max(start, begun), ended, 0, left, "paused"))
        start = ended
    lines += _stretch(start, left, unit, calendar, left)
    return Deadline(lines[-1].end, tuple(lines), any(line.kind == "assumed" for line in lines))


def _minute(moment: dt.datetime) -> dt.datetime:
    return moment.replace(second=0, microsecond=0)


def _stretch(start: dt.datetime, minutes: int, unit: str, calendar: WorkCalendar, left: int) -> list[Line]:
    """The lines in which `minutes` are used from `start` on; `left` is what the limit had before them."""
    if unit in (URGENT_HOUR, NATURAL_DAY):
        return [Line(start, start + dt.timedelta(minutes=minutes), minutes, left - minutes, "running")]
    return list(_worked(start, minutes, calendar, left - minutes))


def _worked(start: dt.datetime, left: int, calendar: WorkCalendar, rest: int) -> Iterator[Line]:
    day = start.date()
    # Thinner than any real gap between workdays; a calendar without a single workday must not loop for ever.
    for _ in range(3660):
        known = calendar.is_workday(day)
        assumed = known is None
        if known or (assumed and day.isoweekday() <= 5):
            for opens, closes in calendar.slots:
                slot_start = max(start, dt.datetime.combine(day, opens, tzinfo=start.tzinfo))
                slot_end = dt.datetime.combine(day, closes, tzinfo=start.tzinfo)
                room = int((slot_end - slot_start).total_seconds() // 60)
                if room <= 0:
                    continue
                used = min(room, left)
                left -= used
                end = slot_start + dt.timedelta(minutes=used)
                yield Line(slot_start, end, used, left + rest, "assumed" if assumed else "worked")
                if left == 0:
                    return
        day += dt.timedelta(days=1)
    raise ValueError("the work calendar has no workdays")


def minutes_worked(start: dt.datetime, end: dt.datetime, unit: str, calendar: WorkCalendar) -> int:
    """How many minutes of the unit's own time lie between two moments (0 when end is before start)."""
    if end <= start:
        return 0
    if unit in (URGENT_HOUR, NATURAL_DAY):
        return int((end - start).total_seconds() // 60)
    total = 0
    day = start.date()
    while day <= end.date():
        known = calendar.is_workday(day)
        if known or (known is None and day.isoweekday() <= 5):
            for opens, closes in calendar.slots:
                slot_start = max(start, dt.datetime.combine(day, opens, tzinfo=start.tzinfo))
                slot_end = min(end, dt.datetime.combine(day, closes, tzinfo=start.tzinfo))
                total += max(0, int((slot_end - slot_start).total_seconds() // 60))
        day += dt.timedelta(days=1)
    return total
