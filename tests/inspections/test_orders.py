"""Orders: due, signed, complied with, looked back at; late ones; a shut place opens only after a look-back."""

import datetime as dt

import pytest

from guatu.inspections.acts import orders, visits
from guatu.inspections.acts.visits import Signer
from guatu.inspections.models import Order, Visit
from guatu.inspections.reads import visits as reads
from guatu.inspections.rules import orders as rules
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_many
from guatu.kernel.workcalendar import WorkCalendar
from guatu.notices.models import Notice
from guatu.notices.rules import sentence
from guatu.places import acts as place_acts
from guatu.places.models import Place
from guatu.units.models import Person, Post
from tests.inspections.ground import Ground, Picture
from tests.inspections.test_visits import at, refused

CALENDAR = WorkCalendar({})


def given(ground: Ground, number: str = "S-2", **said: object) -> tuple[Visit, Order]:
    _round, _team, found = ground.running(number)
    visit = ground.finish(found[number], **(said or {"i1": "not_met"}))
    return visit, Order.objects.get(visit=visit)


def back_of(order: Order) -> Visit:
    return Visit.objects.get(after=order.visit_id, kind="look_back", status="planned")


# --- the rules -------------------------------------------------------------------------------------------------------


def test_the_shortest_limit_is_the_orders_and_each_line_keeps_its_own() -> None:
    start = at(9)
    lines = [{"limit": "3个工作日"}, {"limit": "24小时"}, {"limit": "尽快"}]
    due = rules.due_of(start, lines, CALENDAR)
    assert due.at == at(9, day=17)
    assert [line["due_at"][:16] for line in due.lines] == [
        "2021-09-21T09:00",
        "2021-09-17T09:00",
        "2021-09-21T09:00",
    ]
    assert due.clock[0]["minutes"] == 24 * 60


def test_a_look_back_is_never_asked_for_sooner_than_people_can_go() -> None:
    assert rules.look_back_due(at(9, day=20), at(10), "1个工作日", CALENDAR) == at(9, day=20)
    assert rules.look_back_due(at(11), at(10), "1个工作日", CALENDAR) == at(10, day=17)
    assert rules.look_back_due(at(11), at(10), "有空再说", CALENDAR) == at(10, day=17)


def test_late_is_only_what_nobody_has_complied_with() -> None:
    assert rules.is_late("issued", at(9), at(9, 1))
    assert not rules.is_late("issued", at(9), at(9))
    assert not rules.is_late("complied", at(9), at(12))


# --- signing ---------------------------------------------------------------------------------------------------------


def test_signed_and_refused_to_sign(ground: Ground) -> None:
    _visit, order = given(ground)
    refused("order.who_signed", orders.sign_order, by=ground.cast.xuncha, order=order, signer=Signer("张三"))
    refused(
        "order.who_signed",
        orders.sign_order,
        by=ground.cast.xuncha,
        order=order,
        signer=Signer("张三", refused=True),
    )
    order = orders.sign_order(
        by=ground.cast.xuncha,
        order=order,
        signer=Signer(refused=True, witness="李见证"),
        files=[Picture("签名.png")],
    )
    assert order.signed_as == "拒签"
    assert open_many({order.id: order.sealed}) == {order.id: {"witness": "李见证"}}
    refused(
        "order.signed_already",
        orders.sign_order,
        by=ground.cast.xuncha,
        order=order,
        signer=Signer("张三", "店长"),
    )
    told = Act.objects.filter(verb="order.refused").get()
    assert "李见证" not in str(told.details)


# --- complied with, looked back at -----------------------------------------------------------------------------------


def test_a_look_back_asks_only_what_was_not_met_and_ends_the_order(ground: Ground) -> None:
    _visit, order = given(ground)
    order = orders.comply(by=ground.cast.nanxiang, order=order, note="已配测温枪", files=[Picture()])
    back = back_of(order)
    assert back.due_at == max(clock.local(order.due_at), clock.local(back.due_at))
    assert back.round_id == order.visit.round_id
    back = visits.start_visit(by=ground.cast.xuncha, visit=back)
    assert back.asked == [str(ground.items[0].id)]
    back = ground.finish(back, findings=ground.said()[:1])
    order.refresh_from_db()
    assert (back.outcome, order.status) == ("pass", "passed")
    assert order.ended_at is not None


