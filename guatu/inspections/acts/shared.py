"""What the acts on rounds, visits and orders share: numbers, locks, who may, settings."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from guatu.campaigns.models import Campaign
from guatu.inspections import problems as problems
from guatu.inspections import verbs as verbs
from guatu.inspections.models import Order, Round, Series, Visit
from guatu.inspections.reads.visits import goes_there
from guatu.inspections.rules import orders as order_rules
from guatu.inspections.rules import rounds as round_rules
from guatu.inspections.rules import visits as visit_rules
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.units.models import Contract, Person

DO, EDIT, ROUND = "visit.do", "visit.edit", "round.edit"


def minute(moment: dt.datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def name_of(person_id: UUID | None) -> str:
    """Whoever did something, as a sentence names them."""
    person = Person.objects.filter(pk=person_id).select_related("unit").first() if person_id else None
    return "系统" if person is None else f"{person.unit or ''}{person.name}"


def next_number(campaign: Campaign, kind: str, year: int) -> str:
    """The next number of a series (round, rectify, shut), under the lock of its counter."""
    Series.objects.get_or_create(campaign=campaign, kind=kind, year=year)
    row = Series.objects.select_for_update(no_key=True).get(campaign=campaign, kind=kind, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    if kind == "round":
        return round_rules.number_of(year, row.last)
    return order_rules.number_of(kind, year, row.last)


# --- locks: first the lock, then the row with its neighbours, as they stand after the waiting ------------------------


def locked_round(round_: Round) -> Round:
    held = (
        Round.objects.select_for_update(no_key=True).filter(pk=round_.pk).values_list("pk", flat=True).first()
    )
    found = Round.objects.select_related("campaign", "unit").filter(pk=held).first() if held else None
    if found is None:
        raise Problem("access.not_found")
    return found


def locked_visit(visit: Visit | UUID) -> Visit:
    wanted = visit.pk if isinstance(visit, Visit) else visit
    held = Visit.objects.select_for_update(no_key=True).filter(pk=wanted).values_list("pk", flat=True).first()
    rows = Visit.objects.select_related("campaign", "round__unit", "place", "team", "after")
    found = rows.filter(pk=held).first() if held else None
    if found is None:
        raise Problem("access.not_found")
    return found


def locked_order(order: Order | UUID) -> Order:
    wanted = order.pk if isinstance(order, Order) else order
    held = Order.objects.select_for_update(no_key=True).filter(pk=wanted).values_list("pk", flat=True).first()
    rows = Order.objects.select_related("campaign", "place", "visit__round__unit", "visit__team")
    found = rows.filter(pk=held).first() if held else None
    if found is None:
        raise Problem("access.not_found")
    return found


# --- who may ---------------------------------------------------------------------------------------------------------


def units_of(visit: Visit) -> tuple[str, ...]:
    """The unit whose round it is: its people have the visit wherever the place lies."""
    unit = visit.round.unit if visit.round is not None else None
    return (unit.path,) if unit is not None else ()


def round_units(round_: Round) -> tuple[str, ...]:
    return (round_.unit.path,) if round_.unit is not None else ()


def may_edit_round(by: Actor, round_: Round, right: str = ROUND) -> None:
    require(by.scope, right, area=round_.area, units=round_units(round_))


def may_do(by: Actor, visit: Visit, right: str = DO) -> None:
    """Whoever has the right over the place or the round's unit; and for the doing: the members of its team."""
    if by.scope.allows(right, area=visit.area, units=units_of(visit)):
        return
    if right == DO and by.scope.may(DO) and goes_there(visit, by.id):
        return
    require(by.scope, right, area=visit.area, units=units_of(visit))


def settings_for(campaign: Campaign) -> visit_rules.Settings:
    return visit_rules.settings_of(campaign.settings.get("inspections"))


def contracted(place: Place) -> list[str]:
    """Ids of those who answer for a place: by a contract of its own, or over the neighbourhood or grid it lies in."""
    around = [place.area[:length] for length in range(12, len(place.area) + 1)]
    running = Contract.objects.filter(ended=False).filter(Q(place=place) | Q(place=None, area__in=around))
    return [str(each) for each in running.values_list("person_id", flat=True)]


def uuids(texts: Iterable[Any]) -> list[UUID]:
    """Those of the texts that are ids."""
    found = []
    for text in texts:
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue
    return found
