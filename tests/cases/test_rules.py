"""The lifecycle table, the hands, the clock, the line that goes up: every branch."""

import datetime as dt
from decimal import Decimal

import pytest

from guatu.cases import rules
from guatu.cases.rules import LIFECYCLE, OPEN, RECTIFIED, SETTLED, STATUSES, Limit, Who
from guatu.kernel import ids
from guatu.kernel.clock import ZONE
from guatu.kernel.workcalendar import WorkCalendar

MONDAY = dt.datetime(2021, 9, 6, 9, tzinfo=ZONE)
WEEK = WorkCalendar({dt.date(2021, 9, 6) + dt.timedelta(days=n): n % 7 < 5 for n in range(30)})


def test_statuses_are_parted_into_open_and_settled() -> None:
    assert set(OPEN) & set(SETTLED) == set()
    assert set(RECTIFIED) <= set(SETTLED)
    # extend, stage, resume and unmerge have no target of their own; 待反馈 is where handling halts if a campaign asks for it
    reached = {target for move in LIFECYCLE.values() for target in (move.target, move.halt) if target}
    assert reached == set(STATUSES)
    assert set(rules.WITH_CLOCK) <= set(OPEN)
    assert set(rules.UPPER_STATUS) == set(STATUSES)


def test_the_usual_road_leads_from_report_to_closure() -> None:
    status, road = "reported", []
    while (step := rules.NEXT_STEP.get(status)) is not None:
        assert rules.allowed(step, status)
        assert rules.steps_from(status)[0] == step
        status = LIFECYCLE[step].target
        road.append(status)
    assert road == ["filed", "dispatched", "accepted", "handled", "verified", "closed"]


# what may still be done with a settled case: close it, or take it up again
AFTER_THE_END = {"verified": ("close", "reopen"), "closed": ("reopen",), "rejected": ("reopen",), "withdrawn": ("reopen",),
                 "duplicate": ("unmerge",), "void": ()}  # fmt: skip


@pytest.mark.parametrize("status", SETTLED)
def test_what_is_settled_is_closed_or_taken_up_again(status: str) -> None:
    assert rules.steps_from(status) == AFTER_THE_END[status]


def test_side_roads() -> None:
    assert rules.steps_from("dispatched") == (
        "accept", "recall", "return", "hold", "extend", "void", "merge",
    )  # fmt: skip
    assert rules.steps_from("handled") == ("pass", "rework", "void")
    assert not rules.allowed("accept", "accepted")
    assert all("reason" in LIFECYCLE[step].needs for step in ("reject", "return", "rework", "void"))


def test_numbers() -> None:
    assert rules.number_of(2021, 123) == "AJ-2021-000123"
    assert rules.number_of(2021, 1_234_567) == "AJ-2021-1234567"
    assert rules.exchange_number(dt.date(2021, 9, 16), 1) == "HC-20210916-01"


@pytest.mark.parametrize(
    ("unit", "to", "belongs"),
    [("jd/lrj/", "jd/lrj/", True), ("jd/lrj/a/", "jd/lrj/", True), ("jd/", "jd/lrj/", False), ("", "jd/", False),
     ("jd/", "", False)],
)  # fmt: skip
def test_belonging(unit: str, to: str, belongs: bool) -> None:
    assert rules.belongs(unit, to) is belongs


def test_who_may_check() -> None:
    handler, other = ids.new(), ids.new()
    assert rules.same_hands(Who(handler, "jd/a/"), Who(handler, "jd/b/"), "jd/a/") == "person"
    assert rules.same_hands(Who(None), Who(None), "jd/a/") == "person"  # the system does not check itself
    assert rules.same_hands(Who(handler, "jd/a/"), Who(other, "jd/a/"), "jd/c/") == "unit"
    assert rules.same_hands(Who(handler, "jd/c/"), Who(other, "jd/a/x/"), "jd/a/") == "unit"
    assert (
        rules.same_hands(Who(handler, "jd/a/"), Who(other, "jd/"), "jd/a/") == ""
    )  # a unit above checks what is below
    assert rules.same_hands(Who(handler, "jd/a/"), Who(other, "jd/b/"), "jd/a/") == ""
    assert rules.same_hands(Who(handler, ""), Who(other, ""), "") == ""


