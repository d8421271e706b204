"""What was sent back to its collector, and the versions of a submission, for machines."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from guatu.api.frame import person_of, scope_of
from guatu.fieldwork import acts, reads
from guatu.fieldwork.models import SubmissionReturn
from guatu.fieldwork.reads_returns import one_return, returns_of, waiting_for
from guatu.kernel.problems import Problem
from guatu.units.models import Person

router = Router(tags=["forms"])


class MarkOut(Schema):
    """A question to mend. path: with the number of the repetition, `/spot[2]/bags`."""

    path: str
    note: str = ""


class ReturnOut(Schema):
    """One return. collector: username, empty when the unit has it. status: waiting, settled, dropped. due_lines: how the
    limit was worked out, empty when it was set by hand. level: 1 the unit was told that it is late, 2 the office."""

    id: UUID
    submission: UUID
    instance_id: str
    form: str
    status: str
    collector: str
    unit: str
    reason: str
    questions: list[MarkOut]
    returned_at: dt.datetime
    due_at: dt.datetime
    due_lines: list[dict[str, Any]]
    late: bool
    level: int
    settled_at: dt.datetime | None
    row_version: int


class ProlongIn(Schema):
    due_at: dt.datetime
    reason: str
    row_version: int | None = None


class HandIn(Schema):
    """to: username."""

    to: str
    reason: str = ""
    row_version: int | None = None


class TakeBackIn(Schema):
    reason: str
    row_version: int | None = None


class VersionOut(Schema):
    """One version as received. answers are in the submission; these are who, when, which bytes."""

    number: int
    instance_id: str
    form_version: str
    received_at: dt.datetime
    sha256: str
    by: str


def _return(row: SubmissionReturn) -> dict[str, Any]:
    names = ("id", "instance_id", "status", "unit", "reason", "questions", "returned_at", "due_at", "due_lines", "late",
             "level", "settled_at")  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "submission": row.submission_id,
        "form": row.form.code,
        "collector": row.collector.username if row.collector is not None else "",
        "row_version": row.version,
    }


@router.get("/returns/mine", response=list[ReturnOut])
def mine(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for the caller to mend, soonest due first."""
    return [_return(row) for row in waiting_for(person_of(request)).select_related("collector")]


@router.get("/submissions/{submission_id}/returns", response=list[ReturnOut])
def of_submission(request: HttpRequest, submission_id: UUID) -> list[dict[str, Any]]:
    """All returns of a submission, newest first."""
    row = reads.submission(scope_of(request), submission_id)
    found = returns_of(row)
    for each in found:
        each.form = row.form
    return [_return(each) for each in found]


@router.get("/submissions/{submission_id}/versions", response=list[VersionOut])
def versions(request: HttpRequest, submission_id: UUID) -> list[dict[str, Any]]:
    """What was received for a submission, oldest first."""
    kept = reads.envelopes(reads.submission(scope_of(request), submission_id))
    people = dict(
        Person.objects.filter(id__in={each.by_id for each in kept if each.by_id}).values_list(
            "id", "username"
        )
    )
    return [
        {
            "number": number,
            "instance_id": each.instance_id,
            "form_version": each.form_version.version,
            "received_at": each.received_at,
            "sha256": each.sha256,
            "by": people.get(each.by_id, "") if each.by_id else "",
        }
        for number, each in enumerate(kept, 1)
    ]


@router.post("/returns/{return_id}/prolong", response=ReturnOut)
def prolong(request: HttpRequest, return_id: UUID, given: ProlongIn) -> dict[str, Any]:
    """Give it until another moment."""
    row = one_return(scope_of(request), return_id)
    return _return(
        acts.prolong_return(
            by=person_of(request),
            row=row,
            due=given.due_at,
            reason=given.reason,
            version=given.row_version,
            via="api",
        )
    )


@router.post("/returns/{return_id}/hand", response=ReturnOut)
def hand(request: HttpRequest, return_id: UUID, given: HandIn) -> dict[str, Any]:
    """Let somebody else mend it."""
    row = one_return(scope_of(request), return_id)
    to = Person.objects.filter(username=given.to).first()
    if to is None:
        raise Problem("access.not_found")
    return _return(
        acts.hand_return(
            by=person_of(request), row=row, to=to, reason=given.reason, version=given.row_version, via="api"
        )
    )


@router.post("/returns/{return_id}/take-back", response=ReturnOut)
def take_back(request: HttpRequest, return_id: UUID, given: TakeBackIn) -> dict[str, Any]:
    """Nothing need be mended after all."""
    row = one_return(scope_of(request), return_id)
    return _return(
        acts.take_back_return(
            by=person_of(request), row=row, reason=given.reason, version=given.row_version, via="api"
        )
    )
