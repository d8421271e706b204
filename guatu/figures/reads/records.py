"""The records behind a figure, as far as the reader may open them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.figures.models import FactRow
from guatu.figures.reads.values import AsOf, during, facts_of_part
from guatu.figures.rules import Part
from guatu.kernel.access import Scope
from guatu.kernel.subjects import table


@dataclass(frozen=True)
class Record:
    """One record that a figure counts: what it is, what it adds, since when, and which act made it so."""

    subject_type: str
    subject_id: str
    title: str
    url: str
    area: str
    status: str
    category: str
    happened_on: dt.date | None
    measure: str
    act_id: UUID
    home: str
    withheld: bool = False


@dataclass(frozen=True)
class Records:
    """The records behind one piece of a figure; `withheld` counts those the reader may not open."""

    rows: list[Record]
    total: int
    withheld: int
    next_after: str = ""


def records(
    scope: Scope,
    campaign: Campaign,
    part: Part,
    *,
    area: str = "",
    as_of: AsOf | None = None,
    period: tuple[dt.date, dt.date] | None = None,
    after: str = "",
    limit: int = 100,
) -> Records:
    """A page of the records behind a piece, in a stable order (`after`: the last fact id of the page before)."""
    facts = during(facts_of_part(scope, campaign, part, area=area or "", as_of=as_of), period)
    total = facts.count()
    page = facts.order_by("id")
    if after:
        page = page.filter(id__gt=UUID(after))
    chosen = list(page[: limit + 1])
    more = len(chosen) > limit
    chosen = chosen[:limit]
    titles = titles_of(scope, ((row.subject_type, row.subject_id) for row in chosen))
    rows = [record_of(row, part, titles) for row in chosen]
    return Records(rows, total, sum(1 for row in rows if row.withheld), str(chosen[-1].id) if more else "")


def titles_of(scope: Scope, subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Titles of the subjects the reader may open; those that are missing are withheld."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for kind, subject_id in subjects:
        by_type[kind].append(subject_id)
    found: dict[tuple[str, str], str] = {}
    for kind, subject_ids in by_type.items():
        subject = table().get(kind)
        if subject is not None and subject.seen is not None:
            for subject_id, title in subject.seen(scope, subject_ids).items():
                found[kind, str(subject_id)] = title
    return found


def record_of(row: FactRow, part: Part, titles: Mapping[tuple[str, str], str]) -> Record:
    title = titles.get((row.subject_type, row.subject_id))
    subject = table().get(row.subject_type)
    url = subject.url(row.subject_id) if title is not None and subject and subject.url else ""
    return Record(
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        title=title or "",
        url=url,
        area=row.area,
        status=row.status,
        category=row.category,
        happened_on=row.happened_on,
        measure=row.measures.get(part.measure, "") if part.measure else "",
        act_id=row.act_id,
        home=row.home,
        withheld=title is None,
    )
