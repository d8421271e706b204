"""Past cases beside the table they came from: our verdict and the table's, row by row, with the rule that explains it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from guatu.cases.models import Case
from guatu.cases.rules import history
from guatu.files import rules as file_rules
from guatu.files.imports import Cells, find
from guatu.files.models import ImportRun
from guatu.files.reads import source_table
from guatu.kernel import clock
from guatu.kernel.access import Scope, visible_to
from guatu.kernel.problems import Problem

KIND = "case_history"


def zone_of(options: Mapping[str, str], campaign: Any) -> ZoneInfo:
    """The file's zone: the option, else what the campaign says (`settings.time_zone`), else the store's own.

    Raises `case.history_zone`.
    """
    named = options.get("zone") or (campaign.settings or {}).get("time_zone") or ""
    if not named:
        return clock.ZONE
    try:
        return ZoneInfo(named)
    except (ValueError, OSError, KeyError) as wrong:  # an unknown name is a KeyError
        raise Problem("case.history_zone", zone=named) from wrong


Moments = tuple[history.Moment | None, history.Moment | None, history.Moment | None]


def moments(zone: ZoneInfo, row: Cells) -> Moments:
    """Opened, due and closed of a row; an hour that came twice is read so that nothing ends before it began."""
    opened = _moment(zone, row, "opened")
    after = opened.at if opened is not None else None
    return opened, _moment(zone, row, "due", after), _moment(zone, row, "closed", after)


def _moment(zone: ZoneInfo, row: Cells, key: str, after: dt.datetime | None = None) -> history.Moment | None:
    raw, text = row.raw(key), row.text(key)
    if not text:
        return None
    naive = raw if isinstance(raw, dt.datetime) else _as_moment(text)
    if naive is None:
        row.refuse(key, Problem("case.history_moment", value=text[:40]))
        return None
    try:
        found = history.moment_in(naive, zone, after=after)
    except OverflowError:
        row.refuse(key, Problem("case.history_moment", value=text[:40]))
        return None
    if not 1900 <= found.at.year <= 2200:  # what programs write for “none”
        row.refuse(key, Problem("case.history_moment", value=text[:40]))
        return None
    if key != "due" and found.at > clock.now():
        row.refuse(key, Problem("case.history_future", when=text[:40]))
        return None
    return found


def _as_moment(text: str) -> dt.datetime | None:
    """With its own zone (ISO 8601), or as offices write it."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return file_rules.as_moment(text)


@dataclass(frozen=True)
class Compared:
    """One row beside its case. ours, theirs: on_time, late or ""; rule: history.RULES; odd: moments not said plainly."""

    line: int
    number: str
    case_id: UUID
    case_number: str
    opened_at: dt.datetime
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    said: tuple[str, str, str]  # opened, due, closed as the table writes them
    ours: str
    theirs: str
    rule: str
    odd: tuple[str, ...] = ()


@dataclass
class Comparison:
    """A whole table beside the store. absent: rows that are no case here (wrong, undone, or out of the reader's sight)."""

    rules: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (ours, theirs)
    odd: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    absent: int = 0
    differing: list[Compared] = field(default_factory=list)  # every row whose two words are not the same

    @property
    def compared(self) -> int:
        """Rows in which both say something."""
        return sum(count for (ours, theirs), count in self.verdicts.items() if ours and theirs)

    @property
    def agreed(self) -> int:
        return self.rules["agreed"]


def compare(scope: Scope, run: ImportRun) -> Comparison:
    """The table of an import beside what stands in the store now. Raises `file.gone`, `access.not_found`."""
    found = Comparison()
    for line in compared(scope, run, found):
        found.rules[line.rule] += 1
        found.verdicts[line.ours, line.theirs] += 1
        found.odd.update(line.odd)
        if line.rule != "agreed":
            found.differing.append(line)
    return found


def compared(scope: Scope, run: ImportRun, found: Comparison) -> Iterator[Compared]:
    """Every row of the table that is a case the reader may see, five hundred cases to a query."""
    if run.kind != KIND or run.campaign is None:
        raise Problem("access.not_found")
    table, importer, zone = source_table(run), find(KIND), zone_of(run.options, run.campaign)
    columns = {key: table.headings.index(name) for key, name in run.mapping.items() if name in table.headings}
    for start in range(0, len(table.rows), 500):
        rows = [Cells(importer, columns, row) for row in table.rows[start : start + 500]]
        found.rows += len(rows)
        numbers = {id(row): file_rules.as_text(row.raw("number")) for row in rows}
        cases = Case.objects.filter(campaign=run.campaign, upper_number__in=set(numbers.values())).exclude(
            status="void"
        )
        known = {
            case.upper_number: case
            for case in visible_to(cases, scope, "case.read", area="area", units=("unit__path",))
        }
        for row in rows:
            case = known.get(numbers[id(row)])
            if case is None:
                found.absent += 1
            else:
                yield _beside(row, case, zone)


def _beside(row: Cells, case: Case, zone: ZoneInfo) -> Compared:
    theirs = history.read_verdict(file_rules.as_text(row.raw("verdict"))) or ""
    read = moments(zone, row)
    names = ("opened", "due", "closed")
    odd = tuple(
        f"{name}:{each.odd}" for name, each in zip(names, read, strict=True) if each is not None and each.odd
    )
    rule = history.compare(
        opened_at=case.opened_at, due_at=case.due_at, closed_at=case.closed_at, theirs=theirs
    )
    opened, due, closed = (file_rules.as_text(row.raw(name)) for name in names)
    return Compared(
        row.line, case.upper_number, case.id, case.number, case.opened_at, case.due_at, case.closed_at, (opened, due, closed),
        history.verdict_of(case.due_at, case.closed_at), theirs, rule, odd,
    )  # fmt: skip
