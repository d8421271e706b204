"""What may happen beside the straight way: resume, withdraw, reopen, another class, first contact with the reporter."""

import datetime as dt

from guatu.cases.acts.classes import find_class
from guatu.cases.acts.clockwork import clock_details, put_clock, timing_by_rule
from guatu.cases.acts.moving import check_reason, locked, minute, person_of, take_step, write_step
from guatu.cases.acts.stages import book_of, end, open_stages, recount, set_rung, show_on
from guatu.cases.acts.steps import begin
from guatu.cases.models import STATUS_WORDS, Case, CaseStandard, Request, Stage
from guatu.cases.rules import OPEN, UNCOUNTED
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, check_version, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem


def resume_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """恢复办理: back to where the case stood; the deadline moves by what the pause took."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "resume", version)
        back, row.held_from, row.held_until = row.held_from or "dispatched", "", None
        take_step(d, row, move, note=note, target=back)
    return row


def resume_due(*, by: Actor = SYSTEM, now: dt.datetime | None = None) -> int:
    """Take up again every held case whose day has come; answers how many."""
    moment = now or clock.now()
    waiting = Case.objects.filter(status="held", held_until__lte=moment).order_by("held_until", "id")
    done = 0
    for case in list(waiting):
        try:
            resume_case(by=by, case=case, version=case.version, note="到期自动恢复", via="clock")
            done += 1
        except Problem:
            continue  # somebody was quicker
    return done


@job
def take_up_again() -> int:
    """The clock's job: `resume_due` as often as the schedule says."""
    return resume_due()


def withdraw_case(
    *,
    by: Actor,
    case: Case,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """撤回上报 by who found it (or by the centre), before anybody was sent."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "withdraw", version)
        centre = by.scope.allows("case.dispatch", area=row.area, units=(row.unit_path,))
        if by.id is not None and by.id != row.finder_id and not centre:
            raise Problem("case.not_finder", number=row.number)
        take_step(d, row, move, note=check_reason(move, reason))
    return row


def reopen_case(
    *,
    by: Actor,
    case: Case,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """重新办理 of a settled case within the campaign's window: to be dispatched anew, with a limit of its own. What the
    first round took stays in its stages."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "reopen", version)
        text, days = check_reason(move, reason), book_of(row).reopen_days
        settled = row.closed_at or row.last_step_at
        if d.effective_at > settled + dt.timedelta(days=days):
            raise Problem("case.window_over", number=row.number, when=minute(settled), days=days)
        row.reopens += 1
        row.unit = row.taker = row.handler = row.checker = None
        row.dispatched_at = row.accepted_at = row.handled_at = row.verified_at = row.closed_at = None
        row.limit_amount, row.limit_unit, row.due_lines = None, "", []
        row.clock_started_at = row.due_at = row.upper_due_at = row.extended_at = row.minutes_used = None
        row.due_provisional = row.late = False
        row.result, row.routed = "", {}
        take_step(d, row, move, note=text)
    return row


def reclassify_case(
    *,
    by: Actor,
    case: Case,
    class_code: str,
    standard: CaseStandard | None = None,
    reason: str = "",
    new_limit: bool = False,
    version: int | None = None,
    via: str = "web",
) -> Case:
    """改类别 from now on: what is past keeps the class it had then. new_limit: the new class's limit holds, counted from
    where the clock began (only while the unit still has the case)."""
    with deed(by=by, via=via) as d:
        row = locked(case)
        require(by.scope, "case.file", area=row.area, units=(row.unit_path,))
        check_version(row, version)
        if row.status not in OPEN:
            raise Problem("case.settled", number=row.number, status=str(STATUS_WORDS[row.status]))
        before = row.class_code
        row.case_class = find_class(row.campaign, class_code)
        row.class_code = row.case_class.code if row.case_class is not None else class_code
        row.standard = standard
        # what runs now runs under the new class; what has ended keeps its own
        Stage.objects.filter(case=row, ended_at=None).update(class_code=row.class_code)
        said: dict[str, object] = {
            "number": row.number,
            "old": {"class": before},
            "new": {"class": row.class_code},
        }
        if new_limit and row.status in ("dispatched", "accepted") and row.clock_started_at is not None:
            _new_limit(row)
            said |= clock_details(row)
        row.version += 1
        row.last_step_at = max(row.last_step_at, d.effective_at)
        row.save(force_update=True)
        act_id = d.record("case.reclassified", row, details=said)
        write_step(d, row, "reclassify", row.status, act_id, reason.strip())
    return row


def _new_limit(case: Case) -> None:
    assert case.clock_started_at is not None
    timing = timing_by_rule(case, case.clock_started_at)
    stages = [stage for stage in open_stages(case) if stage.kind == "handle"]
    if not timing or len(timing) != len(stages):
        return  # another number of parts: the limit of the dispatch stands
    put_clock(case, timing)
    for stage, part in zip(stages, timing, strict=True):
        if len(stages) == 1:
            recount(stage, part.limit)  # with the pauses it has had
        else:
            stage.limit_amount, stage.limit_unit = part.limit.amount, part.limit.unit
            stage.due_at, stage.lines = part.clock.due_at, [dict(line) for line in part.clock.lines]
        stage.why, stage.version = [*part.why, {"what": "reclassified"}], stage.version + 1
        set_rung(stage, book_of(case))
        stage.save()
    show_on(case, stages[-1])


def contact_reporter(
    *,
    by: Actor,
    case: Case,
    note: str,
    effective_at: dt.datetime | None = None,
    version: int | None = None,
    via: str = "web",
) -> Case:
    """先行联系: somebody spoke to the reporter; their clock stops. What was said stands in the note."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row = locked(case)
        require(by.scope, "case.contact", area=row.area, units=(row.unit_path,))
        check_version(row, version)
        if row.status in UNCOUNTED:
            raise Problem("case.settled", number=row.number, status=str(STATUS_WORDS[row.status]))
        if not note.strip():
            raise Problem("case.contact_note", number=row.number)
        for stage in open_stages(row):
            if stage.kind == "contact":
                end(stage, d.effective_at, "contact", person_of(by))
        row.contacted_at = row.contacted_at or d.effective_at
        row.version += 1
        row.save(force_update=True)
        act_id = d.record("case.contacted", row, details={"number": row.number})
        write_step(d, row, "contact", row.status, act_id, note.strip())
    return row


def open_requests(case: Case) -> list[Request]:
    return list(
        Request.objects.filter(case=case, status="asked")
        .select_related("asked_by__unit")
        .order_by("asked_at")
    )
