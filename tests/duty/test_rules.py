"""The roster without a store: shifts of a day and a night, gaps, who stands above whom."""

import datetime as dt

import pytest

from guatu.duty import rules
from guatu.kernel import clock

DAY = dt.date(2021, 9, 16)


def at(hour: int, minute: int = 0, day: int = 16) -> dt.datetime:
    return dt.datetime(2021, 9, day, hour, minute, tzinfo=clock.ZONE)


def test_a_week_begins_on_monday() -> None:
    assert {rules.monday_of(dt.date(2021, 9, day)) for day in range(13, 20)} == {dt.date(2021, 9, 13)}
    assert rules.monday_of(dt.date(2021, 9, 12)) == dt.date(2021, 9, 6)


@pytest.mark.parametrize(
    ("path", "found"),
    [("a/b/c/", ["a/b/c/", "a/b/", "a/"]), ("a/", ["a/"]), ("/a/b", ["a/b/", "a/"]), ("", []), ("/", [])],
)
def test_whoever_stands_above_nearest_first(path: str, found: list[str]) -> None:
    assert rules.above(path) == found


def test_day_and_night_leave_no_gap() -> None:
    day, night = rules.span(DAY, "day", clock.ZONE), rules.span(DAY, "night", clock.ZONE)
    assert day == (at(8, 30), at(17, 30))
    assert night == (at(17, 30), at(8, 30, day=17))
    assert rules.gaps(at(8, 30), at(8, 30, day=17), [night, day]) == []


def test_a_stretch_is_called_by_its_name() -> None:
    assert rules.name_of(at(8, 30), at(17, 30)) == "day"
    assert rules.name_of(at(17, 30), at(8, 30, day=17)) == "night"
    assert rules.name_of(at(8, 30), at(17)) == ""
    assert rules.name_of(at(17, 30), at(8, 30)) == ""
    assert rules.name_of(dt.datetime(2021, 9, 16, 8, 30), dt.datetime(2021, 9, 16, 17, 30)) == ""


@pytest.mark.parametrize(
    ("shifts", "gaps"),
    [
        ([], [(8, 20)]),
        ([(8, 20)], []),
        ([(6, 22)], []),
        ([(10, 12)], [(8, 10), (12, 20)]),
        ([(14, 20), (8, 12)], [(12, 14)]),
        ([(8, 18), (9, 10)], [(18, 20)]),  # one within another
        ([(8, 12), (12, 20)], []),
        ([(20, 22), (9, 20)], [(8, 9)]),
        ([(21, 22)], [(8, 20)]),
    ],
)
def test_where_nobody_is_on_duty(shifts: list[tuple[int, int]], gaps: list[tuple[int, int]]) -> None:
    found = rules.gaps(at(8), at(20), [(at(first), at(last)) for first, last in shifts])
    assert [(each.start, each.end) for each in found] == [(at(first), at(last)) for first, last in gaps]


def test_touching_is_not_sharing() -> None:
    spans = [(at(8), at(10)), (at(14), at(16))]
    assert rules.overlap(spans, at(9), at(11))
    assert rules.overlap(spans, at(13), at(17))
    assert not rules.overlap(spans, at(10), at(14))
    assert not rules.overlap([], at(8), at(9))
