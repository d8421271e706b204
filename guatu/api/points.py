"""Service points for machines: the list, one, a report of its line, the day's curve."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, page_of, person_of, scope_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.venues.acts import points as acts
from guatu.venues.models import PointReport, ServicePoint
from guatu.venues.reads import points as reads
from guatu.venues.rules import points as rules

router = Router(tags=["points"])


class PointOut(Schema):
    """A service point. kind: sampling, vaccination or supply. status: open, paused or ended. queue: people in line as last
    reported at queue_at; fresh: not longer than 45 minutes ago; wait_minutes: for whoever joins now. served: today.
    stock: item → {have, low, unit}. limit: people in line above which somebody is told; 0: never."""

    id: UUID
    number: str
    kind: str
    campaign: str
    place_id: UUID
    name: str
    address: str
    area: str
    unit: str
    lon: float | None
    lat: float | None
    hours: str
    lanes: int
    per_hour: int
    limit: int
    public: bool
    status: str
    pause_reason: str
    queue: int | None
    queue_at: dt.datetime | None
    fresh: bool
    wait_minutes: int | None
    over_limit: bool
    served: int
    stock: dict[str, dict[str, Any]]
    low: list[str]
    posts: list[dict[str, Any]]
    version: int


class ReportIn(Schema):
    """At least one of queue (people in line), served (today so far), stock (item → change: + came in, − used). at: when it was
    counted (default: now). source: staff, or counter for a device at the door."""

    queue: int | None = Field(None, ge=0, le=rules.MOST_PEOPLE)
    served: int | None = Field(None, ge=0, le=rules.MOST_PEOPLE)
    stock: dict[str, int] = Field(default_factory=dict)
    at: dt.datetime | None = None
    source: str = Field("staff", pattern="^(staff|counter)$")


class ReportOut(Schema):
    """What was said of a point at a moment."""

    id: UUID
    point_id: UUID
    at: dt.datetime
    on_day: dt.date
    queue: int | None
    served: int | None
    stock: dict[str, int]
    source: str


class HourOut(Schema):
    """queue: the longest line reported in that hour; null: nothing was reported."""

    hour: int
    queue: int | None


class CurveOut(Schema):
    """The line of a day by hour, and the reports it is made of."""

    point_id: UUID
    day: dt.date
    limit: int
    hours: list[HourOut]
    reports: list[ReportOut]


def point_out(row: ServicePoint) -> dict[str, Any]:
    place = row.place
    return {
        "id": row.id, "number": row.number, "kind": row.kind, "campaign": row.campaign.code, "place_id": row.place_id,
        "name": place.name, "address": place.address, "area": row.area, "unit": row.unit.code if row.unit else "",
        "lon": place.lon, "lat": place.lat, "hours": place.opening_hours, "lanes": row.lanes, "per_hour": row.per_hour,
        "limit": row.limit, "public": row.public, "status": row.status, "pause_reason": row.pause_reason,
        "queue": row.queue, "queue_at": clock.local(row.queue_at) if row.queue_at else None,
        "fresh": rules.fresh(row.queue_at, clock.now()),
        "wait_minutes": rules.wait_minutes(row.queue, row.lanes, row.per_hour) if row.status == "open" else None,
        "over_limit": rules.over(row.queue, row.limit), "served": row.served if row.served_on == clock.today() else 0,
        "stock": row.stock, "low": rules.low(row.stock), "posts": row.posts, "version": row.version,
    }  # fmt: skip


def report_out(row: PointReport) -> dict[str, Any]:
    names = ("id", "point_id", "on_day", "queue", "served", "stock", "source")
    return {**{name: getattr(row, name) for name in names}, "at": clock.local(row.at)}


@router.get("/points", response=PageOut[PointOut], summary="服务点 · Service points")
def list_points(
    request: HttpRequest,
    kind: str = "",
    area: str = "",
    status: str = "",
    campaign: str = "",
    over: bool | None = None,
    after: str = "",
    limit: int = 100,
) -> Any:
    """Service points you may see. area: code, with what lies in it; over: only those over (or not over) their limit."""
    scope = scope_of(request)
    require(scope, reads.READ)
    rows = reads.points(scope).select_related("campaign")
    given = {"kind": kind, "area__startswith": area, "status": status, "campaign__code": campaign}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if over is not None:
        rows = rows.filter(over_since__isnull=not over)
    return page_of(rows, point_out, after=after, limit=limit)


@router.get("/points/{point_id}", response=PointOut, summary="一个服务点 · One service point")
def one_point(request: HttpRequest, point_id: UUID) -> Any:
    return point_out(reads.point_of(scope_of(request), point_id))


@router.post(
    "/points/{point_id}/reports", response={201: ReportOut}, summary="上报排队情况 · Report its line"
)
def report(request: HttpRequest, point_id: UUID, body: ReportIn) -> Any:
    """Say how long the line is. Whoever is on duty for its unit is told when it goes over its limit."""
    row = reads.point_of(scope_of(request), point_id)
    said = acts.report_point(by=person_of(request), point=row, **body.dict(), via="api")
    return Status(201, report_out(said))


@router.get("/points/{point_id}/curve", response=CurveOut, summary="一天的排队 · The line of a day")
def curve(request: HttpRequest, point_id: UUID, day: dt.date | None = None) -> Any:
    """By hour from 6 to 22, today when no day is given; times as Shanghai has them."""
    row = reads.point_of(scope_of(request), point_id)
    wanted = day or clock.today()
    hours = [{"hour": hour, "queue": queue} for hour, queue in reads.curve_of(row, wanted)]
    reports = [report_out(each) for each in reads.reports_of(row, wanted)]
    return {"point_id": row.id, "day": wanted, "limit": row.limit, "hours": hours, "reports": reports}
