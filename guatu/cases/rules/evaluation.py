"""How units, areas, people and classes are compared: periods, and scores explained line by line. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

PERIODS = ("day", "week", "month", "quarter", "custom")
_LONGEST = 3660  # days: ten years, more is a slip of the keyboard
Span = tuple[dt.date, dt.date]


class PeriodError(ValueError):
    """A period that cannot be counted: "order" (it ends before it begins) or "long"."""


class SchemeError(ValueError):
    """A scheme of scores that cannot be understood: which, and why."""


def period(kind: str, day: dt.date, first: dt.date | None = None, last: dt.date | None = None) -> Span:
    """The first and last day of the day, week (Monday to Sunday), month or quarter that `day` lies in; or from `first`
    to `last` (each default `day`). Raises PeriodError."""
    if kind == "custom":
        begins, ends = first or last or day, last or first or day
        if ends < begins:
            raise PeriodError("order")
        if (ends - begins).days > _LONGEST:
            raise PeriodError("long")
        return begins, ends
    if kind == "day":
        return day, day
    if kind == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return monday, monday + dt.timedelta(days=6)
    months = 3 if kind == "quarter" else 1
    begins = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return begins, _months_on(begins, months) - dt.timedelta(days=1)


def _months_on(first: dt.date, months: int) -> dt.date:
    number = first.year * 12 + first.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def before(kind: str, span: Span) -> Span:
    """The period before, of the same kind; a custom one of the same number of days."""
    if kind == "custom":
        length = span[1] - span[0]
        return span[0] - length - dt.timedelta(days=1), span[0] - dt.timedelta(days=1)
    return period(kind, span[0] - dt.timedelta(days=1))


def after(kind: str, span: Span) -> Span:
    """The period that follows, of the same kind."""
    next_day = span[1] + dt.timedelta(days=1)
    return (next_day, next_day + (span[1] - span[0])) if kind == "custom" else period(kind, next_day)


def spread(span: Span, counts: Mapping[dt.date, int], most: int = 31) -> list[int]:
    """Counts by day as at most `most` equal steps of a little line; the last step may be shorter."""
    days = (span[1] - span[0]).days + 1
    step = -(-days // most)
    found = [0] * (-(-days // step))
    for day, count in counts.items():
        if span[0] <= day <= span[1]:
            found[(day - span[0]).days // step] += count
    return found


# --- scores ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """One line of a scheme; exactly one of weight, steps, each.

    weight: points for 100 %, in proportion (`invert`: for 0 %). steps: (at least so many percent, points), each reached
    adds its points. each: points for every single one counted, usually less than nothing.
    """

    indicator: str
    weight: Decimal | None = None
    invert: bool = False
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    each: Decimal | None = None

    @property
    def full(self) -> Decimal:
        """What the line can bring."""
        if self.weight is not None:
            return self.weight
        return sum((points for _least, points in self.steps if points > 0), Decimal(0))


@dataclass(frozen=True)
class Scheme:
    """A way of scoring by its name; the full mark is what its lines can bring together."""

    key: str
    title: tuple[str, str]
    rules: tuple[Rule, ...]

    @property
    def full(self) -> Decimal:
        return sum((rule.full for rule in self.rules), Decimal(0))


@dataclass(frozen=True)
class Line:
    """One line of a score. value: percent or number, None for —. points: None when there was nothing to judge."""

    rule: Rule
    value: Decimal | None
    points: Decimal | None
    formula: str


@dataclass(frozen=True)
class Score:
    """points: out of `full`; None when nothing could be judged. judged: what the lines that counted could bring."""

    points: Decimal | None
    full: Decimal
    judged: Decimal
    lines: tuple[Line, ...]


def read_schemes(*given: Mapping[str, Any], known: Iterable[str] = ()) -> dict[str, Scheme]:
    """Schemes of scores; of two with the same name the later one holds. Raises SchemeError."""
    names = set(known)
    found = {}
    for each in given:
        for key, data in each.items():
            found[key] = _scheme(str(key), data, names)
    return found


def _scheme(key: str, data: Any, known: set[str]) -> Scheme:
    if not isinstance(data, Mapping) or not data.get("lines"):
        raise SchemeError(f"{key}: the key 'lines' is missing")
    title = data.get("title", key)
    two = (
        (str(title.get("zh", key)), str(title.get("en", title.get("zh", key))))
        if isinstance(title, Mapping)
        else (str(title), str(title))
    )
    try:
        rules = tuple(_rule(key, line, known) for line in data["lines"])
    except (ArithmeticError, TypeError, AttributeError) as wrong:
        raise SchemeError(f"{key}: a line holds something that is not a number") from wrong
    return Scheme(key, two, rules)


def _rule(key: str, line: Mapping[str, Any], known: set[str]) -> Rule:
    indicator = str(line.get("indicator", ""))
    if not indicator or (known and indicator not in known):
        raise SchemeError(f"{key}: there is no indicator {indicator!r}")
    ways = [name for name in ("weight", "steps", "each") if line.get(name) is not None]
    if len(ways) != 1:
        raise SchemeError(f"{key}: {indicator} needs exactly one of weight, steps, each")
    strange = sorted(set(line) - {"indicator", "weight", "invert", "steps", "each"})
    if strange:
        raise SchemeError(f"{key}: {indicator} has an unknown key {strange[0]!r}")
    return Rule(
        indicator=indicator,
        weight=Decimal(str(line["weight"])) if "weight" in ways else None,
        invert=bool(line.get("invert", False)),
        steps=tuple((Decimal(str(least)), Decimal(str(points))) for least, points in line.get("steps") or ()),
        each=Decimal(str(line["each"])) if "each" in ways else None,
    )


def score(scheme: Scheme, values: Mapping[str, Decimal | None]) -> Score:
    """A score out of the scheme's full mark, with every line explained.

    values: percent for rates, the number for counts, None where the denominator is 0. A line without a value is left out
    and the rest stands for the whole, so that nobody gains or loses by what never fell due. Never below nothing.
    """
    lines = tuple(_line(rule, values.get(rule.indicator)) for rule in scheme.rules)
    told = [line for line in lines if line.points is not None]
    judged = sum((line.rule.full for line in told), Decimal(0))
    if not judged:
        return Score(None, scheme.full, judged, lines)
    earned = sum(
        (line.points for line in told if line.points is not None and line.rule.each is None), Decimal(0)
    )
    off = sum(
        (line.points for line in told if line.points is not None and line.rule.each is not None), Decimal(0)
    )
    points = earned * scheme.full / judged + off
    return Score(_cents(max(points, Decimal(0))), scheme.full, judged, lines)


def _line(rule: Rule, value: Decimal | None) -> Line:
    if value is None:
        return Line(rule, None, None, "—")
    if rule.each is not None:
        return Line(rule, value, _cents(rule.each * value), f"{_plain(rule.each)} × {_plain(value)}")
    if rule.steps:
        reached = [(least, points) for least, points in rule.steps if value >= least]
        said = " + ".join(f"{_plain(points)} (≥ {_plain(least)} %)" for least, points in reached)
        return Line(rule, value, sum((points for _l, points in reached), Decimal(0)), said or "0")
    assert rule.weight is not None
    share = max(Decimal(0), 100 - value) if rule.invert else value
    said = f"{_plain(rule.weight)} × (1 − {_plain(_cents(value))} %)" if rule.invert else (
        f"{_plain(rule.weight)} × {_plain(_cents(value))} %"
    )  # fmt: skip
    return Line(rule, value, _cents(rule.weight * share / 100), said)


def _cents(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def ranks(points: Sequence[Decimal | None]) -> list[int | None]:
    """Places from best to worst; equals share a place, and nobody is judged on nothing."""
    known = sorted((each for each in points if each is not None), reverse=True)
    return [None if each is None else known.index(each) + 1 for each in points]
