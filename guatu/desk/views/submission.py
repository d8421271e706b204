"""One submission: its answers, what was received, its story; review, correct, withdraw; a second copy side by side."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.case_states import photo_lines
from guatu.desk.form_states import STATES
from guatu.desk.forms.fieldwork import CorrectForm, ReasonForm
from guatu.desk.forms.submission_review import CommentForm, HandForm, JudgeForm, ProlongForm, TakeBackForm
from guatu.desk.story import lines_of
from guatu.desk.submission_panels import backs, comment_lines, may_correct, noted
from guatu.desk.views.case import person_of
from guatu.desk.views.submissions import geojson
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import Aside, Submission
from guatu.fieldwork.rules.instance import value_at
from guatu.fieldwork.rules.lifecycle import WITHDRAWN
from guatu.files.reads import attachments_of
from guatu.kernel import xml
from guatu.kernel.access import require
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places.reads import area_names
from guatu.units.models import Person

_REVIEWS = {
    "approved": (_lazy("通过"), _lazy("已通过。")),
    "has_issues": (_lazy("有问题"), _lazy("已标为有问题。")),
    "rejected": (_lazy("不予采用"), _lazy("已标为不予采用，不再计入数字。")),
    "received": (_lazy("退回待审"), _lazy("已退回待审阅。")),
}
_JUDGED = ("has_issues", "rejected")


@dataclass(frozen=True)
class Mark:
    """A question that may be marked: where, how it is called, what was answered, and what was typed beside it."""

    place: str
    label: str
    text: str
    ticked: bool
    note: str


def marks(row: Submission, request: HttpRequest, *, typed: bool) -> list[Mark]:
    """Every answer a person gave or left open, with the number of its repetition. Marks that wait stand ticked."""
    ticked: dict[str, str] = {}
    if typed:
        ticked = {place: request.POST.get(f"note:{place}", "") for place in request.POST.getlist("mark")}
    found, repeat, title = [], "", ""
    for line in reads.answer_lines(row, _language()):
        if line.kind == "repeat":
            repeat, title = line.path, line.label
        question = line.question
        if question is None or not question.asked:
            continue
        place, label = line.path, line.label
        if question.repeat:
            place, label = f"{repeat}{question.path[len(question.repeat) :]}", f"{title} · {label}"
        text = "●●●" if line.sealed else line.text
        found.append(Mark(place, label, text[:120], place in ticked, ticked.get(place, "")))
    return found


def _marked(request: HttpRequest) -> list[dict[str, str]]:
    """The questions marked on the page; a note without a tick is a mark too."""
    places = dict.fromkeys(request.POST.getlist("mark"))
    noted = {key.removeprefix("note:"): text for key, text in request.POST.items() if key.startswith("note:")}
    places |= {place: None for place, text in noted.items() if str(text).strip()}
    return [{"path": place, "note": str(noted.get(place, ""))} for place in places]


def _language() -> str:
    return get_language() or "zh"


def record_page(
    request: HttpRequest,
    row: Submission,
    *,
    typed: tuple[str, Any] | None = None,
    opened: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page; `typed` is a form that was refused, shown again with everything in it."""
    lines = reads.answer_lines(row, _language())
    sender = Person.objects.select_related("unit").filter(id=row.by_id).first() if row.by_id else None
    files = attachments_of(row)
    there = {each.name for each in files}
    context = {
        "row": row,
        "state": STATES[row.status],
        "area_name": area_names(row.campaign.area, 9).get(row.area[:9], ""),
        "sender": sender,
        "answers": [line for line in lines if _worth_a_line(line)],
        "sealed": any(line.sealed for line in lines),
        "opened": opened,
        "files": photo_lines(files),
        "missing_files": [name for name in row.files if name not in there],
        "envelopes": reads.envelopes(row),
        "lines": lines_of(story(row)),
        "notes": noted(row),
        "returns": backs(row, person_of(request)),
        "comments": comment_lines(row),
        "comment_form": typed[1]
        if typed is not None and typed[0] == "comment"
        else CommentForm(prefix="comment"),
        **_what_may_be_done(request, row, typed),
    }
    return render(request, "desk/forms/submission.html", context, status=422 if typed is not None else 200)


def _worth_a_line(line: reads.AnswerLine) -> bool:
    """Headings, answers, sealed ones, and questions left open; not what the phone filled in and left empty."""
    asked = line.question is None or line.question.asked
    return line.kind != "answer" or bool(line.text) or line.sealed or asked


