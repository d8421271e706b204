"""What a submission contributes to the figures. Pure."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from guatu.fieldwork.rules.lifecycle import COUNTED
from guatu.kernel.factshape import Fact


class SubmissionRow(Protocol):
    @property
    def meaning(self) -> Mapping[str, Any]: ...
    @property
    def area(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def returns(self) -> int: ...
    @property
    def happened_on(self) -> dt.date: ...


def facts_of(row: SubmissionRow) -> list[Fact]:
    """One fact; none when it was rejected or withdrawn. The attribute `returns` says how often it was sent back, if it was."""
    if row.status not in COUNTED:
        return []
    meaning = row.meaning
    return [
        Fact(
            kind=meaning["kind"],
            category=meaning.get("category", ""),
            area=row.area,
            unit=row.unit,
            units=(row.unit,) if row.unit else (),
            status=row.status,
            happened_on=row.happened_on,
            measures={name: Decimal(value) for name, value in meaning.get("measures", {}).items()},
            attributes={
                **meaning.get("attributes", {}),
                **({"returns": str(row.returns)} if row.returns else {}),
            },
        )
    ]
