"""Imports: file, mapping, check, apply, undo. The same four steps whatever is imported."""

import io
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from guatu.campaigns import reads as campaign_reads
from guatu.desk.current import campaign_or_none
from guatu.desk.forms.imports import MappingForm, StartForm
from guatu.desk.story import story_lines
from guatu.files import acts, imports, reads
from guatu.files.bytes import XLSX
from guatu.files.models import ImportRun
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.kernel.subjects import table
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.export import xlsx_answer
from guatu.kit.filters import ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.units.models import Person

_LONG = 1_000  # rows; more are imported in the background
_WRONGS_SHOWN = 200
STATES = {
    "draft": State("waiting", _lazy("待核对")),
    "checked": State("going", _lazy("已检查")),
    "applying": State("going", _lazy("导入中")),
    "applied": State("done", _lazy("已导入")),
    "undone": State("void", _lazy("已撤销")),
}


def _kind_word(row: ImportRun) -> str:
    try:
        return imports.find(row.kind).label
    except Problem:
        return row.kind


def _kinds(request: HttpRequest) -> list[tuple[str, str]]:
    return [(each.kind, each.label) for each in imports.offered(_person(request).scope)]


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


RUNS = Listing(
    name="imports",
    title=_lazy("导入"),
    columns=[
        Column("name", _lazy("文件"), sort="name", link=lambda row: reverse("desk:import", args=[row.id]), wide=True),
        Column("kind", _lazy("内容"), value=_kind_word, sort="kind"),
        Column("status", _lazy("状态"), kind="state", value=lambda row: STATES[row.status], sort="status"),
        Column("rows", _lazy("行数"), kind="number", value=lambda row: row.totals.get("rows", 0)),
        Column("created", _lazy("新增"), kind="number", value=lambda row: len(row.created)),
        Column("changed", _lazy("更新"), kind="number", value=lambda row: len(row.changed)),
        Column("error", _lazy("有错"), kind="number", value=lambda row: row.totals.get("error", 0)),
        Column("by", _lazy("谁导入"), kind="person", value="person"),
        Column("made_at", _lazy("时间"), kind="moment", sort="made_at"),
    ],
    filters=[
        SearchFilter("q", fields=("name",)),
        ChoiceFilter("status", _lazy("状态"), choices=[(key, state.word) for key, state in STATES.items()], counts=True),
        ChoiceFilter("kind", _lazy("内容"), choices=_kinds),
        DateFilter("made", _lazy("时间"), field="made_at"),
    ],
    sort="-made_at",
    prepare=lambda rows: _with_people(rows),
)  # fmt: skip


def _with_people(rows: list[ImportRun]) -> list[ImportRun]:
    people = Person.objects.select_related("unit").in_bulk({row.by_id for row in rows if row.by_id})
    for row in rows:
        row.person = people.get(row.by_id) if row.by_id else None  # type: ignore[attr-defined]
    return rows


@require_GET
@login_required
def imports_list(request: HttpRequest) -> HttpResponseBase:
    """What can be imported, and every import so far."""
    scope = _person(request).scope
    context = {"offered": imports.offered(scope)}
    return lists.respond(
        request, RUNS, reads.visible_runs(scope).defer("errors"), "desk/imports/list.html", context
    )


