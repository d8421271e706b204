"""Planning the routes of a round: worked out beside the store, written in one act; changed by hand and kept so."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from guatu.inspections.acts.shared import locked_round, may_edit_round
from guatu.inspections.models import Round, Team, Visit
from guatu.inspections.reads.planning import Asked, problem_of
from guatu.inspections.rules import planning as rules
from guatu.inspections.rules import rounds as round_rules
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, Actor, check_version, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem
from guatu.units.models import Person

SECONDS = (1, 120)  # of search that may be asked for
_STALE = dt.timedelta(minutes=10)  # a plan that was asked for longer ago was lost with its worker
_WRITTEN = ("team", "seq", "eta", "left_out", "version")


def plan_round(*, by: Actor, round: Round, seconds: float = 10, via: str = "web") -> Round:
    """Plan what is left of a round, searching for so many seconds. What was set by hand stays where it is.

    The search holds nothing in the store; a visit that was begun meanwhile keeps what it has. Every place that is in no
    route is told why (rules.planning.REASONS). Raises `plan.no_teams`, `plan.nothing_left`, `round.over`, `access.denied`.
    """
    from guatu.inspections.solver import solve  # heavy, and only those who plan need it

    asked = _asked(by, round)
    return _write(
        by, round, asked, solve(asked.problem, min(max(seconds, SECONDS[0]), SECONDS[1])), seconds, via
    )


def ask_for_plan(*, by: Actor, round: Round, seconds: int = 10, via: str = "web") -> Round:
    """Have a round planned in the background; its page tells when it is done. Raises as `plan_round`, and `plan.underway`."""
    _asked(by, round)
    with deed(by=by, via=via) as d:
        row = locked_round(round)
        if underway(row):
            raise Problem("plan.underway", round=row.name)
        row.plan = {
            **row.plan,
            "asked_at": clock.now().isoformat(),
            "asked_by": str(by.id or ""),
            "problem": "",
        }
        row.version += 1
        row.save(update_fields=["plan", "version"])
        d.record("round.plan_asked", row, details={"seconds": seconds})
        plan_in_background.enqueue(round_id=str(row.id), by_id=str(by.id or ""), seconds=seconds)
    return row


def underway(row: Round) -> bool:
    """Whether a plan was asked for and is not there yet."""
    asked_at = row.plan.get("asked_at")
    return bool(asked_at) and clock.now() - dt.datetime.fromisoformat(asked_at) < _STALE


@job
def plan_in_background(round_id: str, by_id: str, seconds: int) -> str:
    """The job of `ask_for_plan`: the plan is written as the asker's own act; a refusal is kept with the round."""
    row = Round.objects.get(pk=round_id)
    by: Actor = Person.objects.get(pk=by_id) if by_id else SYSTEM
    try:
        plan_round(by=by, round=row, seconds=seconds, via="job")
        return "planned"
    except Problem as problem:
        with deed(by=by, via="job") as d:
            row = locked_round(row)
            row.plan = {**row.plan, "asked_at": "", "problem": problem.code}
            row.version += 1
            row.save(update_fields=["plan", "version"])
            d.record("round.plan_failed", row, details={"problem": problem.code})
        return problem.code


def _asked(by: Actor, round_: Round) -> Asked:
    row = Round.objects.get(pk=round_.pk)
    may_edit_round(by, row)
    if row.status not in round_rules.EDITABLE:
        raise Problem("round.over", number=row.number)
    asked = problem_of(row)
    if asked is None:
        raise Problem("plan.no_teams", round=row.name)
    if not asked.visits:
        raise Problem("plan.nothing_left", round=row.name)
    return asked


