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
    industry: str = ""
    risk: str = ""
    road: str = ""
    within: str = ""
    shut: bool = False


@dataclass(frozen=True)
class SurveyRow:
    """What was said of a place on a day. kind: of the place; place: its id."""

    id: UUID
    home: str
    place: str
    kind: str
    area: str
    on_day: date
    outcome: str
    opened: int
    closed: int
    households: int | None
    withdrawn: bool


def facts_of(place: PlaceRow) -> list[Fact]:
    """One fact per place that stands: category is its kind, status open or closed, the capacity a measure."""
    if place.withdrawn:
        return []
    attributes = {
        name: value
        for name, value in place.attributes.items()
        if isinstance(value, _SIMPLE) and len(str(value)) <= 80 and name != "contracted"
    }
    known = {"industry": place.industry, "risk": place.risk, "road": place.road, "within": place.within}
    attributes |= {name: value for name, value in known.items() if value}
    if place.shut:
        attributes["shut"] = True
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


def facts_of_survey(survey: SurveyRow) -> list[Fact]:
    """One fact per place and day: status is the outcome, category the kind of place; opened, closed and households add up."""
    if survey.withdrawn:
        return []
    measures = {"opened": survey.opened, "closed": survey.closed}
    if survey.households is not None:
        measures["households"] = survey.households
    return [
        Fact(
            kind="place_survey",
            area=survey.area,
            status=survey.outcome,
            category=survey.kind,
            happened_on=survey.on_day,
            measures=measures,
            attributes={"place": survey.place},
        )
    ]
