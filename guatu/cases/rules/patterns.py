"""How dear a pattern may become: Python's `re` has no limit of its own, and staff write the patterns. Pure."""

import re._parser as grammar  # type: ignore[import-not-found]  # the library types do not know it
from typing import Any


def open_repeats(pattern: str) -> int:
    """How many repeats without a small bound the pattern has; 9 and more when one stands inside another or it refers
    back to a group, which can take for ever. Raises re.error when it is no pattern."""
    return _open(grammar.parse(pattern))


def _open(tree: Any) -> int:
    count = 0
    for name, value in tree:
        word = str(name)
        if word.startswith("GROUPREF"):
            return 9
        if word in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _least, most, inner = value
            below = _open(inner)
            long = most > 10
            count += 9 if below and most > 1 else below + int(long)
        elif word == "BRANCH":
            count += max(_open(branch) for branch in value[1])
        elif word == "SUBPATTERN":
            count += _open(value[-1])
        elif word in ("ASSERT", "ASSERT_NOT"):
            count += _open(value[1])
        elif word == "ATOMIC_GROUP":
            count += _open(value)
    return count
