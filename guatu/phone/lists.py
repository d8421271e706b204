"""What a phone may hold: one line for each list. Every row goes through the reader's rights; none holds personal values.

A further list is one more `PhoneList` in `LISTS`; what it needs is said there. Rows go out as small dicts with `id` and
`ver`; whatever the phone's pages shall show stands beside.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from guatu.kernel import clock
from guatu.kernel.access import Scope, visible_to, within
from guatu.phone import rows as shown
from guatu.phone.visits import rows as visit_rows
from guatu.places.models import Place
from guatu.places.reads import visible_places
from guatu.units.models import Contract, Person
from guatu.units.reads import my_places

_STREET = 9  # digits of a street's code: who answers for no more than streets takes all their places along


@dataclass(frozen=True)
class PhoneList:
    """One list.

    name: in addresses and in the phone. rows: person → the rows he holds now, by his rights. dump: (person, rows) → dicts.
    right: without it there is no list. follows: kinds of subject in the ledger whose acts change rows → ids of rows from
    ids of subjects (None: the same ids). resets: kinds after whose acts everything is sent again. depends: person → text
    of whatever else the list rests on; another text means everything again. whole: instead of `rows`, for small lists that
    are always sent whole. edition: raise it when `dump` changes its shape.
    """

    name: str
    rows: Callable[[Person], QuerySet[Any]] = lambda person: Place.objects.none()
    dump: Callable[[Person, list[Any]], list[dict[str, Any]]] = lambda person, rows: []
    right: str = "place.read"
    follows: Mapping[str, Callable[[Iterable[str]], Iterable[Any]] | None] = field(default_factory=dict)
    resets: frozenset[str] = frozenset()
    depends: Callable[[Person], str] | None = None
    whole: Callable[[Person], list[dict[str, Any]]] | None = None
    edition: int = 1


def walked(scope: Scope, right: str) -> tuple[str, ...]:
    """The areas of a right that are no wider than a street: nobody carries a district in a pocket."""
    return tuple(code for code in scope.areas(right) if len(code) >= _STREET)


def _in_walked(scope: Scope, right: str) -> Q:
    found = Q(pk__in=[])
    for code in walked(scope, right):
        found |= within("area", code)
    return found


def held_today(person: Person) -> QuerySet[Contract]:
    """The person's running contracts."""
    return Contract.objects.filter(person=person, ended=False)


def _contracts_of(person: Person) -> str:
    """My contracts in one word. Which of them count today depends on the day. Asked once for a request's person."""
    known: str | None = person.__dict__.get("_phone_contracts")
    if known is None:
        held = (
            held_today(person)
            .order_by("id")
            .values_list("id", "place_id", "area", "kind", "from_day", "to_day")
        )
        known = hashlib.sha256(f"{clock.today()}{list(held)}".encode()).hexdigest()[:16]
        person.__dict__["_phone_contracts"] = known
    return known


# --- the rows ----------------------------------------------------------------------------------------------------


def places(person: Person) -> QuerySet[Place]:
    """My own places, and all of my streets; those in business."""
    mine = Q(id__in=my_places(person).values("id"))
    seen = visible_places(person.scope).filter(_in_walked(person.scope, "place.read")).values("id")
    return Place.objects.filter(mine | Q(id__in=seen), withdrawn=False, closed_on=None)


def contracts(person: Person) -> QuerySet[Contract]:
    return held_today(person).select_related("place")


def forms(person: Person) -> QuerySet[Any]:
    """The open forms of campaigns that concern me, in their current version."""
    from guatu.fieldwork import reads
    from guatu.fieldwork.rules.lifecycle import LISTED

    return reads.forms(person.scope).filter(status__in=LISTED, current__isnull=False)


def cases(person: Person) -> QuerySet[Any]:
    """Open cases that I took or that lie with my unit."""
    from guatu.cases import reads
    from guatu.cases.rules import OPEN

    hands = Q(taker=person) | Q(unit_id=person.unit_id) if person.unit_id else Q(taker=person)
    rows = reads.cases(person.scope).filter(hands, status__in=OPEN)
    return rows.select_related("unit", "taker", "place", "campaign", "case_class")


def visits(person: Person) -> QuerySet[Any]:
    """The visits of my teams that are still to be done, and those begun; look-backs of my rounds among them."""
    from guatu.inspections.reads.visits import my_visits

    rows: QuerySet[Any] = my_visits(person.id).select_related("place", "round", "team", "campaign", "after")
    return rows


