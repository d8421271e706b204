"""Forms of contracts given on together."""

import re
from typing import Any

from django import forms as django_forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.units import reads
from guatu.units.models import Person
from guatu.units.rules import CONTRACT_KINDS, MOST_OF


def kind_words() -> list[tuple[str, str]]:
    """The kinds of contracts in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return [(key, zh if chinese else en) for key, (zh, en) in CONTRACT_KINDS.items()]


def _people(text: str) -> list[Person]:
    """People by user name or by a name only one has, separated by blanks or commas. Raises a ValidationError."""
    found: dict[Any, Person] = {}
    for word in re.split(r"[\s,，、;；]+", text.strip()):
        if not word:
            continue
        try:
            person = reads.find_person(word)
        except Problem as problem:
            raise django_forms.ValidationError(problem.words()) from problem
        found[person.id] = person
    return list(found.values())


class HandOverForm(Form):
    """To whom, and from which day."""

    to = django_forms.CharField(
        label=_("交给谁"),
        max_length=400,
        help_text=_("用户名或姓名；写几个人就平均分，相邻的分给同一个人，下面可以再改。"),
    )
    on = django_forms.DateField(label=_("从哪天起"), required=False, help_text=_("空着为今天。"))

    def clean_to(self) -> list[Person]:
        return _people(self.cleaned_data["to"])


class AssignForm(Form):
    """Who answers for the chosen places, how, from when."""

    person = django_forms.CharField(
        label=_("责任人"), max_length=60, help_text=_("用户名；没有重名时可填姓名。")
    )
    kind = django_forms.ChoiceField(label=_("包干类别"), choices=kind_words)
    from_day = django_forms.DateField(label=_("从哪天起"), required=False, help_text=_("空着为今天。"))
    to_day = django_forms.DateField(label=_("到哪天止"), required=False, help_text=_("空着为长期。"))

    def clean_person(self) -> Person:
        found = _people(self.cleaned_data["person"])
        if len(found) != 1:
            raise django_forms.ValidationError(_("请只填一个人。"))
        return found[0]


class LimitsForm(Form):
    """How many contracts of each kind one person should have at most."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, word in kind_words():
            self.fields[kind] = django_forms.IntegerField(
                label=word, required=False, min_value=1, max_value=999, help_text=f"{MOST_OF[kind]}"
            )

    def limits(self) -> dict[str, int | None]:
        """What `set_limits` takes: only what differs from the shipped numbers is kept."""
        given = self.cleaned_data
        return {kind: given[kind] if given[kind] != MOST_OF[kind] else None for kind in CONTRACT_KINDS}
