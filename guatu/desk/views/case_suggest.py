"""Suggestions for class and unit: beside the form of a new case, on a case not yet dispatched, and learning anew."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.cases import acts, reads
from guatu.cases.models import Case
from guatu.cases.reads.routing import UNDISPATCHED
from guatu.cases.reads.suggestions import WHAT, Suggestion, class_key, suggest_case, suggest_text
from guatu.cases.rules.naming import key_of
from guatu.desk.case_panels import Panel
from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.forms.cases import NewCaseForm
from guatu.desk.views.case import offered, person_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import next_url
from guatu.kit.toasts import say


def _shown(found: list[Suggestion], has: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Suggestions for a template: names in the reader's language; `has`: what the case has already, by what."""
    in_english = english()
    return [
        {
            "suggestion": each,
            "what": _("类别") if each.what == "class" else _("承办单位"),
            "choices": [
                {
                    "choice": choice,
                    "name": choice.name_en if in_english else choice.name,
                    "has": (has or {}).get(each.what) == choice.key,
                }
                for choice in each.choices
            ],
        }
        for each in found
    ]


@require_GET
@login_required
def suggest(request: HttpRequest) -> HttpResponse:
    """What past cases suggest for a text (`title`, `description`, `area`, `address`, `source`): a fragment for htmx,
    a page without script. `accept=<class key>` answers with that class chosen in the form's own field."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, "case.open")
    given = {
        name: request.GET.get(name, "")[:4000]
        for name in ("title", "description", "area", "address", "source")
    }
    fault = None
    try:
        found = suggest_text(person.scope, campaign, **given)
    except Problem as problem:
        found, fault = [], problem
    context = {
        "suggestions": _shown(found),
        "fault": fault,
        "given": given,
        **_accepted(request, found),
    }
    bare = request.headers.get("HX-Request") == "true"
    template = "desk/cases/routing/_suggestions.html" if bare else "desk/cases/routing/suggest.html"
    return render(request, template, context)


def _accepted(request: HttpRequest, found: list[Suggestion]) -> dict[str, Any]:
    """The form's own field with the accepted class chosen, to be put in its place."""
    key = request.GET.get("accept", "")
    choices = [choice for each in found if each.what == "class" for choice in each.choices]
    chosen = next((choice for choice in choices if choice.key == key), None)
    form = offered(request, NewCaseForm)
    if chosen is None or "class_code" not in form.fields:
        return {}
    offers = {str(value) for value, _name in form.fields["class_code"].choices}  # type: ignore[attr-defined]
    full = key_of(chosen.row.scheme, chosen.row.kind, chosen.row.code)
    value = next((each for each in (chosen.key, chosen.row.code) if each in offers), full)
    field = offered(request, NewCaseForm, initial={"class_code": value})["class_code"]
    return {
        "field": field.as_widget(attrs={"hx-swap-oob": "true"}),
        "chosen_name": chosen.name_en if english() else chosen.name,
    }


@require_POST
@login_required
def suggest_accept(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a suggestion for a case: set the class, or dispatch to the unit."""
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    if what not in WHAT:
        raise Problem("access.not_found")
    acts.accept_suggestion(
        by=person, case=row, what=what, key=request.POST.get("key", ""),
        version=int(version) if version.isdigit() else None,
    )  # fmt: skip
    undo = reverse("desk:cases_recall") + f"?row={row.id}" if what == "unit" else ""
    say(request, _("已采用建议。"), undo=undo)
    return redirect(next_url(request, reverse("desk:case", args=[case_id])))


@require_POST
@login_required
def suggest_learn(request: HttpRequest) -> HttpResponse:
    """Learn class and unit anew from the closed cases, now."""
    person, campaign = person_of(request), current_campaign(request)
    done = []
    why = None
    for what in WHAT:
        try:
            done.append(acts.learn_suggestions(by=person, campaign=campaign, what=what))
        except Problem as problem:
            if problem.code != "suggestion.too_few":
                raise
            why = problem
    if not done and why is not None:
        raise why
    say(request, _("已从 %(count)s 件已结案件学习。") % {"count": max(row.examples for row in done)})
    return redirect(reverse("desk:routing") + "#learned")


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """What is suggested for a case not yet dispatched, for those who may take it."""
    if case.status not in UNDISPATCHED:
        return None
    scope = person_of(request).scope
    may = {
        "class": scope.allows("case.file", area=case.area, units=(case.unit_path,)),
        "unit": scope.allows("case.dispatch", area=case.area, units=(case.unit_path,)),
    }
    if not any(may.values()):
        return None
    fault = None
    try:
        found = suggest_case(scope, case, [what for what in WHAT if may[what]])
    except Problem as problem:
        found, fault = [], problem
    if not found and fault is None:
        return None
    has = {"class": class_key(case.case_class)} if case.case_class is not None else {}
    shown = {
        "suggestions": _shown(found, has),
        "fault": fault,
        "case": case,
        "may_send": case.status in ("filed", "returned"),
    }
    return Panel("suggestion", "desk/cases/panels/suggestion.html", shown, order=21)


urlpatterns = [
    path("", suggest, name="suggest"),
    path("learn/", suggest_learn, name="suggest_learn"),
    path("<uuid:case_id>/accept/", suggest_accept, name="suggest_accept"),
]
