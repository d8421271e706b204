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
from guatu.desk.forms.fieldwork import CorrectForm, ReasonForm, ReviewForm
from guatu.desk.story import lines_of
from guatu.desk.views.case import person_of
from guatu.desk.views.submissions import geojson
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import Aside, Submission
from guatu.fieldwork.rules import answers as answer_rules
from guatu.fieldwork.rules.instance import value_at
from guatu.fieldwork.rules.lifecycle import WITHDRAWN
from guatu.fieldwork.rules.sheet import said
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


@dataclass(frozen=True)
class Review:
    """A judgement this person may give now."""

    status: str
    button: Any
    plain: bool
    form: Any
    open: bool


def _reviews(row: Submission, typed: tuple[str, Any] | None) -> list[Review]:
    order = [s for s in ("approved", "has_issues", "rejected", "received") if s != row.status]
    if row.status == "received":
        order.remove("received") if "received" in order else None
    found = []
    for status in order:
        here = typed is not None and typed[0] == status
        form = typed[1] if here and typed is not None else ReviewForm(prefix=status)
        found.append(Review(status, _REVIEWS[status][0], status in ("approved", "received"), form, here))
    return found


def _language() -> str:
    return get_language() or "zh"


def _record(
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
        **_what_may_be_done(person_of(request), row, typed),
    }
    return render(request, "desk/forms/submission.html", context, status=422 if typed is not None else 200)


def _worth_a_line(line: reads.AnswerLine) -> bool:
    """Headings, answers, sealed ones, and questions left open; not what the phone filled in and left empty."""
    asked = line.question is None or line.question.asked
    return line.kind != "answer" or bool(line.text) or line.sealed or asked


def _what_may_be_done(person: Person, row: Submission, typed: tuple[str, Any] | None) -> dict[str, Any]:
    def may(right: str) -> bool:
        return person.scope.allows(right, area=row.area, units=[row.unit])

    def form(name: str) -> Any:
        return typed[1] if typed is not None and typed[0] == name else ReasonForm(prefix=name)

    withdrawn, may_correct = row.status == WITHDRAWN, may("submission.correct")
    own_or_corrects = row.by_id == person.id or may_correct
    return {
        "may_sight": may("submission.sight"),
        "sight_form": form("sight"),
        "sight_open": typed is not None and typed[0] == "sight",
        "reviews": _reviews(row, typed) if may("submission.review") and not withdrawn else [],
        "may_correct": may_correct and not withdrawn,
        "may_withdraw": own_or_corrects and not withdrawn,
        "may_restore": own_or_corrects and withdrawn,
        "withdraw_form": form("withdraw"),
        "withdraw_open": typed is not None and typed[0] == "withdraw",
        "asides": list(Aside.objects.filter(submission_id=row.id).order_by("received_at"))
        if may_correct
        else [],
    }


@require_GET
@login_required
def submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """The record of a submission."""
    return _record(request, reads.submission(person_of(request).scope, submission_id))


