"""Registers as entity lists: what properties are called, and how two changes made side by side come together. Pure.

A list is a register, an entity an entry: its uuid is the entry's id, its label the entry's title, its properties the
register's columns, its version the entry's.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guatu.registers.rules import Column

CONFLICTS = ("", "soft", "hard")
UUID_KEY, LABEL_KEY = "uuid", "label"  # the columns of a list that a form or a client made
PLACES = "places"  # the collector's own places, a list that nobody opens
RESERVED = ("name", "label")
LISTED = ("name", "label", "__version")
LONGEST_HOLD = dt.timedelta(
    days=5
)  # as ODK Central: then what waited for its predecessor is entered all the same
_KEY_SIGNS = re.compile(r"[^a-z0-9_]+")


def property_of(column: Column) -> str:
    """The property a column is known by in forms and CSV files."""
    name = column.property or column.key
    return f"{name}_" if name.casefold() in RESERVED else name


def listed(columns: Sequence[Column], key_field: str, title_field: str) -> dict[str, Column]:
    """Property → column. The uuid key of a list made by clients, and a title called `name` or `label`, are no properties:
    the entity's id and its label carry them."""
    found = {}
    for column in columns:
        if column.key == key_field == UUID_KEY:
            continue
        if column.key == title_field and not column.property and column.key in RESERVED:
            continue
        found[property_of(column)] = column
    return found


def column_for(name: str, taken: Collection[str]) -> dict[str, Any]:
    """The declaration of a column for a property that a form or a client names."""
    key = _KEY_SIGNS.sub("_", name.lower()).strip("_")[:34]
    if not key or not key[0].isalpha():
        key = f"p_{key}".rstrip("_")
    plain, number = key, 2
    while key in taken or key in (UUID_KEY, *RESERVED):
        key, number = f"{plain}_{number}", number + 1
    said: dict[str, Any] = {"key": key, "label": name, "type": "text"}
    return said if key == name else {**said, "property": name}


def first_columns() -> list[dict[str, Any]]:
    """The columns of a list that a form or a client opens."""
    return [
        {"key": UUID_KEY, "label": "编号", "label_en": "Id", "type": "text", "required": True},
        {"key": LABEL_KEY, "label": "名称", "label_en": "Label", "type": "text"},
    ]


def code_for(name: str, taken: Collection[str]) -> str:
    """A register's code for a list of this name (codes are plain letters, names may be Chinese)."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:34] or "list"
    code, number = plain, 2
    while code in taken:
        code, number = f"{plain}-{number}", number + 1
    return code


@dataclass(frozen=True)
class Merged:
    """What comes of a change. take: column → text to write. kept: columns where another, newer word stands. conflict: ""
    when the phone had the current version before its eyes; `soft` when others changed other columns meanwhile; `hard`
    when they changed the same one to something else."""

    take: dict[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    conflict: str = ""


def merged(
    now: Mapping[str, str],
    said: Mapping[str, str],
    at: dt.datetime,
    since: Mapping[str, dt.datetime],
    *,
    behind: bool,
) -> Merged:
    """Bring a change onto what stands there.

    now: column → text. said: the change. at: when it was said. since: column → when the newest change after the version
    the phone had was said. behind: whether there is any such version. Of two words about one column the newer stands;
    words of the same moment in the order they came in. Nothing that was said is lost: the story keeps both.
    """
    differing = {key: text for key, text in said.items() if now.get(key, "") != text}
    if not behind:
        return Merged(differing)
    kept = tuple(sorted(key for key in differing if key in since and since[key] > at))
    hard = any(key in since for key in differing)
    return Merged(
        {key: text for key, text in differing.items() if key not in kept}, kept, "hard" if hard else "soft"
    )


def graver(one: str, other: str) -> str:
    """The graver of two conflicts."""
    return max(one, other, key=CONFLICTS.index)


@dataclass(frozen=True)
class Version:
    """One version of an entry, as the ledger tells it. changed: clear columns and what they held after; personal: names of
    sealed columns that changed; values: all clear columns after it. local: the number it had on the phone (branch)."""

    number: int
    act_id: Any
    verb: str
    at: dt.datetime
    said_at: dt.datetime
    by_id: Any
    via: str
    changed: Mapping[str, str]
    personal: tuple[str, ...]
    details: Mapping[str, Any]
    values: Mapping[str, str] = field(default_factory=dict)


VERSIONED = ("entry.entered", "entry.changed", "entry.corrected", "entry.withdrawn", "entry.forgotten")


def versions(acts: Iterable[Any], current: Mapping[str, str], keys: Collection[str]) -> list[Version]:
    """The versions of an entry, oldest first, from its acts (oldest first) and its clear columns as they stand now.

    acts: lines of the ledger or lines that are about to be written (verb, details, effective_at, by_id, via). Each of
    VERSIONED made one version; walking back, what a line says stood there before is put back.
    """
    lines = [act for act in acts if act.verb in VERSIONED]
    values, found = dict(current), []
    for number in range(len(lines), 0, -1):
        act = lines[number - 1]
        old = {key: str(text) for key, text in act.details.get("old", {}).items() if key in keys}
        found.append(
            Version(
                number=number, act_id=act.id, verb=act.verb, at=getattr(act, "recorded_at", act.effective_at),
                said_at=_moment(act.details.get("said_at")) or act.effective_at, by_id=act.by_id, via=act.via,
                changed={key: values.get(key, "") for key in old} if number > 1 else dict(values),
                personal=tuple(act.details.get("personal", ())), details=act.details, values=dict(values),
            )
        )  # fmt: skip
        values = {key: text for key, text in {**values, **old}.items() if text}
    return found[::-1]


def _moment(text: Any) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if isinstance(text, str) and text else None


def since(history: Sequence[Version], base: int) -> dict[str, dt.datetime]:
    """Column → when the newest word about it after version `base` was said."""
    found: dict[str, dt.datetime] = {}
    for version in history:
        if version.number > base:
            for key in (*version.changed, *version.personal):
                found[key] = max(version.said_at, found.get(key, version.said_at))
    return found


def seen_version(
    history: Sequence[Version], base: int | None, trunk: int | None, branch: str
) -> tuple[int | None, bool]:
    """(the version of ours that the phone had before its eyes, whether a word before this one is still missing).

    Offline a phone counts on by itself: `branch` ties what it did together, `trunk` is the last version it had from here
    (None: it made the entity itself), `base` the number it changed. The first change after the trunk had the trunk before
    it; a later one had what its predecessor in the branch made here.
    """
    latest = history[-1].number if history else 0
    if base is None:
        return latest, False
    if not branch or base == trunk:
        return min(base, latest), False
    if trunk is None and base == 1:
        return 1, False
    before = [
        each.number
        for each in history
        if each.details.get("branch") == branch and each.details.get("local") == base
    ]
    return (before[-1], False) if before else (None, True)
