"""Tables of classes and of filing and closing standards, as cases.toml names them; units reconciled on the way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guatu.cases.rules.naming import KINDS, key_of, read_kind
from guatu.cases.rules.standards import (
    PLAIN_UNITS,
    Reading,
    Ruling,
    UnreadableLimit,
    Written,
    read_limit_cell,
    reconcile,
)
from guatu.kernel.workcalendar import UNITS
from guatu.packs.pack import ClassRow, Pack
from guatu.packs.reading.people import unit_fault
from guatu.packs.sheets import Column, Line, Sheet, read_sheet
from guatu.packs.toml import Key, Toml, take

_FILE = Key("file", required=True, example='file = "standards.csv"')
_SCHEME = Key("scheme", required=True, example='scheme = "GB/T 30428.2-2013"')
_KIND = Key("kind", choices=KINDS)
DIRECTORY = (_FILE, _SCHEME, _KIND)
STANDARDS = (
    _FILE, _SCHEME, _KIND, Key("other"), Key("other_kind", choices=KINDS), Key("day", choices=UNITS), Key("hour", choices=UNITS),
    Key("origin"),
)  # fmt: skip
CLASS_COLUMNS = (
    Column("kind", ("类型", "部件事件", "部件或事件")), Column("code", ("类别编码", "类别代码", "编码", "class_code5")),
    Column("name", ("类别名称", "名称")), Column("name_en", ("英文名称",)), Column("major_code", ("大类代码", "大类编码")),
    Column("major_name", ("大类", "大类名称")), Column("minor_code", ("小类代码", "小类编码")),
    Column("minor_name", ("小类", "小类名称")), Column("keywords", ("关键词",)),
)  # fmt: skip
STANDARD_COLUMNS = (
    *CLASS_COLUMNS,
    Column("condition", ("立案条件", "filing_condition"), True, "缺失、移位、开裂，存在安全隐患的"),
    Column("condition_en", ("立案条件英文",)), Column("limit", ("时限", "处置时限", "处置期限", "limit_raw"), True, "2紧急工作时"),
    Column("limit_value", ("时限数值",)), Column("limit_unit", ("时限单位", "limit_unit_raw")),
    Column("closing", ("结案条件", "closing_condition")), Column("season", ("季节", "适用季节")), Column("unit", ("承办单位",)),
    Column("responsible", ("处置单位", "责任单位", "责任主体", "handling_unit", "responsible_body")),
    Column("competent", ("主管部门", "监管主体", "competent_department", "supervising_body")),
    Column("basis", ("法律依据", "legal_basis")), Column("clause", ("法律条款", "条款内容", "legal_clause")),
    Column("collecting", ("采集规则", "采集规范", "collection_rule")),
)  # fmt: skip
ClassKey = tuple[str, str, str]


def read_directory(pack: Pack, toml: Toml, index: int, table: Mapping[str, Any]) -> None:
    """A table with one class a line."""
    found = take(toml, ("directory", index), table, DIRECTORY, pack.faults)
    sheet = _sheet(pack, toml, "directory", index, found, CLASS_COLUMNS)
    if sheet is None:
        return
    seen: dict[ClassKey, int] = {}
    for line in sheet.lines:
        key = _class(pack, sheet, line, found)
        if key is not None and key in seen:
            at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
            pack.faults.add("duplicate", sheet.file, what="code", value=key[2], first=seen[key], **at)
        elif key is not None:
            seen[key] = line.number


def read_standards(pack: Pack, toml: Toml, index: int, table: Mapping[str, Any]) -> None:
    """A table with one filing condition a line, and perhaps the city's other table, which names the units."""
    found = take(toml, ("standards", index), table, STANDARDS, pack.faults)
    sheet = _sheet(pack, toml, "standards", index, found, STANDARD_COLUMNS)
    if sheet is None:
        return
    first = _rows(pack, sheet, found)
    other: list[tuple[Written, Line]] = []
    other_file = found.get("other", "")
    if other_file:
        named = {**found, "file": other_file, "kind": found.get("other_kind", found.get("kind", ""))}
        second = _sheet(pack, toml, "standards", index, named, STANDARD_COLUMNS, key="other")
        other = _rows(pack, second, named) if second is not None else []
    plain = {
        "day": found.get("day", PLAIN_UNITS["day"]),
        "hour": found.get("hour", PLAIN_UNITS["hour"]),
    }
    settled = reconcile([row for row, _line in first], [row for row, _line in other], plain)
    lines = {id(row): line for row, line in (*first, *other)}
    for ruling in settled.rulings:
        pack.standards.append(_standard(ruling, lines, found, sheet.file, other_file))
        pack.rulings.append((sheet.file, other_file, ruling))


