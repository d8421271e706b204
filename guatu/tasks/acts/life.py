"""The life of one task: start, progress, report, check, return; and the acts that put a wrong record right."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from guatu.files.acts import attach
from guatu.files.models import Attachment
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.tasks import rules
from guatu.tasks.acts.writing import check_reason, check_step, held, keep, require_on, unit_paths, write_note
from guatu.tasks.models import Task, TaskNote
from guatu.tasks.words import FIELD_WORDS

EVIDENCE = "evidence"


def start_task(
    *,
    by: Actor,
    task: Task,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Say that work has begun. Raises task.step."""
    require_on(by, "task.report", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step("start", task)
        task.status, task.started_at = step.target, d.effective_at
        keep(task, d)
        d.record(step.verb, task, details=write_note(task, d, by, "progress", note))
    return task


def report_progress(
    *,
    by: Actor,
    task: Task,
    percent: int,
    note: str = "",
    evidence: Sequence[Any] = (),
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Report how far it is (0–100), with words and files; a task not begun or returned is under way again.

    evidence: uploads (name, content_type, chunks) for files.acts.attach. Raises task.step, task.percent.
    """
    require_on(by, "task.report", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step("report_progress", task)
        percent = _whole(percent)
        before = {"percent": task.percent, "status": task.status}
        task.percent, task.status = percent, step.target
        task.started_at = task.started_at or d.effective_at
        keep(task, d)
        _attach(by, task, evidence, via)
        said = write_note(task, d, by, "progress", note, percent)
        after = {"percent": percent, "status": task.status}
        d.record(step.verb, task, details={"old": before, "new": after, **said})
    return task


def report_done(
    *,
    by: Actor,
    task: Task,
    note: str = "",
    evidence: Sequence[Any] = (),
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Report a task done; now somebody else must check it. Raises task.step, task.needs_evidence."""
    require_on(by, "task.report", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step("report_done", task)
        needed = rules.needs_evidence(task.category, task.campaign.settings)
        present = evidence_count(task) + len(evidence)
        if present < needed:
            raise Problem("task.needs_evidence", category=task.category, needed=needed, present=present)
        before = {"percent": task.percent, "status": task.status}
        task.status, task.percent = step.target, 100
        task.reported_at, task.reported_by_id = d.effective_at, by.id
        task.started_at = task.started_at or d.effective_at
        keep(task, d)
        _attach(by, task, evidence, via)
        said = write_note(task, d, by, "done", note)
        d.record(
            step.verb, task, details={"old": before, "new": {"percent": 100, "status": task.status}, **said}
        )
    return task


def take_back_report(
    *,
    by: Actor,
    task: Task,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Take back a report of completion that nobody has checked yet. Raises task.step."""
    require_on(by, "task.report", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step("take_back_report", task)
        task.status, task.percent = step.target, last_percent(task)
        task.reported_at = task.reported_by = None
        keep(task, d)
        details = {"old": {"status": rules.REPORTED}, "new": {"status": task.status, "percent": task.percent}}
        d.record(step.verb, task, details=details, correction=step.correction)
    return task


def accept_task(
    *,
    by: Actor,
    task: Task,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
    cause: Any = None,
) -> Task:
    """Confirm that what was reported done is done. By somebody else: see rules.acceptance_refused.

    Raises task.step, task.self_acceptance, task.own_unit_acceptance.
    """
    require_on(by, "task.accept", task)
    with deed(by=by, effective_at=effective_at, via=via, cause=cause) as d:
        task = held(task, version)
        step = check_step("accept", task)
        check_checker(by, task)
        task.status, task.percent = step.target, 100
        task.accepted_at, task.accepted_by_id = d.effective_at, by.id
        keep(task, d)
        said = write_note(task, d, by, "accepted", note)
        details = {"old": {"status": rules.REPORTED}, "new": {"status": task.status}, **said}
        d.record(step.verb, task, details=details)
    return task


def return_task(
    *,
    by: Actor,
    task: Task,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """Send a reported task back with a reason; the lead unit owes it again. Raises what accept_task raises, task.needs_reason."""
    require_on(by, "task.accept", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step("return", task)
        check_checker(by, task)
        reason = check_reason("return", task, reason)
        task.status, task.percent = step.target, last_percent(task)
        task.reported_at = task.reported_by = None
        keep(task, d)
        said = write_note(task, d, by, "returned", reason)
        details = {
            "old": {"status": rules.REPORTED},
            "new": {"status": task.status, "percent": task.percent},
            **said,
        }
        d.record(step.verb, task, details=details)
    return task


def withdraw_acceptance(
    *,
    by: Actor,
    task: Task,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
    cause: Any = None,
) -> Task:
    """The acceptance was a mistake: a correction, so that the figures are restated from the day it was accepted.

    The task waits for a check again. Raises task.step, task.needs_reason.
    """
    require_on(by, "task.accept", task)
    with deed(by=by, effective_at=effective_at, via=via, cause=cause) as d:
        task = held(task, version)
        step = check_step("withdraw_acceptance", task)
        reason = check_reason("withdraw_acceptance", task, reason)
        accepted_at = task.accepted_at
        task.status, task.accepted_at, task.accepted_by = step.target, None, None
        keep(task, d)
        said = write_note(task, d, by, "withdrawn", reason)
        old = {"status": rules.ACCEPTED, "accepted_at": accepted_at.isoformat() if accepted_at else None}
        d.record(
            step.verb,
            task,
            details={"old": old, "new": {"status": task.status}, **said},
            correction=step.correction,
        )
    return task


def reopen_task(
    *,
    by: Actor,
    task: Task,
    reason: str,
    percent: int = 90,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Task:
    """It was done, but is not any more (the road broke again): from now on it is under way.

    Unlike withdraw_acceptance the past stays as it was. Raises task.step, task.needs_reason, task.percent.
    """
    require_on(by, "task.accept", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, version)
        step = check_step("reopen", task)
        reason = check_reason("reopen", task, reason)
        task.status, task.percent = step.target, _whole(percent)
        task.accepted_at = task.accepted_by = task.reported_at = task.reported_by = None
        keep(task, d)
        said = write_note(task, d, by, "reopened", reason, task.percent)
        details = {
            "old": {"status": rules.ACCEPTED},
            "new": {"status": task.status, "percent": task.percent},
            **said,
        }
        d.record(step.verb, task, details=details)
    return task


def press_task(
    *,
    by: Actor,
    task: Task,
    text: str,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> TaskNote:
    """Press on a task 督办: words that everybody who has it sees. Raises task.needs_reason, task.step."""
    require_on(by, "task.press", task)
    with deed(by=by, effective_at=effective_at, via=via) as d:
        task = held(task, None)
        if task.status not in rules.LIVE:
            check_step("report_done", task)
        if not text.strip():
            raise Problem("task.empty", what=FIELD_WORDS["press"])
        task.pressed_at = d.effective_at
        keep(task, d)
        said = write_note(task, d, by, "press", text)
        d.record("task.pressed", task, details=said)
    return TaskNote.objects.get(id=said["note_id"])


def comment_on_task(
    *, by: Actor, task: Task, text: str, effective_at: dt.datetime | None = None, via: str = "web"
) -> TaskNote:
    """Say something on a task without changing it; supporting units too. Raises task.empty."""
    require(by.scope, "task.read", area=task.area, units=unit_paths(task))
    with deed(by=by, effective_at=effective_at, via=via) as d:
        if not text.strip():
            raise Problem("task.empty", what=FIELD_WORDS["comment"])
        said = write_note(task, d, by, "comment", text)
        d.record("task.commented", task, details=said)
    return TaskNote.objects.get(id=said["note_id"])


def add_evidence(
    *,
    by: Actor,
    task: Task,
    uploads: Sequence[Any],
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> list[Attachment]:
    """Attach files to a task; lead and supporting units may. Raises what files.acts.attach raises."""
    require(by.scope, "task.report", area=task.area, units=unit_paths(task))
    with deed(by=by, effective_at=effective_at, via=via):
        return _attach(by, task, uploads, via)


def check_checker(by: Actor, task: Task) -> None:
    """Raises when this person may not check this task."""
    refused = refusal_to_check(by, task)
    if refused:
        raise Problem(refused, number=task.number)


def refusal_to_check(by: Actor, task: Task) -> str:
    """The code of the problem that stands against this person checking this task; "" when none does."""
    unit = getattr(by, "unit", None)
    return rules.acceptance_refused(
        person=by.id,
        person_unit=unit.path if unit is not None else "",
        reporter=task.reported_by_id,
        lead_unit=task.lead_unit.path,
        supervises=by.scope.allows("task.press", area=task.area, units=[task.lead_unit.path]),
    )


def evidence_count(task: Task) -> int:
    """How many files of evidence the task has."""
    rows = Attachment.objects.filter(
        subject_type="task", subject_id=str(task.id), purpose=EVIDENCE, withdrawn=False
    )
    return rows.count()


def last_percent(task: Task) -> int:
    """The progress reported last before the report of completion."""
    notes = TaskNote.objects.filter(task=task, kind__in=("progress", "reopened")).exclude(percent=None)
    return next(
        (n for n in notes.order_by("-at", "-id").values_list("percent", flat=True) if n is not None), 0
    )


def _whole(percent: Any) -> int:
    if isinstance(percent, bool) or not isinstance(percent, int) or not 0 <= percent <= 100:
        raise Problem("task.percent", percent=percent)
    return percent


def _attach(by: Actor, task: Task, uploads: Sequence[Any], via: str) -> list[Attachment]:
    return [attach(by=by, subject=task, upload=upload, purpose=EVIDENCE, via=via) for upload in uploads]
