"""What is to be done and how it is reported: forms, registers, the task list."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guatu.fieldwork.rules.meaning import SettingsError, measure_questions, read_settings
from guatu.fieldwork.xlsform import compile_form
from guatu.kernel.problems import Problem
from guatu.packs.faults import near
from guatu.packs.pack import FormRow, Pack, RegisterRow
from guatu.packs.reading.people import area_fault, unit_fault
from guatu.packs.sheets import Column, Line, Sheet, find_table, read_sheet, unique
from guatu.packs.toml import Key, Toml, read_toml, take
from guatu.registers.rules import KINDS, TYPES, ColumnError, check_register, read_columns

REGISTER = (
    Key("code", required=True), Key("name", required=True), Key("name_en"), Key("kind", required=True, choices=KINDS),
    Key("key_field", required=True), Key("title_field"), Key("parent"), Key("purpose"), Key("erase_on", "day"),
    Key("columns", "tables", required=True),
)  # fmt: skip
COLUMN = (
    Key("key", required=True), Key("label", required=True), Key("label_en"), Key("type", choices=TYPES),
    Key("personal", "yes"), Key("required", "yes"), Key("counted", "yes"), Key("choices", "list"),
)  # fmt: skip
TASK_COLUMNS = (
    Column("number", ("编号", "序号", "任务编号"), True, "YH-001"), Column("title", ("任务", "任务名称", "任务内容", "工作任务"), True),
    Column("category", ("类别", "任务类别")), Column("body", ("工作组", "所属工作组")),
    Column("lead_unit", ("牵头单位", "责任单位", "lead"), True), Column("supporting", ("配合单位", "协同单位")),
    Column("area", ("区域", "街镇", "属地")), Column("owner", ("责任人", "负责人")), Column("starts_on", ("开始日期", "开始时间", "启动日期")),
    Column("due_on", ("完成期限", "完成时限", "截止日期", "完成时间"), True, "2021-09-30"), Column("note", ("备注",)),
    Column("milestones", ("节点", "里程碑")), Column("place", ("点位",)),
)  # fmt: skip


def read_forms(pack: Pack) -> None:
    """Every workbook in forms/ is a form; forms.toml says of each what its answers count for."""
    path = pack.folder / "forms.toml"
    toml = read_toml(path, path.name, pack.faults) if path.is_file() else None
    settings = dict(toml.data) if toml else {}
    files = sorted((pack.folder / "forms").glob("*.xls*")) if (pack.folder / "forms").is_dir() else []
    stems = {file.stem for file in files if not file.name.startswith("~")}
    for stem in set(settings) - stems:
        assert toml is not None
        pack.faults.add("form_unknown", toml.file, line=toml.line(stem), value=stem, near=near(stem, stems))
    seen: dict[str, str] = {}
    for file in files:
        if file.stem not in stems:
            continue
        row = _form(pack, file, settings.get(file.stem, {}), toml)
        if row is not None and row.code in seen:
            pack.faults.add("duplicate", f"forms/{file.name}", sheet="settings", what="form_id", value=row.code,
                            first=seen[row.code])  # fmt: skip
        elif row is not None:
            seen[row.code] = file.name
            pack.forms.append(row)


def _form(pack: Pack, path: Path, settings: Any, toml: Toml | None) -> FormRow | None:
    name = f"forms/{path.name}"
    try:
        compiled = compile_form(path.read_bytes(), path.name)
    except Problem as wrong:
        told = wrong.details.get("faults") or [{}]
        for fault in told:
            pack.faults.add(
                "bad_form", name, sheet=str(fault.get("sheet") or ""), line=fault.get("row") or None,
                why_zh=fault.get("zh") or wrong.sentence("zh-hans"), why=fault.get("en") or wrong.sentence("en"),
                fix_zh=fault.get("next_zh") or "按提示修改这一行", fix=fault.get("next_en") or "mend the line as it says",
            )  # fmt: skip
        return None
    try:
        meant = read_settings(settings if isinstance(settings, Mapping) else {}, compiled.sheet)
    except SettingsError as wrong_settings:
        line = toml.line(path.stem) if toml else None
        pack.faults.add("bad_form_settings", "forms.toml", line=line, form=path.stem, why=str(wrong_settings))
        return None
    sheet = compiled.sheet
    return FormRow(
        code=sheet.form_id, name=sheet.title or path.stem, path=path, settings=dict(settings),
        numbers=tuple(measure_questions(sheet, meant)), names=tuple(question.name for question in sheet.questions),
    )  # fmt: skip


def read_registers(pack: Pack) -> None:
    path = pack.folder / "registers.toml"
    toml = read_toml(path, path.name, pack.faults) if path.is_file() else None
    if toml is None:
        return
    tables = take(toml, (), toml.data, (Key("registers", "tables"),), pack.faults).get("registers", [])
    for index, table in enumerate(tables):
        found = take(toml, ("registers", index), table, REGISTER, pack.faults)
        line = toml.line("registers", index)
        if any(key.required and key.name not in found for key in REGISTER):
            continue
        if found["code"] in {row.code for row in pack.registers}:
            pack.faults.add("duplicate", toml.file, line=line, what="code", value=found["code"], first="…")
            continue
        if found.get("parent") and found["parent"] not in {row.code for row in pack.registers}:
            known = [row.code for row in pack.registers]
            pack.faults.add("not_a_choice", toml.file, line=toml.line("registers", index, "parent"), key="parent",
                            value=found["parent"], choices=", ".join(known) or "—")  # fmt: skip
            continue
        _register(pack, toml, index, found)


def _register(pack: Pack, toml: Toml, index: int, found: Mapping[str, Any]) -> None:
    columns = [
        take(toml, ("registers", index, "columns", place), each, COLUMN, pack.faults)
        for place, each in enumerate(found["columns"])
    ]
    title = found.get("title_field") or found["key_field"]
    try:
        check_register(read_columns(columns), found["key_field"], title)
    except ColumnError as wrong:
        pack.faults.add(
            "bad_row", toml.file, line=toml.line("registers", index), why=f"{wrong.key}: {wrong.why}"
        )
        return
    pack.registers.append(
        RegisterRow(
            code=found["code"],
            name=found["name"],
            name_en=found.get("name_en", ""),
            kind=found["kind"],
            key_field=found["key_field"],
            title_field=title,
            parent=found.get("parent", ""),
            purpose=found.get("purpose", ""),
            erase_on=found.get("erase_on"),
            columns=tuple(columns),
        )  # fmt: skip
    )


def read_tasks(pack: Pack) -> None:
    path = find_table(pack.folder, "tasks")
    sheet = read_sheet(path, path.name, TASK_COLUMNS, pack.faults) if path else None
    if sheet is None:
        return
    pack.tasks, pack.task_sheet = path, sheet
    unique(sheet, "number", "编号", pack.faults)
    bodies = {word for body in pack.bodies for word in (body.code, body.name)}
    for line in sheet.lines:
        _check_task(pack, sheet, line, bodies)


def _check_task(pack: Pack, sheet: Sheet, line: Line, bodies: set[str]) -> None:
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    for key in ("lead_unit", "supporting"):
        for code in line.texts(key):
            unit_fault(pack, code, sheet.file, **at)
    body = line.text("body")
    if body and body not in bodies:
        pack.faults.add("unknown_body", sheet.file, value=body, near=near(body, sorted(bodies)), **at)
    area = line.text("area")
    if area.isdigit():
        area_fault(pack, area, sheet.file, **at)
    days = {}
    for key in ("starts_on", "due_on"):
        if text := line.text(key):
            days[key] = line.day(key)
            if days[key] is None:
                pack.faults.add("bad_day", sheet.file, column=key, value=text, **at)
    first, last = days.get("starts_on"), days.get("due_on")
    if first and last and last < first:
        pack.faults.add("wrong_days", sheet.file, what=line.text("title"), first=first, last=last, **at)
