"""Records of draws and the results of inspections, for machines."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Body, Router, Schema

from guatu.api.frame import campaign_of, scope_of
from guatu.inspections.reads import results as result_reads
from guatu.inspections.reads import rounds as round_reads
from guatu.inspections.rules import drawing
from guatu.inspections.rules import results as result_rules
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem

router = Router(tags=["inspections"])


class ReplayOut(Schema):
    """equal, or where the record first differs from what follows from it."""

    equal: bool
    where: str
    stands: str
    must_be: str


@router.get(
    "/rounds/{uuid:round_id}/draw", response=dict[str, Any], summary="双随机抽取记录 · The record of a draw"
)
def draw(request: HttpRequest, round_id: UUID) -> Any:
    """Everything needed to replay it; before the draw pool and commitment only."""
    row = round_reads.round_of(scope_of(request), round_id)
    if not row.draw.get("commitment"):
        raise Problem("access.not_found")
    return drawing.published(row.draw)


@router.post("/draws/check", response=ReplayOut, summary="重放 · Replay a record")
def check_draw(request: HttpRequest, body: Body[dict[str, Any]]) -> Any:
    """Send a record; nothing is kept of it."""
    require(scope_of(request), round_reads.READ)
    found = drawing.replay(body)
    return {
        "equal": found.ok,
        "where": found.where,
        "stands": found.stands[:300],
        "must_be": found.must_be[:300],
    }


class SumOut(Schema):
    """What some visits came to; look-backs are counted apart."""

    key: str
    visits: int
    places: int
    people: int
    look_backs: int
    outcomes: dict[str, int]
    items: int
    not_met: int
    put_right: int


class ResultsOut(Schema):
    """first, last: days of the visits. covered of places; orders as they went; rows by what was asked."""

    first: dt.date
    last: dt.date
    places: int
    covered: int
    total: SumOut
    rows: list[SumOut]
    orders: dict[str, float | int | None]


def _sum(key: str, row: result_rules.Sum) -> dict[str, Any]:
    return {"key": key, **{name: getattr(row, name) for name in SumOut.model_fields if name != "key"}}


@router.get("/inspections/results", response=ResultsOut, summary="检查结果 · Results of inspections")
def results(
    request: HttpRequest,
    campaign: str,
    done_from: dt.date | None = None,
    done_to: dt.date | None = None,
    area: str = "",
    industry: str = "",
    round: str = "",
    by: str = "area",
) -> Any:
    """`by`: area, industry, person (ids), day, shift or round. The last 30 days unless said."""
    scope = scope_of(request)
    require(scope, result_reads.READ)
    asked = {"area": area, "industry": industry, "round": round, "by": "area" if by == "unit" else by}
    days = {"done_from": str(done_from or ""), "done_to": str(done_to or "")}
    want = result_reads.asked(campaign_of(request, campaign), {**asked, **days})
    lines = result_reads.visit_lines(result_reads.visits(scope, want))
    covered = result_reads.coverage(scope, want)
    table = result_rules.table(lines, want.by, {}, result_rules.level_below(want.area or want.campaign.area))
    went = result_rules.rectified(result_reads.order_lines(result_reads.orders(scope, want)), clock.now())
    return {
        "first": want.first, "last": want.last, "places": covered.places, "covered": covered.visited,
        "total": _sum("", result_rules.add_up(lines)), "rows": [_sum(key, row) for key, row in table.items()],
        "orders": dict(vars(went)),
    }  # fmt: skip
