"""Places: registered, changed, moved, withdrawn, brought back."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from guatu.files import acts as files
from guatu.files.models import ImportRun
from guatu.kernel import ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places import problems as problems
from guatu.places.acts.areas import REFERENCE
from guatu.places.acts.contacts import seal_contact
from guatu.places.models import Place
from guatu.places.reads.locating import Located, locate
from guatu.places.rules import RISKS, home_of

_DEEPEST = 5  # a stall in a hall in a market in a quarter

# what an edit may change besides the whereabouts
PLAIN = (
    "name",
    "kind",
    "number",
    "address",
    "opening_hours",
    "capacity",
    "attributes",
    "opened_on",
    "closed_on",
    "within",
    "road",
    "industry",
    "risk",
)
WHERE = ("area", "lon", "lat", "source_crs", "source_x", "source_y")


def register_place(
    *,
    by: Actor,
    name: str,
    kind: str,
    area: str = "",
    x: float | None = None,
    y: float | None = None,
    system: str = "wgs84",
    number: str = "",
    address: str = "",
    opening_hours: str = "",
    capacity: Decimal | None = None,
    attributes: Mapping[str, Any] | None = None,
    opened_on: dt.date | None = None,
    closed_on: dt.date | None = None,
    within: Place | None = None,
    road: str = "",
    industry: str = "",
    risk: str = "",
    contact: Mapping[str, str] | None = None,
    campaign: Any = None,
    via: str = "web",
) -> Place:
    """Put a place on the map: by an area's code or name, by a point in a known coordinate system, or both.

    campaign: None for what is there anyway, whichever campaign it serves. number: the office's own; made when empty.
    within: the building or market it is in; without an area or point of its own it lies where that lies. contact: name and
    phone of whoever is to be called, sealed at once. Raises `place.no_name`, `place.number_taken`, `place.bad_within`,
    `place.bad_risk`, `place.bad_day`, `place.bad_phone`, what `locate` raises, `access.denied`.
    """
    if within is not None and not area and x is None and y is None:
        where = lying_in(within)
    else:
        where = locate(area=area, x=x, y=y, system=system)
    require(by.scope, "place.edit", area=where.area)
    place = new_place(name=name, kind=kind, number=number, where=where, campaign=campaign)
    place.address, place.opening_hours, place.capacity = address, opening_hours, capacity
    place.attributes = dict(attributes or {})
    place.opened_on, place.closed_on = opened_on, closed_on
    place.within, place.road, place.industry, place.risk = within, road.strip(), industry.strip(), risk
    check_place(place)
    with deed(by=by, via=via) as d:
        place.contact = seal_contact(place, contact or {})
        place.save(force_insert=True)
        d.record("place.registered", place, details={"number": place.number, "kind": place.kind})
    return place


def new_place(*, name: str, kind: str, number: str, where: Located, campaign: Any = None) -> Place:
    """A place that is not saved yet, under a number that is free. Raises `place.no_name`, `place.number_taken`."""
    if not name.strip():
        raise Problem("place.no_name")
    place = Place(id=ids.new(), home=home_of(where.area), campaign=campaign, name=name.strip(), kind=kind)
    place.number = number.strip() or f"P-{place.id.hex[-8:].upper()}"
    _number_is_free(place)
    put(place, where)
    return place


def lying_in(within: Place) -> Located:
    """Where something lies that is in another place and has no point of its own."""
    point = (within.source_crs, within.source_x, within.source_y)
    return Located(within.area, within.lon, within.lat, *point)


def check_place(place: Place) -> None:
    """What must hold between a place's own fields. Raises `place.bad_risk`, `place.bad_day`, `place.bad_within`,
    `place.withdrawn`."""
    if place.risk and place.risk not in RISKS:
        raise Problem("place.bad_risk", risk=place.risk)
    if place.opened_on and place.closed_on and place.closed_on < place.opened_on:
        raise Problem("place.bad_day", closed_on=place.closed_on, opened_on=place.opened_on)
    above = place.within
    if above is not None and above.withdrawn:
        raise Problem("place.withdrawn", name=above.name)
    for _step in range(_DEEPEST):
        if above is None:
            return
        if above.id == place.id:
            break
        above = above.within
    raise Problem("place.bad_within", name=place.name, within=place.within.name if place.within else "")


def put(place: Place, where: Located) -> None:
    """Set a place's whereabouts, the point as it was given included."""
    place.area, place.lon, place.lat = where.area, where.lon, where.lat
    place.source_crs, place.source_x, place.source_y = where.system, where.x, where.y


