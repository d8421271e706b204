"""What was sent back: the list with its clocks, and what a reviewer may still do about one (prolong, hand on, take back)."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from guatu.desk.current import current_campaign
from guatu.desk.form_states import RETURN_STATES, STATES
from guatu.desk.forms.submission_review import HandForm, ProlongForm, TakeBackForm
from guatu.desk.views.case import person_of
from guatu.desk.views.submission import record_page, version_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import Form, Submission, SubmissionReturn
from guatu.fieldwork.reads_returns import one_return, returns, waiting_for
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.toasts import say
from guatu.places.reads import area_names
from guatu.units.models import Person


def _link(row: SubmissionReturn) -> str:
    return reverse("desk:submission", args=[row.submission_id]) + "#returns"


def _titled(rows: list[SubmissionReturn]) -> list[SubmissionReturn]:
    """Titles of the submissions for the rows of one page: one query."""
    wanted = [row.submission_id for row in rows]
    found = {
        row.id: row for row in Submission.objects.filter(id__in=wanted).only("home", "id", "title", "status")
    }
    for row in rows:
        submission = found.get(row.submission_id)
        row.title = submission.title if submission is not None else ""  # type: ignore[attr-defined]
        row.state = STATES[submission.status] if submission is not None else None  # type: ignore[attr-defined]
    return rows


def listing_of(request: HttpRequest, campaign: Any) -> Listing:
    """The list of returns of a campaign."""
    scope = person_of(request).scope
    held = returns(scope).filter(campaign=campaign)
    people = Person.objects.filter(id__in=held.order_by().values("collector")).order_by("name")
    forms = Form.objects.filter(id__in=held.order_by().values("form")).order_by("name")
    return Listing(
        name="returns",
        title=_lazy("退回待改"),
        columns=[
            Column("returned_at", _lazy("退回时间"), kind="datetime", sort="returned_at", link=_link),
            Column("form", _lazy("表单"), value="form.name", sort="form__name"),
            Column("title", _lazy("标题"), wide=True, link=_link),
            Column("collector", _lazy("由谁修改"), kind="person", value="collector", sort="collector__name", nullable=True,
                   export=lambda row: row.collector.name if row.collector else row.unit),
            Column("due_at", _lazy("期限"), kind="deadline", sort="due_at", write=lambda pen, row: pen.deadline(row.due_at, row.settled_at),
                   export=lambda row: row.due_at,
),
            Column("status", _lazy("状态"), kind="state", sort="status", value=lambda row: RETURN_STATES[row.status],
                   export=lambda row: str(RETURN_STATES[row.status])),
            Column("reason", _lazy("理由"), wide=True),
            Column("questions", _lazy("标出的题"), kind="number", value=lambda row: len(row.questions)),
            Column("late", _lazy("逾期"), kind="yes", sort="late", shown=False),
            Column("level", _lazy("已催到"), value=lambda row: LEVELS[row.level], shown=False),
            Column("state", _lazy("审阅结果"), kind="state", shown=False, export=lambda row: str(row.state or "")),
            Column("settled_at", _lazy("改好时间"), kind="datetime", sort="settled_at", nullable=True, shown=False),
        ],
        filters=[
            SearchFilter("q", fields=("reason", "instance_id")),
            ChoiceFilter("status", _lazy("状态"), choices=[(key, state.word) for key, state in RETURN_STATES.items()], counts=True),
            ChoiceFilter("collector", _lazy("由谁修改"), field="collector_id", choices=[(str(row.id), row.name) for row in people]),
            ChoiceFilter("form", _lazy("表单"), field="form_id", choices=[(str(row.id), row.name) for row in forms]),
            AreaFilter("area", choices=list(area_names(campaign.area, 9).items())),
            BooleanFilter("late", _lazy("逾期")),
            DateFilter("due", _lazy("期限"), field="due_at"),
        ],
        sort="due_at",
        prepare=_titled,
        export_right="submission.export",
    )  # fmt: skip


LEVELS = {0: "", 1: _lazy("单位值班"), 2: _lazy("保障办公室")}


@require_GET
@login_required
def returns_list(request: HttpRequest) -> HttpResponseBase:
    """What was sent back in the campaign, soonest due first."""
    campaign = current_campaign(request)
    person = person_of(request)
    rows: QuerySet[SubmissionReturn] = returns(person.scope).filter(campaign=campaign)
    context = {"mine": waiting_for(person).count()}
    return lists.respond(request, listing_of(request, campaign), rows, "desk/forms/returns.html", context)


_STEPS: dict[str, tuple[Any, Any]] = {
    "prolong": (ProlongForm, _lazy("已延长修改期限。")),
    "hand": (HandForm, _lazy("已改由他人修改，并已通知。")),
    "take-back": (TakeBackForm, _lazy("已收回，不必再改。")),
}


@require_POST
@login_required
def return_step(request: HttpRequest, return_id: UUID, step: str) -> HttpResponse:
    """Prolong it, hand it on or take it back; what was typed stands again when it is refused."""
    person = person_of(request)
    row = one_return(person.scope, return_id)
    if step not in _STEPS:
        raise Problem("access.not_found")
    form_class, words = _STEPS[step]
    near = {"near": (row.unit, row.area)} if step == "hand" else {}
    form = form_class(request.POST, prefix=step, **near)
    if form.is_valid():
        try:
            _do(person, row, step, form.cleaned_data, version_of(request, row))
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, words)
            return redirect(_link(row))
    submission = reads.submission(person.scope, row.submission_id)
    return record_page(request, submission, typed=(step, form))


def _do(person: Person, row: SubmissionReturn, step: str, said: dict[str, Any], version: int) -> None:
    if step == "prolong":
        acts.prolong_return(by=person, row=row, due=said["due"], reason=said["reason"], version=version)
    elif step == "hand":
        acts.hand_return(by=person, row=row, to=said["to"], reason=said["reason"], version=version)
    else:
        acts.take_back_return(by=person, row=row, reason=said["reason"], version=version)


urlpatterns = [
    path("returns/", returns_list, name="returns"),
    path("returns/<uuid:return_id>/<str:step>/", return_step, name="return_step"),
]
