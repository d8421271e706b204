"""Who is told of what: one function for each act, named by the reactions table; all notices of a transaction at once.

A function answers what is to be told, or None. It reads what the act left behind and never fails because another part is
not there: no row, no notice. Whoever did it is not told of it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import override

from guatu.cases.models import REQUEST_WORDS, AlertPerson, Case, Comment, HandOver, JointPart, Request
from guatu.duty.reads import on_duty, on_duty_in_role
from guatu.fieldwork.models import SubmissionReturn
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, Batch, PendingAct, deed
from guatu.notices.acts import keep, notices
from guatu.notices.models import Notice
from guatu.tasks.models import Task
from guatu.units.models import Person, Unit
from guatu.units.rules import ROLES

_AT_ONCE = 400
_APPROVE = "case.approve"


@dataclass(frozen=True)
class Told:
    """What is to be told: to whom, which kind, how the subject is called, what the sentence needs."""

    people: Iterable[Person]
    kind: str
    title: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Hall:
    """What the functions ask about, read once for the whole transaction: a thousand dispatches ask who is on duty once."""

    now: dt.datetime
    case_ids: list[str]
    _cases: dict[str, Case] | None = None
    _duty: dict[tuple[UUID, str], list[Person]] = field(default_factory=dict)

    def case(self, act: PendingAct) -> Case | None:
        if self._cases is None:
            self._cases = {}
            for start in range(0, len(self.case_ids), _AT_ONCE):
                rows = Case.objects.select_related("unit", "taker__unit", "handler__unit")
                found = rows.filter(pk__in=self.case_ids[start : start + _AT_ONCE])
                self._cases.update({str(row.pk): row for row in found})
        return self._cases.get(act.subject_id)

    def on_duty(self, unit: Unit, role: str = "") -> list[Person]:
        key = (unit.pk, role)
        if key not in self._duty:
            self._duty[key] = on_duty(unit, self.now, role)
        return self._duty[key]


Teller = Callable[[PendingAct, Hall], Told | None]


def tellers(table: Mapping[str, Teller]) -> Callable[[Batch], None]:
    """The CLOSING reaction made of a table: verb → who is told."""

    def tell_people(batch: Batch) -> None:
        acts = [act for act in batch.acts if act.verb in table]
        if not acts:
            return
        hall = Hall(clock.now(), list({act.subject_id for act in acts if act.subject_type == "case"}))
        rows: list[Notice] = []
        with deed(by=SYSTEM) as d:
            for act in acts:
                told = table[act.verb](act, hall)
                if told is not None:
                    people = [person for person in told.people if person.pk != act.by_id]
                    about = (act.subject_type, act.subject_id)
                    rows += notices(d, people, told.kind, about, told.title, told.details, act.id)
            keep(rows)

    return tell_people


# --- cases -------------------------------------------------------------------------------------------------------


def dispatched(act: PendingAct, hall: Hall) -> Told | None:
    """The people on duty of the unit, in the role the rule of dispatch named, if it named one."""
    case = hall.case(act)
    if case is None or case.unit is None:
        return None
    role = str(act.details.get("role") or "")
    return Told(hall.on_duty(case.unit, role), "dispatched", case.number, {"unit": str(case.unit)})


def assigned(act: PendingAct, hall: Hall) -> Told | None:
    """Whoever was named within the unit."""
    case = hall.case(act)
    if case is None or case.unit is None or case.taker is None:
        return None
    return Told([case.taker], "assigned", case.number, {"unit": str(case.unit)})


def alerted(act: PendingAct, hall: Hall) -> Told | None:
    """The people of the alert: named once, by the highest rung they stand on."""
    case = hall.case(act)
    alerts = _ids([act.details.get("alert")])
    rows = AlertPerson.objects.filter(alert__in=alerts).select_related("person__unit")
    people = [row.person for row in rows]
    said = {name: str(act.details.get(name) or "") for name in ("label", "label_en", "alert")}
    return Told(people, "alert", case.number, said) if case is not None and people else None


def approvers(case: Case, now: dt.datetime) -> list[Person]:
    """Everybody on duty in a role that may approve over the case."""
    found: dict[UUID, Person] = {}
    for role, rights in ROLES.items():
        if any(fnmatchcase(_APPROVE, pattern) for pattern in rights):
            found.update(
                {row.pk: row for row in on_duty_in_role(role, case.area, now, units=(case.unit_path,))}
            )
    return list(found.values())


def _what(request: Request) -> dict[str, str]:
    with override("en"):
        english = str(REQUEST_WORDS.get(request.kind, request.kind))
    with override("zh-hans"):
        return {"what": str(REQUEST_WORDS.get(request.kind, request.kind)), "what_en": english}


def _request(act: PendingAct) -> Request | None:
    rows = Request.objects.select_related("asked_by__unit")
    return _found(rows, act.details.get("request"))


def _found(rows: "QuerySet[Any]", key: Any) -> Any:
    """The row of an id in an act's details; None when it is none, or not there."""
    try:
        return rows.filter(pk=UUID(str(key))).first()
    except ValueError:
        return None


