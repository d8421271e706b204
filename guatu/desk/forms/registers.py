"""Forms of the registers section: the columns of a register become the questions of its form."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.kit.forms import Form
from guatu.registers.models import Register
from guatu.registers.rules import LONGEST, Column, read_columns


def _field(column: Column, english: bool) -> django_forms.Field:
    label = column.label_en if english and column.label_en else column.label
    common: dict[str, Any] = {"label": label, "required": column.required}
    if column.personal:
        common["help_text"] = _("个人信息，加密保存，页面上只显示一部分。")
    if column.type == "date":
        return django_forms.DateField(**common)
    if column.type == "yes":
        return django_forms.ChoiceField(choices=[("", "—"), ("是", _("是")), ("否", _("否"))], **common)
    if column.type == "choice":
        return django_forms.ChoiceField(
            choices=[("", "—"), *((each, each) for each in column.choices)], **common
        )
    if column.type == "phone":
        return django_forms.CharField(
            max_length=30, widget=django_forms.TextInput(attrs={"inputmode": "tel"}), **common
        )
    return django_forms.CharField(max_length=LONGEST, **common)


class EntryForm(Form):
    """One entry. `blank`: personal columns left empty keep what stands there (a correction never shows them)."""

    area = django_forms.ChoiceField(label=_("街镇"), required=False)
    parent = django_forms.CharField(label=_("所属"), required=False, max_length=200)

    def __init__(
        self, *args: Any, register: Register, areas: Sequence[tuple[str, str]], english: bool = False,
        correcting: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.columns = read_columns(register.columns)
        self.correcting = correcting
        for column in self.columns:
            field = _field(column, english)
            if correcting and column.personal:
                field.required = False
                field.help_text = _("不改就留空；原值不显示。")
            self.fields[f"c_{column.key}"] = field
        self.fields["area"].choices = [("", "—"), *areas]  # type: ignore[attr-defined]
        if register.parent is None:
            del self.fields["parent"]
        else:
            self.fields["parent"].label = _("所属%(name)s") % {"name": register.parent.name}
        self.order_fields([*(f"c_{column.key}" for column in self.columns), "parent", "area"])

    def values(self) -> dict[str, Any]:
        """Column key → what was written; personal columns left empty stay out while correcting."""
        found = {}
        for column in self.columns:
            value = self.cleaned_data.get(f"c_{column.key}")
            if self.correcting and column.personal and value in (None, ""):
                continue
            found[column.key] = value.isoformat() if isinstance(value, dt.date) else value
        return found

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field if field is None or field in self.fields else None, error)


class ReasonForm(Form):
    """Why."""

    reason = django_forms.CharField(
        label=_("原因"), max_length=200, error_messages={"required": _("请写明原因。")},
        help_text=_("会记录在案，备查。"),
    )  # fmt: skip


class RevealForm(ReasonForm):
    """Which personal columns to open, and why."""

    columns = django_forms.MultipleChoiceField(
        label=_("要看哪几项"),
        widget=django_forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一项。")},
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = list(offered)  # type: ignore[attr-defined]
        self.order_fields(["columns", "reason"])
