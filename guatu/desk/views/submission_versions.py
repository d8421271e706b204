"""The versions of a submission side by side, what was received byte for byte, and a second copy beside the one that stands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guatu.desk.case_states import photo_lines
from guatu.desk.forms.fieldwork import ReasonForm
from guatu.desk.views.case import person_of
from guatu.desk.views.submission import version_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import Aside, Envelope, Submission
from guatu.fieldwork.rules import answers as answer_rules
from guatu.fieldwork.rules.sheet import said
from guatu.files.reads import attachments_of
from guatu.kernel import xml
from guatu.kernel.access import require
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.units.models import Person


def _language() -> str:
    return get_language() or "zh"


@dataclass(frozen=True)
class Version:
    """One version: its number, what was received, who sent it and why it was changed."""

    number: int
    envelope: Envelope
    by: Person | None
    reason: str


@dataclass(frozen=True)
class Pair:
    """One answer in both versions. kind: group, repeat or answer; files: pictures by name for either side."""

    kind: str
    label: str
    left: str
    right: str
    left_file: Any = None
    right_file: Any = None

    @property
    def differs(self) -> bool:
        return self.left != self.right


def _versions(row: Submission) -> list[Version]:
    """Oldest first."""
    said_by = {
        str(act.details.get("instance_id")): act
        for act in story(row)
        if act.verb in ("submission.received", "submission.corrected")
    }
    kept = reads.envelopes(row)
    people = Person.objects.select_related("unit").in_bulk({each.by_id for each in kept if each.by_id})
    found = []
    for number, envelope in enumerate(kept, 1):
        act = said_by.get(envelope.instance_id)
        reason = str(act.details.get("reason") or "") if act is not None else ""
        by = people.get(envelope.by_id) if envelope.by_id else None
        found.append(Version(number, envelope, by, reason))
    return found


def _chosen(request: HttpRequest, versions: list[Version]) -> tuple[Version, Version]:
    """Which two: as asked, else the last two."""

    def pick(name: str, default: int) -> Version:
        text = request.GET.get(name, "")
        number = int(text) if text.isdigit() and len(text) < 6 else default
        return versions[max(1, min(number, len(versions))) - 1]

    return pick("left", len(versions) - 1), pick("right", len(versions))


def _pairs(row: Submission, left: Version, right: Version) -> list[Pair]:
    """Both versions line by line, in the newer one's order; what stands in one only is empty in the other."""
    files = {line.name: line for line in photo_lines(attachments_of(row))}
    old = reads.version_lines(row, left.envelope, _language())
    new = reads.version_lines(row, right.envelope, _language())
    olds = {line.place: line for line in old}
    news = {line.place: line for line in new}
    order = [line.place for line in new] + [line.place for line in old if line.place not in news]
    found = []
    for place in order:
        here, there = olds.get(place), news.get(place)
        line = there or here
        assert line is not None
        texts = [each.text if each is not None else "" for each in (here, there)]
        if line.kind == "answer" and not any(texts):
            continue
        shown = [files.get(text) if line.is_file else None for text in texts]
        found.append(Pair(line.kind, line.label, texts[0], texts[1], shown[0], shown[1]))
    return found


@require_GET
@login_required
def submission_versions(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Two versions side by side: what changed, who changed it, when and why."""
    row = reads.submission(person_of(request).scope, submission_id)
    versions = _versions(row)
    left, right = _chosen(request, versions)
    pairs = _pairs(row, left, right)
    context = {
        "row": row, "versions": versions, "left": left, "right": right, "pairs": pairs,
        "changed": sum(1 for pair in pairs if pair.kind == "answer" and pair.differs),
        "only": request.GET.get("only") == "1",
    }  # fmt: skip
    return render(request, "desk/forms/versions.html", context)


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
                version=version_of(request, kept),
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
    path("answers/<uuid:submission_id>/versions/", submission_versions, name="submission_versions"),
    path("answers/<uuid:submission_id>/envelopes/<uuid:envelope_id>/", envelope, name="envelope"),
    path("asides/<uuid:aside_id>/", aside, name="aside"),
]
