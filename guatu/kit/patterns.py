"""Samples for the living pattern page: every part of the kit, so that one look shows whether it still holds together."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from guatu.kernel import clock
from guatu.kernel.models import StoreSetting
from guatu.kernel.problems import Problem
from guatu.kit import errors, forms, keyset
from guatu.kit.columns import Column, Listing, Tab
from guatu.kit.filters import BooleanFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.lists import Page
from guatu.kit.parts import FileLine, StoryLine
from guatu.kit.states import TONES, State
from guatu.kit.widgets import ManyFilesField

WORDS = {
    "waiting": _lazy("未开始"),
    "going": _lazy("进行中"),
    "done": _lazy("完成"),
    "soon": _lazy("临期"),
    "late": _lazy("逾期"),
    "held": _lazy("挂账"),
    "returned": _lazy("退回"),
    "void": _lazy("作废"),
}
STATES = {tone: State(tone, WORDS[tone]) for tone in TONES}


@dataclass(frozen=True)
class Sample:
    """One row of the sample list."""

    id: int
    number: str
    title: str
    place: str
    unit: str
    due_at: dt.datetime
    percent: int
    state: State


def samples() -> list[Sample]:
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    rows = [
        (_("曹安公路江桥段人行道破损、树穴缺株"), _("江桥镇曹安公路"), _("江桥镇"), -26, 60, "late"),
        (_("国展路沿线非机动车乱停放，占用盲道"), _("南翔镇国展路"), _("南翔镇"), 5, 30, "soon"),
        (_("沪宜公路桥下空间堆物，消防通道不畅"), _("南翔镇沪宜公路"), _("区消防救援支队"), 30, 45, "going"),
        (_("嘉闵高架出入口绿化带垃圾暴露"), _("江桥镇嘉闵高架"), _("区绿化市容局"), 52, 80, "going"),
        (_("轨交 11 号线南翔站出口导向标识褪色"), _("南翔站 2 号口"), _("区交通委"), -90, 100, "done"),
        (_("临时停车场出入口照明不足"), _("江桥镇金沙江西路"), _("区建管委"), 75, 0, "waiting"),
        (_("河道护栏锈蚀，待市级大修统一安排"), _("吴淞江江桥段"), _("区水务局"), 240, 20, "held"),
        (_("店招松动，业主整改后核查不合格"), _("真南路 1051 号"), _("南翔镇"), 8, 90, "returned"),
    ]
    return [
        Sample(
            index,
            f"JD-{2021090 + index // 4}-{index:04d}",
            title,
            place,
            unit,
            now + dt.timedelta(hours=hours),
            percent,
            STATES[tone],
        )
        for index, (title, place, unit, hours, percent, tone) in enumerate(rows, start=1)
    ]


class _SamplePage(Page):
    """A list page whose rows do not come from the store."""

    @cached_property
    def slice(self) -> keyset.Slice:
        return keyset.Slice(list(samples()), None, "next")

    @cached_property
    def counted(self) -> int:
        return 297

    @cached_property
    def tabs(self) -> list[Tab]:
        found: list[tuple[Any, int]] = [
            (_("全部"), 297),
            (WORDS["waiting"], 12),
            (WORDS["going"], 30),
            (WORDS["late"], 3),
            (WORDS["done"], 252),
        ]
        return [Tab(title, count, "?", index == 0) for index, (title, count) in enumerate(found)]


def listing(request: HttpRequest) -> Page:
    offered = list(WORDS.items())
    declared = Listing(
        name="patterns",
        title=_("样张：案件"),
        columns=[
            Column("number", _("编号"), kind="code", sort="number", link=lambda row: "/kit/record/"),
            Column("title", _("事项"), sort="title", wide=True),
            Column("place", _("地点")),
            Column("unit", _("承办单位"), sort="unit"),
            Column("due_at", _("期限"), kind="moment", sort="due_at"),
            Column("percent", _("进度"), kind="percent"),
            Column("state", _("状态"), kind="state"),
        ],
        filters=[
            SearchFilter("q", fields=("title",)),
            ChoiceFilter("state", _("状态"), choices=offered, counts=True),
            ChoiceFilter("unit", _("承办单位"), choices=[("nx", _("南翔镇")), ("jq", _("江桥镇"))]),
            DateFilter("due", _("期限")),
            BooleanFilter("late", _("只看逾期")),
        ],
        sort="-number",
    )
    return _SamplePage(declared, request, QuerySet(StoreSetting))


class SampleForm(forms.Form):
    """A form with every kind of field."""

    title = django_forms.CharField(
        label=_lazy("问题简述"), max_length=60, help_text=_lazy("一句话：什么地方、什么问题。")
    )
    kind = django_forms.ChoiceField(
        label=_lazy("问题类别"),
        choices=[("", "—"), ("road", _lazy("道路设施")), ("green", _lazy("绿化市容"))],
    )
    due = django_forms.DateField(label=_lazy("整改期限"))
    amount = django_forms.IntegerField(label=_lazy("涉及处数"), required=False, min_value=1)
    urgency = django_forms.ChoiceField(
        label=_lazy("紧急程度"),
        choices=[("normal", _lazy("一般")), ("urgent", _lazy("紧急"))],
        widget=django_forms.RadioSelect,
        initial="normal",
    )
    description = django_forms.CharField(
        label=_lazy("详细情况"), widget=django_forms.Textarea(attrs={"rows": 4}), required=False
    )
    photos = ManyFilesField(
        label=_lazy("照片"), required=False, help_text=_lazy("可以选多张，每张不超过 10 MB。")
    )
    notify = django_forms.BooleanField(label=_lazy("派单后短信通知承办单位联系人"), required=False)

    groups = (
        (_lazy("什么问题"), ("title", "kind", "description")),
        (_lazy("何时改好"), ("due", "amount", "urgency")),
        (_lazy("附件和通知"), ("photos", "notify")),
    )


def story() -> list[StoryLine]:
    start = clock.now().replace(hour=9, minute=12)
    hour = dt.timedelta(hours=1)
    return [
        StoryLine(
            start - 50 * hour,
            _("上报：人行道破损约 6 平方米，行人绕行"),
            by=_("张建国"),
            unit=_("江桥镇网格中心"),
        ),
        StoryLine(
            start - 49 * hour,
            _("立案，限时 24 小时"),
            by=_("王敏"),
            unit=_("区城运中心"),
            cause=_("网格巡查上报"),
            cause_href="#",
        ),
        StoryLine(start - 48 * hour, _("派单给江桥镇"), by=_("王敏"), unit=_("区城运中心"), tone="going"),
        StoryLine(
            start - 24 * hour,
            _("超过期限，自动标为逾期"),
            by=_("系统"),
            cause=_("时钟到期"),
            tone="late",
        ),
        StoryLine(
            start - hour,
            _("报告处置完成"),
            by=_("李强"),
            unit=_("江桥镇城建中心"),
            details=_("更换透水砖 6 平方米，补种香樟 2 株。"),
            files=files(),
            recorded_at=start,
        ),
    ]


def files() -> list[FileLine]:
    when = clock.now()
    return [
        FileLine(_("整改前.jpg"), "#", "image/jpeg", 812_345, when),
        FileLine(_("江桥镇整改情况说明.docx"), "#", "application/msword", 45_120),
    ]


def everything() -> dict[str, Any]:
    """The context of the index."""
    now = clock.now()
    days = [f"9/{day}" for day in range(1, 17)]
    found = [12, 15, 14, 18, 22, 19, None, 24, 30, 28, 33, 31, 36, 35, 38, 41]
    closed = [8, 9, 13, 14, 15, 18, None, 20, 22, 27, 28, 30, 31, 34, 36, 40]
    parts = [
        (STATES["done"], 252, "#"),
        (STATES["going"], 30, "#"),
        (STATES["waiting"], 12, "#"),
        (STATES["late"], 3, "#"),
    ]
    return {
        "states": list(STATES.values()),
        "now_": now,
        "soon": now + dt.timedelta(hours=5),
        "late": now - dt.timedelta(hours=26),
        "ahead": now + dt.timedelta(days=6),
        "today": clock.today(),
        "series": [12, 15, 14, 18, 22, 19, 24, 30],
        "days": days,
        "lines": [(_("发现"), found), (_("办结"), closed)],
        "parts": parts,
        "story": story(),
        "files": files(),
        "someone": SimpleNamespace(
            name=_("李强"), unit=SimpleNamespace(name=_("江桥镇人民政府"), short_name=_("江桥镇"))
        ),
        "form": SampleForm(prefix="sample"),
        "wrong": wrong_form("wrong"),
        "row": SimpleNamespace(version=3),
    }


def wrong_form(prefix: str | None = None) -> SampleForm:
    name = f"{prefix}-" if prefix else ""
    form = SampleForm({f"{name}title": "", f"{name}due": "9月31日", f"{name}amount": "0"}, prefix=prefix)
    form.add_problem(Problem("kernel.stale", what=_("曹安公路人行道破损"), version=3))
    return form


Shown = tuple[str, dict[str, Any], int]


def _record(request: HttpRequest) -> Shown:
    return "kit/patterns/record.html", {**everything(), "state": STATES["late"]}, 200


def _form(request: HttpRequest) -> Shown:
    context = {
        "form": SampleForm(),
        "title": _("样张：登记案件"),
        "save_and_next": True,
        "cancel_url": "/kit/",
        "draft_id": "kit-sample",
    }
    return "kit/form.html", {**context, "lead": _("一件一号，限时整改，另人核查。")}, 200


def _wrong(request: HttpRequest) -> Shown:
    return "kit/form.html", {"form": wrong_form(), "title": _("样张：登记案件"), "cancel_url": "/kit/"}, 422


def _list(request: HttpRequest) -> Shown:
    return (
        "kit/patterns/list.html",
        {"listing": listing(request), "printing": request.GET.get("print") == "1"},
        200,
    )


def _problem(request: HttpRequest) -> Shown:
    return (
        "kit/problem.html",
        {"problem": Problem("kernel.stale", what=_("曹安公路人行道破损"), version=3)},
        409,
    )


def _public(request: HttpRequest) -> Shown:
    return "kit/patterns/public.html", {"form": SampleForm()}, 200


def _error(status: int) -> Callable[[HttpRequest], Shown]:
    template = "kit/errors/bare.html" if status == 500 else "kit/errors/page.html"
    return lambda request: (template, {"trouble": errors.TROUBLES[status], "path": request.path}, status)


PAGES: dict[str, Callable[[HttpRequest], Shown]] = {
    "list": _list,
    "record": _record,
    "form": _form,
    "form-wrong": _wrong,
    "problem": _problem,
    "public": _public,
    **{f"error-{status}": _error(status) for status in errors.TROUBLES},
}
