"""What a bulk step asks for: one form, the fields of the step."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from guatu.cases.models import LIMIT_WORDS
from guatu.cases.rules.bulk import BULK, UNIT_NEEDED
from guatu.kit.forms import Form
from guatu.units.models import Person, Unit


class BulkForm(Form):
    """The fields a step asks for (`rules.bulk`); `arguments()` is what the act takes."""

    unit = django_forms.ModelChoiceField(
        label=_("承办单位"), queryset=Unit.objects.none(), required=False, empty_label=_("请选择"), to_field_name="code",
        error_messages={"required": _("请选择承办单位。")},
    )  # fmt: skip
    person = django_forms.ModelChoiceField(
        label=_("承办人"), queryset=Person.objects.none(), required=False, empty_label=_("请选择"),
        help_text=_("只能指派给承办单位自己的人；案件的状态和期限不变。"), error_messages={"required": _("请选择承办人。")},
    )  # fmt: skip
    case_class = django_forms.ChoiceField(label=_("类别"), required=False)
    new_limit = django_forms.BooleanField(label=_("按新类别的时限重新计算"), required=False)
    limit_amount = django_forms.DecimalField(
        label=_("期限"), required=False, min_value=Decimal("0.01"), max_value=1000, max_digits=7, decimal_places=2,
        help_text=_("不填就按规定。"),
    )  # fmt: skip
    limit_unit = django_forms.ChoiceField(
        label=_("单位"), required=False, choices=[("", "—"), *LIMIT_WORDS.items()]
    )
    reason = django_forms.CharField(
        label=_("原因"), required=False, max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明原因。")},
    )  # fmt: skip
    text = django_forms.CharField(
        label=_("留言内容"), required=False, max_length=4000, widget=django_forms.Textarea(attrs={"rows": 3})
    )
    note = django_forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=django_forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        *args: Any,
        step: str,
        classes: list[tuple[str, str]],
        people: Sequence[Person] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        asks = BULK[step].asks
        names = {"class": ("case_class",), "limit": ("limit_amount", "limit_unit")}
        shown = {name for ask in asks for name in names.get(ask, (ask,))}
        for name in set(self.fields) - shown:
            del self.fields[name]
        needed = {"reason", "text", "case_class", "person"} | ({"unit"} if step in UNIT_NEEDED else set())
        for name in needed & shown:
            self.fields[name].required = True
        if "unit" in shown:
            self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("path")  # type: ignore[attr-defined]
        if "person" in shown:
            field: Any = self.fields["person"]
            field.queryset = Person.objects.filter(pk__in=[each.pk for each in people]).select_related("unit")
            field.choices = [
                ("", _("请选择")),
                *((str(each.pk), f"{each.unit} · {each.name}") for each in people),
            ]
        if "case_class" in shown:
            self.fields["case_class"].choices = [("", _("请选择")), *classes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("limit_amount")) != bool(found.get("limit_unit")) and "limit_amount" in self.fields:
            self.add_error("limit_amount", _("期限的数量和单位要一起填，或者都不填。"))
        return found

    def arguments(self) -> dict[str, Any]:
        """As `acts.start_bulk` takes them."""
        said = self.cleaned_data
        found: dict[str, Any] = {
            name: said[name] for name in ("reason", "text", "note", "new_limit") if said.get(name)
        }
        if said.get("unit"):
            found["unit"] = said["unit"].code
        if said.get("person"):
            found["person"] = str(said["person"].pk)
        if said.get("case_class"):
            found["class"] = said["case_class"]
        if said.get("limit_amount"):
            found["limit"] = [str(said["limit_amount"]), said["limit_unit"]]
        return found
