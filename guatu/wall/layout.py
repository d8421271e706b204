"""The wall's layout, data of a pack (`wall.toml`): which panels stand where. Pure.

The grid has 12 columns and 12 rows. Without a layout of its own a campaign gets `layouts/usual.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

COLUMNS = ROWS = 12
KINDS = ("countdown", "groups", "map", "figures", "late", "cases", "events")
POINTS = ("cases", "places")
SENSES = ("good", "bad", "plain")
USUAL = Path(__file__).parent / "layouts" / "usual.toml"


class LayoutError(ValueError):
    """A layout that cannot be drawn: which panel, what is wrong, and what would be right."""


@dataclass(frozen=True)
class Choice:
    """An indicator that can colour the map. sense: more is good, bad or plain. steps: lower bounds of the classes."""

    indicator: str
    sense: str = "plain"
    steps: tuple[float, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One panel: where it stands (column and row from 1, width, height) and what it shows.

    indicators: keys, in order; empty means what the kind usually shows. choices and points: for the map. limit: lines.
    """

    id: str
    kind: str
    title: tuple[str, str]
    at: tuple[int, int]
    size: tuple[int, int]
    indicators: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    points: tuple[str, ...] = ()
    limit: int = 8

    @property
    def cells(self) -> set[tuple[int, int]]:
        (column, row), (width, height) = self.at, self.size
        return {(column + right, row + down) for right in range(width) for down in range(height)}


@dataclass(frozen=True)
class Layout:
    """All panels of a wall, in reading order."""

    panels: tuple[Panel, ...]

    def panel(self, kind: str) -> Panel | None:
        return next((panel for panel in self.panels if panel.kind == kind), None)


_KEYS = {"id", "kind", "title", "at", "size", "indicators", "choices", "points", "limit"}


def read_layout(data: Mapping[str, Any]) -> Layout:
    """A layout from a pack's data. Raises LayoutError."""
    given = data.get("panels")
    if not isinstance(given, Sequence) or not given:
        raise LayoutError("no [[panels]]: a wall needs at least one panel")
    panels: list[Panel] = []
    taken: dict[tuple[int, int], str] = {}
    for order, entry in enumerate(given, 1):
        panel = _panel(entry, f"panel {order}")
        if panel.id in {other.id for other in panels}:
            raise LayoutError(f"panel {order}: the id {panel.id!r} is used twice")
        for cell in sorted(panel.cells):
            if cell in taken:
                raise LayoutError(
                    f"panel {panel.id!r} lies over {taken[cell]!r} at column {cell[0]}, row {cell[1]}"
                )
            taken[cell] = panel.id
        panels.append(panel)
    return Layout(tuple(panels))


def _panel(entry: Mapping[str, Any], where: str) -> Panel:
    strange = sorted(set(entry) - _KEYS)
    if strange:
        raise LayoutError(f"{where}: unknown key {strange[0]!r}; known: {', '.join(sorted(_KEYS))}")
    kind = entry.get("kind")
    if kind not in KINDS:
        raise LayoutError(f"{where}: kind {kind!r} is not one of {', '.join(KINDS)}")
    panel_id = str(entry.get("id") or kind)
    if not panel_id.replace("-", "").isalnum() or not panel_id.isascii():
        raise LayoutError(f"{where}: the id {panel_id!r} may hold only letters, digits and -")
    at, size = _pair(entry, "at", where), _pair(entry, "size", where)
    if min(at + size) < 1 or at[0] + size[0] - 1 > COLUMNS or at[1] + size[1] - 1 > ROWS:
        raise LayoutError(
            f"{where}: at {list(at)} with size {list(size)} leaves the grid of {COLUMNS} × {ROWS}"
        )
    points = tuple(entry.get("points", ()))
    if set(points) - set(POINTS):
        raise LayoutError(
            f"{where}: points {sorted(set(points) - set(POINTS))} are not among {', '.join(POINTS)}"
        )
    return Panel(
        id=panel_id,
        kind=kind,
        title=_two(entry.get("title", "")),
        at=at,
        size=size,
        indicators=tuple(str(key) for key in entry.get("indicators", ())),
        choices=tuple(_choice(choice, where) for choice in entry.get("choices", ())),
        points=points,
        limit=int(entry.get("limit", 8)),
    )


def _choice(entry: Any, where: str) -> Choice:
    if not isinstance(entry, Mapping) or "indicator" not in entry:
        raise LayoutError(f"{where}: a choice of the map is written {{ indicator = “key”, sense = “good” }}")
    sense = str(entry.get("sense", "plain"))
    if sense not in SENSES:
        raise LayoutError(f"{where}: sense {sense!r} is not one of {', '.join(SENSES)}")
    steps = tuple(float(step) for step in entry.get("steps", ()))
    if list(steps) != sorted(set(steps)) or len(steps) > 4:
        raise LayoutError(f"{where}: steps {list(steps)} must rise and be at most four")
    return Choice(str(entry["indicator"]), sense, steps)


def _pair(entry: Mapping[str, Any], key: str, where: str) -> tuple[int, int]:
    value = entry.get(key)
    if not isinstance(value, Sequence) or len(value) != 2 or not all(isinstance(each, int) for each in value):
        raise LayoutError(f"{where}: {key!r} is written as two whole numbers, e.g. {key} = [1, 4]")
    return value[0], value[1]


def _two(value: Any) -> tuple[str, str]:
    if isinstance(value, Mapping):
        return str(value.get("zh", "")), str(value.get("en", value.get("zh", "")))
    return str(value), str(value)


@lru_cache(maxsize=1)
def usual() -> Layout:
    """The layout of a campaign whose pack brings none."""
    return read_layout(tomllib.loads(USUAL.read_text(encoding="utf-8")))


def layout_of(settings: Mapping[str, Any]) -> Layout:
    """The layout kept with a campaign (`Campaign.settings["wall"]`), or the usual one."""
    kept = settings.get("wall")
    return read_layout(kept) if kept else usual()
