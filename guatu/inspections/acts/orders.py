"""Orders to rectify or to shut: given with a visit, signed, reported as complied with, looked back at, ended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.files.acts import attach
from guatu.inspections import words
from guatu.inspections.acts.shared import DO, locked_order, may_do, minute, next_number, settings_for
from guatu.inspections.models import NormItem, Order, Visit
from guatu.inspections.rules import orders as rules
from guatu.inspections.rules import visits as visit_rules
from guatu.inspections.words import word
from guatu.kernel import calendar, clock, ids
from guatu.kernel.acts import SYSTEM, Actor, Deed, PendingAct, check_version, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import seal_fields
from guatu.places import acts as place_acts


@dataclass(frozen=True)
class Signer:
    """Who takes the order. name is sealed; capacity: 店长, 经营者. refused: nobody would sign, `witness` saw it."""

    name: str = ""
    capacity: str = ""
    refused: bool = False
    witness: str = ""


def _said(order: Order) -> dict[str, Any]:
    return {"number": order.number, "kind": order.kind, "place": order.place.name}


# --- with a visit ----------------------------------------------------------------------------------------------------


def follow_visit(
    d: Deed, visit: Visit, items: Sequence[NormItem], findings: Sequence[Any], *, signer: Signer | None, files: Sequence[Any],
    cause: UUID,
) -> Order | None:  # fmt: skip
    """What a finished visit does to orders: a look-back ends the one before; an outcome that demands it gives one."""
    before = _ended_by(d, visit, cause) if visit.kind == "look_back" else None
    if visit.outcome not in rules.ORDERS:
        return None
    order = _issue(d, visit, _lines(visit, items, findings, before), before, cause)
    if signer is not None:
        _sign(d, order, signer, files)
    if order.kind == "shut":
        _shut(d, order)
    return order


def _ended_by(d: Deed, visit: Visit, cause: UUID) -> Order | None:
    """The order the look-back was for: passed, and what was shut opens again; or failed."""
    row = Order.objects.filter(visit=visit.after_id, status__in=rules.OPEN).first()
    if row is None:
        return None
    order = locked_order(row)
    passed = visit.outcome == "pass"
    _end(d, order, "pass" if passed else "fail", cause)
    if passed:
        _reopen(d, order)
    return order


def _lines(
    visit: Visit, items: Sequence[NormItem], findings: Sequence[Any], before: Order | None
) -> list[dict[str, Any]]:
    """What the order demands: items not met that lead to an order; where none does, all not met; else the inspector's word."""
    said = {str(each.item_id): each for each in findings if each.verdict == "not_met"}
    unmet = [item for item in items if str(item.id) in said]
    known = {line["item"] for line in before.lines} if before is not None else set()
    grave = [item for item in unmet if item.consequence != "note" or str(item.id) in known] or unmet
    lines = [
        rules.line_of(item, _norm(item), said[str(item.id)].note.strip(), repeat=str(item.id) in known)
        for item in grave
    ]
    return lines or [rules.plain_line(visit.note)]


def _norm(item: NormItem) -> str:
    edition = item.norm_version
    return f"{edition.norm.title}（{edition.norm.number}）{edition.edition} {item.number}"


def _issue(
    d: Deed, visit: Visit, lines: Sequence[dict[str, Any]], before: Order | None, cause: UUID
) -> Order:
    at = clock.local(d.effective_at)
    due = rules.due_of(at, lines, calendar.current())
    # a visit that was taken back had an order: the paper keeps its number, what it says is written anew
    order = Order.objects.filter(visit=visit).first() or Order(id=ids.new(), visit=visit, number="")
    if not order.number or order.kind != visit.outcome:
        order.number = next_number(visit.campaign, visit.outcome, at.year)
    order.home, order.campaign, order.place, order.area = visit.home, visit.campaign, visit.place, visit.area
    order.kind, order.status = visit.outcome, "issued"
    order.lines, order.due_at, order.due_lines = list(due.lines), due.at, list(due.clock)
    order.issued_at, order.issued_by_id = at, d.by.id
    order.ended_at = order.complied_at = order.signed_at = None
    order.signed_as, order.sealed, order.late, order.note = "", {}, False, ""
    order.repeat = before is not None
    order.version += 0 if order._state.adding else 1
    order.save()
    told = {**_said(order), "due_at": minute(order.due_at), "lines": len(lines), "repeat": order.repeat}
    d.record("order.issued", order, details=told, cause=cause)
    return order


def _actor_for(d: Deed, order: Order) -> Actor:
    """Whoever acts, as long as shutting is theirs; a member of a team from elsewhere acts through the order alone."""
    scope = d.by.scope
    own = scope.allows("place.edit", area=order.area) or scope.allows(DO, area=order.area)
    return d.by if own else SYSTEM


def _shut(d: Deed, order: Order) -> None:
    place_acts.shut_place(by=_actor_for(d, order), place=order.place, at=d.effective_at, via=d.via)


