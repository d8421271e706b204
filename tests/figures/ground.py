"""A subject of the tests' own over the place table, so that figures are tested without any other noun."""

from collections.abc import Iterable
from decimal import Decimal

from guatu.kernel.access import Scope
from guatu.kernel.factshape import Fact
from guatu.kernel.subjects import Subject
from guatu.places.models import Place


def rows(ids: Iterable[str]) -> Iterable[Place]:
    return Place.objects.filter(pk__in=list(ids))


def facts(place: Place) -> list[Fact]:
    """Two measures, a status and a day out of the place's attributes; withdrawn places contribute nothing."""
    if place.withdrawn:
        return []
    said = place.attributes
    return [
        Fact(
            kind="shop",
            area=place.area,
            unit=said.get("unit", ""),
            status=said.get("status", "open"),
            category=place.kind,
            happened_on=place.opened_on,
            measures={"persons": Decimal(said.get("persons", "1"))},
            attributes={"owner": said.get("owner", ""), "late": bool(said.get("late"))},
        )
    ]


def seen(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    return {
        str(place.id): place.name
        for place in rows(ids)
        if scope.allows("place.read", area=place.area, units=[place.attributes.get("unit", "")])
    }


SUBJECTS = [
    Subject("place", ("地点", "place"), rows=rows, facts=facts, seen=seen, url=lambda key: f"/places/{key}/")
]
