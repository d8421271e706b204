"""Entering and correcting what stands in a register."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guatu.kernel import ids, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.db import kind_refusal
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of
from guatu.registers import problems as problems
from guatu.registers.models import STATUS_WORDS, Entry, Identity, Register
from guatu.registers.rules import Column, Parted, ValueFault, normal, part, read_columns

WHY_VALUE = {
    "required": _("必填，但是空着"),
    "too_long": _("太长，最多 500 个字"),
    "broken": _("有不能显示的字符"),
    "number": _("不是数字"),
    "date": _("不是日期，请写成 2021-09-16"),
    "yes": _("请写“是”或“否”"),
    "choice": _("不在选项里"),
    "phone": _("不是电话号码"),
    "id_card": _("不是有效的身份证号，请核对位数和末位"),
    "credit_code": _("不是 18 位统一社会信用代码"),
}
_AT_ONCE = 400


@dataclass(frozen=True)
class Draft:
    """An entry as it is written down. values: column key → value. parent: the key of an entry of the register above."""

    values: Mapping[str, Any]
    area: str = ""
    parent: str = ""


@dataclass
class Entered:
    """What became of many drafts: entries made, entries changed (with what stood there before), those that were the same."""

    created: list[Entry] = field(default_factory=list)
    changed: list[tuple[Entry, dict[str, Any]]] = field(default_factory=list)
    same: list[Entry] = field(default_factory=list)


def enter(
    *,
    by: Actor,
    register: Register,
    drafts: Sequence[Draft],
    update: bool = False,
    effective_at: dt.datetime | None = None,
    via: str = "web",
    cause: UUID | None = None,
) -> Entered:
    """Enter one or many in one deed. Who stands in the register already is refused (`register.twice`), or updated with
    what the draft says when `update`."""
    columns = read_columns(register.columns)
    for area in {draft.area or register.area for draft in drafts}:
        require(by.scope, "register.edit", area=area)
    parted = [_parted(register, columns, draft.values) for draft in drafts]
    indexes = [key_index(register, each.key) for each in parted]
    done = Entered()
    with deed(by=by, effective_at=effective_at, via=via, cause=cause) as d:
        known = _known(register, indexes)
        parents = _parents(register, {draft.parent for draft in drafts if draft.parent})
        fresh: list[tuple[Entry, Parted]] = []
        seen: set[str] = set()
        for draft, each, index in zip(drafts, parted, indexes, strict=True):
            if index in seen or (index in known and not update):
                shown = secrets.mask(each.key) if each.key_is_personal else each.key
                raise Problem("register.twice", key=shown, register=register.name)
            seen.add(index)
            parent_id = parents.get(draft.parent) if draft.parent else None
            if index in known:
                entry, before = _amend(d, known[index], columns, draft, each, parent_id)
                done.changed.append((entry, before)) if before else done.same.append(entry)
                continue
            fresh.append((_fresh(d, register, draft, each, index, parent_id), each))
        _write(d, register, fresh)
        done.created = [entry for entry, _each in fresh]
    return done


def _parted(register: Register, columns: Sequence[Column], given: Mapping[str, Any]) -> Parted:
    known = {column.key: column for column in columns}
    strange = sorted(set(given) - set(known))
    if strange:
        names = "、".join(column.label for column in columns)
        raise Problem("register.unknown_column", register=register.name, column=strange[0], columns=names)
    values = {column.key: checked(column, given.get(column.key)) for column in columns}
    return part(columns, values, register.key_field, register.title_field)


def checked(column: Column, given: Any) -> str:
    """A value as it is kept. Raises `register.bad_value`."""
    try:
        return normal(column, given)
    except ValueFault as wrong:
        raise Problem("register.bad_value", column=column.label, why=str(WHY_VALUE[str(wrong)])) from wrong


def key_index(register: Register, key: str) -> str:
    """Blind index of a key. It differs from register to register, so that lists made for different ends cannot be laid
    beside each other by who can read the tables."""
    return secrets.blind_index(f"entry:{register.id}", key)


def _known(register: Register, indexes: Sequence[str]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for start in range(0, len(indexes), _AT_ONCE):
        some = indexes[start : start + _AT_ONCE]
        held = Identity.objects.filter(register=register, key_index__in=some)
        homes = {row.entry_id: row.entry_home for row in held}
        rows = Entry.objects.select_for_update(of=("self",), no_key=True).filter(
            home__in=set(homes.values()), id__in=list(homes)
        )
        for entry in rows.select_related("register"):
            found[entry.key_index] = entry
    return found


def _parents(register: Register, keys: Iterable[str]) -> dict[str, UUID]:
    wanted = sorted(keys)
    if not wanted:
        return {}
    if register.parent is None:
        raise Problem("register.no_parent", register=register.name)
    above = register.parent
    column = next(each for each in read_columns(above.columns) if each.key == above.key_field)
    by_index = {key_index(above, checked(column, key)): key for key in wanted}
    found: dict[str, UUID] = {}
    indexes = list(by_index)
    for start in range(0, len(indexes), _AT_ONCE):
        held = Identity.objects.filter(register=above, key_index__in=indexes[start : start + _AT_ONCE])
        found |= {by_index[row.key_index]: row.entry_id for row in held}
    for key in wanted:
        if key not in found:
            raise Problem("register.parent_unknown", parent=secrets.mask(key) if column.personal else key)
    return found


def _fresh(
    d: Deed, register: Register, draft: Draft, each: Parted, index: str, parent_id: UUID | None
) -> Entry:
    area = draft.area or register.area
    return Entry(
        home=home_of(area),
        id=ids.new(),
        register=register,
        campaign_id=register.campaign_id,
        key_index=index,
        key_text="" if each.key_is_personal else each.key[:120],
        title_text=each.title[:120],
        area=area,
        fields=each.fields,
        parent_id=parent_id,
        entered_at=d.effective_at,
        by_id=d.by.id,
    )


def _write(d: Deed, register: Register, fresh: Sequence[tuple[Entry, Parted]]) -> None:
    sealed = secrets.seal_many({entry.id: each.personal for entry, each in fresh if each.personal})
    held = []
    for entry, _each in fresh:
        entry.sealed = sealed.get(entry.id, {})
        held.append(
            Identity(register=register, key_index=entry.key_index, entry_home=entry.home, entry_id=entry.id)
        )
    with kind_refusal():  # somebody else entered the same one in this very moment
        Identity.objects.bulk_create(held, batch_size=200)
    Entry.objects.bulk_create([entry for entry, _each in fresh], batch_size=50)
    for entry, _each in fresh:
        d.record("entry.entered", entry, details={"register": register.code})


def _amend(
    d: Deed, entry: Entry, columns: Sequence[Column], draft: Draft, each: Parted, parent_id: UUID | None
) -> tuple[Entry, dict[str, Any]]:
    """Write what a draft says onto a known entry; empty values of the draft change nothing. Answers what stood before
    (personal values stay sealed in it)."""
    old_personal = secrets.open_many({entry.id: entry.sealed}).get(entry.id, {})
    personal = {key: text for key, text in each.personal.items() if old_personal.get(key) != text}
    clear = {key: text for key, text in each.fields.items() if entry.fields.get(key) != text}
    before: dict[str, Any] = {"fields": {key: entry.fields.get(key, "") for key in clear}}
    before["sealed"] = {key: entry.sealed.get(key, "") for key in personal}
    if draft.area and draft.area != entry.area:
        before["area"], entry.area = entry.area, draft.area
    if parent_id is not None and parent_id != entry.parent_id:
        before["parent"], entry.parent_id = str(entry.parent_id or ""), parent_id
    if not (before["fields"] or before["sealed"] or {"area", "parent"} & set(before)):
        return entry, {}
    entry.fields = {**entry.fields, **clear}
    entry.sealed = {**entry.sealed, **secrets.seal_fields(entry.id, personal)}
    _save_amended(d, entry, columns, before)
    return entry, before


def _save_amended(
    d: Deed, entry: Entry, columns: Sequence[Column], before: Mapping[str, Any], *, verb: str = "entry.corrected",
    more: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """verb entry.changed: the world changed; entry.corrected: it was always so, figures of the past follow."""
    entry.title_text = entry.fields.get(entry.register.title_field, "")[:120]
    entry.key_text = entry.fields.get(entry.register.key_field, "")[:120]
    entry.version += 1
    entry.changed_at, entry.changed_by_id = d.effective_at, d.by.id
    entry.save(force_update=True)
    old = {
        **before.get("fields", {}),
        **{name: before[name] for name in ("area", "parent") if name in before},
    }
    new = {key: entry.fields.get(key, "") for key in before.get("fields", {})}
    new |= {"area": entry.area} if "area" in before else {}
    new |= {"parent": str(entry.parent_id or "")} if "parent" in before else {}
    said = {
        "register": entry.register.code,
        "old": old,
        "new": new,
        "personal": sorted(before.get("sealed", {})),
        **(more or {}),
    }
    d.record(verb, entry, details=said, correction=verb == "entry.corrected")


def locked_entry(entry: Entry) -> Entry:
    rows = Entry.objects.select_for_update(of=("self",), no_key=True).select_related("register")
    found = rows.filter(home=entry.home, id=entry.id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def current_entry(by: Actor, entry: Entry, right: str, version: int | None) -> Entry:
    row = locked_entry(entry)
    require(by.scope, right, area=row.area)
    check_version(row, version)
    if row.status != "current":
        raise Problem("register.withdrawn", status=str(STATUS_WORDS[row.status]))
    return row


def correct_entry(
    *,
    by: Actor,
    entry: Entry,
    values: Mapping[str, Any],
    area: str | None = None,
    parent: str | None = None,
    version: int | None = None,
    via: str = "web",
) -> Entry:
    """更正: values named here replace those that stand there, an empty one removes it. area moves the entry (its home
    stays); parent "" takes it out of its unit. The world was always so: figures of the past follow."""
    with deed(by=by, via=via) as d:
        row = current_entry(by, entry, "register.edit", version)
        register = row.register
        columns = read_columns(register.columns)
        old_personal = secrets.open_many({row.id: row.sealed}).get(row.id, {})
        whole = {**row.fields, **old_personal, **values}
        each = _parted(register, columns, whole)
        before: dict[str, Any] = {
            "fields": {k: row.fields.get(k, "") for k in {*row.fields, *each.fields} if row.fields.get(k) != each.fields.get(k)},
            "sealed": {k: "" for k in {*old_personal, *each.personal} if old_personal.get(k) != each.personal.get(k)},
        }  # fmt: skip
        if area is not None and area != row.area:
            require(by.scope, "register.edit", area=area)
            before["area"], row.area = row.area, area
        if parent is not None:
            parent_id = _parents(register, {parent})[parent] if parent else None
            if parent_id != row.parent_id:
                before["parent"], row.parent_id = str(row.parent_id or ""), parent_id
        if not any(before.get(name) for name in ("fields", "sealed")) and not {"area", "parent"} & set(
            before
        ):
            return row
        _move_key(row, key_index(register, each.key), each)
        row.fields = each.fields
        changed = {key: text for key, text in each.personal.items() if key in before["sealed"]}
        kept = {key: box for key, box in row.sealed.items() if key in each.personal and key not in changed}
        row.sealed = {**kept, **(secrets.seal_fields(row.id, changed) if changed else {})}
        _save_amended(d, row, columns, before)
    return row


def _move_key(row: Entry, index: str, each: Parted) -> None:
    if index == row.key_index:
        return
    if Identity.objects.filter(register=row.register, key_index=index).exists():
        shown = secrets.mask(each.key) if each.key_is_personal else each.key
        raise Problem("register.twice", key=shown, register=row.register.name)
    Identity.objects.filter(register=row.register, key_index=row.key_index).delete()
    with kind_refusal():
        Identity(register=row.register, key_index=index, entry_home=row.home, entry_id=row.id).save(
            force_insert=True
        )
    row.key_index = index
