"""How a case moves and what its clock says. Pure.

The lifecycle is one table: reported → filed → dispatched → accepted → handled → verified → closed, with return, recall,
rejection, rework and void beside it. A pack sets classes, limits and whether a photo is needed; it adds no steps.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from guatu.kernel import workcalendar
from guatu.kernel.workcalendar import WorkCalendar

OPEN = ("reported", "filed", "dispatched", "accepted", "handled", "returned")
SETTLED = ("verified", "closed", "rejected", "void")
RECTIFIED = ("verified", "closed")
WITH_CLOCK = ("filed", "dispatched", "accepted", "returned")  # statuses in which the limit can run out
STATUSES = (*OPEN, *SETTLED)
SOURCES = ("city_platform", "patrol", "hotline", "public", "inspection", "leader", "other")


@dataclass(frozen=True)
class Move:
    """One row of the lifecycle: from any of `sources` to `target`, by whom (`right`), and what it needs.

    needs: reason, unit, limit, photo, other_person. own: only the unit that has the case (or the centre for it).
    """

    step: str
    sources: tuple[str, ...]
    target: str
    verb: str
    right: str
    needs: tuple[str, ...] = ()
    own: bool = False


LIFECYCLE: dict[str, Move] = {
    move.step: move
    for move in (
        Move("report", (), "reported", "case.reported", "case.open"),
        Move("file", ("reported",), "filed", "case.filed", "case.file"),
        Move("reject", ("reported",), "rejected", "case.rejected", "case.file", needs=("reason",)),
        Move(
            "dispatch",
            ("filed", "returned"),
            "dispatched",
            "case.dispatched",
            "case.dispatch",
            ("unit", "limit"),
        ),
        Move("recall", ("dispatched",), "filed", "case.recalled", "case.dispatch"),
        Move("accept", ("dispatched",), "accepted", "case.accepted", "case.accept", own=True),
        Move(
            "return",
            ("dispatched", "accepted"),
            "returned",
            "case.returned",
            "case.accept",
            ("reason",),
            own=True,
        ),
        Move("handle", ("accepted",), "handled", "case.handled", "case.handle", ("photo",), own=True),
        Move("pass", ("handled",), "verified", "case.verified", "case.verify", ("other_person",)),
        Move("rework", ("handled",), "accepted", "case.sent_back", "case.verify", ("reason", "other_person")),
        Move("close", ("verified",), "closed", "case.closed", "case.close"),
        Move("void", OPEN, "void", "case.voided", "case.void", needs=("reason",)),
    )
}

# The one strong button of the case page, by status; what else may be done stands beside it.
NEXT_STEP = {
    "reported": "file",
    "filed": "dispatch",
    "returned": "dispatch",
    "dispatched": "accept",
    "accepted": "handle",
    "handled": "pass",
    "verified": "close",
}


def allowed(step: str, status: str) -> bool:
    """Whether a case in this status may take the step."""
    return status in LIFECYCLE[step].sources


def steps_from(status: str) -> tuple[str, ...]:
    """All steps that lead on from a status, the usual one first."""
    usual = NEXT_STEP.get(status)
    found = [move.step for move in LIFECYCLE.values() if status in move.sources]
    return tuple(sorted(found, key=lambda step: step != usual))


def number_of(year: int, count: int) -> str:
    """AJ-2021-000123; wider when a year has more than 999,999."""
    return f"AJ-{year}-{count:06d}"


def exchange_number(day: dt.date, count: int) -> str:
    """HC-20210916-01: the file with results sent above (回传)."""
    return f"HC-{day:%Y%m%d}-{count:02d}"


def belongs(unit: str, to: str) -> bool:
    """Whether the unit path `unit` is the unit `to` or stands below it; no unit belongs nowhere."""
    return bool(unit) and bool(to) and unit.startswith(to)


@dataclass(frozen=True)
class Who:
    """Somebody who acts: id (None: the system) and the path of their unit."""

    id: UUID | None
    unit_path: str = ""


def same_hands(handler: Who, checker: Who, unit_path: str) -> str:
    """Why this checker may not verify: "person", "unit" or "" when they may.

    Verified by somebody other than the handler, who belongs neither to the handler's unit nor to the unit that has the
    case, nor to anything below them. A unit above may check what stands below it.
    """
    if handler.id == checker.id:
        return "person"
    if belongs(checker.unit_path, handler.unit_path) or belongs(checker.unit_path, unit_path):
        return "unit"
    return ""


# --- the clock ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """A time limit: how much of which kind of time (`workcalendar.UNITS`)."""

    amount: Decimal
    unit: str


class LimitError(ValueError):
    """A limit that cannot be counted; the argument is what is wrong with it: unit or amount."""


def limit_of(amount: Decimal | int | str | None, unit: str) -> Limit | None:
    """A limit from what was written; None when nothing was. Raises LimitError."""
    if amount in (None, "") and not unit:
        return None
    if unit not in workcalendar.UNITS:
        raise LimitError("unit")
    try:
        number = Decimal(str(amount))
    except ArithmeticError:
        raise LimitError("amount") from None
    if not number.is_finite() or not Decimal("0.01") <= number <= Decimal(1000):
        raise LimitError("amount")
    return Limit(number, unit)


@dataclass(frozen=True)
class Clock:
    """A deadline with the lines that explain it, as they are kept on the case."""

    started_at: dt.datetime
    due_at: dt.datetime
    provisional: bool
    lines: tuple[Mapping[str, Any], ...]


def clock_of(start: dt.datetime, limit: Limit, calendar: WorkCalendar) -> Clock:
    """The deadline and its computation, in the local time of `start`."""
    found = workcalendar.deadline(start, limit.amount, limit.unit, calendar)
    lines = tuple(
        {
            "start": line.start.isoformat(),
            "end": line.end.isoformat(),
            "minutes": line.minutes,
            "left": line.left,
            "kind": line.kind,
        }
        for line in found.lines
    )
    return Clock(start, found.at, found.provisional, lines)


def is_late(due_at: dt.datetime | None, until: dt.datetime) -> bool:
    """Whether the limit had run out by `until`. The very minute of the deadline is still in time."""
    return due_at is not None and until > due_at


def overdue_now(status: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the clock job must record that the case became overdue."""
    return status in WITH_CLOCK and is_late(due_at, now)


