"""What kinds of subject there are. The composition (`guatu/subjects.py`) fills the table; the kernel only knows its shape."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from guatu.kernel.access import Scope
from guatu.kernel.factshape import Fact


@dataclass(frozen=True)
class Subject:
    """One kind of subject.

    word: (zh, en). rows: subject ids → rows fit for `facts` (one query or few), missing ones left out; each has `.id`
    and `.home`. facts: row → facts (None: contributes none). seen: (scope, ids) → {id: title} of those the reader may
    see. url: id → address of its page.
    """

    type: str
    word: tuple[str, str]
    rows: Callable[[Iterable[str]], Iterable[Any]] | None = None
    facts: Callable[[Any], list[Fact]] | None = None
    seen: Callable[[Scope, Iterable[str]], dict[str, str]] | None = None
    url: Callable[[str], str] | None = None


@lru_cache(maxsize=1)
def table() -> dict[str, Subject]:
    """All kinds of subject by type."""
    return {subject.type: subject for subject in import_string(settings.GUATU_SUBJECTS)}
