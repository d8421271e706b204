"""The double random draw of a round (双随机): the pool fixed and promised, then drawn by a value nobody could know before."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.inspections import words
from guatu.inspections.acts.rounds import plan_visits, read_criteria
from guatu.inspections.acts.shared import locked_round, may_edit_round, settings_for, uuids
from guatu.inspections.acts.teams import add_team, withdraw_team
from guatu.inspections.models import Round, Team, Visit
from guatu.inspections.reads.choosing import candidates
from guatu.inspections.reads.pools import pools
from guatu.inspections.rules import choosing, drawing
from guatu.inspections.rules import rounds as rules
from guatu.inspections.rules.choosing import Criteria
from guatu.inspections.rules.drawing import DrawRules
from guatu.inspections.words import word
from guatu.kernel import clock
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_office, seal_office
from guatu.places.models import Place
from guatu.units.models import Person

_PURPOSE = "draw"
_AT_ONCE = 400


def _editable(by: Actor, round_: Round) -> Round:
    row = locked_round(round_)
    may_edit_round(by, row)
    if row.status not in rules.EDITABLE:
        raise Problem("round.over", number=row.number)
    if row.draw.get("picked"):
        raise Problem("round.drawn_already", number=row.number)
    return row


def fix_draw(
    *,
    by: Actor,
    round: Round,
    criteria: Criteria | Mapping[str, Any],
    draw: DrawRules,
    people: Sequence[Person] = (),
    stratum: str = "",
    weighted: bool = False,
    same_unit: bool = True,
    via: str = "web",
) -> Round:
    """First step: who and what is in the drum, how many are drawn, and a promise (hash) that can be published. Until the
    draw it can be fixed anew. stratum: by which field shares are given; weighted: a high risk counts three times;
    same_unit: nobody inspects what somebody of their own unit answers for.

    Raises `round.bad_draw`, `round.nothing_asked`, `round.drawn_already`, `round.over`, `access.denied`.
    """
    wanted = read_criteria(criteria)
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        found = candidates(by.scope, row, wanted, settings_for(row.campaign).minutes)
        places: list[Place] = []
        for start in range(0, len(found.new), _AT_ONCE):
            places += Place.objects.filter(pk__in=found.new[start : start + _AT_ONCE])
        drum, inspectors = pools(
            places, list(people), row.starts_on, by=stratum, weighted=weighted, same_unit=same_unit
        )
        secret = secrets.token_hex(32)
        try:
            fixed = drawing.committed(places=drum, inspectors=inspectors, rules=draw, secret=secret)
        except drawing.BadDraw as bad:
            raise Problem("round.bad_draw", why=word(words.DRAW_FAULTS, str(bad)), count=len(drum)) from None
        before = row.draw.get("before", [])
        row.draw = {
            **fixed, "sealed": seal_office(_PURPOSE, secret), "fixed_at": clock.now().isoformat(), "stratum": stratum,
            "before": before,
        }  # fmt: skip
        row.criteria = choosing.as_data(choosing.joined(choosing.from_data(row.criteria), wanted))
        row.version += 1
        row.save(update_fields=["draw", "criteria", "version"])
        said = {name: fixed[name] for name in ("pool_hash", "commitment")}
        d.record("round.draw_fixed", row, details={"number": row.number, "count": len(drum), **said})
    return row


def draw_round(
    *, by: Actor, round: Round, public: str, source: str = "", shift: str = "day", day: dt.date | None = None,
    via: str = "web",
) -> Round:  # fmt: skip
    """Second step: everything follows from the promise and the public value: places, crews, and which crew goes where.
    The crews become teams of one day and shift. Anybody can replay the record.

    Raises `round.draw_not_fixed`, `round.bad_draw`, `round.drawn_already`, `team.person_busy`, `access.denied`.
    """
    with deed(by=by, via=via) as d:
        row = _editable(by, round)
        if not row.draw.get("sealed"):
            raise Problem("round.draw_not_fixed", number=row.number)
        fixed = {name: value for name, value in row.draw.items() if name not in ("sealed", "before")}
        secret = open_office(_PURPOSE, row.draw["sealed"])
        try:
            record = drawing.drawn(
                fixed,
                secret=secret,
                public=public,
                source=source,
                number=row.number,
                drawn_at=clock.now().isoformat(),
            )
        except drawing.BadDraw as bad:
            raise Problem(
                "round.bad_draw", why=word(words.DRAW_FAULTS, str(bad)), count=len(fixed["places"])
            ) from None
        teams = _teams(by, row, record, shift, day or row.starts_on, via)
        row.draw = {**record, "before": row.draw.get("before", []), "teams": [str(team.id) for team in teams]}
        row.version += 1
        row.save(update_fields=["draw", "version"])
        told = {name: record[name] for name in ("pool_hash", "commitment", "public", "source", "seed")}
        told |= {"number": row.number, "count": len(record["picked"]), "teams": row.draw["teams"]}
        act_id = d.record("round.drawn", row, details=told)
        _visits(d, row, record, teams, act_id)
    return row


def _teams(
    by: Actor, row: Round, record: Mapping[str, Any], shift: str, day: dt.date, via: str
) -> list[Team]:
    made = []
    for crew in record["crews"]:
        members = Person.objects.in_bulk(uuids(crew["members"]))
        people = [members[key] for key in uuids(crew["members"]) if key in members]
        name = f"第{crew['number']}组"
        made.append(add_team(by=by, round=row, name=name, on_day=day, people=people, shift=shift, via=via))
    return made


def _visits(d: Any, row: Round, record: Mapping[str, Any], teams: Sequence[Team], cause: UUID) -> None:
    minutes = settings_for(row.campaign).minutes
    by_crew: dict[int, list[UUID]] = {}
    for pick in record["picked"]:
        by_crew.setdefault(pick["crew"], []).append(UUID(pick["place"]))
    for crew, place_ids in sorted(by_crew.items()):
        team = teams[crew - 1] if crew else None
        plan_visits(d, row, place_ids, minutes=minutes, team=team, cause=cause)


def undo_draw(*, by: Actor, round: Round, reason: str, via: str = "web") -> int:
    """Take a draw back: its places and teams go, as far as nobody has begun; the record stays, beside the next one.

    Raises `round.reason_needed`, `round.draw_not_fixed`, `round.underway`, `access.denied`.
    """
    if not reason.strip():
        raise Problem("round.reason_needed", number=round.number)
    with deed(by=by, via=via) as d:
        row = locked_round(round)
        may_edit_round(by, row)
        if not row.draw.get("picked"):
            raise Problem("round.draw_not_fixed", number=row.number)
        wanted = [UUID(pick["place"]) for pick in row.draw["picked"]]
        visits: list[Visit] = []
        for start in range(0, len(wanted), _AT_ONCE):
            rows = Visit.objects.select_for_update(no_key=True).filter(
                place__in=wanted[start : start + _AT_ONCE]
            )
            visits += rows.filter(round=row, kind="round").exclude(status="removed").order_by("pk")
        busy = next((visit for visit in visits if visit.status != "planned"), None)
        if busy is not None:
            raise Problem("round.underway", number=row.number, place=str(busy.place))
        record = {name: value for name, value in row.draw.items() if name not in ("before", "teams")}
        teams = Team.objects.filter(pk__in=uuids(row.draw.get("teams", ())), withdrawn=False).select_related(
            "round"
        )
        for team in teams:
            withdraw_team(by=by, team=team, via=via)
        row.draw = {"before": [*row.draw.get("before", []), {**record, "undone": reason.strip()[:300]}]}
        row.version += 1
        row.save(update_fields=["draw", "version"])
        act_id = d.record(
            "round.draw_undone", row, details={"number": row.number, "reason": reason.strip()[:300]}
        )
        for visit in visits:
            visit.status, visit.team, visit.seq, visit.version = "removed", None, None, visit.version + 1
            d.record("visit.removed", visit, cause=act_id)
        Visit.objects.bulk_update(visits, ["status", "team", "seq", "version"], batch_size=200)
    return len(visits)
