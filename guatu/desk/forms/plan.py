"""Forms of the task list. What they clean goes to the acts of guatu.tasks as it is."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.access import within
from guatu.kit.forms import Form
from guatu.kit.widgets import ManyFilesField
from guatu.places.models import Area
from guatu.tasks import reads, rules
from guatu.tasks.models import Task
from guatu.units.models import Person, Unit


class UnitChoice(forms.ModelChoiceField):
    """A unit, shown with its short name."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Unit.objects.filter(active=True).order_by("path"), **more)

    def label_from_instance(self, obj: Any) -> str:
        return (
            obj.name
            if not obj.short_name or obj.short_name == obj.name
            else f"{obj.short_name}（{obj.name}）"
        )


class UnitsChoice(forms.ModelMultipleChoiceField):
    """Several units."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Unit.objects.filter(active=True).order_by("path"), **more)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class PersonChoice(forms.ModelChoiceField):
    """A person, with the unit behind the name."""

    def __init__(self, **more: Any) -> None:
        people = Person.objects.filter(is_active=True).select_related("unit").order_by("unit__path", "name")
        super().__init__(queryset=people, **more)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit}" if obj.unit else str(obj.name)


def area_choices(campaign: Campaign) -> list[tuple[str, str]]:
    """The district and its streets, as (code, name)."""
    rows = Area.objects.filter(within("code", campaign.area), level__in=("district", "street")).order_by(
        "code"
    )
    found = list(rows.values_list("code", "name"))
    return found or [(campaign.area, campaign.area)]


class TaskForm(Form):
    """Everything about a task that belongs to the plan, and what its lead unit arranges."""

    groups = [
        (_("做什么"), ["number", "title", "category", "body"]),
        (_("谁来做"), ["lead_unit", "supporting", "owner", "owner_name"]),
        (_("何时、何处"), ["starts_on", "due_on", "area"]),
    ]
    number = forms.CharField(label=_("编号"), max_length=40, required=False, help_text=_("留空时自动编号。"))
    title = forms.CharField(label=_("任务"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    category = forms.CharField(
        label=_("类别"), max_length=80, required=False, help_text=_("例如：道路整治、水域保洁。")
    )
    body: Any = forms.ModelChoiceField(label=_("工作组"), queryset=None, required=False, empty_label="—")
    lead_unit = UnitChoice(label=_("牵头单位"), empty_label="—")
    supporting = UnitsChoice(label=_("配合单位"), required=False, widget=forms.CheckboxSelectMultiple)
    owner = PersonChoice(label=_("责任人"), required=False, empty_label="—")
    owner_name = forms.CharField(
        label=_("责任人姓名"), max_length=60, required=False, help_text=_("责任人没有本系统账号时填写。")
    )
    starts_on = forms.DateField(label=_("开始日期"), required=False)
    due_on = forms.DateField(label=_("完成时限"))
    area = forms.ChoiceField(label=_("属地"))
    note = forms.CharField(label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, campaign: Campaign, whole: bool = True, **kwargs: Any) -> None:
        """whole: the reader may change the plan; else only what a lead unit arranges itself is offered."""
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = campaign.bodies.order_by("order", "code")  # type: ignore[attr-defined]
        self.fields["area"].choices = area_choices(campaign)  # type: ignore[attr-defined]
        categories = reads.categories(campaign)
        self.fields["category"].widget.attrs["list"] = "categories"
        self.categories = categories
        if not whole:
            for name in rules.PLAN_FIELDS:
                self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if due_on and rules.wrong_schedule(starts_on, due_on):
            self.add_error("due_on", _("完成时限早于开始日期，请改正其中一个。"))
        lead, supporting = cleaned.get("lead_unit"), cleaned.get("supporting")
        if lead is not None and supporting is not None and lead in supporting:
            self.add_error("supporting", _("牵头单位不能同时是配合单位，请去掉。"))
        return cleaned


def task_initial(task: Task) -> dict[str, Any]:
    """The form filled with a task as it stands."""
    names = (
        "number",
        "title",
        "category",
        "body",
        "lead_unit",
        "owner",
        "owner_name",
        "starts_on",
        "due_on",
        "area",
        "note",
    )
    found = {name: getattr(task, name) for name in names}
    return {**found, "supporting": [each.unit_id for each in task.supporting.all()]}


class ProgressForm(Form):
    """How far it is, in a minute."""

    percent = forms.IntegerField(label=_("完成了百分之几"), min_value=0, max_value=100)
    note = forms.CharField(label=_("进展说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = ManyFilesField(label=_("佐证材料"), required=False, help_text=_("照片、文件，可多选。"))


class DoneForm(Form):
    """The report that it is done."""

    note = forms.CharField(label=_("完成情况"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = ManyFilesField(label=_("佐证材料"), required=False, help_text=_("照片、文件，可多选。"))

    def __init__(self, *args: Any, missing: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if missing > 0:
            self.fields["evidence"].required = True
            self.fields["evidence"].help_text = _("这一类任务还须附 %(count)s 份佐证材料。") % {
                "count": missing
            }


class AcceptForm(Form):
    """The check passed."""

    note = forms.CharField(label=_("验收意见"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(Form):
    """A step that needs words."""

    reason = forms.CharField(label=_("原因"), widget=forms.Textarea(attrs={"rows": 3}))


class WordsForm(Form):
    """A press or a comment."""

    text = forms.CharField(label=_("内容"), widget=forms.Textarea(attrs={"rows": 3}))


class FilesForm(Form):
    """Files for a task."""

    evidence = ManyFilesField(label=_("文件"))


class MilestoneForm(Form):
    """A day on the way."""

    name = forms.CharField(label=_("里程碑名称"), max_length=120)
    due_on = forms.DateField(label=_("日期"))


class ReassignForm(Form):
    """Another lead unit or owner for the chosen tasks."""

    lead_unit = UnitChoice(label=_("新的牵头单位"), required=False, empty_label=_("不变"))
    owner = PersonChoice(label=_("新的责任人"), required=False, empty_label=_("不变"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("lead_unit") and not cleaned.get("owner"):
            raise forms.ValidationError(_("请选择新的牵头单位或新的责任人。"))
        return cleaned


def default_due(campaign: Campaign) -> dt.date:
    """Where a new task's deadline stands first: a week before opening, but not in the past."""
    return max(campaign.opens_on - dt.timedelta(days=7), clock.today())
