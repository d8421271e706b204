"""Activities for machines: clean days, drills and their parts, meetings, receptions, care visits."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.api.tasks import unit_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.places.reads import resolve
from guatu.tasks import acts, reads
from guatu.tasks.models import Activity

router = Router(tags=["activities"])


class ActivityOut(Schema):
    """Something held at a time with people. parent: the number of what it is a part of; results: name → number."""

    id: UUID
    number: str
    kind: str
    name: str
    unit: str
    area: str
    address: str
    held_on: dt.date
    starts_at: dt.time | None
    ends_at: dt.time | None
    parent: str
    status: str
    headcount: int | None
    results: dict[str, Any]
    note: str
    version: int


class ActivityIn(Schema):
    """An activity to plan. unit: code; parent: number of the activity it is a part of."""

    kind: str
    name: str
    held_on: dt.date
    number: str = ""
    unit: str = ""
    area: str = ""
    address: str = ""
    starts_at: dt.time | None = None
    ends_at: dt.time | None = None
    parent: str = ""
    note: str = ""


class HeldIn(Schema):
    """What came of an activity."""

    headcount: int | None = None
    results: dict[str, float] = Field(default_factory=dict)
    note: str = ""
    version: int | None = None


class CancelIn(Schema):
    reason: str
    version: int | None = None


def activity_out(row: Activity) -> dict[str, Any]:
    names = [name for name in ActivityOut.model_fields if name not in ("unit", "parent")]
    return {
        **{name: getattr(row, name) for name in names},
        "unit": row.unit.code if row.unit else "",
        "parent": row.parent.number if row.parent else "",
    }


@router.get("/campaigns/{code}/activities", response=PageOut[ActivityOut], summary="Activities of a campaign")
def activities(
    request: HttpRequest,
    code: str,
    kind: str = "",
    status: str = "",
    first: dt.date | None = None,
    last: dt.date | None = None,
    after: str = "",
    limit: int = 100,
) -> Any:
    require(scope_of(request), "activity.read")
    rows = reads.activities(scope_of(request), campaign_of(request, code))
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(held_on__gte=first) if first else rows
    rows = rows.filter(held_on__lte=last) if last else rows
    return page_of(rows, activity_out, after=after, limit=limit)


@router.post("/campaigns/{code}/activities", response={201: ActivityOut}, summary="Plan an activity")
def plan(request: HttpRequest, code: str, body: ActivityIn) -> Any:
    campaign = campaign_of(request, code)
    values = body.dict()
    values["unit"] = unit_of(values["unit"]) if values["unit"] else None
    values["area"] = resolve(values["area"], inside=campaign.area) if values["area"] else ""
    above = values["parent"]
    values["parent"] = (
        reads.activities(scope_of(request), campaign).filter(number=above).first() if above else None
    )
    if above and values["parent"] is None:
        raise Problem("task.other_campaign", what=above)
    row = acts.plan_activity(by=person_of(request), campaign=campaign, via="api", **values)
    return Status(201, activity_out(row))


@router.get("/activities/{activity_id}", response=ActivityOut, summary="One activity")
def activity(request: HttpRequest, activity_id: UUID) -> Any:
    return activity_out(reads.activity(scope_of(request), activity_id))


@router.post("/activities/{activity_id}/held", response=ActivityOut, summary="Record that it was held")
def held(request: HttpRequest, activity_id: UUID, body: HeldIn) -> Any:
    row = reads.activity(scope_of(request), activity_id)
    return activity_out(acts.hold_activity(by=person_of(request), activity=row, via="api", **body.dict()))


@router.post("/activities/{activity_id}/cancelled", response=ActivityOut, summary="It will not be held")
def cancel(request: HttpRequest, activity_id: UUID, body: CancelIn) -> Any:
    row = reads.activity(scope_of(request), activity_id)
    return activity_out(acts.cancel_activity(by=person_of(request), activity=row, via="api", **body.dict()))
