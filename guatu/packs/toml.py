"""TOML with line numbers: values as the library reads them, and on which line each key stands."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from guatu.kernel import clock
from guatu.packs.faults import Faults, near

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]?\]\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_AT = re.compile(r"\(at line (\d+), column \d+\)")

Path_ = tuple[str | int, ...]


def _names(dotted: str) -> list[str]:
    return [piece.strip().strip("\"'") for piece in re.findall(r"[\w-]+|\"[^\"]*\"|'[^']*'", dotted)]


@dataclass
class Toml:
    """One file: its name as faults tell it, its data, the line of every key and table."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int | None:
        """The line of a key, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(tuple(path[:length]))
            if found is not None:
                return found
        return None


def read_toml(path: Path, file: str, faults: Faults) -> Toml | None:
    """The file read; None (with a fault) when it is not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        at = _AT.search(str(wrong))
        faults.add("bad_toml", file, line=int(at[1]) if at else None, why=_AT.sub("", str(wrong)).strip())
        return None
    except UnicodeDecodeError:
        faults.add("bad_toml", file, why="the file is not UTF-8")
        return None
    return Toml(file, data, _lines(text))


def _lines(text: str) -> dict[Path_, int]:
    """Where every table header and key stands. Keys inside inline tables are found at their parent."""
    found: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    table: Path_ = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _table_of(_names(header[2]), bool(header[1]), counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_names(key[1])), number)
    return found


def _table_of(names: list[str], array: bool, counts: dict[Path_, int]) -> Path_:
    """The path a header opens; inside an array of tables it is the array's latest entry."""
    path: Path_ = ()
    for position, name in enumerate(names):
        path = (*path, name)
        last = position == len(names) - 1
        if last and array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


@dataclass(frozen=True)
class Key:
    """A key a table may have. kind: text two day moment whole number yes list table tables any."""

    name: str
    kind: str = "text"
    required: bool = False
    example: str = ""
    choices: tuple[str, ...] = ()


_WANTED = {
    "text": ("文字", "text", '"…"'), "two": ("文字，或中英两种文字", "text, or text in two languages", '{ zh = "…", en = "…" }'),
    "day": ("日期", "a day", "2021-11-05"), "moment": ("带时区的时间", "a moment with its zone", "2021-09-16T09:00:00+08:00"),
    "whole": ("整数", "a whole number", "50"), "number": ("数字", "a number", "3"), "yes": ("true 或 false", "true or false", "true"),
    "list": ("方括号里的若干文字", "texts in square brackets", '["…", "…"]'), "table": ("一节", "a table", "[…]"),
    "tables": ("若干节", "an array of tables", "[[…]]"), "any": ("", "", ""),
}  # fmt: skip


def fits(value: Any, kind: str) -> bool:
    """Whether a TOML value is of the wanted kind (days and moments may be texts)."""
    if kind == "text":
        return isinstance(value, str)
    if kind == "two":
        return isinstance(value, str) or (
            isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values())
        )
    if kind == "day":
        return as_day(value) is not None
    if kind == "moment":
        return as_moment(value) is not None
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    if kind == "yes":
        return isinstance(value, bool)
    if kind == "list":
        return isinstance(value, list) and all(isinstance(one, (str, int)) for one in value)
    if kind == "table":
        return isinstance(value, Mapping)
    if kind == "tables":
        return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)
    return True


def as_day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return None
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def as_moment(value: Any) -> dt.datetime | None:
    """Aware; without a zone it is the office's own time."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return clock.local(moment) if isinstance(moment, dt.datetime) else None


def two(value: Any) -> tuple[str, str]:
    """(zh, en) of a text in one or two languages."""
    if isinstance(value, Mapping):
        zh = str(value.get("zh", "") or value.get("en", ""))
        return zh, str(value.get("en", "") or zh)
    return str(value or ""), str(value or "")


def take(
    toml: Toml, path: Sequence[str | int], table: Mapping[str, Any], keys: Sequence[Key], faults: Faults
) -> dict[str, Any]:
    """The values of a table that are as they should be; everything else becomes a fault with its line."""
    known = {key.name: key for key in keys}
    found: dict[str, Any] = {}
    for name, value in table.items():
        line = toml.line(*path, name)
        key = known.get(name)
        if key is None:
            faults.add("unknown_key", toml.file, line=line, key=name, near=near(name, known))
        elif not fits(value, key.kind):
            zh, en, example = _WANTED[key.kind]
            faults.add(
                "wrong_type", toml.file, line=line, key=name, wanted_zh=zh, wanted=en, value=_shown(value),
                example=key.example or example,
            )  # fmt: skip
        elif key.choices and value not in key.choices:
            faults.add(
                "not_a_choice",
                toml.file,
                line=line,
                key=name,
                value=_shown(value),
                choices=", ".join(key.choices),
            )
        else:
            found[name] = _made(value, key.kind)
    for key in keys:
        if key.required and key.name not in table:
            example = key.example or f"{key.name} = {_WANTED[key.kind][2]}"
            faults.add("missing_key", toml.file, line=toml.line(*path), key=key.name, example=example)
    return found


def _shown(value: Any) -> str:
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _made(value: Any, kind: str) -> Any:
    if kind == "day":
        return as_day(value)
    if kind == "moment":
        return as_moment(value)
    if kind == "list":
        return [str(one) for one in value]
    return value
