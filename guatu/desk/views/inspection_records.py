"""The records behind the results of inspections: visits, orders, and places nobody has been to."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.templatetags.people import place_word
from guatu.inspections import words
from guatu.inspections.models import NormItem, Visit
from guatu.inspections.reads import norms as norm_reads
from guatu.inspections.reads import orders as order_reads
from guatu.inspections.reads import results as reads
from guatu.inspections.reads import visits as visit_reads
from guatu.inspections.rules.results import JUDGED
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateFilter, Filter, SearchFilter
from guatu.kit.states import State
from guatu.places.reads import children, name_of
from guatu.units.models import Person

_TONES = {"pass": "done", "rectify": "soon", "shut": "late", "not_open": "held", "gone": "void"}
_ORDER_TONES = {
    "issued": "waiting",
    "complied": "going",
    "passed": "done",
    "failed": "late",
    "withdrawn": "void",
}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def outcome_word(outcome: str) -> str:
    return str(words.OUTCOMES.get(outcome, outcome))


def outcome_state(outcome: str) -> State:
    return State(_TONES.get(outcome, "waiting"), outcome_word(outcome))


def page_of(name: str, row_id: Any) -> str:
    try:
        return reverse(name, args=[row_id])
    except NoReverseMatch:
        return ""


def _industry_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(row.code, (english() and row.name_en) or row.name) for row in norm_reads.industries()]


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    return [(line.code, line.name) for line in children(current_campaign(request).area)]


class _ById(Filter):
    """Something named by its id in the address (a person, an item, a round, a place)."""

    def words(self, value: Any, request: HttpRequest) -> str:
        return {"person": _person_word, "item": _item_word}.get(self.key, _plain_word)(value)

    def read(self, query: QueryDict, prefix: str, request: HttpRequest) -> Any:
        return reads.uuid_in(query.get(prefix + self.key, "")) or None


def _person_word(value: str) -> str:
    return str(Person.objects.filter(pk=value).first() or "—")


def _item_word(value: str) -> str:
    row = NormItem.objects.filter(pk=value).first()
    return f"{row.number} {row.text}" if row is not None else "—"


def _plain_word(value: str) -> str:
    return f"…{value[-6:]}"


class _Verdict(Filter):
    """Which verdicts the item got; only together with the item."""

    def words(self, value: Any, request: HttpRequest) -> str:
        return "、".join(str(words.VERDICTS.get(each, each)) for each in value.split(","))

    def default(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows


def _people(row: Visit) -> str:
    names: dict[str, str] = row.names  # type: ignore[attr-defined]
    return "、".join(names.get(key, "—") for key in row.kept.get("people") or ())


def _prepare(rows: list[Visit]) -> list[Visit]:
    found = Person.objects.in_bulk({key for row in rows for key in row.kept.get("people") or ()})
    names = {str(key): person.name for key, person in found.items()}
    for row in rows:
        row.names = names  # type: ignore[attr-defined]
    return rows


VISITS = Listing(
    name="result_visits",
    title=_lazy("检查记录"),
    columns=[
        Column("place", _lazy("点位"), value=lambda row: row.place.name, sort="place__name", wide=True,
               link=lambda row: page_of("desk:visit", row.id)),
        Column("area", _lazy("所属区域"), value=lambda row: name_of(row.area), sort="area"),
        Column("done_at", _lazy("检查时间"), sort="done_at", kind="datetime", nullable=True),
        Column("outcome", _lazy("结果"), kind="state", sort="outcome", value=lambda row: outcome_state(row.outcome),
               export=lambda row: outcome_word(row.outcome)),
        Column("items", _lazy("检查条目"), kind="number", value=lambda row: row.kept.get("items", 0)),
        Column("not_met", _lazy("没做到"), kind="number", value=lambda row: row.kept.get("not_met", 0)),
        Column("put_right", _lazy("当场整改"), kind="number", value=lambda row: row.kept.get("put_right", 0)),
        Column("people", _lazy("检查人员"), value=_people),
        Column("round", _lazy("轮次"), value=lambda row: row.round.number if row.round else str(words.VISIT_KINDS[row.kind])),
        Column("note", _lazy("说明"), wide=True, shown=False),
    ],
    filters=[
        ChoiceFilter("outcome", _lazy("结果"), counts=True, choices=list(words.OUTCOMES.items())),
        SearchFilter("q", fields=("place__name", "place__number", "place__address", "note")),
        DateFilter("done", _lazy("检查日期"), field="done_on"),
        AreaFilter("area", _lazy("所属区域"), choices=_areas),
        ChoiceFilter("industry", _lazy("行业"), choices=_industry_choices, apply=lambda rows, value: rows.filter(kept__industry=value[0])),
        ChoiceFilter("kind", _lazy("种类"), choices=list(words.VISIT_KINDS.items())),
        ChoiceFilter("shift", _lazy("班次"), choices=list(words.SHIFTS.items()), apply=lambda rows, value: rows.filter(kept__shift=value[0])),
        BooleanFilter("checked", _lazy("查了有结论"), apply=lambda rows, value: _checked(rows, value)),
        BooleanFilter("problems", _lazy("发现问题"), apply=lambda rows, value: _problems(rows, value)),
        _ById("person", _lazy("检查人员"), apply=reads.by_person),
        Filter("unit", _lazy("单位"), apply=lambda rows, value: _of_unit(rows, value)),
        _ById("round", _lazy("轮次"), field="round_id"),
        _ById("place", _lazy("点位"), field="place_id"),
        _ById("item", _lazy("条目"), apply=lambda rows, value: rows),
        _Verdict("verdict", _lazy("结论")),
    ],
    sort="-done_at",
    export_right="visit.read",
    prepare=_prepare,
)  # fmt: skip


def _checked(rows: QuerySet[Visit], value: bool) -> QuerySet[Visit]:
    """Judged visits; look-backs are counted apart."""
    judged = Q(outcome__in=JUDGED) & ~Q(kind="look_back")
    return rows.filter(judged) if value else rows.exclude(judged)


def _problems(rows: QuerySet[Visit], value: bool) -> QuerySet[Visit]:
    found = Q(kept__not_met__gt=0) | Q(kept__put_right__gt=0)
    return rows.filter(found) if value else rows.exclude(found)


def _of_unit(rows: QuerySet[Visit], path: str) -> QuerySet[Visit]:
    """Visits to which somebody of a unit went."""
    found = Q(pk__in=[])
    for person_id in Person.objects.filter(unit__path=path).values_list("id", flat=True)[:200]:
        found |= Q(kept__people__icontains=str(person_id))
    return rows.filter(found)


@require_GET
@login_required
def visits(request: HttpRequest) -> HttpResponseBase:
    """Visits that were done, narrowed as the number that led here."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = visit_reads.visits(scope).filter(campaign=current_campaign(request), status="done")
    item = reads.uuid_in(request.GET.get("item", ""))
    if item:
        verdicts = (
            request.GET.get("verdict", "")[:80].split(",") if request.GET.get("verdict") else words.VERDICTS
        )
        rows = reads.with_item(rows, item, verdicts)
    return lists.respond(request, VISITS, rows, "desk/norms/result_visits.html", {})


