"""The working lists: which cases stand behind each tab, and how many, never counting further than anybody reads."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from guatu.cases.models import Case, HandOver, JointPart, Request
from guatu.cases.reads.sight import sight, units_below
from guatu.cases.rules import OPEN, WITH_CLOCK
from guatu.kernel import clock
from guatu.units.models import Person, Unit

VIEWS = (
    "all", "open", "mine", "unit", "unassigned", "today", "late", "check", "approval", "parts", "offered",
)  # fmt: skip
COUNT_TO = 1000
UNASSIGNED = ("reported", "confirmed", "filed", "returned")


def view(
    rows: QuerySet[Case], name: str, person: Person, units: Sequence[Unit] | None = None
) -> QuerySet[Case]:
    """The rows of one tab. units: all there are, when the caller has read them already."""
    return rows.filter(view_condition(name, person, units))


def view_condition(name: str, person: Person, units: Sequence[Unit] | None = None) -> Q:
    """The condition of one tab."""
    conditions: dict[str, Callable[[], Q]] = {
        "open": lambda: Q(status__in=OPEN),
        "mine": lambda: Q(status__in=OPEN) & (Q(taker=person) | Q(handler=person) | Q(finder=person)),
        "unit": lambda: Q(status__in=OPEN, unit_id__in=_mine(person, units)),
        "unassigned": lambda: Q(status__in=UNASSIGNED),
        "today": _today,
        "late": lambda: Q(status__in=WITH_CLOCK) & (Q(late=True) | Q(due_at__lt=clock.now())),
        "check": lambda: _to_check(person, units),
        "approval": lambda: _to_approve(person, units),
        "parts": lambda: Q(
            pk__in=JointPart.objects.filter(
                unit_id__in=_mine(person, units), status__in=("given", "accepted")
            ).values("case_id")
        ),
        "offered": lambda: Q(
            pk__in=HandOver.objects.filter(to_unit_id__in=_mine(person, units), status="offered").values(
                "case_id"
            )
        ),
    }
    return conditions[name]() if name in conditions else Q()


def _mine(person: Person, units: Sequence[Unit] | None) -> list[UUID]:
    return units_below(person.unit.path, units=units) if person.unit is not None else []


def _today() -> Q:
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Q(status__in=WITH_CLOCK, due_at__gte=midnight, due_at__lt=midnight + dt.timedelta(days=1))


def _to_check(person: Person, units: Sequence[Unit] | None) -> Q:
    """Handled, and neither by this reader nor by their unit or one above it (`rules.same_hands`)."""
    if not person.scope.may("case.verify"):
        return Q(pk__in=[])
    found = Q(status="handled") & ~Q(handler=person) & ~Q(finder=person)
    if person.unit is not None:
        names = person.unit.path.strip("/").split("/")
        above = ["/".join(names[:count]) + "/" for count in range(1, len(names) + 1)]
        ours = Unit.objects.filter(path__in=above).values("id")
        theirs = Person.objects.filter(unit__path__in=above).values("id")
        # a NULL must not make the exclusion unknown
        found &= (Q(unit=None) | ~Q(unit_id__in=ours)) & (Q(handler=None) | ~Q(handler_id__in=theirs))
    return found & sight(person.scope, "case.verify", units)


def _to_approve(person: Person, units: Sequence[Unit] | None) -> Q:
    """Somebody else asks, and this reader may decide."""
    if not person.scope.may("case.approve"):
        return Q(pk__in=[])
    asked = Request.objects.filter(status="asked").exclude(asked_by=person)
    return Q(pk__in=asked.values("case_id")) & sight(person.scope, "case.approve", units)


def view_counts(
    rows: QuerySet[Case],
    person: Person,
    views: Iterable[str] = VIEWS,
    most: int = COUNT_TO,
    *,
    units: Sequence[Unit] | None = None,
    further: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """How many rows stand behind each tab, in one query; `most + 1` means more than `most`. further: tabs that are counted
    to a number of their own. units: all there are, when the caller has read them already.

    Each count stops at its cap, so that its price is bounded by the cap and not by the table.
    """
    units = units if units is not None else list(Unit.objects.order_by("path"))
    names = list(views)
    parts: list[str] = []
    values: list[Any] = []
    found: dict[str, int] = dict.fromkeys(names, 0)
    asked = []
    for name in names:
        cap = (further or {}).get(name, most) + 1
        narrowed = rows.filter(view_condition(name, person, units)).order_by().values("pk")[:cap]
        if narrowed.query.is_empty():
            continue
        try:
            sql, given = narrowed.query.sql_with_params()
        except Exception as error:
            if type(error).__name__ != "EmptyResultSet":
                raise
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS {connection.ops.quote_name('t')})")  # noqa: S608
        values += given
        asked.append(name)
    if asked:
        for name, count in zip(asked, _one_row(f"SELECT {', '.join(parts)}", values), strict=True):
            found[name] = int(count)
    return found


def _one_row(sql: str, values: list[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
