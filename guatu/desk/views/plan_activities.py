"""Activities: list, calendar, one activity, its forms."""

import calendar as months
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import current_campaign
from guatu.desk.forms.activities import (
    ActivityForm,
    HoldForm,
    SeriesForm,
    activity_initial,
    kind_choices,
    kind_word,
    result_fields,
)
from guatu.desk.forms.plan import ReasonForm
from guatu.desk.plan_states import ACTIVITY_STATES, activity_state
from guatu.desk.story import story_lines
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.lists import ChoiceFilter, Column, DateFilter, Listing, SearchFilter
from guatu.kit.shortcuts import UNPROCESSABLE, form_page
from guatu.kit.toasts import say
from guatu.places.reads import names as area_names
from guatu.tasks import acts, reads, rules
from guatu.tasks.models import Activity

ACTIVITIES = Listing(
    name="activities",
    title=gettext_lazy("活动"),
    columns=[
        Column("held_on", gettext_lazy("日期"), sort="held_on", kind="date"),
        Column(
            "name",
            gettext_lazy("名称"),
            sort="name",
            wide=True,
            link=lambda a: reverse("desk:activity", args=[a.id]),
        ),
        Column("kind", gettext_lazy("类型"), sort="kind", value=lambda a: kind_word(a.campaign, a.kind)),
        Column("state", gettext_lazy("状态"), value=activity_state, sort="status", kind="state"),
        Column("headcount", gettext_lazy("人数"), sort="headcount", nullable=True, kind="number"),
        Column("unit", gettext_lazy("主办单位"), sort="unit__path", nullable=True),
        Column(
            "parent", gettext_lazy("属于"), value=lambda a: a.parent.name if a.parent else "", shown=False
        ),
        Column("number", gettext_lazy("编号"), sort="number", kind="code", shown=False),
    ],
    filters=[
        SearchFilter("q", fields=("name", "number", "address", "note")),
        ChoiceFilter(
            "status",
            gettext_lazy("状态"),
            counts=True,
            choices=[(key, state.word) for key, state in ACTIVITY_STATES.items()],
        ),
        ChoiceFilter(
            "kind", gettext_lazy("类型"), choices=lambda request: kind_choices(current_campaign(request))
        ),
        DateFilter("held", gettext_lazy("日期"), field="held_on"),
    ],
    sort="-held_on",
    export_right="activity.read",
)


@require_GET
@login_required
def activities(request: HttpRequest) -> HttpResponseBase:
    """Everything that is or was held, newest first."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "activity.read")
    campaign = current_campaign(request)
    context = {"campaign": campaign, "may_edit": scope.may("activity.edit")}
    return lists.respond(
        request, ACTIVITIES, reads.activities(scope, campaign), "desk/plan/activities.html", context
    )


@dataclass(frozen=True)
class Day:
    """A day of the calendar and what happens on it."""

    day: dt.date
    inside: bool
    today: bool
    activities: list[tuple[Activity, Any]]


def month_of(text: str) -> dt.date:
    """`2021-09` → its first day; anything else: this month."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.today().replace(day=1)


