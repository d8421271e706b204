"""Units, people and contracts for machines. Telephone numbers never leave through this door."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, page_of, person_of, scope_of
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.places import reads as place_reads
from guatu.units import acts, reads
from guatu.units.models import Contract, HandOver, Person, Unit

router = Router(tags=["units"])


class UnitOut(Schema):
    """A unit. path: the codes of everything above it and its own, each followed by “/”."""

    id: UUID
    code: str
    path: str
    name: str
    short_name: str
    kind: str
    area: str
    active: bool
    version: int


class PersonOut(Schema):
    id: UUID
    username: str
    name: str
    unit: str | None
    duty_title: str
    active: bool


class ContractOut(Schema):
    """Who answers for a place (place_id) or an area."""

    id: UUID
    kind: str
    person: str
    person_name: str
    place_id: UUID | None
    place_number: str | None
    area: str
    area_name: str
    from_day: dt.date
    to_day: dt.date | None
    ended: bool
    version: int


class ContractIn(Schema):
    """person: user name. place_id or area (code or name): what is answered for."""

    person: str
    kind: str
    place_id: UUID | None = None
    area: str = ""
    from_day: dt.date | None = None
    to_day: dt.date | None = None
    note: str = ""


class EndIn(Schema):
    on: dt.date | None = None
    version: int | None = None


class GapsOut(Schema):
    """How many areas, places and people are gaps, of how many."""

    areas: int
    all_areas: int
    places: int
    all_places: int
    people: int


def unit_out(row: Unit) -> dict[str, Any]:
    return {name: getattr(row, name) for name in UnitOut.model_fields}


def person_out(row: Person) -> dict[str, Any]:
    return {
        "id": row.id,
        "username": row.username,
        "name": row.name,
        "unit": row.unit.code if row.unit is not None else None,
        "duty_title": row.duty_title,
        "active": row.is_active,
    }


def contract_out(row: Contract) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "person": row.person.username,
        "person_name": row.person.name,
        "place_id": row.place_id,
        "place_number": row.place.number if row.place is not None else None,
        "area": row.area,
        "area_name": place_reads.name_of(row.area),
        "from_day": row.from_day,
        "to_day": row.to_day,
        "ended": row.ended,
        "version": row.version,
    }


@router.get("/units", response=PageOut[UnitOut], summary="Units")
def units(request: HttpRequest, under: str = "", q: str = "", after: str = "", limit: int = 100) -> Any:
    """`under`: a path; the unit and everything below it."""
    require(scope_of(request), "unit.read")
    rows = reads.visible_units(scope_of(request))
    rows = rows.filter(path__startswith=under) if under else rows
    rows = rows.filter(Q(name__icontains=q) | Q(short_name__icontains=q) | Q(code=q)) if q else rows
    return page_of(rows, unit_out, after=after, limit=limit)


@router.get("/units/{code}", response=UnitOut, summary="One unit, by code or id")
def unit(request: HttpRequest, code: str) -> Any:
    require(scope_of(request), "unit.read")
    return unit_out(reads.unit(scope_of(request), code))


@router.get("/people", response=PageOut[PersonOut], summary="People")
def people(request: HttpRequest, unit: str = "", q: str = "", after: str = "", limit: int = 100) -> Any:
    """`unit`: a path; its people and those below it."""
    require(scope_of(request), "person.read")
    rows = reads.visible_people(scope_of(request)).filter(is_active=True)
    rows = rows.filter(unit__path__startswith=unit) if unit else rows
    rows = rows.filter(Q(name__icontains=q) | Q(username__icontains=q)) if q else rows
    return page_of(rows, person_out, after=after, limit=limit)


@router.get("/contracts", response=PageOut[ContractOut], summary="Who answers for what")
def contracts(
    request: HttpRequest,
    area: str = "",
    kind: str = "",
    person: str = "",
    ended: bool = False,
    after: str = "",
    limit: int = 100,
) -> Any:
    require(scope_of(request), "contract.read")
    rows = reads.visible_contracts(scope_of(request)).filter(ended=ended)
    rows = rows.filter(within("area", area)) if area else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(person__username=person) if person else rows
    return page_of(rows, contract_out, after=after, limit=limit)


@router.post("/contracts", response={201: ContractOut}, summary="Sign a contract")
def sign(request: HttpRequest, body: ContractIn) -> Any:
    values = body.dict()
    place_id = values.pop("place_id")
    place = place_reads.place(scope_of(request), place_id) if place_id else None
    person = reads.find_person(values.pop("person"))
    return Status(
        201,
        contract_out(
            acts.sign_contract(by=person_of(request), person=person, place=place, via="api", **values)
        ),
    )


@router.post("/contracts/{contract_id}/end", response=ContractOut, summary="End a contract")
def end(request: HttpRequest, contract_id: UUID, body: EndIn) -> Any:
    row = reads.contract(scope_of(request), contract_id)
    return contract_out(
        acts.end_contract(by=person_of(request), contract=row, on=body.on, version=body.version, via="api")
    )


class MoveIn(Schema):
    """contract_id: a running contract; to: user name of who takes it."""

    contract_id: UUID
    to: str


class HandOverIn(Schema):
    """on: the first day of the new contracts (default: today); the old ones end the day before."""

    moves: list[MoveIn]
    on: dt.date | None = None


class AssignIn(Schema):
    """One person for several places. Who has the same contract already keeps it."""

    person: str
    kind: str
    place_ids: list[UUID]
    from_day: dt.date | None = None
    to_day: dt.date | None = None


class HandOverOut(Schema):
    """A hand-over or bulk signing. new: the contracts it made."""

    id: UUID
    kind: str
    person: str | None
    on_day: dt.date
    count: int
    new: list[UUID]
    undone: bool
    version: int


def handover_out(row: HandOver) -> dict[str, Any]:
    names = ("id", "kind", "on_day", "undone", "version")
    return {
        **{name: getattr(row, name) for name in names},
        "person": row.person.username if row.person is not None else None,
        "count": len(row.moves),
        "new": [move["new"] for move in row.moves if move["new"]],
    }


@router.get("/handovers", response=PageOut[HandOverOut], summary="What was handed over")
def handovers(request: HttpRequest, person: str = "", after: str = "", limit: int = 100) -> Any:
    require(scope_of(request), "contract.read")
    rows = reads.handovers(scope_of(request))
    return page_of(
        rows.filter(person__username=person) if person else rows, handover_out, after=after, limit=limit
    )


@router.post(
    "/people/{username}/hand-over", response={201: HandOverOut}, summary="Give a person's contracts to others"
)
def hand_over(request: HttpRequest, username: str, body: HandOverIn) -> Any:
    """All of the moves are done, or none."""
    scope = scope_of(request)
    require(scope, "contract.edit")
    person = reads.who_holds(scope, username)
    moves = {each.contract_id: reads.find_person(each.to) for each in body.moves}
    batch = acts.hand_over(by=person_of(request), person=person, moves=moves, on=body.on, via="api")
    return Status(201, handover_out(batch))


@router.post("/contracts/assign", response={201: HandOverOut}, summary="One person for several places")
def assign(request: HttpRequest, body: AssignIn) -> Any:
    scope = scope_of(request)
    require(scope, "contract.edit")
    rows = list(place_reads.visible_places(scope).filter(id__in=body.place_ids))
    if len(rows) != len(set(body.place_ids)):
        raise Problem("access.not_found")
    batch = acts.assign_places(
        by=person_of(request), places=rows, person=reads.find_person(body.person), kind=body.kind,
        from_day=body.from_day, to_day=body.to_day, via="api",
    )  # fmt: skip
    return Status(201, handover_out(batch))


@router.post("/handovers/{batch_id}/undo", response=HandOverOut, summary="Take a hand-over back")
def undo_hand_over(request: HttpRequest, batch_id: UUID, version: int | None = None) -> Any:
    row = reads.handover(scope_of(request), batch_id)
    return handover_out(acts.undo_hand_over(by=person_of(request), batch=row, version=version, via="api"))


@router.get("/areas/{code}/gaps", response=GapsOut, summary="What nobody answers for")
def gaps(request: HttpRequest, code: str, level: str = "committee") -> Any:
    require(scope_of(request), "contract.read")
    return reads.gaps(scope_of(request), area=place_reads.area(code).code, level=level)
