"""The evaluation of cases (综合评价): counters and rates by unit, area, person or class, compared and scored.

Three grouped questions, however many cases: this period, the one before, and one counter by day for the little lines.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from guatu.campaigns.models import Campaign
from guatu.cases.rules import evaluation as rules
from guatu.cases.rules.evaluation import Scheme, Score, Span
from guatu.figures import problems as problems
from guatu.figures import sets
from guatu.figures.reads.tally import BY, Buckets, Question, add_up, daily, many_amounts, tally
from guatu.figures.reads.values import AsOf
from guatu.figures.rules import Definition, Value, evaluate
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem

SET = "standard/cases"
LINE = "case.handle.done"  # the counter behind the little lines
OVERVIEW = (
    "case.report.all", "case.file.filed", "case.handle.due", "case.handle.done", "case.handle.in_time",
    "case.handle.late", "case.handle.overdue", "case.handle.rework", "case.whole.due", "case.whole.done",
    "case.whole.in_time", "case.handle.rate", "case.handle.in_time_rate", "case.whole.rate", "case.whole.in_time_rate",
)  # fmt: skip
GROUPS = (
    "report",
    "contact",
    "confirm",
    "file",
    "dispatch",
    "accept",
    "handle",
    "check",
    "whole",
    "feedback",
)


def columns(group: str) -> list[Definition]:
    """The indicators of one group of columns: "" the overview, "all", or one of GROUPS."""
    known = sets.definitions(SET)
    if group == "all":
        return list(known.values())
    if group in GROUPS:
        return [meaning for key, meaning in known.items() if key.startswith(f"case.{group}.")]
    return [known[key] for key in OVERVIEW]


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: period, rows, filters, as-of. `before` is the period it is compared with."""

    period: str
    span: Span
    before: Span
    question: Question
    scheme: str = ""


def asked(campaign: Campaign, query: Mapping[str, str]) -> Asked:
    """What an address asks for: period, on, from, to, by, area, unit, class, person, row, as_of, scheme.

    Raises `evaluation.bad_period`, `evaluation.unknown`.
    """
    kind = query.get("period") or "month"
    by = query.get("by") or "unit"
    if kind not in rules.PERIODS or by not in BY:
        wrong, known = (kind, rules.PERIODS) if kind not in rules.PERIODS else (by, BY)
        raise Problem("evaluation.unknown", value=wrong[:30], known="、".join(known))
    today = clock.today()
    day = _day(query.get("on", "")) or today
    try:
        span = rules.period(kind, day, _day(query.get("from", "")), _day(query.get("to", "")))
        compared = rules.before(kind, span)
    except (rules.PeriodError, OverflowError, ValueError) as wrong_period:
        first, last = query.get("from", "")[:30], query.get("to", "")[:30]
        raise Problem("evaluation.bad_period", value=f"{first} – {last}") from wrong_period
    area = query.get("area", "")[:20]
    question = Question(
        first=span[0],
        last=min(span[1], max(today, span[0])),  # what falls due tomorrow is not due yet
        by=by,
        length=9 if len(area) < 9 else 12 if len(area) < 12 else 20,
        area=area if area.isdigit() else "",
        unit=query.get("unit", "")[:200],
        class_code=query.get("class", "")[:40],
        person=query.get("person", "")[:40],
        row=query.get("row"),
        as_of=_as_of(query.get("as_of", "")),
    )
    return Asked(kind, span, compared, question, query.get("scheme", ""))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as wrong:
        raise Problem("evaluation.bad_period", value=text[:30]) from wrong


def _as_of(text: str) -> AsOf | None:
    try:
        return AsOf(None, clock.local(dt.datetime.fromisoformat(text.strip()))) if text.strip() else None
    except ValueError as wrong:
        raise Problem("evaluation.bad_period", value=text[:30]) from wrong


