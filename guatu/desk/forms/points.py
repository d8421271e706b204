"""Forms of service points: opening and changing one, saying how long the line is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form
from guatu.units.models import Unit
from guatu.venues import point_words
from guatu.venues.models import ServicePoint
from guatu.venues.rules import points as rules

_ROWS = {"rows": 4}


def _number(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **more)


class PointForm(Form):
    """A service point: what it is, who runs it, how much it can do, what it needs."""

    kind = forms.ChoiceField(label=_("类型"), choices=list(point_words.KINDS.items()))
    number = forms.CharField(
        label=_("编号"), max_length=40, required=False, help_text=_("留空自动编号。同一行动内不能重复。")
    )
    unit = forms.ChoiceField(
        label=_("负责单位"), required=False, help_text=_("排队超过上限时，通知这个单位的值班人。")
    )
    lanes = forms.IntegerField(
        label=_("通道数"), min_value=1, max_value=100, help_text=_("同时有几个窗口或采样台在服务。")
    )
    per_hour = forms.IntegerField(
        label=_("每通道每小时人数"),
        min_value=1,
        max_value=10_000,
        help_text=_("一个通道一小时能服务多少人，用来估算等候时间。"),
    )
    limit = _number(
        label=_("排队上限"), required=False, help_text=_("排队人数超过它就通知值班人；0 或留空表示不通知。")
    )
    public = forms.BooleanField(label=_("市民查询页上显示"), required=False)
    posts = forms.CharField(
        label=_("所需岗位"), required=False, max_length=2000, widget=forms.Textarea(attrs=_ROWS),
        help_text=_("一行一个岗位：名称，人数。例如：采样，2"),
    )  # fmt: skip
    stock = forms.CharField(
        label=_("物资"), required=False, max_length=4000, widget=forms.Textarea(attrs=_ROWS),
        help_text=_("一行一种：名称，单位，现有，警戒线。例如：采样管，支，1200，300"),
    )  # fmt: skip
    groups = (
        ("", ("kind", "number", "unit")),
        (_("服务能力"), ("lanes", "per_hour", "limit", "public")),
        (_("岗位和物资"), ("posts", "stock")),
    )

    def __init__(self, *args: Any, units: list[Unit], fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = {row.code: row for row in units}
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((row.code, row.name) for row in units)]
        if not fresh:  # a number is what people on the spot know it by
            del self.fields["number"]

    def clean_unit(self) -> Unit | None:
        return self._units.get(self.cleaned_data["unit"])

    def clean_limit(self) -> int:
        return self.cleaned_data["limit"] or 0

    def clean_posts(self) -> list[dict[str, object]]:
        try:
            return rules.posts_of(self.cleaned_data["posts"])
        except ValueError as wrong:
            raise ValidationError(_now("这一行读不懂：%(line)s") % {"line": wrong}) from None

    def clean_stock(self) -> dict[str, dict[str, object]]:
        try:
            return rules.stock_of(self.cleaned_data["stock"])
        except ValueError as wrong:
            raise ValidationError(_now("这一行读不懂：%(line)s") % {"line": wrong}) from None


def initial_of(row: ServicePoint) -> dict[str, Any]:
    """A point as its form shows it."""
    return {
        "kind": row.kind, "unit": row.unit.code if row.unit is not None else "", "lanes": row.lanes, "per_hour": row.per_hour,
        "limit": row.limit, "public": row.public, "posts": rules.posts_text(row.posts), "stock": rules.stock_text(row.stock),
    }  # fmt: skip


class ReportForm(Form):
    """How long the line is, how many were served, what was used and what came in."""

    queue = _number(label=_("现在排队人数"), required=False, max_value=rules.MOST_PEOPLE)
    served = _number(label=_("今日已服务人数"), required=False, max_value=rules.MOST_PEOPLE,
                     help_text=_("从今天开始到现在的总数，不是新增数。"))  # fmt: skip

    def __init__(self, *args: Any, point: ServicePoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._items = list(point.stock)
        for index, name in enumerate(self._items):
            unit = str(point.stock[name].get("unit", ""))
            said = {"item": f"{name}（{unit}）" if unit else name}
            self.fields[f"used_{index}"] = _number(label=_now("用掉：%(item)s") % said, required=False)
            self.fields[f"in_{index}"] = _number(label=_now("补充：%(item)s") % said, required=False)

    def said(self) -> dict[str, Any]:
        """What the act takes: queue, served, stock (item → change)."""
        given = self.cleaned_data
        stock = {
            name: (given.get(f"in_{index}") or 0) - (given.get(f"used_{index}") or 0)
            for index, name in enumerate(self._items)
        }
        return {
            "queue": given.get("queue"), "served": given.get("served"),
            "stock": {name: change for name, change in stock.items() if change},
        }  # fmt: skip


class PauseForm(Form):
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("市民查询页上会显示。"))
