"""A checked table becomes tasks; and the way back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Body, Campaign
from guatu.files.imports import Applied, Change, RowOutcome
from guatu.files.models import Attachment
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, deed
from guatu.kernel.models import Act
from guatu.tasks import rules
from guatu.tasks.acts.life import report_done, report_progress, start_task
from guatu.tasks.acts.plan import add_milestone, add_task, drop_milestone, edit_task, finish_milestone
from guatu.tasks.acts.writing import keep, old_and_new, plain
from guatu.tasks.cells import MilestoneCell
from guatu.tasks.models import Milestone, Task, TaskUnit
from guatu.units.models import Person, Unit

_SET_BACK = ("status", "percent", "started_at", "reported_at", "reported_by")


def import_tasks(
    *, by: Actor, campaign: Campaign, rows: Sequence[RowOutcome], via: str, context: Any = None
) -> Applied:
    """Let checked rows in: new tasks are added, changed cells go through the same acts as on the pages."""
    require(by.scope, "task.import", area=campaign.area)
    created: list[str] = []
    changed: list[Change] = []
    with deed(by=by, via=via):
        for row in rows:
            if row.kind == "new":
                created.append(str(_add(by, campaign, dict(row.values), via).id))
            else:
                changed.append(_change(by, row.values["task"], dict(row.values["changes"]), via))
    return Applied(created, changed)


def _add(by: Actor, campaign: Campaign, values: dict[str, Any], via: str) -> Task:
    status, percent = values.pop("status"), values.pop("percent")
    milestones: list[MilestoneCell] = values.pop("milestones")
    task = add_task(
        by=by,
        campaign=campaign,
        milestones=[(each.name, each.due_on) for each in milestones],
        via=via,
        **values,
    )
    _reach(by, task, milestones, via)
    return _bring_to(by, task, status, percent, via)


def _reach(by: Actor, task: Task, milestones: Sequence[MilestoneCell], via: str) -> None:
    standing = {each.name: each for each in Milestone.objects.filter(task=task)} if milestones else {}
    for each in milestones:
        if standing[each.name].done_on != each.done_on:
            finish_milestone(
                by=by, task=task, milestone_id=standing[each.name].id, done_on=each.done_on, via=via
            )


def _bring_to(by: Actor, task: Task, status: str, percent: int | None, via: str) -> Task:
    """The status a row says; “done” waits for somebody to check it."""
    if status in (rules.REPORTED, rules.ACCEPTED):
        return report_done(by=by, task=task, via=via)
    if percent:
        return report_progress(by=by, task=task, percent=percent, via=via)
    if status == rules.STARTED:
        return start_task(by=by, task=task, via=via)
    return task


def _change(by: Actor, task: Task, changes: dict[str, Any], via: str) -> Change:
    before = {name: getattr(task, name) for name in (*_SET_BACK, *rules.FIELDS) if name != "supporting"}
    old = {name: plain(value) for name, value in before.items()}
    old["supporting"] = [each.unit.code for each in TaskUnit.objects.filter(task=task).select_related("unit")]
    old["milestones"] = [
        [each.name, each.due_on.isoformat(), each.done_on.isoformat() if each.done_on else None]
        for each in Milestone.objects.filter(task=task)
    ]
    status, percent = changes.pop("status", ""), changes.pop("percent", None)
    milestones: list[MilestoneCell] | None = changes.pop("milestones", None)
    if changes:
        task = edit_task(by=by, task=task, changes=changes, via=via)
    if milestones is not None:
        _set_milestones(by, task, milestones, via)
    if percent is not None and status != rules.REPORTED:
        task = report_progress(by=by, task=task, percent=percent, via=via)
    elif status == rules.STARTED and task.status == rules.RETURNED:
        task = report_progress(by=by, task=task, percent=task.percent, via=via)
    elif status:
        task = _bring_to(by, task, status, None, via)
    return Change(str(task.id), old, Task.objects.values_list("version", flat=True).get(pk=task.pk))


def _set_milestones(by: Actor, task: Task, wanted: Sequence[MilestoneCell], via: str) -> None:
    standing = {each.name: each for each in Milestone.objects.filter(task=task)}
    named = {each.name: each for each in wanted}
    for name, row in standing.items():
        if name not in named or named[name].due_on != row.due_on:
            drop_milestone(by=by, task=task, milestone_id=row.id, via=via)
    for name, each in named.items():
        if name not in standing or standing[name].due_on != each.due_on:
            add_milestone(by=by, task=task, name=name, due_on=each.due_on, via=via)
    _reach(by, task, wanted, via)


def withdraw_imported(
    *, by: Actor, created: Sequence[str], changed: Sequence[Change], via: str
) -> Sequence[str]:
    """Take back what an import brought; answers the titles of tasks on which something has been built since."""
    require(by.scope, "task.import")
    made = {
        str(task.id): task for task in Task.objects.select_related("lead_unit").filter(id__in=list(created))
    }
    moved = {change.id: change for change in changed}
    edited = {str(task.id): task for task in Task.objects.filter(id__in=list(moved))}
    built = [str(task) for task in made.values() if _built_on(task, created)]
    built += [str(task) for task_id, task in edited.items() if task.version != moved[task_id].version]
    if built:
        return built
    with deed(by=by, via=via) as d:
        for task in made.values():
            d.record("task.withdrawn", task, details={"number": task.number}, correction=True)
            task.delete()
        for task_id, task in edited.items():
            _set_back(task, moved[task_id].old, d)
    return []


def _built_on(task: Task, created: Sequence[str]) -> bool:
    """Whether somebody did something with an imported task beyond what the import itself wrote."""
    if Attachment.objects.filter(subject_type="task", subject_id=str(task.id), withdrawn=False).exists():
        return True
    ways = Act.objects.filter(subject_type="task", subject_id=str(task.id)).values_list("via", flat=True)
    return len({way for way in ways if way != "clock"}) > 1


def _set_back(task: Task, old: Mapping[str, Any], d: Deed) -> None:
    """Every cell as it was before the import, in one correcting act."""
    values: dict[str, Any] = {name: old[name] for name in rules.FIELDS if name != "supporting"}
    values["lead_unit"] = Unit.objects.get(code=old["lead_unit"])
    values["body"] = (
        Body.objects.filter(campaign_id=task.campaign_id, code=old["body"]).first() if old["body"] else None
    )
    values["owner"] = Person.objects.filter(id=old["owner"]).first() if old["owner"] else None
    values.pop("place")
    for name in ("starts_on", "due_on"):
        values[name] = dt.date.fromisoformat(old[name]) if old[name] else None
    for name in ("status", "percent"):
        values[name] = old[name]
    for name in ("started_at", "reported_at"):
        values[name] = dt.datetime.fromisoformat(old[name]) if old[name] else None
    values["reported_by"] = (
        Person.objects.filter(id=old["reported_by"]).first() if old["reported_by"] else None
    )
    changed = {name: (getattr(task, name), new) for name, new in values.items() if getattr(task, name) != new}
    for name, (_old, new) in changed.items():
        setattr(task, name, new)
    task.order = rules.natural_key(task.number)
    keep(task, d)
    TaskUnit.objects.filter(task=task).delete()
    units = Unit.objects.filter(code__in=old["supporting"])
    TaskUnit.objects.bulk_create([TaskUnit(task=task, unit=unit) for unit in units])
    Milestone.objects.filter(task=task).delete()
    Milestone.objects.bulk_create(
        [
            Milestone(
                task=task, name=name, due_on=dt.date.fromisoformat(due),
                done_on=dt.date.fromisoformat(done) if done else None,
            )
            for name, due, done in old["milestones"]
        ]
    )  # fmt: skip
    d.record(
        "task.set_back", task, details=old_and_new(changed, silent=("note", "owner_name")), correction=True
    )
