"""Service points: the list with the line as last reported, one point, opening and changing it, its course, the report."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import campaign_or_none, current_campaign
from guatu.desk.forms.points import PauseForm, PointForm, ReportForm, initial_of
from guatu.desk.story import story_lines
from guatu.desk.views.place_list import area_choices, person_of
from guatu.duty.reads import on_duty
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.kit.writing import Pen
from guatu.places import reads as place_reads
from guatu.places.models import Place
from guatu.units import reads as unit_reads
from guatu.venues import point_words as words
from guatu.venues.acts import points as acts
from guatu.venues.models import PointReport, ServicePoint
from guatu.venues.reads import points as reads
from guatu.venues.rules import points as rules

FIELDS = {"point.number_taken": "number", "point.unknown_item": None}
STATES = {
    "open": State("going", words.STATUS["open"]),
    "paused": State("held", words.STATUS["paused"]),
    "ended": State("void", words.STATUS["ended"]),
}
OVER, STALE = State("late", _lazy("排队超限")), State("soon", _lazy("久未上报"))
_RANK = Case(
    When(Q(status="open", over_since__isnull=False), then=Value(0)), When(status="open", then=Value(1)),
    When(status="paused", then=Value(2)), default=Value(3),
)  # fmt: skip
_MOST_FOUND = 20


def state_of(row: ServicePoint) -> State:
    """Over its limit, not counted lately, or plainly open, paused, ended."""
    if row.status != "open":
        return STATES[row.status]
    if row.over_since is not None:
        return OVER
    return STATES["open"] if rules.fresh(row.queue_at, clock.now()) else STALE


def wait_of(row: ServicePoint) -> int | None:
    return rules.wait_minutes(row.queue, row.lanes, row.per_hour) if row.status == "open" else None


def served_today(row: ServicePoint) -> int:
    return row.served if row.served_on == clock.today() else 0


def _low(row: ServicePoint) -> str:
    return "、".join(rules.low(row.stock))


def _low_cell(pen: Pen, row: ServicePoint) -> SafeString:
    short = _low(row)
    return format_html("{} {}", pen.icon("warn"), short) if short else SafeString("")


def _prepare(rows: list[ServicePoint]) -> list[ServicePoint]:
    for row in rows:
        row.area_name = place_reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


POINTS = Listing(
    name="service-points",
    title=_lazy("服务点"),
    columns=[
        Column("name", _lazy("名称"), value="place.name", sort="place__name", wide=True, link=lambda row: reverse("desk:point", args=[row.id])),
        Column("kind", _lazy("类型"), value=lambda row: words.KINDS[row.kind], sort="kind"),
        Column("area", _lazy("区域"), value="area_name", sort="area"),
        Column("state", _lazy("状态"), kind="state", value=state_of, sort=_RANK, export=lambda row: str(state_of(row))),
        Column("queue", _lazy("排队人数"), kind="number", sort="queue", nullable=True),
        Column("wait", _lazy("约等（分钟）"), kind="number", value=wait_of),
        Column("queue_at", _lazy("上报时间"), kind="moment", sort="queue_at", nullable=True),
        Column("served", _lazy("今日已服务"), kind="number", value=served_today),
        Column("low", _lazy("缺物资"), value=_low, write=_low_cell, export=_low),
        Column("unit", _lazy("负责单位"), value="unit", sort="unit__name", nullable=True, shown=False),
        Column("number", _lazy("编号"), sort="number", kind="code", shown=False),
        Column("limit", _lazy("排队上限"), kind="number", sort="limit", shown=False),
        Column("lanes", _lazy("通道数"), kind="number", sort="lanes", shown=False),
        Column("address", _lazy("地址"), value="place.address", shown=False),
        Column("hours", _lazy("开放时间"), value="place.opening_hours", shown=False),
        Column("public", _lazy("市民查询页上显示"), kind="yes", shown=False),
    ],
    filters=[
        ChoiceFilter("kind", _lazy("类型"), choices=list(words.KINDS.items()), counts=True),
        SearchFilter("q", fields=("number", "place__name", "place__address")),
        AreaFilter("area", _lazy("区域"), choices=area_choices),
        ChoiceFilter("status", _lazy("状态"), choices=list(words.STATUS.items()), many=True),
        BooleanFilter("over", _lazy("排队超限"), apply=lambda rows, value: _over(rows, value)),
        BooleanFilter("stale", _lazy("久未上报"), apply=lambda rows, value: _stale(rows, value)),
    ],
    sort="state",
    export_right=reads.READ,
    prepare=_prepare,
)  # fmt: skip


def _over(rows: QuerySet[ServicePoint], value: bool) -> QuerySet[ServicePoint]:
    return rows.filter(status="open", over_since__isnull=not value)


def _stale(rows: QuerySet[ServicePoint], value: bool) -> QuerySet[ServicePoint]:
    counted = Q(queue_at__gte=clock.now() - rules.STALE)
    return rows.filter(status="open").filter(~counted | Q(queue_at=None) if value else counted)


@require_GET
@login_required
def points(request: HttpRequest) -> HttpResponseBase:
    """Every point of the campaign; those that ended only when they are asked for."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = reads.points(scope).filter(campaign=campaign_or_none(request))
    if not request.GET.getlist("status"):
        rows = rows.exclude(status="ended")
    context = {"may_edit": scope.may(acts.EDIT)}
    return lists.respond(request, POINTS, rows, "desk/points/list.html", context)


