"""GeoPackage and Shapefile: what is read, in which system, in which encoding; what is broken gets a sentence."""

import random
import subprocess

import pyproj
import pytest
import shapely

from guatu.files import layers
from guatu.files.bytes import clean
from guatu.files.tables import read_table
from guatu.kernel.problems import Problem
from tests.files.layers import geopackage, shapefile, zipped

SHOPS = [shapely.Point(121.43, 31.22), shapely.Point(121.44, 31.23)]
NAMES = {"编号": ["a", "b"], "名称": ["华山大厦", "江苏大厦"]}
TO_4549 = pyproj.Transformer.from_crs(4326, 4549, always_xy=True)


def test_a_geopackage_with_two_layers():
    content = geopackage(SHOPS, NAMES, crs="EPSG:4490", layers=("楼宇", "商铺"))
    found = read_table(content, "a.gpkg")
    assert found.headings == ["编号", "名称", "lon", "lat", "crs", "geometry"]
    assert (found.sheet, found.sheets) == ("楼宇", ("楼宇", "商铺"))
    assert found.rows[1].line == 2
    assert found.rows[1].cells == ("b", "江苏大厦", 121.44, 31.23, "", "")
    assert read_table(content, "a.gpkg", sheet="商铺").sheet == "商铺"
    assert clean(content, "a.gpkg").content_type == "application/geopackage+sqlite3"


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("without", [(), (".cpg", ".prj"), (".shx",)])
def test_a_shapefile_in_either_encoding(encoding, without):
    content = shapefile(SHOPS, {"bh": ["a", "b"], "名称": NAMES["名称"]}, encoding=encoding, without=without)
    found = read_table(content, "a.zip")
    assert found.headings == ["bh", "名称", "lon", "lat", "crs", "geometry"]
    assert found.rows[0].cells == ("a", "华山大厦", 121.43, 31.22, "", "")
    assert found.sheet == "图层/shops"
    assert clean(content, "a.zip").content_type == "application/zip"


def test_surveyors_coordinates_stay_with_their_name():
    east, north = TO_4549.transform(121.43, 31.22)
    row = read_table(geopackage([shapely.Point(east, north)], {"n": ["a"]}, crs="EPSG:4549"), "a.gpkg").rows[
        0
    ]
    assert row.cells[1:4] == (pytest.approx(east), pytest.approx(north), "epsg:4549")


def test_any_other_system_is_converted():
    beijing = pyproj.Transformer.from_crs(4326, 2437, always_xy=True)  # Beijing 1954, zone of 120°
    point = shapely.Point(*beijing.transform(121.43, 31.22))
    lon, lat, system = (
        read_table(geopackage([point], {"n": ["a"]}, crs="EPSG:2437"), "a.gpkg").rows[0].cells[1:4]
    )
    assert (lon, lat, system) == (pytest.approx(121.43, abs=1e-6), pytest.approx(31.22, abs=1e-6), "wgs84")


def test_an_outline_is_where_its_centre_is_and_keeps_its_shape():
    block = shapely.transform(
        shapely.Point(121.43, 31.22).buffer(0.001), TO_4549.transform, interleaved=False
    )
    content = shapefile([block], {"n": ["a"]}, crs="EPSG:4549")
    _name, x, y, system, outline = read_table(content, "a.zip").rows[0].cells
    lon, lat = pyproj.Transformer.from_crs(4549, 4326, always_xy=True).transform(x, y)
    assert (lon, lat, system) == (
        pytest.approx(121.43, abs=1e-5),
        pytest.approx(31.22, abs=1e-5),
        "epsg:4549",
    )
    drawn = shapely.from_geojson(outline)
    assert drawn.geom_type == "Polygon"
    assert drawn.centroid.x == pytest.approx(121.43, abs=1e-5)


def why(content, name="a.zip"):
    with pytest.raises(Problem) as caught:
        read_table(content, name)
    assert caught.value.code in ("import.unreadable", "import.too_many")
    return caught.value.sentence()


def test_what_is_no_layer():
    assert "GeoPackage" in why(b"SQLite format 3\x00" + b"\x00" * 500)
    assert "损坏" in why(geopackage(SHOPS, NAMES)[:3000])
    assert "损坏" in why(zipped({"a.shp": b"nonsense", "a.dbf": b"x"}))
    assert "损坏" in why(shapefile(SHOPS, NAMES)[:-200])


def test_a_file_may_not_choose_another_reader():
    """A virtual dataset that points elsewhere is refused whatever it is called."""
    vrt = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    assert "损坏" in why(zipped({"a.shp": vrt}))
    assert "损坏" in why(zipped({"a.shp": geopackage(SHOPS, NAMES)}))


def test_what_would_grow_beyond_measure(monkeypatch):
    bomb = zipped({"a.shp": b"\x00" * 40_000_000})
    monkeypatch.setattr(layers, "MOST_UNPACKED", 10_000_000)
    assert "解压" in why(bomb)
    monkeypatch.setattr(layers, "MOST_ROWS", 1)
    assert "2 行" in why(geopackage(SHOPS, NAMES), "a.gpkg")
    monkeypatch.setattr(layers, "MOST_PARTS", 1)
    assert "解压" in why(shapefile(SHOPS, NAMES))


def test_a_reader_that_hangs_is_stopped(monkeypatch):
    def slow(*args, **kwargs):
        raise subprocess.TimeoutExpired(cmd="", timeout=1)

    monkeypatch.setattr(subprocess, "run", slow)
    assert "一分钟" in why(geopackage(SHOPS, NAMES), "a.gpkg")


@pytest.mark.parametrize("seed", range(6))
def test_broken_bytes_get_a_sentence_and_nothing_else(seed):
    """Bytes turned at random and files cut short: a table or a sentence, never a traceback."""
    dice = random.Random(seed)
    for content in (geopackage(SHOPS, NAMES), shapefile(SHOPS, NAMES, encoding="GBK")):
        broken = bytearray(content)
        for _ in range(60):
            broken[dice.randrange(100, len(broken))] = dice.randrange(256)
        if dice.random() < 0.5:
            del broken[dice.randrange(200, len(broken)) :]
        found = None
        try:
            found = read_table(bytes(broken), "a")
        except Problem as problem:
            refused = problem.code
        assert found is not None or refused.startswith("import.")
