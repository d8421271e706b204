"""Areas by point and by name, maps, places in sight."""

import time

import pytest
from shapely.geometry import Point, shape

from guatu.kernel.access import NOBODY
from guatu.kernel.acts import SYSTEM
from guatu.kernel.problems import Problem
from guatu.places import acts, reads
from guatu.places.facts import facts_of
from guatu.places.models import Area
from guatu.places.reads.locating import locate

pytestmark = pytest.mark.django_db

DISTRICT = {
    "type": "Polygon",
    "coordinates": [[[121.0, 31.0], [121.4, 31.0], [121.4, 31.4], [121.0, 31.4], [121.0, 31.0]]],
}


def box(west, south, east, north):
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


@pytest.fixture
def drawn(cast):
    """嘉定 as a square; 南翔 its south-east quarter, 江桥 the quarter north of it."""
    Area.objects.filter(code="310114").update(shape=DISTRICT)
    Area.objects.filter(code="310114102").update(shape=box(121.2, 31.0, 121.4, 31.2))
    Area.objects.filter(code="310114118").update(shape=box(121.2, 31.2, 121.4, 31.4))
    reads.forget()
    return cast


def test_which_areas_contain_a_point(drawn):
    assert reads.areas_at(121.3, 31.1) == ["31", "3101", "310114", "310114102"]
    assert reads.areas_at(121.05, 31.05) == ["31", "3101", "310114"]
    assert reads.areas_at(120.0, 31.05) == []


def test_an_edge_belongs_to_exactly_one(drawn):
    assert reads.areas_at(121.3, 31.2)[-1] == "310114102"
    assert reads.areas_at(121.2, 31.0)[-1] == "310114102"


def test_points_are_found_fast(drawn):
    points = [(121.0 + step / 2000, 31.0 + step / 3000) for step in range(800)]
    for point in points:
        reads.areas_at(*point)
    began = time.perf_counter()
    for point in points:
        reads.areas_at(*point)
    assert (time.perf_counter() - began) / len(points) < 0.0002  # ten times what it takes on an idle machine


def test_a_change_is_seen(drawn):
    assert reads.name_of("310114102") == "南翔镇"
    acts.add_grid(by=SYSTEM, code="310114102001001", name="古猗园一", shape=box(121.21, 31.01, 121.22, 31.02))
    assert reads.areas_at(121.215, 31.015)[-1] == "310114102001001"
    assert reads.name_of("310114102001001") == "古猗园一"


def test_names_and_codes(cast):
    assert reads.areas_named("310114102000") == ["310114102"]
    assert reads.areas_named("310114102999") == []
    assert reads.areas_named("嘉定区南翔镇") == ["310114102"]
    assert reads.areas_named("没有") == []
    assert reads.name_of("9") == "9"
    assert [name for _code, name in reads.path_of("310114102")] == ["上海市", "市辖区", "嘉定区", "南翔镇"]
    assert reads.area("310114").name == "嘉定区"
    with pytest.raises(Problem):
        reads.area("9")
    assert reads.areas_seen(NOBODY, ["310114"]) == {}
    assert reads.areas_seen(cast.nanxiang.scope, ["310114", "9"]) == {"310114": "嘉定区"}
    Area.objects.create(code="310115999", level="street", name="南翔镇", parent="310115")
    reads.forget()
    with pytest.raises(Problem) as caught:
        reads.resolve("南翔镇")
    assert caught.value.code == "place.ambiguous_area"
    assert reads.resolve("南翔镇", inside="310114") == "310114102"


def test_search(cast):
    found = reads.search(cast.jinbo.scope, "南翔")
    assert [getattr(each, "name", "") for each in found] == ["南翔镇", "南翔老街"]
    assert [each.name for each in reads.search(cast.jiangqiao.scope, "南翔")] == ["南翔镇"]
    assert next(each.code for each in reads.search(cast.jinbo.scope, "310114102")) == "310114102"
    assert reads.search(cast.passer_by.scope, "南翔") == []
    assert reads.search(cast.jinbo.scope, " ") == []