def in_time(due_at: dt.datetime | None, handled_at: dt.datetime | None) -> bool | None:
    """Handled in time: True or False; None while it is not handled."""
    return None if handled_at is None else not is_late(due_at, handled_at)


# --- the platform above ------------------------------------------------------------------------------------------

# What our status is called in the file that goes up. 整改中 until verified by us: we never report up what nobody checked.
UPPER_STATUS = {
    **dict.fromkeys(("reported", "filed", "dispatched", "returned"), "待整改"),
    **dict.fromkeys(("accepted", "handled"), "整改中"),
    "verified": "已整改",
    "closed": "已整改",
    "rejected": "不予受理",
    "void": "不予受理",
}
UPPER_COLUMNS = (
    "上级编号",
    "本级编号",
    "状态",
    "整改完成时间",
    "承办单位",
    "整改说明",
    "整改后照片",
    "不予受理原因",
)


def upper_line(
    *,
    upper_number: str,
    number: str,
    status: str,
    handled_at: dt.datetime | None,
    unit: str,
    note: str,
    photos: Sequence[str],
    reason: str,
) -> dict[str, str]:
    """One line of the file for the platform above: every column as text. Times in the zone they come in."""
    rectified = status in RECTIFIED
    refused = UPPER_STATUS[status] == "不予受理"
    done = handled_at.strftime("%Y-%m-%d %H:%M") if rectified and handled_at else ""
    values = (
        upper_number,
        number,
        UPPER_STATUS[status],
        done,
        unit,
        note if rectified else "",
        "；".join(photos) if rectified else "",
        reason if refused else "",
    )
    return dict(zip(UPPER_COLUMNS, values, strict=True))
