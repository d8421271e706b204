"""What came in for one form: the list with its map, and the files it can be taken away in. One of them: submission.py."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from guatu.desk.form_states import FORM_STATES, STATES
from guatu.desk.map_shapes import outlines
from guatu.desk.views.case import person_of
from guatu.fieldwork import reads
from guatu.fieldwork.models import Form, Submission
from guatu.fieldwork.reads_returns import returns
from guatu.fieldwork.rules import meaning
from guatu.fieldwork.rules.answers import shown
from guatu.fieldwork.rules.sheet import Question, Sheet, said
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kit import lists
from guatu.kit.cells import safe_cell
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateFilter, Filter, SearchFilter
from guatu.places.reads import area_names

_SHOWN_ANSWERS = 4
_MOST_ON_MAP = 5_000


@dataclass(frozen=True)
class AnswerFilter(ChoiceFilter):
    """One of the choices of a question."""

    question: str = ""

    def default(self, rows: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        name = f"answer_{self.key}"
        return rows.annotate(**{name: Cast(KeyTextTransform(self.question, "answers"), TextField())}).filter(
            **{f"{name}__in": value}
        )


def _asked(row: Form) -> tuple[Sheet, list[Question], frozenset[str]]:
    """The current sheet, its questions fit for columns, and the personal ones."""
    version = row.current or row.versions.order_by("-made_at").first()
    if version is None:
        return Sheet(form_id=row.code), [], frozenset()
    sheet = reads.sheet(version)
    personal = meaning.personal_paths(sheet, meaning.read_settings(row.settings))
    asked = [
        q for q in sheet.questions if (q.asked or q.calculate) and not q.repeat and q.path not in personal
    ]
    return sheet, asked, personal


def listing_of(row: Form) -> Listing:
    """The list of one form: its own columns and filters out of its questions."""
    sheet, asked, _personal = _asked(row)
    language = get_language() or "zh"
    columns = [
        Column("received_at", _lazy("收到时间"), kind="datetime", sort="received_at",
               link=lambda found: reverse("desk:submission", args=[found.id])),
        Column("title", _lazy("标题"), wide=True, sort="title", shown=any(q.type == "text" for q in asked),
               link=lambda found: reverse("desk:submission", args=[found.id])),
        Column("area", _lazy("区域"), value="area_name", sort="area"),
        Column("status", _lazy("状态"), kind="state", sort="status", value=lambda found: STATES[found.status],
               export=lambda found: str(STATES[found.status])),
        *(_answer_column(sheet, q, number, language) for number, q in enumerate(asked)),
        *(_repeat_column(sheet, group.path, said(group.label, language, sheet)) for group in sheet.groups if group.repeats),
        Column("happened_on", _lazy("发生日期"), kind="date", sort="happened_on", shown=False),
        Column("by", _lazy("填报人"), kind="person", value="sender", shown=False,
               export=lambda found: found.sender.name if found.sender else ""),
        Column("unit", _lazy("填报单位"), value=lambda found: found.sender.unit if found.sender else "", shown=False),
        Column("version", _lazy("表单版本"), kind="code", value="form_version.version", shown=False),
        Column("instance_id", _lazy("记录编号"), kind="code", shown=False),
        Column("returns", _lazy("退回次数"), kind="number", sort="returns", shown=False),
        Column("notes", _lazy("与表单规则不符"), kind="number", value=lambda found: len(found.notes), shown=False),
        Column("edits", _lazy("更正次数"), kind="number", sort="edits", shown=False),
        Column("lon", _lazy("经度"), kind="number", shown=False),
        Column("lat", _lazy("纬度"), kind="number", shown=False),
    ]  # fmt: skip
    return Listing(
        name=f"answers-{row.code}", title=row.name, columns=columns, filters=_filters(row, sheet, asked, language),
        sort="-received_at", export_right="submission.export", prepare=lambda rows: _named(row, rows),
    )  # fmt: skip


def _answer_column(sheet: Sheet, question: Question, number: int, language: str) -> Column:
    def value(row: Submission) -> Any:
        return shown(sheet, question, row.answers.get(question.path), language)

    def export(row: Submission) -> Any:
        found = row.answers.get(question.path)
        return found if isinstance(found, (int, float)) else shown(sheet, question, found, language)

    kind = "number" if question.type in ("int", "decimal") else "text"
    return Column(
        f"q-{question.path[1:].replace('/', '-')}", said(question.label, language, sheet) or question.name, value=value,
        kind=kind, export=export, shown=number < _SHOWN_ANSWERS,
    )  # fmt: skip


def _repeat_column(sheet: Sheet, repeat: str, label: str) -> Column:
    return Column(
        f"r-{repeat[1:].replace('/', '-')}", label or repeat.rpartition("/")[2], kind="number", shown=False,
        value=lambda row: len(row.answers.get(repeat, [])),
    )  # fmt: skip


def _filters(row: Form, sheet: Sheet, asked: Sequence[Question], language: str) -> list[Filter]:
    single = [
        q for q in asked if q.type == "select_one" and q.choices and len(sheet.lists.get(q.choices, ())) <= 60
    ]
    return [
        SearchFilter("q", fields=("title", "instance_id")),
        ChoiceFilter("status", _lazy("状态"), choices=[(key, state.word) for key, state in STATES.items()], counts=True),
        AreaFilter("area", choices=list(area_names(row.campaign.area, 9).items())),
        *(
            AnswerFilter(
                f"q-{q.name}", said(q.label, language, sheet) or q.name, question=q.path,
                choices=[(c.name, said(c.label, language, sheet) or c.name) for c in sheet.lists[q.choices]],
            )
            for q in single[:4]
        ),
        BooleanFilter("doubtful", _lazy("与表单规则不符"), apply=_doubtful),
        DateFilter("on", _lazy("发生日期"), field="happened_on"),
    ]  # fmt: skip


def _doubtful(rows: QuerySet[Any], value: bool) -> QuerySet[Any]:
    return rows.exclude(notes=[]) if value else rows.filter(notes=[])


def _named(form: Form, rows: list[Submission]) -> list[Submission]:
    """Names of areas and senders for the rows of one page, two queries for all of them."""
    streets = area_names(form.campaign.area, 9)
    people = reads.senders(rows)
    for row in rows:
        row.area_name = streets.get(row.area[:9], "")  # type: ignore[attr-defined]
        row.sender = people.get(row.by_id) if row.by_id else None  # type: ignore[attr-defined]
    return rows


def _rows(request: HttpRequest, form_id: UUID) -> tuple[Form, QuerySet[Submission]]:
    scope = person_of(request).scope
    form = reads.form(scope, form_id)
    rows = (
        reads.submissions(scope, form)
        .select_related("form_version")
        .defer("sealed", "form_version__xml", "form_version__source", "form_version__questions")
    )
    return form, rows


@require_GET
@login_required
def submissions(request: HttpRequest, form_id: UUID) -> HttpResponseBase:
    """The list: state tabs, filters by answer, map, export."""
    scope = person_of(request).scope
    form, rows = _rows(request, form_id)
    waiting = list(reads.asides(scope, form).defer("xml")[:20])
    context = {
        "row": form,
        "state": FORM_STATES[form.status],
        "map_query": request.GET.urlencode(),
        "has_points": rows.exclude(lon=None).exists(),
        "may_review": scope.may("submission.review"),
        "may_fill": form.status in ("open", "closing") and scope.may("submission.send"),
        "may_export": scope.may("submission.export"),
        "repeats": any(group.repeats for group in _asked(form)[0].groups),
        "returned": returns(scope, form).filter(status="waiting").count(),
        "asides": len(waiting),
        "waiting": waiting,
    }
    return lists.respond(request, listing_of(form), rows, "desk/forms/submissions.html", context)


@require_GET
@login_required
def submissions_map(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """The list's rows as points."""
    form, rows = _rows(request, form_id)
    page = lists.build(request, listing_of(form), rows)
    return geojson(form, page.narrowed.exclude(lon=None)[:_MOST_ON_MAP])


