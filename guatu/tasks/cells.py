"""How offices write days, shares, names and milestones into cells. Pure.

A room of its own beside rules.py because it is about writing, not about the life of a task; importers.py and
workbook.py must read and write the same way, or a round trip would lose something.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from guatu.files.rules import as_day, as_number

T = TypeVar("T")

_MONTH_DAY = re.compile(r"(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})\s*[日号]?")
_MONTH_PART = re.compile(
    r"(?:(?P<y>20\d{2})\s*[年./-]\s*)?(?P<m>\d{1,2})\s*月\s*(?P<part>份|初|上旬|中旬|下旬|中|底|末|份底|份前)?前?"
)
_YEAR_MONTH = re.compile(r"(?P<y>20\d{2})\s*[./-]\s*(?P<m>\d{1,2})")
_SEPARATORS = re.compile(r"[、，,;；/\n|]+|\s{2,}")
_DONE = re.compile(r"[（(]\s*(?:已于|完成于|done)\s*(?P<day>\d[^）)]*?)\s*(?:完成)?\s*[）)]\s*$")
_BEFORE_DAY = re.compile(r"\s*[（(:：]\s*|\s+")


def plain(text: str) -> str:
    """Half width, one case, no blanks: what two writings of the same name have in common."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def day_of_cell(text: str, year: int, *, end: bool) -> dt.date | None:
    """A day as offices write it: 2021.3.15, 2021年3月15日, Excel's number; without a year (3月15日, 9.30) that of the campaign;
    a month alone (9月、2021年9月底、3月上旬) is its first day, or for `end` its last. None when it is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    found = as_day(text)
    if found is not None:
        return found
    whole = _MONTH_DAY.fullmatch(text)
    if whole:
        return _day(year, int(whole["m"]), int(whole["d"]))
    month = _MONTH_PART.fullmatch(text) or _YEAR_MONTH.fullmatch(text)
    if month is None:
        return None
    parts = month.groupdict()
    return _day_of_month(int(parts["y"] or year), int(parts["m"]), parts.get("part") or "", end)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _day_of_month(year: int, month: int, part: str, end: bool) -> dt.date | None:
    first = _day(year, month, 1)
    if first is None:
        return None
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    spans = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "中": (11, 20), "下旬": (21, last.day)}
    begin, finish = spans.get(part, (1, last.day))
    return first.replace(day=finish if end else begin)


def percent_of_cell(text: str, *, ours: bool) -> int | None:
    """A share as a whole number from 0 to 100: 60, 60%, 0.6. None when it is none.

    ours: the table was exported here, where 1 is one percent; elsewhere a bare 1 is Excel's 100 %.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    marked = text.endswith("%")
    number = as_number(text.removesuffix("%"))
    if number is None:
        return None
    if not marked and not ours and 0 < number <= 1:
        number *= 100
    whole = round(number)
    return whole if 0 <= whole <= 100 else None


def names_of_cell(text: str) -> list[str]:
    """Names written one after the other with any of the usual separators, none twice."""
    parts = (part.strip() for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)))
    return list(dict.fromkeys(part for part in parts if part and part not in ("无", "-", "—")))


@dataclass(frozen=True, order=True)
class MilestoneCell:
    """A milestone as a cell says it."""

    due_on: dt.date
    name: str
    done_on: dt.date | None = None


def milestones_of_cell(text: str, year: int) -> tuple[list[MilestoneCell], str]:
    """Milestones (“完成方案 2021-05-01；进场施工 2021-06-01（已于2021-06-02完成）”) and the first piece not understood."""
    found: list[MilestoneCell] = []
    for piece in re.split(r"[;；\n]+", unicodedata.normalize("NFKC", text)):
        piece = piece.strip()
        if not piece:
            continue
        said = _DONE.search(piece)
        done = day_of_cell(said["day"], year, end=True) if said else None
        named = _named_day(piece[: said.start()] if said else piece, year)
        if named is None or (said is not None and done is None):
            return found, piece
        found.append(MilestoneCell(named[1], named[0], done))
    return sorted(found), ""


def _named_day(piece: str, year: int) -> tuple[str, dt.date] | None:
    """“第 2 段完工 6月 1日” → (“第 2 段完工”, 1 June): the first place behind which only a day stands."""
    piece = piece.strip().rstrip("）) ")
    for gap in _BEFORE_DAY.finditer(piece):
        day = day_of_cell(piece[gap.end() :], year, end=True)
        if day is not None and gap.start():
            return piece[: gap.start()], day
    return None


def milestones_to_cell(milestones: Iterable[MilestoneCell]) -> str:
    """The same, written; `milestones_of_cell` reads it back."""
    return "；".join(
        f"{each.name} {each.due_on.isoformat()}"
        + (f"（已于{each.done_on.isoformat()}完成）" if each.done_on else "")
        for each in sorted(milestones, key=lambda each: (each.due_on, each.name))
    )


def one_by_name(name: str, known: Mapping[str, T]) -> T | None:
    """The entry whose plain name is this one, else the only one that begins with it or that it begins with.

    known: plain name → entry; several names may lead to the same entry.
    """
    wanted = plain(name)
    if wanted in known:
        return known[wanted]
    if len(wanted) < 2:
        return None
    near = {
        id(entry): entry
        for key, entry in known.items()
        if key.startswith(wanted) or (len(key) > 1 and wanted.startswith(key))
    }
    return next(iter(near.values())) if len(near) == 1 else None


def told_changes(
    standing: Mapping[str, Any], changes: Mapping[str, Any], words: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """What would change, for whoever looks first: (field, as it stands, as it will be).

    words: field → value → word, for fields that hold codes. An owner outside the system stands as a name only.
    """

    def written(name: str, value: Any) -> str:
        if name == "milestones":
            return milestones_to_cell(value)
        if isinstance(value, list):
            return "、".join(map(str, value))
        return "" if value is None else str(words.get(name, {}).get(value, value))

    def owner(values: Mapping[str, Any]) -> str:
        return values["owner"].name if values["owner"] else values["owner_name"]

    found = [("owner", owner(standing), owner(changes))] if "owner" in changes else []
    return found + [
        (name, written(name, standing[name]), written(name, new))
        for name, new in changes.items()
        if name not in ("owner", "owner_name")
    ]
