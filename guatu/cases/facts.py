"""What a case contributes to the figures. Pure."""

import datetime as dt
from decimal import Decimal
from typing import Protocol

from guatu.cases.rules import RECTIFIED, in_time
from guatu.kernel.factshape import Fact


class CaseRow(Protocol):
    """The side of a case that counting looks at; times in the office's zone."""

    @property
    def status(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def class_code(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def unit_path(self) -> str: ...
    @property
    def opened_on(self) -> dt.date: ...
    @property
    def due_at(self) -> dt.datetime | None: ...
    @property
    def handled_at(self) -> dt.datetime | None: ...
    @property
    def late(self) -> bool: ...
    @property
    def minutes_used(self) -> int | None: ...
    @property
    def rework(self) -> int: ...


def facts_of(case: CaseRow) -> list[Fact]:
    """One fact of kind `case`, counted under the day it was opened; a void case contributes nothing.

    category: the source. attributes: source, class, rectified, late, on_time (absent until handled).
    measures: cases, rework, minutes_used (of the limit's own kind of time, once handled).
    """
    if case.status == "void":
        return []
    measures: dict[str, Decimal | int] = {"cases": 1, "rework": case.rework}
    if case.minutes_used is not None:
        measures["minutes_used"] = case.minutes_used
    return [
        Fact(
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
            },
        )
    ]
