"""Forms of activities."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.desk.forms.plan import UnitChoice, area_choices
from guatu.kit.forms import Form
from guatu.tasks.models import Activity
from guatu.tasks.rules import ACTIVITY_KINDS, RESULTS_OF
from guatu.tasks.words import ACTIVITY_KIND_WORDS, RESULT_WORDS


def kind_choices(campaign: Campaign) -> list[tuple[str, Any]]:
    """Kinds of activity: our own and those the pack brings in settings["activities"]["kinds"] ({kind: {zh, en}})."""
    own = [(kind, ACTIVITY_KIND_WORDS[kind]) for kind in ACTIVITY_KINDS]
    brought = (campaign.settings.get("activities") or {}).get("kinds") or {}
    return own + [(kind, _said(words)) for kind, words in brought.items() if kind not in ACTIVITY_KIND_WORDS]


def kind_word(campaign: Campaign, kind: str) -> Any:
    """A kind as people say it."""
    return dict(kind_choices(campaign)).get(kind, kind)


def result_fields(campaign: Campaign, kind: str) -> list[tuple[str, Any]]:
    """Which results an activity of this kind asks for: (name the figures use, word)."""
    brought = (campaign.settings.get("activities") or {}).get("results") or {}
    own = [(name, RESULT_WORDS[name]) for name in RESULTS_OF.get(kind, ())]
    more = brought.get(kind) or {}
    return own + [(name, _said(words)) for name, words in more.items() if name not in dict(own)]


def _said(words: Any) -> str:
    if isinstance(words, dict):
        chinese = (get_language() or "zh").startswith("zh")
        return str(words.get("zh" if chinese else "en") or words.get("zh") or "")
    return str(words)


class ActivityForm(Form):
    """An activity as it is planned."""

    kind = forms.ChoiceField(label=_("类型"))
    name = forms.CharField(label=_("名称"), max_length=200)
    held_on = forms.DateField(label=_("日期"))
    starts_at = forms.TimeField(label=_("开始时间"), required=False)
    ends_at = forms.TimeField(label=_("结束时间"), required=False)
    unit = UnitChoice(label=_("主办单位"), required=False, empty_label="—")
    area = forms.ChoiceField(label=_("属地"))
    address = forms.CharField(label=_("地点"), max_length=200, required=False)
    note = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices(campaign)  # type: ignore[attr-defined]
        self.fields["area"].choices = area_choices(campaign)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if begins and ends and ends < begins:
            self.add_error("ends_at", _("结束时间早于开始时间。"))
        return cleaned


def activity_initial(activity: Activity) -> dict[str, Any]:
    names = ("kind", "name", "held_on", "starts_at", "ends_at", "unit", "area", "address", "note")
    return {name: getattr(activity, name) for name in names}


class SeriesForm(Form):
    """The same activity on a day of every month."""

    kind = forms.ChoiceField(label=_("类型"))
    name = forms.CharField(label=_("名称"), max_length=200)
    day = forms.IntegerField(
        label=_("每月几日"), min_value=1, max_value=31, initial=15, help_text=_("没有这一天的月份取月底。")
    )
    first = forms.DateField(label=_("从"))
    last = forms.DateField(label=_("到"))
    unit = UnitChoice(label=_("主办单位"), required=False, empty_label="—")
    area = forms.ChoiceField(label=_("属地"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices(campaign)  # type: ignore[attr-defined]
        self.fields["area"].choices = area_choices(campaign)  # type: ignore[attr-defined]


class HoldForm(Form):
    """What came of it."""

    headcount = forms.IntegerField(label=_("参加人数"), min_value=0, required=False)

    def __init__(self, *args: Any, campaign: Campaign, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.results = [name for name, _word in result_fields(campaign, kind)]
        for name, word in result_fields(campaign, kind):
            self.fields[f"result_{name}"] = forms.DecimalField(label=word, min_value=0, required=False)
        self.fields["note"] = forms.CharField(
            label=_("情况说明"), required=False, widget=forms.Textarea(attrs={"rows": 3})
        )

    def outcome(self) -> dict[str, Any]:
        """Headcount, results and words for the act; results that were left empty are left out."""
        cleaned = self.cleaned_data
        results = {
            name: cleaned[f"result_{name}"]
            for name in self.results
            if cleaned.get(f"result_{name}") is not None
        }
        return {"headcount": cleaned.get("headcount"), "results": results, "note": cleaned.get("note", "")}
