"""Visits at the desk: the list, one visit with its record, and what stands of them on a place's page. Steps: visit_steps.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from guatu.desk.current import campaign_or_none
from guatu.desk.forms.inspections import ReasonForm
from guatu.desk.inspection_states import (
    VERDICTS,
    file_lines,
    order_state,
    person_of,
    visit_state,
)
from guatu.desk.story import story_lines
from guatu.desk.templatetags.people import place_word
from guatu.desk.views.rounds import area_choices
from guatu.inspections import words
from guatu.inspections.models import Visit
from guatu.inspections.reads import orders as order_reads
from guatu.inspections.reads import visits as reads
from guatu.inspections.reads.norms import checklist_for
from guatu.inspections.rules.visits import allowed
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.places import reads as place_reads
from guatu.places.models import Place
from guatu.places.rules.hours import parse
from guatu.units.models import Person

_STEPS = ("start", "finish", "not_open", "gone", "skip", "plan_again", "take_back", "remove", "restore")


def _prepare(rows: list[Visit]) -> list[Visit]:
    people = Person.objects.in_bulk({row.done_by_id for row in rows if row.done_by_id})
    for row in rows:
        person = people.get(row.done_by_id) if row.done_by_id else None
        row.done_by = person.name if person is not None else ""  # type: ignore[attr-defined]
        row.area_name = place_reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


VISITS = Listing(
    name="visits",
    title=_lazy("检查记录"),
    columns=[
        Column("place", _lazy("场所"), value="place.name", sort="place__name", wide=True,
               link=lambda row: reverse("desk:visit", args=[row.id])),
        Column("place_kind", _lazy("类别"), value=lambda row: place_word(row.place.kind)),
        Column("area", _lazy("区域"), value="area_name", sort="area"),
        Column("kind", _lazy("检查方式"), value=lambda row: words.word(words.VISIT_KINDS, row.kind), sort="kind"),
        Column("round", _lazy("检查轮次"), value="round.number", kind="code"),
        Column("done_at", _lazy("检查时间"), kind="datetime", sort="done_at", nullable=True),
        Column("due_at", _lazy("期限"), kind="datetime", sort="due_at", nullable=True),
        Column("done_by", _lazy("检查人员")),
        Column("not_met", _lazy("不符合"), kind="number", value=lambda row: row.kept.get("not_met") if row.status == "done" else None),
        Column("status", _lazy("结果"), kind="state", value=visit_state, export=lambda row: str(visit_state(row))),
        Column("note", _lazy("说明"), wide=True, shown=False),
    ],
    filters=[
        ChoiceFilter("outcome", _lazy("结果"), choices=list(words.OUTCOMES.items()), counts=True),
        ChoiceFilter("status", _lazy("状态"), choices=[(code, words.VISIT_STATUS[code]) for code in ("planned", "started", "done", "skipped")]),
        ChoiceFilter("kind", _lazy("检查方式"), choices=list(words.VISIT_KINDS.items())),
        ChoiceFilter("late", _lazy("回头看"), choices=[("1", _lazy("逾期未回头看"))],
                     apply=lambda rows, _value: rows.filter(kind="look_back", status__in=reads.WAITING, due_at__lt=clock.now())),
        AreaFilter("area", _lazy("区域"), choices=area_choices),
        DateFilter("day", _lazy("检查日期"), field="done_on"),
        SearchFilter("q", fields=("place__name", "place__number", "round__number")),
    ],
    sort="-done_at",
    export_right=reads.READ,
    prepare=_prepare,
)  # fmt: skip


@require_GET
@login_required
def visits(request: HttpRequest) -> HttpResponseBase:
    """Every visit of the campaign."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = reads.visits(scope).filter(campaign=campaign_or_none(request)).exclude(status="removed")
    return lists.respond(request, VISITS, rows, "desk/inspections/visits.html")


def item_lines(record: reads.Record) -> list[dict[str, Any]]:
    """The checklist as the page shows it, under the norm each item comes from."""
    return [
        {
            "item": line.item, "norm": line.item.norm_version, "state": VERDICTS.get(line.verdict), "verdict": line.verdict,
            "note": line.finding.note if line.finding is not None else "", "photos": file_lines(line.photos),
        }
        for line in record.items
    ]  # fmt: skip


def cases_of(row: Visit) -> list[tuple[str, str]]:
    """(number, address) of the cases that were made of what was found."""
    return [(each["number"], reverse("desk:case", args=[each["id"]])) for each in row.kept.get("cases", ())]


@require_GET
@login_required
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit: where, when, who; what was asked and found; what followed."""
    me = person_of(request)
    row = reads.visit_of(me.scope, visit_id)
    asked = (
        None
        if row.asked or row.kind == "look_back"
        else [
            item.id
            for item in checklist_for(row.place, clock.today(), row.round.checklist if row.round else ())
        ]
    )
    record = reads.record_of(row, asked)
    people = (
        Person.objects.filter(pk__in=row.kept.get("people", ())).select_related("unit")
        if row.kept.get("people")
        else ()
    )
    can = {"do": reads.may_do(me.scope, row), "edit": reads.may_edit(me.scope, row)}
    right = {"skip": "edit", "plan_again": "edit", "take_back": "edit", "remove": "edit", "restore": "edit"}
    steps = {step: can[right.get(step, "do")] and allowed(step, row.status, row.outcome) for step in _STEPS}
    context = {
        "row": row, "state": visit_state(row), "record": record, "items": item_lines(record), "photos": file_lines(record.photos),
        "order": record.order, "order_state": order_state(record.order) if record.order is not None else None,
        "backs": [(back, visit_state(back)) for back in record.look_backs], "people": people, "steps": steps, "may": can,
        "cases": cases_of(row), "may_case": me.scope.allows("case.open", area=row.area) and row.status == "done",
        "path": place_reads.path_of(row.place.area), "hours": parse(row.place.opening_hours), "kind": words.VISIT_KINDS[row.kind],
        "reasons": {step: ReasonForm(auto_id=f"{step}_%s") for step in ("not_open", "gone", "skip", "take_back")}, "lines": story_lines(row), "waits": row.status in reads.WAITING, "late": reads.is_late(row),
        "shift": words.word(words.SHIFTS, row.kept.get("shift", "")),
    }  # fmt: skip
    return render(request, "desk/inspections/visit.html", context)


def place_panel(request: HttpRequest, place: Place) -> Any:
    """The last visits to a place, its open orders, and the way to a visit now."""
    from guatu.desk.place_panels import Panel

    scope = person_of(request).scope
    if not scope.may(reads.READ):
        return None
    rows = list(reads.of_place(scope, place.id)[:8])
    orders = list(order_reads.of_place(scope, place.id)[:5])
    may_visit = scope.allows(reads.DO, area=place.area) and not place.withdrawn and place.closed_on is None
    context = {
        "place": place, "visits": [(row, visit_state(row), words.VISIT_KINDS[row.kind]) for row in rows],
        "orders": [(row, order_state(row), words.ORDER_KINDS[row.kind]) for row in orders], "may_visit": may_visit,
    }  # fmt: skip
    return Panel("visits", "desk/inspections/_place_panel.html", context, order=30)


urlpatterns = [
    path("", visits, name="visits"),
    path("<uuid:visit_id>/", visit, name="visit"),
]
