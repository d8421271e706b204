"""Dispatch rules: enter, change, order, switch off; dispatch by them; keep with every case why it went where it went."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.cases.acts import chunk
from guatu.cases.acts.moving import locked
from guatu.cases.acts.steps import dispatch_case
from guatu.cases.models import Case, RoutingRule
from guatu.cases.models.routing_words import flaw_words
from guatu.cases.reads.routing import Ruling, rule_data, rule_rows, world_of
from guatu.cases.reads.routing import ruling as ruling  # also asked by whoever dispatches many
from guatu.cases.rules import Limit
from guatu.cases.rules.routing import TO, read_rule
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, PendingAct, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit

RIGHT = "case.route"
_KEPT = ("name", "conditions", "to", "role", "active", "order")
_STEP = 10  # between two orders, so that a pack can put one in between


def set_rules(
    *, by: Actor, campaign: Campaign, rules: Sequence[Mapping[str, Any]], via: str = "web"
) -> dict[str, str]:
    """Set rules as a pack brings them; answers code → added, changed or same. Rules not named stay as they are.

    rules: {code, name, conditions, unit (code) or to = "area", role?, order? (default: as listed), active?}. All or
    none: a rule that could not be applied raises `routing.bad_rule`.
    """
    require(by.scope, RIGHT, area=campaign.area)
    outcome: dict[str, str] = {}
    with deed(by=by, via=via) as d:
        world = world_of(campaign)
        known = {row.code: row for row in rule_rows(campaign)}
        for index, given in enumerate(rules):
            code = str(given.get("code") or "").strip()
            wanted = {"order": (index + 1) * _STEP, "active": True, **given, "code": code}
            rule = read_rule(wanted, world)
            if rule.flaws or not code:
                raise Problem(
                    "routing.bad_rule", rule=rule.name or code or "?", why=flaw_words(rule.flaws) or "code"
                )
            row = known.get(code)
            outcome[code] = "added" if row is None else "changed"
            if not _write(
                d, row or RoutingRule(home=campaign.home, campaign=campaign, code=code, version=0), wanted
            ):
                outcome[code] = "same"
    return outcome


def save_rule(
    *,
    by: Actor,
    campaign: Campaign,
    given: Mapping[str, Any],
    rule: RoutingRule | None = None,
    position: int | None = None,
    version: int | None = None,
    via: str = "web",
) -> RoutingRule:
    """Add a rule, or change one (`rule`); position: the place in the list, 0 first; default last, or where it stands.

    given: as in `set_rules`; without a code one is given. Raises `routing.unnamed`, `routing.bad_rule`,
    `routing.code_taken`, `kernel.stale`.
    """
    require(by.scope, RIGHT, area=campaign.area)
    with deed(by=by, via=via) as d:
        rows = _held(campaign)
        row = next((each for each in rows if rule is not None and each.id == rule.id), None)
        if rule is not None and row is None:
            raise Problem("access.not_found")
        if row is not None:
            check_version(row, version)
        if not str(given.get("name") or "").strip():
            raise Problem("routing.unnamed")
        code = row.code if row is not None else str(given.get("code") or "").strip() or _free_code(rows)
        if row is None and any(each.code == code for each in rows):
            raise Problem("routing.code_taken", code=code)
        wanted = {
            "active": row.active if row is not None else True,
            "order": row.order if row is not None else (rows[-1].order if rows else 0) + _STEP,
            **given,
            "code": code,
        }
        found = read_rule(wanted, world_of(campaign))
        if found.flaws:
            raise Problem("routing.bad_rule", rule=found.name, why=flaw_words(found.flaws))
        row = row or RoutingRule(home=campaign.home, campaign=campaign, code=code, version=0)
        _write(d, row, wanted)
        if position is not None:
            _place(d, row, position)
    return row


def _held(campaign: Campaign) -> list[RoutingRule]:
    """The list in its order, held until the transaction ends: two people who move rules move them one after another."""
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    return rule_rows(campaign)


def _free_code(rows: Sequence[RoutingRule]) -> str:
    taken = {row.code for row in rows}
    return next(code for number in range(1, len(rows) + 2) if (code := f"rule-{number}") not in taken)


def _write(d: Deed, row: RoutingRule, wanted: Mapping[str, Any]) -> bool:
    """Put the wanted values on the row; False when it says all that already. Old and new stand in the ledger."""
    before = rule_data(row) if row.version else {}
    unit = Unit.objects.get(code=wanted["unit"]) if (wanted.get("to") or "unit") == "unit" else None
    row.unit = unit
    row.name = str(wanted["name"] or row.code).strip()[:120]
    row.conditions = list(wanted.get("conditions") or [])
    row.to = str(wanted.get("to") or TO[0])
    row.role = str(wanted.get("role") or "")[:40]
    row.active, row.order = bool(wanted["active"]), int(wanted["order"])
    after = {**rule_data(row), "version": row.version + 1}
    changed = [name for name in after if name != "version" and before.get(name) != after[name]]
    if not changed:
        return False
    row.version += 1
    row.save()
    verb = "routing_rule.changed" if before else "routing_rule.added"
    said = {
        "name": row.name,
        "code": row.code,
        "old": {name: before.get(name) for name in changed} if before else {},
        "new": {name: after[name] for name in changed},
    }
    d.record(verb, row, area=row.campaign.area, details=said)
    return True


def move_rule(*, by: Actor, rule: RoutingRule, position: int, via: str = "web") -> RoutingRule:
    """Give a rule another place in the list (0 is first). One line in the ledger; the others keep their versions."""
    require(by.scope, RIGHT, area=rule.campaign.area)
    with deed(by=by, via=via) as d:
        rows = _held(rule.campaign)
        row = next((each for each in rows if each.id == rule.id), None)
        if row is None:
            raise Problem("access.not_found")
        _place(d, row, position)
    return row


def _place(d: Deed, row: RoutingRule, position: int) -> None:
    rows = rule_rows(row.campaign)
    was = next(index for index, each in enumerate(rows) if each.id == row.id)
    becomes = max(0, min(position, len(rows) - 1))
    if was == becomes:
        return
    rows.insert(becomes, rows.pop(was))
    for index, each in enumerate(rows):
        each.order = (index + 1) * _STEP
    RoutingRule.objects.bulk_update(rows, ["order"])
    row.order = rows[becomes].order
    d.record(
        "routing_rule.moved",
        row,
        area=row.campaign.area,
        details={
            "name": row.name,
            "code": row.code,
            "place": becomes + 1,
            "old": was + 1,
            "new": becomes + 1,
        },
    )


def switch_rule(
    *, by: Actor, rule: RoutingRule, active: bool, version: int | None = None, via: str = "web"
) -> RoutingRule:
    """Take a rule out of use, or put it back. A rule that is broken cannot be put back: `routing.bad_rule`."""
    require(by.scope, RIGHT, area=rule.campaign.area)
    with deed(by=by, via=via) as d:
        row = next((each for each in _held(rule.campaign) if each.id == rule.id), None)
        if row is None:
            raise Problem("access.not_found")
        check_version(row, version)
        if row.active == active:
            return row
        flaws = read_rule(rule_data(row), world_of(row.campaign)).flaws if active else ()
        if flaws:
            raise Problem("routing.bad_rule", rule=row.name, why=flaw_words(flaws))
        row.active = active
        row.version += 1
        row.save(update_fields=["active", "version"])
        verb = "routing_rule.switched_on" if active else "routing_rule.switched_off"
        d.record(verb, row, area=row.campaign.area, details={"name": row.name, "code": row.code})
    return row


# --- dispatching -------------------------------------------------------------------------------------------------


def dispatch_by_rule(
    *,
    by: Actor,
    case: Case,
    limit: Limit | tuple[Any, str] | None = None,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
    now: Ruling | None = None,
    units: Mapping[str, Unit] | None = None,
) -> Case:
    """Dispatch a case to the unit its rules name, with the decision kept. now, units (by code): when many are dispatched.

    Raises `routing.nobody` when no unit follows, and whatever `dispatch_case` raises.
    """
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row = locked(case)
        decision = (now or ruling(row.campaign)).decision(row, d.effective_at)
        if not decision.unit:
            raise Problem("routing.nobody", number=row.number)
        unit = units.get(decision.unit) if units else None
        unit = unit or Unit.objects.get(code=decision.unit)
        chosen = {"chosen": unit.code, "chosen_name": str(unit)}
        return dispatch_case(
            by=by, case=row, unit=unit, limit=limit, note=note, routed={**decision.as_data(), **chosen}, version=version, effective_at=effective_at, via=via,
        )  # fmt: skip


def keep_why(act: PendingAct) -> None:
    """After every dispatch, by whatever door: keep what the rules said, and whom a person chose instead.

    The version stays: what somebody prepared on the case is not made stale by its own explanation.
    """
    many = chunk.current()
    case = many.row(act.subject_id) if many is not None else None
    if case is None:
        rows = Case.objects.select_related("campaign", "unit", "case_class", "place", "standard__unit")
        case = rows.get(pk=act.subject_id)
    kept = dict(case.routed) if case.routed else {}
    if "chosen" in kept:
        return
    if not kept:
        kept = ruling(case.campaign).decision(case, act.effective_at).as_data()
    kept["chosen"] = case.unit.code if case.unit is not None else ""
    kept["chosen_name"] = str(case.unit or "")
    if kept["chosen"] != kept["unit"]:
        name = Person.objects.filter(pk=act.by_id).values_list("name", flat=True).first() if act.by_id else ""
        kept["chosen_by"] = name or ""
    Case.objects.filter(pk=case.pk).update(routed=kept)
