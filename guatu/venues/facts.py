"""What venue codes, counts and service points contribute to the figures. Pure."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from guatu.kernel.factshape import Fact


@dataclass(frozen=True)
class CodeRow:
    """A venue code as the figures see it."""

    id: UUID
    home: str
    area: str
    status: str
    place_kind: str
    industry: str
    posted: bool | None
    decided_on: dt.date | None


def facts_of_code(code: CodeRow) -> list[Fact]:
    """One fact per code: its status, the kind of its place, whether it was seen at the door."""
    return [
        Fact(
            kind="venue_code", area=code.area, status=code.status, category=code.place_kind, happened_on=code.decided_on,
            attributes={"industry": code.industry, "posted": code.posted},
        )
    ]  # fmt: skip


@dataclass(frozen=True)
class CountRow:
    """People counted at a door, with the scans of the same stretch."""

    id: UUID
    home: str
    area: str
    place: str
    place_kind: str
    on_day: dt.date
    people: int
    scans: int
    withdrawn: bool


def facts_of_count(count: CountRow) -> list[Fact]:
    """One fact per count; its rate is scans over people (应扫尽扫)."""
    if count.withdrawn:
        return []
    return [
        Fact(
            kind="venue_count", area=count.area, category=count.place_kind, happened_on=count.on_day,
            measures={"people": count.people, "scans": min(count.scans, count.people)}, attributes={"place": count.place},
        )
    ]  # fmt: skip


@dataclass(frozen=True)
class PointRow:
    """A service point as the figures see it."""

    id: UUID
    home: str
    area: str
    kind: str
    status: str
    queue: int | None
    served: int
    served_on: dt.date | None
    over: bool


def facts_of_point(point: PointRow) -> list[Fact]:
    """One fact per point: how many stand in line, were served today, whether the line is over its limit."""
    measures = {"served": point.served} | ({} if point.queue is None else {"queue": point.queue})
    return [
        Fact(
            kind="service_point", area=point.area, status=point.status, category=point.kind, happened_on=point.served_on,
            measures=measures, attributes={"over": point.over},
        )
    ]  # fmt: skip
