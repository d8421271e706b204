"""Areas: the shipped divisions and outlines, unit grids drawn or imported, zones."""

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import shape as as_shape

from guatu.kernel import ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.places import problems as problems
from guatu.places.models import Area, Place, Zone
from guatu.places.reads import area_or_none, forget, name_of
from guatu.places.rules import BadShape, area_of_shape, centre_of, check_grid_code, read_shape

REFERENCE = Path(__file__).parent.parent / "reference"
_OSM = "© OpenStreetMap contributors, ODbL-1.0"
_LEVELS = {"province": "province", "district": "district", "street": "street", "village": "committee"}
_FIELDS = ["name", "name_en", "level", "parent", "shape", "shape_source", "lon", "lat", "scheme"]
_OVERLAP = 0.01  # of the smaller one: hand-drawn neighbours touch, they do not share a hundredth


def areas_changed() -> None:
    """Tell every process that its areas are out of date (called inside the act's transaction)."""
    StoreSetting.objects.update_or_create(key="areas", defaults={"value": {"stamp": str(ids.new())}})
    forget()
    transaction.on_commit(forget)


# --------------------------------------------------------------------------------------- what is shipped


def load_areas(*, by: Actor, via: str = "system") -> dict[str, int]:
    """Enter the shipped city: 1 + 16 + 234 + 6,509 areas, with outlines where there are any.

    Answers {"added", "changed", "same", "shaped"}. Repeating it changes nothing. Areas made by hand are left alone.
    """
    require(by.scope, "settings.areas", area="")
    wanted = _shipped()
    standing = {row.code: row for row in Area.objects.filter(code__in=list(wanted))}
    added = [row for code, row in wanted.items() if code not in standing]
    changed = [row for code, row in wanted.items() if code in standing and _differs(row, standing[code])]
    counts = {
        "added": len(added),
        "changed": len(changed),
        "same": len(wanted) - len(added) - len(changed),
        "shaped": sum(row.shape is not None for row in wanted.values()),
    }
    if not added and not changed:
        return counts
    with deed(by=by, via=via) as d:
        Area.objects.bulk_create(
            [*added, *changed],
            batch_size=400,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=_FIELDS,
        )
        areas_changed()
        d.record("area.loaded", next(iter(wanted.values())), details=counts)
    return counts


def _differs(new: Area, old: Area) -> bool:
    return any(getattr(new, name) != getattr(old, name) for name in _FIELDS)


def _shipped() -> dict[str, Area]:
    """All shipped areas by code, widest first, each with its outline if one is surely its own."""
    with (REFERENCE / "shanghai_divisions_2023.csv").open(encoding="utf-8-sig") as source:
        rows = [
            Area(code=row["code"], level=_LEVELS[row["level"]], name=row["name"], parent=row["parent_code"])
            for row in csv.DictReader(source)
        ]
    found = {row.code: row for row in rows}
    for feature in _features("shanghai_districts_16.geojson"):
        properties = feature["properties"]
        district = next(row for row in rows if row.level == "district" and row.name == properties["district"])
        district.name_en = properties["district_en"]
        _give_shape(district, feature["geometry"], f"geoBoundaries gbOpen CHN ADM3 2017, {_OSM}")
    for code, geometry, source_name in street_outlines(found):
        if found[code].shape is None:
            _give_shape(found[code], geometry, source_name)
    return found


def _give_shape(row: Area, geometry: Mapping[str, Any], source: str) -> None:
    row.shape = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    row.shape_source = source
    row.lon, row.lat = centre_of(geometry)


def _features(name: str) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads((REFERENCE / name).read_text(encoding="utf-8"))["features"]
    return features


def street_outlines(areas: Mapping[str, Area]) -> list[tuple[str, Mapping[str, Any], str]]:
    """(code, geometry, source) of the shipped street outlines, joined on code and name; what fits no street is left out."""
    known = {code: row.name for code, row in areas.items() if row.level == "street"}
    districts = {row.name: code for code, row in areas.items() if row.level == "district"}
    found = []
    for feature in _features("shanghai_streets_osm_113.geojson"):
        properties = feature["properties"]
        inside = districts[properties["district"]]
        among = [code for code in known if code.startswith(inside)]
        code, _how = area_of_shape(
            properties["official_control_code_2023"][:9],
            properties["official_control_name_2023"],
            known,
            among,
        )
        if code:
            found.append((code, feature["geometry"], f"OpenStreetMap 2026-08-19, {_OSM}"))
    for feature in _features("shanghai_streets_osm_extra8.geojson"):
        code, _how = area_of_shape("", feature["properties"]["referenceAdminName"], known, list(known))
        if code:
            found.append((code, feature["geometry"], f"OpenStreetMap 2026-07-21 (10 m), {_OSM}"))
    return found


def load_zone(
    *,
    by: Actor,
    code: str,
    name: str,
    areas: Sequence[str],
    shape: Mapping[str, Any] | None = None,
    shape_source: str = "",
    via: str = "web",
) -> Zone:
    """Name a set of areas that cuts across the tree (虹桥商务区); the same code again changes the zone."""
    require(by.scope, "settings.areas", area="")
    for each in areas:
        if area_or_none(each) is None:
            raise Problem("place.unknown_area", area=each)
    with deed(by=by, via=via) as d:
        zone = Zone.objects.filter(code=code).first() or Zone(code=code)
        zone.name, zone.areas = name, sorted(areas)
        zone.shape = _read(shape, "wgs84") if shape is not None else zone.shape
        zone.shape_source = shape_source or zone.shape_source
        zone.version += 0 if zone._state.adding else 1
        zone.save()
        d.record("zone.set", zone, details={"areas": zone.areas})
    return zone


