"""Writes the task list and the sample's records. Run by hand; what it writes is kept beside it.

    .venv/bin/python packs/jiading-2021/make_sample.py

The published report of 16 September 2021 gives 24 figures and no records. The records written here are invented so that
they are credible in time and place and add up to those figures; README.md says what is known and what is invented.
"""

import csv
import datetime as dt
import math
import random
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import make_desk
import openpyxl
from openpyxl.styles import Alignment, Font

HERE = Path(__file__).parent
SAMPLE = HERE / "sample"
AS_OF = dt.datetime(2021, 9, 16, 9, 0)  # noqa: DTZ001  local time of the office, as all moments in the files
rng = random.Random(20210916)


@dataclass(frozen=True)
class Street:
    """A street: code of the area, code of its unit, its name, a point in its middle (about), its roads and waters."""

    area: str
    unit: str
    name: str
    lon: float
    lat: float
    weight: int
    roads: tuple[str, ...]
    waters: tuple[str, ...]


STREETS = (
    Street("310114118", "jiangqiao", "江桥镇", 121.328, 31.243, 48,
           ("华江公路", "金沙江西路", "爱特路", "鹤旋路", "金运路", "曹安公路", "嘉怡路", "临洮路", "虞姬墩路"), ("吴淞江", "封浜河")),
    Street("310114102", "nanxiang", "南翔镇", 121.316, 31.297, 42,
           ("解放街", "沪宜公路", "银翔路", "民主街", "古猗园路", "众仁路", "芳林路", "德园路"), ("横沥河", "走马塘")),
    Street("310114103", "anting", "安亭镇", 121.160, 31.291, 36,
           ("墨玉路", "曹安公路", "博园路", "昌吉路", "民丰路", "和静路", "嘉松北路"), ("吴塘河", "顾浦河")),
    Street("310114002", "zhenxin", "真新街道", 121.352, 31.248, 26,
           ("金鼎路", "丰庄路", "清峪路", "祁连山南路", "曹安公路", "金沙江西路"), ("虬江", "西浜")),
    Street("310114106", "malu", "马陆镇", 121.276, 31.330, 26,
           ("沪宜公路", "宝安公路", "丰登路", "浏翔公路", "育英街", "双单路"), ("横沥河", "向阳河")),
    Street("310114501", "gongyequ", "嘉定工业区", 121.225, 31.415, 22,
           ("汇旺路", "回城南路", "胜辛路", "叶城路", "世盛路"), ("娄塘河", "祁迁河")),
    Street("310114004", "jiadingzhen", "嘉定镇街道", 121.250, 31.383, 20,
           ("博乐路", "清河路", "城中路", "塔城路", "温宿路"), ("练祁河", "横沥河")),
    Street("310114401", "juyuan", "菊园新区", 121.238, 31.396, 18,
           ("胜竹路", "平城路", "柳湖路", "嘉唐公路", "棋盘路"), ("新泾河", "环城河")),
    Street("310114001", "xincheng", "新成路街道", 121.263, 31.382, 17,
           ("新成路", "仓场路", "迎园路", "塔城东路", "墅沟路"), ("练祁河", "盘陀子河")),
    Street("310114114", "waigang", "外冈镇", 121.166, 31.366, 15,
           ("沪宜公路", "外青松公路", "玉川路", "恒乐路"), ("盐铁塘", "顾浦河")),
    Street("310114109", "xuhang", "徐行镇", 121.276, 31.419, 14,
           ("新建一路", "徐曹路", "浏翔公路", "前曹路"), ("娄塘河", "蕰藻浜支流")),
    Street("310114111", "huating", "华亭镇", 121.262, 31.468, 13,
           ("嘉行公路", "霜竹公路", "华亭北街", "浏岛路"), ("浏河", "华亭港")),
)  # fmt: skip
BY_UNIT = {street.unit: street for street in STREETS}


@dataclass(frozen=True)
class Work:
    """A kind of task: category, lead unit ("" the street's own), title with {road} or {water}, sizes, days it takes."""

    category: str
    lead: str
    title: str
    size: tuple[int, int]
    unit: str
    days: tuple[int, int]
    weight: int
    body: str = "coordination"


