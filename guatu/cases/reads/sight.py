"""Which cases a reader sees: those of their areas, those of their units, and those other units share with theirs.

No join, hence no DISTINCT: a condition on the case's own columns that indexes serve. The few units below a path, and up
to `_LITERAL` cases shared with them, are asked for first and written into the condition, because the planner of
PostgreSQL can combine several indexes only over values it knows.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Func, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from guatu.cases.models import CaseUnit
from guatu.kernel.access import Scope, prefix_end, within
from guatu.units.models import Unit

RIGHT = "case.read"
_LITERAL = 300


def sight(scope: Scope, right: str = RIGHT, units: Sequence[Unit] | None = None) -> Q:
    """The condition on `Case` under which this reader has the right. What another unit supports, or is offered, may be
    read by it; every other right stays with the area and with the unit that has the case. At most two queries; one less
    with `units`, all units there are, when the caller has read them already."""
    areas, paths = scope.areas(right), scope.units(right)
    if "" in areas or "" in paths:
        return Q()
    found = Q()
    for prefix in areas:
        found |= _lies_in(prefix)
    mine = units_below(*paths, units=units)
    if not mine:
        return found if areas else Q(pk__in=[])
    found |= Q(unit_id__in=mine)
    return found | _shared(mine) if right == RIGHT else found


class _Plain(Func):
    """A column that no index shall be chosen by: SQLite's unary plus."""

    template = "+%(expressions)s"
    output_field = CharField()


def _lies_in(prefix: str) -> Q:
    """In the reader's area. SQLite takes any range of areas for narrow, that of a reader who sees the whole district too,
    and would sort a campaign of cases rather than read the list's own index; which holds the area as well."""
    if connection.vendor != "sqlite":
        return within("area", prefix)
    area, end = _Plain(F("area")), prefix_end(prefix)
    found = Q(GreaterThanOrEqual(area, prefix))
    return found & Q(LessThan(area, end)) if end is not None else found


def units_below(*paths: str, units: Sequence[Unit] | None = None) -> list[UUID]:
    """Ids of the units at these paths and below."""
    if not paths:
        return []
    if units is not None:
        return [unit.id for unit in units if unit.path.startswith(paths)]
    where = Q()
    for path in paths:
        where |= Q(path__startswith=path)
    return list(Unit.objects.filter(where).values_list("id", flat=True))


def _shared(mine: list[UUID]) -> Q:
    rows = CaseUnit.objects.filter(unit_id__in=mine)
    known = list(rows.values_list("case_id", flat=True)[: _LITERAL + 1])
    if not known:
        return Q()
    return Q(pk__in=known) if len(known) <= _LITERAL else Q(pk__in=rows.values("case_id"))
