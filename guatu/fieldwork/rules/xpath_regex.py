"""Patterns in expressions, bounded: a pattern that may run for ever is not tried. Pure."""

import re
import warnings
from functools import lru_cache
from importlib import import_module
from typing import Any

from guatu.fieldwork.rules.xpath_values import Unsure

# the standard library's own reading of a pattern; it has no public name, and no types
constants: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

LONGEST_PATTERN, LONGEST_VALUE = 2_000, 20_000
_MOST_WORK = 20_000_000


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> tuple[re.Pattern[str], int] | None:
    """The pattern with how many of its pieces repeat without bound; None when it cannot be tried safely."""
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern)
            return re.compile(pattern), _loops(tree, inside=False)
    except (re.error, OverflowError, RecursionError, Warning, ValueError):
        return None


def _loops(tree: Any, *, inside: bool) -> int:
    """How many pieces repeat without a small bound. Raises ValueError for a loop in a loop, a choice in a loop, a back reference."""
    count = 0
    for kind, what in tree:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = what
            free = high == constants.MAXREPEAT or high - low > 20
            if inside and high > 1 and high != low:
                raise ValueError(pattern_too_free)
            count += (1 if free else 0) + _loops(inner, inside=inside or high > 1 and high != low)
        elif name == "BRANCH":
            if inside:
                raise ValueError(pattern_too_free)
            count += sum(_loops(each, inside=inside) for each in what[1])
        elif name == "SUBPATTERN":
            count += _loops(what[3], inside=inside)
        elif name in ("ASSERT", "ASSERT_NOT"):
            count += _loops(what[1], inside=inside)
        elif name in ("GROUPREF", "GROUPREF_EXISTS", "ATOMIC_GROUP"):
            raise ValueError(pattern_too_free)
    return count


pattern_too_free = "a pattern that may run for ever"


def matches(pattern: str, value: str) -> bool:
    """Whether the value is of the pattern. Collect wants the whole value to be, web clients a part: where they differ, Unsure."""
    found = _compiled(pattern)
    if found is None or len(value) > LONGEST_VALUE:
        raise Unsure("regex")
    compiled, loops = found
    # the work of a search grows with the length to the power of the loops, once more for every place it may begin
    if (len(value) + 1) ** (loops + 1) > _MOST_WORK:
        raise Unsure("regex")
    if compiled.fullmatch(value) is not None:
        return True
    if compiled.search(value) is None:
        return False
    raise Unsure("regex")


def tried(pattern: str) -> bool:
    """Whether a pattern can be tried here at all."""
    return _compiled(pattern) is not None