def _late(rows: QuerySet[Any], value: bool) -> QuerySet[Any]:
    late = Q(late=True) | Q(status="issued", due_at__lt=clock.now())
    return rows.filter(late) if value else rows.exclude(late)


def _owed(rows: QuerySet[Any], value: bool) -> QuerySet[Any]:
    owed = Q(complied_at__isnull=False) | Q(due_at__lte=clock.now()) | Q(ended_at__isnull=False)
    return rows.filter(owed) if value else rows.exclude(owed)


ORDERS = Listing(
    name="result_orders",
    title=_lazy("整改和关停"),
    columns=[
        Column("number", _lazy("编号"), sort="number", kind="code", link=lambda row: page_of("desk:order", row.id)),
        Column("place", _lazy("点位"), value=lambda row: row.place.name, sort="place__name", wide=True),
        Column("kind", _lazy("种类"), value=lambda row: str(words.ORDER_KINDS.get(row.kind, row.kind)), sort="kind"),
        Column("status", _lazy("状态"), kind="state", sort="status",
               value=lambda row: State(_ORDER_TONES.get(row.status, "waiting"), words.ORDER_STATUS.get(row.status, row.status)),
               export=lambda row: str(words.ORDER_STATUS.get(row.status, row.status))),
        Column("issued_at", _lazy("下达时间"), sort="issued_at", kind="datetime"),
        Column("due_at", _lazy("期限"), sort="due_at", kind="datetime"),
        Column("complied_at", _lazy("报告整改"), sort="complied_at", kind="datetime", nullable=True),
        Column("lines", _lazy("条目"), kind="number", value=lambda row: len(row.lines)),
        Column("area", _lazy("所属区域"), value=lambda row: name_of(row.area), sort="area", shown=False),
    ],
    filters=[
        ChoiceFilter("status", _lazy("状态"), counts=True, choices=list(words.ORDER_STATUS.items())),
        SearchFilter("q", fields=("number", "place__name", "place__number")),
        DateFilter("done", _lazy("下达日期"), field="issued_at"),
        AreaFilter("area", _lazy("所属区域"), choices=_areas),
        ChoiceFilter("kind", _lazy("种类"), choices=list(words.ORDER_KINDS.items())),
        ChoiceFilter("industry", _lazy("行业"), choices=_industry_choices, apply=lambda rows, value: rows.filter(visit__kept__industry=value[0])),
        BooleanFilter("open", _lazy("还没了结"), apply=lambda rows, value: rows.filter(status__in=("issued", "complied")) if value else rows.exclude(status__in=("issued", "complied"))),
        BooleanFilter("late", _lazy("逾期"), apply=_late),
        BooleanFilter("reported", _lazy("已报告整改"), apply=lambda rows, value: rows.filter(complied_at__isnull=not value)),
        BooleanFilter("owed", _lazy("应当回头看"), apply=_owed),
        _ById("round", _lazy("轮次"), field="visit__round_id"),
        _ById("place", _lazy("点位"), field="place_id"),
    ],
    sort="-issued_at",
    export_right="visit.read",
)  # fmt: skip


