"""What the wall asks beside the figures: groups, late things, cases by status, latest acts, points of the map.

One question for a panel, whatever nouns it joins, and never a row outside the reader's scope.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from guatu.campaigns.models import Body, Campaign
from guatu.cases import reads as case_reads
from guatu.cases import rules as case_rules
from guatu.cases.models import Case
from guatu.figures.reads import heads_tag, titles_of
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.models import Act
from guatu.kernel.subjects import table
from guatu.kernel.verbs import sentence
from guatu.tasks import reads as task_reads
from guatu.tasks import rules as task_rules
from guatu.tasks.models import Task


def tasks_seen(scope: Scope, campaign: Campaign) -> QuerySet[Task]:
    """The campaign's tasks this reader may see, cancelled ones left out."""
    return task_reads.tasks(scope, campaign).filter(status__in=task_rules.COUNTED)


def cases_seen(scope: Scope, campaign: Campaign) -> QuerySet[Case]:
    """The campaign's cases this reader may see, void ones left out."""
    return case_reads.cases(scope, campaign).exclude(status="void")


@dataclass(frozen=True)
class Group:
    """A work group's progress as far as the reader may see it; `percent` is None without tasks."""

    code: str
    name: str
    lead: str
    done: int
    total: int
    late: int

    @property
    def percent(self) -> int | None:
        return None if self.total == 0 else (self.done * 200 + self.total) // (2 * self.total)


def groups(scope: Scope, campaign: Campaign, limit: int) -> list[Group]:
    """Work groups in the order of the organisation, with accepted, all and late tasks. Four queries."""
    rows = Body.objects.filter(campaign=campaign, kind="work_group").order_by("order", "code")
    standing = {line.key: line for line in task_reads.standing_by_group(tasks_seen(scope, campaign))}
    found = []
    for body in rows.prefetch_related("members__unit")[:limit]:
        lead = next((member.unit for member in body.members.all() if member.role == "lead"), None)
        line = standing.get(body.code)
        counts = (line.accepted, line.total, line.late) if line else (0, 0, 0)
        found.append(Group(body.code, body.name, str(lead or ""), *counts))
    return found


@dataclass(frozen=True)
class LateThing:
    """Something whose deadline has passed: what it is, who has it, since when, and for how many days."""

    kind: str  # task, case
    id: UUID
    title: str
    unit: str
    person: str
    since: dt.datetime
    days: int


@dataclass(frozen=True)
class Late:
    """Late tasks and cases, the longest overdue first, and how many there are of each."""

    things: list[LateThing]
    tasks: int
    cases: int

    @property
    def total(self) -> int:
        return self.tasks + self.cases


def late(scope: Scope, campaign: Campaign, limit: int) -> Late:
    """Two queries; two more when there are more than a panel holds."""
    now = clock.now()
    tasks = tasks_seen(scope, campaign).filter(late=True)
    cases = cases_seen(scope, campaign).filter(_late_case(now))
    worst_tasks = list(tasks.order_by("due_on", "order")[: limit + 1])
    worst_cases = list(cases.order_by("due_at")[: limit + 1])
    things = [_late_task(row, now) for row in worst_tasks]
    things += [
        _late("case", row.id, row.title, row.unit, row.taker.name if row.taker else "", row.due_at, now)
        for row in worst_cases
        if row.due_at is not None
    ]
    things.sort(key=lambda thing: thing.since)
    return Late(
        things[:limit],
        tasks.count() if len(worst_tasks) > limit else len(worst_tasks),
        cases.count() if len(worst_cases) > limit else len(worst_cases),
    )


def _late_task(row: Task, now: dt.datetime) -> LateThing:
    since = task_rules.late_from(row.due_on).replace(tzinfo=clock.ZONE)
    person = row.owner.name if row.owner else row.owner_name
    return _late("task", row.id, row.title, row.lead_unit, person, since, now)


