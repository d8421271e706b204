"""What doors ask about submissions that were sent back. Every function takes the reader first."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from guatu.fieldwork import problems as problems
from guatu.fieldwork.models import Form, Submission, SubmissionReturn
from guatu.fieldwork.rules.returns import WAITING
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.units.models import Person


def returns(scope: Scope, form: Form | None = None) -> QuerySet[SubmissionReturn]:
    """The returns the reader may see: of submissions in their reach, and their own."""
    seen = predicate(scope, "submission.read", units=("unit",))
    if scope.person_id is not None:
        seen |= Q(collector=scope.person_id)
    rows = SubmissionReturn.objects.filter(seen).select_related("form", "collector__unit")
    return rows.filter(form=form) if form is not None else rows


def one_return(scope: Scope, return_id: UUID | str) -> SubmissionReturn:
    """One return. Raises access.not_found."""
    found = returns(scope).select_related("campaign").filter(id=return_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def returns_of(submission: Submission) -> list[SubmissionReturn]:
    """All returns of a submission, newest first. The caller has read it through `reads.submission`."""
    rows = SubmissionReturn.objects.filter(submission_id=submission.id).select_related("collector__unit")
    return list(rows.order_by("-returned_at", "-id"))


def waiting_for(person: Person) -> QuerySet[SubmissionReturn]:
    """What waits for a person to mend: theirs, and what came from nobody known in their unit. Soonest due first."""
    hands = Q(collector=person)
    if person.unit is not None:
        hands |= Q(collector=None, unit=person.unit.path)
    rows = SubmissionReturn.objects.filter(hands, status=WAITING)
    return rows.select_related("form", "campaign").order_by("due_at", "id")


def returns_for(person: Person) -> list[dict[str, Any]]:
    """The same as plain rows for a phone: id, submission, instance, form, version of the form, reason, questions, due, late."""
    rows = list(waiting_for(person).select_related("form__current"))
    titles = dict(
        Submission.objects.filter(id__in=[row.submission_id for row in rows]).values_list("id", "title")
    )
    return [
        {
            "id": str(row.id),
            "submission": str(row.submission_id),
            "instance_id": row.instance_id,
            "form": row.form.code,
            "form_name": row.form.name,
            "title": titles.get(row.submission_id, ""),
            "reason": row.reason,
            "questions": list(row.questions),
            "returned_at": row.returned_at,
            "due_at": row.due_at,
            "late": row.late,
        }
        for row in rows
    ]


def may_mend(person_id: UUID | None, submission: Submission, unit: str = "") -> bool:
    """Whether it was sent back to this person (or to nobody known in this unit) and still waits."""
    if person_id is None:
        return False
    hands = Q(collector=person_id)
    if unit:
        hands |= Q(collector=None, unit=unit)
    return SubmissionReturn.objects.filter(hands, submission_id=submission.id, status=WAITING).exists()


def sent_back(scope: Scope, ids: Iterable[Any]) -> list[Any]:
    """Those of the submissions that wait for the reader to mend them, whoever sent them."""
    if scope.person_id is None:
        return []
    rows = SubmissionReturn.objects.filter(
        collector=scope.person_id, status=WAITING, submission_id__in=list(ids)
    )
    return list(rows.values_list("submission_id", flat=True))
