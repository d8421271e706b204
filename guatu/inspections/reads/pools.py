"""The pools of a draw: places with their stratum and weight, inspectors, and who may not be sent where."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from guatu.inspections.rules.drawing import DrawInspector, DrawPlace
from guatu.places.models import Place
from guatu.units.models import Contract, Person

STRATA = ("", "risk", "industry", "kind", "area")  # what shares and rates may speak of
WEIGHTS = {"high": 3, "medium": 2, "low": 1}  # of a risk, when places are drawn by weight


def pools(
    places: Sequence[Place],
    people: Sequence[Person],
    day: dt.date,
    *,
    by: str = "",
    weighted: bool = False,
    same_unit: bool = True,
) -> tuple[list[DrawPlace], list[DrawInspector]]:
    """Places and inspectors as `rules.drawing` takes them; two queries.

    by: the field whose value is the stratum (STRATA). weighted: a high risk counts three times. Barred from a place is
    whoever answers for it by contract on `day` (for the place, or for its neighbourhood or grid), and with `same_unit`
    everybody of the unit of whoever answers for the place itself.
    """
    bars = _bars(places, people, day, same_unit)
    found = [
        DrawPlace(
            id=str(place.id), name=place.name, stratum=str(getattr(place, by)) if by in STRATA[1:] else "",
            weight=WEIGHTS.get(place.risk, 1) if weighted else 1, barred=bars.get(str(place.id), {}),
        )
        for place in places
    ]  # fmt: skip
    inspectors = [
        DrawInspector(id=str(person.id), name=person.name, unit=str(person.unit or "")) for person in people
    ]
    return found, inspectors


def _bars(
    places: Sequence[Place], people: Sequence[Person], day: dt.date, same_unit: bool
) -> dict[str, dict[str, str]]:
    """{place id: {inspector id: reason}}."""
    by_unit: dict[Any, list[str]] = defaultdict(list)
    for person in people:
        if person.unit_id is not None:
            by_unit[person.unit_id].append(str(person.id))
    wanted = {str(person.id) for person in people}
    direct, of_area = _contracts(day)
    bars: dict[str, dict[str, str]] = {}
    for place in places:
        barred: dict[str, str] = {}
        for _person_id, unit_id in direct.get(place.id, ()):
            if same_unit:
                barred |= dict.fromkeys(by_unit.get(unit_id, ()), "unit")
        keepers = {person_id for person_id, _unit in direct.get(place.id, ())}
        keepers |= {person_id for code in _around(place.area) for person_id in of_area.get(code, ())}
        barred |= dict.fromkeys(keepers & wanted, "contract")
        if barred:
            bars[str(place.id)] = barred
    return bars


def _around(area: str) -> Iterable[str]:
    """The neighbourhood and the grids an area lies in; whoever answers for a whole street is nobody's keeper."""
    return (area[:length] for length in range(12, len(area) + 1))


def _contracts(day: dt.date) -> tuple[dict[Any, list[tuple[str, Any]]], dict[str, list[str]]]:
    """Running contracts on a day: {place: [(person, unit)]} and {area: [person]}."""
    rows = Contract.objects.filter(ended=False, from_day__lte=day).filter(Q(to_day=None) | Q(to_day__gte=day))
    direct: dict[Any, list[tuple[str, Any]]] = defaultdict(list)
    of_area: dict[str, list[str]] = defaultdict(list)
    for place_id, area, person_id, unit_id in rows.values_list(
        "place_id", "area", "person_id", "person__unit_id"
    ):
        if place_id is not None:
            direct[place_id].append((str(person_id), unit_id))
        elif len(area) >= 12:
            of_area[area].append(str(person_id))
    return direct, of_area
