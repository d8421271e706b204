"""Many figures of a period at once, one row a unit, area, class or person: one grouped question to the index alone.

Facts that name what they are counted by (`Fact.counted`) keep it as one text, the bucket. Counting them by bucket gives a
small table from which every count and rate of a set of indicators is added up without looking at a fact again.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Substr

from guatu.campaigns.models import Campaign
from guatu.figures.models import FactRow
from guatu.figures.reads.values import RIGHT, AsOf, facts_of_part, holding
from guatu.figures.rules import MICRO, Amount, Countable, Definition, Part, read_bucket
from guatu.kernel.access import Scope, predicate, within

BY = ("unit", "area", "class", "person")
_FIELDS = {"unit": "unit", "class": "class_code", "person": "person"}


@dataclass(frozen=True)
class Question:
    """Which facts: of these days, and of one area, unit (with those below it), class, person when given.

    by: one row for each what (BY). length: digits of an area's code in a row. row: only that row. as_of: as it stood then.
    """

    first: dt.date
    last: dt.date
    by: str = "unit"
    length: int = 9
    area: str = ""
    unit: str = ""
    class_code: str = ""
    person: str = ""
    row: str | None = None
    as_of: AsOf | None = None


Buckets = Mapping[str, int]


def visible(scope: Scope) -> Q:
    """The counted facts a reader may count: in their areas or of their units. None of them is open to everybody."""
    return predicate(scope, RIGHT, area="area", units=("unit",))


def _chosen(rows: QuerySet[FactRow], scope: Scope, question: Question) -> QuerySet[FactRow]:
    rows = rows.filter(visible(scope), happened_on__range=(question.first, question.last))
    if question.area:
        rows = rows.filter(within("area", question.area))
    if question.unit:
        rows = rows.filter(unit__startswith=question.unit)
    if question.class_code:
        rows = rows.filter(class_code=question.class_code)
    if question.person:
        rows = rows.filter(person=question.person)
    if question.row is not None:
        rows = rows.filter(_only(question, question.row))
    return rows


def _only(question: Question, row: str) -> Q:
    """The facts of one row. A row of areas holds what lies in it, unless the code is shorter than those of the rows."""
    if question.by == "area" and len(row) == question.length:
        return within("area", row)
    return Q(**{"area" if question.by == "area" else _FIELDS[question.by]: row})


def _counted(scope: Scope, campaign: Campaign, question: Question) -> QuerySet[FactRow]:
    rows = FactRow.objects.filter(campaign_id=campaign.id, bucket__gt="").filter(holding(question.as_of))
    return _chosen(rows, scope, question)


def _key(question: Question) -> Combinable:
    return Substr("area", 1, question.length) if question.by == "area" else F(_FIELDS[question.by])


def tally(scope: Scope, campaign: Campaign, question: Question) -> dict[str, dict[str, int]]:
    """{row: {bucket: count}}; the row "" holds what no unit, area, class or person stands for. One query."""
    rows = _counted(scope, campaign, question).order_by()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, bucket, count in rows.values_list(_key(question), "bucket").annotate(number=Count("*")):
        found[key][bucket] = count
    return dict(found)


def daily(
    scope: Scope, campaign: Campaign, question: Question, part: Part, buckets: Iterable[str]
) -> dict[str, dict[dt.date, int]]:
    """{row: {day: count}} of one piece, for sparklines; `buckets`: those that occur. One query."""
    wanted = [bucket for bucket in buckets if part.takes(meaning_of(bucket))]
    rows = _counted(scope, campaign, question).filter(bucket__in=wanted).order_by()
    found: dict[str, dict[dt.date, int]] = defaultdict(dict)
    for key, day, count in rows.values_list(_key(question), "happened_on").annotate(number=Count("*")):
        found[key][day] = count
    return dict(found)


@lru_cache(maxsize=4096)
def meaning_of(bucket: str) -> Countable:
    return read_bucket(bucket)


def add_up(buckets: Iterable[Buckets]) -> dict[str, int]:
    """Several rows as one."""
    total: dict[str, int] = defaultdict(int)
    for each in buckets:
        for bucket, count in each.items():
            total[bucket] += count
    return dict(total)


def _worth(part: Part, bucket: str) -> int | None:
    """What one fact of a bucket adds to a piece, in millionths (0 without a measure); None: it does not belong."""
    fact = meaning_of(bucket)
    if not part.takes(fact):
        return None
    return round(float(fact.measures.get(part.measure) or 0) * MICRO) if part.measure else 0


def amounts(meaning: Definition, buckets: Buckets) -> dict[str, Amount]:
    """The amounts of an indicator's pieces out of counted buckets; a measure must be one of the bucket's words."""
    return many_amounts({meaning.key: meaning}, buckets)[meaning.key]


def many_amounts(meanings: Mapping[str, Definition], buckets: Buckets) -> dict[str, dict[str, Amount]]:
    """`amounts` of many indicators: each bucket is looked at once."""
    sums: dict[Part, list[int]] = {}
    parts = tuple({part: None for meaning in meanings.values() for part in meaning.parts.values()})
    for bucket, number in buckets.items():
        for part, worth in _shares(parts, bucket):
            entry = sums.setdefault(part, [0, 0])
            entry[0] += number
            entry[1] += worth * number
    return {
        key: {name: Amount(*sums.get(part, (0, 0))) for name, part in meaning.parts.items()}
        for key, meaning in meanings.items()
    }


_SHARES: dict[tuple[Part, ...], dict[str, list[tuple[Part, int]]]] = {}


def _shares(parts: tuple[Part, ...], bucket: str) -> list[tuple[Part, int]]:
    """The pieces a bucket belongs to, and what one of its facts adds; remembered, for buckets are few."""
    if len(_SHARES) > 50:
        _SHARES.clear()
    known = _SHARES.setdefault(parts, {})
    if bucket not in known:
        if len(known) > 5000:
            known.clear()
        known[bucket] = [(part, worth) for part in parts if (worth := _worth(part, bucket)) is not None]
    return known[bucket]


def behind(scope: Scope, campaign: Campaign, question: Question, part: Part) -> QuerySet[FactRow]:
    """The facts that one number of a tally counts, by the definition's own filters and not by buckets."""
    rows = facts_of_part(scope, campaign, part, as_of=question.as_of)
    return _chosen(rows, scope, question)
