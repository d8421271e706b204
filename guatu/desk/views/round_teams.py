"""The teams of a round: made, changed, taken off and put back, copied to another day."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guatu.desk.forms.inspections import MOST_PEOPLE, TeamForm
from guatu.desk.inspection_states import person_of, version_of
from guatu.desk.views.round_places import day_of, editable
from guatu.inspections.acts import teams as acts
from guatu.inspections.models import Team
from guatu.inspections.reads import rounds as reads
from guatu.inspections.rules.rounds import shift_span
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.units.models import Person
from guatu.units.reads import find_person, visible_people

FIELDS = {
    "team.unnamed": "name", "team.bad_times": "ends", "team.outside_round": "on_day", "team.person_busy": "people",
    "person.inactive": "people", "team.half_a_point": "station_lat",
}  # fmt: skip


def people_to_send(request: HttpRequest) -> list[Person]:
    """The active people this person sees, by unit and name."""
    rows = visible_people(person_of(request).scope).filter(is_active=True).select_related("unit")
    return list(rows.order_by("unit__path", "name")[:MOST_PEOPLE])


def _changes(form: TeamForm) -> dict[str, Any]:
    given = form.cleaned_data
    start, end = form.times()
    return {
        "name": given["name"], "on_day": given["on_day"], "starts_at": start, "ends_at": end, "shift": given["shift"],
        "station_lon": given["station_lon"], "station_lat": given["station_lat"], "travel": given["travel"],
        "at_once": given["at_once"] or 0,
    }  # fmt: skip


def _leader(form: TeamForm) -> Person | None:
    text = form.cleaned_data["leader"]
    if not text:
        return None
    named = [person for person in form.cleaned_data["people"] if text in (person.name, person.username)]
    try:
        return named[0] if named else find_person(text)
    except Problem as problem:
        form.add_error("leader", ValidationError(problem.words()))
        return None


@require_http_methods(["GET", "POST"])
@login_required
def team_new(request: HttpRequest, round_id: UUID) -> HttpResponse:
    row = editable(request, round_id)
    day = day_of(request.GET.get("day", ""), max(row.starts_on, min(clock.today(), row.ends_on)))
    initial = {"on_day": day, "shift": request.GET.get("shift", "day"), "travel": "foot"}
    form = TeamForm(
        request.POST if request.method == "POST" else None, people=people_to_send(request), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        leader = _leader(form)
        try:
            if not form.errors:
                team = acts.add_team(
                    by=person_of(request),
                    round=row,
                    people=form.cleaned_data["people"],
                    leader=leader,
                    **_changes(form),
                )
                say(
                    request,
                    _("已编%(name)s。") % {"name": team.name},
                    undo=reverse("desk:team_withdraw", args=[team.id]),
                )
                if request.POST.get("then") == "next":
                    return redirect(
                        f"{reverse('desk:team_new', args=[row.id])}?day={team.on_day.isoformat()}&shift={team.shift}"
                    )
                return redirect("desk:round", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    back = reverse("desk:round", args=[row.id])
    return form_page(request, "desk/inspections/form.html", form, title=_("编一个检查组"), save_and_next=True, cancel_url=back,
                     crumb=back, crumb_word=row.name)  # fmt: skip


def _initial(team: Team) -> dict[str, Any]:
    start, end = clock.local(team.starts_at), clock.local(team.ends_at)
    usual = (start, end) == shift_span(team.on_day, team.shift, clock.ZONE)
    members = list(team.members.select_related("person").order_by("-leads"))
    return {
        **{name: getattr(team, name) for name in ("name", "on_day", "shift", "travel", "station_lon", "station_lat")},
        "at_once": team.at_once or None, "begins": None if usual else start.time(), "ends": None if usual else end.time(),
        "people": [str(member.person_id) for member in members],
        "leader": next((member.person.username for member in members if member.leads), ""),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def team_edit(request: HttpRequest, team_id: UUID) -> HttpResponse:
    team = reads.team_of(person_of(request).scope, team_id)
    row = editable(request, team.round_id)
    people = people_to_send(request)
    known = {person.pk for person in people}
    people += [
        member.person
        for member in team.members.select_related("person__unit")
        if member.person_id not in known
    ]
    form = TeamForm(request.POST if request.method == "POST" else None, people=people, initial=_initial(team))
    if request.method == "POST" and form.is_valid():
        leader = _leader(form)
        try:
            if not form.errors:
                acts.change_team(by=person_of(request), team=team, changes=_changes(form), people=form.cleaned_data["people"],
                                 leader=leader, version=version_of(request))  # fmt: skip
                say(request, _("已调整%(name)s。") % {"name": form.cleaned_data["name"]})
                return redirect("desk:round", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    back = reverse("desk:round", args=[row.id])
    return form_page(request, "desk/inspections/form.html", form, title=_("调整检查组"), cancel_url=back, row=team, crumb=back,
                     crumb_word=row.name, team=team)  # fmt: skip


@require_POST
@login_required
def team_withdraw(request: HttpRequest, team_id: UUID) -> HttpResponse:
    team = reads.team_of(person_of(request).scope, team_id)
    try:
        acts.withdraw_team(by=person_of(request), team=team, version=version_of(request))
        say(
            request,
            _("已撤下%(name)s。") % {"name": team.name},
            undo=reverse("desk:team_restore", args=[team.id]),
        )
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round", team.round_id)


@require_POST
@login_required
def team_restore(request: HttpRequest, team_id: UUID) -> HttpResponse:
    team = reads.team_of(person_of(request).scope, team_id)
    try:
        acts.restore_team(by=person_of(request), team=team)
        say(request, _("已恢复%(name)s。") % {"name": team.name})
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round", team.round_id)


@require_POST
@login_required
def round_copy_day(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The teams of a day once more, on the next day unless another is named."""
    row = editable(request, round_id)
    source = day_of(request.POST.get("source", ""), row.starts_on)
    target = day_of(request.POST.get("target", ""), source + dt.timedelta(days=1))
    try:
        made = acts.copy_day(by=person_of(request), round=row, source=source, target=target)
        say(
            request,
            _("已复制 %(count)s 个检查组到 %(day)s。") % {"count": len(made), "day": target.isoformat()},
        )
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:round", row.id)


urlpatterns = [
    path("<uuid:round_id>/teams/new/", team_new, name="team_new"),
    path("<uuid:round_id>/teams/copy/", round_copy_day, name="round_copy_day"),
    path("teams/<uuid:team_id>/", team_edit, name="team_edit"),
    path("teams/<uuid:team_id>/withdraw/", team_withdraw, name="team_withdraw"),
    path("teams/<uuid:team_id>/restore/", team_restore, name="team_restore"),
]
