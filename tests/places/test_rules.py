"""Codes, coordinates, shapes, tiles."""

import json

import pytest
import shapely
from shapely.geometry import shape

from guatu.places import rules
from guatu.places.rules import codes, crs, tiles

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.0, 31.0], [121.1, 31.0], [121.1, 31.1], [121.0, 31.1], [121.0, 31.0]]],
}


def test_homes_and_levels():
    assert [rules.home_of(code) for code in ("310114102001", "310114102", "310114", "31", "")] == [
        "310114102", "310114102", "310114000", "000000000", "000000000",
    ]  # fmt: skip
    assert [rules.level_of(code) for code in ("31", "3101", "310114", "310114102", "310114102001", "310114102001003")] == [
        "province", "city", "district", "street", "committee", "grid",
    ]  # fmt: skip
    assert rules.level_of("南翔") == rules.level_of("310") == ""
    assert rules.within("310114102", "310114")
    assert [rules.next_prefix(code) for code in ("310114", "3199", "99", "")] == ["310115", "32", None, None]
    assert rules.ancestors("310114102001") == ("31", "3101", "310114", "310114102")


@pytest.mark.parametrize(
    ("code", "scheme", "parent", "wrong"),
    [
        ("310114102001003", "grid-15", "310114102001", ""), ("310114102001003", "grid-15", "310114102", ""),
        ("31011410200103", "grid-15", "310114102001", "length"), ("31011410200100x", "grid-15", "310114102001", "digits"),
        ("３10114102001003", "grid-15", "310114102001", "digits"), ("310114102001003", "own", "310114102001", "scheme"),
        ("310114102001003", "grid-15", "310114103001", "parent"), ("310114102001003", "grid-15", "310114", "parent"),
    ],
)  # fmt: skip
def test_grid_codes(code, scheme, parent, wrong):
    assert rules.check_grid_code(code, scheme, parent) == wrong


def test_outlines_are_joined_on_code_and_name():
    known = {
        "310107021": "万里街道",
        "310107022": "真如镇街道",
        "310106101": "彭浦镇",
        "310112006": "古美街道",
    }
    among = list(known)
    assert rules.area_of_shape("310107022", "真如镇街道", known, among) == ("310107022", "both")
    assert rules.area_of_shape("310107021", "真如镇街道", known, among) == ("310107022", "name")
    assert rules.area_of_shape("310106100", "彭浦镇", known, among) == ("310106101", "name")
    assert rules.area_of_shape("", "古美路街道", known, among) == ("310112006", "name")
    assert rules.area_of_shape("", "没有的镇", known, among) == ("", "")
    assert rules.area_of_shape("", "同名", {"1": "同名", "2": "同名"}, ["1", "2"]) == ("", "")
    assert codes.plain_name("路街道") == "路街道"


# published pairs: 天安门 in the three systems, as map services give them
WGS, GCJ, BD = (116.404, 39.915), (116.410244, 39.916404), (116.416627, 39.922699)


def test_known_points():
    assert rules.metres(rules.wgs84_to_gcj02(*WGS), GCJ) < 1
    assert rules.metres(rules.wgs84_to_bd09(*WGS), BD) < 1
    assert rules.metres(rules.bd09_to_gcj02(*BD), GCJ) < 1
    assert rules.metres(rules.gcj02_to_bd09(*GCJ), BD) < 1
    assert rules.wgs84_to_gcj02(0.0, 0.0) == (0.0, 0.0)


@pytest.mark.parametrize("lon", [87.6, 104.1, 121.47, 126.6])
@pytest.mark.parametrize("lat", [18.3, 31.23, 45.8])
def test_there_and_back_within_a_metre(lon, lat):
    assert rules.metres(rules.gcj02_to_wgs84(*rules.wgs84_to_gcj02(lon, lat)), (lon, lat)) < 0.01
    assert rules.metres(rules.bd09_to_wgs84(*rules.wgs84_to_bd09(lon, lat)), (lon, lat)) < 0.01
    assert 100 < rules.metres(rules.wgs84_to_gcj02(lon, lat), (lon, lat)) < 1000


def test_systems():
    read = [
        rules.read_system(name)
        for name in ("WGS-84", "CGCS2000", "EPSG:4490", "高德", "bd-09", "4549", "epsg:3857")
    ]
    assert read == ["wgs84", "wgs84", "wgs84", "gcj02", "bd09", "epsg:4549", "epsg:3857"]
    for strange in ("", "上海城建坐标", "epsg:2436", "epsg:４549"):
        with pytest.raises(rules.UnknownSystem):
            rules.read_system(strange)


