"""A place closes, opens again, is shut by an order, is free of it; several are changed at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places import problems as problems
from guatu.places.models import Place
from guatu.places.rules import RISKS

_TOGETHER = ("risk", "industry")  # what many places may be given at once


def locked(place: Place) -> Place:
    """The place as it stands now, held until the deed ends."""
    row = Place.objects.select_for_update(no_key=True).filter(id=place.id).first()
    if row is None:
        raise Problem("access.not_found")
    if row.withdrawn:
        raise Problem("place.withdrawn", name=row.name)
    return row


def close_place(
    *, by: Actor, place: Place, on: dt.date | None = None, version: int | None = None, via: str = "web"
) -> Place:
    """It is no longer in business from that day (default: today). Raises `place.closed`, `place.withdrawn`, `place.bad_day`,
    `kernel.stale`, `access.denied`."""
    require(by.scope, "place.edit", area=place.area)
    with deed(by=by, via=via) as d:
        row = locked(place)
        check_version(row, version)
        return close_row(d, row, on or clock.today())


def close_row(d: Deed, row: Place, on: dt.date) -> Place:
    """Close a place that is locked; a survey does it too."""
    if row.closed_on is not None:
        raise Problem("place.closed", name=row.name, closed_on=row.closed_on)
    if row.opened_on and on < row.opened_on:
        raise Problem("place.bad_day", closed_on=on, opened_on=row.opened_on)
    row.closed_on = on
    row.version += 1
    row.save(update_fields=["closed_on", "version"])
    d.record("place.closed", row, details={"on": on.isoformat()})
    return row


def open_place(*, by: Actor, place: Place, version: int | None = None, via: str = "web") -> Place:
    """It is in business again (the undo of closing). Raises `place.withdrawn`, `kernel.stale`, `access.denied`."""
    require(by.scope, "place.edit", area=place.area)
    with deed(by=by, via=via) as d:
        row = locked(place)
        check_version(row, version)
        return open_row(d, row) if row.closed_on is not None else row


def open_row(d: Deed, row: Place, *, correction: bool = False) -> Place:
    row.closed_on = None
    row.version += 1
    row.save(update_fields=["closed_on", "version"])
    d.record("place.opened", row, correction=correction)
    return row


def shut_place(*, by: Actor, place: Place, at: dt.datetime | None = None, via: str = "web") -> Place:
    """Shut it by an order, from that moment (default: now). Shutting what is shut changes nothing.

    Raises `place.withdrawn`, `kernel.future`, `access.denied`.
    """
    _may_order(by, place)
    moment = at or clock.now()
    with deed(by=by, effective_at=moment, via=via) as d:
        row = locked(place)
        return row if row.shut_at is not None else _shut(d, row, "place.shut", moment)


def reopen_place(*, by: Actor, place: Place, at: dt.datetime | None = None, via: str = "web") -> Place:
    """The order no longer stands. Reopening what is not shut changes nothing. Raises as `shut_place`."""
    _may_order(by, place)
    with deed(by=by, effective_at=at or clock.now(), via=via) as d:
        row = locked(place)
        return row if row.shut_at is None else _shut(d, row, "place.reopened", None)


def _may_order(by: Actor, place: Place) -> None:
    """Orders are given by whoever inspects or keeps the place. A bureau has no area of its own and inspects wherever its
    visits lie; the act of the visit has asked whether this one is its own."""
    scope = by.scope
    bureau = bool(scope.units("visit.do")) and not scope.areas("visit.do")
    if not bureau and not scope.allows("place.edit", area=place.area):
        require(scope, "visit.do", area=place.area)


def _shut(d: Deed, row: Place, verb: str, moment: dt.datetime | None) -> Place:
    row.shut_at = moment
    row.version += 1
    row.save(update_fields=["shut_at", "version"])
    d.record(verb, row)
    return row


def change_places(
    *, by: Actor, places: Sequence[UUID], changes: Mapping[str, str], via: str = "web"
) -> dict[str, dict[str, Any]]:
    """Give several places a risk or an industry at once. Answers {place id: {"version", what stood there before}} of those
    that changed, which is what `unchange_places` takes. The right is asked for every place; all change or none.

    Raises `place.nothing_chosen`, `place.bad_risk`, `place.withdrawn`, `access.denied`.
    """
    wanted = {name: value.strip() for name, value in changes.items() if name in _TOGETHER}
    if not wanted or not places:
        raise Problem("place.nothing_chosen")
    if wanted.get("risk") and wanted["risk"] not in RISKS:
        raise Problem("place.bad_risk", risk=wanted["risk"])
    before: dict[str, dict[str, Any]] = {}
    with deed(by=by, via=via) as d:
        for row in Place.objects.select_for_update(no_key=True).filter(id__in=list(places)).order_by("id"):
            require(by.scope, "place.edit", area=row.area)
            if row.withdrawn:
                raise Problem("place.withdrawn", name=row.name)
            old = {name: getattr(row, name) for name in wanted}
            if old != wanted:
                _give(d, row, wanted)
                before[str(row.id)] = {"version": row.version, **old}
    return before


def _give(d: Deed, row: Place, values: Mapping[str, str], *, undone: bool = False) -> None:
    old = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])
    details = {"old": old, "new": dict(values), **({"undone": True} if undone else {})}
    d.record("place.edited", row, details=details)


def unchange_places(*, by: Actor, before: Mapping[str, Mapping[str, Any]], via: str = "web") -> int:
    """Set back what `change_places` changed; answers how many. Raises `place.changed_since` (then nothing is set back)."""
    with deed(by=by, via=via) as d:
        rows = list(Place.objects.select_for_update(no_key=True).filter(id__in=list(before)).order_by("id"))
        since = [row.name for row in rows if row.version != before[str(row.id)]["version"]]
        if since:
            raise Problem("place.changed_since", names="、".join(since[:5]))
        for row in rows:
            require(by.scope, "place.edit", area=row.area)
            values = {name: before[str(row.id)][name] for name in _TOGETHER if name in before[str(row.id)]}
            _give(d, row, values, undone=True)
    return len(rows)
