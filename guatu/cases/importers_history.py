"""How a table of past cases is read: moments in the file's own time zone, deadlines as given, its own verdict beside ours.

Neither acts nor reads: it tells the import walk which columns there are and hands checked rows to `acts.import_history`.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from guatu.cases.acts.ground import Ground, by_name, stand
from guatu.cases.acts.history import Past, import_history, known_classes, known_units, undo_history
from guatu.cases.models import Case
from guatu.cases.reads.history import moments, zone_of
from guatu.cases.rules import history
from guatu.files import rules as file_rules
from guatu.files.imports import Applied, Cells, Context, Field, Importer, Option, RowOutcome
from guatu.kernel.problems import Problem
from guatu.places.rules import CHOICES, plain_name

FIELDS = (
    Field("number", "编号", "Number", ("案件编号", "工单编号", "CASE_ENQUIRY_ID", "service_request_id", "case id"), required=True,
          example="101004128563"),
    Field("opened", "上报时间", "Opened", ("受理时间", "立案时间", "OPEN_DT", "requested_datetime"), required=True,
          example="2022-01-17 11:20:00"),
    Field("due", "截止时间", "Due", ("截止日期", "到期时间", "TARGET_DT", "SLA_TARGET_DT", "expected_datetime"), example="2022-01-18 11:20:22",
          note_zh="按表里写的，不推算；空着就是没有时限", note_en="As given, never computed; empty means no limit"),
    Field("closed", "结案时间", "Closed", ("办结时间", "完成时间", "CLOSED_DT", "updated_datetime"), example="2022-01-18 10:08:24"),
    Field("status", "状态", "Status", ("案件状态", "CASE_STATUS"), example="Closed"),
    Field("verdict", "是否按期", "On time", ("按期", "是否超时", "OnTime_Status", "ON_TIME"), example="ONTIME",
          note_zh="原系统的结论，只用来和我们的核对", note_en="The other system's own verdict, only compared with ours"),
    Field("title", "标题", "Title", ("案件标题", "CASE_TITLE", "service_name"), example="Street Light Knock Downs"),
    Field("class_name", "类别", "Class", ("小类", "问题类别", "TYPE", "service_code"), example="Street Light Knock Downs"),
    Field("subject", "大类", "Subject", ("主题", "SUBJECT"), example="Public Works Department"),
    Field("reason", "原因", "Reason", ("事由", "REASON"), example="Street Lights"),
    Field("unit", "部门", "Department", ("承办单位", "承办部门", "处置部门", "agency_responsible"), example="PWDx"),
    Field("queue", "队列", "Queue", ("班组", "QUEUE"), example="PWDx_Street Light"),
    Field("area", "街镇", "Neighbourhood", ("所属街镇", "街道", "neighborhood"), example="South End"),
    Field("address", "地址", "Address", ("地点", "Location", "位置"), example="204 Harvard Ave"),
    Field("lon", "经度", "Longitude", ("long", "X"), example="-71.130479"),
    Field("lat", "纬度", "Latitude", ("Y",), example="42.349957"),
    Field("source", "来源", "Source", ("渠道", "上报渠道"), example="Constituent Call"),
    Field("closure", "结案说明", "Closure", ("处置结果", "CLOSURE_REASON", "status_notes"), example="Picked up.", personal=True),
    Field("photo_before", "处置前照片", "Submitted photo", ("SubmittedPhoto", "media_url"), example="https://…"),
    Field("photo_after", "处置后照片", "Closed photo", ("ClosedPhoto",), example="https://…"),
)  # fmt: skip
_ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "UTC",
    "Europe/London", "Europe/Paris", "Europe/Berlin", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "Australia/Sydney",
)  # fmt: skip


def prepare(context: Context, rows: Sequence[Cells]) -> None:
    """Load what the checks need: areas by name, classes, units, and the cases whose numbers stand already."""
    context.loaded["zone"] = zone_of(context.options, context.campaign)
    context.loaded["areas"] = by_name(context.campaign)
    context.loaded["classes"] = set(known_classes(context.campaign))
    context.loaded["units"] = set(known_units())
    scope = context.scope
    context.loaded["add_class"] = context.options.get("class", "add") == "add" and scope.may(
        "case.set_classes"
    )
    context.loaded["add_unit"] = context.options.get("unit", "add") == "add" and scope.may("unit.edit")
    numbers = [text for row in rows if (text := file_rules.as_text(row.raw("number")))]
    known: dict[str, Any] = {}
    for start in range(0, len(numbers), 400):
        found = Case.objects.filter(campaign=context.campaign, upper_number__in=numbers[start : start + 400])
        names = ("id", "upper_number", "opened_at", "due_at", "closed_at")
        known |= {each["upper_number"]: each for each in found.exclude(status="void").values(*names)}
    context.loaded["known"] = known


def check(context: Context, row: Cells) -> RowOutcome:
    """One row: a past case, one that is known already, or what is wrong with it."""
    number = row.text("number", longest=60)
    read = moments(context.loaded["zone"], row)
    opened, due, closed = (each.at if each is not None else None for each in read)
    title = row.text("title", longest=400) or row.text("class_name", longest=80)
    if not title and not row.faults:
        row.refuse("title", Problem("case.untitled"))
    _state(row, closed)
    if history.read_verdict(row.text("verdict")) is None:
        row.refuse(
            "verdict",
            Problem("case.history_word", value=row.text("verdict"), choices="ONTIME、OVERDUE、按期、超时"),
        )
    class_name, unit = _class(context, row), _unit(context, row)
    known = context.loaded["known"].get(number)
    if known is not None and not row.faults:
        return _known(row, number, known, opened, due, closed)
    ground = _ground(context, row)
    if row.faults or ground is None or opened is None:
        return row.wrong()
    past = Past(
        number=number, title=title, opened_at=opened, ground=ground, due_at=due, closed_at=closed, class_name=class_name, unit=unit,
        source=history.source_of(row.text("source")), description=_description(row), address=row.text("address", longest=300),
        notes=_notes(row),
    )  # fmt: skip
    return row.new(number, {"past": past})


def _state(row: Cells, closed: dt.datetime | None) -> None:
    text = row.text("status")
    status = history.read_status(text)
    if status is None:
        row.refuse("status", Problem("case.history_word", value=text, choices="Closed、Open、已结案、处置中"))
    elif row.faults:
        return
    elif status == "closed" and closed is None:
        row.refuse("closed", Problem("case.history_state", status=text, closed="—"))
    elif status == "open" and closed is not None:
        row.refuse("closed", Problem("case.history_state", status=text, closed=row.text("closed")))


def _class(context: Context, row: Cells) -> str:
    text = " ".join(row.text("class_name", longest=80).split())
    if text and text not in context.loaded["classes"] and not context.loaded["add_class"]:
        row.refuse("class_name", Problem("case.unknown_class", class_code=text))
    return text


def _unit(context: Context, row: Cells) -> str:
    text = " ".join(row.text("unit", longest=120).split())
    if text and text not in context.loaded["units"] and not context.loaded["add_unit"]:
        row.refuse("unit", Problem("case.history_unit", unit=text))
    return text


def _known(
    row: Cells,
    number: str,
    known: dict[str, Any],
    opened: dt.datetime | None,
    due: dt.datetime | None,
    closed: dt.datetime | None,
) -> RowOutcome:
    said = {"opened_at": opened, "due_at": due, "closed_at": closed}
    differs = [name for name, value in said.items() if known[name] != value]
    if not differs:
        return row.same(number, known["id"])
    words = {"opened_at": "opened", "due_at": "due", "closed_at": "closed"}
    row.refuse(
        words[differs[0]],
        Problem("case.history_known", number=number, fields="、".join(words[each] for each in differs)),
    )
    return row.wrong()


def _ground(context: Context, row: Cells) -> Ground | None:
    """A neighbourhood that is not known puts the case into the campaign's area: history often names more than borders do."""
    name = row.text("area", longest=80)
    code = context.loaded["areas"].get(plain_name(name), "") if name else ""
    if name.isdigit() and name.startswith(context.campaign.area):
        code = name
    lon, lat = _float(row.number("lon")), _float(row.number("lat"))
    if row.faults:
        return None
    if (lon is None) != (lat is None):
        row.refuse("lon" if lon is None else "lat", Problem("case.nowhere"))
        return None
    area = code or (context.campaign.area if lon is None else "")
    try:
        return stand(context.campaign, area, lon, lat, context.options.get("crs") or "wgs84", None)
    except Problem as refusal:
        row.refuse("lon", refusal)
        return None


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _description(row: Cells) -> str:
    parts = [row.text(key, longest=200) for key in ("subject", "reason", "queue")]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _notes(row: Cells) -> dict[str, str]:
    """Words and addresses of pictures, kept with the step they belong to; nothing is fetched."""
    said = {"report": [row.text("photo_before", longest=2000)], "close": [row.text("closure", longest=8000), row.text("photo_after", longest=2000)]}  # fmt: skip
    return {step: "\n".join(part for part in parts if part) for step, parts in said.items() if any(parts)}


