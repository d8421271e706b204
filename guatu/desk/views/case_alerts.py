"""The escalation ladder at the desk: alerts, acknowledging them, supervision orders, and the panel on the case page."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.cases import acts, reads
from guatu.cases.models import STAGE_WORDS, Alert, AlertPerson, Case, Stage, SupervisionOrder
from guatu.cases.reads import ladder
from guatu.cases.rules import Rulebook
from guatu.cases.rules import ladder as rungs
from guatu.desk.case_panels import Panel
from guatu.desk.case_states import state_of
from guatu.desk.current import campaign_or_none
from guatu.desk.views.notices import unread_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.notices.acts import mark_subject_seen
from guatu.places import reads as places
from guatu.units.models import Person
from guatu.units.rules import ROLE_WORDS

MINE = 100  # more unanswered alerts than this are read in the list below
AS_WHAT = {
    "handler": gettext_lazy("处置人"),
    "unit": gettext_lazy("承办单位值班"),
    "centre": gettext_lazy("城运中心值班"),
    "leader": gettext_lazy("指挥"),
}
GAP = State("late", gettext_lazy("无人值班"))
UNSEEN = State("soon", gettext_lazy("有人未看"))
UNSAID = State("going", gettext_lazy("有人未确认"))
ANSWERED = State("done", gettext_lazy("都已确认"))
FOLDED = State("waiting", gettext_lazy("并入上一级"))
RAISED, SETTLED = State("late", gettext_lazy("督办中")), State("done", gettext_lazy("已办结"))


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def as_what(word: str) -> str:
    """As what somebody was told: a word of the ladder, or the name of a role."""
    if word in AS_WHAT:
        return str(AS_WHAT[word])
    zh, en = ROLE_WORDS.get(word, (word, word))
    return zh if _chinese() else en


def label_of(alert: Alert, book: Rulebook | None = None) -> str:
    """What the rung is called, in the reader's language."""
    return alert.label if _chinese() else rungs.label_en(alert.share, (book or Rulebook()).ladder)


def state_of_line(line: ladder.AlertLine) -> State:
    if line.alert.nobody:
        return GAP
    if not line.told:
        return FOLDED
    if line.saw < line.told:
        return UNSEEN
    return ANSWERED if line.said == line.told else UNSAID


# --- alerts ------------------------------------------------------------------------------------------------------


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    campaign = campaign_or_none(request)
    if campaign is None:
        return []
    return [(row.code, row.name) for row in places.children(campaign.area)]


_STATES = {
    "open": gettext_lazy("环节未结束"),
    "unsaid": gettext_lazy("有人未确认"),
    "nobody": gettext_lazy("无人值班"),
}


def _in_state(rows: Any, value: list[str]) -> Any:
    narrow = {
        "open": ladder.open_alerts,
        "unsaid": ladder.unanswered,
        "nobody": lambda found: found.filter(nobody=True),
    }
    return narrow[value[0]](rows)


ALERTS = Listing(
    name="case_alerts",
    title=gettext_lazy("时限提醒"),
    columns=[
        Column("state", gettext_lazy("回应"), kind="state", value=state_of_line),
        Column("label", gettext_lazy("级别"), value=lambda line: label_of(line.alert)),
        Column(
            "number",
            gettext_lazy("编号"),
            kind="code",
            value="alert.case.number",
            sort="case__number",
            link=lambda line: reverse("desk:case", args=[line.alert.case_id]) + "#ladder",
        ),
        Column("title", gettext_lazy("事项"), value="alert.case.title", wide=True),
        Column("unit", gettext_lazy("承办单位"), value="alert.case.unit"),
        Column("stage", gettext_lazy("所处环节"), value=lambda line: STAGE_WORDS[line.alert.stage.kind]),
        Column("reached_at", gettext_lazy("到达时间"), kind="moment", value="alert.reached_at", sort="reached_at"),
        Column("told", gettext_lazy("告知"), kind="number"),
        Column("saw", gettext_lazy("已看"), kind="number"),
        Column("said", gettext_lazy("已确认"), kind="number"),
    ],
    filters=[
        ChoiceFilter("state", gettext_lazy("回应"), choices=list(_STATES.items()), apply=_in_state),
        ChoiceFilter(
            "rung", gettext_lazy("级别"), choices=[(str(n), str(n)) for n in (1, 2, 3, 4, 5)]
        ),
        AreaFilter("area", gettext_lazy("区域"), field="case__area", choices=_areas),
        DateFilter("reached", gettext_lazy("到达时间"), field="reached_at"),
        SearchFilter("q", fields=("case__number", "case__title")),
    ],
    sort="-reached_at",
    prepare=ladder.counted,
    export_right="case.export",
)  # fmt: skip


@require_GET
@login_required
def alerts(request: HttpRequest) -> HttpResponseBase:
    """What waits for my word first, then every alert of my area."""
    person = person_of(request)
    require(person.scope, "case.read")
    waiting = list(ladder.waiting(person).order_by("-alert__reached_at", "id")[:MINE])
    context = {
        "waiting": [
            {"row": row, "label": label_of(row.alert), "as_what": as_what(row.as_what)} for row in waiting
        ]
    }
    rows = ladder.alerts(person.scope, campaign_or_none(request))
    return lists.respond(request, ALERTS, rows, "desk/cases/alerts.html", context)


def _back(request: HttpRequest, row: AlertPerson) -> HttpResponse:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(reverse("desk:case", args=[row.alert.case_id]) + "#ladder")


