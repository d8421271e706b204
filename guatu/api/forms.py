"""Forms and what was filled in, for machines. Sealed answers are never in them."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from guatu.api.form_returns import MarkOut
from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import Form, Submission
from guatu.kernel.access import within
from guatu.kernel.problems import Problem
from guatu.units.models import Person

router = Router(tags=["forms"])


class FormOut(Schema):
    """A form. version: the one phones get now, empty while it is a draft."""

    id: UUID
    code: str
    name: str
    status: str
    version: str
    hash: str
    settings: dict[str, Any]


class QuestionOut(Schema):
    """A question of the current version. label: by language as the form names it."""

    path: str
    name: str
    type: str
    label: dict[str, str]
    required: bool
    choices: list[str]
    repeat: str


class FormWhole(FormOut):
    questions: list[QuestionOut]


class SubmissionOut(Schema):
    """A submission. answers: by path; a repeat is a list of such. measures, attributes: what it counts for. notes: what the
    form declares and this does not hold ({path, place, kind, value}). returns: how often it was sent back."""

    id: UUID
    instance_id: str
    form: str
    version: str
    status: str
    area: str
    happened_on: dt.date
    received_at: dt.datetime
    lon: float | None
    lat: float | None
    edits: int
    answers: dict[str, Any]
    notes: list[dict[str, str]]
    returns: int
    measures: dict[str, Any]
    attributes: dict[str, Any]
    row_version: int


class ReviewIn(Schema):
    """status: approved, has_issues, rejected, received. row_version: the one the judgement is about.

    has_issues and rejected send it back to its collector unless send_back is false. questions: the marks, path with the number
    of the repetition. to: username of another collector. due_at: default the form's limit.
    """

    status: str
    reason: str = ""
    questions: list[MarkOut] = []
    send_back: bool = True
    to: str = ""
    due_at: dt.datetime | None = None
    row_version: int | None = None


def _form(row: Form) -> dict[str, Any]:
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "status": row.status,
        "version": row.current.version if row.current else "",
        "hash": row.current.hash if row.current else "",
        "settings": row.settings,
    }


def _found(request: HttpRequest, code: str, form_code: str) -> Form:
    found = reads.forms(scope_of(request), campaign_of(request, code)).filter(code=form_code).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def _submission(row: Submission) -> dict[str, Any]:
    return {
        **{
            name: getattr(row, name)
            for name in (
                "id",
                "instance_id",
                "status",
                "area",
                "happened_on",
                "received_at",
                "lon",
                "lat",
                "edits",
                "answers",
                "notes",
                "returns",
            )
        },
        "form": row.form.code,
        "version": row.form_version.version,
        "measures": row.meaning.get("measures", {}),
        "attributes": row.meaning.get("attributes", {}),
        "row_version": row.version,
    }


@router.get("/{code}/forms", response=list[FormOut])
def forms(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """The forms of a campaign."""
    return [_form(row) for row in reads.forms(scope_of(request), campaign_of(request, code)).order_by("code")]


@router.get("/{code}/forms/{form_code}", response=FormWhole)
def form(request: HttpRequest, code: str, form_code: str) -> dict[str, Any]:
    """One form with the questions of its current version."""
    row = _found(request, code, form_code)
    asked: list[dict[str, Any]] = []
    if row.current is not None:
        sheet = reads.sheet(row.current)
        asked = [
            {
                "path": q.path,
                "name": q.name,
                "type": q.type,
                "label": q.label,
                "required": q.required,
                "choices": [choice.name for choice in sheet.lists.get(q.choices, [])],
                "repeat": q.repeat,
            }
            for q in sheet.questions
            if q.asked or q.calculate
        ]
    return {**_form(row), "questions": asked}


@router.get("/{code}/forms/{form_code}/submissions", response=PageOut[SubmissionOut])
def submissions(
    request: HttpRequest,
    code: str,
    form_code: str,
    status: str = "",
    area: str = "",
    after: str = "",
    limit: int = 100,
) -> dict[str, Any]:
    """What came in for a form, oldest first; `after` takes the `next` of the page before. area: a code, with all inside it."""
    row = _found(request, code, form_code)
    found = reads.submissions(scope_of(request), row).select_related("form", "form_version")
    found = found.defer("sealed", "form_version__xml", "form_version__source", "form_version__questions")
    found = found.filter(status=status) if status else found
    found = found.filter(within("area", area)) if area.isdigit() else found
    return page_of(found, _submission, after=after, limit=limit)


@router.get("/submissions/{submission_id}", response=SubmissionOut)
def submission(request: HttpRequest, submission_id: UUID) -> dict[str, Any]:
    """One submission."""
    return _submission(reads.submission(scope_of(request), submission_id))


def _collector(given: ReviewIn) -> bool | Person:
    if not given.send_back or not given.to:
        return given.send_back
    found = Person.objects.filter(username=given.to).first()
    if found is None:
        raise Problem("access.not_found")
    return found


@router.post("/submissions/{submission_id}/review", response=SubmissionOut)
def review(request: HttpRequest, submission_id: UUID, given: ReviewIn) -> dict[str, Any]:
    """Say what a submission is worth."""
    row = reads.submission(scope_of(request), submission_id)
    acts.review_submission(
        by=person_of(request),
        submission=row,
        status=given.status,
        reason=given.reason,
        questions=[mark.dict() for mark in given.questions],
        return_to=_collector(given),
        due=given.due_at,
        version=given.row_version,
        via="api",
    )
    return _submission(row)
