"""The task list: filters, tabs, export to Excel and back; a new task."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from guatu.campaigns.models import Campaign
from guatu.desk.current import current_campaign
from guatu.desk.forms.plan import TaskForm, default_due
from guatu.desk.plan_states import task_state
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.export import XLSX_TYPE
from guatu.kit.lists import (
    AreaFilter,
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateFilter,
    Listing,
    SearchFilter,
    UnitFilter,
)
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places.reads import names as area_names
from guatu.tasks import acts, reads, rules
from guatu.tasks.models import Task
from guatu.tasks.words import STATUS_WORDS
from guatu.tasks.workbook import task_workbook

Choices = list[tuple[str, str]]
STATUS_CHOICES = [
    ("open", gettext_lazy("未完成")),
    *[(status, STATUS_WORDS[status]) for status in rules.STATUSES],
]


def _once(request: HttpRequest, key: str, make: Callable[[], Choices]) -> Choices:
    """Choices of a filter, asked of the store once per request: a filter needs them to read, to narrow and to show."""
    kept: dict[str, Choices] = request.__dict__.setdefault("_task_choices", {})
    if key not in kept:
        kept[key] = make()
    return kept[key]


def _rows(request: HttpRequest) -> QuerySet[Task]:
    return reads.tasks(request.user.scope, current_campaign(request))  # type: ignore[union-attr]


def _groups(request: HttpRequest) -> Choices:
    return _once(
        request,
        "group",
        lambda: [(body.code, body.name) for body in reads.bodies_of(current_campaign(request))],
    )


def _units(request: HttpRequest) -> Choices:
    return _once(
        request, "unit", lambda: [(unit.path, str(unit)) for unit in reads.lead_units(_rows(request))]
    )


def _areas(request: HttpRequest) -> Choices:
    return _once(request, "area", lambda: [(area.code, area.name) for area in reads.areas_of(_rows(request))])


def _categories(request: HttpRequest) -> Choices:
    return _once(
        request, "category", lambda: [(name, name) for name in reads.categories(current_campaign(request))]
    )


def _owners(request: HttpRequest) -> Choices:
    return _once(
        request, "owner", lambda: [(str(person.id), person.name) for person in reads.owners(_rows(request))]
    )


def _phases(request: HttpRequest) -> Choices:
    rows = current_campaign(request).phases.order_by("starts_on")
    return _once(request, "phase", lambda: [(phase.code, phase.name) for phase in rows])


TASKS = Listing(
    name="tasks",
    title=gettext_lazy("任务清单"),
    columns=[
        Column("number", gettext_lazy("编号"), sort="order", kind="code", link=lambda task: reverse("desk:task", args=[task.id])),
        Column("title", gettext_lazy("任务"), sort="title", wide=True, link=lambda task: reverse("desk:task", args=[task.id])),
        Column("state", gettext_lazy("状态"), value=task_state, sort="status", kind="state"),
        Column("percent", gettext_lazy("进度"), sort="percent", kind="percent"),
        Column("due_on", gettext_lazy("完成时限"), sort="due_on", kind="date", cell="desk/plan/_due.html"),
        Column("lead_unit", gettext_lazy("牵头单位"), sort="lead_unit__path"),
        Column("body", gettext_lazy("工作组"), value="body.name", sort="body__order", nullable=True),
        Column("owner", gettext_lazy("责任人"), value=lambda task: task.owner.name if task.owner else task.owner_name),
        Column("category", gettext_lazy("类别"), sort="category", shown=False),
        Column("area", gettext_lazy("属地"), sort="area", value=lambda task: area_names().get(task.area, task.area), shown=False),
        Column("starts_on", gettext_lazy("开始日期"), sort="starts_on", nullable=True, kind="date", shown=False),
        Column("status", gettext_lazy("办理状态"), value=lambda task: STATUS_WORDS[task.status], shown=False),
        Column("accepted_at", gettext_lazy("验收时间"), sort="accepted_at", nullable=True, kind="datetime", shown=False),
    ],
    filters=[
        SearchFilter("q", fields=("number", "title", "note", "owner__name", "owner_name", "lead_unit__name", "lead_unit__short_name")),
        ChoiceFilter("status", gettext_lazy("状态"), choices=STATUS_CHOICES, counts=True, expand={"open": rules.OPEN}),
        ChoiceFilter("group", gettext_lazy("工作组"), field="body__code", choices=_groups),
        UnitFilter("unit", gettext_lazy("牵头单位"), field="lead_unit__path", choices=_units),
        AreaFilter("area", gettext_lazy("属地"), choices=_areas),
        ChoiceFilter("category", gettext_lazy("类别"), choices=_categories),
        ChoiceFilter("owner", gettext_lazy("责任人"), field="owner_id", choices=_owners),
        ChoiceFilter("phase", gettext_lazy("阶段"), choices=_phases),
        DateFilter("due", gettext_lazy("完成时限"), field="due_on"),
        BooleanFilter("late", gettext_lazy("逾期")),
        BooleanFilter("risk", gettext_lazy("临期")),
        BooleanFilter("no_group", gettext_lazy("未归组"), apply=lambda rows, yes: rows.filter(body__isnull=yes)),
    ],
    sort="number",
    per_page=50,
    export_right="task.export",
)  # fmt: skip


@require_GET
@login_required
def tasks(request: HttpRequest) -> HttpResponseBase:
    """The list; `?export=xlsx` gives the workbook that can be edited and sent back."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "task.read")
    campaign = current_campaign(request)
    rows = reads.tasks(scope, campaign)
    if request.GET.get("export") == "xlsx":
        return _workbook(request, campaign, rows)
    context = {
        "campaign": campaign,
        "may_plan": scope.may("task.plan"),
        "may_accept": scope.may("task.accept"),
        "may_reassign": scope.may("task.edit"),
        "may_import": scope.may("task.import"),
    }
    return lists.respond(request, TASKS, rows, "desk/plan/tasks.html", context)


