"""Building the task list: add, edit, cancel, restore, milestones."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Body, Campaign, Phase
from guatu.campaigns.rules import phase_of
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.places.rules import home_of
from guatu.tasks import rules
from guatu.tasks.acts.writing import (
    check_reason,
    check_step,
    day_of,
    held,
    keep,
    old_and_new,
    refresh_clock,
    require_on,
    write_note,
)
from guatu.tasks.models import Milestone, Task, TaskUnit
from guatu.tasks.words import FIELD_WORDS
from guatu.units.models import Person, Unit

_SILENT = ("note", "owner_name")  # free words may name people


def add_task(
    *,
    by: Actor,
    campaign: Campaign,
    title: str,
    lead_unit: Unit,
    due_on: dt.date,
    number: str = "",
    category: str = "",
    body: Body | None = None,
    supporting: Sequence[Unit] = (),
    area: str = "",
    owner: Person | None = None,
    owner_name: str = "",
    starts_on: dt.date | None = None,
    place: Place | None = None,
    note: str = "",
    milestones: Sequence[tuple[str, dt.date]] = (),
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Put a task on the list. Without a number it gets the next one, without an area the campaign's.

    Raises task.empty, task.number_taken, task.schedule, task.other_campaign, task.area_outside, task.lead_supports,
    task.milestone_taken, task.milestone_day.
    """
    area = area or campaign.area
    require(by.scope, "task.plan", area=area, units=[lead_unit.path])
    with deed(by=by, effective_at=effective_at, via=via) as d:
        number = rules.tidy_number(number) or rules.next_number(_numbers(campaign))
        task = Task(
            home=home_of(area), campaign=campaign, number=number, order=rules.natural_key(number), title=title.strip(),
            category=category.strip(), body=body, lead_unit=lead_unit, area=area, owner=owner,
            owner_name=owner_name.strip(), starts_on=starts_on, due_on=due_on, place=place, note=note.strip(),
            phase=_phase(campaign, due_on), changed_at=d.effective_at,
        )  # fmt: skip
        _check(task, supporting)
        for name, day in milestones:
            _check_milestone(task, name, day)
        refresh_clock(task, day_of(d.effective_at))
        task.save(force_insert=True)
        _keep_units(task, supporting)
        _keep_milestones(task, milestones)
        d.record(
            "task.added",
            task,
            details={"number": number, "due_on": due_on.isoformat(), "lead": lead_unit.code},
        )
    return task


