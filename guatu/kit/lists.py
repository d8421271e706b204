"""The list every list page is: columns, filters, counts, keyset paging, export and print over a queryset already visible.

Declare a `Listing` once, answer with `respond`. A page costs at most three queries: the count, the rows, and the counts
of the tabs when a filter asks for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import export, keyset, problems
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
COOKIE_AGE = 365 * 24 * 3600


@dataclass
class Page:
    """A list on one page: what the templates read."""

    listing: Listing
    request: HttpRequest
    source: QuerySet[Any]
    most: int | None = None  # rows wanted at once; None: one page of the list
    cursor_error: str = ""

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
        return [*found, self.cursor_error] if self.cursor_error else found

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
        return self.listing.order(self.request.GET.get(f"{self.prefix}sort", ""), self.source)

    @cached_property
    def slice(self) -> keyset.Slice:
        query = self.request.GET
        size = self.most or self.listing.per_page
        after, before = query.get(f"{self.prefix}after", ""), query.get(f"{self.prefix}before", "")
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
        return self.narrowed.order_by().values(self.listing.tie)[: EXACT_TO + 1].count()

    @property
    def total(self) -> str:
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
        for name in ("after", "before"):
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
        return self.request.path

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
    def hidden(self) -> list[tuple[str, str]]:
        """What the filter form must carry along: everything in the address that is not one of its own controls."""
        own = {name for one in self.plain_filters for name in one.names}
        own |= {self.prefix + "after", self.prefix + "before", "export", "print"}
        return [
            (name, value) for name, values in self.request.GET.lists() if name not in own for value in values
        ]


def build(request: HttpRequest, listing: Listing, rows: QuerySet[Any]) -> Page:
    """The list for one request; nothing is asked of the database until a template reads it."""
    return Page(listing, request, rows)


Exported = Callable[[HttpRequest, str], None]


def respond(
    request: HttpRequest,
    listing: Listing,
    rows: QuerySet[Any],
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    exported: Exported | None = None,
) -> HttpResponseBase:
    """Answer a list page, its export (`?export=csv|xlsx`), its print (`?print=1`) or a choice of columns (`?columns=`).

    `exported` is called before an export is sent, with the request and the format, so that the noun can record it.
    """
    page = build(request, listing, rows)
    if "columns" in request.GET:
        return _remember_columns(page)
    if asked := request.GET.get("export", ""):
        return _export(page, asked, exported)
    printing = request.GET.get("print") == "1"
    if printing:
        _refuse_bad_filters(page)
        page.most = PRINT_MOST
        if page.slice.after is not None:
            raise Problem(problems.PRINT_TOO_LONG, limit=f"{PRINT_MOST:,}")
    return render(request, template, {"listing": page, "printing": printing, **(context or {})})


def _remember_columns(page: Page) -> HttpResponseRedirect:
    known = [column.key for column in page.listing.columns]
    chosen = [key for key in known if key in page.request.GET.getlist("column")]
    query = page.request.GET.copy()
    query.pop("columns", None)
    query.pop("column", None)
    text = query.urlencode()
    answer = HttpResponseRedirect(f"{page.request.path}?{text}" if text else page.request.path)
    if chosen and page.request.GET["columns"] != "reset":
        answer.set_cookie(
            page.cookie,
            ".".join(chosen),
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=page.request.is_secure(),
        )
    else:
        answer.delete_cookie(page.cookie)
    return answer


def _refuse_bad_filters(page: Page) -> None:
    wrong = [one.error for one in page.filters if one.error]
    if wrong:
        raise Problem(problems.BAD_FILTER, why="".join(wrong))


def _export(page: Page, asked: str, exported: Exported | None) -> HttpResponseBase:
    if asked not in export.FORMATS:
        raise Problem(
            "kit.bad_filter", why=_("只能导出为 csv 或 xlsx，没有“%(format)s”。") % {"format": asked[:20]}
        )
    if page.listing.export_right:
        require(page.request.user.scope, page.listing.export_right)  # type: ignore[union-attr]
    _refuse_bad_filters(page)
    if exported is not None:
        exported(page.request, asked)
    columns = [heading.column for heading in page.headings]
    found = keyset.ordered(page.narrowed, page.order)
    lines = export.lines(found, columns, page.listing.prepare)
    name = f"{page.title}-{clock.today():%Y%m%d}"
    headings = [str(column.title) for column in columns]
    if asked == "csv":
        return export.csv_answer(page.request, name, headings, lines)
    most = export.XLSX_MOST
    if found[most : most + 1].exists():
        raise Problem(problems.EXPORT_TOO_LONG, limit=f"{most:,}")
    return export.xlsx_answer(page.request, name, headings, lines)
