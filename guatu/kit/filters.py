"""Filters of a list: what is read from the address, what it means for the rows, how it is shown."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from guatu.kernel.access import within
from guatu.kernel.clock import ZONE

Text = str | Promise
Choices = Iterable[tuple[str, Text]] | Callable[[HttpRequest], Iterable[tuple[str, Text]]]
Apply = Callable[[QuerySet[Any], Any], QuerySet[Any]]
LONGEST_TEXT = 100


class BadFilter(ValueError):
    """A filter value that cannot be understood; the argument is the sentence for the reader."""


def _clean(text: str, label: Text) -> str:
    text = text.strip()
    if "\x00" in text:
        raise BadFilter(_("“%(label)s”里有不能识别的字符。") % {"label": label})
    if len(text) > LONGEST_TEXT:
        raise BadFilter(
            _("“%(label)s”的内容太长，最多 %(most)s 个字。") % {"label": label, "most": LONGEST_TEXT}
        )
    return text


@dataclass(frozen=True)
class Filter:
    """What all filters share. `key` is the name in the address; `apply` replaces the default meaning."""

    key: str
    label: Text = ""
    field: str = ""
    apply: Apply | None = None
    template = "kit/parts/filter_text.html"
    counts = False

    @property
    def path(self) -> str:
        return self.field or self.key

    def names(self, prefix: str = "") -> list[str]:
        """The names this filter uses in the address."""
        return [prefix + self.key]

    def read(self, query: QueryDict, prefix: str, request: HttpRequest) -> Any:
        """The understood value, None when the filter is not used. Raises `BadFilter`."""
        return _clean(query.get(prefix + self.key, ""), self.label) or None

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return self.apply(rows, value) if self.apply else self.default(rows, value)

    def default(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(**{self.path: value})

    def options(self, request: HttpRequest) -> list[tuple[str, Text]]:
        return []

    def words(self, value: Any, request: HttpRequest) -> str:
        """The value as the reader would say it, for the line of filters in force."""
        return str(value)

    def countless(self, value: Any) -> bool:
        """Whether so much matches that counting it would cost more than the page."""
        return False


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One of (or with `many`, several of) the offered values.

    `expand` lets one offered value stand for several stored ones ({"open": ["reported", "filed"]}). `counts` shows the
    choices as tabs with the number of rows behind each.
    """

    choices: Choices = ()
    many: bool = False
    counts: bool = False
    expand: Mapping[str, Sequence[str]] = field(default_factory=dict)
    template = "kit/parts/filter_choice.html"

    def options(self, request: HttpRequest) -> list[tuple[str, Text]]:
        return [(str(value), label) for value, label in _choices(self.choices, request)]

    def read(self, query: QueryDict, prefix: str, request: HttpRequest) -> list[str] | None:
        given = [_clean(value, self.label) for value in query.getlist(prefix + self.key)]
        chosen = list(dict.fromkeys(value for value in given if value))
        if not self.many:
            chosen = chosen[-1:]
        known = {value for value, _label in self.options(request)}
        for value in chosen:
            if value not in known:
                raise BadFilter(
                    _("“%(label)s”没有“%(value)s”这一项。") % {"label": self.label, "value": value}
                )
        return chosen or None

    def stored(self, value: str) -> Sequence[str]:
        return self.expand.get(value, (value,))

    def default(self, rows: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__in": [raw for one in value for raw in self.stored(one)]})

    def words(self, value: list[str], request: HttpRequest) -> str:
        titles = dict(self.options(request))
        return "、".join(str(titles.get(one, one)) for one in value)


@dataclass(frozen=True)
class SearchFilter(Filter):
    """Words; each must stand in one of `fields`."""

    label: Text = _lazy("搜索")
    fields: Sequence[str] = ()
    template = "kit/parts/filter_search.html"

    def default(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        for word in value.split()[:8]:
            found = Q()
            for name in self.fields or (self.path,):
                found |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(found)
        return rows


@dataclass(frozen=True)
class DateFilter(Filter):
    """From a day to a day, both included, by the office's calendar (`<key>_from`, `<key>_to`)."""

    template = "kit/parts/filter_date.html"

    def names(self, prefix: str = "") -> list[str]:
        return [f"{prefix}{self.key}_from", f"{prefix}{self.key}_to"]

    def read(
        self, query: QueryDict, prefix: str, request: HttpRequest
    ) -> tuple[dt.date | None, dt.date | None] | None:
        first, last = (self._day(query.get(name, "")) for name in self.names(prefix))
        if first and last and first > last:
            raise BadFilter(_("“%(label)s”的开始日期晚于结束日期。") % {"label": self.label})
        return (first, last) if first or last else None

    def _day(self, text: str) -> dt.date | None:
        text = _clean(text, self.label)
        if not text:
            return None
        try:
            day = dt.date.fromisoformat(text)
            if not 1900 <= day.year <= 2200:
                raise ValueError(text)
            return day
        except ValueError:
            words = {"label": self.label, "value": text}
            raise BadFilter(
                _("“%(label)s”的日期“%(value)s”看不懂，请写成 2021-09-16 的样子。") % words
            ) from None

    def default(self, rows: QuerySet[Any], value: tuple[dt.date | None, dt.date | None]) -> QuerySet[Any]:
        first, last = value
        timed = _is_moment(rows.model, self.path)
        if first:
            rows = rows.filter(**{f"{self.path}__gte": _midnight(first) if timed else first})
        if last and timed:
            rows = rows.filter(**{f"{self.path}__lt": _midnight(last + dt.timedelta(days=1))})
        elif last:
            rows = rows.filter(**{f"{self.path}__lte": last})
        return rows

    def words(self, value: tuple[dt.date | None, dt.date | None], request: HttpRequest) -> str:
        first, last = value
        return f"{first or '…'} – {last or '…'}" if first != last else str(first)


@dataclass(frozen=True)
class AreaFilter(Filter):
    """Everything within an area: a prefix of the area code. `choices` are (code, name)."""

    label: Text = _lazy("区域")
    choices: Choices = ()
    template = "kit/parts/filter_choice.html"

    def options(self, request: HttpRequest) -> list[tuple[str, Text]]:
        return list(_choices(self.choices, request))

    def read(self, query: QueryDict, prefix: str, request: HttpRequest) -> str | None:
        code = _clean(query.get(prefix + self.key, ""), self.label)
        if code and not re.fullmatch(r"[0-9]{2,20}", code):
            raise BadFilter(
                _("“%(label)s”要写区划代码的数字，不是“%(value)s”。") % {"label": self.label, "value": code}
            )
        return code or None

    def default(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(within(self.path, value))

    def words(self, value: str, request: HttpRequest) -> str:
        return str(dict(self.options(request)).get(value, value))


@dataclass(frozen=True)
class UnitFilter(Filter):
    """A unit and all below it: a prefix of the unit's path. `choices` are (path, name)."""

    label: Text = _lazy("单位")
    choices: Choices = ()
    template = "kit/parts/filter_choice.html"

    def options(self, request: HttpRequest) -> list[tuple[str, Text]]:
        return list(_choices(self.choices, request))

    def default(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__startswith": value})

    def words(self, value: str, request: HttpRequest) -> str:
        return str(dict(self.options(request)).get(value, value))


@dataclass(frozen=True)
class BooleanFilter(Filter):
    """Only the rows for which it holds (`1`) or does not hold (`0`)."""

    template = "kit/parts/filter_boolean.html"

    def read(self, query: QueryDict, prefix: str, request: HttpRequest) -> bool | None:
        text = _clean(query.get(prefix + self.key, ""), self.label)
        if text not in ("", "0", "1"):
            raise BadFilter(_("“%(label)s”只能是 1（是）或 0（否）。") % {"label": self.label})
        return text == "1" if text else None

    def words(self, value: bool, request: HttpRequest) -> str:
        return _("是") if value else _("否")


def _choices(choices: Choices, request: HttpRequest) -> Iterable[tuple[str, Text]]:
    return choices(request) if callable(choices) else choices


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZONE)


def _is_moment(model: type[Model], path: str) -> bool:
    found: Any = None
    for name in path.split("__"):
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        if found.is_relation:
            model = found.related_model
    return isinstance(found, DateTimeField)


@dataclass
class BoundFilter:
    """A filter on one page: its value, and the sentence when the value could not be understood."""

    filter: Filter
    query: QueryDict
    prefix: str
    request: HttpRequest
    value: Any = None
    error: str = ""

    def __post_init__(self) -> None:
        try:
            self.value = self.filter.read(self.query, self.prefix, self.request)
        except BadFilter as bad:
            self.error = str(bad)

    @property
    def key(self) -> str:
        return self.filter.key

    @property
    def label(self) -> Text:
        return self.filter.label

    @property
    def template(self) -> str:
        return self.filter.template

    @property
    def used(self) -> bool:
        return self.value is not None

    @property
    def names(self) -> list[str]:
        return self.filter.names(self.prefix)

    @property
    def name(self) -> str:
        return self.names[0]

    @cached_property
    def options(self) -> list[tuple[str, Text, bool]]:
        """(value, label, chosen)"""
        chosen = self.value if isinstance(self.value, list) else [self.value]
        return [(value, label, value in chosen) for value, label in self.filter.options(self.request)]

    @property
    def typed(self) -> list[str]:
        """What stands in the address, as it was typed."""
        return [self.query.get(name, "") for name in self.names]

    @property
    def words(self) -> str:
        return self.filter.words(self.value, self.request) if self.used else ""

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return self.filter.narrow(rows, self.value) if self.used else rows

    @property
    def countless(self) -> bool:
        return self.used and self.filter.countless(self.value)
