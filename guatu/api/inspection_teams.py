"""Teams of a round, and its draw, for machines."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import person_of, scope_of
from guatu.api.inspections import ChooseIn, criteria_data
from guatu.inspections.acts import drawing
from guatu.inspections.acts import teams as team_acts
from guatu.inspections.models import Team
from guatu.inspections.reads import rounds as reads
from guatu.inspections.rules.drawing import DrawRules
from guatu.kernel import clock
from guatu.units.models import Person
from guatu.units.reads import find_person

router = Router(tags=["inspections"])


class TeamOut(Schema):
    """A team in one shift. people: user names, the leader first."""

    id: UUID
    round_id: UUID
    name: str
    on_day: dt.date
    shift: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    people: list[str]
    travel: str
    at_once: int
    station_lon: float | None
    station_lat: float | None
    places: int
    done: int
    version: int


class TeamIn(Schema):
    """A team. Without times the usual ones of the shift; people: user names or names."""

    name: str
    on_day: dt.date
    shift: str = "day"
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    people: list[str] = Field(default_factory=list)
    leader: str = ""
    travel: str = "foot"
    at_once: int = Field(default=0, ge=0, le=500)
    station_lon: float | None = None
    station_lat: float | None = None


class TeamPatch(Schema):
    version: int
    name: str | None = None
    on_day: dt.date | None = None
    shift: str | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    people: list[str] | None = None
    leader: str = ""
    travel: str | None = None
    at_once: int | None = Field(default=None, ge=0, le=500)
    station_lon: float | None = None
    station_lat: float | None = None


class FixIn(ChooseIn):
    """First step of a draw: the pool by criteria, how many, and the inspectors in the drum (user names)."""

    places: int = Field(ge=1, le=5000)
    stratum: str = ""
    shares: dict[str, str] = Field(default_factory=dict)
    weighted: bool = False
    people: list[str] = Field(default_factory=list)
    inspectors: int = Field(default=0, ge=0, le=500)
    crew: int = Field(default=2, ge=1, le=20)
    other_unit: bool = True


class DrawIn(Schema):
    public: str
    source: str = ""
    day: dt.date | None = None
    shift: str = "day"


def team_out(line: reads.TeamLine) -> dict[str, Any]:
    names = (
        "id",
        "round_id",
        "name",
        "on_day",
        "shift",
        "travel",
        "at_once",
        "station_lon",
        "station_lat",
        "version",
    )
    return {
        **{name: getattr(line.team, name) for name in names}, "starts_at": clock.local(line.team.starts_at),
        "ends_at": clock.local(line.team.ends_at), "people": [member.person.username for member in line.people],
        "places": len(line.visits), "done": line.done,
    }  # fmt: skip


def _one_team(team: Team) -> dict[str, Any]:
    return team_out(next(line for line in reads.teams_of(team.round) if line.team.pk == team.pk))


def _people(names: list[str]) -> list[Person]:
    return [find_person(name) for name in names]


@router.get("/inspections/rounds/{round_id}/teams", response=list[TeamOut], summary="The teams of a round")
def teams(request: HttpRequest, round_id: UUID) -> Any:
    return [team_out(line) for line in reads.teams_of(reads.round_of(scope_of(request), round_id))]


@router.post("/inspections/rounds/{round_id}/teams", response={201: TeamOut}, summary="Add a team")
def add_team(request: HttpRequest, round_id: UUID, body: TeamIn) -> Any:
    row = reads.round_of(scope_of(request), round_id)
    given = body.dict()
    people, leader = _people(given.pop("people")), given.pop("leader")
    team = team_acts.add_team(by=person_of(request), round=row, people=people, leader=find_person(leader) if leader else None,
                              via="api", **given)  # fmt: skip
    return Status(201, _one_team(team))


@router.patch("/inspections/teams/{team_id}", response=TeamOut, summary="Change a team")
def change_team(request: HttpRequest, team_id: UUID, body: TeamPatch) -> Any:
    team = reads.team_of(scope_of(request), team_id)
    given = body.dict(exclude_unset=True)
    version, leader = given.pop("version"), given.pop("leader", "")
    named = given.pop("people", None)
    people = _people(named) if named is not None else None
    team = team_acts.change_team(by=person_of(request), team=team, changes=given, people=people,
                                 leader=find_person(leader) if leader else None, version=version, via="api")  # fmt: skip
    return _one_team(team)


@router.delete("/inspections/teams/{team_id}", response=dict[str, bool], summary="Take a team off its round")
def withdraw_team(request: HttpRequest, team_id: UUID, version: int | None = None) -> Any:
    team = reads.team_of(scope_of(request), team_id)
    return {
        "withdrawn": team_acts.withdraw_team(
            by=person_of(request), team=team, version=version, via="api"
        ).withdrawn
    }


# --- the draw --------------------------------------------------------------------------------------------------------


@router.post(
    "/inspections/rounds/{round_id}/draw/fix", response=dict[str, Any], summary="Fix the pool of a draw"
)
def fix(request: HttpRequest, round_id: UUID, body: FixIn) -> Any:
    """Answers the pool, its hash and the commitment, to be published before the draw."""
    row = reads.round_of(scope_of(request), round_id)
    rules = DrawRules(places=body.places, shares=body.shares, inspectors=body.inspectors, crew=body.crew)
    row = drawing.fix_draw(
        by=person_of(request), round=row, criteria=criteria_data(body), draw=rules, people=_people(body.people), stratum=body.stratum,
        weighted=body.weighted, same_unit=body.other_unit, via="api",
    )  # fmt: skip
    return {name: value for name, value in row.draw.items() if name not in ("sealed", "before")}


@router.post("/inspections/rounds/{round_id}/draw", response=dict[str, Any], summary="Draw")
def draw(request: HttpRequest, round_id: UUID, body: DrawIn) -> Any:
    """Answers the whole record; docs/norms.md says how anybody replays it."""
    row = reads.round_of(scope_of(request), round_id)
    row = drawing.draw_round(by=person_of(request), round=row, public=body.public, source=body.source, shift=body.shift, day=body.day,
                             via="api")  # fmt: skip
    return {name: value for name, value in row.draw.items() if name not in ("sealed", "before", "teams")}
