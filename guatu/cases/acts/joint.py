"""Parts of a case done by supporting units (协同), and handing a case over (移交) to another unit or district.

While a part is open the lead waits; while an offer is open the case stays with who has it and its clock runs on.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.cases.acts import chunk
from guatu.cases.acts.moving import add_photos, locked, minute, person_of, who, write_step
from guatu.cases.acts.stages import end, follow
from guatu.cases.models import (
    OFFER_WORDS,
    PART_WORDS,
    STATUS_WORDS,
    Case,
    CaseUnit,
    HandOver,
    JointPart,
    Stage,
)
from guatu.cases.rules import belongs
from guatu.cases.rules.joint import OFFER_MOVES, OPEN_PARTS, PART_MOVES, SHARED, WORKED
from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, PendingAct, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit

# how a part, and an offer, may end without being done or taken
_PUT_AWAY = {"returned": "case.part_returned", "taken_back": "case.part_taken_back"}
_ENDED = {"returned": "case.hand_over_returned", "taken_back": "case.hand_over_taken_back"}


def speaks_for(by: Actor, unit: Unit | None, right: str, *, area: str = "") -> bool:
    """Whether this person acts for the unit: one of its own people or set over it, or the centre on its behalf."""
    path = unit.path if unit is not None else ""
    if by.scope.allows("case.dispatch", area=area, units=(path,)):
        return True
    if path and any(path.startswith(prefix) for prefix in by.scope.units(right)):
        return True
    return by.scope.may(right) and belongs(who(person_of(by)).unit_path, path)


def _check_lead(by: Actor, case: Case, right: str) -> None:
    if not speaks_for(by, case.unit, right, area=case.area):
        require(by.scope, right, area=case.area, units=(case.unit_path,))
        raise Problem("case.not_yours", number=case.number, unit=str(case.unit or "—"))


def _reason(text: str) -> str:
    if not text.strip():
        raise Problem("case.why_needed")
    return text.strip()


def show_to(case: Case, unit: Unit, role: str) -> None:
    """Let a unit see the case (support, offered, former); doing it again does nothing."""
    CaseUnit.objects.get_or_create(case=case, unit=unit, role=role, defaults={"home": case.home})


def hide_from(case: Case, unit: Unit | None, role: str) -> None:
    CaseUnit.objects.filter(case=case, unit=unit, role=role).delete()


# --- parts -------------------------------------------------------------------------------------------------------


def give_part(
    *,
    by: Actor,
    case: Case,
    unit: Unit,
    what: str,
    due_at: dt.datetime | None = None,
    version: int | None = None,
    via: str = "web",
) -> JointPart:
    """分派协同任务: ask another unit to do a part. The unit sees the case from now on, wherever it lies."""
    with deed(by=by, via=via) as d:
        row = locked(case)
        _check_lead(by, row, "case.handle")
        check_version(row, version)
        if row.status not in SHARED or row.unit is None:
            raise Problem("case.not_shared", number=row.number, status=str(STATUS_WORDS[row.status]))
        _check_part(row, unit, what, due_at, d.effective_at)
        part = JointPart(
            home=row.home, case=row, unit=unit, what=what.strip()[:300], due_at=due_at,
            given_by=person_of(by), given_at=d.effective_at,
        )  # fmt: skip
        part.save(force_insert=True)
        show_to(row, unit, "support")
        d.record("case.part_given", row, details=_said(part))
    return part


def _check_part(case: Case, unit: Unit, what: str, due_at: dt.datetime | None, now: dt.datetime) -> None:
    if not unit.active:
        raise Problem("case.unit_closed", unit=str(unit))
    if unit.id == case.unit_id:
        raise Problem("case.part_own", number=case.number, unit=str(unit))
    if not what.strip():
        raise Problem("case.part_untold", unit=str(unit))
    if due_at is not None and due_at <= now:
        raise Problem("case.part_past", due=minute(due_at))
    if due_at is not None and case.due_at is not None and due_at > case.due_at:
        raise Problem(
            "case.part_beyond", due=minute(due_at), number=case.number, case_due=minute(case.due_at)
        )


def _said(part: JointPart) -> dict[str, Any]:
    """What the ledger keeps of a part: who, never the words."""
    return {"part": str(part.id), "unit": part.unit.code, "unit_name": str(part.unit)}


def _answer_part(d: Deed, part: JointPart, answer: str, version: int | None) -> tuple[Case, JointPart]:
    """Lock the case and the part, check whether this person may answer it so, and move it."""
    row = locked(part.case_id)
    found = JointPart.objects.select_for_update(no_key=True).get(pk=part.pk)
    found = JointPart.objects.select_related("unit").get(pk=found.pk)
    sources, target, hands = PART_MOVES[answer]
    if hands == "lead":
        _check_lead(d.by, row, "case.handle")
    elif not speaks_for(d.by, found.unit, "case.handle", area=row.area):
        require(d.by.scope, "case.read", area=row.area, units=(row.unit_path, found.unit.path))
        raise Problem("case.part_not_yours", unit=str(found.unit))
    if found.status not in sources:
        raise Problem("case.part_moved_on", status=str(PART_WORDS[found.status]))
    check_version(found, version)
    found.case, found.status = row, target
    found.version += 1
    return row, found


def _close_part(case: Case, part: JointPart) -> None:
    """A unit that has no part in the case any more (neither open nor done) sees it no longer by this way."""
    kept = JointPart.objects.filter(case=case, unit_id=part.unit_id, status__in=(*OPEN_PARTS, "done"))
    if not kept.exists():
        hide_from(case, part.unit, "support")


def accept_part(*, by: Actor, part: JointPart, version: int | None = None, via: str = "web") -> JointPart:
    """The supporting unit takes the part on. Raises `case.part_moved_on`, `case.part_not_yours`."""
    with deed(by=by, via=via) as d:
        row, found = _answer_part(d, part, "accept", version)
        found.taken_by, found.taken_at = person_of(by), d.effective_at
        found.save(force_update=True)
        d.record("case.part_accepted", row, details=_said(found))
    return found


def finish_part(
    *,
    by: Actor,
    part: JointPart,
    note: str = "",
    photos: Sequence[Any] = (),
    version: int | None = None,
    via: str = "web",
) -> JointPart:
    """The supporting unit reports its part done, with photos taken after."""
    with deed(by=by, via=via) as d:
        row, found = _answer_part(d, part, "done", version)
        add_photos(by, row, photos, "after", via)
        if found.taken_at is None:
            found.taken_at = d.effective_at
        found.taken_by = found.taken_by or person_of(by)
        found.done_at, found.note = d.effective_at, note.strip()
        found.save(force_update=True)
        late = found.due_at is not None and d.effective_at > found.due_at
        d.record("case.part_done", row, details={**_said(found), "photos": len(photos), "late": late})
    return found


def return_part(
    *, by: Actor, part: JointPart, reason: str, version: int | None = None, via: str = "web"
) -> JointPart:
    """The supporting unit gives the part back, with the reason."""
    return _put_away(by, part, "return", _reason(reason), version, via)


def take_back_part(
    *, by: Actor, part: JointPart, reason: str = "", version: int | None = None, via: str = "web"
) -> JointPart:
    """The lead no longer needs the part."""
    return _put_away(by, part, "take_back", reason.strip(), version, via)


def _put_away(
    by: Actor, part: JointPart, answer: str, reason: str, version: int | None, via: str
) -> JointPart:
    with deed(by=by, via=via) as d:
        row, found = _answer_part(d, part, answer, version)
        found.note = reason
        found.save(force_update=True)
        _close_part(row, found)
        d.record(_PUT_AWAY[found.status], row, details=_said(found))
    return found


def check_parts(case: Case) -> None:
    """Handling waits for open parts and for the answer to an offer. Raises `case.parts_open`, `case.offer_open`."""
    parts = list(
        JointPart.objects.filter(case=case, status__in=OPEN_PARTS).select_related("unit").order_by("given_at")
    )
    if parts:
        named = "、".join(f"{part.unit}“{part.what}”" for part in parts[:5])
        raise Problem("case.parts_open", number=case.number, count=len(parts), parts=named)
    check_offers(case)


def check_offers(case: Case) -> None:
    """Raises `case.offer_open` while the case is offered to somebody."""
    offer = open_offer(case)
    if offer is not None:
        raise Problem("case.offer_open", number=case.number, unit=str(offer.to_unit or offer.peer))


# --- handing over ------------------------------------------------------------------------------------------------


def open_offer(case: Case) -> HandOver | None:
    """The offer of this case that waits for an answer."""
    return HandOver.objects.filter(case=case, status="offered").select_related("to_unit", "peer").first()


def offer_case(
    *,
    by: Actor,
    case: Case,
    to_unit: Unit | None = None,
    peer: Any = None,
    reason: str,
    version: int | None = None,
    via: str = "web",
) -> HandOver:
    """提出移交 to another unit, also of another district; or to another platform (`peer`), whose answer the exchange
    brings to `answer_offer`. The case stays where it is, and its clock runs on, until it is taken over."""
    if (to_unit is None) == (peer is None):
        raise ValueError("a case is offered to a unit or to a peer")
    with deed(by=by, via=via) as d:
        row = locked(case)
        _check_lead(by, row, "case.accept")
        check_version(row, version)
        if row.status not in WORKED or row.unit is None:
            raise Problem("case.not_to_hand_over", number=row.number, status=str(STATUS_WORDS[row.status]))
        check_offers(row)
        if to_unit is not None:
            if not to_unit.active:
                raise Problem("case.unit_closed", unit=str(to_unit))
            if to_unit.id == row.unit_id:
                raise Problem("case.offer_to_itself", number=row.number, unit=str(to_unit))
        offer = HandOver(
            home=row.home, case=row, from_unit=row.unit, to_unit=to_unit, peer=peer, reason=_reason(reason),
            offered_by=person_of(by), offered_at=d.effective_at,
        )  # fmt: skip
        offer.save(force_insert=True)
        if to_unit is not None:
            show_to(row, to_unit, "offered")
        d.record("case.offered", row, details=_between(offer))
    return offer


def _between(offer: HandOver) -> dict[str, Any]:
    there = offer.to_unit.code if offer.to_unit is not None else str(offer.peer or "")
    return {
        "offer": str(offer.id),
        "from": offer.from_unit.code if offer.from_unit is not None else "",
        "from_name": str(offer.from_unit or ""),
        "to": there,
        "to_name": str(offer.to_unit or offer.peer or ""),
    }


def answer_offer(
    *,
    by: Actor,
    offer: HandOver,
    answer: str,
    note: str = "",
    version: int | None = None,
    via: str = "web",
) -> HandOver:
    """accept 接手, return 退回 (with the reason) or take_back 收回. Accepted, the case is the other unit's from now on,
    with its limit and its whole history. Raises `case.offer_answered`, `case.offer_not_yours`."""
    with deed(by=by, via=via) as d:
        row = locked(offer.case_id)
        found = HandOver.objects.select_related("from_unit", "to_unit", "peer").get(pk=offer.pk)
        status, hands = OFFER_MOVES[answer]
        _check_answer(by, row, found, hands)
        if found.status != "offered":
            raise Problem("case.offer_answered", status=str(OFFER_WORDS[found.status]))
        check_version(found, version)
        if answer == "accept" and row.status not in WORKED:
            raise Problem("case.not_to_hand_over", number=row.number, status=str(STATUS_WORDS[row.status]))
        found.note = _reason(note) if answer == "return" else note.strip()
        _end_offer(d, row, found, status)
        if answer == "accept":
            _pass_on(d, row, found)
        else:
            d.record(_ENDED[status], row, details=_between(found))
    return found


def _check_answer(by: Actor, case: Case, offer: HandOver, hands: str) -> None:
    if hands == "giver":
        if not speaks_for(by, offer.from_unit, "case.accept", area=case.area):
            raise Problem("case.not_yours", number=case.number, unit=str(offer.from_unit or "—"))
    elif offer.peer_id is not None:
        require(
            by.scope, "case.dispatch", area=case.area
        )  # the exchange, or the centre that was told by telephone
    elif not speaks_for(by, offer.to_unit, "case.accept", area=offer.to_unit.area if offer.to_unit else ""):
        raise Problem("case.offer_not_yours", number=case.number, unit=str(offer.to_unit))


def _end_offer(d: Deed, case: Case, offer: HandOver, status: str) -> None:
    offer.case, offer.status = case, status
    offer.answered_by, offer.answered_at = person_of(d.by), d.effective_at
    offer.version += 1
    offer.save(force_update=True)
    hide_from(case, offer.to_unit, "offered")


def _pass_on(d: Deed, case: Case, offer: HandOver) -> None:
    """The case changes hands: the giver's stage ends, the taker's begins with the same clock and the same deadline.

    Taken over by another platform, it stays in our books with who had it; the exchange tells what becomes of it there.
    """
    before, person = case.status, person_of(d.by)
    if offer.to_unit is not None:
        if offer.from_unit is not None:
            show_to(case, offer.from_unit, "former")
        hide_from(case, offer.to_unit, "support")
        hide_from(case, offer.to_unit, "former")
        case.unit, case.status = offer.to_unit, "accepted"
        case.taker, case.accepted_at = person, d.effective_at
        case.handler, case.checker, case.routed = None, None, {}
    case.last_step_at = max(case.last_step_at, d.effective_at)
    case.version += 1
    if offer.to_unit is not None:
        _follow_on(d, case, person)
    case.save(force_update=True)
    said = {
        "number": case.number,
        "old": {"status": before},
        "new": {"status": case.status},
        **_between(offer),
    }
    act_id = d.record("case.handed_over", case, details=said)
    write_step(d, case, "hand_over", before, act_id, offer.reason)


def _follow_on(d: Deed, case: Case, person: Person | None) -> None:
    going = list(Stage.objects.filter(case=case, kind="handle", ended_at=None).order_by("part", "started_at"))
    for stage in going:
        kept = (stage.next_rung_at, stage.late)
        end(stage, d.effective_at, "hand_over", person)
        stage.pk, stage._state.adding = ids.new(), True
        stage.next_rung_at, stage.late = kept
        stage.unit, stage.round = case.unit, stage.round + 1
        stage.ended_at, stage.outcome, stage.by, stage.minutes_used, stage.version = None, "", None, None, 1
        stage.save(force_insert=True)
    follow(d, case, "hand_over", person)


# --- what ends by itself -----------------------------------------------------------------------------------------


def end_joint(act: PendingAct) -> None:
    """Reaction: a case that leaves its unit takes its open offer back; one that is no more takes its parts back too."""
    if (many := chunk.current()) is not None and many.quiet("joint", act.subject_id):
        return
    case = Case.objects.filter(pk=UUID(act.subject_id)).first()
    if case is None or case.status in WORKED:
        return
    offer = open_offer(case)
    parts: tuple[JointPart, ...] = ()
    if case.status in ("void", "duplicate", "withdrawn", "rejected"):
        parts = tuple(JointPart.objects.filter(case=case, status__in=OPEN_PARTS))
    if offer is None and not parts:
        return
    with deed(by=SYSTEM, via="system", effective_at=clock.local(act.effective_at), cause=act.id):
        if offer is not None:
            answer_offer(by=SYSTEM, offer=offer, answer="take_back", via="system")
        for part in parts:
            take_back_part(by=SYSTEM, part=part, via="system")
