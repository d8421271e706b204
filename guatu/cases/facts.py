"""What a case contributes to the figures. Pure.

The case itself, every stretch with somebody (stage), what befell it on the way (event), what was asked for (request), and
what the reporter said (feedback). A stretch is counted once, on its day of reckoning: the day its limit ran out, or the
day it was done if that came first. So "due" and "done" of one period always speak of the same stretches.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from guatu.cases.rules import RECTIFIED, UNCOUNTED, in_time
from guatu.kernel.factshape import Fact
from guatu.kernel.zone import local

# The steps that fulfil a stretch; any other end stops it, and it was never due.
FULFILS = {
    "contact": ("contact",),
    "confirm": ("confirm", "file", "reject"),
    "file": ("file", "reject"),
    "dispatch": ("dispatch",),
    "accept": ("accept",),
    # close: taken over from another system, where nothing else is known
    "handle": ("handle", "stage", "close"),
    "feed_back": ("feed_back",),
    "check": ("pass", "rework"),
    "close": ("close",),
    "whole": ("close",),
}
PUBLIC = ("public", "hotline", "open311")  # told by people outside
WEIGHTS = {"good": "1", "fair": "0.8", "poor": "0.6", "bad": "0"}  # of an answer, for the satisfaction rate
VALID = (
    "filed", "dispatched", "accepted", "treated", "handled", "returned", "held", "verified", "closed",
)  # fmt: skip

_CASE_CELL = ("source", "public", "valid", "rectified", "late", "on_time", "supervised")
_STAGE_CELL = ("outcome", "owed", "limited", "in_time", "late", "returned", "public")
_OTHER_CELL = ("outcome", "repeated", "solved", "weight", "rated")


def facts_of(case: Any) -> list[Fact]:
    """The facts of a case with its stages, requests and feedback as `reads.fact_rows.rows_for_facts` gives them.

    A void or duplicate case contributes nothing as a case, only that it is one (kind `case_uncounted`).
    """
    if case.status in UNCOUNTED:
        return [_uncounted(case)]
    stages = sorted(_rows(case, "fact_stages"), key=lambda row: (row.round, row.part))
    told = _Told(case, stages)
    return [
        _case(case),
        *told.stage_facts(),
        *told.event_facts(),
        *(_request(case, stages, row) for row in _rows(case, "fact_requests")),
        *(_feedback(case, stages, row) for row in _rows(case, "fact_feedback")),
    ]


def _rows(case: Any, name: str) -> Sequence[Any]:
    return getattr(case, name, None) or ()


def _case(case: Any) -> Fact:
    """Kind `case`, under the day it was opened. category: the source. person: who found it.

    attributes: source, class, rectified, late, on_time (absent until handled), valid (filed), public, supervised.
    measures: cases, rework, minutes_used (of the limit's own kind of time, once handled).
    """
    measures: dict[str, Decimal | int] = {"cases": 1, "rework": case.rework}
    if case.minutes_used is not None:
        measures["minutes_used"] = case.minutes_used
    return Fact(
        kind="case",
        area=case.area,
        unit=case.unit_path,
        status=case.status,
        category=case.source,
        happened_on=case.opened_on,
        measures=measures,
        attributes={
            "source": case.source,
            "class": case.class_code,
            "rectified": case.status in RECTIFIED,
            "late": case.late,
            "on_time": in_time(case.due_at, case.handled_at),
            "valid": case.status in VALID,
            "public": case.source in PUBLIC,
            "supervised": bool(getattr(case, "supervised", False)),
            "person": _id(getattr(case, "finder_id", None)),
        },
        counted=_CASE_CELL,
    )


def _uncounted(case: Any) -> Fact:
    return Fact(
        kind="case_uncounted",
        area=case.area,
        unit=case.unit_path,
        status=case.status,
        category=case.status,
        happened_on=case.opened_on,
        measures={"cases": 1},
        attributes={"class": case.class_code, "person": _id(getattr(case, "finder_id", None))},
        counted=("source",),
    )


class _Told:
    """The stages of one case, and how they hang together.

    Stages of a kind follow each other by `round`, so nothing here leans on moments: the nth dispatch that was made gave
    the nth stretch of accepting, and the nth handling that was finished was looked at by the nth check.
    """

    def __init__(self, case: Any, stages: Sequence[Any]) -> None:
        self.case = case
        self.stages = stages
        last: dict[int, int] = {}
        for row in stages:
            if row.kind == "handle":
                last[row.round] = max(row.part, last.get(row.round, 0))
        self.final = last  # of a limit in several stages only the last is handling itself
        self.handles = [row for row in stages if row.kind == "handle" and row.part == last[row.round]]
        self.accepts = self._kind("accept")
        self.checks = [row for row in self._kind("check") if row.ended_at is not None]
        made = [row for row in self._kind("dispatch") if row.outcome == "dispatch"]
        self.landed = dict(zip((row.id for row in made), self.accepts, strict=False))
        self.back = self._given_back()

    def _kind(self, kind: str) -> list[Any]:
        return [row for row in self.stages if row.kind == kind]

    def _given_back(self) -> list[str]:
        """How the nth dispatch ended at its unit: "return", "recall" or "" (it stayed there)."""
        checks, found = iter(self.checks), []
        again = False
        for row in self.handles:
            if not again:
                found.append("")
            again = False
            if row.outcome in ("return", "recall"):
                found[-1] = row.outcome
            elif row.outcome == "hand_over":
                again = True
            elif row.outcome == "handle":
                check = next(checks, None)
                again = check is not None and check.outcome == "rework"
        return found

    def stage_facts(self) -> list[Fact]:
        """Kind `case_stage`, one a stage; category the stage's kind (`part` for the earlier parts of a limit)."""
        facts = []
        order = {accept.id: index for index, accept in enumerate(self.accepts)}
        for row in self.stages:
            unit, fate, kind = _unit(row), "", row.kind
            if kind == "dispatch" and row.id in self.landed:
                accept = self.landed[row.id]
                unit = _unit(accept)
                place = order[accept.id]
                fate = self.back[place] if place < len(self.back) else ""
            elif kind == "whole":
                unit = self._last_unit()
            elif kind == "handle" and row.part != self.final[row.round]:
                kind = "part"
            facts.append(_stage(self.case, row, kind, unit, fate))
        if self.case.filed_at is not None and not self._kind("whole"):
            facts += self._wholes()
        return facts

    def _last_unit(self) -> str:
        units = [_unit(row) for row in self.handles if row.outcome not in ("recall", "return")]
        return units[-1] if units else ""

    def _wholes(self) -> list[Fact]:
        """Where the campaign sets no limit for the whole, the case's own limit counts, kept by handling in time.

        Every closing that happened is one: taken up again later, the case stays counted as closed then, by whom, with
        the limit it had then. What runs (or was stopped) after the last closing is one more.
        """
        facts: list[Fact] = []
        since = self.case.filed_at
        for row in self._kind("close"):
            if row.outcome == "close":
                facts.append(self._closing(len(facts), row, since))
                since = row.ended_at
        if self.case.status != "closed" or not facts:
            facts.append(self._running(len(facts), since))
        return facts

    def _closing(self, number: int, row: Any, since: dt.datetime) -> Fact:
        """A closing as it was: the deadline and the hands of the handling before it, frozen with its stages."""
        handled = [
            each for each in self.handles if each.outcome == "handle" and each.ended_at <= row.started_at
        ]
        last = handled[-1] if handled else None
        due = last.due_at if last is not None else None
        kept = in_time(due, last.ended_at) if last is not None and due is not None else None
        return _fact_of_stage(
            self.case, part=_nth(number), kind="whole", unit=_unit(last) if last is not None else self.case.unit_path,
            area=row.area, class_code=row.class_code, status="done", day=_reckoned(since, due, row.ended_at),
            outcome="close", limited=due is not None, kept=kept, late=kept is False, person=_id(row.by_id),
        )  # fmt: skip

    def _running(self, number: int, since: dt.datetime) -> Fact:
        """What is not closed (yet, or any more), or was stopped on the way; or was closed before stages were kept."""
        case, closed = self.case, self.case.closed_at if self.case.status == "closed" else None
        status = "stopped" if case.status in ("rejected", "withdrawn") else "done" if closed else "open"
        kept = in_time(case.due_at, case.handled_at) if closed and case.due_at is not None else None
        return _fact_of_stage(
            case, part=_nth(number), kind="whole", unit=(self._last_unit() if number == 0 else "") or case.unit_path,
            area=case.area, class_code=case.class_code, status=status, day=_reckoned(since, case.due_at, closed),
            outcome="close" if closed else "", limited=case.due_at is not None, kept=kept,
            late=case.late if closed is None else kept is False, person="",
        )  # fmt: skip

    def event_facts(self) -> list[Fact]:
        """Kind `case_event`, under the day it happened: hold, extend, return, rework; frozen with the stage it befell."""
        facts = []
        told: set[tuple[str, str]] = set()  # handed over, a stretch is copied with what befell it
        for row in self.handles:
            befell = [("hold", each["from"]) for each in row.pauses]
            befell += [("extend", each["at"]) for each in row.why if each.get("what") == "extended"]
            for number, (what, at) in enumerate(befell):
                if (what, at) not in told:
                    told.add((what, at))
                    facts.append(_event(row, what, _day_of(at), number))
            if row.outcome == "return":
                facts.append(_event(row, "return", _day(row.ended_at), 0, _id(row.by_id)))
        again = [row for row in self.checks if row.outcome == "rework"]
        for number, row in enumerate(again):
            facts.append(_event(row, "rework", _day(row.ended_at), number, _id(row.by_id)))
        return facts


def _stage(case: Any, row: Any, kind: str, unit: str, fate: str) -> Fact:
    done = row.outcome in FULFILS.get(row.kind, ()) and fate != "recall"
    status = "open" if row.ended_at is None else "done" if done else "stopped"
    limited = row.due_at is not None
    return _fact_of_stage(
        case,
        part=str(row.id),
        kind=kind,
        unit=unit,
        area=row.area,
        class_code=row.class_code,
        status=status,
        day=_reckoned(row.started_at, row.due_at, row.ended_at),
        outcome=row.outcome,
        limited=limited,
        kept=not row.late if limited and status == "done" else None,
        late=row.late,
        person=_id(row.by_id),
        returned=fate == "return" if kind == "dispatch" and status == "done" else None,
        minutes=row.minutes_used,
    )


def _fact_of_stage(
    case: Any,
    *,
    part: str,
    kind: str,
    unit: str,
    area: str,
    class_code: str,
    status: str,
    day: dt.date,
    outcome: str,
    limited: bool,
    kept: bool | None,
    late: bool,
    person: str,
    returned: bool | None = None,
    minutes: int | None = None,
) -> Fact:
    """attributes: outcome (the step that ended it), owed (done, or its limit runs), limited, in_time (absent while open
    and without a limit), late, returned (a dispatch its unit gave back), public, source, class, person (who ended it).
    """
    measures: dict[str, Decimal | int] = {"stages": 1}
    if minutes is not None:
        measures["minutes_used"] = minutes
    return Fact(
        kind="case_stage",
        part=part,
        area=area,
        unit=unit,
        status=status,
        category=kind,
        happened_on=day,
        measures=measures,
        attributes={
            "outcome": outcome,
            "owed": status == "done" or (status == "open" and limited),
            "limited": limited,
            "in_time": kept,
            "late": late,
            "returned": returned,
            "public": case.source in PUBLIC,
            "source": case.source,
            "class": class_code,
            "person": person,
        },
        counted=_STAGE_CELL,
    )


def _event(row: Any, what: str, day: dt.date, number: int, person: str = "") -> Fact:
    return Fact(
        kind="case_event",
        part=f"{row.id}:{what}:{number}",
        area=row.area,
        unit=_unit(row),
        status="happened",
        category=what,
        happened_on=day,
        measures={"times": 1},
        # the third time a case is sent back weighs more in some schemes
        attributes={
            "class": row.class_code,
            "person": person,
            "repeated": number >= 2 if what == "rework" else None,
        },
        counted=_OTHER_CELL,
    )


def _request(case: Any, stages: Iterable[Any], row: Any) -> Fact:
    """Kind `case_request`, under the day it was asked. category: hold extend return void; status: how it stands."""
    worked = [each for each in stages if each.kind == "handle" and each.started_at <= row.asked_at]
    before = worked[-1] if worked else None
    return Fact(
        kind="case_request",
        part=str(row.id),
        area=before.area if before else case.area,
        unit=_unit(before) if before else "",
        status=row.status,
        category=row.kind,
        happened_on=_day(row.asked_at),
        measures={"requests": 1},
        attributes={
            "class": before.class_code if before else case.class_code,
            "person": _id(row.decided_by_id),
        },
        counted=_OTHER_CELL,
    )


def _feedback(case: Any, stages: Iterable[Any], row: Any) -> Fact:
    """Kind `case_feedback`, under the day it was said. category: good fair poor bad; solved: True, False or absent."""
    done = [each for each in stages if each.kind == "handle" and each.outcome == "handle"]
    before = done[-1] if done else None
    weight = WEIGHTS.get(row.satisfaction)
    measures: dict[str, Decimal | int] = {"answers": 1}
    if weight is not None:
        measures |= {"weight": Decimal(weight), "rated": 1}
    return Fact(
        kind="case_feedback",
        part=str(row.id),
        area=before.area if before else case.area,
        unit=_unit(before) if before else case.unit_path,
        status="answered",
        category=row.satisfaction,
        happened_on=_day(row.at),
        measures=measures,
        attributes={
            "solved": row.solved,
            "weight": weight,
            "rated": 1 if weight is not None else None,
            "class": before.class_code if before else case.class_code,
        },
        counted=_OTHER_CELL,
    )


def _nth(number: int) -> str:  # of the stretches from filing to closing of one case
    return "whole" if number == 0 else f"whole:{number + 1}"


def _reckoned(started: dt.datetime, due: dt.datetime | None, ended: dt.datetime | None) -> dt.date:
    """The day a stretch is counted under: done, or its limit run out, whichever came first; else the day it began."""
    moments = [moment for moment in (due, ended) if moment is not None]
    return _day(min(moments)) if moments else _day(started)


def _day(moment: dt.datetime) -> dt.date:
    return local(moment).date()


def _day_of(text: str) -> dt.date:
    return _day(dt.datetime.fromisoformat(text))


def _unit(row: Any) -> str:
    return row.unit.path if row.unit is not None else ""


def _id(value: Any) -> str:
    return str(value) if value is not None else ""