@require_http_methods(["GET", "POST"])
@login_required
def import_new(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Choose what and the file."""
    person = _person(request)
    offered = imports.offered(person.scope)
    if not offered:
        raise Problem("access.denied", right="import")
    kind = kind or request.GET.get("kind", "")
    current = campaign_or_none(request)
    campaigns = list(campaign_reads.campaigns(person.scope))
    initial = {"kind": kind, "campaign": current.code if current else ""}
    form = StartForm(
        request.POST or None, request.FILES or None, offered=offered, campaigns=campaigns, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        chosen = next((each for each in campaigns if each.code == form.cleaned_data["campaign"]), None)
        upload = form.cleaned_data["file"]
        try:
            run = acts.start_import(
                by=person,
                kind=form.cleaned_data["kind"],
                name=upload.name,
                content=upload.read(),
                campaign=chosen,
            )
            return redirect("desk:import_map", run.id)
        except Problem as problem:
            form.add_problem(problem, "campaign" if problem.code == "import.needs_campaign" else "file")
    shown = next((each for each in offered if each.kind == (form["kind"].value() or kind)), offered[0])
    return form_page(request, "desk/imports/new.html", form, importer=shown, offered=offered)


@require_http_methods(["GET", "POST"])
@login_required
def import_map(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Say which column is which field; then every row is tried without writing."""
    run = reads.run(_person(request).scope, run_id)
    importer = imports.find(run.kind)
    form = MappingForm(request.POST or None, run=run, importer=importer)
    if request.method == "POST" and form.is_valid():
        sheet, line = request.POST.get("sheet", ""), request.POST.get("heading_line", "")
        asked = {
            **form.options(),
            **({"sheet": sheet} if sheet else {}),
            **({"heading_line": line} if line else {}),
        }
        laid_out = (run.options.get("sheet"), run.options.get("heading_line"))
        try:
            acts.map_columns(by=_person(request), run=run, mapping=form.mapping(), options=asked)
            if (run.options.get("sheet"), run.options.get("heading_line")) != laid_out:
                return redirect("desk:import_map", run.id)  # other headings: look again before checking
            acts.check_import(by=_person(request), run=run)
            return redirect("desk:import", run.id)
        except Problem as problem:
            form.add_problem(problem)
    samples = reads.sample_rows(run) if run.source is not None and run.source.stored else []
    used = set(run.mapping.values())
    context: dict[str, Any] = {
        "run": run,
        "importer": importer,
        "rows": [
            {
                **row,
                "sample": [sample.get(run.mapping.get(row["field"].key, ""), "") for sample in samples[:3]],
            }
            for row in form.rows
        ],
        "left_out": [heading for heading in run.headings if heading not in used],
        "samples": samples,
        "sheets": run.totals.get("sheets", []),
    }
    return form_page(request, "desk/imports/map.html", form, **context)


@require_GET
@login_required
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: what the check found, what was done, the way on and the way back."""
    run = reads.run(_person(request).scope, run_id)
    if run.status == "draft":
        return redirect("desk:import_map", run.id)
    importer = imports.find(run.kind)
    found = reads.wrongs(run)
    good = run.totals.get("new", 0) + run.totals.get("changed", 0)
    context = {
        "run": run,
        "importer": importer,
        "state": STATES[run.status],
        "wrongs": found[:_WRONGS_SHOWN],
        "more_wrongs": max(0, len(found) - _WRONGS_SHOWN),
        "by_column": reads.by_column(found)[:12],
        "changes": _changes(run, importer, _person(request).scope),
        "good": good,
        "may": _person(request).scope.may(importer.right),
        "has_source": run.source is not None and bool(run.source.stored),
        "made_by": Person.objects.select_related("unit").filter(id=run.by_id).first() if run.by_id else None,
        "percent": run.totals.get("done", 0) * 100 // good if good else 100,
        "records": [(importer.url(each), each) for each in run.created[:5]] if importer.url else [],
        "lines": story_lines(run),
    }
    return render(request, "desk/imports/run.html", context)


def _changes(run: ImportRun, importer: imports.Importer, scope: Scope) -> list[dict[str, Any]]:
    """What the check found would change, each with the record it is about."""
    kind = importer.kind.split(":")[0]
    subject = table().get(kind)
    seen = subject.seen if subject is not None else None
    titles = seen(scope, list({each["subject"] for each in run.told})) if seen and run.told else {}
    found = []
    for each in run.told:
        asked = importer.field(each["field"])
        known = each["subject"] in titles
        found.append(
            {
                **each,
                "field": asked.label if asked else each["field"],
                "title": titles.get(each["subject"], ""),
                "href": importer.url(each["subject"]) if importer.url and known else "",
            }
        )
    return found


@require_POST
@login_required
def import_apply(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Let the good rows in; many rows go on in the background."""
    run = reads.run(_person(request).scope, run_id)
    version = int(request.POST.get("version", run.version))
    try:
        if run.totals.get("rows", 0) > _LONG:
            acts.apply_later(by=_person(request), run=run, version=version)
            say(request, _("已转入后台导入，可以离开本页。"))
        else:
            acts.apply_import(by=_person(request), run=run, version=version)
            say(
                request,
                _("已导入：新增 %(new)s，更新 %(changed)s。")
                % {"new": len(run.created), "changed": len(run.changed)},
                undo=reverse("desk:import_undo", args=[run.id]),
            )
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:import", run.id)


@require_POST
@login_required
def import_undo(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take everything back, or say which records are in use."""
    run = reads.run(_person(request).scope, run_id)
    try:
        acts.undo_import(by=_person(request), run=run)
        say(request, _("已撤销“%(name)s”的导入。") % {"name": run.name})
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:import", run.id)


@require_GET
@login_required
def import_bad(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """The rows that stayed out, as a workbook with the reasons in an added column."""
    run = reads.run(_person(request).scope, run_id)
    headings, lines = reads.bad_rows(run)
    name = run.name.rsplit(".", 1)[0]
    return xlsx_answer(request, _("%(name)s-有错的行") % {"name": name}, headings, lines)


@require_GET
@login_required
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook to fill in: headings, an example row, and a sheet that explains every column."""
    importer = imports.find(kind)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = importer.label[:31]
    for number, each in enumerate(importer.fields, start=1):
        cell = sheet.cell(1, number, each.label + ("*" if each.required else ""))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True)
        sheet.cell(2, number, each.example).font = Font(italic=True, color="808080")
        sheet.column_dimensions[get_column_letter(number)].width = 18
    sheet.freeze_panes = "A2"
    notes = book.create_sheet(_("说明"))
    notes.append([_("列"), _("必填"), _("例子"), _("说明"), _("也认得的标题")])
    for each in importer.fields:
        notes.append(
            [
                each.label,
                _("是") if each.required else "",
                each.example,
                each.note,
                "、".join(each.aliases[:6]),
            ]
        )
    notes.append([])
    notes.append([_("第 2 行是例子，填写前请删去。标 * 的必填。")])
    target = io.BytesIO()
    book.save(target)
    answer = HttpResponse(target.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="guatu-{importer.kind.split(":")[0]}.xlsx"'
    return answer


urlpatterns = [
    path("", imports_list, name="imports"),
    path("new/", import_new, name="import_new"),
    path("new/<str:kind>/", import_new, name="import_new"),
    path("template/<str:kind>/", import_template, name="import_template"),
    path("<uuid:run_id>/", import_run, name="import"),
    path("<uuid:run_id>/columns/", import_map, name="import_map"),
    path("<uuid:run_id>/apply/", import_apply, name="import_apply"),
    path("<uuid:run_id>/undo/", import_undo, name="import_undo"),
    path("<uuid:run_id>/bad/", import_bad, name="import_bad"),
]
