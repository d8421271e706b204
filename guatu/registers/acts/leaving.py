"""How an entry leaves: withdrawn, when it should not stand there; forgotten, when the person must be."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.kernel import secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.registers.acts.entries import current_entry, locked_entry
from guatu.registers.models import STATUS_WORDS, Entry, Identity
from guatu.registers.rules import read_columns


def _reason(text: str) -> str:
    if not text.strip():
        raise Problem("register.reason_needed")
    return text.strip()[:200]


def withdraw_entry(
    *, by: Actor, entry: Entry, reason: str, version: int | None = None, via: str = "web"
) -> Entry:
    """撤出: it should not stand there. It no longer counts; its key is free again. Refused while entries hang on it."""
    why = _reason(reason)
    with deed(by=by, via=via) as d:
        row = current_entry(by, entry, "register.edit", version)
        below = Entry.objects.filter(parent_id=row.id, status="current").count()
        if below:
            raise Problem("register.has_members", entry=str(row), count=below)
        _leave(d, row, "entry.withdrawn", "withdrawn", why)
    return row


def _leave(d: Deed, row: Entry, verb: str, status: str, why: str) -> None:
    Identity.objects.filter(register=row.register, key_index=row.key_index, entry_id=row.id).delete()
    row.status = status
    row.version += 1
    row.changed_at, row.changed_by_id = d.effective_at, d.by.id
    row.save(force_update=True)
    d.record(verb, row, details={"register": row.register.code, "reason": why})


def forget_entry(
    *, by: Actor, entry: Entry, reason: str, version: int | None = None, via: str = "web"
) -> Entry:
    """销毁个人信息: the entry's key is destroyed, so that nothing sealed under it can ever be read again, here or in a
    backup. The entry stays and is counted as before; who it was is gone, and so is the index that could find them."""
    why = _reason(reason)
    with deed(by=by, via=via) as d:
        row = locked_entry(entry)
        require(by.scope, "register.forget", area=row.area)
        check_version(row, version)
        if row.status == "forgotten":
            raise Problem("register.withdrawn", status=str(STATUS_WORDS[row.status]))
        secrets.forget(row.id)
        Identity.objects.filter(register=row.register, key_index=row.key_index, entry_id=row.id).delete()
        was_counted = row.status == "current"
        row.sealed = {}
        row.key_index = ""
        if any(
            column.key == row.register.key_field and column.personal for column in read_columns(row.columns)
        ):
            row.key_text = ""
        row.status = "forgotten" if was_counted else row.status
        row.version += 1
        row.changed_at, row.changed_by_id = d.effective_at, d.by.id
        row.save(force_update=True)
        d.record("entry.forgotten", row, details={"register": row.register.code, "reason": why})
    return row


def undo_import(
    *, by: Actor, created: Sequence[str], changed: Sequence[Any], via: str = "import"
) -> list[str]:
    """Take an import back: its entries are withdrawn, its corrections reversed. Answers what has been built on since
    (then nothing is taken back). changed: objects with id, old, version."""
    with deed(by=by, via=via) as d:
        rows = {row.id: row for row in _rows([*created, *(each.id for each in changed)])}
        used = [str(row) for row in rows.values() if str(row.id) in set(created) and row.version != 1]
        used += [str(rows[UUID(each.id)]) for each in changed if rows[UUID(each.id)].version != each.version]
        made = {UUID(each) for each in created}
        below = Entry.objects.filter(parent_id__in=made, status="current").exclude(id__in=made)
        used += sorted({str(rows[row.parent_id]) for row in below if row.parent_id is not None})
        if used:
            return used
        for row_id in made:
            require(by.scope, "register.edit", area=rows[row_id].area)
            _leave(d, rows[row_id], "entry.withdrawn", "withdrawn", "撤销导入")
        for each in changed:
            _put_back(d, rows[UUID(each.id)], each.old)
    return []


def _rows(wanted: Sequence[str]) -> list[Entry]:
    found: list[Entry] = []
    for start in range(0, len(wanted), 400):
        rows = Entry.objects.select_for_update(of=("self",), no_key=True).filter(
            id__in=wanted[start : start + 400]
        )
        found += rows.select_related("register")
    return found


def _put_back(d: Deed, row: Entry, old: Any) -> None:
    clear = {**row.fields, **old.get("fields", {})}
    before = {key: row.fields.get(key, "") for key in old.get("fields", {})}
    boxes = {**row.sealed, **old.get("sealed", {})}
    row.fields = {key: value for key, value in clear.items() if value}
    row.sealed = {key: value for key, value in boxes.items() if value}
    if "area" in old:
        row.area = old["area"]
    if "parent" in old:
        row.parent_id = UUID(old["parent"]) if old["parent"] else None
    row.title_text = row.fields.get(row.register.title_field, "")[:120]
    row.version += 1
    row.changed_at, row.changed_by_id = d.effective_at, d.by.id
    row.save(force_update=True)
    said = {
        "register": row.register.code,
        "undone": sorted({*old.get("fields", {}), *old.get("sealed", {})}),
        "old": before,
        "personal": sorted(old.get("sealed", {})),
    }
    d.record("entry.corrected", row, details=said, correction=True)
