"""A new pack: the smallest that is sound and does something, to be filled by hand."""

import csv
import io
import re
from pathlib import Path

import openpyxl

from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.packs import problems as problems

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,58}")
_PACK = """\
# 场景包 · A pack. Every key is explained in docs/packs.md; check with: guatu pack check {path}

[pack]
name = "{name}"
title = {{ zh = "{title}", en = "{name}" }}

[campaign]
code = "{name}"
name = "{title}"
area = "{area}"
opens_on = {opens_on}
closes_on = {closes_on}

[[phases]]
code = "prepare"
name = "部署"
starts_on = {today}
ends_on = {opens_on}
"""
_ORGANISATION = """\
# 领导小组、办公室、工作组 · Who is organised. kind: leading_group office work_group special_group.

[[bodies]]
code = "leading"
name = "领导小组"
kind = "leading_group"
lead = ["office"]

[[bodies]]
code = "office"
name = "办公室"
kind = "office"
parent = "leading"
lead = ["office"]

[[bodies]]
code = "environment"
name = "市容环境组"
kind = "work_group"
parent = "office"
lead = ["street"]
"""
_INDICATORS = """\
# 指标 · What is counted. kind: count sum rate average distinct countdown overdue coverage.

[[indicators]]
key = "days_to_opening"
title = { zh = "距开幕天数", en = "Days to the opening" }
unit = { zh = "天", en = "days" }
unit_code = "day"
kind = "countdown"
of = { kind = "campaign" }

[[indicators]]
key = "tasks_listed"
title = { zh = "任务", en = "Tasks" }
unit = { zh = "项", en = "tasks" }
unit_code = "task"
kind = "count"
of = { kind = "task", status = ["planned", "started", "returned", "reported_done", "accepted"] }

[[indicators]]
key = "task_completion_rate"
title = { zh = "完工率", en = "Completion rate" }
unit = { zh = "%", en = "%" }
unit_code = "percent"
kind = "rate"
of = { kind = "task", status = "accepted" }
per = { kind = "task", status = ["planned", "started", "returned", "reported_done", "accepted"] }

[[indicators]]
key = "patrols"
title = { zh = "巡查", en = "Patrols" }
unit = { zh = "次", en = "patrols" }
unit_code = "patrol"
kind = "count"
of = { kind = "submission", category = "patrol" }
"""
_CASES = """\
# 案件类别与时限 · Classes of cases with their limits. limit_unit: work_hour work_day urgent_hour natural_day.

[[classes]]
code = "rubbish"
name = "暴露垃圾"
limit = 4
limit_unit = "work_hour"
"""
_README = """\
# {title}

这个场景包由 `guatu pack new` 生成，可以直接应用。This pack was made by `guatu pack new` and can be applied as it is.

| 文件 · file | 内容 · what it says |
|---|---|
| pack.toml | 名称、保障活动、阶段 · name, campaign, phases |
| units.csv, posts.csv | 单位、人员与岗位 · units, people and posts |
| organisation.toml | 领导小组和工作组 · bodies |
| tasks.xlsx | 任务清单 · task list |
| cases.toml | 案件类别与时限 · classes of cases |
| forms/, forms.toml | 表单（XLSForm）及其统计口径 · forms and what they count for |
| indicators.toml | 指标 · indicators |
"""


def new_pack(parent: Path, name: str, *, title: str = "", area: str = "310114") -> Path:
    """Write a pack into `parent/name`; answers the folder. Raises `pack.bad_name`, `pack.exists`."""
    if not _NAME.fullmatch(name):
        raise Problem("pack.bad_name", name=name)
    folder = parent / name
    if folder.exists() and any(folder.iterdir()):
        raise Problem("pack.exists", folder=str(folder))
    (folder / "forms").mkdir(parents=True)
    today = clock.today()
    opens_on, closes_on = today.replace(day=28, month=12), today.replace(day=31, month=12)
    said = {"name": name, "title": title or name, "area": area, "today": min(today, opens_on), "opens_on": opens_on,
            "closes_on": closes_on, "path": folder.name}  # fmt: skip
    texts = {
        "pack.toml": _PACK.format(**said),
        "organisation.toml": _ORGANISATION,
        "indicators.toml": _INDICATORS,
        "cases.toml": _CASES,
        "README.md": _README.format(title=said["title"]),
        "forms.toml": '[patrol]\ndate_field = "day"\ntitle_field = "place"\nmeasures = []\n',
        "units.csv": _csv([("code", "name", "short_name", "kind", "parent", "area"),
                           ("office", "保障办公室", "办公室", "office", "", area), ("street", "示例街道", "示例街道", "street", "", area)]),
        "posts.csv": _csv([("username", "name", "unit", "role", "title", "areas"),
                           (f"{name}-office", "办公室", "office", "office", "办公室", area)]),
    }  # fmt: skip
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    _tasks(folder / "tasks.xlsx", opens_on.isoformat())
    _form(folder / "forms" / "patrol.xlsx")
    return folder


def _csv(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _tasks(path: Path, due_on: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "任务清单"
    sheet.append(("编号", "任务", "类别", "工作组", "牵头单位", "完成时限"))
    sheet.append(("RW-001", "主要道路人行道修补", "道路整治", "市容环境组", "示例街道", due_on))
    sheet.append(("RW-002", "河道保洁", "水域保洁", "市容环境组", "示例街道", due_on))
    book.save(path)


def _form(path: Path) -> None:
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (("type", "name", "label", "required"), ("date", "day", "日期", "yes"), ("text", "place", "点位", "yes"),
                ("image", "photo", "照片", "")):  # fmt: skip
        survey.append(row)
    settings = book.create_sheet("settings")
    settings.append(("form_id", "form_title", "version"))
    settings.append(("patrol", "巡查", "1"))
    book.save(path)
