"""Entity lists and what people do in them: offering, properties, entities over the API, looking at conflicts."""

from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.fieldwork.rules.entities import bad_name, bad_property
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.registers import lists
from guatu.registers import problems as problems
from guatu.registers.acts.entries import current_entry
from guatu.registers.acts.leaving import withdraw_entry
from guatu.registers.acts.putting import (
    EntityDraft,
    columns_said,
    drafts_checked,
    put_change,
    put_new,
)
from guatu.registers.models import Entry, Register
from guatu.registers.rules import read_columns


def _check_name(campaign: Campaign, name: str, own: Register | None = None) -> None:
    if bad_name(name):
        raise Problem("entity.bad_name", name=name[:80])
    taken = Register.objects.filter(campaign=campaign, entity_list=name)
    if name == lists.PLACES or (taken.exclude(pk=own.pk) if own is not None else taken).exists():
        raise Problem("entity.list_taken", list=name)


def offer_list(
    *,
    by: Actor,
    register: Register,
    name: str,
    approval: bool = False,
    own: bool = False,
    personal: bool = False,
    version: int | None = None,
    via: str = "web",
) -> Register:
    """作为实体清单提供: forms may choose from the register and write to it under this name; "" ends it. approval: what a
    form makes is entered once its submission is approved. own: phones get only what their person entered. personal:
    phones of those who may open personal values get them, each time with a line in the sight log.

    Raises `entity.bad_name`, `entity.list_taken`, `kernel.stale`.
    """
    require(by.scope, "register.edit", area=register.area)
    if personal:
        require(by.scope, "register.reveal", area=register.area)
    with deed(by=by, via=via) as d:
        row = (
            Register.objects.select_for_update(of=("self",), no_key=True)
            .select_related("campaign")
            .get(pk=register.pk)
        )
        check_version(row, version)
        if name:
            _check_name(row.campaign, name, row)
        wanted = (name, approval and bool(name), own and bool(name), personal and bool(name))
        if wanted == (row.entity_list, row.entity_approval, row.entity_own, row.entity_personal):
            return row
        verb = "register.listed" if name else "register.unlisted"
        row.entity_list, row.entity_approval, row.entity_own, row.entity_personal = wanted
        row.listed_at = row.listed_at or (clock.now() if name else None)
        row.version += 1
        row.save(force_update=True)
        d.record(verb, row, details={"list": name, "approval": approval, "own": own, "personal": personal})
    return row


def open_list(
    *,
    by: Actor,
    campaign: Campaign,
    name: str,
    approval: bool = False,
    properties: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    via: str = "web",
) -> Register:
    """Open a register for a list that a form or a client names: its entries are told apart by their id and called by their
    label. labels: property → what its column is called at the desk (the question's words). Raises `entity.bad_name`, `entity.list_taken`, `access.denied`."""
    require(by.scope, "register.edit", area=campaign.area)
    with deed(by=by, via=via) as d:
        _check_name(campaign, name)
        codes = set(Register.objects.filter(campaign=campaign).values_list("code", flat=True))
        row = Register(
            home=campaign.home, campaign=campaign, code=lists.code_for(name, codes), name=name, kind="other",
            area=campaign.area, key_field=lists.UUID_KEY, title_field=lists.LABEL_KEY, columns=lists.first_columns(),
            entity_list=name, entity_approval=approval, listed_at=clock.now(),
        )  # fmt: skip
        for each in properties:
            _declare(row, each, (labels or {}).get(each, ""))
        row.save(force_insert=True)
        d.record(
            "register.opened",
            row,
            details={"code": row.code, "columns": [each["key"] for each in row.columns]},
        )
        d.record("register.listed", row, details={"list": name, "approval": approval})
    return row


def _declare(row: Register, name: str, label: str = "") -> None:
    if bad_property(name):
        raise Problem("entity.bad_name", name=name[:80])
    columns = read_columns(row.columns)
    known = {lists.property_of(column) for column in columns}
    if name in known:
        raise Problem("entity.property_taken", list=row.entity_list, name=name)
    taken = {column.label for column in columns}
    said = lists.column_for(name, {column.key for column in columns})
    label = label.strip()[:40] or name
    said["label"] = label if label not in taken else f"{label} ({said['key']})"
    row.columns = [*row.columns, said]


def add_properties(
    *,
    by: Actor,
    register: Register,
    names: Sequence[str],
    labels: Mapping[str, str] | None = None,
    via: str = "web",
) -> Register:
    """New properties are columns of text. Raises `entity.bad_name`, `entity.property_taken`."""
    require(by.scope, "register.edit", area=register.area)
    with deed(by=by, via=via) as d:
        row = Register.objects.select_for_update(of=("self",), no_key=True).get(pk=register.pk)
        for name in names:
            _declare(row, name, (labels or {}).get(name, ""))
        row.version += 1
        row.save(force_update=True)
        d.record(
            "register.changed",
            row,
            details={"code": row.code, "columns": [each["key"] for each in row.columns]},
        )
    return row


def make_entities(
    *, by: Actor, register: Register, drafts: Sequence[EntityDraft], source: str = "", via: str = "api"
) -> list[Entry]:
    """Enter one or many, all or none. source: the name of the file they come from.

    Raises `entity.known`, `entity.no_label`, `entity.no_property`, `register.bad_value`, `register.twice`.
    """
    require(by.scope, "register.edit", area=register.area)
    drafts_checked(drafts)
    said = {"source": source[:200]} if source else {}
    with deed(by=by, via=via) as d:
        return [
            put_new(
                d,
                register,
                (draft.id, columns_said(register, draft.label, draft.values)),
                register.area,
                said,
            )
            for draft in drafts
        ]


def change_entity(
    *,
    by: Actor,
    entry: Entry,
    values: Mapping[str, Any],
    label: str | None = None,
    base: int | None = None,
    force: bool = False,
    via: str = "api",
) -> Entry:
    """Change properties and label of one entity. base: the version the client had; it must be the current one unless force.

    Raises `entity.outdated`, `entity.no_property`, `entity.no_label`, `register.bad_value`, `register.withdrawn`.
    """
    if label is not None and not label.strip():
        raise Problem("entity.no_label", id=str(entry.id))
    with deed(by=by, via=via) as d:
        row = current_entry(by, entry, "register.edit", None)
        if not force and base != row.version:
            raise Problem("entity.outdated", version=row.version, base=base if base is not None else "—")
        return put_change(d, row, columns_said(row.register, label, values), {"base": base or row.version})


def remove_entity(*, by: Actor, entry: Entry, via: str = "api") -> Entry:
    """Take an entity out of its list; its story stays."""
    return withdraw_entry(by=by, entry=entry, reason="从实体清单删除", via=via)


def settle_conflict(
    *,
    by: Actor,
    entry: Entry,
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
    via: str = "web",
) -> Entry:
    """核对: somebody has looked at both sides. values (column key → text) is what shall stand; None: what stands is right."""
    with deed(by=by, via=via) as d:
        row = current_entry(by, entry, "register.edit", version)
        if not row.conflict:
            raise Problem("entity.no_conflict")
        old, row.conflict = row.conflict, ""
        if values:
            put_change(
                d,
                row,
                {key: str(text) for key, text in values.items()},
                {"settled": old},
                verb="entry.corrected",
            )
        row.save(update_fields=["conflict"])
        d.record("entry.conflict_settled", row, details={"register": row.register.code, "conflict": old})
    return row
