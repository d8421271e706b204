"""Every write about registers, in corners: opening, entries, leaving, sight; entity lists: entities, words, declared."""

from guatu.registers import verbs as verbs
from guatu.registers.acts.entities import (
    add_properties,
    change_entity,
    make_entities,
    offer_list,
    open_list,
    remove_entity,
    settle_conflict,
)
from guatu.registers.acts.entries import Draft, Entered, correct_entry, enter
from guatu.registers.acts.leaving import forget_entry, undo_import, withdraw_entry
from guatu.registers.acts.opening import open_register
from guatu.registers.acts.putting import EntityDraft
from guatu.registers.acts.sight import record_export, record_phone_copy, reveal
from guatu.registers.acts.words import drop_word, enter_word

__all__ = [
    "Draft",
    "Entered",
    "EntityDraft",
    "add_properties",
    "change_entity",
    "correct_entry",
    "drop_word",
    "enter",
    "enter_word",
    "forget_entry",
    "make_entities",
    "offer_list",
    "open_list",
    "open_register",
    "record_export",
    "record_phone_copy",
    "remove_entity",
    "reveal",
    "settle_conflict",
    "undo_import",
    "withdraw_entry",
]
