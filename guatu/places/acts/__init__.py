"""Every write about areas and places."""

from guatu.places import verbs as verbs
from guatu.places.acts.areas import add_grid, change_area, load_areas, load_zone, remove_grid
from guatu.places.acts.contacts import reveal_contact
from guatu.places.acts.importing import apply_grids, apply_places, undo_grids, undo_places
from guatu.places.acts.places import edit_place, load_places, register_place, restore_place, withdraw_place
from guatu.places.acts.states import (
    change_places,
    close_place,
    open_place,
    reopen_place,
    shut_place,
    unchange_places,
)
from guatu.places.acts.surveys import survey_place, withdraw_survey
from guatu.places.rules import NewMerchant

__all__ = [
    "NewMerchant",
    "add_grid",
    "apply_grids",
    "apply_places",
    "change_area",
    "change_places",
    "close_place",
    "edit_place",
    "load_areas",
    "load_places",
    "load_zone",
    "open_place",
    "register_place",
    "remove_grid",
    "reopen_place",
    "restore_place",
    "reveal_contact",
    "shut_place",
    "survey_place",
    "unchange_places",
    "undo_grids",
    "undo_places",
    "withdraw_place",
    "withdraw_survey",
]
