"""Contracts given on together: hand-over with a preview, one person for many places, limits. Addresses: people.py."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.forms.handing import AssignForm, HandOverForm, LimitsForm
from guatu.desk.story import story_lines
from guatu.desk.templatetags.people import contract_word
from guatu.desk.views.place_list import chosen
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.units import acts, reads
from guatu.units.models import Contract, HandOver, Person
from guatu.units.rules import shares

_MOST_SHOWN = 500


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def what_of(row: Contract) -> str:
    """What a contract is about: the place, or the area."""
    return row.place.name if row.place is not None else place_reads.name_of(row.area)


def _held(request: HttpRequest, person: Person) -> list[Contract]:
    """The running contracts of a person that this reader may give on, neighbours together."""
    scope = _me(request).scope
    rows = (
        reads.visible_contracts(scope)
        .filter(person=person, ended=False)
        .order_by("area", "kind", "place__name", "id")
    )
    return [row for row in rows[:_MOST_SHOWN] if scope.allows("contract.edit", area=row.area)]


@require_http_methods(["GET", "POST"])
@login_required
def hand_over(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Choose what goes, to whom and from when; see who gets what; then do it."""
    me = _me(request)
    require(me.scope, "contract.edit")
    person = reads.who_holds(me.scope, person_id)
    rows = _held(request, person)
    form = HandOverForm(request.POST or None)
    ticked = set(chosen(request)) if request.method == "POST" else {row.id for row in rows}
    preview: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        taken = [row for row in rows if row.id in ticked]
        preview = _preview(request, taken, form.cleaned_data["to"])
        if "confirm" in request.POST:
            try:
                batch = acts.hand_over(
                    by=me, person=person, moves={each["row"].id: each["to"] for each in preview}, on=form.cleaned_data["on"]
                )  # fmt: skip
            except Problem as problem:
                form.add_problem(problem)
            else:
                count = len(batch.moves)
                words = ngettext("已交接 %(n)s 份责任包干。", "已交接 %(n)s 份责任包干。", count) % {
                    "n": count
                }
                say(request, words, undo=reverse("desk:handover_undo", args=[batch.id]))
                return redirect("desk:handover", batch.id)
    context = {
        "someone": person,
        "rows": [{"row": row, "what": what_of(row), "on": row.id in ticked} for row in rows],
        "form": form,
        "preview": preview,
        "people": form.cleaned_data.get("to", []) if form.is_bound and not form.errors else [],
    }
    return render(request, "desk/people/hand_over.html", context, status=422 if form.errors else 200)


def _preview(request: HttpRequest, rows: list[Contract], to: list[Person]) -> list[dict[str, Any]]:
    """Who gets what: shared out evenly, neighbours together, unless the reader chose somebody else for a row."""
    known = {str(person.id): person for person in to}
    found = []
    for row, share in zip(rows, shares(len(rows), len(to)), strict=True):
        wished = known.get(request.POST.get(f"to-{row.id}", ""))
        found.append({"row": row, "what": what_of(row), "to": wished or to[share]})
    return found


