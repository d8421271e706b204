"""Areas and places for machines."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.access import within as lying_in
from guatu.places import acts, reads
from guatu.places.models import Area, Place
from guatu.places.reads.locating import locate
from guatu.units import reads as unit_reads

router = Router(tags=["places"])


class AreaOut(Schema):
    """An area. `shaped`: a real border is known; otherwise maps show a tile."""

    code: str
    name: str
    level: str
    parent: str
    shaped: bool


class AreaPath(Schema):
    code: str
    name: str


class PlaceOut(Schema):
    """A place. lon, lat: WGS 84; source_*: the point as it was given and its system. within_id: the building or market it is
    in. risk: high, medium, low or "". shut_at: shut by an order that stands. The contact never leaves through this door."""

    id: UUID
    number: str
    kind: str
    name: str
    area: str
    area_name: str
    address: str
    lon: float | None
    lat: float | None
    source_crs: str
    source_x: float | None
    source_y: float | None
    opening_hours: str
    capacity: Decimal | None
    attributes: dict[str, Any]
    opened_on: dt.date | None
    closed_on: dt.date | None
    within_id: UUID | None
    road: str
    industry: str
    risk: str
    has_contact: bool
    surveyed_on: dt.date | None
    shut_at: dt.datetime | None
    withdrawn: bool
    campaign_id: UUID | None
    version: int


class PlaceIn(Schema):
    """A place to register. area: code or name; x, y in the coordinate system `system`; one of both is needed, or within_id: the
    building or market it is in. contact_*: sealed at once."""

    name: str
    kind: str
    number: str = ""
    area: str = ""
    x: float | None = None
    y: float | None = None
    system: str = "wgs84"
    address: str = ""
    opening_hours: str = ""
    capacity: Decimal | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None
    within_id: UUID | None = None
    road: str = ""
    industry: str = ""
    risk: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    campaign: str = ""


class PlacePatch(Schema):
    """What to change; what is left out stays. version: of the place as it was read."""

    version: int
    name: str | None = None
    kind: str | None = None
    number: str | None = None
    area: str | None = None
    x: float | None = None
    y: float | None = None
    system: str = "wgs84"
    address: str | None = None
    opening_hours: str | None = None
    capacity: Decimal | None = None
    attributes: dict[str, Any] | None = None
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None
    within_id: UUID | None = None
    road: str | None = None
    industry: str | None = None
    risk: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None


def place_out(row: Place) -> dict[str, Any]:
    names = [field for field in PlaceOut.model_fields if field not in ("area_name", "has_contact", "shut_at")]
    return {
        **{name: getattr(row, name) for name in names},
        "area_name": reads.name_of(row.area),
        "has_contact": bool(row.contact),
        "shut_at": clock.local(row.shut_at) if row.shut_at is not None else None,
    }


def _line(line: reads.AreaLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("code", "name", "level", "parent", "shaped")}


@router.get("/areas", response=list[AreaOut], summary="Areas below another, or by name and code")
def areas(request: HttpRequest, parent: str = "", q: str = "", limit: int = 100) -> Any:
    """`parent`: the areas directly below this code. `q`: beginning of a code, or part of a name."""
    require(scope_of(request), "place.read")
    found = (
        reads.search_areas(q, inside=parent, most=max(1, min(limit, 500))) if q else reads.children(parent)
    )
    return [_line(line) for line in found]


@router.get("/areas/at", response=list[AreaPath], summary="Which areas contain this point")
def areas_at(request: HttpRequest, lon: float, lat: float, system: str = "wgs84") -> Any:
    """Widest first; empty when the point lies in no area on record."""
    require(scope_of(request), "place.read")
    where = locate(area="", x=lon, y=lat, system=system)
    return [{"code": code, "name": name} for code, name in reads.path_of(where.area)]


@router.get("/areas/{code}", response=AreaOut, summary="One area")
def area(request: HttpRequest, code: str) -> Any:
    require(scope_of(request), "place.read")
    row: Area = reads.area(code)
    return {
        "code": row.code,
        "name": row.name,
        "level": row.level,
        "parent": row.parent,
        "shaped": row.shape is not None,
    }


@router.get("/areas/{code}/map", response=dict[str, Any], summary="The areas below one, as GeoJSON")
def area_map(request: HttpRequest, code: str) -> Any:
    """Real borders, or labelled tiles (`tile: true`) where none is known; never an invented border."""
    require(scope_of(request), "place.read")
    row = reads.area(code)
    return reads.map_answer(reads.map_areas(scope_of(request), row.code), label=row.name)


@router.get("/places", response=PageOut[PlaceOut], summary="Places")
def places(
    request: HttpRequest,
    area: str = "",
    kind: str = "",
    q: str = "",
    within: UUID | None = None,
    road: str = "",
    industry: str = "",
    risk: str = "",
    state: Literal["", "open", "closed", "shut"] = "",
    contracted: bool | None = None,
    surveyed: Literal["", "today", "left"] = "",
    withdrawn: bool = False,
    after: str = "",
    limit: int = 100,
) -> Any:
    """`area`: a code; everything inside it. `q`: part of name or address, or the whole number. `within`: what is in a building.
    `contracted`: has a running contract of its own. `surveyed`: today, or left to survey today."""
    require(scope_of(request), "place.read")
    rows = reads.visible_places(scope_of(request)).filter(withdrawn=withdrawn)
    rows = rows.filter(lying_in("area", area)) if area else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(Q(name__icontains=q) | Q(address__icontains=q) | Q(number=q)) if q else rows
    equal = {"within": within, "road": road, "industry": industry, "risk": risk}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if state:
        rows = {
            "open": rows.filter(closed_on=None, shut_at=None),
            "closed": rows.exclude(closed_on=None),
            "shut": rows.exclude(shut_at=None),
        }[state]
    rows = rows if contracted is None else unit_reads.places_with(rows, contracted)
    if surveyed == "today":
        rows = rows.filter(surveyed_on=clock.today())
    elif surveyed == "left":
        rows = reads.to_survey(rows).exclude(surveyed_on=clock.today())
    return page_of(rows, place_out, after=after, limit=limit)


@router.get("/places/{place_id}", response=PlaceOut, summary="One place")
def place(request: HttpRequest, place_id: UUID) -> Any:
    return place_out(reads.place(scope_of(request), place_id))


@router.post("/places", response={201: PlaceOut}, summary="Register a place")
def register(request: HttpRequest, body: PlaceIn) -> Any:
    values = body.dict()
    code = values.pop("campaign")
    campaign = campaign_of(request, code) if code else None
    contact = {"name": values.pop("contact_name"), "phone": values.pop("contact_phone")}
    within_id = values.pop("within_id")
    values["within"] = reads.place(scope_of(request), within_id) if within_id else None
    return Status(
        201,
        place_out(
            acts.register_place(
                by=person_of(request), campaign=campaign, contact=contact, via="api", **values
            )
        ),
    )


@router.patch("/places/{place_id}", response=PlaceOut, summary="Change or move a place")
def change(request: HttpRequest, place_id: UUID, body: PlacePatch) -> Any:
    """Answers 409 `kernel.stale` when somebody changed it meanwhile."""
    row = reads.place(scope_of(request), place_id)
    given = body.dict(exclude_unset=True)
    version = given.pop("version")
    where = None
    if {"area", "x", "y"} & set(given):
        where = locate(
            area=given.pop("area", None) or "",
            x=given.pop("x", None),
            y=given.pop("y", None),
            system=body.system,
        )
    given.pop("system", None)
    if "within_id" in given:
        within_id = given.pop("within_id")
        given["within"] = reads.place(scope_of(request), within_id) if within_id else None
    contact = None
    if {"contact_name", "contact_phone"} & set(given):
        contact = {
            "name": given.pop("contact_name", None) or "",
            "phone": given.pop("contact_phone", None) or "",
        }
    changed = acts.edit_place(
        by=person_of(request),
        place=row,
        changes=given,
        where=where,
        contact=contact,
        version=version,
        via="api",
    )
    return place_out(changed)


@router.delete("/places/{place_id}", response=PlaceOut, summary="Withdraw a place")
def withdraw(request: HttpRequest, place_id: UUID, version: int | None = None) -> Any:
    """The record and its story stay; only the map and the lists no longer show it."""
    row = reads.place(scope_of(request), place_id)
    return place_out(acts.withdraw_place(by=person_of(request), place=row, version=version, via="api"))


class StepIn(Schema):
    """on: the day (default: today). version: of the place as it was read."""

    on: dt.date | None = None
    version: int | None = None


@router.post("/places/{place_id}/close", response=PlaceOut, summary="It is out of business")
def close(request: HttpRequest, place_id: UUID, body: StepIn) -> Any:
    row = reads.place(scope_of(request), place_id)
    return place_out(
        acts.close_place(by=person_of(request), place=row, on=body.on, version=body.version, via="api")
    )


@router.post("/places/{place_id}/open", response=PlaceOut, summary="It is in business again")
def open_again(request: HttpRequest, place_id: UUID, body: StepIn) -> Any:
    row = reads.place(scope_of(request), place_id)
    return place_out(acts.open_place(by=person_of(request), place=row, version=body.version, via="api"))


@router.post("/places/{place_id}/restore", response=PlaceOut, summary="Put a withdrawn place back")
def restore(request: HttpRequest, place_id: UUID, body: StepIn) -> Any:
    row = reads.place(scope_of(request), place_id)
    return place_out(acts.restore_place(by=person_of(request), place=row, version=body.version, via="api"))
