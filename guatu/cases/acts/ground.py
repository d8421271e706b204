"""Where a case is: the point in our own coordinates, the smallest area it lies in, the home it is filed under."""

from collections.abc import Sequence
from dataclasses import dataclass

from guatu.campaigns.models import Campaign
from guatu.kernel.problems import Problem
from guatu.places import reads as places
from guatu.places.models import Place
from guatu.places.rules import UnknownSystem, home_of, in_china, plain_name, read_system, to_wgs84


@dataclass(frozen=True)
class Ground:
    """A place in the world. lon, lat: WGS84; source_*: as it was given."""

    area: str
    home: str
    lon: float | None = None
    lat: float | None = None
    source_crs: str = ""
    source_x: float | None = None
    source_y: float | None = None


def stand(
    campaign: Campaign, area: str, lon: float | None, lat: float | None, crs: str, place: Place | None
) -> Ground:
    """Work out where a case is. A point outside every known area lies in the campaign's; a place lends its own.

    Raises `case.nowhere`, `case.bad_point`, `case.bad_crs`.
    """
    if lon is None and lat is None and place is not None:
        area = area or place.area
        lon, lat, crs = place.lon, place.lat, "wgs84"
    if lon is None or lat is None:
        if not area:
            raise Problem("case.nowhere")
        return Ground(area, home_of(area))
    try:
        system = read_system(crs)
    except UnknownSystem as wrong:
        raise Problem("case.bad_crs", crs=crs) from wrong
    x, y = to_wgs84(lon, lat, system)
    if not _on_earth(x, y) if abroad(campaign.area) else not in_china(x, y):
        raise Problem("case.bad_point", lon=round(lon, 5), lat=round(lat, 5))
    found = _smallest(places.areas_at(x, y), area) or area or campaign.area
    return Ground(found, home_of(found), round(x, 7), round(y, 7), system, lon, lat)


def abroad(area: str) -> bool:
    """Whether a campaign's area lies outside China: codes of its provinces run from 11 to 82, so 9… is free for others."""
    return area.startswith("9")


def _on_earth(lon: float, lat: float) -> bool:
    """Degrees at all, and not the 0, 0 that stands for “unknown” in so many tables."""
    return -180 <= lon <= 180 and -90 <= lat <= 90 and (abs(lon) > 0.01 or abs(lat) > 0.01)


def _smallest(codes: Sequence[str], area: str) -> str:
    """The smallest area at the point, but never outside the one that was named: people know their street better than
    a border drawn by somebody else."""
    inside = [code for code in codes if code.startswith(area)]
    return max(inside, key=len, default="")


def by_name(campaign: Campaign) -> dict[str, str]:
    """Names of the areas in the campaign's area: {plain name: code}; a name that stands twice is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for code, name in places.names().items():
        if not code.startswith(campaign.area):
            continue
        plain = plain_name(name)
        if plain in found:
            twice.add(plain)
        found[plain] = code
    return {name: code for name, code in found.items() if name not in twice}