def test_what_was_shut_opens_when_the_look_back_is_passed_and_not_before(ground: Ground) -> None:
    visit, order = given(ground, i3="not_met")
    assert Place.objects.get(pk=visit.place_id).shut_at is not None
    refused("order.still_shut", place_acts.reopen_place, by=ground.cast.nanxiang, place=visit.place)
    orders.comply(by=ground.cast.nanxiang, order=order)
    refused("order.still_shut", place_acts.reopen_place, by=ground.cast.nanxiang, place=visit.place)
    ground.finish(back_of(order), findings=[ground.said()[2]])
    assert Place.objects.get(pk=visit.place_id).shut_at is None
    assert Act.objects.filter(verb="place.reopened").exists()


def test_a_failed_look_back_gives_the_next_order_and_in_the_end_shuts(ground: Ground) -> None:
    _visit, order = given(ground)
    with clock.at(at(9, day=18)):
        first = ground.finish(
            orders.look_back_now(by=ground.cast.xuncha, order=order), findings=ground.said(i1="not_met")[:1]
        )
        order.refresh_from_db()
        second = Order.objects.get(visit=first)
        assert (order.status, second.kind, second.repeat, second.status) == (
            "failed",
            "rectify",
            True,
            "issued",
        )
        assert second.lines[0]["repeat"] is True
    with clock.at(at(9, day=22)):
        again = orders.look_back_now(by=ground.cast.xuncha, order=second)
        third = Order.objects.get(visit=ground.finish(again, findings=ground.said(i1="not_met")[:1]))
        assert third.kind == "shut"
        assert Place.objects.get(pk=third.place_id).shut_at is not None


def test_a_shut_place_whose_fault_stands_stays_shut(ground: Ground) -> None:
    visit, order = given(ground, i1="not_met", i3="not_met")
    orders.comply(by=ground.cast.nanxiang, order=order)
    back = visits.start_visit(by=ground.cast.xuncha, visit=back_of(order))
    said = ground.said(i1="not_met")
    back = ground.finish(back, findings=[said[0], said[2]])
    assert back.outcome == "shut"  # only 限期 stands, but the order before was to shut
    assert Place.objects.get(pk=visit.place_id).shut_at is not None


def test_complying_is_undone_until_somebody_looks(ground: Ground) -> None:
    _visit, order = given(ground)
    order = orders.comply(by=ground.cast.nanxiang, order=order)
    refused("order.wrong_step", orders.comply, by=ground.cast.nanxiang, order=order)
    order = orders.undo_comply(by=ground.cast.nanxiang, order=order)
    assert order.status == "issued"
    assert not Visit.objects.filter(after=order.visit_id, status="planned").exists()
    order = orders.comply(by=ground.cast.nanxiang, order=order)
    visits.start_visit(by=ground.cast.xuncha, visit=back_of(order))
    refused("visit.followed", orders.undo_comply, by=ground.cast.nanxiang, order=order)
    refused("visit.followed", visits.take_back, by=ground.cast.nanxiang, visit=order.visit, note="误")


def test_withdrawing_needs_a_reason_and_opens_what_it_shut(ground: Ground) -> None:
    visit, order = given(ground, i3="not_met")
    refused("order.reason_needed", orders.withdraw_order, by=ground.cast.jinbo, order=order, reason=" ")
    refused("access.denied", orders.withdraw_order, by=ground.cast.xuncha, order=order, reason="搞错了")
    order = orders.withdraw_order(by=ground.cast.jinbo, order=order, reason="店名写错")
    assert order.status == "withdrawn"
    assert Place.objects.get(pk=visit.place_id).shut_at is None
    refused("order.wrong_step", orders.comply, by=ground.cast.nanxiang, order=order)
    refused("order.ended", orders.look_back_now, by=ground.cast.nanxiang, order=order)


