"""The records of a sample as events in the order of time."""

import datetime as dt
from dataclasses import dataclass

from guatu.packs.pack import Pack
from guatu.packs.sheets import Line

# what comes first when two records are of the same moment
_ORDER = (
    "imports",
    "places",
    "activities",
    "cases",
    "rounds",
    "teams",
    "visits",
    "visit_steps",
    "register",
    "form",
    "task_steps",
    "case_steps",
    "briefs",
)


@dataclass(frozen=True)
class Event:
    """One row of a sample table at its moment. code: of the form or register its table is about."""

    at: dt.datetime
    table: str
    code: str
    file: str
    line: Line


def events_of(pack: Pack) -> list[Event]:
    """All rows of all tables, by time; rows of one moment keep the order of their table."""
    found: list[Event] = []
    for stem, sheet in pack.sample.items():
        table, _, code = stem.partition("-")
        for line in sheet.lines:
            moment = line.moment("at")
            assert moment is not None  # the check has read every moment
            found.append(Event(moment, table, code, sheet.file, line))
    return sorted(
        found, key=lambda event: (event.at, _ORDER.index(event.table), event.code, event.line.number)
    )
