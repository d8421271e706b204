"""Entities in forms: which lists a form writes to, and what one filled form says of them. Pure (lxml in).

After the ODK entities specification (entities-version 2022.1 to 2025.1): `meta/entity` in the form's root or in any
group or repeat names the list, `entities:saveto` on a bind names the property that takes the answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from guatu.fieldwork.rules.faults import Fault
from guatu.fieldwork.rules.sheet import Save, Sheet, WritesTo
from guatu.fieldwork.rules.xforms import child, children, local

ENTITIES = "{http://www.opendatakit.org/xforms/entities}"
VERSIONS = ("2022.1", "2023.1", "2024.1", "2025.1")
LONGEST_NAME = 60
_NAME = re.compile(r"[^\W\d][\w-]*")
_RESERVED = ("name", "label")


def writes_of(root: Any, base: str) -> list[WritesTo]:
    """What a form writes to lists, in the form's order. root: the XForm; base: `/<name of the primary instance>`."""
    model = child(child(root, "head"), "model")
    instances = list(children(model, "instance"))
    primary = next((node for node in instances if len(list(children(node)))), None)
    if primary is None:
        return []
    found = dict(_declared(next(children(primary)), ""))
    saves: dict[str, list[Save]] = {path: [] for path in found}
    for bind in children(model, "bind"):
        name = bind.get(ENTITIES + "saveto")
        path = (bind.get("nodeset") or "").strip().removeprefix(base)
        owner = _owner(path, saves) if name else None
        if owner is not None:
            saves[owner].append(Save(path=path, property=str(name)))
    return [
        WritesTo(
            dataset=node.get("dataset", ""),
            path=path,
            saves=saves[path],
            create=node.get("create") is not None,
            update=node.get("update") is not None,
            version=model.get(ENTITIES + "entities-version", ""),
        )
        for path, node in found.items()
    ]


