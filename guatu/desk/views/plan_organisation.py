"""The campaign's organisation: leading group, office, work groups with lead, supporting units and contact persons; its days and phases."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.campaigns import acts, reads
from guatu.campaigns.models import Body, Campaign
from guatu.campaigns.rules import PhaseDays
from guatu.campaigns.words import BODY_KIND_WORDS, PERSON_ROLE_WORDS
from guatu.desk.current import current_campaign
from guatu.desk.forms.organisation import AppointForm, BodyForm, CampaignForm, PhaseFormSet, body_initial
from guatu.desk.story import story_lines
from guatu.desk.views.plan import line_of
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import UNPROCESSABLE, form_page
from guatu.kit.toasts import say
from guatu.tasks import reads as task_reads
from guatu.units.models import Person


@require_GET
@login_required
def organisation(request: HttpRequest) -> HttpResponse:
    """Every body in the order of the chart, with its units, people and how its tasks stand."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "campaign.read")
    campaign = current_campaign(request)
    groups = reads.organisation(scope, campaign)
    standing = {}
    if scope.may("task.read"):
        rows = task_reads.tasks(scope, campaign)
        standing = {line.key: line_of(line, "group") for line in task_reads.standing_by_group(rows)}
    units = {unit.id for group in groups for unit in (*group.lead, *group.support, *group.members)}
    context = {
        "campaign": campaign,
        "groups": [
            (group, BODY_KIND_WORDS.get(group.body.kind, ""), standing.get(group.body.code))
            for group in groups
        ],
        "kinds": _counted(groups),
        "unit_count": len(units),
        "course": reads.course(campaign),
        "may_edit": scope.allows("campaign.edit", area=campaign.area),
    }
    return render(request, "desk/plan/organisation.html", context)


def _counted(groups: list[reads.Group]) -> list[tuple[Any, int]]:
    return [
        (word, count)
        for kind, word in BODY_KIND_WORDS.items()
        if (count := sum(1 for group in groups if group.body.kind == kind))
    ]


