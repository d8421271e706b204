"""The double random draw at the desk: the pool fixed and promised, then drawn, replayed, downloaded, taken back."""

import json
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.forms.inspections import DrawForm, FixForm, ReasonForm
from guatu.desk.inspection_states import person_of
from guatu.desk.round_panels import Panel
from guatu.desk.views.round_places import choose_form, criteria_of, editable
from guatu.desk.views.round_teams import people_to_send
from guatu.inspections.acts import drawing as acts
from guatu.inspections.models import Round
from guatu.inspections.reads import rounds as reads
from guatu.inspections.rules import drawing
from guatu.inspections.rules.rounds import EDITABLE
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say

_PUBLIC = ("algorithm", "places", "inspectors", "rules", "pool_hash", "commitment", "fixed_at", "stratum")


def round_panel(request: HttpRequest, row: Round) -> Panel | None:
    """How the draw stands: promised, or drawn and whether it replays."""
    if not row.draw.get("pool_hash"):
        return None
    may = reads.may_edit(person_of(request).scope, row) and row.status in EDITABLE
    return Panel(
        "draw", "desk/inspections/_draw_panel.html", {"row": row, "draw": row.draw, "may_edit": may}, order=20
    )


@require_http_methods(["GET", "POST"])
@login_required
def round_fix(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """First step: out of what, how many, by whom."""
    row = editable(request, round_id)
    pool = choose_form(request, row)
    form = FixForm(request.POST if request.method == "POST" else None, people=people_to_send(request))
    if (
        request.method == "POST"
        and pool.is_valid()
        and form.is_valid()
        and (asked := criteria_of(pool)) is not None
    ):
        given = form.cleaned_data
        try:
            acts.fix_draw(
                by=person_of(request), round=row, criteria=asked, draw=form.rules(), people=given["people"], stratum=given["stratum"],
                weighted=given["weighted"], same_unit=given["other_unit"],
            )  # fmt: skip
            say(request, _("抽取范围已确定。公布承诺值以后，填入公开的随机值抽取。"))
            return redirect("desk:round_draw", row.id)
        except Problem as problem:
            form.add_problem(problem)
    wrong = form.is_bound and (form.errors or pool.errors)
    return render(
        request,
        "desk/inspections/fix.html",
        {"row": row, "form": form, "pool": pool},
        status=422 if wrong else 200,
    )


@require_http_methods(["GET", "POST"])
@login_required
def round_draw(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Second step, and afterwards the record: everybody who sees the round may check it."""
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    may = reads.may_edit(me.scope, row) and row.status in EDITABLE
    drawn = bool(row.draw.get("picked"))
    form = DrawForm(
        request.POST if request.method == "POST" else None,
        initial={"day": max(row.starts_on, min(clock.today(), row.ends_on)), "shift": "day"},
    )
    if request.method == "POST" and not drawn:
        editable(request, round_id)
        if form.is_valid():
            try:
                row = acts.draw_round(by=me, round=row, **form.cleaned_data)
                say(request, _("已抽取 %(count)s 个场所。") % {"count": len(row.draw["picked"])})
                return redirect("desk:round_draw", row.id)
            except Problem as problem:
                form.add_problem(problem)
    names = {
        each["id"]: each["name"] for each in (*row.draw.get("places", ()), *row.draw.get("inspectors", ()))
    }
    context: dict[str, Any] = {
        "row": row, "draw": row.draw, "form": form if may and row.draw.get("sealed") else None, "may_edit": may, "drawn": drawn,
        "replay": drawing.replay(row.draw) if drawn else None, "undo": ReasonForm() if may and drawn else None,
        "picked": [{**pick, "name": names.get(pick["place"], pick["place"])} for pick in row.draw.get("picked", ())],
        "crews": [(crew["number"], "、".join(names.get(key, key) for key in crew["members"])) for crew in row.draw.get("crews", ())],
        "before": row.draw.get("before", ()),
    }  # fmt: skip
    wrong = form.is_bound and form.errors
    return render(request, "desk/inspections/draw.html", context, status=422 if wrong else 200)


@require_GET
@login_required
def round_draw_record(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The record as a file, to be replayed without this program. Before the draw: what was promised, never the secret."""
    row = reads.round_of(person_of(request).scope, round_id)
    if not row.draw.get("pool_hash"):
        raise Problem("access.not_found")
    hidden = ("sealed", "before", "teams")
    record = {name: value for name, value in row.draw.items() if name not in hidden}
    if not row.draw.get("picked"):
        record = {name: value for name, value in record.items() if name in _PUBLIC}
    answer = HttpResponse(
        json.dumps(record, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{row.number}-draw.json"'
    return answer


@require_POST
@login_required
def round_undraw(request: HttpRequest, round_id: UUID) -> HttpResponse:
    row = reads.round_of(person_of(request).scope, round_id)
    try:
        count = acts.undo_draw(by=person_of(request), round=row, reason=request.POST.get("reason", ""))
        say(request, _("已撤销抽取，去掉 %(count)s 个场所；原来的抽取记录保留。") % {"count": count})
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect(reverse("desk:round_draw", args=[row.id]))


urlpatterns = [
    path("<uuid:round_id>/draw/", round_draw, name="round_draw"),
    path("<uuid:round_id>/draw/fix/", round_fix, name="round_fix"),
    path("<uuid:round_id>/draw/record.json", round_draw_record, name="round_draw_record"),
    path("<uuid:round_id>/draw/undo/", round_undraw, name="round_undraw"),
]
