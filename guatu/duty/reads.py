"""Who is on duty: here now, in a role, in a week. The questions doors ask take the reader's scope first."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from guatu.duty import rules
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.units.models import Person, Post, Unit

MOST = 30  # without a roster, more people than this are a department, not somebody on duty


def on_duty(unit: Unit, at: dt.datetime, role: str = "") -> list[Person]:
    """The people on duty for a unit at a moment, in a role when one is given, the longest on duty first.

    First whoever has a shift at the unit; when nobody has, at the next unit above. A shift without a role covers every
    role, but one with the very role goes first. Where no roster is kept at all (no shift at the unit or above it within
    four weeks of `at`), the active people of the unit who hold a post count as on duty. Nobody: an empty list, never an
    error; the caller shows the gap. One query, three without a roster.
    """
    paths = rules.above(unit.path)
    shifts = list(_covering(at, role).filter(unit__path__in=paths))
    for path in paths:
        here = [shift for shift in shifts if shift.unit.path == path]
        if here:
            return _people([shift for shift in here if shift.role == role] or here)
    if _kept(Q(unit__path__in=paths), at):
        return []
    holders = Person.objects.filter(unit=unit, is_active=True, id__in=_holding(at, role).values("person"))
    return list(holders.select_related("unit").order_by("name", "id")[:MOST])


def on_duty_in_role(role: str, area: str, at: dt.datetime, units: Sequence[str] = ()) -> list[Person]:
    """The people on duty in a role whose posts cover an area, or one of the units (paths): the centre, the commander.

    First shifts in this very role at a unit whose own area covers `area`; then shifts without a role of people who hold
    the role over it; where the role keeps no roster within four weeks, everybody who holds the role over it. Ordered as
    `on_duty`. At most three queries.
    """
    posts = list(_holding(at, role).values_list("person_id", "areas", "units"))
    holders = {
        person
        for person, areas, subtrees in posts
        if any(area.startswith(prefix) for prefix in areas)
        or any(path.startswith(prefix) for path in units if path for prefix in subtrees)
    }
    found = list(_covering(at, role).filter(Q(role=role) | Q(person__in=holders)))
    here = [
        shift
        for shift in found
        if shift.person_id in holders or (shift.role == role and area.startswith(shift.unit.area))
    ]
    if here:
        return _people([shift for shift in here if shift.role == role] or here)
    if _kept(Q(role=role) | Q(person__in=holders), at):
        return []
    rows = Person.objects.filter(id__in=holders, is_active=True).select_related("unit")
    return list(rows.order_by("name", "id")[:MOST])


def _covering(at: dt.datetime, role: str) -> QuerySet[Shift]:
    """Shifts that last at a moment, of people who are still with us. The bounds let an index find them."""
    rows = Shift.objects.filter(starts_at__lte=at, starts_at__gt=at - rules.LONGEST, ends_at__gt=at)
    if role:
        rows = rows.filter(role__in=(role, ""))
    return (
        rows.filter(person__is_active=True).select_related("unit", "person__unit").order_by("starts_at", "id")
    )


def _people(shifts: Iterable[Shift]) -> list[Person]:
    return list({shift.person_id: shift.person for shift in shifts}.values())


def _kept(which: Q, at: dt.datetime) -> bool:
    around = dt.timedelta(days=rules.KEPT_DAYS)
    return Shift.objects.filter(which, starts_at__gte=at - around, starts_at__lte=at + around).exists()


def _holding(at: dt.datetime, role: str) -> QuerySet[Post]:
    """Posts held on the day of a moment, of one role when one is given."""
    day = clock.local(at).date()
    rows = Post.objects.filter(
        Q(from_day=None) | Q(from_day__lte=day), Q(to_day=None) | Q(to_day__gte=day), person__is_active=True
    )
    return rows.filter(role=role) if role else rows
