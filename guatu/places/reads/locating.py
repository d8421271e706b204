"""Where something is, from what people write: an area's code or name, a point in any known system, or both."""

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import shape

from guatu.kernel.problems import Problem
from guatu.places import problems as problems
from guatu.places.models import Area
from guatu.places.reads.areas import areas_at, name_of, resolve
from guatu.places.rules import UnknownSystem, in_china, read_system, to_wgs84

_NEAR = 0.01  # degrees, about a kilometre: outlines are approximate, a stated area is believed within this


@dataclass(frozen=True)
class Located:
    """A place's whereabouts: the smallest area known, the point in WGS 84, and the point as it was given."""

    area: str
    lon: float | None = None
    lat: float | None = None
    system: str = ""
    x: float | None = None
    y: float | None = None


def locate(
    *, area: str = "", x: float | None = None, y: float | None = None, system: str = "wgs84", inside: str = ""
) -> Located:
    """Raises `place.half_a_point`, `place.unknown_system`, `place.not_in_china`, `place.outside_areas`, `place.nowhere`,
    `place.unknown_area`, `place.ambiguous_area`, `place.area_disagrees`.

    A stated area is finer or better known than an outline: it stands, unless the point lies far outside its district.
    """
    if (x is None) != (y is None):
        raise Problem("place.half_a_point")
    stated = resolve(area, inside=inside) if area else ""
    if x is None or y is None:
        if not stated:
            raise Problem("place.nowhere")
        return Located(stated)
    try:
        key = read_system(system)
    except UnknownSystem as wrong:
        raise Problem("place.unknown_system", system=system or "—") from wrong
    lon, lat = to_wgs84(x, y, key)
    if not in_china(lon, lat):
        raise Problem("place.not_in_china", lon=_short(lon), lat=_short(lat))
    found = areas_at(lon, lat)
    smallest = found[-1] if found else ""
    if not stated:
        if not smallest:
            raise Problem("place.outside_areas", lon=_short(lon), lat=_short(lat))
        stated = smallest
    elif smallest.startswith(stated):
        stated = smallest
    elif not (smallest and stated.startswith(smallest)) and _far(stated, lon, lat):
        raise Problem(
            "place.area_disagrees", area=name_of(stated), found=name_of(smallest) if smallest else "—"
        )
    return Located(stated, round(lon, 7), round(lat, 7), key, x, y)


def _short(number: float) -> str:
    return f"{number:.5f}" if math.isfinite(number) else "?"


def _far(stated: str, lon: float, lat: float) -> bool:
    """Whether a point lies more than a kilometre outside the district of an area (unknown outlines refuse nothing)."""
    outline = Area.objects.filter(code=stated[:6]).values_list("shape", flat=True).first()
    return outline is not None and shapely.distance(shape(outline), shapely.Point(lon, lat)) > _NEAR
