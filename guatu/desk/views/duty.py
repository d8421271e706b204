"""Duty: who is on duty this week, unit by unit, day and night; where nobody is; entering, changing, swapping, copying."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.forms.duty import ChangeForm, ShiftForm, SwapForm
from guatu.desk.story import story_lines
from guatu.desk.views.duty_shifts import NAMED_WORDS, calendar, person_of, role_word, shifts, when_of
from guatu.duty import acts, reads, rules
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.formats import clock_time
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.units.models import Person, Unit
from guatu.units.reads import find_unit

FIELDS = {
    "duty.bad_time": "until",
    "duty.twice": "person",
    "person.inactive": "person",
    "duty.unknown_role": "role",
}
WEEKDAYS = [gettext_lazy(each) for each in ("周一", "周二", "周三", "周四", "周五", "周六", "周日")]


def _monday(request: HttpRequest) -> dt.date:
    try:
        return rules.monday_of(dt.date.fromisoformat(request.GET.get("week", "")))
    except ValueError:
        return rules.monday_of(clock.today())


def _below(request: HttpRequest) -> str:
    wanted = request.GET.get("unit", "")
    return wanted if wanted.replace("/", "").replace("-", "").isalnum() and wanted.isascii() else ""


# --- the week ----------------------------------------------------------------------------------------------------


def _cell(part: reads.Part, me: Person) -> dict[str, Any]:
    """One half of a day as the grid shows it."""
    names = [
        {
            "row": row,
            "name": row.person.name,
            "role": role_word(row.role),
            "when": ""
            if rules.name_of(clock.local(row.starts_at), clock.local(row.ends_at)) == part.named
            else when_of(row),
            "mine": row.person_id == me.id,
        }
        for row in part.shifts
    ]
    return {
        "named": part.named,
        "word": NAMED_WORDS[part.named],
        "names": names,
        "empty": part.empty,
        "over": part.over,
        "gaps": [] if part.empty else [f"{clock_time(gap.start)}–{clock_time(gap.end)}" for gap in part.gaps],
        "now": part.start <= clock.now() < part.end,
    }


@require_GET
@login_required
def week(request: HttpRequest) -> HttpResponse:
    """This week as a grid: units down, days across, each day in day and night."""
    me = person_of(request)
    require(me.scope, reads.RIGHT)
    monday, below = _monday(request), _below(request)
    lines = reads.week(me.scope, monday, me.unit, below)
    today = clock.today()
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    context = {
        "monday": monday,
        "sunday": days[-1],
        "days": [{"day": day, "word": WEEKDAYS[day.weekday()], "today": day == today} for day in days],
        "lines": [
            {
                "unit": line.unit,
                "gaps": line.gaps,
                "may_edit": line.may_edit,
                "days": [
                    {
                        "day": day,
                        "word": WEEKDAYS[day.weekday()],
                        "today": day == today,
                        "parts": [_cell(part, me) for part in parts],
                    }
                    for day, parts in zip(days, line.days, strict=True)
                ],
            }
            for line in lines
        ],
        "gaps": sum(line.gaps for line in lines),
        "kept": any(part.shifts for line in lines for parts in line.days for part in parts),
        "previous": monday - dt.timedelta(days=7),
        "next": monday + dt.timedelta(days=7),
        "this_week": monday == rules.monday_of(today),
        "below": below,
        "may_edit": me.scope.may(reads.EDIT),
        "import_url": reverse("desk:import_new", args=["shift"]),
        "full": len(lines) >= reads.MOST_UNITS,
    }
    return render(request, "desk/duty/week.html", context)


# --- writing -----------------------------------------------------------------------------------------------------


def _week_url(moment: dt.datetime | dt.date) -> str:
    day = clock.local(moment).date() if isinstance(moment, dt.datetime) else moment
    return reverse("desk:duty") + "?" + urlencode({"week": rules.monday_of(day).isoformat()})


@require_http_methods(["GET", "POST"])
@login_required
def shift_new(request: HttpRequest) -> HttpResponse:
    me = person_of(request)
    require(me.scope, reads.EDIT)
    units = reads.units_to_edit(me.scope)
    asked = request.GET
    initial = {
        "unit": asked.get("unit") or (me.unit.code if me.unit is not None else ""),
        "day": asked.get("day") or clock.today().isoformat(),
        "when": asked.get("when") or "day",
    }
    form = ShiftForm(request.POST or None, units=units, people=reads.people_for(units), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = acts.set_shifts(
                by=me, unit=given["unit"], person=given["person"], spans=form.spans(), role=given["role"], note=given["note"]
            )  # fmt: skip
            say(request, _("已排 %(count)s 班：%(name)s，%(unit)s。")
                % {"count": len(made), "name": given["person"].name, "unit": given["unit"]})  # fmt: skip
            if request.POST.get("then") == "next":
                return redirect(
                    reverse("desk:shift_new")
                    + "?"
                    + urlencode({"unit": given["unit"].code, "day": given["day"]})
                )
            return redirect(_week_url(made[0].starts_at))
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    return form_page(
        request, "desk/duty/form.html", form, title=_("排班"), save_and_next=True, cancel_url=reverse("desk:duty")
    )  # fmt: skip


def _one(request: HttpRequest, shift_id: UUID) -> tuple[Shift, bool]:
    me = person_of(request)
    row = reads.shift(me.scope, shift_id)
    return row, me.scope.allows(reads.EDIT, area=row.unit.area, units=(row.unit.path,))


def _initial(row: Shift) -> dict[str, Any]:
    return {
        "person": str(row.person_id), "role": row.role, "note": row.note,
        "starts_at": clock.local(row.starts_at), "ends_at": clock.local(row.ends_at),
    }  # fmt: skip


def _swap_form(row: Shift, data: Any = None) -> SwapForm | None:
    others = reads.swappable(row)
    if not others:
        return None
    words = {
        str(each.id): f"{clock.local(each.starts_at):%m-%d} {when_of(each)} {each.person.name}"
        for each in others
    }
    return SwapForm(data, shifts=others, words=words)


@require_http_methods(["GET", "POST"])
@login_required
def shift(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """One shift: as it stands; to change, swap or take off for whoever may."""
    row, may = _one(request, shift_id)
    form = None
    status = 200
    if may:
        people = reads.people_for([row.unit]) | Person.objects.filter(pk=row.person_id)
        form = ChangeForm(request.POST or None, people=people, initial=_initial(row))
        if request.method == "POST" and form.is_valid():
            try:
                row = acts.change_shift(
                    by=person_of(request), shift=row, changes=form.cleaned_data, version=_version(request)
                )
                say(request, _("已修改这一班。"))
                return redirect(_week_url(row.starts_at))
            except Problem as problem:
                form.add_problem(problem, {**FIELDS, "duty.bad_time": "ends_at"}.get(problem.code))
        status = 422 if form.errors else 200
    elif request.method == "POST":
        raise Problem("access.denied", right=reads.EDIT)
    context = {
        "row": row, "when": when_of(row), "role": role_word(row.role), "form": form, "lines": story_lines(row),
        "swap": _swap_form(row) if may else None, "week_url": _week_url(row.starts_at),
    }  # fmt: skip
    return render(request, "desk/duty/shift.html", context, status=status)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else None


@require_POST
@login_required
def shift_swap(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    row, _may = _one(request, shift_id)
    form = _swap_form(row, request.POST)
    if form is None or not form.is_valid():
        return redirect("desk:shift", row.id)
    other = form.cleaned_data["other"]
    try:
        acts.swap_shifts(by=person_of(request), first=row, second=other)
        say(
            request,
            _("已换班：%(one)s 和 %(other)s。") % {"one": row.person.name, "other": other.person.name},
        )
    except Problem as problem:
        say(request, problem.words(), level=WARNING)
        return redirect("desk:shift", row.id)
    return redirect(_week_url(row.starts_at))


@require_POST
@login_required
def shift_remove(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    row, _may = _one(request, shift_id)
    acts.remove_shift(by=person_of(request), shift=row, version=_version(request))
    say(
        request,
        _("已撤下%(name)s的班。") % {"name": row.person.name},
        undo=reverse("desk:shift_restore", args=[row.id]),
    )
    return redirect(_week_url(row.starts_at))


@require_POST
@login_required
def shift_restore(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """The way back of a removal."""
    row = acts.restore_shift(by=person_of(request), shift_id=shift_id)
    say(request, _("已恢复%(name)s的班。") % {"name": row.person.name})
    return redirect(_week_url(row.starts_at))


@require_POST
@login_required
def week_copy(request: HttpRequest) -> HttpResponse:
    """Last week once more, for one unit."""
    me = person_of(request)
    require(me.scope, reads.EDIT)
    unit = find_unit(request.POST.get("unit", ""))
    try:
        target = dt.date.fromisoformat(request.POST.get("week", ""))
    except ValueError:
        target = clock.today()
    try:
        done = acts.copy_week(by=me, unit=unit, source=target - dt.timedelta(days=7), target=target)
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
        return redirect(_week_url(target))
    words = _("已从上周复制 %(made)s 班，%(skipped)s 班已经有或不能排。") % {
        "made": done.made,
        "skipped": done.skipped,
    }
    say(request, words, undo=reverse("desk:duty_copy_undo", args=[unit.id, done.act_id]) if done.made else "")
    return redirect(_week_url(target))


@require_POST
@login_required
def copy_undo(request: HttpRequest, unit_id: UUID, act_id: UUID) -> HttpResponse:
    unit = get_object_or_404(Unit, pk=unit_id)
    count = acts.undo_copy(by=person_of(request), unit=unit, act_id=act_id)
    say(request, _("已撤销复制，去掉 %(count)s 班。") % {"count": count})
    return redirect("desk:duty")


urlpatterns = [
    path("", week, name="duty"),
    path("shifts/", shifts, name="shifts"),
    path("shifts/new/", shift_new, name="shift_new"),
    path("shifts/<uuid:shift_id>/", shift, name="shift"),
    path("shifts/<uuid:shift_id>/swap/", shift_swap, name="shift_swap"),
    path("shifts/<uuid:shift_id>/remove/", shift_remove, name="shift_remove"),
    path("shifts/<uuid:shift_id>/restore/", shift_restore, name="shift_restore"),
    path("copy/", week_copy, name="duty_copy"),
    path("copies/<uuid:unit_id>/<uuid:act_id>/undo/", copy_undo, name="duty_copy_undo"),
    path("mine.ics", calendar, name="duty_calendar"),
]
