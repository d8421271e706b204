"""Cases: the list with its map, and what is done to many at once. One case: case.py; the platform above: exchange.py."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.cases import acts, reads
from guatu.cases.acts.clockwork import start_clock, usual_limit
from guatu.cases.models import SOURCE_WORDS, STATUS_WORDS, Case
from guatu.cases.rules import OPEN, allowed
from guatu.desk.case_states import map_answer, state_of
from guatu.desk.current import current_campaign
from guatu.desk.forms.cases import DispatchForm
from guatu.desk.views import case as one
from guatu.desk.views import exchange
from guatu.kernel import clock
from guatu.kernel.problems import Problem
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
from guatu.kit.toasts import say
from guatu.places import reads as places

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
        return (name, request.user) if name != "all" else None

    def default(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return reads.view(rows, *value)


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    return [(line.code, line.name) for line in places.children(current_campaign(request).area)]


def _classes(request: HttpRequest) -> list[tuple[str, str]]:
    return list(reads.class_names(current_campaign(request), get_language() or "zh").items())


def _units(request: HttpRequest) -> list[tuple[str, str]]:
    return [(unit.path, str(unit)) for unit in reads.units_for_dispatch()]


CASES = Listing(
    name="cases",
    title=gettext_lazy("案件"),
    columns=[
        Column("number", gettext_lazy("编号"), sort="number", kind="code", link=lambda row: reverse("desk:case", args=[row.id])),
        Column("title", gettext_lazy("事项"), sort="title", wide=True),
        Column("area", gettext_lazy("街镇"), value="area_name", sort="area"),
        Column("unit", gettext_lazy("承办单位"), value="unit", sort="unit__path"),
        Column("due_at", gettext_lazy("期限"), sort="due_at", kind="moment", cell="desk/cases/_due.html"),
        Column("status", gettext_lazy("状态"), sort="status", kind="state", value=state_of,
               export=lambda row: str(STATUS_WORDS[row.status])),
        Column("source", gettext_lazy("来源"), value=lambda row: str(SOURCE_WORDS[row.source]), sort="source", shown=False),
        Column("class", gettext_lazy("类别"), value="class_name", sort="class_code", shown=False),
        Column("upper_number", gettext_lazy("上级编号"), kind="code", sort="upper_number", shown=False),
        Column("address", gettext_lazy("地址"), shown=False, wide=True),
        Column("opened_at", gettext_lazy("上报时间"), kind="datetime", sort="opened_at", shown=False),
        Column("handled_at", gettext_lazy("处置完毕"), kind="datetime", sort="handled_at", shown=False),
        Column("rework", gettext_lazy("返工次数"), kind="number", sort="rework", shown=False),
    ],
    filters=[
        SearchFilter("q", apply=reads.search),
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
)  # fmt: skip


def _named(request: HttpRequest) -> Callable[[list[Case]], list[Case]]:
    """Give the rows of one page the names of their areas (kept in memory) and classes (one query for all of them)."""
    campaign = current_campaign(request)

    def name(rows: list[Case]) -> list[Case]:
        classes = reads.class_names(campaign, get_language() or "zh")
        for row in rows:
            row.area_name = places.name_of(row.area[:9])  # type: ignore[attr-defined]
            row.class_name = classes.get(row.class_code, row.class_code)  # type: ignore[attr-defined]
        return rows

    return name


def _listing(request: HttpRequest) -> Listing:
    return replace(CASES, prepare=_named(request))


@require_GET
@login_required
def cases(request: HttpRequest) -> HttpResponseBase:
    """The list: tabs, filters, map, bulk, export."""
    campaign = current_campaign(request)
    person = one.person_of(request)
    rows = reads.cases(person.scope, campaign)
    listing = _listing(request)
    scope = person.scope
    context: dict[str, Any] = {
        "campaign": campaign,
        "view_tabs": _tabs(lists.build(request, listing, rows), person),
        "map_query": request.GET.urlencode(),
        "may_open": scope.may("case.open"),
        "may_import": scope.may("case.import"),
        "import_url": reverse("desk:import_new", args=["case"]) if scope.may("case.import") else "",
        "may_exchange": scope.allows("case.export", area=campaign.area),
        "may_dispatch": scope.may("case.dispatch"),
        "may_accept": scope.may("case.accept"),
    }
    return lists.respond(request, listing, rows, "desk/cases/list.html", context)


def _tabs(page: lists.Page, person: Any) -> list[Tab]:
    if {"export", "columns"} & set(page.request.GET):
        return []
    rows = page.source
    chosen = "all"
    for bound in page.filters:
        if bound.key == "view":
            chosen = bound.value[0] if bound.value else "all"
        else:
            rows = bound.narrow(rows)
    counts = reads.view_counts(rows, person)
    return [
        Tab(word, counts[name], page.address({"view": None if name == "all" else name}), name == chosen)
        for name, word in VIEW_WORDS.items()
        if name in _ALWAYS or counts[name] or name == chosen
    ]


@require_GET
@login_required
def cases_map(request: HttpRequest) -> HttpResponse:
    """The list's rows as points, for the map beside it; `?only=ground` the borders alone, for choosing a point."""
    campaign = current_campaign(request)
    if request.GET.get("only") == "ground":
        answer = map_answer(campaign, ())
        return JsonResponse(
            answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
        )
    page = lists.build(request, _listing(request), reads.cases(one.person_of(request).scope, campaign))
    answer = map_answer(campaign, reads.on_map(page.narrowed))
    return JsonResponse(
        answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )


# --- many at once ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One case in a preview: what would become of it, or why nothing will."""

    case: Case
    state: Any
    due_at: Any = None
    provisional: bool = False
    why: str = ""


def _chosen(request: HttpRequest) -> list[Case]:
    """The chosen cases this reader may see, in the order of their numbers."""
    given = []
    for text in request.POST.getlist("row")[:_MOST_AT_ONCE]:
        try:
            given.append(UUID(text))
        except ValueError:
            continue
    return list(
        reads.cases(one.person_of(request).scope, current_campaign(request))
        .filter(id__in=given)
        .order_by("number")
    )


def _preview(rows: list[Case], step: str, form: DispatchForm | None = None) -> list[Line]:
    """What each case would become, worked out by the same rules and never written."""
    lines = []
    limits = {each.code: usual_limit(each) for each in reads.classes(rows[0].campaign)} if rows else {}
    for row in rows:
        why = ""
        if not allowed(step, row.status):
            why = _("现在是“%(status)s”，不能做这一步") % {"status": STATUS_WORDS[row.status]}
        elif step == "dispatch" and form is not None and form.is_valid():
            try:
                limit = form.limit() or (limits.get(row.class_code) if row.due_at is None else None)
                if limit is None and row.due_at is None:
                    raise Problem("case.limit_needed", number=row.number)
                if limit is not None:
                    start_clock(row, limit, clock.now())
            except Problem as refusal:
                why = refusal.sentence()
        lines.append(Line(row, state_of(row), row.due_at, row.due_provisional, why))
    return lines


def _versions(request: HttpRequest) -> dict[str, int]:
    try:
        found = json.loads(request.POST.get("versions", "{}"))
        return {str(key): int(value) for key, value in found.items()}
    except (ValueError, AttributeError):
        return {}


def _many_page(
    request: HttpRequest,
    step: str,
    lines: list[Line],
    form: DispatchForm | None,
    outcomes: list[acts.Outcome] = [],  # noqa: B006
) -> HttpResponse:
    """The preview, or after some were refused the page that says which and why."""
    refused = {outcome.case_id: outcome.problem for outcome in outcomes if outcome.problem is not None}
    context = {
        "step": step,
        "form": form,
        "lines": lines,
        "good": sum(1 for line in lines if not line.why),
        "refused": [(line.case, refused[line.case.id]) for line in lines if line.case.id in refused],
        "done": len(outcomes) - len(refused),
        "versions": json.dumps({str(line.case.id): line.case.version for line in lines}),
        "post_to": reverse(f"desk:cases_{step}"),
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "desk/cases/many.html", context, status=status)


