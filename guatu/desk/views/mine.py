"""Mine: what I owe today, what is late, what waits for my check. One list, late first, one key to act."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guatu.cases import reads as case_reads
from guatu.cases.models import Case
from guatu.cases.reads import joint as joint_reads
from guatu.cases.reads import ladder
from guatu.cases.reads import peers as peer_reads
from guatu.desk.case_states import state_of
from guatu.desk.current import campaign_or_none
from guatu.desk.form_states import RETURN_STATES
from guatu.desk.inspection_states import order_state, visit_state
from guatu.desk.plan_states import task_state
from guatu.desk.views.notices import unread_of
from guatu.desk.views.survey import mine_in_a_line
from guatu.fieldwork.reads_returns import waiting_for
from guatu.inspections.reads import orders as order_reads
from guatu.inspections.reads import rounds as round_reads
from guatu.inspections.reads import visits as visit_reads
from guatu.kernel import clock
from guatu.kit.states import State
from guatu.tasks import reads as task_reads
from guatu.tasks.models import Task

MOST = 200  # of each kind; an inbox longer than that needs the lists themselves

VIEWS = ("all", "owe", "check", "dispatch")


@dataclass(frozen=True)
class Item:
    """One thing on the list: what, until when, why it is here, and where acting on it begins."""

    kind: str | Promise
    number: str
    title: str
    href: str
    act_href: str
    act: str
    state: State
    due_on: dt.date | None
    due_at: dt.datetime | None
    late: bool
    pressed: bool
    whose: str
    view: str

    @property
    def order(self) -> tuple[bool, bool, dt.datetime]:
        """Late things first, then what somebody presses on, then what is due soonest."""
        return (not self.late, not self.pressed, self.moment)

    @property
    def moment(self) -> dt.datetime:
        if self.due_at is not None:
            return self.due_at
        day = self.due_on or dt.date(9999, 12, 30)
        return clock.local(dt.datetime.combine(day, dt.time(23, 59)))


def _task(task: Task, view: str, act: str, step: str, whose: str) -> Item:
    href = reverse("desk:task", args=[task.id])
    return Item(
        kind=_("任务"), number=task.number, title=task.title, href=href, act_href=f"{href}?do={step}#next", act=act,
        state=task_state(task), due_on=task.due_on, due_at=None, late=task.late,
        pressed=task.pressed_at is not None, whose=whose, view=view,
    )  # fmt: skip


def _case(case: Case, view: str, act: str, whose: str) -> Item:
    href = reverse("desk:case", args=[case.id])
    state = state_of(case)
    return Item(
        kind=_("案件"), number=case.number, title=case.title, href=href, act_href=href, act=act, state=state,
        due_on=None, due_at=case.due_at, late=state.tone == "late", pressed=False, whose=whose, view=view,
    )  # fmt: skip


def _tasks(person: Any) -> list[Item]:
    items = []
    if person.scope.may("task.report"):
        for task in task_reads.owed_by(person)[:MOST]:
            own = task.owner_id == person.id
            step = "report_done" if task.percent >= 90 else "report_progress"
            act = _("报告完成") if step == "report_done" else _("报告进度")
            items.append(_task(task, "owe", act, step, _("我负责") if own else str(task.lead_unit)))
    if person.scope.may("task.accept"):
        items += [
            _task(task, "check", _("验收"), "accept", str(task.lead_unit))
            for task in task_reads.to_check(person)[:MOST]
        ]
    return items


def _cases(person: Any) -> list[Item]:
    scope = person.scope
    if not scope.may("case.read"):
        return []
    rows = case_reads.cases(scope).select_related("unit")
    found: dict[Any, Item] = {}
    wanted = [
        ("approval", "check", "case.approve", _("审批")),
        ("check", "check", "case.verify", _("核查")),
        ("mine", "owe", "case.handle", _("处置")),
        ("unit", "owe", "case.handle", _("处置")),
        ("unassigned", "dispatch", "case.dispatch", _("派单")),
    ]
    for name, view, right, act in wanted:
        if not scope.may(right):
            continue
        for case in case_reads.view(rows, name, person).order_by("due_at", "id")[:MOST]:
            whose = _("我负责") if name == "mine" else str(case.unit or "")
            found.setdefault(case.id, _case(case, view, act, whose))
    return [*_joint(person, found), *found.values()]


def _joint(person: Any, found: dict[Any, Item]) -> list[Item]:
    """Parts that my unit does for others, and cases offered to it; one line a case."""
    items: dict[Any, Item] = {}
    if person.scope.may("case.handle"):
        for part in joint_reads.waiting_parts(person)[:MOST]:
            item = _case(part.case, "owe", _("协同"), str(part.unit))
            late = part.due_at is not None and part.due_at < clock.now()
            items.setdefault(part.case_id, replace(
                item, title=part.what, href=f"{item.href}#parts", act_href=f"{item.act_href}#parts",
                due_at=part.due_at or part.case.due_at, late=late,
            ))  # fmt: skip
    if person.scope.may("case.accept"):
        for offer in joint_reads.waiting_offers(person)[:MOST]:
            item = _case(offer.case, "owe", _("答复移交"), str(offer.from_unit or ""))
            items.setdefault(offer.case_id, replace(item, act_href=f"{item.act_href}#hand-over"))
    return [item for key, item in items.items() if key not in found]


def _returns(person: Any) -> list[Item]:
    """Submissions sent back to me."""
    items = []
    for row in waiting_for(person)[:MOST]:
        href = reverse("desk:submission", args=[row.submission_id]) + "#returns"
        late = row.due_at < clock.now()
        items.append(Item(
            kind=_("填报"), number=row.form.name, title=_("退回待改：%(why)s") % {"why": row.reason}, href=href, act_href=href,
            act=_("去修改"), state=State("late", _("逾期")) if late else RETURN_STATES["waiting"], due_on=None, due_at=row.due_at,
            late=late, pressed=False, whose=_("我负责") if row.collector_id else str(person.unit or ""), view="owe",
        ))  # fmt: skip
    return items


def _inspections(person: Any) -> list[Item]:
    """The rounds I go with today, look-backs my teams or my area owe, orders whose limit has run out."""
    if not person.scope.may("visit.do"):
        return []
    now, items = clock.now(), []
    for team in round_reads.my_teams(person.id, clock.today())[:MOST]:
        href = reverse("desk:round", args=[team.round_id])
        items.append(Item(
            kind=_("检查"), number=team.round.number, title=f"{team.round.name} · {team.name}", href=href, act_href=f"{href}#teams",
            act=_("去检查"), state=State("going", _("检查中")), due_on=None, due_at=team.ends_at, late=team.ends_at < now, pressed=False,
            whose=team.name, view="owe",
        ))  # fmt: skip
    for visit in visit_reads.look_backs_due(person.scope)[:MOST]:
        if not visit_reads.may_do(person.scope, visit):
            continue
        href = reverse("desk:visit", args=[visit.id])
        items.append(Item(
            kind=_("回头看"), number=visit.round.number if visit.round else "", title=visit.place.name, href=href, act_href=href,
            act=_("去回头看"), state=visit_state(visit), due_on=None, due_at=visit.due_at, late=visit_reads.is_late(visit), pressed=False,
            whose=visit.team.name if visit.team else "", view="owe",
        ))  # fmt: skip
    for order in order_reads.open_orders(person.scope).filter(status="issued", due_at__lt=now)[:MOST]:
        href = reverse("desk:inspection_order", args=[order.id])
        items.append(Item(
            kind=_("通知书"), number=order.number, title=order.place.name, href=href, act_href=href, act=_("查看通知书"),
            state=order_state(order), due_on=None, due_at=order.due_at, late=True, pressed=False, whose="", view="owe",
        ))  # fmt: skip
    return items


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person, in one list."""
    person: Any = request.user
    items = sorted(
        _tasks(person) + _cases(person) + _inspections(person) + _returns(person), key=lambda item: item.order
    )
    asked = request.GET.get("view", "all")
    view = asked if asked in VIEWS else "all"
    counts = {name: sum(1 for item in items if name in ("all", item.view)) for name in VIEWS}
    words = {"all": _("全部"), "owe": _("要我办的"), "check": _("等我核验的"), "dispatch": _("等我派单的")}
    today = clock.today()
    shown = [item for item in items if view in ("all", item.view)]
    context = {
        "campaign": campaign_or_none(request),
        "items": shown,
        "tabs": [
            (words[name], counts[name], name, name == view) for name in VIEWS if counts[name] or name == "all"
        ],
        "late": sum(1 for item in items if item.late),
        "today_count": sum(1 for item in items if not item.late and item.moment.date() <= today),
        "week_count": sum(
            1 for item in items if not item.late and item.moment.date() <= today + dt.timedelta(days=7)
        ),
        "all_count": len(items),
        "today": today,
        "holds_post": bool(person.scope.grants),
        "alerts": ladder.waiting_count(person),
        "troubled": peer_reads.troubled(person.scope) if person.scope.may("case.export") else 0,
        "unread": unread_of(request),
        "places": mine_in_a_line(person),
    }
    return render(request, "desk/mine/list.html", context)


urlpatterns = [path("", mine, name="mine")]
