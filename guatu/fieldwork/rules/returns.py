"""Sending back: states, the limit and its second end, what a late one means. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from guatu.fieldwork.rules.sheet import Sheet
from guatu.kernel import workcalendar
from guatu.kernel.workcalendar import WorkCalendar

LIFECYCLE: dict[str, tuple[str, ...]] = {"waiting": ("settled", "dropped"), "settled": (), "dropped": ()}
WAITING, SETTLED, DROPPED = "waiting", "settled", "dropped"
RETURNING = ("has_issues", "rejected")  # judgements after which the collector has something to do
# how far a late one goes: at its limit to the unit's people on duty, at twice the limit to the office
UNIT_LEVEL, OFFICE_LEVEL = 1, 2
LONGEST_NOTE, MOST_QUESTIONS = 300, 200
_NUMBER = re.compile(r"\[\d{1,5}\]")

Line = Mapping[str, Any]


def due(
    start: dt.datetime, amount: Decimal, unit: str, calendar: WorkCalendar
) -> tuple[dt.datetime, list[dict[str, Any]]]:
    """(when it must be mended, line by line how that was worked out). start: aware, local."""
    found = workcalendar.deadline(start, amount, unit, calendar)
    lines = [
        {
            "start": line.start.isoformat(),
            "end": line.end.isoformat(),
            "minutes": line.minutes,
            "left": line.left,
            "kind": line.kind,
        }
        for line in found.lines
    ]
    return found.at, lines


def twice(
    returned_at: dt.datetime, due_at: dt.datetime, lines: Sequence[Line], calendar: WorkCalendar
) -> dt.datetime:
    """When the limit has run out a second time: counted again from its end in its own kind of time; a limit set by hand has no
    lines and runs on without a break."""
    minutes = sum(int(line.get("minutes", 0)) for line in lines)
    if minutes <= 0:
        return due_at + max(due_at - returned_at, dt.timedelta(hours=1))
    running = any(line.get("kind") == "running" for line in lines)
    unit = workcalendar.URGENT_HOUR if running else workcalendar.WORK_HOUR
    return workcalendar.deadline(due_at, Decimal(minutes) / 60, unit, calendar).at


def level_at(now: dt.datetime, due_at: dt.datetime, second: dt.datetime) -> int:
    """How far it must be told: 0 in time, 1 at its limit, 2 at twice the limit."""
    return OFFICE_LEVEL if now >= second else UNIT_LEVEL if now >= due_at else 0


def plain_path(path: str) -> str:
    """The question's path without the numbers of repetitions."""
    return _NUMBER.sub("", path)


def unknown_questions(sheet: Sheet, questions: Iterable[Mapping[str, str]]) -> list[str]:
    """The paths that name nothing the form asks."""
    known = {*sheet.by_path, *sheet.group_by_path}
    return [
        str(each.get("path", "")) for each in questions if plain_path(str(each.get("path", ""))) not in known
    ]


def kept_questions(questions: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """As they are kept: each place once, notes cut."""
    found: dict[str, str] = {}
    for each in questions:
        found.setdefault(str(each.get("path", ""))[:300], str(each.get("note") or "").strip()[:LONGEST_NOTE])
    return [{"path": path, "note": note} for path, note in found.items()][:MOST_QUESTIONS]
