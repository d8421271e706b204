"""Forms of classes and standards."""

from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.cases.models import LIMIT_WORDS, CaseClass, CaseStandard
from guatu.cases.rules.standards import UnreadableLimit, read_limit_cell, write_limit
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.units.models import Unit

KIND_WORDS = {"component": _("部件"), "matter": _("事件（事项）"), "": _("未分")}
_LINES = {"rows": 3}


class ClassForm(Form):
    """What the office may say about a class. Scheme, kind and code are only asked of a new one."""

    scheme = django_forms.CharField(
        label=_("编码标准"),
        required=False,
        max_length=40,
        help_text=_("例如 GB/T 47678.5-2026；本地自编的可以不填。"),
    )
    kind = django_forms.ChoiceField(label=_("类型"), required=False, choices=list(KIND_WORDS.items()))
    code = django_forms.CharField(label=_("编码"), max_length=20)
    name = django_forms.CharField(label=_("名称"), max_length=80)
    name_en = django_forms.CharField(label=_("英文名称"), required=False, max_length=120)
    limit_amount = django_forms.DecimalField(
        label=_("常用期限"), required=False, min_value=Decimal("0.01"), max_value=1000, max_digits=7, decimal_places=2,
        help_text=_("没有选立案条件时按它计时；立案条件另有时限的，以条件为准。"),
    )  # fmt: skip
    limit_unit = django_forms.ChoiceField(
        label=_("单位"), required=False, choices=[("", "—"), *LIMIT_WORDS.items()]
    )
    needs_photo = django_forms.BooleanField(label=_("处置完毕要有整改后的照片"), required=False)
    public = django_forms.BooleanField(label=_("市民可以上报"), required=False)
    active = django_forms.BooleanField(label=_("在用"), required=False)
    keywords = django_forms.CharField(
        label=_("关键词"), required=False, max_length=200, help_text=_("用逗号分开，找类别时用。")
    )
    description = django_forms.CharField(
        label=_("说明"), required=False, max_length=400, widget=django_forms.Textarea(attrs=_LINES)
    )
    groups = (
        (_("是什么"), ("scheme", "kind", "code", "name", "name_en", "keywords", "description")),
        (_("多久、怎么办"), ("limit_amount", "limit_unit", "needs_photo", "public", "active")),
    )
    _OWN = ("scheme", "kind", "code")

    def __init__(self, *args: Any, row: CaseClass | None = None, **kwargs: Any) -> None:
        said = (*self.base_fields,)
        initial = {name: getattr(row, name) for name in said} if row else {"needs_photo": True, "active": True}  # fmt: skip
        super().__init__(*args, **{"initial": initial, **kwargs})
        if row is not None:
            for name in self._OWN:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("limit_amount")) != bool(found.get("limit_unit")) and "limit_amount" not in self.errors:  # fmt: skip
            self.add_error("limit_amount", _("期限的数量和单位要一起填，或者都不填。"))
        return found


class StandardForm(Form):
    """One standard: from when it is filed, how long it may take, when it is done."""

    condition = django_forms.CharField(
        label=_("立案条件"), max_length=400, widget=django_forms.Textarea(attrs=_LINES)
    )
    condition_en = django_forms.CharField(label=_("立案条件（英文）"), required=False, max_length=400)
    limit = django_forms.CharField(
        label=_("时限"), required=False, max_length=80,
        help_text=_("例如 2紧急工作时、4工作时、5工作日、3自然日；分阶段写成 1紧急工作时止水；5工作日恢复。"),
    )  # fmt: skip
    season = django_forms.CharField(
        label=_("适用季节"),
        required=False,
        max_length=40,
        help_text=_("只在某个季节适用时填，例如种植季节。"),
    )
    closing = django_forms.CharField(label=_("结案条件"), required=False, max_length=300)
    unit = django_forms.ModelChoiceField(
        label=_("承办单位"),
        required=False,
        queryset=Unit.objects.none(),
        empty_label="—",
        help_text=_("派单时优先给它；不选则按派单规则。"),
    )
    responsible = django_forms.CharField(label=_("处置单位（按文件）"), required=False, max_length=300)
    competent = django_forms.CharField(label=_("主管部门（按文件）"), required=False, max_length=300)
    basis = django_forms.CharField(
        label=_("法律依据"), required=False, widget=django_forms.Textarea(attrs=_LINES)
    )
    collecting = django_forms.CharField(
        label=_("采集规则"), required=False, widget=django_forms.Textarea(attrs=_LINES)
    )
    active = django_forms.BooleanField(label=_("在用"), required=False)
    groups = (
        (_("立案和结案"), ("condition", "condition_en", "limit", "season", "closing", "active")),
        (_("谁来办、依据什么"), ("unit", "responsible", "competent", "basis", "collecting")),
    )

    def __init__(
        self, *args: Any, row: CaseStandard | None = None, english: bool = False, **kwargs: Any
    ) -> None:
        plain = [name for name in self.base_fields if name != "limit"]
        initial: dict[str, Any] = {"active": True}
        if row is not None:
            initial = {name: getattr(row, name) for name in plain}
            initial["limit"] = write_limit(row.stages, english=english)
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("path")  # type: ignore[attr-defined]

    def clean_limit(self) -> list[dict[str, str]]:
        """The stages. Plain words are refused here: whoever writes by hand can say which time is meant."""
        text = self.cleaned_data["limit"].strip()
        if not text:
            return []
        try:
            reading = read_limit_cell(text)
        except UnreadableLimit as wrong:
            raise django_forms.ValidationError(
                Problem("case.bad_limit_cell", limit=str(wrong)).words()
            ) from None
        if reading.is_plain:
            raise django_forms.ValidationError(
                _("“天”“小时”没有写明怎么计时，请写工作日、工作时、自然日或紧急工作时。")
            )
        return reading.stages()

    def said(self) -> dict[str, Any]:
        """What the act is called with."""
        given = dict(self.cleaned_data)
        given["stages"] = given.pop("limit")
        return given
