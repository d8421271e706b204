"""Rounds of inspections: the list, one round, opening and changing it, its course. Places: round_places.py; teams:
round_teams.py; the draw: round_draw.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import campaign_or_none, current_campaign
from guatu.desk.forms.inspections import ReasonForm, RoundForm
from guatu.desk.inspection_states import person_of, round_state, version_of, visit_state
from guatu.desk.round_panels import panels_of
from guatu.desk.story import story_lines
from guatu.desk.views import areas as area_views
from guatu.inspections import words
from guatu.inspections.acts import course
from guatu.inspections.acts import rounds as acts
from guatu.inspections.models import NormVersion, Round, Visit
from guatu.inspections.reads import rounds as reads
from guatu.inspections.rules.rounds import EDITABLE
from guatu.inspections.rules.visits import JUDGED
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.units import reads as unit_reads

FIELDS = {
    "round.unnamed": "name",
    "round.bad_days": "ends_on",
    "round.unknown_area": "area",
    "round.unknown_norm": "checklist",
}
_POINTS = 2000


def area_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """The campaign's area and what lies directly below it."""
    campaign = campaign_or_none(request)
    code = campaign.area if campaign is not None else "31"
    return [
        (code, place_reads.name_of(code)),
        *((line.code, line.name) for line in place_reads.children(code)),
    ]


def _prepare(rows: list[Round]) -> list[Round]:
    found = reads.progress_of(rows)
    for row in rows:
        row.progress = found[row.pk]  # type: ignore[attr-defined]
        row.area_name = place_reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


ROUNDS = Listing(
    name="rounds",
    title=_lazy("检查轮次"),
    columns=[
        Column("number", _lazy("编号"), sort="number", kind="code"),
        Column("name", _lazy("名称"), sort="name", wide=True, link=lambda row: reverse("desk:round", args=[row.id])),
        Column("area", _lazy("区域"), value="area_name"),
        Column("unit", _lazy("牵头单位"), value="unit", sort="unit__name", nullable=True),
        Column("starts_on", _lazy("开始日期"), kind="date", sort="starts_on"),
        Column("ends_on", _lazy("结束日期"), kind="date", sort="ends_on"),
        Column("places", _lazy("场所"), kind="number", value="progress.total"),
        Column("done", _lazy("已检查"), kind="number", value="progress.done"),
        Column("percent", _lazy("进度"), kind="percent", value="progress.percent"),
        Column("status", _lazy("状态"), kind="state", sort="status", value=round_state, export=lambda row: str(round_state(row))),
    ],
    filters=[
        ChoiceFilter("status", _lazy("状态"), choices=list(words.ROUND_STATUS.items()), counts=True),
        SearchFilter("q", fields=("number", "name")),
        AreaFilter("area", _lazy("区域"), choices=area_choices),
        DateFilter("on", _lazy("开始日期"), field="starts_on"),
    ],
    sort="-starts_on",
    export_right=reads.READ,
    prepare=_prepare,
)  # fmt: skip


@require_GET
@login_required
def rounds(request: HttpRequest) -> HttpResponseBase:
    """Every round of the campaign."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = reads.rounds(scope).filter(campaign=campaign_or_none(request))
    return lists.respond(
        request, ROUNDS, rows, "desk/inspections/rounds.html", {"may_edit": scope.may(reads.EDIT)}
    )


# --- one round -------------------------------------------------------------------------------------------------------


@require_GET
@login_required
def round_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One round: how far, who goes when, what is left, what is late."""
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    teams = reads.teams_of(row)
    may = reads.may_edit(me.scope, row)
    waiting = (
        reads.visits_of(row)
        .filter(team=None, status="planned", kind="round")
        .order_by("-priority", "place__name", "id")
    )
    context: dict[str, Any] = {
        "row": row, "state": round_state(row), "area_name": place_reads.name_of(row.area), "progress": reads.progress_of([row])[row.pk],
        "outcomes": [(words.OUTCOMES[code], count, code) for code, count in sorted(reads.progress_of([row])[row.pk].outcomes.items())],
        "teams": teams, "days": reads.days_of(row, teams), "unassigned": waiting.count(), "waiting": list(waiting[:50]),
        "late": list(reads.late_look_backs(row)[:20]), "open_orders": reads.open_orders(row),
        "editions": list(NormVersion.objects.filter(pk__in=row.checklist).select_related("norm")),
        "may_edit": may, "editable": may and row.status in EDITABLE, "reason": ReasonForm(prefix="close"),
        "cancel": ReasonForm(prefix="cancel"), "lines": story_lines(row), "panels": panels_of(request, row),
    }  # fmt: skip
    return render(request, "desk/inspections/round.html", context)


def map_tone(row: Visit) -> str:
    """How far it is, not how it ended: the map's own legend speaks of done, waiting and late."""
    if row.status == "done":
        return "done" if row.outcome in JUDGED else "held"
    return visit_state(row).tone


