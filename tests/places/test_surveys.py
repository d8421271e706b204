"""The survey: what is said of a place on a day, what opens and closes by it, who may say it, how it is taken back."""

import datetime as dt

import pytest

from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places import acts
from guatu.places.acts import NewMerchant
from guatu.places.models import Place, PlaceSurvey
from guatu.units import acts as unit_acts
from guatu.units import reads as unit_reads

pytestmark = pytest.mark.django_db


def code_of(act, **kwargs):
    with pytest.raises(Problem) as caught:
        act(**kwargs)
    return caught.value.code


def building(cast, name="华山大厦", **more):
    return acts.register_place(by=cast.nanxiang, name=name, kind="building", area="古猗园社区居委会", **more)


def shop(cast, name, road="愚园路", **more):
    return acts.register_place(
        by=cast.nanxiang, name=name, kind="shop", area="古猗园社区居委会", road=road, **more
    )


def live(kind="place_survey"):
    return FactRow.objects.filter(kind=kind, until_position=None, effective_until=None)


def test_unchanged_is_one_row_and_one_fact(cast):
    place = building(cast)
    acts.register_place(by=cast.nanxiang, name="甲公司", kind="enterprise", within=place)
    survey = acts.survey_place(by=cast.nanxiang, place=place, outcome="unchanged")
    assert (survey.outcome, survey.opened, survey.households, survey.on_day) == (
        "unchanged",
        0,
        1,
        clock.today(),
    )
    assert place.surveyed_on == clock.today()
    fact = live().get()
    assert (fact.category, fact.status, fact.measures["households"]) == ("building", "unchanged", "1")
    assert {act.verb for act in Act.objects.filter(subject_id=str(place.id))} >= {
        "place.registered",
        "place.surveyed",
    }


def test_a_merchant_opened_in_a_building(cast):
    place = building(cast, address="愚园路1号", x=121.31, y=31.29)
    survey = acts.survey_place(
        by=cast.nanxiang,
        place=place,
        outcome="changed",
        opened=[NewMerchant("新开咖啡", industry="catering")],
    )
    row = Place.objects.get(name="新开咖啡")
    assert (row.within, row.kind, row.area, row.address) == (place, "enterprise", place.area, "愚园路1号")
    assert (row.opened_on, row.industry, row.lon) == (clock.today(), "catering", place.lon)
    assert survey.merchants == {"opened": [str(row.id)], "closed": []}
    assert (survey.opened, survey.households) == (1, 1)
    assert live("place").get(subject_id=str(row.id)).attributes["within"] == str(place.id)


def test_a_later_word_of_the_day_corrects_and_adds_up(cast):
    place = building(cast)
    acts.survey_place(by=cast.nanxiang, place=place, outcome="changed", opened=[NewMerchant("甲")])
    again = acts.survey_place(by=cast.nanxiang, place=place, outcome="unchanged", note="下午再看")
    assert PlaceSurvey.objects.count() == 1
    assert (again.outcome, again.opened, again.note, again.version) == ("changed", 1, "下午再看", 2)
    early = acts.survey_place(
        by=cast.nanxiang,
        place=place,
        outcome="not_reached",
        note="早上",
        at=clock.now() - dt.timedelta(seconds=9),
    )
    assert (early.outcome, early.note) == ("changed", "下午再看")
    assert live().count() == 1


def test_a_shop_closes_and_its_neighbour_opens(cast):
    one, two = shop(cast, "老王面馆"), shop(cast, "小李理发")
    acts.survey_place(
        by=cast.nanxiang, place=one, outcome="changed", closed=[one, str(two.id)], opened=[NewMerchant("新店")],
        lon=121.31, lat=31.29,
    )  # fmt: skip
    assert set(Place.objects.filter(closed_on=clock.today()).values_list("name", flat=True)) == {
        "老王面馆",
        "小李理发",
    }
    fresh = Place.objects.get(name="新店")
    assert (fresh.kind, fresh.road, fresh.within, fresh.lon) == ("shop", "愚园路", None, 121.31)
    assert live("place").get(subject_id=str(two.id)).status == "closed"


