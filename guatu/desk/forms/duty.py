"""Forms of the roster."""

import datetime as dt
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.duty import rules
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.kit.forms import Form
from guatu.units.models import Person, Unit
from guatu.units.rules import ROLE_WORDS

MOST_PEOPLE = 1000
MOST_DAYS = 31
WHEN = [
    ("day", _("白班 8:30–17:30")),
    ("night", _("夜班 17:30–次日 8:30")),
    ("whole", _("全天 8:30–次日 8:30")),
    ("own", _("自定时间")),
]


def role_words() -> list[tuple[str, str]]:
    chinese = (get_language() or "zh").startswith("zh")
    return [(key, zh if chinese else en) for key, (zh, en) in ROLE_WORDS.items()]


def spans(
    first: dt.date, last: dt.date, when: str, begins: dt.time, ends: dt.time
) -> list[tuple[dt.datetime, dt.datetime]]:
    """The shifts of every day from `first` to `last`: named ones, or from `begins` until `ends` (the next day when not later)."""
    found = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if when in rules.NAMED:
            found.append(rules.span(day, when, clock.ZONE))
        elif when == "whole":
            start = rules.span(day, "day", clock.ZONE)[0]
            found.append((start, start + dt.timedelta(days=1)))
        else:
            start = dt.datetime.combine(day, begins, tzinfo=clock.ZONE)
            until = day if ends > begins else day + dt.timedelta(days=1)
            found.append((start, dt.datetime.combine(until, ends, tzinfo=clock.ZONE)))
    return found


class _WithPeople(Form):
    """What both forms ask: who, in which role, a note."""

    person = django_forms.ChoiceField(label=_("值班人"))
    role = django_forms.ChoiceField(
        label=_("值班角色"), required=False, choices=lambda: [("", _now("什么都管")), *role_words()],
        help_text=_("例如城运中心值班长；不分角色就选“什么都管”。"),
    )  # fmt: skip
    note = django_forms.CharField(
        label=_("备注"), max_length=200, required=False, help_text=_("例如带班领导、值班电话。")
    )

    def offer(self, people: QuerySet[Person]) -> None:
        self._people = {
            str(row.id): row
            for row in people.select_related("unit").order_by("unit__path", "name")[:MOST_PEOPLE]
        }
        field = self.fields["person"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [("", "—"), *((key, f"{row.name} · {row.unit}") for key, row in self._people.items())]

    def clean_person(self) -> Person:
        return self._people[self.cleaned_data["person"]]


class ShiftForm(_WithPeople):
    """New shifts: one unit, one person, one day or several in a row."""

    unit = django_forms.ChoiceField(label=_("单位"))
    day = django_forms.DateField(label=_("日期"))
    until = django_forms.DateField(
        label=_("连续到"),
        required=False,
        help_text=_("同一个人连续几天值同样的班，一次排好；只排一天就空着。"),
    )
    when = django_forms.ChoiceField(label=_("班次"), choices=WHEN)
    begins = django_forms.TimeField(label=_("几点开始"), required=False, help_text=_("选“自定时间”时填。"))
    ends = django_forms.TimeField(
        label=_("几点结束"), required=False, help_text=_("不晚于开始时间就算第二天。")
    )
    groups = (
        (_("谁值班"), ("unit", "person", "role")),
        (_("什么时候"), ("day", "until", "when", "begins", "ends")),
        ("", ("note",)),
    )

    def __init__(self, *args: Any, units: list[Unit], people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = {row.code: row for row in units}
        field = self.fields["unit"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [(row.code, row.name) for row in units]
        self.offer(people)

    def clean_unit(self) -> Unit:
        return self._units[self.cleaned_data["unit"]]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("day"), given.get("until")
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            self.add_error("until", ValidationError(_now("要在开始日期之后，一次最多排 31 天。")))
        if given.get("when") == "own" and not (given.get("begins") and given.get("ends")):
            self.add_error("begins", ValidationError(_now("自定时间要填开始和结束。")))
        return given

    def spans(self) -> list[tuple[dt.datetime, dt.datetime]]:
        given = self.cleaned_data
        begins, ends = given.get("begins") or rules.DAY_BEGINS, given.get("ends") or rules.NIGHT_BEGINS
        return spans(given["day"], given.get("until") or given["day"], given["when"], begins, ends)


class ChangeForm(_WithPeople):
    """One shift as it stands."""

    starts_at = django_forms.DateTimeField(label=_("开始"))
    ends_at = django_forms.DateTimeField(label=_("结束"))
    groups = ((_("谁值班"), ("person", "role")), (_("什么时候"), ("starts_at", "ends_at")), ("", ("note",)))

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(people)


class SwapForm(Form):
    """Whose shift to take in exchange."""

    other = django_forms.ChoiceField(label=_("和哪一班换"))

    def __init__(self, *args: Any, shifts: list[Shift], words: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shifts = {str(row.id): row for row in shifts}
        field = self.fields["other"]
        assert isinstance(field, django_forms.ChoiceField)
        field.choices = [(key, words[key]) for key in self._shifts]

    def clean_other(self) -> Shift:
        return self._shifts[self.cleaned_data["other"]]
