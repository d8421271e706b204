"""Who is told of orders: that one is late, that one had to be given again. Used by the reactions table; see jobs.py."""

from uuid import UUID

from guatu.inspections.models import Order, TeamMember
from guatu.kernel.acts import PendingAct
from guatu.notices.jobs import Hall, Told
from guatu.units.models import Person


def _order(act: PendingAct) -> Order | None:
    rows = Order.objects.select_related("place", "visit__round__unit", "visit__after")
    return rows.filter(pk=UUID(act.subject_id)).first()


def _people(order: Order, hall: Hall) -> list[Person]:
    """Whoever gave it, the team that was there (and the one before a look-back), and whoever is on duty for the unit whose round it is."""
    wanted = [order.issued_by_id] if order.issued_by_id is not None else []
    found = {person.pk: person for person in Person.objects.filter(pk__in=wanted, is_active=True)}
    visits = [visit for visit in (order.visit, order.visit.after) if visit is not None]
    teams = [visit.team_id for visit in visits if visit.team_id is not None]
    members = TeamMember.objects.filter(team__in=teams, person__is_active=True).select_related("person")
    found |= {member.person_id: member.person for member in members}
    unit = order.visit.round.unit if order.visit.round is not None else None
    if unit is not None:
        found |= {person.pk: person for person in hall.on_duty(unit)}
    return list(found.values())


def order_late(act: PendingAct, hall: Hall) -> Told | None:
    """The limit ran out and nobody has said that it was complied with."""
    order = _order(act)
    return (
        None
        if order is None
        else Told(_people(order, hall), "order_late", order.number, {"place": order.place.name})
    )


def order_again(act: PendingAct, hall: Hall) -> Told | None:
    """A look-back failed and the next order was given; a first order tells nobody."""
    order = _order(act)
    if order is None or not order.repeat:
        return None
    kind = "order_shut" if order.kind == "shut" else "order_again"
    return Told(_people(order, hall), kind, order.number, {"place": order.place.name})
