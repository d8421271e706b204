"""What a list is declared with, and the small frozen things one page of it is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Expression, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from guatu.kit import keyset
from guatu.kit.cells import as_exported, dotted
from guatu.kit.filters import Filter
from guatu.kit.writing import Pen

Text = str | Promise
RIGHT_ALIGNED = ("number", "percent")


@dataclass(frozen=True)
class Column:
    """One column.

    `value`: dotted path (callables are called) or function of the row; the key by default. `sort`: ORM path or
    expression, none when it cannot be sorted by. `kind` chooses how a value is shown, see docs/pages.md. `link`: function
    of the row giving the address the cell leads to. `write`: function of the pen (`kit.writing.Pen`) and the row giving the cell's HTML, for cells
    that no kind writes; `cell`: the same as a template, which costs ten times as much. `shown=False`: offered, not shown at first.
    """

    key: str
    title: Text
    value: str | Callable[[Any], Any] | None = None
    kind: str = "text"
    sort: str | Expression | Combinable | None = None
    nullable: bool = False
    link: Callable[[Any], str] | None = None
    write: Callable[[Pen, Any], SafeString] | None = None
    cell: str = ""
    export: Callable[[Any], Any] | None = None
    align: str = ""
    wide: bool = False
    shown: bool = True
    heavy: bool = (
        False  # no index serves this order: only lists of up to `lists.EXACT_TO` rows are sorted by it
    )

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        return dotted(row, self.value or self.key)

    def exported(self, row: Any) -> Any:
        return as_exported(self.export(row) if self.export else self.of(row))

    @property
    def css(self) -> str:
        kinds = ["num"] if self.align == "right" or (not self.align and self.kind in RIGHT_ALIGNED) else []
        return " ".join([*kinds, f"is-{self.kind}", *(["wide"] if self.wide else [])])


@dataclass(frozen=True)
class Listing:
    """A list, declared. `sort`: a column's key or a field name, "-" for descending. `prepare` turns the rows of one page
    (or of one export batch) into the objects the columns read, for what is cheaper to load at once."""

    name: str
    title: Text
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sort: str = "-id"
    per_page: int = 50
    tie: str = "id"
    export_right: str = ""
    prefix: str = ""
    prepare: Callable[[list[Any]], Sequence[Any]] | None = None
    jump: str = ""  # the column (a moment) of the order in which one may jump to a day

    def order(self, asked: str, rows: QuerySet[Any]) -> keyset.Order:
        """The order asked for, when a column offers it, else the list's own."""
        sortable = {column.key: column for column in self.columns if column.sort is not None}
        key = asked if asked.lstrip("-") in sortable and asked.count("-") <= 1 else self.sort
        column = sortable.get(key.lstrip("-"))
        expression = column.sort if column is not None and column.sort is not None else key.lstrip("-")
        nullable = column.nullable if column is not None else False
        if isinstance(expression, str):
            nullable = nullable or keyset.may_be_null(rows.model, expression)
        return keyset.Order(key, expression, key.startswith("-"), nullable, self.tie)


class Cell(NamedTuple):  # there are hundreds on a page: a tuple is made in a third of the time
    column: Column
    value: Any
    href: str
    row: Any


@dataclass(frozen=True)
class Row:
    """One row of a page: the object, its id for the check box, and its cells."""

    object: Any
    id: str
    cells: list[Cell]

    @property
    def href(self) -> str:
        return next((cell.href for cell in self.cells if cell.href), "")


@dataclass(frozen=True)
class Heading:
    """A column as it stands on one page; `direction` is "asc", "desc" or "" when another one is sorted by."""

    column: Column
    direction: str
    href: str


@dataclass(frozen=True)
class Tab:
    title: Text
    count: int | str
    href: str
    current: bool
    key: str = ""  # g and this letter lead here


def cell_of(column: Column, row: Any) -> Cell:
    return Cell(column, column.of(row), column.link(row) if column.link else "", row)
