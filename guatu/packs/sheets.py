"""Tables of a pack: rows with their line numbers, columns known by several names, mistakes told by line."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from guatu.files import rules as cells
from guatu.files.tables import read_table
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.packs.faults import Faults, near

SUFFIXES = (".xlsx", ".csv")


@dataclass(frozen=True)
class Column:
    """A column a table may have: its key, other headings it goes by, whether it must be there and be filled."""

    key: str
    names: tuple[str, ...] = ()
    required: bool = False
    example: str = ""

    @property
    def all_names(self) -> tuple[str, ...]:
        return (self.key, *self.names)


@dataclass(frozen=True)
class Line:
    """One row: its number as a spreadsheet shows it, and its cells by column key (texts, days, numbers)."""

    number: int
    cells: dict[str, Any]

    def text(self, key: str) -> str:
        return cells.as_text(self.cells.get(key))

    def texts(self, key: str) -> list[str]:
        """A cell that lists several things, separated by 、 ， ； , ; or |."""
        text = self.text(key)
        for mark in "，；,;|":
            text = text.replace(mark, "、")
        return [piece.strip() for piece in text.split("、") if piece.strip()]

    def day(self, key: str) -> dt.date | None:
        return cells.as_day(self.text(key))

    def moment(self, key: str) -> dt.datetime | None:
        found = cells.as_moment(self.text(key))
        return clock.local(found) if found is not None else None

    def number_of(self, key: str) -> Decimal | None:
        return cells.as_number(self.text(key))


@dataclass
class Sheet:
    """A table read: the file as faults name it, its sheet, its rows."""

    file: str
    sheet: str = ""
    lines: list[Line] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)


def find_table(folder: Path, stem: str) -> Path | None:
    """`stem.xlsx` or `stem.csv` in a folder."""
    return next(
        (folder / f"{stem}{suffix}" for suffix in SUFFIXES if (folder / f"{stem}{suffix}").is_file()), None
    )


def read_sheet(
    path: Path, file: str, columns: Sequence[Column], faults: Faults, *, open_ended: bool = False
) -> Sheet | None:
    """The rows of a table, its columns found by name. None (with a fault) when it cannot be read.

    open_ended: columns that are not known are kept under their own heading instead of being warned of.
    """
    names = [name for column in columns for name in column.all_names]
    try:
        table = read_table(path.read_bytes(), path.name, names=names)
    except Problem as wrong:
        faults.add("bad_table", file, why=wrong.sentence())
        return None
    by_name = {cells.plain_heading(name): column.key for column in columns for name in column.all_names}
    where: dict[str, int] = {}
    for index, heading in enumerate(table.headings):
        key = by_name.get(cells.plain_heading(heading))
        if key is None and open_ended:
            key = heading
        if key is None:
            faults.add("unknown_column", file, sheet=table.sheet, line=table.heading_line, warning=True,
                       column=heading, near=near(heading, names))  # fmt: skip
        else:
            where.setdefault(key, index)
    sheet = Sheet(file, table.sheet, headings=list(where))
    for column in columns:
        if column.required and column.key not in where:
            faults.add("missing_column", file, sheet=table.sheet, line=table.heading_line, column=column.key,
                       columns=", ".join(each.key for each in columns))  # fmt: skip
    for row in table.rows:
        line = Line(
            row.line, {key: row.cells[index] for key, index in where.items() if index < len(row.cells)}
        )
        sheet.lines.append(line)
        for column in columns:
            if column.required and column.key in where and not line.text(column.key):
                faults.add("empty_cell", file, sheet=table.sheet, line=row.line, column=column.key,
                           example=column.example or "…")  # fmt: skip
    return sheet


def unique(sheet: Sheet, key: str, what: str, faults: Faults) -> dict[str, Line]:
    """Rows by a column that must not repeat; repeated ones are told with the line that has it first."""
    found: dict[str, Line] = {}
    for line in sheet.lines:
        value = line.text(key)
        if not value:
            continue
        if value in found:
            faults.add("duplicate", sheet.file, sheet=sheet.sheet, line=line.number, what=what, value=value,
                       first=found[value].number)  # fmt: skip
        else:
            found[value] = line
    return found
