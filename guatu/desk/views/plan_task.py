"""One task: its page, its form, and the steps of its life."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.case_states import photo_lines
from guatu.desk.forms.plan import (
    AcceptForm,
    DoneForm,
    FilesForm,
    MilestoneForm,
    ProgressForm,
    ReasonForm,
    TaskForm,
    WordsForm,
    task_initial,
)
from guatu.desk.plan_states import LATE, RISK, STATES
from guatu.desk.story import lines_of
from guatu.desk.views.plan_tasks import field_of
from guatu.files.reads import attachments_of
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.kit.parts import StoryLine
from guatu.kit.shortcuts import UNPROCESSABLE, form_page
from guatu.kit.toasts import say
from guatu.places.reads import names as area_names
from guatu.tasks import acts, reads, rules
from guatu.tasks.models import Task
from guatu.tasks.words import FIELD_WORDS

_TONES = {
    "task.accepted": "done",
    "task.returned": "returned",
    "task.became_late": "late",
    "task.came_at_risk": "soon",
    "task.pressed": "late",
    "task.cancelled": "void",
    "task.acceptance_withdrawn": "returned",
}


@dataclass(frozen=True)
class Deed:
    """One thing that can be done on a task's page: its form, the act behind it, and what is said afterwards."""

    form: type[BaseForm]
    run: Callable[..., Any]
    said: str
    undo: str = ""


def _deeds() -> dict[str, Deed]:
    """name in the address → what it does."""
    return {
        "start": Deed(AcceptForm, acts.start_task, _("已开始办理。")),
        "report_progress": Deed(ProgressForm, acts.report_progress, _("进度已更新。")),
        "report_done": Deed(DoneForm, acts.report_done, _("已报告完成，等待验收。"), undo="take_back_report"),
        "take_back_report": Deed(AcceptForm, acts.take_back_report, _("完成报告已收回。")),
        "accept": Deed(AcceptForm, acts.accept_task, _("验收通过。"), undo="withdraw_acceptance"),
        "return": Deed(ReasonForm, acts.return_task, _("已退回整改。")),
        "withdraw_acceptance": Deed(
            ReasonForm, acts.withdraw_acceptance, _("验收已撤销，任务重新等待验收。")
        ),
        "reopen": Deed(ReasonForm, acts.reopen_task, _("任务已重新打开。")),
        "cancel": Deed(ReasonForm, acts.cancel_task, _("任务已取消，不再计入。"), undo="restore"),
        "restore": Deed(AcceptForm, acts.restore_task, _("任务已恢复。")),
        "press": Deed(WordsForm, acts.press_task, _("已督办，牵头单位会看到。")),
        "comment": Deed(WordsForm, acts.comment_on_task, _("留言已写下。")),
        "files": Deed(FilesForm, acts.add_evidence, _("文件已上传。")),
        "milestone": Deed(MilestoneForm, acts.add_milestone, _("里程碑已增加。")),
    }


def _may(scope: Scope, right: str, task: Task) -> bool:
    return scope.allows(right, area=task.area, units=[task.lead_unit.path])


def _offers(person: Any, task: Task) -> dict[str, Any]:
    """Which steps this person can take now, and why a check is not among them."""
    steps = [
        name
        for name in rules.next_steps(task.status)
        if _may(person.scope, rules.LIFECYCLE[name].right, task)
    ]
    refusal = None
    if "accept" in steps:
        code = acts.refusal_to_check(person, task)
        if code:
            refusal = Problem(code, number=task.number)
            steps = [name for name in steps if name not in ("accept", "return")]
    units = [task.lead_unit.path, *(each.unit.path for each in task.supporting.all())]
    return {
        "steps": steps,
        "refusal": refusal,
        "may_edit": _may(person.scope, "task.edit", task),
        "may_report": _may(person.scope, "task.report", task),
        "may_press": _may(person.scope, "task.press", task) and task.status in rules.LIVE,
        "may_help": person.scope.allows("task.report", area=task.area, units=units),
    }


