"""Contracts handed over when somebody leaves, signed together, taken back; limits; who answers for what."""

import datetime as dt

import pytest

from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places import acts as place_acts
from guatu.places.models import Place
from guatu.units import acts, reads
from guatu.units.models import Contract, HandOver
from guatu.units.rules import shares

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def code_of(act, **kwargs):
    with pytest.raises(Problem) as caught:
        act(**kwargs)
    return caught.value.code


def shops(cast, count):
    return [
        place_acts.register_place(
            by=cast.nanxiang, name=f"店{index}", kind="shop", area="古猗园社区居委会", road="愚园路"
        )
        for index in range(count)
    ]


def running(person):
    return Contract.objects.filter(person=person, ended=False).order_by("id")


@pytest.fixture
def leaving(cast):
    """Somebody with four shops to hand over."""
    person = acts.add_person(by=cast.jinbo, username="leaving", name="老张", unit=cast.units["nxz"])
    for place in shops(cast, 4):
        acts.sign_contract(by=cast.nanxiang, person=person, kind="stair_group", place=place, note="东段")
    return person


def contracted(place_id):
    fact = FactRow.objects.get(
        kind="place", subject_id=str(place_id), until_position=None, effective_until=None
    )
    return fact.attributes["contracted"]


def test_everything_to_two_people_today_and_back(cast, leaving):
    rows = list(running(leaving))
    to = [cast.nanxiang, cast.xuncha]
    moves = {row.id: to[share] for row, share in zip(rows, shares(4, 2), strict=True)}
    batch = acts.hand_over(by=cast.nanxiang, person=leaving, moves=moves)
    assert running(leaving).count() == 0
    assert [running(person).filter(kind="stair_group").count() for person in to] == [2, 2]
    fresh = running(cast.xuncha).filter(kind="stair_group").first()
    assert (fresh.from_day, fresh.note, fresh.to_day) == (clock.today(), "东段", None)
    assert all(contracted(row.place_id) for row in rows)
    old = Contract.objects.get(id=rows[0].id)
    assert (old.ended, old.version) == (True, 2)
    acts.deactivate(by=cast.jinbo, person=leaving)  # nothing holds the account any more
    acts.reactivate(by=cast.jinbo, person=leaving)

    acts.undo_hand_over(by=cast.nanxiang, batch=batch)
    assert running(leaving).count() == 4
    assert running(cast.xuncha).filter(kind="stair_group").count() == 0
    assert Contract.objects.get(id=rows[0].id).to_day is None
    assert all(contracted(row.place_id) for row in rows)
    assert code_of(acts.undo_hand_over, by=cast.nanxiang, batch=batch) == "contract.undone"
    verbs = set(Act.objects.values_list("verb", flat=True))
    assert {"handover.done", "person.handed_over", "handover.undone", "contract.restored"} <= verbs


def test_from_a_day_to_come(cast, leaving):
    row, *others = running(leaving)
    first = clock.today() + 10 * DAY
    acts.hand_over(by=cast.nanxiang, person=leaving, moves={row.id: cast.xuncha}, on=first)
    row.refresh_from_db()
    assert (row.to_day, row.ended) == (first - DAY, False)
    fresh = running(cast.xuncha).get(kind="stair_group")
    assert fresh.from_day == first
    assert row.place in reads.my_places(leaving)
    assert row.place not in reads.my_places(cast.xuncha)
    assert running(leaving).count() == len(others) + 1


def test_who_has_it_already_keeps_one(cast, leaving):
    row = running(leaving).first()
    acts.sign_contract(by=cast.nanxiang, person=cast.xuncha, kind="stair_group", place=row.place)
    batch = acts.hand_over(by=cast.nanxiang, person=leaving, moves={row.id: cast.xuncha})
    assert batch.moves[0]["new"] == ""
    assert running(cast.xuncha).filter(kind="stair_group").count() == 1
    acts.undo_hand_over(by=cast.nanxiang, batch=batch)
    assert running(leaving).count() == 4


