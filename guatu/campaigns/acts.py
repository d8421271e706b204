"""Every write to a campaign and its organisation."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns import problems as problems
from guatu.campaigns import rules
from guatu.campaigns import words as words
from guatu.campaigns.models import Appointment, Body, BodyUnit, Campaign, Phase
from guatu.campaigns.rules import PhaseDays
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of
from guatu.units.models import Person, Unit

_CAMPAIGN_FIELDS = ("name", "name_en", "area", "opens_on", "closes_on", "pack", "seed", "as_of", "settings")
_BODY_FIELDS = ("name", "order", "duties", "area", "parent")


def found_campaign(
    *,
    by: Actor,
    code: str,
    name: str,
    area: str,
    opens_on: dt.date,
    closes_on: dt.date,
    name_en: str = "",
    pack: str = "",
    seed: str = "",
    as_of: dt.datetime | None = None,
    settings: Mapping[str, Any] | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Campaign:
    """Begin a campaign. Raises campaign.code_taken, campaign.days."""
    require(by.scope, "campaign.found", area=area)
    _check_days(name, opens_on, closes_on)
    if Campaign.objects.filter(code=code).exists():
        raise Problem("campaign.code_taken", code=code)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        campaign = Campaign(
            home=home_of(area), code=code, name=name, name_en=name_en, area=area, opens_on=opens_on, closes_on=closes_on,
            pack=pack, seed=seed, as_of=as_of, settings=dict(settings or {}),
        )  # fmt: skip
        campaign.save(force_insert=True)
        d.record("campaign.founded", campaign, details={"code": code, "opens_on": opens_on.isoformat()})
    return campaign


def edit_campaign(
    *,
    by: Actor,
    campaign: Campaign,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
    **changes: Any,
) -> Campaign:
    """Change what is said of a campaign (name, days, area, settings…). What stays the same writes nothing."""
    require(by.scope, "campaign.edit", area=campaign.area)
    check_version(campaign, version)
    changed = _changed(campaign, changes, _CAMPAIGN_FIELDS)
    if not changed:
        return campaign
    _check_days(
        changes.get("name", campaign.name),
        changes.get("opens_on", campaign.opens_on),
        changes.get("closes_on", campaign.closes_on),
    )
    with deed(by=by, effective_at=effective_at, via=via) as d:
        _write(campaign, changed)
        # settings are the pack's words and limits: which keys changed is enough for the ledger
        d.record("campaign.edited", campaign, details=_old_and_new(changed, without=("settings",)))
    return campaign


def set_phases(
    *,
    by: Actor,
    campaign: Campaign,
    phases: Sequence[PhaseDays],
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> list[Phase]:
    """Set the campaign's phases as a whole (部署、实施、查漏补缺、值守、总结); those not named go away."""
    require(by.scope, "campaign.edit", area=campaign.area)
    wrong = rules.wrong_phase(phases)
    if wrong is not None:
        raise Problem("campaign.phase_days" if wrong[0] == "days" else "campaign.phase_twice", name=wrong[1])
    with deed(by=by, effective_at=effective_at, via=via) as d:
        standing = {
            phase.code: phase
            for phase in Phase.objects.select_for_update(no_key=True).filter(campaign=campaign)
        }
        kept = [_keep_phase(campaign, standing.pop(phase.code, None), phase) for phase in phases]
        for gone in standing.values():
            gone.delete()
        if standing or any(moved for _phase, moved in kept):
            d.record(
                "campaign.phases_set",
                campaign,
                details={
                    "phases": [[p.code, p.starts_on.isoformat(), p.ends_on.isoformat()] for p in phases]
                },
            )
    return [phase for phase, _moved in kept]


def _keep_phase(campaign: Campaign, row: Phase | None, wanted: PhaseDays) -> tuple[Phase, bool]:
    """The row of one phase, and whether it had to be written."""
    if row is None:
        row = Phase(home=campaign.home, campaign=campaign, code=wanted.code)
    fields = ("name", "starts_on", "ends_on", "guarantee")
    if not row._state.adding and all(getattr(row, name) == getattr(wanted, name) for name in fields):
        return row, False
    for name in fields:
        setattr(row, name, getattr(wanted, name))
    row.version += 0 if row._state.adding else 1
    row.save()
    return row, True