def test_what_is_refused(cast):
    place, other, elsewhere = building(cast), building(cast, "另一幢"), shop(cast, "别处", road="江苏路")
    said = {"by": cast.nanxiang, "place": place}
    assert code_of(acts.survey_place, **said, outcome="fine") == "place.survey_unknown"
    assert code_of(acts.survey_place, **said, outcome="changed") == "place.survey_nothing"
    contradiction = code_of(acts.survey_place, **said, outcome="unchanged", opened=[NewMerchant("x")])
    assert contradiction == "place.survey_contradicts"
    assert (
        code_of(acts.survey_place, **said, outcome="changed", closed=[elsewhere]) == "place.survey_elsewhere"
    )
    assert code_of(acts.survey_place, **said, outcome="changed", closed=["nonsense"]) == "access.not_found"
    assert code_of(acts.survey_place, **said, outcome="changed", closed=[other]) == "place.survey_elsewhere"
    no_name = code_of(acts.survey_place, **said, outcome="changed", opened=[NewMerchant(" ")])
    assert no_name == "place.no_name"
    kind = code_of(acts.survey_place, **said, outcome="changed", opened=[NewMerchant("x", "castle")])
    assert kind == "place.survey_kind"
    taken = code_of(acts.survey_place, **said, outcome="changed", opened=[NewMerchant("x", number="NX-001")])
    assert taken == "place.number_taken"
    future = code_of(acts.survey_place, **said, outcome="unchanged", at=clock.now() + dt.timedelta(days=1))
    assert future == "kernel.future"
    acts.close_place(by=cast.nanxiang, place=elsewhere)
    shut = code_of(
        acts.survey_place, by=cast.nanxiang, place=elsewhere, outcome="changed", closed=[elsewhere]
    )
    assert shut == "place.closed"
    acts.withdraw_place(by=cast.nanxiang, place=place)
    assert code_of(acts.survey_place, **said, outcome="unchanged") == "place.withdrawn"
    assert PlaceSurvey.objects.count() == 0
    assert not Place.objects.filter(name="x").exists()


def test_who_may_say_it(cast):
    place = building(cast)
    inside = acts.register_place(by=cast.nanxiang, name="甲公司", kind="enterprise", within=place)
    for person in (cast.jiangqiao, cast.hecha, cast.passer_by):
        assert code_of(acts.survey_place, by=person, place=place, outcome="unchanged") == "access.denied"
    contract = unit_acts.sign_contract(by=cast.nanxiang, person=cast.passer_by, kind="building", place=place)
    for row in (place, inside):
        assert acts.survey_place(by=cast.passer_by, place=row, outcome="unchanged").by_id == cast.passer_by.id
    assert list(unit_reads.my_places(cast.passer_by)) == [place]
    unit_acts.end_contract(by=cast.nanxiang, contract=contract)
    assert code_of(acts.survey_place, by=cast.passer_by, place=place, outcome="unchanged") == "access.denied"
    unit_acts.sign_contract(by=cast.nanxiang, person=cast.passer_by, kind="pairing", area="古猗园社区居委会")
    assert code_of(acts.survey_place, by=cast.passer_by, place=place, outcome="unchanged") == "access.denied"
    unit_acts.sign_contract(by=cast.nanxiang, person=cast.passer_by, kind="block", area="古猗园社区居委会")
    acts.survey_place(by=cast.passer_by, place=place, outcome="unchanged")
    assert set(unit_reads.my_places(cast.passer_by)) == {place, inside, cast.places["NX-001"]}


def test_taken_back_with_everything_it_did(cast):
    place, row = building(cast), shop(cast, "老店")
    acts.survey_place(
        by=cast.nanxiang, place=place, outcome="unchanged", at=clock.now() - dt.timedelta(days=1)
    )
    survey = acts.survey_place(by=cast.nanxiang, place=place, outcome="changed", opened=[NewMerchant("甲")])
    acts.withdraw_survey(by=cast.nanxiang, survey=survey)
    place.refresh_from_db()
    assert Place.objects.get(name="甲").withdrawn
    assert place.surveyed_on == clock.today() - dt.timedelta(days=1)
    assert live().filter(happened_on=clock.today()).count() == 0
    assert code_of(acts.withdraw_survey, by=cast.nanxiang, survey=survey) == "place.survey_taken_back"
    again = acts.survey_place(by=cast.nanxiang, place=place, outcome="changed", opened=[NewMerchant("乙")])
    assert (again.id, again.opened, again.withdrawn) == (survey.id, 1, False)
    closed = acts.survey_place(by=cast.nanxiang, place=row, outcome="changed", closed=[row])
    acts.withdraw_survey(by=cast.nanxiang, survey=closed)
    row.refresh_from_db()
    assert row.closed_on is None


def test_not_taken_back_when_something_was_built_on_it(cast):
    place = building(cast)
    survey = acts.survey_place(by=cast.nanxiang, place=place, outcome="changed", opened=[NewMerchant("甲")])
    row = Place.objects.get(name="甲")
    acts.edit_place(by=cast.nanxiang, place=row, changes={"risk": "high"})
    assert code_of(acts.withdraw_survey, by=cast.nanxiang, survey=survey) == "place.survey_built_on"
    assert code_of(acts.withdraw_survey, by=cast.jiangqiao, survey=survey) == "access.denied"
    assert not PlaceSurvey.objects.get().withdrawn


