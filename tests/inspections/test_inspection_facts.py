"""Figures of inspections: places, not visits; people, not goings; and what was counted stays when other rows change later."""

from typing import Any

from guatu.figures.acts import define_indicators, recount
from guatu.figures.reads.values import definition, value
from guatu.inspections.acts import orders, rounds, teams, visits
from guatu.inspections.models import Order, Visit
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, deed
from guatu.places.acts import change_places
from guatu.places.models import Place
from guatu.units.models import Person
from tests.cast import DEHUA, DISTRICT
from tests.inspections.ground import DAY, Ground
from tests.inspections.test_visits import at


def define(ground: Ground, **wanted: dict[str, Any]) -> None:
    found = [
        {"key": key, "title": key, "kind": said.pop("how", "count"), "of": said}
        for key, said in wanted.items()
    ]
    define_indicators(by=SYSTEM, campaign=ground.cast.campaign, definitions=found)


def figure(ground: Ground, key: str) -> int:
    meaning = definition(ground.cast.campaign, key)
    found = value(ground.cast.zhihui.scope, ground.cast.campaign, meaning, area=DISTRICT)
    return int(found.number or 0)


CHECKED = {"kind": "visit", "attributes": {"checked": True}, "distinct": "place", "how": "distinct"}
SENT = {"kind": "inspector", "distinct": "person", "how": "distinct"}


def test_the_published_figures_come_out_of_the_records(ground: Ground) -> None:
    """执法检查 401 家，责令整改 15 家，关停 3 家，出动 120 余人: all of them counted, none of them typed in."""
    cast = ground.cast
    define(
        ground, places=dict(CHECKED), people=dict(SENT), rectify={"kind": "order", "category": "rectify"},
        shut={"kind": "order", "category": "shut"},
    )  # fmt: skip
    people = [
        Person(username=f"jc{number}", name=f"检查员{number}", unit=cast.units["cgzf"])
        for number in range(122)
    ]
    Person.objects.bulk_create(people)
    shops = [
        Place(home="310114102", number=f"Z-{number}", kind="shop", name=f"门店{number}", area=DEHUA)
        for number in range(401)
    ]
    Place.objects.bulk_create(shops)
    with deed(by=SYSTEM):
        row = ground.open_round()
        crews = [
            rounds.add_team(
                by=cast.jinbo,
                round=row,
                name=f"{number}组",
                on_day=DAY,
                people=people[number * 2 : number * 2 + 2],
            )
            for number in range(61)
        ]
        planned = rounds.choose_places(
            by=cast.jinbo, round=row, criteria={"numbers": [shop.number for shop in shops]}
        )
        assert planned.added == 401
        found = list(Visit.objects.filter(round=row).order_by("place__number"))
        for number, crew in enumerate(crews):
            teams.assign_visits(by=cast.jinbo, visits=found[number::61], team=crew)
        rounds.start_round(by=cast.jinbo, round=row)
        for number, visit in enumerate(found):
            bad = {"i3": "not_met"} if number < 3 else {"i1": "not_met"} if number < 18 else {}
            ground.finish(visit, by=cast.jinbo, **bad)
    assert {key: figure(ground, key) for key in ("places", "rectify", "shut")} == {
        "places": 401,
        "rectify": 15,
        "shut": 3,
    }
    assert figure(ground, "people") == 122  # sixty-one crews of two; the office only wrote it down
    assert recount().differences == ()


def test_a_place_seen_twice_is_one_place(ground: Ground) -> None:
    define(ground, places=dict(CHECKED), goings={"kind": "visit", "attributes": {"checked": True}}, sent=dict(SENT),
           unmet={"kind": "visit", "measure": "not_met", "how": "sum"}, nights={"kind": "visit", "attributes": {"shift": "night"}})  # fmt: skip
    _round, _team, found = ground.running("S-1", "S-2")
    ground.finish(found["S-2"], i1="not_met")
    orders.comply(by=ground.cast.nanxiang, order=Order.objects.get())
    ground.finish(Visit.objects.get(kind="look_back"), findings=ground.said()[:1])
    assert (figure(ground, "places"), figure(ground, "goings"), figure(ground, "sent")) == (1, 2, 1)
    visits.mark_not_open(by=ground.cast.xuncha, visit=found["S-1"], note="关门")
    assert figure(ground, "places") == 1  # nobody looked inside
    assert (figure(ground, "unmet"), figure(ground, "nights")) == (1, 0)


def test_the_past_does_not_follow_the_place_or_the_team(ground: Ground) -> None:
    define(ground, high={"kind": "visit", "attributes": {"risk": "high"}}, sent=dict(SENT))
    row, team, found = ground.running("S-1", "S-2")
    ground.finish(found["S-1"])
    change_places(by=ground.cast.jinbo, places=[ground.places["S-1"].id], changes={"risk": "low"})
    rounds.change_team(by=ground.cast.jinbo, team=team, people=[ground.cast.hecha])
    rounds.edit_round(by=ground.cast.jinbo, round=row, changes={"unit": ground.cast.units["cgzf"]})
    assert (figure(ground, "high"), figure(ground, "sent")) == (1, 1)
    assert recount().differences == ()


def test_what_is_taken_back_or_out_is_no_longer_counted(ground: Ground) -> None:
    define(
        ground, places=dict(CHECKED), planned={"kind": "visit", "status": "planned"}, sent=dict(SENT),
        standing={"kind": "order", "attributes": {"open": True}}, late={"kind": "order", "attributes": {"late": True}, "how": "overdue"},
    )  # fmt: skip
    _row, _team, found = ground.running("S-1", "S-2")
    assert figure(ground, "planned") == 2
    rounds.remove_visit(by=ground.cast.jinbo, visit=found["S-1"])
    assert figure(ground, "planned") == 1
    visit = ground.finish(found["S-2"], i1="not_met")
    assert (figure(ground, "standing"), figure(ground, "places"), figure(ground, "sent")) == (1, 1, 1)
    with clock.at(at(9, 1, day=17)):
        orders.mark_late_orders()
        assert figure(ground, "late") == 1
        visits.take_back(by=ground.cast.jinbo, visit=Visit.objects.get(pk=visit.pk), note="填错")
        assert (figure(ground, "standing"), figure(ground, "places"), figure(ground, "sent")) == (0, 0, 0)
    assert recount().differences == ()
