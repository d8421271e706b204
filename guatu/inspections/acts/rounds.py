"""Every write to a round: opened, changed, filled with places. Its course: course.py; teams: teams.py; visits: visits.py."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.inspections import words
from guatu.inspections.acts.course import cancel_round as cancel_round
from guatu.inspections.acts.course import close_round as close_round
from guatu.inspections.acts.course import reopen_round as reopen_round
from guatu.inspections.acts.course import start_round as start_round
from guatu.inspections.acts.shared import (
    locked_round,
    locked_visit,
    may_edit_round,
    next_number,
    settings_for,
    uuids,
)
from guatu.inspections.acts.teams import add_team as add_team
from guatu.inspections.acts.teams import change_team as change_team
from guatu.inspections.models import NormVersion, Round, Team, Visit
from guatu.inspections.reads.choosing import candidates
from guatu.inspections.rules import choosing
from guatu.inspections.rules import rounds as rules
from guatu.inspections.rules import visits as visit_rules
from guatu.inspections.rules.choosing import Choice, Criteria
from guatu.inspections.words import word
from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed, story
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places.models import Area, Place
from guatu.places.rules import home_of
from guatu.units.models import Unit

CHANGED = ("name", "area", "unit", "starts_on", "ends_on", "checklist", "note")
_AT_ONCE = 500


def _told(round_: Round) -> dict[str, Any]:
    return {"number": round_.number, "name": round_.name}


def check_round(round_: Round) -> None:
    """Whether a round can stand as it is. Raises `round.unnamed`, `round.bad_days`, `round.unknown_area`,
    `round.unknown_norm`."""
    if not round_.name.strip():
        raise Problem("round.unnamed")
    if rules.wrong_days(round_.starts_on, round_.ends_on):
        raise Problem("round.bad_days", start=round_.starts_on, end=round_.ends_on)
    if not Area.objects.filter(code=round_.area).exists():
        raise Problem("round.unknown_area", area=round_.area)
    wanted = {str(each) for each in round_.checklist}
    known = {
        str(each) for each in NormVersion.objects.filter(pk__in=uuids(wanted)).values_list("pk", flat=True)
    }
    if wanted - known:
        raise Problem("round.unknown_norm", count=len(wanted - known))


def open_round(
    *,
    by: Actor,
    campaign: Campaign,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    area: str = "",
    unit: Unit | None = None,
    checklist: Sequence[Any] = (),
    note: str = "",
    via: str = "web",
) -> Round:
    """Begin a round as a draft; places and teams follow. checklist: norm editions (rows or ids); empty: what holds for each
    place on the day. Raises `access.denied` and what `check_round` raises."""
    code = area.strip() or campaign.area
    require(by.scope, "round.edit", area=code, units=(unit.path,) if unit else ())
    with deed(by=by, via=via) as d:
        row = Round(
            id=ids.new(), home=home_of(code), campaign=campaign, number="", name=name.strip()[:120], area=code, unit=unit,
            starts_on=starts_on, ends_on=ends_on, checklist=[str(getattr(each, "pk", each)) for each in checklist],
            note=note.strip()[:300], made_at=clock.now(), made_by_id=by.id,
        )  # fmt: skip
        check_round(row)
        row.number = next_number(campaign, "round", starts_on.year)
        row.save(force_insert=True)
        d.record("round.opened", row, details=_told(row))
    return row


def edit_round(
    *, by: Actor, round: Round, changes: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Round:
    """Change name, area, unit, days, checklist or note. A checklist changes what is asked from now on, never what was
    asked. Raises `round.over`, `round.team_outside`, `kernel.stale`, and as `open_round`."""
    with deed(by=by, via=via) as d:
        row = _editable(by, round, version)
        before = {}
        for name in CHANGED:
            if name in changes:
                value = changes[name]
                value = [str(getattr(each, "pk", each)) for each in value] if name == "checklist" else value
                value = value.strip() if isinstance(value, str) else value
                if getattr(row, name) != value:
                    before[name] = str(getattr(row, name))
                    setattr(row, name, value)
        if not before:
            return row
        may_edit_round(by, row)
        check_round(row)
        stray = Team.objects.filter(round=row, withdrawn=False).exclude(
            on_day__range=(row.starts_on, row.ends_on)
        )
        if (team := stray.first()) is not None:
            raise Problem("round.team_outside", team=team.name, day=team.on_day)
        row.version += 1
        row.save()
        d.record("round.edited", row, details={**_told(row), "old": before})
    return row


def _editable(by: Actor, round_: Round, version: int | None = None) -> Round:
    row = locked_round(round_)
    may_edit_round(by, row)
    check_version(row, version)
    if row.status not in rules.EDITABLE:
        raise Problem("round.over", number=row.number)
    return row


# --- places ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """What choosing did. act_id: for `undo_choosing`."""

    act_id: UUID | None
    added: int
    choice: Choice


def choose_places(
    *, by: Actor, round: Round, criteria: Criteria | Mapping[str, Any], minutes: int | None = None, priority: int = 1,
    via: str = "web",
) -> Chosen:  # fmt: skip
    """Add the places that satisfy the criteria and are not in the round yet; those there already stay as they are.

    minutes: expected on the spot (the campaign's usual). Raises `round.bad_criteria`, `round.nothing_asked`,
    `round.too_many`, `round.over`, `access.denied`.
    """
    wanted = read_criteria(criteria)
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        stay = minutes or settings_for(row.campaign).minutes
        found = candidates(by.scope, row, wanted, stay)
        if not found.new:
            return Chosen(None, 0, found)
        if len(found.new) + found.already > choosing.MOST:
            raise Problem("round.too_many", count=len(found.new) + found.already, most=choosing.MOST)
        row.criteria = choosing.as_data(choosing.joined(choosing.from_data(row.criteria), wanted))
        row.version += 1
        row.save(update_fields=["criteria", "version"])
        act_id = d.record("round.places_chosen", row, details={**_told(row), "count": len(found.new)})
        visits = plan_visits(d, row, found.new, minutes=stay, priority=priority, cause=act_id)
    return Chosen(act_id, len(visits), found)


def read_criteria(criteria: Criteria | Mapping[str, Any]) -> Criteria:
    """Criteria as rules know them. Raises `round.bad_criteria`, `round.nothing_asked`."""
    try:
        found = criteria if isinstance(criteria, Criteria) else choosing.from_data(criteria)
    except choosing.BadCriteria as bad:
        raise Problem(
            "round.bad_criteria", field=bad.args[0], word=word(words.CRITERIA, bad.args[0]), value=bad.args[1]
        ) from None
    if found.empty:
        raise Problem("round.nothing_asked")
    return found


def plan_visits(
    d: Deed, round_: Round, place_ids: Sequence[Any], *, minutes: int, priority: int = 1, team: Team | None = None,
    cause: UUID | None = None,
) -> list[Visit]:  # fmt: skip
    """Rows for places that have none in the round; one that was removed before comes back as it was. Also for a draw."""
    removed = Visit.objects.filter(round=round_, kind="round", status="removed").select_related("place")
    back = {row.place_id: row for row in removed}
    visits: list[Visit] = []
    fresh: list[Visit] = []
    for start in range(0, len(place_ids), _AT_ONCE):
        places = Place.objects.in_bulk(list(place_ids[start : start + _AT_ONCE]))
        for place_id in place_ids[start : start + _AT_ONCE]:
            place = places.get(place_id)
            if place is None:
                continue
            row = back.get(place.id)
            if row is None:
                row = new_visit(round_.campaign, place, round_=round_, minutes=minutes, priority=priority)
                row.team = team
                fresh.append(row)
            else:
                row.status, row.version, row.team = "planned", row.version + 1, team
                row.save(update_fields=["status", "version", "team"])
            visits.append(row)
    Visit.objects.bulk_create(fresh, batch_size=200)
    for row in visits:
        d.record("visit.planned", row, details={"place": row.place.name}, cause=cause)
    return visits


def new_visit(
    campaign: Campaign,
    place: Place,
    *,
    round_: Round | None,
    minutes: int,
    priority: int = 1,
    kind: str = "round",
) -> Visit:
    """A visit not yet kept; what figures ask of the place is kept with it."""
    return Visit(
        id=ids.new(), home=place.home, campaign=campaign, round=round_, place=place, area=place.area, kind=kind,
        minutes=minutes, priority=priority,
        kept={
            "kind": place.kind, "industry": place.industry, "risk": place.risk,
            "unit": round_.unit.path if round_ is not None and round_.unit is not None else "",
        },
    )  # fmt: skip


def undo_choosing(*, by: Actor, round: Round, act_id: UUID, via: str = "web") -> int:
    """Take back the places a choice added, as far as nothing was done with them since; answers how many."""
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        lines = [line for line in story(row) if line.id == act_id and line.verb == "round.places_chosen"]
        if not lines:
            raise Problem("access.not_found")
        caused = Act.objects.filter(cause_id=act_id, verb="visit.planned", subject_type="visit")
        wanted = uuids(caused.values_list("subject_id", flat=True))
        found: list[Visit] = []
        for start in range(0, len(wanted), _AT_ONCE):
            rows = Visit.objects.select_for_update(no_key=True).filter(
                pk__in=wanted[start : start + _AT_ONCE]
            )
            found += rows.filter(round=row, status="planned", version=1).order_by("pk")
        for visit in found:
            visit.status, visit.version = "removed", visit.version + 1
        Visit.objects.bulk_update(found, ["status", "version"], batch_size=200)
        done = d.record("round.choosing_undone", row, details={**_told(row), "count": len(found)})
        for visit in found:
            d.record("visit.removed", visit, cause=done)
    return len(found)


def add_visit(
    *, by: Actor, round: Round, place: Place, team: Team | None = None, minutes: int | None = None, priority: int = 1,
    via: str = "web",
) -> Visit:  # fmt: skip
    """One place more. Raises `round.place_twice`, `round.place_outside`, `round.over`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        if not place.area.startswith(row.area):
            raise Problem("round.place_outside", place=place.name, round=row.name)
        if Visit.objects.filter(round=row, place=place, kind="round").exclude(status="removed").exists():
            raise Problem("round.place_twice", place=place.name)
        stay = minutes or settings_for(row.campaign).minutes
        return plan_visits(d, row, [place.pk], minutes=stay, priority=priority, team=team)[0]


def remove_visit(*, by: Actor, visit: Visit, version: int | None = None, via: str = "web") -> Visit:
    """Take a place out of its round again; `restore_visit` puts it back. Only what nobody has begun. Raises
    `visit.wrong_step`, `kernel.stale`, `access.denied`."""
    return _turn(by, visit, "remove", version, via)


def restore_visit(*, by: Actor, visit: Visit, version: int | None = None, via: str = "web") -> Visit:
    """The undo of `remove_visit`."""
    return _turn(by, visit, "restore", version, via)


def _turn(by: Actor, visit: Visit, step: str, version: int | None, via: str) -> Visit:
    move = visit_rules.LIFECYCLE[step]
    with deed(by=by, via=via) as d:
        if visit.round is None:
            raise Problem("visit.not_in_a_round", place=visit.place.name)
        _editable(by, visit.round)
        row = locked_visit(visit)
        check_version(row, version)
        if not visit_rules.allowed(step, row.status, row.outcome):
            raise Problem(
                "visit.wrong_step",
                place=row.place.name,
                status=row.status,
                status_word=word(words.VISIT_STATUS, row.status),
                step=step,
            )
        row.status = move.target
        row.seq = row.eta = None
        row.version += 1
        row.save()
        d.record(move.verb, row, details={"place": row.place.name})
    return row
