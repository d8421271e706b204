"""Sending a submission back to whoever collected it: the clock, the escalation, and what ends it."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from guatu.duty.reads import on_duty, on_duty_in_role
from guatu.fieldwork import problems as problems
from guatu.fieldwork.acts.letters import sheet_of
from guatu.fieldwork.models import Submission, SubmissionReturn
from guatu.fieldwork.rules import meaning, returns
from guatu.kernel import calendar, clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, PendingAct, check_version, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit

_MOST = 500  # late ones in one run of the job; the next run takes the rest
_log = logging.getLogger("guatu.fieldwork")


def make_return(
    d: Deed,
    submission: Submission,
    *,
    reason: str,
    questions: Sequence[Mapping[str, str]],
    to: Person | None,
    due: dt.datetime | None,
) -> SubmissionReturn | None:
    """Send it back within a deed: to a person, else its sender, else its unit; None when there is neither.

    One that waits already is replaced: its questions and its clock are the new ones.
    """
    collector = to
    if collector is None and submission.by_id is not None:
        collector = Person.objects.filter(id=submission.by_id, is_active=True).first()
    if collector is None and not submission.unit:
        return None
    _end(d, submission, returns.DROPPED, told=False)
    start = clock.local(d.effective_at)
    due_at, lines = _limit(submission, start) if due is None else (_ahead(due), [])
    row = SubmissionReturn(
        home=submission.home, campaign=submission.campaign, form=submission.form, submission_id=submission.id,
        instance_id=submission.instance_id, area=submission.area, unit=submission.unit, collector=collector,
        reason=reason.strip()[:300], questions=returns.kept_questions(questions), returned_at=start,
        returned_by_id=d.by.id, due_at=due_at, due_lines=lines,
    )  # fmt: skip
    row.save(force_insert=True)
    submission.returns += 1
    details = {
        "return": str(row.id),
        "due": _written(due_at),
        "count": len(row.questions),
        "reason": reason.strip()[:200],
    }
    d.record("submission.returned", submission, details={**details, "to": _named(collector, submission.unit)})
    return row


def _named(collector: Person | None, unit: str) -> str:
    return collector.name if collector is not None else unit


def _written(moment: dt.datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def _limit(submission: Submission, start: dt.datetime) -> tuple[dt.datetime, list[dict[str, Any]]]:
    settings = meaning.read_settings(submission.form.settings)
    return returns.due(start, Decimal(str(settings.return_limit)), settings.return_unit, calendar.current())


def _ahead(due: dt.datetime) -> dt.datetime:
    if due <= clock.now():
        raise Problem("return.due_past", due=_written(due))
    return due


def check_questions(submission: Submission, questions: Sequence[Mapping[str, str]]) -> None:
    """Refuse marks on what the form does not ask."""
    unknown = returns.unknown_questions(sheet_of(submission.form_version), questions)
    if unknown:
        raise Problem("submission.no_such_question", path=unknown[0][:120])


def _waiting(submission_id: Any) -> "QuerySet[SubmissionReturn]":
    return SubmissionReturn.objects.filter(submission_id=submission_id, status=returns.WAITING).order_by("id")


def _end(d: Deed, submission: Submission, status: str, *, told: bool = True) -> int:
    """End what waits on a submission; answers how many."""
    rows = list(_waiting(submission.id).select_for_update(no_key=True))
    for row in rows:
        row.status, row.settled_at = status, clock.now()
        row.late = row.late or status == returns.SETTLED and row.settled_at > row.due_at
        row.version += 1
        row.save(update_fields=["status", "settled_at", "late", "version"])
        if told:
            verb = (
                "submission.return_settled" if status == returns.SETTLED else "submission.return_taken_back"
            )
            d.record(verb, submission, details={"return": str(row.id), "late": row.late})
    return len(rows)


def settle_returns(act: PendingAct) -> None:
    """What ends a return: an edit, a withdrawal, an approval. Sent to wait for review again: it is taken back."""
    if act.verb == "submission.reviewed" and act.details.get("new") in returns.RETURNING:
        return
    if not _waiting(act.subject_id).exists():
        return
    submission = Submission.objects.get(home=act.home, id=act.subject_id)
    dropped = act.verb == "submission.withdrawn" or act.details.get("new") == "received"
    with deed(by=SYSTEM, via=act.via) as d:
        _end(d, submission, returns.DROPPED if dropped else returns.SETTLED)


# ------------------------------------------------------------------------------------------------- by hand


def _held(row: SubmissionReturn, by: Actor, version: int | None) -> tuple[SubmissionReturn, Submission]:
    """The return and its submission, locked, where the actor may review."""
    require(by.scope, "submission.review", area=row.area, units=[row.unit])
    held = SubmissionReturn.objects.select_for_update(no_key=True).get(pk=row.pk)
    check_version(held, version)
    if held.status != returns.WAITING:
        raise Problem("return.ended")
    return held, Submission.objects.get(home=held.home, id=held.submission_id)


def take_back_return(
    *, by: Actor, row: SubmissionReturn, reason: str, version: int | None = None, via: str = "web"
) -> SubmissionReturn:
    """Nothing need be mended after all; the judgement stays. Raises return.ended, submission.reason_needed."""
    if not reason.strip():
        raise Problem("submission.reason_needed")
    with deed(by=by, via=via) as d:
        held, submission = _held(row, by, version)
        held.status, held.settled_at = returns.DROPPED, clock.now()
        held.version += 1
        held.save(update_fields=["status", "settled_at", "version"])
        details = {"return": str(held.id), "reason": reason.strip()[:200], "late": False}
        d.record("submission.return_taken_back", submission, details=details)
    return held


def prolong_return(
    *,
    by: Actor,
    row: SubmissionReturn,
    due: dt.datetime,
    reason: str,
    version: int | None = None,
    via: str = "web",
) -> SubmissionReturn:
    """Give it until another moment; told anew when that passes. Raises return.ended, return.due_past."""
    if not reason.strip():
        raise Problem("submission.reason_needed")
    with deed(by=by, via=via) as d:
        held, submission = _held(row, by, version)
        old, held.due_at, held.due_lines, held.level = held.due_at, _ahead(due), [], 0
        held.version += 1
        held.save(update_fields=["due_at", "due_lines", "level", "version"])
        details = {
            "return": str(held.id),
            "old": _written(old),
            "due": _written(due),
            "reason": reason.strip()[:200],
        }
        d.record("submission.return_prolonged", submission, details=details)
    return held


def hand_return(
    *,
    by: Actor,
    row: SubmissionReturn,
    to: Person,
    reason: str = "",
    version: int | None = None,
    via: str = "web",
) -> SubmissionReturn:
    """Let somebody else mend it. Raises return.ended, return.bad_collector for who is gone or may not send."""
    with deed(by=by, via=via) as d:
        held, submission = _held(row, by, version)
        if not to.is_active or not to.scope.may("submission.send"):
            raise Problem("return.bad_collector", name=to.name)
        held.collector = to
        held.version += 1
        held.save(update_fields=["collector", "version"])
        details = {
            "return": str(held.id),
            "to": to.name,
            "due": _written(held.due_at),
            "reason": reason.strip()[:200],
        }
        d.record("submission.return_handed", submission, details=details)
    return held


# ------------------------------------------------------------------------------------------------- the clock


def chase(*, by: Actor = SYSTEM, now: dt.datetime | None = None) -> int:
    """Tell of what was not mended in time: at the limit the unit's people on duty, at twice the limit the office. Each in a
    transaction of its own; repeating it does nothing more. Answers how many were told of."""
    moment, told = now or clock.now(), 0
    late = SubmissionReturn.objects.filter(
        status=returns.WAITING, due_at__lte=moment, level__lt=returns.OFFICE_LEVEL
    )
    for key in list(late.order_by("level", "due_at", "id").values_list("pk", flat=True)[:_MOST]):
        try:
            with deed(by=by, via="clock") as d:
                told += _chase_one(d, key, moment)
        except (Problem, ValueError):  # one that cannot be told of must not stop the others
            _log.exception("the return %s cannot be escalated", key)
    return told


@job
def chase_returns() -> int:
    """The clock's job: `chase`."""
    return chase()