def test_closed_opened_shut_and_free_again(cast):
    row = shop(cast, "老店")
    acts.close_place(by=cast.nanxiang, place=row)
    assert code_of(acts.close_place, by=cast.nanxiang, place=row) == "place.closed"
    assert acts.open_place(by=cast.nanxiang, place=row).closed_on is None
    assert code_of(acts.close_place, by=cast.jiangqiao, place=row) == "access.denied"
    assert code_of(acts.open_place, by=cast.hecha, place=row) == "access.denied"
    assert code_of(acts.close_place, by=cast.nanxiang, place=row, version=1) == "kernel.stale"
    acts.edit_place(
        by=cast.nanxiang, place=Place.objects.get(id=row.id), changes={"opened_on": clock.today()}
    )
    yesterday = clock.today() - dt.timedelta(days=1)
    assert code_of(acts.close_place, by=cast.nanxiang, place=row, on=yesterday) == "place.bad_day"
    shut = acts.shut_place(by=cast.xuncha, place=row)
    assert shut.shut_at is not None
    assert live("place").get(subject_id=str(row.id)).attributes["shut"] is True
    assert acts.shut_place(by=cast.xuncha, place=row).version == shut.version
    assert acts.reopen_place(by=cast.lvrong, place=row).shut_at is None
    assert code_of(acts.shut_place, by=cast.jiangqiao, place=row) == "access.denied"
    assert code_of(acts.shut_place, by=cast.passer_by, place=row) == "access.denied"


def test_several_at_once_and_back(cast):
    rows = [shop(cast, f"店{index}") for index in range(3)]
    keys = [row.id for row in rows]
    before = acts.change_places(
        by=cast.nanxiang, places=keys, changes={"risk": "high", "industry": "catering"}
    )
    assert len(before) == 3
    assert set(Place.objects.filter(id__in=keys).values_list("risk", "industry")) == {("high", "catering")}
    assert acts.change_places(by=cast.nanxiang, places=keys, changes={"risk": "high"}) == {}
    assert acts.unchange_places(by=cast.nanxiang, before=before) == 3
    assert set(Place.objects.filter(id__in=keys).values_list("risk", "industry")) == {("", "")}
    changing = {"places": keys, "changes": {"risk": "low"}}
    assert code_of(acts.unchange_places, by=cast.nanxiang, before=before) == "place.changed_since"
    assert code_of(acts.change_places, by=cast.jiangqiao, **changing) == "access.denied"
    assert code_of(acts.change_places, by=cast.nanxiang, places=keys, changes={}) == "place.nothing_chosen"
    assert (
        code_of(acts.change_places, by=cast.nanxiang, places=keys, changes={"risk": "x"}) == "place.bad_risk"
    )
    acts.withdraw_place(by=cast.nanxiang, place=Place.objects.get(id=rows[0].id))
    assert code_of(acts.change_places, by=cast.nanxiang, **changing) == "place.withdrawn"


def test_the_contact_is_sealed_and_opened_for_a_reason(cast):
    from guatu.kernel.models import SightLog

    row = shop(cast, "老店", contact={"name": "王师傅", "phone": "13812345678"})
    assert "138" not in str(row.contact)
    told = acts.reveal_contact(by=cast.nanxiang, place=row, reason="通知停水")
    assert told == {"name": "王师傅", "phone": "13812345678"}
    assert SightLog.objects.get().reason == "通知停水"
    assert code_of(acts.reveal_contact, by=cast.nanxiang, place=row, reason=" ") == "place.no_reason"
    assert code_of(acts.reveal_contact, by=cast.hecha, place=row, reason="想看看它") == "access.denied"
    assert code_of(acts.reveal_contact, by=SYSTEM, place=row, reason="想看看它") == "access.denied"
    bare = shop(cast, "没有联系人")
    assert code_of(acts.reveal_contact, by=cast.nanxiang, place=bare, reason="想看看它") == "place.no_contact"
    assert code_of(shop, cast=cast, name="x", contact={"phone": "abc"}) == "place.bad_phone"
    acts.edit_place(by=cast.nanxiang, place=row, changes={}, contact={"name": "李师傅"})
    assert acts.reveal_contact(by=cast.nanxiang, place=row, reason="通知停水") == {"name": "李师傅"}
    assert "李师傅" not in str(list(Act.objects.values_list("details", flat=True)))


def test_a_place_is_not_inside_itself(cast):
    place = building(cast)
    inside = acts.register_place(by=cast.nanxiang, name="甲公司", kind="enterprise", within=place)
    assert (
        code_of(acts.edit_place, by=cast.nanxiang, place=place, changes={"within": inside})
        == "place.bad_within"
    )
    gone = building(cast, "拆了")
    acts.withdraw_place(by=cast.nanxiang, place=gone)
    gone.refresh_from_db()
    assert (
        code_of(acts.register_place, by=cast.nanxiang, name="x", kind="shop", within=gone)
        == "place.withdrawn"
    )
    assert code_of(shop, cast=cast, name="x", risk="odd") == "place.bad_risk"
