"""The steps of the lifecycle, one function each. All take the case, lock it, and answer it as it then stands."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.cases.acts.clockwork import (
    clock_details,
    note_overdue,
    put_clock,
    read_limit,
    start_clock,
    timing_by_rule,
    timing_given,
)
from guatu.cases.acts.joint import check_parts
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
from guatu.cases.acts.stages import Timing, book_of, end, handling, pauses_of
from guatu.cases.models import STAGE_WORDS, Case
from guatu.cases.rules import Limit, Move, is_late, minutes_used, same_hands
from guatu.files.models import Attachment
from guatu.kernel import calendar, clock
from guatu.kernel.acts import Actor, Deed, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

_Given = Limit | tuple[Any, str] | None


def _limit(given: _Given) -> Limit | None:
    return read_limit(*given) if isinstance(given, tuple) else given


def begin(d: Deed, case: Case, step: str, version: int | None) -> tuple[Case, Move]:
    """The locked row and its move, when this person may take the step now."""
    row = locked(case)
    move = check_step(row, step, version)
    check_hands(d.by, row, move)
    check_moment(row, d.effective_at)
    return row, move


def check_evidence(case: Case, kind: str, note: str, photos: Sequence[Any]) -> None:
    """What the campaign asks to be shown at the end of a stage: a note, a photo."""
    rule = book_of(case).stage(kind)
    if "note" in rule.evidence and not note.strip():
        raise Problem("case.reason_needed", step=str(STAGE_WORDS[kind]))
    if "photo" in rule.evidence and not photos:
        raise Problem("case.evidence_needed", number=case.number, stage=str(STAGE_WORDS[kind]))


def confirm_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    photos: Sequence[Any] = (),
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """核实 before filing: somebody else went and saw that it is so."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "confirm", version)
        if by.id is not None and by.id == row.finder_id:
            raise Problem("case.finder_confirms", number=row.number)
        check_evidence(row, "confirm", note, photos)
        add_photos(by, row, photos, "before", via)
        take_step(d, row, move, note=note)
    return row


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
        row, move = begin(d, case, "file", version)
        if row.status == "reported" and book_of(row).stage("confirm").asked_for(row.source):
            raise Problem("case.confirm_first", number=row.number)
        check_evidence(row, "file", note, ())
        wanted = _limit(limit)
        if wanted is not None:
            put_clock(row, timing_given(wanted, row.opened_at, "upper"))
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
        row, move = begin(d, case, "reject", version)
        take_step(d, row, move, note=check_reason(move, reason))
    return row


