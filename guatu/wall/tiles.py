"""Tiles for areas without a known border: labelled squares inside the outline, near where the area lies. Pure.

A border is never invented: a tile says “this street is part of the district”, and where its centre is known the tile
stands as near to it as the grid allows, so that north stays north.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, radians
from typing import Any

from shapely import box
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

_GAP = 0.08  # of a tile's side, left free around it
_SPARE = 1.15  # more cells than areas, so that an area is not pushed far from where it lies
_MOST_SIDES = 160


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
    cells = _cells(ground, ceil(len(wanted) * _SPARE))
    return tuple((code, mapping(_shrunk(cell))) for code, cell in _assigned(wanted, cells).items())


def _cells(ground: BaseGeometry, count: int) -> list[BaseGeometry]:
    """At least `count` squares (on the ground, not in degrees) as large as possible whose middles lie well inside."""
    west, south, east, north = ground.bounds
    stretch = 1 / max(cos(radians((south + north) / 2)), 0.1)
    for sides in range(2, _MOST_SIDES):
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
    """A cell for every area, so that together they lie as near to their true places as exchanges of two can bring them.

    Areas whose centre is not known take what is left, from the north-west.
    """
    middles = [(cell.centroid.x, cell.centroid.y) for cell in cells]
    placed = [area for area in wanted if area.lon is not None and area.lat is not None]

    def cost(area: Wanted, at: int) -> float:
        return float((middles[at][0] - (area.lon or 0)) ** 2 + (middles[at][1] - (area.lat or 0)) ** 2)

    seats: dict[int, Wanted | None] = dict.fromkeys(range(len(cells)))
    for area in placed:
        seats[
            min((at for at, sitting in seats.items() if sitting is None), key=lambda at: cost(area, at))
        ] = area
    better = True
    while better:
        better = False
        for one in seats:
            for other in range(one + 1, len(cells)):
                first, second = seats[one], seats[other]
                now = (cost(first, one) if first else 0) + (cost(second, other) if second else 0)
                then = (cost(second, one) if second else 0) + (cost(first, other) if first else 0)
                if then < now - 1e-12:
                    seats[one], seats[other] = second, first
                    better = True
    given = {area.code: cells[at] for at, area in seats.items() if area is not None}
    free = [at for at, area in seats.items() if area is None]
    rest = sorted(free, key=lambda at: (-cells[at].bounds[1], cells[at].bounds[0]))
    for area in wanted:
        if area.code not in given:
            given[area.code] = cells[rest.pop(0)]
    return given


def _shrunk(cell: BaseGeometry) -> BaseGeometry:
    west, south, east, north = cell.bounds
    dx, dy = (east - west) * _GAP / 2, (north - south) * _GAP / 2
    return box(west + dx, south + dy, east - dx, north - dy)
