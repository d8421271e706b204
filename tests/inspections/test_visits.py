"""Visits: every step, what is refused, what follows."""

import datetime as dt

import pytest

from guatu.inspections.acts import norms as norm_acts
from guatu.inspections.acts import orders, rounds, visits
from guatu.inspections.acts.visits import FindingDraft, Signer
from guatu.inspections.models import Finding, Order, Visit
from guatu.inspections.rules import visits as rules
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places import acts as place_acts
from guatu.places.models import Place
from guatu.units.models import Contract, Person, Post
from tests.inspections.ground import DAY, Ground, Picture


def refused(code: str, act, **said):  # type: ignore[no-untyped-def]
    with pytest.raises(Problem) as caught:
        act(**said)
    assert caught.value.code == code, caught.value
    return caught.value


def at(hour: int, minute: int = 0, day: int = 16) -> dt.datetime:
    return dt.datetime(2021, 9, day, hour, minute, tzinfo=clock.ZONE)


# --- the rules -------------------------------------------------------------------------------------------------------

ASKED = [
    rules.Asked("a", "1", "rectify"),
    rules.Asked("b", "2", "rectify", True),
    rules.Asked("c", "3", "shut"),
    rules.Asked("d", "4", "note"),
]


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ({}, "pass"),
        ({"a": "met", "b": "not_applicable", "c": "put_right", "d": "not_met"}, "pass"),
        ({"a": "not_met"}, "rectify"),
        ({"a": "not_met", "c": "not_met"}, "shut"),
    ],
)
def test_the_gravest_consequence_wins(verdicts: dict[str, str], outcome: str) -> None:
    assert rules.propose(ASKED, verdicts) == outcome


def test_every_item_needs_one_verdict_and_some_a_photo() -> None:
    said = [
        rules.Said("a", "met"),
        rules.Said("a", "met"),
        rules.Said("b", "not_met"),
        rules.Said("x", "met"),
        rules.Said("c", "fine"),
    ]
    assert {fault.what: fault.items for fault in rules.faults(ASKED, said)} == {
        "twice": ("1",), "strange_item": ("x",), "unknown_verdict": ("3",), "photo": ("2",), "no_verdict": ("4",)
    }  # fmt: skip
    good = [
        rules.Said("a", "met"),
        rules.Said("b", "put_right", photos=1),
        rules.Said("c", "met"),
        rules.Said("d", "met"),
    ]
    assert rules.faults(ASKED, good) == []


def test_steps_lead_only_where_the_table_says() -> None:
    assert rules.allowed("start", "planned")
    assert not rules.allowed("start", "done")
    assert rules.allowed("plan_again", "done", "not_open")
    assert not rules.allowed("plan_again", "done", "pass")
    assert rules.allowed("take_back", "done", "rectify")
    assert not rules.allowed("take_back", "done", "gone")
    assert rules.escalated("rectify", "shut", False) == "shut"
    assert rules.escalated("rectify", "rectify", True) == "shut"
    assert rules.escalated("rectify", "rectify", False) == "rectify"
    assert rules.milder("pass", "rectify")
    assert not rules.milder("shut", "rectify")


def test_senseless_settings_are_as_usual() -> None:
    assert (
        rules.settings_of({"least_inspectors": "many", "minutes": -3, "not_own_place": "yes"})
        == rules.Settings()
    )
    assert rules.settings_of({"least_inspectors": 2, "minutes": 30, "not_own_place": True}) == rules.Settings(
        2, True, 30
    )


# --- straight on -----------------------------------------------------------------------------------------------------


