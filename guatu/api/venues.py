"""Venue codes for machines: listed, applied for, decided on, scanned at a gate; people counted."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.kernel import clock
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.places import reads as place_reads
from guatu.venues.acts import codes as acts
from guatu.venues.acts import scans as scan_acts
from guatu.venues.models import Headcount, VenueCode
from guatu.venues.reads import codes as reads
from guatu.venues.reads import scans as scan_reads
from guatu.venues.rules import codes as rules
from guatu.venues.rules.scans import share

router = Router(tags=["venues"])


class CodeOut(Schema):
    """A venue code. status: applied, active, refused, withdrawn, revoked, ended or replaced. Days are included at both ends.
    posted: seen at the door, not seen, or null. token: what the square says; empty until it is approved. address: its page."""

    id: UUID
    place_id: UUID
    place: str
    area: str
    serial: str
    status: str
    reason: str
    applied_at: dt.datetime
    decided_at: dt.datetime | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    before_id: UUID | None
    posted: bool | None
    token: str
    address: str
    version: int


class CodeIn(Schema):
    """name, phone: of whoever asks at the place; sealed, never given out here. campaign: its code."""

    place_id: UUID
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=60)
    campaign: str = ""


class StepIn(Schema):
    """days: of an approval (365 unless said). reason: of a refusal or of taking back. version: of the code as it was read."""

    days: int = rules.VALID_DAYS
    reason: str = ""
    version: int | None = None


class ScanIn(Schema):
    """token: what was read. given: name, phone, id_card; only what a rule in force asks for is kept. source: kiosk or staff."""

    token: str = Field(max_length=200)
    source: Literal["kiosk", "staff"] = "kiosk"
    given: dict[str, str] = Field(default_factory=dict)
    at: dt.datetime | None = None


class ScanOut(Schema):
    """verdict: good, ended or revoked: what the code was worth at that time."""

    id: UUID
    place_id: UUID
    at: dt.datetime
    verdict: str


class CountIn(Schema):
    """People that went in from `from_at` until `until_at` (a day at most)."""

    place_id: UUID
    people: int = Field(ge=0, le=1_000_000)
    from_at: dt.datetime
    until_at: dt.datetime
    campaign: str = ""


class CountOut(Schema):
    """scans: good ones in the same time. percent: scans for a hundred people, at most 100; null when nobody was counted."""

    id: UUID
    place_id: UUID
    area: str
    from_at: dt.datetime
    until_at: dt.datetime
    people: int
    scans: int
    percent: float | None
    withdrawn: bool
    version: int


class SweepOut(Schema):
    """应扫尽扫 over counts: people, scans of the same times, the share in percent, how many counts."""

    people: int
    scans: int
    percent: float | None
    counts: int


def code_out(request: HttpRequest, row: VenueCode) -> dict[str, Any]:
    token = reads.token_of(row) if row.key_id else ""
    names = [name for name in CodeOut.model_fields if name not in ("place", "token", "address")]
    address = request.build_absolute_uri(reverse("public:venue", args=[token])) if token else ""
    return {
        **{name: getattr(row, name) for name in names},
        "place": row.place.name,
        "token": token,
        "address": address,
    }


def count_out(row: Headcount) -> dict[str, Any]:
    names = [name for name in CountOut.model_fields if name != "percent"]
    return {**{name: getattr(row, name) for name in names}, "percent": share(row.scans, row.people)}


@router.get("/venue-codes", response=PageOut[CodeOut], summary="场所码 · Venue codes")
def codes(
    request: HttpRequest,
    q: str = "",
    status: str = "",
    area: str = "",
    kind: str = "",
    ending: int | None = None,
    posted: bool | None = None,
    after: str = "",
    limit: int = 100,
) -> Any:
    """`q`: the beginning of a serial, or part of the place's name. `kind`: of place. `ending`: active ones that end within so many days."""
    require(scope_of(request), reads.READ)
    rows = reads.codes(scope_of(request))
    rows = reads.saying(rows, q[:100]) if q else rows
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(within("area", area)) if area else rows
    rows = rows.filter(place__kind=kind) if kind else rows
    rows = rows.filter(posted=posted) if posted is not None else rows
    if ending is not None:
        last = clock.today() + dt.timedelta(days=max(0, min(ending, rules.LONGEST_DAYS)))
        rows = rows.filter(status="active", valid_until__lte=last)
    return page_of(rows, lambda row: code_out(request, row), after=after, limit=limit)


