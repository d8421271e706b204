"""Places and unit grids from tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from guatu.files.imports import Cells, Context, Field, Importer, Option, RowOutcome
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_many
from guatu.places import acts
from guatu.places.acts.areas import check_grid, why_bad
from guatu.places.acts.contacts import check_phone
from guatu.places.acts.places import lying_in, state_of
from guatu.places.models import Area, Place
from guatu.places.reads.locating import Located, locate
from guatu.places.rules import CHOICES, KIND_WORDS, RISKS, SCHEMES, SURVEY_KINDS, BadShape, read_shape

_AT_ONCE = 900
_PLAIN_TEXT = (
    ("name", 200), ("kind", 60), ("address", 300), ("opening_hours", 200), ("road", 80), ("industry", 40),
)  # fmt: skip
_CONTACT = ("contact_name", "contact_phone")
# the kinds of the register may be written as they are said
_KINDS = {word: key for key in SURVEY_KINDS for word in KIND_WORDS[key]} | {
    "商铺": "shop",
    "写字楼": "building",
}
_RISK_WORDS = {word: key for key, (zh, en) in RISKS.items() for word in (zh, f"{zh}风险", en, key)}

CRS = Option(
    "crs", "坐标系", "Coordinate system", CHOICES, default="wgs84",
    note_zh="坐标是从哪里取的：GPS、高德、百度还是测绘部门。选错会偏出几百米。",
    note_en="Where the points were taken: GPS, AMap, Baidu or a survey. The wrong one is off by some hundred metres.",
)  # fmt: skip


def load_existing(context: Context, rows: Sequence[Cells]) -> None:
    """The places that have one of the table's numbers, and those it says others are in (by number or by name)."""
    numbers = {row.text("number", longest=60) for row in rows} - {""}
    containers = {row.text("within", longest=200) for row in rows if row.has("within")} - {""}
    for row in rows:
        row.faults.clear()  # the check reads the number again and notes its faults then
    found = {row.number: row for row in _found("number__in", numbers | containers)}
    named = _found("name__in", containers - set(found)) if containers else []
    found.update({row.number: row for row in named})
    context.loaded["places"] = found
    context.loaded["named"] = {
        name: [row.number for row in named if row.name == name and not row.withdrawn] for name in containers
    }
    context.loaded["lying"] = {}  # number → whereabouts of the rows read so far
    context.loaded["brought"] = {}  # number or name → number of what stands further up in the table
    sealed = {row.id: row.contact for row in found.values() if row.contact}
    asked = any(row.has(key) for row in rows[:1] for key in _CONTACT)
    context.loaded["contacts"] = open_many(sealed) if asked and sealed else {}


def _found(condition: str, wanted: set[str]) -> list[Place]:
    rows: list[Place] = []
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _AT_ONCE):
        rows += Place.objects.select_related("within").filter(
            **{condition: ordered[start : start + _AT_ONCE]}
        )
    return rows


def check_place(context: Context, row: Cells) -> RowOutcome:
    """One row: where it is, whether it is there already, what differs."""
    number = row.text("number", longest=60)
    existing: Place | None = context.loaded["places"].get(number)
    values: dict[str, Any] = {"number": number}
    for key, longest in _PLAIN_TEXT:
        text = row.text(key, longest=longest)
        if row.has(key):
            values[key] = text
    if not values.get("name"):
        values["name"] = existing.name if existing else number  # sources without names still have the number
    values["kind"] = _KINDS.get(values.get("kind", ""), values.get("kind", existing.kind if existing else ""))
    if row.has("risk"):
        values["risk"] = row.choice("risk", _RISK_WORDS, default="")
    _read_contact(context, row, values, existing)
    _read_within(context, row, values)
    if row.has("capacity"):
        values["capacity"] = row.number("capacity", least=0, most=9_999_999)
    for key in ("opened_on", "closed_on"):
        if row.has(key):
            values[key] = row.day(key)
    if row.has("state"):
        values["attributes"] = {
            **(existing.attributes if existing else {}),
            "state": row.text("state", longest=40),
        }
    _find(context, row, values, existing)
    if row.faults:
        return row.wrong()
    context.loaded["brought"].update({number: number, values["name"]: number})
    if existing is None:
        return row.new(number, values)
    if _same(existing, values):
        return row.same(number, existing.id)
    return row.changed(number, existing.id, values)


def _read_contact(context: Context, row: Cells, values: dict[str, Any], existing: Place | None) -> None:
    """Name and telephone; left out when they say what is on record already."""
    if not any(row.has(key) for key in _CONTACT):
        return
    before: Mapping[str, str] = (
        context.loaded["contacts"].get(existing.id, {}) if existing is not None else {}
    )
    contact = {
        key.removeprefix("contact_"): row.text(key, longest=60)
        if row.has(key)
        else before.get(key.removeprefix("contact_"), "")
        for key in _CONTACT
    }
    try:
        check_phone(contact["phone"])
    except Problem as problem:
        row.refuse("contact_phone", problem)
    if {key: text for key, text in contact.items() if text} != dict(before):
        values["contact"] = contact


