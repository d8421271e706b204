"""Layers through the ordinary importer: points where they are, wrong features named, contacts sealed and the file gone."""

import pyproj
import pytest
import shapely
import shapely.geometry

from guatu.files import acts as files
from guatu.files import reads as file_reads
from guatu.kernel.secrets import open_many
from guatu.places.models import Area, Place
from guatu.places.rules import metres, wgs84_to_gcj02
from tests.files.layers import geopackage, shapefile

pytestmark = pytest.mark.django_db
HERE = (121.312, 31.294)
TO_4549 = pyproj.Transformer.from_crs(4326, 4549, always_xy=True)
FIELDS = {
    "编号": ["L1", "L2", "L3"],
    "名称": ["华山大厦", "江苏大厦", "远处"],
    "类别": ["楼宇"] * 3,
    "区域": ["南翔镇"] * 3,
}


def bring(by, content, name, **options):
    return files.import_file(by=by, kind="place", path=content, name=name, options=options)


def test_surveyors_points_from_a_shapefile_in_gbk(cast):
    points = [
        shapely.Point(*TO_4549.transform(lon, lat)) for lon, lat in (HERE, (121.32, 31.30), (2.3, 48.8))
    ]
    run = bring(cast.nanxiang, shapefile(points, FIELDS, crs="EPSG:4549", encoding="GBK"), "楼宇.zip")
    assert (run.totals["new"], run.totals["error"]) == (2, 1)
    row = Place.objects.get(number="L1")
    assert (row.name, row.kind, row.source_crs) == ("华山大厦", "building", "epsg:4549")
    assert metres((row.lon, row.lat), HERE) < 0.1
    wrong = file_reads.wrongs(run)[0]
    assert (wrong.line, wrong.column, wrong.code) == (3, "lon", "place.not_in_china")
    files.undo_import(by=cast.nanxiang, run=run)
    assert Place.objects.get(number="L1").withdrawn


def test_degrees_that_are_shifted_in_truth(cast):
    shifted = shapely.Point(*wgs84_to_gcj02(*HERE))
    content = geopackage([shifted], {"编号": ["G1"], "类别": ["shop"], "区域": ["南翔镇"]})
    bring(cast.nanxiang, content, "高德.gpkg", crs="gcj02")
    row = Place.objects.get(number="G1")
    assert row.source_crs == "gcj02"
    assert metres((row.lon, row.lat), HERE) < 0.1


def test_an_outline_becomes_a_place_where_its_centre_is(cast):
    content = geopackage(
        [shapely.Point(*HERE).buffer(0.0005)],
        {"编号": ["G2"], "类别": ["building"], "区域": ["南翔镇"]},
        crs="EPSG:4490",
    )
    bring(cast.nanxiang, content, "楼.gpkg")
    row = Place.objects.get(number="G2")
    assert metres((row.lon, row.lat), HERE) < 1


def test_unit_grids_bring_their_borders(cast):
    square = shapely.transform(
        shapely.box(121.31, 31.29, 121.312, 31.292), TO_4549.transform, interleaved=False
    )
    content = shapefile([square], {"代码": ["310114102001001"], "名称": ["第一网格"]}, crs="EPSG:4549")
    run = files.import_file(by=cast.nanxiang, kind="grid", path=content, name="网格.zip")
    assert run.errors == []
    grid = Area.objects.get(code="310114102001001")
    assert shapely.geometry.shape(grid.shape).centroid.x == pytest.approx(121.311, abs=1e-6)


def test_contacts_are_sealed_and_the_file_is_gone(cast):
    table = "编号,名称,类别,所属区域,联系人,联系电话,风险\nC1,老店,商铺,南翔镇,王师傅,13812345678,高\nC2,坏号,商铺,南翔镇,李,abc,\n"
    run = bring(cast.nanxiang, table.encode(), "商铺.csv")
    assert file_reads.wrongs(run)[0].value.startswith("a*")  # masked in the report
    row = Place.objects.get(number="C1")
    assert (row.kind, row.risk) == ("shop", "high")
    assert open_many({row.id: row.contact})[row.id] == {"name": "王师傅", "phone": "13812345678"}
    good = table.rsplit("C2", 1)[0]
    again = bring(cast.nanxiang, good.encode(), "商铺.csv")
    assert again.totals["same"] == 1
    again.source.refresh_from_db()
    assert again.source.stored == ""
    other = bring(cast.nanxiang, good.replace("5678", "0000").encode(), "商铺.csv")
    assert other.totals["changed"] == 1
    files.undo_import(by=cast.nanxiang, run=other)
    row.refresh_from_db()
    assert open_many({row.id: row.contact})[row.id]["phone"] == "13812345678"


def test_who_is_in_a_building_named_in_the_table(cast):
    table = "编号,名称,类别,所属区域,所在楼宇\nB1,大厦,楼宇,南翔镇,\nQ1,甲,企业,,B1\nQ2,乙,企业,,大厦\nQ3,丙,企业,,没有的楼\nQ4,丁,企业,,Q4\n"
    run = bring(cast.nanxiang, table.encode(), "楼.csv")
    assert [(each.line, each.code) for each in file_reads.wrongs(run)] == [
        (5, "place.unknown_container"),
        (6, "place.unknown_container"),
    ]
    assert set(Place.objects.get(number="B1").inside.values_list("number", flat=True)) == {"Q1", "Q2"}
    moved = bring(cast.nanxiang, "编号,所在楼宇\nQ1,\n".encode(), "楼.csv")
    assert moved.totals["changed"] == 1
    assert Place.objects.get(number="Q1").within is None