@pytest.mark.parametrize(
    ("amount", "unit", "limit"),
    [(None, "", None), ("", "", None), ("5", "work_day", Limit(Decimal(5), "work_day")),
     (Decimal("0.5"), "work_hour", Limit(Decimal("0.5"), "work_hour"))],
)  # fmt: skip
def test_reading_limits(amount: object, unit: str, limit: Limit | None) -> None:
    assert rules.limit_of(amount, unit) == limit  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "unit", "wrong"),
    [("5", "weeks", "unit"), ("5", "", "unit"), ("five", "work_day", "amount"), ("NaN", "work_day", "amount"),
     ("0", "work_day", "amount"), ("1001", "work_day", "amount"), (None, "work_day", "amount")],
)  # fmt: skip
def test_limits_that_cannot_be_counted(amount: object, unit: str, wrong: str) -> None:
    with pytest.raises(rules.LimitError, match=wrong):
        rules.limit_of(amount, unit)  # type: ignore[arg-type]


def test_a_clock_keeps_its_computation() -> None:
    clock = rules.clock_of(MONDAY, Limit(Decimal(1), "work_day"), WEEK)
    assert clock.due_at == MONDAY + dt.timedelta(days=1)
    assert [(line["minutes"], line["left"], line["kind"]) for line in clock.lines] == [
        (180, 300, "worked"), (240, 60, "worked"), (60, 0, "worked"),
    ]  # fmt: skip
    assert clock.lines[0]["start"] == MONDAY.isoformat()
    assert not clock.provisional


def test_the_minute_of_the_deadline_is_still_in_time() -> None:
    assert not rules.is_late(MONDAY, MONDAY)
    assert rules.is_late(MONDAY, MONDAY + dt.timedelta(seconds=1))
    assert not rules.is_late(None, MONDAY)
    assert rules.in_time(MONDAY, None) is None
    assert rules.in_time(MONDAY, MONDAY) is True
    assert rules.in_time(None, MONDAY) is True
    assert rules.in_time(MONDAY, MONDAY + dt.timedelta(hours=1)) is False


def test_only_what_is_in_hand_becomes_overdue() -> None:
    later = MONDAY + dt.timedelta(hours=1)
    assert rules.overdue_now("accepted", MONDAY, later)
    assert not rules.overdue_now("handled", MONDAY, later)
    assert not rules.overdue_now("accepted", None, later)


def _line(status: str, **more: object) -> dict[str, str]:
    said = {"upper_number": "SZ1", "number": "AJ-2021-000001", "status": status, "handled_at": MONDAY, "unit": "南翔镇",
            "note": "已清运", "photos": ["一.jpg", "二.jpg"], "reason": "不在本区", **more}  # fmt: skip
    return rules.upper_line(**said)  # type: ignore[arg-type]


def test_what_goes_up() -> None:
    done = _line("verified")
    assert tuple(done) == rules.UPPER_COLUMNS
    assert list(done.values()) == [
        "SZ1", "AJ-2021-000001", "已整改", "2021-09-06 09:00", "南翔镇", "已清运", "一.jpg；二.jpg", "",
    ]  # fmt: skip
    waiting = _line("handled")
    assert (waiting["状态"], waiting["整改完成时间"], waiting["整改后照片"], waiting["不予受理原因"]) == (
        "整改中",
        "",
        "",
        "",
    )
    refused = _line("rejected")
    assert (refused["状态"], refused["不予受理原因"], refused["整改说明"]) == ("不予受理", "不在本区", "")
    assert _line("closed", handled_at=None)["整改完成时间"] == ""
