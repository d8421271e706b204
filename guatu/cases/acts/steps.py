"""The steps of the lifecycle, one function each. All take the case, lock it, and answer it as it then stands."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.cases.acts.clockwork import (
    class_limit,
    class_of,
    clock_details,
    note_overdue,
    read_limit,
    start_clock,
)
from guatu.cases.acts.moving import (
    add_photos,
    check_hands,
    check_moment,
    check_reason,
    check_step,
    locked,
    person_of,
    take_step,
    who,
)
from guatu.cases.models import Case
from guatu.cases.rules import Limit, Move, is_late, same_hands
from guatu.files.models import Attachment
from guatu.kernel import calendar, clock, workcalendar
from guatu.kernel.acts import Actor, Deed, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

_Given = Limit | tuple[Any, str] | None


def _limit(given: _Given) -> Limit | None:
    return read_limit(*given) if isinstance(given, tuple) else given


def _begin(d: Deed, case: Case, step: str, version: int | None) -> tuple[Case, Move]:
    row = locked(case)
    move = check_step(row, step, version)
    check_hands(d.by, row, move)
    check_moment(row, d.effective_at)
    return row, move


def file_case(
    *,
    by: Actor,
    case: Case,
    limit: _Given = None,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """立案: the matter is taken up. A limit given here runs from when the case was opened (what the platform above sets)."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "file", version)
        wanted = _limit(limit)
        if wanted is not None:
            start_clock(row, wanted, row.opened_at)
            row.upper_due_at = row.due_at
        row.filed_at = d.effective_at
        take_step(d, row, move, note=note, details=clock_details(row))
    return row


def reject_case(
    *,
    by: Actor,
    case: Case,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """不予受理: not a matter for this office, with the reason."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "reject", version)
        take_step(d, row, move, note=check_reason(move, reason))
    return row


def dispatch_case(
    *,
    by: Actor,
    case: Case,
    unit: Unit,
    limit: _Given = None,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """派单 to a unit. A limit given here runs from now; without one the case keeps its deadline, else its class's limit."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "dispatch", version)
        if not unit.active:
            raise Problem("case.unit_closed", unit=str(unit))
        wanted = _limit(limit)
        if wanted is None and row.due_at is None:
            wanted = class_limit(row)
            if wanted is None:
                raise Problem("case.limit_needed", number=row.number)
        if wanted is not None:
            start_clock(row, wanted, d.effective_at)
        row.unit, row.dispatched_at = unit, d.effective_at
        row.taker = row.handler = row.checker = None
        row.accepted_at = row.handled_at = row.verified_at = None
        take_step(d, row, move, note=note, details={"unit": unit.code, **clock_details(row)})
    return row


def recall_case(
    *, by: Actor, case: Case, version: int | None = None, note: str = "", via: str = "web"
) -> Case:
    """撤回派单 while nobody has accepted it; the way back after a slip. The deadline stays."""
    with deed(by=by, via=via) as d:
        row, move = _begin(d, case, "recall", version)
        unit = row.unit
        row.unit, row.dispatched_at = None, None
        take_step(d, row, move, note=note, details={"unit": unit.code if unit else ""})
    return row


def accept_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """接单 by the unit. Of many who press at once one takes it; the others are told who (`case.taken`)."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "accept", version)
        row.taker, row.accepted_at = person_of(by), d.effective_at
        take_step(d, row, move, note=note)
    return row


def return_case(
    *,
    by: Actor,
    case: Case,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """退回 by the unit, with the reason, to whoever dispatches. The clock runs on."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "return", version)
        text = check_reason(move, reason)
        unit, row.unit = row.unit, None
        row.taker, row.accepted_at, row.dispatched_at = None, None, None
        take_step(d, row, move, note=text, details={"unit": unit.code if unit else ""})
    return row


def handle_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    photos: Sequence[Any] = (),
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """处置完毕, with photos taken after (uploads); the class may say that none is needed."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "handle", version)
        if not photos and not _after_photo(row) and _needs_photo(row):
            raise Problem("case.photo_needed", number=row.number)
        add_photos(by, row, photos, "after", via)
        if not row.late and is_late(row.due_at, d.effective_at):
            note_overdue(d, row)  # the clock's job had not come by yet
        row.late = is_late(row.due_at, d.effective_at)
        row.handler, row.handled_at = person_of(by), d.effective_at
        if row.clock_started_at is not None:
            row.minutes_used = workcalendar.minutes_worked(
                clock.local(row.clock_started_at),
                clock.local(d.effective_at),
                row.limit_unit,
                calendar.current(),
            )
        take_step(d, row, move, note=note, details={"photos": len(photos), "late": row.late})
    return row


def _after_photo(case: Case) -> bool:
    """An after photo of this round: what was sent back by verification must be photographed anew."""
    rows = Attachment.objects.filter(
        subject_type="case", subject_id=str(case.id), purpose="after", withdrawn=False
    )
    sent_back = case.steps.filter(step="rework").order_by("-at").first()
    return rows.filter(made_at__gte=sent_back.at).exists() if sent_back is not None else rows.exists()


def _needs_photo(case: Case) -> bool:
    found = class_of(case)
    return found is None or found.needs_photo


def verify_case(
    *,
    by: Actor,
    case: Case,
    passed: bool,
    note: str = "",
    limit: _Given = None,
    photos: Sequence[Any] = (),
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """核查 by somebody of another unit. Not passed: back to the unit with the reason, and a new limit if one is given."""
    step = "pass" if passed else "rework"
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, step, version)
        _check_other_hands(by, row)
        text = check_reason(move, note)
        add_photos(by, row, photos, "check", via)
        row.checker = person_of(by)
        if passed:
            row.verified_at = d.effective_at
        else:
            row.rework += 1
            row.handled_at, row.minutes_used = None, None
            wanted = _limit(limit)
            if wanted is not None:
                row.upper_due_at = (
                    None  # the checking side grants new time; what was demanded has been missed
                )
                start_clock(row, wanted, d.effective_at)
        take_step(d, row, move, note=text, details=clock_details(row) if not passed else {})
    return row


def _check_other_hands(by: Actor, case: Case) -> None:
    why = same_hands(who(case.handler), who(person_of(by)), case.unit_path)
    if why == "person":
        raise Problem("case.same_person", number=case.number)
    if why == "unit":
        raise Problem("case.same_unit", number=case.number, unit=str(case.unit or ""))


def close_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """结案 of a verified case."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "close", version)
        row.closed_at = d.effective_at
        take_step(d, row, move, note=note)
    return row


def void_case(
    *,
    by: Actor,
    case: Case,
    reason: str,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """作废 with the reason: registered by mistake or twice. It no longer counts; the record stays."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = _begin(d, case, "void", version)
        take_step(d, row, move, note=check_reason(move, reason))
    return row


@dataclass(frozen=True)
class Outcome:
    """What became of one case of many: the case as it stands, or the refusal."""

    case_id: UUID
    case: Case | None
    problem: Problem | None = None


def many(
    act: Callable[..., Case],
    *,
    by: Actor,
    cases: Iterable[tuple[Case, int | None]],
    via: str = "web",
    **arguments: Any,
) -> list[Outcome]:
    """One act on many cases (with the version each was seen at); what is refused is told and hinders nobody else."""
    outcomes = []
    for case, version in cases:
        try:
            outcomes.append(Outcome(case.id, act(by=by, case=case, version=version, via=via, **arguments)))
        except Problem as refusal:
            outcomes.append(Outcome(case.id, None, refusal))
    return outcomes
