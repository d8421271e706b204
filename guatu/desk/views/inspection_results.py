"""Results of inspections: what a period or a round came to; every number opens the visits, orders or places it counts."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.views import inspection_records as records
from guatu.desk.views.inspection_records import outcome_word
from guatu.inspections import words
from guatu.inspections.models import Round
from guatu.inspections.reads import norms as norm_reads
from guatu.inspections.reads import results as reads
from guatu.inspections.reads import rounds as round_reads
from guatu.inspections.rules import results as rules
from guatu.kernel import clock
from guatu.kernel.access import Scope, require
from guatu.kit.export import csv_answer, xlsx_answer
from guatu.places.models import Place
from guatu.places.reads import children, name_of
from guatu.units.models import Person, Unit

BY_WORDS = {
    "area": _lazy("按区域"),
    "industry": _lazy("按行业"),
    "unit": _lazy("按单位"),
    "person": _lazy("按检查人员"),
    "day": _lazy("按日期"),
    "shift": _lazy("按班次"),
    "round": _lazy("按轮次"),
}
OUTCOMES = ("pass", "rectify", "shut", "not_open", "gone")


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


@dataclass(frozen=True)
class Cell:
    """A number of the table with the records it counts."""

    count: int
    href: str


@dataclass(frozen=True)
class Shown:
    """One row of the table."""

    name: str
    cells: Sequence[Cell]
    people: int
    bad: str


def _query(want: reads.Asked, **more: str) -> dict[str, str]:
    """What was asked, as the record lists read it."""
    said = {
        "done_from": want.first.isoformat(), "done_to": want.last.isoformat(), "area": want.area, "industry": want.industry,
        "round": want.round, **more,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def address(page: str, want: reads.Asked, **more: str) -> str:
    """A list of records, narrowed to what was asked and to `more`."""
    return f"{reverse(page)}?{urlencode(_query(want, **more))}"


def _of_row(want: reads.Asked, key: str) -> dict[str, str]:
    """The filters by which the records of one row of the table are found."""
    if want.by == "day":
        return {"done_from": key, "done_to": key}
    return {want.by: key}


@require_GET
@login_required
def results(request: HttpRequest) -> HttpResponseBase:
    """The page; `?export=xlsx|csv` gives its table."""
    scope, campaign = person_of(request).scope, current_campaign(request)
    require(scope, reads.READ)
    want = reads.asked(campaign, request.GET)
    lines = reads.visit_lines(reads.visits(scope, want))
    people = Person.objects.select_related("unit").in_bulk({key for line in lines for key in line.people})
    units = {str(key): row.unit.path if row.unit else "" for key, row in people.items()}
    table = rules.table(lines, want.by, units, rules.level_below(want.area or campaign.area))
    names = _names(want, list(table), people)
    if request.GET.get("export") in ("csv", "xlsx"):
        return _export(request, want, table, names)
    total, earlier = rules.add_up(lines), rules.add_up(reads.visit_lines(reads.visits(scope, want.earlier)))
    covered = reads.coverage(scope, want)
    order_lines = reads.order_lines(reads.orders(scope, want))
    context = {
        "want": want,
        "campaign": campaign,
        "figures": _figures(want, covered, total, earlier),
        "missing": covered.places - covered.visited,
        "missing_url": address("desk:result_places", want),
        "went": rules.rectified(order_lines, clock.now()),
        "orders": _order_links(want),
        "rows": [_shown(want, key, row, names.get(key, key)) for key, row in table.items()],
        "outcomes": [outcome_word(each) for each in OUTCOMES],
        "items": _items(want, reads.by_item(scope, want)),
        "repeats": [(each, address("desk:result_visits", want, place=str(each.place.id), item=str(each.item.id), verdict="not_met"))
                    for each in reads.repeats(scope, want)],
        "offenders": _offenders(want, order_lines),
        **_choices(request, scope, want),
    }  # fmt: skip
    return render(request, "desk/norms/results.html", context)


def _figures(
    want: reads.Asked, covered: reads.Coverage, total: rules.Sum, earlier: rules.Sum
) -> list[dict[str, Any]]:
    """The big numbers: how many, of how many, what came of it, who went; each with the difference to the period before."""

    def figure(label: str, now: int, then: int, unit: str, tone: str = "", **more: str) -> dict[str, Any]:
        moved = rules.change(now, then)
        note = _("较上期 %(change)s") % {"change": moved} if moved else ""
        href = address("desk:result_visits", want, **more)
        return {"label": label, "value": now, "unit": unit, "tone": tone, "note": note, "href": href}

    part = rules.share(covered.visited, covered.places)
    note = (
        ""
        if part is None
        else _("%(places)s 处的 %(part)s%%") % {"places": covered.places, "part": f"{part:g}"}
    )
    coverage = {"label": _("覆盖点位"), "value": covered.visited, "unit": _("处"), "note": note}
    return [
        figure(_("检查户次"), total.visits, earlier.visits, "", checked="1"),
        {**coverage, "href": address("desk:result_visits", want, checked="1")},
        figure(_("责令整改"), total.of("rectify"), earlier.of("rectify"), _("户"), "soon", outcome="rectify"),
        figure(_("关停"), total.of("shut"), earlier.of("shut"), _("户"), "late", outcome="shut"),
        figure(_("未开门"), total.of("not_open"), earlier.of("not_open"), _("户"), outcome="not_open"),
        figure(_("回头看"), total.look_backs, earlier.look_backs, _("次"), kind="look_back"),
        figure(_("出动人数"), total.people, earlier.people, ""),
    ]


def _shown(want: reads.Asked, key: str, row: rules.Sum, name: str) -> Shown:
    of_row = _of_row(want, key) if key else {}

    def cell(count: int, **more: str) -> Cell:
        return Cell(count, address("desk:result_visits", want, **{**more, **of_row}) if key else "")

    cells = [cell(row.visits, checked="1"), *(cell(row.of(each), outcome=each) for each in OUTCOMES),
             cell(row.not_met + row.put_right, problems="1")]  # fmt: skip
    bad = rules.share(row.trouble, row.visits)
    return Shown(name, cells, row.people, "—" if bad is None else f"{bad:g}%")


def _names(want: reads.Asked, keys: Sequence[str], people: Mapping[Any, Person]) -> dict[str, str]:
    """{row: what it is called}."""
    nothing = {"": _("没有写明")}
    if want.by == "area":
        return nothing | {key: name_of(key) or key for key in keys}
    if want.by == "industry":
        return nothing | {
            row.code: (english() and row.name_en) or row.name for row in norm_reads.industries()
        }
    if want.by == "person":
        return {str(key): str(row) for key, row in people.items()}
    if want.by == "unit":
        return nothing | {row.path: str(row) for row in Unit.objects.filter(path__in=keys)}
    if want.by == "round":
        rows = Round.objects.filter(pk__in=[key for key in keys if key])
        return {"": _("不在轮次里")} | {str(row.id): f"{row.number} {row.name}" for row in rows}
    if want.by == "shift":
        return nothing | {key: str(word) for key, word in words.SHIFTS.items()}
    return {}


def _items(want: reads.Asked, found: Sequence[reads.ItemLine]) -> list[dict[str, Any]]:
    def href(line: reads.ItemLine, *verdicts: str) -> str:
        return address("desk:result_visits", want, item=str(line.item.id), verdict=",".join(verdicts))

    return [
        {
            "line": line,
            "text": (english() and line.item.text_en) or line.item.text,
            "share": rules.share(line.wrong, line.looked_at),
            "looked": href(line, "met", "not_met", "put_right"),
            "bad": href(line, "not_met"),
            "mended": href(line, "put_right"),
        }
        for line in found
    ]


def _order_links(want: reads.Asked) -> dict[str, str]:
    page = "desk:result_orders"
    return {
        "all": address(page, want),
        "open": address(page, want, open="1"),
        "late": address(page, want, late="1"),
        "passed": address(page, want, status="passed"),
        "failed": address(page, want, status="failed"),
        "reported": address(page, want, reported="1"),
        "owed": address(page, want, owed="1"),
    }


def _offenders(want: reads.Asked, lines: Sequence[rules.OrderLine]) -> list[tuple[Place, int, str]]:
    """Places with two orders or more."""
    found = rules.offenders(lines)[: reads.MOST_ITEMS]
    places = Place.objects.in_bulk([place for place, _count in found])
    return [
        (places[place], count, address("desk:result_orders", want, place=str(place)))
        for place, count in found
        if place in places
    ]


def _choices(request: HttpRequest, scope: Scope, want: reads.Asked) -> dict[str, Any]:
    own = reverse("desk:inspection_results")
    kept = _query(want, by=want.by)
    areas = [(line.code, line.name) for line in children(want.campaign.area)]
    if want.area and want.area not in dict(areas):
        areas = [*areas, (want.area, name_of(want.area))]
    areas += [(line.code, f"　{line.name}") for line in children(want.area)] if len(want.area) == 9 else []
    rounds = round_reads.rounds(scope).filter(campaign=want.campaign).order_by("-starts_on", "-number")[:40]
    spans = [
        (_("今天"), clock.today(), clock.today()),
        (_("最近 7 天"), clock.today() - dt.timedelta(days=6), clock.today()),
        (_("最近 30 天"), clock.today() - reads.USUAL, clock.today()),
    ]
    return {
        "areas": areas,
        "industries": [(row.code, (english() and row.name_en) or row.name) for row in norm_reads.industries()],
        "rounds": [(str(row.id), f"{row.number} {row.name}") for row in rounds],
        "bys": [(word, f"{own}?{urlencode({**kept, 'by': key})}", key == want.by) for key, word in BY_WORDS.items()],
        "by_word": BY_WORDS[want.by],
        "spans": [
            (word, f"{own}?{urlencode({**kept, 'done_from': first, 'done_to': last})}", (first, last) == (want.first, want.last))
            for word, first, last in spans
        ],
        "earlier": want.earlier,
        "printing": bool(request.GET.get("print")),
    }  # fmt: skip


def _export(
    request: HttpRequest, want: reads.Asked, table: Mapping[str, rules.Sum], names: Mapping[str, str]
) -> HttpResponseBase:
    headings = [
        str(BY_WORDS[want.by]), _("检查户次"), _("点位"), *(outcome_word(each) for each in OUTCOMES), _("回头看"), _("出动人数"),
        _("检查条目"), _("不符合"), _("当场整改"),
    ]  # fmt: skip
    lines: Iterator[list[str | int]] = (
        [names.get(key, key), row.visits, row.places, *(row.of(each) for each in OUTCOMES), row.look_backs, row.people,
         row.items, row.not_met, row.put_right]
        for key, row in table.items()
    )  # fmt: skip
    answer = csv_answer if request.GET["export"] == "csv" else xlsx_answer
    return answer(request, f"inspections-{want.by}-{want.first}-{want.last}", headings, lines)


urlpatterns = [
    path("", results, name="inspection_results"),
    path("visits/", records.visits, name="result_visits"),
    path("orders/", records.orders, name="result_orders"),
    path("places/", records.places, name="result_places"),
]
