"""Writes the forms (XLSForm) of the pack. Run by hand; the workbooks are kept beside it and may be edited in Excel.

.venv/bin/python packs/jiading-2021/make_forms.py
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.styles import Font

HERE = Path(__file__).parent
ZH, EN = "label::中文(zh)", "label::English(en)"
HINT_ZH, HINT_EN = "hint::中文(zh)", "hint::English(en)"
SURVEY = (
    "type", "name", ZH, EN, HINT_ZH, HINT_EN, "required", "constraint", "constraint_message::中文(zh)",
    "constraint_message::English(en)", "default", "calculation", "appearance", "relevant",
)  # fmt: skip
STREETS = (
    ("310114001", "新成路街道", "Xinchenglu"), ("310114002", "真新街道", "Zhenxin"), ("310114004", "嘉定镇街道", "Jiadingzhen"),
    ("310114102", "南翔镇", "Nanxiang"), ("310114103", "安亭镇", "Anting"), ("310114106", "马陆镇", "Malu"),
    ("310114109", "徐行镇", "Xuhang"), ("310114111", "华亭镇", "Huating"), ("310114114", "外冈镇", "Waigang"),
    ("310114118", "江桥镇", "Jiangqiao"), ("310114401", "菊园新区", "Juyuan"), ("310114501", "嘉定工业区", "Industrial Zone"),
)  # fmt: skip

Question = dict[str, str]


def question(kind: str, name: str, zh: str, en: str, **more: str) -> Question:
    """A required question unless `required=""` is given; `hint` and `message` are "zh|en"."""
    found = {"type": kind, "name": name, ZH: zh, EN: en, "required": more.pop("required", "yes")}
    if "hint" in more:
        found[HINT_ZH], found[HINT_EN] = more.pop("hint").split("|")
    if "message" in more:
        zh_message, en_message = more.pop("message").split("|")
        found["constraint_message::中文(zh)"], found["constraint_message::English(en)"] = (
            zh_message,
            en_message,
        )
    return found | more


def whole(name: str, zh: str, en: str, most: int, **more: str) -> Question:
    return question(
        "integer", name, zh, en, constraint=f". >= 0 and . <= {most}", message=f"请填 0 到 {most} 的整数|A whole number from 0 to {most}",
        **more,
    )  # fmt: skip


DAY = question("date", "day", "日期", "Day", default="today()", constraint=". <= today()",
               message="日期不能晚于今天|The day cannot lie ahead")  # fmt: skip
STREET = question("select_one street", "street", "街镇", "Street or town", appearance="minimal")
PHOTO = question(
    "image",
    "photo",
    "现场照片",
    "Photo of the place",
    required="",
    hint="整治前后各一张为好|Before and after, if you can",
)
NOTE = question("text", "note", "备注", "Note", required="", appearance="multiline")
ACTIVITY = question(
    "text",
    "activity",
    "活动编号",
    "Number of the activity",
    hint="见活动日历，例如 QJ-20210915|From the calendar, e.g. QJ-20210915",
)

FORMS: dict[str, tuple[str, str, Sequence[Question], dict[str, Sequence[tuple[str, str, str]]]]] = {
    "clean_day": ("城市环境清洁日上报", "City clean day report", (
        ACTIVITY, DAY, STREET,
        whole("persons", "出动人员（人次）", "Person-times turned out", 5000),
        question("decimal", "tonnes", "清理垃圾（吨）", "Rubbish cleared (tonnes)", constraint=". >= 0 and . <= 500",
                 message="请填 0 到 500 的数|A number from 0 to 500", hint="按清运车次折算，保留两位小数|Two decimals"),
        whole("places", "整治结合部、三无通道（处）", "Fringe places and unmanaged passages treated", 200),
        question("text", "where", "重点点位", "Where", required="", hint="道路、小区或通道名称|Road, estate or passage"),
        question("geopoint", "point", "位置", "Position", required=""), PHOTO, NOTE,
    ), {"street": STREETS}),
    "care_visit": ("志愿者关爱慰问登记", "Care visit to volunteers", (
        DAY, STREET, question("text", "place", "慰问点位", "Place visited"),
        whole("persons", "慰问志愿者（人）", "Volunteers cared for", 3000),
        question("text", "goods", "慰问物资", "What was brought", required=""), PHOTO, NOTE,
    ), {"street": STREETS}),
    "drill_team": ("演练队伍报名", "Drill team sign-up", (
        ACTIVITY, question("date", "day", "演练日期", "Day of the drill"),
        question("text", "team", "队伍名称", "Team"),
        {"type": "begin_repeat", "name": "members", ZH: "队员", EN: "Members"},
        question("text", "member", "姓名", "Name"),
        {"type": "end_repeat"},
        {"type": "calculate", "name": "persons", "calculation": "count(${member})"},
    ), {}),
    "drill_attendance": ("演练参加登记", "Drill attendance", (
        ACTIVITY, question("date", "day", "演练日期", "Day of the drill"), STREET,
        question("select_one group", "group", "人员类别", "Group", appearance="minimal"),
        question("text", "point", "岗位或点位", "Post", required=""),
        whole("persons", "人数", "Persons", 5000), NOTE,
    ), {"street": STREETS, "group": (
        ("居民", "居民", "Residents"), ("社区工作者", "社区工作者", "Community workers"), ("志愿者", "志愿者", "Volunteers"),
        ("医护人员", "医护人员", "Medical staff"), ("采样人员", "采样人员", "Sampling staff"),
        ("公安与城管", "公安与城管", "Police and city management"), ("保障人员", "保障人员", "Logistics"),
    )}),
    "media_report": ("媒体报道登记", "Media report", (
        DAY, question("select_one area", "area", "涉及区域", "Area", appearance="minimal"),
        question("text", "medium", "媒体名称", "Medium"),
        question("select_one level", "level", "媒体级别", "Level", appearance="minimal"),
        question("text", "title", "报道标题", "Headline"), question("text", "link", "链接", "Link", required=""),
    ), {"area": (("310114", "嘉定区", "Jiading District"), *STREETS), "level": (
        ("national", "中央级", "National"), ("city", "市级", "City"), ("district", "区级", "District"),
    )}),
    "street_check": ("街面巡查", "Street check", (
        DAY, STREET, question("geopoint", "point", "位置", "Position", required=""),
        question("text", "place", "路段或点位", "Road or place"),
        question("select_one found", "found", "发现情况", "What was found", appearance="minimal"),
        question("select_one done", "done", "处置情况", "What was done", appearance="minimal", relevant="${found} != 'none'"),
        PHOTO, NOTE,
    ), {"street": STREETS, "found": (
        ("none", "未发现问题", "Nothing"), ("rubbish", "暴露垃圾", "Rubbish"), ("heap", "乱堆物", "Heaped goods"),
        ("bike", "非机动车乱停放", "Bicycles parked badly"), ("road", "道路破损", "Broken road"), ("shop", "店外经营", "Trading outside the shop"),
        ("other", "其他", "Other"),
    ), "done": (("at_once", "当场整改", "Put right at once"), ("reported", "已上报", "Reported"), ("told", "已告知责任人", "Responsible person told"))}),
}  # fmt: skip


def write(code: str) -> None:
    title_zh, title_en, questions, lists = FORMS[code]
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(SURVEY)
    for each in questions:
        survey.append([each.get(column, "") for column in SURVEY])
    choices = book.create_sheet("choices")
    choices.append(("list_name", "name", ZH, EN))
    for name, members in lists.items():
        for member in members:
            choices.append((name, *member))
    settings = book.create_sheet("settings")
    settings.append(("form_id", "form_title", "version", "default_language"))
    settings.append((code, title_zh, "2021030101", "中文(zh)"))
    for sheet in book.worksheets:
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for index, column in enumerate("ABCDEFGHIJKLMN"):
            sheet.column_dimensions[column].width = (18, 16, 26, 26)[min(index, 3)]
        sheet.freeze_panes = "A2"
    book.properties.creator, book.properties.title = "guatu", title_en
    book.properties.created = dt.datetime(2021, 3, 1)  # noqa: DTZ001
    (HERE / "forms").mkdir(exist_ok=True)
    book.save(HERE / "forms" / f"{code}.xlsx")


if __name__ == "__main__":
    for form in FORMS:
        write(form)
