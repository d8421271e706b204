"""The list every list page is: columns, filters, counts, keyset paging, export and print over a queryset already visible.

Declare a `Listing` once, answer with `respond`. A page costs at most three queries: the count, the rows, and the counts
of the tabs when a filter asks for them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit import keyset, leaving, problems
from guatu.kit.columns import Column, Heading, Listing, Row, Tab, cell_of
from guatu.kit.filters import (
    AreaFilter,
    BadFilter,
    BooleanFilter,
    BoundFilter,
    ChoiceFilter,
    DateFilter,
    Filter,
    SearchFilter,
    UnitFilter,
)
from guatu.kit.leaving import Exported
from guatu.kit.views_of import Views, views_for

__all__ = [
    "AreaFilter",
    "BadFilter",
    "BooleanFilter",
    "ChoiceFilter",
    "Column",
    "DateFilter",
    "Filter",
    "Listing",
    "Page",
    "SearchFilter",
    "UnitFilter",
    "build",
    "respond",
]

Text = str | Promise
EXACT_TO = 10_000
PRINT_MOST = 2_000
SIZES = (20, 50, 100, 200)


@dataclass
class Page:
    """A list on one page: what the templates read."""

    listing: Listing
    request: HttpRequest
    source: QuerySet[Any]
    most: int | None = None  # rows wanted at once; None: one page of the list
    cursor_error: str = ""
    order_error: str = ""
    known: int | None = None  # how many rows there are (or `EXACT_TO + 1`), when the view has counted them

    @property
    def title(self) -> Text:
        return self.listing.title

    @property
    def name(self) -> str:
        return self.listing.name

    @property
    def prefix(self) -> str:
        return self.listing.prefix

    @cached_property
    def filters(self) -> list[BoundFilter]:
        query = self.request.GET
        return [BoundFilter(one, query, self.prefix, self.request) for one in self.listing.filters]

    @property
    def errors(self) -> list[str]:
        """The sentences to show above the table."""
        found = [one.error for one in self.filters if one.error]
        _rows = self.slice  # a bad cursor shows only when the rows are read
        return [*found, *(one for one in (self.cursor_error, self.order_error) if one)]

    @property
    def used(self) -> list[BoundFilter]:
        return [one for one in self.filters if one.used]

    @property
    def plain_filters(self) -> list[BoundFilter]:
        """Those with a control of their own, words first; the ones with counts are tabs."""
        found = [one for one in self.filters if not one.filter.counts]
        return sorted(found, key=lambda one: not isinstance(one.filter, SearchFilter))

    @cached_property
    def narrowed(self) -> QuerySet[Any]:
        rows = self.source
        for one in self.filters:
            rows = one.narrow(rows)
        return rows

    @cached_property
    def order(self) -> keyset.Order:
        """The order asked for; one that no index serves only while the rows are few enough to be sorted at once."""
        asked = self.request.GET.get(f"{self.prefix}sort", "")
        heavy = any(one.heavy and one.key == asked.lstrip("-") for one in self.listing.columns)
        if heavy and (self.countless or self._capped > EXACT_TO):
            self.order_error = _("符合条件的太多，不能按这一列排序；请先用筛选缩小到 %(most)s 条以内。") % {
                "most": f"{EXACT_TO:,}"
            }
            asked = ""
        return self.listing.order(asked, self.source)

    @property
    def countless(self) -> bool:
        return any(one.countless for one in self.filters)

    @cached_property
    def _capped(self) -> int:
        """How many rows there are, never counting further than one beyond `EXACT_TO`."""
        if self.known is not None:
            return self.known
        return self.narrowed.order_by().values(self.listing.tie)[: EXACT_TO + 1].count()

    @property
    def per_page(self) -> int:
        """Rows of a page: the list's own number, or one of `SIZES` that the reader asks for."""
        asked = self.request.GET.get(f"{self.prefix}size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else self.listing.per_page

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """(rows, address, chosen) of the sizes a page may have."""
        return [(size, self.address({"size": str(size)}), size == self.per_page) for size in SIZES]

    @property
    def may_jump(self) -> bool:
        return bool(self.listing.jump) and self.order.key.lstrip("-") == self.listing.jump

    def _jumped(self) -> str:
        """The cursor that stands just before the first row of the day asked for (`?on=2021-09-16`)."""
        text = self.request.GET.get(f"{self.prefix}on", "")
        if not text or not self.may_jump:
            return ""
        try:
            day = dt.date.fromisoformat(text)
            first = dt.datetime.combine(day, dt.time(), clock.ZONE) + dt.timedelta(days=self.order.descending)
        except (ValueError, OverflowError):
            self.cursor_error = _("日期“%(value)s”看不懂，请写成 2021-09-16 的样子。") % {"value": text[:20]}
            return ""
        return keyset.edge(self.order, first)

    @cached_property
    def slice(self) -> keyset.Slice:
        query = self.request.GET
        size = self.most or self.per_page
        after, before = query.get(f"{self.prefix}after", ""), query.get(f"{self.prefix}before", "")
        after = after or ("" if before else self._jumped())
        try:
            return keyset.page(self.narrowed, self.order, size, after=after, before=before)
        except keyset.BadCursor:
            self.cursor_error = _("地址里的翻页位置已经失效，现在从第一页开始。")
            return keyset.page(self.narrowed, self.order, size)

    @cached_property
    def rows(self) -> list[Row]:
        found: Sequence[Any] = self.slice.rows
        if self.listing.prepare is not None:
            found = self.listing.prepare(list(found))
        columns = [heading.column for heading in self.headings]
        return [
            Row(one, str(getattr(one, self.listing.tie)), [cell_of(column, one) for column in columns])
            for one in found
        ]

    @cached_property
    def counted(self) -> int:
        """The number of rows, never counting further than one beyond `EXACT_TO`."""
        found = self.slice
        if found.before is None and found.after is None:
            return len(found.rows)  # all of them stand on this page: nothing to ask
        return self._capped

    @property
    def total(self) -> str:
        if self.countless and (self.slice.before or self.slice.after):
            return f"{len(self.slice.rows)}+"
        return f"{EXACT_TO:,}+" if self.counted > EXACT_TO else f"{self.counted:,}"

    @cached_property
    def shown_keys(self) -> set[str]:
        known = {column.key for column in self.listing.columns}
        chosen = [key for key in self.request.COOKIES.get(self.cookie, "").split(".") if key in known]
        return set(chosen) or {column.key for column in self.listing.columns if column.shown}

    @property
    def cookie(self) -> str:
        """Where the chosen columns are remembered: one cookie for each person and list."""
        person = str(getattr(getattr(self.request, "user", None), "pk", "") or "")
        return f"guatu_columns_{self.name}_{person.replace('-', '')[-8:]}"

    @cached_property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.listing.columns if column.key in self.shown_keys]

    def _heading(self, column: Column) -> Heading:
        if column.sort is None:
            return Heading(column, "", "")
        sorted_by = self.order.key.lstrip("-") == column.key
        direction = ("desc" if self.order.descending else "asc") if sorted_by else ""
        asked = f"-{column.key}" if direction == "asc" else column.key
        return Heading(column, direction, self.address({"sort": asked}))

    @property
    def offered_columns(self) -> list[tuple[Column, bool]]:
        return [(column, column.key in self.shown_keys) for column in self.listing.columns]

    @cached_property
    def tabs(self) -> list[Tab]:
        """The choices of the one filter with counts, each with the rows that would be behind it."""
        bound = next(
            (one for one in self.filters if isinstance(one.filter, ChoiceFilter) and one.filter.counts), None
        )
        if bound is None or not isinstance(bound.filter, ChoiceFilter):
            return []
        choice = bound.filter
        rows = self.source
        for other in self.filters:
            if other is not bound:
                rows = other.narrow(rows)
        counted = Count(self.listing.tie, distinct=rows.query.distinct)
        counts: dict[str, int] = {}
        for value, count in rows.order_by().values_list(choice.path).annotate(kit_count=counted):
            counts[str(value)] = counts.get(str(value), 0) + count
        chosen = bound.value or []
        tabs = [Tab(_("全部"), sum(counts.values()), self.address({choice.key: None}), not chosen)]
        for value, label in choice.options(self.request):
            count = sum(counts.get(raw, 0) for raw in choice.stored(value))
            tabs.append(Tab(label, count, self.address({choice.key: value}), value in chosen))
        return tabs

    def address(self, changes: Mapping[str, str | None]) -> str:
        """This page's address with changes (names without the prefix; None removes); back to the first page."""
        query = self.request.GET.copy()
        for name in ("after", "before", "on"):
            query.pop(self.prefix + name, None)
        for name in ("export", "print"):
            query.pop(name, None)
        for name, value in changes.items():
            if value is None:
                query.pop(self.prefix + name, None)
            else:
                query[self.prefix + name] = value
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    def without(self, bound: BoundFilter) -> str:
        query = self.request.GET.copy()
        for name in [*bound.names, f"{self.prefix}after", f"{self.prefix}before"]:
            query.pop(name, None)
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @property
    def bare(self) -> bool:
        """Nothing is here and nothing was asked for: the page teaches instead of offering filters."""
        return not self.request.GET and not self.rows

    @property
    def in_force(self) -> list[tuple[BoundFilter, str]]:
        """The filters used, each with the address that drops it."""
        return [(one, self.without(one)) for one in self.plain_filters if one.used]

    @property
    def clear_url(self) -> str:
        first = self.views.first if self.views is not None else None
        return f"{self.request.path}?plain=1" if first is not None else self.request.path

    @cached_property
    def views(self) -> Views | None:
        """The reader's saved views of this list; None where nobody keeps them."""
        return views_for(self.request, self.name) if not self.prefix else None

    @property
    def own_query(self) -> str:
        """What a saved view of this page keeps."""
        return urlencode(
            [(name, value) for name, value in self.carried if value and name not in ("plain", "columns")]
        )

    @property
    def next_url(self) -> str:
        return self.address({"after": self.slice.after}) if self.slice.after else ""

    @property
    def previous_url(self) -> str:
        return self.address({"before": self.slice.before}) if self.slice.before else ""

    @property
    def may_export(self) -> bool:
        right = self.listing.export_right
        scope = getattr(getattr(self.request, "user", None), "scope", None)
        return not right or (scope is not None and scope.may(right))

    @property
    def carried(self) -> list[tuple[str, str]]:
        """All of the address but the position in the list, for a form that jumps elsewhere in it."""
        gone = {self.prefix + name for name in ("after", "before", "on")} | {"export", "print"}
        return [
            (name, each) for name, values in self.request.GET.lists() if name not in gone for each in values
        ]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the filter form must carry along: everything in the address that is not one of its own controls."""
        own = {name for one in self.plain_filters for name in one.names}
        own |= {self.prefix + name for name in ("after", "before", "on")} | {"export", "print"}
        return [
            (name, value) for name, values in self.request.GET.lists() if name not in own for value in values
        ]


def build(request: HttpRequest, listing: Listing, rows: QuerySet[Any]) -> Page:
    """The list for one request; nothing is asked of the database until a template reads it."""
    return Page(listing, request, rows)


def respond(
    request: HttpRequest,
    listing: Listing,
    rows: QuerySet[Any],
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    exported: Exported | None = None,
    page: Page | None = None,
) -> HttpResponseBase:
    """Answer a list page, its export (`?export=csv|xlsx`), its print (`?print=1`) or a choice of columns (`?columns=`).

    `exported` is called before an export is sent, with the request and the format, so that the noun can record it.
    `page`: the list when the view has already built it.
    """
    page = page or build(request, listing, rows)
    if not request.GET and page.views is not None and page.views.first is not None and page.views.first.query:
        return HttpResponseRedirect(f"{request.path}?{page.views.first.query}")
    if "columns" in request.GET:
        return leaving.remember_columns(page)
    if asked := request.GET.get("export", ""):
        return leaving.export_of(page, asked, exported)
    printing = request.GET.get("print") == "1"
    if printing:
        leaving.refuse_bad_filters(page)
        page.most = PRINT_MOST
        if page.slice.after is not None:
            raise Problem(problems.PRINT_TOO_LONG, limit=f"{PRINT_MOST:,}")
    return render(request, template, {"listing": page, "printing": printing, **(context or {})})
