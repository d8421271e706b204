"""Service points: opened, changed, paused, ended; what is reported of their line and stock."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.units.models import Unit
from guatu.venues import point_problems as point_problems
from guatu.venues import verbs as verbs
from guatu.venues.models import PointReport, ServicePoint
from guatu.venues.rules import points as rules

EDIT, REPORT = "point.edit", "point.report"
CHANGED = ("unit", "kind", "posts", "lanes", "per_hour", "limit", "public", "stock")


def open_point(
    *, by: Actor, campaign: Campaign, place: Place, kind: str, number: str = "", unit: Unit | None = None,
    posts: Sequence[Mapping[str, Any]] = (), lanes: int = 1, per_hour: int = 60, limit: int = 0, public: bool = True,
    stock: Mapping[str, Mapping[str, Any]] | None = None, via: str = "web",
) -> ServicePoint:  # fmt: skip
    """Make a place a service point. posts: [{"name", "people"}]. limit: people in line above which the unit is told.

    Raises `point.bad_value`, `point.number_taken`, `point.place_gone`, `access.denied`.
    """
    require(by.scope, EDIT, area=place.area)
    if place.withdrawn or place.closed_on is not None:
        raise Problem("point.place_gone", place=place.name)
    row = ServicePoint(
        id=ids.new(), home=place.home, campaign=campaign, place=place, area=place.area, unit=unit, kind=kind,
        posts=[dict(post) for post in posts], lanes=lanes, per_hour=per_hour, limit=limit, public=public,
        stock={name: dict(line) for name, line in (stock or {}).items()},
    )  # fmt: skip
    row.number = number.strip() or f"D-{row.id.hex[-6:].upper()}"
    _check(row)
    if ServicePoint.objects.filter(campaign=campaign, number=row.number).exists():
        raise Problem("point.number_taken", number=row.number)
    with deed(by=by, via=via) as d:
        row.save(force_insert=True)
        d.record("point.opened", row, details={"number": row.number, "place": place.name, "kind": kind})
    return row


def _check(row: ServicePoint) -> None:
    wrong = ""
    if row.kind not in rules.KINDS:
        wrong = f"kind {row.kind}"
    elif not 1 <= row.lanes <= 100 or not 1 <= row.per_hour <= 10_000:
        wrong = f"{row.lanes} × {row.per_hour}"
    elif not 0 <= row.limit <= rules.MOST_PEOPLE:
        wrong = str(row.limit)
    else:
        wrong = rules.wrong_stock(row.stock)
    if wrong:
        raise Problem("point.bad_value", what=wrong)


def _held(by: Actor, point: ServicePoint, right: str, version: int | None) -> ServicePoint:
    row = ServicePoint.objects.select_for_update(no_key=True).filter(pk=point.pk).first()
    if row is None:
        raise Problem("access.not_found")
    require(by.scope, right, area=row.area)
    check_version(point, version)
    return row


def change_point(
    *,
    by: Actor,
    point: ServicePoint,
    changes: Mapping[str, Any],
    version: int | None = None,
    via: str = "web",
) -> ServicePoint:
    """Change any of CHANGED. Raises `point.bad_value`, `kernel.stale`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row = _held(by, point, EDIT, version)
        differing = [
            name for name, value in changes.items() if name in CHANGED and getattr(row, name) != value
        ]
        for name in differing:
            setattr(row, name, changes[name])
        _check(row)
        if differing:
            row.version += 1
            row.save()
            d.record("point.changed", row, details={"changed": differing})
    return row


def pause_point(
    *, by: Actor, point: ServicePoint, reason: str, version: int | None = None, via: str = "web"
) -> ServicePoint:
    """Nobody is served for the time being, and the public page says why. Raises `point.reason_needed`, `point.wrong_step`."""
    if not reason.strip():
        raise Problem("point.reason_needed")
    return _turn(by, point, ("open",), "paused", "point.paused", reason.strip()[:200], version, via)


def resume_point(
    *, by: Actor, point: ServicePoint, version: int | None = None, via: str = "web"
) -> ServicePoint:
    """Serve again, after a pause or after it was ended."""
    return _turn(by, point, ("paused", "ended"), "open", "point.resumed", "", version, via)


def end_point(
    *, by: Actor, point: ServicePoint, version: int | None = None, via: str = "web"
) -> ServicePoint:
    """It is no service point any more; its story stays."""
    return _turn(by, point, ("open", "paused"), "ended", "point.ended", "", version, via)


def _turn(
    by: Actor, point: ServicePoint, sources: tuple[str, ...], target: str, verb: str, reason: str, version: int | None,
    via: str,
) -> ServicePoint:  # fmt: skip
    with deed(by=by, via=via) as d:
        row = _held(by, point, EDIT, version)
        if row.status not in sources:
            raise Problem("point.wrong_step", number=row.number)
        row.status, row.pause_reason = target, reason
        if target != "open":
            row.queue, row.over_since, row.told_at = None, None, None
        row.version += 1
        row.save()
        d.record(verb, row, details={"number": row.number, "reason": reason})
    return row


