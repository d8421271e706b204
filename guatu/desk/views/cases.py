"""Cases: the list with its map, and what is done to many at once. One case: case.py; the platform above: exchange.py."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guatu.cases import reads
from guatu.cases.acts.bulk import step_word
from guatu.cases.models import SOURCE_WORDS, STATUS_WORDS, Case, CaseClass
from guatu.cases.rules.bulk import BULK, MOST
from guatu.desk.case_states import due_cell, map_answer, squares_answer, state_of
from guatu.desk.current import current_campaign
from guatu.desk.views import case as one
from guatu.desk.views import exchange
from guatu.kit import lists
from guatu.kit.columns import Column, Listing, Tab
from guatu.kit.filters import (
    AreaFilter,
    BadFilter,
    ChoiceFilter,
    DateFilter,
    Filter,
    SearchFilter,
    UnitFilter,
)
from guatu.places import reads as places
from guatu.units.models import Person, Unit

VIEW_WORDS = {
    "all": gettext_lazy("全部"),
    "open": gettext_lazy("在办"),
    "mine": gettext_lazy("我的"),
    "unit": gettext_lazy("本单位"),
    "unassigned": gettext_lazy("待派出"),
    "today": gettext_lazy("今日到期"),
    "late": gettext_lazy("逾期"),
    "check": gettext_lazy("待我核查"),
    "approval": gettext_lazy("待我审批"),
    "parts": gettext_lazy("协同事项"),
    "offered": gettext_lazy("移交给我们"),
}
_KEYS = {
    "all": "a", "open": "o", "mine": "m", "unit": "u", "unassigned": "w", "today": "t", "late": "l", "check": "c",
    "approval": "v", "parts": "x", "offered": "f",
}  # fmt: skip
_ALWAYS = ("all", "open", "today", "late")  # shown with nothing behind them, so that one knows they exist
_MOST_AT_ONCE = 200


@dataclass(frozen=True)
class ViewFilter(Filter):
    """The tab: a question about the reader (mine, my unit's, waiting for my check) or about time."""

    counts = True  # shown as tabs, not among the other filters

    def read(self, query: Any, prefix: str, request: HttpRequest) -> Any:
        name = query.get(prefix + self.key, "") or "all"
        if name not in VIEW_WORDS:
            raise BadFilter(_("没有“%(name)s”这一栏。") % {"name": name[:40]})
        return (name, request.user, every_unit(request)) if name != "all" else None

    def default(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return reads.view(rows, *value)


@dataclass(frozen=True)
class CaseSearch(SearchFilter):
    """Numbers by their beginning, words through the store's index (`reads.plan`)."""

    def read(self, query: Any, prefix: str, request: HttpRequest) -> Any:
        text = super().read(query, prefix, request)
        return reads.plan(text) if text else None

    def default(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = value.narrow(rows)
        return found

    def countless(self, value: Any) -> bool:
        return bool(value.broad)


@dataclass(frozen=True)
class BoxFilter(Filter):
    """A piece of the map, `west,south,east,north`; a square of the map leads here."""

    template = "desk/cases/_bbox.html"

    def read(self, query: Any, prefix: str, request: HttpRequest) -> Any:
        text = query.get(prefix + self.key, "").strip()
        if not text:
            return None
        try:
            return reads.read_box(text)
        except (ValueError, TypeError):
            raise BadFilter(_("地图范围“%(value)s”看不懂。") % {"value": text[:40]}) from None

    def default(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return reads.inside(rows, value)

    def words(self, value: Any, request: HttpRequest) -> str:
        return f"{value.west:.3f}–{value.east:.3f}, {value.south:.3f}–{value.north:.3f}"


def _once(request: HttpRequest, name: str, ask: Callable[[], Any]) -> Any:
    """What several parts of one page ask for, asked for once."""
    kept: dict[str, Any] = request.__dict__.setdefault("_guatu_cases", {})
    if name not in kept:
        kept[name] = ask()
    return kept[name]


def every_unit(request: HttpRequest) -> list[Unit]:
    """All units; the reader's own is put in its place, so that nobody asks for it again."""

    def ask() -> list[Unit]:
        found, person = reads.all_units(), person_of(request)
        person.unit = next((unit for unit in found if unit.id == person.unit_id), person.unit)
        return found

    units: list[Unit] = _once(request, "units", ask)
    return units


def _class_rows(request: HttpRequest) -> list[CaseClass]:
    found: list[CaseClass] = _once(request, "classes", lambda: reads.classes(current_campaign(request)))
    return found


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    area = current_campaign(request).area
    if len(area) == 6:  # a district: its streets are in memory
        return list(places.area_names(area, 9).items())
    return [(line.code, line.name) for line in places.children(area)]


def _classes(request: HttpRequest) -> list[tuple[str, str]]:
    return list(reads.names_by_code(_class_rows(request), get_language() or "zh").items())


def _units(request: HttpRequest) -> list[tuple[str, str]]:
    return [(unit.path, str(unit)) for unit in every_unit(request) if unit.active]


CASES = Listing(
    name="cases",
    title=gettext_lazy("案件"),
    columns=[
        Column("number", gettext_lazy("编号"), sort="number", kind="code", link=lambda row: reverse("desk:case", args=[row.id])),
        Column("title", gettext_lazy("事项"), sort="title", wide=True, heavy=True),
        Column("area", gettext_lazy("街镇"), value="area_name", sort="area", heavy=True),
        Column("unit", gettext_lazy("承办单位"), value="unit", sort="unit__path", heavy=True),
        Column("due_at", gettext_lazy("期限"), sort="due_at", kind="moment", write=due_cell, heavy=True),
        Column("status", gettext_lazy("状态"), sort="status", kind="state", value=state_of,
               export=lambda row: str(STATUS_WORDS[row.status]), heavy=True),
        Column("source", gettext_lazy("来源"), value=lambda row: str(SOURCE_WORDS[row.source]), sort="source", shown=False, heavy=True),
        Column("class", gettext_lazy("类别"), value="class_name", sort="class_code", shown=False, heavy=True),
        Column("upper_number", gettext_lazy("上级编号"), kind="code", sort="upper_number", shown=False, heavy=True),
        Column("address", gettext_lazy("地址"), shown=False, wide=True),
        Column("opened_at", gettext_lazy("上报时间"), kind="datetime", sort="opened_at", shown=False),
        Column("handled_at", gettext_lazy("处置完毕"), kind="datetime", sort="handled_at", shown=False, heavy=True),
        Column("rework", gettext_lazy("返工次数"), kind="number", sort="rework", shown=False, heavy=True),
    ],
    filters=[
        CaseSearch("q"),
        BoxFilter("bbox", gettext_lazy("地图范围")),
        ViewFilter("view", gettext_lazy("栏")),
        ChoiceFilter("status", gettext_lazy("状态"), choices=list(STATUS_WORDS.items()), many=True),
        ChoiceFilter("class", gettext_lazy("类别"), field="class_code", choices=_classes),
        ChoiceFilter("source", gettext_lazy("来源"), choices=list(SOURCE_WORDS.items())),
        AreaFilter("area", choices=_areas),
        UnitFilter("unit", gettext_lazy("承办单位"), field="unit__path", choices=_units),
        DateFilter("opened", gettext_lazy("上报时间"), field="opened_at"),
    ],
    sort="-opened_at",
    export_right="case.export",
    jump="opened_at",
)  # fmt: skip


def _named(request: HttpRequest) -> Callable[[list[Case]], list[Case]]:
    """Give the rows of one page the names of their areas (kept in memory) and classes (asked for once)."""

    def name(rows: list[Case]) -> list[Case]:
        english = not (get_language() or "zh").startswith("zh")
        # by the class itself: two numberings may share a code
        classes = {each.id: (each.name_en if english else "") or each.name for each in _class_rows(request)}
        for row in rows:
            row.area_name = places.name_of(row.area[:9])  # type: ignore[attr-defined]
            row.class_name = classes.get(row.case_class_id, row.class_code)  # type: ignore[arg-type, attr-defined]
        return rows

    return name


def listing_of(request: HttpRequest) -> Listing:
    return replace(CASES, prepare=_named(request))


def person_of(request: HttpRequest) -> Person:
    """The signed-in person."""
    person = request.user
    assert isinstance(person, Person)
    return person


def visible(request: HttpRequest) -> QuerySet[Case]:
    """The cases of this campaign that the reader may see."""
    return reads.cases(person_of(request).scope, current_campaign(request), units=every_unit(request))


@require_GET
@login_required
def cases(request: HttpRequest) -> HttpResponseBase:
    """The list: tabs, filters, map, bulk, export."""
    campaign = current_campaign(request)
    person = person_of(request)
    scope = person.scope
    page = lists.build(request, listing_of(request), visible(request))
    context: dict[str, Any] = {
        "campaign": campaign,
        "view_tabs": _tabs(page, person),
        "map_query": request.GET.urlencode(),
        "may_open": scope.may("case.open"),
        "may_import": scope.may("case.import"),
        "import_url": reverse("desk:import_new", args=["case"]) if scope.may("case.import") else "",
        "may_exchange": scope.allows("case.export", area=campaign.area),
        "may_route": scope.allows("case.route", area=campaign.area),
        "bulk_steps": [(step, step_word(step)) for step, each in BULK.items() if scope.may(each.right)],
        "bulk_most": MOST,
        "may_merge": scope.may("case.merge"),
        "bulk_query": urlencode(page.carried),
    }
    return lists.respond(request, page.listing, page.source, "desk/cases/list.html", context, page=page)


def _tabs(page: lists.Page, person: Person) -> list[Tab]:
    """The working lists with their counts; without counts where a search matches so much that nobody would wait."""
    if {"export", "columns"} & set(page.request.GET):
        return []
    rows = page.source
    chosen = "all"
    for bound in page.filters:
        if bound.key == "view":
            chosen = bound.value[0] if bound.value else "all"
        else:
            rows = bound.narrow(rows)
    counts = None if page.countless else _counts(page, rows, person, chosen)
    return [
        Tab(
            word,
            _told(counts, name),
            page.address({"view": None if name == "all" else name}),
            name == chosen,
            _KEYS[name],
        )
        for name, word in VIEW_WORDS.items()
        if counts is None or name in _ALWAYS or counts[name] or name == chosen
    ]


def _counts(page: lists.Page, rows: QuerySet[Case], person: Person, chosen: str) -> dict[str, int]:
    """The tabs, and the rows of the list itself, in one query: the chosen tab is counted as far as the list counts."""
    units = every_unit(page.request)
    counts = reads.view_counts(rows, person, units=units, further={chosen: lists.EXACT_TO})
    page.known = counts[chosen]
    return counts


def _told(counts: dict[str, int] | None, name: str) -> int | str:
    if counts is None:
        return ""
    return f"{reads.COUNT_TO:,}+" if counts[name] > reads.COUNT_TO else counts[name]


@require_GET
@login_required
def cases_map(request: HttpRequest) -> HttpResponse:
    """The list's rows as points, or as counts of squares when they are many; `?only=ground` the borders alone."""
    campaign = current_campaign(request)
    answer = map_answer(campaign, ())
    if request.GET.get("only") != "ground":
        page = lists.build(request, listing_of(request), visible(request))
        points = reads.on_map(page.narrowed, reads.MOST_POINTS + 1)
        if len(points) > reads.MOST_POINTS:
            most = 2000 if page.countless else reads.MOST_COUNTED
            answer = squares_answer(campaign, reads.squares(page.narrowed, most), _within(request), most)
        else:
            answer = map_answer(campaign, points)
    return JsonResponse(
        answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


def _within(request: HttpRequest) -> Callable[[str], str]:
    """The list narrowed to a piece of ground."""
    query = request.GET.copy()
    for name in ("after", "before", "on", "only"):
        query.pop(name, None)

    def address(box: str) -> str:
        query["bbox"] = box
        return f"{reverse('desk:cases')}?{query.urlencode()}"

    return address


urlpatterns = [
    path("", cases, name="cases"),
    path("map/", cases_map, name="cases_map"),
    path("new/", one.case_new, name="case_new"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/send/", exchange.exchange_send, name="exchange_send"),
    path("exchange/<uuid:exchange_id>/", exchange.exchange_file, name="exchange_file"),
    path("<uuid:case_id>/", one.case, name="case"),
    path("<uuid:case_id>/map/", one.case_map, name="case_map"),
    path("<uuid:case_id>/correct/", one.case_correct, name="case_correct"),
    path("<uuid:case_id>/photos/", one.case_photo, name="case_photo"),
    path("<uuid:case_id>/<str:step>/", one.case_step, name="case_step"),
]