def test_maps_never_invent_a_border(drawn):
    shapes = {each["properties"]["code"]: each for each in reads.map_areas(drawn.jinbo.scope, "310114")}
    assert shapes["310114"]["properties"]["role"] == "outline"
    assert "tile" not in shapes["310114102"]["properties"]
    Area.objects.filter(code="310114118").update(shape=None)
    reads.forget()
    shapes = {each["properties"]["code"]: each for each in reads.map_areas(drawn.jinbo.scope, "310114")}
    tile = shapes["310114118"]
    assert tile["properties"]["tile"] is True
    square = shape(tile["geometry"])
    assert shape(DISTRICT).intersection(square).area > 0.7 * square.area
    below = reads.map_areas(drawn.jinbo.scope, "310114118")
    assert below == []
    assert reads.map_areas(drawn.passer_by.scope, "310114") == []
    answer = reads.map_answer(shapes.values(), label="点位", bounds=[1, 2, 3, 4])
    assert (answer["guatu"]["label"], answer["guatu"]["bounds"]) == ("点位", [1, 2, 3, 4])


def test_the_children_of_a_tile_are_tiles_without_a_border(cast):
    Area.objects.filter(code="310114").update(shape=DISTRICT)
    reads.forget()
    found = reads.map_areas(None, "310114102")
    assert {each["properties"]["role"] for each in found} == {"area"}
    assert all(each["properties"]["tile"] for each in found)
    assert reads.outline_of("none") is None


def test_places_in_sight(cast):
    seen = set(reads.visible_places(cast.nanxiang.scope).values_list("number", flat=True))
    assert seen == {"NX-001", "NX-002"}
    assert reads.places_seen(cast.jiangqiao.scope, [str(cast.places["NX-001"].id)]) == {}
    with pytest.raises(Problem):
        reads.place(cast.jiangqiao.scope, cast.places["NX-001"].id)
    assert reads.counts_by_area(cast.jinbo.scope, "310114", 9) == {"310114102": 2, "310114118": 1}
    assert dict(reads.kinds(cast.nanxiang.scope)) == {"street_block": 1, "parking_lot": 1}
    points = reads.points(cast.jinbo.scope, area="310114102", kind="parking_lot")
    assert [each["properties"]["name"] for each in points] == ["沪宜公路临时停车场"]
    assert (
        reads.point_shape(cast.places["NX-001"], href="/x", tone="late", lines=["y"])["properties"]["tone"]
        == "late"
    )
    cast.places["NX-001"].lon = None
    assert reads.point_shape(cast.places["NX-001"]) is None


def test_facts_of_places(cast):
    rows = {row.id: row for row in reads.place_rows([str(place.id) for place in cast.places.values()])}
    fact = facts_of(rows[cast.places["NX-001"].id])[0]
    assert (fact.kind, fact.category, fact.status, fact.attributes["contracted"]) == (
        "place",
        "street_block",
        "open",
        True,
    )
    assert facts_of(rows[cast.places["JD-001"].id])[0].attributes["contracted"] is False
    cast.places["NX-001"].withdrawn = True
    cast.places["NX-001"].save()
    assert facts_of(reads.place_rows([str(cast.places["NX-001"].id)])[0]) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"x": 121.3}, "place.half_a_point"), ({}, "place.nowhere"), ({"area": "火星"}, "place.unknown_area"),
        ({"x": 121.3, "y": 31.1, "system": "城建"}, "place.unknown_system"), ({"x": 31.1, "y": 121.3}, "place.not_in_china"),
        ({"x": 110.0, "y": 31.1}, "place.outside_areas"), ({"x": 110.0, "y": 31.1, "area": "南翔镇"}, "place.area_disagrees"),
        ({"x": float("nan"), "y": 31.1}, "place.not_in_china"),
    ],
)  # fmt: skip
def test_places_nobody_can_find(drawn, given, code):
    with pytest.raises(Problem) as caught:
        locate(**given)
    assert caught.value.code == code


def test_whereabouts(drawn):
    assert locate(area="南翔镇").area == "310114102"
    assert locate(x=121.3, y=31.1).area == "310114102"
    assert locate(x=121.3, y=31.1, area="嘉定区").area == "310114102"
    assert locate(x=121.3, y=31.1, area="310114102001").area == "310114102001"
    near = locate(x=121.3, y=31.201, area="南翔镇")  # just over the line: the stated area is better known
    assert near.area == "310114102"
    given = locate(x=121.305, y=31.098, system="高德")
    assert (given.system, given.x) == ("gcj02", 121.305)
    assert Point(given.lon, given.lat).distance(Point(121.305, 31.098)) > 0.001