def _read_within(context: Context, row: Cells, values: dict[str, Any]) -> None:
    """The building or market, by number or name: on record, or further up in the table. Kept as its number."""
    if not row.has("within"):
        return
    text = row.text("within", longest=200)
    on_record: Mapping[str, Place] = context.loaded["places"]
    named = context.loaded["named"].get(text, [])
    if not text:
        values["within"] = ""
    elif text in context.loaded["brought"]:
        values["within"] = context.loaded["brought"][text]
    elif text in on_record and not on_record[text].withdrawn:
        values["within"] = text
    elif len(named) == 1:
        values["within"] = named[0]
    else:
        row.refuse(
            "within",
            Problem("place.unknown_container" if not named else "place.many_containers", within=text),
        )
    if values.get("within") and values["within"] == values["number"]:
        row.refuse("within", Problem("place.bad_within", name=values["name"], within=text))


def _find(context: Context, row: Cells, values: dict[str, Any], existing: Place | None) -> None:
    x, y = row.number("x"), row.number("y")
    area = row.text("area", longest=80)
    if any(fault.field in ("x", "y", "area", "within") for fault in row.faults):
        return
    if existing is not None and x is None and y is None and not area:
        area = existing.area
    if existing is None and x is None and y is None and not area and values.get("within"):
        _lie_in(context, row, values)
        return
    system = row.text("system", longest=40) or context.options.get("crs", "")
    inside = getattr(context.campaign, "area", "")
    try:
        where = locate(
            area=area,
            x=None if x is None else float(x),
            y=None if y is None else float(y),
            system=system,
            inside=inside,
        )
    except Problem as problem:
        point = problem.code in ("place.not_in_china", "place.outside_areas", "place.half_a_point")
        row.refuse("x" if point else "system" if problem.code == "place.unknown_system" else "area", problem)
        return
    _allow(context, row, values, where, existing)


def _lie_in(context: Context, row: Cells, values: dict[str, Any]) -> None:
    """Who is in a building lies where it lies, when nothing else is said."""
    number = values["within"]
    where = context.loaded["lying"].get(number)
    if where is None:
        where = lying_in(context.loaded["places"][number])
    _allow(context, row, values, where, None)


def _allow(
    context: Context, row: Cells, values: dict[str, Any], where: Located, existing: Place | None
) -> None:
    for code in {where.area, *([existing.area] if existing else [])}:
        if not context.scope.allows("place.import", area=code):
            row.refuse("area", Problem("access.denied", right="place.import"))
            return
    values["where"] = where
    context.loaded["lying"][values["number"]] = where


_APART = ("where", "within", "contact")  # what is compared in its own way


def _same(existing: Place, values: dict[str, Any]) -> bool:
    if existing.withdrawn:
        return False
    where = values["where"]
    if (existing.area, existing.lon, existing.lat) != (where.area, where.lon, where.lat):
        return False
    fresh = Place(**{key: value for key, value in values.items() if key not in _APART})
    if "contact" in values or values.get("within", _number(existing.within)) != _number(existing.within):
        return False
    old, new = state_of(existing), state_of(fresh)
    return all(_even(old[key], new[key]) for key in values if key not in _APART)


def _number(place: Place | None) -> str:
    return place.number if place is not None else ""


def _even(old: Any, new: Any) -> bool:
    """12 and 12.00 are the same capacity."""
    if isinstance(old, str) and isinstance(new, str) and "." in old:
        return old.rstrip("0").rstrip(".") == (new.rstrip("0").rstrip(".") if "." in new else new)
    return bool(old == new)


