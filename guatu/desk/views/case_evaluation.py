"""综合评价: counters and rates of cases by unit, area, person or class; every number opens to the records it counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guatu.campaigns.models import Campaign
from guatu.cases import reads as case_reads
from guatu.cases.rules import evaluation as rules
from guatu.cases.rules.evaluation import Score
from guatu.desk.current import current_campaign
from guatu.desk.evaluating import (
    BY_WORDS,
    GROUP_WORDS,
    PERIOD_WORDS,
    RIGHT,
    filtered,
    names_of,
    query_of,
    scope_of,
    two,
)
from guatu.desk.views.case_evaluation_records import records
from guatu.figures import sets
from guatu.figures.reads import evaluation as reads
from guatu.figures.reads.evaluation import Asked, Row, Sheet
from guatu.figures.rules import Definition, Value, rounded
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kit.export import csv_answer, xlsx_answer
from guatu.places.reads import names as area_names

# What stays in the address from page to page; the rest is of one page only.
_KEPT = ("campaign", "period", "on", "from", "to", "by", "area", "unit", "class", "person", "as_of", "scheme")


@dataclass(frozen=True)
class Head:
    """A column's heading: what it is called and means, and the address that sorts by it."""

    key: str
    title: str
    note: str
    href: str
    sorted: str  # "", "asc", "desc"


@dataclass(frozen=True)
class Box:
    """One cell: the number, what it moved by, and where its records are (of a rate: those of its two counts)."""

    text: str
    href: str
    parts: tuple[tuple[int, str], ...] = ()
    change: str = ""


@dataclass(frozen=True)
class ScoreLine:
    """One line of a score, explained."""

    title: str
    value: str
    formula: str
    points: str
    full: str


@dataclass(frozen=True)
class Shown:
    """One row of the page."""

    name: str
    href: str
    rank: int | None
    score: str
    lines: list[ScoreLine]
    boxes: list[Box]
    line: list[int]


@require_GET
@login_required
def evaluation(request: HttpRequest) -> HttpResponseBase:
    """The table of a period, ranked by score; `?export=csv|xlsx` with every indicator."""
    scope, campaign = scope_of(request), current_campaign(request)
    require(scope, RIGHT)
    want = reads.asked(campaign, request.GET)
    group = request.GET.get("cols", "")
    columns = reads.columns("all" if request.GET.get("export") else group)
    found = reads.sheet(scope, campaign, want, columns)
    names = names_of(campaign, want, [row.key for row in found.rows])
    if request.GET.get("export"):
        return _export(request, want, found, names)
    rows = _sorted(request, found.rows, columns, names)
    context = {
        "campaign": campaign,
        "want": want,
        "heads": _heads(request, columns),
        "rows": [_shown(row, columns, want, names.get(row.key, row.key)) for row in rows],
        "total": _shown(found.total, columns, want, _("合计"), total=True),
        "scheme": found.scheme,
        "scheme_title": two(found.scheme.title),
        "full": _number(found.scheme.full),
        **_choices(request, campaign, want, group),
    }
    return render(request, "desk/cases/evaluation/sheet.html", context)


def _heads(request: HttpRequest, columns: Sequence[Definition]) -> list[Head]:
    asked = request.GET.get("sort", "")
    heads = []
    for meaning in columns:
        order = {meaning.key: "asc", f"-{meaning.key}": "desc"}.get(asked, "")
        address = _address(
            request.GET, sort=meaning.key if order == "desc" else f"-{meaning.key}", keep=("cols",)
        )
        heads.append(Head(meaning.key, two(meaning.title), two(meaning.note), address, order))
    return heads


def _address(query: Mapping[str, str], *, keep: Sequence[str] = (), page: str = "", **changes: str) -> str:
    """An address of this page (or of `page`) with what was asked, and changes."""
    kept = {name: query[name] for name in (*_KEPT, *keep) if query.get(name)}
    kept |= changes
    base = reverse(page or "desk:case_evaluation")
    return f"{base}?{urlencode({name: value for name, value in kept.items() if value != ''})}"


def _sorted(
    request: HttpRequest, rows: list[Row], columns: Sequence[Definition], names: Mapping[str, str]
) -> list[Row]:
    """By rank, or by the column asked for; what has no value always comes last."""
    asked = request.GET.get("sort", "")
    key = asked.lstrip("-")
    if key == "name":
        return sorted(rows, key=lambda row: names.get(row.key, row.key), reverse=asked.startswith("-"))
    if key not in {meaning.key for meaning in columns}:
        return rows
    known = [row for row in rows if row.values[key].number is not None]
    known.sort(key=lambda row: row.values[key].number or Decimal(0), reverse=asked.startswith("-"))
    return [*known, *(row for row in rows if row.values[key].number is None)]


def _shown(row: Row, columns: Sequence[Definition], want: Asked, name: Any, *, total: bool = False) -> Shown:
    boxes = [_box(row, meaning, want, total) for meaning in columns]
    href = "" if total or not row.key else _narrowed(want, row.key)
    score = row.score.points
    return Shown(
        str(name),
        href,
        row.rank,
        "—" if score is None else _number(score),
        _lines(row.score),
        boxes,
        row.line,
    )


