"""Tasks for machines: the same reads and acts as the desk."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from ninja import Field, File, Form, Router, Schema, Status, UploadedFile

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.campaigns.models import Body, Campaign
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.places.reads import resolve
from guatu.tasks import acts, reads, rules
from guatu.tasks.models import Milestone, Task, TaskUnit
from guatu.units.models import Person, Unit

router = Router(tags=["tasks"])


class MilestoneOut(Schema):
    """A day on the way; done_on: when it was reached."""

    id: UUID
    name: str
    due_on: dt.date
    done_on: dt.date | None


class TaskOut(Schema):
    """A task. lead_unit, supporting, body: codes. steps: the steps its status admits (whether you may is another matter)."""

    id: UUID
    number: str
    title: str
    category: str
    body: str
    lead_unit: str
    supporting: list[str]
    area: str
    owner_id: UUID | None
    owner_name: str
    starts_on: dt.date | None
    due_on: dt.date
    phase: str
    status: str
    percent: int
    late: bool
    risk: bool
    started_at: dt.datetime | None
    reported_at: dt.datetime | None
    accepted_at: dt.datetime | None
    note: str
    milestones: list[MilestoneOut]
    steps: list[str]
    version: int


class TaskIn(Schema):
    """A task to put on the list. lead_unit, supporting, body: codes; area: code or name ("" is the campaign's)."""

    title: str
    lead_unit: str
    due_on: dt.date
    number: str = ""
    category: str = ""
    body: str = ""
    supporting: list[str] = Field(default_factory=list)
    area: str = ""
    owner_id: UUID | None = None
    owner_name: str = ""
    starts_on: dt.date | None = None
    note: str = ""


class TaskPatch(Schema):
    """What to change; what is left out stays. version: of the task as it was read."""

    version: int
    number: str | None = None
    title: str | None = None
    category: str | None = None
    body: str | None = None
    lead_unit: str | None = None
    supporting: list[str] | None = None
    area: str | None = None
    owner_id: UUID | None = None
    owner_name: str | None = None
    starts_on: dt.date | None = None
    due_on: dt.date | None = None
    note: str | None = None


class StepIn(Schema):
    """What a step brings. percent: for report_progress and reopen; reason: where the step needs one; text: press, comment."""

    note: str = ""
    reason: str = ""
    text: str = ""
    percent: int | None = None
    version: int | None = None


class CurveOut(Schema):
    """One day of the completion curve; accepted is null for days to come."""

    day: dt.date
    due: int
    accepted: int | None


def task_out(row: Task) -> dict[str, Any]:
    own = (
        "id", "number", "title", "category", "area", "owner_id", "starts_on", "due_on", "phase", "status", "percent", "late",
        "risk", "started_at", "reported_at", "accepted_at", "note", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in own},
        "body": row.body.code if row.body else "",
        "lead_unit": row.lead_unit.code,
        "supporting": [each.unit.code for each in row.supporting.all()],
        "owner_name": row.owner.name if row.owner else row.owner_name,
        "milestones": list(row.milestones.all()),
        "steps": rules.next_steps(row.status),
    }


