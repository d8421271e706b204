"""Who goes: teams of a round in their shifts, their people, and which places they have."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.inspections import words
from guatu.inspections.acts.shared import locked_round, may_edit_round
from guatu.inspections.models import Round, Team, TeamMember, Visit
from guatu.inspections.rules import rounds as rules
from guatu.inspections.words import word
from guatu.kernel import clock, ids
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.places.rules.hours import parse
from guatu.units.models import Person

TRAVEL = ("foot", "bike", "car")
CHANGED = (
    "name",
    "on_day",
    "starts_at",
    "ends_at",
    "shift",
    "station",
    "station_lon",
    "station_lat",
    "travel",
    "at_once",
)


def _told(team: Team) -> dict[str, Any]:
    return {
        "team": team.name, "day": team.on_day.isoformat(),
        "when": f"{clock.local(team.starts_at):%m-%d %H:%M} – {clock.local(team.ends_at):%m-%d %H:%M}",
    }  # fmt: skip


def check_team(team: Team) -> None:
    """Whether a team can stand. Raises `team.unnamed`, `team.bad_times`, `team.outside_round`, `team.bad_travel`,
    `team.no_point`."""
    if not team.name.strip():
        raise Problem("team.unnamed")
    start, end = clock.local(team.starts_at), clock.local(team.ends_at)
    if rules.wrong_times(team.on_day, start, end):
        raise Problem(
            "team.bad_times", start=f"{start:%Y-%m-%d %H:%M}", end=f"{end:%Y-%m-%d %H:%M}", day=team.on_day
        )
    if not team.round.starts_on <= team.on_day <= team.round.ends_on:
        raise Problem(
            "team.outside_round", day=team.on_day, start=team.round.starts_on, end=team.round.ends_on
        )
    if team.travel not in TRAVEL:
        raise Problem("team.bad_travel", travel=team.travel)
    if team.shift not in rules.SHIFTS:
        raise Problem("team.bad_shift", shift=team.shift)
    if (team.station_lon is None) != (team.station_lat is None):
        raise Problem("team.half_a_point")


def _editable(by: Actor, round_: Round) -> Round:
    row = locked_round(round_)
    may_edit_round(by, row)
    if row.status not in rules.EDITABLE:
        raise Problem("round.over", number=row.number)
    return row


def _held(by: Actor, team: Team, version: int | None = None) -> Team:
    round_ = _editable(by, team.round)
    row = Team.objects.select_for_update(no_key=True).filter(pk=team.pk).first()
    if row is None:
        raise Problem("access.not_found")
    row.round = round_
    check_version(row, version)
    return row


def add_team(
    *,
    by: Actor,
    round: Round,
    name: str,
    on_day: dt.date,
    people: Sequence[Person] = (),
    leader: Person | None = None,
    shift: str = "day",
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    station: Place | None = None,
    station_lon: float | None = None,
    station_lat: float | None = None,
    travel: str = "foot",
    at_once: int = 0,
    via: str = "web",
) -> Team:
    """A team for one shift of one day. Without times: the usual ones of the shift (白 08:30–17:30, 黑 18:00–23:00).

    Raises `team.person_busy`, `person.inactive`, `round.over`, `access.denied` and what `check_team` raises.
    """
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        if shift not in rules.SHIFTS:
            raise Problem("team.bad_shift", shift=shift)
        usual = rules.shift_span(on_day, shift, clock.ZONE)
        team = Team(
            id=ids.new(), round=row, name=name.strip()[:60], on_day=on_day, starts_at=clock.local(starts_at or usual[0]),
            ends_at=clock.local(ends_at or usual[1]), shift=shift, station=station, station_lon=station_lon,
            station_lat=station_lat, travel=travel, at_once=max(at_once, 0),
        )  # fmt: skip
        check_team(team)
        team.save(force_insert=True)
        _set_members(team, people, leader)
        d.record("team.added", team, details={**_told(team), "people": [str(each.pk) for each in people]})
    return team


def change_team(
    *,
    by: Actor,
    team: Team,
    changes: Mapping[str, Any] | None = None,
    people: Sequence[Person] | None = None,
    leader: Person | None = None,
    version: int | None = None,
    via: str = "web",
) -> Team:
    """Change name, day, times, shift, station, travel or at_once; people: all of them, when given. Raises as `add_team`,
    `kernel.stale`."""
    with deed(by=by, via=via) as d:
        row = _held(by, team, version)
        before = _told(row) | {"members": _members(row)}
        for name in CHANGED:
            if changes is not None and name in changes:
                value = changes[name]
                setattr(row, name, clock.local(value) if name.endswith("_at") else value)
        check_team(row)
        now = people if people is not None else [each.person for each in row.members.select_related("person")]
        lead = leader if people is not None else _leader(row)
        row.version += 1
        row.save()
        _set_members(row, now, lead)
        d.record("team.changed", row, details={**_told(row), "old": before, "members": _members(row)})
    return row


def _members(team: Team) -> list[str]:
    return sorted(
        str(each) for each in TeamMember.objects.filter(team=team).values_list("person_id", flat=True)
    )


def _leader(team: Team) -> Person | None:
    row = team.members.filter(leads=True).select_related("person").first()
    return row.person if row is not None else None


def _set_members(team: Team, people: Sequence[Person], leader: Person | None) -> None:
    """Exactly these people, one of them leading (the first unless said); nobody in two teams at once."""
    wanted = {person.pk: person for person in people}
    if leader is not None:
        wanted.setdefault(leader.pk, leader)
    for person in wanted.values():
        if not person.is_active:
            raise Problem("person.inactive", name=person.name)
    # two teams entered at once for one person: the second waits and then sees the first
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
    near = TeamMember.objects.filter(person__in=wanted, team__withdrawn=False, team__starts_at__lt=team.ends_at,
                                     team__ends_at__gt=team.starts_at).exclude(team=team)  # fmt: skip
    near = near.exclude(team__round__status__in=("closed", "cancelled"))
    others = near.values_list("person_id", "team__name", "team__starts_at", "team__ends_at")
    busy = rules.clashes(list(wanted), team.starts_at, team.ends_at, others)
    if busy:
        who, name = busy[0]
        raise Problem("team.person_busy", person=wanted[who].name, team=name)
    first = leader.pk if leader is not None else next(iter(wanted), None)
    standing = {row.person_id: row for row in TeamMember.objects.filter(team=team)}
    TeamMember.objects.filter(pk__in=[row.pk for key, row in standing.items() if key not in wanted]).delete()
    for key in wanted:
        row = standing.get(key)
        if row is None:
            TeamMember.objects.create(team=team, person_id=key, leads=key == first)
        elif row.leads != (key == first):
            row.leads = key == first
            row.save(update_fields=["leads"])


def withdraw_team(*, by: Actor, team: Team, version: int | None = None, via: str = "web") -> Team:
    """Take a team off the round; its places that were not gone to are nobody's again. `restore_team` undoes it. Raises
    `team.at_work`, `kernel.stale`, `access.denied`."""
    with deed(by=by, via=via) as d:
        row = _held(by, team, version)
        if Visit.objects.filter(team=row, status="started").exists():
            raise Problem("team.at_work", team=row.name)
        visits = list(
            Visit.objects.select_for_update(no_key=True).filter(team=row, status="planned").order_by("pk")
        )
        row.withdrawn = True
        row.version += 1
        row.save(update_fields=["withdrawn", "version"])
        said = {**_told(row), "visits": [[str(each.id), each.seq] for each in visits]}
        act_id = d.record("team.withdrawn", row, details=said)
        _give(d, visits, None, act_id)
    return row


def restore_team(*, by: Actor, team: Team, via: str = "web") -> Team:
    """The undo of `withdraw_team`, with the places it had as far as nobody else has them now."""
    from guatu.kernel.acts import story

    with deed(by=by, via=via) as d:
        row = _held(by, team)
        last = next((line for line in story(row) if line.verb == "team.withdrawn"), None)
        if not row.withdrawn or last is None:
            raise Problem("team.not_withdrawn", team=row.name)
        row.withdrawn = False
        row.version += 1
        row.save(update_fields=["withdrawn", "version"])
        _set_members(row, [each.person for each in row.members.select_related("person")], _leader(row))
        act_id = d.record("team.restored", row, details=_told(row))
        order = {UUID(key): seq for key, seq in last.details.get("visits", [])}
        back = Visit.objects.select_for_update(no_key=True).filter(
            pk__in=list(order), team=None, status="planned"
        )
        visits = list(back.order_by("pk"))
        for visit in visits:
            visit.seq = order[visit.pk]
        _give(d, visits, row, act_id, keep_order=True)
    return row


def copy_day(*, by: Actor, round: Round, source: dt.date, target: dt.date, via: str = "web") -> list[Team]:
    """The teams of one day once more on another, with their people, times of day and stations; people who are busy or gone
    are left out, and a team of the same name on that day is not made twice. Raises `team.nothing_to_copy`."""
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        teams = Team.objects.filter(round=row, on_day=source, withdrawn=False).prefetch_related(
            "members__person"
        )
        there = set(
            Team.objects.filter(round=row, on_day=target, withdrawn=False).values_list("name", flat=True)
        )
        rows = list(teams.order_by("starts_at", "id"))
        if not rows:
            raise Problem("team.nothing_to_copy", day=source)
        return [_copy(d, each, (target - source).days) for each in rows if each.name not in there]


def _copy(d: Deed, team: Team, days: int) -> Team:
    made = Team(
        id=ids.new(), round=team.round, name=team.name, on_day=team.on_day + dt.timedelta(days=days),
        starts_at=rules.moved(clock.local(team.starts_at), days), ends_at=rules.moved(clock.local(team.ends_at), days),
        shift=team.shift, station_id=team.station_id, station_lon=team.station_lon, station_lat=team.station_lat,
        travel=team.travel, at_once=team.at_once,
    )  # fmt: skip
    check_team(made)
    made.save(force_insert=True)
    members = sorted(team.members.all(), key=lambda each: not each.leads)
    free: list[Person] = []
    for member in members:
        try:
            _set_members(made, [*free, member.person], None)
            free.append(member.person)
        except Problem:
            continue  # gone, or already with another team then
    _set_members(made, free, None)
    d.record("team.added", made, details={**_told(made), "people": [str(each.pk) for each in free]})
    return made


def assign_visits(
    *, by: Actor, visits: Sequence[Visit], team: Team | None, pinned: bool = True, via: str = "web"
) -> int:
    """Give places to a team by hand, behind those it has, or (None) to nobody. pinned: planning leaves them there.

    Raises `visit.closed_then` when a place is closed during the whole shift, `team.other_round`, `visit.wrong_step`.
    """
    if not visits:
        return 0
    with deed(by=by, via=via) as d:
        wanted = [visit.pk for visit in visits]
        rows = list(Visit.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
        places = Place.objects.in_bulk([row.place_id for row in rows])
        rounds = {row.round_id for row in rows if row.round_id is not None}
        first = Round.objects.filter(pk__in=rounds).first()
        if len(rounds) != 1 or first is None or (team is not None and team.round_id != first.pk):
            raise Problem("team.other_round")
        _editable(by, first)
        for row in rows:
            place = places[row.place_id]
            if row.status != "planned":
                raise Problem(
                    "visit.wrong_step",
                    place=place.name,
                    status=row.status,
                    status_word=word(words.VISIT_STATUS, row.status),
                    step="assign",
                )
            if team is not None and parse(place.opening_hours).known:
                _check_open(place, team, row.minutes)
            row.pinned = pinned and team is not None
        _give(d, rows, team, None)
    return len(rows)


def _check_open(place: Place, team: Team, minutes: int) -> None:
    """A visit must lie within the place's opening hours: some window of the shift must be long enough."""
    windows = parse(place.opening_hours).windows(clock.local(team.starts_at), clock.local(team.ends_at))
    if not any(closes - opens >= dt.timedelta(minutes=minutes) for opens, closes in windows):
        raise Problem("visit.closed_then", place=place.name, hours=place.opening_hours, team=team.name)


def _give(
    d: Deed, rows: Sequence[Visit], team: Team | None, cause: UUID | None, *, keep_order: bool = False
) -> None:
    have = (
        Visit.objects.filter(team=team).exclude(seq=None).order_by("-seq")
        if team is not None
        else Visit.objects.none()
    )
    last = have.values_list("seq", flat=True).first() or 0
    for number, row in enumerate(rows, start=1):
        row.team = team
        if not keep_order:
            row.seq = last + number if team is not None else None
        row.eta = None
        row.left_out = ""
        row.version += 1
        d.record("visit.assigned", row, details={"team": team.name if team is not None else ""}, cause=cause)
    Visit.objects.bulk_update(rows, ["team", "seq", "eta", "pinned", "left_out", "version"], batch_size=200)
