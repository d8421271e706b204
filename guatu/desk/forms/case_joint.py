"""Forms of working together on a case: a part for another unit, handing it over, a comment, merging."""

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guatu.desk.forms.case_steps import photos_field
from guatu.kernel import clock
from guatu.kit.forms import Form
from guatu.units.models import Person, Unit


def _words(label: Any, hint: Any = "", *, required: bool = True, most: int = 1000) -> django_forms.CharField:
    widget = django_forms.Textarea(attrs={"rows": 2})
    return django_forms.CharField(
        label=label, required=required, max_length=most, help_text=hint, widget=widget
    )


def _others(but: Any) -> QuerySet[Unit]:
    """Every unit that may be asked: active, and not the one that has the case."""
    return Unit.objects.filter(active=True).exclude(pk=but).order_by("path")


class _UnitForm(Form):
    unit = django_forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), empty_label=_("请选择")
    )

    def __init__(self, *args: Any, but: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = _others(but)  # type: ignore[attr-defined]


class PartForm(_UnitForm):
    """What another unit is asked to do."""

    what = _words(_("请它做什么"), _("一句话，例如：清运绿化带里的垃圾。"), most=300)
    due_at = django_forms.DateTimeField(
        label=_("最晚什么时候"), required=False, help_text=_("不晚于案件的期限；可以不填。")
    )

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        due = said["due_at"]
        return {"unit": said["unit"], "what": said["what"], "due_at": clock.local(due) if due else None}


class DoneForm(Form):
    """A part is done."""

    photos = photos_field(_("完成后的照片"), _("手机上可直接拍照；照片里的位置等信息会被清除。"))
    note = _words(_("做了什么"), required=False)

    def arguments(self) -> dict[str, Any]:
        return {"photos": self.cleaned_data["photos"], "note": self.cleaned_data["note"]}


class WhyForm(Form):
    """An answer that needs a reason."""

    reason = _words(_("原因"), _("写清楚，对方会看到。"))

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class OfferForm(_UnitForm):
    """To whom the case is handed over, and why."""

    reason = _words(_("为什么移交"), _("对方接手以前，案件仍由本单位承办，期限照常计算。"))
    field_order = ("unit", "reason")

    def arguments(self) -> dict[str, Any]:
        return {"to_unit": self.cleaned_data["unit"], "reason": self.cleaned_data["reason"]}


class CommentForm(Form):
    """A comment; `people` may be mentioned (none offered: only those named in the text)."""

    text = _words(_("留言"), _("用 @姓名 提醒同事；只能提到看得到本案的人。"), most=4000)
    mentions = django_forms.ModelMultipleChoiceField(
        label=_("提醒谁"), queryset=Person.objects.none(), required=False
    )
    public = django_forms.BooleanField(
        label=_("上报人也能看到"), required=False, help_text=_("会显示在上报人的进度页上，请不要写内部情况。")
    )

    def __init__(
        self, *args: Any, people: Sequence[Person] = (), may_public: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if people:
            field = self.fields["mentions"]
            field.queryset = Person.objects.filter(pk__in=[each.pk for each in people])  # type: ignore[attr-defined]
            field.choices = [(each.pk, f"{each.unit or ''} {each.name}") for each in people]  # type: ignore[attr-defined]
        else:
            del self.fields["mentions"]
        if not may_public:
            del self.fields["public"]
