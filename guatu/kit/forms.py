"""Forms as every page shows them: labels above, hint under the label, error beside the field and summarised on top."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from guatu.kernel.problems import Problem
from guatu.kit.widgets import DateInput, DateTimeInput, TimeInput

Text = str | Promise

_NATIVE: tuple[tuple[type[forms.Field], type[forms.Widget], type[forms.Widget]], ...] = (
    (forms.DateTimeField, forms.DateTimeInput, DateTimeInput),
    (forms.DateField, forms.DateInput, DateInput),
    (forms.TimeField, forms.TimeInput, TimeInput),
)


class Renderer(TemplatesSetting):
    """The renderer of all forms (settings: FORM_RENDERER)."""

    form_template_name = "kit/forms/form.html"
    formset_template_name = "kit/forms/formset.html"
    field_template_name = "kit/forms/field.html"


@dataclass(frozen=True)
class Group:
    """Fields that answer one question together."""

    title: Text
    fields: list[BoundField]


class _Kit:
    """What both kinds of form share. `groups`: (title, field names) in the order of the page."""

    groups: Sequence[tuple[Text, Sequence[str]]] = ()
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _make_native(field)
            _say_what_is_missing(field, field.label or name)

    def grouped(self) -> Iterator[Group]:
        """The visible fields by group; what no group names comes last without a title."""
        rest = {bound.name: bound for bound in self.visible_fields()}  # type: ignore[attr-defined]
        for title, names in self.groups:
            found = [rest.pop(name) for name in names if name in rest]
            if found:
                yield Group(title, found)
        if rest:
            yield Group("", list(rest.values()))

    def add_problem(self, problem: Problem, field: str | None = None) -> None:
        """Show a refusal on the form, with what to do next, keeping everything that was typed."""
        where = field if field in self.fields else None
        self.add_error(where, problem.words())  # type: ignore[attr-defined]


class Form(_Kit, forms.Form):
    """A form of the house."""


class ModelForm(_Kit, forms.ModelForm):
    """A form whose fields come from a model. It never saves: views pass `cleaned_data` to an act."""

    def save(self, commit: bool = True) -> Any:
        raise TypeError("pages write through acts: pass form.cleaned_data to the noun's act")


def _make_native(field: forms.Field) -> None:
    """Give date and time fields the browser's own picker, unless the form chose a widget itself."""
    for kind, plain, native in _NATIVE:
        if isinstance(field, kind) and type(field.widget) is plain:
            field.widget = native(attrs=field.widget.attrs)
            field.widget.is_required = field.required
            return


def _say_what_is_missing(field: forms.Field, label: Text) -> None:
    """Name the field in “required”, so that the sentence stands on its own in the summary."""
    if field.error_messages.get("required") != forms.Field.default_error_messages["required"]:
        return
    chosen = isinstance(field.widget, (forms.Select, forms.RadioSelect, forms.FileInput))
    field.error_messages["required"] = format_lazy(
        _("请选择“{label}”。") if chosen else _("请填写“{label}”。"), label=label
    )


def summary(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """Every error as (id of the field or "", its label, the sentence), in the order of the page."""
    found = [("", "", str(error)) for error in form.errors.get(NON_FIELD_ERRORS, [])]
    for bound in form:
        target, label = bound.id_for_label or bound.auto_id, str(bound.label)
        for error in bound.errors:
            # a sentence that names the field already is not announced by its label once more
            found.append((target, "" if label in str(error) else label, str(error)))
    return found
