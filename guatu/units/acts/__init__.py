"""Every write about units, people, posts, contracts and access tokens."""

from guatu.units import verbs as verbs
from guatu.units.acts.contracts import end_contract, expire_contracts, sign_contract
from guatu.units.acts.handing import assign_places, hand_over, set_limits, undo_hand_over
from guatu.units.acts.importing import (
    apply_contracts,
    apply_people,
    apply_units,
    undo_contracts,
    undo_people,
    undo_units,
)
from guatu.units.acts.people import (
    add_person,
    deactivate,
    edit_person,
    end_post,
    give_post,
    reactivate,
    reveal_phone,
    set_password,
)
from guatu.units.acts.tokens import make_token, note_use, withdraw_token
from guatu.units.acts.units import add_unit, edit_unit

__all__ = [
    "add_person",
    "add_unit",
    "apply_contracts",
    "apply_people",
    "apply_units",
    "assign_places",
    "deactivate",
    "edit_person",
    "edit_unit",
    "end_contract",
    "end_post",
    "expire_contracts",
    "give_post",
    "hand_over",
    "make_token",
    "note_use",
    "reactivate",
    "reveal_phone",
    "set_limits",
    "set_password",
    "sign_contract",
    "undo_contracts",
    "undo_hand_over",
    "undo_people",
    "undo_units",
    "withdraw_token",
]