def _late_case(now: dt.datetime) -> Q:
    """The same condition as the late tab of the case list: the number on the wall opens exactly these."""
    return Q(status__in=case_rules.WITH_CLOCK) & (Q(late=True) | Q(due_at__lt=now))


def _late(
    kind: str, row_id: UUID, title: str, unit: object, person: str, since: dt.datetime, now: dt.datetime
) -> LateThing:
    since = clock.local(since)
    # days by the calendar, as every other page counts them: due on the 3rd, on the 16th it is 13 days late
    days = (clock.local(now).date() - (since - dt.timedelta(microseconds=1)).date()).days
    return LateThing(kind, row_id, title, str(unit or ""), person, since, days)


def cases_by_status(scope: Scope, campaign: Campaign) -> dict[str, int]:
    """How many cases stand in each status. One query."""
    rows = cases_seen(scope, campaign).order_by().values_list("status").annotate(Count("id", distinct=True))
    return dict(rows)


@dataclass(frozen=True)
class Event:
    """An act in words, on a subject the reader may see."""

    at: dt.datetime
    word: str
    what: str
    title: str
    href: str


def events(scope: Scope, campaign: Campaign, limit: int) -> list[Event]:
    """The latest acts. A bulk import is many acts on many subjects: only the newest of each subject is told."""
    rows = list(
        Act.objects.filter(campaign_id=campaign.id).order_by("-recorded_at", "-position")[: limit * 12]
    )
    newest: dict[tuple[str, str], Act] = {}
    for row in rows:
        newest.setdefault((row.subject_type, row.subject_id), row)
    titles = titles_of(scope, newest)
    found: list[Event] = []
    for (kind, subject_id), row in newest.items():
        subject = table().get(kind)
        if subject is None or (kind, subject_id) not in titles:
            continue
        href = subject.url(subject_id) if subject.url else ""
        word = sentence(row.verb, row.details)
        found.append(
            Event(clock.local(row.effective_at), word, subject.word[0], titles[kind, subject_id], href)
        )
        if len(found) == limit:
            break
    return found


@dataclass(frozen=True)
class CasePoint:
    """An open case with a known position."""

    id: UUID
    title: str
    number: str
    unit: str
    lon: float
    lat: float
    late: bool
    due_at: dt.datetime | None
    area: str


def open_cases_by_street(scope: Scope, campaign: Campaign) -> dict[str, tuple[int, int]]:
    """{street: (late ones, all open ones)}. One query."""
    rows = cases_seen(scope, campaign).filter(status__in=case_rules.OPEN).order_by().values("area")
    sums: dict[str, tuple[int, int]] = {}
    for row in rows.annotate(every=Count("id"), late_ones=Count("id", filter=_late_case(clock.now()))):
        behind, open_ones = sums.get(row["area"][:9], (0, 0))
        sums[row["area"][:9]] = (behind + row["late_ones"], open_ones + row["every"])
    return sums


def case_points(scope: Scope, campaign: Campaign, limit: int = 400) -> list[CasePoint]:
    """Open cases on the map, late ones first; a screen shows no more than some hundreds."""
    rows = cases_seen(scope, campaign).filter(~Q(lon=None), ~Q(lat=None), status__in=case_rules.OPEN)
    rows = rows.select_related("unit").order_by("-late", "due_at", "id")[:limit]
    return [
        CasePoint(
            row.id,
            row.title,
            row.number,
            str(row.unit or ""),
            row.lon or 0,
            row.lat or 0,
            row.late,
            row.due_at,
            row.area,
        )
        for row in rows
    ]


def tag(campaign: Campaign, *words: Iterable[str] | str) -> str:
    """A cheap tag for “has anything on this wall changed?”: heads of the streams and the minute. One query."""
    now = clock.now()
    return "-".join(
        [heads_tag(), str(campaign.version), now.strftime("%Y%m%d%H%M"), *(str(word) for word in words)]
    )
