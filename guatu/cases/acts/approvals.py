"""What somebody must approve: hold 挂账, extension 延期, return 退回, void 作废. One person asks, another decides."""

import datetime as dt
from decimal import Decimal
from typing import Any

from guatu.cases.acts.clockwork import clock_details, read_limit
from guatu.cases.acts.moving import (
    check_hands,
    check_moment,
    check_reason,
    check_step,
    locked,
    minute,
    person_of,
    take_step,
)
from guatu.cases.acts.stages import book_of, handling, recount, set_rung, show_on
from guatu.cases.models import LIMIT_WORDS, REQUEST_STATUS_WORDS, REQUEST_WORDS, Case, Request
from guatu.cases.rules import ASKED, Limit, is_late
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem

_Given = Limit | tuple[Any, str] | None


def ask(
    *,
    by: Actor,
    case: Case,
    kind: str,
    reason: str,
    until: dt.datetime | None = None,
    limit: _Given = None,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Request:
    """Ask for a hold, an extension, a return or a void. Where the campaign asks for no approval it happens at once.

    until: a hold is looked at again then. limit: how much longer (extend); default: once more the whole limit.
    """
    if kind not in ASKED:
        raise ValueError(f"nobody need ask for {kind}")
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row = locked(case)
        move = check_step(row, kind, version)
        check_hands(d.by, row, move)
        check_moment(row, d.effective_at)
        request = Request(
            home=row.home, case=row, kind=kind, reason=check_reason(move, reason), asked_by=person_of(by),
            asked_at=d.effective_at, until=until,
        )  # fmt: skip
        _check_wanted(d, row, request, read_limit(*limit) if isinstance(limit, tuple) else limit)
        if kind not in book_of(row).approvals:
            request.status, request.decided_at = "granted", d.effective_at
            request.save(force_insert=True)
            _grant(d, row, request, "")
            return request
        if Request.objects.filter(case=row, kind=kind, status="asked").exists():
            raise Problem("case.asked_already", number=row.number, what=str(REQUEST_WORDS[kind]))
        request.save(force_insert=True)
        said = {
            "number": row.number,
            "kind": kind,
            "request": str(request.id),
            "what": str(REQUEST_WORDS[kind]),
        }
        d.record("case.requested", row, details=said)
    return request


def _check_wanted(d: Deed, case: Case, request: Request, limit: Limit | None) -> None:
    if request.kind == "hold" and request.until is not None and request.until <= d.effective_at:
        raise Problem("case.hold_past", until=minute(request.until))
    if request.kind != "extend":
        return
    if case.extended_at is not None:
        raise Problem("case.extended_once", number=case.number, when=minute(case.extended_at))
    if case.due_at is None or case.limit_amount is None:
        raise Problem("case.no_limit", number=case.number)
    if is_late(case.due_at, d.effective_at):
        raise Problem("case.extend_late", number=case.number, due=minute(case.due_at))
    limit = limit or Limit(_last_limit(case), case.limit_unit)
    if limit.unit != case.limit_unit or limit.amount > _last_limit(case):
        most = f"{_last_limit(case).normalize():f} {LIMIT_WORDS[case.limit_unit]}"
        raise Problem("case.extend_too_long", number=case.number, most=most)
    request.limit_amount, request.limit_unit = limit.amount, limit.unit


def _last_limit(case: Case) -> Decimal:
    assert case.limit_amount is not None
    return case.limit_amount


def decide(
    *,
    by: Actor,
    request: Request,
    granted: bool,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Request:
    """Approve or refuse, by somebody else than the asker. What is approved happens in the same transaction."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        case = locked(request.case_id)
        row = Request.objects.select_for_update(no_key=True).get(pk=request.pk)
        require(by.scope, "case.approve", area=case.area, units=(case.unit_path,))
        check_version(row, version)
        if row.status != "asked":
            raise Problem("case.decided_already", number=case.number, what=str(REQUEST_WORDS[row.kind]))
        if by.id is not None and by.id == row.asked_by_id:
            raise Problem("case.own_request", number=case.number, what=str(REQUEST_WORDS[row.kind]))
        note = note.strip()
        if not granted and not note:
            raise Problem("case.refusal_reason", what=str(REQUEST_WORDS[row.kind]))
        row.status = "granted" if granted else "refused"
        row.decided_by, row.decided_at, row.note = person_of(by), d.effective_at, note
        row.version += 1
        row.save()
        said = {"number": case.number, "kind": row.kind, "request": str(row.id), "granted": granted,
                "what": str(REQUEST_WORDS[row.kind]), "outcome": str(REQUEST_STATUS_WORDS[row.status])}  # fmt: skip
        cause = d.record("case.decided", case, details=said)
        if granted:
            with deed(by=by, effective_at=d.effective_at, via=via, cause=cause) as inner:
                _grant(inner, case, row, note)
    return row


def take_back(*, by: Actor, request: Request, via: str = "web") -> Request:
    """The asker takes the request back while nobody has decided."""
    with deed(by=by, via=via) as d:
        case = locked(request.case_id)
        row = Request.objects.select_for_update(no_key=True).get(pk=request.pk)
        if row.status != "asked":
            raise Problem("case.decided_already", number=case.number, what=str(REQUEST_WORDS[row.kind]))
        if by.id is not None and by.id != row.asked_by_id:
            raise Problem("case.not_asker", number=case.number)
        row.status, row.decided_at = "taken_back", d.effective_at
        row.version += 1
        row.save()
        said = {
            "number": case.number,
            "kind": row.kind,
            "request": str(row.id),
            "what": str(REQUEST_WORDS[row.kind]),
        }
        d.record("case.request_taken_back", case, details=said)
    return row


def _grant(d: Deed, case: Case, request: Request, note: str) -> None:
    """Do what was asked for. The step checks once more: the case may have moved on since."""
    move = check_step(case, request.kind, None)
    check_moment(case, d.effective_at)
    why = request.reason if not note else f"{request.reason}\n{note}"
    said: dict[str, Any] = {"request": str(request.id)}
    if request.kind == "return":
        said["unit"] = case.unit.code if case.unit is not None else ""
        case.returns += 1
        take_step(d, case, move, note=why, details=said, leaving=True)
    elif request.kind == "hold":
        case.held_from, case.held_until = case.status, request.until
        take_step(d, case, move, note=why, details=said)
    elif request.kind == "void":
        take_step(d, case, move, note=why, details=said)
    else:
        _extend(d, case, request)
        take_step(d, case, move, note=why, details={**said, **clock_details(case)})


def _extend(d: Deed, case: Case, request: Request) -> None:
    if case.extended_at is not None:
        raise Problem("case.extended_once", number=case.number, when=minute(case.extended_at))
    assert request.limit_amount is not None and case.limit_amount is not None
    parts = handling(case)
    total = Limit(parts[-1].limit_amount + request.limit_amount if parts and parts[-1].limit_amount is not None
                  else case.limit_amount + request.limit_amount, case.limit_unit)  # fmt: skip
    case.extended_at = d.effective_at
    if not parts:
        return
    last = parts[-1]
    recount(last, total)
    set_rung(last, book_of(case))
    last.why = [*last.why, {"what": "extended", "amount": str(request.limit_amount), "unit": request.limit_unit,
                            "at": clock.local(d.effective_at).isoformat()}]  # fmt: skip
    last.version += 1
    last.save()
    show_on(case, last)
    case.upper_due_at = (
        None
        if case.upper_due_at is not None and case.due_at is not None and case.due_at > case.upper_due_at
        else case.upper_due_at
    )
