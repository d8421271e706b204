"""One judgement on many submissions, and taking it back. The preview changes nothing and says who is left out and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.fieldwork import problems as problems
from guatu.fieldwork.acts.submissions import review_submission
from guatu.fieldwork.models import Form, Submission
from guatu.fieldwork.rules.lifecycle import REVIEWED, WITHDRAWN
from guatu.fieldwork.rules.returns import RETURNING
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem

MOST = 300
UNDO_MINUTES = 30


@dataclass
class Preview:
    """What a judgement would do: the rows it concerns, and those left out with the reason's code."""

    rows: list[Submission] = field(default_factory=list)
    left_out: list[tuple[Submission, Problem]] = field(default_factory=list)


@dataclass
class Many:
    """What was done. act_id: by which it is taken back."""

    done: int
    left_out: list[tuple[Submission, Problem]]
    act_id: UUID | None = None


def preview_reviews(*, by: Actor, rows: Sequence[Submission], status: str) -> Preview:
    """Which of them the judgement concerns. Raises submission.nothing_chosen, submission.bad_status."""
    if not rows or len(rows) > MOST:
        raise Problem("submission.nothing_chosen", most=MOST)
    if status not in REVIEWED:
        raise Problem("submission.bad_status", status=status[:40], known="、".join(REVIEWED))
    found = Preview()
    for row in rows:
        problem = _why_not(by, row, status)
        if problem is None:
            found.rows.append(row)
        else:
            found.left_out.append((row, problem))
    return found


def _why_not(by: Actor, row: Submission, status: str) -> Problem | None:
    if not by.scope.allows("submission.review", area=row.area, units=[row.unit]):
        return Problem("access.denied", right="submission.review")
    if row.status == WITHDRAWN:
        return Problem("submission.withdrawn")
    return Problem("submission.nothing_changed") if row.status == status else None


def review_many(
    *, by: Actor, form: Form, rows: Sequence[Submission], status: str, reason: str = "", via: str = "web"
) -> Many:
    """The judgement on all it concerns, in one transaction. Raises what the preview raises, submission.reason_needed."""
    found = preview_reviews(by=by, rows=rows, status=status)
    if status in RETURNING and not reason.strip():
        raise Problem("submission.reason_needed")
    if not found.rows:
        return Many(0, found.left_out)
    with deed(by=by, via=via) as d:
        kept = []
        for row in found.rows:
            old = row.status
            review_submission(by=by, submission=row, status=status, reason=reason, via=via)
            kept.append([str(row.id), old, row.version])
        details = {"count": len(kept), "new": status, "rows": kept, "reason": reason.strip()[:200]}
        act_id = d.record("form.reviewed_many", form, details=details)
    return Many(len(kept), found.left_out, act_id)


def undo_reviews(*, by: Actor, form: Form, act_id: UUID, via: str = "web") -> int:
    """Take a judgement on many back: each that nobody touched since is as before; answers how many. Only by whoever gave it,
    within half an hour. Raises access.not_found, submission.bulk_undone."""
    require(by.scope, "submission.review", area=form.area)
    act = Act.objects.filter(id=act_id, verb="form.reviewed_many", subject_id=str(form.id)).first()
    if act is None or act.by_id != by.id:
        raise Problem("access.not_found")
    undone = Act.objects.filter(verb="form.review_undone", subject_type="form", subject_id=str(form.id))
    past = clock.now() - act.recorded_at > dt.timedelta(minutes=UNDO_MINUTES)
    if past or any(each.details.get("act") == str(act_id) for each in undone.filter(by_id=by.id)):
        raise Problem("submission.bulk_undone", minutes=UNDO_MINUTES)
    before: dict[str, tuple[str, int]] = {key: (old, version) for key, old, version in act.details["rows"]}
    with deed(by=by, via=via) as d:
        done = 0
        for row in Submission.objects.filter(form=form, id__in=list(before)).select_related(
            "form", "form_version"
        ):
            old, version = before[str(row.id)]
            if row.version == version:
                done += _as_before(by, row, old, via)
        d.record("form.review_undone", form, details={"act": str(act_id), "count": done})
    return done


def _as_before(by: Any, row: Submission, old: str, via: str) -> int:
    reason = "撤销批量审阅"
    review_submission(by=by, submission=row, status="received", reason=reason, return_to=False, via=via)
    if old != "received":
        review_submission(by=by, submission=row, status=old, reason=reason, return_to=False, via=via)
    return 1
