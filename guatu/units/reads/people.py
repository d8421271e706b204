"""Units, people and the posts they hold."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from guatu.kernel import clock
from guatu.kernel.access import Grant, Scope, predicate, visible_to
from guatu.kernel.problems import Problem
from guatu.places.models import Zone
from guatu.units import problems as problems
from guatu.units.rules import OF_THEIR_UNIT, ROLES

if TYPE_CHECKING:
    from guatu.units.models import ApiToken, Person, Post, Unit


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
    key = Q(code=str(unit_id)) | (Q(id=unit_id) if is_uuid(unit_id) else Q(pk__in=[]))
    row = visible_units(scope).select_related("parent").filter(key).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def is_uuid(text: Any) -> bool:
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
    key = Q(id=person_id) if is_uuid(person_id) else Q(username=str(person_id))
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