# --- late ------------------------------------------------------------------------------------------------------------


def test_the_clock_marks_late_orders_once_and_sends_somebody(ground: Ground) -> None:
    _visit, order = given(ground)
    with clock.at(at(9, day=17)):
        assert orders.mark_late_orders() == 0  # the very minute is still in time
    with clock.at(at(9, 1, day=17)):
        assert orders.mark_late_orders() == 1
        assert orders.mark_late_orders() == 0
        order.refresh_from_db()
        assert order.late
        assert back_of(order).due_at > clock.now()
    told = Act.objects.get(verb="order.became_late")
    assert told.effective_at == order.due_at


def test_complied_too_late_counts_as_late(ground: Ground) -> None:
    _visit, order = given(ground)
    with clock.at(at(9, day=18)):
        assert orders.comply(by=ground.cast.nanxiang, order=order).late
        assert orders.mark_late_orders() == 0


@pytest.mark.parametrize("kind", rules.ORDERS)
def test_each_kind_has_a_series_of_its_own(ground: Ground, kind: str) -> None:
    numbers = []
    _round, _team, found = ground.running("S-1", "S-2", "S-4")
    for number in ("S-1", "S-2", "S-4"):
        item = "i3" if kind == "shut" else "i1"
        numbers.append(Order.objects.get(visit=ground.finish(found[number], **{item: "not_met"})).number)
    assert numbers == [f"{'GT' if kind == 'shut' else 'ZG'}-2021-{count:04d}" for count in (1, 2, 3)]


def test_rights(ground: Ground) -> None:
    _visit, order = given(ground)
    for person in (ground.cast.zhihui, ground.cast.passer_by, ground.cast.jiangqiao):
        with pytest.raises(Problem, match="access"):
            orders.comply(by=person, order=order)
    with pytest.raises(Problem, match=r"kernel\.stale"):
        orders.comply(by=ground.cast.nanxiang, order=order, version=99)
    refused(
        "kernel.future",
        orders.comply,
        by=ground.cast.nanxiang,
        order=order,
        at=clock.now() + dt.timedelta(days=1),
    )


def test_who_is_told_of_late_and_repeated_orders(ground: Ground) -> None:
    _visit, order = given(ground)
    assert not Notice.objects.exists()  # a first order tells nobody
    with clock.at(at(9, 1, day=17)):
        orders.mark_late_orders()
        told = Notice.objects.get(kind="order_late")
        assert (told.person, told.title) == (ground.cast.xuncha, order.number)
        ground.finish(back_of(order), by=ground.cast.nanxiang, findings=ground.said(i1="not_met")[:1])
        assert (
            Notice.objects.get(kind="order_again").person == ground.cast.xuncha
        )  # whose team was there before
    assert "未通过" in sentence("order_again", {"place": "德华超市"}, "zh")


def test_a_look_back_without_a_team_is_any_teams_of_its_round(ground: Ground) -> None:
    other = Person.objects.create(username="jq3", name="江桥检查员", unit=ground.cast.units["jqz"])
    Post.objects.create(person=other, unit=other.unit, role="inspector", areas=["310114118"])
    other = Person.objects.get(pk=other.pk)
    _round, _team, found = ground.running("S-2", people=[other])
    order = Order.objects.get(visit=ground.finish(found["S-2"], by=other, i1="not_met"))
    assert list(reads.my_visits(other.id)) == []
    orders.comply(by=other, order=order)
    back = back_of(order)
    assert list(reads.my_visits(other.id)) == [back]
    assert reads.visits(other.scope).filter(pk=back.pk).exists()
    assert ground.finish(back, by=other, findings=ground.said()[:1]).outcome == "pass"
    assert list(reads.my_visits(ground.cast.xuncha.id)) == []