@require_GET
@login_required
def submission_map(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Where it was filled in."""
    row = reads.submission(person_of(request).scope, submission_id)
    if row.lon is None or row.lat is None:
        return geojson(row.form, [])
    return geojson(row.form, [row], [row.lon - 0.012, row.lat - 0.01, row.lon + 0.012, row.lat + 0.01])


def _version(request: HttpRequest, row: Any) -> int:
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
    form = ReviewForm(request.POST, prefix=status)
    if status not in _REVIEWS:
        raise Problem("access.not_found")
    old = row.status
    if form.is_valid():
        try:
            acts.review_submission(
                by=person,
                submission=row,
                status=status,
                reason=form.cleaned_data["reason"],
                version=_version(request, row),
            )
        except Problem as problem:
            form.add_problem(problem, "reason" if problem.code == "submission.reason_needed" else None)
        else:
            undo = (
                reverse("desk:submission_review", args=[row.id, old])
                if old in ("received", "approved")
                else ""
            )
            say(request, _REVIEWS[status][1], undo=undo)
            return redirect("desk:submission", row.id)
    return _record(request, reads.submission(person.scope, submission_id), typed=(status, form))


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
                by=person, submission=row, reason=form.cleaned_data["reason"], version=_version(request, row)
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("已撤回，不再计入数字。"), undo=reverse("desk:submission_restore", args=[row.id]))
            return redirect("desk:submission", row.id)
    return _record(request, reads.submission(person.scope, submission_id), typed=("withdraw", form))


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
        return _record(request, row, typed=("sight", form))
    opened = acts.look_at_personal(by=person, submission=row, reason=form.cleaned_data["reason"])
    return _record(request, row, opened=opened)


@require_http_methods(["GET", "POST"])
@login_required
def submission_correct(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Correct the answers that are wrong; a new version supersedes the current one."""
    person = person_of(request)
    row = reads.submission(person.scope, submission_id)
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
                version=_version(request, row), language=_language(),
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


@require_GET
@login_required
def envelope(request: HttpRequest, submission_id: UUID, envelope_id: UUID) -> HttpResponse:
    """What was received, byte for byte. Sealed ones are opened only through the sight page."""
    row = reads.submission(person_of(request).scope, submission_id)
    kept = next((each for each in reads.envelopes(row) if each.id == envelope_id), None)
    if kept is None:
        raise Problem("access.not_found")
    if kept.sealed:
        require(person_of(request).scope, "submission.sight", area=row.area, units=[row.unit])
        acts.look_at_personal(by=person_of(request), submission=row, reason=_("查看原件"))
    response = HttpResponse(reads.xml_of(kept), content_type="text/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kept.id}.xml"'
    return response


@dataclass(frozen=True)
class Difference:
    """One answer in both copies."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@require_http_methods(["GET", "POST"])
@login_required
def aside(request: HttpRequest, aside_id: UUID) -> HttpResponse:
    """A second copy beside the one that stands; take it or drop it."""
    person = person_of(request)
    kept = reads.aside(person.scope, aside_id)
    row = reads.submission(person.scope, kept.submission_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take = request.POST.get("take") == "1"
        try:
            acts.settle_aside(
                by=person,
                aside=kept,
                take=take,
                reason=form.cleaned_data["reason"],
                version=_version(request, kept),
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            say(request, _("已采用第二份的内容。") if take else _("已保留第一份，第二份只作存档。"))
            return redirect("desk:submission", row.id)
    context = {
        "row": row,
        "aside": kept,
        "differences": _differences(row, kept),
        "may_take": person.scope.allows("submission.correct", area=row.area, units=[row.unit]),
    }
    return form_page(request, "desk/forms/aside.html", form, **context)


def _differences(row: Submission, kept: Aside) -> list[Difference]:
    sheet = reads.sheet(row.form_version)
    found = answer_rules.read_answers(sheet, xml.parse(reads.xml_of(kept), "XML"))
    personal = {line.path for line in reads.answer_lines(row, _language()) if line.sealed}
    lines = []
    for line in reads.answer_lines(row, _language()):
        question = line.question
        if question is None or question.repeat or not question.asked:
            continue
        if question.path in personal:
            lines.append(Difference(line.label, "●●●", "●●●"))
            continue
        second = answer_rules.shown(sheet, question, found.by_path.get(question.path), _language())
        lines.append(Difference(line.label, line.text, second))
    for group in sheet.groups:
        if group.repeats and "/" not in group.path[1:]:
            name = said(group.label, _language(), sheet) or group.path[1:]
            lines.append(
                Difference(
                    name,
                    str(len(row.answers.get(group.path, []))),
                    str(len(found.by_path.get(group.path, []))),
                )
            )
    return lines


urlpatterns = [
    path("answers/<uuid:submission_id>/", submission, name="submission"),
    path("answers/<uuid:submission_id>/map/", submission_map, name="submission_map"),
    path("answers/<uuid:submission_id>/review/<str:status>/", submission_review, name="submission_review"),
    path("answers/<uuid:submission_id>/withdraw/", submission_withdraw, name="submission_withdraw"),
    path("answers/<uuid:submission_id>/restore/", submission_restore, name="submission_restore"),
    path("answers/<uuid:submission_id>/correct/", submission_correct, name="submission_correct"),
    path("answers/<uuid:submission_id>/sight/", submission_sight, name="submission_sight"),
    path("answers/<uuid:submission_id>/envelopes/<uuid:envelope_id>/", envelope, name="envelope"),
    path("asides/<uuid:aside_id>/", aside, name="aside"),
]
