"""The task list as an Excel workbook that an office can work in and send back: see importers.py for the way in.

A room of its own: it writes a file, not rows.
"""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from guatu.campaigns.models import Body, Campaign
from guatu.kernel import clock
from guatu.kernel.access import within
from guatu.kit.cells import is_dangerous
from guatu.places.models import Area
from guatu.tasks import rules
from guatu.tasks.cells import MilestoneCell, milestones_to_cell
from guatu.tasks.importers import FIELDS, title_of_sheet
from guatu.tasks.models import Milestone, Task, TaskUnit
from guatu.tasks.words import STATUS_WORDS
from guatu.units.models import Unit

WIDTHS = {
    "number": 8, "category": 18, "title": 48, "lead_unit": 18, "supporting": 26, "body": 24, "owner": 12, "area": 14,
    "starts_on": 13, "due_on": 13, "status": 11, "percent": 11, "milestones": 44, "note": 36, "id": 38, "version": 8,
}  # fmt: skip
HIDDEN = ("id", "version")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE = Side(style="thin", color="BFBFBF")


def task_workbook(campaign: Campaign, rows: QuerySet[Task]) -> bytes:
    """The tasks (already visible to the reader) as .xlsx: frozen heading, filters, choices, real dates, hidden id and version."""
    tasks = (
        rows.order_by("order")
        .select_related("lead_unit", "body", "owner")
        .prefetch_related(
            Prefetch("supporting", TaskUnit.objects.select_related("unit").order_by("unit__path")),
            Prefetch("milestones", Milestone.objects.order_by("due_on", "name")),
        )
    )
    names = dict(Area.objects.filter(within("code", campaign.area)).values_list("code", "name"))
    book = Workbook()
    sheet = book.active
    sheet.title = title_of_sheet()
    _head(sheet)
    count = 1
    for count, task in enumerate(tasks, start=2):
        _row(sheet, count, task, names)
    _finish(book, sheet, campaign, count)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _head(sheet: Any) -> None:
    fill = PatternFill("solid", fgColor="E8EEF4")
    for index, each in enumerate(FIELDS, start=1):
        cell = sheet.cell(1, index, each.label)
        cell.font = Font(bold=True)
        cell.fill = fill
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = Border(bottom=_LINE)
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = WIDTHS[each.key]
        sheet.column_dimensions[letter].hidden = each.key in HIDDEN
    sheet.row_dimensions[1].height = 24


def _row(sheet: Any, line: int, task: Task, areas: dict[str, str]) -> None:
    values = cells_of(task, areas)
    for index, each in enumerate(FIELDS, start=1):
        value = values[each.key]
        cell = sheet.cell(line, index)
        cell.value = _UNWRITABLE.sub("", value)[:32767] if isinstance(value, str) else value
        if isinstance(value, str) and is_dangerous(value):
            cell.data_type, cell.quotePrefix = "s", True  # text stays text
        cell.alignment = Alignment(
            vertical="top", wrap_text=each.key in ("title", "supporting", "milestones", "note")
        )
        if each.key in ("starts_on", "due_on"):
            cell.number_format = "yyyy-mm-dd"


def cells_of(task: Task, areas: dict[str, str]) -> dict[str, Any]:
    """The cells of one task by field; `areas`: code → name."""
    return {
        "number": int(task.number)
        if task.number.isdigit() and not task.number.startswith("0")
        else task.number,
        "category": task.category,
        "title": task.title,
        "lead_unit": str(task.lead_unit),
        "supporting": "、".join(str(each.unit) for each in task.supporting.all()),
        "body": task.body.name if task.body else "",
        "owner": task.owner.name if task.owner else task.owner_name,
        "area": areas.get(task.area, task.area),
        "starts_on": task.starts_on,
        "due_on": task.due_on,
        "status": str(STATUS_WORDS[task.status]),
        "percent": task.percent,
        "milestones": milestones_to_cell(
            MilestoneCell(each.due_on, each.name, each.done_on) for each in task.milestones.all()
        ),
        "note": task.note,
        "id": str(task.id),
        "version": task.version,
    }


def _finish(book: Workbook, sheet: Any, campaign: Campaign, last: int) -> None:
    """What makes it pleasant: frozen panes, filters, choices to pick from, print on A3 across."""
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(FIELDS))}{max(last, 2)}"
    _choices(book, sheet, campaign, last)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P / &N"
    note = book.create_sheet(_("填写说明"))
    note.column_dimensions["A"].width = 110
    lines = [
        campaign.name,
        _("导出时间：%(moment)s") % {"moment": clock.now().strftime("%Y-%m-%d %H:%M")},
        _("改好后在“导入”页面上传本表：只有您改过的单元格会被改动；隐藏的“系统标识”和“版本”两列请勿删除。"),
        _("新任务写在最后，“系统标识”留空；序号留空时自动编号。"),
        _("导出之后又被他人改过的任务会列为冲突，不会被覆盖。"),
        _("“已完成”须由他人在系统中验收；表中可写“未开始”“进行中”“待验收”。"),
        _("里程碑写成“完成方案 2021-05-01；进场施工 2021-06-01（已于2021-06-02完成）”。"),
    ]
    for number, line in enumerate(lines, start=1):
        cell = note.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True)
        cell.font = Font(bold=number == 1)


def _choices(book: Workbook, sheet: Any, campaign: Campaign, last: int) -> None:
    """Lists to pick from, kept on a hidden sheet because a list in the cell itself may hold 255 characters only."""
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    bodies = Body.objects.filter(campaign=campaign).order_by("order", "code").values_list("name", flat=True)
    areas = Area.objects.filter(within("code", campaign.area), level__in=("district", "street")).order_by(
        "code"
    )
    offered: dict[str, Iterable[str]] = {
        "status": [str(STATUS_WORDS[status]) for status in (rules.PLANNED, rules.STARTED, rules.REPORTED)],
        "lead_unit": [str(unit) for unit in Unit.objects.filter(active=True).order_by("path")],
        "body": list(bodies),
        "area": list(areas.values_list("name", flat=True)),
    }
    keys = [each.key for each in FIELDS]
    for column, (key, words) in enumerate(offered.items(), start=1):
        chosen: Sequence[str] = list(dict.fromkeys(words))
        for number, word in enumerate(chosen, start=1):
            lists.cell(number, column, word)
        if not chosen:
            continue
        letter = get_column_letter(column)
        validation = DataValidation(
            type="list", formula1=f"lists!${letter}$1:${letter}${len(chosen)}", allow_blank=True
        )
        # a hint, not a wall: settled tasks carry other states, and new units are named on the import page
        validation.errorStyle = "warning"
        validation.showErrorMessage = True
        target = get_column_letter(keys.index(key) + 1)
        validation.add(f"{target}2:{target}{max(last, 2) + 200}")
        sheet.add_data_validation(validation)
