"""What people outside fill in: a report, an answer, what came of it. One group of questions a page, plain words."""

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.cases.models import CaseClass
from guatu.kit.forms import Form
from guatu.kit.widgets import ManyFilesField, ManyFilesInput

_MOST_PHOTOS = 6


def _photos(label: Any) -> ManyFilesField:
    camera = {"accept": "image/*", "capture": "environment"}
    hint = _("最多 6 张；照片里的位置等信息会被清除。")
    return ManyFilesField(label=label, required=False, help_text=hint, widget=ManyFilesInput(attrs=camera))


class _Photographed(Form):
    def clean_photos(self) -> list[Any]:
        found: list[Any] = list(self.cleaned_data.get("photos") or [])
        if len(found) > _MOST_PHOTOS:
            raise django_forms.ValidationError(_("照片太多，请选 6 张以内。"))
        return found


class ReportForm(_Photographed):
    """上报: what, where, photos; who you are only if you want to be told."""

    class_key = django_forms.ChoiceField(label=_("是哪一类问题"))
    title = django_forms.CharField(
        label=_("一句话说明"), max_length=120, help_text=_("什么地方、什么问题。"),
        error_messages={"required": _("请用一句话写明是什么问题。")},
    )  # fmt: skip
    description = django_forms.CharField(
        label=_("详细情况"), required=False, max_length=4000, widget=django_forms.Textarea(attrs={"rows": 3})
    )
    photos = _photos(_("现场照片"))
    address = django_forms.CharField(
        label=_("在哪里"), required=False, max_length=300, help_text=_("路名、门牌号，或者附近的标志物。")
    )
    area = django_forms.ChoiceField(
        label=_("街镇"), required=False, help_text=_("在地图上点了位置，可以不选。")
    )
    lon = django_forms.FloatField(label=_("经度"), required=False)
    lat = django_forms.FloatField(label=_("纬度"), required=False)
    name = django_forms.CharField(label=_("您的称呼"), required=False, max_length=60)
    phone = django_forms.CharField(
        label=_("联系电话"), required=False, max_length=30,
        help_text=_("可以不填。填了，工作人员会先联系您；只用于办理这件事，密封保存。"),
    )  # fmt: skip
    # people leave it empty; machines that fill in everything do not
    website = django_forms.CharField(label=_("此栏请留空"), required=False, max_length=200)
    groups = [
        (_("什么问题"), ["class_key", "title", "description", "photos"]),
        (_("在哪里"), ["lon", "lat", "area", "address"]),
        (_("怎样告诉您结果"), ["name", "phone", "website"]),
    ]

    def __init__(
        self,
        *args: Any,
        classes: Sequence[CaseClass],
        areas: Sequence[tuple[str, str]],
        english: bool,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        names = [(str(row.id), row.name_en if english and row.name_en else row.name) for row in classes]
        self.fields["class_key"].choices = [("", "—"), *names]  # type: ignore[attr-defined]
        self.fields["area"].choices = [("", "—"), *areas]  # type: ignore[attr-defined]


class AnswerForm(_Photographed):
    """An outsider's answer."""

    text = django_forms.CharField(
        label=_("您的答复"), required=False, max_length=4000, widget=django_forms.Textarea(attrs={"rows": 5})
    )
    photos = _photos(_("照片"))


class FeedbackForm(Form):
    """What came of it, as the reporter sees it."""

    solved = django_forms.ChoiceField(
        label=_("问题解决了吗"), choices=[("yes", _("解决了")), ("no", _("没有解决"))],
        widget=django_forms.RadioSelect, error_messages={"required": _("请说明问题是否解决。")},
    )  # fmt: skip
    satisfaction = django_forms.ChoiceField(
        label=_("您对办理满意吗"), required=False, widget=django_forms.RadioSelect,
        choices=[("good", _("满意")), ("fair", _("基本满意")), ("poor", _("一般")), ("bad", _("不满意"))],
    )  # fmt: skip
    text = django_forms.CharField(
        label=_("还想说的"), required=False, max_length=4000, widget=django_forms.Textarea(attrs={"rows": 3})
    )
