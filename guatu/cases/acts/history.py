"""Past cases taken over from a table: whole lives at once, at their own times, with the deadlines as they were given.

Nothing follows from them (nobody is told, nothing is routed): the ledger holds `case.history` for each step, which no
reaction listens to. Facts and readings are posted as for every other act.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.cases import problems as problems
from guatu.cases import verbs as verbs
from guatu.cases.acts.classes import set_classes
from guatu.cases.acts.ground import Ground
from guatu.cases.acts.opening import next_numbers, put_on
from guatu.cases.models import STEP_WORDS, Case, CaseClass, Stage, Step
from guatu.cases.rules.clocks import is_late
from guatu.cases.rules.history import code_of, unit_code_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, deed
from guatu.units.acts import add_unit
from guatu.units.models import Unit

_SCHEME = "history"


@dataclass(frozen=True)
class Past:
    """One past case as its row told it. due_at: as given, never computed; None: no limit was set.

    class_name, unit: as written; classes and units that are not there yet are added. notes: step → words.
    """

    number: str
    title: str
    opened_at: dt.datetime
    ground: Ground
    due_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    source: str = "other"
    class_name: str = ""
    unit: str = ""
    description: str = ""
    address: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Hands:
    """What one chunk needs at hand and gathers."""

    campaign: Campaign
    classes: dict[str, CaseClass]
    units: dict[str, Unit]
    cases: list[Case] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)


def import_history(
    *, by: Actor, campaign: Campaign, rows: Sequence[Past], via: str = "import", cause: UUID | None = None
) -> list[Case]:
    """Take past cases over, in one deed; answers them in the order of the rows. Numbers follow the year of opening.

    The caller has looked that their numbers are new. Raises `access.denied`.
    """
    require(by.scope, "case.import", area=campaign.area)
    with deed(by=by, via=via, cause=cause) as d:
        hands = _Hands(campaign, _classes(by, campaign, rows, via), _units(by, campaign, rows, via))
        numbers = _numbers(campaign, rows)
        for row, number in zip(rows, numbers, strict=True):
            _enter(d, hands, row, number)
        Case.objects.bulk_create(hands.cases, batch_size=500)
        Step.objects.bulk_create(hands.steps, batch_size=1000)
        Stage.objects.bulk_create(hands.stages, batch_size=1000)
    return hands.cases


def _numbers(campaign: Campaign, rows: Sequence[Past]) -> list[str]:
    """The next numbers of every year that occurs, in the order of opening."""
    years: dict[int, list[int]] = {}
    for index in sorted(range(len(rows)), key=lambda at: rows[at].opened_at):
        years.setdefault(clock.local(rows[index].opened_at).year, []).append(index)
    found = [""] * len(rows)
    for year, places in sorted(years.items()):
        for index, number in zip(places, next_numbers(campaign, year, len(places)), strict=True):
            found[index] = number
    return found


def known_classes(campaign: Campaign) -> dict[str, CaseClass]:
    """{code or name: class}"""
    rows = CaseClass.objects.filter(campaign=campaign)
    return {word: row for row in rows for word in (row.code, row.name, row.name_en) if word}


def known_units() -> dict[str, Unit]:
    """{code, short name or name: unit}; codes win over names."""
    units = list(Unit.objects.order_by("path"))
    named = {word: unit for unit in units for word in (unit.name, unit.short_name) if word}
    return named | {unit.code: unit for unit in units}


def _classes(by: Actor, campaign: Campaign, rows: Sequence[Past], via: str) -> dict[str, CaseClass]:
    found = known_classes(campaign)
    missing = sorted({row.class_name for row in rows if row.class_name and row.class_name not in found})
    if not missing:
        return found
    wanted = [
        {
            "code": code_of(name),
            "name": name[:80],
            "name_en": name[:120],
            "scheme": _SCHEME,
            "needs_photo": False,
        }
        for name in missing
    ]
    set_classes(by=by, campaign=campaign, classes=wanted, via=via)
    added = known_classes(campaign)
    return added | {name: added[code_of(name)] for name in missing}


def _units(by: Actor, campaign: Campaign, rows: Sequence[Past], via: str) -> dict[str, Unit]:
    found = known_units()
    roots = [unit for unit in found.values() if unit.area == campaign.area and unit.parent_id is None]
    parent = roots[0] if len({unit.id for unit in roots}) == 1 else None
    for name in sorted({row.unit for row in rows if row.unit and row.unit not in found}):
        code = unit_code_of(name)
        unit = found.get(code) or add_unit(
            by=by,
            code=code,
            name=name[:120],
            short_name=name[:40],
            parent=parent,
            area=campaign.area,
            via=via,
        )
        found |= {name: unit, code: unit}
    return found


def _enter(d: Deed, hands: _Hands, row: Past, number: str) -> None:
    """One case with its steps and stages."""
    unit = hands.units[row.unit] if row.unit else None
    kind = hands.classes[row.class_name] if row.class_name else None
    closed = row.closed_at
    case = Case(
        home=row.ground.home, campaign=hands.campaign, number=number, upper_number=row.number, source=row.source,
        case_class=kind, class_code=kind.code if kind is not None else "", title=row.title[:120], description=row.description,
        address=row.address[:300], status="closed" if closed else "dispatched" if unit else "filed", unit=unit,
        opened_at=row.opened_at, filed_at=row.opened_at, dispatched_at=row.opened_at if unit else None,
        handled_at=closed if row.due_at else None,  # without a limit it is neither in time nor late
        closed_at=closed, last_step_at=max(row.opened_at, closed or row.opened_at),
        clock_started_at=row.opened_at if row.due_at else None, due_at=row.due_at, upper_due_at=row.due_at,
        late=closed is not None and is_late(row.due_at, closed),
    )  # fmt: skip
    put_on(case, row.ground)
    hands.cases.append(case)
    road = [("report", "reported", row.opened_at), ("file", "filed", row.opened_at)]
    if unit is not None:
        road.append(("dispatch", "dispatched", row.opened_at))
    if closed is not None:
        road.append(("close", "closed", case.last_step_at))
    before = ""
    for step, status, at in road:
        hands.steps.append(_step(d, case, step, before, status, at, row.notes.get(step, "")))
        before = status
    hands.stages += _stages(case)


def _step(d: Deed, case: Case, step: str, before: str, status: str, at: dt.datetime, note: str) -> Step:
    said: dict[str, Any] = {
        "number": case.number,
        "step": step,
        "old": {"status": before},
        "new": {"status": status},
    }
    if step == "report":
        said["entered_at"] = clock.local(clock.now()).isoformat()
    act_id = d.record("case.history", case, effective_at=at, details=said | _step_words(step))
    unit = case.unit if step in ("dispatch", "close") else None
    return Step(
        home=case.home, case=case, step=step, from_status=before, to_status=status, at=at, unit=unit, note=note,
        class_code=case.class_code, area=case.area, due_at=case.due_at, act_id=act_id,
    )  # fmt: skip


def _step_words(step: str) -> dict[str, str]:
    """The step in both languages, for the story of the ledger."""
    from django.utils.translation import override

    if step not in _WORDS:
        said = {}
        for name, language in (("step_zh", "zh-hans"), ("step_en", "en")):
            with override(language):
                said[name] = str(STEP_WORDS[step])
        _WORDS[step] = said
    return _WORDS[step]


_WORDS: dict[str, dict[str, str]] = {}


def _stages(case: Case) -> list[Stage]:
    """The stretch with the unit and the whole, frozen as they were."""
    kinds = ("handle", "whole") if case.unit is not None else ("whole",)
    return [
        Stage(
            home=case.home, case=case, kind=kind, unit=case.unit, started_at=case.opened_at, due_at=case.due_at,
            ended_at=case.closed_at and case.last_step_at, outcome="close" if case.closed_at else "", late=case.late,
            class_code=case.class_code, area=case.area,
        )
        for kind in kinds
    ]  # fmt: skip


def undo_history(
    *, by: Actor, created: Sequence[str], changed: Sequence[Any], via: str = "import"
) -> list[str]:
    """Void what an import of past cases brought; answers what has been worked on since (then nothing is taken back)."""
    ids = sorted(UUID(each) for each in created)
    parts = [ids[start : start + 400] for start in range(0, len(ids), 400)]
    untouched = Case.objects.filter(version=1).exclude(status="void")
    with deed(by=by, via=via) as d:
        used = [
            str(row)
            for part in parts
            for row in Case.objects.filter(pk__in=part).exclude(pk__in=untouched.filter(pk__in=part))
        ]
        if used:
            return used
        for part in parts:
            rows = list(
                Case.objects.select_for_update(of=("self",), no_key=True)
                .select_related("unit")
                .filter(pk__in=part)
                .order_by("pk")
            )
            for row in rows:
                require(by.scope, "case.import", area=row.area)
            _void(d, rows)
    return []


def _void(d: Deed, rows: Sequence[Case]) -> None:
    steps = []
    for row in rows:
        said = {"number": row.number, "old": {"status": row.status}, "new": {"status": "void"}}
        act_id = d.record("case.history_undone", row, details=said)
        steps.append(
            Step(home=row.home, case=row, step="void", from_status=row.status, to_status="void", at=d.effective_at,
                 unit=row.unit, class_code=row.class_code, area=row.area, due_at=row.due_at, act_id=act_id)
        )  # fmt: skip
    Step.objects.bulk_create(steps, batch_size=1000)
    ids = [row.pk for row in rows]
    Case.objects.filter(pk__in=ids).update(status="void", version=2, last_step_at=d.effective_at)
    # what was still open ends with it: no clock of a void case runs on
    Stage.objects.filter(case__in=ids, ended_at=None).update(
        ended_at=d.effective_at, outcome="void", next_rung_at=None
    )
