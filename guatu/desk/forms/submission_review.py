"""Forms of a reviewer: the judgement with its marks, one on many, and what may be done about what was sent back."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form
from guatu.units.models import Person


def reason_field(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("理由"), required=required, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.unit}）" if obj.unit else str(obj.name)


def people_near(unit: str, area: str) -> Any:
    """Who may be asked to mend what this unit or this street sent; a district's list of everybody would help nobody."""
    near = Q(unit__area__startswith=area[:9]) if len(area) >= 9 else Q(unit__area__startswith=area[:6])
    if unit:
        near |= Q(unit__path__startswith=unit)
    rows = Person.objects.filter(near, is_active=True).select_related("unit")
    return rows.order_by("unit__path", "name", "id")


class JudgeForm(Form):
    """What a reviewer says when something is wrong. The marks stand beside it: `mark` (paths) and `note:<path>`."""

    reason = reason_field(required=False)
    send_back = forms.BooleanField(
        label=_("退回修改"), required=False, initial=True, help_text=_("不勾选时只作判断，不要求任何人修改。")
    )
    to = PersonChoice(
        label=_("由谁修改"),
        required=False,
        queryset=Person.objects.none(),
        empty_label=_("填报人本人（不明时为其单位）"),
    )
    due = forms.DateTimeField(
        label=_("修改期限"), required=False, help_text=_("不填时按表单的期限，默认一个工作日。")
    )

    def __init__(self, *args: Any, near: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people_near(*near)  # type: ignore[attr-defined]


class ProlongForm(Form):
    due = forms.DateTimeField(label=_("新的期限"))
    reason = reason_field()


class HandForm(Form):
    to = PersonChoice(label=_("由谁修改"), queryset=Person.objects.none())
    reason = reason_field(required=False)

    def __init__(self, *args: Any, near: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people_near(*near)  # type: ignore[attr-defined]


class TakeBackForm(Form):
    reason = reason_field()


class ManyForm(Form):
    """One judgement on many."""

    reason = reason_field(required=False)


class CommentForm(Form):
    body = forms.CharField(label=_("留言"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