def _chase_one(d: Deed, key: Any, moment: dt.datetime) -> int:
    row = SubmissionReturn.objects.select_for_update(no_key=True).get(pk=key)
    second = returns.twice(
        clock.local(row.returned_at), clock.local(row.due_at), row.due_lines, calendar.current()
    )
    level = returns.level_at(moment, row.due_at, second)
    if row.status != returns.WAITING or level <= row.level:
        return 0
    row.level, row.late = level, True
    row.save(update_fields=["level", "late"])
    people = people_at(row, level, moment)
    submission = Submission.objects.get(home=row.home, id=row.submission_id)
    details = {"return": str(row.id), "level": level, "due": _written(row.due_at), "nobody": not people}
    details["people"] = [str(person.id) for person in people]
    d.record("submission.return_late", submission, details=details)
    return 1


def people_at(row: SubmissionReturn, level: int, moment: dt.datetime) -> list[Person]:
    """Whom a level tells: the unit's people on duty (and the collector); the office's."""
    if level == returns.OFFICE_LEVEL:
        return on_duty_in_role("office", row.area, moment, units=(row.unit,) if row.unit else ())
    unit = Unit.objects.filter(path=row.unit).first() if row.unit else None
    people = on_duty(unit, moment) if unit is not None else []
    if row.collector is not None and row.collector not in people:
        people.append(row.collector)
    return people
