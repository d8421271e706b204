"""Loading areas, grids, places: it works; then every refusal."""

import json

import pytest

from guatu.figures.models import FactRow
from guatu.files import acts as files
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places import acts, reads
from guatu.places.models import Area, Place
from guatu.places.reads.locating import Located, locate

pytestmark = pytest.mark.django_db


def code_of(act, **kwargs):
    with pytest.raises(Problem) as caught:
        act(**kwargs)
    return caught.value.code


def box(west, south, east, north):
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def test_the_whole_city_with_its_traps():
    counts = acts.load_areas(by=SYSTEM)
    assert (counts["added"], counts["shaped"]) == (6760, 132)
    assert acts.load_areas(by=SYSTEM) == {"added": 0, "changed": 0, "same": 6760, "shaped": 132}
    assert Act.objects.filter(verb="area.loaded").count() == 1
    levels = {
        level: Area.objects.filter(level=level).count()
        for level in ("province", "district", "street", "committee")
    }
    assert levels == {"province": 1, "district": 16, "street": 234, "committee": 6509}
    # 真如 and 万里 are swapped in the outlines, 彭浦镇 has another code, 古美 another name
    assert reads.areas_at(121.397, 31.247)[-1] == Area.objects.get(name="真如镇街道").code == "310107022"
    assert Area.objects.get(code="310106101").shape is not None
    assert Area.objects.get(name="古美街道").shape_source.startswith("OpenStreetMap")
    assert not Area.objects.filter(parent="310114").exclude(shape=None).exists()
    assert Area.objects.get(code="310114").name_en == "Jiading District"
    run = acts.load_places(by=SYSTEM)
    assert (run.totals["new"], run.errors) == (1887, [])
    assert Place.objects.filter(area__startswith="310107022").exists()
    again = acts.load_places(by=SYSTEM)
    assert again.totals["same"] == 1887


def test_registering_a_place_in_another_system(cast):
    place = acts.register_place(
        by=cast.nanxiang,
        name=" 国展 ",
        kind="mall",
        area="南翔镇",
        x=121.305,
        y=31.294,
        system="GCJ-02",
        campaign=cast.campaign,
    )
    assert (place.name, place.area, place.home, place.source_crs, place.source_x) == (
        "国展", "310114102", "310114102", "gcj02", 121.305,
    )  # fmt: skip
    assert place.number.startswith("P-")
    fact = FactRow.objects.get(subject_id=str(place.id))
    assert (fact.kind, fact.category, fact.campaign_id) == ("place", "mall", cast.campaign.id)


def test_places_that_cannot_be_registered(cast):
    given = {"name": "x", "kind": "mall", "area": "南翔镇"}
    assert code_of(acts.register_place, by=cast.nanxiang, **{**given, "name": " "}) == "place.no_name"
    assert code_of(acts.register_place, by=cast.nanxiang, **{**given, "area": "江桥镇"}) == "access.denied"
    assert code_of(acts.register_place, by=cast.lvrong, **given) == "access.denied"
    assert code_of(acts.register_place, by=cast.nanxiang, number="JQ-001", **given) == "place.number_taken"


def test_editing_and_moving(cast):
    place = cast.places["NX-001"]
    acts.edit_place(by=cast.nanxiang, place=place, changes={"capacity": 30}, version=1)
    assert place.version == 2
    acts.edit_place(by=cast.nanxiang, place=place, changes={"capacity": 30})
    assert place.version == 2
    acts.edit_place(by=cast.chengyun, place=place, changes={}, where=Located("310114118", 121.3, 31.2))
    assert (place.area, place.home) == ("310114118", "310114102")
    act = Act.objects.get(verb="place.moved")
    assert act.details["old"]["area"] == "310114102001"
    assert code_of(acts.edit_place, by=cast.nanxiang, place=place, changes={}) == "access.denied"


def test_edits_that_are_refused(cast):
    place = cast.places["NX-001"]
    edit = acts.edit_place
    assert code_of(edit, by=cast.nanxiang, place=place, changes={}, version=9) == "kernel.stale"
    assert code_of(edit, by=cast.nanxiang, place=place, changes={"number": "NX-002"}) == "place.number_taken"
    place.refresh_from_db()
    assert code_of(edit, by=cast.nanxiang, place=place, changes={"name": ""}) == "place.no_name"
    place.refresh_from_db()
    assert (
        code_of(edit, by=cast.nanxiang, place=place, changes={}, where=locate(area="江桥镇"))
        == "access.denied"
    )
    with pytest.raises(KeyError):
        edit(by=cast.nanxiang, place=place, changes={"home": "x"})


def test_withdrawing_and_restoring(cast):
    free, held = cast.places["JD-001"], cast.places["NX-001"]
    assert code_of(acts.withdraw_place, by=cast.nanxiang, place=held) == "place.has_contracts"
    assert code_of(acts.withdraw_place, by=cast.nanxiang, place=free) == "access.denied"
    acts.withdraw_place(by=cast.jinbo, place=free)
    assert code_of(acts.withdraw_place, by=cast.jinbo, place=free) == "place.withdrawn"
    assert code_of(acts.edit_place, by=cast.jinbo, place=free, changes={}) == "place.withdrawn"
    acts.restore_place(by=cast.jinbo, place=free)
    assert not free.withdrawn
    assert acts.restore_place(by=cast.jinbo, place=free).version == free.version


