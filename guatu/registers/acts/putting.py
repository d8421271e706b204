"""How an entity gets into its register and how it changes there; shared by what people do (entities.py) and by what
submissions say (words.py). Checks no rights: who calls has done so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.kernel import secrets
from guatu.kernel.acts import Deed
from guatu.kernel.db import kind_refusal
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of
from guatu.registers import listing, lists
from guatu.registers.acts.entries import _move_key, _parted, _save_amended, key_index
from guatu.registers.models import STATUS_WORDS, Entry, Identity, Register
from guatu.registers.rules import Parted, read_columns


@dataclass(frozen=True)
class EntityDraft:
    """An entity as a client writes it. values: property → text."""

    id: UUID
    label: str
    values: Mapping[str, Any]


def columns_said(register: Register, label: str | None, values: Mapping[str, Any]) -> dict[str, str]:
    """Column key → text of what was said by property; the label goes to the title unless that was said itself.

    Raises `entity.no_property`.
    """
    known = lists.listed(read_columns(register.columns), register.key_field, register.title_field)
    found: dict[str, str] = {}
    for name, value in values.items():
        column = known.get(name)
        if column is None:
            raise Problem(
                "entity.no_property", list=register.entity_list, name=name[:80], known="、".join(known) or "—"
            )
        found[column.key] = "" if value is None else str(value)
    if label is not None and register.title_field not in found:
        found[register.title_field] = label.strip()
    return found


def put_new(
    d: Deed, register: Register, draft: tuple[UUID, Mapping[str, str]], area: str, more: Mapping[str, Any]
) -> Entry:
    """Enter one entity. draft: its id and column key → text. Raises `entity.known`, `register.twice`, `register.bad_value`."""
    entity_id, said = draft
    if Entry.objects.filter(id=entity_id).exists():
        raise Problem("entity.known", id=str(entity_id))
    if register.key_field == lists.UUID_KEY:
        said = {**said, lists.UUID_KEY: str(entity_id)}
    each = _parted(register, read_columns(register.columns), said)
    index = key_index(register, each.key)
    if Identity.objects.filter(register=register, key_index=index).exists():
        shown = secrets.mask(each.key) if each.key_is_personal else each.key
        raise Problem("register.twice", key=shown, register=register.name)
    entry = _row(d, register, entity_id, each, index, area)
    with kind_refusal():  # somebody else entered the same one in this very moment
        Identity.objects.bulk_create(
            [
                Identity(register=register, key_index=key, entry_home=entry.home, entry_id=entity_id)
                # the second one keeps the id from being given twice, also after the entry was withdrawn
                for key in (index, entity_id.hex)
            ]
        )
    entry.save(force_insert=True)
    d.record("entry.entered", entry, details={"register": register.code, "local": 1, **more})
    return entry


def _row(d: Deed, register: Register, entity_id: UUID, each: Parted, index: str, area: str) -> Entry:
    return Entry(
        home=home_of(area),
        id=entity_id,
        register=register,
        campaign_id=register.campaign_id,
        key_index=index,
        key_text="" if each.key_is_personal else each.key[:120],
        title_text=each.title[:120],
        area=area,
        fields=each.fields,
        sealed=secrets.seal_many({entity_id: each.personal}).get(entity_id, {}) if each.personal else {},
        entered_at=d.effective_at,
        by_id=d.by.id,
    )


def values_now(row: Entry) -> dict[str, str]:
    """Everything that stands there, personal columns opened (for comparing, not for looking)."""
    return {**row.fields, **secrets.open_many({row.id: row.sealed}).get(row.id, {})}


def put_change(
    d: Deed, row: Entry, said: Mapping[str, str], more: Mapping[str, Any], verb: str = "entry.changed"
) -> Entry:
    """Write column key → text onto a locked entry. Nothing is recorded when it says what stands there already."""
    if row.status != "current":
        raise Problem("register.withdrawn", status=str(STATUS_WORDS[row.status]))
    register = row.register
    columns = read_columns(register.columns)
    now = values_now(row)
    each = _parted(register, columns, {**now, **said})
    personal = {key: text for key, text in now.items() if key not in row.fields}
    before: dict[str, Any] = {
        "fields": {key: row.fields.get(key, "") for key in {*row.fields, *each.fields} if row.fields.get(key) != each.fields.get(key)},
        "sealed": {key: "" for key in {*personal, *each.personal} if personal.get(key) != each.personal.get(key)},
    }  # fmt: skip
    if not before["fields"] and not before["sealed"]:
        if row.conflict:
            row.save(update_fields=["conflict"])
        return row
    _move_key(row, key_index(register, each.key), each)
    row.fields = each.fields
    fresh = {key: text for key, text in each.personal.items() if key in before["sealed"]}
    kept = {key: box for key, box in row.sealed.items() if key in each.personal and key not in fresh}
    row.sealed = {**kept, **(secrets.seal_fields(row.id, fresh) if fresh else {})}
    _save_amended(d, row, columns, before, verb=verb, more=more)
    return row


def history(d: Deed, row: Entry) -> list[lists.Version]:
    """The versions of an entry, oldest first, with those about to be written by this deed."""
    return listing.versions_of(row, [act for act in d.batch.acts if act.subject_id == str(row.id)])


def locked_entity(register: Register, entity_id: UUID) -> Entry | None:
    """The entry of this id in this register, locked until the deed ends."""
    rows = Entry.objects.select_for_update(of=("self",), no_key=True).select_related("register")
    return rows.filter(register=register, id=entity_id).first()


def drafts_checked(drafts: Sequence[EntityDraft]) -> None:
    """Raises `entity.no_label`."""
    for draft in drafts:
        if not draft.label.strip():
            raise Problem("entity.no_label", id=str(draft.id))
