"""Time limits as tables of standards write them, and two tables of one city brought to the same units. Pure.

“2紧急工作时”, “4小时”, “种植季节15工作日”, “1紧急工作时止水；5天恢复” become stages in the units of `kernel.workcalendar`. 工作时, 工作日,
紧急工作时 and 自然日 say which time they count. 紧急工作日 is 24 urgent hours: an urgent limit runs through nights and holidays, so its
day is a whole one. 小时 and 天 do not say it; they are plain until a rule (`reconcile`) or the office decides.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from guatu.cases.rules.clocks import Limit, LimitError, limit_of
from guatu.kernel.workcalendar import NATURAL_DAY, URGENT_HOUR, WORK_DAY, WORK_HOUR

# word → (unit, how many of it); the unit of a plain word is decided elsewhere
_UNITS: dict[str, tuple[str, int]] = {
    "紧急工作日": (URGENT_HOUR, 24), "紧急工作小时": (URGENT_HOUR, 1), "紧急工作时": (URGENT_HOUR, 1), "紧急小时": (URGENT_HOUR, 1),
    "工作小时": (WORK_HOUR, 1), "工作时": (WORK_HOUR, 1), "工作日": (WORK_DAY, 1), "工作天": (WORK_DAY, 1),
    "自然日": (NATURAL_DAY, 1), "日历日": (NATURAL_DAY, 1), "自然天": (NATURAL_DAY, 1),
    WORK_HOUR: (WORK_HOUR, 1), WORK_DAY: (WORK_DAY, 1), URGENT_HOUR: (URGENT_HOUR, 1), NATURAL_DAY: (NATURAL_DAY, 1),
}  # fmt: skip
PLAIN = {"小时": "hour", "天": "day", "日": "day"}  # words that do not say which time they count
PLAIN_UNITS = {"hour": URGENT_HOUR, "day": NATURAL_DAY}  # what they mean when nobody decides otherwise
_WORDS = sorted((*_UNITS, *PLAIN), key=len, reverse=True)
_NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)"
_PIECE = re.compile(
    rf"^(?P<before>[^\d]*?)(?P<number>{_NUMBER})\s*个?\s*(?P<word>{'|'.join(_WORDS)})(?:内|以内|之内)?(?P<after>\D*)$"
)
_BETWEEN = re.compile(rf"[;\n→⇒]|->|[,、](?=\D*{_NUMBER}\s*个?\s*(?:{'|'.join(_WORDS)}))")
_SEASON = re.compile(r"^.*?(?:季节|季|期)")
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}


class UnreadableLimit(ValueError):
    """A cell that says no limit; the argument is the piece that cannot be understood."""


@dataclass(frozen=True)
class Part:
    """One stage as written: what is to be reached (制止, 止水), how much of which word."""

    amount: Decimal
    word: str
    name: str = ""

    @property
    def plain(self) -> str:
        """hour or day when the word does not say which time it counts; "" when it does."""
        return PLAIN.get(self.word, "")

    def limit(self, plain: Mapping[str, str] = PLAIN_UNITS) -> Limit:
        """Raises LimitError when the amount is out of bounds."""
        unit, times = (plain[self.plain], 1) if self.plain else _UNITS[self.word]
        found = limit_of(self.amount * times, unit)
        assert found is not None
        return found


@dataclass(frozen=True)
class Reading:
    """A cell read: its stages in order, the season it holds in, the cell itself."""

    raw: str
    parts: tuple[Part, ...]
    season: str = ""

    @property
    def is_plain(self) -> bool:
        return any(part.plain for part in self.parts)

    def stages(self, plain: Mapping[str, str] = PLAIN_UNITS) -> list[dict[str, str]]:
        """[{"name", "amount", "unit"}] as a standard keeps them."""
        found = []
        for part in self.parts:
            limit = part.limit(plain)
            found.append({"name": part.name, "amount": plain_number(limit.amount), "unit": limit.unit})
        return found


def plain_number(amount: Decimal) -> str:
    """2, not 2.00; 240, not 2.4E+2."""
    return format(amount.normalize(), "f")


def read_limit_cell(text: str, unit: str = "") -> Reading:
    """A limit as written in one cell, or a number with its unit in the next cell. Raises UnreadableLimit."""
    raw = unicodedata.normalize("NFKC", str(text)).strip()
    if unit and re.fullmatch(_NUMBER, raw):
        raw += unicodedata.normalize("NFKC", unit).strip()
    pieces = [piece.strip(" ,。.、") for piece in _BETWEEN.split(raw)]
    parts, season = [], ""
    for piece in pieces:
        if not piece:
            continue
        part, when = _part(piece)
        season = season or when
        parts.append(part)
    if not parts:
        raise UnreadableLimit(raw or "—")
    return Reading(raw, tuple(parts), season)


def _part(piece: str) -> tuple[Part, str]:
    match = _PIECE.match(piece.replace(" ", ""))
    if match is None:
        raise UnreadableLimit(piece)
    before, season = match["before"], ""
    if found := _SEASON.match(before):
        season, before = found[0], before[found.end() :]
    name = (before or match["after"]).strip("()，,：: ")
    part = Part(_number(match["number"], piece), match["word"], name.removesuffix("内"))
    try:
        part.limit()
    except LimitError:
        raise UnreadableLimit(piece) from None
    return part, season


def _number(text: str, piece: str) -> Decimal:
    if text[0].isdigit():
        return Decimal(text)
    tens, ten, ones = text.rpartition("十")
    try:
        return Decimal((_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0))
    except KeyError:
        raise UnreadableLimit(piece) from None


def limits_of(stages: Iterable[Mapping[str, Any]]) -> list[Limit]:
    """The limits of a standard, one after another. Raises LimitError."""
    found = (limit_of(stage["amount"], str(stage["unit"])) for stage in stages)
    return [limit for limit in found if limit is not None]


def common_limit(standards: Iterable[Sequence[Mapping[str, Any]]]) -> Limit | None:
    """The usual limit of a class: what all its standards say alike; None when they differ or have several stages."""
    all_stages = [list(stages) for stages in standards]
    said = {(str(stages[0]["amount"]), str(stages[0]["unit"])) for stages in all_stages if len(stages) == 1}
    if len(said) != 1 or any(len(stages) != 1 for stages in all_stages):
        return None
    return limit_of(*said.pop())


_WRITTEN = {WORK_HOUR: "工作时", WORK_DAY: "工作日", URGENT_HOUR: "紧急工作时", NATURAL_DAY: "自然日"}


def write_limit(stages: Iterable[Mapping[str, Any]], *, english: bool = False) -> str:
    """Stages as `read_limit_cell` reads them back: 1紧急工作时止水；5工作日恢复."""
    gap = " " if english else ""
    return "；".join(
        f"{stage['amount']}{gap}{stage['unit'] if english else _WRITTEN[stage['unit']]}{gap}{stage.get('name') or ''}".strip()
        for stage in stages
    )  # fmt: skip


# --- two tables of one city --------------------------------------------------------------------------------------

# Why a limit reads as it does: (zh, en). The order is the order in which they are tried.
RULINGS: dict[str, tuple[str, str]] = {
    "agrees": ("两张表写法一致", "both tables say the same"),
    "named_here": ("本表写明了工作时间，已有的没有", "this table names working time, which the one before did not"),
    "named": ("另一张表写明了工作时间，以它为准", "the other table names working time, so it decides"),
    "differs": ("两张表数值不同，以写明工作时间的表为准，请核对", "the tables differ in amount; the one that names working time decides; please check"),
    "translated": ("另一张表没有这一条，按同一城市的换算", "not in the other table; translated as this city does elsewhere"),
    "precise": ("本表已写明计时方式", "the table itself says which time it counts"),
    "assumed": ("没有依据换算，按预设计时", "nothing to go by; counted as preset"),
    "only_other": ("只有另一张表有这一条", "only the other table has it"),
}  # fmt: skip
_SURE = Decimal("0.9")  # of the pairs must translate a plain word alike, or it is not translated at all


@dataclass(frozen=True)
class Written:
    """One rule as a table writes it. line: as a spreadsheet counts."""

    line: int
    kind: str
    code: str
    name: str
    condition: str
    reading: Reading


@dataclass(frozen=True)
class Ruling:
    """What became of one rule: how each table put it, which rule decided, the stages that hold."""

    rule: str
    first: Written | None
    other: Written | None
    stages: tuple[Mapping[str, str], ...]
    season: str = ""
    evidence: str = ""  # 天→工作日 229/232
    other_condition: str = ""  # when the conditions are not written alike

    @property
    def written(self) -> Written:
        found = self.first or self.other
        assert found is not None
        return found

    @property
    def decided(self) -> bool:
        """Whether a rule had to decide anything: what both tables say alike needs no line in a report."""
        return self.rule not in ("agrees", "precise")


@dataclass
class Settled:
    """All rulings, in the order of the first table, and how often a plain word was put how by the other table."""

    rulings: list[Ruling] = field(default_factory=list)
    evidence: Counter[tuple[str, str]] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        found = Counter(ruling.rule for ruling in self.rulings)
        return {rule: found[rule] for rule in RULINGS if found[rule]}


def plain_text(text: str) -> str:
    """A condition without what two typists do differently: width, spaces, punctuation."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


