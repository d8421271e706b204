"""What a dated rule lets a visitor be asked. Without such a rule there is no field at all."""

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _

from guatu.kit.forms import Form
from guatu.venues import words
from guatu.venues.models import ScanRule
from guatu.venues.rules.scans import IDENTITY

_FILLED_IN = {"name": "name", "phone": "tel", "id_card": "off"}


class ArrivalForm(Form):
    """The fields of the rule in force, each needed; none without a rule."""

    def __init__(self, *args: Any, rule: ScanRule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in rule.fields if rule is not None else ():
            if name in IDENTITY:
                said = {"autocomplete": _FILLED_IN[name]} | ({"inputmode": "tel"} if name == "phone" else {})
                missing = {"required": _("请填写%(field)s。") % {"field": words.FIELDS[name]}}
                self.fields[name] = django_forms.CharField(
                    label=words.FIELDS[name], max_length=60, widget=django_forms.TextInput(attrs=said),
                    error_messages=missing,
                )  # fmt: skip
