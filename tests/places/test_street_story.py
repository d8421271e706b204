"""Seed 003: “商务楼宇新开了1间商户，店铺没有变化” — said on a phone in the morning, on the street's screen at once.

The street has its real size: 24 office buildings, 1,006 enterprises, 977 shops, brought in through the importer.
"""

import pytest

from guatu.figures.acts import define_indicators, recount
from guatu.figures.reads.values import definition, value
from guatu.figures.sets import tables
from guatu.files import acts as files
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.places import acts, reads
from guatu.places.acts import NewMerchant
from guatu.places.models import Place
from guatu.units import acts as unit_acts
from guatu.units import reads as unit_reads
from tests.places.street import BUILDINGS, ENTERPRISES, MORE, SHOPS, bring

pytestmark = pytest.mark.django_db
AREA = "310114102"


def figure(cast, key):
    found = value(cast.jinbo.scope, cast.campaign, definition(cast.campaign, key))
    return found.text


@pytest.fixture
def street(cast):
    """The register brought in, the indicators of the screen defined, three buildings and eight shops given to 潘志歌."""
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=tables("standard/places"))
    run = bring(cast.jinbo, cast.campaign)
    assert run.totals["new"] == BUILDINGS + ENTERPRISES + MORE + SHOPS
    assert run.errors == []
    pan = unit_acts.add_person(by=cast.jinbo, username="panzhige", name="潘志歌", unit=cast.units["nxz"])
    mine = Place.objects.filter(number__in=["L00", "L01", "L02", *(f"S{index:03}" for index in range(8))])
    for place in mine:
        kind = "building" if place.kind == "building" else "block"
        unit_acts.sign_contract(by=cast.nanxiang, person=pan, kind=kind, place=place)
    return pan


def test_one_merchant_opened_and_the_shops_are_unchanged(cast, street, django_assert_max_num_queries):
    today = clock.today()
    assert [figure(cast, f"places.{key}") for key in ("buildings", "enterprises", "shops")] == [
        "24",
        "1006",
        "977",
    ]
    mine = unit_reads.my_places(street)
    assert sorted(mine.values_list("kind", flat=True)) == ["building"] * 3 + ["shop"] * 8
    first, *others = mine.order_by("number")
    before = first.inside.filter(closed_on=None).count()

    # the round of the morning: eleven words, one of them news
    acts.survey_place(
        by=street, place=first, outcome="changed", opened=[NewMerchant("新开的咖啡馆", industry="catering")], via="phone"
    )  # fmt: skip
    for place in others:
        acts.survey_place(by=street, place=place, outcome="unchanged", via="phone")

    # the register
    assert first.inside.filter(closed_on=None).count() == before + 1 == 41
    # the figures on the screen, as readings and as facts say them
    assert figure(cast, "places.enterprises") == "1007"
    assert figure(cast, "places.households_today") == str(41 + 31 + 32)
    assert figure(cast, "places.opened_today") == "1"
    assert figure(cast, "places.closed_today") == "0"
    assert figure(cast, "places.surveyed_today") == "11"
    # the day's page of the street
    with django_assert_max_num_queries(2):
        found = reads.standings(cast.jinbo.scope, AREA, today, 12)
    kinds, people = {line.code: line for line in found["kind"]}, found["person"]
    whole = reads.whole(found["area"])
    assert (whole.total, whole.surveyed, whole.opened, whole.left) == (24 + 977, 11, 1, 990)
    assert (kinds["building"].surveyed, kinds["shop"].surveyed) == (3, 8)
    assert [(line.code, line.surveyed) for line in people] == [(str(street.id), 11)]
    assert reads.left_on(cast.jinbo.scope, AREA, today).count() == 990
    # and nothing is counted that cannot be counted again
    assert not recount().differences


def test_the_register_comes_in_again_without_a_change_and_is_taken_back(cast):
    run = bring(cast.jinbo, cast.campaign)
    again = bring(cast.jinbo, cast.campaign)
    assert again.totals["same"] == BUILDINGS + ENTERPRISES + MORE + SHOPS
    assert Place.objects.get(number="Q05-000").within == Place.objects.get(number="L05")
    files.undo_import(by=cast.jinbo, run=run)
    assert not Place.objects.filter(number__startswith="S", withdrawn=False).exists()
