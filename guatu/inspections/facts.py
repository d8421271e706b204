"""What visits and orders contribute to the figures. Pure; made only of what is kept with the row itself, so that a later
change of the place, the team or the round moves no figure of the past."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from guatu.kernel.factshape import Fact
from guatu.kernel.zone import local


class VisitRow(Protocol):
    """The side of a visit that counting looks at. kept: see `Visit.kept`."""

    @property
    def area(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def done_on(self) -> dt.date | None: ...
    @property
    def place_id(self) -> UUID: ...
    @property
    def round_id(self) -> UUID | None: ...
    @property
    def kept(self) -> Mapping[str, Any]: ...


class OrderRow(Protocol):
    """The side of an order that counting looks at."""

    @property
    def area(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def issued_at(self) -> dt.datetime: ...
    @property
    def lines(self) -> Sequence[Any]: ...
    @property
    def late(self) -> bool: ...
    @property
    def repeat(self) -> bool: ...
    @property
    def place_id(self) -> UUID: ...
    @property
    def visit(self) -> VisitRow: ...


def facts_of(visit: VisitRow) -> list[Fact]:
    """One fact of kind `visit`; and, once somebody was there, one of kind `inspector` for each person who went.

    visit: status is the outcome (before that planned, started, skipped), category the kind of place; attributes: place (for
    counting places, not visits), industry, risk, shift, kind (round look_back spot), round, checked (an outcome was judged);
    measures: visits, items, not_met, put_right. inspector: attributes person (distinct gives people sent), shift, place.
    """
    if visit.status == "removed":
        return []
    kept = visit.kept
    done = visit.status == "done"
    common = {
        "shift": _word(kept, "shift"),
        "place": str(visit.place_id),
        "round": str(visit.round_id or ""),
        "kind": visit.kind,
    }
    facts = [
        Fact(
            kind="visit", area=visit.area, unit=_word(kept, "unit"), status=visit.outcome if done else visit.status,
            category=_word(kept, "kind"), happened_on=visit.done_on if done else None,
            measures={"visits": 1, **{name: int(kept.get(name) or 0) for name in ("items", "not_met", "put_right")}},
            attributes={
                **common, "industry": _word(kept, "industry"), "risk": _word(kept, "risk"),
                "checked": done and visit.outcome in ("pass", "rectify", "shut"),
            },
        )
    ]  # fmt: skip
    if done:
        facts += [
            Fact(
                kind="inspector", part=str(person), area=visit.area, unit=_word(kept, "unit"), status=visit.outcome,
                category=visit.kind, happened_on=visit.done_on, measures={"visits": 1},
                attributes={**common, "person": str(person)},
            )
            for person in dict.fromkeys(kept.get("people") or ())
        ]  # fmt: skip
    return facts


def facts_of_order(order: OrderRow) -> list[Fact]:
    """One fact of kind `order`, under the day it was given: status issued complied passed failed withdrawn, category rectify
    or shut; attributes: late, repeat, place, industry, place_kind, open; measures: orders, lines."""
    kept = order.visit.kept
    return [
        Fact(
            kind="order", area=order.area, unit=_word(kept, "unit"), status=order.status, category=order.kind,
            happened_on=local(order.issued_at).date(), measures={"orders": 1, "lines": len(order.lines)},
            attributes={
                "late": order.late, "repeat": order.repeat, "place": str(order.place_id), "industry": _word(kept, "industry"),
                "place_kind": _word(kept, "kind"), "shift": _word(kept, "shift"), "open": order.status in ("issued", "complied"),
            },
        )
    ]  # fmt: skip


def _word(kept: Mapping[str, Any], name: str) -> str:
    return str(kept.get(name) or "")
