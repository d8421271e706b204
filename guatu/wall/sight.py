"""One look at the wall by one reader: its layout, its indicators valued at once, its words and addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from guatu.campaigns.models import Campaign
from guatu.figures.reads import indicators, values
from guatu.figures.rules import MICRO, Amount, Definition, Value
from guatu.kernel.access import Scope
from guatu.wall.layout import Choice, Layout, Panel, layout_of


@lru_cache(maxsize=4096)
def _path(name: str, args: tuple[Any, ...]) -> str:
    """A wall leads to the same hundred addresses at every drawing; working one out costs more than a panel's question."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def address(name: str, *args: Any, **query: Any) -> str:
    """Where a number leads; "" when the page is not part of this installation."""
    found = _path(name, args)
    return f"{found}?{urlencode(query, doseq=True)}" if found and query else found


def in_english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def said(two: tuple[str, str]) -> str:
    """The Chinese or the English of a pair."""
    return two[1] or two[0] if in_english() else two[0]


@dataclass(frozen=True)
class FigureLine:
    """A live figure as a panel shows it: number, unit, title, the two counts of a rate, where it leads."""

    key: str
    title: str
    text: str
    unit: str
    parts: tuple[str, ...]
    href: str


@dataclass
class Sight:
    """One look at the wall by one reader: all indicators are valued at once, by as few questions as there are spans."""

    scope: Scope
    campaign: Campaign
    layout: Layout
    meanings: Mapping[str, Definition] = field(default_factory=dict)
    found: Mapping[str, Value] = field(default_factory=dict)
    chosen: str = ""  # the map's indicator asked for by the address

    def line(self, key: str) -> FigureLine:
        meaning, value = self.meanings[key], self.found[key]
        parts: tuple[str, ...] = ()
        if meaning.kind in ("rate", "coverage"):
            parts = tuple(amount_of(value, meaning, name) for name in ("of", "per"))
        return FigureLine(
            key=key,
            title=said(meaning.title),
            text=value.text,
            unit="" if value.text.endswith("%") else said(meaning.unit),
            parts=parts,
            href=address("desk:figure", key, campaign=self.campaign.code),
        )

    def lines(self, keys: Sequence[str]) -> list[FigureLine]:
        return [self.line(key) for key in keys if key in self.found]


def amount_of(value: Value, meaning: Definition, name: str) -> str:
    """One of the two counts of a rate; an area without facts of this piece has none of them."""
    amount, part = value.parts.get(name, Amount()), meaning.parts[name]
    return str(amount.total // MICRO) if part.measure else str(amount.count)


def look(scope: Scope, campaign: Campaign, chosen: str = "") -> Sight:
    """Lay out the wall and value its indicators for this reader."""
    layout = layout_of(campaign.settings)
    meanings = {meaning.key: meaning for _, meaning in indicators(campaign)}
    wanted: list[str] = []
    for panel in layout.panels:
        if panel.kind in ("countdown", "figures", "cases"):
            wanted += panel.indicators or (usual_keys(panel, meanings) if panel.kind == "figures" else ())
    keys = [key for key in dict.fromkeys(wanted) if key in meanings]
    found = values(scope, campaign, [meanings[key] for key in keys]) if keys else {}
    return Sight(scope, campaign, layout, meanings, found, chosen)


def usual_keys(panel: Panel, meanings: Mapping[str, Definition]) -> list[str]:
    """Rates first, they are what a commander asks for; then the rest, in the pack's order."""
    usable = [key for key, meaning in meanings.items() if meaning.kind != "countdown"]
    usable.sort(key=lambda key: meanings[key].kind not in ("rate", "coverage"))
    return usable[: panel.limit]


def choices(sight: Sight) -> list[Choice]:
    """The indicators that may colour the map; without a list of the pack: its rates."""
    panel = sight.layout.panel("map")
    given = [choice for choice in panel.choices if choice.indicator in sight.meanings] if panel else []
    if given:
        return given
    return [
        Choice(key, "good", (60.0, 70.0, 80.0, 90.0))
        for key, meaning in sight.meanings.items()
        if meaning.kind in ("rate", "coverage")
    ][:4]


def current_choice(sight: Sight) -> Choice | None:
    offered = choices(sight)
    return next(
        (choice for choice in offered if choice.indicator == sight.chosen), offered[0] if offered else None
    )
