"""What will be asked at many visits at once: phones take it along, where nobody can be asked again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.inspections.models import Finding, Industry, NormItem, NormVersion, Order, Visit
from guatu.inspections.reads import norms


@dataclass
class Before:
    """The visit a look-back goes back to: its order, and what was noted of what was not met ({item id: note})."""

    order: Order | None = None
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What a phone takes along to a visit."""

    items: Sequence[NormItem]
    before: Before | None = None


def checklists(rows: Sequence[Visit], day: dt.date) -> dict[UUID, Taken]:
    """{visit: what is asked}: as frozen when it has begun, of a look-back what was not met, else what holds on the day.

    At most eight queries however many visits, and one for each set of editions that several places share.
    """
    before = _befores([row for row in rows if row.kind == "look_back" and row.after_id is not None])
    fixed = {row.id: _fixed(row, before.get(row.after_id)) for row in rows}
    wanted = {key for keys in fixed.values() if keys is not None for key in keys}
    known = {
        str(item.id): item
        for item in NormItem.objects.filter(pk__in=wanted).select_related("norm_version__norm")
    }
    open_ = [row for row in rows if fixed[row.id] is None]
    held = _held(open_, day)
    found = {}
    for row in rows:
        keys = fixed[row.id]
        items = held[row.id] if keys is None else [known[key] for key in keys if key in known]
        found[row.id] = Taken(items, before.get(row.after_id) if row.kind == "look_back" else None)
    return found


def _fixed(row: Visit, before: Before | None) -> list[str] | None:
    """The ids of what is asked when that is settled; None: what holds for the place."""
    if row.status != "planned" and row.asked:
        return [str(key) for key in row.asked]
    if before is None:
        return None
    order = {str(key): number for number, key in enumerate(row.after.asked if row.after is not None else ())}
    return sorted(before.notes, key=lambda key: order.get(key, len(order)))


def _befores(rows: Sequence[Visit]) -> dict[Any, Before]:
    """{the visit looked back at: what it left}. Two queries."""
    wanted = {row.after_id for row in rows}
    if not wanted:
        return {}
    found: dict[Any, Before] = defaultdict(Before, {key: Before() for key in wanted})
    for each in Finding.objects.filter(visit__in=wanted, verdict="not_met"):
        found[each.visit_id].notes[str(each.item_id)] = each.note
    for order in Order.objects.filter(visit__in=wanted):
        found[order.visit_id].order = order
    return dict(found)


def _held(rows: Sequence[Visit], day: dt.date) -> dict[UUID, list[NormItem]]:
    """What holds for the places of visits that have not begun. Each set of editions is looked up once."""
    if not rows:
        return {}
    library = norms.library(day)
    of_round = _of_rounds(rows, day)
    shared: dict[tuple[UUID, ...], list[NormItem]] = {}
    found = {}
    for row in rows:
        editions = of_round.get(row.round_id, library).of_place(row.place)
        key = tuple(edition.id for edition in editions)
        if key not in shared:
            shared[key] = norms.items_of(editions)
        found[row.id] = shared[key]
    return found


def _of_rounds(rows: Sequence[Visit], day: dt.date) -> dict[Any, norms.Library]:
    """The editions of rounds that ask only some. Two queries, none when no round does."""
    chosen = {
        row.round_id: row.round.checklist for row in rows if row.round is not None and row.round.checklist
    }
    if not chosen:
        return {}
    wanted = {UUID(str(key)) for keys in chosen.values() for key in keys}
    editions = list(
        NormVersion.objects.filter(id__in=wanted).select_related("norm").order_by("norm__number", "id")
    )
    kinds = dict(Industry.objects.values_list("code", "kinds"))
    return {
        key: norms.Library(day, [each for each in editions if str(each.id) in set(map(str, keys))], kinds)
        for key, keys in chosen.items()
    }