def reconcile(
    first: Sequence[Written], other: Sequence[Written] = (), plain: Mapping[str, str] = PLAIN_UNITS
) -> Settled:
    """Bring the limits of a city's first table to the units that its other table names.

    Rules of both tables belong together by class (kind, code, name) and condition, compared without punctuation, and if
    need be without figures. Where both have a rule, the table that names working time decides. A plain word without
    counterpart is translated as nine pairs in ten of the same city translate it. `plain`: what hour and day mean else.
    """
    pairs = _pairs(first, other)
    settled = Settled()
    for one, two in pairs:
        if two is not None:
            settled.evidence.update(_translations(one, two))
    words = _sure(settled.evidence)
    for one, two in pairs:
        settled.rulings.append(_rule(one, two, words, settled.evidence, plain))
    taken = {id(two) for _one, two in pairs}
    for two in other:
        if id(two) not in taken:
            stages = tuple(two.reading.stages(plain))
            settled.rulings.append(Ruling("only_other", None, two, stages, two.reading.season))
    return settled


def _pairs(first: Sequence[Written], other: Sequence[Written]) -> list[tuple[Written, Written | None]]:
    """Every rule of the first table with its counterpart; a looser likeness only among those still alone."""
    found: dict[int, Written] = {}
    left = list(other)
    for like in (plain_text, lambda text: re.sub(r"\d", "", plain_text(text))):
        waiting: dict[tuple[str, ...], list[Written]] = defaultdict(list)
        for two in left:
            waiting[_key(two, like(two.condition))].append(two)
        for one in first:
            rows = waiting.get(_key(one, like(one.condition))) if id(one) not in found else None
            if rows:
                found[id(one)] = rows.pop(0)
        taken = {id(two) for two in found.values()}
        left = [two for two in left if id(two) not in taken]
    return [(one, found.get(id(one))) for one in first]