def requested(act: PendingAct, hall: Hall) -> Told | None:
    case, request = hall.case(act), _request(act)
    if case is None or request is None or request.status != "asked":
        return None
    people = [person for person in approvers(case, hall.now) if person.pk != request.asked_by_id]
    return Told(people, "approval", case.number, _what(request))


def decided(act: PendingAct, hall: Hall) -> Told | None:
    """Whoever asked learns the answer."""
    case, request = hall.case(act), _request(act)
    if (
        case is None
        or request is None
        or request.asked_by is None
        or request.status not in ("granted", "refused")
    ):
        return None
    return Told([request.asked_by], request.status, case.number, _what(request))


def sent_back(act: PendingAct, hall: Hall) -> Told | None:
    """Whoever handled it; the unit's people on duty when nobody did."""
    case = hall.case(act)
    if case is None:
        return None
    person = case.handler or case.taker
    people = [person] if person is not None else hall.on_duty(case.unit) if case.unit is not None else []
    return Told(people, "sent_back", case.number)


def commented(act: PendingAct, hall: Hall) -> Told | None:
    """The people mentioned, as the comment keeps them (or as the act says)."""
    case = hall.case(act)
    comment = _found(Comment.objects.all(), act.details.get("comment"))
    wanted = comment.mentions if comment is not None else act.details.get("mentions") or []
    if case is None or not wanted:
        return None
    people = Person.objects.filter(pk__in=_ids(wanted), is_active=True).select_related("unit")
    return Told(list(people), "mentioned", case.number)


def _ids(given: Iterable[Any]) -> list[UUID]:
    found = []
    for each in given:
        try:
            found.append(UUID(str(each)))
        except ValueError:
            continue
    return found


def offered(act: PendingAct, hall: Hall) -> Told | None:
    """The people on duty of the unit the case is offered to."""
    case = hall.case(act)
    row = _found(HandOver.objects.select_related("to_unit"), act.details.get("offer"))
    if row is None and case is not None:
        row = HandOver.objects.select_related("to_unit").filter(case=case, status="offered").first()
    if case is None or row is None or row.to_unit is None:
        return None
    return Told(hall.on_duty(row.to_unit), "offered", case.number, {"unit": str(row.to_unit)})


def part_given(act: PendingAct, hall: Hall) -> Told | None:
    """The people on duty of the unit asked to help."""
    case = hall.case(act)
    row = _found(JointPart.objects.select_related("unit"), act.details.get("part"))
    if case is None or row is None:
        return None
    return Told(hall.on_duty(row.unit), "part", case.number, {"unit": str(row.unit)})


# --- submissions -------------------------------------------------------------------------------------------------


def _return(act: PendingAct) -> SubmissionReturn | None:
    rows = SubmissionReturn.objects.select_related("form", "collector__unit")
    found: SubmissionReturn | None = _found(rows, act.details.get("return"))
    return found


def returned(act: PendingAct, hall: Hall) -> Told | None:
    """Whoever collected it, or was given it to mend; the unit's people on duty when nobody is known."""
    row = _return(act)
    if row is None:
        return None
    unit = Unit.objects.filter(path=row.unit).first() if row.collector is None and row.unit else None
    people = [row.collector] if row.collector is not None else hall.on_duty(unit) if unit is not None else []
    said = {"due": str(act.details.get("due") or ""), "count": len(row.questions)}
    return Told(people, "returned", row.form.name, said)


def return_late(act: PendingAct, hall: Hall) -> Told | None:
    """The people the act names: the unit's on duty, later the office's."""
    row = _return(act)
    people = Person.objects.filter(pk__in=_ids(act.details.get("people") or []), is_active=True)
    if row is None:
        return None
    said = {"due": str(act.details.get("due") or ""), "level": int(act.details.get("level") or 1)}
    return Told(list(people.select_related("unit")), "return_late", row.form.name, said)


# --- tasks -------------------------------------------------------------------------------------------------------


def pressed(act: PendingAct, hall: Hall) -> Told | None:
    """Whoever owns the task, and the people on duty of its unit."""
    task = _found(Task.objects.select_related("lead_unit", "owner__unit"), act.subject_id)
    if task is None:
        return None
    people = [*([task.owner] if task.owner is not None else []), *hall.on_duty(task.lead_unit)]
    return Told(people, "pressed", task.number, {"unit": str(task.lead_unit)})
