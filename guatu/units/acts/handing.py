"""Many contracts at once: handed over when somebody leaves, signed together for places without anybody, taken back."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.places.reads import name_of
from guatu.places.rules import home_of
from guatu.units import problems as problems
from guatu.units.acts.contracts import check_contract, told
from guatu.units.models import Contract, HandOver, Person
from guatu.units.reads import LIMITS_KEY
from guatu.units.rules import CONTRACT_KINDS

MOST_AT_ONCE = 2_000
_DAY = dt.timedelta(days=1)
_LENGTHS = (12, 9, 6, 4, 2, 0)  # of codes of areas, narrowest first


def hand_over(
    *, by: Actor, person: Person, moves: Mapping[UUID, Person], on: dt.date | None = None, via: str = "web"
) -> HandOver:
    """Give on some running contracts of a person, each to somebody, from a day (default: today); they end the day before.

    moves: contract id → who takes it. Whoever has the same contract already keeps one. All are handed over or none.
    Raises `contract.nothing_chosen`, `contract.too_many_at_once`, `contract.same_person`, `contract.ended`,
    `post.bad_days`, `person.inactive`, `place.withdrawn`, `access.denied`, `access.not_found`.
    """
    _some(len(moves))
    first = on or clock.today()
    with deed(by=by, via=via) as d:
        rows = _locked(moves)
        if len(rows) != len(moves) or any(row.person_id != person.id for row in rows):
            raise Problem("access.not_found")
        batch = _batch("handover", by, first, [row.area for row in rows], person)
        for row in rows:
            batch.moves.append(_give_on(d, row, moves[row.id], first))
        batch.save(force_insert=True)
        d.record("handover.done", batch, details={"count": len(rows)})
        d.record("person.handed_over", person, details={"count": len(rows), "handover": str(batch.id)})
    return batch


def _some(count: int) -> None:
    if not count:
        raise Problem("contract.nothing_chosen")
    if count > MOST_AT_ONCE:
        raise Problem("contract.too_many_at_once", count=count, most=MOST_AT_ONCE)


def _locked(wanted: Mapping[UUID, Any] | Sequence[UUID]) -> list[Contract]:
    rows = Contract.objects.select_for_update(of=("self",), no_key=True).select_related("place", "person")
    return list(rows.filter(id__in=list(wanted)).order_by("area", "id"))


def _batch(
    kind: str, by: Actor, first: dt.date, areas: Sequence[str], person: Person | None = None
) -> HandOver:
    shared = os.path.commonprefix(list(areas))
    area = shared[: next(length for length in _LENGTHS if length <= len(shared))]
    return HandOver(
        id=ids.new(), home=home_of(area), kind=kind, person=person, area=area, on_day=first, made_at=clock.now(),
        by_id=by.id, moves=[],
    )  # fmt: skip


def _give_on(d: Deed, old: Contract, to: Person, first: dt.date) -> dict[str, Any]:
    """End one contract the day before and sign the next; answers what undoing needs."""
    require(d.by.scope, "contract.edit", area=old.area)
    what = old.place.name if old.place is not None else name_of(old.area)
    if old.ended:
        raise Problem("contract.ended", to_day=old.to_day or "—")
    if to.id == old.person_id:
        raise Problem("contract.same_person", what=what, name=to.name)
    if old.to_day is not None and old.to_day < first:
        raise Problem("post.bad_days", from_day=first, to_day=old.to_day)
    check_contract(to, old.kind, old.place, old.area)
    before = {"to_day": old.to_day.isoformat() if old.to_day else None, "ended": old.ended}
    until = old.to_day
    old.to_day = max(first - _DAY, min(old.from_day, first))
    old.ended = first <= clock.today()
    old.version += 1
    old.save()
    told(d, "contract.ended", old)
    fresh = _sign(d, to, old.kind, old.place, old.area, first, until, old.note)
    return {
        "old": str(old.id), "before": before, "version": old.version, "new": str(fresh.id) if fresh else "",
        "to": str(to.id),
    }  # fmt: skip


def _sign(
    d: Deed,
    person: Person,
    kind: str,
    place: Place | None,
    area: str,
    first: dt.date,
    until: dt.date | None,
    note: str,
) -> Contract | None:
    """A contract, unless the person has the same one already."""
    same = Contract.objects.filter(person=person, kind=kind, ended=False, place=place)
    if (same if place is not None else same.filter(area=area)).exists():
        return None
    fresh = Contract(
        id=ids.new(), home=home_of(area), kind=kind, person=person, place=place, area=area, from_day=first,
        to_day=until, note=note,
    )  # fmt: skip
    fresh.save(force_insert=True)
    told(d, "contract.signed", fresh)
    return fresh


def assign_places(
    *,
    by: Actor,
    places: Sequence[Place],
    person: Person,
    kind: str,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    via: str = "web",
) -> HandOver:
    """One person answers for all these places. Who has the same contract already keeps it; what others have stays theirs.

    Raises `contract.nothing_chosen`, `contract.too_many_at_once`, `contract.unknown_kind`, `contract.exists` (when nothing
    is left to sign), `person.inactive`, `place.withdrawn`, `post.bad_days`, `access.denied`.
    """
    _some(len(places))
    first = from_day or clock.today()
    if to_day is not None and to_day < first:
        raise Problem("post.bad_days", from_day=first, to_day=to_day)
    with deed(by=by, via=via) as d:
        batch = _batch("assign", by, first, [row.area for row in places])
        for place in places:
            check_contract(person, kind, place, "")
            require(by.scope, "contract.edit", area=place.area)
            fresh = _sign(d, person, kind, place, place.area, first, to_day, "")
            if fresh is not None:
                batch.moves.append({"old": "", "new": str(fresh.id), "to": str(person.id)})
        if not batch.moves:
            raise Problem(
                "contract.exists", person=person.name, what=places[0].name, kind=CONTRACT_KINDS[kind][0]
            )
        batch.save(force_insert=True)
        d.record("handover.assigned", batch, details={"count": len(batch.moves), "person": str(person.id)})
    return batch


def undo_hand_over(*, by: Actor, batch: HandOver, version: int | None = None, via: str = "web") -> HandOver:
    """Take back a hand-over as it was done. Raises `contract.undone`, `contract.changed_since`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row = HandOver.objects.select_for_update(no_key=True).get(id=batch.id)
        check_version(row, version)
        if row.undone:
            raise Problem("contract.undone")
        olds = {
            str(each.id): each for each in _locked([UUID(move["old"]) for move in row.moves if move["old"]])
        }
        news = {
            str(each.id): each for each in _locked([UUID(move["new"]) for move in row.moves if move["new"]])
        }
        _unchanged(row, olds, news)
        for move in row.moves:
            if move["new"]:
                _remove(d, news[move["new"]])
            if move["old"]:
                _restore(d, olds[move["old"]], move["before"])
        row.undone = True
        row.version += 1
        row.save()
        d.record("handover.undone", row)
    return row


