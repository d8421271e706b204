"""The escalation ladder: when each rung is reached, and which have been. Pure.

A rung stands at a share of the limit (0.8, 1, 2). Its moment is counted like the deadline itself: in the limit's own kind
of time, with the calendar, and with nothing running in a pause (挂账).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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


def next_rung_at(
    start: dt.datetime,
    limit: Limit | None,
    pauses: Sequence[Pause],
    rung_index: int,
    rungs: Sequence[Rung],
    calendar: WorkCalendar,
) -> dt.datetime | None:
    """When the rung at `rung_index` (0: the first; so: how many have been climbed) is reached.

    None when there is no limit, or no further rung. `start` in local time. A rung is never reached before the one below
    it, whatever order the campaign wrote them in: `in_order` sorts them.
    """
    if limit is None or not 0 <= rung_index < len(rungs):
        return None
    return share_at(start, limit, in_order(rungs)[rung_index].share, calendar, pauses)


def in_order(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The rungs from the lowest share up; equal shares as written."""
    return tuple(sorted(rungs, key=lambda rung: rung.share))


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
) -> list[Reached]:
    """The rungs above the `climbed` lowest whose moment is not after `now`, lowest first: several after a downtime."""
    found: list[Reached] = []
    ordered = in_order(rungs)
    for index in range(climbed, len(ordered)):
        at = next_rung_at(start, limit, pauses, index, ordered, calendar)
        if at is None or at > now:
            break
        found.append(Reached(index + 1, ordered[index], at))
    return found


def order_number(year: int, count: int) -> str:
    """DB-2026-0001; wider when a year has more than 9,999."""
    return f"DB-{year}-{count:04d}"
