"""Dispatch rules and suggestions for machines: the list, setting it, trying it, why a case goes where it goes."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from guatu.api.frame import campaign_of, person_of, scope_of
from guatu.cases import acts, reads
from guatu.cases.reads import routing as routes
from guatu.cases.reads.suggestions import Suggestion, suggest_text
from guatu.cases.rules.routing import read_rule
from guatu.kernel.access import require

router = Router(tags=["cases"])
RIGHT = "case.route"


class FlawOut(Schema):
    """Why a rule is broken. code: unknown_class, zone_gone, unit_closed …; what: the value that is wrong."""

    code: str
    what: str


class RuleIO(Schema):
    """A dispatch rule. conditions: all must hold, see docs/case-dispatch.md. to: unit, or area (the street's unit)."""

    code: str
    name: str
    conditions: list[dict[str, Any]] = []
    unit: str = ""
    to: str = "unit"
    role: str = ""
    order: int | None = None
    active: bool = True


class RuleOut(RuleIO):
    version: int
    flaws: list[FlawOut]


class TrialIn(Schema):
    """A whole list of rules to be tried on the cases of the last `days` (7, 30 or 90). Nothing is saved."""

    rules: list[RuleIO]
    days: int = 30


class WayOut(Schema):
    before: str
    after: str
    count: int
    cases: list[UUID]


class TrialOut(Schema):
    """Cases tried, how many would go elsewhere and which way; how many went where the rules say (of `judged`)."""

    tried: int
    moved: int
    ways: list[WayOut]
    unheld_before: int
    unheld_after: int
    nobody_after: int
    judged: int
    agree_before: int
    agree_after: int
    flaws: dict[str, list[FlawOut]]


class CheckOut(Schema):
    part: str
    wanted: str
    actual: str


class LineOut(Schema):
    """What one rule said. result: held, failed, no_target, broken, off."""

    rule: str
    name: str
    version: int
    result: str
    checks: list[CheckOut]
    flaws: list[FlawOut]


class DecisionOut(Schema):
    """Why this unit. by: rule, standard, class, street, nobody. chosen: whom people took; "" before the dispatch."""

    unit: str
    unit_name: str
    by: str
    rule: str
    version: int
    role: str
    at: dt.datetime
    lines: list[LineOut]
    frozen: bool
    chosen: str
    on_duty: list[str]


class ChoiceOut(Schema):
    key: str
    name: str
    confidence: float


class SuggestionOut(Schema):
    """What past cases suggest. what: class, unit. Shown, never applied."""

    what: str
    choices: list[ChoiceOut]
    examples: int
    until: dt.datetime
    similar: list[UUID]


def _flaws(found: Any) -> list[dict[str, str]]:
    return [{"code": flaw.code, "what": flaw.what} for flaw in found]


@router.get("/{campaign}/cases/routing", response=list[RuleOut], summary="Dispatch rules, in order")
def rules(request: HttpRequest, campaign: str) -> Any:
    found = campaign_of(request, campaign)
    require(scope_of(request), RIGHT, area=found.area)
    now = routes.ruling(found)
    pairs = zip(now.rows, now.rules, strict=True)
    return [{**routes.rule_data(row), "flaws": _flaws(rule.flaws)} for row, rule in pairs]


@router.put("/{campaign}/cases/routing", response=dict[str, str], summary="Set dispatch rules")
def set_rules(request: HttpRequest, campaign: str, body: list[RuleIO]) -> Any:
    """Rules named are added or changed, all or none; answers code → added, changed, same. Others stay as they are."""
    given = [each.model_dump(exclude={"order"} if each.order is None else None) for each in body]
    return acts.set_rules(
        by=person_of(request), campaign=campaign_of(request, campaign), rules=given, via="api"
    )


@router.post("/{campaign}/cases/routing/try", response=TrialOut, summary="Try rules on past cases")
def try_rules(request: HttpRequest, campaign: str, body: TrialIn) -> Any:
    """The list given instead of the one that stands. A broken rule is skipped and named in `flaws`."""
    found = campaign_of(request, campaign)
    require(scope_of(request), RIGHT, area=found.area)
    now = routes.ruling(found)
    after = [read_rule(each.model_dump(), now.world) for each in body.rules]
    days = body.days if body.days in routes.TRIAL_DAYS else 30
    done = routes.trial(scope_of(request), now, after, days)
    names = (
        "tried",
        "moved",
        "unheld_before",
        "unheld_after",
        "nobody_after",
        "judged",
        "agree_before",
        "agree_after",
    )
    ways = [
        {"before": w.before, "after": w.after, "count": w.count, "cases": list(w.keys)} for w in done.ways
    ]
    flaws = {rule.code: _flaws(rule.flaws) for rule in after if rule.flaws}
    return {**{name: getattr(done, name) for name in names}, "ways": ways, "flaws": flaws}


@router.get(
    "/{campaign}/cases/suggest", response=list[SuggestionOut], summary="Class and unit, as past cases suggest"
)
def suggest(
    request: HttpRequest, campaign: str, title: str, description: str = "", area: str = "", address: str = "",
    source: str = "",
) -> Any:  # fmt: skip
    scope = scope_of(request)
    require(scope, "case.open")
    given = {"title": title, "description": description, "area": area, "address": address, "source": source}
    return [_suggestion(each) for each in suggest_text(scope, campaign_of(request, campaign), **given)]


def _suggestion(each: Suggestion) -> dict[str, Any]:
    return {
        "what": each.what,
        "choices": [
            {"key": c.key, "name": c.name, "confidence": round(c.confidence, 4)} for c in each.choices
        ],
        "examples": each.examples,
        "until": each.until,
        "similar": [case.id for case in each.similar],
    }


@router.get("/cases/{case_id}/routing", response=DecisionOut, summary="Why this unit")
def why(request: HttpRequest, case_id: UUID) -> Any:
    """Before the dispatch what the rules propose; afterwards the decision as it was then (`frozen`)."""
    case = reads.case(scope_of(request), case_id)
    before = case.status in routes.UNDISPATCHED
    kept = None if before else routes.kept_decision(case)
    found = kept or routes.ruling(case.campaign).decision(case)
    chosen = str(case.routed.get("chosen", "")) if kept is not None else ""
    people = routes.duty_of(chosen or found.unit, found.role if chosen in ("", found.unit) else "")
    data = found.as_data()
    for line in data["lines"]:
        line["checks"] = [
            dict(zip(("part", "wanted", "actual"), each, strict=True)) for each in line["checks"]
        ]
        line["flaws"] = [dict(zip(("code", "what"), each, strict=True)) for each in line["flaws"]]
    return {
        **data,
        "frozen": kept is not None,
        "chosen": chosen,
        "on_duty": [person.name for person in people],
    }
