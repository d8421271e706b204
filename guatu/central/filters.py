"""`$filter` of OData: text to tree and back. Pure; what a field means is told where the rows are (queries.py).

    or · and · not · eq ne lt le gt ge · year month day hour minute second · now() · 'text' 12 2021-09-16T09:00:00Z null

Anything else is refused: a filter that was half understood would give rows that nobody asked for.
"""

import datetime as dt
import re
from dataclasses import dataclass

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
PARTS = ("year", "month", "day", "hour", "minute", "second")
LONGEST, _DEEPEST = 5_000, 60

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w.-]))"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))"
    r"|(?P<name>[A-Za-z_$][\w$]*(?:/[A-Za-z_$][\w$]*)*)"
    r"|(?P<mark>[(),]))"
)


class FilterError(ValueError):
    """A filter that is no filter, or one beyond what is served. at: where in the text; what: the piece."""

    def __init__(self, at: int, what: str, *, unknown: bool = False) -> None:
        super().__init__(f"{what} ({at})")
        self.at, self.what, self.unknown = at, what, unknown


@dataclass(frozen=True)
class Field:
    """A field by its path, such as `__system/submissionDate`."""

    path: str
    at: int = 0

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class Literal:
    """A value: text, number, moment, truth or null."""

    value: str | int | float | bool | dt.datetime | None

    def __str__(self) -> str:
        if self.value is None:
            return "null"
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, dt.datetime):
            return f"{self.value.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z"
        if isinstance(self.value, str):
            return "'" + self.value.replace("'", "''") + "'"
        return format(self.value, "f") if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True)
class Call:
    """A function: now(), or a part of a moment."""

    name: str
    inner: "Operand | None" = None

    def __str__(self) -> str:
        return f"{self.name}({'' if self.inner is None else self.inner})"


@dataclass(frozen=True)
class Compare:
    op: str
    left: "Operand"
    right: "Operand"

    def __str__(self) -> str:
        return f"{self.left} {self.op} {self.right}"


@dataclass(frozen=True)
class Not:
    inner: "Condition"

    def __str__(self) -> str:
        return f"not ({self.inner})"


@dataclass(frozen=True)
class Both:
    """Two conditions joined by `and` or `or`."""

    op: str
    left: "Condition"
    right: "Condition"

    def __str__(self) -> str:
        return f"({self.left}) {self.op} ({self.right})"


Operand = Field | Literal | Call
Condition = Compare | Not | Both


def parse(text: str) -> Condition:
    """The tree of a filter. Raises FilterError, never anything else."""
    if len(text) > LONGEST:
        raise FilterError(LONGEST, f"> {LONGEST}")
    reader = _Reader(_tokens(text))
    found = reader.either(0)
    if reader.kind:
        raise FilterError(reader.at, reader.word)
    return found


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise FilterError(at, text[at : at + 20].strip())
        found.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    return [*found, ("", "", end)]


class _Reader:
    def __init__(self, tokens: list[tuple[str, str, int]]) -> None:
        self.tokens, self.here = tokens, 0

    @property
    def kind(self) -> str:
        return self.tokens[self.here][0]

    @property
    def word(self) -> str:
        return self.tokens[self.here][1]

    @property
    def at(self) -> int:
        return self.tokens[self.here][2]

    def take(self) -> str:
        word = self.word
        self.here += 1
        return word

    def mark(self, wanted: str) -> None:
        if self.kind != "mark" or self.word != wanted:
            raise FilterError(self.at, self.word or wanted)
        self.take()

    def said(self, *words: str) -> bool:
        return self.kind == "name" and self.word in words

    def either(self, depth: int) -> Condition:
        found = self.all(depth)
        while self.said("or"):
            self.take()
            found = Both("or", found, self.all(depth))
        return found

    def all(self, depth: int) -> Condition:
        found = self.one(depth)
        while self.said("and"):
            self.take()
            found = Both("and", found, self.one(depth))
        return found

    def one(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise FilterError(self.at, f"> {_DEEPEST}")
        if self.said("not"):
            self.take()
            return Not(self.one(depth + 1))
        if self.kind == "mark" and self.word == "(":
            self.take()
            found = self.either(depth + 1)
            self.mark(")")
            return found
        left = self.operand(depth)
        if not self.said(*COMPARISONS):
            raise FilterError(self.at, self.word or "eq", unknown=self.kind == "name")
        return Compare(self.take(), left, self.operand(depth))

    def operand(self, depth: int) -> Operand:
        kind, at, word = self.kind, self.at, self.word
        if kind in ("text", "number", "moment"):
            self.take()
            return Literal(_value(kind, word, at))
        if kind != "name" or word in (*COMPARISONS, "and", "or", "not"):
            raise FilterError(at, word)
        self.take()
        if word in ("null", "true", "false"):
            return Literal({"null": None, "true": True, "false": False}[word])
        if not (self.kind == "mark" and self.word == "("):
            return Field(word, at)
        if word not in (*PARTS, "now"):
            raise FilterError(at, f"{word}()", unknown=True)
        if depth > _DEEPEST:
            raise FilterError(at, f"> {_DEEPEST}")
        self.take()
        inner = None if word == "now" else self.operand(depth + 1)
        self.mark(")")
        return Call(word, inner)


def _value(kind: str, word: str, at: int) -> str | int | float | dt.datetime:
    if kind == "text":
        return word[1:-1].replace("''", "'")
    if kind == "number":
        if len(word) > 18:
            raise FilterError(at, word[:20])
        return float(word) if "." in word else int(word)
    try:
        found = dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", word))
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise FilterError(at, word) from None
