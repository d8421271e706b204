"""Places: the list with its map, a road with its shops, several places changed at once. One place: places.py."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from guatu.desk.current import campaign_or_none
from guatu.desk.templatetags.people import place_word, risk_word
from guatu.desk.views import areas as area_views
from guatu.inspections.models import Industry
from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, Filter, SearchFilter
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.places import acts, reads
from guatu.places.models import Place
from guatu.places.rules import RISKS, SURVEY_KINDS, shop_order
from guatu.units import reads as unit_reads
from guatu.units.models import Person

_MOST_POINTS = 3_000
_MOST_ALONG = 2_000  # shops of a road on one page
_MOST_AT_ONCE = 2_000
_KINDS_KEPT, _MOST_KEPT = 60, 500  # seconds; different rights remembered
_kinds: dict[tuple[str, ...], tuple[float, list[str]]] = {}
OPEN, CLOSED, WITHDRAWN, SHUT = (
    State("done", _lazy("在用")),
    State("held", _lazy("停用")),
    State("void", _lazy("已撤销")),
    State("late", _lazy("责令关停")),
)


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def state_of(place: Place) -> State:
    if place.withdrawn:
        return WITHDRAWN
    if place.closed_on:
        return CLOSED
    return SHUT if place.shut_at else OPEN


def _once(
    request: HttpRequest, name: str, make: Callable[[], list[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """Choices that a page needs several times are asked of the store once."""
    kept: dict[str, list[tuple[str, str]]] = request.__dict__.setdefault("_guatu_choices", {})
    if name not in kept:
        kept[name] = make()
    return kept[name]


def industry_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return _once(request, "industries", industries)


def industries() -> list[tuple[str, str]]:
    """(code, name) of the trades on record, in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    rows = Industry.objects.order_by("order", "code").values_list("code", "name", "name_en")
    return [(code, name if chinese or not name_en else name_en) for code, name, name_en in rows]


def area_choices(request: HttpRequest) -> list[tuple[str, str]]:
    campaign = campaign_or_none(request)
    return [(line.code, line.name) for line in reads.children(campaign.area if campaign else "31")]


def _kinds_lately(person: Person) -> list[str]:
    """The kinds of the places somebody may see, counted once a minute for the same rights: with a hundred thousand places
    the count costs more than the page."""
    key, now = person.scope.areas("place.read"), time.monotonic()
    kept = _kinds.get(key)
    if kept is None or now - kept[0] > _KINDS_KEPT:
        kept = (now, [kind for kind, _count in reads.kinds(person.scope)[:40]])
        if len(_kinds) > _MOST_KEPT:
            _kinds.clear()
        _kinds[key] = kept
    return kept[1]


def kind_choices(request: HttpRequest) -> list[tuple[str, str]]:
    def make() -> list[tuple[str, str]]:
        found = _kinds_lately(person_of(request))
        asked = [
            kind for kind in request.GET.getlist("kind") if 0 < len(kind) <= 60
        ]  # one of this very minute
        return [(kind, place_word(kind)) for kind in dict.fromkeys((*found, *SURVEY_KINDS, *asked))]

    return _once(request, "kinds", make)


def risk_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(key, risk_word(key)) for key in RISKS]


def _yes_no(_request: HttpRequest) -> list[tuple[str, str]]:
    return [("yes", _("有人负责")), ("no", _("没有人负责"))]


def _surveyed_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [("today", _("今天已摸排")), ("left", _("今天还没有摸排"))]


def _state_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [("open", _("在用")), ("closed", _("停用")), ("shut", _("责令关停"))]


def _contracted(rows: QuerySet[Place], value: list[str]) -> QuerySet[Place]:
    return unit_reads.places_with(rows, value == ["yes"])


def _surveyed(rows: QuerySet[Place], value: list[str]) -> QuerySet[Place]:
    today = clock.today()
    if value == ["today"]:
        return rows.filter(surveyed_on=today)
    return reads.to_survey(rows).filter(Q(surveyed_on=None) | ~Q(surveyed_on=today))


