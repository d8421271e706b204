"""Forms of the cases section: a new case, and one to correct it. The steps: case_steps.py."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.cases.models import LIMIT_WORDS, SOURCE_WORDS, CaseClass
from guatu.cases.rules.naming import key_of
from guatu.desk.forms.case_steps import photos_field
from guatu.kit.forms import Form
from guatu.places.rules import CHOICES

_MOST_CLASSES = 120  # more are chosen by describing the matter, not from a list


class ClassField(django_forms.ChoiceField):
    """The class of a case. It offers few and takes all: what the picker chose need not stand in the list."""

    known: frozenset[str] = frozenset()

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.known or super().valid_value(value)


def _values(classes: Sequence[CaseClass]) -> dict[str, str]:
    """{full key: what stands for the class in the list}: its code where that is the only one."""
    codes = Counter(row.code for row in classes)
    keys = {key_of(row.scheme, row.kind, row.code): row.code for row in classes}
    return {key: code if codes[code] == 1 else key for key, code in keys.items()}


def class_choices(classes: Sequence[CaseClass], english: bool, chosen: str = "") -> list[tuple[str, str]]:
    """(what `find_class` never mistakes, name): the code where it is the only one, else the full key. Of very many only
    those most used stand in the list, and the one chosen."""
    values = _values(classes)
    named = [
        (values[key_of(row.scheme, row.kind, row.code)], row.name_en if english and row.name_en else row.name)
        for row in classes
    ]
    if len(named) <= _MOST_CLASSES:
        return named
    kept = named[:_MOST_CLASSES]
    return kept + [each for each in named[_MOST_CLASSES:] if each[0] == chosen]


class CaseForm(Form):
    """A case as it is written down. `areas`: (code, name) offered; `classes`: the campaign's."""

    title = django_forms.CharField(
        label=_("标题"), max_length=120, help_text=_("一句话：什么地方、什么问题。"),
        error_messages={"required": _("请用一句话写明是什么问题。")},
    )  # fmt: skip
    class_code = ClassField(label=_("类别"), required=False)
    standard = django_forms.UUIDField(required=False, widget=django_forms.HiddenInput)
    description = django_forms.CharField(
        label=_("详细情况"), required=False, max_length=4000, widget=django_forms.Textarea(attrs={"rows": 3})
    )
    area = django_forms.ChoiceField(
        label=_("街镇"), required=False, help_text=_("在地图上点了位置，可以不选。")
    )
    address = django_forms.CharField(label=_("地址"), required=False, max_length=300)
    lon = django_forms.FloatField(label=_("经度"), required=False)
    lat = django_forms.FloatField(label=_("纬度"), required=False)
    crs = django_forms.ChoiceField(
        label=_("坐标系"), choices=[(key, zh) for key, zh, _en in CHOICES], initial="wgs84", required=False
    )
    source = django_forms.ChoiceField(label=_("来源"), choices=list(SOURCE_WORDS.items()), initial="patrol")
    upper_number = django_forms.CharField(label=_("上级编号"), required=False, max_length=60)
    opened_at = django_forms.DateTimeField(label=_("发现时间"), required=False, help_text=_("不填就是现在。"))
    groups = [
        (_("什么问题"), ["title", "class_code", "standard", "description", "photos"]),
        (_("在哪里"), ["lon", "lat", "crs", "area", "address"]),
        (_("从哪里来"), ["source", "upper_number", "opened_at"]),
    ]

    def __init__(
        self,
        *args: Any,
        areas: Sequence[tuple[str, str]],
        classes: Sequence[CaseClass],
        english: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get(self.add_prefix("class_code")) or self.initial.get("class_code") or "")
        chosen = _values(classes).get(chosen, chosen)
        if not self.is_bound:
            self.initial["class_code"] = chosen
        named = class_choices(classes, english, chosen)
        self.fields["area"].choices = [("", "—"), *areas]  # type: ignore[attr-defined]
        self.fields["class_code"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        self.fields["crs"].choices = [(key, en if english else zh) for key, zh, en in CHOICES]  # type: ignore[attr-defined]
        field = self.fields["class_code"]
        assert isinstance(field, ClassField)
        keys = {key_of(row.scheme, row.kind, row.code) for row in classes}
        field.known = frozenset(keys | {row.code for row in classes})
        if not classes:
            del self.fields["class_code"], self.fields["standard"]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if (found.get("lon") is None) != (found.get("lat") is None):
            self.add_error("lon", _("经度和纬度要一起填。"))
        elif found.get("lon") is None and not found.get("area"):
            self.add_error("area", _("请在地图上点一个位置，或选择街镇。"))
        return found


class NewCaseForm(CaseForm):
    """A new case, with the photos taken on the spot."""

    photos = photos_field(_("现场照片"), _("手机上可直接拍照；照片里的位置等信息会被清除。"))


class CorrectForm(CaseForm):
    """更正: the same questions, and the limit."""

    limit_amount = django_forms.DecimalField(
        label=_("期限"), required=False, min_value=Decimal("0.01"), max_value=1000, max_digits=7, decimal_places=2,
        help_text=_("改了期限，到期时间从原来的起点重新计算。"),
    )  # fmt: skip
    limit_unit = django_forms.ChoiceField(
        label=_("单位"), required=False, choices=[("", "—"), *LIMIT_WORDS.items()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["opened_at"]
