"""Small rules of cases and units: names cut for searching, labels of rungs, moments without a limit, fair shares."""

import datetime as dt
from decimal import Decimal

import pytest

from guatu.cases.rules import LADDER, Limit, ladder
from guatu.cases.rules.naming import pieces_of, read_kind, readings
from guatu.kernel.workcalendar import WorkCalendar
from guatu.units import rules as units

NINE = dt.datetime(2021, 9, 16, 9, 0)
EVERY_DAY = WorkCalendar({dt.date(2021, 9, day): True for day in range(1, 31)})


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        (["井盖缺失"], ("井盖", "盖缺", "缺失")),
        (["井盖"], ("井盖",)),
        (["A3井盖缺b"], ("井盖", "盖缺", "A3", "b")),
        (["井盖缺", "井盖"], ("井盖", "盖缺")),
        (["manhole", "cover"], ("manhole", "cover")),
        ([], ()),
    ],
)
def test_words_written_together_are_cut_into_pairs(words: list[str], pieces: tuple[str, ...]) -> None:
    assert pieces_of(words) == pieces


def test_no_more_pieces_than_a_search_can_bear() -> None:
    assert pieces_of(f"w{count}" for count in range(100)) == tuple(f"w{count}" for count in range(24))


def test_a_class_is_read_the_surest_way_first() -> None:
    full = readings(" GB/T 1 ｜ 部件 | 01001 ")
    assert [(each.scheme, each.kind, each.code) for each in full] == [("GB/T 1", "component", "01001")]
    coded = readings("事件：0101")
    assert [(each.kind, each.code, each.name) for each in coded] == [
        ("matter", "0101", None), (None, "事件：0101", None), (None, None, "事件：0101"),
    ]  # fmt: skip
    assert readings("其他:7")[0].kind == "其他"
    assert coded[0].fits("any", "matter", "0101", "x")
    assert not coded[0].fits("any", "component", "0101", "x")
    assert read_kind(" Event ") == "matter"
    assert read_kind("其他") is None


def test_a_deadline_without_a_limit_counts_shares_of_plain_time() -> None:
    due = NINE + dt.timedelta(hours=10)

    def moments(until: dt.datetime | None) -> list[dt.datetime | None]:
        return [ladder.next_rung_at(NINE, None, [], at, LADDER, EVERY_DAY, until) for at in range(3)]

    assert moments(due) == [NINE + dt.timedelta(hours=hours) for hours in (8, 10, 20)]
    assert moments(None) == [None, None, None]
    assert moments(NINE) == [None, NINE, None]
    assert ladder.next_rung_at(NINE, None, [], -1, LADDER, EVERY_DAY, due) is None
    assert ladder.next_rung_at(NINE, None, [], 3, LADDER, EVERY_DAY, due) is None


def test_after_a_downtime_every_rung_that_was_passed_is_reached() -> None:
    limit, shuffled = Limit(Decimal(2), "urgent_hour"), LADDER[::-1]

    def climbed(before: int, hours: float) -> list[tuple[int, Decimal]]:
        now = NINE + dt.timedelta(hours=hours)
        found = ladder.reached(NINE, limit, [], before, shuffled, EVERY_DAY, now)
        return [(each.number, each.rung.share) for each in found]

    assert climbed(0, 1.5) == []
    assert climbed(0, 2) == [(1, Decimal("0.8")), (2, Decimal(1))]
    assert climbed(1, 2) == [(2, Decimal(1))]
    assert climbed(2, 100) == [(3, Decimal(2))]


def test_a_rung_is_called_as_the_campaign_writes_it_now() -> None:
    assert ladder.label_en(Decimal("0.8"), LADDER) == LADDER[0].label_en
    assert ladder.label_en(LADDER[-1].share, LADDER) == LADDER[-1].label_en
    assert ladder.label_en(Decimal("1.5"), LADDER) == "150 % of the limit"
    assert ladder.order_number(2026, 12345) == "DB-2026-12345"
    assert ladder.order_number(2026, 1) == "DB-2026-0001"


@pytest.mark.parametrize(
    ("count", "people", "turns"),
    [(5, 2, [0, 0, 0, 1, 1]), (2, 3, [0, 1]), (0, 2, []), (6, 3, [0, 0, 1, 1, 2, 2]), (4, 1, [0] * 4)],
)
def test_neighbours_stay_together_and_nobody_gets_much_more(
    count: int, people: int, turns: list[int]
) -> None:
    assert units.shares(count, people) == turns
