"""Units, people and contracts from tables."""

import re
from collections.abc import Sequence
from typing import Any

from guatu.files.imports import Cells, Context, Field, Importer, RowOutcome
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_sealed
from guatu.places.models import Place
from guatu.places.reads import resolve
from guatu.units import acts
from guatu.units.acts.contracts import check_contract
from guatu.units.models import Contract, Person, Unit
from guatu.units.reads import find_person, find_unit
from guatu.units.rules import (
    CONTRACT_KINDS,
    ROLE_WORDS,
    ROLES,
    UNIT_KINDS,
    is_code,
    is_username,
    plain_phone,
    reaches,
)


def _words(table: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Every way a value may be written: zh, en, key → key."""
    return {
        **{zh: key for key, (zh, _en) in table.items()},
        **{en: key for key, (_zh, en) in table.items()},
        **{key: key for key in table},
    }


def load_units(context: Context, rows: Sequence[Cells]) -> None:
    """All units by code, and the codes the table itself brings (a parent may stand in the same table, further up)."""
    context.loaded["units"] = {unit.code: unit for unit in Unit.objects.select_related("parent")}
    context.loaded["paths"] = {}


def check_unit(context: Context, row: Cells) -> RowOutcome:
    code, name = row.text("code", longest=40).lower(), row.text("name", longest=120)
    values: dict[str, Any] = {"code": code, "name": name}
    for key, longest in (("short_name", 40),):
        if row.has(key):
            values[key] = row.text(key, longest=longest)
    if row.has("kind"):
        values["kind"] = row.choice("kind", _words(UNIT_KINDS), default="")
    if code and not is_code(code):
        row.refuse("code", Problem("unit.bad_code", code=code))
    area = row.text("area", longest=80)
    if area:
        try:
            values["area"] = resolve(area)
        except Problem as problem:
            row.refuse("area", problem)
    existing: Unit | None = context.loaded["units"].get(code)
    path = existing.path if existing else _path(context, row, values, code)
    where = values.get("area", existing.area if existing else "")
    if not row.faults and not context.scope.allows("unit.edit", area=where, units=(path,)):
        row.refuse("", Problem("access.denied", right="unit.edit"))
    if row.faults:
        return row.wrong()
    context.loaded["paths"][code] = path
    if existing is None:
        return row.new(code, values)
    changes = {key: value for key, value in values.items() if key not in ("code", "parent")}
    if all(getattr(existing, key) == value for key, value in changes.items()):
        return row.same(code, existing.id)
    return row.changed(code, existing.id, {"code": code, **changes})


def _path(context: Context, row: Cells, values: dict[str, Any], code: str) -> str:
    """Where a new unit will stand; its parent is in the store or further up in the table."""
    parent = row.text("parent", longest=120)
    if not parent:
        return f"{code}/"
    key = parent.lower()
    if key not in context.loaded["paths"]:
        try:
            found = find_unit(parent)
        except Problem as problem:
            row.refuse("parent", problem)
            return f"{code}/"
        key = found.code
        context.loaded["paths"][key] = found.path
        values.setdefault("area", found.area)
    values["parent"] = key
    return f"{context.loaded['paths'][key]}{code}/"


UNITS = Importer(
    kind="unit",
    title=("单位", "Units"),
    about=("委办局、街镇、企业：代码、名称、上级单位。上级写在前面。",
           "Bureaux, streets, companies: code, name, the unit above. Parents come before their children."),
    right="unit.edit",
    fields=(
        Field("code", "单位代码", "Code", ("代码", "code", "编码"), required=True, example="lrj",
              note_zh="小写字母和数字，会成为路径的一部分，以后不能改。",
              note_en="Lower-case letters and digits; becomes part of paths and cannot be changed later."),
        Field("name", "单位名称", "Name", ("名称", "全称", "单位"), required=True, example="嘉定区绿化和市容管理局"),
        Field("short_name", "简称", "Short name", ("单位简称",), example="绿容局"),
        Field("kind", "类别", "Kind", ("单位类别", "性质"), example="委办局"),
        Field("parent", "上级单位", "Parent", ("上级", "主管单位"), example="jd"),
        Field("area", "所属区域", "Area", ("区域", "辖区"), example="嘉定区"),
    ),
    prepare=load_units,
    check=check_unit,
    apply=acts.apply_units,
    undo=acts.undo_units,
)  # fmt: skip


# ----------------------------------------------------------------------------------------------- people


def load_people(context: Context, rows: Sequence[Cells]) -> None:
    context.loaded["people"] = {row.username.casefold(): row for row in Person.objects.select_related("unit")}
    context.loaded["units"] = {}


def _unit(context: Context, row: Cells) -> Unit | None:
    text = row.text("unit", longest=120)
    if not text:
        return None
    if text not in context.loaded["units"]:
        try:
            context.loaded["units"][text] = find_unit(text)
        except Problem as problem:
            row.refuse("unit", problem)
            return None
    found: Unit = context.loaded["units"][text]
    return found


def check_person(context: Context, row: Cells) -> RowOutcome:
    username, name = row.text("username", longest=60), row.text("name", longest=60)
    existing: Person | None = context.loaded["people"].get(username.casefold())
    values: dict[str, Any] = {"username": username, "name": name}
    if row.has("unit"):
        values["unit"] = _unit(context, row)
    if row.has("duty_title"):
        values["duty_title"] = row.text("duty_title", longest=60)
    phone = row.text("phone", longest=40) if row.has("phone") else ""
    if phone:
        values["phone"] = plain_phone(phone)
        if not values["phone"]:
            row.refuse("phone", Problem("person.bad_phone", phone="…"))
    if username and not is_username(username):
        row.refuse("username", Problem("person.bad_username", username=username))
    unit = values.get("unit") or (existing.unit if existing else None)
    area, path = (unit.area, unit.path) if unit is not None else ("", "")
    if not context.scope.allows("person.edit", area=area, units=(path,)):
        row.refuse("unit", Problem("access.denied", right="person.edit"))
    _post(context, row, values)
    if row.faults:
        return row.wrong()
    if existing is None:
        return row.new(username, values)
    plain = {key: value for key, value in values.items() if key in ("name", "unit", "duty_title")}
    # a post is given only once: with the account
    for key in ("role", "areas", "units"):
        values.pop(key, None)
    if all(getattr(existing, key) == value for key, value in plain.items()) and not _other_phone(
        existing, phone
    ):
        return row.same(username, existing.id)
    return row.changed(username, existing.id, values)


def _other_phone(existing: Person, phone: str) -> bool:
    """Whether a number was given that is not the sealed one; it is compared here and shown to nobody."""
    return bool(phone) and open_sealed(existing.id, "phone", existing.phone_sealed) != plain_phone(phone)


def _post(context: Context, row: Cells, values: dict[str, Any]) -> None:
    """A post, when the row gives a role: over the areas named, or the area and subtree of the unit."""
    role = row.choice("role", _words(ROLE_WORDS), default="")
    if not role:
        return
    unit: Unit | None = values.get("unit")
    codes = []
    for word in re.split(r"[、,，;；\s]+", row.text("areas", longest=400)):
        try:
            codes += [resolve(word)] if word else []
        except Problem as problem:
            row.refuse("areas", problem)
    paths = [unit.path] if unit is not None and (role == "lead_unit" or not codes) else []
    if not codes and not paths:
        row.refuse("areas", Problem("post.nowhere"))
    if any(right.startswith("settings.") for right in ROLES[role]) and not context.scope.may("settings.edit"):
        row.refuse("role", Problem("access.denied", right="settings.edit"))
    for code in codes:
        if not reaches(code, context.scope.areas("person.edit")):
            row.refuse("areas", Problem("post.beyond", where=code))
    values.update(role=role, areas=codes, units=paths)


PEOPLE = Importer(
    kind="person",
    title=("人员", "People"),
    about=("用户名、姓名、单位、职务、电话；填了角色的同时授予岗位。密码另行设置。",
           "User name, name, unit, duty, telephone; a role gives a post at once. Passwords are set separately."),
    right="person.edit",
    fields=(
        Field("username", "用户名", "User name", ("账号", "登录名", "工号", "username"), required=True, example="zhangsan"),
        Field("name", "姓名", "Name", ("人员姓名",), required=True, example="张三", personal=True),
        Field("unit", "单位", "Unit", ("所属单位", "部门", "工作单位"), example="绿容局"),
        Field("duty_title", "职务", "Duty", ("岗位", "职位"), example="联络员"),
        Field("phone", "电话", "Telephone", ("手机", "手机号", "联系电话", "联系方式"), example="13800000000", personal=True),
        Field("role", "角色", "Role", ("权限", "系统角色"), example="街镇"),
        Field("areas", "负责区域", "Areas", ("管辖区域", "权限区域"), example="南翔镇、江桥镇"),
    ),
    prepare=load_people,
    check=check_person,
    apply=acts.apply_people,
    undo=acts.undo_people,
    keeps_source=False,
)  # fmt: skip


# -------------------------------------------------------------------------------------------- contracts


def load_contracts(context: Context, rows: Sequence[Cells]) -> None:
    """The places named by number, and the contracts that run already."""
    numbers = list({row.text("place", longest=60) for row in rows if row.has("place")} - {""})
    for row in rows:
        row.faults.clear()
    places: dict[str, Place] = {}
    for start in range(0, len(numbers), 900):
        places.update(
            {row.number: row for row in Place.objects.filter(number__in=numbers[start : start + 900])}
        )
    context.loaded.update(
        places=places,
        people={},
        running={
            (row.person_id, row.kind, row.place_id, "" if row.place_id is not None else row.area): row.id
            for row in Contract.objects.filter(ended=False)
        },
    )


def check_contract_row(context: Context, row: Cells) -> RowOutcome:
    kind = row.choice("kind", _words(CONTRACT_KINDS), default="place")
    number, area = row.text("place", longest=60), row.text("area", longest=80)
    place: Place | None = context.loaded["places"].get(number)
    if number and place is None:
        row.refuse("place", Problem("contract.unknown_place", number=number))
    person = _person(context, row)
    from_day, to_day = row.day("from_day"), row.day("to_day")
    if from_day and to_day and to_day < from_day:
        row.refuse("to_day", Problem("post.bad_days", from_day=from_day, to_day=to_day))
    code = ""
    if person is not None and not row.faults:
        try:
            code = check_contract(person, kind, place, area)
        except Problem as problem:
            row.refuse("area" if problem.code.startswith("place.") else "", problem)
    if code and not context.scope.allows("contract.edit", area=code):
        row.refuse("area", Problem("access.denied", right="contract.edit"))
    if row.faults or person is None:
        return row.wrong()
    key = (person.id, kind, place.id if place else None, "" if place else code)
    shown = f"{person.username} {kind} {number or code}"
    if key in context.loaded["running"]:
        return row.same(shown, context.loaded["running"][key])
    return row.new(
        shown,
        {
            "person": person.id, "kind": kind, "place": place.id if place else "", "area": "" if place else code,
            "from_day": from_day, "to_day": to_day, "note": row.text("note"),
        },
    )  # fmt: skip


def _person(context: Context, row: Cells) -> Person | None:
    text = row.text("person", longest=60)
    if not text:
        return None
    if text not in context.loaded["people"]:
        try:
            context.loaded["people"][text] = find_person(text)
        except Problem as problem:
            row.refuse("person", problem)
            return None
    found: Person = context.loaded["people"][text]
    return found


CONTRACTS = Importer(
    kind="contract",
    title=("责任包干", "Contracts"),
    about=("谁负责哪个点位或哪个区域：人员、包干类别、点位编号或区域、起止日期。",
           "Who answers for which place or area: person, kind, the place's number or the area, first and last day."),
    right="contract.edit",
    fields=(
        Field("person", "责任人", "Person", ("用户名", "姓名", "包干人", "负责人", "路长", "网格长"), required=True,
              example="zhangsan", note_zh="用户名；没有重名时可写姓名。", note_en="User name; or the name when only one has it."),
        Field("kind", "包干类别", "Kind", ("类别", "类型"), example="街区包干"),
        Field("place", "点位编号", "Place", ("编号", "点位", "place"), example="NX-001"),
        Field("area", "区域", "Area", ("所属区域", "包干区域", "居村委", "网格"), example="古猗园社区居委会"),
        Field("from_day", "开始日期", "From", ("起始日期", "签订日期"), example="2021-09-01"),
        Field("to_day", "结束日期", "To", ("截止日期", "到期日期"), example=""),
        Field("note", "备注", "Note", ("说明",), example=""),
    ),
    prepare=load_contracts,
    check=check_contract_row,
    apply=acts.apply_contracts,
    undo=acts.undo_contracts,
)  # fmt: skip
