"""OData 4.0 over the submissions of a form, as Central serves it: for Excel, Power BI and pyodk's tables.

Pages are keyset pages: `@odata.nextLink` names the last row that was served, so nothing is left out or told twice while
more comes in. Every read goes through the reader's scope; sealed answers are null.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpResponse

from guatu.central import edmx, options, queries, tables
from guatu.central.forms import form_of
from guatu.central.frame import Asked, actor_numbers, answer, moment
from guatu.central.options import Options
from guatu.central.submissions import one_of, review_state
from guatu.central.tables import ROOT, Row, Table
from guatu.fieldwork import reads
from guatu.fieldwork.models import Submission
from guatu.files.models import Attachment
from guatu.kernel.problems import Problem

_BATCH = 500


class Service:
    """The OData service of one form."""

    def __init__(self, asked: Asked, project_id: int, form_code: str) -> None:
        self.asked, self.form = asked, form_of(asked, project_id, form_code)
        kept = self.form.versions.exclude(published_at=None).order_by("-published_at", "-id")
        self.tables = tables.tables_of(reads.sheet(version) for version in kept.only("questions", "hash"))
        host = f"{asked.request.scheme}://{asked.request.get_host()}"
        self.base = f"{host}/v1/projects/{project_id}/forms/{quote(self.form.code, safe='')}.svc"

    def table(self, name: str) -> Table:
        found = next((each for each in self.tables if each.name == name), None)
        if found is None:
            raise Problem("access.not_found")
        return found


def told(data: dict[str, Any]) -> HttpResponse:
    """An OData answer."""
    made = answer(data)
    made["OData-Version"] = "4.0"
    return made


def service(asked: Asked, project_id: int, form_code: str) -> HttpResponse:
    """Which tables there are."""
    own = Service(asked, project_id, form_code)
    value = [{"name": each.name, "kind": "EntitySet", "url": each.name} for each in own.tables]
    return told({"@odata.context": f"{own.base}/$metadata", "value": value})


def metadata(asked: Asked, project_id: int, form_code: str) -> HttpResponse:
    """Their fields."""
    own = Service(asked, project_id, form_code)
    made = HttpResponse(
        edmx.document(own.tables, own.form.code), content_type="application/xml; charset=utf-8"
    )
    made["OData-Version"] = "4.0"
    return made


def table(asked: Asked, project_id: int, form_code: str, name: str) -> HttpResponse:
    """One table's rows; `Submissions('uuid:…')` is one row of the first."""
    if name.startswith(f"{ROOT}('") and name.endswith("')"):
        return _single(asked, project_id, form_code, name[len(ROOT) + 2 : -2].replace("''", "'"))
    if name == "$metadata":  # by a client that writes the sign as %24
        return metadata(asked, project_id, form_code)
    own = Service(asked, project_id, form_code)
    wanted, asked_for = own.table(name), options.read(asked)
    rows = reads.submissions(asked.scope, own.form).exclude(status="withdrawn")
    rows = rows.select_related("form_version").defer(
        "sealed",
        "form_version__xml",
        "form_version__source",
        "form_version__questions",
        "form_version__warnings",
    )
    if asked_for.filter is not None:
        rows = queries.filtered(rows, asked_for.filter)
    read = _root_page if wanted.above is None else _repeat_page
    value, end = read(own, wanted, rows, asked_for)
    data: dict[str, Any] = {"@odata.context": f"{own.base}/$metadata#{wanted.name}"}
    if asked_for.count:
        data["@odata.count"] = _count(wanted, rows)
    data["value"] = _selected(value, asked_for, wanted)
    if end is not None:
        data["@odata.nextLink"] = options.next_link(asked, f"{own.base}/{quote(wanted.name)}", end)
    return told(data)


def _single(asked: Asked, project_id: int, form_code: str, instance_id: str) -> HttpResponse:
    own = Service(asked, project_id, form_code)
    asked_for = options.read(asked)
    row = one_of(asked, project_id, form_code, instance_id)
    value = _roots(own, own.tables[0], [row], asked_for)
    context = f"{own.base}/$metadata#{ROOT}"
    return told({"@odata.context": context, "value": _selected(value, asked_for, own.tables[0])})


def inside(asked: Asked, project_id: int, form_code: str, name: str, path: str) -> HttpResponse:
    """`Submissions('uuid:…')/group/repeat`: the rows of a repeat in one submission (where the navigation links point)."""
    if not (name.startswith(f"{ROOT}('") and name.endswith("')")):
        raise Problem("access.not_found")
    own = Service(asked, project_id, form_code)
    wanted = own.table(f"{ROOT}.{path.replace('/', '.')}")
    asked_for = options.read(asked)
    row = one_of(asked, project_id, form_code, name[len(ROOT) + 2 : -2].replace("''", "'"))
    first = reads.first_ids([row])[row.id]
    value = [_repeat_row(own, wanted, each, asked_for) for each in tables.rows_in(wanted, first, row.answers)]
    value = value[asked_for.skip : asked_for.skip + asked_for.top]
    context = f"{own.base}/$metadata#{wanted.name}"
    return told({"@odata.context": context, "value": _selected(value, asked_for, wanted)})


# ------------------------------------------------------------------------------------------------- pages

_Page = tuple[list[dict[str, Any]], dict[str, Any] | None]


def _position(token: dict[str, Any]) -> tuple[dt.datetime, UUID, int] | None:
    """Where the page before ended: moment, submission, how many of its rows were served."""
    if not token:
        return None
    try:
        at = dt.datetime.fromisoformat(str(token["at"]))
        if at.tzinfo is None:
            raise ValueError
        return at, UUID(str(token["id"])), max(0, int(token.get("row", 0)))
    except (KeyError, ValueError, TypeError, OverflowError):
        raise Problem("central.bad_value", field="$skiptoken", value="…", known="@odata.nextLink") from None