def report_point(
    *, by: Actor, point: ServicePoint, queue: int | None = None, served: int | None = None,
    stock: Mapping[str, int] | None = None, at: dt.datetime | None = None, source: str = "staff", via: str = "web",
) -> PointReport:  # fmt: skip
    """Say how many stand in line, how many were served today so far, what came in or was used (stock: item → change).

    What is older than the last word is kept in the curve and leaves the present as it is. The unit on duty is told when
    the line goes over its limit (verb point.over_limit). Raises `point.nothing_said`, `point.bad_value`,
    `point.not_open`, `point.stock_short`, `point.unknown_item`, `access.denied`.
    """
    moment = clock.local(at or clock.now())
    _check_report(queue, served, stock, moment)
    with deed(by=by, effective_at=moment, via=via) as d:
        row = _held(by, point, REPORT, None)
        if row.status != "open":
            raise Problem("point.not_open", number=row.number)
        report = PointReport(
            id=ids.new(), home=row.home, point=row, at=moment, on_day=moment.date(), queue=queue, served=served,
            stock=dict(stock or {}), source=source, by_id=by.id,
        )  # fmt: skip
        report.save(force_insert=True)
        _take_in(row, report)
        d.record("point.reported", row, details={"report": str(report.id), "queue": queue, "served": served})
        if rules.to_tell(row.queue, row.limit, row.told_at, clock.now()):
            row.told_at = clock.now()
            d.record("point.over_limit", row, details={"queue": row.queue, "limit": row.limit})
        row.version += 1
        row.save()
    return report


def _check_report(
    queue: int | None, served: int | None, stock: Mapping[str, int] | None, at: dt.datetime
) -> None:
    if queue is None and served is None and not stock:
        raise Problem("point.nothing_said")
    for number in (queue, served):
        if number is not None and not 0 <= number <= rules.MOST_PEOPLE:
            raise Problem("point.bad_value", what=str(number))
    if at > clock.now() + dt.timedelta(minutes=5):
        raise Problem("point.bad_value", what=f"{at:%Y-%m-%d %H:%M}")


def _take_in(row: ServicePoint, report: PointReport) -> None:
    if report.queue is not None and (row.queue_at is None or report.at >= row.queue_at):
        was = rules.over(row.queue, row.limit)
        row.queue, row.queue_at = report.queue, report.at
        now_over = rules.over(row.queue, row.limit)
        row.over_since = (row.over_since if was else report.at) if now_over else None
        row.told_at = row.told_at if now_over else None
    if report.served is not None and (row.served_on is None or report.on_day >= row.served_on):
        row.served = max(report.served, row.served) if report.on_day == row.served_on else report.served
        row.served_on = report.on_day
    if report.stock:
        try:
            row.stock = rules.stock_after(row.stock, report.stock)
        except KeyError as unknown:
            raise Problem("point.unknown_item", item=str(unknown.args[0])) from None
        except ValueError as short:
            raise Problem("point.stock_short", item=str(short.args[0])) from None


def withdraw_report(*, by: Actor, report: PointReport, via: str = "web") -> PointReport:
    """Take a report back (a slip of the finger): out of the curve, its stock undone, the line as the word before had it."""
    with deed(by=by, via=via) as d:
        row = _held(by, report.point, REPORT, None)
        said = PointReport.objects.select_for_update(no_key=True).get(pk=report.pk)
        if not said.withdrawn:
            said.withdrawn = True
            said.save(update_fields=["withdrawn"])
            _recall(d, row, said)
    return said


def _recall(d: Deed, row: ServicePoint, said: PointReport) -> None:
    left = PointReport.objects.filter(point=row, withdrawn=False)
    last = left.exclude(queue=None).order_by("-at", "-id").first()
    row.queue, row.queue_at = (last.queue, last.at) if last is not None else (None, None)
    if row.status != "open":  # where nobody is served nobody stands in line
        row.queue = None
    if not rules.over(row.queue, row.limit):
        row.over_since, row.told_at = None, None
    if row.served_on is not None:
        served = left.filter(on_day=row.served_on).exclude(served=None).order_by("-served").first()
        row.served = served.served or 0 if served is not None else 0
    kept = {name: -change for name, change in said.stock.items() if name in row.stock}
    try:
        row.stock = rules.stock_after(row.stock, kept)
    except ValueError as short:  # what came in by mistake was used since
        raise Problem("point.stock_short", item=str(short.args[0])) from None
    row.version += 1
    row.save()
    d.record("point.report_withdrawn", row, details={"report": str(said.id)})
