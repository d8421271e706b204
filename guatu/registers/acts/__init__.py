"""Every write about registers, in four corners: opening, entries, leaving, sight."""

from guatu.registers import verbs as verbs
from guatu.registers.acts.entries import Draft, Entered, correct_entry, enter
from guatu.registers.acts.leaving import forget_entry, undo_import, withdraw_entry
from guatu.registers.acts.opening import open_register
from guatu.registers.acts.sight import record_export, reveal

__all__ = [
    "Draft",
    "Entered",
    "correct_entry",
    "enter",
    "forget_entry",
    "open_register",
    "record_export",
    "reveal",
    "undo_import",
    "withdraw_entry",
]