def _narrowed(want: Asked, key: str) -> str:
    """The same page for one row alone: an area by what lies in it, anything else by class of case."""
    said = {**query_of(want), want.question.by: key}
    if want.question.by != "area":
        said["by"] = "class" if want.question.by != "class" else "unit"
    return f"{reverse('desk:case_evaluation')}?{urlencode(said)}"


def _box(row: Row, meaning: Definition, want: Asked, total: bool) -> Box:
    value, query = row.values[meaning.key], query_of(want)
    if not total:
        query["row"] = row.key

    def href(part: str) -> str:
        said = {**query, "key": meaning.key, "part": part} | ({"row": row.key} if not total else {})
        return f"{reverse('desk:case_evaluation_records')}?{urlencode(said)}"

    parts: tuple[tuple[int, str], ...] = ()
    if meaning.per is not None:
        parts = tuple((value.parts[name].count, href(name)) for name in ("of", "per"))
    return Box(value.text, href("of"), parts, _change(row.change(meaning.key), meaning))


def _change(change: Decimal | None, meaning: Definition) -> str:
    """+3, −1.25: against the period before; rates in percentage points. Empty when nothing moved."""
    if change is None:
        return ""
    number = rounded(change, meaning.round)
    return "" if not number else f"{'+' if number > 0 else '−'}{_number(abs(number))}"


def _number(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _lines(score: Score) -> list[ScoreLine]:
    """A score line by line, in words."""
    known = sets.definitions(reads.SET)
    lines = []
    for line in score.lines:
        meaning = known[line.rule.indicator]
        value = "—" if line.value is None else _number(rounded(line.value, meaning.round))
        if line.value is not None and meaning.kind == "rate":
            value += "%"
        points = "—" if line.points is None else _number(line.points)
        full = _number(line.rule.full) if line.rule.each is None else ""
        lines.append(ScoreLine(two(meaning.title), value, line.formula, points, full))
    return lines


def _choices(request: HttpRequest, campaign: Campaign, want: Asked, group: str) -> dict[str, Any]:
    """What the page offers: periods, rows, groups of columns, schemes, and the periods beside this one."""
    query = request.GET
    following = rules.after(want.period, want.span)
    streets = {code: name for code, name in sorted(area_names().items()) if len(code) == 9}
    return {
        "periods": [(key, word, key == want.period) for key, word in PERIOD_WORDS.items()],
        "bys": [(word, _address(query, by=key, keep=("cols",)), key == want.question.by)
                for key, word in BY_WORDS.items()],
        "groups": [(word, _address(query, cols=key), key == group) for key, word in GROUP_WORDS.items()],
        "schemes": [(key, two(each.title), key == reads.scheme_of(campaign, want.scheme).key)
                    for key, each in reads.schemes(campaign).items()],
        "earlier": _address(query, **_days(want.period, want.before), keep=("cols", "sort")),
        "later": _address(query, **_days(want.period, following), keep=("cols", "sort"))
        if following[0] <= clock.today() else "",
        "areas": [(code, name) for code, name in streets.items() if code.startswith(campaign.area)],
        "units": [(unit.path, unit.short_name or unit.name) for unit in case_reads.units_for_dispatch()],
        "classes": list(case_reads.class_names(campaign, get_language() or "zh").items()),
        "filtered": filtered(campaign, want),
        "by_word": BY_WORDS[want.question.by],
        "clear": _address({name: query.get(name, "") for name in ("period", "on", "from", "to", "by", "scheme")}),
    }  # fmt: skip


def _days(kind: str, span: rules.Span) -> dict[str, str]:
    if kind == "custom":
        return {"from": span[0].isoformat(), "to": span[1].isoformat(), "on": ""}
    return {"on": span[0].isoformat()}


def _export(request: HttpRequest, want: Asked, found: Sheet, names: Mapping[str, str]) -> HttpResponseBase:
    """Every indicator of every row, rates as the percent shown; the total last."""
    columns = reads.columns("all")
    heads = [str(BY_WORDS[want.question.by]), str(_("代码")), str(_("名次")), str(_("得分"))]
    heads += [two(meaning.title) for meaning in columns]

    def line(row: Row, name: str) -> list[Any]:
        numbers = [_exported(meaning, row.values[meaning.key]) for meaning in columns]
        return [name, row.key, row.rank, row.score.points, *numbers]

    def lines() -> Iterator[list[Any]]:
        for row in found.rows:
            yield line(row, names.get(row.key, row.key))
        yield line(found.total, str(_("合计")))

    answer = csv_answer if request.GET["export"] == "csv" else xlsx_answer
    return answer(request, f"evaluation-{want.span[0]}-{want.span[1]}", heads, lines())


def _exported(meaning: Definition, value: Value) -> Any:
    return None if value.number is None else rounded(value.number, meaning.round)


urlpatterns = [
    path("", evaluation, name="case_evaluation"),
    path("records/", records, name="case_evaluation_records"),
]
