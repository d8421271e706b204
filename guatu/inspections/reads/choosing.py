"""Which places a round may take, by its criteria: counted before anything is added."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import shapely
from django.db.models import Exists, OuterRef, Q, QuerySet
from shapely.geometry import shape

from guatu.inspections.models import Industry, Order, Round, Visit
from guatu.inspections.rules import choosing, orders, visits
from guatu.inspections.rules import rounds as round_rules
from guatu.inspections.rules.choosing import Candidate, Choice, Criteria
from guatu.kernel import clock
from guatu.kernel.access import Scope, within
from guatu.kernel.problems import Problem
from guatu.places.models import Place, Zone
from guatu.places.reads import answered_for, visible_places

_AT_ONCE = 400
_FIELDS = ("id", "number", "name", "opening_hours", "shut_at")


def candidates(scope: Scope, round_: Round, criteria: Criteria, minutes: int) -> Choice:
    """What adding these places to a round would do; nothing is written. Raises `round.unknown_zone`."""
    rows: dict[Any, Any] = {}
    ground = visible_places(scope).filter(within("area", round_.area), withdrawn=False, closed_on=None)
    if criteria.asks:
        rows |= {row.id: row for row in asked(ground, criteria).only(*_FIELDS)}
    rows |= {row.id: row for row in _by_ids(ground, criteria.picked)}
    numbered, missing = _by_numbers(ground, criteria.numbers)
    rows |= {row.id: row for row in numbered}
    without = set(criteria.without)
    there = set(
        Visit.objects.filter(round=round_, kind="round")
        .exclude(status="removed")
        .values_list("place_id", flat=True)
    )
    found = [
        Candidate(row.id, row.number, row.opening_hours, row.id in there, row.shut_at is not None)
        for row in sorted(rows.values(), key=lambda each: (each.number, str(each.id)))
        if str(row.id) not in without
    ]
    spans = round_rules.spans_between(round_.starts_on, round_.ends_on, criteria.shift, clock.ZONE)
    return choosing.choose(found, spans, minutes, only_open=bool(criteria.shift), missing=missing)


def asked(ground: QuerySet[Place], criteria: Criteria) -> QuerySet[Place]:
    """The places that satisfy everything that is asked, hand-picked ones aside."""
    rows = ground
    if criteria.industries:
        kinds = [kind for listed in Industry.objects.filter(code__in=criteria.industries).values_list("kinds", flat=True)
                 for kind in listed]  # fmt: skip
        rows = rows.filter(Q(industry__in=criteria.industries) | Q(industry="", kind__in=kinds))
    if criteria.kinds:
        rows = rows.filter(kind__in=criteria.kinds)
    if criteria.risks:
        rows = rows.filter(risk__in=criteria.risks)
    if criteria.areas:
        rows = rows.filter(_any_area(criteria.areas))
    if criteria.zone:
        rows = rows.filter(_in_zone(rows, criteria.zone))
    seen = Visit.objects.filter(place=OuterRef("pk"), status="done", outcome__in=visits.JUDGED)
    if criteria.last_before is not None:
        rows = rows.filter(~Exists(seen.filter(done_on__gte=criteria.last_before)))
    if criteria.never:
        rows = rows.filter(~Exists(seen))
    if criteria.open_orders:
        rows = rows.filter(Exists(Order.objects.filter(place=OuterRef("pk"), status__in=orders.OPEN)))
    if criteria.contracted:
        person = _uuid(criteria.contracted)
        rows = rows.filter(answered_for(person)) if person is not None else rows.none()
    return rows


def _any_area(codes: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for code in codes:
        found |= within("area", code)
    return found


def _in_zone(rows: QuerySet[Place], code: str) -> Q:
    """In one of the zone's areas, or inside its shape."""
    zone = Zone.objects.filter(code=code).first()
    if zone is None:
        raise Problem("round.unknown_zone", zone=code)
    found = _any_area(zone.areas)
    if zone.shape:
        border = shape(zone.shape)
        west, south, east, north = border.bounds
        near = rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north).values_list(
            "pk", "lon", "lat"
        )
        shapely.prepare(border)
        inside = [key for key, lon, lat in near if border.covers(shapely.Point(lon, lat))]
        found |= Q(pk__in=inside[: choosing.MOST])
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _by_ids(ground: QuerySet[Place], texts: Sequence[str]) -> list[Place]:
    wanted = [found for text in texts if (found := _uuid(text)) is not None]
    rows: list[Place] = []
    for start in range(0, len(wanted), _AT_ONCE):
        rows += ground.filter(pk__in=wanted[start : start + _AT_ONCE]).only(*_FIELDS)
    return rows


def _by_numbers(ground: QuerySet[Place], texts: Sequence[str]) -> tuple[list[Place], list[str]]:
    """The places a file names by number or by their whole name, and what it names that is not here."""
    rows: list[Place] = []
    for start in range(0, len(texts), _AT_ONCE):
        piece = texts[start : start + _AT_ONCE]
        rows += ground.filter(Q(number__in=piece) | Q(name__in=piece)).only(*_FIELDS)
    known = {row.number for row in rows} | {row.name for row in rows}
    return rows, [text for text in texts if text not in known]
