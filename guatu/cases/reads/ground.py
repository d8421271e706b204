"""Cases on the map beside the list: every point while they are few, counts of squares when they are many."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from guatu.cases.models import Case

MOST_POINTS = 2000
MOST_COUNTED = 20_000
_ACROSS = 24.0  # squares from side to side


@dataclass(frozen=True)
class Box:
    """A piece of ground in degrees (WGS 84)."""

    west: float
    south: float
    east: float
    north: float

    def text(self) -> str:
        return f"{self.west:.5f},{self.south:.5f},{self.east:.5f},{self.north:.5f}"


def read_box(text: str) -> Box:
    """`west,south,east,north`. Raises ValueError."""
    box = Box(*(float(part) for part in text.split(",")))
    if not (-180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90):
        raise ValueError(text)
    return box


def inside(rows: QuerySet[Case], box: Box) -> QuerySet[Case]:
    return rows.filter(lat__gte=box.south, lat__lt=box.north, lon__gte=box.west, lon__lt=box.east)


def on_map(rows: QuerySet[Case], most: int = MOST_POINTS) -> list[dict[str, Any]]:
    """Points of the rows that have one: id, number, title, status, late, due_at, lon, lat. At most `most`."""
    found = rows.filter(lon__isnull=False, lat__isnull=False).order_by()
    points = found.values("id", "number", "title", "status", "late", "due_at", "lon", "lat")[:most]
    return [dict(point) for point in points]


@dataclass(frozen=True)
class Square:
    """A square of the grid: its ground, where its cases lie on average, how many, how many of them late."""

    box: Box
    lon: float
    lat: float
    count: int
    late: int


_SQUARES = """
WITH found AS MATERIALIZED ({rows}),
ends AS (
  SELECT MIN(lon) AS west, MIN(lat) AS south, {most}((MAX(lon) - MIN(lon)) / %s, 0.0001) AS wide,
         {most}((MAX(lat) - MIN(lat)) / %s, 0.0001) AS high FROM found
)
SELECT {cell_x} AS x, {cell_y} AS y, COUNT(*), SUM(CASE WHEN late THEN 1 ELSE 0 END), AVG(lon), AVG(lat),
       MIN(west), MIN(south), MIN(wide), MIN(high)
FROM found, ends GROUP BY 1, 2
"""


def squares(rows: QuerySet[Case], most: int = MOST_COUNTED) -> list[Square]:
    """The ground of the rows in squares with their counts, over the newest `most` of them. One query."""
    newest = rows.filter(lon__isnull=False, lat__isnull=False).order_by("-opened_at")
    try:
        inner, given = newest.values("lon", "lat", "late")[:most].query.sql_with_params()
    except EmptyResultSet:
        return []
    whole = "FLOOR({0})" if connection.vendor == "postgresql" else "CAST({0} AS INTEGER)"
    sql = _SQUARES.format(
        rows=inner, most="GREATEST" if connection.vendor == "postgresql" else "MAX",
        cell_x=whole.format("(lon - west) / wide"), cell_y=whole.format("(lat - south) / high"),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, _ACROSS, _ACROSS])
        return [_square(*row) for row in cursor.fetchall()]


def _square(
    x: float,
    y: float,
    count: int,
    late: int,
    lon: float,
    lat: float,
    west: float,
    south: float,
    wide: float,
    high: float,
) -> Square:
    left, low = west + float(x) * wide, south + float(y) * high
    return Square(
        Box(left - 1e-5, low - 1e-5, left + wide + 1e-5, low + high + 1e-5), lon, lat, int(count), int(late)
    )