@require_GET
@login_required
def orders(request: HttpRequest) -> HttpResponseBase:
    """Orders that were given; withdrawn ones only when they are asked for, since no number counts them."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = order_reads.orders(scope).filter(campaign=current_campaign(request))
    if "withdrawn" not in request.GET.getlist("status"):
        rows = rows.exclude(status="withdrawn")
    return lists.respond(request, ORDERS, rows, "desk/norms/result_orders.html", {})


PLACES = Listing(
    name="result_places",
    title=_lazy("还没检查到的点位"),
    columns=[
        Column("name", _lazy("名称"), sort="name", wide=True, link=lambda row: reverse("desk:place", args=[row.id])),
        Column("kind", _lazy("类别"), value=lambda row: place_word(row.kind), sort="kind"),
        Column("area", _lazy("所属区域"), value=lambda row: name_of(row.area), sort="area"),
        Column("address", _lazy("地址"), wide=True),
        Column("opening_hours", _lazy("营业时间")),
        Column("number", _lazy("编号"), sort="number", kind="code", shown=False),
    ],
    filters=[
        SearchFilter("q", fields=("name", "number", "address")),
        AreaFilter("area", _lazy("所属区域"), choices=_areas),
        ChoiceFilter("industry", _lazy("行业"), choices=_industry_choices, field="industry"),
    ],
    sort="name",
    export_right="place.read",
)  # fmt: skip


@require_GET
@login_required
def places(request: HttpRequest) -> HttpResponseBase:
    """Open places that nobody has judged in the period (of a round: those in it)."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    want = reads.asked(current_campaign(request), request.GET)
    rows = reads.unvisited(scope, want)
    return lists.respond(request, PLACES, rows, "desk/norms/result_places.html", {"want": want})
