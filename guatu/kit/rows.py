"""The rows of a list's table as HTML. The frame of the table (heading, caption) stays a template: `kit/parts/table.html`."""

from collections.abc import Callable, Iterable
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guatu.kit.columns import Cell, Column, Row
from guatu.kit.writing import Pen, shown


def table_rows(rows: Iterable[Row], bulk: bool, context: Context) -> SafeString:
    """`<tr>` for each row, with its check box where many can be chosen. `context`: what a column's own template may read."""
    pen = Pen()
    written: list[str] = []
    columns: list[tuple[str, Callable[[Cell], str]]] = []
    choose = shown(_("选中"))
    for row in rows:
        columns = columns or [_column(pen, cell.column, context) for cell in row.cells]
        href = row.href
        written.append(f'<tr role="row" data-href="{shown(href)}">' if href else '<tr role="row">')
        if bulk:
            name = shown(row.cells[0].value) if row.cells else ""
            written.append(
                f'<td class="choose no-print" role="cell"><input type="checkbox" name="row" value="{shown(row.id)}"'
                f' form="bulk" aria-label="{choose} {name}"></td>'
            )
        for cell, (opening, write) in zip(row.cells, columns, strict=True):
            written.append(opening)
            written.append(write(cell))
            written.append("</td>")
        written.append("</tr>")
    return SafeString("".join(written))


def _column(pen: Pen, column: Column, context: Context) -> tuple[str, Callable[[Cell], str]]:
    """What begins each cell of a column, and what writes the inside of one."""
    opening = f'<td role="cell" class="{column.css}" data-label="{shown(str(column.title))}">'
    if column.write is not None:
        own = column.write
        return opening, lambda cell: shown(own(pen, cell.row))
    if column.cell:
        return opening, _by_template(column.cell, context)
    of_kind = pen.cell(column.kind)
    return opening, lambda cell: of_kind(cell.value, cell.href)


def _by_template(name: str, context: Context) -> Callable[[Cell], str]:
    """A cell with a template of its own, compiled once for all rows; it sees the page's context, `row`, `value` and `column`."""
    template: Any = get_template(name)

    def write(cell: Cell) -> str:
        with context.push(
            row=cell.row, value=cell.value, column=cell.column, cell=cell, kind=cell.column.kind
        ):
            return str(template.template.render(context))

    return write
