"""Trades (行业): what a line of the list may say. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class IndustryDraft:
    """One trade. kinds: kinds of places that are of this trade unless they say otherwise."""

    code: str
    name: str
    name_en: str = ""
    kinds: Sequence[str] = ()


def fault_of(rows: Sequence[IndustryDraft]) -> tuple[IndustryDraft, str] | None:
    """The first line that cannot stand, with the field that is wrong; None when all can."""
    seen: set[str] = set()
    for row in rows:
        if not _CODE.fullmatch(row.code) or row.code in seen:
            return row, "code"
        seen.add(row.code)
        if not row.name or len(row.name) > 80:
            return row, "name"
        if len(row.name_en) > 120:
            return row, "name_en"
        if any(not kind or len(kind) > 60 for kind in row.kinds):
            return row, "kinds"
    return None
