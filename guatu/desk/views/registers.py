"""Registers: the lists, one list, its export. One entry: entry.py."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.forms.registers import ReasonForm
from guatu.desk.story import story_lines
from guatu.desk.views import entity_lists
from guatu.desk.views import entry as one
from guatu.desk.views.case import person_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.export import Value, csv_answer, xlsx_answer
from guatu.kit.filters import AreaFilter, ChoiceFilter, Filter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.places import reads as places
from guatu.registers import acts, reads
from guatu.registers.models import CONFLICT_WORDS, KIND_WORDS, STATUS_WORDS, Entry, Register
from guatu.registers.rules import Column as Declared

STATES = {
    "current": State("done", STATUS_WORDS["current"]),
    "withdrawn": State("void", STATUS_WORDS["withdrawn"]),
    "forgotten": State("held", STATUS_WORDS["forgotten"]),
}


@require_GET
@login_required
def registers(request: HttpRequest) -> HttpResponse:
    """Every register of the campaign with the number of its entries."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, "register.read")
    rows = reads.registers(person.scope, campaign)
    context = {"campaign": campaign, "registers": [(row, KIND_WORDS[row.kind]) for row in rows]}
    return render(request, "desk/registers/index.html", context)


@dataclass(frozen=True)
class Seeker(Filter):
    """Search in clear titles and keys; a personal key is found when it is written in full."""

    template = SearchFilter.template

    def read(self, query: Any, prefix: str, request: HttpRequest) -> Any:
        text = super().read(query, prefix, request)
        return (text, request) if text else None

    def words(self, value: Any, request: HttpRequest) -> str:
        return str(value[0])

    def default(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        text, request = value
        return reads.searched(person_of(request).scope, request.guatu_register, rows, text)


def _label(column: Declared) -> str:
    return column.label_en if english() and column.label_en else column.label


def _cell(key: str) -> Any:
    return lambda row: row.shown.get(key, "")


def _columns(register: Register) -> list[Column]:
    """Its own columns, the title first and as a link; then whom it belongs to, where, state, when."""
    columns = reads.columns(register)
    title = next(column for column in columns if column.key == register.title_field)
    shown = [Column(title.key, _label(title), value=lambda row: row.shown.get(title.key) or str(row),
                    sort="title_text" if not title.personal else None, link=one.address_of)]  # fmt: skip
    shown += [
        Column(column.key, _label(column), value=_cell(column.key), kind="number" if column.type == "number" else "text",
               shown=len(columns) <= 8 or column.required)
        for column in columns
        if column is not title
    ]  # fmt: skip
    if register.parent is not None:
        name = register.parent.name_en if english() and register.parent.name_en else register.parent.name
        shown.append(Column("parent", _("所属%(name)s") % {"name": name}, value="parent_title"))
    if register.entity_list:
        shown.append(
            Column("conflict", _("并行修改"), kind="state", value=lambda row: entity_lists.CONFLICT_STATES.get(row.conflict),
                   export=lambda row: str(CONFLICT_WORDS.get(row.conflict, "")), shown=False)
        )  # fmt: skip
    return [
        *shown,
        Column("area", _("街镇"), value=lambda row: places.name_of(row.area[:9]) if row.area else "", sort="area"),
        Column("status", _("状态"), kind="state", value=lambda row: STATES[row.status], sort="status",
               export=lambda row: str(STATUS_WORDS[row.status])),
        Column("entered_at", _("登记时间"), kind="datetime", sort="entered_at", shown=False),
    ]  # fmt: skip


def _filters(register: Register) -> list[Filter]:
    choices = [
        ChoiceFilter(f"c_{column.key}", _label(column), field=f"fields__{column.key}",
                     choices=[(each, each) for each in column.choices])
        for column in reads.columns(register)
        if column.type == "choice" and not column.personal
    ]  # fmt: skip
    areas = [(line.code, line.name) for line in places.children(register.area[:6])]
    if register.entity_list:
        choices.append(
            ChoiceFilter(
                "conflict",
                _("并行修改"),
                choices=[("1", _("有冲突"))],
                apply=lambda rows, _value: rows.exclude(conflict=""),
            )
        )
    return [
        Seeker("q", _("搜索")),
        ChoiceFilter("status", _("状态"), choices=list(STATUS_WORDS.items()), counts=True),
        *choices,
        AreaFilter("area", choices=areas),
    ]


def listing_of(request: HttpRequest, register: Register) -> Listing:
    """The list of one register: personal values masked."""
    scope = person_of(request).scope

    def prepare(rows: list[Entry]) -> list[Entry]:
        masked, above = reads.masked(rows), reads.parents(scope, rows)
        for row in rows:
            row.shown = masked[row.id]  # type: ignore[attr-defined]
            row.parent_title = above.get(row.parent_id, "") if row.parent_id else ""  # type: ignore[attr-defined]
        return rows

    return Listing(
        name=f"register-{register.code}",
        title=register.name_en if english() and register.name_en else register.name,
        columns=_columns(register),
        filters=_filters(register),
        sort="-entered_at",
        export_right="register.export",
        prepare=prepare,
    )


def _found(request: HttpRequest, register_id: UUID) -> Register:
    row = reads.register_by_id(register_id)
    if row is None or not person_of(request).scope.may("register.read"):
        raise Problem("access.not_found")
    current_campaign(request)
    request.guatu_register = row  # type: ignore[attr-defined]
    return row


@require_GET
@login_required
def register(request: HttpRequest, register_id: UUID) -> HttpResponseBase:
    """One register: its entries, personal values masked."""
    person = person_of(request)
    row = _found(request, register_id)
    rows = reads.entries(person.scope, row)
    context = {
        "register": row,
        "personal": [_label(column) for column in reads.columns(row) if column.personal],
        "may_enter": person.scope.may("register.edit"),
        "import_url": reverse("desk:import_new", args=[f"entry:{row.id}"])
        if person.scope.allows("register.import", area=row.area)
        else "",
        "may_reveal": person.scope.allows("register.reveal", area=row.area),
        "lines": story_lines(row)[:5],
        **entity_lists.listed(request, row),
    }

    def exported(asked: HttpRequest, _kind: str) -> None:
        count = lists.build(asked, listing_of(asked, row), rows).narrowed.count()
        acts.record_export(by=person, register=row, count=count)

    return lists.respond(
        request, listing_of(request, row), rows, "desk/registers/list.html", context, exported=exported
    )


@require_http_methods(["GET", "POST"])
@login_required
def register_export(request: HttpRequest, register_id: UUID) -> HttpResponseBase:
    """Export with personal values in the clear: with the right to see them, a reason, and a line in the sight log."""
    person = person_of(request)
    row = _found(request, register_id)
    require(person.scope, "register.reveal", area=row.area)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        entries = list(
            reads.entries(person.scope, row, right="register.reveal")
            .exclude(status="withdrawn")
            .order_by("id")
        )
        try:
            acts.record_export(
                by=person,
                register=row,
                count=len(entries),
                revealed=entries,
                reason=form.cleaned_data["reason"],
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            return _clear_file(request, row, entries)
    count = reads.entries(person.scope, row, right="register.reveal").exclude(status="withdrawn").count()
    return form_page(
        request, "desk/registers/export.html", form, register=row, count=count, title=_("导出（含个人信息）"),
        submit_label=_("记录原因并下载"), cancel_url=reverse("desk:register", args=[row.id]),
    )  # fmt: skip


def _clear_file(request: HttpRequest, row: Register, entries: list[Entry]) -> HttpResponseBase:
    columns, clear = reads.columns(row), reads.opened(entries)
    above = reads.parents(person_of(request).scope, entries)
    headings = (
        [column.label for column in columns] + ([f"所属{row.parent.name}"] if row.parent else []) + ["街镇"]
    )

    def line(entry: Entry) -> list[Value]:
        cells: list[Value] = [clear[entry.id].get(column.key, "") for column in columns]
        if row.parent:
            cells.append(above.get(entry.parent_id, "") if entry.parent_id else "")
        return [*cells, places.name_of(entry.area[:9]) if entry.area else ""]

    answer = csv_answer if request.POST.get("format") == "csv" else xlsx_answer
    return answer(request, row.name, headings, map(line, entries))


urlpatterns = [
    path("", registers, name="registers"),
    path("<uuid:register_id>/", register, name="register"),
    path("<uuid:register_id>/new/", one.entry_new, name="entry_new"),
    path("<uuid:register_id>/export/", register_export, name="register_export"),
    path("<uuid:register_id>/entities/", entity_lists.register_entities, name="register_entities"),
    path("words/<uuid:word_id>/enter/", entity_lists.word_enter, name="word_enter"),
    path("words/<uuid:word_id>/drop/", entity_lists.word_drop, name="word_drop"),
    path("entries/<uuid:entry_id>/", one.entry, name="entry"),
    path("entries/<uuid:entry_id>/conflict/", entity_lists.entry_conflict, name="entry_conflict"),
    path("entries/<uuid:entry_id>/correct/", one.entry_correct, name="entry_correct"),
    path("entries/<uuid:entry_id>/reveal/", one.entry_reveal, name="entry_reveal"),
    path("entries/<uuid:entry_id>/sights/", one.entry_sights, name="entry_sights"),
    path("entries/<uuid:entry_id>/withdraw/", one.entry_withdraw, name="entry_withdraw"),
    path("entries/<uuid:entry_id>/forget/", one.entry_forget, name="entry_forget"),
]
