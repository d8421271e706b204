"""The campaign itself, its phases, its organisation."""

from typing import Any

from guatu.campaigns import acts
from guatu.campaigns.models import Appointment, Body, BodyUnit, Campaign
from guatu.campaigns.rules import PhaseDays
from guatu.kernel.problems import Problem
from guatu.packs.applying.cases import with_case_rules
from guatu.packs.applying.step import ADDED, CHANGED, SAME, Change, Standing, differing
from guatu.packs.pack import BodyRow


def apply_campaign(standing: Standing) -> list[Change]:
    pack = standing.pack
    row = Campaign.objects.select_for_update(no_key=True).filter(code=pack.code).first()
    if row is not None and row.pack not in ("", pack.name):
        raise Problem("pack.other_campaign", code=pack.code, pack=row.pack, name=pack.name)
    said: dict[str, Any] = {
        "name": pack.campaign["name"], "name_en": pack.campaign.get("name_en", ""), "area": pack.area,
        "opens_on": pack.campaign["opens_on"], "closes_on": pack.campaign["closes_on"], "pack": pack.name,
        "seed": pack.seed, "as_of": pack.as_of,
    }  # fmt: skip
    settings = dict(pack.settings)
    if pack.wall is not None:
        settings["wall"] = pack.wall
    if row is None:
        standing.campaign = acts.found_campaign(
            by=standing.by, code=pack.code, settings=settings, via=standing.via, **said
        )
        return [Change("campaign", pack.code, ADDED)]
    # what the office set beside the pack stays, also beside what the pack says about cases
    settings = with_case_rules(
        {**row.settings, **{k: v for k, v in settings.items() if k != "cases"}}, settings
    )
    wanted = said | {"settings": settings}
    changed = differing(row, wanted)
    standing.campaign = (
        acts.edit_campaign(by=standing.by, campaign=row, via=standing.via, **changed) if changed else row
    )
    return [Change("campaign", pack.code, CHANGED if changed else SAME)]


def apply_phases(standing: Standing) -> list[Change]:
    pack, campaign = standing.pack, standing.under_way
    if not pack.phases:
        return []
    before = {
        phase.code: (phase.name, phase.starts_on, phase.ends_on, phase.guarantee)
        for phase in campaign.phases.all()
    }
    wanted = [
        PhaseDays(
            code=row.code,
            name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            guarantee=row.guarantee,
        )
        for row in pack.phases
    ]
    after = {phase.code: (phase.name, phase.starts_on, phase.ends_on, phase.guarantee) for phase in wanted}
    if before != after:
        acts.set_phases(by=standing.by, campaign=campaign, phases=wanted, via=standing.via)
    return [
        Change("phases", code, SAME if before.get(code) == said else CHANGED if code in before else ADDED)
        for code, said in after.items()
    ]


def apply_bodies(standing: Standing) -> list[Change]:
    found = {
        body.code: body
        for body in Body.objects.filter(campaign=standing.under_way).select_related("campaign")
    }
    standing.bodies = found
    named = _named(standing)
    appointed = _appointed(standing)
    changes = []
    for row in standing.pack.bodies:
        body = found.get(row.code)
        outcome = SAME
        said: dict[str, Any] = {
            "name": row.name,
            "order": row.order,
            "duties": row.duties,
            "area": row.area or standing.under_way.area,
        }
        if body is None:
            body = acts.form_body(
                by=standing.by, campaign=standing.under_way, code=row.code, kind=row.kind,
                parent=found.get(row.parent), via=standing.via, **said,
            )  # fmt: skip
            outcome = ADDED
        elif changed := differing(body, said | {"parent": found.get(row.parent)}):
            body = acts.change_body(by=standing.by, body=body, via=standing.via, **changed)
            outcome = CHANGED
        found[row.code] = body
        if (
            _fill(standing, body, row, named.get(row.code, {}), appointed.get(row.code, {}))
            and outcome == SAME
        ):
            outcome = CHANGED
        changes.append(Change("bodies", row.code, outcome))
    return changes


def _named(standing: Standing) -> dict[str, dict[str, str]]:
    """{body: {unit code: role}} as it stands."""
    found: dict[str, dict[str, str]] = {}
    rows = BodyUnit.objects.filter(body__campaign=standing.under_way)
    for body, unit, role in rows.values_list("body__code", "unit__code", "role"):
        found.setdefault(body, {})[unit] = role
    return found


def _appointed(standing: Standing) -> dict[str, dict[tuple[str, str], str]]:
    """{body: {(username, role): title}} as it stands."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    rows = Appointment.objects.filter(body__campaign=standing.under_way)
    for body, person, role, title in rows.values_list("body__code", "person__username", "role", "title"):
        found.setdefault(body, {})[person, role] = title
    return found


def _fill(
    standing: Standing, body: Body, row: BodyRow, named: dict[str, str], appointed: dict[tuple[str, str], str]
) -> bool:
    """Units and people of a body; True when something had to be written."""
    units: dict[str, Any] = {role: [standing.unit(word) for word in words] for role, words in
             (("lead", row.lead), ("support", row.support), ("members", row.members))}  # fmt: skip
    wanted = {
        unit.code: "member" if role == "members" else role
        for role, chosen in units.items()
        for unit in chosen
    }
    changed = named != wanted
    if changed:
        acts.name_units(by=standing.by, body=body, via=standing.via, **units)
    for username, role, title in row.people:
        if appointed.get((username, role)) != title:
            acts.appoint(
                by=standing.by,
                body=body,
                person=standing.people[username],
                role=role,
                title=title,
                via=standing.via,
            )
            changed = True
    return changed
