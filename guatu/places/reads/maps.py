"""Areas and points as the map element draws them (`front/src/map/answer.ts`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.places.models import Area, Place
from guatu.places.reads.areas import drawn_maps
from guatu.places.rules import lay_tiles

Shape = dict[str, Any]  # a GeoJSON feature


def outline_of(code: str) -> dict[str, Any] | None:
    """The shape an area's children are drawn in: its own border, else the tile that stands for it, else None."""
    row = Area.objects.filter(code=code).values_list("shape", "parent").first()
    if row is None:
        return None
    own, parent = row
    if own:
        return dict(own)
    if not parent:
        return None
    return next(
        (each["geometry"] for each in map_areas(None, parent) if each["properties"]["code"] == code), None
    )


def map_areas(scope: Scope | None, code: str) -> list[Shape]:
    """The areas directly below `code` as features: real borders where they are known; a labelled tile inside the parent's
    outline (`tile: true`) where they are not. The parent's own border comes first with the role `outline`.

    scope: None for the house itself; a person needs the right to read places.
    """
    if scope is not None and not scope.may("place.read") and not scope.may("wall.read"):
        return []
    kept = drawn_maps()
    if code not in kept:
        kept[code] = _map_of(code)
    return [{**each, "properties": dict(each["properties"])} for each in kept[code]]


def _map_of(code: str) -> list[Shape]:
    rows = list(
        Area.objects.filter(parent=code, valid_to=None)
        .order_by("code")
        .values_list("code", "name", "name_en", "shape")
    )
    outline = outline_of(code)
    known = {row[0]: row[3] for row in rows if row[3]}
    tiles = {
        tile.code: tile.geometry
        for tile in lay_tiles([row[0] for row in rows if not row[3]], outline, list(known.values()))
    }
    found: list[Shape] = []
    if Area.objects.filter(code=code).exclude(shape=None).exists() and outline is not None:
        found.append(_feature(_drawn(outline), role="outline", code=code, name=""))
    for child, name, name_en, own in rows:
        geometry = _drawn(own) if own else tiles[child]
        properties: dict[str, Any] = {"role": "area", "code": child, "name": name, "name_en": name_en}
        found.append(_feature(geometry, **properties, **({} if own else {"tile": True})))
    return found


def _drawn(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """A border for drawing: simplified to about 15 m; what is asked of it (point in area) uses the full one."""
    thin = shape(geometry).simplify(0.00015, preserve_topology=True)
    return dict(mapping(shapely.transform(thin, lambda points: points.round(5))))


def _feature(geometry: Mapping[str, Any], **properties: Any) -> Shape:
    return {"type": "Feature", "geometry": dict(geometry), "properties": properties}


def point_shape(place: Place, *, href: str = "", tone: str = "", lines: Sequence[str] = ()) -> Shape | None:
    """A place as a point of the map; None when nobody knows where it is."""
    if place.lon is None or place.lat is None:
        return None
    properties: dict[str, Any] = {"role": "point", "code": place.number, "name": place.name}
    if href:
        properties["href"] = href
    if tone:
        properties["tone"] = tone
    if lines:
        properties["lines"] = list(lines)
    return _feature({"type": "Point", "coordinates": [place.lon, place.lat]}, **properties)


def map_answer(
    features: Iterable[Shape],
    *,
    label: str,
    unit: str = "",
    sense: str = "plain",
    steps: Sequence[float] = (),
    attributions: Sequence[str] = ("© OpenStreetMap contributors",),
    bounds: Sequence[float] = (),
) -> dict[str, Any]:
    """What `<guatu-map>` asks for: a feature collection with the story it tells. sense: good or bad when high, or plain."""
    story: dict[str, Any] = {
        "label": label,
        "unit": unit,
        "sense": sense,
        "steps": list(steps),
        "attributions": list(attributions),
        "as_of": clock.now().isoformat(timespec="minutes"),
    }
    if bounds:
        story["bounds"] = list(bounds)
    return {"type": "FeatureCollection", "features": list(features), "guatu": story}
