"""Values: of one indicator or many, by area, by day; from readings where the reader's areas allow it, else from facts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet, Sum

from guatu.campaigns.models import Campaign
from guatu.figures.models import FactRow, Indicator, Reading
from guatu.figures.rules import ALL_DAYS, Amount, Definition, Part, Value, evaluate, micro, read_definition
from guatu.kernel import clock
from guatu.kernel.access import Scope, within
from guatu.kernel.problems import Problem

RIGHT = "figure.read"


@dataclass(frozen=True)
class AsOf:
    """What was known (positions of the streams) and what was true then (effective time)."""

    heads: Mapping[str, int] | None  # None: everything known now
    effective_at: dt.datetime

    @property
    def day(self) -> dt.date:
        return clock.local(self.effective_at).date()


def indicators(campaign: Campaign) -> list[tuple[Indicator, Definition]]:
    """The campaign's indicators in their order, with what they mean."""
    rows = Indicator.objects.filter(campaign=campaign, active=True).order_by("order", "key")
    return [(row, read_definition(row.definition)) for row in rows]


def definition(campaign: Campaign, key: str) -> Definition:
    """One indicator's meaning. Raises `figure.unknown_indicator`."""
    row = Indicator.objects.filter(campaign=campaign, key=key, active=True).first()
    if row is None:
        raise Problem("figure.unknown_indicator", key=key)
    return read_definition(row.definition)


def visible_facts(scope: Scope) -> Q:
    """The facts this reader may count: in their areas, of their units, or open to everybody in the office."""
    condition = Q(open=True)
    for prefix in scope.areas(RIGHT):
        if prefix == "":
            return Q()
        condition |= within("area", prefix)
    for prefix in scope.units(RIGHT):
        condition |= Q(units__contains=f"|{prefix}") if prefix else Q(pk__isnull=False)
    return condition


def facts_of_part(
    scope: Scope, campaign: Campaign, part: Part, *, area: str = "", as_of: AsOf | None = None
) -> QuerySet[FactRow]:
    """The facts that one piece of an indicator counts, for this reader, in this area, as of then."""
    rows = FactRow.objects.filter(campaign_id=campaign.id, kind=part.kind).filter(visible_facts(scope))
    if area:
        rows = rows.filter(within("area", area))
    if part.statuses:
        rows = rows.filter(status__in=part.statuses)
    if part.categories:
        rows = rows.filter(category__in=part.categories)
    for name, allowed in part.attributes:
        either = Q()
        for value in allowed:
            either |= Q(**{f"attributes__{name}": value})
        rows = rows.filter(either)
    return rows.filter(holding(as_of))


def holding(as_of: AsOf | None) -> Q:
    """The facts that held as of then; now without one."""
    if as_of is None:
        return Q(until_position=None, effective_until=None)
    moment = as_of.effective_at
    true_then = Q(effective_from__lte=moment) & (Q(effective_until=None) | Q(effective_until__gt=moment))
    if as_of.heads is None:
        return true_then & Q(until_position=None)
    known = Q(pk__isnull=True)
    for home, position in as_of.heads.items():
        known |= Q(home=home, position__lte=position) & (
            Q(until_position=None) | Q(until_position__gt=position)
        )
    return true_then & known


def amount_of_facts(rows: QuerySet[FactRow], part: Part) -> Amount:
    """Count and sum of a set of facts (the slow, exact way; readings are the fast one)."""
    if part.distinct:
        values = rows.values_list(f"attributes__{part.distinct}", flat=True).distinct()
        return Amount(count=sum(1 for value in values if value not in (None, "")))
    day = rows.aggregate(day=Max("happened_on"))["day"] if not part.measure else None
    if not part.measure:
        return Amount(count=rows.count(), day=day)
    total = count = 0
    for measures in rows.values_list("measures", flat=True).iterator(chunk_size=2000):
        count += 1
        total += micro(measures.get(part.measure))
    return Amount(count=count, total=total)


def value(
    scope: Scope,
    campaign: Campaign,
    meaning: Definition,
    *,
    area: str = "",
    as_of: AsOf | None = None,
    period: tuple[dt.date, dt.date] | None = None,
) -> Value:
    """One figure for this reader. `area`: only inside it ("" the campaign's). `period`: only facts counted on these days."""
    return values(scope, campaign, [meaning], area=area, as_of=as_of, period=period)[meaning.key]


def values(
    scope: Scope,
    campaign: Campaign,
    meanings: Sequence[Definition],
    *,
    area: str = "",
    as_of: AsOf | None = None,
    period: tuple[dt.date, dt.date] | None = None,
) -> dict[str, Value]:
    """Many figures at once. From readings (one query) where the reader's areas allow it, else from facts."""
    today = as_of.day if as_of else clock.today()
    area = area or campaign.area
    spans = {meaning.key: _span(meaning, today, period) for meaning in meanings}
    quick = as_of is None and _covers(scope, area)
    wanted: dict[str, set[tuple[dt.date, dt.date] | None]] = defaultdict(set)
    if quick:
        for meaning in meanings:
            for part in meaning.parts.values():
                if _additive(meaning, part):
                    wanted[part.key(str(campaign.id))].add(spans[meaning.key])
    read = _readings(campaign, area, wanted) if wanted else {}
    found: dict[str, Value] = {}
    for meaning in meanings:
        amounts: dict[str, Amount] = {}
        for name, part in meaning.parts.items():
            if quick and _additive(meaning, part):
                amounts[name] = read.get((part.key(str(campaign.id)), spans[meaning.key]), Amount())
            else:
                rows = facts_of_part(scope, campaign, part, area=area, as_of=as_of)
                amounts[name] = amount_of_facts(during(rows, spans[meaning.key]), part)
        found[meaning.key] = evaluate(meaning, amounts, today)
    return found


