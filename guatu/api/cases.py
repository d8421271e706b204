"""Cases for machines: list, report, every step of the lifecycle, the clock explained, results for the platform above."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.cases import acts, reads
from guatu.cases.acts.table import LIMITED, REASONED, STEPS, TIMELESS
from guatu.cases.models import Case
from guatu.cases.rules import steps_from
from guatu.kernel import clock
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

router = Router(tags=["cases"])


class LimitIO(Schema):
    """A time limit. unit: work_hour, work_day (8 working hours), urgent_hour, natural_day."""

    amount: Decimal
    unit: str


class ClockLine(Schema):
    """One line of the computation. kind: worked, running, assumed (the calendar does not reach so far)."""

    start: dt.datetime
    end: dt.datetime
    minutes: int
    left: int
    kind: str


class CaseOut(Schema):
    """A case. status: reported confirmed filed dispatched accepted treated handled verified closed returned held rejected
    void duplicate withdrawn."""

    id: UUID
    number: str
    upper_number: str
    source: str
    class_code: str
    title: str
    description: str
    area: str
    address: str
    lon: float | None
    lat: float | None
    status: str
    unit: str | None
    opened_at: dt.datetime
    dispatched_at: dt.datetime | None
    accepted_at: dt.datetime | None
    handled_at: dt.datetime | None
    verified_at: dt.datetime | None
    closed_at: dt.datetime | None
    limit: LimitIO | None
    due_at: dt.datetime | None
    due_provisional: bool
    late: bool
    minutes_used: int | None
    rework: int
    version: int


class StepOut(Schema):
    """One transition of a case."""

    step: str
    from_status: str
    to_status: str
    at: dt.datetime
    by: str | None
    unit: str | None
    note: str


class CaseDetail(CaseOut):
    """A case with its story and its clock. `next`: the steps it may take now, the usual one first."""

    clock: list[ClockLine]
    steps: list[StepOut]
    next: list[str]


class CaseIn(Schema):
    """A case to report. area or lon, lat (in `crs`: wgs84, cgcs2000, gcj02, bd09) is needed."""

    title: str
    source: str = "patrol"
    class_code: str = ""
    description: str = ""
    area: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    crs: str = "wgs84"
    upper_number: str = ""
    opened_at: dt.datetime | None = None


class StepIn(Schema):
    """What a step needs. version: of the case as it was read. unit: its code (dispatch). note: words; the reason for
    reject, return, hold, extend, rework, void, withdraw, reopen, reclassify, feed_back, contact. at: when it happened, if
    not now. result: solved or explained (feed_back). part: which, from 0 (stage). until: of a hold. public_note: what
    people outside are told (close). class_code: the new one (reclassify)."""

    version: int | None = None
    note: str = ""
    unit: str = ""
    limit: LimitIO | None = None
    at: dt.datetime | None = None
    result: str = "solved"
    part: int = 0
    until: dt.datetime | None = None
    public_note: str = ""
    class_code: str = ""


class CasePatch(Schema):
    """What to correct; what is left out stays."""

    version: int
    title: str | None = None
    description: str | None = None
    class_code: str | None = None
    source: str | None = None
    upper_number: str | None = None
    area: str | None = None
    address: str | None = None
    lon: float | None = None
    lat: float | None = None
    crs: str | None = None
    limit: LimitIO | None = None


class UpperLineOut(Schema):
    """One line of the file for the platform above. changed: columns that differ from what was last sent."""

    number: str
    content: dict[str, str]
    sent_before: bool
    changed: list[str]


class ExchangeOut(Schema):
    id: UUID
    number: str
    sent_at: dt.datetime
    count: int
    whole: bool
    lines: list[dict[str, str]]


class ClassOut(Schema):
    scheme: str
    kind: str
    code: str
    name: str
    name_en: str
    limit: LimitIO | None
    needs_photo: bool


def _limit(amount: Decimal | None, unit: str) -> dict[str, Any] | None:
    return {"amount": amount, "unit": unit} if amount is not None else None


def case_out(row: Case) -> dict[str, Any]:
    plain = [name for name in CaseOut.model_fields if name not in ("unit", "limit")]
    return {
        **{name: getattr(row, name) for name in plain},
        "unit": row.unit.code if row.unit is not None else None,
        "limit": _limit(row.limit_amount, row.limit_unit),
    }


def _detail(row: Case) -> dict[str, Any]:
    told = [
        {"step": step.step, "from_status": step.from_status, "to_status": step.to_status, "at": step.at,
         "by": step.by.name if step.by else None, "unit": step.unit.code if step.unit else None, "note": step.note}
        for step in reversed(reads.steps(row))
    ]  # fmt: skip
    return {**case_out(row), "clock": row.due_lines, "steps": told, "next": list(steps_from(row.status))}


@router.get("/{campaign}/cases", response=PageOut[CaseOut], summary="Cases")
def cases(
    request: HttpRequest, campaign: str, status: str = "", source: str = "", area: str = "", view: str = "",
    late: bool | None = None, after: str = "", limit: int = 100,
) -> Any:  # fmt: skip
    """view: mine, unit, unassigned, today, late, check (as the tabs of the list). status: several with commas."""
    person = person_of(request)
    require(person.scope, "case.read")
    rows = reads.cases(person.scope, campaign_of(request, campaign))
    if status:
        rows = rows.filter(status__in=status.split(","))
    if source:
        rows = rows.filter(source=source)
    if area:
        rows = rows.filter(within("area", area))
    if late is not None:
        rows = rows.filter(late=late)
    if view in reads.VIEWS:
        rows = reads.view(rows, view, person)
    return page_of(rows, case_out, after=after, limit=limit)


@router.get("/{campaign}/cases/classes", response=list[ClassOut], summary="Classes of cases and their limits")
def classes(request: HttpRequest, campaign: str) -> Any:
    require(scope_of(request), "case.read")
    return [
        {"scheme": row.scheme, "kind": row.kind, "code": row.code, "name": row.name, "name_en": row.name_en,
         "limit": _limit(row.limit_amount, row.limit_unit), "needs_photo": row.needs_photo}
        for row in reads.classes(campaign_of(request, campaign))
    ]  # fmt: skip


@router.post("/{campaign}/cases", response={201: CaseDetail}, summary="Report a case")
def report(request: HttpRequest, campaign: str, body: CaseIn) -> Any:
    said = body.model_dump()
    opened_at = said.pop("opened_at")
    draft = acts.Draft(**said, opened_at=clock.local(opened_at) if opened_at else None)
    row = acts.report_case(
        by=person_of(request), campaign=campaign_of(request, campaign), draft=draft, via="api"
    )
    return Status(
        201, _detail(reads.case(scope_of(request), row.id) if scope_of(request).may("case.read") else row)
    )


@router.get("/{campaign}/cases/exchange", response=list[UpperLineOut], summary="What waits to be told above")
def waiting(request: HttpRequest, campaign: str, source: str = "city_platform") -> Any:
    found = campaign_of(request, campaign)
    require(scope_of(request), "case.export", area=found.area)
    return [
        {
            "number": line.number,
            "content": line.content,
            "sent_before": line.sent_before,
            "changed": list(line.changed),
        }
        for line in reads.waiting_to_send(scope_of(request), found, source)
    ]


@router.post(
    "/{campaign}/cases/exchange", response={201: ExchangeOut}, summary="Make the file for the platform above"
)
def send(request: HttpRequest, campaign: str, source: str = "city_platform", everything: bool = False) -> Any:
    row = acts.send_upward(
        by=person_of(request),
        campaign=campaign_of(request, campaign),
        source=source,
        everything=everything,
        via="api",
    )
    return Status(201, {
        "id": row.id, "number": row.number, "sent_at": row.sent_at, "count": row.count, "whole": row.whole,
        "lines": [line.content for line in row.lines.order_by("case__number")],
    })  # fmt: skip


@router.get("/cases/{case_id}", response=CaseDetail, summary="One case, its clock and its story")
def case(request: HttpRequest, case_id: UUID) -> Any:
    return _detail(reads.case(scope_of(request), case_id))


@router.patch("/cases/{case_id}", response=CaseDetail, summary="Correct a case")
def correct(request: HttpRequest, case_id: UUID, body: CasePatch) -> Any:
    row = reads.case(scope_of(request), case_id)
    said = {name: value for name, value in body.model_dump(exclude={"version"}).items() if value is not None}
    if "limit" in said:
        said["limit"] = (said["limit"]["amount"], said["limit"]["unit"])
    acts.correct_case(by=person_of(request), case=row, changes=said, version=body.version, via="api")
    return _detail(reads.case(scope_of(request), case_id))


@router.post(
    "/cases/{case_id}/photos", response=CaseDetail, summary="Add photos taken before, or report it as handled"
)
def photos(
    request: HttpRequest,
    case_id: UUID,
    photos: File[list[UploadedFile]],
    purpose: Form[str] = "before",
    note: Form[str] = "",
    version: Form[int | None] = None,
) -> Any:  # fmt: skip
    """purpose `before` adds photos; `after` reports the case as handled with them (multipart, field `photos`)."""
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    if purpose == "after":
        acts.handle_case(by=person, case=row, note=note, photos=photos, version=version, via="api")
    else:
        acts.add_before(by=person, case=row, photos=photos, via="api")
    return _detail(reads.case(person.scope, case_id))


@router.post("/cases/{case_id}/{step}", response=CaseDetail, summary="Take a step of the lifecycle")
def take_step(request: HttpRequest, case_id: UUID, step: str, body: StepIn) -> Any:
    """step: confirm file reject dispatch recall accept return hold extend resume stage handle feed_back pass rework close
    void withdraw reopen contact reclassify. return, hold, extend and void ask for approval (see requests)."""
    if step not in STEPS:
        raise Problem("access.not_found")
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    STEPS[step](by=person, case=row, **_given(step, body))
    return _detail(reads.case(person.scope, case_id))


def _given(step: str, body: StepIn) -> dict[str, Any]:
    """The arguments of the act, from what was sent."""
    given: dict[str, Any] = {
        "reason" if step in REASONED else "note": body.note,
        "version": body.version,
        "via": "api",
    }
    if body.at is not None and step not in TIMELESS:
        given["effective_at"] = clock.local(body.at)
    if step in LIMITED:
        given["limit"] = (body.limit.amount, body.limit.unit) if body.limit else None
    if step == "dispatch":
        unit = Unit.objects.filter(code=body.unit).first()
        if unit is None:
            raise Problem("case.unknown_unit", unit=body.unit)
        given["unit"] = unit
    more: dict[str, dict[str, Any]] = {
        "pass": {"passed": True},
        "rework": {"passed": False},
        "hold": {"until": clock.local(body.until) if body.until else None},
        "stage": {"part": body.part},
        "feed_back": {"result": body.result},
        "close": {"public_note": body.public_note},
        "reclassify": {"class_code": body.class_code},
    }
    return given | more.get(step, {})
