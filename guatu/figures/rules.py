"""What an indicator means. Pure: definitions, which facts count, arithmetic and words of values."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from guatu.kernel.factshape import Fact

ALL_DAYS = dt.date(1, 1, 1)
MICRO = 1_000_000
KINDS = ("count", "sum", "rate", "average", "distinct", "countdown", "overdue", "coverage")
TIMES = ("now", "day", "period")


class DefinitionError(ValueError):
    """A definition that cannot be understood: which key, and what would be right."""


@dataclass(frozen=True)
class Part:
    """An additive piece of an indicator: facts of a kind, filtered, counted and one measure summed.

    statuses, categories: empty means any. attributes: name → allowed values. measure: name summed ("" for none).
    """

    kind: str
    statuses: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    attributes: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    measure: str = ""
    distinct: str = ""

    def key(self, campaign: str) -> str:
        """The key of its readings: the same piece of one campaign is kept once, however many indicators use it."""
        words = [campaign, self.kind, self.statuses, self.categories, self.attributes, self.measure]
        return hashlib.sha256(json.dumps(words, ensure_ascii=False, default=str).encode()).hexdigest()[:20]

    def takes(self, fact: "Countable") -> bool:
        """Whether a fact belongs to this piece."""
        if fact.kind != self.kind:
            return False
        if self.statuses and fact.status not in self.statuses:
            return False
        if self.categories and fact.category not in self.categories:
            return False
        return all(fact.attributes.get(name) in allowed for name, allowed in self.attributes)


@dataclass(frozen=True)
class Countable:
    """The side of a fact that counting looks at."""

    home: str
    campaign: str
    kind: str
    area: str
    status: str
    category: str
    happened_on: dt.date | None
    measures: Mapping[str, str]
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Definition:
    """An indicator as a pack writes it.

    kind: one of KINDS. of: the piece counted (for rates: the numerator). per: the denominator. over: now, day or period.
    round: decimal places shown (rates are in percent). unit: (zh, en) shown beside it.
    """

    key: str
    title: tuple[str, str]
    unit: tuple[str, str]
    kind: str
    of: Part
    per: Part | None = None
    over: str = "now"
    round: int = 0
    note: tuple[str, str] = ("", "")
    unit_code: str = ""

    @property
    def parts(self) -> dict[str, Part]:
        return {"of": self.of} if self.per is None else {"of": self.of, "per": self.per}


def read_definition(data: Mapping[str, Any]) -> Definition:
    """A definition from a pack's data. Raises DefinitionError naming the key and what would be right."""
    known = {"key", "title", "unit", "kind", "of", "per", "over", "round", "note", "unit_code"}
    strange = sorted(set(data) - known)
    if strange:
        raise DefinitionError(f"unknown key {strange[0]!r}; known: {', '.join(sorted(known))}")
    for needed in ("key", "title", "kind", "of"):
        if needed not in data:
            raise DefinitionError(f"the key {needed!r} is missing")
    kind = data["kind"]
    if kind not in KINDS:
        raise DefinitionError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    over = data.get("over", "now")
    if over not in TIMES:
        raise DefinitionError(f"over {over!r} is not one of {', '.join(TIMES)}")
    per = read_part(data["per"], "per") if data.get("per") else None
    of = read_part(data["of"], "of")
    if (kind in ("rate", "coverage")) != (per is not None):
        raise DefinitionError(f"kind {kind!r} {'needs' if per is None else 'takes no'} 'per'")
    if kind in ("sum", "average") and not of.measure:
        raise DefinitionError(f"kind {kind!r} needs 'measure' in 'of'")
    if kind == "distinct" and not of.distinct:
        raise DefinitionError("kind 'distinct' needs 'distinct' (an attribute's name) in 'of'")
    if kind == "overdue" and not any(name == "late" for name, _ in of.attributes):
        raise DefinitionError("kind 'overdue' needs attributes = { late = true } in 'of'")
    return Definition(
        key=str(data["key"]),
        title=_two(data["title"]),
        unit=_two(data.get("unit", "")),
        kind=kind,
        of=of,
        per=per,
        over=over,
        round=int(data.get("round", 0)),
        note=_two(data.get("note", "")),
        unit_code=str(data.get("unit_code", "")),
    )


def read_part(data: Mapping[str, Any], where: str) -> Part:
    known = {"kind", "status", "category", "attributes", "measure", "distinct"}
    strange = sorted(set(data) - known)
    if strange:
        raise DefinitionError(f"unknown key {strange[0]!r} in {where!r}; known: {', '.join(sorted(known))}")
    if not data.get("kind"):
        raise DefinitionError(f"the key 'kind' is missing in {where!r}")
    attributes = tuple(
        (str(name), tuple(value) if isinstance(value, list) else (value,))
        for name, value in sorted(data.get("attributes", {}).items())
    )
    return Part(
        kind=str(data["kind"]),
        statuses=_words(data.get("status")),
        categories=_words(data.get("category")),
        attributes=attributes,
        measure=str(data.get("measure", "")),
        distinct=str(data.get("distinct", "")),
    )