def _end(order: queries.Order, row: Submission, served: int) -> dict[str, Any]:
    return {"at": getattr(row, order.key).astimezone(dt.UTC).isoformat(), "id": row.id.hex, "row": served}


def _root_page(own: Service, wanted: Table, rows: QuerySet[Submission], asked: Options) -> _Page:
    rows, order = queries.ordered(rows, asked.order)
    begin = _position(asked.token)
    skip = asked.skip
    if begin is not None:
        rows, skip = queries.after(rows, order, begin[0], begin[1], including=False), 0
    found = list(rows[skip : skip + asked.top + 1]) if asked.top else []
    page = found[: asked.top]
    end = _end(order, page[-1], 0) if len(found) > asked.top and page else None
    return _roots(own, wanted, page, asked), end


def _repeat_page(own: Service, wanted: Table, rows: QuerySet[Submission], asked: Options) -> _Page:
    """Rows of a repeat, submission after submission; a page may end in the middle of one."""
    rows, order = queries.ordered(rows, asked.order)
    begin, skip, served = _position(asked.token), asked.skip, 0
    if begin is not None:
        rows, skip, served = queries.after(rows, order, begin[0], begin[1], including=True), 0, begin[2]
        if not rows.filter(id=begin[1]).exists():
            served = 0  # it is gone from the reader's sight: go on with the next one
    value: list[dict[str, Any]] = []
    last: tuple[Submission, int] | None = None
    for row, first in _with_ids(rows):
        found = tables.rows_in(wanted, first, row.answers)
        start, served = (served if begin is not None and row.id == begin[1] else 0), 0
        for number, each in enumerate(found[start:], start):
            if skip:
                skip -= 1
                continue
            if len(value) == asked.top:
                end = last or (row, number)
                return value, (_end(order, *end) if asked.top else None)
            value.append(_repeat_row(own, wanted, each, asked))
            last = (row, number + 1)
    return value, None


def _with_ids(rows: QuerySet[Submission]) -> Iterable[tuple[Submission, str]]:
    """Submissions with the id they came in under, read in batches."""
    batch: list[Submission] = []
    for row in rows.iterator(chunk_size=_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            first = reads.first_ids(batch)
            yield from ((each, first[each.id]) for each in batch)
            batch = []
    first = reads.first_ids(batch)
    yield from ((each, first[each.id]) for each in batch)


def _count(wanted: Table, rows: QuerySet[Submission]) -> int:
    if wanted.above is None:
        return rows.count()
    answers = rows.order_by().values_list("answers", flat=True).iterator(chunk_size=_BATCH)
    return sum(len(tables.rows_in(wanted, "", each)) for each in answers)


# -------------------------------------------------------------------------------------------------- rows


def _roots(own: Service, wanted: Table, rows: list[Submission], asked: Options) -> list[dict[str, Any]]:
    """Rows of the first table. Six queries, however many."""
    first, changed, people = reads.first_ids(rows), reads.changed_at(rows), reads.senders(rows)
    given, files = actor_numbers([row.by_id for row in rows]), files_of(rows)
    value = []
    for row in rows:
        person = people.get(row.by_id) if row.by_id else None
        system = {
            "submissionDate": moment(row.received_at), "updatedAt": moment(changed.get(row.id)), "deletedAt": None,
            "submitterId": str(given[row.by_id]), "submitterName": person.name if person else None,
            "attachmentsPresent": files.get(str(row.id), 0), "attachmentsExpected": len(row.files), "status": None,
            "reviewState": review_state(row), "deviceId": row.device_id or None, "edits": row.edits,
            "formVersion": row.form_version.version,
        }  # fmt: skip
        inner = tables.fields_of(
            wanted, Row(first[row.id], "", row.answers), wkt=asked.wkt, expand=asked.expand,
            navigation=f"{ROOT}('{quote(first[row.id], safe='')}')",
        )  # fmt: skip
        names = {"instanceID": first[row.id], "instanceName": row.title or None}
        value.append({"__id": first[row.id], "__system": system, "meta": names, **inner})
    return value


def files_of(rows: list[Submission]) -> dict[str, int]:
    """How many files of each submission are here."""
    kept = Attachment.objects.filter(
        subject_type="submission",
        subject_id__in=[str(row.id) for row in rows],
        purpose="answer",
        withdrawn=False,
    )
    return dict(kept.values("subject_id").annotate(count=Count("id")).values_list("subject_id", "count"))


def _repeat_row(own: Service, wanted: Table, row: Row, asked: Options) -> dict[str, Any]:
    inner = tables.fields_of(
        wanted, row, wkt=asked.wkt, expand=asked.expand, navigation=f"{quote(wanted.name)}('{row.id}')"
    )
    return {"__id": row.id, wanted.parent_key: row.above, **inner}


def _selected(value: list[dict[str, Any]], asked: Options, wanted: Table) -> list[dict[str, Any]]:
    if not asked.select:
        return value
    known = selectable(wanted)
    for path in asked.select:
        if path not in known:
            raise Problem("central.no_field", property=path[:80])
    return [tables.select(row, asked.select) for row in value]


def selectable(wanted: Table) -> set[str]:
    """What may stand in $select: fields, groups, and the house's own."""
    found = {"__id"}
    if wanted.above is None:
        found |= {"__system", "meta", "meta/instanceID", "meta/instanceName"}
        found |= {f"__system/{name}" for name in edmx.SYSTEM_NAMES}
    else:
        found.add(wanted.parent_key)
    for question in wanted.questions:
        steps = wanted.steps(question.path)
        found |= {"/".join(steps[:number]) for number in range(1, len(steps) + 1)}
    return found
