"""The working list of cases for machines: the filters, tabs, orders and saved views of the desk's list, page by page."""

import base64
import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema

from guatu.api.cases import CaseOut, case_out
from guatu.api.frame import LARGEST_PAGE, campaign_of, person_of
from guatu.cases import acts, reads
from guatu.cases.models import SOURCE_WORDS, STATUS_WORDS, Case
from guatu.kernel import clock
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit
from guatu.units.viewreads import views_of_list

router = Router(tags=["cases"])
LIST = "cases"  # the name of the desk's list, under which its views are kept
ORDERS = ("-opened_at", "opened_at", "number", "-number")  # those an index serves


class ListIn(Schema):
    """What the list is narrowed to; everything may be left out. Several values of status and source with commas.

    view: all open mine unit unassigned today late check approval parts offered. q: a number or words. bbox:
    west,south,east,north in WGS 84. unit: path or code, with all below. opened_from, opened_to: days, both included.
    sort: -opened_at (usual), opened_at, number, -number. after: `next` of the page before.
    """

    view: str = "all"
    q: str = ""
    status: str = ""
    source: str = ""
    class_code: str = ""
    area: str = ""
    unit: str = ""
    bbox: str = ""
    opened_from: dt.date | None = None
    opened_to: dt.date | None = None
    sort: str = "-opened_at"
    after: str = ""
    limit: int = 100


class ListOut(Schema):
    """A page of the list. next: null on the last page."""

    items: list[CaseOut]
    next: str | None


class TabOut(Schema):
    """A tab and how many cases stand behind it. more: there are more than count."""

    view: str
    count: int
    more: bool


class AssignIn(Schema):
    """Whom to give the case to within its unit. person: a username; "" takes the name off while nobody has accepted it."""

    person: str = ""
    note: str = ""
    version: int | None = None


class ViewOut(Schema):
    """A saved view. query: the desk's query string, its names being those of this list (class is class_code here)."""

    id: str
    name: str
    query: str
    by: str
    shared_with: str | None
    pinned: bool
    first: bool


def _wrong(name: str, value: str) -> Problem:
    return Problem("api.invalid", count=1, first=f"{name}: {value[:60]}", parts=[])


def _among(name: str, text: str, known: Any) -> list[str]:
    """Values with commas, each of which must be known."""
    values = [each for each in text.split(",") if each]
    for each in values:
        if each not in known:
            raise _wrong(name, each)
    return values


def narrowed(person: Person, rows: QuerySet[Case], asked: ListIn, units: list[Unit]) -> QuerySet[Case]:
    """The rows that match, the tab aside."""
    if values := _among("status", asked.status, STATUS_WORDS):
        rows = rows.filter(status__in=values)
    if values := _among("source", asked.source, SOURCE_WORDS):
        rows = rows.filter(source__in=values)
    if asked.class_code:
        rows = rows.filter(class_code=asked.class_code)
    if asked.area:
        rows = rows.filter(within("area", asked.area))
    if asked.unit:
        top = next((unit.path for unit in units if asked.unit in (unit.path, unit.code)), None)
        if top is None:
            raise _wrong("unit", asked.unit)
        rows = rows.filter(unit_id__in=[unit.id for unit in units if unit.path.startswith(top)])
    if asked.bbox:
        try:
            rows = reads.inside(rows, reads.read_box(asked.bbox))
        except (ValueError, TypeError):
            raise _wrong("bbox", asked.bbox) from None
    if asked.opened_from:
        rows = rows.filter(opened_at__gte=_midnight(asked.opened_from))
    if asked.opened_to:
        rows = rows.filter(opened_at__lt=_midnight(asked.opened_to + dt.timedelta(days=1)))
    return reads.plan(asked.q).narrow(rows) if asked.q.strip() else rows


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.ZONE)


def _rows(request: HttpRequest, campaign: str, asked: ListIn) -> tuple[QuerySet[Case], Person, list[Unit]]:
    person = person_of(request)
    require(person.scope, "case.read")
    units = reads.all_units()
    rows = reads.cases(person.scope, campaign_of(request, campaign), units=units)
    return narrowed(person, rows, asked, units), person, units


def _mark(row: Case, field: str) -> str:
    value = getattr(row, field)
    text = json.dumps([value.isoformat() if isinstance(value, dt.datetime) else value, str(row.id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _past(after: str, field: str, down: bool) -> Q:
    """The rows that follow the mark, in this order; ties by id."""
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        edge = dt.datetime.fromisoformat(value) if field == "opened_at" else str(value)
        way = "lt" if down else "gt"
        return Q(**{f"{field}__{way}": edge}) | Q(**{field: edge, f"id__{way}": row_id})
    except (ValueError, TypeError) as wrong:
        raise Problem("api.bad_cursor", cursor=after[:60]) from wrong


@router.get("/{campaign}/cases/list", response=ListOut, summary="The working list: tabs, filters, search")
def listed(request: HttpRequest, campaign: str, asked: Query[ListIn]) -> Any:
    if asked.view not in reads.VIEWS:
        raise _wrong("view", asked.view)
    if asked.sort not in ORDERS:
        raise _wrong("sort", asked.sort)
    rows, person, units = _rows(request, campaign, asked)
    rows = reads.view(rows, asked.view, person, units)
    field, down = asked.sort.lstrip("-"), asked.sort.startswith("-")
    if asked.after:
        rows = rows.filter(_past(asked.after, field, down))
    limit = max(1, min(asked.limit, LARGEST_PAGE))
    found = list(rows.order_by(asked.sort, "-id" if down else "id")[: limit + 1])
    shown = found[:limit]
    following = _mark(shown[-1], field) if len(found) > limit else None
    return {"items": [case_out(row) for row in shown], "next": following}


@router.get("/{campaign}/cases/tabs", response=list[TabOut], summary="How many cases stand behind each tab")
def tabs(request: HttpRequest, campaign: str, asked: Query[ListIn]) -> Any:
    """Under the same filters as the list; no count goes beyond 1,000."""
    rows, person, units = _rows(request, campaign, asked)
    counts = reads.view_counts(rows, person, units=units)
    most = reads.COUNT_TO
    return [{"view": name, "count": min(count, most), "more": count > most} for name, count in counts.items()]


@router.get("/{campaign}/cases/views", response=list[ViewOut], summary="Saved views of the list")
def views(request: HttpRequest, campaign: str) -> Any:
    """One's own, and those shared with one's unit or one above it."""
    person = person_of(request)
    require(person.scope, "case.read")
    campaign_of(request, campaign)
    return [_view(row) for row in views_of_list(person, LIST)]


@router.post("/cases/{case_id}/assign", response=CaseOut, summary="Give a case to one person of its unit")
def assign(request: HttpRequest, case_id: UUID, body: AssignIn) -> Any:
    by = person_of(request)
    row = reads.case(by.scope, case_id)
    person = (
        Person.objects.filter(username=body.person).select_related("unit").first() if body.person else None
    )
    if body.person and person is None:
        raise _wrong("person", body.person)
    return case_out(
        acts.assign_case(by=by, case=row, person=person, note=body.note, version=body.version, via="api")
    )


def _view(row: Any) -> dict[str, Any]:
    shared = row.shared_with.code if row.shared_with is not None else None
    return {
        "id": str(row.id), "name": row.name, "query": row.query, "by": row.person.name, "shared_with": shared,
        "pinned": row.pinned, "first": row.first,
    }  # fmt: skip
