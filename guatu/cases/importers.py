"""How tables of the platform above become cases. Neither acts nor reads: it tells the import walk which columns there are
and hands checked rows to `acts.import_cases`.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from guatu.cases.acts import Draft, import_cases, undo_import
from guatu.cases.acts.clockwork import read_limit
from guatu.cases.acts.ground import by_name
from guatu.cases.models import Case, CaseClass
from guatu.cases.rules import Limit
from guatu.files.imports import Applied, Cells, Change, Context, Field, Importer, Option, RowOutcome
from guatu.kernel.problems import Problem
from guatu.places.rules import CHOICES, UnknownSystem, plain_name, read_system

FIELDS = (
    Field("upper_number", "上级编号", "Upper number", ("案件编号", "问题编号", "编号", "任务号"), required=True,
          example="SZ2021-0001"),
    Field("title", "问题标题", "Title", ("标题", "事项", "问题名称"), example="沪宜公路沿线暴露垃圾"),
    Field("class_code", "问题类别", "Class", ("类别", "小类", "大类", "问题类型"), example="市容环境"),
    Field("description", "问题描述", "Description", ("描述", "问题内容", "内容"), example="人行道堆放建筑垃圾约2立方米"),
    Field("address", "地址", "Address", ("地点", "点位", "位置", "详细地址"), example="沪宜公路1188号"),
    Field("area", "街镇", "Street or town", ("所属街镇", "街道", "乡镇", "区域"), example="南翔镇"),
    Field("opened_at", "下发时间", "Issued at", ("交办时间", "发布时间", "发现时间", "下派时间"), required=True,
          example="2021-08-20 09:30"),
    Field("limit_amount", "整改期限", "Limit", ("期限", "时限", "办理期限"), example="5",
          note_zh="数量；单位写在旁边一列，或直接写“5个工作日”", note_en="A number; its unit beside it, or “5工作日” at once"),
    Field("limit_unit", "期限单位", "Unit of the limit", ("时限单位",), example="工作日"),
    Field("due_at", "截止时间", "Due at", ("整改截止时间", "到期时间", "要求完成时间"), example="2021-08-27 18:00"),
    Field("lon", "经度", "Longitude", ("X", "x坐标", "东经"), example="121.3230"),
    Field("lat", "纬度", "Latitude", ("Y", "y坐标", "北纬"), example="31.2960"),
    Field("crs", "坐标系", "Coordinate system", (), example="gcj02", note_zh="空着时用页面上选的", note_en="Empty: as chosen"),
)  # fmt: skip
UNITS = {
    "工作时": "work_hour", "工作小时": "work_hour", "小时": "urgent_hour", "紧急工作时": "urgent_hour",
    "工作日": "work_day", "个工作日": "work_day", "天": "natural_day", "日": "natural_day", "自然日": "natural_day",
    "work_hour": "work_hour", "work_day": "work_day", "urgent_hour": "urgent_hour", "natural_day": "natural_day",
}  # fmt: skip


def prepare(context: Context, rows: Sequence[Cells]) -> None:
    """Load what the checks need: areas by name, classes by code and name, upper numbers that are cases already."""
    context.loaded["areas"] = by_name(context.campaign)
    classes = list(CaseClass.objects.filter(campaign=context.campaign))
    context.loaded["classes"] = {word: row.code for row in classes for word in (row.code, row.name)}
    source = context.options.get("source") or "city_platform"
    known = Case.objects.filter(campaign=context.campaign, source=source).exclude(upper_number="")
    context.loaded["known"] = {row.upper_number: row for row in known.exclude(status="void")}


def check(context: Context, row: Cells) -> RowOutcome:
    """One row: a new case, a correction of a known one, or what is wrong with it."""
    number, description = row.text("upper_number", longest=60), row.text("description", longest=4000)
    address = row.text("address", longest=300)
    title = row.text("title", longest=120) or _short(description) or address[:120]
    opened_at = row.moment("opened_at")
    known = context.loaded["known"].get(number)
    draft = Draft(
        title=title,
        source=context.options.get("source") or "city_platform",
        class_code=_class(context, row),
        description=description,
        area=_area(context, row, address),
        address=address,
        lon=_float(row.number("lon")),
        lat=_float(row.number("lat")),
        crs=_crs(context, row),
        upper_number=number,
        opened_at=opened_at,
        limit=_limit(row),
        due_at=row.moment("due_at"),
    )
    if not title and not row.faults:
        row.refuse("title", Problem("case.untitled"))
    if (draft.lon is None) != (draft.lat is None) or (draft.lon is None and not draft.area and known is None):
        row.refuse("area", Problem("case.nowhere"))
    if row.faults:
        return row.wrong()
    values = {"draft": draft}
    if known is None:
        return row.new(number, values)
    return row.changed(number, known.id, values) if _differs(known, draft) else row.same(number, known.id)


def _short(text: str) -> str:
    return text.replace("\n", " ").partition("。")[0][:120]


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _area(context: Context, row: Cells, address: str) -> str:
    """The street named, by code or name; else the one whose name stands in the address."""
    areas, text = context.loaded["areas"], row.text("area", longest=60)
    if text.isdigit() and text.startswith(context.campaign.area):
        return text
    code = areas.get(plain_name(text)) if text else None
    if code is None and text:
        row.refuse("area", Problem("case.unknown_area", area=text))
    if code is None and address:
        named = [name for name in areas if len(name) > 2 and name in address]
        code = areas[max(named, key=len)] if named else None
    return code or ""


def _class(context: Context, row: Cells) -> str:
    text, classes = row.text("class_code", longest=80), context.loaded["classes"]
    if not text or not classes:
        return text[:20]
    if text not in classes:
        row.refuse("class_code", Problem("case.unknown_class", class_code=text))
    return str(classes.get(text, ""))


def _crs(context: Context, row: Cells) -> str:
    text = row.text("crs", longest=20) or context.options.get("crs") or "wgs84"
    try:
        return read_system(text)
    except UnknownSystem:
        row.refuse("crs", Problem("case.bad_crs", crs=text))
        return "wgs84"


def _limit(row: Cells) -> Limit | None:
    """“5” with “工作日” beside it, or “5个工作日” in one cell."""
    text, unit = row.text("limit_amount", longest=20), row.text("limit_unit", longest=12)
    if not text:
        return None
    digits = "".join(sign for sign in text if sign.isdigit() or sign == ".")
    unit = unit or text.replace(digits, "", 1).strip().removeprefix("个") or "工作日"
    try:
        return read_limit(digits, UNITS.get(unit, unit))
    except Problem as refusal:
        row.refuse("limit_amount", refusal)
        return None


def _differs(case: Case, draft: Draft) -> bool:
    """Whether the row says something else than the case does; what a row leaves empty says nothing."""
    said = {name: getattr(draft, name) for name in ("title", "description", "class_code", "address")}
    if any(value and getattr(case, name) != value for name, value in said.items()):
        return True
    if draft.lon is not None and (case.source_x, case.source_y) != (draft.lon, draft.lat):
        return True
    if draft.lon is None and draft.area and not case.area.startswith(draft.area):
        return True
    limit = draft.limit
    return limit is not None and (case.limit_amount, case.limit_unit) != (limit.amount, limit.unit)


def apply(*, by: Any, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context) -> Applied:
    """Hand the rows of one chunk to the act."""
    done = import_cases(by=by, campaign=campaign, drafts=[row.values["draft"] for row in rows], via=via)
    changed = [Change(str(case.id), before, case.version) for case, before in done.changed]
    return Applied([str(case.id) for case in done.created], changed)


CASES = Importer(
    kind="case",
    title=("案件", "Cases"),
    right="case.import",
    fields=FIELDS,
    check=check,
    apply=apply,
    undo=undo_import,
    prepare=prepare,
    options=(
        Option("source", "来源", "Source",
               (("city_platform", "市级问题整治整改平台", "City rectification platform"),
                ("hotline", "12345热线", "Hotline 12345"), ("leader", "领导交办", "Given by leaders"),
                ("inspection", "执法检查", "Inspection"), ("other", "其他来源", "Other")), "city_platform"),
        Option("crs", "坐标系", "Coordinate system", CHOICES, "wgs84",
               "表格里有经纬度时才用得到", "Only needed when the table holds coordinates"),
    ),
    campaign=True,
    about=("上级平台下发的问题清单。按上级编号识别：已有的只更正，不会重复立案。",
           "The list issued from above. Known upper numbers are corrected, never opened twice."),
    url=lambda case_id: reverse("desk:case", args=[case_id]),
)  # fmt: skip
