"""Dispatch rules: the ordered list, one rule with its trial on past cases, dispatching by rule. Suggestions: case_suggest.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.campaigns.models import Campaign
from guatu.cases import acts, reads
from guatu.cases.models import Case, RoutingRule
from guatu.cases.models.routing_words import flaw_words
from guatu.cases.reads import routing as routes
from guatu.cases.reads.suggestions import WHAT, worth
from guatu.cases.rules.routing import Trial, read_rule
from guatu.desk.case_panels import Panel
from guatu.desk.current import current_campaign
from guatu.desk.forms.routing import RuleForm, initial_of
from guatu.desk.routing_lines import broken_of, condition_lines, explanation
from guatu.desk.story import story_lines
from guatu.desk.views.case import person_of
from guatu.kernel.access import require
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page, next_url
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.places import reads as places

RIGHT = "case.route"


def _campaign(request: HttpRequest) -> Campaign:
    campaign = current_campaign(request)
    require(person_of(request).scope, RIGHT, area=campaign.area)
    return campaign


def _rule(request: HttpRequest, rule_id: UUID) -> RoutingRule:
    row = RoutingRule.objects.select_related("campaign", "unit").filter(pk=rule_id).first()
    if row is None or not person_of(request).scope.allows(RIGHT, area=row.campaign.area):
        raise Problem("access.not_found")
    return row


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days") or request.POST.get("days") or "30"
    return int(text) if text.isdigit() and int(text) in routes.TRIAL_DAYS else 30


def _state(active: bool, flaws: Any) -> State:
    if not active:
        return State("void", _("已停用"))
    return State("late", _("有误，已跳过")) if flaws else State("done", _("在用"))


@require_GET
@login_required
def routing(request: HttpRequest) -> HttpResponse:
    """The list in the order in which it is asked, what is broken, and how the suggestions do."""
    campaign = _campaign(request)
    now = routes.ruling(campaign)
    lines = [
        {
            "row": row,
            "number": number,
            "conditions": condition_lines(row.conditions, now),
            "flaws": flaw_words(rule.flaws),
            "state": _state(rule.active, rule.flaws),
            "first": number == 1,
            "last": number == len(now.rows),
        }
        for number, (row, rule) in enumerate(zip(now.rows, now.rules, strict=True), start=1)
    ]
    known = {line.row.what: line for line in worth(campaign)}
    context = {
        "campaign": campaign,
        "lines": lines,
        "broken": broken_of(now),
        "days": routes.TRIAL_DAYS,
        "learned": [{"what": what, "worth": known.get(what)} for what in WHAT],
    }
    return render(request, "desk/cases/routing/list.html", context)


@require_GET
@login_required
def routing_broken(request: HttpRequest) -> HttpResponse:
    """The red banner of the list of cases, fetched by itself so that the list asks nothing more; empty when all is well."""
    now = routes.ruling(_campaign(request))
    return render(request, "desk/cases/routing/_broken.html", {"broken": broken_of(now)})


def _trial_context(request: HttpRequest, now: routes.Ruling, found: Trial, days: int) -> dict[str, Any]:
    """A trial in words: units by name, cases as links."""
    names = {code: unit.name for code, unit in now.world.units.items()} | {"": _("没有单位")}
    ids = [key for way in found.ways for key in way.keys] + list(found.nobody_keys)
    rows = routes.trial_cases(person_of(request).scope, ids)
    return {
        "trial": found,
        "days_tried": days,
        "ways": [
            {
                "before": names.get(way.before, way.before),
                "after": names.get(way.after, way.after),
                "count": way.count,
                "cases": [rows[key] for key in way.keys if key in rows],
                "more": way.count - len(way.keys),
            }
            for way in found.ways
        ],
        "nobody": [rows[key] for key in found.nobody_keys if key in rows],
        "won": found.won,
        "most": routes.MOST_TRIED if found.tried == routes.MOST_TRIED else 0,
    }


@require_GET
@login_required
def routing_try(request: HttpRequest) -> HttpResponse:
    """The list as it stands against what people did in the last days."""
    campaign, days = _campaign(request), _days(request)
    now = routes.ruling(campaign)
    found = routes.trial(person_of(request).scope, now, now.rules, days)
    won = [(row, found.won.get(row.code, 0)) for row in now.rows]
    return render(
        request,
        "desk/cases/routing/try.html",
        {
            **_trial_context(request, now, found, days),
            "campaign": campaign,
            "won_by": won,
            "days": routes.TRIAL_DAYS,
            "broken": broken_of(now),
        },
    )


def _edit(request: HttpRequest, campaign: Campaign, row: RoutingRule | None) -> HttpResponse:
    """The form of a rule. `do=try` shows what would change and keeps what was typed; `do=save` saves."""
    now = routes.ruling(campaign)
    streets = [line.code for line in places.children(campaign.area)]
    context: dict[str, Any] = {
        "campaign": campaign,
        "rule": row,
        "days": routes.TRIAL_DAYS,
        "days_tried": _days(request),
    }
    if request.method == "POST":
        form = RuleForm(request.POST, campaign=campaign)
        if form.is_valid() and request.POST.get("do") == "try":
            context |= _tried(request, now, row, form)
        elif form.is_valid():
            try:
                _save(request, campaign, row, form)
            except Problem as refusal:
                form.add_problem(refusal)
            else:
                say(request, _("规则已保存，从现在起生效。"))
                return redirect("desk:routing")
    else:
        place = [each.id for each in now.rows].index(row.id) + 1 if row is not None else None
        shown = initial_of(routes.rule_data(row), place or 0, streets) if row is not None else {}
        form = RuleForm(campaign=campaign, initial=shown)
    if row is not None:
        flaws = read_rule(routes.rule_data(row), now.world).flaws
        context |= {"flaws": flaw_words(flaws), "lines": story_lines(row), "versions": _versions(row)}
    title = _("派单规则：%(name)s") % {"name": row.name} if row is not None else _("新的派单规则")
    return form_page(
        request,
        "desk/cases/routing/form.html",
        form,
        title=title,
        row=row,
        cancel_url=reverse("desk:routing"),
        **context,
    )


def _tried(
    request: HttpRequest, now: routes.Ruling, row: RoutingRule | None, form: RuleForm
) -> dict[str, Any]:
    given = {**form.rule(), "code": row.code if row is not None else "—", "active": True}
    rule = read_rule(given, now.world)
    if rule.flaws:
        form.add_problem(Problem("routing.bad_rule", rule=rule.name, why=flaw_words(rule.flaws)))
        return {}
    days = _days(request)
    after = routes.with_change(now, given, form.place())
    found = routes.trial(person_of(request).scope, now, after, days)
    return {**_trial_context(request, now, found, days), "held_by_this": found.won.get(given["code"], 0)}


def _save(request: HttpRequest, campaign: Campaign, row: RoutingRule | None, form: RuleForm) -> None:
    version = request.POST.get("version", "")
    acts.save_rule(
        by=person_of(request), campaign=campaign, given=form.rule(), rule=row, position=form.place(),
        version=int(version) if version.isdigit() else None,
    )  # fmt: skip


def _versions(row: RoutingRule) -> list[dict[str, Any]]:
    """What each change changed: old and new side by side, from the ledger."""
    found = []
    for act in story(row):
        old, new = act.details.get("old"), act.details.get("new")
        if isinstance(new, dict):
            parts = [
                (name, (old or {}).get(name) if isinstance(old, dict) else None, value)
                for name, value in new.items()
                if name not in ("order", "version", "code")
            ]
            found.append({"at": act.effective_at, "parts": parts})
    return found


@require_http_methods(["GET", "POST"])
@login_required
def routing_new(request: HttpRequest) -> HttpResponse:
    """A new rule, tried before it is saved."""
    return _edit(request, _campaign(request), None)


@require_http_methods(["GET", "POST"])
@login_required
def routing_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """One rule: change it, try the change, see its versions."""
    row = _rule(request, rule_id)
    return _edit(request, row.campaign, row)


@require_POST
@login_required
def routing_move(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """One place up or down."""
    row = _rule(request, rule_id)
    codes = [each.id for each in routes.rule_rows(row.campaign)]
    step = -1 if request.POST.get("to") == "up" else 1
    acts.move_rule(by=person_of(request), rule=row, position=max(0, codes.index(row.id) + step))
    say(request, _("“%(name)s”已移动。") % {"name": row.name})
    return redirect(reverse("desk:routing") + f"#rule-{row.code}")


@require_POST
@login_required
def routing_switch(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Take a rule out of use, or put it back."""
    row = _rule(request, rule_id)
    active = request.POST.get("active") == "1"
    acts.switch_rule(by=person_of(request), rule=row, active=active)
    say(
        request,
        _("“%(name)s”已启用。") % {"name": row.name}
        if active
        else _("“%(name)s”已停用。") % {"name": row.name},
    )
    return redirect(reverse("desk:routing") + f"#rule-{row.code}")