def apply(*, by: Any, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context) -> Applied:
    """Hand the rows of one chunk to the act."""
    done = import_history(by=by, campaign=campaign, rows=[row.values["past"] for row in rows], via=via)
    return Applied([str(case.id) for case in done])


_ADD = (("add", "自动新增", "Add it"), ("refuse", "这一行不导入", "Refuse the row"))
HISTORY = Importer(
    kind="case_history",
    title=("历史案件", "Past cases"),
    right="case.import",
    fields=FIELDS,
    check=check,
    apply=apply,
    undo=undo_history,
    prepare=prepare,
    options=(
        Option("zone", "表里的时间是哪个时区", "Time zone of the file",
               (("", "按活动设置", "As the campaign says"), *((name, name, name) for name in _ZONES)), "",
               "钟拨慢的那一小时按先到的算，除非那样会早于上报；被跳过的一小时顺延",
               "The hour that comes twice is read as the first one unless that lies before the opening; the skipped hour moves on"),
        Option("class", "没有的类别", "Unknown class", _ADD, "add"),
        Option("unit", "没有的部门", "Unknown department", _ADD, "add"),
        Option("crs", "坐标系", "Coordinate system", CHOICES, "wgs84"),
    ),
    campaign=True,
    about=("已经办完（或正在办）的案件，连同当时的截止时间和结论。时限按表里写的，不重新推算；同一编号不会重复。",
           "Cases that were dealt with elsewhere, with their deadlines and verdicts as they were. Nothing is computed anew; a number "
           "goes in once."),
    chunk=1000,
    url=lambda case_id: reverse("desk:case", args=[case_id]),
)  # fmt: skip
