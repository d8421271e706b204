"""What people do with a submission after it came in: review, correct, withdraw, settle a second copy."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from guatu.fieldwork import problems as problems
from guatu.fieldwork import reads
from guatu.fieldwork.acts.letters import EnvelopeIn, FileIn, Outcome
from guatu.fieldwork.acts.receive import attach_missing, receive_many
from guatu.fieldwork.acts.returns import check_questions, make_return
from guatu.fieldwork.models import Aside, Submission
from guatu.fieldwork.reads_returns import may_mend
from guatu.fieldwork.rules.instance import rewrite
from guatu.fieldwork.rules.lifecycle import REVIEWED, WITHDRAWN
from guatu.fieldwork.rules.returns import RETURNING
from guatu.kernel import clock, ids, secrets, xml
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.units.models import Person


def review_submission(
    *,
    by: Actor,
    submission: Submission,
    status: str,
    reason: str = "",
    questions: Sequence[Mapping[str, str]] = (),
    return_to: bool | Person = True,
    due: dt.datetime | None = None,
    version: int | None = None,
    via: str = "web",
) -> Submission:
    """Say what it is worth: approved, has_issues, rejected (counts for nothing), or received again. Reasons where it hurts.

    has_issues and rejected send it back to whoever collected it (its unit when nobody is known): questions are marked
    [{"path": "/group/name" or "/spot[2]/bags", "note"}]; return_to: another person, or False to send nothing back; due: until
    when, default the form's limit. Raises submission.no_such_question, return.due_past, return.bad_collector.
    """
    require(by.scope, "submission.review", area=submission.area, units=[submission.unit])
    check_version(submission, version)
    if submission.status == WITHDRAWN:
        raise Problem("submission.withdrawn")
    if status not in REVIEWED:
        raise Problem("submission.bad_status", status=status[:40], known="、".join(REVIEWED))
    returning = status in RETURNING
    if returning and not reason.strip():
        raise Problem("submission.reason_needed")
    if status == submission.status and not (returning and questions):
        return submission
    to = return_to if isinstance(return_to, Person) else None
    if to is not None and not (to.is_active and to.scope.may("submission.send")):
        raise Problem("return.bad_collector", name=to.name)
    check_questions(submission, questions)
    with deed(by=by, via=via) as d:
        if returning and return_to is not False:
            make_return(d, submission, reason=reason, questions=questions, to=to, due=due)
        return _move(by, submission, status, "submission.reviewed", reason, via)


def withdraw_submission(
    *, by: Actor, submission: Submission, reason: str, version: int | None = None, via: str = "web"
) -> Submission:
    """Take it back: it counts for nothing, and stays for the story. By its sender, or by `submission.correct`."""
    _require_own_or(by, submission)
    check_version(submission, version)
    if not reason.strip():
        raise Problem("submission.reason_needed")
    if submission.status == WITHDRAWN:
        return submission
    return _move(by, submission, WITHDRAWN, "submission.withdrawn", reason, via)


def restore_submission(
    *, by: Actor, submission: Submission, version: int | None = None, via: str = "web"
) -> Submission:
    """Undo a withdrawal: it waits for review again."""
    _require_own_or(by, submission)
    check_version(submission, version)
    if submission.status != WITHDRAWN:
        return submission
    return _move(by, submission, "received", "submission.restored", "", via)


def _require_own_or(by: Actor, submission: Submission) -> None:
    if by.id is None or submission.by_id != by.id:
        require(by.scope, "submission.correct", area=submission.area, units=[submission.unit])


def _move(by: Actor, submission: Submission, status: str, verb: str, reason: str, via: str) -> Submission:
    with deed(by=by, via=via) as d:
        held = Submission.objects.select_for_update(no_key=True).filter(
            home=submission.home, id=submission.id
        )
        if held.values_list("version", flat=True).get() != submission.version:
            raise Problem("kernel.stale", what=str(submission), version=submission.version)
        old, submission.status = submission.status, status
        submission.version += 1
        submission.save(update_fields=["status", "version", "returns"])
        d.record(verb, submission, details={"old": old, "new": status, "reason": reason.strip()[:200]})
    return submission


def correct_submission(
    *,
    by: Actor,
    submission: Submission,
    changes: Mapping[str, str],
    reason: str,
    version: int | None = None,
    language: str = "zh",
    via: str = "web",
) -> Outcome:
    """Correct answers at the desk: a new envelope is written from the current one and received as an edit of it.

    changes: path (`/group/name`, `/spot[2]/weight`) → text as the form would send it. Raises what receiving raises.
    """
    unit = getattr(getattr(by, "unit", None), "path", "")
    if not may_mend(by.id, submission, unit):
        require(by.scope, "submission.correct", area=submission.area, units=[submission.unit])
    check_version(submission, version)
    if not reason.strip():
        raise Problem("submission.reason_needed")
    current = reads.envelopes(submission)[-1]
    return _send_edit(by, submission, reads.xml_of(current), changes, reason, language, via, must_change=True)


def _send_edit(
    by: Actor, submission: Submission, source: bytes, changes: Mapping[str, str], reason: str, language: str, via: str,
    *, must_change: bool,
) -> Outcome:  # fmt: skip
    root = xml.parse(source, "XML")
    changed = rewrite(root, changes, instance_id=f"uuid:{ids.new()}", replaces=submission.instance_id)
    if must_change and not changed:
        raise Problem("submission.nothing_changed")
    envelope = EnvelopeIn(
        xml=etree.tostring(root, encoding="UTF-8", xml_declaration=True), by=by, campaign=submission.campaign, via=via,
        language=language, reason=reason.strip()[:200],
    )  # fmt: skip
    outcome = receive_many(envelopes=[envelope])[0]
    if outcome.problem is not None:
        raise outcome.problem
    return outcome


def add_file(*, by: Actor, submission: Submission, file: FileIn, via: str = "web") -> None:
    """Add a file that an answer speaks of and that has not come yet; one that is here stays. By its sender, or by
    `submission.correct`. Raises access.not_found for a file no answer speaks of."""
    _require_own_or(by, submission)
    if file.name not in submission.files:
        raise Problem("access.not_found")
    with deed(by=by, via=via):
        attach_missing(by=by, row=submission, files=[file], via=via)


def settle_aside(
    *, by: Actor, aside: Aside, take: bool, reason: str, version: int | None = None, via: str = "web"
) -> Aside:
    """Decide about a second copy: take its answers as a correction of what is there, or drop it (it stays readable)."""
    require(by.scope, "submission.review", area=aside.area)
    check_version(aside, version)
    if aside.outcome:
        raise Problem("aside.settled", outcome=aside.outcome)
    if not reason.strip():
        raise Problem("submission.reason_needed")
    submission = Submission.objects.select_related("form", "campaign").get(
        home=aside.home, id=aside.submission_id
    )
    if take:
        require(by.scope, "submission.correct", area=submission.area, units=[submission.unit])
    with deed(by=by, via=via) as d:
        if take:
            _send_edit(by, submission, reads.xml_of(aside), {}, reason, "zh", via, must_change=False)
            submission = Submission.objects.get(home=aside.home, id=aside.submission_id)
        aside.outcome = "taken" if take else "dropped"
        aside.note, aside.settled_at, aside.settled_by_id = reason.strip()[:200], clock.now(), by.id
        aside.version += 1
        aside.save(update_fields=["outcome", "note", "settled_at", "settled_by_id", "version"])
        d.record(
            "submission.aside_settled", submission, details={"aside": str(aside.id), "outcome": aside.outcome}
        )
    return aside


def look_at_personal(*, by: Actor, submission: Submission, reason: str, via: str = "web") -> dict[str, Any]:
    """Open the sealed answers for one look: path → value. Who looked and why is written down first."""
    require(by.scope, "submission.sight", area=submission.area, units=[submission.unit])
    if not reason.strip():
        raise Problem("submission.reason_needed")
    sealed = (
        Submission.objects.filter(home=submission.home, id=submission.id)
        .values_list("sealed", flat=True)
        .get()
    )
    with deed(by=by, via=via) as d:
        SightLog.objects.bulk_create(
            [
                SightLog(
                    at=clock.real_now(),
                    by_id=by.id,
                    subject_type="submission",
                    subject_id=str(submission.id),
                    field=path[:60],
                    reason=reason.strip()[:200],
                )  # fmt: skip
                for path in sealed
            ]
        )
        d.record("submission.sighted", submission, details={"reason": reason.strip()[:200]})
    return {path: json.loads(secrets.open_sealed(submission.id, path, text)) for path, text in sealed.items()}
