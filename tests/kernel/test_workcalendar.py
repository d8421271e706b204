"""Working time: the golden deadlines with the shipped calendar, then every branch."""

import csv
import datetime as dt
from decimal import Decimal

import pytest

from guatu.kernel import calendar as stored
from guatu.kernel.calendar import SHIPPED
from guatu.kernel.clock import ZONE
from guatu.kernel.workcalendar import (
    NATURAL_DAY,
    URGENT_HOUR,
    WORK_DAY,
    WORK_HOUR,
    WorkCalendar,
    deadline,
    limit_minutes,
    minutes_worked,
)


def shipped() -> WorkCalendar:
    with SHIPPED.open(encoding="utf-8") as source:
        return WorkCalendar(
            {dt.date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(source)}
        )


CALENDAR = shipped()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


# docs/working-time.md shows the same table
GOLDEN = [
    ("2026-02-13 17:00", 4, WORK_HOUR, "2026-02-14 11:00"),  # the Saturday is worked in exchange
    ("2026-02-13 17:00", 2, WORK_DAY, "2026-02-24 17:00"),  # over Spring Festival
    ("2026-09-18 16:00", 1, WORK_DAY, "2026-09-20 16:00"),  # the Sunday is worked in exchange
    ("2026-09-30 17:30", 5, WORK_DAY, "2026-10-13 17:30"),  # over National Day
    ("2026-05-08 12:30", 4, WORK_HOUR, "2026-05-08 18:00"),  # begins in the lunch hour
    ("2026-01-03 10:00", 1, WORK_HOUR, "2026-01-04 09:00"),  # begins on a holiday
    ("2026-11-22 09:00", 4, WORK_HOUR, "2026-11-23 12:00"),  # begins on a Sunday
    ("2026-09-30 17:30", 2, URGENT_HOUR, "2026-09-30 19:30"),  # runs on without a break
    ("2021-09-16 09:00", 2, WORK_DAY, "2021-09-18 09:00"),  # 18 September 2021, a Saturday, was worked
    ("2021-09-30 17:00", 1, NATURAL_DAY, "2021-10-01 17:00"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "due"), GOLDEN)
def test_golden_deadlines(start: str, amount: int, unit: str, due: str) -> None:
    found = deadline(at(start), amount, unit, CALENDAR)
    assert found.at == at(due)
    assert not found.provisional


@pytest.mark.parametrize(("start", "amount", "unit", "due"), GOLDEN)
def test_the_lines_add_up(start: str, amount: int, unit: str, due: str) -> None:
    lines = deadline(at(start), amount, unit, CALENDAR).lines
    assert sum(line.minutes for line in lines) == limit_minutes(amount, unit)
    assert [line.left for line in lines][-1] == 0
    assert all(line.end - line.start == dt.timedelta(minutes=line.minutes) for line in lines)
    assert all(first.end <= second.start for first, second in zip(lines, lines[1:], strict=False))
    assert minutes_worked(at(start), at(due), unit, CALENDAR) == limit_minutes(amount, unit)


def test_a_deadline_past_the_calendars_end_is_provisional_and_says_so() -> None:
    found = deadline(at("2026-12-30 09:00"), 5, WORK_DAY, CALENDAR)
    assert CALENDAR.coverage_until == dt.date(2026, 12, 31)
    assert found.provisional
    assert {line.kind for line in found.lines if line.start.date() > dt.date(2026, 12, 31)} == {"assumed"}
    assert {line.kind for line in found.lines if line.start.date() <= dt.date(2026, 12, 31)} == {"worked"}
    assert found.at.isoweekday() <= 5  # weekdays were assumed, no holiday was guessed


def test_a_deadline_within_the_calendar_is_not_provisional_at_its_very_end() -> None:
    assert not deadline(at("2026-12-31 17:00"), 1, WORK_HOUR, CALENDAR).provisional
    assert deadline(at("2026-12-31 17:30"), 1, WORK_HOUR, CALENDAR).provisional


def test_running_time_needs_no_calendar() -> None:
    empty = WorkCalendar({})
    assert empty.coverage_until is None
    found = deadline(at("2030-01-01 00:00"), 3, NATURAL_DAY, empty)
    assert (found.at, found.provisional, found.lines[0].kind) == (at("2030-01-04 00:00"), False, "running")


@pytest.mark.parametrize(("amount", "unit"), [(0, WORK_HOUR), (-1, WORK_DAY), (1, "fortnight")])
def test_limits_that_mean_nothing_are_refused(amount: int, unit: str) -> None:
    with pytest.raises(ValueError):
        deadline(at("2026-01-05 09:00"), amount, unit, CALENDAR)


def test_a_calendar_without_workdays_does_not_loop_for_ever() -> None:
    never = WorkCalendar({dt.date(2026, 1, 1) + dt.timedelta(days=n): False for n in range(4000)})
    with pytest.raises(ValueError, match="no workdays"):
        deadline(at("2026-01-05 09:00"), 1, WORK_HOUR, never)


def test_parts_of_hours_count() -> None:
    assert limit_minutes(Decimal("1.5"), WORK_HOUR) == 90
    assert deadline(at("2026-01-05 11:00"), Decimal("1.5"), WORK_HOUR, CALENDAR).at == at("2026-01-05 14:30")


def test_counting_begins_at_the_minute_so_that_no_slot_loses_its_last_one() -> None:
    found = deadline(at("2026-01-05 09:00") + dt.timedelta(seconds=40), 4, WORK_HOUR, CALENDAR)
    assert found.lines[0].end == at("2026-01-05 12:00")
    assert found.at == at("2026-01-05 15:00")


def test_minutes_between() -> None:
    assert minutes_worked(at("2026-01-05 09:00"), at("2026-01-05 08:00"), WORK_HOUR, CALENDAR) == 0
    assert minutes_worked(at("2026-01-05 11:00"), at("2026-01-05 15:00"), WORK_HOUR, CALENDAR) == 120
    assert minutes_worked(at("2026-01-03 00:00"), at("2026-01-04 09:00"), WORK_DAY, CALENDAR) == 60
    assert minutes_worked(at("2026-01-05 11:00"), at("2026-01-05 15:00"), URGENT_HOUR, CALENDAR) == 240
    assert minutes_worked(at("2027-01-04 09:00"), at("2027-01-04 10:00"), WORK_HOUR, CALENDAR) == 60


@pytest.mark.django_db
def test_the_stored_calendar_is_the_shipped_one() -> None:
    stored.forget()
    assert stored.load_shipped() == len(CALENDAR.days)
    assert stored.current().days == CALENDAR.days
    assert stored.load_shipped() == len(CALENDAR.days)  # again: nothing doubled
    stored.forget()