def _reopen(d: Deed, order: Order) -> None:
    """What it shut opens; also when a milder order followed the one that shut it and was passed."""
    ends_it = order.kind == "shut" or order.status == "passed"
    if ends_it and order.place.shut_at is not None and not _still_shut(order.place_id, order.pk):
        place_acts.reopen_place(by=_actor_for(d, order), place=order.place, via=d.via)


def _still_shut(place_id: Any, but: Any = None) -> bool:
    rows = Order.objects.filter(place=place_id, kind="shut", status__in=rules.OPEN)
    return rows.exclude(pk=but).exists() if but is not None else rows.exists()


def _end(d: Deed, order: Order, step: str, cause: UUID | None = None, **details: Any) -> UUID:
    move = rules.ORDER_LIFE[step]
    if order.status not in move.sources:
        raise Problem(
            "order.wrong_step",
            number=order.number,
            status=order.status,
            status_word=word(words.ORDER_STATUS, order.status),
            step=step,
        )
    order.status = move.target
    order.ended_at = clock.local(d.effective_at)
    order.late = order.late or rules.is_late("issued", order.due_at, order.complied_at or order.ended_at)
    order.version += 1
    order.save()
    return d.record(move.verb, order, details={**_said(order), **details}, cause=cause)


def void(d: Deed, order: Order, reason: str, cause: UUID | None = None) -> None:
    """The order no longer stands and never should have: what it shut opens, its look-back is called off."""
    row = locked_order(order)
    row.note = reason[:500]
    act_id = _end(d, row, "withdraw", cause, reason=reason)
    _call_off(d, row, act_id)
    _reopen(d, row)


# --- signing ---------------------------------------------------------------------------------------------------------


def sign_order(
    *, by: Actor, order: Order, signer: Signer, files: Sequence[Any] = (), at: dt.datetime | None = None,
    version: int | None = None, via: str = "web",
) -> Order:  # fmt: skip
    """Somebody at the place takes the order, or refuses before a witness. files: the signature as a picture.

    Raises `order.who_signed`, `order.signed_already`, `order.ended`, `kernel.stale`, `access.denied`.
    """
    with deed(by=by, effective_at=at, via=via) as d:
        row = locked_order(order)
        may_do(by, row.visit)
        check_version(row, version)
        if row.status not in rules.OPEN:
            raise Problem("order.ended", number=row.number)
        if row.signed_at is not None:
            raise Problem("order.signed_already", number=row.number, when=minute(row.signed_at))
        row.version += 1
        _sign(d, row, signer, files)
    return row


def _sign(d: Deed, order: Order, signer: Signer, files: Sequence[Any]) -> None:
    name, witness = signer.name.strip()[:60], signer.witness.strip()[:60]
    capacity = rules.REFUSED if signer.refused else signer.capacity.strip()[:40]
    if not capacity or not (witness if signer.refused else name):
        raise Problem("order.who_signed", number=order.number)
    order.signed_as = capacity
    order.signed_at = clock.local(d.effective_at)
    order.sealed = seal_fields(
        order.id, {key: text for key, text in (("name", name), ("witness", witness)) if text}
    )
    order.save()
    for picture in files:
        attach(by=d.by, subject=order, upload=picture, purpose="signature", seen=False, via=d.via)
    verb = "order.refused" if signer.refused else "order.signed"
    d.record(verb, order, details={**_said(order), "capacity": capacity})


# --- complied with, looked back at -----------------------------------------------------------------------------------


def comply(
    *, by: Actor, order: Order, note: str = "", files: Sequence[Any] = (), at: dt.datetime | None = None,
    version: int | None = None, via: str = "web",
) -> Order:  # fmt: skip
    """It is said to be put right (with photos, if any): somebody looks again. `undo_comply` takes it back.

    Raises `order.wrong_step`, `kernel.future`, `kernel.stale`, `access.denied`.
    """
    with deed(by=by, effective_at=at, via=via) as d:
        row = _step(by, order, "comply", version)
        row.status = "complied"
        row.complied_at = clock.local(d.effective_at)
        row.late = row.late or rules.is_late("issued", row.due_at, row.complied_at)
        row.note = note.strip()[:500]
        row.version += 1
        row.save()
        for picture in files:
            attach(by=by, subject=row, upload=picture, purpose="after", seen=False, via=via)
        act_id = d.record("order.complied", row, details={**_said(row), "note": row.note})
        plan_look_back(d, row, act_id)
    return row


def undo_comply(*, by: Actor, order: Order, version: int | None = None, via: str = "web") -> Order:
    """It was said too soon. Not once somebody has begun to look. Raises `order.wrong_step`, `visit.followed`."""
    with deed(by=by, via=via) as d:
        row = _step(by, order, "uncomply", version)
        if Visit.objects.filter(after=row.visit_id, status="started").exists():
            raise Problem("visit.followed", place=row.place.name)
        row.status, row.complied_at, row.note = "issued", None, ""
        row.version += 1
        row.save()
        act_id = d.record("order.compliance_undone", row, details=_said(row))
        if not row.late:
            _call_off(d, row, act_id)
    return row


