"""Inspections without a store: forms of checklists, choosing of places, trades, lines of orders, rounds, visits."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from guatu.inspections.rules import checklist_forms as forms
from guatu.inspections.rules import choosing, industries, orders, rounds, visits
from guatu.inspections.rules.industries import IndustryDraft
from guatu.kernel.workcalendar import WorkCalendar

FIRST, SECOND = UUID(int=1), UUID(int=2)
DAY = dt.date(2021, 9, 16)  # a Thursday


@dataclass(frozen=True)
class Item:
    id: UUID
    number: str = "1.1"
    text: str = "有测温"
    text_en: str = ""
    how: str = ""
    photo: bool = False
    remedy: str = ""
    limit: str = ""


def at(hour: int, minute: int = 0, day: int = 16) -> dt.datetime:
    return dt.datetime(2021, 9, day, hour, minute)


# --- forms of checklists -------------------------------------------------------------------------------------------


def test_a_form_asks_verdict_note_and_photo_of_each_item() -> None:
    rows = forms.survey(
        [Item(FIRST, how="看现场", photo=True), Item(SECOND, "1.2", text_en="Masks")], places=True
    )
    assert [row["name"] for row in rows] == [
        "started", "ended", "place", "place_number", "position", f"i_{FIRST.hex}", f"n_{FIRST.hex}", f"p_{FIRST.hex}",
        f"i_{SECOND.hex}", f"n_{SECOND.hex}", f"p_{SECOND.hex}", "remarks",
    ]  # fmt: skip
    assert {heading for row in rows for heading in row} <= set(forms.HEADINGS)
    by_name = {row["name"]: row for row in rows}
    verdict, other = by_name[f"i_{FIRST.hex}"], by_name[f"i_{SECOND.hex}"]
    assert (verdict[forms.ZH], verdict[forms.EN], verdict[forms.HINT_ZH]) == (
        "1.1 有测温",
        "1.1 有测温",
        "看现场",
    )
    assert other[forms.EN] == "1.2 Masks"
    assert forms.HINT_ZH not in other
    assert by_name[f"p_{FIRST.hex}"]["required"] == "yes"
    assert "required" not in by_name[f"p_{SECOND.hex}"]
    for name in (f"n_{FIRST.hex}", f"p_{FIRST.hex}"):
        assert by_name[name]["relevant"].count(f"${{i_{FIRST.hex}}}") == 2
    assert by_name["place_number"]["relevant"] == "${place} = ''"
    assert by_name["place_number"]["type"] == "text"


def test_without_a_list_the_number_is_scanned() -> None:
    rows = forms.survey([], places=False)
    assert [row["name"] for row in rows] == ["started", "ended", "place_number", "position", "remarks"]
    assert (rows[2]["type"], rows[2]["relevant"], rows[2]["required"]) == ("barcode", "", "yes")


def test_labels_hold_no_references_and_no_markup() -> None:
    row = forms.survey([Item(FIRST, text="${place}\n  <b>大", text_en="<i>")], places=False)[4]
    assert row[forms.ZH] == "1.1 $ {place} ＜b>大"
    assert row[forms.EN] == "1.1 ＜i>"
    assert [each["name"] for each in forms.choices()] == list(visits.VERDICTS)
    assert forms.code_of(FIRST) == f"norm_{FIRST.hex}"


def test_a_filled_form_is_read_item_by_item() -> None:
    filled = forms.read({
        f"i_{SECOND.hex}": "not_met",
        f"group/n_{SECOND.hex}": " 没有口罩 ",
        f"p_{SECOND.hex}": ["a.jpg", "b.jpg"],
        f"i_{FIRST.hex}": "met",
        f"p_{FIRST.hex}": [],
        f"i_{UUID(int=3).hex}": None,
        f"n_{UUID(int=4).hex}": "no verdict",
        "place": None,
        "data/place_number": 17,
        "remarks": "早上",
        "repeat": [{"remarks": "inside"}],
        "i_short": "met",
    })  # fmt: skip
    assert filled == forms.Filled(
        "",
        "17",
        "早上",
        (forms.Answered(SECOND, "not_met", "没有口罩", "a.jpg"), forms.Answered(FIRST, "met")),
    )
    assert forms.read({}) == forms.Filled("", "", "", ())


# --- choosing ------------------------------------------------------------------------------------------------------


def test_criteria_are_kept_and_read_back() -> None:
    data: dict[str, Any] = {
        "industries": ["a", "b"], "zone": "core", "last_before": "2021-09-01", "never": True, "picked": ["1"],
    }  # fmt: skip
    criteria = choosing.from_data(
        {**data, "industries": ["a", " b ", "a", ""], "kinds": "", "contracted": None}
    )
    assert choosing.as_data(criteria) == data
    assert choosing.from_data({"last_before": DAY}).last_before == DAY
    assert choosing.as_data(choosing.Criteria()) == {}


def test_what_is_asked_and_what_is_taken_by_hand() -> None:
    assert choosing.Criteria().empty
    assert choosing.Criteria(shift="day", without=("1",)).empty
    by_hand = choosing.Criteria(picked=("1",))
    assert not by_hand.asks
    assert not by_hand.empty
    assert not choosing.Criteria(numbers=("7",)).empty
    assert choosing.Criteria(never=True).asks


@pytest.mark.parametrize(
    ("data", "which", "stands"),
    [
        ({"colour": "red"}, "colour", ""),
        ({"kinds": "shop"}, "kinds", "shop"),
        ({"areas": 5}, "areas", "5"),
        ({"zone": ["a"]}, "zone", "['a']"),
        ({"shift": "evening"}, "shift", "evening"),
        ({"never": "yes"}, "never", "yes"),
        ({"open_orders": 1}, "open_orders", "1"),
        ({"last_before": "1.9.2021"}, "last_before", "1.9.2021"),
    ],
)
def test_criteria_that_cannot_be_read(data: dict[str, Any], which: str, stands: str) -> None:
    with pytest.raises(choosing.BadCriteria) as caught:
        choosing.from_data(data)
    assert caught.value.args == (which, stands)


def test_a_second_choice_keeps_all_that_was_taken_by_hand() -> None:
    before = choosing.Criteria(zone="core", picked=("1", "2"), without=("9",))
    more = choosing.Criteria(kinds=("shop",), picked=("2", "3"), numbers=("7",))
    both = choosing.joined(before, more)
    assert (both.zone, both.kinds, both.picked, both.numbers, both.without) == (
        "", ("shop",), ("1", "2", "3"), ("7",), ("9",),
    )  # fmt: skip
    assert choosing.joined(before, choosing.Criteria(picked=("4",))).zone == "core"


def test_what_a_choice_would_do() -> None:
    candidates = [
        choosing.Candidate("in", "1", in_round=True),
        choosing.Candidate("day", "2", "每天 9:00-17:00", shut=True),
        choosing.Candidate("evening", "3", "每天 19:00-23:00"),
        choosing.Candidate("unknown", "4", "看老板心情"),
    ]
    spans = rounds.spans_between(DAY, DAY, "day", None)
    found = choosing.choose(candidates, spans, 30, only_open=True, missing=["77"])
    assert found == choosing.Choice(("day", "unknown"), 1, 1, 1, 1, ("77",))
    found = choosing.choose(candidates, spans, 30, only_open=False)
    assert found == choosing.Choice(("day", "evening", "unknown"), 1, 0, 1, 1)


# --- trades --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (IndustryDraft("Food", "食品"), "code"),
        (IndustryDraft("", "食品"), "code"),
        (IndustryDraft("x" * 41, "食品"), "code"),
        (IndustryDraft("hotel", "又是酒店"), "code"),
        (IndustryDraft("food", ""), "name"),
        (IndustryDraft("food", "食" * 81), "name"),
        (IndustryDraft("food", "食品", "f" * 121), "name_en"),
        (IndustryDraft("food", "食品", "", ["shop", ""]), "kinds"),
        (IndustryDraft("food", "食品", "", ["k" * 61]), "kinds"),
    ],
)
def test_a_line_of_trades_that_cannot_stand(row: IndustryDraft, field: str) -> None:
    fine = IndustryDraft("hotel", "酒店", "Hotels", ["hotel"])
    assert industries.fault_of([fine, row]) == (row, field)
    assert industries.fault_of([fine]) is None


# --- orders --------------------------------------------------------------------------------------------------------


def test_an_order_says_what_must_be_done() -> None:
    assert orders.number_of("rectify", 2022, 7) == "ZG-2022-0007"
    assert orders.number_of("shut", 2022, 12345) == "GT-2022-12345"
    line = orders.line_of(Item(FIRST, limit="2小时"), "food", "缺测温枪")
    assert line == {
        "item": str(FIRST), "norm": "food", "text": "有测温", "remedy": "有测温", "limit": "2小时", "note": "缺测温枪",
    }  # fmt: skip
    again = orders.line_of(Item(FIRST, remedy="配备测温枪"), "food", repeat=True)
    assert (again["remedy"], again["repeat"]) == ("配备测温枪", True)
    plain = orders.plain_line("清理通道")
    assert (plain["text"], plain["remedy"], plain["item"]) == ("清理通道", "清理通道", "")
    assert set(plain) == set(line)


def test_the_shortest_limit_counts_and_an_unreadable_one_is_the_usual() -> None:
    week = WorkCalendar({dt.date(2021, 9, day): day not in (18, 19, 25, 26) for day in range(13, 30)})
    lines = [{**orders.plain_line("a"), "limit": limit} for limit in ("2小时", "尽快", "")]
    due = orders.due_of(at(9), lines, week)
    assert due.at == at(11)
    assert due.lines[1]["due_at"] == due.lines[2]["due_at"] == at(9, day=21).isoformat()
    assert due.clock[-1]["left"] == 0
    assert orders.look_back_due(at(11), at(10), "1小时", week) == at(11)
    assert orders.look_back_due(at(11), at(10), "4小时", week) == at(14)
    assert orders.look_back_due(at(11), at(10), "尽快", week) == at(10, day=17)
    assert orders.is_late("issued", at(11), at(11, 1))
    assert not orders.is_late("issued", at(11), at(11))
    assert not orders.is_late("complied", at(11), at(12))
    assert orders.unmet([("a", "met"), ("b", "not_met"), ("c", "put_right")]) == ["b"]


# --- rounds --------------------------------------------------------------------------------------------------------


def test_days_and_shifts_of_a_round() -> None:
    two = rounds.spans_between(DAY, DAY + dt.timedelta(days=1), "", None)
    assert two == [(at(8, 30), at(17, 30)), (at(18), at(23)), (at(8, 30, 17), at(17, 30, 17)), (at(18, 0, 17), at(23, 0, 17))]  # fmt: skip
    assert rounds.spans_between(DAY, DAY, "night", None) == [two[1]]
    assert [rounds.shift_of(*span) for span in two[:2]] == ["day", "night"]
    assert rounds.shift_of(at(5), at(6, 59)) == "night"
    assert rounds.shift_of(at(5), at(7)) == "day"
    assert rounds.number_of(2022, 12) == "JC-2022-0012"
    assert rounds.moved(at(9), 3) == at(9, day=19)
    assert rounds.wrong_days(DAY, DAY - dt.timedelta(days=1))
    assert rounds.wrong_days(DAY, DAY + dt.timedelta(days=366))
    assert not rounds.wrong_days(DAY, DAY + dt.timedelta(days=365))


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        (at(9), at(9, 15), False),
        (at(9), at(9, 14), True),
        (at(18), at(10, day=17), False),
        (at(18), at(10, 1, 17), True),
        (at(9, day=15), at(12, day=15), True),
        (at(12), at(9), True),
    ],
)
def test_the_time_of_a_team(start: dt.datetime, end: dt.datetime, wrong: bool) -> None:
    assert rounds.wrong_times(DAY, start, end) is wrong


def test_where_a_round_stands() -> None:
    found = rounds.progress([
        ("done", "pass", 4), ("done", "not_open", 1), ("done", "gone", 1), ("planned", "", 2), ("started", "", 1),
        ("skipped", "", 1), ("removed", "pass", 9),
    ])  # fmt: skip
    assert (found.total, found.done, found.missed, found.skipped, found.left) == (10, 4, 2, 1, 3)
    assert (found.settled, found.percent) == (7, 70)
    assert found.outcomes["pass"] == 4
    assert rounds.progress([]).percent == 0


def test_nobody_goes_with_two_teams_at_once() -> None:
    others = [("a", "甲", at(9), at(11)), ("b", "乙", at(9), at(11)), ("c", "丙", at(12), at(14))]
    assert rounds.clashes(["a", "c"], at(10), at(12), others) == [("a", "甲")]
    assert rounds.clashes(["a"], at(11), at(12), others) == []


# --- visits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "status", "outcome", "may"),
    [
        ("start", "planned", "", True),
        ("start", "done", "pass", False),
        ("plan_again", "done", "not_open", True),
        ("plan_again", "done", "pass", False),
        ("plan_again", "skipped", "pass", True),
        ("take_back", "done", "shut", True),
        ("take_back", "done", "gone", False),
    ],
)
def test_which_steps_a_visit_may_take(step: str, status: str, outcome: str, may: bool) -> None:
    assert visits.allowed(step, status, outcome) is may


def test_what_follows_from_the_findings() -> None:
    asked = [
        visits.Asked("a", "1", "note"),
        visits.Asked("b", "2", "rectify", True),
        visits.Asked("c", "3", "shut"),
    ]
    assert visits.propose(asked, {"a": "not_met", "c": "put_right"}) == "pass"
    assert visits.propose(asked, {"a": "not_met", "b": "not_met"}) == "rectify"
    assert visits.propose(asked, {"b": "not_met", "c": "not_met"}) == "shut"
    assert visits.escalated("pass", "rectify", False) == "rectify"
    assert visits.escalated("pass", "rectify", True) == "shut"
    assert visits.milder("pass", "rectify")
    assert not visits.milder("shut", "rectify")
    assert visits.counts(["met", "met", "put_right"]) == {
        "items": 3, "met": 2, "not_met": 0, "put_right": 1, "not_applicable": 0,
    }  # fmt: skip
    said = [
        visits.Said("a", "met"),
        visits.Said("a", "met"),
        visits.Said("b", "put_right"),
        visits.Said("x", "met"),
    ]
    assert {(each.what, each.items) for each in visits.faults(asked, said)} == {
        ("twice", ("1",)), ("strange_item", ("x",)), ("photo", ("2",)), ("no_verdict", ("3",)),
    }  # fmt: skip
    assert [each.what for each in visits.faults(asked[:1], [visits.Said("a", "fine")])] == ["unknown_verdict"]


def test_photos_people_and_settings() -> None:
    assert visits.photo_purpose(str(FIRST)) == f"item:{FIRST.hex}"
    assert visits.photo_purpose("") == "photo"
    assert visits.alone_and_contracted(["a"], ["a", "b"])
    assert not visits.alone_and_contracted(["a", "c"], ["a", "b"])
    assert not visits.alone_and_contracted([], ["a"])
    assert visits.settings_of(None) == visits.Settings()
    wild = {"least_inspectors": 10, "minutes": "5", "not_own_place": "yes", "look_back": ""}
    assert visits.settings_of(wild) == visits.Settings()
    said = {"least_inspectors": 2, "minutes": 480, "not_own_place": True, "look_back": "2小时"}
    assert visits.settings_of(said) == visits.Settings(2, True, 480, "2小时")
