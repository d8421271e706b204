"""Areas the shipped list lacks, units, posts, and the organisation of the campaign."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from guatu import places
from guatu.campaigns.rules import PERSON_ROLES, STANDS_UNDER, may_stand_under
from guatu.files.rules import as_yes
from guatu.packs.faults import near
from guatu.packs.pack import AreaRow, BodyRow, Pack, PostRow, UnitRow
from guatu.packs.reading.frame import is_area
from guatu.packs.sheets import Column, Line, Sheet, find_table, read_sheet, unique
from guatu.packs.toml import Key, Toml, read_toml, take
from guatu.units.rules import ROLES

AREA_COLUMNS = (
    Column("code", ("代码", "区划代码"), True, "310114118"), Column("name", ("名称",), True, "江桥镇"),
    Column("name_en", ("英文名称",)), Column("level", ("级别",)), Column("parent", ("上级",)), Column("lon", ("经度",)),
    Column("lat", ("纬度",)),
)  # fmt: skip
UNIT_COLUMNS = (
    Column("code", ("代码", "单位代码"), True, "lrj"), Column("name", ("名称", "单位名称"), True, "区绿化和市容管理局"),
    Column("short_name", ("简称",)), Column("kind", ("类型", "性质")), Column("parent", ("上级", "上级单位")),
    Column("area", ("区域", "区划代码")),
)  # fmt: skip
POST_COLUMNS = (
    Column("username", ("用户名", "账号"), True, "nanxiang"), Column("name", ("姓名",), True, "王敏"),
    Column("unit", ("单位",)), Column("role", ("角色",), True, "street"), Column("title", ("岗位", "职务")),
    Column("areas", ("区域",)), Column("units", ("单位范围",)), Column("zones", ("片区",)), Column("demo", ("演示账号",)),
)  # fmt: skip
BODY = (
    Key("code", required=True, example='code = "security"'), Key("name", required=True, example='name = "安全保障组"'),
    Key("kind", required=True, choices=tuple(STANDS_UNDER)), Key("parent"), Key("order", "whole"), Key("duties"),
    Key("area"), Key("lead", "list"), Key("support", "list"), Key("members", "list"), Key("people", "tables"),
)  # fmt: skip
PERSON = (
    Key("person", required=True, example='person = "jinbo"'), Key("role", required=True, choices=PERSON_ROLES),
    Key("title"),
)  # fmt: skip


@lru_cache(maxsize=1)
def shipped_areas() -> frozenset[str]:
    """Codes of every area the product ships, read from its lists without asking the store."""
    codes: set[str] = set()
    for path in (Path(places.__file__).parent / "reference").glob("*_divisions_*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as source:
            codes.update(row["code"] for row in csv.DictReader(source))
    return frozenset(codes)


def area_fault(
    pack: Pack, code: str, file: str, *, line: int | None, sheet: str = "", inside: bool = True
) -> bool:
    """Whether a code is wrong here; the mistake is told."""
    if not is_area(code):
        pack.faults.add("bad_area", file, line=line, sheet=sheet, value=code)
        return True
    if inside and pack.area and not code.startswith(pack.area):
        pack.faults.add("area_outside", file, line=line, sheet=sheet, value=code, area=pack.area)
        return True
    own = {row.code for row in pack.areas}
    if len(code) <= 12 and code not in own and code not in shipped_areas():
        pack.faults.add("unknown_area", file, line=line, sheet=sheet, value=code)
        return True
    return False


def read_areas(pack: Pack) -> None:
    path = find_table(pack.folder, "areas")
    sheet = read_sheet(path, path.name, AREA_COLUMNS, pack.faults) if path else None
    for code, line in unique(sheet, "code", "code", pack.faults).items() if sheet else ():
        assert sheet is not None
        if not is_area(code):
            pack.faults.add("bad_area", sheet.file, sheet=sheet.sheet, line=line.number, value=code)
            continue
        lon, lat = line.number_of("lon"), line.number_of("lat")
        pack.areas.append(
            AreaRow(code, line.text("name"), line.text("name_en"), line.text("level"), line.text("parent"),
                    float(lon) if lon is not None else None, float(lat) if lat is not None else None)
        )  # fmt: skip
    for code in pack.load:
        if is_area(code):
            area_fault(pack, code, "pack.toml", line=None, inside=False)
    for zone in pack.zones:
        for code in zone.areas:
            area_fault(pack, code, "pack.toml", line=None, inside=False)


def read_units(pack: Pack) -> None:
    path = find_table(pack.folder, "units")
    sheet = read_sheet(path, path.name, UNIT_COLUMNS, pack.faults) if path else None
    if sheet is None:
        return
    rows = unique(sheet, "code", "code", pack.faults)
    for code, line in rows.items():
        parent, area = line.text("parent"), line.text("area")
        if parent and (parent not in rows or _in_ring(code, rows)):
            pack.faults.add("unknown_unit", sheet.file, sheet=sheet.sheet, line=line.number, value=parent,
                            near=near(parent, rows))  # fmt: skip
            parent = ""
        if area and area_fault(pack, area, sheet.file, line=line.number, sheet=sheet.sheet, inside=False):
            area = ""
        name = line.text("name")
        pack.units.append(
            UnitRow(
                code, name, line.text("short_name") or name[:40], line.text("kind"), parent, area, line.number
            )
        )


def _in_ring(code: str, rows: Mapping[str, Line]) -> bool:
    """Whether a unit stands, at some distance, under itself."""
    seen, here = {code}, rows[code].text("parent")
    while here in rows:
        if here in seen:
            return True
        seen.add(here)
        here = rows[here].text("parent")
    return False


def unit_fault(pack: Pack, code: str, file: str, *, line: int | None, sheet: str = "") -> bool:
    """Whether no unit goes by this code or name; the mistake is told."""
    known = [word for row in pack.units for word in (row.code, row.name, row.short_name)]
    if code in known:
        return False
    pack.faults.add("unknown_unit", file, line=line, sheet=sheet, value=code, near=near(code, known))
    return True


def read_posts(pack: Pack) -> None:
    path = find_table(pack.folder, "posts")
    sheet = read_sheet(path, path.name, POST_COLUMNS, pack.faults) if path else None
    if sheet is None:
        return
    names: dict[str, str] = {}
    for line in sheet.lines:
        row = _post(pack, sheet, line)
        if row.role and row.role not in ROLES:
            pack.faults.add("not_a_choice", sheet.file, sheet=sheet.sheet, line=line.number, key="role", value=row.role,
                            choices=", ".join(ROLES))  # fmt: skip
        elif names.setdefault(row.username, row.name) != row.name:
            first = next(post.line for post in pack.posts if post.username == row.username)
            pack.faults.add("duplicate", sheet.file, sheet=sheet.sheet, line=line.number, what="username",
                            value=row.username, first=first)  # fmt: skip
        elif row.username and row.name and row.role:
            pack.posts.append(row)


def _post(pack: Pack, sheet: Sheet, line: Line) -> PostRow:
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    unit = line.text("unit")
    if unit and unit_fault(pack, unit, sheet.file, **at):
        unit = ""
    areas = tuple(c for c in line.texts("areas") if not area_fault(pack, c, sheet.file, inside=False, **at))
    units = tuple(code for code in line.texts("units") if not unit_fault(pack, code, sheet.file, **at))
    zones = {zone.code for zone in pack.zones}
    for code in line.texts("zones"):
        if code not in zones:
            pack.faults.add(
                "not_a_choice", sheet.file, key="zones", value=code, choices=", ".join(zones) or "—", **at
            )
    return PostRow(
        username=line.text("username"), name=line.text("name"), unit=unit, role=line.text("role"),
        title=line.text("title"), areas=areas, units=units, zones=tuple(c for c in line.texts("zones") if c in zones),
        demo=as_yes(line.text("demo")) is True, line=line.number,
    )  # fmt: skip


def read_organisation(pack: Pack) -> None:
    path = pack.folder / "organisation.toml"
    toml = read_toml(path, path.name, pack.faults) if path.is_file() else None
    if toml is None:
        return
    tables = take(toml, (), toml.data, (Key("bodies", "tables"),), pack.faults).get("bodies", [])
    kinds: dict[str, str] = {}
    for index, table in enumerate(tables):
        found = take(toml, ("bodies", index), table, BODY, pack.faults)
        if not {"code", "name", "kind"} <= set(found):
            continue
        line = toml.line("bodies", index)
        if found["code"] in kinds:
            first = next(
                toml.line("bodies", at) for at, each in enumerate(tables) if each.get("code") == found["code"]
            )
            pack.faults.add("duplicate", toml.file, line=line, what="code", value=found["code"], first=first)
            continue
        parent = found.get("parent", "")
        if parent and parent not in kinds:
            pack.faults.add("unknown_body", toml.file, line=toml.line("bodies", index, "parent"), value=parent,
                            near=near(parent, kinds))  # fmt: skip
        elif not may_stand_under(found["kind"], kinds.get(parent, "")):
            pack.faults.add(
                "body_parent",
                toml.file,
                line=line,
                value=found["name"],
                kind=found["kind"],
                parent=parent or "—",
            )
        kinds[found["code"]] = found["kind"]
        pack.bodies.append(_body(pack, toml, index, found))


def _body(pack: Pack, toml: Toml, index: int, found: Mapping[str, Any]) -> BodyRow:
    units: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for role in ("lead", "support", "members"):
        line = toml.line("bodies", index, role)
        good = [code for code in found.get(role, ()) if not unit_fault(pack, code, toml.file, line=line)]
        units[role] = tuple(code for code in dict.fromkeys(good) if code not in taken)
        taken |= set(good)
    return BodyRow(
        code=found["code"], name=found["name"], kind=found["kind"], parent=found.get("parent", ""),
        order=found.get("order", index), duties=found.get("duties", "").strip(), area=found.get("area", ""),
        lead=units["lead"], support=units["support"], members=units["members"], people=_people(pack, toml, index, found),
    )  # fmt: skip


def _people(pack: Pack, toml: Toml, index: int, found: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    known = {post.username for post in pack.posts}
    people = []
    for place, table in enumerate(found.get("people", ())):
        said = take(toml, ("bodies", index, "people", place), table, PERSON, pack.faults)
        if "person" not in said or "role" not in said:
            continue
        if said["person"] not in known:
            pack.faults.add("unknown_person", toml.file, line=toml.line("bodies", index, "people"), value=said["person"],
                            near=near(said["person"], known))  # fmt: skip
        else:
            people.append((said["person"], said["role"], said.get("title", "")))
    return tuple(people)