def test_what_is_refused(cast, leaving):
    row, other, *_rest = running(leaving)
    hand = {"by": cast.nanxiang, "person": leaving}
    assert code_of(acts.hand_over, **hand, moves={}) == "contract.nothing_chosen"
    assert code_of(acts.hand_over, **hand, moves={row.id: leaving}) == "contract.same_person"
    theirs = running(cast.nanxiang).first()
    assert code_of(acts.hand_over, **hand, moves={theirs.id: cast.xuncha}) == "access.not_found"
    strange = code_of(acts.hand_over, by=cast.jiangqiao, person=leaving, moves={row.id: cast.jiangqiao})
    assert strange == "access.denied"
    acts.end_contract(by=cast.nanxiang, contract=other)
    assert (
        code_of(acts.hand_over, **hand, moves={row.id: cast.xuncha, other.id: cast.xuncha})
        == "contract.ended"
    )
    assert running(leaving).count() == 3
    acts.deactivate(by=cast.jinbo, person=cast.hecha)
    assert code_of(acts.hand_over, **hand, moves={row.id: cast.hecha}) == "person.inactive"
    assert HandOver.objects.count() == 0
    acts.end_contract(by=cast.nanxiang, contract=row, on=clock.today() + DAY)
    late = code_of(acts.hand_over, **hand, moves={row.id: cast.xuncha}, on=clock.today() + 9 * DAY)
    assert late == "post.bad_days"


def test_not_taken_back_when_somebody_went_on_from_there(cast, leaving):
    row = running(leaving).first()
    batch = acts.hand_over(by=cast.nanxiang, person=leaving, moves={row.id: cast.xuncha})
    acts.end_contract(by=cast.nanxiang, contract=running(cast.xuncha).get(kind="stair_group"))
    assert code_of(acts.undo_hand_over, by=cast.nanxiang, batch=batch) == "contract.changed_since"
    assert code_of(acts.undo_hand_over, by=cast.nanxiang, batch=batch, version=7) == "kernel.stale"


def test_places_without_anybody_get_one_together(cast):
    places = shops(cast, 3)
    assert set(reads.places_without(cast.nanxiang.scope)) == set(places)
    batch = acts.assign_places(by=cast.nanxiang, places=places, person=cast.xuncha, kind="stair_group")
    assert reads.places_without(cast.nanxiang.scope).count() == 0
    assert (len(batch.moves), batch.area) == (3, "310114102001")
    again = {"by": cast.nanxiang, "places": places, "person": cast.xuncha}
    assert code_of(acts.assign_places, **again, kind="stair_group") == "contract.exists"
    assert code_of(acts.assign_places, **again, kind="castle") == "contract.unknown_kind"
    assert code_of(acts.assign_places, **{**again, "by": cast.jiangqiao}, kind="road") == "access.denied"
    assert code_of(acts.assign_places, **{**again, "places": []}, kind="road") == "contract.nothing_chosen"
    backwards = code_of(acts.assign_places, **again, kind="road", to_day=clock.today() - DAY)
    assert backwards == "post.bad_days"
    acts.undo_hand_over(by=cast.nanxiang, batch=batch)
    assert reads.places_without(cast.nanxiang.scope).count() == 3


def test_who_is_in_a_building_is_answered_for_with_it(cast):
    building = place_acts.register_place(
        by=cast.nanxiang, name="华山大厦", kind="building", area="德华社区居委会"
    )
    inside = place_acts.register_place(by=cast.nanxiang, name="甲公司", kind="enterprise", within=building)
    gone = shops(cast, 1)[0]
    place_acts.close_place(by=cast.nanxiang, place=gone)
    assert inside.within == building
    assert set(reads.places_without(cast.nanxiang.scope)) == {building}
    acts.sign_contract(by=cast.nanxiang, person=cast.xuncha, kind="sent_down", area="德华社区居委会")
    assert reads.places_without(cast.nanxiang.scope).count() == 1  # help is not answering
    acts.sign_contract(by=cast.nanxiang, person=cast.xuncha, kind="building", place=building)
    assert reads.places_without(cast.nanxiang.scope).count() == 0
    assert set(reads.places_with(Place.objects.filter(area=building.area), True)) == {
        building,
        cast.places["NX-002"],
    }


def test_limits_by_kind(cast):
    assert reads.limits()["building"] == 10
    assert reads.overloaded(cast.jinbo.scope).count() == 0
    acts.assign_places(by=cast.nanxiang, places=shops(cast, 4), person=cast.xuncha, kind="market")
    assert [row.username for row in reads.overloaded(cast.jinbo.scope)] == ["xuncha"]
    assert acts.set_limits(by=cast.jinbo, limits={"market": 4, "block": None}) == {"market": 4}
    assert reads.overloaded(cast.jinbo.scope).count() == 0
    assert code_of(acts.set_limits, by=cast.jinbo, limits={"market": 0}) == "contract.bad_limit"
    assert code_of(acts.set_limits, by=cast.jinbo, limits={"castle": 3}) == "contract.unknown_kind"
    assert code_of(acts.set_limits, by=cast.nanxiang, limits={"market": 5}) == "access.denied"
