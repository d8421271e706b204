"""The escalation ladder: when each rung is reached, and which have been. Pure.

A rung stands at a share of the limit (0.8, 1, 2). Its moment is counted like the deadline itself: in the limit's own kind
of time, with the calendar, and with nothing running in a pause (挂账).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from guatu.cases.rules.clocks import Limit, Pause, share_at
from guatu.cases.rules.rulebook import Rung
from guatu.kernel.workcalendar import WorkCalendar

CLIMBED = (
    "handle",
    "contact",
    "confirm",
    "dispatch",
    "check",
)  # stages that have a ladder, when they have a limit
HANDLER, UNIT, CENTRE, LEADER = "handler", "unit", "centre", "leader"
ROLE_OF = {CENTRE: "operations", LEADER: "commander"}
OWN_ROLE = {"check": "verifier"}  # whose hands a stage is in that no unit has; every other one: the centre's


def next_rung_at(
    start: dt.datetime,
    limit: Limit | None,
    pauses: Sequence[Pause],
    rung_index: int,
    rungs: Sequence[Rung],
    calendar: WorkCalendar,
    due_at: dt.datetime | None = None,
) -> dt.datetime | None:
    """When the rung at `rung_index` (0: the first; so: how many have been climbed) is reached.

    start: in local time. due_at: the deadline as it stands, when there is one; the whole of the limit (1) is reached
    then, and nothing else. A stage with a deadline but no limit (set by the platform above) counts shares of plain time.
    None when there is neither, or no further rung. The rungs are taken from the lowest share up (`in_order`).
    """
    if not 0 <= rung_index < len(rungs):
        return None
    share = in_order(rungs)[rung_index].share
    if share == 1 and due_at is not None:
        return due_at
    if limit is not None:
        return share_at(start, limit, share, calendar, pauses)
    if due_at is None or due_at <= start:
        return None
    return start + (due_at - start) * float(share)


def in_order(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The rungs from the lowest share up; equal shares as written."""
    return tuple(sorted(rungs, key=lambda rung: rung.share))


def label_en(share: Decimal, rungs: Sequence[Rung]) -> str:
    """The English label of the rung at a share, as the campaign writes it now; the share itself when it has none there."""
    for rung in rungs:
        if rung.share == share:
            return rung.label_en
    return f"{share * 100:.0f} % of the limit"


@dataclass(frozen=True)
class Reached:
    """A rung that has been reached: its number (1, 2, 3 …), the rung, the moment."""

    number: int
    rung: Rung
    at: dt.datetime


def reached(
    start: dt.datetime,
    limit: Limit | None,
    pauses: Sequence[Pause],
    climbed: int,
    rungs: Sequence[Rung],
    calendar: WorkCalendar,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
) -> list[Reached]:
    """The rungs above the `climbed` lowest whose moment is not after `now`, lowest first: several after a downtime."""
    found: list[Reached] = []
    ordered = in_order(rungs)
    for index in range(climbed, len(ordered)):
        at = next_rung_at(start, limit, pauses, index, ordered, calendar, due_at)
        if at is None or at > now:
            break
        found.append(Reached(index + 1, ordered[index], at))
    return found


def order_number(year: int, count: int) -> str:
    """DB-2026-0001; wider when a year has more than 9,999."""
    return f"DB-{year}-{count:04d}"