WORKS = (
    Work("道路整治", "jgw", "{road}人行道破损修补", (120, 900), "平方米", (25, 70), 12),
    Work("道路整治", "jgw", "{road}车行道坑塘修补", (60, 600), "平方米", (20, 55), 11),
    Work("道路整治", "jtw", "{road}标志标线补划与护栏修复", (200, 1500), "米", (15, 45), 7),
    Work("水域保洁", "swj", "{water}浮萍打捞与水面保洁", (300, 2200), "米", (15, 60), 9),
    Work("水域保洁", "swj", "{water}护岸与栏杆修缮", (80, 600), "米", (30, 80), 5),
    Work("绿化提升", "lrj", "{road}绿化带补种", (150, 1200), "平方米", (20, 60), 11),
    Work("绿化提升", "lrj", "{road}口花境布置", (40, 260), "平方米", (15, 40), 6),
    Work("建筑立面", "", "{road}沿街建筑立面清洗粉刷", (500, 5200), "平方米", (30, 90), 8),
    Work("户外广告", "cgj", "{road}违规户外广告与店招拆改", (4, 38), "处", (20, 60), 8, "publicity"),
    Work("违建拆除", "cgj", "{road}沿线违法建筑拆除", (60, 900), "平方米", (25, 75), 6, "security"),
    Work("环卫设施", "lrj", "{road}废物箱更新与公厕提升", (3, 24), "处", (20, 50), 7),
    Work("架空线整治", "jgw", "{road}架空线梳理", (200, 1600), "米", (30, 90), 5),
    Work("景观灯光", "lrj", "{road}景观灯光检修", (20, 180), "套", (15, 45), 5, "publicity"),
    Work("工地管理", "jgw", "{road}在建工地围挡整修与降尘", (80, 700), "米", (15, 40), 5, "security"),
    Work("停放秩序", "", "{road}非机动车停放点划设", (30, 260), "辆", (10, 35), 8, "north-hongqiao"),
    Work("结合部治理", "", "{road}沿线结合部与三无通道清理", (1, 9), "处", (15, 50), 8),
    Work("村宅环境", "", "{road}沿线小区和村宅环境整治", (1, 6), "处", (20, 70), 6, "party"),
    Work("排水设施", "swj", "{road}雨水口疏通与井盖更换", (12, 90), "座", (15, 40), 5),
    Work("接待线路", "jgj", "{road}接待线路环境提升", (2, 9), "处", (20, 50), 3, "domestic-guests"),
    Work("招商点位", "jw", "{road}园区入口形象提升", (1, 6), "处", (20, 60), 3, "investment-foreign"),
    Work("参展服务", "sww", "{road}参展企业服务点设置", (1, 4), "处", (10, 30), 2, "delegation"),
    Work("食品安全", "scjgj", "{road}沿街餐饮食品安全提升", (6, 40), "家", (15, 45), 4, "market"),
    Work("志愿站点", "tqw", "{road}志愿服务站点提升", (1, 5), "处", (10, 35), 4, "volunteers"),
)  # fmt: skip
SUPPORT = {
    "jgw": "jtw",
    "jtw": "gafj",
    "swj": "sthjj",
    "lrj": "cgj",
    "cgj": "lrj",
    "": "lrj",
    "jgj": "lrj",
    "jw": "lrj",
    "sww": "jw",
    "scjgj": "wjw",
    "tqw": "xcb",
}


def between(first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=rng.randint(0, (last - first).days))


def at(day: dt.date, first: int = 8, last: int = 17) -> dt.datetime:
    """A moment in office hours of a day."""
    return dt.datetime.combine(day, dt.time(rng.randint(first, last), rng.choice(range(0, 60, 5))))


def workday(day: dt.date) -> dt.date:
    while day.isoweekday() > 5:
        day -= dt.timedelta(days=1)
    return day