def test_a_visit_that_finds_all_well(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    visit = visits.start_visit(by=ground.cast.xuncha, visit=found["S-2"], lon=121.31, lat=31.29, accuracy=8)
    assert visit.status == "started"
    assert visit.asked == [str(item.id) for item in ground.items]
    visit = ground.finish(visit)
    assert (visit.status, visit.outcome, visit.done_on) == ("done", "pass", DAY)
    assert visit.kept["people"] == [str(ground.cast.xuncha.id)]
    assert (visit.kept["items"], visit.kept["not_met"], visit.kept["shift"]) == (4, 0, "day")
    assert not Order.objects.exists()
    assert Finding.objects.filter(visit=visit, verdict="met").count() == 4


def test_the_checklist_stays_what_it_was_at_the_start(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    visit = visits.start_visit(by=ground.cast.xuncha, visit=found["S-2"])
    norm_acts.withdraw_norm(by=ground.cast.jinbo, norm=ground.edition.norm)
    visit = ground.finish(Visit.objects.get(pk=visit.pk))
    assert len(visit.asked) == 4


def test_not_met_gives_an_order_by_the_shortest_limit(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    visit = ground.finish(found["S-2"], i1="not_met", i2="not_met", files=ground.photos("2"))
    order = Order.objects.get(visit=visit)
    assert (order.kind, order.status, order.number) == ("rectify", "issued", "ZG-2021-0001")
    assert [line["limit"] for line in order.lines] == ["24小时", "3个工作日"]
    assert order.lines[1]["remedy"] == "公共区域每日消毒并记录"  # no remedy of its own: the text
    assert clock.local(order.due_at) == at(9, day=17)
    assert order.due_lines
    assert Place.objects.get(pk=visit.place_id).shut_at is None


def test_shutting_is_what_the_gravest_item_says(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    visit = ground.finish(
        found["S-2"],
        i3="not_met",
        signer=Signer("王店长", "店长"),
        files=[Picture("签名.png", signature=True)],
    )
    order = Order.objects.get(visit=visit)
    assert (order.kind, order.number) == ("shut", "GT-2021-0001")
    assert order.signed_as == "店长"
    assert "王店长" not in str(order.sealed)
    assert Place.objects.get(pk=visit.place_id).shut_at is not None
    refused("order.still_shut", place_acts.reopen_place, by=ground.cast.jinbo, place=visit.place)


def test_put_right_on_the_spot_gives_no_order(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    visit = ground.finish(found["S-2"], i1="put_right")
    assert (visit.outcome, visit.kept["put_right"]) == ("pass", 1)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_photo_is_demanded_where_the_item_says_so(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    wrong = refused("visit.photo_needed", ground.finish, visit=found["S-2"], i2="not_met")
    assert wrong.details["items"] == "2"
    assert Visit.objects.get(pk=found["S-2"].pk).status == "planned"  # nothing is half done
    visits.add_photo(by=ground.cast.xuncha, visit=found["S-2"], upload=Picture(), item_id=ground.items[1].id)
    found["S-2"].refresh_from_db()


def test_a_photo_sent_ahead_counts(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    visit = visits.start_visit(by=ground.cast.xuncha, visit=found["S-2"])
    visits.add_photo(by=ground.cast.xuncha, visit=visit, upload=Picture(), item_id=ground.items[1].id)
    assert ground.finish(visit, i2="not_met").outcome == "rectify"


def test_an_item_left_out_is_named(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    wrong = refused("visit.findings", ground.finish, visit=found["S-2"], findings=ground.said()[:3])
    assert (wrong.details["what"], wrong.details["items"]) == ("no_verdict", "4")


def test_milder_needs_a_reason_stricter_when_all_is_well_too(ground: Ground) -> None:
    _round, _team, found = ground.running("S-1", "S-2", "S-3")
    refused("visit.milder", ground.finish, visit=found["S-1"], i1="not_met", outcome="pass")
    refused("visit.milder", ground.finish, visit=found["S-1"], outcome="rectify")
    assert (
        ground.finish(found["S-1"], i1="not_met", outcome="pass", note="已通知总部统一配备").outcome == "pass"
    )
    assert (
        ground.finish(found["S-2"], i1="not_met", outcome="shut").outcome == "shut"
    )  # stricter is the inspector's word
    visit = ground.finish(found["S-3"], outcome="rectify", note="油烟扰民")
    assert Order.objects.get(visit=visit).lines[0]["text"] == "油烟扰民"


def test_the_second_of_two_phones_is_told_who_was_first(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    stale = Visit.objects.get(pk=found["S-2"].pk)
    ground.finish(found["S-2"], at=at(8, 45))
    wrong = refused("visit.done_already", ground.finish, visit=stale, by=ground.cast.nanxiang)
    assert wrong.status == 409
    assert "执法检查" in wrong.details["who"]
    assert wrong.details["when"] == "2021-09-16 08:45"
    refused("visit.done_already", visits.mark_not_open, by=ground.cast.nanxiang, visit=stale, note="关门")


def test_times_lie_in_the_past_and_in_order(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    refused("kernel.future", visits.start_visit, by=ground.cast.xuncha, visit=found["S-2"], at=at(9, 30))
    visit = visits.start_visit(by=ground.cast.xuncha, visit=found["S-2"], at=at(8, 40))
    refused("visit.ends_before_start", ground.finish, visit=visit, at=at(8, 30))
    assert ground.finish(visit, at=at(8, 55)).done_at == at(8, 55)


def test_a_position_is_one(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    refused(
        "visit.bad_position", visits.start_visit, by=ground.cast.xuncha, visit=found["S-2"], lon=200, lat=31
    )
    refused("visit.bad_position", visits.start_visit, by=ground.cast.xuncha, visit=found["S-2"], lon=121)


def test_rights(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    for person in (ground.cast.zhihui, ground.cast.hecha, ground.cast.passer_by, ground.cast.jiangqiao):
        refused("access.denied", visits.start_visit, by=person, visit=found["S-2"])
    refused("access.denied", visits.skip_visit, by=ground.cast.xuncha, visit=found["S-2"], note="不去")
    assert visits.start_visit(by=ground.cast.nanxiang, visit=found["S-2"]).status == "started"


def test_a_member_of_the_team_goes_wherever_the_team_goes(ground: Ground) -> None:
    other = Person.objects.create(username="jq2", name="江桥检查员", unit=ground.cast.units["jqz"])
    Post.objects.create(person=other, unit=other.unit, role="inspector", areas=["310114118"])
    _round, _team, found = ground.running("S-2", people=[other])
    visit = ground.finish(found["S-2"], by=Person.objects.get(pk=other.pk), i3="not_met")
    assert visit.outcome == "shut"
    assert Place.objects.get(pk=visit.place_id).shut_at is not None


def test_how_many_must_be_there_and_who_may_not(ground: Ground) -> None:
    campaign = ground.cast.campaign
    campaign.settings = {"inspections": {"least_inspectors": 2, "not_own_place": True}}
    campaign.save()
    _round, _team, found = ground.running("S-2")
    refused("visit.too_few", ground.finish, visit=found["S-2"])
    for person in (ground.cast.xuncha, ground.cast.nanxiang):
        Contract.objects.create(
            home="310114102",
            kind="place",
            person=person,
            place=ground.places["S-2"],
            area="310114102002",
            from_day=DAY,
        )
    refused(
        "visit.own_place",
        ground.finish,
        visit=found["S-2"],
        people=[ground.cast.xuncha, ground.cast.nanxiang],
    )
    visit = ground.finish(found["S-2"], people=[ground.cast.xuncha, ground.cast.hecha])
    assert len(visit.kept["people"]) == 2


# --- nobody there, skipped, again ------------------------------------------------------------------------------------


def test_not_open_and_gone_again(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2", "S-3")
    refused("visit.reason_needed", visits.mark_not_open, by=ground.cast.xuncha, visit=found["S-2"], note=" ")
    visit = visits.mark_not_open(by=ground.cast.xuncha, visit=found["S-2"], note="卷帘门关着")
    assert (visit.status, visit.outcome, visit.note) == ("done", "not_open", "卷帘门关着")
    visit = visits.plan_again(by=ground.cast.nanxiang, visit=visit)
    assert (visit.status, visit.outcome, visit.note, visit.done_at) == ("planned", "", "", None)
    assert ground.finish(visit).outcome == "pass"
    refused(
        "visit.wrong_step", visits.plan_again, by=ground.cast.nanxiang, visit=Visit.objects.get(pk=visit.pk)
    )
    gone = ground.finish(found["S-3"], outcome="gone", note="已搬走")
    assert gone.outcome == "gone"


def test_skipping_and_taking_back(ground: Ground) -> None:
    _round, _team, found = ground.running("S-1", "S-2")
    skipped = visits.skip_visit(by=ground.cast.nanxiang, visit=found["S-1"], note="停业装修")
    assert visits.plan_again(by=ground.cast.nanxiang, visit=skipped).status == "planned"
    visit = ground.finish(found["S-2"], i3="not_met")
    refused("access.denied", visits.take_back, by=ground.cast.xuncha, visit=visit, note="误操作")
    visit = visits.take_back(by=ground.cast.nanxiang, visit=visit, note="误操作")
    order = Order.objects.get(visit=visit)
    assert (visit.status, order.status) == ("started", "withdrawn")
    assert Place.objects.get(pk=visit.place_id).shut_at is None
    visit = ground.finish(visit, i3="not_met")
    order.refresh_from_db()
    assert (order.status, order.number) == ("issued", "GT-2021-0001")  # the paper keeps its number


def test_a_spot_visit_begins_once(ground: Ground) -> None:
    one = visits.open_spot_visit(
        by=ground.cast.xuncha, campaign=ground.cast.campaign, place=ground.places["S-4"]
    )
    two = visits.open_spot_visit(
        by=ground.cast.nanxiang, campaign=ground.cast.campaign, place=ground.places["S-4"]
    )
    assert one.pk == two.pk
    assert (one.kind, one.status, len(one.asked)) == ("spot", "started", 4)
    Place.objects.filter(pk=ground.places["S-3"].pk).update(closed_on=DAY)
    closed = Place.objects.get(pk=ground.places["S-3"].pk)
    refused(
        "visit.place_gone",
        visits.open_spot_visit,
        by=ground.cast.xuncha,
        campaign=ground.cast.campaign,
        place=closed,
    )
    refused(
        "access.denied",
        visits.open_spot_visit,
        by=ground.cast.jiangqiao,
        campaign=ground.cast.campaign,
        place=ground.places["S-4"],
    )


def test_nothing_is_done_in_a_round_that_is_over(ground: Ground) -> None:
    row, _team, found = ground.running("S-1", "S-2")
    ground.finish(found["S-1"])
    rounds.close_round(by=ground.cast.jinbo, round=row, reason="上级通知提前结束")
    refused("round.over", visits.start_visit, by=ground.cast.xuncha, visit=found["S-2"])


def test_the_story_tells_it(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    ground.finish(found["S-2"], i1="not_met", by=ground.cast.xuncha)
    verbs = list(
        Act.objects.filter(subject_type__in=("visit", "order"))
        .order_by("position")
        .values_list("verb", flat=True)
    )
    assert verbs == ["visit.planned", "visit.done", "order.issued"]
    issued = Act.objects.get(verb="order.issued")
    assert issued.cause_id == Act.objects.get(verb="visit.done").id


def test_findings_of_another_norm_are_refused(ground: Ground) -> None:
    _round, _team, found = ground.running("S-2")
    strange = [*ground.said(), FindingDraft("00000000-0000-0000-0000-000000000000", "met")]
    assert (
        refused("visit.findings", ground.finish, visit=found["S-2"], findings=strange).details["what"]
        == "strange_item"
    )
    assert orders.mark_late_orders() == 0
