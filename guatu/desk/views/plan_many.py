"""Many tasks at once: look first, then do; undo while nobody has gone on."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guatu.desk.current import current_campaign
from guatu.desk.forms.plan import AcceptForm, ReassignForm
from guatu.desk.plan_states import task_state
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.tasks import acts, reads
from guatu.tasks.models import Task

_MOST = 500


def _chosen(request: HttpRequest) -> list[Task]:
    ids = [each for each in request.POST.getlist("row") if len(each) == 36][:_MOST]
    tasks = reads.tasks_by_id(request.user.scope, ids)  # type: ignore[union-attr]
    if not tasks:
        raise Problem("task.nothing_chosen")
    return tasks


@require_POST
@login_required
def tasks_accept(request: HttpRequest) -> HttpResponse:
    """First post: which of the chosen tasks can be accepted and which not, and why. Second: do it."""
    person: Any = request.user
    require(person.scope, "task.accept")
    campaign, tasks = current_campaign(request), _chosen(request)
    going = "go" in request.POST
    form = AcceptForm(request.POST if going else None)
    if going and form.is_valid():
        try:
            done = acts.accept_many(by=person, campaign=campaign, tasks=tasks, note=form.cleaned_data["note"])
        except Problem as problem:
            form.add_problem(problem)
        else:
            words = {"done": len(done.done), "left": len(done.refused)}
            said = (
                _("已验收 %(done)s 项，%(left)s 项没有变化。") if done.refused else _("已验收 %(done)s 项。")
            )
            say(request, said % words, undo=reverse("desk:tasks_undo", args=[done.act_id]))
            return HttpResponseRedirect(reverse("desk:tasks"))
    judged = [(task, task_state(task), acts.refusal_of_acceptance(person, task)) for task in tasks]
    good = sum(1 for _task, _state, problem in judged if problem is None)
    return form_page(
        request,
        "desk/plan/many.html",
        form,
        title=_("批量验收"),
        lead=_("选中 %(all)s 项，其中 %(good)s 项可以由您验收。") % {"all": len(tasks), "good": good},
        judged=judged,
        good=good,
        submit_label=_("验收 %(good)s 项") % {"good": good},
        cancel_url=reverse("desk:tasks"),
    )


@require_POST
@login_required
def tasks_reassign(request: HttpRequest) -> HttpResponse:
    """Give the chosen tasks to another lead unit or owner."""
    person: Any = request.user
    require(person.scope, "task.edit")
    campaign, tasks = current_campaign(request), _chosen(request)
    going = "go" in request.POST
    form = ReassignForm(request.POST if going else None)
    if going and form.is_valid():
        chosen = form.cleaned_data
        try:
            done = acts.reassign_many(
                by=person,
                campaign=campaign,
                tasks=tasks,
                lead_unit=chosen["lead_unit"],
                owner=chosen["owner"],
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            said = _("已调整 %(done)s 项任务。") % {"done": len(done.done)}
            say(request, said, undo=reverse("desk:tasks_undo", args=[done.act_id]) if done.done else "")
            return HttpResponseRedirect(reverse("desk:tasks"))
    judged = [(task, task_state(task), _refusal_of_edit(person, task)) for task in tasks]
    return form_page(
        request,
        "desk/plan/many.html",
        form,
        title=_("批量调整牵头单位、责任人"),
        lead=_("选中 %(all)s 项。换了牵头单位而没有选责任人时，原责任人会清空。") % {"all": len(tasks)},
        judged=judged,
        good=sum(1 for *_rest, problem in judged if problem is None),
        submit_label=_("调整"),
        cancel_url=reverse("desk:tasks"),
    )


def _refusal_of_edit(person: Any, task: Task) -> Problem | None:
    may = person.scope.allows("task.edit", area=task.area, units=[task.lead_unit.path])
    return None if may else Problem("access.denied", right="task.edit")


@require_POST
@login_required
def tasks_undo(request: HttpRequest, act_id: str) -> HttpResponse:
    """Take back a step on many tasks."""
    count = acts.undo_together(by=request.user, act_id=act_id)  # type: ignore[arg-type]
    say(request, _("已撤销，%(count)s 项任务恢复原状。") % {"count": count})
    return HttpResponseRedirect(reverse("desk:tasks"))


urlpatterns = [
    path("tasks/together/accept/", tasks_accept, name="tasks_accept"),
    path("tasks/together/reassign/", tasks_reassign, name="tasks_reassign"),
    path("tasks/together/undo/<uuid:act_id>/", tasks_undo, name="tasks_undo"),
]