def test_projected_points_in_either_order():
    east, north = (
        rules.to_wgs84(640000.2, 3456789.1, "epsg:4549"),
        rules.to_wgs84(3456789.1, 640000.2, "epsg:4549"),
    )
    assert rules.metres(east, north) < 0.001
    assert rules.metres(east, (121.469283, 31.224441)) < 1
    # the transverse projection itself, worked by hand: on the central meridian the easting is 500 km
    lon, _lat = rules.to_wgs84(500000.0, 3456789.1, "epsg:4549")
    assert abs(lon - 120.0) < 1e-9
    assert rules.metres(rules.to_wgs84(13522000.0, 3662000.0, "epsg:3857"), (121.4710, 31.2256)) < 200
    assert rules.to_wgs84(*WGS, "wgs84") == WGS
    assert rules.metres(rules.to_wgs84(*GCJ, "gcj02"), WGS) < 1
    assert rules.metres(rules.to_wgs84(*BD, "bd09"), WGS) < 1


def test_solving_stops_where_there_is_no_answer():
    lon, lat = crs.gcj02_to_wgs84(72.0001, 3.0001)
    assert abs(lon - 72) < 1
    assert abs(lat - 3) < 1
    assert abs(crs.bd09_to_gcj02(72.0, 3.0)[0] - 72) < 1


def test_shapes():
    read = rules.read_shape(json.dumps(SQUARE))
    assert shape(read).equals(shape(SQUARE))
    feature = {"type": "Feature", "geometry": SQUARE}
    assert rules.read_shape(feature)["type"] == "Polygon"
    other = json.loads(json.dumps(SQUARE).replace("121.", "122."))
    both = {"type": "FeatureCollection", "features": [feature, {"type": "Feature", "geometry": other}]}
    assert rules.read_shape(both)["type"] == "MultiPolygon"
    moved = rules.read_shape(SQUARE, "gcj02")
    assert 100 < rules.metres(tuple(moved["coordinates"][0][0]), (121.0, 31.0)) < 1000
    assert shape(SQUARE).contains(shapely.Point(rules.centre_of(SQUARE)))


BOW = [[121.0, 31.0], [121.1, 31.1], [121.1, 31.0], [121.0, 31.1], [121.0, 31.0]]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("{", "json"), ("[]", "json"), ("3", "json"), ({"type": "Point", "coordinates": [121, 31]}, "type"),
        ({"type": "Polygon", "coordinates": []}, "empty"), ({"type": "FeatureCollection", "features": []}, "empty"),
        ({"type": "Polygon", "coordinates": [BOW]}, "crossing"), ({"type": "Polygon"}, "json"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, "outside"),
    ],
)  # fmt: skip
def test_shapes_that_cannot_be_used(given, why):
    with pytest.raises(rules.BadShape) as caught:
        rules.read_shape(given)
    assert str(caught.value) == why


def test_a_shape_of_too_many_points(monkeypatch):
    monkeypatch.setattr("guatu.places.rules.shapes.MOST_POINTS", 3)
    with pytest.raises(rules.BadShape, match="points"):
        rules.read_shape(SQUARE)


@pytest.mark.parametrize("count", [1, 2, 12, 40, 200])
def test_tiles_lie_inside_and_never_on_each_other(count):
    codes_ = [f"{number:03}" for number in range(count)]
    laid = tiles.lay_tiles(codes_, SQUARE)
    assert [tile.code for tile in laid] == codes_
    assert laid == tiles.lay_tiles(codes_, SQUARE)
    squares = [shape(tile.geometry) for tile in laid]
    assert all(shape(SQUARE).intersection(square).area >= 0.75 * square.area for square in squares)
    assert shapely.union_all(squares).area == pytest.approx(sum(square.area for square in squares))


def test_tiles_around_what_is_drawn_already():
    taken = {
        "type": "Polygon",
        "coordinates": [[[121.0, 31.0], [121.05, 31.0], [121.05, 31.1], [121.0, 31.1], [121.0, 31.0]]],
    }
    for tile in tiles.lay_tiles(["a", "b", "c"], SQUARE, [taken]):
        square = shape(tile.geometry)
        assert square.intersection(shape(taken)).area <= 0.25 * square.area


def test_tiles_without_an_outline_and_without_room():
    assert tiles.lay_tiles([], SQUARE) == []
    assert len(tiles.lay_tiles(["a", "b"], None)) == 2
    assert len(tiles.lay_tiles(["a", "b"], SQUARE, [SQUARE])) == 2
    assert len(tiles.lay_tiles(["a"], None, [json.loads(json.dumps(SQUARE))])) == 1
    sliver = {
        "type": "Polygon",
        "coordinates": [[[121.0, 31.0], [121.5, 31.4], [121.5, 31.40001], [121.0, 31.0]]],
    }
    assert len(tiles.lay_tiles([str(number) for number in range(9)], sliver)) == 9
