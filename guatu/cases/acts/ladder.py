"""The escalation ladder: who is told that a limit runs out, who has seen it, and the supervision order at its end."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.cases import problems as problems
from guatu.cases.acts import chunk
from guatu.cases.acts.moving import locked, minute
from guatu.cases.acts.stages import book_of, pauses_of, set_rung
from guatu.cases.models import Alert, AlertPerson, Case, Stage, SupervisionNumber, SupervisionOrder
from guatu.cases.rules import Limit, Rulebook, ladder
from guatu.duty.reads import on_duty, on_duty_in_role
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM, Actor, Deed, PendingAct, check_version, deed
from guatu.kernel.jobs import job
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.units.models import Person
from guatu.units.rules import ROLES

LONGEST_NOTE = 300
MOST = 2000  # stages in one run of the job; the next run takes the rest
_log = logging.getLogger("guatu.cases")


@dataclass
class Climbed:
    """What one run did."""

    stages: int = 0
    alerts: int = 0
    orders: int = 0
    nobody: int = 0


def climb(*, by: Actor = SYSTEM, now: dt.datetime | None = None) -> Climbed:
    """Tell whoever is on duty about every rung reached by now. Each stage in a transaction of its own; repeating it, or
    running it twice at once, does nothing more. After a downtime every rung passed is recorded, people are told once.
    Rungs that lay behind a case when it was entered here (an old list from above) are passed over in silence."""
    moment, done = now or clock.now(), Climbed()
    due = Stage.objects.filter(ended_at=None, next_rung_at__lte=moment).order_by("next_rung_at", "id")
    for stage_id, case_id in list(due.values_list("id", "case_id")[:MOST]):
        try:
            with deed(by=by, via="clock") as d:
                _climb(d, locked(case_id), stage_id, moment, done)
        except ValueError:  # the campaign's rules cannot be read: the others must not wait for it
            _log.exception("the ladder of case %s cannot be climbed", case_id)
    return done


@job
def climb_ladder() -> int:
    """The clock's job: `climb` as often as the schedule says; answers how many alerts there were."""
    return climb().alerts


def _climb(d: Deed, case: Case, stage_id: UUID, moment: dt.datetime, done: Climbed) -> None:
    # the case is locked, and every writer of its stages locks it first: the row stands still
    stage = Stage.objects.select_related("unit").get(pk=stage_id)
    if stage.ended_at or stage.paused_at or stage.next_rung_at is None or stage.next_rung_at > moment:
        return
    book = book_of(case)
    found = _since_entered(d, case, stage, _reached(stage, book, moment))
    named: set[UUID] = set()
    alerts = [_alert(d, case, stage, each, moment, named) for each in reversed(found)]
    for reached, alert in zip(found, reversed(alerts), strict=True):
        _record(d, case, alert, reached)
        if reached.rung.order and not case.supervision_orders.filter(status="raised").exists():
            _raise_order(d, case, alert, reached)
            done.orders += 1
    if found:
        stage.rung = found[-1].number
    set_rung(stage, book)
    # the version stays: what a person prepared on the case is not made stale by the clock
    stage.save(update_fields=["rung", "next_rung_at"])
    done.stages += 1
    done.alerts += len(found)
    done.nobody += sum(alert.nobody for alert in alerts)


def _since_entered(d: Deed, case: Case, stage: Stage, found: list[ladder.Reached]) -> list[ladder.Reached]:
    """The rungs reached since the case was entered here. Those before it are climbed without a word: nobody could have
    acted on them, and an old list taken over would call everybody at once and raise an order for each of its lines."""
    first = Act.objects.filter(subject_type="case", subject_id=str(case.pk)).order_by("home", "position")
    said = first.values_list("details", flat=True).first() or {}
    if not (text := str(said.get("entered_at") or "")):
        return found  # written down when it happened
    entered = dt.datetime.fromisoformat(text)
    passed = [each for each in found if each.at < entered]
    if passed:
        stage.rung = passed[-1].number
        said = {
            "number": case.number,
            "stage": stage.kind,
            "count": len(passed),
            "label": passed[-1].rung.label_zh,
        }
        d.record("case.alerts_passed", case, details={**said, "label_en": passed[-1].rung.label_en})
    return found[len(passed) :]


def _reached(stage: Stage, book: Rulebook, moment: dt.datetime) -> list[ladder.Reached]:
    limit = Limit(stage.limit_amount, stage.limit_unit) if stage.limit_amount is not None else None
    due_at = clock.local(stage.due_at) if stage.due_at is not None else None
    return ladder.reached(
        clock.local(stage.started_at), limit, pauses_of(stage), stage.rung, book.ladder, calendar.current(), moment, due_at
    )  # fmt: skip


# --- whom --------------------------------------------------------------------------------------------------------


