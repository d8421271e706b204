"""Contracts: who answers for what, what nobody answers for, who answers for too much, what was handed over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Length

from guatu.kernel.access import Scope, predicate, visible_to, within
from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.places.models import Area, Place
from guatu.places.reads import answered_for
from guatu.places.rules import SCHEMES
from guatu.units.facts import ContractRow
from guatu.units.reads.people import is_uuid, visible_people
from guatu.units.rules import CONTRACT_KINDS, MOST_CONTRACTS, MOST_OF, SUPPORTING

if TYPE_CHECKING:
    from guatu.units.models import Contract, HandOver, Person

LIMITS_KEY = "contracts.most"  # StoreSetting: {kind: number}


def visible_contracts(scope: Scope) -> "QuerySet[Contract]":
    """The contracts of this person's areas, and his own."""
    from guatu.units.models import Contract

    rows = Contract.objects.select_related("person__unit", "place")
    condition = predicate(scope, "contract.read", area="area")
    return rows.filter(condition | Q(person_id=scope.person_id)) if condition else rows


def contract(scope: Scope, contract_id: UUID | str) -> "Contract":
    """One contract. Raises `access.not_found`."""
    row = visible_contracts(scope).filter(id=contract_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def who_holds(scope: Scope, person_id: UUID | str) -> "Person":
    """Somebody one may see, or who holds a contract one may see: a street hands over what lies in it, whichever unit the
    person belongs to. By id or user name. Raises `access.not_found`."""
    from guatu.units.models import Person

    key = Q(id=person_id) if is_uuid(person_id) else Q(username=str(person_id))
    seen = Q(id__in=visible_people(scope).filter(key).values("id"))
    held = Q(id__in=visible_contracts(scope).order_by().values("person_id"))
    row = Person.objects.select_related("unit").filter(key).filter(seen | held).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def contracts_seen(scope: Scope, contract_ids: Iterable[str]) -> dict[str, str]:
    return {str(row.id): str(row) for row in visible_contracts(scope).filter(id__in=list(contract_ids))}


def who_answers(scope: Scope, *, area: str = "", place: Place | None = None) -> "list[Contract]":
    """The running contracts of a place, or of an area itself (without what lies below it)."""
    rows = visible_contracts(scope).filter(ended=False)
    rows = rows.filter(place=place) if place is not None else rows.filter(place=None, area=area)
    return list(rows.order_by("kind", "from_day", "id"))


def my_places(person: "Person") -> QuerySet[Place]:
    """The places in business a person answers for today, by running contracts of theirs or of the neighbourhood or grid
    they lie in. Two queries."""
    return Place.objects.filter(answered_for(person.id), withdrawn=False, closed_on=None)


def places_without(scope: Scope, *, area: str = "") -> QuerySet[Place]:
    """Visible places nobody answers for: neither by a contract of their own nor by one over their neighbourhood
    or grid. Who is in a building or market is answered for with it; what is closed needs nobody."""
    from guatu.units.models import Contract

    running = Contract.objects.filter(ended=False).exclude(kind__in=SUPPORTING)
    own = running.filter(place=OuterRef("id"))
    # every code a contract over its neighbourhood or grid could have: equal codes are found by the index, prefixes are not
    outer = [Left(OuterRef("area"), digits) for digits in (12, *sorted(set(SCHEMES.values())))]
    around = running.filter(place=None, area__in=outer).annotate(digits=Length("area")).filter(digits__gte=12)
    rows = _answerable(scope, area)
    return rows.filter(~Exists(own), ~Exists(around))


def _answerable(scope: Scope, area: str) -> QuerySet[Place]:
    """The places somebody should answer for: in business, and not inside another one, which is answered for as a whole."""
    rows = visible_to(Place.objects.filter(withdrawn=False, closed_on=None, within=None), scope, "place.read")
    return rows.filter(within("area", area)) if area else rows


def places_with(rows: QuerySet[Place], answered: bool) -> QuerySet[Place]:
    """Of some places those with, or without, a running contract of their own."""
    from guatu.units.models import Contract

    own = Contract.objects.filter(ended=False, place=OuterRef("id")).exclude(kind__in=SUPPORTING)
    return rows.filter(Exists(own) if answered else ~Exists(own))


def areas_without(scope: Scope, *, area: str, level: str = "committee") -> QuerySet[Area]:
    """Areas of a level inside `area` over which nobody has a contract."""
    from guatu.units.models import Contract

    running = Contract.objects.filter(ended=False, place=None, area=OuterRef("code")).exclude(
        kind__in=SUPPORTING
    )
    rows = Area.objects.filter(within("code", area), level=level, valid_to=None)
    rows = rows.filter(predicate(scope, "contract.read", area="code"))
    return rows.filter(~Exists(running)).defer("shape")


def limits() -> dict[str, int]:
    """How many contracts of each kind one person should have at most: the office's word, else the shipped one."""
    row = StoreSetting.objects.filter(key=LIMITS_KEY).values_list("value", flat=True).first() or {}
    return {kind: int(row.get(kind, MOST_OF.get(kind, MOST_CONTRACTS))) for kind in CONTRACT_KINDS}


def overloaded(scope: Scope, *, most: int | None = None) -> "QuerySet[Person]":
    """People who answer for more than anybody can know by heart: more than the limit of a kind, or more than 30 in all.
    most: only look at the sum, against this number."""
    from guatu.units.models import Contract

    counted = visible_people(scope).annotate(running=Count("contracts", filter=Q(contracts__ended=False)))
    if most is not None:
        return counted.filter(running__gt=most)
    known = limits()
    loads = Contract.objects.filter(ended=False).order_by().values_list("person_id", "kind")
    over = {
        person_id
        for person_id, kind, number in loads.annotate(number=Count("id")).filter(
            number__gt=min(known.values())
        )
        if number > known.get(kind, MOST_CONTRACTS)
    }
    return counted.filter(Q(running__gt=MOST_CONTRACTS) | Q(id__in=over))


def gaps_by_kind(scope: Scope, *, area: str) -> list[tuple[str, int]]:
    """(kind of place, how many of it nobody answers for), most first. One query."""
    rows = places_without(scope, area=area).order_by().values_list("kind").annotate(number=Count("id"))
    return sorted(rows, key=lambda each: (-each[1], each[0]))


@dataclass(frozen=True)
class Overlap:
    """Several people with the same kind of contract for one thing."""

    place: Place | None
    area: str
    kind: str
    contracts: "list[Contract]"


def overlaps(scope: Scope, *, area: str, most: int = 50) -> list[Overlap]:
    """Places and areas that several people answer for in the same way. Two queries."""
    from guatu.units.models import Contract

    rows = visible_to(Contract.objects.filter(within("area", area), ended=False), scope, "contract.read")
    rows = rows.exclude(kind__in=SUPPORTING).order_by()
    keys = list(
        rows.values_list("place_id", "area", "kind").annotate(number=Count("id")).filter(number__gt=1)[:most]
    )
    condition = Q(pk__in=[])
    for place_id, code, kind, _number in keys:
        condition |= (
            Q(place_id=place_id, area=code, kind=kind) if place_id else Q(place=None, area=code, kind=kind)
        )
    found: dict[tuple[Any, str, str], list[Contract]] = {}
    for row in (
        rows.filter(condition).select_related("person__unit", "place").order_by("area", "from_day", "id")
    ):
        found.setdefault((row.place_id, row.area, row.kind), []).append(row)
    return [Overlap(held[0].place, code, kind, held) for (_place, code, kind), held in found.items()]


@dataclass(frozen=True)
class Gaps:
    """How many gaps there are in an area; each number is the count of the list behind it."""

    areas: int
    all_areas: int
    places: int
    all_places: int
    people: int
    by_kind: tuple[
        tuple[str, int], ...
    ] = ()  # (kind of place, how many of it nobody answers for), most first


def gaps(scope: Scope, *, area: str, level: str = "committee") -> Gaps:
    """The gaps of an area in numbers. Five counts."""
    everywhere = Area.objects.filter(within("code", area), level=level, valid_to=None)
    by_kind = gaps_by_kind(scope, area=area)
    return Gaps(
        areas=areas_without(scope, area=area, level=level).count(),
        all_areas=everywhere.filter(predicate(scope, "contract.read", area="code")).count(),
        places=sum(number for _kind, number in by_kind),
        all_places=_answerable(scope, area).count(),
        people=overloaded(scope).count(),
        by_kind=tuple(by_kind),
    )


def handovers(scope: Scope) -> "QuerySet[HandOver]":
    """The hand-overs of one's areas and one's own, newest first."""
    from guatu.units.models import HandOver

    rows = HandOver.objects.select_related("person__unit").order_by("-made_at", "-id")
    condition = predicate(scope, "contract.read", area="area")
    return (
        rows.filter(condition | Q(person_id=scope.person_id) | Q(by_id=scope.person_id))
        if condition
        else rows
    )


def handover(scope: Scope, batch_id: UUID | str) -> "HandOver":
    """One hand-over. Raises `access.not_found`."""
    row = handovers(scope).filter(id=batch_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def handovers_seen(scope: Scope, batch_ids: Iterable[str]) -> dict[str, str]:
    return {str(row.id): str(row) for row in handovers(scope).filter(id__in=list(batch_ids))}


def contract_rows(contract_ids: Sequence[str] | Iterable[str]) -> list[ContractRow]:
    """Contracts as the figures see them. One query."""
    from guatu.units.models import Contract

    return [
        ContractRow(
            id=row.id,
            home=row.home,
            kind=row.kind,
            area=row.area,
            unit=row.person.unit.path if row.person.unit is not None else "",
            subject=str(row.place_id or row.area),
            of_place=row.place_id is not None,
            from_day=row.from_day,
            ended=row.ended,
        )
        for row in Contract.objects.select_related("person__unit").filter(id__in=list(contract_ids))
    ]
