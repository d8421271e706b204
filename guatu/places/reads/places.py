"""Places: lists, maps, one place, and the rows the figures read."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from guatu.kernel.access import Scope, visible_to, within
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import mask, open_many
from guatu.places.facts import PlaceRow
from guatu.places.models import Place
from guatu.places.reads.maps import Shape, point_shape

RIGHT = "place.read"
_MOST_POINTS = 5_000


def visible_places(scope: Scope) -> QuerySet[Place]:
    """The places this person may see, withdrawn ones included."""
    return visible_to(Place.objects.all(), scope, RIGHT)


def inside(code: str) -> Q:
    """The condition that a place lies in an area ("" is everywhere)."""
    return within("area", code)


def place(scope: Scope, place_id: UUID | str) -> Place:
    """One place. Raises `access.not_found`."""
    row = visible_places(scope).filter(id=place_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def masked_contact(row: Place) -> dict[str, str]:
    """Name and telephone of a place's contact as pages show them; empty when there is none or its key is gone."""
    opened = open_many({row.id: row.contact}).get(row.id, {}) if row.contact else {}
    return {name: mask(text) for name, text in opened.items()}


def points(
    scope: Scope, *, area: str = "", kind: str = "", rows: QuerySet[Place] | None = None
) -> list[Shape]:
    """The places with a point, as features; at most 5,000."""
    found = visible_places(scope).filter(withdrawn=False) if rows is None else rows
    found = found.filter(lon__isnull=False, lat__isnull=False)
    if area:
        found = found.filter(within("area", area))
    if kind:
        found = found.filter(kind=kind)
    shapes = (point_shape(row) for row in found.order_by("id")[:_MOST_POINTS])
    return [shape for shape in shapes if shape is not None]


def kinds(scope: Scope) -> list[tuple[str, int]]:
    """(kind, number of places) of what this person may see, most frequent first."""
    rows = visible_places(scope).filter(withdrawn=False).order_by()
    counted = rows.values_list("kind").annotate(number=Count("id"))
    return sorted(((kind, number) for kind, number in counted), key=lambda entry: (-entry[1], entry[0]))


def counts_by_area(scope: Scope, code: str, length: int) -> dict[str, int]:
    """{code of the child area: places in it} for the areas below `code` whose codes have `length` digits."""
    rows = visible_places(scope).filter(within("area", code), withdrawn=False).order_by()
    counts: dict[str, int] = {}
    for area, number in rows.values_list("area").annotate(number=Count("id")):
        if len(area) >= length:
            counts[area[:length]] = counts.get(area[:length], 0) + number
    return counts


def places_seen(scope: Scope, place_ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of the places this person may see."""
    rows = visible_places(scope).filter(id__in=list(place_ids)).values_list("id", "name")
    return {str(key): name for key, name in rows}


def place_rows(place_ids: Iterable[str]) -> list[PlaceRow]:
    """Places as the figures see them. One query."""
    running = Count("contracts", filter=Q(contracts__ended=False))
    rows = Place.objects.filter(id__in=list(place_ids)).annotate(running=running)
    return [
        PlaceRow(
            id=row.id,
            home=row.home,
            kind=row.kind,
            area=row.area,
            capacity=row.capacity,
            attributes=row.attributes,
            opened_on=row.opened_on,
            closed_on=row.closed_on,
            withdrawn=row.withdrawn,
            contracted=row.running > 0,
            industry=row.industry,
            risk=row.risk,
            road=row.road,
            within=str(row.within_id or ""),
            shut=row.shut_at is not None,
        )
        for row in rows
    ]
