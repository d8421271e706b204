"""Stages: every step ends the stretches that are over and begins those that follow, each with a clock of its own."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from guatu.cases.acts import chunk
from guatu.cases.models import Case, Stage
from guatu.cases.rules import (
    Clock,
    Limit,
    Pause,
    Rulebook,
    clock_of,
    is_late,
    ladder,
    minutes_used,
    read_rulebook,
    running,
)
from guatu.kernel import calendar, clock
from guatu.kernel.acts import Deed
from guatu.units.models import Person


@dataclass(frozen=True)
class Timing:
    """One part of a limit as it is set: its name, the limit, the clock, and where the limit comes from."""

    limit: Limit
    clock: Clock
    name: str = ""
    why: tuple[dict[str, Any], ...] = ()


def book_of(case: Case) -> Rulebook:
    """What the case's campaign says about cases."""
    return read_rulebook(case.campaign.settings)


def open_stages(case: Case) -> list[Stage]:
    return list(Stage.objects.filter(case=case, ended_at=None).order_by("started_at", "part", "id"))


def pauses_of(stage: Stage, until: dt.datetime | None = None) -> list[Pause]:
    """The pauses of a stage as moments; one that still lasts ends at `until` (left out without it)."""
    found = []
    for each in stage.pauses:
        ended = each["to"] or (until.isoformat() if until is not None else "")
        if ended:
            found.append((dt.datetime.fromisoformat(each["from"]), dt.datetime.fromisoformat(ended)))
    return found


def follow(d: Deed, case: Case, step: str, person: Person | None, timing: Sequence[Timing] = ()) -> None:
    """End what does not run in the case's new status, pause or resume what does, begin what is missing."""
    at, wanted = d.effective_at, running(case.status)
    going = []
    many = chunk.current()
    known = many.stages(case) if many is not None else None
    for stage in known if known is not None else open_stages(case):
        if stage.kind not in wanted or (timing and stage.kind == "handle"):
            end(stage, at, step, person)
        else:
            going.append(stage)
    for stage in going:
        if case.status == "held" and stage.paused_at is None:
            pause(stage, at, step)
        elif case.status != "held" and stage.paused_at is not None:
            resume(case, stage, at)
    there = {stage.kind for stage in going}
    rounds = many.rounds(case) if many is not None else None
    begun = [
        stage
        for kind in _due_now(case, book_of(case), wanted, there)
        for stage in _begin(d, case, kind, timing)
    ]
    for stage in begun:
        if rounds is not None and known is not None:
            stage.round = rounds[stage.kind, stage.part] + 1
        else:
            stage.round = _round(stage)
        set_rung(stage, book_of(case))
    chunk.create(case.pk, begun)


def _due_now(case: Case, book: Rulebook, wanted: Iterable[str], there: set[str]) -> list[str]:
    """The kinds that must begin now. Waiting to be filed, a case is first confirmed if the campaign asks for it."""
    if case.status == "held":
        return []
    kinds = [kind for kind in wanted if kind not in there and kind not in ("contact", "whole")]
    if case.status == "reported":
        kinds = ["confirm" if book.stage("confirm").asked_for(case.source) else "file"]
        kinds = [kind for kind in kinds if kind not in there]
    if case.status == "filed" and "whole" not in there and book.stage("whole").limit is not None:
        kinds.append("whole")
    if case.status == "accepted" and "handle" in kinds and case.due_at is None:
        return kinds
    return kinds


def _begin(d: Deed, case: Case, kind: str, timing: Sequence[Timing]) -> list[Stage]:
    if kind != "handle":
        limit = book_of(case).stage(kind).limit
        why = ({"what": "stage", "stage": kind},) if limit is not None else ()
        parts = [Timing(limit, _counted(d, limit), why=why)] if limit is not None else []
        return _rows(d, case, kind, parts)
    if timing:
        return _rows(d, case, kind, timing)
    # sent back, or dispatched again: the deadline stands as it was
    return [_kept(d, case)]


def _counted(d: Deed, limit: Limit) -> Clock:
    return clock_of(clock.local(d.effective_at), limit, calendar.current())


def _rows(d: Deed, case: Case, kind: str, parts: Sequence[Timing]) -> list[Stage]:
    rows = []
    for index, part in enumerate(parts or [None]):
        row = _bare(d, case, kind, index)
        if part is not None:
            row.name, row.why = part.name, list(part.why)
            row.limit_amount, row.limit_unit = part.limit.amount, part.limit.unit
            row.started_at, row.due_at = part.clock.started_at, part.clock.due_at
            row.provisional, row.lines = part.clock.provisional, [dict(line) for line in part.clock.lines]
        rows.append(row)
    return rows


