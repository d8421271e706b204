"""Lists as files: CSV and XLSX of any length in constant memory, every cell safe to open."""

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from guatu.kit.cells import is_dangerous, safe_cell, safe_text
from guatu.kit.streaming import stream

FORMATS = ("csv", "xlsx")
XLSX_MOST = 1_048_575  # rows of a sheet, less the heading
BATCH = 500
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024
# what XML 1.0 cannot hold and openpyxl refuses
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | float | Decimal | bool | dt.date | dt.datetime | None
Line = Sequence[Value]


class Exportable(Protocol):
    """What a column must know to be written: its value for one row."""

    def exported(self, row: Any) -> Value: ...


def lines(
    rows: QuerySet[Any],
    columns: Sequence[Exportable],
    prepare: Callable[[list[Any]], Sequence[Any]] | None = None,
) -> Iterator[Line]:
    """The rows as lines of values, read in batches."""
    found = iter(rows.iterator(chunk_size=BATCH))
    while batch := list(islice(found, BATCH)):
        for row in prepare(batch) if prepare else batch:
            yield [column.exported(row) for column in columns]


def csv_text(headings: Sequence[str], lines: Iterable[Line]) -> Iterator[str]:
    """CSV (RFC 4180) in pieces of about 64 KB, with the mark that makes Excel read it as UTF-8."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe_text(heading) for heading in headings])
    for line in lines:
        writer.writerow([safe_cell(value) for value in line])
        if buffer.tell() > CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_file(
    title: str, headings: Sequence[str], lines: Iterable[Line]
) -> tempfile.SpooledTemporaryFile[bytes]:
    """A workbook with one sheet, written row by row to disk; the file stands at its beginning."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "Sheet1")
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(12, min(40, 2 * len(heading) + 6))
    sheet.append([_heading(sheet, heading) for heading in headings])
    for line in lines:
        sheet.append([_xlsx_cell(sheet, value) for value in line])
    target = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - the answer closes it
    book.save(target)
    target.seek(0)
    return target


def _heading(sheet: Any, text: str) -> Any:
    cell = _text_cell(sheet, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """Text stays text: the type is set, and Excel is told to keep it so when the cell is edited or saved as CSV."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = _UNWRITABLE.sub("", text)[:32767]
    cell.data_type = "s"
    if is_dangerous(text):
        cell.quotePrefix = True  # what a typed apostrophe is in Excel; the text itself is untouched
    return cell


def _xlsx_cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        return _text_cell(sheet, value) if is_dangerous(value) else _UNWRITABLE.sub("", value)[:32767]
    if isinstance(value, bool):
        return 1 if value else 0
    if isinstance(value, (float, Decimal)) and value != value:  # NaN has no cell
        return None
    return value


def _pieces(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


def csv_answer(
    request: HttpRequest, name: str, headings: Sequence[str], lines: Iterable[Line]
) -> HttpResponseBase:
    answer = stream(request, (text.encode() for text in csv_text(headings, lines)), "text/csv; charset=utf-8")
    return _as_file(answer, f"{name}.csv")


def xlsx_answer(
    request: HttpRequest, name: str, headings: Sequence[str], lines: Iterable[Line]
) -> HttpResponseBase:
    answer = stream(request, _pieces(xlsx_file(name, headings, lines)), XLSX_TYPE)
    return _as_file(answer, f"{name}.xlsx")


def _as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
