"""How dear a pattern may become: Python's `re` has no limit of its own, and staff write the patterns. Pure.

Two things make a pattern dear: repeats without a small bound (each multiplies the steps by the length of the text), and
places where the same letters can be read in several ways (`a?a?a?`, `(a|ab)(b|)`): their numbers multiply each other.
Inside a repeat, several ways are one way too many: `(a|aa)+` takes for ever.
"""

import re._parser as grammar  # type: ignore[import-not-found]  # the library types do not know it
from typing import Any

NEVER = 9  # more repeats than any pattern may have
_SMALL = 10  # a bound up to which a repeat is not open
_MOST_WAYS = {0: 1024, 1: 64}  # by the number of open repeats


def open_repeats(pattern: str) -> int:
    """How many repeats without a small bound the pattern has; 9 and more when it can take for ever: a repeat in which the
    same letters can be read in several ways, a reference back to a group, too many choices one after the other.
    Raises re.error when it is no pattern."""
    count, ways = _cost(grammar.parse(pattern))
    return count if ways <= _MOST_WAYS.get(count, 1) else max(count, NEVER)


def _cost(tree: Any) -> tuple[int, int]:
    """(open repeats, in how many ways the same letters can be read besides them)."""
    count, ways = 0, 1
    for name, value in tree:
        more, times = _one(str(name), value)
        count, ways = count + more, min(ways * times, 1 << 20)
    return count, ways


def _one(word: str, value: Any) -> tuple[int, int]:
    if word.startswith("GROUPREF"):
        return NEVER, 1
    if word in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _repeat(*value)
    if word == "BRANCH":
        each = [_cost(branch) for branch in value[1]]
        ways = max(way for _count, way in each) if _parted(value[1]) else sum(way for _count, way in each)
        return max(count for count, _way in each), ways
    if word == "SUBPATTERN":
        return _cost(value[-1])
    if word in ("ASSERT", "ASSERT_NOT"):
        return _cost(value[1])
    if word == "ATOMIC_GROUP":
        return _cost(value)
    return 0, 1


def _repeat(least: Any, most: Any, inner: Any) -> tuple[int, int]:
    count, ways = _cost(inner)
    if most > 1 and (count or ways > 1):
        return NEVER, 1
    if most > _SMALL and least != most:
        return count + 1, ways
    return count, ways * (int(most) - int(least) + 1)


def _parted(branches: Any) -> bool:
    """Whether the alternatives begin with different letters, so that at most one of them can hold."""
    firsts = [
        chr(branch[0][1]).casefold() if len(branch) and str(branch[0][0]) == "LITERAL" else ""
        for branch in branches
    ]
    return all(firsts) and len(set(firsts)) == len(firsts)
