"""Orders: the list (late ones first), one order, those of a place."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from guatu.inspections.models import Order, TeamMember
from guatu.inspections.reads.visits import READ
from guatu.inspections.rules.orders import OPEN
from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_many


def urgency() -> Case:
    """0 late, 1 open, 2 complied with and waiting for a look, 3 ended."""
    late = Q(status="issued") & (Q(late=True) | Q(due_at__lt=clock.now()))
    return Case(
        When(late, then=Value(0)),
        When(status="issued", then=Value(1)),
        When(status="complied", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def orders(scope: Scope) -> QuerySet[Order]:
    """The orders this person may see. `urgency`: see there."""
    seen = predicate(scope, READ, area="area", units=("visit__round__unit__path",))
    if scope.person_id is not None and scope.may(READ):
        seen |= Q(visit__team__in=TeamMember.objects.filter(person=scope.person_id).values("team"))
    rows = Order.objects.filter(seen).annotate(urgency=urgency())
    return rows.select_related("place", "visit__round__unit", "visit__team", "campaign")


def order_of(scope: Scope, order_id: UUID | str) -> Order:
    """One order. Raises `access.not_found`."""
    row = orders(scope).filter(pk=order_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    return {str(row.id): f"{row.number} {row.place.name}" for row in orders(scope).filter(pk__in=list(ids))}


def rows_for_facts(ids: Iterable[str]) -> QuerySet[Order]:
    """Rows as `facts.facts_of_order` reads them."""
    return Order.objects.filter(id__in=list(ids)).select_related("visit")


def of_place(scope: Scope, place_id: Any) -> QuerySet[Order]:
    return orders(scope).filter(place=place_id).order_by("-issued_at", "-id")


def open_orders(scope: Scope) -> QuerySet[Order]:
    """Orders that have not ended, late ones first."""
    return orders(scope).filter(status__in=OPEN).order_by(urgency(), "due_at", "id")


def signers(rows: Iterable[Order]) -> dict[UUID, dict[str, str]]:
    """Who took each order, in the clear: {order: {"name" or "witness": …}}. For the order's own page and paper; two queries."""
    return open_many({row.id: row.sealed for row in rows if row.sealed})
