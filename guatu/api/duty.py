"""Who is on duty, for machines: the roster, and whoever is on duty now."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from guatu.api.frame import PageOut, page_of, scope_of
from guatu.duty import reads
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.units.reads import unit as unit_of
from guatu.units.rules import ROLES

router = Router(tags=["duty"])


class ShiftOut(Schema):
    """A shift. unit: code; person: user name. role: "" covers whatever the unit has to do."""

    id: UUID
    unit: str
    unit_name: str
    person: str
    person_name: str
    role: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    note: str
    version: int


class OnDutyPerson(Schema):
    username: str
    name: str
    unit: str


class NowOut(Schema):
    """Who is on duty for a unit: its own shifts, else those of the unit above, else (no roster at all) its people with a post."""

    unit: str
    role: str
    at: dt.datetime
    people: list[OnDutyPerson]


def shift_out(row: Shift) -> dict[str, Any]:
    return {
        "id": row.id, "unit": row.unit.code, "unit_name": row.unit.name, "person": row.person.username,
        "person_name": row.person.name, "role": row.role, "starts_at": clock.local(row.starts_at),
        "ends_at": clock.local(row.ends_at), "note": row.note, "version": row.version,
    }  # fmt: skip


@router.get("/duty/shifts", response=PageOut[ShiftOut], summary="值班表 · The roster")
def list_shifts(
    request: HttpRequest,
    unit: str = "",
    from_at: dt.datetime | None = None,
    to_at: dt.datetime | None = None,
    after: str = "",
    limit: int = 100,
) -> Any:
    """Shifts you may see that overlap the time from `from_at` to `to_at`. unit: code or id, with what stands below it."""
    scope = scope_of(request)
    require(scope, reads.RIGHT)
    rows = reads.shifts(scope)
    if unit:
        rows = rows.filter(unit__path__startswith=unit_of(scope, unit).path)
    if from_at is not None:
        rows = rows.filter(ends_at__gt=clock.local(from_at))
    if to_at is not None:
        rows = rows.filter(starts_at__lt=clock.local(to_at))
    return page_of(rows, shift_out, after=after, limit=limit)


@router.get("/duty/now", response=NowOut, summary="现在谁值班 · Who is on duty")
def on_duty_now(request: HttpRequest, unit: str, role: str = "", at: dt.datetime | None = None) -> Any:
    """The people on duty for a unit now, or at a moment. unit: code or id; role: one of the roles, or empty for any."""
    scope = scope_of(request)
    require(scope, reads.RIGHT)
    row = unit_of(scope, unit)
    if not scope.allows(reads.RIGHT, area=row.area, units=(row.path,)):
        raise Problem("access.not_found")
    if role and role not in ROLES:
        raise Problem("duty.unknown_role", role=role)
    moment = clock.local(at) if at is not None else clock.now()
    people = [
        {
            "username": each.username,
            "name": each.name,
            "unit": each.unit.code if each.unit is not None else "",
        }
        for each in reads.on_duty(row, moment, role)
    ]
    return {"unit": row.code, "role": role, "at": moment, "people": people}
