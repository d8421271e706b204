"""Tasks that the tests of this folder begin with."""

import datetime as dt
import io
from typing import Any

from django.test import Client
from openpyxl import Workbook

from guatu.kernel import clock
from guatu.tasks import acts
from guatu.tasks.models import Task
from tests.cast import NANXIANG, Cast


def warm(client: Client, address: str) -> None:
    """Open a page once before its queries are counted: what is kept for seconds is then fresh, on a slow machine too."""
    client.get(address)
    clock.refresh(force=True)


HEADINGS = [
    "序号",
    "类别",
    "任务",
    "牵头单位",
    "配合单位",
    "属地",
    "开始时间",
    "完成时限",
    "状态",
    "进度",
    "里程碑",
]


def task_of(cast: Cast, **changes: Any) -> Task:
    """解放街河道保洁, led by 绿容局 in 南翔镇 with 城管执法局, March to the end of September."""
    values: dict[str, Any] = {
        "number": "1",
        "title": "解放街河道保洁",
        "category": "水域保洁",
        "lead_unit": cast.units["lrj"],
        "supporting": [cast.units["cgzf"]],
        "area": NANXIANG,
        "starts_on": dt.date(2021, 3, 1),
        "due_on": dt.date(2021, 9, 30),
    }
    return acts.add_task(by=cast.jinbo, campaign=cast.campaign, **{**values, **changes})


def book(*rows: list[Any], headings: list[str] = HEADINGS, title: str = "") -> bytes:
    """A workbook with these rows; `title` stands in a line of its own above the headings, as offices do."""
    workbook = Workbook()
    sheet = workbook.active
    if title:
        sheet.append([title])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
