"""Pages and API of figures: every number opens; counts stay inside what the reader may see; nothing asks too much."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guatu.figures.acts import define_indicators, freeze
from guatu.figures.reads import AsOf, indicators
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, heads
from guatu.places import acts as place_acts
from guatu.places.models import Place
from tests.cast import JIANGQIAO, NANXIANG, Cast

pytestmark = pytest.mark.django_db

DEFINITIONS = [
    {"key": "lots", "title": {"zh": "停车点", "en": "Parking lots"}, "unit": {"zh": "处", "en": "lots"}, "kind": "count",
     "of": {"kind": "place", "category": "lot"}},
    {"key": "room", "title": {"zh": "车位", "en": "Spaces"}, "kind": "sum", "of": {"kind": "place", "category": "lot", "measure": "capacity"}},
    {"key": "share", "title": {"zh": "停车点占比", "en": "Share of lots"}, "kind": "rate",
     "of": {"kind": "place", "category": "lot"}, "per": {"kind": "place"}},
]  # fmt: skip


@pytest.fixture
def lots(cast: Cast) -> Cast:
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=DEFINITIONS)
    for number, area, capacity in (("L1", NANXIANG, 100), ("L2", NANXIANG, 250), ("L3", JIANGQIAO, 30)):
        place_acts.register_place(
            by=SYSTEM, campaign=cast.campaign, name=f"停车点{number}", kind="lot", area=area, number=number,
            capacity=capacity, opened_on=dt.date(2021, 9, 1),
        )  # fmt: skip
    place_acts.register_place(
        by=SYSTEM, campaign=cast.campaign, name="商铺", kind="shop", area=NANXIANG, number="S1"
    )
    return cast


def test_the_catalogue_shows_every_indicator_with_its_value_and_its_counts(
    lots: Cast, signed_in: Callable[..., Client]
) -> None:
    page = signed_in(lots.jinbo).get("/figures/")
    rows = {row.key: row for row in page.context["rows"]}
    assert {key: row.value.text for key, row in rows.items()} == {"lots": "3", "room": "380", "share": "75%"}
    assert [count for count, _href in rows["share"].parts] == [3, 4]
    assert rows["lots"].href in page.content.decode()


def test_an_indicator_opens_its_records_by_street_and_by_part(
    lots: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(lots.jinbo)
    page = client.get("/figures/room/")
    assert [row.title for row in page.context["records"].rows] == ["停车点L1", "停车点L2", "停车点L3"]
    assert {line.name: line.value.text for line in page.context["areas"]} == {"南翔镇": "350", "江桥镇": "30"}
    assert "350" in client.get(f"/figures/room/?area={NANXIANG}").content.decode()
    per = client.get("/figures/share/?part=per").context["records"]
    assert per.total == 4
    assert client.get("/figures/lots/?from=2021-08-01&to=2021-08-31").context["value"].text == "0"


def test_what_cannot_be_understood_is_refused_with_a_sentence(
    lots: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(lots.jinbo)
    assert client.get("/figures/lots/?from=yesterday").status_code == 400
    assert client.get("/figures/nothing/").status_code == 404
    assert client.get("/figures/trace/F-0000/").status_code == 404
    assert client.get("/figures/lots/?after=rubbish&area=abc").status_code == 200


def test_a_street_counts_its_own_only(lots: Cast, signed_in: Callable[..., Client]) -> None:
    client = signed_in(lots.jiangqiao)
    page = client.get("/figures/room/")
    assert page.context["value"].text == "30"
    assert [row.title for row in page.context["records"].rows] == ["停车点L3"]
    assert "停车点L1" not in page.content.decode()
    assert "350" not in client.get(f"/figures/room/?area={NANXIANG}").content.decode()


def test_the_export_holds_every_record(lots: Cast, signed_in: Callable[..., Client]) -> None:
    answer: Any = signed_in(lots.jinbo).get("/figures/lots/?export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(text.strip().splitlines()) == 4
    assert "停车点L2" in text


def test_a_frozen_figure_says_then_and_now_and_names_the_difference(
    lots: Cast, signed_in: Callable[..., Client]
) -> None:
    frozen = freeze(
        by=SYSTEM,
        campaign=lots.campaign,
        meanings=indicators(lots.campaign),
        as_of=AsOf(heads(), clock.now()),
    )
    code = {one.figure.key: one.figure.code for one in frozen}
    client = signed_in(lots.jinbo)
    assert client.get(f"/figures/trace/{code['lots']}/").context["trace"].same
    gone = client.get("/figures/lots/").context["records"].rows[0]
    place = Place.objects.get(id=gone.subject_id)
    place_acts.withdraw_place(by=SYSTEM, place=place)
    opened = client.get(f"/figures/trace/?code={code['lots'][2:].lower()}").context["trace"]
    assert (opened.then.text, opened.now.text) == ("3", "2")
    assert [row.subject_id for row in opened.gone] == [gone.subject_id]
    answer = client.get(f"/api/trace/{code['share']}").json()
    assert (answer["then"], answer["now"], len(answer["gone"])) == ("75%", "67%", 1)


def test_a_recount_is_for_those_who_may(lots: Cast, signed_in: Callable[..., Client]) -> None:
    page = signed_in(lots.jinbo).post("/figures/recount/")
    assert page.context["outcome"].equal
    assert signed_in(lots.nanxiang).post("/figures/recount/").status_code == 403


def test_the_pages_ask_the_store_a_known_number_of_times(
    lots: Cast, signed_in: Callable[..., Client], count_queries: Callable[[str], Any]
) -> None:
    client = signed_in(lots.jinbo)
    client.get("/figures/")
    with count_queries("figures"):
        client.get("/figures/")
    with count_queries("figure"):
        client.get("/figures/room/")
