"""The clocks of a case: pauses, parts one after another, shares of a limit; and what a campaign says about its cases."""

import datetime as dt
from decimal import Decimal

import pytest

from guatu.cases.rules import LADDER, Limit, chain, clock_of, minutes_used, read_rulebook, share_at, stricter
from guatu.cases.rules.naming import Wanted, key_of, read_kind, readings
from guatu.kernel.workcalendar import WorkCalendar

_FIRST = dt.date(2021, 9, 1)
CALENDAR = WorkCalendar({
    day: day.isoweekday() <= 5 for day in (_FIRST + dt.timedelta(days=count) for count in range(40))
})  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2021, 9, day, hour, minute)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], at(16, 15)),
        ([(at(16, 10), at(16, 11))], at(16, 16)),  # an hour of the morning
        ([(at(16, 12), at(16, 14))], at(16, 15)),  # the lunch hour was nobody's time
        ([(at(16, 10), at(17, 8))], at(17, 11)),  # over night
        ([(at(16, 8), at(16, 9))], at(16, 15)),  # before it began
        ([(at(16, 16), at(16, 17))], at(16, 15)),  # after it ran out
        ([(at(16, 10), at(16, 11)), (at(16, 14), at(16, 15))], at(16, 17)),
    ],
)
def test_nothing_runs_in_a_pause(pauses: list[tuple[dt.datetime, dt.datetime]], due: dt.datetime) -> None:
    found = clock_of(at(16, 9), Limit(Decimal(4), "work_hour"), CALENDAR, pauses)
    assert found.due_at == due
    assert sum(line["minutes"] for line in found.lines) == 240
    assert found.lines[-1]["left"] == 0
    assert minutes_used(at(16, 9), due, "work_hour", CALENDAR, pauses) == 240


def test_a_pause_stops_what_runs_day_and_night_too() -> None:
    found = clock_of(at(16, 9), Limit(Decimal(2), "urgent_hour"), CALENDAR, [(at(16, 10), at(16, 20))])
    assert found.due_at == at(16, 21)
    assert [line["kind"] for line in found.lines] == ["running", "paused", "running"]


def test_parts_run_one_after_the_other() -> None:
    stop, repair = chain(
        at(16, 9), [Limit(Decimal(1), "urgent_hour"), Limit(Decimal(1), "work_day")], CALENDAR
    )
    assert (stop.due_at, repair.started_at, repair.due_at) == (at(16, 10), at(16, 10), at(17, 10))


@pytest.mark.parametrize(("share", "due"), [("0.8", at(16, 14, 12)), ("1", at(16, 15)), ("2", at(17, 9))])
def test_a_share_of_the_limit(share: str, due: dt.datetime) -> None:
    assert share_at(at(16, 9), Limit(Decimal(4), "work_hour"), Decimal(share), CALENDAR) == due


def test_nobody_used_less_than_nothing() -> None:
    assert minutes_used(at(16, 9), at(16, 10), "urgent_hour", CALENDAR, [(at(16, 8), at(16, 11))]) == 0
    assert minutes_used(at(16, 10), at(16, 9), "work_hour", CALENDAR) == 0


def test_a_guarantee_period_never_leaves_nothing() -> None:
    assert stricter(Limit(Decimal(4), "work_hour"), Decimal("0.5")) == Limit(Decimal("2.00"), "work_hour")
    assert stricter(Limit(Decimal("0.01"), "work_hour"), Decimal("0.1")).amount == Decimal("0.01")


def test_a_campaign_that_says_nothing_has_the_usual_rules() -> None:
    book = read_rulebook({})
    assert (book.approvals, book.guarantee, book.reopen_days, book.ladder) == (
        frozenset({"hold", "extend", "return", "void"}), None, 10, LADDER,
    )  # fmt: skip
    assert not book.stage("confirm").asked_for("patrol")


def test_a_rulebook_is_read() -> None:
    said = {
        "stages": {"confirm": {"label_zh": "核实", "limit": "0.5", "limit_unit": "urgent_hour", "required": True,
                               "sources": ["public"], "evidence": ["photo"]}},
        "approvals": ["void", "dance"], "guarantee": 0.5, "reopen_days": 5, "answer_days": 7,
        "ladder": [{"share": 0.5, "to": "unit"}, {"share": 3, "to": ["leader"], "label_zh": "三倍", "order": True}],
    }  # fmt: skip
    book = read_rulebook({"cases": said})
    confirm = book.stage("confirm")
    assert (confirm.limit, confirm.evidence) == (Limit(Decimal("0.5"), "urgent_hour"), ("photo",))
    assert confirm.asked_for("public")
    assert not confirm.asked_for("hotline")
    assert (book.approvals, book.guarantee, book.reopen_days, book.answer_days) == (
        frozenset({"void"}), Decimal("0.5"), 5, 7,
    )  # fmt: skip
    assert [(rung.share, rung.to, rung.label_en, rung.order) for rung in book.ladder] == [
        (Decimal("0.5"), ("unit",), "0.5", False), (Decimal(3), ("leader",), "三倍", True),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="dance"):
        read_rulebook({"cases": {"stages": {"dance": {}}}})


def test_a_class_is_named_in_several_ways() -> None:
    assert read_kind("部件") == "component"
    assert read_kind(" 事项 ") == "matter"
    assert read_kind("花") is None
    assert readings("GB|部件|01001") == [Wanted("GB|部件|01001", scheme="GB", kind="component", code="01001")]
    assert [wanted.kind for wanted in readings("事件：0101")] == ["matter", None, None]
    assert [(wanted.code, wanted.name) for wanted in readings("暴露垃圾")] == [
        ("暴露垃圾", None),
        (None, "暴露垃圾"),
    ]
    full = Wanted("x", code="0101", kind="matter")
    assert full.fits("GB", "matter", "0101", "垃圾")
    assert not full.fits("GB", "component", "0101", "井盖")
    assert key_of("GB", "matter", "0101") == "GB|matter|0101"
