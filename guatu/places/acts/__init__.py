"""Every write about areas and places."""

from guatu.places import verbs as verbs
from guatu.places.acts.areas import add_grid, change_area, load_areas, load_zone, remove_grid
from guatu.places.acts.importing import apply_grids, apply_places, undo_grids, undo_places
from guatu.places.acts.places import edit_place, load_places, register_place, restore_place, withdraw_place

__all__ = [
    "add_grid",
    "apply_grids",
    "apply_places",
    "change_area",
    "edit_place",
    "load_areas",
    "load_places",
    "load_zone",
    "register_place",
    "remove_grid",
    "restore_place",
    "undo_grids",
    "undo_places",
    "withdraw_place",
]