def points(person: Person) -> QuerySet[Any]:
    """Service points of my streets and of my unit that have not ended."""
    from guatu.venues.models import ServicePoint

    rows = visible_to(ServicePoint.objects.exclude(status="ended"), person.scope, "point.read")
    near = _in_walked(person.scope, "point.read")
    if person.unit_id:
        near |= Q(unit_id=person.unit_id)
    return rows.filter(near).select_related("place", "unit", "campaign")


def entries(person: Person) -> QuerySet[Any]:
    """Entries of registers that live where I answer for an area."""
    from guatu.registers import reads

    mine = Q(pk__in=[])
    for code in set(held_today(person).filter(place=None).values_list("area", flat=True)):
        if len(code) >= _STREET:
            mine |= within("area", code)
    return reads.entries(person.scope).filter(mine, status="current")


def returns(person: Person) -> QuerySet[Any]:
    """What was sent back to me; what came from nobody known stays with the unit."""
    from guatu.fieldwork.models import SubmissionReturn

    hands = Q(collector=person)
    if person.unit is not None:
        hands |= Q(collector=None, unit=person.unit.path)
    return SubmissionReturn.objects.filter(hands, status="waiting").select_related("form", "campaign")


def own_areas(person: Person) -> list[str]:
    """Codes of the areas I walk: those of my contracts, and of my rights as far as they are no wider than a street."""
    held = set(held_today(person).filter(place=None).values_list("area", flat=True))
    found = sorted({code for code in held | set(walked(person.scope, "place.read")) if len(code) >= _STREET})
    return found[:30]


def _of_submissions(ids: Iterable[str]) -> Iterable[Any]:
    from guatu.fieldwork.models import SubmissionReturn

    return SubmissionReturn.objects.filter(submission_id__in=list(ids)).values_list("id", flat=True)


def _of_places(model: Callable[[], Any]) -> Callable[[Iterable[str]], Iterable[Any]]:
    return lambda ids: model().objects.filter(place_id__in=list(ids)).values_list("id", flat=True)


def _visit_model() -> Any:
    from guatu.inspections.models import Visit

    return Visit


def _point_model() -> Any:
    from guatu.venues.models import ServicePoint

    return ServicePoint


def _of_rounds(ids: Iterable[str]) -> Iterable[Any]:
    return _visit_model().objects.filter(round_id__in=list(ids)).values_list("id", flat=True)


def _of_teams(ids: Iterable[str]) -> Iterable[Any]:
    return _visit_model().objects.filter(team_id__in=list(ids)).values_list("id", flat=True)


def _teams(person: Person) -> str:
    """Which teams I am in, and the day: being taken into one is told by the team, not by each visit."""
    from guatu.inspections.models import TeamMember

    held = TeamMember.objects.filter(person=person, team__withdrawn=False).order_by("team_id")
    # what is asked depends on the day too: an edition comes in force without anybody doing anything
    return f"{clock.today()} " + ",".join(str(each) for each in held.values_list("team_id", flat=True))


def _areas(person: Person) -> list[dict[str, Any]]:
    return shown.areas(person, own_areas(person))


def _names_of_areas(person: Person) -> str:
    return ",".join(own_areas(person))


_NAMES = frozenset({"area"})  # rows show areas by name

LISTS: dict[str, PhoneList] = {
    each.name: each
    for each in (
        PhoneList(
            "places", places, shown.places,
            follows={"place": None}, resets=_NAMES, depends=_contracts_of,
        ),
        PhoneList(
            "contracts", contracts, shown.contracts, right="campaign.read",
            follows={"contract": None, "place": _of_places(lambda: Contract)}, resets=_NAMES, depends=_contracts_of,
        ),
        PhoneList(
            "forms", forms, shown.forms, right="submission.send",
            follows={"form": None}, resets=frozenset({"campaign"}),
        ),
        PhoneList(
            "cases", cases, shown.cases, right="case.read",
            follows={"case": None}, resets=_NAMES | {"unit"},
        ),
        PhoneList(
            "visits", visits, visit_rows, right="visit.read",
            follows={"visit": None, "round": _of_rounds, "team": _of_teams, "place": _of_places(_visit_model)},
            resets=frozenset({"norm", "industry"}), depends=_teams, edition=2,
        ),
        PhoneList(
            "points", points, shown.points, right="point.read",
            follows={"servicepoint": None, "place": _of_places(_point_model)},
        ),
        PhoneList(
            "entries", entries, shown.entries, right="register.read",
            follows={"entry": None}, resets=_NAMES | {"register"}, depends=_contracts_of,
        ),
        PhoneList(
            "returns", returns, shown.returns, right="submission.send",
            follows={"submissionreturn": None, "submission": _of_submissions},
        ),
        PhoneList("areas", whole=_areas, resets=_NAMES | {"zone"}, depends=_names_of_areas, edition=2),
    )
}  # fmt: skip
