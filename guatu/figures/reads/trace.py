"""A frozen figure opened: then and now, and what made the difference."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet, Sum

from guatu.figures.models import FactRow, Figure
from guatu.figures.reads.records import Record, Records, record_of, records, titles_of
from guatu.figures.reads.values import RIGHT, AsOf, facts_of_part, value
from guatu.figures.rules import Definition, Part, Value, read_definition
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.acts import heads
from guatu.kernel.models import StreamHead
from guatu.kernel.problems import Problem


@dataclass(frozen=True)
class Trace:
    """A frozen figure opened: then and now, and which records made the difference."""

    figure: Figure
    definition: Definition
    then: Value
    now: Value
    parts: dict[str, Records]
    gone: list[Record]
    come: list[Record]

    @property
    def same(self) -> bool:
        return self.then.text == self.now.text and not self.gone and not self.come


def figure_by_code(scope: Scope, code: str) -> Figure:
    """A frozen figure the reader may see. Raises `figure.unknown_code`."""
    figure = Figure.objects.select_related("campaign").filter(code=code.strip().upper()).first()
    if figure is None or not scope.may(RIGHT):
        raise Problem("figure.unknown_code", code=code)
    if (
        not scope.allows(RIGHT, area=figure.area, units=())
        and not scope.units(RIGHT)
        and not scope.areas(RIGHT)
    ):
        raise Problem("figure.unknown_code", code=code)
    return figure


def frozen_as_of(figure: Figure) -> AsOf:
    return AsOf(heads=figure.heads, effective_at=figure.effective_at)


def trace(scope: Scope, figure: Figure, *, limit: int = 200) -> Trace:
    """Open a frozen figure: its records as they stood, its value now, and what made the difference."""
    meaning = read_definition(figure.definition)
    as_of = frozen_as_of(figure)
    campaign = figure.campaign
    present = AsOf(None, max(clock.now(), figure.effective_at))
    if meaning.kind == "countdown":
        present = replace(present, effective_at=figure.effective_at)  # the same day, as known now
    parts = {
        name: records(scope, campaign, part, area=figure.area, as_of=as_of, limit=limit)
        for name, part in meaning.parts.items()
    }
    gone: list[Record] = []
    come: list[Record] = []
    for part in meaning.parts.values():
        before = _stated(facts_of_part(scope, campaign, part, area=figure.area, as_of=as_of), part)
        after = _stated(facts_of_part(scope, campaign, part, area=figure.area, as_of=present), part)
        lost = [row for key, row in before.items() if key not in after]
        won = [row for key, row in after.items() if key not in before]
        titles = titles_of(
            scope, ((row.subject_type, row.subject_id) for row in (*lost[:limit], *won[:limit]))
        )
        gone += [record_of(row, part, titles) for row in lost[:limit]]
        come += [record_of(row, part, titles) for row in won[:limit]]
    then = Value(figure.key, figure.value, figure.text, {})
    current = value(scope, campaign, meaning, area=figure.area, as_of=present)
    return Trace(figure, meaning, then, current, parts, _once(gone), _once(come))


def _stated(rows: QuerySet[FactRow], part: Part) -> dict[tuple[str, str, str, str], FactRow]:
    """Facts by what they add: the same subject adding another amount is a difference."""
    return {
        (
            row.subject_type,
            row.subject_id,
            row.part,
            row.measures.get(part.measure, "") if part.measure else "",
        ): row
        for row in rows.iterator(chunk_size=2000)
    }


def _once(found: list[Record]) -> list[Record]:
    """A record that left two pieces of a rate is one difference."""
    return list({(row.subject_type, row.subject_id, row.measure): row for row in found}.values())


def present_as_of(effective_at: dt.datetime | None = None) -> AsOf:
    """What is known now, as a pair that can be frozen."""
    return AsOf(heads(), effective_at or clock.now())


def heads_tag() -> str:
    """A cheap tag that changes with every commit (one query): for “has anything changed?”."""
    summed = StreamHead.objects.aggregate(total=Sum("position"), streams=Count("home"))
    return f"{summed['streams']}-{summed['total'] or 0}"
