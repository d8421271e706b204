"""Figures and the records they count: the catalogue, one indicator, a frozen figure opened, the proof by recount."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guatu.campaigns.models import Campaign
from guatu.desk.current import current_campaign
from guatu.figures import acts, reads
from guatu.figures.rules import Amount, Definition, Part, Value, evaluate
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem, declare
from guatu.kernel.subjects import table
from guatu.kit.export import csv_answer
from guatu.kit.templatetags.kit import shortday
from guatu.places.reads import names

declare(
    "figure.bad_period",
    status=400,
    zh="日期“{value}”读不懂。",
    en="The date “{value}” cannot be understood.",
    next_zh="请按 2021-09-16 的样子填写。",
    next_en="Write it as 2021-09-16.",
)

_DAYS_SHOWN = 120
_FIRST_DAY = dt.date(1900, 1, 1)  # added up from the beginning, however few days are drawn


def area_names(prefix: str, length: int) -> dict[str, str]:
    """Names of all areas of one code length inside `prefix`, in the order of codes."""
    return {
        code: name
        for code, name in sorted(names().items())
        if len(code) == length and code.startswith(prefix)
    }


def _two(pair: tuple[str, str]) -> str:
    return pair[0] if (get_language() or "zh").startswith("zh") else pair[1]


@dataclass(frozen=True)
class Row:
    """One indicator in the catalogue."""

    key: str
    title: str
    unit: str
    note: str
    value: Value
    href: str
    parts: list[tuple[int, str]]


@require_GET
@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """All indicators of the campaign with their values, for an area if one is chosen."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "figure.read")
    campaign = current_campaign(request)
    area = _area(request, campaign)
    meanings = [meaning for _row, meaning in reads.indicators(campaign)]
    values = reads.values(scope, campaign, meanings, area=area)
    rows = [_row_of(meaning, values[meaning.key], area) for meaning in meanings]
    streets = area_names(campaign.area, 9)
    context = {
        "campaign": campaign,
        "rows": rows,
        "area": area,
        "areas": [(code, name) for code, name in streets.items() if scope.allows("figure.read", area=code)],
        "may_recount": scope.allows("figure.recount", area=campaign.area),
    }
    return render(request, "desk/figures/list.html", context)


def _row_of(meaning: Definition, value: Value, area: str) -> Row:
    query = f"?{urlencode({'area': area})}" if area else ""
    href = reverse("desk:figure", args=[meaning.key])
    parts = []
    if meaning.per is not None:
        for name in ("of", "per"):
            parts.append((value.parts[name].count, f"{href}?{urlencode({'area': area, 'part': name})}"))
    return Row(
        meaning.key, _two(meaning.title), _two(meaning.unit), _two(meaning.note), value, href + query, parts
    )


def _area(request: HttpRequest, campaign: Campaign) -> str:
    wanted = request.GET.get("area", "").strip()
    return wanted if wanted.isdigit() and wanted.startswith(campaign.area) else ""


def _period(request: HttpRequest) -> tuple[dt.date, dt.date] | None:
    ends = []
    for name in ("from", "to"):
        text = request.GET.get(name, "").strip()
        try:
            ends.append(dt.date.fromisoformat(text) if text else None)
        except ValueError as wrong:
            raise Problem("figure.bad_period", value=text[:30]) from wrong
    if ends == [None, None]:
        return None
    return ends[0] or dt.date(1, 1, 2), ends[1] or dt.date(9999, 12, 31)


@dataclass(frozen=True)
class AreaLine:
    """The indicator in one area."""

    code: str
    name: str
    value: Value
    href: str
    share: int