def form_body(
    *,
    by: Actor,
    campaign: Campaign,
    code: str,
    name: str,
    kind: str,
    parent: Body | None = None,
    order: int = 0,
    duties: str = "",
    area: str = "",
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Body:
    """Form a leading group, office, work group, or a special group under a leading group."""
    require(by.scope, "campaign.edit", area=campaign.area)
    if kind not in rules.STANDS_UNDER:
        raise Problem("campaign.body_kind", name=name, kind=kind)
    _check_parent(name, kind, campaign, parent)
    taken = Body.objects.filter(campaign=campaign, code=code).first()
    if taken is not None:
        raise Problem("campaign.body_code_taken", code=code, name=taken.name)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        body = Body(
            home=campaign.home, campaign=campaign, parent=parent, kind=kind, code=code, name=name, order=order,
            duties=duties, area=area or campaign.area,
        )  # fmt: skip
        body.save(force_insert=True)
        d.record(
            "body.formed", body, details={"code": code, "kind": kind, "under": parent.code if parent else ""}
        )
    return body


def change_body(
    *,
    by: Actor,
    body: Body,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
    **changes: Any,
) -> Body:
    """Change a body's name, order, duties, area or what it stands under."""
    require(by.scope, "campaign.edit", area=body.campaign.area)
    check_version(body, version)
    changed = _changed(body, changes, _BODY_FIELDS)
    if not changed:
        return body
    if "parent" in changed:
        parent = changes["parent"]
        if parent is not None and parent.id in {body.id, *_below(body)}:
            raise Problem("campaign.body_parent", name=body.name, parent=parent.name)
        _check_parent(body.name, body.kind, body.campaign, parent)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        _write(body, changed)
        d.record("body.changed", body, details=_old_and_new(changed))
    return body


def name_units(
    *,
    by: Actor,
    body: Body,
    lead: Sequence[Unit] = (),
    support: Sequence[Unit] = (),
    members: Sequence[Unit] = (),
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> list[BodyUnit]:
    """Name the units of a body as a whole: leading, supporting, members. Nothing is written when nothing changes."""
    require(by.scope, "campaign.edit", area=body.campaign.area)
    wanted: dict[Any, tuple[Unit, str]] = {}
    for role, units in ((rules.LEAD, lead), (rules.SUPPORT, support), (rules.MEMBER, members)):
        for unit in units:
            if unit.id in wanted:
                raise Problem("campaign.unit_twice", unit=unit.name, body=body.name)
            wanted[unit.id] = (unit, role)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        standing = {
            row.unit_id: row for row in BodyUnit.objects.select_for_update(no_key=True).filter(body=body)
        }
        same = {unit_id: row.role for unit_id, row in standing.items()}
        if same == {unit_id: role for unit_id, (_unit, role) in wanted.items()}:
            return list(standing.values())
        for unit_id, row in standing.items():
            if unit_id not in wanted:
                row.delete()
        rows = []
        for unit_id, (unit, role) in wanted.items():
            row = standing.get(unit_id) or BodyUnit(body=body, unit=unit)
            row.role = role
            row.save()
            rows.append(row)
        _bump(body)
        named = {unit.code: role for unit, role in wanted.values()}
        d.record("body.units_named", body, details={"units": named})
    return rows


def appoint(
    *,
    by: Actor,
    body: Body,
    person: Person,
    role: str,
    title: str = "",
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Appointment:
    """Appoint a person: leader 组长, deputy 副组长, contact 联络员, member. The same appointment again changes its title."""
    require(by.scope, "campaign.edit", area=body.campaign.area)
    if role not in rules.PERSON_ROLES:
        raise Problem("campaign.person_role", role=role)
    row = Appointment.objects.filter(body=body, person=person, role=role).first()
    if row is not None and row.title == title:
        return row
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row = row or Appointment(body=body, person=person, role=role)
        row.title = title
        row.save()
        _bump(body)
        d.record("body.person_appointed", body, details={"person": str(person.id), "role": role})
    return row


def dismiss(
    *,
    by: Actor,
    body: Body,
    person: Person,
    role: str,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> None:
    """Take a person out of a role in a body. Raises campaign.not_appointed."""
    require(by.scope, "campaign.edit", area=body.campaign.area)
    row = Appointment.objects.filter(body=body, person=person, role=role).first()
    if row is None:
        raise Problem("campaign.not_appointed", body=body.name)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        details = {"person": str(person.id), "role": role, "title": row.title}
        row.delete()
        _bump(body)
        d.record("body.person_dismissed", body, details=details)


def _check_days(name: str, opens_on: dt.date, closes_on: dt.date) -> None:
    if closes_on < opens_on:
        raise Problem("campaign.days", name=name, opens_on=opens_on, closes_on=closes_on)


def _check_parent(name: str, kind: str, campaign: Campaign, parent: Body | None) -> None:
    fits = rules.may_stand_under(kind, parent.kind if parent is not None else "")
    if not fits or (parent is not None and parent.campaign_id != campaign.id):
        raise Problem("campaign.body_parent", name=name, parent=parent.name if parent is not None else "—")


def _below(body: Body) -> set[Any]:
    """Ids of all bodies under this one."""
    children: dict[Any, list[Any]] = {}
    for row_id, parent_id in Body.objects.filter(campaign_id=body.campaign_id).values_list("id", "parent_id"):
        children.setdefault(parent_id, []).append(row_id)
    found: set[Any] = set()
    open_ = [body.id]
    while open_:
        for child in children.get(open_.pop(), []):
            found.add(child)
            open_.append(child)
    return found


def _changed(row: Any, wanted: Mapping[str, Any], known: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """{field: (old, new)} of what really changes. Raises TypeError for a field that no act may change."""
    strange = sorted(set(wanted) - set(known))
    if strange:
        raise TypeError(f"{strange[0]} is not one of {', '.join(known)}")
    return {
        name: (getattr(row, name), value) for name, value in wanted.items() if getattr(row, name) != value
    }


def _write(row: Any, changed: Mapping[str, tuple[Any, Any]]) -> None:
    for name, (_old, new) in changed.items():
        setattr(row, name, new)
    row.version += 1
    row.save(update_fields=[*changed, "version"])


def _bump(body: Body) -> None:
    body.version += 1
    body.save(update_fields=["version"])


def _old_and_new(changed: Mapping[str, tuple[Any, Any]], without: Sequence[str] = ()) -> dict[str, Any]:
    kept = {name: both for name, both in changed.items() if name not in without}
    return {
        "old": {name: _plain(old) for name, (old, _new) in kept.items()},
        "new": {name: _plain(new) for name, (_old, new) in kept.items()},
        **({"also": sorted(set(changed) & set(without))} if set(changed) & set(without) else {}),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return (
        value
        if isinstance(value, (str, int, float, bool, type(None)))
        else str(getattr(value, "code", value))
    )