@require_POST
@login_required
def routing_dispatch(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Dispatch one case to the unit its rules name."""
    person = person_of(request)
    row = reads.case(person.scope, case_id)
    version = request.POST.get("version", "")
    done = acts.dispatch_by_rule(by=person, case=row, version=int(version) if version.isdigit() else None)
    say(
        request,
        _("已按规则派给%(unit)s。") % {"unit": done.unit},
        undo=reverse("desk:cases_recall") + f"?row={row.id}",
    )
    return redirect(next_url(request, reverse("desk:case", args=[case_id])))


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """Why this unit: the proposal before the dispatch, afterwards the decision as it was."""
    found = explanation(case)
    if found is None:
        return None
    scope = person_of(request).scope
    may = found["before"] and scope.allows("case.dispatch", area=case.area, units=(case.unit_path,))
    shown = {
        **found,
        "case": case,
        "may_dispatch": may and case.status in ("filed", "returned") and bool(found["decision"].unit),
        "may_route": scope.allows(RIGHT, area=case.campaign.area),
    }
    return Panel("why_unit", "desk/cases/panels/why_unit.html", shown, order=20)


urlpatterns = [
    path("", routing, name="routing"),
    path("new/", routing_new, name="routing_new"),
    path("try/", routing_try, name="routing_try"),
    path("broken/", routing_broken, name="routing_broken"),
    path("case/<uuid:case_id>/dispatch/", routing_dispatch, name="routing_dispatch"),
    path("<uuid:rule_id>/", routing_rule, name="routing_rule"),
    path("<uuid:rule_id>/move/", routing_move, name="routing_move"),
    path("<uuid:rule_id>/switch/", routing_switch, name="routing_switch"),
]
