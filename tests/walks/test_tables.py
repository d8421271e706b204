"""Excel out and in again, and a form nobody has seen before: what an office brings along, walked in a real browser."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.walks.conftest import Seat
from tests.walks.steps import Filler, said

pytestmark = pytest.mark.walk
Take = Callable[..., Seat]


# ------------------------------------------------------------------------------------------ 4. the task list in Excel


def _column(sheet: Any, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def _exported(page: Page, folder: Path) -> Path:
    with page.expect_download() as kept:
        page.get_by_role("link", name="Excel", exact=True).click()
    path = folder / "任务清单.xlsx"
    kept.value.save_as(path)
    return path


def _edited(path: Path) -> tuple[str, dt.date, int]:
    """One deadline a week later, one row with a unit nobody knows; gives the task's number, its old day, the bad line."""
    book = load_workbook(path)
    sheet = book.active
    status, due, lead = (_column(sheet, name) for name in ("状态", "完成时限", "牵头单位"))
    lines = [line for line in range(2, sheet.max_row + 1) if sheet.cell(line, status).value == "进行中"]
    good, bad = lines[0], lines[1]
    was = sheet.cell(good, due).value
    sheet.cell(good, due).value = was + dt.timedelta(days=7)
    sheet.cell(bad, lead).value = "区绿化容局"
    book.save(path)
    return str(sheet.cell(good, _column(sheet, "序号")).value), was.date(), bad


def test_the_task_list_goes_out_to_excel_and_comes_back(seat: Take, tmp_path: Path):
    one = seat("jinbo")
    page = one.open("/plan/tasks/")
    path = _exported(page, tmp_path)
    number, was, bad = _edited(path)
    new = was + dt.timedelta(days=7)

    page = one.open("/imports/new/task/")
    page.get_by_label("表格文件").set_input_files(path)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("main")).to_contain_text("297 行")
    page.locator("form.form button.strong").click()

    facts = page.locator("dl.line").first
    expect(facts).to_contain_text(re.compile(r"更新\s*1\b"))
    expect(facts).to_contain_text(re.compile(r"有错\s*1\b"))
    expect(facts).to_contain_text(re.compile(r"新增\s*0\b"))
    change = page.locator("#changes tbody tr")
    expect(change).to_have_count(1)
    for words in (number, "完成时限", was.isoformat(), new.isoformat()):
        expect(change).to_contain_text(words)
    wrong = page.locator("#wrong tbody tr")
    expect(wrong).to_have_count(1)
    for words in (str(bad), "牵头单位", "区绿化容局"):
        expect(wrong).to_contain_text(words)

    page.get_by_role("button", name="导入这 1 行").click()
    said(page, "更新 1")
    with page.expect_download() as kept:
        page.get_by_role("link", name="下载有错的行").click()
    kept.value.save_as(tmp_path / "bad.xlsx")
    rows = list(load_workbook(tmp_path / "bad.xlsx").active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert "区绿化容局" in rows[1]
    run = page.url

    assert _due(one, number) == new
    page.goto(run)
    page.get_by_role("button", name="撤销这次导入").click()
    said(page, "已撤销")
    assert _due(one, number) == was


def _due(one: Seat, number: str) -> dt.date:
    """The deadline a task's form shows."""
    page = one.open(f"/plan/tasks/?q={number}")
    page.locator("table a", has_text=number).first.click()
    page.get_by_role("link", name="修改", exact=True).click()
    return dt.date.fromisoformat(page.get_by_label("完成时限").input_value())


# ---------------------------------------------------------------------------------- 5. a form nobody has seen before


def _workbook(
    path: Path, survey: list[list[str]], choices: list[list[str]], settings: list[list[str]]
) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


_CHOICES = [
    ["list_name", "name", "label"],
    ["street", "310114102", "南翔镇"],
    ["street", "310114118", "江桥镇"],
    ["kind", "toilet", "公厕"],
    ["kind", "bin", "废物箱"],
]
_SETTINGS = [["form_id", "version", "form_title"], ["walk_toilets", "1", "公厕与废物箱巡检"]]


def _survey() -> list[list[str]]:
    return [
        ["type", "name", "label", "required", "constraint", "constraint_message"],
        ["date", "day", "巡检日期", "yes", "", ""],
        ["select_one street", "street", "街镇", "yes", "", ""],
        ["text", "where", "在哪里", "yes", "", ""],
        ["begin repeat", "item", "设施", "", "", ""],
        ["select_one kind", "kind", "设施种类", "yes", "", ""],
        ["integer", "faults", "问题数", "yes", ". <= 99", "问题数不会超过 99"],
        ["end repeat", "", "", "", "", ""],
    ]


def test_an_unseen_form_is_uploaded_filled_in_and_listed(seat: Take, tmp_path: Path):
    path = _workbook(tmp_path / "toilets.xlsx", _survey(), _CHOICES, _SETTINGS)
    office = seat("jinbo")
    page = office.open("/street/forms/new/")
    page.get_by_label("表单文件").set_input_files(path)
    page.get_by_role("button", name="检查并发布").click()
    said(page, "已发布")
    expect(page.locator("#questions tbody tr")).to_have_count(5)
    expect(page.locator("#questions")).to_contain_text("可重复")

    street = seat("nanxiang", phone=True)
    phone = street.open("/street/forms/")
    phone.get_by_role("link", name="公厕与废物箱巡检").first.click()
    phone.get_by_role("link", name="填报", exact=True).first.click()
    form = Filler(phone)
    form.day("巡检日期")
    form.choose("街镇", "南翔镇")
    form.type("在哪里", "古猗园公厕")
    form.choose("设施种类", "公厕")
    form.type("问题数", "3")
    form.send()

    phone.get_by_role("link", name="查看填报").first.click()
    expect(phone.locator("main")).to_contain_text("古猗园公厕")
    phone.get_by_role("link", name=re.compile("古猗园公厕|2021年9月16日")).first.click()
    expect(phone.locator("main")).to_contain_text("公厕")
    expect(phone.locator("main")).to_contain_text("3")


def test_a_broken_form_is_refused_at_sheet_row_and_column(seat: Take, tmp_path: Path):
    survey = _survey()
    survey[2][0] = "select_one strret"
    path = _workbook(tmp_path / "broken.xlsx", survey, _CHOICES, _SETTINGS)
    page = seat("jinbo").open("/street/forms/new/")
    page.get_by_label("表单文件").set_input_files(path)
    page.get_by_role("button", name="检查并发布").click()
    fault = page.locator("section[aria-labelledby=faults] tbody tr").first
    expect(fault).to_contain_text("survey")
    expect(fault.locator("td").nth(1)).to_have_text("3")
    expect(fault.locator("td").nth(2)).to_have_text("type")
    expect(fault).to_contain_text("strret")