@require_POST
@login_required
def cases_dispatch(request: HttpRequest) -> HttpResponse:
    """Dispatch the chosen cases to one unit: first the preview, then (confirm) the act."""
    rows = _chosen(request)
    if not rows:
        say(request, _("没有选中案件。"), level=30)
        return redirect("desk:cases")
    typed = "unit" in request.POST
    form = DispatchForm(request.POST) if typed else DispatchForm()
    if "confirm" not in request.POST or not form.is_valid():
        return _many_page(request, "dispatch", _preview(rows, "dispatch", form if typed else None), form)
    return _do_many(request, "dispatch", rows, acts.dispatch_case, form, **form.arguments())


@require_POST
@login_required
def cases_accept(request: HttpRequest) -> HttpResponse:
    """Accept the chosen cases for my unit: first the preview, then (confirm) the act."""
    rows = _chosen(request)
    if not rows:
        say(request, _("没有选中案件。"), level=30)
        return redirect("desk:cases")
    if "confirm" not in request.POST:
        return _many_page(request, "accept", _preview(rows, "accept"), None)
    return _do_many(request, "accept", rows, acts.accept_case, None)


def _do_many(
    request: HttpRequest,
    step: str,
    rows: list[Case],
    act: Callable[..., Case],
    form: DispatchForm | None,
    **arguments: Any,
) -> HttpResponse:
    seen = _versions(request)
    good = [row for row in rows if allowed(step, row.status)]
    outcomes = acts.many(
        act, by=one.person_of(request), cases=[(row, seen.get(str(row.id))) for row in good], **arguments
    )
    done = [outcome for outcome in outcomes if outcome.case is not None]
    if done:
        undo = reverse("desk:cases_recall") + "?" + "&".join(f"row={outcome.case_id}" for outcome in done)
        words = _("已派单 %(count)s 件。") if step == "dispatch" else _("已接单 %(count)s 件。")
        say(
            request,
            words % {"count": len(done)},
            undo=undo if step == "dispatch" and len(undo) < 3500 else "",
        )
    if len(done) < len(outcomes):
        return _many_page(request, step, _preview(good, step), form, outcomes)
    return redirect("desk:cases")


@require_POST
@login_required
def cases_recall(request: HttpRequest) -> HttpResponse:
    """Take back a dispatch just made (the toast's undo); what has been accepted meanwhile stays."""
    person = one.person_of(request)
    given = [UUID(text) for text in request.GET.getlist("row")[:_MOST_AT_ONCE] if len(text) == 36]
    rows = reads.cases(person.scope, current_campaign(request)).filter(id__in=given, status__in=OPEN)
    outcomes = acts.many(acts.recall_case, by=person, cases=[(row, None) for row in rows])
    done = sum(1 for outcome in outcomes if outcome.case is not None)
    say(
        request,
        _("已撤回 %(done)s 件，%(kept)s 件已被接单，未撤回。") % {"done": done, "kept": len(outcomes) - done},
    )
    return redirect("desk:cases")


urlpatterns = [
    path("", cases, name="cases"),
    path("map/", cases_map, name="cases_map"),
    path("new/", one.case_new, name="case_new"),
    path("dispatch/", cases_dispatch, name="cases_dispatch"),
    path("accept/", cases_accept, name="cases_accept"),
    path("recall/", cases_recall, name="cases_recall"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/send/", exchange.exchange_send, name="exchange_send"),
    path("exchange/<uuid:exchange_id>/", exchange.exchange_file, name="exchange_file"),
    path("<uuid:case_id>/", one.case, name="case"),
    path("<uuid:case_id>/map/", one.case_map, name="case_map"),
    path("<uuid:case_id>/correct/", one.case_correct, name="case_correct"),
    path("<uuid:case_id>/photos/", one.case_photo, name="case_photo"),
    path("<uuid:case_id>/<str:step>/", one.case_step, name="case_step"),
]
