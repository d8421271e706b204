"""Positions in expressions: distances and areas on a sphere, whether a point lies inside. Pure. Degrees in, metres out."""

import math
from collections.abc import Callable
from typing import Any

from guatu.fieldwork.rules.xpath_steps import Context
from guatu.fieldwork.rules.xpath_values import NAN, Unsure

RADIUS = 6_378_100.0  # metres; what ODK's own arithmetic takes
Point = tuple[float, float]


def _points(context: Context, values: tuple[Any, ...]) -> list[Point]:
    """(lat, lon) of everything given: nodes with a point each, or one text with points between semicolons."""
    found: list[Point] = []
    for text in (piece for value in values for whole in context.texts(value) for piece in whole.split(";")):
        words = text.split()
        if not words:
            continue
        try:
            point = (float(words[0]), float(words[1]))
        except (ValueError, IndexError):
            raise Unsure("geo") from None
        if not (abs(point[0]) <= 90 and abs(point[1]) <= 180):
            raise Unsure("geo")
        found.append(point)
    context.world.spend(len(found))
    return found


def _between(one: Point, other: Point) -> float:
    lat, far = math.radians(one[0]), math.radians(other[0])
    half = math.sin((far - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(far) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, half)))


def _distance(context: Context, *values: Any) -> float:
    points = _points(context, values)
    if len(points) < 2:
        return 0.0 if points else NAN
    return math.fsum(_between(one, other) for one, other in zip(points, points[1:], strict=False))


def _area(context: Context, *values: Any) -> float:
    points = _points(context, values)
    if len(points) < 3:
        return 0.0
    total = 0.0
    for (lat, lon), (far, lon_far) in zip(points, [*points[1:], points[0]], strict=True):
        polar = (
            math.tan((math.pi / 2 - math.radians(lat)) / 2),
            math.tan((math.pi / 2 - math.radians(far)) / 2),
        )
        turn = math.radians(lon_far) - math.radians(lon)
        product = polar[0] * polar[1]
        total += 2 * math.atan2(product * math.sin(turn), 1 + product * math.cos(turn))
    return abs(total) * RADIUS**2


def _inside(context: Context, point: Any, shape: Any) -> bool:
    points, ring = _points(context, (point,)), _points(context, (shape,))
    if not points or len(ring) < 3:
        return False
    lat, lon = points[0]
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (lat_a > lat) != (lat_b > lat) and lon < (lon_b - lon_a) * (lat - lat_a) / (lat_b - lat_a) + lon_a:
            inside = not inside
    return inside


FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "distance": (_distance, 1, 1000),
    "area": (_area, 1, 1),
    "enclosed-area": (_area, 1, 1),
    "geofence": (_inside, 2, 2),
}
