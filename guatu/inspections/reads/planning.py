"""A round as the planner takes it: what is still to go to, who can go, from where and when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from guatu.inspections.models import Round, Team, Visit
from guatu.inspections.rules.planning import Crew, Problem, Stop
from guatu.kernel import clock
from guatu.places.rules.hours import parse

OPEN = ("planned",)
UNDERWAY = ("started", "done", "not_open", "gone")


@dataclass(frozen=True)
class Asked:
    """A problem with what its numbers mean: `zero` is second 0; visits and teams by the ids the problem uses."""

    problem: Problem
    zero: dt.datetime
    visits: dict[str, Visit]
    teams: dict[str, Team]

    def moment(self, second: int) -> dt.datetime:
        return self.zero + dt.timedelta(seconds=second)


def problem_of(row: Round, *, now: dt.datetime | None = None) -> Asked | None:
    """What is left of a round to plan; None when no team has time left.

    Teams whose order was set by hand (`Round.plan["frozen"]`) are left out with their places. A team that is under way
    begins where and when its last visit ended; what is being visited at this moment is not planned anew.
    """
    moment = clock.local(now or clock.now())
    frozen = set(row.plan.get("frozen", ()))
    all_teams = (
        row.teams.filter(withdrawn=False).select_related("station").order_by("starts_at", "name", "id")
    )
    teams = [
        team for team in all_teams if str(team.id) not in frozen and team.ends_at > moment and point_of(team)
    ]
    if not teams:
        return None
    rows = Visit.objects.filter(round=row, status__in=OPEN).select_related("place").order_by("id")
    visits = {str(visit.id): visit for visit in rows if str(visit.team_id) not in frozen}
    zero = clock.local(min(team.starts_at for team in teams))
    last = _last_places(teams)
    crews = tuple(_crew(team, zero, moment, last.get(team.id)) for team in teams)
    end = zero + dt.timedelta(seconds=max(crew.end for crew in crews))
    known = {str(team.id) for team in teams}
    stops = tuple(_stop(visit, zero, end, known) for visit in visits.values())
    return Asked(Problem(stops, crews), zero, visits, {str(team.id): team for team in teams})


def point_of(team: Team) -> tuple[float, float] | None:
    """Where a team begins: its station's point, or the one given; None when neither is known."""
    station = team.station
    if station is not None and station.lon is not None and station.lat is not None:
        return (station.lon, station.lat)
    if team.station_lon is not None and team.station_lat is not None:
        return (team.station_lon, team.station_lat)
    return None


def _last_places(teams: Sequence[Team]) -> dict[UUID, Visit]:
    """The latest visit of each team that has begun any."""
    rows = Visit.objects.filter(team__in=teams, status__in=UNDERWAY).exclude(started_at=None)
    return {
        visit.team_id: visit for visit in rows.select_related("place").order_by("started_at") if visit.team_id
    }


def _crew(team: Team, zero: dt.datetime, now: dt.datetime, last: Visit | None) -> Crew:
    station = point_of(team)
    assert station is not None
    start, here = max(clock.local(team.starts_at), zero), station
    if now > start:
        start = now
        if last is not None and last.place.lon is not None and last.place.lat is not None:
            here = (last.place.lon, last.place.lat)
            begun = last.started_at or now
            start = max(now, begun + dt.timedelta(minutes=last.minutes)) if last.status == "started" else now
    gone = team.visits.filter(status__in=UNDERWAY).count() if team.at_once else 0
    most = max(team.at_once - gone, 0) if team.at_once else 0
    return Crew(
        str(team.id), _second(start, zero), _second(team.ends_at, zero), *here, team.travel, home=station,
        most=most if not team.at_once or most else 1,
    )  # fmt: skip


def _second(moment: dt.datetime, zero: dt.datetime) -> int:
    return int((moment - zero).total_seconds())


def _stop(visit: Visit, zero: dt.datetime, end: dt.datetime, teams: set[str]) -> Stop:
    place = visit.place
    windows = tuple(
        (_second(opens, zero), _second(closes, zero))
        for opens, closes in parse(place.opening_hours).windows(zero, end)
    )
    if visit.due_at is not None:
        until = _second(visit.due_at, zero)
        windows = tuple((opens, min(closes, until)) for opens, closes in windows if opens < until)
    pinned = str(visit.team_id) if visit.pinned and str(visit.team_id) in teams else ""
    return Stop(
        str(visit.id), place.lon, place.lat, visit.minutes * 60, windows, priority=visit.priority, crew=pinned
    )