def said(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def write(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (SAMPLE / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


# --------------------------------------------------------------------------------------------- tasks


def s_curve(count: int, first: dt.date, last: dt.date) -> list[dt.date]:
    """Days of acceptance along an S: slow in spring, steep before the summer, slow again before the opening."""
    span = (last - first).days
    points = [(index + 0.5) / count for index in range(count)]
    low, high = 1 / (1 + math.exp(5.0)), 1 / (1 + math.exp(-4.2))
    days = []
    for point in points:
        share = low + point * (high - low)
        where = (math.log(share / (1 - share)) + 5.0) / 9.2
        days.append(workday(first + dt.timedelta(days=round(where * span))))
    return days


def _body(work: Work, street: Street) -> str:
    """The work group a task belongs to; parking outside the North Hongqiao district is the coordinators'."""
    north = street.unit in ("jiangqiao", "nanxiang", "zhenxin")
    return "coordination" if work.body == "north-hongqiao" and not north else work.body


def person(unit: str) -> str:
    """Who acts for a unit: the account named like it, but for the bureau whose account the demo knows by another name."""
    return "lvrong" if unit == "lrj" else unit


def plan_tasks() -> list[dict[str, Any]]:
    """297 tasks: who, where, what; no two with the same title."""
    tasks: list[dict[str, Any]] = []
    seen: set[str] = set()
    for street in STREETS:
        made = 0
        while made < street.weight:
            work = rng.choices(WORKS, weights=[each.weight for each in WORKS])[0]
            where = rng.choice(street.roads if "{road}" in work.title else street.waters)
            title = f"{street.name}{work.title.format(road=where, water=where)}"
            if title in seen:
                title = f"{title}（第二标段）"
                if title in seen:
                    continue
            seen.add(title)
            made += 1
            amount = rng.randint(*work.size)
            lead = work.lead or street.unit
            support = [SUPPORT[work.lead]] if work.lead == "" else [street.unit, SUPPORT[work.lead]]
            tasks.append(
                {"title": title, "category": work.category, "body": _body(work, street), "lead": lead, "street": street, "days": rng.randint(*work.days),
                 "support": sorted(set(support) - {lead}), "note": f"约{amount}{work.unit}；完成后由区核查组到现场核查。"}
            )  # fmt: skip
    # The two places the report names are done, whatever chance says.
    tasks[0] |= {
        "title": "江桥镇华江公路、金沙江西路、爱特路人行道和车行道维修",
        "category": "道路整治",
        "lead": "jgw",
        "body": "coordination",
    }
    first_nanxiang = next(index for index, task in enumerate(tasks) if task["street"].unit == "nanxiang")
    tasks[first_nanxiang] |= {
        "title": "南翔老街解放街河道浮萍清理",
        "category": "水域保洁",
        "lead": "swj",
        "body": "coordination",
    }
    for index in (0, first_nanxiang):
        tasks[index]["support"] = [tasks[index]["street"].unit, "lrj"]
    return tasks


def schedule_tasks(tasks: list[dict[str, Any]]) -> None:
    """Days and fates: 252 accepted by the morning of 16 September, 45 on the way."""
    order = list(range(len(tasks)))
    rng.shuffle(order)
    named = {
        index
        for index, task in enumerate(tasks)
        if "解放街河道" in task["title"] or "爱特路人行道" in task["title"]
    }
    order = sorted(named) + [index for index in order if index not in named]
    done, rest = order[:252], order[252:]
    for index, day in zip(done, s_curve(252, dt.date(2021, 3, 22), dt.date(2021, 9, 15)), strict=True):
        task = tasks[index]
        task["fate"], task["accepted"] = "accepted", at(day, 9, 16)
        task["start"] = workday(
            max(dt.date(2021, 3, 1), day - dt.timedelta(days=task["days"] + rng.randint(3, 10)))
        )
        slack = rng.choices((rng.randint(3, 20), rng.randint(-6, -1)), weights=(92, 8))[0]
        task["due"] = max(task["start"] + dt.timedelta(days=7), day + dt.timedelta(days=slack))
    fates = ["reported"] * 9 + ["returned"] * 4 + ["late"] * 8 + ["started"] * 17 + ["planned"] * 7
    for index, fate in zip(rest, fates, strict=True):
        tasks[index]["fate"] = fate
        _schedule_open(tasks[index], fate)


def _schedule_open(task: dict[str, Any], fate: str) -> None:
    if fate == "planned":
        task["start"] = between(dt.date(2021, 9, 17), dt.date(2021, 9, 28))
        task["due"] = between(dt.date(2021, 10, 8), dt.date(2021, 10, 25))
    elif fate == "late":
        task["start"] = between(dt.date(2021, 7, 1), dt.date(2021, 8, 5))
        task["due"] = between(dt.date(2021, 9, 3), dt.date(2021, 9, 14))
    else:
        task["start"] = between(dt.date(2021, 7, 20), dt.date(2021, 8, 30))
        task["due"] = between(dt.date(2021, 9, 17), dt.date(2021, 10, 20))
    task["start"] = workday(task["start"])


def names_of() -> dict[str, dict[str, str]]:
    """Names behind the codes of units and bodies, as the list shows them."""
    with (HERE / "units.csv").open(encoding="utf-8") as source:
        units = {row["code"]: row["short_name"] for row in csv.DictReader(source)}
    bodies = tomllib.loads((HERE / "organisation.toml").read_text(encoding="utf-8"))["bodies"]
    return {"unit": units, "body": {body["code"]: body["name"] for body in bodies}}


def write_tasks(tasks: list[dict[str, Any]]) -> None:
    """tasks.xlsx, the list as an office keeps it, numbered by category."""
    for number, task in enumerate(sorted(tasks, key=lambda task: (task["due"], task["title"])), start=1):
        task["number"] = f"YH-{number:03d}"
    names = names_of()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "任务清单"
    headings = (
        "编号",
        "任务",
        "类别",
        "工作组",
        "牵头单位",
        "配合单位",
        "区域",
        "开始日期",
        "完成时限",
        "备注",
    )
    sheet.append(headings)
    for task in sorted(tasks, key=lambda task: task["number"]):
        sheet.append(
            (task["number"], task["title"], task["category"], names["body"][task["body"]], names["unit"][task["lead"]],
             "、".join(names["unit"][code] for code in task["support"]), task["street"].name, task["start"], task["due"], task["note"])
        )  # fmt: skip
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFGHIJ", (10, 52, 12, 10, 12, 18, 13, 12, 12, 40), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2, min_col=8, max_col=9):
        for cell in row:
            cell.number_format = "yyyy-mm-dd"
            cell.alignment = Alignment(horizontal="center")
    sheet.freeze_panes = "A2"
    book.properties.creator = "guatu"
    book.properties.created = book.properties.modified = AS_OF
    book.save(HERE / "tasks.xlsx")


def write_task_steps(tasks: list[dict[str, Any]]) -> None:
    steps: list[tuple[Any, ...]] = []
    for task in tasks:
        steps += task_steps(task)
    steps.sort(key=lambda step: (step[0], step[1]))
    write(
        "task_steps.csv",
        ("at", "task", "step", "by", "percent", "note"),
        [(said(s[0]), *s[1:]) for s in steps],
    )


def task_steps(task: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What happened to one task, in order: (at, number, step, by, percent, note)."""
    number, by, fate = task["number"], person(task["lead"]), task["fate"]
    if fate == "planned":
        return []
    begun = at(task["start"], 8, 10)
    steps: list[tuple[Any, ...]] = [(begun, number, "start", by, "", "")]
    if fate == "accepted":
        ended = task["accepted"]
        reported = at(
            workday(
                max(task["start"] + dt.timedelta(days=1), ended.date() - dt.timedelta(days=rng.randint(1, 4)))
            ),
            8,
            17,
        )
        reported = min(max(reported, begun + dt.timedelta(hours=2)), ended - dt.timedelta(minutes=40))
        _half_way(steps, task, begun, reported)
        if rng.random() < 0.09 and (reported - begun).days > 12:
            early = reported - dt.timedelta(days=6)
            steps += [(early, number, "done", by, "", "已按要求完成。"),
                      (early + dt.timedelta(days=1), number, "return", "hecha", "", rng.choice(RETURNS))]  # fmt: skip
        steps += [(reported, number, "done", by, "", "已按要求完成，请核查。"),
                  (ended, number, "accept", "jinbo" if rng.random() < 0.15 else "hecha", "", "")]  # fmt: skip
        return steps
    last = at(dt.date(2021, 9, 15), 9, 16)
    _half_way(steps, task, begun, last)
    if fate == "reported":
        steps.append(
            (
                at(between(dt.date(2021, 9, 13), dt.date(2021, 9, 15)), 14, 17),
                number,
                "done",
                by,
                "",
                "已完成，请核查。",
            )
        )
    if fate == "returned":
        steps += [(at(dt.date(2021, 9, 13), 9, 11), number, "done", by, "", "已完成，请核查。"),
                  (at(dt.date(2021, 9, 15), 14, 16), number, "return", "hecha", "", rng.choice(RETURNS))]  # fmt: skip
    return sorted(steps, key=lambda step: step[0])


RETURNS = (
    "现场仍有局部破损未修补，请补做。",
    "清理不彻底，边角仍有堆物。",
    "完工照片与点位不符，请重新上报。",
    "施工围挡未及时撤除。",
)
PROGRESS = (
    "完成现场踏勘，施工单位进场。",
    "主体部分已完成，正在收尾。",
    "受雨天影响，进度略有滞后，已加派人手。",
    "材料已到位，分段施工。",
)


def _half_way(
    steps: list[tuple[Any, ...]], task: dict[str, Any], begun: dt.datetime, ended: dt.datetime
) -> None:
    if (ended - begun).days < 6 or rng.random() < 0.25:
        return
    middle = workday((begun + (ended - begun) * rng.uniform(0.35, 0.65)).date())
    moment = at(middle, 9, 16)
    if begun < moment < ended:
        percent = rng.choice((30, 40, 50, 60, 70))
        steps.append(
            (moment, task["number"], "progress", person(task["lead"]), percent, rng.choice(PROGRESS))
        )


# --------------------------------------------------------------------------------------------- cases

CLASSES = (
    # code, title, description, unit ("" the street's), hours until handled, weight
    ("0113", "{road}路面坑洼", "{road}车行道有坑洼，积水后影响通行。", "jgw", (30, 70), 12),
    ("0113", "{road}人行道板松动", "{road}人行道板松动、翘起约3平方米。", "jgw", (30, 70), 9),
    ("0125", "{water}水面有漂浮物", "{water}近桥处水面有浮萍和塑料袋。", "swj", (16, 40), 9),
    ("0110", "{road}暴露垃圾", "{road}绿化带旁有袋装垃圾未清运。", "", (1, 5), 13),
    ("0136", "{road}乱堆物", "{road}人行道上堆放建材，约占2米。", "", (6, 20), 10),
    ("0117", "{road}绿地脏乱", "{road}绿地内有落叶和饮料瓶。", "lrj", (2, 6), 8),
    ("0104", "{road}沿街立面不洁", "{road}沿街墙面有污渍和乱涂写。", "", (20, 55), 7),
    ("0203", "{road}违规户外广告", "{road}沿街有未经批准的横幅和立牌。", "cgj", (20, 60), 8),
    ("0206", "{road}店招破损", "{road}沿街店招灯箱破损、缺字。", "cgj", (12, 30), 7),
    ("0307", "{road}工地围挡破损", "{road}在建工地围挡破损、倾斜约6米。", "jgw", (12, 45), 7),
    ("0405", "{road}店外经营", "{road}店铺占用人行道经营。", "", (1, 4), 9),
    ("0410", "{road}非机动车乱停放", "{road}路口共享单车和外卖车辆乱停放。", "", (1, 6), 13),
)
HANDLED = (
    "已安排人员到场处置，现场恢复整洁。",
    "已修复并开放通行。",
    "已清理完毕，并列入每日巡查。",
    "已督促责任单位整改到位。",
    "已拆除并告知当事人。",
)


def workdays_after(start: dt.datetime, hours: float) -> dt.datetime:
    """A moment so many working hours later (eight a day, Monday to Friday)."""
    moment = start
    while hours > 0:
        if moment.isoweekday() > 5 or moment.hour >= 17:
            moment = dt.datetime.combine(moment.date() + dt.timedelta(days=1), dt.time(8, 30))
            continue
        step = min(hours, 17 - moment.hour - moment.minute / 60)
        moment += dt.timedelta(hours=step)
        hours -= step
    return moment.replace(second=0, microsecond=0)


def make_cases() -> None:
    """114 cases the city's platform sent down, 105 of them put right."""
    days = sorted(workday(between(dt.date(2021, 4, 6), dt.date(2021, 9, 9))) for _ in range(105))
    days += [dt.date(2021, 9, 13)] * 4 + [dt.date(2021, 9, 14)] * 3 + [dt.date(2021, 9, 15)] * 2
    ends = ["closed"] * 101 + ["verified"] * 4 + ["handled", "handled", "accepted", "accepted", "accepted", "accepted",
                                                    "dispatched", "dispatched", "returned"]  # fmt: skip
    cases, steps = [], []
    per_day: dict[dt.date, int] = {}
    for day, end in zip(days, ends, strict=True):
        per_day[day] = per_day.get(day, 0) + 1
        upper = f"SJ{day:%Y%m%d}{per_day[day]:03d}"
        street = rng.choices(STREETS, weights=[each.weight for each in STREETS])[0]
        kind = rng.choices(CLASSES, weights=[each[5] for each in CLASSES])[0]
        where = rng.choice(street.roads if "{road}" in kind[1] else street.waters)
        opened = at(day, 8, 9) if end != "closed" else at(day, 8, 15)
        lon, lat = street.lon + rng.uniform(-0.012, 0.012), street.lat + rng.uniform(-0.009, 0.009)
        cases.append((said(opened), "chengyun", upper, kind[0], kind[1].format(road=where, water=where),
                      kind[2].format(road=where, water=where), street.area, f"{street.name}{where}",
                      f"{lon:.5f}", f"{lat:.5f}"))  # fmt: skip
        steps += case_steps(upper, kind[3] or street.unit, street, opened, kind[4], end)
    steps.sort(key=lambda step: (step[0], step[1]))
    add_desk(cases, steps)


def add_desk(cases: Sequence[Sequence[Any]], steps: Sequence[Sequence[Any]]) -> None:
    """The city's cases and those of the case desk in one table each, in the order of time."""
    headings = ("at", "by", "upper_number", "class", "title", "description", "area", "address", "lon", "lat")
    moves = ("at", "case", "step", "by", "unit", "note", "photo")
    desk_cases, desk_steps = make_desk.rows()
    all_cases = [
        [str(dict(zip(headings, row, strict=True)).get(column, "")) for column in make_desk.CASE_COLUMNS]
        for row in cases
    ]
    all_steps = [[str(dict(zip(moves, (said(row[0]), *row[1:]), strict=True)).get(column, "")) for column in make_desk.STEP_COLUMNS]
                 for row in steps]  # fmt: skip
    write("cases.csv", make_desk.CASE_COLUMNS, sorted(all_cases + desk_cases, key=lambda row: row[0]))
    write("case_steps.csv", make_desk.STEP_COLUMNS, sorted(all_steps + desk_steps, key=lambda row: row[0]))
    make_desk.write_roster(SAMPLE / "tables")


def case_steps(
    upper: str, unit: str, street: Street, opened: dt.datetime, hours: tuple[int, int], end: str
) -> list[tuple[Any, ...]]:
    """What happened to one case: (at, number, step, by, unit, note, photo)."""
    minutes = dt.timedelta(minutes=rng.randint(4, 25))
    steps: list[tuple[Any, ...]] = [(opened + minutes, upper, "file", "chengyun", "", "", "")]
    sent = opened + minutes + dt.timedelta(minutes=rng.randint(3, 20))
    if end == "returned" or (end == "closed" and rng.random() < 0.05):
        steps += [(sent, upper, "dispatch", "chengyun", "cgj", "", ""),
                  (sent + dt.timedelta(minutes=40), upper, "return", "cgj", "", "不属本单位职责，请改派。", ""),
                  (sent + dt.timedelta(minutes=46), upper, "approve", "zhihui", "", "同意退回。", "")]  # fmt: skip
        if end == "returned":
            return steps
        sent += dt.timedelta(minutes=65)
    steps.append((sent, upper, "dispatch", "chengyun", unit, "", ""))
    if end == "dispatched":
        return steps
    taken = sent + dt.timedelta(minutes=rng.randint(10, 50))
    steps.append((taken, upper, "accept", person(unit), "", "", ""))
    if end == "accepted":
        return steps
    handled = workdays_after(taken, rng.uniform(*hours) * (1.4 if rng.random() < 0.06 else 0.8))
    handled = min(handled, dt.datetime(2021, 9, 15, 16, 30))  # noqa: DTZ001
    steps.append((handled, upper, "handle", person(unit), "", rng.choice(HANDLED), "after"))
    if end == "handled":
        return steps
    checked = min(workdays_after(handled, rng.uniform(0.5, 4)), dt.datetime(2021, 9, 15, 17, 20))  # noqa: DTZ001
    checked = max(checked, handled + dt.timedelta(minutes=5))
    if end == "closed" and rng.random() < 0.07:
        again = checked + dt.timedelta(hours=1)
        steps += [(checked, upper, "rework", "hecha", "", "现场仍有残留，请再处置。", ""),
                  (again, upper, "handle", person(unit), "", "已返工处置完毕。", "after")]  # fmt: skip
        checked = again + dt.timedelta(minutes=40)
    steps.append((checked, upper, "pass", "hecha", "", "", ""))
    if end == "closed":
        steps.append(
            (checked + dt.timedelta(minutes=rng.randint(5, 15)), upper, "close", "chengyun", "", "", "")
        )
    return steps


# --------------------------------------------------------------------------------------------- clean days, drills, care, media


def shares(total: int, weights: Sequence[float], least: int) -> list[int]:
    """A whole number divided by weights, each share at least `least`, the shares adding up exactly."""
    free = total - least * len(weights)
    raw = [weight * free / sum(weights) for weight in weights]
    found = [least + math.floor(part) for part in raw]
    for index in sorted(range(len(raw)), key=lambda index: raw[index] % 1, reverse=True)[
        : total - sum(found)
    ]:
        found[index] += 1
    return found


def make_activities() -> None:
    rows: list[tuple[Any, ...]] = []
    for month in range(3, 10):
        day = dt.date(2021, month, 15)
        number = f"QJ-2021{month:02d}15"
        rows.append((said(dt.datetime.combine(day - dt.timedelta(days=8), dt.time(9))), number, "plan", "clean_day",
                     f"{month}月城市环境清洁日", "lrj", "310114", "", day.isoformat(), "", "", "lvrong"))  # fmt: skip
        # the result comes in by the forms of the twelve streets; the September day was reported the same evening
        rows.append((said(dt.datetime.combine(day, dt.time(20, 30))), number, "hold", "", "", "", "", "", day.isoformat(),
                     "", "", "lvrong"))  # fmt: skip
    rows += drills() + meetings()
    rows.sort(key=lambda row: row[0])
    write("activities.csv",
          ("at", "number", "step", "kind", "name", "unit", "area", "address", "held_on", "parent", "headcount", "by"),
          rows)  # fmt: skip


def drills() -> list[tuple[Any, ...]]:
    return [
        ("2021-08-20 09:00", "YL-01", "plan", "drill", "大规模核酸快检演练", "wjw", "310114102", "南翔镇", "2021-09-08", "", "", "wjw"),
        ("2021-09-08 17:30", "YL-01", "hold", "", "", "", "", "", "2021-09-08", "", "", "wjw"),
        ("2021-08-16 09:00", "YL-02", "plan", "drill", "食物中毒事故应急演练", "scjgj", "310114", "嘉定区市场监督管理局", "2021-09-03", "", "", "scjgj"),
        ("2021-08-16 09:10", "YL-02-1", "plan", "drill_part", "食物中毒事故应急演练·理论培训", "scjgj", "310114", "嘉定区市场监督管理局", "2021-09-02", "YL-02", "", "scjgj"),
        ("2021-08-16 09:15", "YL-02-2", "plan", "drill_part", "食物中毒事故应急演练·实操", "scjgj", "310114", "嘉定区市场监督管理局", "2021-09-03", "YL-02", "", "scjgj"),
        ("2021-09-02 17:00", "YL-02-1", "hold", "", "", "", "", "", "2021-09-02", "", "", "scjgj"),
        ("2021-09-03 17:00", "YL-02-2", "hold", "", "", "", "", "", "2021-09-03", "", "", "scjgj"),
        ("2021-09-03 17:10", "YL-02", "hold", "", "", "", "", "", "2021-09-03", "", "", "scjgj"),
        ("2021-08-25 09:00", "YL-03", "plan", "drill", "迎园医院发热门诊应急演练", "yyyy", "310114001", "迎园医院", "2021-09-09", "", "", "wjw"),
        ("2021-09-09 16:30", "YL-03", "hold", "", "", "", "", "", "2021-09-09", "", "", "wjw"),
        ("2021-08-25 09:20", "YL-04", "plan", "drill", "社区卫生服务中心防疫演练", "xhws", "310114109", "徐行镇社区卫生服务中心", "2021-09-10", "", "", "wjw"),
        ("2021-09-10 16:30", "YL-04", "hold", "", "", "", "", "", "2021-09-10", "", "", "wjw"),
    ]  # fmt: skip


def meetings() -> list[tuple[Any, ...]]:
    return [
        ("2021-07-20 09:00", "HY-01", "plan", "meeting", "城市服务保障工作动员会", "jbb", "310114", "", "2021-07-28", "", "", "jinbo"),
        ("2021-07-28 17:00", "HY-01", "hold", "", "", "", "", "", "2021-07-28", "", "", "jinbo"),
        ("2021-07-30 09:00", "HY-02", "plan", "meeting", "工作组牵头单位联络员会议", "jbb", "310114", "", "2021-08-05", "", "", "jinbo"),
        ("2021-08-05 17:00", "HY-02", "hold", "", "", "", "", "", "2021-08-05", "", "", "jinbo"),
        ("2021-08-09 09:00", "HY-03", "plan", "meeting", "媒体宣传专题会议", "xcb", "310114", "", "2021-08-12", "", "", "jinbo"),
        ("2021-08-12 17:00", "HY-03", "hold", "", "", "", "", "", "2021-08-12", "", "", "jinbo"),
        ("2021-08-18 09:00", "HY-04", "plan", "meeting", "汽车展区供需对接会", "sww", "310114103", "", "2021-08-24", "", "", "jinbo"),
        ("2021-08-24 17:00", "HY-04", "hold", "", "", "", "", "", "2021-08-24", "", "", "jinbo"),
        ("2021-09-13 09:00", "HY-05", "plan", "meeting", "倒计时50天工作推进会", "jbb", "310114", "", "2021-09-17", "", "", "jinbo"),
    ]  # fmt: skip


def make_clean_days() -> None:
    """84 reports: seven days, twelve streets; persons 4388, rubbish 39.16 t, places 99."""
    weights = [
        math.sqrt(street.weight) * month
        for month in (0.8, 0.85, 0.95, 1.05, 0.95, 1.1, 1.25)
        for street in STREETS
    ]
    noise = [weight * rng.uniform(0.75, 1.3) for weight in weights]
    persons = shares(4388, noise, 18)
    tonnes = shares(3916, [weight * rng.uniform(0.7, 1.35) for weight in weights], 12)
    places = shares(99, [weight * rng.uniform(0.2, 1.8) for weight in weights], 0)
    rows = []
    for index, (month, street) in enumerate((month, street) for month in range(3, 10) for street in STREETS):
        sent = dt.datetime(2021, month, 15, rng.randint(16, 19), rng.choice(range(0, 60, 3)))  # noqa: DTZ001
        rows.append((said(sent), street.unit, f"QJ-2021{month:02d}15", f"2021-{month:02d}-15", street.area, persons[index],
                     f"{tonnes[index] / 100:.2f}", places[index],
                     f"{rng.choice(street.roads)}沿线" + rng.choice(("结合部", "三无通道", "薄弱区域", "楼道与背街小巷"))))  # fmt: skip
    rows.sort()
    write("form-clean_day.csv",
          ("at", "by", "activity", "day", "street", "persons", "tonnes", "places", "where"), rows)  # fmt: skip


def make_drill_forms() -> None:
    teams = [f"{street.name}市场监管所" for street in STREETS]
    teams = [
        name.replace("街道市场", "市场").replace("镇市场", "市场").replace("新区市场", "市场")
        for name in teams
    ]
    teams += ["执法大队一中队", "执法大队二中队", "执法大队三中队", "执法大队四中队"]
    names = people(48)
    rows = [
        (said(dt.datetime(2021, 8, 30, 9, 0) + dt.timedelta(minutes=17 * index)), "scjgj", "YL-02", "2021-09-03", team,  # noqa: DTZ001
         *names[index * 3 : index * 3 + 3])
        for index, team in enumerate(teams)
    ]  # fmt: skip
    write(
        "form-drill_team.csv",
        ("at", "by", "activity", "day", "team", "member_1", "member_2", "member_3"),
        rows,
    )
    groups = (
        ("居民", 52),
        ("居民", 46),
        ("社区工作者", 28),
        ("志愿者", 24),
        ("医护人员", 18),
        ("采样人员", 12),
        ("公安与城管", 10),
        ("保障人员", 8),
    )
    points = ("采样点一", "采样点二", "登记处", "等候区", "采样点一", "采样点二", "外围", "物资处")
    rows2 = [
        (f"2021-09-08 {10 + index // 4:02d}:{12 * (index % 4) + 5:02d}", "nanxiang", "YL-01", "2021-09-08", "310114102", group, point, count)
        for index, ((group, count), point) in enumerate(zip(groups, points, strict=True))
    ]  # fmt: skip
    write(
        "form-drill_attendance.csv",
        ("at", "by", "activity", "day", "street", "group", "point", "persons"),
        rows2,
    )


def make_care() -> None:
    """166 visits to volunteers on hot days, 19,056 of them cared for."""
    days = sorted(between(dt.date(2021, 7, 1), dt.date(2021, 9, 14)) for _ in range(166))
    counts = shares(19056, [rng.uniform(0.4, 1.9) for _ in days], 24)
    rows = []
    for day, count in zip(days, counts, strict=True):
        street = rng.choices(STREETS, weights=[each.weight for each in STREETS])[0]
        by = rng.choices((street.unit, "tqw"), weights=(5, 1))[0]
        rows.append((said(at(day, 10, 18)), by, day.isoformat(), street.area, rng.choice(CARE_PLACES), count,
                     rng.choice(("清凉饮品", "防暑药品", "毛巾与遮阳帽", "清凉饮品、防暑药品"))))  # fmt: skip
    rows.sort()
    write("form-care_visit.csv", ("at", "by", "day", "street", "place", "persons", "goods"), rows)


CARE_PLACES = (
    "轨道交通站点志愿服务岗",
    "疫苗接种点",
    "路口文明交通岗",
    "社区核酸采样点",
    "党群服务中心",
    "公园入口",
    "商圈平安志愿岗",
    "敬老院",
)


def make_media() -> None:
    media = (
        ("2021-07-14", "上海嘉定", "district", "嘉定交易分团启动进博会报名"),
        ("2021-07-16", "嘉定报", "district", "高温下的“志愿蓝”"),
        ("2021-07-23", "嘉定电视台", "district", "志愿者的一天：从清晨到日落"),
        ("2021-07-29", "上海嘉定", "district", "区城市服务保障工作动员会召开"),
        ("2021-08-03", "新民晚报", "city", "嘉定关爱慰问高温下的志愿者"),
        ("2021-08-06", "嘉定报", "district", "十个工作组对表推进"),
        ("2021-08-11", "劳动报", "city", "一瓶水、一条毛巾里的关心"),
        ("2021-08-13", "上海嘉定", "district", "媒体宣传专题会议召开"),
        ("2021-08-17", "青年报", "city", "青春志愿者，进博“小叶子”整装待发"),
        ("2021-08-20", "嘉定电视台", "district", "清洁日里的大家一起来"),
        ("2021-08-25", "上海嘉定", "district", "汽车展区供需对接会举行"),
        ("2021-08-31", "东方网", "city", "嘉定：公交站台上的进博倒计时"),
        ("2021-09-03", "嘉定报", "district", "16支队伍比武食品安全应急"),
        ("2021-09-08", "上海嘉定", "district", "南翔镇举行大规模核酸快检演练"),
        ("2021-09-10", "文汇报", "city", "破解商圈非机动车停放难"),
        ("2021-09-14", "中国志愿服务网", "national", "嘉定以细致保障激励志愿者"),
    )
    rows = [(f"{day} 16:{10 + index:02d}", "rmt", day, "310114", medium, level, title)
            for index, (day, medium, level, title) in enumerate(media)]  # fmt: skip
    write("form-media_report.csv", ("at", "by", "day", "area", "medium", "level", "title"), rows)


def make_places() -> None:
    """Two temporary stands for bicycles and scooters near the shopping centre, some 900 of them."""
    write("places.csv",
          ("at", "number", "kind", "name", "area", "address", "lon", "lat", "capacity", "opened_on", "by"),
          [("2021-08-18 15:00", "FJ-001", "bike_parking", "鹤旋路临时非机动车停车点（东）", "310114118", "江桥镇鹤旋路近金沙江西路",
            "121.32262", "31.24184", 480, "2021-08-18", "jiangqiao"),
           ("2021-08-26 15:00", "FJ-002", "bike_parking", "鹤旋路临时非机动车停车点（西）", "310114118", "江桥镇鹤旋路近金运路",
            "121.32007", "31.24221", 424, "2021-08-26", "jiangqiao")])  # fmt: skip


# --------------------------------------------------------------------------------------------- the trading delegation

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚玲桂兰英华玉萍红鹏辉鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建新慧巧美婷雪琳晶莹颖洁岚凡佳嘉琪瑶文博轩昊天翔"
FIRST = "安宏鼎瑞泽恒盛嘉远晟启翔腾康诚凯博润海锦信达昌铭创华悦正隆科辰优凌森朗云"
SECOND = "辉源泰和拓程新德通兴博利达沃晨丰航佳宁立驰业越来奥杰邦"
TRADES = (
    "汽车零部件",
    "机电设备",
    "智能科技",
    "供应链管理",
    "国际贸易",
    "医疗器械",
    "食品",
    "新材料",
    "精密机械",
    "电子科技",
    "进出口",
    "传感技术",
    "商贸",
    "物流",
    "生物科技",
)
POSTS = (
    "采购经理",
    "采购专员",
    "总经理",
    "副总经理",
    "技术经理",
    "市场经理",
    "外贸专员",
    "质量主管",
    "行政专员",
    "项目经理",
)


def people(count: int) -> list[str]:
    """Invented names; that somebody bears one is chance."""
    return [
        rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
        for _ in range(count)
    ]


def make_delegation() -> None:
    """511 units and 1,368 persons who registered between 13 July and 15 September, brought in on ten days."""
    days = [dt.date(2021, 7, 13) + dt.timedelta(days=round(index * 64 / 9)) for index in range(10)]
    days = [workday(day) for day in days[:-1]] + [dt.date(2021, 9, 15)]
    names: set[str] = set()
    while len(names) < 511:
        names.add(f"上海{rng.choice(FIRST)}{rng.choice(SECOND)}{rng.choice(TRADES)}有限公司")
    ordered = sorted(sorted(names), key=lambda name: rng.random())
    sizes = shares(1368, [rng.choice((1, 1, 2, 2, 3, 5)) for _ in ordered], 1)
    per_day = shares(511, (0.6, 0.9, 1.2, 1.3, 1.1, 1.0, 0.9, 1.1, 1.3, 0.8), 10)
    units, persons = [], []
    at_day = [day for day, count in zip(days, per_day, strict=True) for _ in range(count)]
    all_names = people(1368)
    for index, (name, size, day) in enumerate(zip(ordered, sizes, at_day, strict=True), start=1):
        number = f"JD-{index:04d}"
        street = rng.choices(STREETS, weights=[each.weight for each in STREETS])[0]
        when = f"{day} 10:00"
        units.append(
            (
                when,
                "jinbo",
                number,
                name,
                street.area,
                rng.choice(TRADES),
                rng.choice(("采购", "采购", "洽谈", "观展")),
            )
        )
        for position in range(1, size + 1):
            persons.append((f"{day} 10:30", "jinbo", f"{number}-{position:02d}", all_names[len(persons)], number, street.area,
                            rng.choice(POSTS), f"1{rng.choice('356789')}{rng.randint(0, 9)}0000{rng.randint(0, 9999):04d}"))  # fmt: skip
    write("register-delegation_units.csv", ("at", "by", "number", "name", "area", "trade", "purpose"), units)
    write("register-delegation_persons.csv",
          ("at", "by", "number", "name", "parent", "area", "position", "phone"), persons)  # fmt: skip


def make_briefs() -> None:
    write("briefs.csv", ("at", "template", "step", "number", "by"),
          [(said(AS_OF), "fifty-days", "make", "", "jinbo"), (said(AS_OF), "fifty-days", "issue", 1, "zhihui")])  # fmt: skip


def main() -> None:
    """Everything, in one fixed order, so that the same bytes come out every time."""
    SAMPLE.mkdir(exist_ok=True)
    tasks = plan_tasks()
    assert len(tasks) == 297, len(tasks)
    schedule_tasks(tasks)
    write_tasks(tasks)
    write_task_steps(tasks)
    make_cases()
    make_activities()
    make_clean_days()
    make_drill_forms()
    make_care()
    make_media()
    make_places()
    make_delegation()
    make_briefs()


if __name__ == "__main__":
    main()
