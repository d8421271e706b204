"""Rounds: the list, one round, how far it has come, its teams, its days and nights."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from guatu.inspections.models import Order, Round, Team, TeamMember, Visit
from guatu.inspections.rules import orders as order_rules
from guatu.inspections.rules import rounds as rules
from guatu.inspections.rules.visits import WAITING
from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem

READ, EDIT = "round.read", "round.edit"


def rounds(scope: Scope) -> QuerySet[Round]:
    """The rounds this person may see: of their areas, of their unit, and those they go with."""
    seen = predicate(scope, READ, area="area", units=("unit__path",))
    if scope.person_id is not None and scope.may(READ):
        mine = TeamMember.objects.filter(person=scope.person_id, team__withdrawn=False)
        seen |= Q(pk__in=mine.values("team__round"))
    return Round.objects.filter(seen).select_related("campaign", "unit")


def round_of(scope: Scope, round_id: UUID | str) -> Round:
    """One round. Raises `access.not_found`."""
    row = rounds(scope).filter(pk=round_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    return {str(row.id): f"{row.number} {row.name}" for row in rounds(scope).filter(pk__in=list(ids))}


def may_edit(scope: Scope, row: Round) -> bool:
    return scope.allows(EDIT, area=row.area, units=(row.unit.path,) if row.unit is not None else ())


def progress_of(rows: Sequence[Round]) -> dict[UUID, rules.Progress]:
    """How far each of some rounds has come, look-backs aside. One query."""
    counted: dict[UUID, list[tuple[str, str, int]]] = defaultdict(list)
    found = Visit.objects.filter(round__in=[row.pk for row in rows], kind="round").order_by()
    for round_id, status, outcome, number in found.values_list("round", "status", "outcome").annotate(
        number=Count("pk")
    ):
        counted[round_id].append((status, outcome, number))
    return {row.pk: rules.progress(counted.get(row.pk, ())) for row in rows}


def visits_of(row: Round) -> QuerySet[Visit]:
    """Everything in a round that was not taken out again, look-backs included."""
    return Visit.objects.filter(round=row).exclude(status="removed").select_related("place", "team")


@dataclass(frozen=True)
class TeamLine:
    """A team with its people and the places it has, in order."""

    team: Team
    people: Sequence[TeamMember]
    visits: Sequence[Visit]

    @property
    def done(self) -> int:
        return sum(1 for visit in self.visits if visit.status not in WAITING)

    @property
    def names(self) -> str:
        return "、".join(member.person.name for member in self.people)


def teams_of(row: Round, *, withdrawn: bool = False) -> list[TeamLine]:
    """The teams of a round by day and time, each with people and places. Three queries."""
    members = TeamMember.objects.select_related("person__unit").order_by("-leads", "person__name", "id")
    teams = Team.objects.filter(round=row, withdrawn=withdrawn).select_related("station", "round")
    teams = teams.prefetch_related(Prefetch("members", queryset=members)).order_by("starts_at", "name", "id")
    held: dict[UUID | None, list[Visit]] = defaultdict(list)
    for visit in visits_of(row).exclude(team=None).order_by("seq", "eta", "id"):
        held[visit.team_id].append(visit)
    return [TeamLine(team, list(team.members.all()), held.get(team.pk, [])) for team in teams]


@dataclass(frozen=True)
class Shift:
    """One half of a day of the round: its teams, and how many of their places are done."""

    shift: str
    teams: Sequence[TeamLine]

    @property
    def places(self) -> int:
        return sum(len(line.visits) for line in self.teams)

    @property
    def done(self) -> int:
        return sum(line.done for line in self.teams)


@dataclass(frozen=True)
class Day:
    day: dt.date
    shifts: Sequence[Shift]  # day, night


def days_of(row: Round, teams: Sequence[TeamLine]) -> list[Day]:
    """The days on which somebody goes, each with its day and its night (白+黑)."""
    by_day: dict[dt.date, dict[str, list[TeamLine]]] = defaultdict(
        lambda: {name: [] for name in rules.SHIFTS}
    )
    for line in teams:
        by_day[line.team.on_day][line.team.shift].append(line)
    return [
        Day(day, [Shift(name, lines) for name, lines in shifts.items()])
        for day, shifts in sorted(by_day.items())
    ]


def late_look_backs(row: Round) -> QuerySet[Visit]:
    """Look-backs of a round whose time has run out."""
    rows = Visit.objects.filter(round=row, kind="look_back", status__in=WAITING, due_at__lt=clock.now())
    return rows.select_related("place").order_by("due_at", "id")


def open_orders(row: Round) -> int:
    return Order.objects.filter(visit__round=row, status__in=order_rules.OPEN).count()


def team_of(scope: Scope, team_id: UUID | str) -> Team:
    """One team of a round that may be seen. Raises `access.not_found`."""
    row = (
        Team.objects.filter(pk=team_id, round__in=rounds(scope))
        .select_related("round__unit", "round__campaign")
        .first()
    )
    if row is None:
        raise Problem("access.not_found")
    return row


def my_teams(person_id: Any, day: dt.date) -> QuerySet[Team]:
    """The teams somebody goes with on a day (a night that began the day before is still going on), of rounds that run."""
    now = clock.now()
    rows = Team.objects.filter(members__person=person_id, withdrawn=False, round__status="running")
    rows = rows.filter(Q(on_day=day) | Q(starts_at__lte=now, ends_at__gte=now))
    return rows.select_related("round").order_by("starts_at", "id")