def _standing(rows: QuerySet[Place], value: list[str]) -> QuerySet[Place]:
    return {
        "open": rows.filter(closed_on=None, shut_at=None),
        "closed": rows.exclude(closed_on=None),
        "shut": rows.exclude(shut_at=None),
    }[value[0]]


def _with_names(rows: list[Place]) -> list[Place]:
    for row in rows:
        row.area_name = reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


PLACES = Listing(
    name="places",
    title=_lazy("点位"),
    columns=[
        Column(
            "name",
            _lazy("名称"),
            sort="name",
            link=lambda row: reverse("desk:place", args=[row.id]),
            wide=True,
        ),
        Column("kind", _lazy("类别"), value=lambda row: place_word(row.kind), sort="kind"),
        Column("area", _lazy("所属区域"), value="area_name", sort="area"),
        Column("address", _lazy("地址"), sort="address", wide=True),
        Column("state", _lazy("状态"), kind="state", value=state_of, export=lambda row: str(state_of(row))),
        Column("surveyed_on", _lazy("最近摸排"), kind="date", sort="surveyed_on", nullable=True),
        Column("number", _lazy("编号"), sort="number", kind="code", shown=False),
        Column("road", _lazy("道路"), sort="road", shown=False),
        Column("industry", _lazy("行业"), sort="industry", kind="code", shown=False),
        Column("risk", _lazy("风险"), value=lambda row: risk_word(row.risk), sort="risk", shown=False),
        Column("opening_hours", _lazy("营业时间"), shown=False),
        Column("capacity", _lazy("容量"), kind="number", sort="capacity", nullable=True, shown=False),
        Column("lon", _lazy("经度"), kind="number", shown=False),
        Column("lat", _lazy("纬度"), kind="number", shown=False),
        Column("opened_on", _lazy("启用日期"), kind="date", sort="opened_on", nullable=True, shown=False),
        Column("closed_on", _lazy("停用日期"), kind="date", sort="closed_on", nullable=True, shown=False),
    ],
    filters=[
        SearchFilter("q", fields=("name", "number", "address")),
        AreaFilter("area", _lazy("所属区域"), choices=area_choices),
        ChoiceFilter("kind", _lazy("类别"), choices=kind_choices, many=True),
        Filter("road", _lazy("道路")),
        ChoiceFilter("industry", _lazy("行业"), choices=industry_choices),
        ChoiceFilter("risk", _lazy("风险"), choices=risk_choices, many=True),
        ChoiceFilter("contracted", _lazy("责任人"), choices=_yes_no, apply=_contracted),
        ChoiceFilter("surveyed", _lazy("摸排"), choices=_surveyed_choices, apply=_surveyed),
        ChoiceFilter("state", _lazy("状态"), choices=_state_choices, apply=_standing),
        BooleanFilter("withdrawn", _lazy("已撤销"), field="withdrawn"),
    ],
    sort="name",
    export_right="place.read",
    prepare=_with_names,
)


def _rows(request: HttpRequest) -> Any:
    """The places of the present campaign's area; withdrawn ones only when they are asked for."""
    rows = reads.visible_places(person_of(request).scope)
    campaign = campaign_or_none(request)
    if campaign is not None and "area" not in request.GET:
        rows = rows.filter(reads.inside(campaign.area))
    return rows if request.GET.get("withdrawn") else rows.filter(withdrawn=False)


@require_GET
@login_required
def places(request: HttpRequest) -> HttpResponseBase:
    """The list with its map."""
    scope = person_of(request).scope
    require(scope, "place.read")
    context = {
        "map_query": request.GET.urlencode(),
        "may_edit": scope.may("place.edit"),
        "may_import": scope.may("place.import"),
        "may_contract": scope.may("contract.edit"),
        "may_survey": scope.may("place.survey"),
        "gaps_url": reverse("desk:gaps") if scope.may("contract.read") else "",
        "risks": [(key, risk_word(key)) for key in RISKS],
        "industries": industry_choices(request) if scope.may("place.edit") else [],
    }
    return lists.respond(request, PLACES, _rows(request), "desk/places/list.html", context)