# --- one point -------------------------------------------------------------------------------------------------------


def _stock(row: ServicePoint) -> list[dict[str, Any]]:
    short = rules.low(row.stock)
    return [
        {
            "name": name,
            "have": line.get("have", 0),
            "low": line.get("low", 0),
            "unit": line.get("unit", ""),
            "short": name in short,
        }
        for name, line in row.stock.items()
    ]


def _day(request: HttpRequest) -> dt.date:
    try:
        return min(dt.date.fromisoformat(request.GET.get("day", "")), clock.today())
    except ValueError:
        return clock.today()


def _chart(row: ServicePoint, day: dt.date) -> dict[str, Any]:
    """The day's line by hour beside its limit, as the chart and its table show it."""
    hours = reads.curve_of(row, day)
    lines: list[tuple[str, list[int | None]]] = [(_("排队人数"), [queue for _hour, queue in hours])]
    if row.limit:
        lines.append((_("排队上限"), [row.limit for _each in hours]))
    return {
        "labels": [f"{hour}:00" for hour, _queue in hours],
        "lines": lines,
        "kept": any(queue is not None for _hour, queue in hours),
        "day": day,
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1) if day < clock.today() else None,
    }


def _context(request: HttpRequest, row: ServicePoint, form: ReportForm | None = None) -> dict[str, Any]:
    scope = person_of(request).scope
    now = clock.now()
    last = PointReport.objects.filter(point=row, withdrawn=False).order_by("-at", "-id").first()
    return {
        "row": row, "state": state_of(row), "kind": words.KINDS[row.kind], "area_name": place_reads.name_of(row.area),
        "fresh": rules.fresh(row.queue_at, now), "over": rules.over(row.queue, row.limit), "wait": wait_of(row),
        "served": served_today(row), "stock": _stock(row), "last": last, "now": now,
        "may_edit": scope.allows(acts.EDIT, area=row.area), "may_report": scope.allows(acts.REPORT, area=row.area),
        "form": form or ReportForm(point=row), "counts": rules.quick_counts(row.limit),
    }  # fmt: skip


