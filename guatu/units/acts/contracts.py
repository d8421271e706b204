"""Contracts: who answers for which place or area, since when, until when."""

import datetime as dt

from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.places.reads import name_of, resolve
from guatu.places.rules import home_of
from guatu.units import problems as problems
from guatu.units.models import Contract, Person
from guatu.units.rules import CONTRACT_KINDS


def check_contract(person: Person, kind: str, place: Place | None, area: str) -> str:
    """The area a contract would stand in. Raises `contract.*`, `person.inactive`, `place.withdrawn`, `place.unknown_area`."""
    if kind not in CONTRACT_KINDS:
        raise Problem("contract.unknown_kind", kind=kind, kinds="、".join(CONTRACT_KINDS))
    if not person.is_active:
        raise Problem("person.inactive", name=person.name)
    if place is None and not area:
        raise Problem("contract.nothing")
    if place is not None and place.withdrawn:
        raise Problem("place.withdrawn", name=place.name)
    return place.area if place is not None else resolve(area)


def sign_contract(
    *,
    by: Actor,
    person: Person,
    kind: str,
    place: Place | None = None,
    area: str = "",
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    note: str = "",
    via: str = "web",
) -> Contract:
    """Somebody answers for a place, or for an area (code or name), from a day (default: today).

    Raises `contract.nothing`, `contract.exists`, `contract.unknown_kind`, `person.inactive`, `place.withdrawn`,
    `post.bad_days`, `access.denied`.
    """
    code = check_contract(person, kind, place, area)
    require(by.scope, "contract.edit", area=code)
    starts = from_day or clock.today()
    if to_day and to_day < starts:
        raise Problem("post.bad_days", from_day=starts, to_day=to_day)
    same = Contract.objects.filter(person=person, kind=kind, ended=False)
    same = same.filter(place=place) if place is not None else same.filter(place=None, area=code)
    if same.exists():
        what = place.name if place is not None else name_of(code)
        raise Problem("contract.exists", person=person.name, what=what, kind=CONTRACT_KINDS[kind][0])
    contract = Contract(
        id=ids.new(), home=home_of(code), kind=kind, person=person, place=place, area=code, from_day=starts,
        to_day=to_day, note=note.strip(), ended=bool(to_day and to_day < clock.today()),
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        contract.save(force_insert=True)
        told(d, "contract.signed", contract)
    return contract


def told(d: Deed, verb: str, contract: Contract) -> None:
    """Record on the contract, and on its place, whose facts say whether anybody answers for it."""
    details = {"kind": contract.kind, "person": str(contract.person_id)}
    d.record(verb, contract, details=details)
    if contract.place is not None:
        d.record("place.contracted", contract.place, details={"contract": str(contract.id)})


def end_contract(
    *, by: Actor, contract: Contract, on: dt.date | None = None, version: int | None = None, via: str = "web"
) -> Contract:
    """End a contract with that day (default: today). A later day only sets its last day; the daily job ends it then.

    Raises `contract.ended`, `post.bad_days`, `kernel.stale`, `access.denied`.
    """
    require(by.scope, "contract.edit", area=contract.area)
    check_version(contract, version)
    if contract.ended:
        raise Problem("contract.ended", to_day=contract.to_day or "—")
    until = on or clock.today()
    if until < contract.from_day:
        raise Problem("post.bad_days", from_day=contract.from_day, to_day=until)
    with deed(by=by, via=via) as d:
        contract.to_day = until
        contract.ended = until <= clock.today()
        contract.version += 1
        contract.save()
        told(d, "contract.ended", contract)
    return contract


def expire_contracts(*, by: Actor = SYSTEM, via: str = "system") -> int:
    """End what ran out before today (the daily job); answers how many."""
    due = Contract.objects.filter(ended=False, to_day__lt=clock.today()).select_related("place")[:1000]
    count = 0
    with deed(by=by, via=via) as d:
        for contract in due:
            contract.ended = True
            contract.version += 1
            contract.save()
            told(d, "contract.expired", contract)
            count += 1
    return count