def _whole(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.prefetch_related(
        Prefetch("supporting", TaskUnit.objects.select_related("unit").order_by("unit__path")),
        Prefetch("milestones", Milestone.objects.order_by("due_on", "name")),
    )


def unit_of(code: str) -> Unit:
    """A unit by its code or path. Raises task.import_unit."""
    found = Unit.objects.filter(Q(code=code) | Q(path=code), active=True).first()
    if found is None:
        raise Problem("task.import_unit", unit=code, near="—")
    return found


def _body(campaign: Campaign, code: str) -> Body | None:
    if not code:
        return None
    found = campaign.bodies.filter(code=code).first()
    if found is None:
        raise Problem(
            "task.import_body", body=code, bodies="、".join(campaign.bodies.values_list("code", flat=True))
        )
    return found


def _owner(owner_id: UUID | None) -> Person | None:
    if owner_id is None:
        return None
    found = Person.objects.filter(id=owner_id, is_active=True).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def _values(campaign: Campaign, given: dict[str, Any]) -> dict[str, Any]:
    """Codes turned into rows."""
    values = dict(given)
    turn: dict[str, Callable[[Any], Any]] = {
        "lead_unit": unit_of,
        "supporting": lambda codes: [unit_of(code) for code in codes],
        "body": lambda code: _body(campaign, code),
        "area": lambda text: resolve(text, inside=campaign.area) if text else campaign.area,
    }
    for name, make in turn.items():
        if name in values:
            values[name] = make(values[name])
    if "owner_id" in values:
        values["owner"] = _owner(values.pop("owner_id"))
    return values


@router.get("/campaigns/{code}/tasks", response=PageOut[TaskOut], summary="Tasks of a campaign")
def tasks(
    request: HttpRequest,
    code: str,
    status: str = "",
    group: str = "",
    unit: str = "",
    area: str = "",
    category: str = "",
    late: bool | None = None,
    risk: bool | None = None,
    q: str = "",
    after: str = "",
    limit: int = 100,
) -> Any:
    """`status`: a status, or `open`. `group`: code of a body. `unit`: code or path of the lead unit and all below it. `area`: a code."""
    require(scope_of(request), "task.read")
    rows = reads.tasks(scope_of(request), campaign_of(request, code))
    if status:
        rows = rows.filter(status__in=rules.OPEN if status == "open" else [status])
    rows = rows.filter(body__code=group) if group else rows
    rows = rows.filter(Q(lead_unit__code=unit) | Q(lead_unit__path__startswith=unit)) if unit else rows
    rows = rows.filter(within("area", area)) if area else rows
    rows = rows.filter(category=category) if category else rows
    rows = rows.filter(late=late) if late is not None else rows
    rows = rows.filter(risk=risk) if risk is not None else rows
    rows = rows.filter(Q(number=q) | Q(title__icontains=q)) if q else rows
    return page_of(_whole(rows), task_out, after=after, limit=limit)


@router.get(
    "/campaigns/{code}/tasks/curve", response=list[CurveOut], summary="Planned and real completion by day"
)
def curve(request: HttpRequest, code: str, area: str = "") -> Any:
    require(scope_of(request), "task.read")
    return reads.completion_curve(scope_of(request), campaign_of(request, code), area=area)


@router.post("/campaigns/{code}/tasks", response={201: TaskOut}, summary="Put a task on the list")
def add(request: HttpRequest, code: str, body: TaskIn) -> Any:
    campaign = campaign_of(request, code)
    task = acts.add_task(
        by=person_of(request), campaign=campaign, via="api", **_values(campaign, body.dict())
    )
    return Status(201, _seen(request, task.id))


@router.get("/tasks/{task_id}", response=TaskOut, summary="One task")
def task(request: HttpRequest, task_id: UUID) -> Any:
    return _seen(request, task_id)


def _seen(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    return task_out(reads.task(scope_of(request), task_id))


@router.patch("/tasks/{task_id}", response=TaskOut, summary="Change a task")
def edit(request: HttpRequest, task_id: UUID, body: TaskPatch) -> Any:
    found = reads.task(scope_of(request), task_id)
    given = body.dict(exclude_unset=True)
    version = given.pop("version")
    changes = _values(found.campaign, given)
    acts.edit_task(by=person_of(request), task=found, changes=changes, version=version, via="api")
    return _seen(request, task_id)


# step → (the act, which parts of the body it is given)
_STEPS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "start": (acts.start_task, ("note", "version")),
    "report_progress": (acts.report_progress, ("percent", "note", "version")),
    "report_done": (acts.report_done, ("note", "version")),
    "take_back_report": (acts.take_back_report, ("version",)),
    "accept": (acts.accept_task, ("note", "version")),
    "return": (acts.return_task, ("reason", "version")),
    "withdraw_acceptance": (acts.withdraw_acceptance, ("reason", "version")),
    "reopen": (acts.reopen_task, ("reason", "version")),
    "cancel": (acts.cancel_task, ("reason", "version")),
    "restore": (acts.restore_task, ("reason", "version")),
    "press": (acts.press_task, ("text",)),
    "comment": (acts.comment_on_task, ("text",)),
}


@router.post("/tasks/{task_id}/steps/{step}", response=TaskOut, summary="Take a step in a task's life")
def step(request: HttpRequest, task_id: UUID, step: str, body: StepIn) -> Any:
    """start, report_progress, report_done, take_back_report, accept, return, withdraw_acceptance, reopen, cancel, restore,
    press, comment."""
    found = reads.task(scope_of(request), task_id)
    if step not in _STEPS:
        raise Problem("access.not_found")
    act, names = _STEPS[step]
    given = body.dict()
    act(by=person_of(request), task=found, via="api", **{name: given[name] for name in names})
    return _seen(request, task_id)


@router.post(
    "/tasks/{task_id}/evidence", response=TaskOut, summary="Attach evidence, and report with it if you say so"
)
def evidence(
    request: HttpRequest,
    task_id: UUID,
    files: list[UploadedFile] = File(...),  # noqa: B008 - ninja declares parts so
    done: bool = Form(False),
    note: str = Form(""),
) -> Any:
    """multipart/form-data with `files`. `done`: true reports the task done in the same transaction."""
    found = reads.task(scope_of(request), task_id)
    if done:
        acts.report_done(by=person_of(request), task=found, note=note, evidence=files, via="api")
    else:
        acts.add_evidence(by=person_of(request), task=found, uploads=files, via="api")
    return _seen(request, task_id)
