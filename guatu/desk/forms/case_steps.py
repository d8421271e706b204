"""Forms of the steps of a case: one for each that needs words, a limit or photos."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.cases.models import LIMIT_WORDS
from guatu.cases.rules import Limit
from guatu.kernel import clock
from guatu.kit.forms import Form
from guatu.kit.widgets import ManyFilesField, ManyFilesInput
from guatu.units.models import Unit

_CAMERA = {"accept": "image/*", "capture": "environment"}
_LIMITS = [("", _("按类别规定")), *LIMIT_WORDS.items()]


def photos_field(label: Any, hint: Any = "", *, camera: bool = True) -> ManyFilesField:
    """Several photos; on a phone the camera opens at once."""
    attrs = _CAMERA if camera else {"accept": "image/*"}
    return ManyFilesField(label=label, required=False, help_text=hint, widget=ManyFilesInput(attrs=attrs))


class StepForm(Form):
    """What all steps share. `note_label` and `note_required` say what the words are for."""

    note = django_forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2})
    )

    def arguments(self) -> dict[str, Any]:
        """What the act is called with."""
        return {"note": self.cleaned_data["note"]}


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = django_forms.CharField(
        label=_("原因"),
        max_length=1000,
        help_text=_("写清楚，对方会看到。"),
        widget=django_forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明原因。")},
    )

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class LimitForm(StepForm):
    """A step that may set a limit."""

    limit_amount = django_forms.DecimalField(
        label=_("期限"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=1000,
        max_digits=7,
        decimal_places=2,
    )
    limit_unit = django_forms.ChoiceField(label=_("单位"), required=False, choices=_LIMITS)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        amount, unit = found.get("limit_amount"), found.get("limit_unit")
        if bool(amount) != bool(unit) and "limit_amount" not in self.errors:
            self.add_error("limit_amount", _("期限的数量和单位要一起填，或者都不填。"))
        return found

    def limit(self) -> Limit | None:
        amount = self.cleaned_data.get("limit_amount")
        return Limit(amount, self.cleaned_data["limit_unit"]) if amount else None

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "limit": self.limit()}


class FileForm(LimitForm):
    """立案: the limit is the one set from above, counted from when the matter was opened."""

    limit_amount = django_forms.DecimalField(
        label=_("上级要求的期限"), required=False, min_value=Decimal("0.01"), max_value=1000,
        max_digits=7, decimal_places=2, help_text=_("从上报时间算起；没有要求就不填。"),
    )  # fmt: skip
    limit_unit = django_forms.ChoiceField(
        label=_("单位"), required=False, choices=[("", "—"), *LIMIT_WORDS.items()]
    )


class DispatchForm(LimitForm):
    """派单: to whom, until when."""

    unit = django_forms.ModelChoiceField(
        label=_("承办单位"), queryset=Unit.objects.none(), empty_label=_("请选择"),
        error_messages={"required": _("请选择承办单位。")},
    )  # fmt: skip
    limit_amount = django_forms.DecimalField(
        label=_("办理期限"), required=False, min_value=Decimal("0.01"), max_value=1000, max_digits=7, decimal_places=2,
        help_text=_("从派单时算起；不填则保留已有期限，或按类别规定。"),
    )  # fmt: skip
    field_order = ("unit", "limit_amount", "limit_unit", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("path")  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "unit": self.cleaned_data["unit"]}


class HandleForm(StepForm):
    """处置完毕: photos taken after, and what was done."""

    photos = photos_field(_("整改后的照片"), _("手机上可直接拍照；照片里的位置等信息会被清除。"))
    field_order = ("photos", "note")

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "photos": self.cleaned_data["photos"]}


class PassForm(StepForm):
    """核查通过."""

    photos = photos_field(_("核查照片"), _("可以不传。"))

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "passed": True, "photos": self.cleaned_data["photos"]}


class ReworkForm(LimitForm):
    """核查不通过: why, and perhaps until when anew."""

    note = django_forms.CharField(
        label=_("哪里不合格"), max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明哪里不合格。")},
    )  # fmt: skip
    limit_amount = django_forms.DecimalField(
        label=_("返工期限"), required=False, min_value=Decimal("0.01"), max_value=1000, max_digits=7, decimal_places=2,
        help_text=_("不填则原期限继续有效。"),
    )  # fmt: skip
    limit_unit = django_forms.ChoiceField(
        label=_("单位"), required=False, choices=[("", "—"), *LIMIT_WORDS.items()]
    )
    photos = photos_field(_("核查照片"), _("可以不传。"))

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "passed": False, "photos": self.cleaned_data["photos"]}


class ConfirmForm(StepForm):
    """核实: what was seen on the spot."""

    photos = photos_field(_("核实照片"), _("可以不传。"))

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "photos": self.cleaned_data["photos"]}


class HoldForm(ReasonForm):
    """挂账: why, and when it is to be looked at again."""

    until = django_forms.DateTimeField(
        label=_("预计恢复时间"), required=False, help_text=_("到时自动恢复计时；不填则由审批人恢复。")
    )
    field_order = ("reason", "until")

    def arguments(self) -> dict[str, Any]:
        until = self.cleaned_data.get("until")
        return {**super().arguments(), "until": clock.local(until) if until else None}


class ExtendForm(LimitForm):
    """延期: why, and how much longer."""

    note = django_forms.CharField(
        label=_("为什么"), max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明原因。")},
    )  # fmt: skip
    limit_amount = django_forms.DecimalField(
        label=_("再延"), required=False, min_value=Decimal("0.01"), max_value=1000, max_digits=7, decimal_places=2,
        help_text=_("不填则再延一个原时限。"),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        said = super().arguments()
        return {
            **{name: value for name, value in said.items() if name != "note"},
            "reason": self.cleaned_data["note"],
        }


class PartForm(StepForm):
    """One part of a limit in several stages."""

    part = django_forms.IntegerField(label=_("第几阶段"), min_value=1, max_value=20, initial=1)
    photos = photos_field(_("现场照片"), _("可以不传。"))

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {**super().arguments(), "part": said["part"] - 1, "photos": said["photos"]}


class FeedBackForm(StepForm):
    """反馈: what came of it."""

    result = django_forms.ChoiceField(
        label=_("结果"), choices=[("solved", _("实际解决")), ("explained", _("解释说明"))], initial="solved"
    )
    note = django_forms.CharField(
        label=_("反馈内容"), max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明反馈内容。")},
    )  # fmt: skip
    field_order = ("result", "note")

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "result": self.cleaned_data["result"]}


class CloseForm(StepForm):
    """结案: what people outside are told."""

    public_note = django_forms.CharField(
        label=_("对外答复"), required=False, max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=_("反映人和公开接口看到的办理结果；不填则不对外说明。"),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "public_note": self.cleaned_data["public_note"]}


class ContactForm(StepForm):
    """先行联系: when, how, what was said."""

    note = django_forms.CharField(
        label=_("联系情况"), max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明联系情况。")},
    )  # fmt: skip


class ReclassifyForm(Form):
    """改类别: from now on; what is past keeps the class it had."""

    class_code = django_forms.CharField(
        label=_("改为"), max_length=80, help_text=_("类别的编码或名称；可先在“案件类别”里查。"),
        error_messages={"required": _("请写明改为哪个类别。")},
    )  # fmt: skip
    new_limit = django_forms.BooleanField(label=_("按新类别重算时限"), required=False)
    reason = django_forms.CharField(
        label=_("原因"), required=False, max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2})
    )

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("class_code", "new_limit", "reason")}


FORMS: Mapping[str, type[Form]] = {
    "confirm": ConfirmForm,
    "hold": HoldForm,
    "extend": ExtendForm,
    "resume": StepForm,
    "stage": PartForm,
    "feed_back": FeedBackForm,
    "withdraw": ReasonForm,
    "reopen": ReasonForm,
    "contact": ContactForm,
    "reclassify": ReclassifyForm,
    "file": FileForm,
    "reject": ReasonForm,
    "dispatch": DispatchForm,
    "recall": StepForm,
    "accept": StepForm,
    "return": ReasonForm,
    "handle": HandleForm,
    "pass": PassForm,
    "rework": ReworkForm,
    "close": CloseForm,
    "void": ReasonForm,
}
