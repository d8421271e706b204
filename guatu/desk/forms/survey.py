"""The form of the survey: what opened, what closed, in words everybody can type on a phone."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form
from guatu.places.models import Place
from guatu.places.rules import NewMerchant

_MOST = 50


class SurveyForm(Form):
    """What changed in a place since yesterday. One merchant a line; its industry and address may follow after commas."""

    opened = django_forms.CharField(
        label=_("新开的商户"),
        required=False,
        max_length=5_000,
        widget=django_forms.Textarea(attrs={"rows": 3}),
        help_text=_("一行一家：名称，行业，地址。行业和地址可以不写。"),
    )
    closed = django_forms.MultipleChoiceField(
        label=_("关停的商户"), required=False, widget=django_forms.CheckboxSelectMultiple
    )
    households = django_forms.IntegerField(
        label=_("摸排户数"),
        required=False,
        min_value=0,
        max_value=99_999,
        help_text=_("空着按登记的户数算。"),
    )
    note = django_forms.CharField(label=_("备注"), required=False, max_length=300)

    def __init__(self, *args: Any, merchants: Sequence[Place] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        closed = self.fields["closed"]
        assert isinstance(closed, django_forms.MultipleChoiceField)
        closed.choices = [
            (str(row.id), f"{row.name} {row.address}".strip() if row.within_id is None else row.name)
            for row in merchants
        ]
        if not merchants:
            del self.fields["closed"]

    def clean_opened(self) -> list[NewMerchant]:
        """The lines as merchants."""
        found = []
        for line in self.cleaned_data["opened"].splitlines():
            words = [word.strip() for word in re.split(r"[,，\t]", line, maxsplit=2)]
            if words[0]:
                found.append(
                    NewMerchant(
                        words[0][:200], industry="".join(words[1:2])[:40], address="".join(words[2:3])
                    )
                )
        if len(found) > _MOST:
            raise django_forms.ValidationError(_("一次最多登记 50 家，更多的请用表格导入。"))
        return found
