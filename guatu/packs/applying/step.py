"""What the steps of an application share."""

from dataclasses import dataclass, field
from typing import Any

from guatu.campaigns.models import Body, Campaign
from guatu.kernel.acts import Actor
from guatu.packs.pack import Pack
from guatu.units.models import Person, Unit

ADDED, CHANGED, SAME = "added", "changed", "same"


@dataclass(frozen=True)
class Change:
    """One thing of a pack beside the store: added, changed or same. count: rows it stands for (areas, tasks)."""

    section: str
    key: str
    outcome: str
    count: int = 1


@dataclass
class Standing:
    """The ground under the steps: who applies what, and what the steps before have found or made."""

    by: Actor
    pack: Pack
    via: str
    campaign: Campaign | None = None
    units: dict[str, Unit] = field(default_factory=dict)  # by code
    people: dict[str, Person] = field(default_factory=dict)  # by username
    bodies: dict[str, Body] = field(default_factory=dict)  # by code

    @property
    def under_way(self) -> Campaign:
        assert self.campaign is not None
        return self.campaign

    def unit(self, word: str) -> Unit:
        """A unit by code, name or short name (the check has made sure it is there)."""
        found = self.units.get(word)
        if found is not None:
            return found
        return next(unit for unit in self.units.values() if word in (unit.name, unit.short_name))


def differing(row: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row that are not as wanted."""
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}