@require_GET
@login_required
def round_map(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Its places as points, coloured by how they stand."""
    row = reads.round_of(person_of(request).scope, round_id)
    rows = reads.visits_of(row).filter(place__lon__isnull=False).order_by("id")[:_POINTS]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [visit.place.lon, visit.place.lat]},
            "properties": {
                "role": "point", "name": visit.place.name, "tone": map_tone(visit), "href": reverse("desk:visit", args=[visit.id]),
                "lines": [str(visit_state(visit)), visit.team.name if visit.team is not None else ""],
            },
        }
        for visit in rows
    ]  # fmt: skip
    answer = place_reads.map_answer([*area_views.borders(row.area), *features], label=row.name)
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _form(request: HttpRequest, row: Round | None, initial: dict[str, Any]) -> RoundForm:
    units = list(
        unit_reads.visible_units(person_of(request).scope).filter(active=True).order_by("path")[:500]
    )
    areas = area_choices(request)
    if row is not None and row.area not in dict(areas):
        areas = [(row.area, place_reads.name_of(row.area)), *areas]
    kept = row.checklist if row is not None else ()
    return RoundForm(
        request.POST if request.method == "POST" else None,
        areas=areas,
        units=units,
        kept=kept,
        initial=initial,
    )


@require_http_methods(["GET", "POST"])
@login_required
def round_new(request: HttpRequest) -> HttpResponse:
    me = person_of(request)
    require(me.scope, reads.EDIT)
    today = clock.today()
    form = _form(request, None, {"starts_on": today, "ends_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            row = acts.open_round(by=me, campaign=current_campaign(request), **form.cleaned_data)
            say(request, _("已新建%(name)s，接着选择场所。") % {"name": row.name})
            return redirect("desk:round_places", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code, "area" if problem.status == 403 else None))
    return form_page(request, "desk/inspections/form.html", form, title=_("新建检查轮次"), cancel_url=reverse("desk:rounds"),
                     crumb=reverse("desk:rounds"), crumb_word=_("检查轮次"))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def round_edit(request: HttpRequest, round_id: UUID) -> HttpResponse:
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    if not reads.may_edit(me.scope, row):
        raise Problem("access.denied", right=reads.EDIT)
    initial = {
        name: getattr(row, name) for name in ("name", "area", "starts_on", "ends_on", "checklist", "note")
    }
    form = _form(request, row, {**initial, "unit": row.unit.code if row.unit is not None else ""})
    if request.method == "POST" and form.is_valid():
        try:
            acts.edit_round(by=me, round=row, changes=form.cleaned_data, version=version_of(request))
            say(request, _("已修改检查轮次。"))
            return redirect("desk:round", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    back = reverse("desk:round", args=[row.id])
    return form_page(request, "desk/inspections/form.html", form, title=_("修改检查轮次"), cancel_url=back, row=row,
                     crumb=back, crumb_word=row.name)  # fmt: skip


@require_POST
@login_required
def round_step(request: HttpRequest, round_id: UUID, round_step: str) -> HttpResponse:
    """start, close, cancel or reopen. What is refused is said on the round's page."""
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    said: dict[str, Any] = {"by": me, "round": row, "version": version_of(request)}
    try:
        if round_step == "start":
            course.start_round(**said)
            say(request, _("检查已开始，检查人员在手机上可以看到了。"))
        elif round_step == "close":
            course.close_round(reason=request.POST.get("close-reason", ""), **said)
            say(request, _("检查已结束。"), undo=reverse("desk:round_step", args=[row.id, "reopen"]))
        elif round_step == "cancel":
            course.cancel_round(reason=request.POST.get("cancel-reason", ""), **said)
            say(request, _("检查已取消。"), undo=reverse("desk:round_step", args=[row.id, "reopen"]))
        elif round_step == "reopen":
            course.reopen_round(**said)
            say(request, _("检查已恢复。"))
        else:
            raise Problem("access.not_found")
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round", row.id)


@require_GET
@login_required
def round_sheet(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The day's sheet, a page a team: where to go in which order, what is open when, space to write. `?day=` only one day."""
    me = person_of(request)
    row = reads.round_of(me.scope, round_id)
    day = request.GET.get("day", "")
    teams = [line for line in reads.teams_of(row) if not day or line.team.on_day.isoformat() == day]
    return render(request, "desk/inspections/sheet.html", {"row": row, "teams": teams, "now": clock.now()})


urlpatterns = [
    path("", rounds, name="rounds"),
    path("new/", round_new, name="round_new"),
    path("<uuid:round_id>/", round_page, name="round"),
    path("<uuid:round_id>/edit/", round_edit, name="round_edit"),
    path("<uuid:round_id>/map/", round_map, name="round_map"),
    path("<uuid:round_id>/sheet/", round_sheet, name="round_sheet"),
    path("<uuid:round_id>/step/<slug:round_step>/", round_step, name="round_step"),
]