def schemes(campaign: Campaign) -> dict[str, Scheme]:
    """The schemes of scores: those shipped, and the campaign's own (`settings["cases"]["scoring"]`), which hold instead.

    Raises `evaluation.bad_scheme`.
    """
    own = (campaign.settings.get("cases") or {}).get("scoring") or {}
    try:
        return rules.read_schemes(sets.schemes(SET), own, known=sets.definitions(SET))
    except (rules.SchemeError, AttributeError) as wrong:
        raise Problem("evaluation.bad_scheme", why=str(wrong)) from wrong


def scheme_of(campaign: Campaign, name: str) -> Scheme:
    """One scheme; "" is the campaign's first own one, else the first shipped. Raises `evaluation.unknown`."""
    known = schemes(campaign)
    own = list((campaign.settings.get("cases") or {}).get("scoring") or {})
    wanted = name or (own or list(known))[0]
    if wanted not in known:
        raise Problem("evaluation.unknown", value=wanted[:30], known="、".join(known))
    return known[wanted]


@dataclass(frozen=True)
class Row:
    """One unit, area, person or class; `key` is its path, code or id, "" for what has none."""

    key: str
    values: Mapping[str, Value]
    before: Mapping[str, Value]
    score: Score
    rank: int | None = None
    line: list[int] = field(default_factory=list)

    def change(self, key: str) -> Decimal | None:
        """How a figure moved against the period before; None when either has no value."""
        now, then = self.values[key].number, self.before[key].number
        return None if now is None or then is None else now - then


@dataclass(frozen=True)
class Sheet:
    """The evaluation of one period: its rows by rank, and the total over everything the reader may count."""

    asked: Asked
    scheme: Scheme
    rows: list[Row]
    total: Row


def sheet(scope: Scope, campaign: Campaign, want: Asked, shown: Sequence[Definition] | None = None) -> Sheet:
    """The evaluation as this reader may count it. Three queries. shown: only these indicators (and those scored)."""
    scheme = scheme_of(campaign, want.scheme)
    known = sets.definitions(SET)
    wanted = known
    if shown is not None:
        keys = {meaning.key for meaning in shown} | {rule.indicator for rule in scheme.rules}
        wanted = {key: meaning for key, meaning in known.items() if key in keys}
    now = tally(scope, campaign, want.question)
    earlier = replace(want.question, first=want.before[0], last=want.before[1])
    then = tally(scope, campaign, earlier)
    buckets = {bucket for row in now.values() for bucket in row}
    lines = daily(scope, campaign, want.question, known[LINE].of, buckets)
    span = (want.question.first, want.question.last)
    found = [
        _row(key, counts, then.get(key, {}), scheme, wanted, rules.spread(span, lines.get(key, {})))
        for key, counts in now.items()
    ]
    places = rules.ranks([row.score.points if row.key else None for row in found])
    ranked = [replace(row, rank=place) for row, place in zip(found, places, strict=True)]
    ranked.sort(key=lambda row: (row.rank is None, row.rank or 0, row.key == "", row.key))
    days: dict[dt.date, int] = add_up(lines.values())  # type: ignore[arg-type, assignment]
    total = _row("", add_up(now.values()), add_up(then.values()), scheme, wanted, rules.spread(span, days))
    return Sheet(want, scheme, ranked, total)


def _row(
    key: str,
    counts: Buckets,
    earlier: Buckets,
    scheme: Scheme,
    wanted: Mapping[str, Definition],
    line: list[int],
) -> Row:
    values, before = _values(counts, wanted), _values(earlier, wanted)
    judged = rules.score(scheme, {name: value.number for name, value in values.items()})
    return Row(key, values, before, judged, line=line)


def _values(counts: Buckets, wanted: Mapping[str, Definition]) -> dict[str, Value]:
    today, found = clock.today(), many_amounts(wanted, counts)
    return {key: evaluate(meaning, found[key], today) for key, meaning in wanted.items()}
