"""What a place contributes to the figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from guatu.kernel.factshape import Fact

_SIMPLE = (str, int, bool)


@dataclass(frozen=True)
class PlaceRow:
    """A place as the figures see it. contracted: somebody answers for it (a contract that has not ended)."""

    id: UUID
    home: str
    kind: str
    area: str
    capacity: Decimal | None
    attributes: Mapping[str, Any]
    opened_on: date | None
    closed_on: date | None
    withdrawn: bool
    contracted: bool = False


def facts_of(place: PlaceRow) -> list[Fact]:
    """One fact per place that stands: category is its kind, status open or closed, the capacity a measure."""
    if place.withdrawn:
        return []
    attributes = {
        name: value
        for name, value in place.attributes.items()
        if isinstance(value, _SIMPLE) and len(str(value)) <= 80 and name != "contracted"
    }
    return [
        Fact(
            kind="place",
            area=place.area,
            status="closed" if place.closed_on else "open",
            category=place.kind,
            happened_on=place.opened_on,
            measures={} if place.capacity is None else {"capacity": place.capacity},
            attributes={**attributes, "contracted": place.contracted},
        )
    ]
