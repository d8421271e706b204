"""Sets of indicators that the product ships, for packs to include and pages to count by."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from guatu.figures.rules import Definition, read_definition

SETS = {
    "standard/cases": "cases.toml",
    "standard/places": "places.toml",
}  # name in a pack's `include` → file beside this one


class UnknownSet(KeyError):
    """No set of this name; the argument is the name."""


@lru_cache(maxsize=8)
def _data(name: str) -> Mapping[str, Any]:
    if name not in SETS:
        raise UnknownSet(name)
    found: Mapping[str, Any] = tomllib.loads((files(__name__) / SETS[name]).read_text(encoding="utf-8"))
    return found


def tables(name: str) -> list[dict[str, Any]]:
    """The indicators of a set as a pack would write them. Raises UnknownSet."""
    return [dict(table) for table in _data(name)["indicators"]]


@lru_cache(maxsize=8)
def definitions(name: str) -> dict[str, Definition]:
    """The indicators of a set by key, in their order. Raises UnknownSet."""
    return {str(table["key"]): read_definition(table) for table in _data(name)["indicators"]}


def schemes(name: str) -> Mapping[str, Any]:
    """The schemes of scores that come with a set: name → data as `cases.rules.evaluation` reads it."""
    found: Mapping[str, Any] = _data(name).get("schemes", {})
    return found