def _additive(meaning: Definition, part: Part) -> bool:
    return meaning.kind != "countdown" and not part.distinct


def _span(
    meaning: Definition, today: dt.date, period: tuple[dt.date, dt.date] | None
) -> tuple[dt.date, dt.date] | None:
    if period is not None:
        return period
    return (today, today) if meaning.over == "day" else None


def during(rows: QuerySet[FactRow], span: tuple[dt.date, dt.date] | None) -> QuerySet[FactRow]:
    return rows if span is None else rows.filter(happened_on__range=span)


def _covers(scope: Scope, area: str) -> bool:
    """Whether the reader may count everything that lies in `area`, so that readings serve as they are."""
    return any(area.startswith(prefix) for prefix in scope.areas(RIGHT))


def _readings(
    campaign: Campaign, area: str, wanted: Mapping[str, set[tuple[dt.date, dt.date] | None]]
) -> dict[tuple[str, tuple[dt.date, dt.date] | None], Amount]:
    """Readings of one area, {(part key, span): amount}; one query per distinct span."""
    found: dict[tuple[str, tuple[dt.date, dt.date] | None], Amount] = {}
    spans = {span for choices in wanted.values() for span in choices}
    exact = area if len(area) in (6, 9) else ""
    for span in spans:
        keys = [key for key, choices in wanted.items() if span in choices]
        rows = Reading.objects.filter(part__in=keys)
        rows = rows.filter(day=ALL_DAYS) if span is None else rows.filter(day__range=span)
        # districts and streets have rows of their own; anything else adds up its districts (above) or leaves (below)
        rows = rows.filter(area=exact) if exact else _level_rows(rows, area)
        for part, count, total in rows.values_list("part").annotate(Sum("count"), Sum("total")):
            found[part, span] = Amount(count=int(count or 0), total=int(total or 0))
    return found


def _level_rows(rows: QuerySet[Reading], area: str) -> QuerySet[Reading]:
    if len(area) < 6:
        return rows.filter(within("area", area), area__regex=r"^.{6}$")
    return rows.filter(area=area)


def values_by_area(
    scope: Scope, campaign: Campaign, meaning: Definition, *, length: int = 9, area: str = ""
) -> dict[str, Value]:
    """The figure for every area of the given code length (9: streets) inside `area`, as far as the reader may see."""
    area = area or campaign.area
    today = clock.today()
    span = _span(meaning, today, None)
    collected: dict[str, dict[str, Amount]] = defaultdict(dict)
    for name, part in meaning.parts.items():
        if _covers(scope, area) and _additive(meaning, part) and length in (6, 9):
            rows = Reading.objects.filter(within("area", area), part=part.key(str(campaign.id)))
            rows = rows.filter(day=ALL_DAYS) if span is None else rows.filter(day__range=span)
            for code, count, total in rows.values_list("area").annotate(Sum("count"), Sum("total")):
                if len(code) == length:
                    collected[code][name] = Amount(count=int(count), total=int(total))
        else:
            facts = during(facts_of_part(scope, campaign, part, area=area), span)
            grouped: dict[str, list[FactRow]] = defaultdict(list)
            for row in facts.only("home", "id", "area", "measures", "attributes", "happened_on"):
                if len(row.area) >= length:
                    grouped[row.area[:length]].append(row)
            for code, members in grouped.items():
                collected[code][name] = _amount_of(members, part)
    return {code: evaluate(meaning, amounts, today) for code, amounts in collected.items()}


def _amount_of(rows: Iterable[FactRow], part: Part) -> Amount:
    rows = list(rows)
    if part.distinct:
        return Amount(count=len({row.attributes.get(part.distinct) for row in rows} - {None, ""}))
    total = sum(micro(row.measures.get(part.measure)) for row in rows) if part.measure else 0
    return Amount(
        count=len(rows), total=total, day=max((r.happened_on for r in rows if r.happened_on), default=None)
    )


def values_by_day(
    scope: Scope, campaign: Campaign, meaning: Definition, first: dt.date, last: dt.date, *, area: str = ""
) -> dict[dt.date, Amount]:
    """What the indicator's own piece added on each day (for sparklines); days without facts are missing."""
    area = area or campaign.area
    part = meaning.of
    if _covers(scope, area) and _additive(meaning, part):
        rows = Reading.objects.filter(part=part.key(str(campaign.id)), day__range=(first, last))
        rows = (
            rows.filter(area=area)
            if len(area) == 6
            else rows.filter(within("area", area)).exclude(area__regex=r"^.{6}$")
        )
        found = rows.values_list("day").annotate(Sum("count"), Sum("total"))
        return {day: Amount(count=int(count), total=int(total)) for day, count, total in found}
    grouped: dict[dt.date, list[FactRow]] = defaultdict(list)
    for row in facts_of_part(scope, campaign, part, area=area).filter(happened_on__range=(first, last)):
        if row.happened_on:
            grouped[row.happened_on].append(row)
    return {day: _amount_of(rows_of_day, part) for day, rows_of_day in grouped.items()}