def _declared(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(path of the container, its entity element), once each: a repeat stands in the instance twice."""
    seen: set[str] = set()

    def walk(parent: Any, above: str) -> Iterator[tuple[str, Any]]:
        meta = child(parent, "meta")
        entity = child(meta, "entity") if meta is not None else None
        if entity is not None and above not in seen:
            seen.add(above)
            yield above, entity
        for each in children(parent):
            if local(each) != "meta":
                yield from walk(each, f"{above}/{local(each)}")

    yield from walk(node, path)


def _owner(path: str, containers: Mapping[str, Any]) -> str | None:
    """The entity an answer is saved to: the one declared in the nearest container around it."""
    above = path
    while above:
        above = above.rpartition("/")[0]
        if above in containers:
            return above
    return None


def bad_name(name: str) -> bool:
    """Whether a list or property cannot be called so: a letter first, then letters, digits, - and _; not `__…`."""
    return not _NAME.fullmatch(name) or name.startswith("__") or len(name) > LONGEST_NAME


def bad_property(name: str) -> bool:
    return bad_name(name) or name.casefold() in _RESERVED


def faults(sheet: Sheet) -> list[Fault]:
    """What is wrong with what a form writes to lists, by sheet, row and column."""
    found: list[Fault] = []
    for each in sheet.writes:
        if each.version and not each.version.startswith(VERSIONS):
            found.append(_fault("entities", 0, "", "version", each.version))
        if bad_name(each.dataset):
            found.append(_fault("entities", each.row, "list_name", "list", each.dataset))
        if not each.create and not each.update:
            found.append(_fault("entities", each.row, "create_if", "neither", each.dataset))
        taken: dict[str, str] = {}
        for save in each.saves:
            if bad_property(save.property):
                found.append(_fault("survey", save.row, "save_to", "property", save.property))
            elif taken.setdefault(save.property, save.path) != save.path:
                found.append(_fault("survey", save.row, "save_to", "twice", save.property))
    return found


_WORDS = {
    "version": ("不认识的实体规范版本“{word}”", "entities version “{word}” is not known", "请用较新的 pyxform 重新生成。", "Build the form again with a current pyxform."),
    "list": ("清单名“{word}”不能用", "the list cannot be called “{word}”", "以字母或汉字开头，只用字母、汉字、数字、- 和 _，最多 60 个。", "Begin with a letter; letters, digits, - and _ only; 60 at most."),
    "property": ("属性名“{word}”不能用", "the property cannot be called “{word}”", "以字母或汉字开头，不能叫 name 或 label，不能以 __ 开头。", "Begin with a letter; not name, not label, not __…."),
    "twice": ("属性“{word}”被两道题保存", "two questions are saved to “{word}”", "一个属性只由一道题保存，请改其中一个。", "Let only one question be saved to a property."),
    "neither": ("清单“{word}”既不新建也不更新", "“{word}” is neither created nor updated", "在 entities 表填写 label（新建）或 entity_id（更新）。", "Fill in label (to create) or entity_id (to update) on the entities sheet."),
    "unknown": ("没有名为“{word}”的实体清单，您的岗位也不能新建", "there is no entity list “{word}”, and your post may not make one", "请联系保障办公室先建名册并作为实体清单提供。", "Ask the office to open the register and offer it as an entity list."),
    "closed": ("名册“{word}”没有作为实体清单提供", "the register “{word}” is not offered as an entity list", "请在名册页打开“作为实体清单提供”，或换一个清单名。", "Offer it on the register's page, or choose another name."),
    "fixed": ("清单“{word}”由系统提供，表单不能写入", "“{word}” is kept by the system; forms cannot write to it", "请换一个清单名。", "Choose another name."),
    "no_property": ("清单“{word}”没有这个属性，您的岗位也不能增加", "“{word}” has no such property, and your post may not add one", "请联系保障办公室在名册里增加这一列。", "Ask the office to add the column."),
}  # fmt: skip


def fault(kind: str, writes: WritesTo, save: Save | None = None) -> Fault:
    """A fault found when the lists themselves were asked: unknown, closed, fixed, no_property."""
    if save is not None:
        return _fault("survey", save.row, "save_to", kind, f"{writes.dataset}/{save.property}")
    return _fault("entities", writes.row, "list_name", kind, writes.dataset)


def _fault(sheet: str, row: int, column: str, kind: str, word: str) -> Fault:
    zh, en, next_zh, next_en = (text.format(word=word[:80]) for text in _WORDS[kind])
    where = Fault(sheet, row, column, zh, en, next_zh, next_en)
    return Fault(
        sheet, row, column, f"{where.place(True)}：{zh}。", f"{where.place(False)}: {en}.", next_zh, next_en
    )


def with_rows(sheet: Sheet, rows: Mapping[str, Any] | None) -> Sheet:
    """The sheet with the rows of the workbook, so that a later fault can name its cell. rows: question → row on the survey
    sheet, `entities <list>` → row on the entities sheet."""
    if not sheet.writes or not rows:
        return sheet
    placed = [
        msgspec.structs.replace(
            each,
            row=rows.get(f"entities {each.dataset}", 0),
            saves=[
                msgspec.structs.replace(save, row=rows.get(save.path.rpartition("/")[2], 0))
                for save in each.saves
            ],
        )
        for each in sheet.writes
    ]
    return msgspec.structs.replace(sheet, writes=placed)


# ------------------------------------------------------------------------------------------- what a filled form says


@dataclass(frozen=True)
class Said:
    """What one filled form says of one entity. values: property → text as the form holds it ("" clears it); what was not
    asked (irrelevant) is left out. base, trunk, branch: which version the phone had before its eyes. wrong: "" or `id`."""

    dataset: str
    id: UUID | None
    create: bool
    update: bool
    base: int | None = None
    trunk: int | None = None
    branch: str = ""
    label: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""


def said(writes: list[WritesTo], root: Any) -> list[Said]:
    """Everything a filled form (its instance) says of entities, in the form's order; what says neither create nor update
    (its conditions did not hold) says nothing."""
    found: list[Said] = []
    for each in writes:
        for node in _containers(root, each.path):
            meta = child(node, "meta")
            entity = child(meta, "entity") if meta is not None else None
            if entity is not None and (one := _one(each, node, entity)) is not None:
                found.append(one)
    return found


def _containers(root: Any, path: str) -> list[Any]:
    nodes = [root]
    for step in path.strip("/").split("/") if path else ():
        nodes = [inner for node in nodes for inner in children(node, step)]
    return nodes


def _one(writes: WritesTo, node: Any, entity: Any) -> Said | None:
    create, update = _yes(entity.get("create")), _yes(entity.get("update"))
    if not create and not update:
        return None
    label = child(entity, "label")
    values = {}
    for save in writes.saves:
        holder = next(iter(_containers(node, save.path[len(writes.path) :])), None)
        if holder is not None:
            values[save.property] = (holder.text or "").strip()
    identity = entity_id(entity.get("id") or "")
    return Said(
        dataset=entity.get("dataset") or writes.dataset,
        id=identity,
        create=create,
        update=update,
        base=_whole(entity.get("baseVersion")),
        trunk=_whole(entity.get("trunkVersion")),
        branch=(entity.get("branchId") or "").strip()[:36],
        label=(label.text or "").strip() if label is not None else None,
        values=values,
        wrong="" if identity is not None else "id",
    )


def entity_id(text: str) -> UUID | None:
    """An entity's id as clients write it (with or without `uuid:`); None when it is none."""
    try:
        return UUID(text.strip().removeprefix("uuid:").strip())
    except ValueError:
        return None


def _yes(text: str | None) -> bool:
    return (text or "").strip().lower() in ("1", "true", "true()", "1.0")


def _whole(text: str | None) -> int | None:
    bare = (text or "").strip()
    return int(bare) if bare.isdigit() and len(bare) < 9 else None
