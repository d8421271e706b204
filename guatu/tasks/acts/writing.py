"""What every act on a task does in the same way: hold the row, check the step, keep the row, write a note."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version
from guatu.kernel.problems import Problem
from guatu.tasks import rules
from guatu.tasks.models import Task, TaskNote
from guatu.tasks.words import STATUS_WORDS, STEP_WORDS


def unit_paths(task: Task) -> list[str]:
    """Paths of the lead unit and of the supporting ones, the lead first."""
    return [task.lead_unit.path, *(each.unit.path for each in task.supporting.all())]


def require_on(by: Actor, right: str, task: Task) -> None:
    """The right must hold for the task's area or its lead unit; supporting units see, comment and help."""
    require(by.scope, right, area=task.area, units=[task.lead_unit.path])


def held(task: Task, version: int | None) -> Task:
    """The task as it stands now, locked until the transaction ends. Raises kernel.stale."""
    now = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lead_unit", "campaign", "body")
        .get(pk=task.pk)
    )
    check_version(now, version)
    return now


def check_step(step: str, task: Task) -> rules.Step:
    """Raises task.step when the task's status does not admit the step."""
    if not rules.may_step(step, task.status):
        raise Problem("task.step", task=task.number, status=STATUS_WORDS[task.status], step=STEP_WORDS[step])
    return rules.LIFECYCLE[step]


def check_reason(step: str, task: Task, reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Problem("task.needs_reason", task=task.number, step=STEP_WORDS[step])
    return reason


def day_of(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()


def refresh_clock(task: Task, day: dt.date) -> None:
    """Late and at risk as they are on the day the act took effect."""
    task.late = rules.is_late(task.status, task.due_on, day)
    task.risk = rules.at_risk(task.status, task.starts_on, task.due_on, task.percent, day)


def keep(task: Task, d: Deed) -> None:
    """Write the row after an act: clock marks, when it took effect, next version."""
    refresh_clock(task, day_of(d.effective_at))
    task.changed_at = d.effective_at
    task.version += 1
    task.save()


def write_note(
    task: Task, d: Deed, by: Actor, kind: str, text: str = "", percent: int | None = None
) -> dict[str, Any]:
    """Keep words in their own row; answers what the ledger says of them (the id only)."""
    text = text.strip()
    if not text and percent is None:
        return {}
    note = TaskNote(task=task, kind=kind, text=text, percent=percent, by_id=by.id, at=d.effective_at)
    note.save(force_insert=True)
    return {"note_id": str(note.id)}


def plain(value: Any) -> Any:
    """A value as the ledger keeps it: codes for things that have one, ids for people."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return str(getattr(value, "code", None) or getattr(value, "id", value))


def old_and_new(changed: Mapping[str, tuple[Any, Any]], silent: Sequence[str] = ()) -> dict[str, Any]:
    """{"old": …, "new": …}; of silent fields (which may name people) only that they changed."""
    shown = {name: both for name, both in changed.items() if name not in silent}
    details: dict[str, Any] = {
        "old": {name: plain(old) for name, (old, _new) in shown.items()},
        "new": {name: plain(new) for name, (_old, new) in shown.items()},
    }
    also = sorted(set(changed) & set(silent))
    return {**details, "also": also} if also else details


def ids_of(rows: Iterable[Any]) -> list[str]:
    return [str(row.id) for row in rows]