GRID = "310114102001001"


def test_a_grid_is_added_redrawn_and_removed(cast):
    grid = acts.add_grid(
        by=cast.nanxiang, code=GRID, name="一网格", shape=json.dumps(box(121.30, 31.29, 121.31, 31.30))
    )
    assert (grid.parent, grid.level) == ("310114102001", "grid")
    acts.change_area(
        by=cast.nanxiang, area=grid, name="一号网格", shape=box(121.30, 31.29, 121.32, 31.30), version=1
    )
    grid.refresh_from_db()
    assert (grid.name, grid.version) == ("一号网格", 2)
    place = acts.register_place(by=cast.nanxiang, name="x", kind="y", x=121.305, y=31.295)
    assert place.area == GRID
    assert code_of(acts.remove_grid, by=cast.nanxiang, area=grid) == "area.in_use"
    acts.withdraw_place(by=cast.nanxiang, place=place)
    acts.remove_grid(by=cast.nanxiang, area=grid)
    assert reads.area_or_none(GRID) is None


def test_grids_that_are_refused(cast):
    add = acts.add_grid
    acts.add_grid(by=cast.nanxiang, code=GRID, name="一", shape=box(121.30, 31.29, 121.31, 31.30))
    given = {"by": cast.nanxiang, "code": "310114102001002", "name": "二"}
    assert code_of(add, **{**given, "by": cast.jiangqiao}) == "access.denied"
    assert code_of(add, **{**given, "code": GRID}) == "area.exists"
    assert code_of(add, **{**given, "name": " "}) == "place.no_name"
    for code in ("3101141020010", "31011410200100x"):
        assert code_of(add, **{**given, "code": code}) == "area.bad_grid_code"
    assert code_of(add, **{**given, "scheme": "own"}) == "area.bad_grid_code"
    assert code_of(add, **{**given, "by": SYSTEM, "code": "310199999001001"}) == "place.unknown_area"
    assert code_of(add, **given, shape="{") == "area.bad_shape"
    assert code_of(add, **given, shape=box(121.305, 31.29, 121.315, 31.30)) == "area.overlaps"
    add(**given, shape=box(121.31, 31.29, 121.32, 31.30))  # neighbours may touch


def test_official_areas_keep_their_names(cast):
    street = reads.area("310114102")
    assert code_of(acts.change_area, by=cast.nanxiang, area=street, name="x") == "access.denied"
    acts.change_area(by=SYSTEM, area=street, name="x", name_en="Nanxiang")
    street.refresh_from_db()
    assert (street.name, street.name_en) == ("南翔镇", "Nanxiang")
    assert code_of(acts.remove_grid, by=SYSTEM, area=street) == "area.in_use"
    grid = acts.add_grid(by=cast.nanxiang, code=GRID, name="一")
    assert code_of(acts.change_area, by=cast.nanxiang, area=grid, name=" ") == "place.no_name"


def test_zones(cast):
    zone = acts.load_zone(
        by=SYSTEM, code="hq", name="虹桥商务区", areas=["310114118"], shape=box(121.3, 31.2, 121.4, 31.3)
    )
    assert zone.shape["type"] == "Polygon"
    again = acts.load_zone(by=SYSTEM, code="hq", name="虹桥", areas=["310114118", "310114102"])
    assert (again.id, again.version, len(again.areas)) == (zone.id, 2, 2)
    assert code_of(acts.load_zone, by=SYSTEM, code="x", name="x", areas=["9"]) == "place.unknown_area"
    assert code_of(acts.load_zone, by=cast.jinbo, code="x", name="x", areas=[]) == "access.denied"


def test_grids_from_a_file_and_back(cast):
    features = [
        {"type": "Feature", "properties": {"code": GRID, "name": "一"}, "geometry": box(121.30, 31.29, 121.31, 31.30)},
        {"type": "Feature", "properties": {"code": "3101141", "name": "短"}, "geometry": box(121.31, 31.29, 121.32, 31.30)},
        {"type": "Feature", "properties": {"code": "310114102001003", "name": "点"}, "geometry": {"type": "LineString", "coordinates": []}},
        {"type": "Feature", "properties": {"code": "310114118001001", "name": "别人的"}, "geometry": None},
    ]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    run = files.import_file(by=cast.nanxiang, kind="grid", path=content, name="g.geojson")
    assert (run.totals["new"], run.totals["error"]) == (1, 3)
    again = files.import_file(by=cast.nanxiang, kind="grid", path=content, name="g.geojson", dry_run=True)
    assert again.totals["same"] == 1
    features[0]["properties"]["name"] = "改名"
    changed = files.import_file(
        by=cast.nanxiang, kind="grid", path=json.dumps({"type": "FeatureCollection", "features": features}).encode(), name="g.json"
    )  # fmt: skip
    assert changed.totals["changed"] == 1
    with pytest.raises(Problem, match="built_on"):
        files.undo_import(by=cast.nanxiang, run=run)
    files.undo_import(by=cast.nanxiang, run=changed)
    assert reads.area(GRID).name == "一"