def weeks_of(first: dt.date, rows: Sequence[Activity]) -> list[list[Day]]:
    """The weeks (from Monday) of a month, with the activities of each day."""
    by_day: dict[dt.date, list[tuple[Activity, Any]]] = {}
    for row in rows:
        by_day.setdefault(row.held_on, []).append((row, activity_state(row)))
    today = clock.today()
    return [
        [Day(day, day.month == first.month, day == today, by_day.get(day, [])) for day in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]


@require_GET
@login_required
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of activities."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "activity.read")
    campaign = current_campaign(request)
    first = month_of(request.GET.get("month", ""))
    rows = reads.activities_between(
        scope, campaign, first - dt.timedelta(days=7), first + dt.timedelta(days=45)
    )
    context = {
        "campaign": campaign,
        "first": first,
        "weeks": weeks_of(first, rows),
        "weekdays": [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
        "before": (first - dt.timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + dt.timedelta(days=32)).strftime("%Y-%m"),
        "may_edit": scope.may("activity.edit"),
    }
    return render(request, "desk/plan/calendar.html", context)


def _may(person: Any, activity: Activity) -> bool:
    units = [activity.unit.path] if activity.unit else []
    return bool(person.scope.allows("activity.edit", area=activity.area, units=units))


def _page(request: HttpRequest, row: Activity, status: int = 200, **forms: Any) -> HttpResponse:
    may = _may(request.user, row)
    held = {f"result_{name}": value for name, value in row.results.items()}
    hold = HoldForm(
        campaign=row.campaign, kind=row.kind, initial={"headcount": row.headcount, **held}, auto_id="hold_%s"
    )
    words = dict(result_fields(row.campaign, row.kind))
    context = {
        "activity": row,
        "state": activity_state(row),
        "kind": kind_word(row.campaign, row.kind),
        "area_name": area_names().get(row.area, row.area),
        "results": [(words.get(name, name), value) for name, value in row.results.items()],
        "parts": [(part, activity_state(part)) for part in reads.parts_of(row)],
        "story_shown": story_lines(row),
        "may_edit": may,
        "may_hold": may and row.status in rules.ACTIVITY_STEPS["hold"][0] and row.held_on <= clock.today(),
        "may_cancel": may and row.status in rules.ACTIVITY_STEPS["cancel"][0],
        "may_restore": may and row.status in rules.ACTIVITY_STEPS["restore"][0],
        "forms": {"hold": hold, "cancel": ReasonForm(auto_id="cancel_%s"), **forms},
        "opened": next(iter(forms), ""),
    }
    return render(request, "desk/plan/activity.html", context, status=status)


@require_GET
@login_required
def activity(request: HttpRequest, activity_id: str) -> HttpResponse:
    """One activity: when, where, who, what came of it, its parts."""
    return _page(request, reads.activity(request.user.scope, activity_id))  # type: ignore[union-attr]


@require_POST
@login_required
def activity_step(request: HttpRequest, activity_id: str, step: str) -> HttpResponse:
    """Hold it, cancel it, restore it."""
    person: Any = request.user
    row = reads.activity(person.scope, activity_id)
    version = request.POST.get("version", "")
    more: dict[str, Any] = {"version": int(version)} if version.isdigit() else {}
    here = HttpResponseRedirect(reverse("desk:activity", args=[row.id]))
    if step == "restore":
        acts.restore_activity(by=person, activity=row)
        say(request, _("活动已恢复。"))
        return here
    if step not in ("hold", "cancel"):
        raise Problem("access.not_found")
    form: Any = (
        HoldForm(request.POST, campaign=row.campaign, kind=row.kind, auto_id="hold_%s")
        if step == "hold"
        else ReasonForm(request.POST, auto_id="cancel_%s")
    )
    if form.is_valid():
        try:
            if step == "hold":
                acts.hold_activity(by=person, activity=row, **form.outcome(), **more)
                say(request, _("已登记举行。"))
            else:
                acts.cancel_activity(by=person, activity=row, reason=form.cleaned_data["reason"], **more)
                say(request, _("活动已取消。"), undo=reverse("desk:activity_step", args=[row.id, "restore"]))
            return here
        except Problem as problem:
            form.add_problem(problem)
    return _page(request, row, UNPROCESSABLE, **{step: form})


@require_http_methods(["GET", "POST"])
@login_required
def activity_new(request: HttpRequest) -> HttpResponse:
    """Plan an activity, or a part of one (`?parent=`)."""
    person: Any = request.user
    require(person.scope, "activity.edit")
    campaign = current_campaign(request)
    above = request.GET.get("parent", "") or request.POST.get("parent", "")
    parent = reads.activity(person.scope, above) if len(above) == 36 else None
    if request.method == "POST":
        form = ActivityForm(request.POST, campaign=campaign)
        if form.is_valid():
            try:
                row = acts.plan_activity(by=person, campaign=campaign, parent=parent, **form.cleaned_data)
            except Problem as problem:
                form.add_problem(problem)
            else:
                say(request, _("活动已列入计划。"))
                return HttpResponseRedirect(reverse("desk:activity", args=[(parent or row).id]))
    else:
        day = request.GET.get("day", "")
        first: dict[str, Any] = {"area": campaign.area, "held_on": day or clock.today()}
        if parent is not None:
            first |= {
                "held_on": parent.held_on,
                "area": parent.area,
                "unit": parent.unit_id,
                "kind": rules.DRILL_PART,
            }
        form = ActivityForm(campaign=campaign, initial=first)
    title = _("“%(name)s”的环节") % {"name": parent.name} if parent else _("计划活动")
    back = reverse("desk:activity", args=[parent.id]) if parent else reverse("desk:activities")
    return form_page(
        request,
        "desk/plan/activity_form.html",
        form,
        title=title,
        parent=parent,
        cancel_url=back,
        draft_id="activity-new",
    )


@require_http_methods(["GET", "POST"])
@login_required
def activity_edit(request: HttpRequest, activity_id: str) -> HttpResponse:
    """Change what is said of an activity."""
    person: Any = request.user
    row = reads.activity(person.scope, activity_id)
    if not _may(person, row):
        raise Problem("access.denied", right="activity.edit")
    form = ActivityForm(
        request.POST if request.method == "POST" else None,
        campaign=row.campaign,
        initial=activity_initial(row),
    )
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            acts.edit_activity(
                by=person,
                activity=row,
                changes=form.cleaned_data,
                version=int(version) if version.isdigit() else None,
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("活动已保存。"))
            return HttpResponseRedirect(reverse("desk:activity", args=[row.id]))
    back = reverse("desk:activity", args=[row.id])
    return form_page(
        request,
        "desk/plan/activity_form.html",
        form,
        title=_("修改活动"),
        row=row,
        cancel_url=back,
        draft_id=f"activity-{row.id}",
    )


@require_http_methods(["GET", "POST"])
@login_required
def activity_series(request: HttpRequest) -> HttpResponse:
    """The same activity on a day of every month (每月15日城市环境清洁日)."""
    person: Any = request.user
    require(person.scope, "activity.edit")
    campaign = current_campaign(request)
    if request.method == "POST":
        form = SeriesForm(request.POST, campaign=campaign)
        if form.is_valid():
            try:
                made = acts.plan_series(by=person, campaign=campaign, **form.cleaned_data)
            except Problem as problem:
                form.add_problem(problem)
            else:
                said = _("已列入 %(count)s 次活动；已有的日期没有重复。") % {"count": len(made)}
                say(request, said)
                return HttpResponseRedirect(reverse("desk:activities"))
    else:
        first = {
            "area": campaign.area,
            "first": clock.today(),
            "last": campaign.closes_on,
            "kind": rules.CLEAN_DAY,
        }
        form = SeriesForm(campaign=campaign, initial=first)
    return form_page(
        request,
        "desk/plan/activity_form.html",
        form,
        title=_("每月定期活动"),
        lead=_("例如每月15日的城市环境清洁日，一次排好。"),
        cancel_url=reverse("desk:activities"),
    )


urlpatterns = [
    path("activities/", activities, name="activities"),
    path("activities/calendar/", calendar, name="calendar"),
    path("activities/new/", activity_new, name="activity_new"),
    path("activities/series/", activity_series, name="activity_series"),
    path("activities/<uuid:activity_id>/", activity, name="activity"),
    path("activities/<uuid:activity_id>/edit/", activity_edit, name="activity_edit"),
    path("activities/<uuid:activity_id>/<slug:step>/", activity_step, name="activity_step"),
]