@dataclass
class Named:
    """Whom a rung means: (person, as what) once each, and which of its words nobody stood for."""

    people: list[tuple[Person, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def whom(case: Case, stage: Stage, to: Sequence[str], at: dt.datetime) -> Named:
    """The people a rung tells, by who is on duty at `at`."""
    named, seen = Named(), set()
    for word in to:
        people = _people(case, stage, word, at)
        if not people:
            named.missing.append(word)
        for person in people:
            if person.id not in seen:
                seen.add(person.id)
                named.people.append((person, word))
    return named


def _people(case: Case, stage: Stage, word: str, at: dt.datetime) -> list[Person]:
    """handler: who took it, else the unit's people on duty. A stage that is the centre's own business (confirming,
    dispatching, first contact) is in the hands of the centre; checking in those of the checkers."""
    of_unit = stage.kind == "handle" and case.unit is not None
    if word == ladder.HANDLER and of_unit and case.taker is not None and case.taker.is_active:
        return [case.taker]
    if word in (ladder.HANDLER, ladder.UNIT):
        if of_unit and case.unit is not None:
            return on_duty(case.unit, at)
        word = ladder.OWN_ROLE.get(stage.kind, ladder.CENTRE) if word == ladder.HANDLER else ladder.CENTRE
    role = ladder.ROLE_OF.get(word, word)
    if role not in ROLES:
        return []
    return on_duty_in_role(role, case.area, at, units=(case.unit_path,))


# --- rows --------------------------------------------------------------------------------------------------------


def _alert(
    d: Deed, case: Case, stage: Stage, reached: ladder.Reached, moment: dt.datetime, told: set[UUID]
) -> Alert:
    """The row of a rung. Called for the highest first: whoever is named there is not told again by a lower one."""
    rung = reached.rung
    named = whom(case, stage, rung.to, moment)
    alert = Alert(
        home=case.home, case=case, stage=stage, rung=reached.number, share=rung.share, label=rung.label_zh,
        reached_at=reached.at, told_at=moment, nobody=not named.people, missing=named.missing,
    )  # fmt: skip
    alert.save(force_insert=True)
    fresh = [(person, word) for person, word in named.people if person.id not in told]
    AlertPerson.objects.bulk_create(
        [AlertPerson(home=case.home, alert=alert, person=person, as_what=word) for person, word in fresh]
    )
    told.update(person.id for person, _word in fresh)
    return alert


def _said(case: Case, alert: Alert) -> dict[str, Any]:
    return {
        "number": case.number,
        "alert": str(alert.id),
        "rung": alert.rung,
        "label": alert.label,
        "label_en": ladder.label_en(alert.share, book_of(case).ladder),
    }


def _record(d: Deed, case: Case, alert: Alert, reached: ladder.Reached) -> None:
    said = {**_said(case, alert), "nobody": alert.nobody, "missing": alert.missing}
    d.record("case.alerted", case, effective_at=reached.at, details=said)


def _raise_order(d: Deed, case: Case, alert: Alert, reached: ladder.Reached) -> SupervisionOrder:
    year = reached.at.year
    SupervisionNumber.objects.get_or_create(campaign=case.campaign, year=year)
    counter = SupervisionNumber.objects.select_for_update(no_key=True).get(campaign=case.campaign, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    order = SupervisionOrder(
        home=case.home, campaign=case.campaign, case=case, alert=alert, unit=case.unit, reason=alert.label,
        number=ladder.order_number(year, counter.last), raised_at=reached.at,
    )  # fmt: skip
    order.save(force_insert=True)
    said = {"number": case.number, "order": order.number, "order_id": str(order.id), "reason": order.reason}
    d.record("case.supervised", case, effective_at=reached.at, details=said)
    return order


def settle_orders(act: PendingAct) -> None:
    """WITHIN every step of a case: the orders whose stage has ended are settled by it."""
    if (many := chunk.current()) is not None and many.quiet("orders", act.subject_id):
        return
    rows = SupervisionOrder.objects.filter(case_id=act.subject_id, status="raised")
    ended = list(rows.filter(alert__stage__ended_at__isnull=False).select_related("case"))
    if not ended:
        return
    with deed(by=SYSTEM, effective_at=act.effective_at, via=act.via, cause=act.id) as d:
        for order in ended:
            order.status, order.settled_at = "settled", d.effective_at
            order.version += 1
            order.save(update_fields=["status", "settled_at", "version"])
            said = {"number": order.case.number, "order": order.number, "order_id": str(order.id)}
            d.record("case.supervision_settled", order.case, details=said)


# --- seen, acknowledged ------------------------------------------------------------------------------------------


def see_alerts(*, by: Person, case: Case) -> int:
    """Note that somebody has opened a case whose alerts wait for them; answers how many were new to them."""
    mine = AlertPerson.objects.filter(person=by, alert__case=case, seen_at=None)
    return AlertPerson.objects.filter(pk__in=list(mine.values_list("pk", flat=True)), seen_at=None).update(
        seen_at=clock.now()
    )


def acknowledge_alert(
    *, by: Person, told: AlertPerson, note: str = "", version: int | None = None, via: str = "web"
) -> AlertPerson:
    """“I know, I am on it”, with a few words if wanted. Only the person who was told.

    Raises `case.alert_not_yours`, `case.alert_acknowledged`, `case.note_too_long`, `kernel.stale`.
    """
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise Problem("case.note_too_long", length=len(text))
    with deed(by=by, via=via) as d:
        # first the lock, then the row with what it needs: a join could not be locked as a whole
        held = list(
            AlertPerson.objects.select_for_update(no_key=True).filter(pk=told.pk).values_list("pk", flat=True)
        )
        row = (
            AlertPerson.objects.select_related("person", "alert__case__campaign").filter(pk__in=held).first()
        )
        if row is None:
            raise Problem("access.not_found")
        if row.person_id != by.id:
            raise Problem("case.alert_not_yours", person=row.person.name)
        if row.acknowledged_at is not None:
            raise Problem("case.alert_acknowledged", when=minute(row.acknowledged_at))
        check_version(row, version)
        row.acknowledged_at, row.note = d.effective_at, text
        row.seen_at = row.seen_at or d.effective_at
        row.version += 1
        row.save()
        case = row.alert.case
        d.record("case.alert_acknowledged", case, details={**_said(case, row.alert), "note": text})
    return row