def _sheet(
    pack: Pack,
    toml: Toml,
    section: str,
    index: int,
    found: Mapping[str, Any],
    columns: tuple[Column, ...],
    key: str = "file",
) -> Sheet | None:
    """The table, which must lie in the pack."""
    if "file" not in found or "scheme" not in found:
        return None
    path = pack.folder / found["file"]
    if path.parent != pack.folder or not path.is_file():
        line = toml.line(section, index, key)
        pack.faults.add("no_file", toml.file, line=line, name=found["file"])
        return None
    return read_sheet(Path(path), path.name, columns, pack.faults)


def _class(pack: Pack, sheet: Sheet, line: Line, found: Mapping[str, Any]) -> ClassKey | None:
    """The class a line belongs to, noted in the pack; None (with a fault) when it cannot be said which."""
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    word = line.text("kind")
    kind = read_kind(word) if word else found.get("kind") or None
    if kind is None:
        pack.faults.add("bad_kind", sheet.file, value=word, **at)
        return None
    code = line.text("code") or _two(line.text("major_code")) + _two(line.text("minor_code"))
    name = " ".join((line.text("name") or line.text("minor_name")).split())
    for column, value in (("code", code), ("name", name)):
        if not value:
            pack.faults.add("empty_cell", sheet.file, column=column, example="0101", **at)
            return None
    key = (found["scheme"], kind, code)
    data = {"name": name, "major_code": _two(line.text("major_code")), "major_name": line.text("major_name")}
    data |= {column: text for column in ("name_en", "keywords") if (text := line.text(column))}
    known = pack.class_rows.get(key)
    if known is not None and known.data.get("name") != name:
        pack.faults.add("class_renamed", sheet.file, known=key_of(*key), value=name, name=known.data["name"], **at)  # fmt: skip
        return None
    pack.class_rows[key] = ClassRow(*key, {**data, **(known.data if known else {})})
    return key


def _two(code: str) -> str:
    """Spreadsheets take the nought off 01."""
    return code.zfill(2) if code.isdigit() else code


def _rows(pack: Pack, sheet: Sheet, found: Mapping[str, Any]) -> list[tuple[Written, Line]]:
    """Every line that can be read; the others are told."""
    rows: list[tuple[Written, Line]] = []
    seen: dict[tuple[ClassKey, str, str], int] = {}
    for line in sheet.lines:
        at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
        key, condition, cell = _class(pack, sheet, line, found), line.text("condition"), line.text("limit")
        if key is None or not condition or not cell:
            continue  # told where the cell was found empty
        try:
            reading = read_limit_cell(cell, line.text("limit_unit"))
        except UnreadableLimit as wrong:
            pack.faults.add("bad_limit_cell", sheet.file, column="limit", value=cell, why=str(wrong), **at)
            continue
        season = line.text("season") or reading.season
        if first := seen.get((key, condition, season)):
            pack.faults.add("duplicate", sheet.file, what="condition", value=condition[:40], first=first, **at)  # fmt: skip
            continue
        seen[key, condition, season] = line.number
        unit = line.text("unit")
        if unit and not pack.library and unit_fault(pack, unit, sheet.file, **at):
            continue
        reading = Reading(reading.raw, reading.parts, season)
        rows.append((Written(line.number, key[1], key[2], pack.class_rows[key].data["name"], condition, reading), line))  # fmt: skip
    return rows


def _standard(
    ruling: Ruling, lines: Mapping[int, Line], found: Mapping[str, Any], file: str, other_file: str
) -> dict[str, Any]:
    """A standard as `set_standards` takes it: both tables together, the first one's words before the other's."""
    told = [lines[id(row)] for row in (ruling.first, ruling.other) if row is not None]

    def said(column: str) -> str:
        return next((text for line in told if (text := line.text(column))), "")

    written = ruling.written
    basis = "\n".join(text for text in (said("basis"), said("clause")) if text)
    where = [f"{file}:{ruling.first.line}"] if ruling.first else []
    where += [f"{other_file}:{ruling.other.line}"] if ruling.other else []
    standard: dict[str, Any] = {
        "scheme": found["scheme"], "kind": written.kind, "code": written.code, "condition": written.condition,
        "closing": said("closing"), "stages": list(ruling.stages), "season": ruling.season,
        "responsible": " ".join(said("responsible").split()), "competent": " ".join(said("competent").split()),
        "basis": basis, "collecting": said("collecting"), "limit_raw": written.reading.raw,
        "origin": " · ".join([*([found["origin"]] if found.get("origin") else []), *where, ruling.rule])[:200],
    }  # fmt: skip
    if condition_en := said("condition_en"):
        standard["condition_en"] = condition_en
    if unit := said("unit"):
        standard["unit"] = unit
    return standard
