"""Activities: planned, held with headcount and results, cancelled; a series on the same day of every month."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of
from guatu.tasks import rules
from guatu.tasks.acts.writing import old_and_new
from guatu.tasks.models import Activity
from guatu.tasks.words import ACTIVITY_STATUS_WORDS, FIELD_WORDS, STEP_WORDS
from guatu.units.models import Unit

FIELDS = ("name", "kind", "unit", "area", "address", "held_on", "starts_at", "ends_at", "note")


def plan_activity(
    *,
    by: Actor,
    campaign: Campaign,
    kind: str,
    name: str,
    held_on: dt.date,
    number: str = "",
    unit: Unit | None = None,
    area: str = "",
    address: str = "",
    starts_at: dt.time | None = None,
    ends_at: dt.time | None = None,
    parent: Activity | None = None,
    note: str = "",
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Activity:
    """Plan a clean day, drill (or a part of one), meeting, reception, care visit…

    kind: rules.ACTIVITY_KINDS or a word of the pack. Raises activity.number_taken, activity.part, task.empty,
    task.area_outside.
    """
    area = area or campaign.area
    require(by.scope, "activity.edit", area=area, units=[unit.path] if unit else [])
    number = number.strip() or _next_number(campaign, kind)
    _check(campaign, name, number, area, parent)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        activity = Activity(
            home=home_of(area), campaign=campaign, number=number, kind=kind, name=name.strip(), unit=unit, area=area,
            address=address.strip(), held_on=held_on, starts_at=starts_at, ends_at=ends_at, parent=parent,
            note=note.strip(),
        )  # fmt: skip
        activity.save(force_insert=True)
        details = {"number": number, "kind": kind, "held_on": held_on.isoformat()}
        d.record("activity.planned", activity, details=details)
    return activity


def plan_series(
    *,
    by: Actor,
    campaign: Campaign,
    kind: str,
    name: str,
    first: dt.date,
    last: dt.date,
    day: int = 15,
    unit: Unit | None = None,
    area: str = "",
    address: str = "",
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> list[Activity]:
    """Plan the same activity on a day of every month (每月15日城市环境清洁日); days already planned are left alone.

    Raises activity.no_days.
    """
    days = rules.monthly_days(first, last, day)
    if not days:
        raise Problem("activity.no_days", first=first, last=last)
    standing = Activity.objects.filter(
        campaign=campaign, kind=kind, held_on__in=days, area=area or campaign.area
    )
    taken = set(standing.exclude(status=rules.ACTIVITY_CANCELLED).values_list("held_on", flat=True))
    with deed(by=by, effective_at=effective_at, via=via):
        return [
            plan_activity(
                by=by, campaign=campaign, kind=kind, name=name, held_on=held_on, unit=unit, area=area, address=address,
                effective_at=effective_at, via=via,
            )
            for held_on in days
            if held_on not in taken
        ]  # fmt: skip


def edit_activity(
    *,
    by: Actor,
    activity: Activity,
    changes: Mapping[str, Any],
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Activity:
    """Change what is said of an activity (FIELDS). What stays the same writes nothing."""
    strange = sorted(set(changes) - set(FIELDS))
    if strange:
        raise TypeError(f"{strange[0]} is not one of {', '.join(FIELDS)}")
    _require(by, activity)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        activity = _held(activity, version)
        changed = {
            name: (getattr(activity, name), new)
            for name, new in changes.items()
            if getattr(activity, name) != new
        }
        if not changed:
            return activity
        for name, (_old, new) in changed.items():
            setattr(activity, name, new)
        _check(
            activity.campaign, activity.name, activity.number, activity.area, activity.parent, own=activity
        )
        if activity.status == rules.ACTIVITY_HELD:
            _check_past(activity)
        activity.version += 1
        activity.save()
        d.record("activity.edited", activity, details=old_and_new(changed, silent=("note",)))
    return activity


def hold_activity(
    *,
    by: Actor,
    activity: Activity,
    headcount: int | None = None,
    results: Mapping[str, Any] | None = None,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Activity:
    """Record that it was held, with how many people and what came of it ({"teams": 16}).

    Held already: a correction of its numbers, restated from the day it was recorded. Raises activity.step,
    activity.not_yet, activity.result.
    """
    _require(by, activity)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        activity = _held(activity, version)
        _step("hold", activity)
        _check_past(activity)
        wrong = rules.wrong_result(
            {**(results or {}), **({"headcount": headcount} if headcount is not None else {})}
        )
        if wrong:
            raise Problem("activity.result", name=wrong)
        again = activity.status == rules.ACTIVITY_HELD
        old = {"status": activity.status, "headcount": activity.headcount, "results": activity.results}
        activity.status, activity.headcount = rules.ACTIVITY_HELD, headcount
        activity.results = {name: _number(value) for name, value in (results or {}).items()}
        activity.note = note.strip() or activity.note
        activity.version += 1
        activity.save()
        new = {"status": activity.status, "headcount": headcount, "results": activity.results}
        verb = "activity.corrected" if again else "activity.held"
        d.record(verb, activity, details={"old": old, "new": new}, correction=again)
    return activity


def cancel_activity(
    *,
    by: Actor,
    activity: Activity,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Activity:
    """It will not be held. Raises activity.step, task.needs_reason."""
    if not reason.strip():
        raise Problem("task.needs_reason", task=activity.name, step=STEP_WORDS["cancel"])
    return _move(by, activity, "cancel", reason, version, effective_at, via)


def restore_activity(
    *,
    by: Actor,
    activity: Activity,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Activity:
    """A cancelled activity is planned again. Raises activity.step."""
    return _move(by, activity, "restore", "", version, effective_at, via)


def _move(
    by: Actor,
    activity: Activity,
    step: str,
    reason: str,
    version: int | None,
    effective_at: dt.datetime | None,
    via: str,
) -> Activity:
    _require(by, activity)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        activity = _held(activity, version)
        before, activity.status = activity.status, _step(step, activity)
        if reason:
            activity.note = "\n".join(filter(None, [activity.note, reason.strip()]))
        activity.version += 1
        activity.save()
        verb = {"cancel": "activity.cancelled", "restore": "activity.restored"}[step]
        d.record(verb, activity, details={"old": {"status": before}, "new": {"status": activity.status}})
    return activity


def _require(by: Actor, activity: Activity) -> None:
    units = [activity.unit.path] if activity.unit else []
    require(by.scope, "activity.edit", area=activity.area, units=units)


def _held(activity: Activity, version: int | None) -> Activity:
    rows = Activity.objects.select_for_update(of=("self",), no_key=True).select_related(
        "campaign", "unit", "parent"
    )
    now = rows.get(pk=activity.pk)
    check_version(now, version)
    return now


def _step(step: str, activity: Activity) -> str:
    sources, target = rules.ACTIVITY_STEPS[step]
    if activity.status not in sources:
        words = ACTIVITY_STATUS_WORDS[activity.status]
        raise Problem("activity.step", name=activity.name, status=words, step=STEP_WORDS[step])
    return target


def _check_past(activity: Activity) -> None:
    if activity.held_on > clock.today():
        raise Problem("activity.not_yet", name=activity.name, held_on=activity.held_on)


def _check(
    campaign: Campaign,
    name: str,
    number: str,
    area: str,
    parent: Activity | None,
    own: Activity | None = None,
) -> None:
    if not name.strip():
        raise Problem("task.empty", what=FIELD_WORDS["name"])
    if not area.startswith(campaign.area):
        raise Problem("task.area_outside", area=area, campaign_area=campaign.area)
    # parts stand under a whole, never under another part
    if parent is not None and (parent.campaign_id != campaign.id or parent.parent_id is not None):
        raise Problem("activity.part", name=name, parent=parent.name)
    same = Activity.objects.filter(campaign=campaign, number=number)
    taken = (same.exclude(pk=own.pk) if own is not None else same).first()
    if taken is not None:
        raise Problem("activity.number_taken", number=number, name=taken.name)


def _next_number(campaign: Campaign, kind: str) -> str:
    rows = Activity.objects.filter(campaign=campaign, kind=kind).values_list("number", flat=True)
    numbers: Sequence[str] = list(rows)
    if not numbers:
        return f"{kind}-01"
    candidate = rules.next_number(numbers)
    return candidate if not candidate.isdigit() else f"{kind}-{int(candidate):02d}"


def _number(value: Any) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number
