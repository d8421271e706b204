"""Norms without a store: limits, when an edition holds, for whom, two editions side by side."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from guatu.inspections.rules import checklist_forms, industries, norms
from guatu.inspections.rules.norms import ItemDraft, UnreadableLimit
from guatu.kernel.workcalendar import WorkCalendar

MONDAY = dt.datetime(2022, 7, 11, 15, 30)
WEEK = WorkCalendar({dt.date(2022, 7, 9) + dt.timedelta(days=at): at not in (0, 1, 7, 8) for at in range(30)})


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("立即", "2022-07-11 15:30"),
        ("立即整改", "2022-07-11 15:30"),
        ("当场整改", "2022-07-11 15:30"),
        ("当日", "2022-07-11 23:59"),
        ("2小时内", "2022-07-11 17:30"),
        ("24小时", "2022-07-12 15:30"),
        ("半天", "2022-07-12 03:30"),
        ("4工作时", "2022-07-12 09:30"),
        ("1个工作日", "2022-07-12 15:30"),
        ("３个工作日", "2022-07-14 15:30"),
        ("", "2022-07-14 15:30"),
        ("限期三日整改", "2022-07-14 15:30"),
        ("一周", "2022-07-18 15:30"),
        ("十五天", "2022-07-26 15:30"),
    ],
)
def test_a_limit_is_read_as_it_is_written(text: str, due: str) -> None:
    assert norms.due(MONDAY, text, WEEK).at.strftime("%Y-%m-%d %H:%M") == due


@pytest.mark.parametrize("text", ["尽快", "0天", "三", "-1小时", "2000天", "下周"])
def test_what_says_no_limit_is_refused(text: str) -> None:
    with pytest.raises(UnreadableLimit):
        norms.read_limit(text)


def test_the_gravest_consequence_wins() -> None:
    assert norms.severest(["note", "shut", "rectify"]) == "shut"
    assert norms.severest([]) == ""


@pytest.mark.parametrize(
    ("change", "field_name"),
    [
        ({"number": " "}, "number"),
        ({"text": ""}, "text"),
        ({"text": "字" * 301}, "text"),
        ({"consequence": "fine"}, "consequence"),
        ({"limit": "尽快"}, "limit"),
    ],
)
def test_an_item_that_cannot_stand(change: dict[str, str], field_name: str) -> None:
    assert norms.fault_of(ItemDraft("1", "看码")) is None
    fault = norms.fault_of(ItemDraft(**{"number": "1", "text": "看码", **change}))
    assert fault is not None
    assert fault[0] == field_name


@dataclass
class Edition:
    status: str = "in_force"
    in_force_from: dt.date = dt.date(2022, 7, 1)
    in_force_until: dt.date | None = None
    industries: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)


def test_an_edition_holds_from_its_first_day_to_its_last() -> None:
    edition = Edition(in_force_until=dt.date(2022, 7, 31))
    days = [dt.date(2022, 6, 30), dt.date(2022, 7, 1), dt.date(2022, 7, 31), dt.date(2022, 8, 1)]
    assert [norms.is_in_force(edition, day) for day in days] == [False, True, True, False]
    assert [norms.standing(edition, day) for day in days] == ["coming", "holds", "holds", "over"]
    assert not norms.is_in_force(Edition(status="draft"), days[1])
    # withdrawn: it held on the days before, and says so
    gone = Edition(status="withdrawn", in_force_until=dt.date(2022, 7, 10))
    assert norms.is_in_force(gone, dt.date(2022, 7, 10))
    assert norms.standing(gone, dt.date(2022, 7, 10)) == "withdrawn"


def test_for_which_place() -> None:
    kinds = {"food": ["restaurant", "shop"], "mall": ["mall"]}
    assert norms.industries_of("hair", "shop", kinds) == {"hair"}
    assert norms.industries_of("", "shop:coffee", kinds) == {"food"}
    assert norms.industries_of("", "", kinds) == frozenset()
    food = Edition(industries=["food"])
    assert norms.is_for(food, "", industries=frozenset({"food"}), area="310114102")
    assert not norms.is_for(food, "", industries=frozenset({"mall"}), area="310114102")
    assert norms.is_for(Edition(), "310114", industries=frozenset(), area="310114102")
    assert not norms.is_for(Edition(), "310105", industries=frozenset(), area="310114102")


def test_for_which_post() -> None:
    assert norms.is_for_post("", ["店长"], [])
    assert norms.is_for_post("保洁员", [], [])
    assert norms.is_for_post("保洁员", ["保洁员"], ["店长"])
    assert not norms.is_for_post("店长", ["保洁员"], ["店长"])


def test_numbers_sort_as_people_read_them() -> None:
    assert sorted(["3.10", "3.2", "10", "2"], key=norms.number_key) == ["2", "3.2", "3.10", "10"]


def test_two_editions_side_by_side() -> None:
    old = [
        ItemDraft("1", "戴口罩"),
        ItemDraft("2", "每天消毒一次", limit="立即"),
        ItemDraft("3", "量体温"),
        ItemDraft("4", "登记"),
    ]
    new = [
        ItemDraft("1", "戴口罩。"),
        ItemDraft("2", "每天消毒两次"),
        ItemDraft("3", "张贴场所码"),
        ItemDraft("5", "登记"),
    ]
    found = norms.compare(old, new)
    told = [(line.kind, getattr(line.old, "number", ""), getattr(line.new, "number", "")) for line in found]
    # the same words with other punctuation are the same question; its wording still shows as changed
    assert told == [("changed", "1", "1"), ("changed", "2", "2"), ("changed", "3", "3"), ("moved", "4", "5")]
    assert found[1].fields == ("text", "limit")
    assert [line.kind for line in norms.compare(old, old)] == ["same"] * 4
    assert [line.kind for line in norms.compare(old, old[:1] + old[2:])] == [
        "same",
        "dropped",
        "same",
        "same",
    ]
    assert [line.kind for line in norms.compare([], old)] == ["added"] * 4


def test_a_list_of_trades_that_cannot_stand() -> None:
    draft = industries.IndustryDraft
    assert industries.fault_of([draft("food", "餐饮"), draft("hair", "美发")]) is None
    assert industries.fault_of([draft("food", "餐饮"), draft("food", "美发")]) == (
        draft("food", "美发"),
        "code",
    )
    assert industries.fault_of([draft("Food", "餐饮")]) == (draft("Food", "餐饮"), "code")
    assert industries.fault_of([draft("food", "")]) == (draft("food", ""), "name")


def test_a_filled_form_is_read_by_the_ids_in_its_questions() -> None:
    key = "0" * 31 + "7"
    answers = {"/place": "", "/place_number": "NX-001", f"/i_{key}": "not_met", f"/n_{key}": "没贴", f"/p_{key}": "a.jpg",
               f"/i_{'1' * 32}": None, "/remarks": "下次再来"}  # fmt: skip
    filled = checklist_forms.read(answers)
    assert (filled.place, filled.number, filled.remarks) == ("", "NX-001", "下次再来")
    assert [(each.item_id.hex, each.verdict, each.note, each.photo) for each in filled.items] == [
        (key, "not_met", "没贴", "a.jpg")
    ]
