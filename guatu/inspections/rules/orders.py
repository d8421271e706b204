"""Orders: what they say, until when, how they end. Pure. What limits mean stands in `norms`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from guatu.inspections.rules import norms
from guatu.kernel.workcalendar import WorkCalendar

ORDERS = ("rectify", "shut")
OPEN = ("issued", "complied")
ENDED = ("passed", "failed", "withdrawn")
STATUS = (*OPEN, *ENDED)
REFUSED = "拒签"  # signed_as of an order that nobody would sign: a witness signs instead
_PREFIX = {"rectify": "ZG", "shut": "GT"}


@dataclass(frozen=True)
class Move:
    """One row of the lifecycle: from any of `sources` to `target`."""

    step: str
    sources: tuple[str, ...]
    target: str
    verb: str
    right: str
    reason: bool = False


ORDER_LIFE: dict[str, Move] = {
    move.step: move
    for move in (
        Move("comply", ("issued",), "complied", "order.complied", "visit.do"),
        Move("uncomply", ("complied",), "issued", "order.compliance_undone", "visit.do"),
        Move("pass", OPEN, "passed", "order.passed", "visit.do"),
        Move("fail", OPEN, "failed", "order.failed", "visit.do"),
        Move("withdraw", OPEN, "withdrawn", "order.withdrawn", "visit.edit", reason=True),
    )
}


def number_of(kind: str, year: int, count: int) -> str:
    """ZG-2022-0007 责令整改, GT-2022-0007 关停: a series each, by campaign and year."""
    return f"{_PREFIX[kind]}-{year}-{count:04d}"


class Item(Protocol):
    """What an order needs to know of an item that is not met."""

    @property
    def id(self) -> Any: ...
    @property
    def text(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def limit(self) -> str: ...


def line_of(item: Item, norm: str, note: str = "", *, repeat: bool = False) -> dict[str, Any]:
    """One line of an order, frozen: what is not so, what must be done, until when as the norm writes it.

    repeat: the same was ordered before and is still not so.
    """
    line: dict[str, Any] = {
        "item": str(item.id), "norm": norm, "text": item.text, "remedy": item.remedy or item.text, "limit": item.limit,
        "note": note,
    }  # fmt: skip
    return {**line, "repeat": True} if repeat else line


def plain_line(text: str) -> dict[str, Any]:
    """The line of an order that an inspector gives without any item being not met."""
    return {"item": "", "norm": "", "text": text, "remedy": text, "limit": "", "note": ""}


@dataclass(frozen=True)
class Due:
    """When an order is due. lines: its own lines, each with the day its own limit runs out; clock: how the shortest of
    them was counted, stretch by stretch (as a case keeps its clock)."""

    at: dt.datetime
    lines: tuple[dict[str, Any], ...]
    clock: tuple[dict[str, Any], ...]


def due_of(start: dt.datetime, lines: Sequence[dict[str, Any]], calendar: WorkCalendar) -> Due:
    """The shortest limit of the lines, counted from `start` (local); a limit nobody can read counts as the usual one."""
    found = []
    for line in lines:
        try:
            found.append(norms.due(start, line["limit"], calendar))
        except norms.UnreadableLimit:
            found.append(norms.due(start, "", calendar))
    shortest = min(found, key=lambda each: each.at)
    told = tuple({**line, "due_at": each.at.isoformat()} for line, each in zip(lines, found, strict=True))
    clock = tuple(
        {
            "start": each.start.isoformat(), "end": each.end.isoformat(), "minutes": each.minutes, "left": each.left,
            "kind": each.kind,
        }
        for each in shortest.lines
    )  # fmt: skip
    return Due(shortest.at, told, clock)


def look_back_due(
    order_due: dt.datetime, told_at: dt.datetime, least: str, calendar: WorkCalendar
) -> dt.datetime:
    """Until when somebody must look again: the order's own limit, but never sooner than `least` after they were told."""
    try:
        soonest = norms.due(told_at, least, calendar).at
    except norms.UnreadableLimit:
        soonest = norms.due(told_at, "1个工作日", calendar).at
    return max(order_due, soonest)


def is_late(status: str, due_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether an order must be marked as late: nobody has said it was complied with, and its limit has run out."""
    return status == "issued" and now > due_at


def unmet(verdicts: Iterable[tuple[str, str]]) -> list[str]:
    """The items a look-back asks: those that were not met. (item, verdict) → items."""
    return [item for item, verdict in verdicts if verdict == "not_met"]
