"""Forms of a campaign and its bodies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Body, Campaign
from guatu.campaigns.rules import STANDS_UNDER
from guatu.campaigns.words import BODY_KIND_WORDS, PERSON_ROLE_WORDS
from guatu.desk.forms.plan import PersonChoice, UnitsChoice
from guatu.kit.forms import Form
from guatu.places.models import Area


class CampaignForm(Form):
    """A promise on a date."""

    code = forms.SlugField(
        label=_("代码"), max_length=60, help_text=_("小写字母、数字和短横，例如 jiading-2021；以后不再改。")
    )
    name = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    area = forms.ChoiceField(label=_("范围"))
    opens_on = forms.DateField(label=_("开幕日期"), help_text=_("倒计时数到这一天。"))
    closes_on = forms.DateField(label=_("闭幕日期"))

    def __init__(self, *args: Any, new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.filter(level__in=("city", "district", "street")).order_by("code")
        self.fields["area"].choices = list(areas.values_list("code", "name"))  # type: ignore[attr-defined]
        if not new:
            self.fields.pop("code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("闭幕日期早于开幕日期。"))
        return cleaned


class PhaseForm(Form):
    """One phase in a row of them; an empty row is left out."""

    code = forms.SlugField(label=_("代码"), max_length=40)
    name = forms.CharField(label=_("阶段"), max_length=60)
    starts_on = forms.DateField(label=_("从"))
    ends_on = forms.DateField(label=_("到"))
    guarantee = forms.BooleanField(label=_("保障期"), required=False, help_text=_("保障期内案件时限收紧。"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("结束日期早于开始日期。"))
        return cleaned


PhaseFormSet = forms.formset_factory(PhaseForm, extra=2, can_delete=True, max_num=20)


class BodyForm(Form):
    """A leading group, office, work group or special group, with its units."""

    groups = [
        (_("是什么"), ["kind", "code", "name", "parent", "order", "duties"]),
        (_("有哪些单位"), ["lead", "support", "members"]),
    ]
    kind = forms.ChoiceField(
        label=_("类型"), choices=[(kind, BODY_KIND_WORDS[kind]) for kind in STANDS_UNDER]
    )
    code = forms.SlugField(label=_("代码"), max_length=40)
    name = forms.CharField(label=_("名称"), max_length=120)
    parent: Any = forms.ModelChoiceField(
        label=_("设在哪里之下"), queryset=None, required=False, empty_label="—"
    )
    order = forms.IntegerField(label=_("排列顺序"), min_value=0, initial=0)
    duties = forms.CharField(label=_("职责"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    lead = UnitsChoice(label=_("牵头单位"), required=False, widget=forms.CheckboxSelectMultiple)
    support = UnitsChoice(label=_("配合单位"), required=False, widget=forms.CheckboxSelectMultiple)
    members = UnitsChoice(label=_("成员单位"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, campaign: Campaign, new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = campaign.bodies.order_by("order", "code")  # type: ignore[attr-defined]
        if not new:
            self.fields.pop("code")
            self.fields.pop("kind")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen: dict[Any, str] = {}
        for name in ("lead", "support", "members"):
            for unit in cleaned.get(name) or ():
                if unit.id in seen:
                    self.add_error(name, _("“%(unit)s”写了两次，请只保留一种身份。") % {"unit": unit})
                seen[unit.id] = name
        return cleaned


def body_initial(body: Body) -> dict[str, Any]:
    """The form filled with a body as it stands."""
    by_role: dict[str, list[Any]] = {"lead": [], "support": [], "member": []}
    for each in body.members.all():
        by_role.setdefault(each.role, []).append(each.unit_id)
    return {
        "name": body.name,
        "parent": body.parent_id,
        "order": body.order,
        "duties": body.duties,
        "lead": by_role["lead"],
        "support": by_role["support"],
        "members": by_role["member"],
    }


class AppointForm(Form):
    """A person in a body."""

    person = PersonChoice(label=_("人员"), empty_label="—")
    role = forms.ChoiceField(label=_("身份"), choices=list(PERSON_ROLE_WORDS.items()))
    title = forms.CharField(
        label=_("职务"), max_length=80, required=False, help_text=_("例如：区委书记、市容科科长。")
    )