def _page(
    request: HttpRequest, task: Task, forms: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    person: Any = request.user
    offers = _offers(person, task)
    present = acts.evidence_count(task)
    needed = rules.needs_evidence(task.category, task.campaign.settings)
    context = {
        **offers,
        "task": task,
        "campaign": task.campaign,
        "chips": [STATES[task.status], *([LATE] if task.late else []), *([RISK] if task.risk else [])],
        "area_name": area_names().get(task.area, task.area),
        "phase": task.campaign.phases.filter(code=task.phase).first(),
        "files_shown": photo_lines(reversed(attachments_of(task))),
        "story_shown": _story(task),
        "needed": needed,
        "missing": max(needed - present, 0),
        "today": clock.today(),
        "schedule": _schedule(task),
        "forms": {**_forms(task, offers, max(needed - present, 0)), **(forms or {})},
        "opened": next(iter(forms), "") if forms else request.GET.get("do", ""),
    }
    return render(request, "desk/plan/task.html", context, status=status)


def _forms(task: Task, offers: dict[str, Any], missing: int) -> dict[str, BaseForm]:
    """Empty forms for everything offered; each has its own ids so that labels find their fields."""
    found: dict[str, BaseForm] = {}
    for name, each in _deeds().items():
        more: dict[str, Any] = {"missing": missing} if name == "report_done" else {}
        if name == "report_progress":
            more["initial"] = {"percent": task.percent}
        found[name] = each.form(auto_id=f"{name}_%s", **more)
    return found


@dataclass(frozen=True)
class Schedule:
    """A task on its line of time, in percent of it: how much time has gone, where the milestones stand."""

    gone: int | None
    marks: list[tuple[Any, float, str]]


def _schedule(task: Task) -> Schedule:
    begin = task.starts_on or min([task.due_on, *(each.due_on for each in task.milestones.all())])
    whole = max((task.due_on - begin).days, 1)
    gone = (clock.today() - begin).days * 100 / whole
    today = clock.today()
    marks = []
    for each in task.milestones.all():
        state = "done" if each.done_on else "late" if each.due_on < today else "waiting"
        marks.append((each, min(max((each.due_on - begin).days * 100 / whole, 0), 100), state))
    return Schedule(int(min(max(gone, 0), 100)) if task.starts_on else None, marks)


def _story(task: Task) -> list[StoryLine]:
    """The acts on a task, with the words that were written with them."""
    ledger = story(task)
    notes = reads.notes(task)
    lines = []
    for act, line in zip(ledger, lines_of(ledger), strict=True):
        note = notes.get(str(act.details.get("note_id", "")))
        said = [note.text] if note is not None and note.text else []
        if act.verb in ("task.progressed", "task.reopened"):
            percent = act.details.get("new", {}).get("percent")
            said.insert(0, f"{act.details.get('old', {}).get('percent', '')}% → {percent}%")
        if act.verb in ("task.edited", "task.set_back"):
            said = [_changed(act.details)]
        lines.append(replace(line, details="　".join(said), tone=_TONES.get(act.verb, "")))
    return lines


def _changed(details: dict[str, Any]) -> str:
    """“完成时限 2021-09-30 → 2021-10-15；责任人”: people and free words are named, not shown."""
    found = []
    old, new = details.get("old", {}), details.get("new", {})
    for name in new:
        word = str(FIELD_WORDS.get(name, name))
        hidden = name in ("owner", "place", "body")
        found.append(word if hidden else f"{word} {_plain(old.get(name))} → {_plain(new[name])}")
    return "；".join([*found, *(str(FIELD_WORDS.get(name, name)) for name in details.get("also", []))])


def _plain(value: Any) -> str:
    return (
        "、".join(map(str, value))
        if isinstance(value, list)
        else str(value)
        if value not in (None, "")
        else "—"
    )


@require_GET
@login_required
def task(request: HttpRequest, task_id: str) -> HttpResponse:
    """What is to be done, who has it, until when; the next step as the one strong button."""
    return _page(request, reads.task(request.user.scope, task_id))  # type: ignore[union-attr]


@require_POST
@login_required
def task_step(request: HttpRequest, task_id: str, step: str) -> HttpResponse:
    """Take a step. A refusal is shown on the task's page with everything that was typed."""
    person: Any = request.user
    found = reads.task(person.scope, task_id)
    deeds = _deeds()
    if step not in deeds:
        raise Problem("access.not_found")
    deed = deeds[step]
    form = deed.form(request.POST, request.FILES, auto_id=f"{step}_%s")
    if request.POST.get("undo") == "1" and "reason" in form.fields:
        form = deed.form({"reason": _("撤销刚才的操作")}, auto_id=f"{step}_%s")
    if form.is_valid():
        try:
            deed.run(
                by=person, task=found, **_arguments(step, form.cleaned_data, request.POST.get("version"))
            )
        except Problem as problem:
            form.add_problem(problem)  # type: ignore[attr-defined]
        else:
            say(request, deed.said, undo=_undo(found, deed, person))
            return HttpResponseRedirect(reverse("desk:task", args=[found.id]))
    return _page(request, reads.task(person.scope, task_id), {step: form}, status=UNPROCESSABLE)


def _arguments(step: str, cleaned: dict[str, Any], version: str | None) -> dict[str, Any]:
    """What the act is given: the cleaned fields under its own names."""
    found = dict(cleaned)
    if step == "files":
        return {"uploads": found["evidence"]}
    if step == "take_back_report":
        found.pop("note", None)
    if step == "restore":
        found["reason"] = found.pop("note", "")
    if step in ("press", "comment"):
        return found
    return {**found, "version": int(version) if version and version.isdigit() else None}


def _undo(task: Task, deed: Deed, person: Any) -> str:
    if not deed.undo or not _may(person.scope, rules.LIFECYCLE[deed.undo].right, task):
        return ""
    return reverse("desk:task_undo", args=[task.id, deed.undo])


@require_POST
@login_required
def task_undo(request: HttpRequest, task_id: str, step: str) -> HttpResponse:
    """Take back the step just taken (the address in the note that says it was done)."""
    person: Any = request.user
    found = reads.task(person.scope, task_id)
    if step == "take_back_report":
        acts.take_back_report(by=person, task=found)
    elif step == "withdraw_acceptance":
        acts.withdraw_acceptance(by=person, task=found, reason=_("撤销刚才的操作"))
    elif step == "restore":
        acts.restore_task(by=person, task=found)
    else:
        raise Problem("access.not_found")
    say(request, _("已撤销。"))
    return HttpResponseRedirect(reverse("desk:task", args=[found.id]))


@require_POST
@login_required
def task_milestone(request: HttpRequest, task_id: str, milestone_id: str, step: str) -> HttpResponse:
    """Reach a milestone, take that back, or drop it."""
    person: Any = request.user
    found = reads.task(person.scope, task_id)
    if step == "drop":
        acts.drop_milestone(by=person, task=found, milestone_id=milestone_id)
        say(request, _("里程碑已删除。"))
    else:
        day = clock.today() if step == "done" else None
        acts.finish_milestone(by=person, task=found, milestone_id=milestone_id, done_on=day)
        undo = reverse("desk:task_milestone", args=[found.id, milestone_id, "open"]) if step == "done" else ""
        say(request, _("里程碑已完成。") if step == "done" else _("里程碑改为未完成。"), undo=undo)
    return HttpResponseRedirect(reverse("desk:task", args=[found.id]) + "#schedule")


@require_http_methods(["GET", "POST"])
@login_required
def task_edit(request: HttpRequest, task_id: str) -> HttpResponse:
    """Change a task; a lead unit sees only what it arranges itself."""
    person: Any = request.user
    found = reads.task(person.scope, task_id)
    if not _may(person.scope, "task.edit", found):
        raise Problem("access.denied", right="task.edit")
    whole = _may(person.scope, "task.plan", found)
    if request.method == "POST":
        form = TaskForm(request.POST, campaign=found.campaign, whole=whole)
        if form.is_valid():
            changes = dict(form.cleaned_data)
            if not changes.get("number", "-"):
                changes.pop("number")
            if "supporting" in changes:
                changes["supporting"] = list(changes["supporting"])
            version = request.POST.get("version", "")
            try:
                acts.edit_task(
                    by=person,
                    task=found,
                    changes=changes,
                    version=int(version) if version.isdigit() else None,
                )
            except Problem as problem:
                form.add_problem(problem, field_of(problem))
            else:
                say(request, _("任务已保存。"))
                return HttpResponseRedirect(reverse("desk:task", args=[found.id]))
    else:
        form = TaskForm(campaign=found.campaign, whole=whole, initial=task_initial(found))
    return form_page(
        request,
        "desk/plan/task_form.html",
        form,
        title=_("修改任务 %(number)s") % {"number": found.number},
        campaign=found.campaign,
        task=found,
        row=found,
        draft_id=f"task-{found.id}-{found.version}",
        cancel_url=reverse("desk:task", args=[found.id]),
    )


urlpatterns = [
    path("tasks/<uuid:task_id>/", task, name="task"),
    path("tasks/<uuid:task_id>/edit/", task_edit, name="task_edit"),
    path("tasks/<uuid:task_id>/undo/<slug:step>/", task_undo, name="task_undo"),
    path(
        "tasks/<uuid:task_id>/milestones/<uuid:milestone_id>/<slug:step>/",
        task_milestone,
        name="task_milestone",
    ),
    path("tasks/<uuid:task_id>/<slug:step>/", task_step, name="task_step"),
]
