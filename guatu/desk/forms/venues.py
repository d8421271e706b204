"""Forms of venue codes: who asks, for how long, why not; people counted at a door; what the law lets be asked."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form
from guatu.venues import words
from guatu.venues.rules import codes as rules
from guatu.venues.rules.scans import IDENTITY, LONGEST_KEPT


class ApplyForm(Form):
    """Who asks at the place. Both may stay empty: the code belongs to the place."""

    name = django_forms.CharField(label=_("申请人姓名"), required=False, max_length=60)
    phone = django_forms.CharField(
        label=_("联系电话"), required=False, max_length=30,
        widget=django_forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("密封保存，平时只显示掩码；打开要写原因并留痕。"),
    )  # fmt: skip


class ApproveForm(Form):
    """For how long."""

    days = django_forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=rules.LONGEST_DAYS, initial=rules.VALID_DAYS,
        help_text=_("从今天起算；续期的接在原码之后。"),
    )  # fmt: skip


class WhyForm(Form):
    """Why it is refused, taken back, looked at."""

    reason = django_forms.CharField(label=_("理由"), max_length=200)


class CountForm(Form):
    """How many went in, from when until when."""

    from_at = django_forms.DateTimeField(label=_("从"))
    until_at = django_forms.DateTimeField(label=_("到"))
    people = django_forms.IntegerField(
        label=_("进门人数"), min_value=0, max_value=1_000_000, help_text=_("这段时间进门的人，不论扫没扫码。")
    )


class RuleForm(Form):
    """Under which law, where, from when until when, what is asked and how long it is kept."""

    basis = django_forms.CharField(
        label=_("法规依据"), max_length=200, help_text=_("写明名称和条款，扫码的人看得到。")
    )
    area = django_forms.ChoiceField(label=_("适用区域"))
    from_day = django_forms.DateField(label=_("从哪天起"))
    to_day = django_forms.DateField(label=_("到哪天止"), help_text=_("最长一年，到期自动不再要求。"))
    fields_asked = django_forms.MultipleChoiceField(
        label=_("登记项目"), choices=[(name, words.FIELDS[name]) for name in IDENTITY],
        widget=django_forms.CheckboxSelectMultiple, error_messages={"required": _("请至少选一项。")},
    )  # fmt: skip
    keep_days = django_forms.IntegerField(
        label=_("保存天数"), min_value=1, max_value=LONGEST_KEPT, initial=14, help_text=_("到期自动销毁，备份里的也读不出。")
    )  # fmt: skip

    def __init__(self, *args: Any, areas: Sequence[tuple[str, str]], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = list(areas)  # type: ignore[attr-defined]
        self.fields["from_day"].initial = today
