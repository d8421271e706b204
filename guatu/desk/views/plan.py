"""Plan: the campaign's front page. Its other pages stand in plan_tasks, plan_task, plan_many, plan_gantt, plan_activities, plan_organisation."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guatu.campaigns import reads as campaign_reads
from guatu.desk.current import campaign_or_none
from guatu.desk.plan_states import LATE, RISK, STATES, task_state
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.tasks import reads
from guatu.tasks.models import Task
from guatu.tasks.reads import Standing


@dataclass(frozen=True)
class Line:
    """One group, unit or area with its counts; each count has the address of the tasks it counts."""

    standing: Standing
    label: str
    href: str
    bar: list[tuple[Any, int, str]]

    def _with(self, **more: str) -> str:
        return f"{self.href}{'&' if '?' in self.href else '?'}{urlencode(more)}"

    @property
    def accepted_href(self) -> str:
        return self._with(status="accepted")

    @property
    def late_href(self) -> str:
        return self._with(late="1")

    @property
    def waiting_href(self) -> str:
        return self._with(status="reported_done")

    @property
    def risk_href(self) -> str:
        return self._with(risk="1")


def line_of(standing: Standing, key: str, empty: str = "") -> Line:
    """A line whose links filter the task list by `key`."""
    query = {key: standing.key} if key and standing.key else {f"no_{key}": "1"} if key else {}
    href = reverse("desk:tasks") + (f"?{urlencode(query)}" if query else "")
    line = Line(standing, standing.label or empty, href, [])
    line.bar.extend(_bar(standing, line))
    return line


def _bar(standing: Standing, line: Line) -> list[tuple[Any, int, str]]:
    """Done, waiting, on the way, late… as parts of one bar; late and at risk are taken out of what is on the way."""
    parts = [
        (STATES["accepted"], standing.accepted, line.accepted_href),
        (STATES["reported_done"], standing.waiting, line.waiting_href),
        (
            STATES["started"],
            max(standing.going + standing.planned - standing.late - standing.risk, 0),
            line._with(status="open"),
        ),
        (RISK, standing.risk, line.risk_href),
        (LATE, standing.late, line.late_href),
    ]
    return [part for part in parts if part[1]]


@require_GET
@login_required
def plan(request: HttpRequest) -> HttpResponse:
    """Countdown, phases, what is late, progress by group, unit and area."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "task.read")
    campaign = campaign_or_none(request)
    if campaign is None:
        return render(request, "desk/plan/none.html", {"may_found": scope.may("campaign.found")})
    rows = reads.tasks(scope, campaign)
    whole = reads.standing(rows)
    curve = reads.completion_curve(scope, campaign, rows=rows)
    pressing: list[Task] = reads.pressing(rows, 10)
    context = {
        "campaign": campaign,
        "course": campaign_reads.course(campaign),
        "whole": line_of(whole, ""),
        "open_count": whole.going + whole.planned,
        "groups": [line_of(each, "group", _("未归入工作组")) for each in reads.standing_by_group(rows)],
        "units": [line_of(each, "unit") for each in reads.standing_by_unit(rows)],
        "areas": [line_of(each, "area", _("未落到属地")) for each in reads.standing_by_area(rows)],
        "categories": [line_of(each, "category", _("未分类")) for each in reads.standing_by_category(rows)],
        "pressing": [(task, task_state(task)) for task in pressing],
        "pressing_more": max(whole.late + whole.risk - len(pressing), 0),
        "curve": _thinned(curve),
        "activities": reads.coming_activities(scope, campaign, 6),
        "today": clock.today(),
        "may_plan": scope.may("task.plan"),
        "may_edit_campaign": scope.allows("campaign.edit", area=campaign.area),
        "may_import": scope.may("task.import"),
    }
    return render(request, "desk/plan/front.html", context)


def _thinned(curve: list[Any], most: int = 60) -> dict[str, Any] | None:
    """The curve with at most so many points, the last and today's among them."""
    if not curve:
        return None
    step = max(1, -(-len(curve) // most))
    last_known = max((index for index, point in enumerate(curve) if point.accepted is not None), default=0)
    chosen = [
        point
        for index, point in enumerate(curve)
        if index % step == 0 or index in (last_known, len(curve) - 1)
    ]
    return {
        "labels": [point.day.isoformat() for point in chosen],
        "series": [
            (_("实际完成"), [point.accepted for point in chosen]),
            (_("计划完成"), [point.due for point in chosen]),
        ],
    }


urlpatterns = [
    path("", plan, name="plan"),
    path("", include("guatu.desk.views.plan_tasks")),
    path("", include("guatu.desk.views.plan_task")),
    path("", include("guatu.desk.views.plan_many")),
    path("", include("guatu.desk.views.plan_gantt")),
    path("", include("guatu.desk.views.plan_activities")),
    path("", include("guatu.desk.views.plan_organisation")),
]
