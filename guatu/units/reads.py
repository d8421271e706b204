"""What doors ask about units, people, posts and contracts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left, Length

from guatu.kernel import clock
from guatu.kernel.access import Grant, Scope, predicate, visible_to, within
from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.places.models import Area, Place, Zone
from guatu.places.reads import answered_for
from guatu.places.rules import SCHEMES
from guatu.units import problems as problems
from guatu.units.facts import ContractRow
from guatu.units.rules import CONTRACT_KINDS, MOST_CONTRACTS, MOST_OF, OF_THEIR_UNIT, ROLES, SUPPORTING

if TYPE_CHECKING:
    from guatu.units.models import ApiToken, Contract, HandOver, Person, Post, Unit

LIMITS_KEY = "contracts.most"  # StoreSetting: {kind: number}


def scope_of(person: "Person") -> Scope:
    """The rights of the posts held today; zones are resolved into their areas. Two queries at most."""
    today = clock.today()
    held = person.posts.filter(
        Q(from_day=None) | Q(from_day__lte=today), Q(to_day=None) | Q(to_day__gte=today)
    )
    posts = list(held)
    wanted = {code for post in posts for code in post.zones}
    zones = {zone.code: zone.areas for zone in Zone.objects.filter(code__in=wanted)} if wanted else {}
    grants = tuple(
        Grant(
            rights=ROLES.get(post.role, ()),
            areas=tuple(post.areas) + tuple(area for code in post.zones for area in zones.get(code, [])),
            units=tuple(post.units) or _own_unit(person, post.role),
        )
        for post in posts
    )
    return Scope(person_id=person.id, grants=grants)


def _own_unit(person: "Person", role: str) -> tuple[str, ...]:
    """A post that names no unit reaches its holder's own: a case handed over to a street from elsewhere is theirs."""
    return (person.unit.path,) if role in OF_THEIR_UNIT and person.unit is not None else ()


# ------------------------------------------------------------------------------------------------ units


def visible_units(scope: Scope) -> "QuerySet[Unit]":
    """The units this person may see: of his areas, of his subtrees, and whatever stands above those."""
    from guatu.units.models import Unit

    rows = Unit.objects.all()
    if scope.units("unit.read") and not scope.areas("unit.read"):
        above = {
            path[: index + 1]
            for path in scope.units("unit.read")
            for index, sign in enumerate(path)
            if sign == "/"
        }
        return rows.filter(predicate(scope, "unit.read", area="area", units=("path",)) | Q(path__in=above))
    return visible_to(rows, scope, "unit.read", area="area", units=("path",))


def unit(scope: Scope, unit_id: UUID | str) -> "Unit":
    """One unit by id or code. Raises `access.not_found`."""
    key = Q(code=str(unit_id)) | (Q(id=unit_id) if _is_uuid(unit_id) else Q(pk__in=[]))
    row = visible_units(scope).select_related("parent").filter(key).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def _is_uuid(text: Any) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class UnitLine:
    """A unit in the tree: how deep it stands, how many people it has, itself and all below it."""

    unit: "Unit"
    depth: int
    people: int


def unit_tree(scope: Scope, *, active: bool = True) -> list[UnitLine]:
    """All visible units, each followed by what stands below it. One query."""
    rows = visible_units(scope).annotate(people=Count("person", filter=Q(person__is_active=True)))
    if active:
        rows = rows.filter(active=True)
    found = sorted(rows, key=lambda row: row.path)
    shown = {row.path for row in found}
    lines = []
    for row in found:
        parts = row.path.strip("/").split("/")
        depth = sum("/".join(parts[:length]) + "/" in shown for length in range(1, len(parts)))
        lines.append(UnitLine(row, depth, row.people))
    return lines


def units_seen(scope: Scope, unit_ids: Iterable[str]) -> dict[str, str]:
    rows = visible_units(scope).filter(id__in=list(unit_ids)).values_list("id", "name")
    return {str(key): name for key, name in rows}


def find_unit(text: str) -> "Unit":
    """A unit by code, full or short name, for imports and forms. Raises `unit.unknown`."""
    from guatu.units.models import Unit

    plain = text.strip()
    for condition in (Q(code=plain), Q(name=plain), Q(short_name=plain), Q(path=plain)):
        rows = list(Unit.objects.filter(condition)[:2])
        if len(rows) == 1:
            return rows[0]
    raise Problem("unit.unknown", unit=text)


# ----------------------------------------------------------------------------------------------- people


def visible_people(scope: Scope) -> "QuerySet[Person]":
    """The people of the units this person may see people of, and himself."""
    from guatu.units.models import Person

    rows = Person.objects.select_related("unit")
    condition = predicate(scope, "person.read", area="unit__area", units=("unit__path",))
    return rows.filter(condition | Q(id=scope.person_id)) if condition else rows


def person(scope: Scope, person_id: UUID | str) -> "Person":
    """One person by id or user name. Raises `access.not_found`."""
    key = Q(id=person_id) if _is_uuid(person_id) else Q(username=str(person_id))
    row = visible_people(scope).filter(key).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def people_seen(scope: Scope, person_ids: Iterable[str]) -> dict[str, str]:
    rows = visible_people(scope).filter(id__in=list(person_ids)).values_list("id", "name")
    return {str(key): name for key, name in rows}


def find_person(text: str, *, unit: "Unit | None" = None) -> "Person":
    """A person by user name, or by a name only one has (in the unit, when given).

    Raises `person.unknown`, `person.ambiguous`.
    """
    from guatu.units.models import Person

    plain = text.strip()
    exact = Person.objects.filter(username__iexact=plain).first()
    if exact is not None:
        return exact
    rows = Person.objects.filter(name=plain, is_active=True)
    if unit is not None and rows.filter(unit__path__startswith=unit.path).exists():
        rows = rows.filter(unit__path__startswith=unit.path)
    found = list(rows[:20])
    if not found:
        raise Problem("person.unknown", person=text)
    if len(found) > 1:
        raise Problem("person.ambiguous", person=text, count=len(found))
    return found[0]


def posts_of(person: "Person") -> "list[Post]":
    """Every post of a person, present ones first."""
    return list(
        person.posts.select_related("unit").order_by(F("to_day").desc(nulls_first=True), "-from_day", "id")
    )


def token_of(text: str) -> "ApiToken | None":
    """The token behind a text, good now, with its active person; None when there is none."""
    from guatu.units.models import ApiToken

    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    row = ApiToken.objects.select_related("person__unit").filter(sha256=fingerprint, withdrawn=False).first()
    if (
        row is None
        or not row.person.is_active
        or (row.good_until is not None and row.good_until < clock.now())
    ):
        return None
    return row


# -------------------------------------------------------------------------------------------- contracts


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

    key = Q(id=person_id) if _is_uuid(person_id) else Q(username=str(person_id))
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


def gaps(scope: Scope, *, area: str, level: str = "committee") -> Gaps:
    """The gaps of an area in numbers. Five counts."""
    everywhere = Area.objects.filter(within("code", area), level=level, valid_to=None)
    return Gaps(
        areas=areas_without(scope, area=area, level=level).count(),
        all_areas=everywhere.filter(predicate(scope, "contract.read", area="code")).count(),
        places=places_without(scope, area=area).count(),
        all_places=_answerable(scope, area).count(),
        people=overloaded(scope).count(),
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
