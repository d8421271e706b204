"""The evaluation of cases for machines: counters, rates and scores by unit, area, person or class; the records behind."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from guatu.api.figures import RecordOut, Words, record_out
from guatu.api.frame import PageOut, campaign_of, scope_of
from guatu.cases.reads import class_names
from guatu.cases.rules.evaluation import Score
from guatu.figures import sets
from guatu.figures.reads import behind, titles_of
from guatu.figures.reads import evaluation as reads
from guatu.figures.reads.records import record_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.places.reads import names as area_names
from guatu.units.models import Person, Unit

router = Router(tags=["figures"])


class Asking(Schema):
    """period: day week month quarter custom. on: a day inside it; custom: `from` and `to`. by: unit area person class."""

    period: str = "month"
    on: str = ""
    first: str = ""
    last: str = ""
    by: str = "unit"
    area: str = ""
    unit: str = ""
    class_code: str = ""
    person: str = ""
    scheme: str = ""
    as_of: str = ""

    def query(self) -> dict[str, str]:
        said = self.model_dump()
        return {**said, "from": said["first"], "to": said["last"], "class": said["class_code"]}


class NumberOut(Schema):
    """A figure; `value` is null when the denominator is 0, `parts` holds the counts behind it."""

    value: Decimal | None
    text: str
    parts: dict[str, int]


class LineOut(Schema):
    """One line of a score; `points` is null when there was nothing to judge."""

    indicator: str
    value: Decimal | None
    points: Decimal | None
    formula: str


class ScoreOut(Schema):
    points: Decimal | None
    full: Decimal
    lines: list[LineOut]


class RowOut(Schema):
    """One unit (path), area (code), person (id) or class (code); "" for what has none."""

    key: str
    name: str
    rank: int | None
    score: ScoreOut
    values: dict[str, NumberOut]


class ColumnOut(Schema):
    key: str
    title: Words
    note: Words


class EvaluationOut(Schema):
    """first, last: the days counted (what falls due tomorrow is not due yet)."""

    first: dt.date
    last: dt.date
    by: str
    scheme: str
    columns: list[ColumnOut]
    rows: list[RowOut]
    total: RowOut


@router.get(
    "/{campaign}/case-evaluation",
    response=EvaluationOut,
    summary="Counters, rates and scores of cases, compared",
)
def evaluation(request: HttpRequest, campaign: str, asking: Query[Asking]) -> Any:
    """As far as the caller may count. Definitions stand in `columns`."""
    scope = scope_of(request)
    require(scope, "figure.read")
    found = campaign_of(request, campaign)
    want = reads.asked(found, asking.query())
    sheet = reads.sheet(scope, found, want)
    names = _names(found, want.question.by, [row.key for row in sheet.rows])
    return {
        "first": want.question.first,
        "last": want.question.last,
        "by": want.question.by,
        "scheme": sheet.scheme.key,
        "columns": [
            {"key": key, "title": _two(each.title), "note": _two(each.note)}
            for key, each in sets.definitions(reads.SET).items()
        ],
        "rows": [_row(row, names.get(row.key, row.key)) for row in sheet.rows],
        "total": _row(sheet.total, ""),
    }


def _two(pair: tuple[str, str]) -> dict[str, str]:
    return {"zh": pair[0], "en": pair[1]}


def _names(campaign: Any, by: str, keys: list[str]) -> dict[str, str]:
    if by == "unit":
        rows = Unit.objects.filter(path__in=keys)
        return {row.path: row.short_name or row.name for row in rows}
    if by == "person":
        found = Person.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name")
        return {str(key): name for key, name in found}
    return class_names(campaign) if by == "class" else dict(area_names())


def _row(row: reads.Row, name: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": name,
        "rank": row.rank,
        "score": _score(row.score),
        "values": {
            key: {
                "value": value.number,
                "text": value.text,
                "parts": {part: amount.count for part, amount in value.parts.items()},
            }
            for key, value in row.values.items()
        },
    }


def _score(score: Score) -> dict[str, Any]:
    lines = [
        {
            "indicator": line.rule.indicator,
            "value": line.value,
            "points": line.points,
            "formula": line.formula,
        }
        for line in score.lines
    ]
    return {"points": score.points, "full": score.full, "lines": lines}


@router.get(
    "/{campaign}/case-evaluation/records",
    response=PageOut[RecordOut],
    summary="The records one number of the evaluation counts",
)
def records(
    request: HttpRequest,
    campaign: str,
    key: str,
    asking: Query[Asking],
    part: str = "of",
    row: str | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> Any:
    """`row`: one row of the table ("" what has no unit, area, person or class); without it all. `part`: `of` or `per`."""
    scope = scope_of(request)
    require(scope, "figure.read")
    found = campaign_of(request, campaign)
    query = asking.query() | ({"row": row} if row is not None else {})
    want = reads.asked(found, query)
    meaning = sets.definitions(reads.SET).get(key)
    if meaning is None:
        raise Problem("figure.unknown_indicator", key=key[:60])
    piece = meaning.parts.get(part, meaning.of)
    rows = behind(scope, found, want.question, piece).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    size = max(1, min(limit, 500))
    page = list(rows[: size + 1])
    shown = page[:size]
    titles = titles_of(scope, [(each.subject_type, each.subject_id) for each in shown])
    following = str(shown[-1].id) if len(page) > size else None
    return {"items": [record_out(record_of(each, piece, titles)) for each in shown], "next": following}
