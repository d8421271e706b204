"""Tiles for areas without a known border: labelled squares inside the outline, near where the area lies. Pure.

A border is never invented: a tile says “this street is part of the district”, and where its centre is known the tile
stands as near to it as the grid allows, so that north stays north.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from shapely import box
from shapely.geometry import Point, mapping, shape
from shapely.geometry.base import BaseGeometry

_GAP = 0.08  # of a tile's side, left free around it
_MOST_SIDES = 40


@dataclass(frozen=True)
class Wanted:
    """An area that needs a tile; lon and lat are its centre where known."""

    code: str
    lon: float | None = None
    lat: float | None = None


def tiles(
    outline: dict[str, Any] | None, wanted: Sequence[Wanted], taken: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """{code: GeoJSON square} for every wanted area, inside `outline` and clear of the shapes in `taken`.

    Without an outline the squares stand in rows of their own.
    """
    if not wanted:
        return {}
    key = json.dumps([outline, list(taken)], sort_keys=True)
    return dict(_laid(key, tuple(wanted)))


@lru_cache(maxsize=32)
def _laid(key: str, wanted: tuple[Wanted, ...]) -> tuple[tuple[str, Any], ...]:
    outline, taken = json.loads(key)
    ground = shape(outline) if outline else box(0, 0, 1, max(1, len(wanted) / 4) / 4)
    for other in taken:
        ground = ground.difference(shape(other))
    cells = _cells(ground, len(wanted))
    return tuple((code, mapping(_shrunk(cell))) for code, cell in _assigned(wanted, cells).items())


def _cells(ground: BaseGeometry, count: int) -> list[BaseGeometry]:
    """At least `count` squares (on the ground, not in degrees) as large as possible whose middles lie well inside."""
    west, south, east, north = ground.bounds
    stretch = 1 / max(cos(radians((south + north) / 2)), 0.1)
    for sides in range(2, _MOST_SIDES * 4):
        high = (north - south) / (sides * 0.5)
        wide = high * stretch
        best: list[BaseGeometry] = []
        for right in (0.0, 0.25, 0.5, 0.75):
            for up in (0.0, 0.25, 0.5, 0.75):
                found = _grid(ground, west - wide * right, south - high * up, east, north, wide, high)
                best = found if len(found) > len(best) else best
        if len(best) >= count:
            return best
    return _grid(ground.envelope, west, south, east, north, (east - west) / count, (north - south) / count)


def _grid(
    ground: BaseGeometry, west: float, south: float, east: float, north: float, wide: float, high: float
) -> list[BaseGeometry]:
    found = []
    y = south
    while y < north:
        x = west
        while x < east:
            cell = box(x, y, x + wide, y + high)
            if ground.intersection(cell).area >= 0.72 * cell.area:
                found.append(cell)
            x += wide
        y += high
    return found


def _assigned(wanted: Sequence[Wanted], cells: list[BaseGeometry]) -> dict[str, BaseGeometry]:
    """Areas with a known centre first, each to the nearest free cell, closest pairs first; the rest from the north-west."""
    free = set(range(len(cells)))
    given: dict[str, BaseGeometry] = {}
    placed = [area for area in wanted if area.lon is not None and area.lat is not None]
    pairs = sorted(
        (Point(area.lon, area.lat).distance(cells[at].centroid), order, at)
        for order, area in enumerate(placed)
        for at in free
    )
    for _distance, order, at in pairs:
        code = placed[order].code
        if at in free and code not in given:
            given[code] = cells[at]
            free.discard(at)
    rest = sorted(free, key=lambda at: (-cells[at].bounds[1], cells[at].bounds[0]))
    for area in wanted:
        if area.code not in given:
            given[area.code] = cells[rest.pop(0)]
    return given


def _shrunk(cell: BaseGeometry) -> BaseGeometry:
    west, south, east, north = cell.bounds
    dx, dy = (east - west) * _GAP / 2, (north - south) * _GAP / 2
    return box(west + dx, south + dy, east - dx, north - dy)