@require_POST
@login_required
def acknowledge(request: HttpRequest, told_id: UUID) -> HttpResponse:
    """“I know”: the button of whoever was told, with a few words if wanted."""
    person = person_of(request)
    row = ladder.told(person, told_id)
    version = request.POST.get("version", "")
    try:
        acts.acknowledge_alert(
            by=person, told=row, note=request.POST.get("note", ""), version=int(version) if version.isdigit() else None
        )  # fmt: skip
    except Problem as problem:
        if problem.code == "access.not_found":
            raise
        say(request, problem.words(), level=WARNING)
        return _back(request, row)
    say(request, _("已确认这条提醒。"))
    return _back(request, row)


# --- supervision orders ------------------------------------------------------------------------------------------


def order_state(row: SupervisionOrder) -> State:
    return SETTLED if row.status == "settled" else RAISED


ORDERS = Listing(
    name="case_supervision",
    title=gettext_lazy("督办单"),
    columns=[
        Column(
            "number",
            gettext_lazy("督办单号"),
            kind="code",
            sort="number",
            link=lambda row: reverse("desk:case_order", args=[row.id]),
        ),
        Column("state", gettext_lazy("状态"), kind="state", value=order_state),
        Column("case", gettext_lazy("案件"), kind="code", value="case.number", sort="case__number"),
        Column("title", gettext_lazy("事项"), value="case.title", wide=True),
        Column("unit", gettext_lazy("被督办单位"), value="unit"),
        Column("raised_at", gettext_lazy("生成时间"), kind="moment", sort="raised_at"),
        Column("settled_at", gettext_lazy("办结时间"), kind="moment", sort="settled_at", nullable=True),
    ],
    filters=[
        ChoiceFilter(
            "status",
            gettext_lazy("状态"),
            choices=[("raised", RAISED.word), ("settled", SETTLED.word)],
            counts=True,
        ),
        AreaFilter("area", gettext_lazy("区域"), field="case__area", choices=_areas),
        DateFilter("raised", gettext_lazy("生成时间"), field="raised_at"),
        SearchFilter("q", fields=("number", "case__number", "case__title")),
    ],
    sort="-raised_at",
    export_right="case.export",
)


@require_GET
@login_required
def supervision(request: HttpRequest) -> HttpResponseBase:
    """Every supervision order of my area."""
    person = person_of(request)
    require(person.scope, "case.read")
    rows = ladder.orders(person.scope, campaign_or_none(request))
    return lists.respond(request, ORDERS, rows, "desk/cases/supervision.html")


@require_GET
@login_required
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order as a sheet of paper: what, whose, since when, by which rule, who was told."""
    row = ladder.order(person_of(request).scope, order_id)
    book = reads.rulebook(row.campaign)
    context = {
        "order": row,
        "case": row.case,
        "state": order_state(row),
        "case_state": state_of(row.case),
        "area_name": places.name_of(row.case.area[:9]),
        "reason": label_of(row.alert, book) if row.alert is not None else row.reason,
        "stage": row.alert.stage if row.alert is not None else None,
        "stage_word": STAGE_WORDS[row.alert.stage.kind] if row.alert is not None else "",
        "alerts": [_alert(alert, book, person_of(request)) for alert in reversed(ladder.alerts_of(row.case))],
    }
    return render(request, "desk/cases/order.html", context)


# --- on the case page --------------------------------------------------------------------------------------------


def _alert(alert: Alert, book: Rulebook, reader: Person) -> dict[str, Any]:
    """An alert as the panel shows it: the rung, when, and everybody told."""
    people = [
        {
            "row": row,
            "as_what": as_what(row.as_what),
            "mine": row.person_id == reader.id and row.acknowledged_at is None,
        }
        for row in alert.people.all()
    ]
    return {
        "row": alert,
        "label": label_of(alert, book),
        "stage": STAGE_WORDS[alert.stage.kind],
        "people": people,
        "missing": [as_what(word) for word in alert.missing],
        "folded": not people and not alert.nobody,
    }


def _coming(stage: Stage, book: Rulebook) -> dict[str, Any] | None:
    """The next rung of an open stage: what it is called, when it is reached, whom it will tell."""
    ordered = rungs.in_order(book.ladder)
    if stage.rung >= len(ordered):
        return None
    rung = ordered[stage.rung]
    return {
        "stage": STAGE_WORDS[stage.kind],
        "part": stage.name,
        "label": rung.label_zh if _chinese() else rung.label_en,
        "at": stage.next_rung_at,
        "to": [as_what(word) for word in rung.to],
        "order": rung.order,
    }


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """The ladder of this case. Whoever opens the page has seen what was told them about it."""
    person = person_of(request)
    found = ladder.alerts_of(case)
    if any(
        row.person_id == person.id and row.seen_at is None for alert in found for row in alert.people.all()
    ):
        acts.see_alerts(by=person, case=case)
        found = ladder.alerts_of(case)
    if unread_of(request) and mark_subject_seen(by=person, subject=case):
        del request._guatu_unread  # type: ignore[attr-defined]
    orders = ladder.orders_of(case)
    book = reads.rulebook(case.campaign)
    coming = [each for stage in ladder.climbing(case) if (each := _coming(stage, book)) is not None]
    if not found and not orders and not coming:
        return None
    context = {
        "alerts": [_alert(alert, book, person) for alert in found],
        "orders": [{"row": row, "state": order_state(row)} for row in orders],
        "coming": coming,
        "now": clock.now(),
    }
    return Panel("ladder", "desk/cases/panels/ladder.html", context, order=15)


urlpatterns = [
    path("alerts/", alerts, name="case_alerts"),
    path("alerts/<uuid:told_id>/acknowledge/", acknowledge, name="case_alert_acknowledge"),
    path("supervision/", supervision, name="case_supervision"),
    path("supervision/<uuid:order_id>/", order, name="case_order"),
]