# ------------------------------------------------------------------------------------------- unit grids


def _read(shape: Mapping[str, Any] | str, system: str) -> dict[str, Any]:
    try:
        return read_shape(shape, system)
    except BadShape as wrong:
        raise Problem("area.bad_shape", why=why_bad(str(wrong))) from wrong


def why_bad(word: str) -> str:
    return {
        "json": _("不是 GeoJSON"),
        "type": _("只能是面（Polygon 或 MultiPolygon），不能是点或线"),
        "empty": _("是空的"),
        "crossing": _("边线自相交，或环没有闭合"),
        "outside": _("坐标不在中国范围内，多半是坐标系不对"),
        "points": _("拐点太多"),
    }[word]


def check_grid(code: str, scheme: str, name: str) -> str:
    """The code of the neighbourhood (or street) a new grid belongs to. Raises `area.bad_grid_code`, `area.exists`,
    `place.unknown_area`, `place.no_name`."""
    parent = next((code[:length] for length in (12, 9) if area_or_none(code[:length]) is not None), "")
    wrong = check_grid_code(code, scheme, parent)
    if wrong == "parent" and not parent:
        raise Problem("place.unknown_area", area=code[:12])
    if wrong:
        why = {
            "scheme": _("没有这种编码规则"),
            "length": _("位数不对，现在是 {count} 位").format(count=len(code)),
            "digits": _("只能是数字"),
            "parent": _("前面不是任何居村委或街镇的代码"),
        }[wrong]
        raise Problem("area.bad_grid_code", code=code, scheme=scheme, why=why)
    if not name.strip():
        raise Problem("place.no_name")
    return parent


def add_grid(
    *,
    by: Actor,
    code: str,
    name: str,
    scheme: str = "grid-15",
    shape: Mapping[str, Any] | str | None = None,
    system: str = "wgs84",
    via: str = "web",
) -> Area:
    """Add a unit grid below a neighbourhood; its shape is converted to WGS 84 and may not overlap its neighbours.

    Raises `area.bad_grid_code`, `area.exists`, `area.bad_shape`, `area.overlaps`, `place.unknown_area`, `access.denied`.
    """
    require(by.scope, "place.edit", area=code)
    parent = check_grid(code, scheme, name)
    standing = area_or_none(code)
    if standing is not None:
        raise Problem("area.exists", code=code, name=standing.name)
    row = Area(code=code, scheme=scheme, level="grid", name=name.strip(), parent=parent)
    if shape:
        _draw(row, shape, system, by)
    with deed(by=by, via=via) as d:
        row.save(force_insert=True)
        areas_changed()
        d.record("area.added", row, details={"name": row.name, "shaped": row.shape is not None})
    return row


def _draw(row: Area, shape: Mapping[str, Any] | str, system: str, by: Actor) -> None:
    """Give a grid its border, which nobody else's may overlap."""
    geometry = _read(shape, system)
    own = as_shape(geometry)
    overlapped = []
    others = Area.objects.filter(level="grid", parent=row.parent).exclude(code=row.code).exclude(shape=None)
    for other in others:
        theirs = as_shape(other.shape)
        if shapely.intersects(own, theirs):
            smaller = min(own.area, theirs.area)
            if shapely.intersection(own, theirs).area > _OVERLAP * smaller:
                overlapped.append(other.name)
    if overlapped:
        raise Problem("area.overlaps", names="、".join(overlapped))
    _give_shape(row, geometry, _("本单位勾画"))


def change_area(
    *,
    by: Actor,
    area: Area,
    name: str | None = None,
    name_en: str | None = None,
    shape: Mapping[str, Any] | str | None = None,
    system: str = "wgs84",
    version: int | None = None,
    via: str = "web",
) -> Area:
    """Rename a unit grid or draw it anew; other levels only get an English name (their names are official)."""
    require(by.scope, "place.edit" if area.level == "grid" else "settings.areas", area=area.code)
    check_version(area, version)
    old = {"name": area.name, "name_en": area.name_en}
    if name is not None and area.level == "grid":
        if not name.strip():
            raise Problem("place.no_name")
        area.name = name.strip()
    if name_en is not None:
        area.name_en = name_en.strip()
    redrawn = bool(shape) and area.level == "grid"
    if redrawn and shape:
        _draw(area, shape, system, by)
    with deed(by=by, via=via) as d:
        area.version += 1
        area.save()
        areas_changed()
        new = {"name": area.name, "name_en": area.name_en}
        d.record("area.changed", area, details={"old": old, "new": new, "redrawn": redrawn})
    return area


def remove_grid(*, by: Actor, area: Area, via: str = "web") -> None:
    """Take a unit grid out again. Raises `area.in_use` while places lie in it."""
    require(by.scope, "place.edit", area=area.code)
    if area.level != "grid":
        raise Problem("area.in_use", name=area.name, count=Counter({area.level: 1})[area.level])
    used = Place.objects.filter(area=area.code, withdrawn=False).count()
    if used:
        raise Problem("area.in_use", name=name_of(area.code), count=used)
    with deed(by=by, via=via) as d:
        d.record("area.removed", area, details={"name": area.name})
        Area.objects.filter(code=area.code).delete()
        areas_changed()
