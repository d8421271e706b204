"""The routes of a round: have them planned, see who goes where when and what was left out and why, set an order by hand."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.desk.inspection_states import person_of
from guatu.inspections import words
from guatu.inspections.acts import planning as acts
from guatu.inspections.models import Round, Team, Visit
from guatu.inspections.reads import rounds as reads
from guatu.inspections.reads.planning import point_of
from guatu.inspections.rules.rounds import EDITABLE
from guatu.kernel import clock
from guatu.kernel.problems import CATALOGUE, Problem
from guatu.kit.export import csv_answer, xlsx_answer
from guatu.kit.toasts import say

SEARCH = (5, 10, 30, 60)


def _routes(row: Round) -> list[dict[str, Any]]:
    frozen, now = set(row.plan.get("frozen", ())), clock.now()
    return [
        {
            "team": line.team, "names": line.names, "visits": line.visits, "frozen": str(line.team.id) in frozen,
            "no_point": line.team.ends_at > now and point_of(line.team) is None,
            "over": bool(line.visits) and not any(visit.status == "planned" for visit in line.visits),
        }
        for line in reads.teams_of(row)
    ]  # fmt: skip


def _written(visit: Visit) -> str:
    return f"{clock.local(visit.eta):%Y-%m-%d %H:%M}" if visit.eta else ""


def _left_out(row: Round) -> list[dict[str, Any]]:
    """What is in no route, the more important first, with the sentence that says why."""
    extra = row.plan.get("extra", {})
    rows = (
        reads.visits_of(row)
        .filter(status="planned")
        .exclude(left_out="")
        .order_by("-priority", "place__name")
    )
    return [
        {
            "visit": visit, "why": words.LEFT_OUT.get(visit.left_out, visit.left_out),
            "minutes": -(-extra[str(visit.pk)] // 60) if str(visit.pk) in extra else None,
        }
        for visit in rows
    ]  # fmt: skip


@require_GET
@login_required
def round_plan(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The routes as they stand; while they are being planned the page comes again by itself."""
    row = reads.round_of(person_of(request).scope, round_id)
    waiting = acts.underway(row)
    problem = row.plan.get("problem", "")
    context = {
        "row": row, "routes": _routes(row), "left_out": _left_out(row), "waiting": waiting, "search": SEARCH,
        "may_edit": reads.may_edit(person_of(request).scope, row) and row.status in EDITABLE, "planned": row.plan.get("planned"), "travel": row.plan.get("travel", 0) // 60,
        "planned_at": row.plan.get("planned_at", ""), "problem": Problem(problem, round=row.name, number=row.number).words() if problem in CATALOGUE else "",
    }  # fmt: skip
    answer = render(request, "desk/inspections/plan.html", context)
    if waiting:
        answer["Refresh"] = "3"
    return answer


@require_POST
@login_required
def round_plan_ask(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Ask for routes; they are worked out in the background."""
    row = reads.round_of(person_of(request).scope, round_id)
    text = request.POST.get("seconds", "10")
    seconds = int(text) if text.isdigit() and int(text) in SEARCH else 10
    try:
        acts.ask_for_plan(by=person_of(request), round=row, seconds=seconds)
        say(request, _("正在规划路线，最多 %(seconds)s 秒，页面会自动显示结果。") % {"seconds": seconds})
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round_plan", row.id)


@require_POST
@login_required
def team_order(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Move one visit up or down by hand, or give the team back to planning."""
    team: Team = reads.team_of(person_of(request).scope, team_id)
    try:
        if "release" in request.POST:
            acts.release_team(by=person_of(request), team=team)
            say(request, _("已交回自动排序；下次规划会重新安排。"))
        else:
            order = _moved(team, request.POST.get("visit", ""), request.POST.get("to", ""))
            if acts.order_by_hand(by=person_of(request), team=team, visits=order) is None:
                say(request, _("这个顺序赶不上开放时间或下班时间，预计时刻空着。"), level=WARNING)
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect(f"{reverse('desk:round_plan', args=[team.round_id])}#team-{team.id}")


def _moved(team: Team, visit: str, to: str) -> list[UUID]:
    order = list(
        Visit.objects.filter(team=team, status="planned").order_by("seq", "id").values_list("pk", flat=True)
    )
    place = next((number for number, pk in enumerate(order) if str(pk) == visit), None)
    if place is None or to not in ("up", "down"):
        return order
    target = min(max(place + (-1 if to == "up" else 1), 0), len(order) - 1)
    order.insert(target, order.pop(place))
    return order


@require_GET
@login_required
def round_plan_file(request: HttpRequest, round_id: UUID) -> HttpResponseBase:
    """The routes as a table, formula-safe: one line per place, team by team."""
    row = reads.round_of(person_of(request).scope, round_id)
    heads = [_("检查组"), _("次序"), _("预计时刻"), _("场所"), _("地址"), _("开放时间"), _("没有排入的原因")]
    lines = [
        [
            route["team"].name,
            visit.seq,
            _written(visit),
            visit.place.name,
            visit.place.address,
            visit.place.opening_hours,
            "",
        ]
        for route in _routes(row)
        for visit in route["visits"]
    ]
    lines += [
        ["", None, None, each["visit"].place.name, each["visit"].place.address, each["visit"].place.opening_hours, str(each["why"])]
        for each in _left_out(row)
    ]  # fmt: skip
    answer = csv_answer if request.GET.get("as") == "csv" else xlsx_answer
    return answer(request, f"{row.number}-routes", heads, lines)


urlpatterns = [
    path("<uuid:round_id>/plan/", round_plan, name="round_plan"),
    path("<uuid:round_id>/plan/ask/", round_plan_ask, name="round_plan_ask"),
    path("<uuid:round_id>/plan/file/", round_plan_file, name="round_plan_file"),
    path("teams/<uuid:team_id>/order/", team_order, name="team_order"),
]
