"""Tables for machines: the same walk as at the desk."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.files import acts, imports, reads
from guatu.files.models import ImportRun
from guatu.kernel.problems import Problem

router = Router(tags=["imports"])


class FieldOut(Schema):
    key: str
    label: str
    required: bool
    names: list[str]
    example: str


class ImporterOut(Schema):
    """A kind of import the caller may use, its fields and the headings they are found under."""

    kind: str
    title: str
    about: str
    campaign: bool
    fields: list[FieldOut]
    options: dict[str, list[str]]


class WrongOut(Schema):
    line: int
    column: str
    value: str
    code: str
    why: str
    remedy: str


class RunOut(Schema):
    """An import. totals: rows, new, changed, same, error, done. wrong: what kept rows out, at most 2,000."""

    id: UUID
    kind: str
    name: str
    status: str
    mapping: dict[str, str]
    headings: list[str]
    options: dict[str, Any]
    totals: dict[str, Any]
    created: int
    changed: int
    wrong: list[WrongOut]
    made_at: dt.datetime
    applied_at: dt.datetime | None
    version: int


def run_out(run: ImportRun) -> dict[str, Any]:
    names = (
        "id",
        "kind",
        "name",
        "status",
        "mapping",
        "headings",
        "options",
        "totals",
        "made_at",
        "applied_at",
        "version",
    )
    return {
        **{name: getattr(run, name) for name in names},
        "created": len(run.created),
        "changed": len(run.changed),
        "wrong": [
            {name: getattr(each, name) for name in ("line", "column", "value", "code", "why", "remedy")}
            for each in reads.wrongs(run)
        ],
    }


@router.get("/importers", response=list[ImporterOut], summary="What can be imported")
def importers(request: HttpRequest) -> Any:
    return [
        {
            "kind": each.kind,
            "title": each.label,
            "about": each.hint,
            "campaign": each.campaign,
            "fields": [
                {
                    "key": field.key,
                    "label": field.label,
                    "required": field.required,
                    "names": list(field.names),
                    "example": field.example,
                }
                for field in each.fields
            ],
            "options": {option.key: [value for value, _label in option.offered] for option in each.options},
        }
        for each in imports.offered(scope_of(request))
    ]


def _words(text: str, what: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        found = json.loads(text)
        return {str(key): str(value) for key, value in found.items()}
    except (ValueError, AttributeError) as wrong:
        raise Problem("api.invalid", count=1, first=f"{what}: JSON object", parts=[]) from wrong


@router.post("/imports", response={201: RunOut}, summary="Import a table")
def start(
    request: HttpRequest,
    file: File[UploadedFile],
    kind: Form[str],
    campaign: Form[str] = "",
    mapping: Form[str] = "",
    options: Form[str] = "",
    dry_run: Form[bool] = False,
) -> Any:
    """Multipart. mapping, options: JSON objects. Good rows go in, wrong ones stand in `wrong`; `dry_run` only checks."""
    run = acts.import_file(
        by=person_of(request),
        kind=kind,
        path=file.read(),
        name=file.name or "table",
        campaign=campaign_of(request, campaign) if campaign else None,
        mapping=_words(mapping, "mapping"),
        options=_words(options, "options"),
        dry_run=dry_run,
        via="api",
    )
    return Status(201, run_out(run))


@router.get("/imports", response=PageOut[RunOut], summary="Imports, oldest first")
def runs(request: HttpRequest, kind: str = "", after: str = "", limit: int = 50) -> Any:
    rows = reads.visible_runs(scope_of(request))
    return page_of(rows.filter(kind=kind) if kind else rows, run_out, after=after, limit=min(limit, 100))


@router.get("/imports/{run_id}", response=RunOut, summary="One import")
def run(request: HttpRequest, run_id: UUID) -> Any:
    return run_out(reads.run(scope_of(request), run_id))


@router.post("/imports/{run_id}/apply", response=RunOut, summary="Let the good rows of a checked import in")
def apply(request: HttpRequest, run_id: UUID) -> Any:
    return run_out(acts.apply_import(by=person_of(request), run=reads.run(scope_of(request), run_id)))


@router.post("/imports/{run_id}/undo", response=RunOut, summary="Take an import back")
def undo(request: HttpRequest, run_id: UUID) -> Any:
    """Only while nothing has been built on its rows; otherwise 409 `import.built_on` names them."""
    return run_out(acts.undo_import(by=person_of(request), run=reads.run(scope_of(request), run_id)))