def edit_task(
    *,
    by: Actor,
    task: Task,
    changes: Mapping[str, Any],
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Change a task: any of rules.FIELDS (`supporting`: a list of units). What stays the same writes nothing.

    A lead unit changes owner, start, place and note; the rest is the plan and needs `task.plan`.
    Raises what add_task raises, kernel.stale.
    """
    strange = sorted(set(changes) - set(rules.FIELDS))
    if strange:
        raise TypeError(f"{strange[0]} is not one of {', '.join(rules.FIELDS)}")
    require_on(by, "task.edit", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        changed = _changed(task, changes)
        if not changed:
            return task
        if rules.needs_plan_right(changed):
            require_on(by, "task.plan", task)
        for name, (_old, new) in changed.items():
            if name != "supporting":
                setattr(task, name, new)
        task.order = rules.natural_key(task.number)
        task.phase = _phase(task.campaign, task.due_on)
        units = (
            changes["supporting"] if "supporting" in changes else [each.unit for each in _supporting(task)]
        )
        _check(task, units)
        keep(task, d)
        if "supporting" in changed:
            _keep_units(task, units)
        d.record("task.edited", task, details=old_and_new(changed, silent=_SILENT))
    return task


def _changed(task: Task, changes: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    for name, new in changes.items():
        if name == "supporting":
            old_units = [each.unit for each in _supporting(task)]
            if {unit.id for unit in old_units} != {unit.id for unit in new}:
                found[name] = (sorted(u.code for u in old_units), sorted(u.code for u in new))
            continue
        new = new.strip() if isinstance(new, str) else new
        old = getattr(task, name)
        if old != new:
            found[name] = (old, new)
    return found


def _supporting(task: Task) -> list[TaskUnit]:
    return list(TaskUnit.objects.filter(task=task).select_related("unit"))


def cancel_task(
    *,
    by: Actor,
    task: Task,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Take a task off the list, with a reason; it no longer counts. Raises task.step, task.needs_reason."""
    return _move(by, task, "cancel", reason, "cancelled", version, effective_at, via)


def restore_task(
    *,
    by: Actor,
    task: Task,
    reason: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Put a cancelled task back on the list where it was: not started, or started. Raises task.step."""
    return _move(by, task, "restore", reason, "reopened", version, effective_at, via)


def _move(
    by: Actor,
    task: Task,
    name: str,
    reason: str,
    note_kind: str,
    version: int | None,
    effective_at: dt.datetime | None,
    via: str,
) -> Task:
    require_on(by, rules.LIFECYCLE[name].right, task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step(name, task)
        reason = check_reason(name, task, reason) if "reason" in step.needs else reason
        before, task.status = task.status, step.target
        if name == "restore" and task.started_at is not None:
            task.status = rules.STARTED
        keep(task, d)
        said = write_note(task, d, by, note_kind, reason)
        d.record(step.verb, task, details={"old": {"status": before}, "new": {"status": task.status}, **said})
    return task


def add_milestone(
    *,
    by: Actor,
    task: Task,
    name: str,
    due_on: dt.date,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Milestone:
    """Set a day on the way. Raises task.empty, task.milestone_taken, task.milestone_day."""
    require_on(by, "task.edit", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        _check_milestone(task, name, due_on)
        milestone = Milestone(task=task, name=name.strip(), due_on=due_on)
        milestone.save(force_insert=True)
        keep(task, d)
        d.record(
            "task.milestone_added",
            task,
            details={"milestone": str(milestone.id), "due_on": due_on.isoformat()},
        )
    return milestone


def finish_milestone(
    *,
    by: Actor,
    task: Task,
    milestone_id: Any,
    done_on: dt.date | None,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Milestone:
    """Say that a milestone was reached (`done_on` None takes it back). Raises task.milestone_unknown, kernel.future."""
    require_on(by, "task.report", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        milestone = _milestone(task, milestone_id)
        if done_on is not None and done_on > day_of(d.effective_at):
            raise Problem("kernel.future", effective_at=done_on.isoformat())
        milestone.done_on = done_on
        milestone.save(update_fields=["done_on"])
        keep(task, d)
        verb = "task.milestone_reached" if done_on else "task.milestone_reopened"
        d.record(
            verb,
            task,
            details={"milestone": str(milestone.id), "day": done_on.isoformat() if done_on else None},
        )
    return milestone


def drop_milestone(
    *,
    by: Actor,
    task: Task,
    milestone_id: Any,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> None:
    """Take a milestone away. Raises task.milestone_unknown."""
    require_on(by, "task.edit", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        milestone = _milestone(task, milestone_id)
        details = {"name": milestone.name, "due_on": milestone.due_on.isoformat()}
        milestone.delete()
        keep(task, d)
        d.record("task.milestone_dropped", task, details=details)


def place_in_phases(*, by: Actor, campaign: Campaign, cause: Any = None, via: str = "system") -> int:
    """After the campaign's phases changed: put every task into the phase its deadline falls into; answers how many moved."""
    phases = list(Phase.objects.filter(campaign=campaign))
    moved = 0
    with deed(by=by, via=via, cause=cause) as d:
        for task in Task.objects.select_for_update(no_key=True).filter(campaign=campaign).order_by("id"):
            phase = phase_of(task.due_on, phases)
            if phase == task.phase:
                continue
            old, task.phase = task.phase, phase
            task.version += 1
            task.save(update_fields=["phase", "version"])
            d.record("task.phase_changed", task, details={"old": {"phase": old}, "new": {"phase": phase}})
            moved += 1
    return moved


def _numbers(campaign: Campaign) -> list[str]:
    return list(Task.objects.filter(campaign=campaign).values_list("number", flat=True))


def _phase(campaign: Campaign, due_on: dt.date) -> str:
    return phase_of(due_on, Phase.objects.filter(campaign=campaign))


def _check(task: Task, supporting: Sequence[Unit]) -> None:
    """Everything a task must be before it is written."""
    if not task.title:
        raise Problem("task.empty", what=FIELD_WORDS["title"])
    if rules.wrong_schedule(task.starts_on, task.due_on):
        raise Problem("task.schedule", starts_on=task.starts_on, due_on=task.due_on)
    if task.body is not None and task.body.campaign_id != task.campaign_id:
        raise Problem("task.other_campaign", what=task.body.name)
    if task.area and not task.area.startswith(task.campaign.area):
        raise Problem("task.area_outside", area=task.area, campaign_area=task.campaign.area)
    if any(unit.id == task.lead_unit_id for unit in supporting):
        raise Problem("task.lead_supports", unit=task.lead_unit.name)
    taken = Task.objects.filter(campaign=task.campaign, number=task.number).exclude(pk=task.pk).first()
    if taken is not None:
        raise Problem("task.number_taken", number=task.number, title=taken.title)


def _check_milestone(task: Task, name: str, day: dt.date) -> None:
    if not name.strip():
        raise Problem("task.empty", what=FIELD_WORDS["milestone"])
    if rules.wrong_milestone(task.starts_on, task.due_on, day):
        raise Problem("task.milestone_day", name=name, day=day)
    if not task._state.adding and Milestone.objects.filter(task=task, name=name.strip()).exists():
        raise Problem("task.milestone_taken", task=task.number, name=name)


def _milestone(task: Task, milestone_id: Any) -> Milestone:
    found = Milestone.objects.filter(task=task, id=milestone_id).first()
    if found is None:
        raise Problem("task.milestone_unknown", task=task.number)
    return found


def _keep_units(task: Task, units: Sequence[Unit]) -> None:
    TaskUnit.objects.filter(task=task).exclude(unit__in=list(units)).delete()
    standing = set(TaskUnit.objects.filter(task=task).values_list("unit_id", flat=True))
    fresh = {unit.id: unit for unit in units if unit.id not in standing}
    TaskUnit.objects.bulk_create([TaskUnit(task=task, unit=unit) for unit in fresh.values()])


def _keep_milestones(task: Task, milestones: Sequence[tuple[str, dt.date]]) -> None:
    names = [name.strip() for name, _day in milestones]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Problem("task.milestone_taken", task=task.number, name=twice)
    Milestone.objects.bulk_create(
        [Milestone(task=task, name=name.strip(), due_on=day) for name, day in milestones]
    )
