"""The library of norms in the store: editions follow one another, nothing in force is changed, what holds for a place."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guatu.figures.models import FactRow
from guatu.inspections.acts import norms as acts
from guatu.inspections.acts.industries import set_industries
from guatu.inspections.models import Industry, Norm, NormVersion
from guatu.inspections.reads import norms as reads
from guatu.inspections.rules.industries import IndustryDraft
from guatu.kernel.acts import SYSTEM, story
from guatu.kernel.problems import Problem
from tests.cast import DISTRICT, JIANGQIAO, NANXIANG, Cast
from tests.inspections.library import SINCE, issued, item, norm, trades, whole

TODAY = dt.date(2021, 9, 16)
DAY = dt.timedelta(days=1)


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=f"^{code}")


# --- norms ---------------------------------------------------------------------------------------------------------


def test_a_norm_is_entered_changed_and_taken_out_again(cast: Cast) -> None:
    row = acts.add_norm(by=cast.jinbo, number="规1", title="指南", issuer="市商务委")
    assert (row.home, row.area) == ("000000000", "")
    row = acts.change_norm(
        by=cast.jinbo, norm=row, changes={"title": "餐饮指南", "area": DISTRICT}, version=1
    )
    assert (row.title, row.area, row.version) == ("餐饮指南", DISTRICT, 2)
    assert acts.change_norm(by=cast.jinbo, norm=row, changes={"title": "餐饮指南"}).version == 2
    acts.withdraw_norm(by=cast.jinbo, norm=row)
    acts.restore_norm(by=cast.jinbo, norm=row)
    verbs = [act.verb for act in story(row, newest_first=False)]
    assert verbs == ["norm.added", "norm.changed", "norm.withdrawn", "norm.restored"]


def test_what_is_refused_of_a_norm(cast: Cast) -> None:
    row = acts.add_norm(by=cast.jinbo, number="规1", title="指南")
    with refused("norm.known"):
        acts.add_norm(by=cast.jinbo, number=" 规1 ", title="另一个")
    with refused("norm.bad_field"):
        acts.add_norm(by=cast.jinbo, number="规2", title="")
    with refused("norm.bad_field"):
        acts.add_norm(by=cast.jinbo, number="规2", title="好", kind="law")
    with refused("kernel.stale"):
        acts.change_norm(by=cast.jinbo, norm=row, changes={"title": "新"}, version=7)
    with refused("access.denied"):
        acts.add_norm(by=cast.nanxiang, number="规2", title="街镇不能")
    with refused("access.denied"):
        acts.change_norm(by=cast.jinbo, norm=row, changes={"area": "310105"})


# --- editions ------------------------------------------------------------------------------------------------------


def test_a_later_edition_ends_the_earlier_on_the_day_before(cast: Cast) -> None:
    row = norm()
    first = issued(row)
    second = issued(row, "第二版", TODAY + 5 * DAY)
    first.refresh_from_db()
    assert (first.in_force_until, second.in_force_until) == (TODAY + 4 * DAY, None)
    # one that lies between them ends when the second begins
    between = issued(row, "修订", TODAY)
    first.refresh_from_db()
    assert (first.in_force_until, between.in_force_until) == (TODAY - DAY, TODAY + 4 * DAY)
    with refused("norm.same_day"):
        issued(row, "又一版", TODAY)


def test_nothing_in_force_is_changed(cast: Cast) -> None:
    edition = issued(norm())
    for attempt in (
        lambda: acts.change_edition(by=cast.jinbo, edition=edition, changes={"text": "改"}),
        lambda: acts.drop_edition(by=cast.jinbo, edition=edition),
    ):
        with refused("norm.not_a_draft"):
            attempt()
    with refused("norm.wrong_step"):
        acts.put_in_force(by=cast.jinbo, edition=edition)


def test_issuing_is_undone_and_the_earlier_edition_goes_on(cast: Cast) -> None:
    row = norm()
    first = issued(row, in_force_until=TODAY + 90 * DAY)
    second = issued(row, "第二版", TODAY)
    second = acts.recall_edition(by=cast.jinbo, edition=second)
    first.refresh_from_db()
    assert (second.status, first.in_force_until) == ("draft", TODAY + 90 * DAY)
    acts.drop_edition(by=cast.jinbo, edition=second)
    assert list(row.versions.all()) == [first]


def test_a_withdrawn_edition_held_until_yesterday_and_can_come_back(cast: Cast) -> None:
    row = norm()
    edition = issued(row)
    acts.withdraw_edition(by=cast.jinbo, edition=edition, why="上级通知")
    edition.refresh_from_db()
    assert (edition.status, edition.in_force_until) == ("withdrawn", TODAY - DAY)
    place = cast.places["JQ-001"]
    assert reads.holds_for(place, TODAY - DAY) == [edition]
    assert reads.holds_for(place, TODAY) == []
    acts.reinstate_edition(by=cast.jinbo, edition=edition)
    edition.refresh_from_db()
    assert (edition.status, edition.in_force_until) == ("in_force", None)
    with refused("norm.wrong_step"):
        acts.reinstate_edition(by=cast.jinbo, edition=edition)


def test_withdrawn_before_its_first_day_it_never_held(cast: Cast) -> None:
    row = norm()
    first, second = issued(row), issued(row, "第二版", TODAY + 30 * DAY)
    acts.withdraw_edition(by=cast.jinbo, edition=second)
    first.refresh_from_db()
    assert first.in_force_until is None
    assert reads.holds_for(cast.places["JQ-001"], TODAY + 40 * DAY) == [first]


def test_what_is_refused_of_an_edition(cast: Cast) -> None:
    row = norm()
    trades(2)
    add = {"by": cast.jinbo, "norm": row, "edition": "一", "in_force_from": SINCE}
    made = acts.add_edition(**add, items=[item()], industries=["t01", "t01"])
    assert made.industries == ["t01"]
    for code, change in (
        ("norm.edition_known", {}),
        ("norm.bad_field", {"edition": ""}),
        ("norm.bad_days", {"edition": "二", "in_force_until": SINCE - DAY}),
        ("norm.unknown_industry", {"edition": "二", "industries": ["nothing"]}),
        ("norm.item_twice", {"edition": "二", "items": [item(), item()]}),
        ("norm.bad_item", {"edition": "二", "items": [item(limit="尽快")]}),
        ("access.denied", {"edition": "二", "by": cast.xuncha}),
    ):
        with refused(code):
            acts.add_edition(**{**add, **change})
    with refused("kernel.stale"):
        acts.change_edition(by=cast.jinbo, edition=made, changes={}, version=9)
    empty = acts.add_edition(by=cast.jinbo, norm=row, edition="空", in_force_from=SINCE)
    with refused("norm.no_items"):
        acts.put_in_force(by=cast.jinbo, edition=empty)


def test_a_draft_takes_new_items(cast: Cast) -> None:
    made = acts.add_edition(by=SYSTEM, norm=norm(), edition="一", in_force_from=SINCE, items=[item()])
    acts.change_edition(
        by=cast.jinbo,
        edition=made,
        changes={"text": "原文"},
        items=[item("2", "消毒"), item("1", "看码")],
        version=1,
    )
    assert [each.number for each in made.items.order_by("order")] == ["2", "1"]


# --- trades --------------------------------------------------------------------------------------------------------


def test_the_list_of_trades_is_set_as_a_whole(cast: Cast) -> None:
    food, hair = IndustryDraft("food", "餐饮"), IndustryDraft("hair", "美发", kinds=("hairdresser",))
    assert set_industries(by=cast.jinbo, industries=[food, hair]) == 2
    assert set_industries(by=cast.jinbo, industries=[hair, food]) == 0
    assert [row.code for row in reads.industries()] == ["hair", "food"]
    assert set_industries(by=cast.jinbo, industries=[IndustryDraft("food", "餐饮服务")]) == 2
    issued(norm(), industries=["food"])
    with refused("norm.industry_in_use"):
        set_industries(by=cast.jinbo, industries=[hair])
    with refused("norm.bad_industry"):
        set_industries(by=cast.jinbo, industries=[food, food])
    with refused("access.denied"):
        set_industries(by=cast.nanxiang, industries=[food])


# --- what holds ----------------------------------------------------------------------------------------------------


def test_what_holds_for_a_place_goes_by_trade_kind_area_and_day(cast: Cast) -> None:
    trades(3)
    mall = issued(norm("规1", "商场"), industries=["t01"])
    other = issued(norm("规2", "其他"), industries=["t03"])
    everybody = issued(norm("规3", "通用"))
    local = issued(norm("规4", "江桥镇规定", area=JIANGQIAO))
    issued(norm("规5", "南翔镇规定", area=NANXIANG))
    acts.add_edition(by=SYSTEM, norm=norm("规6", "草稿"), edition="一", in_force_from=SINCE, items=[item()])
    place = cast.places["JQ-001"]  # a mall in 江桥镇 that names no trade
    assert reads.holds_for(place, TODAY) == [mall, everybody, local]
    assert reads.holds_for(place, SINCE - DAY) == []
    place.industry = "t03"
    assert reads.holds_for(place, TODAY) == [other, everybody, local]
    acts.withdraw_norm(by=SYSTEM, norm=everybody.norm)
    assert reads.holds_for(place, TODAY) == [other, local]


def test_a_checklist_asks_each_question_once_in_the_order_of_the_norms(cast: Cast) -> None:
    issued(norm("规2", "二"), items=[item("2", "消毒"), item("1", "看码")])
    issued(norm("规1", "一"), items=[item("1", "看码。"), item("3", "看码", consequence="shut")])
    place = cast.places["JQ-001"]
    found = reads.checklist_for(place, TODAY)
    assert [(each.norm_version.norm.number, each.number) for each in found] == [
        ("规1", "1"),
        ("规1", "3"),
        ("规2", "2"),
    ]


def test_a_checklist_of_chosen_norms_only_where_they_are_meant(cast: Cast) -> None:
    trades(2)
    mall = issued(norm("规1", "商场"), industries=["t01"])
    parking = issued(norm("规2", "停车场"), industries=["t02"], items=[item("1", "车位编号")])
    issued(norm("规3", "通用"), items=[item("1", "灭火器")])
    chosen = [str(mall.id), parking]
    assert [each.norm_version_id for each in reads.checklist_for(cast.places["JQ-001"], TODAY, chosen)] == [
        mall.id
    ]
    assert [each.norm_version_id for each in reads.checklist_for(cast.places["NX-002"], TODAY, chosen)] == [
        parking.id
    ]


def test_a_post_sees_its_own(cast: Cast) -> None:
    issued(
        norm("规1", "一"),
        items=[item("1", "上岗培训"), item("2", "拖地", posts=["保洁员"]), item("3", "排班", posts=["店长"])],
    )
    issued(norm("规2", "二"), posts=["店长"], items=[item("1", "台账"), item("2", "垃圾", posts=["保洁员"])])
    issued(norm("规3", "三"), posts=["收银员"], items=[item("1", "找零")])
    place = cast.places["JQ-001"]
    assert [each.text for each in reads.checklist_for(place, TODAY, post="保洁员")] == [
        "上岗培训",
        "拖地",
        "垃圾",
    ]
    assert [each.norm.number for each in reads.holds_for(place, TODAY, "保洁员")] == ["规1", "规2"]
    assert len(reads.checklist_for(place, TODAY)) == 6


def test_a_library_of_136_norms_over_33_trades(cast: Cast) -> None:
    editions = whole()
    counted = reads.counts(TODAY)
    assert (counted.norms, counted.items, counted.industries) == (136, 136 * 4, 33)
    place = SimpleNamespace(industry="t04", kind="", area=NANXIANG)
    wanted = [edition for at, edition in enumerate(editions) if at % 10 == 0 or at % 33 == 3]
    assert reads.holds_for(place, TODAY) == wanted
    with CaptureQueriesContext(
        connection,
    ) as asked:
        items = reads.checklist_for(place, TODAY)
    assert (len(items), len(asked)) == (4 * len(wanted), 3)
    with CaptureQueriesContext(connection) as asked:
        library = reads.library(TODAY)
        assert sum(len(library.of_place(place)) for _each in range(100)) == 100 * len(wanted)
    assert len(asked) == 2


def test_who_may_read(cast: Cast) -> None:
    row = norm()
    edition = issued(row)
    assert list(reads.norms(cast.xuncha.scope)) == [row]
    assert reads.norms_seen(cast.xuncha.scope, [str(row.id)]) == {str(row.id): row.title}
    for ask in (
        lambda: reads.norm_of(cast.passer_by.scope, row.id),
        lambda: reads.edition_of(cast.passer_by.scope, edition.id),
    ):
        with refused("access.not_found"):
            ask()
    assert Norm.objects.count() == 1
    assert NormVersion.objects.count() == 1
    assert Industry.objects.count() == 0


def test_figures_count_norms_and_the_trades_they_speak_of(cast: Cast) -> None:
    rows = whole()
    facts = FactRow.objects.filter(until_position=None)
    assert facts.filter(kind="norm").count() == 136
    trades_named = {fact.category for fact in facts.filter(kind="norm_industry")}
    assert len(trades_named) == 33
    acts.withdraw_norm(by=cast.jinbo, norm=rows[0].norm)
    acts.withdraw_edition(by=cast.jinbo, edition=rows[1], why="通知")
    assert facts.filter(kind="norm").count() == 134