@require_GET
@login_required
def figure(request: HttpRequest, key: str) -> HttpResponseBase:
    """One indicator: its value, by area, by day, and the records it counts."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    require(scope, "figure.read")
    campaign = current_campaign(request)
    meaning = reads.definition(campaign, key)
    area, period = _area(request, campaign), _period(request)
    name = "per" if request.GET.get("part") == "per" and meaning.per is not None else "of"
    part = meaning.parts[name]
    if request.GET.get("export") == "csv":
        return _export(request, campaign, meaning, part, area, period)
    value = reads.value(scope, campaign, meaning, area=area, period=period)
    found = reads.records(scope, campaign, part, area=area, period=period, after=_after(request))
    context = {
        "campaign": campaign,
        "key": key,
        "title": _two(meaning.title),
        "unit": _two(meaning.unit),
        "note": _two(meaning.note),
        "meaning": meaning,
        "value": value,
        "part_name": name,
        "part": part,
        "measure": part.measure and (_two(meaning.unit) or _("数量")),
        "area_names": names(),
        "records": found,
        "words": _words(),
        "areas": _by_area(scope, campaign, meaning, area, period),
        "area": area,
        "area_name": area_names(campaign.area, 9).get(area, area),
        "period": period,
        "chart": _by_day(scope, campaign, meaning, area),
        "next": _next(request, found.next_after),
    }
    return render(request, "desk/figures/record.html", context)


def _after(request: HttpRequest) -> str:
    text = request.GET.get("after", "")
    return text if len(text) == 36 else ""


def _next(request: HttpRequest, after: str) -> str:
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}#records" if after else ""


def _words() -> dict[str, str]:
    return {kind: _two(subject.word) for kind, subject in table().items()}


def _by_area(
    scope: Scope, campaign: Campaign, meaning: Definition, area: str, period: tuple[dt.date, dt.date] | None
) -> list[AreaLine]:
    """Every street of the district (or neighbourhood of the chosen street) in which something is counted."""
    if period is not None or meaning.kind == "countdown":
        return []
    length = 12 if len(area) >= 9 else 9
    found = reads.values_by_area(scope, campaign, meaning, length=length, area=area)
    names = area_names(area or campaign.area, length)
    most = max((abs(value.number) for value in found.values() if value.number is not None), default=0)
    lines = []
    for code, value in sorted(found.items(), key=lambda item: (-(item[1].number or 0), item[0])):
        share = int(abs(value.number) * 100 / most) if value.number is not None and most else 0
        href = f"{reverse('desk:figure', args=[meaning.key])}?{urlencode({'area': code})}"
        lines.append(AreaLine(code, names.get(code, code), value, href, share))
    return lines


def _by_day(scope: Scope, campaign: Campaign, meaning: Definition, area: str) -> dict[str, list[Any]] | None:
    """Day by day and added up, for the line chart; None when there is no history worth a line."""
    if meaning.kind in ("countdown", "distinct"):
        return None
    last = clock.today()
    days = reads.values_by_day(
        scope, campaign, meaning, last - dt.timedelta(days=_DAYS_SHOWN), last, area=area
    )
    if len(days) < 2:
        return None
    kind = "sum" if meaning.of.measure else "count"
    single = Definition(meaning.key, meaning.title, meaning.unit, kind, meaning.of, round=meaning.round)
    known = [
        (day, evaluate(single, {"of": amount}, last).number or 0) for day, amount in sorted(days.items())
    ]
    added = list(accumulate(number for _day, number in known))
    return {"labels": [shortday(day) for day, _n in known], "series": [(_("累计"), added)]}


def _export(
    request: HttpRequest,
    campaign: Campaign,
    meaning: Definition,
    part: Part,
    area: str,
    period: tuple[dt.date, dt.date] | None,
) -> HttpResponseBase:
    """Every record the figure counts, as CSV, a page at a time."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    words = _words()
    heads = [
        _("记录"),
        _("编号"),
        _("名称"),
        _("区域"),
        _("状态"),
        _("类别"),
        _("日期"),
        part.measure or _("计数"),
    ]

    def lines() -> Iterator[list[Any]]:
        after = ""
        while True:
            page = reads.records(scope, campaign, part, area=area, period=period, after=after, limit=500)
            for row in page.rows:
                title = _("（不在可见范围内）") if row.withheld else row.title
                yield [words.get(row.subject_type, row.subject_type), row.subject_id, title, row.area, row.status,
                       row.category, row.happened_on, row.measure or 1]  # fmt: skip
            after = page.next_after
            if not after:
                return

    return csv_answer(request, meaning.key, heads, lines())


@require_GET
@login_required
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """A frozen figure opened: then and now, and the records that made the difference."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    frozen = reads.figure_by_code(scope, code)
    found = reads.trace(scope, frozen)
    context = {
        "trace": found,
        "figure": frozen,
        "title": _two(found.definition.title),
        "unit": _two(found.definition.unit),
        "words": _words(),
        "amounts": {name: Amount(**amount) for name, amount in frozen.parts.items()},
        "known": sum(frozen.heads.values()),
        "measure": found.definition.of.measure and (_two(found.definition.unit) or _("数量")),
        "area_names": names(),
    }
    return render(request, "desk/figures/trace.html", context)


@require_GET
@login_required
def find_trace(request: HttpRequest) -> HttpResponse:
    """Look a code up that somebody read off a printed brief."""
    code = request.GET.get("code", "").strip().upper()
    if code and not code.startswith("F-"):
        code = f"F-{code}"
    return trace(request, code) if code else render(request, "desk/figures/find.html")


@require_http_methods(["GET", "POST"])
@login_required
def recount(request: HttpRequest) -> HttpResponse:
    """Prove that readings, facts and rows agree, all streams held still."""
    scope: Scope = request.user.scope  # type: ignore[union-attr]
    campaign = current_campaign(request)
    require(scope, "figure.recount", area=campaign.area)
    outcome = acts.recount() if request.method == "POST" else None
    return render(request, "desk/figures/recount.html", {"outcome": outcome})


urlpatterns = [
    path("", figures, name="figures"),
    path("trace/", find_trace, name="find_trace"),
    path("trace/<str:code>/", trace, name="trace"),
    path("recount/", recount, name="recount"),
    path("<str:key>/", figure, name="figure"),
]
