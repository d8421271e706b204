"""What every step shares: lock the row, check the table, check the hands, write the step down."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.cases import problems as problems
from guatu.cases.acts import chunk
from guatu.cases.acts.stages import Timing, follow
from guatu.cases.models import STATUS_WORDS, STEP_WORDS, Case, Step
from guatu.cases.rules import LIFECYCLE, Move, Who, allowed, belongs
from guatu.files.acts import attach
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version
from guatu.kernel.problems import Problem
from guatu.units.models import Person


def locked(case: Case | UUID) -> Case:
    """The row as it stands now, held until the transaction ends: of a hundred that come at once, one goes first."""
    wanted = case.pk if isinstance(case, Case) else case
    if (many := chunk.current()) is not None and (row := many.locked(case)) is not None:
        return row
    # first the lock, then the row with its people: PostgreSQL joins them as they were when the waiting began
    held = Case.objects.select_for_update(no_key=True).filter(pk=wanted).values_list("pk", flat=True).first()
    rows = Case.objects.select_related(*chunk.WITH)
    found = rows.filter(pk=held).first() if held is not None else None
    if found is None:
        raise Problem("access.not_found")
    return found


def person_of(by: Actor) -> Person | None:
    """The person who acts; None for the system."""
    return by if isinstance(by, Person) else None


def who(person: Person | None) -> Who:
    unit = person.unit if person is not None else None
    return Who(person.id if person is not None else None, unit.path if unit is not None else "")


def check_hands(by: Actor, case: Case, move: Move) -> None:
    """The right over the case, and for the unit's own steps: the unit's own people, or the centre on its behalf."""
    require(by.scope, move.right, area=case.area, units=(case.unit_path,))
    if not move.own or case.unit is None:
        return
    given = any(case.unit_path.startswith(prefix) for prefix in by.scope.units(move.right))
    centre = by.scope.allows("case.dispatch", area=case.area, units=(case.unit_path,))
    if not (given or centre or belongs(who(person_of(by)).unit_path, case.unit_path)):
        raise Problem("case.not_yours", number=case.number, unit=str(case.unit))


def check_step(case: Case, step: str, version: int | None) -> Move:
    """The row of the lifecycle, when the case may take it; who has it already is told by name."""
    if not allowed(step, case.status):
        if step == "accept" and case.status == "accepted" and case.accepted_at is not None:
            raise Problem(
                "case.taken", number=case.number, who=_name(case.taker), when=minute(case.accepted_at)
            )
        raise Problem(
            "case.wrong_step",
            number=case.number,
            status=str(STATUS_WORDS[case.status]),
            step=str(STEP_WORDS[step]),
        )
    check_version(case, version)
    return LIFECYCLE[step]


def _name(person: Person | None) -> str:
    if person is None:
        return "系统"
    return f"{person.unit}{person.name}" if person.unit is not None else person.name


def minute(moment: dt.datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def check_reason(move: Move, text: str) -> str:
    text = text.strip()
    if "reason" in move.needs and not text:
        raise Problem("case.reason_needed", step=str(STEP_WORDS[move.step]))
    return text


def check_moment(case: Case, at: dt.datetime) -> None:
    """Steps follow each other in time, to the minute (what people type has no seconds)."""
    if at < case.last_step_at.replace(second=0, microsecond=0):
        raise Problem("case.before_last_step", when=minute(at), last=minute(case.last_step_at))


def add_photos(by: Actor, case: Case, photos: Sequence[Any], purpose: str, via: str) -> None:
    """Attach uploads as photos of the case. Raises `case.not_a_picture` for anything that cannot be looked at."""
    for photo in photos:
        kept = attach(by=by, subject=case, upload=photo, purpose=purpose, seen=False, via=via)
        if not kept.content_type.startswith(("image/", "video/")):
            raise Problem("case.not_a_picture", name=kept.name)


def take_step(
    d: Deed,
    case: Case,
    move: Move,
    *,
    note: str = "",
    details: dict[str, Any] | None = None,
    target: str = "",
    timing: Sequence[Timing] = (),
    leaving: bool = False,
) -> UUID:
    """Move the case, end and begin its stages, keep the step, write it into the ledger; answers the act's id.

    target: where a move without a fixed one leads (resume, unmerge). timing: the parts of a limit set by this step.
    leaving: nobody has the case afterwards; what ends still names the unit that had it.
    """
    before = case.status
    case.status = target or move.target or case.status
    case.last_step_at = max(case.last_step_at, d.effective_at)
    case.version += 1
    follow(d, case, move.step, person_of(d.by), timing)
    if leaving:
        case.unit = case.taker = None
        case.accepted_at = case.dispatched_at = None
    case.save(force_update=True)
    said = {
        "number": case.number,
        "old": {"status": before},
        "new": {"status": case.status},
        **(details or {}),
    }
    act_id = d.record(move.verb, case, details=said)
    write_step(d, case, move.step, before, act_id, note)
    return act_id


def write_step(d: Deed, case: Case, step: str, before: str, act_id: UUID, note: str = "") -> None:
    row = Step(
        home=case.home, case=case, step=step, from_status=before, to_status=case.status, at=d.effective_at,
        by=person_of(d.by), unit=case.unit, note=note, class_code=case.class_code,
        area=case.area, due_at=case.due_at, act_id=act_id,
    )  # fmt: skip
    chunk.create(case.pk, [row])
