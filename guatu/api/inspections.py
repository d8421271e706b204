"""Rounds of inspections and their teams, for machines. Visits and orders: inspection_visits.py."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.inspections.acts import course
from guatu.inspections.acts import rounds as acts
from guatu.inspections.acts import teams as team_acts
from guatu.inspections.acts.shared import settings_for
from guatu.inspections.models import Round, Visit
from guatu.inspections.reads import choosing
from guatu.inspections.reads import rounds as reads
from guatu.inspections.reads import visits as visit_reads
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.places import reads as place_reads
from guatu.units.reads import find_person, find_unit

router = Router(tags=["inspections"])


class ProgressOut(Schema):
    """done: judged; missed: gone to, but not open or gone; left: still to go to."""

    total: int
    done: int
    missed: int
    skipped: int
    left: int
    percent: int
    outcomes: dict[str, int]


class RoundOut(Schema):
    """A round. status: draft running closed cancelled. checklist: editions of norms; empty: what holds for each place."""

    id: UUID
    number: str
    name: str
    campaign: str
    area: str
    unit: str
    status: str
    starts_on: dt.date
    ends_on: dt.date
    checklist: list[str]
    note: str
    drawn: bool
    progress: ProgressOut
    version: int


class RoundIn(Schema):
    """A round to open. area: code ("" the campaign's); unit: code or name."""

    campaign: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    area: str = ""
    unit: str = ""
    checklist: list[UUID] = Field(default_factory=list)
    note: str = ""


class RoundPatch(Schema):
    """What to change; what is left out stays."""

    version: int
    name: str | None = None
    area: str | None = None
    unit: str | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    checklist: list[UUID] | None = None
    note: str | None = None


class StepIn(Schema):
    reason: str = ""
    version: int | None = None


class ChooseIn(Schema):
    """Which places. industries kinds risks areas: any of them; zone: code; last_before: last visited before or never;
    contracted: user name; shift: open in the hours of day or night; numbers: numbers or whole names; preview: only count."""

    industries: list[str] = Field(default_factory=list)
    kinds: list[str] = Field(default_factory=list)
    risks: list[str] = Field(default_factory=list)
    areas: list[str] = Field(default_factory=list)
    zone: str = ""
    last_before: dt.date | None = None
    never: bool = False
    open_orders: bool = False
    contracted: str = ""
    shift: str = ""
    picked: list[UUID] = Field(default_factory=list)
    numbers: list[str] = Field(default_factory=list)
    without: list[UUID] = Field(default_factory=list)
    minutes: int | None = Field(default=None, ge=1, le=480)
    preview: bool = False


class ChosenOut(Schema):
    """What choosing did or would do. undo: the id that takes it back; closed: not open in the shift; unknown: hours that
    nobody can read; missing: numbers that no place has."""

    new: int
    already: int
    closed: int
    unknown: int
    shut: int
    missing: list[str]
    undo: UUID | None


class AssignIn(Schema):
    """Visits given to a team by hand; team null: to nobody."""

    visits: list[UUID]
    team: UUID | None = None


def round_out(row: Round, found: dict[UUID, Any] | None = None) -> dict[str, Any]:
    progress = (found or reads.progress_of([row]))[row.pk]
    names = ("id", "number", "name", "area", "status", "starts_on", "ends_on", "checklist", "note", "version")
    return {
        **{name: getattr(row, name) for name in names}, "campaign": row.campaign.code, "drawn": bool(row.draw.get("picked")),
        "unit": row.unit.code if row.unit is not None else "",
        "progress": {name: getattr(progress, name) for name in ProgressOut.model_fields},
    }  # fmt: skip


@router.get("/inspections/rounds", response=PageOut[RoundOut], summary="检查轮次 · Rounds of inspections")
def rounds(
    request: HttpRequest,
    campaign: str = "",
    status: str = "",
    area: str = "",
    after: str = "",
    limit: int = 100,
) -> Any:
    """Rounds you may see. campaign: code; area: a code, everything inside it."""
    scope = scope_of(request)
    require(scope, reads.READ)
    rows = reads.rounds(scope)
    rows = rows.filter(campaign=campaign_of(request, campaign)) if campaign else rows
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(within("area", area)) if area else rows
    page = page_of(rows, lambda row: row, after=after, limit=limit)
    found = reads.progress_of(page["items"])
    return {"items": [round_out(row, found) for row in page["items"]], "next": page["next"]}


@router.get("/inspections/rounds/{round_id}", response=RoundOut, summary="One round")
def one_round(request: HttpRequest, round_id: UUID) -> Any:
    return round_out(reads.round_of(scope_of(request), round_id))


@router.post("/inspections/rounds", response={201: RoundOut}, summary="Open a round")
def open_round(request: HttpRequest, body: RoundIn) -> Any:
    values = body.dict()
    campaign = campaign_of(request, values.pop("campaign"))
    named = values.pop("unit")
    unit = find_unit(named) if named else None
    return Status(
        201,
        round_out(acts.open_round(by=person_of(request), campaign=campaign, unit=unit, via="api", **values)),
    )


@router.patch("/inspections/rounds/{round_id}", response=RoundOut, summary="Change a round")
def change_round(request: HttpRequest, round_id: UUID, body: RoundPatch) -> Any:
    """Answers 409 `kernel.stale` when somebody changed it meanwhile."""
    row = reads.round_of(scope_of(request), round_id)
    given = body.dict(exclude_unset=True)
    version = given.pop("version")
    if "unit" in given:
        given["unit"] = find_unit(given["unit"]) if given["unit"] else None
    return round_out(
        acts.edit_round(by=person_of(request), round=row, changes=given, version=version, via="api")
    )


@router.post("/inspections/rounds/{round_id}/places", response=ChosenOut, summary="Choose places by criteria")
def choose(request: HttpRequest, round_id: UUID, body: ChooseIn) -> Any:
    """Adds what is new; `preview` only counts. `undo` is for DELETE …/places/{undo}."""
    row = reads.round_of(scope_of(request), round_id)
    wanted = acts.read_criteria(criteria_data(body))
    if body.preview:
        require(scope_of(request), reads.EDIT)
        found = choosing.candidates(
            scope_of(request), row, wanted, body.minutes or settings_for(row.campaign).minutes
        )
        return _chosen(found, None)
    done = acts.choose_places(
        by=person_of(request), round=row, criteria=wanted, minutes=body.minutes, via="api"
    )
    return _chosen(done.choice, done.act_id)


def criteria_data(body: ChooseIn) -> dict[str, Any]:
    names = (
        "industries",
        "kinds",
        "risks",
        "areas",
        "zone",
        "last_before",
        "never",
        "open_orders",
        "shift",
        "numbers",
    )
    said = {name: getattr(body, name) for name in names}
    person = str(find_person(body.contracted).pk) if body.contracted else ""
    return {
        **said,
        "contracted": person,
        "picked": [str(key) for key in body.picked],
        "without": [str(key) for key in body.without],
    }


def _chosen(found: Any, undo: UUID | None) -> dict[str, Any]:
    names = ("already", "closed", "unknown", "shut")
    return {
        **{name: getattr(found, name) for name in names},
        "new": len(found.new),
        "missing": list(found.missing),
        "undo": undo,
    }


@router.delete(
    "/inspections/rounds/{round_id}/places/{act_id}", response=dict[str, int], summary="Take a choice back"
)
def unchoose(request: HttpRequest, round_id: UUID, act_id: UUID) -> Any:
    row = reads.round_of(scope_of(request), round_id)
    return {"removed": acts.undo_choosing(by=person_of(request), round=row, act_id=act_id, via="api")}


@router.post(
    "/inspections/rounds/{round_id}/assign", response=dict[str, int], summary="Give places to a team by hand"
)
def assign(request: HttpRequest, round_id: UUID, body: AssignIn) -> Any:
    scope = scope_of(request)
    row = reads.round_of(scope, round_id)
    team = reads.team_of(scope, body.team) if body.team else None
    visits = list(visit_reads.visits(scope).filter(round=row, pk__in=body.visits[:1000]))
    return {"assigned": team_acts.assign_visits(by=person_of(request), visits=visits, team=team, via="api")}


_STEPS: dict[str, Any] = {
    "start": course.start_round,
    "close": course.close_round,
    "cancel": course.cancel_round,
    "reopen": course.reopen_round,
}


@router.post(
    "/inspections/rounds/{round_id}/steps/{round_step}",
    response=RoundOut,
    summary="start, close, cancel or reopen a round",
)
def step(request: HttpRequest, round_id: UUID, round_step: str, body: StepIn) -> Any:
    """close needs a reason when places are left; cancel always."""
    row = reads.round_of(scope_of(request), round_id)
    act = _STEPS.get(round_step)
    if act is None:
        raise Problem("access.not_found")
    more: dict[str, Any] = {"reason": body.reason} if round_step in ("close", "cancel") else {}
    return round_out(act(by=person_of(request), round=row, version=body.version, via="api", **more))


class AddIn(Schema):
    place: UUID
    team: UUID | None = None
    minutes: int | None = Field(default=None, ge=1, le=480)


@router.post(
    "/inspections/rounds/{round_id}/visits", response={201: dict[str, UUID]}, summary="Add one place"
)
def add_visit(request: HttpRequest, round_id: UUID, body: AddIn) -> Any:
    scope = scope_of(request)
    row = reads.round_of(scope, round_id)
    team = reads.team_of(scope, body.team) if body.team else None
    place = place_reads.place(scope, body.place)
    visit: Visit = acts.add_visit(
        by=person_of(request), round=row, place=place, team=team, minutes=body.minutes, via="api"
    )
    return Status(201, {"id": visit.id})
