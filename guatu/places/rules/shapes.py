"""Polygons as people paste them: GeoJSON geometry, feature or collection. Pure."""

import json
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from guatu.places.rules.crs import in_china, to_wgs84

MOST_POINTS = 20_000


class BadShape(ValueError):
    """Why a shape cannot be used: a word of json, type, empty, crossing, outside, points."""


def read_shape(text: str | Mapping[str, Any], system: str = "wgs84") -> dict[str, Any]:
    """A valid Polygon or MultiPolygon in WGS 84 from GeoJSON; several polygons of a collection become one MultiPolygon.

    Raises BadShape. A ring that crosses itself is refused, not mended: which side is meant is for the drawer to say.
    """
    try:
        document = json.loads(text) if isinstance(text, str) else dict(text)
        geometries = _geometries(document)
        found = [shape(geometry) for geometry in geometries]
        moved = [
            shapely.transform(one, lambda points: [to_wgs84(x, y, system) for x, y in points])
            for one in found
        ]
    except BadShape:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as wrong:
        raise BadShape("json") from wrong
    polygons = [part for one in moved for part in getattr(one, "geoms", [one])]
    if not polygons or any(part.is_empty for part in polygons):
        raise BadShape("empty")
    if sum(shapely.get_num_coordinates(part) for part in polygons) > MOST_POINTS:
        raise BadShape("points")
    whole = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    if not all(in_china(x, y) for x, y in shapely.get_coordinates(whole)):
        raise BadShape("outside")
    if not whole.is_valid:
        raise BadShape("crossing")
    rounded = shapely.transform(whole, lambda points: points.round(7))
    return dict(json.loads(json.dumps(mapping(rounded))))


def _geometries(document: Any) -> list[Mapping[str, Any]]:
    if not isinstance(document, dict):
        raise BadShape("json")
    kind = document.get("type")
    if kind == "FeatureCollection":
        return [geometry for feature in document["features"] for geometry in _geometries(feature)]
    if kind == "Feature":
        return _geometries(document["geometry"])
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadShape("type")
    return [document]


def centre_of(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """A point (lon, lat) inside a shape, where its label may stand."""
    point = shape(geometry).representative_point()
    return round(point.x, 6), round(point.y, 6)
