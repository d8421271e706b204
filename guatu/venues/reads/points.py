"""What is asked about service points: lists, the day's curve, and where the shortest line is."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.places.rules import metres
from guatu.places.rules.hours import parse
from guatu.venues.facts import PointRow
from guatu.venues.models import PointReport, ServicePoint
from guatu.venues.rules import points as rules

READ = "point.read"


def points(scope: Scope) -> QuerySet[ServicePoint]:
    """Every service point a reader may see."""
    return ServicePoint.objects.filter(predicate(scope, READ)).select_related("place", "unit")


def point_of(scope: Scope, point_id: UUID | str) -> ServicePoint:
    """One point. Raises `access.not_found`, whether it is not there or not for this reader."""
    row = points(scope).filter(pk=point_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def points_seen(scope: Scope, wanted: Iterable[str]) -> dict[str, str]:
    """id → what it is called, of those the reader may see."""
    return {str(row.pk): row.place.name for row in points(scope).filter(pk__in=list(wanted))}


def reports_of(row: ServicePoint, day: dt.date) -> QuerySet[PointReport]:
    """What was said of a point on a day, in order."""
    return PointReport.objects.filter(point=row, on_day=day, withdrawn=False).order_by("at", "id")


def curve_of(row: ServicePoint, day: dt.date) -> list[tuple[int, int | None]]:
    """The day's line by hour."""
    said = reports_of(row, day).values_list("at", "queue")
    return rules.curve([(clock.local(at), queue) for at, queue in said])


@dataclass(frozen=True)
class Line:
    """A point as people outside see it."""

    row: ServicePoint
    open: bool | None
    fresh: bool
    queue: int | None
    wait: int | None
    metres: float | None

    @property
    def kilometres(self) -> str:
        return "" if self.metres is None else f"{self.metres / 1000:.1f}"


def shortest(
    kind: str = "", area: str = "", here: tuple[float, float] | None = None, *, now: dt.datetime | None = None
) -> list[Line]:
    """Public points, the best to go to first. here: (lon, lat) of whoever asks; it is used and not kept. One query."""
    moment = clock.local(now or clock.now())
    rows = ServicePoint.objects.filter(public=True).exclude(status="ended").select_related("place")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(area__startswith=area) if area else rows
    lines = {str(row.pk): _line(row, moment, here) for row in rows}
    order = rules.best_first(
        [
            rules.Point(key, line.open, line.queue, line.fresh, line.wait, line.metres)
            for key, line in lines.items()
        ]
    )
    return [lines[point.id] for point in order]


def _line(row: ServicePoint, now: dt.datetime, here: tuple[float, float] | None) -> Line:
    fresh = rules.fresh(row.queue_at, now)
    queue = row.queue if fresh else None
    is_open = False if row.status == "paused" else parse(row.place.opening_hours).open_at(now)
    far = None
    if here is not None and row.place.lon is not None and row.place.lat is not None:
        far = metres(here, (row.place.lon, row.place.lat))
    return Line(row, is_open, fresh, queue, rules.wait_minutes(queue, row.lanes, row.per_hour), far)


def point_rows(wanted: Iterable[str]) -> list[PointRow]:
    """Points as the figures see them. One query."""
    rows: Sequence[ServicePoint] = list(ServicePoint.objects.filter(pk__in=list(wanted)))
    return [
        PointRow(
            row.pk, row.home, row.area, row.kind, row.status, row.queue, row.served, row.served_on,
            rules.over(row.queue, row.limit),
        )
        for row in rows
    ]  # fmt: skip
