"""Acts on many tasks at once: one summarising line in the ledger, one line for each task, and a way back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from guatu.campaigns.models import Campaign
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.tasks.acts.life import accept_task, refusal_to_check, withdraw_acceptance
from guatu.tasks.acts.writing import check_step, held, ids_of, keep, old_and_new, require_on
from guatu.tasks.models import Task
from guatu.tasks.words import FIELD_WORDS
from guatu.units.models import Person, Unit


@dataclass(frozen=True)
class Refused:
    """A task that stayed as it was, and why."""

    task: Task
    problem: Problem


@dataclass(frozen=True)
class Together:
    """What became of many tasks; `act_id` is the summarising act, by which it can be undone."""

    done: list[Task]
    refused: list[Refused]
    act_id: UUID | None


def refusal_of_acceptance(by: Actor, task: Task) -> Problem | None:
    """Why accepting this task would be refused now; None when it would go through (for the preview)."""
    try:
        require_on(by, "task.accept", task)
        check_step("accept", task)
    except Problem as problem:
        return problem
    refused = refusal_to_check(by, task)
    return Problem(refused, number=task.number) if refused else None


def accept_many(
    *,
    by: Actor,
    campaign: Campaign,
    tasks: Sequence[Task],
    note: str = "",
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Together:
    """Accept all of the chosen tasks that may be accepted; the others are named with their reasons.

    Raises task.nothing_chosen, task.none_accepted.
    """
    require(by.scope, "task.accept")
    if not tasks:
        raise Problem("task.nothing_chosen")
    with deed(by=by, effective_at=effective_at, via=via) as d:
        judged = [(task, refusal_of_acceptance(by, task)) for task in (held(each, None) for each in tasks)]
        good = [task for task, problem in judged if problem is None]
        refused = [Refused(task, problem) for task, problem in judged if problem is not None]
        if not good:
            raise Problem("task.none_accepted", count=len(tasks))
        act_id = d.record(
            "campaign.tasks_accepted", campaign, details={"tasks": ids_of(good), "refused": len(refused)}
        )
        done = [
            accept_task(by=by, task=task, note=note, effective_at=effective_at, via=via, cause=act_id)
            for task in good
        ]
    return Together(done, refused, act_id)


def reassign_many(
    *,
    by: Actor,
    campaign: Campaign,
    tasks: Sequence[Task],
    lead_unit: Unit | None = None,
    owner: Person | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Together:
    """Give the chosen tasks to another lead unit, another owner, or both (a new lead unit alone clears the owner).

    Raises task.nothing_chosen, task.empty, access.denied for the first task that lies outside.
    """
    if not tasks:
        raise Problem("task.nothing_chosen")
    if lead_unit is None and owner is None:
        raise Problem("task.empty", what=f"{FIELD_WORDS['lead_unit']} / {FIELD_WORDS['owner']}")
    for task in tasks:
        require_on(by, "task.plan" if lead_unit is not None else "task.edit", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        act_id = d.record("campaign.tasks_reassigned", campaign, details={"tasks": ids_of(tasks)})
        done = []
        for task in tasks:
            task = held(task, None)
            wanted: dict[str, Any] = {"owner": owner, "lead_unit": lead_unit or task.lead_unit}
            if owner is not None or lead_unit is not None:
                wanted["owner_name"] = ""
            changed = {
                name: (getattr(task, name), new) for name, new in wanted.items() if getattr(task, name) != new
            }
            if not changed:
                continue
            for name, (_old, new) in changed.items():
                setattr(task, name, new)
            # a unit that led and now leads no more does not support itself
            task.supporting.filter(unit=task.lead_unit).delete()
            keep(task, d)
            d.record("task.edited", task, details=old_and_new(changed, silent=("owner_name",)), cause=act_id)
            done.append(task)
    return Together(done, [], act_id)


def undo_together(*, by: Actor, act_id: UUID, via: str = "web") -> int:
    """Take back an `accept_many` or `reassign_many`, as long as nobody touched the tasks since; answers how many.

    Raises task.cannot_undo, access.not_found.
    """
    act = Act.objects.filter(
        id=act_id, verb__in=("campaign.tasks_accepted", "campaign.tasks_reassigned")
    ).first()
    if act is None or act.campaign_id is None:
        raise Problem("access.not_found")
    if by.id is not None and act.by_id != by.id:
        raise Problem("task.cannot_undo", why=_("是别人做的"))
    lines = {line.subject_id: line for line in Act.objects.filter(cause_id=act.id, subject_type="task")}
    tasks = {
        str(task.id): task for task in Task.objects.select_related("lead_unit").filter(id__in=list(lines))
    }
    for task_id, line in lines.items():
        later = Act.objects.filter(subject_type="task", subject_id=task_id, recorded_at__gte=line.recorded_at)
        if later.exclude(id=line.id).exists():
            raise Problem(
                "task.cannot_undo", why=_("任务 %(number)s 之后又有变化") % {"number": tasks[task_id].number}
            )
    with deed(by=by, via=via, cause=act.id) as d:
        for task_id, line in lines.items():
            if act.verb == "campaign.tasks_accepted":
                withdraw_acceptance(
                    by=by, task=tasks[task_id], reason=_("撤销批量验收"), via=via, cause=act.id
                )
            else:
                _give_back(by, tasks[task_id], line, d)
        campaign = Campaign.objects.get(id=act.campaign_id)
        d.record(
            "campaign.tasks_undone",
            campaign,
            details={"of": str(act.id), "tasks": sorted(lines)},
            cause=act.id,
        )
    return len(lines)


def _give_back(by: Actor, task: Task, line: Act, d: Any) -> None:
    require_on(by, "task.edit", task)
    task = held(task, None)
    old = line.details.get("old", {})
    before = {"owner": task.owner, "lead_unit": task.lead_unit}
    if "owner" in old:
        task.owner = Person.objects.filter(id=old["owner"]).first() if old["owner"] else None
    if "lead_unit" in old:
        task.lead_unit = Unit.objects.get(code=old["lead_unit"])
    keep(task, d)
    after = {"owner": task.owner, "lead_unit": task.lead_unit}
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    d.record("task.edited", task, details=old_and_new(changed), correction=True)
