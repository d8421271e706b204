"""Registers for machines: lists, entries with personal values masked, entering, correcting, opening with a reason."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.registers import acts, reads
from guatu.registers.models import Entry, Register

router = Router(tags=["registers"])


class ColumnIO(Schema):
    """A column. type: text number date yes choice phone id_card credit_code. personal: sealed, masked, never counted."""

    key: str
    label: str
    label_en: str = ""
    type: str = "text"
    personal: bool = False
    required: bool = False
    counted: bool = False
    choices: list[str] = Field(default_factory=list)


class RegisterOut(Schema):
    id: UUID
    code: str
    name: str
    name_en: str
    kind: str
    area: str
    key_field: str
    title_field: str
    columns: list[ColumnIO]
    parent: str | None
    purpose: str
    erase_on: dt.date | None
    version: int


class RegisterIn(Schema):
    """A register to open, or to set again. parent: the code of the register its entries belong to."""

    code: str
    name: str
    name_en: str = ""
    kind: str
    key_field: str
    title_field: str = ""
    columns: list[ColumnIO]
    parent: str = ""
    purpose: str = ""
    erase_on: dt.date | None = None


class EntryOut(Schema):
    """An entry; personal values are masked."""

    id: UUID
    register_code: str
    values: dict[str, str]
    area: str
    status: str
    parent_id: UUID | None
    entered_at: dt.datetime
    version: int


class EntryIn(Schema):
    """An entry to make. parent: the key of an entry of the register above."""

    values: dict[str, Any]
    area: str = ""
    parent: str = ""


class EnterIn(Schema):
    """Entries to make in one deed (all or none). update: change those known instead of refusing."""

    entries: list[EntryIn]
    update: bool = False


class EnteredOut(Schema):
    created: list[UUID]
    changed: list[UUID]
    same: list[UUID]


class EntryPatch(Schema):
    """Values to correct; what is left out stays, an empty value is removed."""

    version: int
    values: dict[str, Any] = Field(default_factory=dict)
    area: str | None = None
    parent: str | None = None


class ReasonIn(Schema):
    reason: str
    version: int | None = None


class RevealIn(Schema):
    """Which personal columns to open, and why; a line in the sight log is written first."""

    columns: list[str]
    reason: str


def register_out(row: Register) -> dict[str, Any]:
    names = [name for name in RegisterOut.model_fields if name != "parent"]
    return {**{name: getattr(row, name) for name in names}, "parent": row.parent.code if row.parent else None}


def _entry(row: Entry, values: dict[str, str]) -> dict[str, Any]:
    names = [name for name in EntryOut.model_fields if name != "values"]
    return {**{name: getattr(row, name) for name in names}, "values": values}


def _one(row: Entry) -> dict[str, Any]:
    return _entry(row, reads.masked([row])[row.id])


@router.get("/{campaign}/registers", response=list[RegisterOut], summary="Registers")
def registers(request: HttpRequest, campaign: str) -> Any:
    require(scope_of(request), "register.read")
    return [register_out(row) for row in reads.registers(scope_of(request), campaign_of(request, campaign))]


@router.post("/{campaign}/registers", response={201: RegisterOut}, summary="Open a register")
def open_register(request: HttpRequest, campaign: str, body: RegisterIn) -> Any:
    found = campaign_of(request, campaign)
    said = body.model_dump()
    above = said.pop("parent")
    parent = reads.register(scope_of(request), found, above) if above else None
    row = acts.open_register(by=person_of(request), campaign=found, **said, parent=parent, via="api")
    return Status(201, register_out(row))


@router.get(
    "/{campaign}/registers/{code}/entries", response=PageOut[EntryOut], summary="Entries of a register"
)
def entries(
    request: HttpRequest, campaign: str, code: str, key: str = "", area: str = "", status: str = "current",
    after: str = "", limit: int = 100,
) -> Any:  # fmt: skip
    """key: exactly this key, also when it is personal. status: current, withdrawn, forgotten, or empty for all."""
    scope = scope_of(request)
    register = reads.register(scope, campaign_of(request, campaign), code)
    rows = reads.entries(scope, register)
    if key:
        found = reads.by_key(scope, register, key)
        rows = rows.filter(id=found.id) if found else rows.none()
    if status:
        rows = rows.filter(status=status)
    if area:
        rows = rows.filter(within("area", area))
    page = page_of(rows, lambda row: row, after=after, limit=limit)
    shown = reads.masked(page["items"])
    return {"items": [_entry(row, shown[row.id]) for row in page["items"]], "next": page["next"]}


@router.post("/{campaign}/registers/{code}/entries", response={201: EnteredOut}, summary="Enter one or many")
def enter(request: HttpRequest, campaign: str, code: str, body: EnterIn) -> Any:
    register = reads.register(scope_of(request), campaign_of(request, campaign), code)
    drafts = [acts.Draft(each.values, each.area, each.parent) for each in body.entries]
    done = acts.enter(by=person_of(request), register=register, drafts=drafts, update=body.update, via="api")
    return Status(
        201,
        {
            "created": [row.id for row in done.created],
            "changed": [row.id for row, _before in done.changed],
            "same": [row.id for row in done.same],
        },
    )


@router.get("/registers/entries/{entry_id}", response=EntryOut, summary="One entry, masked")
def entry(request: HttpRequest, entry_id: UUID) -> Any:
    return _one(reads.entry(scope_of(request), entry_id))


@router.patch("/registers/entries/{entry_id}", response=EntryOut, summary="Correct an entry")
def correct(request: HttpRequest, entry_id: UUID, body: EntryPatch) -> Any:
    row = reads.entry(scope_of(request), entry_id)
    said = body.model_dump()
    row = acts.correct_entry(by=person_of(request), entry=row, **said, via="api")
    return _one(row)


@router.post(
    "/registers/entries/{entry_id}/reveal",
    response=dict[str, str],
    summary="Open personal values, with a reason",
)
def reveal(request: HttpRequest, entry_id: UUID, body: RevealIn) -> Any:
    row = reads.entry(scope_of(request), entry_id)
    return acts.reveal(by=person_of(request), entry=row, fields=body.columns, reason=body.reason)


@router.post(
    "/registers/entries/{entry_id}/{step}",
    response=EntryOut,
    summary="Withdraw an entry, or forget the person",
)
def leave(request: HttpRequest, entry_id: UUID, step: str, body: ReasonIn) -> Any:
    """step: withdraw, forget."""
    act = {"withdraw": acts.withdraw_entry, "forget": acts.forget_entry}.get(step)
    if act is None:
        raise Problem("access.not_found")
    row = reads.entry(scope_of(request), entry_id)
    return _one(act(by=person_of(request), entry=row, reason=body.reason, version=body.version, via="api"))
