"""Forms of briefs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guatu.briefs.models import Brief, BriefTemplate
from guatu.briefs.rules import TITLE_MOST
from guatu.kernel import clock
from guatu.kit.forms import Form


class _Issue(Form):
    """What a draft says of itself."""

    title = forms.CharField(
        label=_("标题"), max_length=TITLE_MOST, required=False, help_text=_("留空时用模板的标题。")
    )
    number = forms.IntegerField(
        label=_("期号"), min_value=1, required=False, help_text=_("留空时用下一个期号。")
    )
    as_of = forms.DateTimeField(
        label=_("数字截至"), required=False, help_text=_("每个数字都按这一时刻取值；留空为现在。")
    )

    def clean_as_of(self) -> Any:
        moment = self.cleaned_data["as_of"]
        return clock.local(moment) if moment is not None else None


class NewBrief(_Issue):
    """Which template, and what the draft says of itself."""

    template = forms.ChoiceField(label=_("模板"))
    field_order = ("template", "title", "number", "as_of")

    def __init__(self, *args: Any, templates: list[BriefTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.id): row for row in templates}
        self.fields["template"].choices = [(key, row.name) for key, row in self.rows.items()]  # type: ignore[attr-defined]
        if len(self.rows) == 1:
            self.fields["template"].initial = next(iter(self.rows))

    @property
    def chosen(self) -> BriefTemplate:
        return self.rows[self.cleaned_data["template"]]


class EditBrief(_Issue):
    """A draft's own words again; nothing may be left out."""

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        initial = {"title": brief.title, "number": brief.number, "as_of": clock.local(brief.as_of)}
        super().__init__(*args, initial=initial, **kwargs)
        for field in self.fields.values():
            field.required, field.help_text = True, ""


class Correction(Form):
    """Why a brief that is out is corrected."""

    reason = forms.CharField(
        label=_("更正理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("哪里错了，依据是什么。"),
    )
