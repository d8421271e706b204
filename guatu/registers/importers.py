"""How tables become entries: one importer for each register, its fields being the register's columns. Neither acts nor
reads: it tells the import walk what a row holds and hands checked rows to `acts.enter`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from guatu.files.imports import Applied, Cells, Change, Context, Family, Field, Importer, Option, RowOutcome
from guatu.kernel import secrets
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.places import reads as places
from guatu.registers import reads
from guatu.registers.acts import Draft, enter, undo_import
from guatu.registers.acts.entries import checked, key_index
from guatu.registers.models import Entry, Identity, Register
from guatu.registers.rules import LONGEST, Column, read_columns

PARENT, AREA = "parent__", "area__"  # no column's key ends like this


def importer_of(register: Register) -> Importer:
    """The importer of one register."""
    columns = read_columns(register.columns)
    fields = [_field(column) for column in columns]
    if not {"街镇", "区域", "所属街镇"} & {column.label for column in columns}:
        fields.append(Field(AREA, "街镇", "Street or town", ("所属街镇", "街道", "区域"), example="南翔镇"))
    if register.parent is not None:
        fields.append(_parent_field(register.parent))

    def prepare(context: Context, rows: Sequence[Cells]) -> None:
        _load(context, register, columns, rows)

    def check(context: Context, row: Cells) -> RowOutcome:
        return _check(context, register, columns, row)

    def apply(*, by: Any, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context) -> Applied:
        drafts = [row.values["draft"] for row in rows]
        done = enter(by=by, register=register, drafts=drafts, update=True, via=via)
        changed = [Change(str(entry.id), before, entry.version) for entry, before in done.changed]
        return Applied([str(entry.id) for entry in done.created], changed)

    return Importer(
        kind=f"entry:{register.id}",
        title=(f"名册：{register.name}", f"Register: {register.name_en or register.name}"),
        right="register.import",
        fields=tuple(fields),
        check=check,
        apply=apply,
        undo=undo_import,
        prepare=prepare,
        options=(
            Option("known", "已在册的", "Those known already",
                   (("update", "更新为表格里的内容", "Update with what the table says"),
                    ("refuse", "作为错误列出，不改", "List as mistakes, change nothing")), "update"),
        ),
        campaign=True,
        about=("个人信息列加密保存；导入完成后原始表格即销毁。", "Personal columns are sealed; the file is destroyed afterwards."),
        keeps_source=not any(column.personal for column in columns),
        url=lambda entry_id: reverse("desk:entry", args=[entry_id]),
    )  # fmt: skip


def _field(column: Column) -> Field:
    english = column.label_en or column.key
    return Field(column.key, column.label, english, required=column.required, personal=column.personal)


def _parent_field(above: Register) -> Field:
    key = next(column for column in read_columns(above.columns) if column.key == above.key_field)
    named = (
        (key.label, "所属单位", "单位", "单位名称", "所属") if above.kind == "unit" else (key.label, "所属")
    )
    english = above.name_en or above.name
    return Field(PARENT, f"所属{above.name}", f"Belongs to: {english}", named, personal=key.personal)


def _load(context: Context, register: Register, columns: Sequence[Column], rows: Sequence[Cells]) -> None:
    column = next(each for each in columns if each.key == register.key_field)
    keys = [_quiet(column, row.raw(column.key)) for row in rows]
    indexes = [key_index(register, key) for key in keys if key]
    context.loaded["known"] = _by_index(register, indexes)
    context.loaded["opened"] = reads.opened(list(context.loaded["known"].values()))
    if register.parent is not None:
        above = register.parent
        key_column = next(each for each in read_columns(above.columns) if each.key == above.key_field)
        wanted = {_quiet(key_column, row.raw(PARENT)) for row in rows if row.has(PARENT)} - {""}
        held = _held(above, [key_index(above, key) for key in wanted])
        context.loaded["parents"] = {
            key: held[index] for key in wanted if (index := key_index(above, key)) in held
        }


def _quiet(column: Column, value: Any) -> str:
    try:
        return checked(column, value)
    except Problem:
        return ""


def _held(register: Register, indexes: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(indexes), 400):
        rows = Identity.objects.filter(register=register, key_index__in=indexes[start : start + 400])
        found |= {row.key_index: row.entry_id for row in rows}
    return found


def _by_index(register: Register, indexes: Sequence[str]) -> dict[str, Entry]:
    held = _held(register, indexes)
    ids, found = list(held.values()), {}
    for start in range(0, len(ids), 400):
        for entry in Entry.objects.filter(id__in=ids[start : start + 400]).select_related("register"):
            found[entry.key_index] = entry
    return found


def _check(context: Context, register: Register, columns: Sequence[Column], row: Cells) -> RowOutcome:
    values: dict[str, str] = {}
    for column in columns:
        text = row.text(column.key, longest=LONGEST)
        if not text:
            continue
        try:
            values[column.key] = checked(column, text)
        except Problem as refusal:
            row.refuse(column.key, refusal)
    area = _area(register, columns, values, row)
    parent = _parent(context, register, row)
    if row.faults:
        return row.wrong()
    key = values[register.key_field]
    known = context.loaded["known"].get(key_index(register, key))
    draft = Draft(values, area, parent)
    # the identity must not repeat within the table; it is kept with the run, so never in the clear
    identity = key_index(register, key)
    if known is None:
        return row.new(identity, {"draft": draft})
    if context.options.get("known") == "refuse":
        column = next(each for each in columns if each.key == register.key_field)
        shown = secrets.mask(key) if column.personal else key
        row.refuse(register.key_field, Problem("register.twice", key=shown, register=register.name))
        return row.wrong()
    stood = context.loaded["opened"].get(known.id, {})
    parent_id = context.loaded.get("parents", {}).get(parent)
    moved = (area and area != known.area) or (parent and parent_id != known.parent_id)
    if moved or any(stood.get(name) != value for name, value in values.items()):
        return row.changed(identity, known.id, {"draft": draft})
    return row.same(identity, known.id)


def _area(register: Register, columns: Sequence[Column], values: dict[str, str], row: Cells) -> str:
    """The street: of its own column, or of the register's column that is called so."""
    text = row.text(AREA, longest=60) if row.has(AREA) else ""
    field = AREA
    for column in columns:
        if column.label in {"街镇", "区域", "所属街镇"}:
            text, field = values.get(column.key, ""), column.key
    if not text or (text.isdigit() and text.startswith(register.area)):
        return text
    try:
        return places.resolve(text, inside=register.area)
    except Problem as refusal:
        row.refuse(field, refusal)
        return ""


def _parent(context: Context, register: Register, row: Cells) -> str:
    if register.parent is None or not row.has(PARENT):
        return ""
    text = row.text(PARENT, longest=LONGEST)
    key_column = next(
        each for each in read_columns(register.parent.columns) if each.key == register.parent.key_field
    )
    key = _quiet(key_column, text)
    if text and key not in context.loaded["parents"]:
        row.refuse(
            PARENT,
            Problem("register.parent_unknown", parent=secrets.mask(text) if key_column.personal else text),
        )
    return key


def _find(rest: str) -> Importer | None:
    try:
        register = reads.register_by_id(UUID(rest))
    except ValueError:
        return None
    return importer_of(register) if register is not None else None


def _listed(scope: Scope) -> list[Importer]:
    return [importer_of(register) for register in reads.registers_to_import(scope)]


ENTRIES = Family("entry", _find, _listed)