@require_GET
@login_required
def places_map(request: HttpRequest) -> HttpResponse:
    """The same places as the list shows, as points over the borders that are known."""
    scope = person_of(request).scope
    require(scope, "place.read")
    page = lists.build(request, replace(PLACES, prepare=None), _rows(request))
    campaign = campaign_or_none(request)
    code = request.GET.get("area") or (campaign.area if campaign else "31")
    rows = page.narrowed.filter(lon__isnull=False, lat__isnull=False).order_by("id")[:_MOST_POINTS]
    shapes = [
        reads.point_shape(
            row, href=reverse("desk:place", args=[row.id]), lines=[reads.name_of(row.area), row.address]
        )
        for row in rows
    ]
    features = [*area_views.borders(code), *(shape for shape in shapes if shape is not None)]
    return JsonResponse(
        reads.map_answer(features, label=_("点位")), json_dumps_params={"ensure_ascii": False}
    )


# --------------------------------------------------------------------------------------- several at once


def chosen(request: HttpRequest) -> list[UUID]:
    """The rows ticked in a list; what is no id is left out."""
    found = []
    for text in request.POST.getlist("row")[:_MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_POST
@login_required
def places_change(request: HttpRequest) -> HttpResponse:
    """Give the ticked places a risk or an industry. “-” takes it away."""
    person = person_of(request)
    require(person.scope, "place.edit")
    visible = reads.visible_places(person.scope).filter(id__in=chosen(request)).values_list("id", flat=True)
    given = {name: request.POST.get(name, "") for name in ("risk", "industry")}
    changes = {name: "" if value == "-" else value for name, value in given.items() if value}
    try:
        before = acts.change_places(by=person, places=list(visible), changes=changes)
    except Problem as problem:
        say(request, problem.words(), level=30)
        return redirect("desk:places")
    token = ids.new().hex
    request.session[f"places-{token}"] = before
    words = ngettext("已修改 %(n)s 个点位。", "已修改 %(n)s 个点位。", len(before)) % {"n": len(before)}
    say(request, words, undo=reverse("desk:places_unchange", args=[token]) if before else "")
    return redirect("desk:places")


@require_POST
@login_required
def places_unchange(request: HttpRequest, token: str) -> HttpResponse:
    """Take back what was just changed, as long as nobody went on from there."""
    before = request.session.pop(f"places-{token}", None)
    if before is None:
        raise Problem("access.not_found")
    try:
        count = acts.unchange_places(by=person_of(request), before=before)
        say(request, ngettext("已撤销 %(n)s 处修改。", "已撤销 %(n)s 处修改。", count) % {"n": count})
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:places")


# ------------------------------------------------------------------------------------------------ a road


@require_GET
@login_required
def road(request: HttpRequest) -> HttpResponse:
    """Who trades along a road, in the order of the house numbers. `?name=`, `?area=` narrows to a street."""
    person = person_of(request)
    require(person.scope, "place.read")
    name, code = request.GET.get("name", "").strip(), request.GET.get("area", "")
    rows = (
        reads.visible_places(person.scope).filter(road=name, withdrawn=False)
        if name
        else Place.objects.none()
    )
    if code.isdigit():
        rows = rows.filter(reads.inside(code))
    shown = sorted(rows.order_by("number")[:_MOST_ALONG], key=lambda row: shop_order(row.address, row.number))
    today = clock.today()
    context = {
        "name": name,
        "code": code,
        "rows": [{"place": row, "state": state_of(row), "today": row.surveyed_on == today} for row in shown],
        "open": sum(row.closed_on is None for row in shown),
        "surveyed": sum(row.closed_on is None and row.surveyed_on == today for row in shown),
        "opened": sum(row.opened_on == today for row in shown),
        "closed": sum(row.closed_on == today for row in shown),
        "streets": sorted({(row.area[:9], reads.name_of(row.area[:9])) for row in shown}) if not code else [],
        "may_survey": person.scope.may("place.survey"),
        "may_edit": person.scope.may("place.edit"),
    }
    return render(request, "desk/places/road.html", context)


urlpatterns = [
    path("", places, name="places"),
    path("map/", places_map, name="places_map"),
    path("road/", road, name="road"),
    path("change/", places_change, name="places_change"),
    path("change/<slug:token>/undo/", places_unchange, name="places_unchange"),
]
