"""Areas without a known border are squares of one size in a grid inside what they belong to. Pure and deterministic."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import box, mapping, shape

_MOST_SQUARES = 8_000  # of a grid looked through; an outline that needs more is a sliver
_GAP = 0.08  # of a tile, left free around it
_ENOUGH = 0.8  # of a tile that must lie inside the outline
_BEGINNINGS = [(aside / 4, down / 4) for aside in range(4) for down in range(4)]


@dataclass(frozen=True)
class Tile:
    """A square that stands for an area: GeoJSON polygon, WGS 84."""

    code: str
    geometry: dict[str, Any]


def lay_tiles(
    codes: Sequence[str], outline: Mapping[str, Any] | None, taken: Sequence[Mapping[str, Any]] = ()
) -> list[Tile]:
    """One tile for each code, in the order of the codes row by row from the north-west.

    outline: the shape they lie in (None: around nothing, a block of its own at the origin of the map). taken: shapes inside
    it that are drawn already. The tiles are the largest squares of which enough lie inside by at least four fifths, wherever
    the grid begins; when the outline is too ragged for that, the largest whose centres lie inside.
    """
    if not codes:
        return []
    room = shape(outline) if outline is not None else box(0, 0, 1, 1)
    for each in taken:
        room = room.difference(shape(each))
    if room.is_empty:
        room = shape(outline) if outline is not None else box(0, 0, 1, 1)
    shapely.prepare(room)
    west, south, east, north = room.bounds
    squeeze = math.cos(
        math.radians((south + north) / 2)
    )  # a degree of longitude is shorter than one of latitude
    squares = _largest(room, (west, south, east, north), squeeze, len(codes))
    return [
        Tile(code, _drawn(square)) for code, square in zip(codes, _gathered(squares, len(codes)), strict=True)
    ]


Square = tuple[int, int, float, float, float, float]  # row, column, west, south, east, north


def _largest(
    room: Any, bounds: tuple[float, float, float, float], squeeze: float, count: int
) -> list[Square]:
    west, south, east, north = bounds
    height = math.sqrt(max(room.area, 1e-12) * squeeze / count)
    while True:
        width = height / squeeze
        if (east - west) * (north - south) > _MOST_SQUARES * width * height:
            break
        inside: list[Square] = []
        # a ragged outline holds more squares from one beginning of the grid than from another
        for aside, down in _BEGINNINGS:
            squares = _grid(west - aside * width, south, east, north + down * height, height, width)
            held = [square for square in squares if _inside(room, box(*square[2:]))]
            inside = held if len(held) > len(inside) else inside
        if len(inside) >= count:
            return inside
        height *= 0.95
    # a room of slivers: any square whose centre is inside will do, at a size that surely gives enough
    height = min(north - south, (east - west) * squeeze) / math.ceil(math.sqrt(count))
    return _grid(west, south, east + height / squeeze, north + height, height, height / squeeze)


def _inside(room: Any, square: Any) -> bool:
    if shapely.contains(room, square):
        return True
    return bool(shapely.area(shapely.intersection(room, square)) >= _ENOUGH * shapely.area(square))


def _grid(west: float, south: float, east: float, north: float, height: float, width: float) -> list[Square]:
    """Squares over a box from its north-western corner, rows from the north."""
    columns, rows = math.ceil((east - west) / width), math.ceil((north - south) / height)
    left, top = west, north
    return [
        (
            row,
            column,
            left + column * width,
            top - (row + 1) * height,
            left + (column + 1) * width,
            top - row * height,
        )
        for row in range(rows)
        for column in range(columns)
    ]


def _gathered(squares: Sequence[Square], count: int) -> list[Square]:
    """As many as are needed, nearest to the middle of all of them first, so that they stand together; in reading order."""
    middle_row = sum(square[0] for square in squares) / len(squares)
    middle_column = sum(square[1] for square in squares) / len(squares)
    near = sorted(
        squares,
        key=lambda square: ((square[0] - middle_row) ** 2 + (square[1] - middle_column) ** 2, square[:2]),
    )
    return sorted(near[:count])


def _drawn(square: Square) -> dict[str, Any]:
    _, _, west, south, east, north = square
    aside, down = (east - west) * _GAP / 2, (north - south) * _GAP / 2
    found: dict[str, Any] = mapping(
        box(round(west + aside, 6), round(south + down, 6), round(east - aside, 6), round(north - down, 6))
    )
    return {
        "type": "Polygon",
        "coordinates": [[list(point) for point in ring] for ring in found["coordinates"]],
    }