@require_GET
@login_required
def body(request: HttpRequest, body_id: str) -> HttpResponse:
    """One body: duties, units, people, tasks, story."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    return _body_page(request, reads.body(scope, body_id))


def _body_page(request: HttpRequest, found: Body, form: AppointForm | None = None) -> HttpResponse:
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    group = next(each for each in reads.organisation(scope, found.campaign) if each.body.id == found.id)
    line = None
    if scope.may("task.read"):
        rows = task_reads.tasks(scope, found.campaign).filter(body=found)
        line = next((line_of(each, "group") for each in task_reads.standing_by_group(rows)), None)
    context = {
        "body": found,
        "group": group,
        "seats": [
            (PERSON_ROLE_WORDS.get(seat.role, seat.role), seat)
            for seat in (*group.leaders, *group.deputies, *group.contacts, *group.others)
        ],
        "kind": BODY_KIND_WORDS.get(found.kind, ""),
        "line": line,
        "story_shown": story_lines(found),
        "may_edit": scope.allows("campaign.edit", area=found.campaign.area),
        "form": form or AppointForm(auto_id="appoint_%s"),
    }
    return render(request, "desk/plan/body.html", context, status=UNPROCESSABLE if form is not None else 200)


@require_POST
@login_required
def appoint(request: HttpRequest, body_id: str) -> HttpResponse:
    """Appoint somebody, or (with `dismiss`) take somebody out of a role."""
    person: Any = request.user
    found = reads.body(person.scope, body_id)
    here = HttpResponseRedirect(reverse("desk:body", args=[found.id]) + "#people")
    if request.POST.get("dismiss"):
        who = Person.objects.filter(id=request.POST["dismiss"]).first()
        if who is None:
            raise Problem("campaign.not_appointed", body=found.name)
        acts.dismiss(by=person, body=found, person=who, role=request.POST.get("role", ""))
        say(request, _("%(name)s 不再担任这一职务。") % {"name": who.name})
        return here
    form = AppointForm(request.POST, auto_id="appoint_%s")
    if form.is_valid():
        try:
            acts.appoint(by=person, body=found, **form.cleaned_data)
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("已任命 %(name)s。") % {"name": form.cleaned_data["person"].name})
            return here
    return _body_page(request, found, form)


@require_http_methods(["GET", "POST"])
@login_required
def body_new(request: HttpRequest) -> HttpResponse:
    """Form a body and name its units."""
    person: Any = request.user
    campaign = current_campaign(request)
    require(person.scope, "campaign.edit", area=campaign.area)
    form = BodyForm(request.POST if request.method == "POST" else None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        units: dict[str, Any] = {name: list(values.pop(name)) for name in ("lead", "support", "members")}
        try:
            made = acts.form_body(by=person, campaign=campaign, **values)
            acts.name_units(by=person, body=made, **units)
        except Problem as problem:
            form.add_problem(problem, "code" if problem.code == "campaign.body_code_taken" else "parent")
        else:
            say(request, _("“%(name)s”已成立。") % {"name": made.name})
            return HttpResponseRedirect(reverse("desk:body", args=[made.id]))
    return form_page(
        request,
        "desk/plan/body_form.html",
        form,
        title=_("成立小组"),
        cancel_url=reverse("desk:organisation"),
        draft_id="body-new",
    )


@require_http_methods(["GET", "POST"])
@login_required
def body_edit(request: HttpRequest, body_id: str) -> HttpResponse:
    """Change a body and its units."""
    person: Any = request.user
    found = reads.body(person.scope, body_id)
    require(person.scope, "campaign.edit", area=found.campaign.area)
    posted = request.POST if request.method == "POST" else None
    form = BodyForm(posted, campaign=found.campaign, new=False, initial=body_initial(found))
    if posted is not None and form.is_valid():
        values = dict(form.cleaned_data)
        units: dict[str, Any] = {name: list(values.pop(name)) for name in ("lead", "support", "members")}
        version = posted.get("version", "")
        try:
            acts.change_body(
                by=person, body=found, version=int(version) if version.isdigit() else None, **values
            )
            acts.name_units(by=person, body=found, **units)
        except Problem as problem:
            form.add_problem(problem, "parent" if problem.code == "campaign.body_parent" else None)
        else:
            say(request, _("已保存。"))
            return HttpResponseRedirect(reverse("desk:body", args=[found.id]))
    back = reverse("desk:body", args=[found.id])
    return form_page(
        request,
        "desk/plan/body_form.html",
        form,
        title=_("修改“%(name)s”") % {"name": found.name},
        row=found,
        cancel_url=back,
    )


def _seen(request: HttpRequest, campaign_id: str) -> Campaign:
    found = reads.campaigns(request.user.scope).filter(id=campaign_id).first()  # type: ignore[union-attr]
    if found is None:
        raise Problem("access.not_found")
    return found


@require_http_methods(["GET", "POST"])
@login_required
def campaign(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """A campaign's days and phases, and what was done to it."""
    person: Any = request.user
    found = _seen(request, campaign_id)
    may = person.scope.allows("campaign.edit", area=found.area)
    names = ("name", "name_en", "area", "opens_on", "closes_on")
    posted = request.POST if request.method == "POST" else None
    if posted is not None and not may:
        raise Problem("access.denied", right="campaign.edit")
    form = CampaignForm(posted, new=False, initial={name: getattr(found, name) for name in names})
    phases = PhaseFormSet(posted, prefix="phase", initial=None if posted is not None else _phases(found))
    if posted is not None and form.is_valid() and phases.is_valid():
        version = posted.get("version", "")
        try:
            acts.edit_campaign(
                by=person,
                campaign=found,
                version=int(version) if version.isdigit() else None,
                **form.cleaned_data,
            )
            acts.set_phases(by=person, campaign=found, phases=_wanted(phases))
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("已保存；任务已按新的阶段归类。"))
            return HttpResponseRedirect(reverse("desk:campaign", args=[found.id]))
    status = UNPROCESSABLE if posted is not None else 200
    context = {
        "campaign": found,
        "form": form,
        "phases": phases,
        "course": reads.course(found),
        "story_shown": story_lines(found),
        "may_edit": may,
    }
    return render(request, "desk/plan/campaign.html", context, status=status)


def _phases(found: Campaign) -> list[dict[str, Any]]:
    rows = found.phases.order_by("starts_on", "ends_on")
    return [dict(row) for row in rows.values("code", "name", "starts_on", "ends_on", "guarantee")]


def _wanted(phases: Any) -> list[PhaseDays]:
    kept = [
        form.cleaned_data
        for form in phases.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    return [
        PhaseDays(*(each[name] for name in ("code", "name", "starts_on", "ends_on", "guarantee")))
        for each in kept
    ]


@require_http_methods(["GET", "POST"])
@login_required
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Found a campaign."""
    person: Any = request.user
    require(person.scope, "campaign.found")
    form = CampaignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.found_campaign(by=person, **form.cleaned_data)
        except Problem as problem:
            form.add_problem(problem, "code" if problem.code == "campaign.code_taken" else None)
        else:
            say(request, _("“%(name)s”已建立，接着设阶段和小组。") % {"name": made.name})
            return HttpResponseRedirect(f"{reverse('desk:campaign', args=[made.id])}?campaign={made.code}")
    return form_page(
        request, "desk/plan/body_form.html", form, title=_("建立保障行动"), cancel_url=reverse("desk:plan")
    )


urlpatterns = [
    path("organisation/", organisation, name="organisation"),
    path("organisation/new/", body_new, name="body_new"),
    path("organisation/<uuid:body_id>/", body, name="body"),
    path("organisation/<uuid:body_id>/edit/", body_edit, name="body_edit"),
    path("organisation/<uuid:body_id>/people/", appoint, name="body_appoint"),
    path("campaigns/new/", campaign_new, name="campaign_new"),
    path("campaigns/<uuid:campaign_id>/", campaign, name="campaign"),
]
