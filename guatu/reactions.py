"""What follows from what. The one table; no signal receivers anywhere.

WITHIN: verb → functions called with the pending act inside its transaction, in order; they may open further deeds.
CLOSING: called once with the whole batch before positions are given (facts and readings).
AFTER: verb → jobs put into the queue by the same transaction, so that they happen if and only if it commits.
"""

from collections.abc import Callable
from typing import Any

from guatu.figures.posting import post_facts
from guatu.kernel.acts import Batch, PendingAct

WITHIN: dict[str, list[Callable[[PendingAct], None]]] = {}

CLOSING: list[Callable[[Batch], None]] = [post_facts]

AFTER: dict[str, list[Any]] = {}