def _what_may_be_done(request: HttpRequest, row: Submission, typed: tuple[str, Any] | None) -> dict[str, Any]:
    person = person_of(request)

    def may(right: str) -> bool:
        return person.scope.allows(right, area=row.area, units=[row.unit])

    def form(name: str, kind: Any = ReasonForm, **more: Any) -> Any:
        return typed[1] if typed is not None and typed[0] == name else kind(prefix=name, **more)

    withdrawn, corrects = row.status == WITHDRAWN, may("submission.correct")
    own_or_corrects = row.by_id == person.id or corrects
    return {
        "may_sight": may("submission.sight"),
        "sight_form": form("sight"),
        "sight_open": typed is not None and typed[0] == "sight",
        **(_judging(request, row, typed, form) if may("submission.review") and not withdrawn else {}),
        "may_correct": corrects and not withdrawn,
        "may_withdraw": own_or_corrects and not withdrawn,
        "may_restore": own_or_corrects and withdrawn,
        "withdraw_form": form("withdraw"),
        "withdraw_open": typed is not None and typed[0] == "withdraw",
        "asides": list(Aside.objects.filter(submission_id=row.id).order_by("received_at"))
        if corrects
        else [],
    }


def _judging(request: HttpRequest, row: Submission, typed: Any, form: Any) -> dict[str, Any]:
    """What a reviewer sees: the judgements, the marks, and what may be done about what waits."""
    open_ = typed[0] if typed is not None else ""
    return {
        "may_review": True,
        "may_approve": row.status != "approved",
        "may_reopen": row.status != "received",
        "judge_form": form("judge", JudgeForm, near=(row.unit, row.area)),
        "judge_open": open_ == "judge",
        "marks": marks(row, request, typed=open_ == "judge"),
        "prolong_form": form("prolong", ProlongForm),
        "hand_form": form("hand", HandForm, near=(row.unit, row.area)),
        "take_back_form": form("take-back", TakeBackForm),
        "step_open": open_,
    }


@require_GET
@login_required
def submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """The record of a submission."""
    return record_page(request, reads.submission(person_of(request).scope, submission_id))