def _unchanged(batch: HandOver, olds: Mapping[str, Contract], news: Mapping[str, Contract]) -> None:
    """Only what nobody touched since can be taken back."""
    since = []
    for move in batch.moves:
        old, new = olds.get(move["old"]), news.get(move["new"])
        if move["old"] and (old is None or old.version != move["version"]):
            since.append(str(old or ""))
        if move["new"] and (new is None or new.version != 1):
            since.append(str(new or ""))
    if since:
        raise Problem("contract.changed_since", names="、".join(since[:5]))


def _remove(d: Deed, row: Contract) -> None:
    require(d.by.scope, "contract.edit", area=row.area)
    told(d, "contract.removed", row)
    Contract.objects.filter(id=row.id).delete()


def _restore(d: Deed, row: Contract, before: Mapping[str, Any]) -> None:
    require(d.by.scope, "contract.edit", area=row.area)
    row.to_day = dt.date.fromisoformat(before["to_day"]) if before["to_day"] else None
    row.ended = before["ended"]
    row.version += 1
    row.save()
    told(d, "contract.restored", row)


def set_limits(*, by: Actor, limits: Mapping[str, int | None], via: str = "web") -> dict[str, int]:
    """How many contracts of a kind one person should have at most; None takes the shipped number again. Answers what is kept.

    Only shown as a gap, never refused. Raises `contract.unknown_kind`, `contract.bad_limit`, `access.denied`.
    """
    require(by.scope, "contract.limits")
    for kind, limit in limits.items():
        if kind not in CONTRACT_KINDS:
            raise Problem("contract.unknown_kind", kind=kind, kinds="、".join(CONTRACT_KINDS))
        if limit is not None and not 1 <= limit <= 999:
            raise Problem("contract.bad_limit", limit=limit)
    kept = {kind: limit for kind, limit in limits.items() if limit is not None}
    with deed(by=by, via=via) as d:
        StoreSetting.objects.update_or_create(key=LIMITS_KEY, defaults={"value": kept})
        unit = getattr(by, "unit", None)
        if unit is not None:
            d.record("unit.limits_set", unit, details=kept)
    return kept
