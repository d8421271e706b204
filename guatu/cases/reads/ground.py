"""Cases on the map beside the list: every point while they are few, counts of squares when they are many."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, FloatField, IntegerField, Max, Min, Q, QuerySet
from django.db.models.functions import Cast, Floor

from guatu.cases.models import Case
from guatu.cases.rules import OPEN

MOST_POINTS = 2000
MOST_COUNTED = 50_000
_ACROSS = 24  # squares from side to side


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
    return list(found.values("id", "number", "title", "status", "late", "due_at", "lon", "lat")[:most])


@dataclass(frozen=True)
class Square:
    """A square of the grid: its ground, where its cases lie on average, how many, how many of them late."""

    box: Box
    lon: float
    lat: float
    count: int
    late: int


def squares(rows: QuerySet[Case]) -> list[Square]:
    """The ground of the rows in squares with their counts, over the newest `MOST_COUNTED` of them. Two queries."""
    newest = (
        rows.filter(lon__isnull=False, lat__isnull=False).order_by("-opened_at").values("pk")[:MOST_COUNTED]
    )
    found = Case.objects.filter(pk__in=newest).order_by()
    ends = found.aggregate(west=Min("lon"), east=Max("lon"), south=Min("lat"), north=Max("lat"))
    if ends["west"] is None:
        return []
    wide = max((ends["east"] - ends["west"]) / _ACROSS, 1e-4)
    high = max((ends["north"] - ends["south"]) / _ACROSS, 1e-4)
    cells = (
        found.annotate(x=_cell("lon", ends["west"], wide), y=_cell("lat", ends["south"], high))
        .values("x", "y")
        .annotate(
            n=Count("pk"),
            late_n=Count("pk", filter=Q(late=True, status__in=OPEN)),
            lon_=Avg("lon"),
            lat_=Avg("lat"),
        )
    )
    made = []
    for cell in cells:
        west, south = ends["west"] + cell["x"] * wide, ends["south"] + cell["y"] * high
        box = Box(west - 1e-5, south - 1e-5, west + wide + 1e-5, south + high + 1e-5)
        made.append(Square(box, cell["lon_"], cell["lat_"], cell["n"], cell["late_n"]))
    return made


def _cell(name: str, start: float, size: float) -> Any:
    return Cast(Floor((F(name) - start) / size, output_field=FloatField()), IntegerField())