def _key(rule: Written, condition: str) -> tuple[str, ...]:
    return (rule.kind, rule.code, plain_text(rule.name), condition)


def _translations(one: Written, two: Written) -> Counter[tuple[str, str]]:
    """天→工作日, when both say the same number."""
    return Counter(
        (PLAIN[a.word], b.word)
        for a, b in zip(one.reading.parts, two.reading.parts, strict=False)
        if a.plain and not b.plain and a.amount == b.amount
    )


def _sure(evidence: Counter[tuple[str, str]]) -> dict[str, str]:
    """{day: 工作日} for the plain words that are put nearly always alike."""
    words: dict[str, str] = {}
    for plain in set(PLAIN.values()):
        said = Counter({word: count for (kind, word), count in evidence.items() if kind == plain})
        if said:
            word, count = said.most_common(1)[0]
            if Decimal(count) / said.total() >= _SURE:
                words[plain] = word
    return words


def _rule(
    one: Written,
    two: Written | None,
    words: Mapping[str, str],
    evidence: Counter[tuple[str, str]],
    plain: Mapping[str, str],
) -> Ruling:
    reading, rule, said = one.reading, "precise", ""
    if two is not None:
        amounts = [part.amount for part in reading.parts] == [part.amount for part in two.reading.parts]
        words_alike = [part.word for part in reading.parts] == [part.word for part in two.reading.parts]
        if two.reading.is_plain and not reading.is_plain:
            rule = "named_here" if amounts else "differs"
        else:
            rule = "agrees" if amounts and words_alike else "named" if amounts else "differs"
            reading = replace(two.reading, season=two.reading.season or reading.season)
    if reading.is_plain:
        said = "，".join(_evidence(part, words, evidence) for part in reading.parts if part.plain in words)
        parts = (replace(part, word=words.get(part.plain, part.word)) for part in reading.parts)
        reading = replace(reading, parts=tuple(parts))
        rule = "assumed" if reading.is_plain else "translated"
    stages = tuple(reading.stages(plain))
    other = two.condition if two is not None and two.condition != one.condition else ""
    return Ruling(rule, one, two, stages, reading.season, said, other)


def _evidence(part: Part, words: Mapping[str, str], evidence: Counter[tuple[str, str]]) -> str:
    word = words[part.plain]
    everything = sum(count for (kind, _word), count in evidence.items() if kind == part.plain)
    return f"{part.word}→{word} {evidence[part.plain, word]}/{everything}"
