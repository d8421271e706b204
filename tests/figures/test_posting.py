"""Live equals recomputed, at every commit; the past stays what it was."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guatu.campaigns.models import Campaign
from guatu.figures.acts import define_indicators, recount
from guatu.figures.models import FactRow, Reading
from guatu.figures.reads import (
    AsOf,
    definition,
    indicators,
    present_as_of,
    records,
    value,
    values_by_area,
    values_by_day,
)
from guatu.kernel.access import EVERYTHING, NOBODY, Grant, Scope
from guatu.kernel.acts import SYSTEM, deed, heads
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from tests.figures.conftest import DEFINITIONS, day

pytestmark = pytest.mark.django_db

STREET = Scope(None, (Grant(("figure.read", "place.read"), areas=("310114102",)),))
UNIT = Scope(None, (Grant(("figure.read", "place.read"), units=("jd/lr/",)),))


def text(campaign: Campaign, key: str, scope: Scope = EVERYTHING, **more: Any) -> str:
    return value(scope, campaign, definition(campaign, key), **more).text


def test_a_figure_follows_the_acts(
    campaign: Campaign, shop: Callable[..., Place], change: Callable[..., None]
) -> None:
    one, two = shop("A1", persons="39.16", owner="x"), shop("A2", owner="x", late=True)
    assert [text(campaign, key) for key in ("shops", "shut", "rate", "persons", "owners", "late")] == [
        "2",
        "0",
        "0%",
        "40.16",
        "1",
        "1",
    ]
    change(one, status="shut")
    assert [text(campaign, key) for key in ("shops", "shut", "rate", "mean")] == ["2", "1", "50%", "20.1"]
    change(two, withdrawn=True)
    assert [text(campaign, key) for key in ("shops", "shut", "rate", "late")] == ["1", "1", "100%", "0"]
    assert recount().equal


def test_an_indicator_made_later_has_its_whole_history(
    campaign: Campaign, shop: Callable[..., Place]
) -> None:
    shop("A1", kind="food")
    shop("A2", kind="books")
    before = present_as_of()
    shop("A3", kind="books")
    fresh = {"key": "books", "title": "书店", "kind": "count", "of": {"kind": "shop", "category": "books"}}
    outcome = define_indicators(by=SYSTEM, campaign=campaign, definitions=[*DEFINITIONS, fresh])
    assert (outcome["books"], outcome["shops"]) == ("added", "same")
    assert text(campaign, "books") == "2"
    assert text(campaign, "books", as_of=before) == "1"
    assert recount().equal


def test_what_was_known_and_what_was_true_are_two_things(
    campaign: Campaign, shop: Callable[..., Place], change: Callable[..., None]
) -> None:
    one = shop("A1", at=day(1))
    change(one, at=day(10), status="shut")
    assert text(campaign, "shut", as_of=AsOf(None, day(9))) == "0"
    assert text(campaign, "shut", as_of=AsOf(None, day(11))) == "1"
    known_then = AsOf(heads(), day(11))
    change(one, correction=True, status="open")  # it was never shut; the report was wrong
    assert text(campaign, "shut", as_of=known_then) == "1"
    assert text(campaign, "shut", as_of=AsOf(None, day(11))) == "0"
    assert text(campaign, "shut") == "0"
    assert text(campaign, "shops", as_of=AsOf(None, day(1, 8))) == "0"
    assert recount().equal


def test_a_late_message_about_the_past_restates_from_there_on(
    campaign: Campaign, shop: Callable[..., Place], change: Callable[..., None]
) -> None:
    one = shop("A1", at=day(1))
    change(one, at=day(10), status="shut")
    change(one, at=day(5), status="sold")
    for moment, status in ((2, "open"), (6, "sold"), (12, "sold")):
        held = FactRow.objects.filter(until_position=None, effective_from__lte=day(moment)).exclude(
            effective_until__lte=day(moment)
        )
        assert [row.status for row in held] == [status]
    assert recount().equal


def test_the_same_state_again_writes_nothing(
    campaign: Campaign, shop: Callable[..., Place], change: Callable[..., None]
) -> None:
    one = shop("A1")
    before = FactRow.objects.count()
    change(one, colour="red")
    assert FactRow.objects.count() == before


def test_a_hundred_facts_end_in_one_statement(
    campaign: Campaign, shop: Callable[..., Place], change: Callable[..., None]
) -> None:
    """Each ends by an act of its own, with a position of its own."""
    places = [shop(f"A{n}") for n in range(100)]
    with CaptureQueriesContext(connection) as asked, deed(by=SYSTEM):
        for place in places:
            change(place, status="shut")
    table = FactRow._meta.db_table
    assert len([one for one in asked if one["sql"].startswith("UPDATE") and table in one["sql"]]) <= 1
    ended = FactRow.objects.exclude(until_position=None).values_list("subject_id", "until_position")
    begun = dict(
        FactRow.objects.filter(until_position=None, status="shut").values_list("subject_id", "position")
    )
    assert dict(ended) == begun
    assert len(begun) == 100
    assert recount().equal


def test_a_moved_record_leaves_its_old_area(
    campaign: Campaign, shop: Callable[..., Place], change: Callable[..., None]
) -> None:
    one = shop("A1", area="310114102001")
    one.area = "310114118002"
    change(one)
    assert {code: found.text for code, found in values_by_area(EVERYTHING, campaign, definition(campaign, "shops")).items()} == {
        "310114102": "0", "310114118": "1",
    }  # fmt: skip
    assert one.home == "310114102"  # where it was received never changes
    assert recount().equal


def test_the_reader_counts_only_what_the_reader_may_see(
    campaign: Campaign, shop: Callable[..., Place]
) -> None:
    shop("A1", area="310114102001")
    shop("A2", area="310114118001", unit="jd/lr/a/")
    shop("A3", area="310114118001", unit="jd/x/")
    assert [text(campaign, "shops", scope) for scope in (EVERYTHING, STREET, UNIT, NOBODY)] == [
        "3",
        "1",
        "1",
        "0",
    ]
    meaning = definition(campaign, "shops")
    assert list(values_by_area(STREET, campaign, meaning)) == ["310114102"]
    assert (
        values_by_day(STREET, campaign, meaning, dt.date(2021, 9, 1), dt.date(2021, 9, 30))[
            dt.date(2021, 9, 1)
        ].count
        == 1
    )
    opened = records(STREET, campaign, meaning.of)
    assert [(row.title, row.withheld) for row in opened.rows] == [("A1", False)]


def test_readings_and_facts_agree_for_streets_days_and_districts(
    campaign: Campaign, shop: Callable[..., Place]
) -> None:
    shop("A1", area="310114102001", day=1)
    shop("A2", area="310114102002", day=16)
    shop("A3", area="310114", day=16)
    meaning = definition(campaign, "shops")
    assert text(campaign, "today") == "2"
    assert text(campaign, "shops", area="310114102") == "2"
    assert text(campaign, "shops", area="310114102001") == "1"
    assert text(campaign, "shops", period=(dt.date(2021, 9, 10), dt.date(2021, 9, 20))) == "2"
    days = values_by_day(EVERYTHING, campaign, meaning, dt.date(2021, 9, 1), dt.date(2021, 9, 30))
    assert {when.day: amount.count for when, amount in days.items()} == {1: 1, 16: 2}


def test_two_campaigns_do_not_touch_each_other(campaign: Campaign, shop: Callable[..., Place]) -> None:
    shop("A1")
    other = Campaign(home="310114000", code="typhoon", name="台风", area="310114",
                     opens_on=dt.date(2021, 9, 20), closes_on=dt.date(2021, 9, 22))  # fmt: skip
    other.save(force_insert=True)
    define_indicators(by=SYSTEM, campaign=other, definitions=DEFINITIONS)
    assert (text(campaign, "shops"), text(other, "shops")) == ("1", "0")


def test_a_recount_finds_what_was_tampered_with(campaign: Campaign, shop: Callable[..., Place]) -> None:
    place = shop("A1")
    Reading.objects.filter(area="310114").update(count=7)
    assert {difference.what for difference in recount().differences} == {"reading"}
    assert not recount(repair=True).equal
    assert recount().equal
    Place.objects.filter(pk=place.pk).update(kind="books")
    assert {difference.what for difference in recount().differences} == {"fact"}


def test_a_definition_nobody_understands_is_refused(campaign: Campaign) -> None:
    with pytest.raises(Problem) as refused:
        define_indicators(
            by=SYSTEM, campaign=campaign, definitions=[{"key": "x", "title": "x", "kind": "median", "of": {}}]
        )
    assert refused.value.code == "figure.bad_definition"
    with pytest.raises(Problem) as refused:
        definition(campaign, "nothing")
    assert refused.value.code == "figure.unknown_indicator"
    assert [row.key for row, _ in indicators(campaign)] == [data["key"] for data in DEFINITIONS]


AREAS = ("310114102001", "310114102002", "310114118001", "310114", "")


class Office(RuleBasedStateMachine):
    """Random openings, changes, corrections, moves and withdrawals, early and late; then everything is recounted."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()  # every example begins with an empty store
        self.undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize()
    def found(self) -> None:
        self.campaign = Campaign(home="310114000", code="c", name="c", area="310114",
                                 opens_on=dt.date(2021, 11, 5), closes_on=dt.date(2021, 11, 10))  # fmt: skip
        self.campaign.save(force_insert=True)
        define_indicators(by=SYSTEM, campaign=self.campaign, definitions=DEFINITIONS)
        self.places: list[Place] = []

    @rule(
        area=st.sampled_from(AREAS),
        persons=st.decimals(0, 99, places=2),
        on=st.integers(1, 16),
        late=st.booleans(),
    )
    def open(self, area: str, persons: Any, on: int, late: bool) -> None:
        with deed(by=SYSTEM, effective_at=day(on, 8)) as d:
            place = Place(
                home=area[:9].ljust(9, "0"), number=str(len(self.places)), kind="food", name="n", area=area, campaign=self.campaign,
                opened_on=dt.date(2021, 9, on), attributes={"persons": str(persons), "late": late, "owner": str(on % 3)},
            )  # fmt: skip
            place.save(force_insert=True)
            d.record("place.registered", place)
        self.places.append(place)

    @rule(which=st.integers(0, 50), status=st.sampled_from(("open", "shut")), on=st.integers(1, 16), wrong=st.booleans(),
          area=st.sampled_from(AREAS), gone=st.booleans())  # fmt: skip
    def alter(self, which: int, status: str, on: int, wrong: bool, area: str, gone: bool) -> None:
        if not self.places:
            return
        place = self.places[which % len(self.places)]
        with deed(by=SYSTEM, effective_at=day(on, 8)) as d:
            place.area, place.withdrawn = area, gone
            place.attributes = {**place.attributes, "status": status, "persons": str(which)}
            place.save()
            d.record("place.edited", place, correction=wrong)
        if which % 3 == 0 and len(self.places) > 1:  # two subjects in one deed, one of them twice
            with deed(by=SYSTEM, effective_at=day(16, 8)) as d:
                for other in (place, self.places[0], place):
                    other.attributes = {**other.attributes, "owner": str(which)}
                    other.save()
                    d.record("place.edited", other)

    @invariant()
    def live_equals_recomputed(self) -> None:
        if not hasattr(self, "places"):
            return
        found = recount()
        assert found.equal, found.differences
        for _, meaning in indicators(self.campaign):
            quick = value(EVERYTHING, self.campaign, meaning)
            exact = value(EVERYTHING, self.campaign, meaning, as_of=present_as_of())
            assert quick.text == exact.text, meaning.key
        for area in ("310114", "310114102"):
            assert value(EVERYTHING, self.campaign, indicators(self.campaign)[0][1], area=area).number == sum(
                1 for place in self.places if not place.withdrawn and place.area.startswith(area)
            )

    @invariant()
    def at_every_moment_a_subject_has_one_state_at_most(self) -> None:
        for place in getattr(self, "places", []):
            held = list(
                FactRow.objects.filter(subject_id=str(place.id), until_position=None).order_by(
                    "effective_from"
                )
            )
            for left, right in zip(held, held[1:], strict=False):
                assert left.effective_until is not None
                assert left.effective_until <= right.effective_from


def test_live_equals_recomputed_after_every_step(db: None, own_subjects: None) -> None:
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