@require_GET
@login_required
def point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """One point: the line now, the day's curve, stock, who is needed and who is on duty, its story."""
    me = person_of(request)
    row = reads.point_of(me.scope, point_id)
    context = {
        **_context(request, row), "chart": _chart(row, _day(request)), "pause": PauseForm(), "lines": story_lines(row),
        "needed": sum(int(post.get("people", 1)) for post in row.posts),
        "duty": on_duty(row.unit, clock.now()) if row.unit is not None and me.scope.may("duty.read") else None,
    }  # fmt: skip
    return render(request, "desk/points/point.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def point_report(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """The page for a phone at the door: one touch says how long the line is; below it everything else."""
    me = person_of(request)
    row = reads.point_of(me.scope, point_id)
    require(me.scope, acts.REPORT, area=row.area)
    if row.status != "open" and request.method == "GET":
        return redirect("desk:point", row.id)  # which says why, and how it is opened again
    form = ReportForm(request.POST if request.method == "POST" else None, point=row)
    if request.method == "POST" and form.is_valid():
        try:
            said = acts.report_point(by=me, point=row, **form.said())
            words_said = (
                _("已上报：排队 %(n)s 人。") % {"n": said.queue} if said.queue is not None else _("已上报。")
            )
            say(request, words_said, undo=reverse("desk:point_report_undo", args=[row.id, said.id]))
            return redirect(
                "desk:point_report" if request.POST.get("then") == "stay" else "desk:point", row.id
            )
        except Problem as problem:
            form.add_problem(problem)
    context = _context(request, row, form)
    return render(request, "desk/points/report.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def point_report_undo(request: HttpRequest, point_id: UUID, report_id: UUID) -> HttpResponse:
    """Take one's slip of the finger back."""
    me = person_of(request)
    row = reads.point_of(me.scope, point_id)
    said = PointReport.objects.filter(point=row, pk=report_id).select_related("point").first()
    if said is None:
        raise Problem("access.not_found")
    try:
        acts.withdraw_report(by=me, report=said)
        say(request, _("已撤销这次上报。"))
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:point", row.id)


# --- opening, changing, its course -----------------------------------------------------------------------------------


def _form(request: HttpRequest, initial: dict[str, Any], fresh: bool) -> PointForm:
    units = list(
        unit_reads.visible_units(person_of(request).scope).filter(active=True).order_by("path")[:500]
    )
    data = request.POST if request.method == "POST" else None
    return PointForm(data, units=units, fresh=fresh, initial=initial)


def _choose(request: HttpRequest) -> HttpResponse:
    """Which place it is at: found by its name, number or address."""
    asked = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    rows = place_reads.visible_places(person_of(request).scope).filter(withdrawn=False, closed_on=None)
    found = rows.filter(Q(name__icontains=asked) | Q(number__icontains=asked) | Q(address__icontains=asked))
    shown = list(found.order_by("name", "id")[:_MOST_FOUND]) if asked else []
    context = {"asked": asked, "found": shown, "may_place": person_of(request).scope.may("place.edit")}
    return render(request, "desk/points/choose.html", context)


def _place(request: HttpRequest) -> Place | None:
    try:
        wanted = UUID(request.GET.get("place", ""))
    except ValueError:
        return None
    return place_reads.visible_places(person_of(request).scope).filter(pk=wanted).first()


@require_http_methods(["GET", "POST"])
@login_required
def point_new(request: HttpRequest) -> HttpResponse:
    """Make a place a service point; without `?place=` the place is chosen first."""
    me = person_of(request)
    require(me.scope, acts.EDIT)
    place = _place(request)
    if place is None:
        return _choose(request)
    initial = {
        "lanes": 1,
        "per_hour": 60,
        "public": True,
        "unit": me.unit.code if me.unit is not None else "",
    }
    form = _form(request, initial, fresh=True)
    if request.method == "POST" and form.is_valid():
        try:
            row = acts.open_point(by=me, campaign=current_campaign(request), place=place, **form.cleaned_data)
            say(request, _("已设立服务点 %(number)s。") % {"number": row.number})
            return redirect("desk:point", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    back = reverse("desk:points")
    return form_page(
        request, "desk/points/form.html", form, title=_("设立服务点"), place=place, cancel_url=back
    )


@require_http_methods(["GET", "POST"])
@login_required
def point_edit(request: HttpRequest, point_id: UUID) -> HttpResponse:
    me = person_of(request)
    row = reads.point_of(me.scope, point_id)
    require(me.scope, acts.EDIT, area=row.area)
    form = _form(request, initial_of(row), fresh=False)
    if request.method == "POST" and form.is_valid():
        try:
            acts.change_point(by=me, point=row, changes=form.cleaned_data, version=_version(request))
            say(request, _("已修改服务点。"))
            return redirect("desk:point", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    back = reverse("desk:point", args=[row.id])
    return form_page(
        request,
        "desk/points/form.html",
        form,
        title=_("修改服务点"),
        place=row.place,
        row=row,
        cancel_url=back,
    )


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


@require_POST
@login_required
def point_step(request: HttpRequest, point_id: UUID, point_step: str) -> HttpResponse:
    """pause, resume or end. What is refused is said on the point's page."""
    row = reads.point_of(person_of(request).scope, point_id)
    said: dict[str, Any] = {"by": person_of(request), "point": row, "version": _version(request)}
    resume = reverse("desk:point_step", args=[row.id, "resume"])
    try:
        if point_step == "pause":
            acts.pause_point(reason=request.POST.get("reason", ""), **said)
            say(request, _("已暂停，市民查询页会显示原因。"), undo=resume)
        elif point_step == "resume":
            acts.resume_point(**said)
            say(request, _("已恢复服务。"))
        elif point_step == "end":
            acts.end_point(**said)
            say(request, _("已撤销服务点。"), undo=resume)
        else:
            raise Problem("access.not_found")
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:point", row.id)


def place_panel(request: HttpRequest, place: Place) -> Any:
    """The service points at a place, and the way to open one there."""
    from guatu.desk.place_panels import Panel

    scope = person_of(request).scope
    if not scope.may(reads.READ):
        return None
    rows = list(reads.points(scope).filter(place=place).exclude(status="ended").order_by("number", "id")[:10])
    may = scope.allows(acts.EDIT, area=place.area) and not place.withdrawn and place.closed_on is None
    if not rows and not may:
        return None
    lines = [(row, words.KINDS[row.kind], state_of(row), wait_of(row)) for row in rows]
    return Panel(
        "points", "desk/points/_place_panel.html", {"place": place, "lines": lines, "may": may}, order=45
    )


urlpatterns = [
    path("", points, name="points"),
    path("new/", point_new, name="point_new"),
    path("<uuid:point_id>/", point, name="point"),
    path("<uuid:point_id>/edit/", point_edit, name="point_edit"),
    path("<uuid:point_id>/report/", point_report, name="point_report"),
    path("<uuid:point_id>/reports/<uuid:report_id>/undo/", point_report_undo, name="point_report_undo"),
    path("<uuid:point_id>/step/<slug:point_step>/", point_step, name="point_step"),
]