def _number_is_free(place: Place) -> None:
    taken = Place.objects.filter(number=place.number).exclude(id=place.id).first()
    if taken is not None:
        raise Problem("place.number_taken", number=place.number, name=taken.name)


def state_of(place: Place) -> dict[str, Any]:
    """What stands in a place now, JSON-able, for the ledger and for undoing."""
    return {name: _plain(getattr(place, name)) for name in (*PLAIN, *WHERE, "withdrawn")}


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return str(value.id)
    if isinstance(value, dt.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def edit_place(
    *,
    by: Actor,
    place: Place,
    changes: Mapping[str, Any],
    where: Located | None = None,
    contact: Mapping[str, str] | None = None,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Place:
    """Change what is known of a place. changes: any of PLAIN. where: a new whereabouts (`reads.locate`), None leaves it.
    contact: {"name", "phone"} anew, None leaves it.

    The place keeps its stream (`home`) when it moves. Raises `place.withdrawn`, `place.no_name`, `place.number_taken`,
    `place.bad_within`, `place.bad_risk`, `place.bad_day`, `place.bad_phone`, `kernel.stale`, `access.denied` (there and, when it moves, also at the new area).
    """
    require(by.scope, "place.edit", area=place.area)
    check_version(place, version)
    if place.withdrawn:
        raise Problem("place.withdrawn", name=place.name)
    old = state_of(place)
    for name, value in changes.items():
        if name not in PLAIN:
            raise KeyError(name)
        setattr(place, name, value)
    if not place.name.strip():
        raise Problem("place.no_name")
    _number_is_free(place)
    check_place(place)
    if where is not None:
        require(by.scope, "place.edit", area=where.area)
        put(place, where)
    new = state_of(place)
    differing = [name for name in new if new[name] != old[name]]
    if not differing and contact is None:
        return place
    moved = any(name in WHERE for name in differing)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        if contact is not None:
            place.contact = seal_contact(place, contact)
        place.version += 1
        place.save()
        details: dict[str, Any] = {
            "old": {name: old[name] for name in differing},
            "new": {name: new[name] for name in differing},
        }
        if contact is not None:
            details["contact"] = True  # that it changed; never what stands in it
        d.record("place.moved" if moved else "place.edited", place, details=details)
    return place


def withdraw_place(*, by: Actor, place: Place, version: int | None = None, via: str = "web") -> Place:
    """Take a place off the map; the record and its story stay. Raises `place.has_contracts`, `place.withdrawn`."""
    require(by.scope, "place.edit", area=place.area)
    check_version(place, version)
    if place.withdrawn:
        raise Problem("place.withdrawn", name=place.name)
    running = Place.objects.filter(id=place.id, contracts__ended=False).count()
    if running:
        raise Problem("place.has_contracts", name=place.name, count=running)
    with deed(by=by, via=via) as d:
        place.withdrawn = True
        place.version += 1
        place.save()
        d.record("place.withdrawn", place)
    return place


def restore_place(*, by: Actor, place: Place, version: int | None = None, via: str = "web") -> Place:
    """Put a withdrawn place back (the undo of withdrawing)."""
    require(by.scope, "place.edit", area=place.area)
    check_version(place, version)
    if not place.withdrawn:
        return place
    with deed(by=by, via=via) as d:
        place.withdrawn = False
        place.version += 1
        place.save()
        d.record("place.restored", place)
    return place


def load_places(*, by: Actor, campaign: Any = None, via: str = "system") -> ImportRun:
    """Enter the shipped points of interest (1,887 of 2018) through the ordinary importer.

    The column of street codes is left out: the codes there are those of the outlines, where two streets are swapped and
    one has a number of its own. The points say where they are.
    """
    return files.import_file(
        by=by,
        kind="place",
        path=REFERENCE / "shanghai_pois_osm_2018.csv",
        campaign=campaign,
        mapping={"area": ""},
        options={"crs": "wgs84"},
        via=via,
    )