def dispatch_case(
    *,
    by: Actor,
    case: Case,
    unit: Unit,
    limit: _Given = None,
    note: str = "",
    routed: Mapping[str, Any] | None = None,
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """派单 to a unit. A limit given here runs from now; without one the case keeps its deadline, else its usual limit
    holds (stricter in a guarantee period). routed: why this unit, kept as it was decided."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "dispatch", version)
        if not unit.active:
            raise Problem("case.unit_closed", unit=str(unit))
        timing = _timing(row, _limit(limit), d.effective_at)
        row.unit, row.dispatched_at = unit, d.effective_at
        row.taker = row.handler = row.checker = None
        row.accepted_at = row.handled_at = row.verified_at = None
        row.routed = dict(routed or {})
        take_step(d, row, move, note=note, details={"unit": unit.code, **clock_details(row)}, timing=timing)
    return row


def _timing(case: Case, given: Limit | None, at: dt.datetime) -> list[Timing]:
    if given is None and case.due_at is not None:
        return []  # the deadline stands
    timing = timing_given(given, at, "given") if given is not None else timing_by_rule(case, at)
    if not timing:
        raise Problem("case.limit_needed", number=case.number)
    put_clock(case, timing)
    return timing


def recall_case(
    *, by: Actor, case: Case, version: int | None = None, note: str = "", via: str = "web"
) -> Case:
    """撤回派单 while nobody has accepted it; the way back after a slip. The deadline stays."""
    with deed(by=by, via=via) as d:
        row, move = begin(d, case, "recall", version)
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
        row, move = begin(d, case, "accept", version)
        row.taker, row.accepted_at = person_of(by), d.effective_at
        take_step(d, row, move, note=note)
    return row


def report_stage(
    *,
    by: Actor,
    case: Case,
    part: int,
    note: str = "",
    photos: Sequence[Any] = (),
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """One part of a limit in several stages is done (the leak is stopped; the repair is still to come)."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "stage", version)
        parts = handling(row)
        found = next((each for each in parts if each.part == part), None)
        if found is None or len(parts) < 2:
            raise Problem("case.no_such_part", number=row.number)
        add_photos(by, row, photos, "after", via)
        end(found, d.effective_at, "stage", person_of(by))
        take_step(d, row, move, note=note, details={"part": part, "name": found.name})
    return row


def handle_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    photos: Sequence[Any] = (),
    result: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """处置完毕, with photos taken after (uploads); the class may say that none is needed. Where the campaign asks for
    feeding back, the case waits for it. result: solved or explained (解释说明)."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "handle", version)
        check_parts(row)
        if by.id is not None and by.id == row.finder_id:
            raise Problem("case.finder_handles", number=row.number)
        if not photos and not _after_photo(row) and _needs_photo(row):
            raise Problem("case.photo_needed", number=row.number)
        check_evidence(row, "handle", note, ())
        add_photos(by, row, photos, "after", via)
        if not row.late and is_late(row.due_at, d.effective_at):
            note_overdue(d, row)  # the clock's job had not come by yet
        row.late = is_late(row.due_at, d.effective_at)
        row.handler, row.handled_at = person_of(by), d.effective_at
        row.result = result or row.result
        row.minutes_used = _minutes(row, d.effective_at)
        halt = move.halt if book_of(row).stage("feed_back").asked_for(row.source) else ""
        take_step(d, row, move, note=note, details={"photos": len(photos), "late": row.late}, target=halt)
    return row


def _minutes(case: Case, at: dt.datetime) -> int | None:
    if case.clock_started_at is None or not case.limit_unit:
        return None
    pauses = [pause for stage in handling(case) for pause in pauses_of(stage)]
    start, until = clock.local(case.clock_started_at), clock.local(at)
    return minutes_used(start, until, case.limit_unit, calendar.current(), pauses)


def feed_back_case(
    *,
    by: Actor,
    case: Case,
    note: str,
    result: str = "solved",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """反馈: the centre writes down what came of it (solved, or only explained) and passes it on to be checked."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "feed_back", version)
        row.result = result
        take_step(d, row, move, note=check_reason(move, note), details={"result": result})
    return row


def _after_photo(case: Case) -> bool:
    """An after photo of this round: what was sent back by verification must be photographed anew."""
    rows = Attachment.objects.filter(
        subject_type="case", subject_id=str(case.id), purpose="after", withdrawn=False
    )
    sent_back = case.steps.filter(step="rework").order_by("-at").first()
    return rows.filter(made_at__gte=sent_back.at).exists() if sent_back is not None else rows.exists()


def _needs_photo(case: Case) -> bool:
    return case.case_class is None or case.case_class.needs_photo


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
        row, move = begin(d, case, step, version)
        check_other_hands(by, row)
        text = check_reason(move, note)
        check_evidence(row, "check", note, photos)
        add_photos(by, row, photos, "check", via)
        timing: list[Timing] = []
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
                timing = start_clock(row, wanted, d.effective_at)
        details = clock_details(row) if not passed else {}
        take_step(d, row, move, note=text, details=details, timing=timing)
    return row


def check_other_hands(by: Actor, case: Case) -> None:
    """Whoever checks neither found nor handled it, nor is of the unit that did. Raises which of them it was."""
    why = same_hands(who(case.handler), who(person_of(by)), case.unit_path, case.finder_id)
    if why == "finder":
        raise Problem("case.finder_checks", number=case.number)
    if why == "person":
        raise Problem("case.same_person", number=case.number)
    if why == "unit":
        raise Problem("case.same_unit", number=case.number, unit=str(case.unit or ""))


def close_case(
    *,
    by: Actor,
    case: Case,
    note: str = "",
    public_note: str = "",
    version: int | None = None,
    effective_at: dt.datetime | None = None,
    via: str = "web",
) -> Case:
    """结案 of a verified case. public_note: what people outside are told of the outcome."""
    with deed(by=by, effective_at=effective_at, via=via) as d:
        row, move = begin(d, case, "close", version)
        check_evidence(row, "close", note, ())
        row.closed_at = d.effective_at
        row.public_note = public_note.strip() or row.public_note
        take_step(d, row, move, note=note)
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
