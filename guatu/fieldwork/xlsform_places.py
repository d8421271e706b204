"""Where something stands in a workbook: cells by their text, headers that stand twice."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

_SHEETS = ("survey", "choices", "settings", "entities", "external_choices")
Cell = tuple[str, int, str, str]  # sheet, row, column, text


def cells_of(workbook: Any) -> Iterator[Cell]:
    """Every cell of the sheets that a form is made of."""
    for sheet in _SHEETS:
        for number, row in enumerate(getattr(workbook, sheet, None) or [], 2):
            for column, value in row.items():
                if isinstance(value, str) and value:
                    yield sheet, number, str(column), value


def find(cells: list[Cell], pattern: str) -> Cell | None:
    """The first cell whose text has the pattern."""
    wanted = re.compile(pattern)
    return next((cell for cell in cells if wanted.search(cell[3])), None)


def headers(source: bytes, suffix: str) -> Mapping[str, list[str]]:
    """The first row of every sheet as it stands; nothing when the file cannot be read this way."""
    try:
        if suffix in (".xlsx", ".xlsm", ".xls"):
            book = CalamineWorkbook.from_filelike(io.BytesIO(source))
            sheets = {name: book.get_sheet_by_name(name).to_python(nrows=1) for name in book.sheet_names[:20]}
            return {name: [str(cell) for cell in rows[0]] for name, rows in sheets.items() if rows}
    except (CalamineError, OSError, ValueError):
        return {}
    return _text_headers(source.decode("utf-8", "replace"), suffix)


def _text_headers(text: str, suffix: str) -> dict[str, list[str]]:
    if suffix == ".csv":
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    else:
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]
    found: dict[str, list[str]] = {}
    sheet = ""
    for row in rows:
        if row and row[0]:
            sheet = row[0]
            row = ["", *row[1:]] if any(row[1:]) else []
        if sheet and sheet not in found and any(row):
            found[sheet] = row[1:]
    return found


def twice(source: bytes, suffix: str, header: str) -> str:
    """The sheet whose first row holds a header twice; "" when none does."""
    for sheet, names in headers(source, suffix).items():
        if sum(1 for name in names if name.strip().lower() == header.strip().lower()) > 1:
            return sheet
    return ""