def _write(by: Actor, round_: Round, asked: Asked, plan: rules.Plan, seconds: float, via: str) -> Round:
    with deed(by=by, via=via) as d:
        row = locked_round(round_)
        held = Visit.objects.select_for_update(no_key=True).filter(
            pk__in=[visit.pk for visit in asked.visits.values()]
        )
        # begun, taken out or given away by hand while the search ran: left as it is
        free = {
            str(visit.pk): visit
            for visit in held.order_by("pk")
            if visit.status == "planned" and visit.version == asked.visits[str(visit.pk)].version
        }
        changed = _place(asked, plan, free)
        Visit.objects.bulk_update(changed, _WRITTEN, batch_size=200)
        why = Counter(each.reason for each in plan.left_out if each.stop in free)
        row.plan = {
            **{key: row.plan[key] for key in ("frozen",) if key in row.plan},
            "planned_at": clock.now().isoformat(), "seconds": seconds, "planned": plan.planned, "travel": plan.travel,
            "left_out": dict(why), "extra": {each.stop: each.extra for each in plan.left_out if each.extra >= 0},
        }  # fmt: skip
        row.version += 1
        row.save(update_fields=["plan", "version"])
        d.record(
            "round.planned", row,
            details={"planned": plan.planned, "left_out": sum(why.values()), "minutes": plan.travel // 60},
        )  # fmt: skip
    return row


def _place(asked: Asked, plan: rules.Plan, free: dict[str, Visit]) -> list[Visit]:
    """Set team, turn and time of every free visit as the plan has it."""
    first = {
        team_id: Visit.objects.filter(team=team).exclude(pk__in=[v.pk for v in free.values()]).count()
        for team_id, team in asked.teams.items()
    }
    for route in plan.routes:
        for number, leg in enumerate(route.legs, start=first[route.crew] + 1):
            if leg.stop in free:
                visit = free[leg.stop]
                visit.team, visit.seq, visit.eta, visit.left_out = (
                    asked.teams[route.crew],
                    number,
                    asked.moment(leg.start),
                    "",
                )
    for each in plan.left_out:
        if each.stop in free:
            visit = free[each.stop]
            visit.seq, visit.eta, visit.left_out = None, None, each.reason
            visit.team = visit.team if visit.pinned else None
    for visit in free.values():
        visit.version += 1
    return list(free.values())


def order_by_hand(
    *, by: Actor, team: Team, visits: Sequence[UUID], version: int | None = None, via: str = "web"
) -> rules.Route | None:
    """Set the order of a team's open visits by hand; planning leaves the team alone from then on (`release_team`).

    visits: ids of all its planned visits, in the wished order. Times are worked out; where a place cannot be kept in that
    order its time stays empty, and it is told (`not_kept`). Raises `plan.other_visits`, `round.over`, `access.denied`.
    """
    with deed(by=by, via=via) as d:
        row = locked_round(team.round)
        may_edit_round(by, row)
        check_version(team, version)
        if row.status not in round_rules.EDITABLE:
            raise Problem("round.over", number=row.number)
        held = {
            visit.pk: visit
            for visit in Visit.objects.select_for_update(no_key=True)
            .filter(team=team, status="planned")
            .order_by("pk")
        }
        if sorted(held) != sorted(visits):
            raise Problem("plan.other_visits", team=team.name)
        route = _timed(row, team, [held[each] for each in visits])
        row.plan = {**row.plan, "frozen": sorted({*row.plan.get("frozen", ()), str(team.id)})}
        row.version += 1
        row.save(update_fields=["plan", "version"])
        d.record("round.ordered_by_hand", row, details={"team": team.name, "count": len(visits)})
    return route


def _timed(row: Round, team: Team, visits: Sequence[Visit]) -> rules.Route | None:
    """Write turns and, where the order can be kept, times; the route, or None when it cannot."""
    begun = Visit.objects.filter(team=team).exclude(pk__in=[visit.pk for visit in visits]).count()
    thawed = Round(
        pk=row.pk, plan={**row.plan, "frozen": [t for t in row.plan.get("frozen", ()) if t != str(team.id)]}
    )
    asked = problem_of(thawed)
    crew = next((each for each in asked.problem.crews if each.id == str(team.id)), None) if asked else None
    route: Any = ""
    if asked is not None and crew is not None:
        stops = {stop.id: stop for stop in asked.problem.stops}
        route = rules.timetable(
            crew, [stops[str(visit.pk)] for visit in visits], rules.travel_of(asked.problem)
        )
    legs = {leg.stop: leg for leg in route.legs} if isinstance(route, rules.Route) else {}
    for number, visit in enumerate(visits, start=begun + 1):
        visit.seq = number
        visit.eta = (
            asked.moment(legs[str(visit.pk)].start) if asked is not None and str(visit.pk) in legs else None
        )
        visit.left_out = ""
        visit.version += 1
    Visit.objects.bulk_update(visits, _WRITTEN, batch_size=200)
    return route if isinstance(route, rules.Route) else None


def release_team(*, by: Actor, team: Team, via: str = "web") -> Round:
    """Let planning order a team's visits again (the undo of `order_by_hand`)."""
    with deed(by=by, via=via) as d:
        row = locked_round(team.round)
        may_edit_round(by, row)
        frozen = [each for each in row.plan.get("frozen", ()) if each != str(team.id)]
        if len(frozen) != len(row.plan.get("frozen", ())):
            row.plan = {**row.plan, "frozen": frozen}
            row.version += 1
            row.save(update_fields=["plan", "version"])
            d.record("round.order_released", row, details={"team": team.name})
    return row