def _workbook(request: HttpRequest, campaign: Campaign, rows: QuerySet[Task]) -> HttpResponse:
    require(request.user.scope, "task.export")  # type: ignore[union-attr]
    page = lists.build(request, TASKS, rows)
    wrong = [one.error for one in page.filters if one.error]
    if wrong:
        raise Problem("kit.bad_filter", why="".join(wrong))
    answer = HttpResponse(task_workbook(campaign, page.narrowed), content_type=XLSX_TYPE)
    answer.headers["Content-Disposition"] = _attachment(f"{_('任务清单')}-{clock.today():%Y%m%d}.xlsx")
    return answer


def _attachment(name: str) -> str:
    return f"attachment; filename=\"tasks.xlsx\"; filename*=UTF-8''{quote(name)}"


@require_http_methods(["GET", "POST"])
@login_required
def task_new(request: HttpRequest) -> HttpResponse:
    """A new task; “save and next” keeps group, category and lead unit for the following one."""
    person: Any = request.user
    require(person.scope, "task.plan")
    campaign = current_campaign(request)
    if request.method == "POST":
        form = TaskForm(request.POST, campaign=campaign)
        if form.is_valid():
            try:
                task = acts.add_task(by=person, campaign=campaign, **form.cleaned_data)
            except Problem as problem:
                form.add_problem(problem, field_of(problem))
            else:
                say(request, _("任务 %(number)s 已列入清单。") % {"number": task.number})
                return _after_adding(request, task)
    else:
        kept = {
            name: request.GET[name]
            for name in ("body", "category", "lead_unit", "area")
            if name in request.GET
        }
        form = TaskForm(
            campaign=campaign, initial={"due_on": default_due(campaign), "area": campaign.area, **kept}
        )
    return form_page(
        request,
        "desk/plan/task_form.html",
        form,
        title=_("新建任务"),
        campaign=campaign,
        draft_id=f"task-new-{campaign.code}",
        save_and_next=True,
        cancel_url=reverse("desk:tasks"),
    )


def _after_adding(request: HttpRequest, task: Task) -> HttpResponseRedirect:
    if request.POST.get("then") != "next":
        return HttpResponseRedirect(reverse("desk:task", args=[task.id]))
    kept = {
        "category": task.category,
        "lead_unit": task.lead_unit_id,
        "area": task.area,
        "body": task.body_id or "",
    }
    return HttpResponseRedirect(f"{reverse('desk:task_new')}?{urlencode(kept)}")


_FIELDS = {
    "task.number_taken": "number",
    "task.schedule": "due_on",
    "task.area_outside": "area",
    "task.lead_supports": "supporting",
    "task.other_campaign": "body",
    "task.empty": "title",
}


def field_of(problem: Problem) -> str | None:
    """The field of the form that a refusal is about."""
    return _FIELDS.get(problem.code)


urlpatterns = [
    path("tasks/", tasks, name="tasks"),
    path("tasks/new/", task_new, name="task_new"),
]
