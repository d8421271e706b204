"""The clock of a case: setting a limit, and writing down that it ran out."""

import datetime as dt

from guatu.cases.acts.moving import locked, minute
from guatu.cases.models import Case, CaseClass
from guatu.cases.rules import WITH_CLOCK, Limit, LimitError, clock_of, is_late, limit_of, overdue_now
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM, Actor, Deed, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem


def read_limit(amount: object, unit: str) -> Limit | None:
    """A limit as written by a person or a file; None when nothing was. Raises `case.bad_limit`."""
    try:
        return limit_of(amount if amount is None else str(amount), unit)
    except LimitError:
        raise Problem(
            "case.bad_limit", limit=f"{amount if amount is not None else ''} {unit}".strip()
        ) from None


def class_limit(case: Case) -> Limit | None:
    """The usual limit of the case's class."""
    return usual_limit(class_of(case))


def usual_limit(row: CaseClass | None) -> Limit | None:
    return (
        limit_of(row.limit_amount, row.limit_unit)
        if row is not None and row.limit_amount is not None
        else None
    )


def class_of(case: Case) -> CaseClass | None:
    if not case.class_code:
        return None
    return (
        CaseClass.objects.filter(campaign_id=case.campaign_id, code=case.class_code).order_by("order").first()
    )


def start_clock(case: Case, limit: Limit, start: dt.datetime) -> None:
    """Give the case a deadline with its computation; the caller saves. The platform above is never overrun silently."""
    found = clock_of(clock.local(start), limit, calendar.current())
    if case.upper_due_at is not None and found.due_at > case.upper_due_at:
        upper = minute(case.upper_due_at)
        raise Problem("case.beyond_upper", number=case.number, due=minute(found.due_at), upper_due=upper)
    case.limit_amount, case.limit_unit = limit.amount, limit.unit
    case.clock_started_at, case.due_at = found.started_at, found.due_at
    case.due_provisional, case.due_lines = found.provisional, [dict(line) for line in found.lines]
    case.late = is_late(case.due_at, clock.now()) if case.late else False


def clock_details(case: Case) -> dict[str, object]:
    """What the ledger keeps of the clock."""
    if case.due_at is None:
        return {}
    return {
        "limit": {"amount": str(case.limit_amount), "unit": case.limit_unit},
        "due_at": clock.local(case.due_at).isoformat(),
        "provisional": case.due_provisional,
    }


def note_overdue(d: Deed, case: Case) -> None:
    """Record that the limit ran out, effective at that very moment; the caller saves or has saved."""
    assert case.due_at is not None
    case.late = True
    # The version stays: what a person prepared on the case is not made stale by the clock.
    case.save(update_fields=["late"])
    d.record(
        "case.became_overdue",
        case,
        effective_at=case.due_at,
        details={"number": case.number, "due_at": clock.local(case.due_at).isoformat()},
    )


def mark_overdue(*, by: Actor = SYSTEM, now: dt.datetime | None = None) -> int:
    """Record every case whose limit has run out by now; answers how many. Repeating it does nothing."""
    moment = now or clock.now()
    waiting = Case.objects.filter(status__in=WITH_CLOCK, late=False, due_at__lt=moment).order_by(
        "due_at", "id"
    )
    marked = 0
    for case_id in list(waiting.values_list("id", flat=True)):
        with deed(by=by, via="clock") as d:
            case = locked(case_id)
            if not case.late and overdue_now(case.status, case.due_at, moment):
                note_overdue(d, case)
                marked += 1
    return marked


@job
def watch_deadlines() -> int:
    """The clock's job: `mark_overdue` as often as the schedule says."""
    return mark_overdue()
