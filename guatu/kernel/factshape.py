"""The shape of a fact: what one row contributes to the figures. Pure; holds no personal value."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Fact:
    """What a subject states about the world.

    part: distinguishes several facts of one subject. kind: the noun (`task`, `case`, `clean_day`…). area: code of the
    smallest area it lies in. unit: path of the unit that has it. units: paths of all units that may see it.
    happened_on: the day it is counted under. measures: additive numbers by name. attributes: words to filter and group by.
    open: everybody signed in may count it (the campaign's own organisation). counted: attributes by which many figures
    are counted at once (figures.reads.tally); with it, the attributes `class` and `person` may be grouped by too.
    """

    kind: str
    part: str = ""
    area: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()
    status: str = ""
    category: str = ""
    happened_on: dt.date | None = None
    measures: Mapping[str, Decimal | int] = field(default_factory=lambda: _EMPTY)
    attributes: Mapping[str, str | int | bool | None] = field(default_factory=lambda: _EMPTY)
    open: bool = False
    counted: tuple[str, ...] = ()