def _words(value: Any) -> tuple[str, ...]:
    if value in (None, "", []):
        return ()
    return tuple(sorted(value)) if isinstance(value, list) else (str(value),)


def _two(value: Any) -> tuple[str, str]:
    if isinstance(value, Mapping):
        return str(value.get("zh", "")), str(value.get("en", value.get("zh", "")))
    return str(value), str(value)


def bucket_of(fact: Fact) -> str:
    """What many figures at once are grouped by: kind|category|status|name=value… of the attributes the fact names; "" for
    facts that name none. Words in it may hold neither | nor =."""
    if not fact.counted:
        return ""
    said = {name: fact.attributes.get(name) for name in fact.counted}
    words = [f"{name}={_short(value)}" for name, value in said.items() if value not in (None, "")]
    return "|".join((fact.kind, fact.category, fact.status, *words))


def _short(value: str | int | bool | None) -> str:
    return {True: "1b", False: "0b"}[value] if isinstance(value, bool) else str(value)


def read_bucket(text: str) -> Countable:
    """The fact that stands for a bucket: what `Part.takes` looks at, and nothing else. Its words are also its measures,
    so that a measure kept as a word (the weight of an answer) can be summed from counts."""
    kind, category, status, *words = text.split("|")
    said = dict(word.split("=", 1) for word in words)
    attributes = {name: value == "1b" if value in ("1b", "0b") else value for name, value in said.items()}
    return Countable(
        home="", campaign="", kind=kind, area="", status=status, category=category, happened_on=None, measures=said,
        attributes=attributes,
    )  # fmt: skip


Cell = tuple[str, str, str, dt.date]  # home, part key, area, day


def cells(fact: Countable, part_key: str) -> set[Cell]:
    """The readings that one fact touches: its leaf, street and district, on all days together and on its own day."""
    levels = {fact.area, fact.area[:9], fact.area[:6]}
    days = {ALL_DAYS} | ({fact.happened_on} if fact.happened_on else set())
    return {(fact.home, part_key, area, day) for area in levels for day in days}


def micro(value: str | Decimal | int | None) -> int:
    """A measure in millionths, exactly."""
    return int((Decimal(str(value or 0)) * MICRO).to_integral_value(rounding=ROUND_HALF_UP))


def contributions(
    facts: Iterable[Countable],
    parts: Mapping[str, Part],
    sign: int = 1,
    into: dict[Cell, list[int]] | None = None,
) -> dict[Cell, list[int]]:
    """What facts add to readings: {cell: [count, total in millionths]}; `sign=-1` takes it away again.

    parts: by the key of their readings.
    """
    sums: dict[Cell, list[int]] = {} if into is None else into
    for fact in facts:
        for key, part in parts.items():
            if not part.takes(fact):
                continue
            amount = micro(fact.measures.get(part.measure)) if part.measure else 0
            for cell in cells(fact, key):
                entry = sums.setdefault(cell, [0, 0])
                entry[0] += sign
                entry[1] += sign * amount
    return sums


@dataclass(frozen=True)
class Amount:
    """Count and sum (millionths) of one piece; `days` is set for countdowns: the day counted down to."""

    count: int = 0
    total: int = 0
    day: dt.date | None = None


@dataclass(frozen=True)
class Value:
    """A figure's value. `number` is None when the denominator is 0 (shown as —, never 0 or 100 %)."""

    key: str
    number: Decimal | None
    text: str
    parts: Mapping[str, Amount] = field(default_factory=dict)


def evaluate(definition: Definition, amounts: Mapping[str, Amount], today: dt.date) -> Value:
    """The value of an indicator from the amounts of its pieces."""
    of = amounts.get("of", Amount())
    number: Decimal | None
    if definition.kind in ("count", "overdue", "distinct"):
        number = Decimal(of.count)
    elif definition.kind == "sum":
        number = Decimal(of.total) / MICRO
    elif definition.kind == "average":
        number = Decimal(of.total) / MICRO / of.count if of.count else None
    elif definition.kind == "countdown":
        number = Decimal((of.day - today).days) if of.day else None
    else:
        per = amounts.get("per", Amount())
        measured = definition.of.measure and definition.per is not None and definition.per.measure
        above, below = (of.total, per.total) if measured else (of.count, per.count)
        number = Decimal(above) * 100 / below if below else None
    return Value(definition.key, number, show(number, definition), dict(amounts))


def rounded(number: Decimal, places: int) -> Decimal:
    """Rounded half up, as the office does it by hand."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def show(number: Decimal | None, definition: Definition) -> str:
    """The number in words of a page: thousands unseparated (official style), “—” for no value."""
    if number is None:
        return "—"
    places = definition.round
    text = str(rounded(number, places))
    if "." in text and definition.kind in ("sum", "average"):
        text = text.rstrip("0").rstrip(".")
    return f"{text}%" if definition.kind in ("rate", "coverage") else text


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: read aloud over the telephone


def code_of(number: int, length: int = 4) -> str:
    """A figure's code from a random number."""
    letters = ""
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[digit]
    return f"F-{letters}"