@router.post("/venue-codes", response={201: CodeOut}, summary="申请场所码 · Apply for a code")
def apply(request: HttpRequest, body: CodeIn) -> Any:
    place = place_reads.place(scope_of(request), body.place_id)
    campaign = campaign_of(request, body.campaign) if body.campaign else None
    row = acts.apply_for_code(
        by=person_of(request), place=place, campaign=campaign, applicant={"name": body.name, "phone": body.phone},
        via="api",
    )  # fmt: skip
    return Status(201, code_out(request, row))


@router.get("/venue-codes/{uuid:code_id}", response=CodeOut, summary="One code")
def code(request: HttpRequest, code_id: UUID) -> Any:
    return code_out(request, reads.code_of(scope_of(request), code_id))


_STEPS = {
    "take_back": acts.take_back_application,
    "reinstate": acts.reinstate_code,
}
_WITH_REASON = {"refuse": acts.refuse_code, "revoke": acts.revoke_code}


@router.post(
    "/venue-codes/{uuid:code_id}/{venue_step}",
    response=CodeOut,
    summary="approve, refuse, take_back, revoke, reinstate, renew",
)
def step(request: HttpRequest, code_id: UUID, venue_step: str, body: StepIn) -> Any:
    """Nobody decides on an application of their own. `renew` answers the new application."""
    row = reads.code_of(scope_of(request), code_id)
    said: dict[str, Any] = {"by": person_of(request), "code": row, "via": "api"}
    if venue_step == "renew":
        return code_out(request, acts.renew_code(**said))
    said["version"] = body.version
    if venue_step == "approve":
        return code_out(request, acts.approve_code(days=body.days, **said))
    if venue_step in _WITH_REASON:
        return code_out(request, _WITH_REASON[venue_step](reason=body.reason, **said))
    if venue_step not in _STEPS:
        raise Problem("access.not_found")
    return code_out(request, _STEPS[venue_step](**said))


@router.post("/venue-scans", response={201: ScanOut}, summary="扫码登记 · A scan at a gate, or by staff")
def scan(request: HttpRequest, body: ScanIn) -> Any:
    """For gates and tills; people's own phones need no key, they open the page of the code."""
    row = reads.behind(body.token)
    require(scope_of(request), acts.COUNT, area=row.area)
    if body.at is not None and body.at > clock.now() + dt.timedelta(minutes=5):
        raise Problem("scan.in_future", at=f"{body.at:%Y-%m-%d %H:%M}")
    return Status(201, scan_acts.record_scan(code=row, given=body.given, source=body.source, at=body.at))


@router.get("/venue-counts", response=PageOut[CountOut], summary="人数清点 · People counted")
def counts(
    request: HttpRequest,
    area: str = "",
    place_id: UUID | None = None,
    withdrawn: bool = False,
    after: str = "",
    limit: int = 100,
) -> Any:
    require(scope_of(request), reads.READ)
    rows = scan_reads.counts_seen(scope_of(request)).filter(withdrawn=withdrawn)
    rows = rows.filter(within("area", area)) if area else rows
    rows = rows.filter(place=place_id) if place_id else rows
    return page_of(rows, count_out, after=after, limit=limit)


@router.get("/venue-counts/sweep", response=SweepOut, summary="应扫尽扫 · Scanned as it should be")
def sweep(
    request: HttpRequest, area: str = "", first: dt.date | None = None, last: dt.date | None = None
) -> Any:
    """Over the counts the caller may see, in an area, from a day until a day."""
    require(scope_of(request), reads.READ)
    found = reads.sweep(scope_of(request), area=area, first=first, last=last)
    return {"people": found.people, "scans": found.scans, "percent": found.percent, "counts": found.counts}


@router.post("/venue-counts", response={201: CountOut}, summary="清点人数 · Count people at a door")
def count(request: HttpRequest, body: CountIn) -> Any:
    place = place_reads.place(scope_of(request), body.place_id)
    campaign = campaign_of(request, body.campaign) if body.campaign else None
    row = scan_acts.count_people(
        by=person_of(request), place=place, people=body.people, from_at=body.from_at, until_at=body.until_at,
        campaign=campaign, via="api",
    )  # fmt: skip
    return Status(201, count_out(row))


@router.delete("/venue-counts/{uuid:count_id}", response=CountOut, summary="Take a count back")
def withdraw(request: HttpRequest, count_id: UUID, version: int | None = None) -> Any:
    row = scan_reads.count_of(scope_of(request), count_id)
    return count_out(scan_acts.withdraw_count(by=person_of(request), count=row, version=version, via="api"))
