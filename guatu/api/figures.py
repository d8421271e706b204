"""Figures for machines: indicators and their values, the records behind, frozen figures opened."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from guatu.api.frame import PageOut, campaign_of, scope_of
from guatu.figures import reads
from guatu.figures.rules import Definition, Value
from guatu.kernel import clock
from guatu.kernel.access import require

router = Router(tags=["figures"])


class Words(Schema):
    zh: str
    en: str


class FigureOut(Schema):
    """An indicator's value for the caller. `value` is null when the denominator is 0; `parts` are the two counts of a rate."""

    key: str
    title: Words
    unit: Words
    unit_code: str
    value: Decimal | None
    text: str
    parts: dict[str, int]
    as_of: dt.datetime


class RecordOut(Schema):
    """A record that a figure counts. A withheld one lies outside what the caller may see: it is counted, not shown."""

    subject_type: str
    subject_id: str | None
    title: str | None
    area: str | None
    status: str | None
    happened_on: dt.date | None
    measure: str
    act_id: UUID | None
    withheld: bool


class TraceOut(Schema):
    """A frozen figure: then, now, and the records that made the difference."""

    code: str
    key: str
    then: str
    now: str
    effective_at: dt.datetime
    heads: dict[str, int]
    gone: list[RecordOut]
    come: list[RecordOut]


def _words(pair: tuple[str, str]) -> dict[str, str]:
    return {"zh": pair[0], "en": pair[1]}


def _figure(meaning: Definition, value: Value, as_of: dt.datetime) -> dict[str, Any]:
    return {
        "key": meaning.key,
        "title": _words(meaning.title),
        "unit": _words(meaning.unit),
        "unit_code": meaning.unit_code,
        "value": value.number,
        "text": value.text,
        "parts": {name: amount.count for name, amount in value.parts.items()},
        "as_of": as_of,
    }


def record_out(row: reads.Record) -> dict[str, Any]:
    if row.withheld:
        return {"subject_type": row.subject_type, "subject_id": None, "title": None, "area": None, "status": None,
                "happened_on": None, "measure": row.measure, "act_id": None, "withheld": True}  # fmt: skip
    return {
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "title": row.title,
        "area": row.area,
        "status": row.status,
        "happened_on": row.happened_on,
        "measure": row.measure,
        "act_id": row.act_id,
        "withheld": False,
    }


@router.get("/{campaign}/figures", response=list[FigureOut], summary="All indicators with their values")
def figures(request: HttpRequest, campaign: str, area: str = "") -> list[dict[str, Any]]:
    """`area`: a code inside the campaign's area; without it the whole campaign, as far as the caller may count."""
    require(scope_of(request), "figure.read")
    found = campaign_of(request, campaign)
    meanings = [meaning for _row, meaning in reads.indicators(found)]
    values = reads.values(scope_of(request), found, meanings, area=area)
    now = clock.now()
    return [_figure(meaning, values[meaning.key], now) for meaning in meanings]


@router.get("/{campaign}/figures/{key}", response=FigureOut, summary="One indicator")
def figure(
    request: HttpRequest, campaign: str, key: str, area: str = "", as_of: dt.datetime | None = None
) -> Any:
    """`as_of`: the value as it was true at that moment, by what is known now."""
    require(scope_of(request), "figure.read")
    found = campaign_of(request, campaign)
    meaning = reads.definition(found, key)
    then = reads.AsOf(None, clock.local(as_of)) if as_of else None
    value = reads.value(scope_of(request), found, meaning, area=area, as_of=then)
    return _figure(meaning, value, then.effective_at if then else clock.now())


@router.get(
    "/{campaign}/figures/{key}/records",
    response=PageOut[RecordOut],
    summary="The records an indicator counts",
)
def records(
    request: HttpRequest,
    campaign: str,
    key: str,
    part: str = "of",
    area: str = "",
    after: str = "",
    limit: int = 100,
) -> Any:
    """`part`: `of` (what is counted) or `per` (the denominator of a rate)."""
    require(scope_of(request), "figure.read")
    found = campaign_of(request, campaign)
    meaning = reads.definition(found, key)
    piece = meaning.parts.get(part, meaning.of)
    page = reads.records(
        scope_of(request), found, piece, area=area, after=after, limit=max(1, min(limit, 500))
    )
    return {"items": [record_out(row) for row in page.rows], "next": page.next_after or None}


@router.get("/trace/{code}", response=TraceOut, summary="A frozen figure opened")
def trace(request: HttpRequest, code: str) -> Any:
    """The value then and now, and the records that made the difference."""
    frozen = reads.figure_by_code(scope_of(request), code)
    found = reads.trace(scope_of(request), frozen)
    return {
        "code": frozen.code,
        "key": frozen.key,
        "then": found.then.text,
        "now": found.now.text,
        "effective_at": frozen.effective_at,
        "heads": frozen.heads,
        "gone": [record_out(row) for row in found.gone],
        "come": [record_out(row) for row in found.come],
    }
