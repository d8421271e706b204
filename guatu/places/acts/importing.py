"""What an import of places or grids writes, and how it is taken back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from guatu.files.imports import Applied, Change, Context, RowOutcome
from guatu.files.reads import referenced
from guatu.kernel import ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, deed
from guatu.kernel.secrets import seal_many
from guatu.places.acts.areas import add_grid, areas_changed, change_area
from guatu.places.acts.contacts import seal_contact
from guatu.places.acts.places import PLAIN, WHERE, check_place, put, state_of
from guatu.places.models import Area, Place
from guatu.places.reads.locating import Located
from guatu.places.rules import home_of

RIGHT = "place.import"


def apply_places(
    *, by: Actor, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context
) -> Applied:
    """Write one chunk of checked rows. values: columns of PLAIN, and `where` (Located). The right is asked for every area."""
    standing = {
        str(row.id): row
        for row in Place.objects.filter(id__in=[each.subject_id for each in rows if each.subject_id])
    }
    containers = _containers(rows)
    contacts: dict[UUID, Mapping[str, str]] = {}
    fresh: dict[str, Place] = {}
    changes: list[Change] = []
    with deed(by=by, via=via) as d:
        for outcome in rows:
            values = dict(outcome.values)
            where, contact = values.pop("where"), values.pop("contact", None)
            require(by.scope, RIGHT, area=where.area)
            if "within" in values:
                number = values.pop("within")
                values["within"] = fresh.get(number) or containers.get(number)
            place = standing.get(outcome.subject_id)
            if place is None:
                place = Place(id=ids.new(), home=home_of(where.area), campaign=campaign, **values)
                put(place, where)
                fresh[place.number] = place
                contacts[place.id] = contact or {}
                continue
            require(by.scope, RIGHT, area=place.area)
            changes.append(_change(d, place, values, where, contact))
        _write(list(fresh.values()), contacts)
        for place in fresh.values():
            d.record("place.registered", place, details={"number": place.number, "kind": place.kind})
    return Applied([str(place.id) for place in fresh.values()], changes)


def _containers(rows: Sequence[RowOutcome]) -> dict[str, Place]:
    """The buildings and markets that rows of this chunk are in, by number; two queries at most (a chunk is 500 rows)."""
    numbers = {each.values["within"] for each in rows if each.values.get("within")}
    return {row.number: row for row in Place.objects.filter(number__in=numbers)} if numbers else {}


def _change(
    d: Deed, place: Place, values: Mapping[str, Any], where: Located, contact: Mapping[str, str] | None
) -> Change:
    old = state_of(place)
    before = {**old, "contact": place.contact}
    for name, value in values.items():
        setattr(place, name, value)
    put(place, where)
    check_place(place)
    if contact is not None:
        place.contact = seal_contact(place, contact)
    place.withdrawn = False
    place.version += 1
    place.save()
    new = state_of(place)
    differing = [name for name in new if new[name] != old[name]]
    details = {
        "old": {name: old[name] for name in differing},
        "new": {name: new[name] for name in differing},
    }
    d.record("place.edited", place, details=details)
    return Change(str(place.id), before, place.version)


def _write(fresh: Sequence[Place], contacts: Mapping[UUID, Mapping[str, str]]) -> None:
    """Save new places, their contacts sealed together. What stands in another new place comes after it."""
    sealed = seal_many({key: contact for key, contact in contacts.items() if any(contact.values())})
    for place in fresh:
        place.contact = sealed.get(place.id, {})
    Place.objects.bulk_create(fresh, batch_size=400)


def undo_places(*, by: Actor, created: Sequence[str], changed: Sequence[Change], via: str) -> list[str]:
    """Withdraw what was registered, set back what was changed. Answers the places that something was built on."""
    before = {change.id: change for change in changed}
    rows = list(Place.objects.filter(id__in=[*created, *before]))
    own = Place.objects.filter(within_id__in=list(created)).exclude(id__in=list(created))
    pointed_to = referenced(Place, created, ignore=("place.within",))
    pointed_to |= {str(row.within_id) for row in own if not row.withdrawn}
    expected = {**dict.fromkeys(created, 1), **{change.id: change.version for change in changed}}
    blocked = [row.name for row in rows if row.version != expected[str(row.id)] or str(row.id) in pointed_to]
    if blocked:
        return blocked
    with deed(by=by, via=via) as d:
        for row in rows:
            require(by.scope, RIGHT, area=row.area)
            row.version += 1
            if str(row.id) in before:
                set_back(row, before[str(row.id)].old)
                row.save()
                d.record("place.edited", row, details={"undone": True}, correction=True)
            else:
                row.withdrawn = True
                row.save()
                d.record("place.withdrawn", row, details={"undone": True}, correction=True)
    return []


def set_back(row: Place, old: Mapping[str, Any]) -> None:
    for name in (*PLAIN, *WHERE, "withdrawn", "contact"):
        if name not in old:
            continue  # an import of before the column was there
        value = old[name]
        if name in ("opened_on", "closed_on") and value:
            value = dt.date.fromisoformat(value)
        if name == "capacity" and value is not None:
            value = Decimal(value)
        if name == "within":
            row.within_id = UUID(value) if value else None
            continue
        setattr(row, name, value)


def apply_grids(
    *, by: Actor, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context
) -> Applied:
    """Write one chunk of unit grids. values: code, name, scheme, geometry (GeoJSON text or ""), system."""
    created: list[str] = []
    changes: list[Change] = []
    with deed(by=by, via=via):
        for outcome in rows:
            values = dict(outcome.values)
            shape, system = values["geometry"] or None, values["system"]
            if outcome.subject_id:
                area = Area.objects.get(code=outcome.subject_id)
                old = {"name": area.name, "shape": area.shape, "lon": area.lon, "lat": area.lat}
                change_area(by=by, area=area, name=values["name"], shape=shape, system=system, via=via)
                changes.append(Change(area.code, old, area.version))
            else:
                add_grid(
                    by=by, code=values["code"], name=values["name"], scheme=values["scheme"], shape=shape, system=system,
                    via=via,
                )  # fmt: skip
                created.append(values["code"])
    return Applied(created, changes)


def undo_grids(*, by: Actor, created: Sequence[str], changed: Sequence[Change], via: str) -> list[str]:
    """Remove the grids that were added, set back the others. Answers those with places in them or changed since."""
    used = set(Place.objects.filter(area__in=list(created), withdrawn=False).values_list("area", flat=True))
    before = {change.id: change for change in changed}
    rows = list(Area.objects.filter(code__in=[*created, *before]))
    expected = {**dict.fromkeys(created, 1), **{change.id: change.version for change in changed}}
    blocked = [row.name for row in rows if row.code in used or row.version != expected[row.code]]
    if blocked:
        return blocked
    with deed(by=by, via=via) as d:
        for row in rows:
            require(by.scope, "place.edit", area=row.code)
            if row.code in before:
                for name, value in before[row.code].old.items():
                    setattr(row, name, value)
                row.version += 1
                row.save()
                d.record("area.changed", row, details={"undone": True})
            else:
                d.record("area.removed", row, details={"undone": True, "name": row.name})
        Area.objects.filter(code__in=list(created)).delete()
        areas_changed()
    return []
