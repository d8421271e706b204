"""What tasks and activities contribute to the figures. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from guatu.kernel.factshape import Fact
from guatu.tasks.rules import ACCEPTED, on_time


@dataclass(frozen=True)
class TaskRow:
    """A task as the figures see it; days are of the office's calendar."""

    id: UUID
    home: str
    area: str
    lead: str  # path of the lead unit
    supporting: tuple[str, ...]  # paths
    group: str  # code of the body
    category: str
    status: str
    percent: int
    due_on: dt.date
    reported_on: dt.date | None
    accepted_on: dt.date | None
    phase: str
    late: bool
    risk: bool


def facts_of(row: TaskRow) -> list[Fact]:
    """One fact. An accepted task is counted under the day it was accepted, any other under its deadline.

    `on_time` says of accepted tasks whether they were reported done by their deadline.
    """
    accepted = row.status == ACCEPTED
    attributes: dict[str, str | int | bool | None] = {
        "group": row.group,
        "phase": row.phase,
        "late": row.late,
        "risk": row.risk,
        "lead": row.lead,
    }
    if accepted:
        attributes["on_time"] = on_time(row.reported_on, row.due_on)
    return [
        Fact(
            kind="task",
            area=row.area,
            unit=row.lead,
            units=row.supporting,
            status=row.status,
            category=row.category,
            happened_on=row.accepted_on if accepted and row.accepted_on else row.due_on,
            measures={"percent": Decimal(row.percent)},
            attributes=attributes,
        )
    ]


@dataclass(frozen=True)
class ActivityRow:
    """An activity as the figures see it; `parent` and `number` are the office's numbers."""

    id: UUID
    home: str
    area: str
    unit: str
    number: str
    parent: str
    kind: str
    status: str
    held_on: dt.date
    headcount: int | None
    results: Mapping[str, Any]


def facts_of_activity(row: ActivityRow) -> list[Fact]:
    """One fact, counted under the day it is held; the headcount and the results are its measures."""
    measures = {name: Decimal(str(value)) for name, value in row.results.items()}
    if row.headcount is not None:
        measures["headcount"] = Decimal(row.headcount)
    return [
        Fact(
            kind="activity",
            area=row.area,
            unit=row.unit,
            status=row.status,
            category=row.kind,
            happened_on=row.held_on,
            measures=measures,
            attributes={"number": row.number, "parent": row.parent},
        )
    ]