PLACES = Importer(
    kind="place",
    title=("点位", "Places"),
    about=(
        "店铺、停车场、站点、重点场所：有编号、名称、类别，有坐标或所属区域。编号相同的会更新，不会重复。",
        "Shops, parking lots, stations, key places: a number, a name, a kind, and a point or an area. The same number updates.",
    ),
    right="place.import",
    fields=(
        Field("number", "编号", "Number", ("osm_id", "点位编号", "序号编码", "id", "code"), required=True, example="NX-001"),
        Field("name", "名称", "Name", ("点位名称", "场所名称", "单位名称", "店名", "商户名称"), example="南翔老街"),
        Field("kind", "类别", "Kind", ("类型", "点位类别", "category", "type"), example="street_block"),
        Field("area", "所属区域", "Area", ("street_code12", "区域", "街镇", "所属街镇", "区域代码", "street_name", "居村委"),
              example="南翔镇", note_zh="代码或完整名称；有坐标时可以不填。",
              note_en="Code or full name; may stay empty when there is a point."),
        Field("x", "经度", "Longitude", ("lon", "lng", "lon_wgs84", "longitude", "东经", "x", "x坐标"), example="121.3120"),
        Field("y", "纬度", "Latitude", ("lat", "lat_wgs84", "latitude", "北纬", "y", "y坐标"), example="31.2940"),
        Field("system", "坐标系", "Coordinate system", ("crs", "坐标系统", "source_crs"), example="",
              note_zh="各行不同时才填。", note_en="Only when it differs between rows."),
        Field("address", "地址", "Address", ("详细地址", "addr_street", "位置"), example="解放街 1 号"),
        Field("opening_hours", "营业时间", "Opening hours", ("开放时间",), example="09:00-21:00"),
        Field("capacity", "容量", "Capacity", ("车位数", "泊位数", "床位数", "可容纳人数"), example="120"),
        Field("within", "所在楼宇或市场", "In building", ("所在楼宇", "所属楼宇", "楼宇", "所在市场", "所属市场", "within"), example="",
              note_zh="楼宇的编号或名称；楼宇要先登记，或排在表的前面。",
              note_en="The building's number or name; it must be on record or further up in the table."),
        Field("road", "道路", "Road", ("所在道路", "路名", "路段", "street"), example="愚园路"),
        Field("industry", "行业", "Industry", ("行业代码", "行业类别", "业态"), example="catering"),
        Field("risk", "风险等级", "Risk", ("风险", "风险级别"), example="中"),
        Field("contact_name", "联系人", "Contact", ("负责人", "店主", "经营者"), example="", personal=True),
        Field("contact_phone", "联系电话", "Contact's telephone", ("电话", "手机", "手机号"), example="", personal=True),
        Field("state", "营业状态", "State", ("开业状态", "状态"), example="正常营业"),
        Field("opened_on", "启用日期", "Opened on", ("开业日期",), example="2021-09-01"),
        Field("closed_on", "停用日期", "Closed on", ("关闭日期",), example=""),
    ),
    options=(CRS,),
    prepare=load_existing,
    check=check_place,
    apply=acts.apply_places,
    undo=acts.undo_places,
)  # fmt: skip


def check_grid_row(context: Context, row: Cells) -> RowOutcome:
    """One unit grid: its code by the chosen scheme, its name, its border if there is one."""
    code, name = row.text("code", longest=20), row.text("name", longest=80)
    geometry = row.text("geometry", longest=2_000_000)
    scheme, system = context.options.get("scheme", "grid-15"), context.options.get("crs", "wgs84")
    if code and name:
        try:
            check_grid(code, scheme, name)
        except Problem as problem:
            row.refuse("code", problem)
        if not context.scope.allows("place.edit", area=code):
            row.refuse("code", Problem("access.denied", right="place.edit"))
    shape = None
    if geometry:
        try:
            shape = read_shape(geometry, system)
        except BadShape as wrong:
            row.refuse("geometry", Problem("area.bad_shape", why=why_bad(str(wrong))))
    if row.faults:
        return row.wrong()
    values = {"code": code, "name": name, "scheme": scheme, "geometry": geometry, "system": system}
    existing = Area.objects.filter(code=code).first()
    if existing is None:
        return row.new(code, values)
    if existing.name == name and (shape is None or shape == existing.shape):
        return row.same(code, code)
    return row.changed(code, code, values)


GRIDS = Importer(
    kind="grid",
    title=("单元网格", "Unit grids"),
    about=(
        "居村委以下的单元网格：代码、名称，最好用 GeoJSON 带上边界。",
        "The unit grids below a neighbourhood: code, name, and best a GeoJSON file that brings the borders along.",
    ),
    right="place.import",
    fields=(
        Field("code", "网格代码", "Grid code", ("code", "代码", "网格编码", "单元网格代码"), required=True,
              example="310114102001001"),
        Field("name", "网格名称", "Grid name", ("name", "名称", "单元网格名称"), required=True, example="古猗园第一网格"),
        Field("geometry", "边界", "Border", ("geometry", "geojson", "边界坐标"), note_zh="GeoJSON 的 Polygon；可以空着以后再画。",
              note_en="A GeoJSON Polygon; may stay empty and be drawn later."),
    ),
    options=(
        CRS,
        Option("scheme", "编码规则", "Code scheme",
               tuple((key, f"{digits} 位", f"{digits} digits") for key, digits in SCHEMES.items()), default="grid-15"),
    ),
    check=check_grid_row,
    apply=acts.apply_grids,
    undo=acts.undo_grids,
)  # fmt: skip