def _kept(d: Deed, case: Case) -> Stage:
    row = _bare(d, case, "handle", 0)
    row.limit_amount, row.limit_unit = case.limit_amount, case.limit_unit
    row.started_at = case.clock_started_at or d.effective_at
    row.due_at, row.provisional, row.lines = case.due_at, case.due_provisional, case.due_lines
    row.why, row.late = [{"what": "kept"}], case.late
    return row


def _bare(d: Deed, case: Case, kind: str, part: int) -> Stage:
    return Stage(
        home=case.home, case=case, kind=kind, part=part, unit=case.unit, started_at=d.effective_at,
        class_code=case.class_code, area=case.area,
    )  # fmt: skip


def _round(stage: Stage) -> int:
    """How often this stage has been begun, this time included."""
    if stage.case.version <= 1:
        return 1
    return Stage.objects.filter(case=stage.case, kind=stage.kind, part=stage.part).count() + 1


def begin_contact(d: Deed, case: Case) -> None:
    """The reporter's own clock begins: somebody must speak to them first (先行联系)."""
    begun = _begin(d, case, "contact", ())
    for stage in begun:
        stage.round = _round(stage)
        set_rung(stage, book_of(case))
    Stage.objects.bulk_create(begun)


def end(stage: Stage, at: dt.datetime, outcome: str, person: Person | None) -> None:
    """Freeze a stage: when, how and by whom it ended, what it used. It is never changed again."""
    if stage.paused_at is not None:
        _stop_pause(stage, at)
    stage.ended_at, stage.outcome, stage.by = at, outcome, person
    stage.late = is_late(stage.due_at, at)
    stage.next_rung_at = None
    if stage.limit_unit:
        start, until = clock.local(stage.started_at), clock.local(at)
        stage.minutes_used = minutes_used(
            start, until, stage.limit_unit, calendar.current(), pauses_of(stage)
        )
    stage.version += 1
    stage.save()


def pause(stage: Stage, at: dt.datetime, step: str) -> None:
    """Nothing runs from now on (挂账)."""
    stage.paused_at = at
    stage.pauses = [*stage.pauses, {"from": clock.local(at).isoformat(), "to": None, "step": step}]
    stage.next_rung_at = None
    stage.version += 1
    stage.save()


def _stop_pause(stage: Stage, at: dt.datetime) -> None:
    stage.pauses = [*stage.pauses[:-1], {**stage.pauses[-1], "to": clock.local(at).isoformat()}]
    stage.paused_at = None


def resume(case: Case, stage: Stage, at: dt.datetime) -> None:
    """The clock runs on: the deadline moves by what the pause took, in the limit's own kind of time."""
    _stop_pause(stage, at)
    recount(stage, Limit(stage.limit_amount, stage.limit_unit) if stage.limit_amount is not None else None)
    set_rung(stage, book_of(case))
    stage.version += 1
    stage.save()
    if stage.kind == "handle":
        show_on(case, stage)


def set_rung(stage: Stage, book: Rulebook) -> None:
    """When the next rung of the escalation ladder is reached; None where nothing climbs. The caller saves."""
    stage.next_rung_at = None
    if stage.kind not in ladder.CLIMBED or stage.ended_at is not None or stage.paused_at is not None:
        return
    limit = Limit(stage.limit_amount, stage.limit_unit) if stage.limit_amount is not None else None
    stage.next_rung_at = ladder.next_rung_at(
        clock.local(stage.started_at), limit, pauses_of(stage), stage.rung, book.ladder, calendar.current(),
        clock.local(stage.due_at) if stage.due_at is not None else None,
    )  # fmt: skip


def recount(stage: Stage, limit: Limit | None) -> None:
    """Count the stage's deadline anew from where it began, with its pauses; the caller saves."""
    if limit is None:
        return
    found = clock_of(clock.local(stage.started_at), limit, calendar.current(), pauses_of(stage))
    stage.limit_amount, stage.limit_unit = limit.amount, limit.unit
    stage.due_at, stage.provisional = found.due_at, found.provisional
    stage.lines = [dict(line) for line in found.lines]
    stage.late = is_late(stage.due_at, clock.now()) if stage.late else False


def show_on(case: Case, stage: Stage) -> None:
    """The deadline of handling is the one the case shows; the caller saves the case."""
    if (
        case.due_at is not None
        and stage.due_at is not None
        and stage.part == 0
        and case.due_at > stage.due_at
    ):
        others = Stage.objects.filter(case=case, kind="handle", ended_at=None, part__gt=0)
        if others.exists():
            return  # a later part bears the deadline of the whole
    case.due_at, case.due_provisional, case.due_lines = stage.due_at, stage.provisional, stage.lines
    case.limit_amount, case.limit_unit = stage.limit_amount, stage.limit_unit
    case.late = is_late(case.due_at, clock.now()) if case.late else False


def handling(case: Case) -> list[Stage]:
    """The open parts of handling, in order."""
    return [stage for stage in open_stages(case) if stage.kind == "handle"]
