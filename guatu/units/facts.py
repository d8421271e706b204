"""What a contract contributes to the figures. Pure; says nothing about the person."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from guatu.kernel.factshape import Fact


@dataclass(frozen=True)
class ContractRow:
    """A contract as the figures see it. subject: what is answered for (a place's id or an area's code)."""

    id: UUID
    home: str
    kind: str
    area: str
    unit: str
    subject: str
    of_place: bool
    from_day: date
    ended: bool


def facts_of(contract: ContractRow) -> list[Fact]:
    """One fact per contract: its kind is the category; `subject` allows counting what is answered for only once."""
    return [
        Fact(
            kind="contract",
            area=contract.area,
            unit=contract.unit,
            status="ended" if contract.ended else "running",
            category=contract.kind,
            happened_on=contract.from_day,
            attributes={"subject": contract.subject, "of": "place" if contract.of_place else "area"},
        )
    ]