@require_GET
@login_required
def handover(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One hand-over: what went to whom, with its way back."""
    me = _me(request)
    batch = reads.handover(me.scope, batch_id)
    keys = [move[name] for move in batch.moves for name in ("new", "old") if move[name]]
    rows = {
        str(row.id): row for row in Contract.objects.select_related("person", "place").filter(id__in=keys)
    }
    people = Person.objects.in_bulk([move["to"] for move in batch.moves])
    lines = []
    for move in batch.moves:
        row = rows.get(move["new"]) or rows.get(move["old"])
        lines.append({"row": row, "what": what_of(row) if row else "—", "to": people.get(UUID(move["to"]))})
    context = {
        "batch": batch,
        "rows": lines,
        "may_undo": not batch.undone and me.scope.may("contract.edit"),
        "area_name": place_reads.name_of(batch.area) if batch.area else "",
        "lines": story_lines(batch),
    }
    return render(request, "desk/people/handover.html", context)


@require_POST
@login_required
def handover_undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    me = _me(request)
    batch = reads.handover(me.scope, batch_id)
    try:
        acts.undo_hand_over(by=me, batch=batch)
        say(request, _("已撤销，原来的责任人照旧。"))
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:handover", batch.id)


@require_GET
@login_required
def handovers(request: HttpRequest) -> HttpResponse:
    """What was handed over lately."""
    scope = _me(request).scope
    require(scope, "contract.read")
    rows: list[HandOver] = list(reads.handovers(scope)[:100])
    return render(request, "desk/people/handovers.html", {"rows": rows})


@require_POST
@login_required
def places_assign(request: HttpRequest) -> HttpResponse:
    """One person for the places ticked in a list: first the form, then the deed."""
    me = _me(request)
    require(me.scope, "contract.edit")
    rows = list(
        place_reads.visible_places(me.scope)
        .filter(id__in=chosen(request), withdrawn=False)
        .order_by("area", "name")
    )
    if not rows:
        say(request, _("没有选中点位。"), level=30)
        return redirect("desk:gaps")
    form = AssignForm(request.POST if "person" in request.POST else None, initial={"kind": _kind_for(rows)})
    if form.is_bound and form.is_valid():
        try:
            batch = acts.assign_places(by=me, places=rows, **form.cleaned_data)
        except Problem as problem:
            form.add_problem(problem)
        else:
            count = len(batch.moves)
            words = ngettext("已指定 %(n)s 处的责任人。", "已指定 %(n)s 处的责任人。", count) % {"n": count}
            say(request, words, undo=reverse("desk:handover_undo", args=[batch.id]))
            return redirect("desk:handover", batch.id)
    title = ngettext("为 %(n)s 个点位指定责任人", "为 %(n)s 个点位指定责任人", len(rows)) % {"n": len(rows)}
    return form_page(
        request, "desk/people/assign.html", form, title=title, rows=rows, submit_label=_("签订包干"),
        cancel_url=reverse("desk:gaps"),
    )  # fmt: skip


def _kind_for(rows: list[Any]) -> str:
    kinds = {row.kind for row in rows}
    return (
        {"building": "building", "market": "market", "shop": "block"}.get(kinds.pop(), "place")
        if len(kinds) == 1
        else "place"
    )


@require_http_methods(["GET", "POST"])
@login_required
def limits(request: HttpRequest) -> HttpResponse:
    """How many contracts of each kind are too many for one person."""
    me = _me(request)
    require(me.scope, "contract.limits")
    form = LimitsForm(request.POST or None, initial=reads.limits())
    if request.method == "POST" and form.is_valid():
        try:
            acts.set_limits(by=me, limits=form.limits())
            say(request, _("已保存。"))
            return redirect("desk:gaps")
        except Problem as problem:
            form.add_problem(problem)
    return form_page(
        request, "desk/people/form.html", form, title=_("一个人最多包干几份"),
        lead=_("超过的会列在包干缺口里，不拦签订。下面小字是出厂设定。"), cancel_url=reverse("desk:gaps"),
    )  # fmt: skip


def loads(scope: Any) -> list[dict[str, Any]]:
    """People with too many contracts: how many of each kind, against the limit. Two queries."""
    known = reads.limits()
    people = sorted(reads.overloaded(scope)[:200], key=lambda row: (-row.running, row.name))[:50]  # type: ignore[attr-defined]
    counts: dict[Any, list[tuple[str, int, bool]]] = {}
    rows = (
        Contract.objects.filter(person__in=people, ended=False)
        .order_by("person_id", "kind")
        .values_list("person_id", "kind")
    )
    for person_id, kind in rows:
        held = counts.setdefault(person_id, [])
        if held and held[-1][0] == kind:
            held[-1] = (kind, held[-1][1] + 1, held[-1][1] + 1 > known.get(kind, 30))
        else:
            held.append((kind, 1, known.get(kind, 30) < 1))
    return [
        {"person": person, "kinds": [(contract_word(kind), count, over, known.get(kind)) for kind, count, over in counts.get(person.id, [])]}
        for person in people
    ]  # fmt: skip


urlpatterns = [
    path("contracts/limits/", limits, name="contract_limits"),
    path("contracts/assign/", places_assign, name="places_assign"),
    path("handovers/", handovers, name="handovers"),
    path("handovers/<uuid:batch_id>/", handover, name="handover"),
    path("handovers/<uuid:batch_id>/undo/", handover_undo, name="handover_undo"),
    path("hand-over/<uuid:person_id>/", hand_over, name="hand_over"),
]
