"""Submissions as CSV: one file of the form's own answers, or a zip with a file more for every repeat.

KEY is the submission's id (in a repeat: the row's, the same as `__id` in OData), PARENT_KEY that of the row around it.
Every cell is safe to open in a spreadsheet; sealed answers stay empty.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase

from guatu.central import tables
from guatu.central.frame import Asked, actor_numbers, moment
from guatu.central.odata import Service, files_of
from guatu.central.submissions import review_state, rows_of
from guatu.central.tables import Table
from guatu.fieldwork import reads
from guatu.fieldwork.models import Submission
from guatu.kernel.access import require
from guatu.kit.export import csv_answer, csv_text
from guatu.kit.streaming import stream

_BATCH, _PIECE = 500, 64 * 1024
_HOUSE = ("KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState", "DeviceID",
          "Edits", "FormVersion")  # fmt: skip


def plain(asked: Asked, project_id: int, form_code: str) -> HttpResponseBase:
    """The form's own answers."""
    own, rows = _opened(asked, project_id, form_code)
    return csv_answer(
        asked.request, own.form.code, _headings(own.tables[0]), _root_lines(own.tables[0], rows)
    )


def zipped(asked: Asked, project_id: int, form_code: str) -> HttpResponseBase:
    """A file for every table, in a zip that is written to disk and then sent."""
    own, rows = _opened(asked, project_id, form_code)
    target = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number, table in enumerate(own.tables):
            lines = _root_lines(table, rows) if table.above is None else _repeat_lines(table, rows)
            with package.open(_name(own, table, number), "w", force_zip64=True) as out:
                for text in csv_text(_headings(table), lines):
                    out.write(text.encode())
    target.seek(0)
    made = stream(asked.request, _pieces(target), "application/zip")
    made["Content-Disposition"] = 'attachment; filename="submissions.zip"'
    made["Cache-Control"] = "private, no-store"
    return made


def _pieces(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _opened(asked: Asked, project_id: int, form_code: str) -> tuple[Service, QuerySet[Submission]]:
    own = Service(asked, project_id, form_code)
    require(asked.scope, "submission.export")
    rows = rows_of(asked, own.form).select_related("form_version").order_by("-received_at", "-id")
    return own, rows.defer(
        "sealed",
        "meaning",
        "form_version__xml",
        "form_version__source",
        "form_version__questions",
        "form_version__warnings",
    )


def _name(own: Service, table: Table, number: int) -> str:
    plain_code = "".join(each if each.isalnum() or each in "._- " else "_" for each in own.form.code)
    inner = "" if number == 0 else f"-{'-'.join(table.path.strip('/').split('/'))}"
    return f"{plain_code}{inner}.csv"


def _headings(table: Table) -> list[str]:
    if table.above is None:
        return ["SubmissionDate", *tables.headings(table), "meta-instanceID", "meta-instanceName", *_HOUSE]
    return [*tables.headings(table), "PARENT_KEY", "KEY"]


def _batches(rows: QuerySet[Submission]) -> Iterator[list[Submission]]:
    found = iter(rows.iterator(chunk_size=_BATCH))
    while batch := list(islice(found, _BATCH)):
        yield batch


def _root_lines(table: Table, rows: QuerySet[Submission]) -> Iterator[list[Any]]:
    for batch in _batches(rows):
        first, people = reads.first_ids(batch), reads.senders(batch)
        given, files = actor_numbers([row.by_id for row in batch]), files_of(batch)
        for row in batch:
            person = people.get(row.by_id) if row.by_id else None
            yield [
                moment(row.received_at), *tables.cells(table, tables.Row(first[row.id], "", row.answers)), first[row.id],
                row.title, first[row.id], given[row.by_id], person.name if person else "", files.get(str(row.id), 0),
                len(row.files), "", review_state(row) or "", row.device_id, row.edits, row.form_version.version,
            ]  # fmt: skip


def _repeat_lines(table: Table, rows: QuerySet[Submission]) -> Iterator[list[Any]]:
    for batch in _batches(rows):
        first = reads.first_ids(batch)
        for row in batch:
            for each in tables.rows_in(table, first[row.id], row.answers):
                yield [*tables.cells(table, each), each.above, each.id]