def _step(by: Actor, order: Order, step: str, version: int | None) -> Order:
    row = locked_order(order)
    move = rules.ORDER_LIFE[step]
    may_do(by, row.visit, move.right)
    if row.status not in move.sources:
        raise Problem(
            "order.wrong_step",
            number=row.number,
            status=row.status,
            status_word=word(words.ORDER_STATUS, row.status),
            step=step,
        )
    check_version(row, version)
    return row


def plan_look_back(d: Deed, order: Order, cause: UUID | None = None) -> Visit:
    """The visit that looks again, made once: due by the order's limit, but never sooner than people can go there."""
    visit = order.visit
    waiting = Visit.objects.filter(after=visit, kind="look_back", status__in=visit_rules.WAITING).first()
    settings = settings_for(order.campaign)
    due = rules.look_back_due(
        clock.local(order.due_at), clock.local(d.effective_at), settings.look_back, calendar.current()
    )
    if waiting is not None:
        return waiting
    removed = Visit.objects.filter(after=visit, kind="look_back", status="removed").first()
    row = removed or Visit(
        id=ids.new(), home=visit.home, campaign=visit.campaign, round=visit.round, place=visit.place, area=visit.area,
        kind="look_back", after=visit, priority=max(visit.priority, 2), minutes=visit.minutes,
        kept={name: visit.kept.get(name, "") for name in ("kind", "industry", "risk", "unit")},
    )  # fmt: skip
    row.status, row.due_at = "planned", due
    row.version += 1 if removed is not None else 0
    row.save()
    said = {"place": order.place.name, "order": order.number, "due_at": minute(due)}
    d.record("visit.look_back_planned", row, details=said, cause=cause)
    return row


def _call_off(d: Deed, order: Order, cause: UUID | None) -> None:
    for row in Visit.objects.select_for_update(no_key=True).filter(
        after=order.visit_id, kind="look_back", status="planned"
    ):
        row.status, row.version = "removed", row.version + 1
        row.team, row.seq = None, None
        row.save(update_fields=["status", "version", "team", "seq"])
        d.record("visit.removed", row, details={"place": order.place.name}, cause=cause)


def look_back_now(*, by: Actor, order: Order, via: str = "web") -> Visit:
    """Plan the look-back although nobody has reported compliance: somebody is going there anyway."""
    with deed(by=by, via=via) as d:
        row = locked_order(order)
        may_do(by, row.visit)
        if row.status not in rules.OPEN:
            raise Problem("order.ended", number=row.number)
        return plan_look_back(d, row)


def withdraw_order(
    *, by: Actor, order: Order, reason: str, version: int | None = None, via: str = "web"
) -> Order:
    """The order was wrong (not: was followed). What it shut opens again. Raises `order.reason_needed`, `order.wrong_step`."""
    with deed(by=by, via=via) as d:
        row = _step(by, order, "withdraw", version)
        if not reason.strip():
            raise Problem("order.reason_needed", number=row.number)
        void(d, row, reason.strip())
        row.refresh_from_db()
    return row


def refuse_reopening(act: PendingAct) -> None:
    """A reaction: a place that an order shut opens by a look-back that was passed (or a withdrawn order), never otherwise."""
    row = Order.objects.filter(place=UUID(act.subject_id), kind="shut", status__in=rules.OPEN).first()
    if row is not None:
        raise Problem("order.still_shut", number=row.number, place=row.place.name)


# --- the clock -------------------------------------------------------------------------------------------------------


def mark_late_orders(*, by: Actor = SYSTEM, now: dt.datetime | None = None) -> int:
    """Mark every order whose limit has run out with nobody saying it was complied with; somebody must go and look.
    Answers how many. Repeating it does nothing."""
    moment = now or clock.now()
    waiting = Order.objects.filter(status="issued", late=False, due_at__lt=moment).order_by("due_at", "id")
    marked = 0
    for order_id in list(waiting.values_list("id", flat=True)):
        with deed(by=by, via="clock") as d:
            order = locked_order(order_id)
            if order.late or not rules.is_late(order.status, order.due_at, moment):
                continue
            order.late = True
            # the version stays: what a person prepared on the order is not made stale by the clock
            order.save(update_fields=["late"])
            told: Mapping[str, Any] = {**_said(order), "due_at": minute(order.due_at)}
            act_id = d.record("order.became_late", order, effective_at=order.due_at, details=told)
            plan_look_back(d, order, act_id)
            marked += 1
    return marked


@job
def watch_orders() -> int:
    """The clock's job: `mark_late_orders` as often as the schedule says."""
    return mark_late_orders()