@require_GET
@login_required
def submission_map(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Where it was filled in."""
    row = reads.submission(person_of(request).scope, submission_id)
    if row.lon is None or row.lat is None:
        return geojson(row.form, [])
    return geojson(row.form, [row], [row.lon - 0.012, row.lat - 0.01, row.lon + 0.012, row.lat + 0.01])


def version_of(request: HttpRequest, row: Any) -> int:
    try:
        return int(request.POST.get("version") or row.version)
    except ValueError:
        return 0


@require_POST
@login_required
def submission_review(request: HttpRequest, submission_id: UUID, status: str) -> HttpResponse:
    """Give a judgement; what was typed stands again when it is refused."""
    person = person_of(request)
    row = reads.submission(person.scope, submission_id)
    form = JudgeForm(request.POST if status in _JUDGED else {}, prefix="judge", near=(row.unit, row.area))
    if status not in _REVIEWS:
        raise Problem("access.not_found")
    old = row.status
    if form.is_valid():
        said = form.cleaned_data
        back: bool | Person = (said["to"] or True) if said["send_back"] and status in _JUDGED else False
        try:
            acts.review_submission(
                by=person, submission=row, status=status, reason=said["reason"], questions=_marked(request), return_to=back,
                due=said["due"] if back else None, version=version_of(request, row),
            )  # fmt: skip
        except Problem as problem:
            form.add_problem(problem, _FIELDS.get(problem.code))
        else:
            undo = (
                reverse("desk:submission_review", args=[row.id, old])
                if old in ("received", "approved")
                else ""
            )
            say(request, _("已退回修改，并已通知。") if back else _REVIEWS[status][1], undo=undo)
            return redirect("desk:submission", row.id)
    return record_page(request, reads.submission(person.scope, submission_id), typed=("judge", form))


_FIELDS = {"submission.reason_needed": "reason", "return.due_past": "due", "return.bad_collector": "to"}


@require_POST
@login_required
def submission_comment(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Say something about it; whoever sees it may."""
    person = person_of(request)
    row = reads.submission(person.scope, submission_id)
    form = CommentForm(request.POST, prefix="comment")
    if form.is_valid():
        try:
            acts.add_comment(by=person, submission=row, body=form.cleaned_data["body"])
        except Problem as problem:
            form.add_problem(problem, "body")
        else:
            say(request, _("已留言。"))
            return redirect(reverse("desk:submission", args=[row.id]) + "#comments")
    return record_page(request, row, typed=("comment", form))


@require_POST
@login_required
def submission_withdraw(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Take it back; the toast undoes it."""
    person = person_of(request)
    row = reads.submission(person.scope, submission_id)
    form = ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid():
        try:
            acts.withdraw_submission(
                by=person,
                submission=row,
                reason=form.cleaned_data["reason"],
                version=version_of(request, row),
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("已撤回，不再计入数字。"), undo=reverse("desk:submission_restore", args=[row.id]))
            return redirect("desk:submission", row.id)
    return record_page(request, reads.submission(person.scope, submission_id), typed=("withdraw", form))


@require_POST
@login_required
def submission_restore(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Undo a withdrawal."""
    row = reads.submission(person_of(request).scope, submission_id)
    acts.restore_submission(by=person_of(request), submission=row)
    say(request, _("已恢复，等待审阅。"))
    return redirect("desk:submission", row.id)


@require_POST
@login_required
def submission_sight(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show the sealed answers once, after a reason; the look is written down."""
    person = person_of(request)
    row = reads.submission(person.scope, submission_id)
    form = ReasonForm(request.POST, prefix="sight")
    if not form.is_valid():
        return record_page(request, row, typed=("sight", form))
    opened = acts.look_at_personal(by=person, submission=row, reason=form.cleaned_data["reason"])
    return record_page(request, row, opened=opened)


@require_http_methods(["GET", "POST"])
@login_required
def submission_correct(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Correct the answers that are wrong; a new version supersedes the current one."""
    person = person_of(request)
    row = reads.submission(person.scope, submission_id)
    if not may_correct(person.scope, person, row):
        require(person.scope, "submission.correct", area=row.area, units=[row.unit])
    sheet = reads.sheet(row.form_version)
    root = xml.parse(reads.xml_of(reads.envelopes(row)[-1]), "XML")
    lines: list[tuple[str, str, Any]] = []
    initial: dict[str, Any] = {}
    for path_, label, question in _correctable(row):
        text = value_at(root, path_)
        initial[f"a{len(lines)}"] = text.split() if question.type == "select_multiple" else text
        lines.append((path_, label, question))
    form = CorrectForm(request.POST or None, initial=initial, lines=lines, sheet=sheet, language=_language())
    if request.method == "POST" and form.is_valid():
        try:
            acts.correct_submission(
                by=person, submission=row, changes=form.changes(), reason=form.cleaned_data["reason"],
                version=version_of(request, row), language=_language(),
            )  # fmt: skip
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("已更正，数字随之改变。"))
            return redirect("desk:submission", row.id)
    return form_page(
        request, "desk/forms/correct.html", form, title=_("更正填报内容"), row=row, submit_label=_("保存更正"),
        cancel_url=reverse("desk:submission", args=[row.id]),
    )  # fmt: skip


def _correctable(row: Submission) -> list[tuple[str, str, Any]]:
    """(path, label, question) of every answer that can be typed here; rows of repeats as they are."""
    found: list[tuple[str, str, Any]] = []
    repeat = ""
    title = ""
    for line in reads.answer_lines(row, _language()):
        if line.kind == "repeat":
            repeat, title = line.path, line.label
        question = line.question
        if (
            question is None
            or not question.asked
            or question.type in ("file", "geotrace", "geoshape", "geopoint")
            or line.sealed
        ):
            continue
        if question.repeat:
            path_ = f"{repeat}{question.path[len(question.repeat) :]}"
            found.append((path_, f"{title} · {line.label}", question))
        else:
            found.append((line.path, line.label, question))
    return found


urlpatterns = [
    path("answers/<uuid:submission_id>/", submission, name="submission"),
    path("answers/<uuid:submission_id>/map/", submission_map, name="submission_map"),
    path("answers/<uuid:submission_id>/review/<str:status>/", submission_review, name="submission_review"),
    path("answers/<uuid:submission_id>/withdraw/", submission_withdraw, name="submission_withdraw"),
    path("answers/<uuid:submission_id>/restore/", submission_restore, name="submission_restore"),
    path("answers/<uuid:submission_id>/correct/", submission_correct, name="submission_correct"),
    path("answers/<uuid:submission_id>/sight/", submission_sight, name="submission_sight"),
    path("answers/<uuid:submission_id>/comment/", submission_comment, name="submission_comment"),
]