def geojson(form: Form, rows: Iterable[Submission], bounds: Sequence[float] = ()) -> HttpResponse:
    """Submissions as points over the campaign's borders, for `<guatu-map>`."""
    features: list[dict[str, Any]] = outlines(form.campaign.area)
    for row in rows:
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
                "properties": {
                    "role": "point",
                    "code": str(row.id),
                    "name": row.title or form.name,
                    "href": reverse("desk:submission", args=[row.id]),
                    "lines": [str(STATES[row.status].word), row.happened_on.isoformat()],
                },
            }  # fmt: skip
        )
    told: dict[str, Any] = {
        "label": form.name, "unit": _("份"), "sense": "plain", "steps": [], "as_of": clock.now().isoformat(),
        "attributions": [str(line) for line in getattr(django_settings, "GUATU_ATTRIBUTIONS", ())],
    }  # fmt: skip
    if bounds:
        told["bounds"] = list(bounds)
    answer = {"type": "FeatureCollection", "features": features, "guatu": told}
    return JsonResponse(
        answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


@require_GET
@login_required
def submissions_book(request: HttpRequest, form_id: UUID) -> HttpResponseBase:
    """Everything in one workbook: the submissions on the first sheet, each repeat on a sheet of its own."""
    form, rows = _rows(request, form_id)
    require(person_of(request).scope, "submission.export")
    listing = listing_of(form)
    sheet, _questions, personal = _asked(form)
    language = get_language() or "zh"
    columns = [column for column in listing.columns if not column.key.startswith("r-")]
    book = Workbook(write_only=True)
    main = book.create_sheet(_("填报"))
    main.append([str(column.title) for column in columns])
    pages = {}
    for group in sheet.groups:
        if group.repeats:
            asked = [
                q
                for q in sheet.questions
                if q.repeat == group.path and (q.asked or q.calculate) and q.path not in personal
            ]
            page = book.create_sheet(
                (said(group.label, language, sheet) or group.path[1:]).replace("/", "-")[:31]
            )
            page.append(
                [_("记录编号"), _("序号"), *(said(q.label, language, sheet) or q.name for q in asked)]
            )
            pages[group.path] = (page, asked)
    narrowed = lists.build(request, replace(listing, prepare=None), rows).narrowed.order_by(
        "received_at", "id"
    )
    for batch in _batches(narrowed):
        for row in _named(form, batch):
            main.append([safe_cell(column.exported(row)) for column in columns])
            for repeat, (page, asked) in pages.items():
                for number, entry in enumerate(row.answers.get(repeat, []), 1):
                    words = [shown(sheet, q, entry.get(q.path), language) for q in asked]
                    page.append([safe_cell(value) for value in (row.instance_id, number, *words)])
    target = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - the answer closes it
    book.save(target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{form.code}.xlsx")


def _batches(rows: QuerySet[Submission]) -> Iterable[list[Submission]]:
    batch: list[Submission] = []
    for row in rows.iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            yield batch
            batch = []
    yield batch


urlpatterns = [
    path("", submissions, name="submissions"),
    path("map/", submissions_map, name="submissions_map"),
    path("book/", submissions_book, name="submissions_book"),
]
