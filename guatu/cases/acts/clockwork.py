"""The clock of a case: setting a limit, and writing down that it ran out."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from guatu.campaigns.models import Phase
from guatu.cases.acts.moving import locked, minute
from guatu.cases.acts.stages import Timing, book_of
from guatu.cases.models import Case, CaseClass, Stage
from guatu.cases.rules import (
    WITH_CLOCK,
    Limit,
    LimitError,
    clock_of,
    is_late,
    limit_of,
    overdue_now,
    stricter,
)
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


def usual_limit(row: CaseClass | None) -> Limit | None:
    return (
        limit_of(row.limit_amount, row.limit_unit)
        if row is not None and row.limit_amount is not None
        else None
    )


def usual_parts(case: Case) -> list[tuple[str, Limit, dict[str, Any]]]:
    """The usual limit of a case, in one or several parts, each with where it comes from: its filing condition, else its
    class. Empty: neither says anything."""
    if case.standard is not None and case.standard.stages:
        why = {"what": "standard", "condition": case.standard.condition}
        return [
            (str(each.get("name") or ""), Limit(Decimal(str(each["amount"])), each["unit"]), why)
            for each in case.standard.stages
        ]
    found = usual_limit(case.case_class)
    if found is None or case.case_class is None:
        return []
    return [("", found, {"what": "class", "code": case.case_class.code, "name": case.case_class.name})]


def guaranteed(case: Case, at: dt.datetime) -> Phase | None:
    """The guarantee period (保障期) of the campaign that holds at a moment."""
    day = clock.local(at).date()
    return Phase.objects.filter(
        campaign_id=case.campaign_id, guarantee=True, starts_on__lte=day, ends_on__gte=day
    ).first()


def timing_by_rule(case: Case, at: dt.datetime) -> list[Timing]:
    """The usual limit counted from `at`, stricter in a guarantee period."""
    parts, factor = usual_parts(case), book_of(case).guarantee
    phase = guaranteed(case, at) if parts and factor is not None else None
    found: list[Timing] = []
    begins = clock.local(at)
    for name, usual, source in parts:
        limit, why = usual, [source]
        if phase is not None and factor is not None:
            limit = stricter(usual, factor)
            why.append(
                {
                    "what": "guarantee",
                    "phase": phase.name,
                    "factor": str(factor),
                    "usual": f"{usual.amount.normalize():f}",
                }
            )
        counted = clock_of(begins, limit, calendar.current())
        found.append(Timing(limit, counted, name, tuple(why)))
        begins = counted.due_at
    case.guarantee = phase is not None
    return found


def timing_given(limit: Limit, start: dt.datetime, what: str) -> list[Timing]:
    """A limit somebody named, counted from `start`. what: given (by the dispatcher), upper (by the platform above)."""
    return [Timing(limit, clock_of(clock.local(start), limit, calendar.current()), why=({"what": what},))]


def start_clock(case: Case, limit: Limit, start: dt.datetime) -> list[Timing]:
    """Give the case a deadline that was named; the caller saves and hands the timing to the step."""
    timing = timing_given(limit, start, "given")
    put_clock(case, timing)
    return timing


def put_clock(case: Case, timing: Sequence[Timing]) -> None:
    """Show the deadline on the case: that of the last part. The platform above is never overrun silently."""
    first, last = timing[0], timing[-1]
    if case.upper_due_at is not None and last.clock.due_at > case.upper_due_at:
        upper = minute(case.upper_due_at)
        raise Problem("case.beyond_upper", number=case.number, due=minute(last.clock.due_at), upper_due=upper)
    case.limit_amount, case.limit_unit = last.limit.amount, last.limit.unit
    case.clock_started_at, case.due_at = first.clock.started_at, last.clock.due_at
    case.due_provisional = any(part.clock.provisional for part in timing)
    case.due_lines = [dict(line) for part in timing for line in part.clock.lines]
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
    Stage.objects.filter(case=case, kind="handle", ended_at=None, due_at__lte=case.due_at).update(late=True)
    d.record(
        "case.became_overdue",
        case,
        effective_at=case.due_at,
        details={"number": case.number, "due_at": clock.local(case.due_at).isoformat()},
    )


def mark_overdue(*, by: Actor = SYSTEM, now: dt.datetime | None = None) -> int:
    """Record every case, and every stage of a case, whose limit has run out by now; answers how many. Repeating it does
    nothing."""
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
    return marked + _mark_stages(by, moment)


def _mark_stages(by: Actor, moment: dt.datetime) -> int:
    """The stages that have a limit of their own: first contact, confirming, dispatching, checking …"""
    over = Stage.objects.filter(ended_at=None, late=False, paused_at=None, due_at__lt=moment)
    marked = 0
    for case_id, stage_id in list(over.order_by("due_at", "id").values_list("case_id", "id")):
        with deed(by=by, via="clock") as d:
            case = locked(case_id)
            stage = over.filter(pk=stage_id).first()
            if stage is None or stage.due_at is None:
                continue
            Stage.objects.filter(pk=stage.pk).update(late=True)
            if stage.kind == "handle" and stage.due_at == case.due_at:
                continue  # the case itself became overdue
            said = {
                "number": case.number,
                "stage": stage.kind,
                "due_at": clock.local(stage.due_at).isoformat(),
            }
            d.record("case.stage_overdue", case, effective_at=stage.due_at, details=said)
            marked += 1
    return marked


@job
def watch_deadlines() -> int:
    """The clock's job: `mark_overdue` as often as the schedule says."""
    return mark_overdue()
