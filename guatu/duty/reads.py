"""Who is on duty: here now, in a role, in a week. The questions doors ask take the reader's scope first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from guatu.duty import rules
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
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


# --- what doors ask ----------------------------------------------------------------------------------------------

RIGHT, EDIT = "duty.read", "duty.edit"


def shifts(scope: Scope) -> QuerySet[Shift]:
    """The shifts this reader may see: of the units of their area and subtree, and their own."""
    rows = Shift.objects.select_related("unit", "person__unit")
    condition = predicate(scope, RIGHT, area="unit__area", units=("unit__path",))
    return rows.filter(condition | Q(person_id=scope.person_id)) if condition else rows


def shift(scope: Scope, shift_id: UUID) -> Shift:
    """One shift. Raises `access.not_found`."""
    found = shifts(scope).filter(pk=shift_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def shifts_seen(scope: Scope, shift_ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of those the reader may see (the subject table asks)."""
    return {str(row.id): str(row) for row in shifts(scope).filter(pk__in=list(shift_ids))}


def units_to_edit(scope: Scope) -> list[Unit]:
    """The units whose roster this person may write, in the order of the tree."""
    rows = Unit.objects.filter(predicate(scope, EDIT, area="area", units=("path",)), active=True)
    return list(rows.order_by("path"))


def people_for(units: Sequence[Unit]) -> QuerySet[Person]:
    """Whom one may put on duty there: the active people of these units and of those below them."""
    condition = Q(pk__in=[])
    for path in _tops([unit.path for unit in units]):
        condition |= Q(unit__path__startswith=path)
    return Person.objects.filter(condition, is_active=True)


def _tops(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(paths):
        if not any(path.startswith(top) for top in kept):
            kept.append(path)
    return kept


@dataclass(frozen=True)
class Part:
    """The day or the night of one unit: who is on duty, and the stretches in which nobody is."""

    named: str
    start: dt.datetime
    end: dt.datetime
    shifts: tuple[Shift, ...]
    gaps: tuple[rules.Gap, ...]

    @property
    def empty(self) -> bool:
        return not self.shifts

    @property
    def over(self) -> bool:
        return self.end <= clock.now()


@dataclass(frozen=True)
class UnitWeek:
    """A unit's week: for each day its day and its night."""

    unit: Unit
    days: tuple[tuple[Part, ...], ...]
    may_edit: bool

    @property
    def gaps(self) -> int:
        """How many parts that are not over have a stretch without anybody."""
        return sum(1 for day in self.days for part in day if part.gaps and not part.over)


MOST_UNITS = 60


def week(scope: Scope, monday: dt.date, own: Unit | None = None, below: str = "") -> list[UnitWeek]:
    """The units that keep a roster (a shift within four weeks of the week), and one's own, each with its seven days.

    below: only units whose path begins so. Three queries however many units; at most `MOST_UNITS` of them.
    """
    start = dt.datetime.combine(monday, rules.DAY_BEGINS, tzinfo=clock.ZONE)
    end, around = start + dt.timedelta(days=7), dt.timedelta(days=rules.KEPT_DAYS)
    seen = shifts(scope).filter(unit__path__startswith=below) if below else shifts(scope)
    near = seen.filter(starts_at__gte=start - around, starts_at__lt=end + around).order_by()
    units = {
        row.id: row for row in Unit.objects.filter(pk__in=near.values("unit")).order_by("path")[:MOST_UNITS]
    }
    if own is not None and own.path.startswith(below):
        units[own.id] = own
    rows = seen.filter(
        unit__in=list(units), starts_at__lt=end, ends_at__gt=start, starts_at__gt=start - rules.LONGEST
    )
    held: dict[UUID, list[Shift]] = defaultdict(list)
    for row in rows.order_by("starts_at", "id"):
        held[row.unit_id].append(row)
    return [
        UnitWeek(
            unit,
            tuple(_day(monday + dt.timedelta(days=number), held[unit.id]) for number in range(7)),
            scope.allows(EDIT, area=unit.area, units=(unit.path,)),
        )
        for unit in sorted(units.values(), key=lambda each: each.path)
    ]


def _day(day: dt.date, held: Sequence[Shift]) -> tuple[Part, ...]:
    parts = []
    for named in rules.NAMED:
        start, end = rules.span(day, named, clock.ZONE)
        here = tuple(row for row in held if row.starts_at < end and row.ends_at > start)
        gaps = rules.gaps(start, end, [(row.starts_at, row.ends_at) for row in here])
        local = tuple(rules.Gap(clock.local(gap.start), clock.local(gap.end)) for gap in gaps)
        parts.append(Part(named, start, end, here, local))
    return tuple(parts)


def coming(person: Person) -> list[Shift]:
    """One's own shifts that are not over, for the calendar on one's phone: at most a year ahead."""
    now = clock.now()
    rows = Shift.objects.filter(
        person=person, starts_at__gt=now - rules.LONGEST, ends_at__gt=now - dt.timedelta(days=7)
    )
    return list(rows.select_related("unit").order_by("starts_at", "id")[:400])


def swappable(row: Shift) -> list[Shift]:
    """Shifts of others at the same unit within two weeks, which this one could be exchanged for."""
    near = dt.timedelta(days=14)
    rows = Shift.objects.filter(
        unit=row.unit, starts_at__gte=row.starts_at - near, starts_at__lte=row.starts_at + near
    )
    rows = rows.exclude(person=row.person).filter(person__is_active=True, ends_at__gt=clock.now())
    return list(rows.select_related("person", "unit").order_by("starts_at", "id")[:100])
