"""What inspections came to: coverage, outcomes, findings, look-backs, how long it took to put right. Pure."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

JUDGED = ("pass", "rectify", "shut")
BY = ("area", "industry", "unit", "person", "day", "shift", "round")
REPEAT = 2  # so many orders, or times not met, make a repeat offender


@dataclass(frozen=True)
class VisitLine:
    """One visit that was done. kind: round, look_back or spot; items, not_met, put_right: counts of its findings."""

    id: Any
    place: Any
    area: str
    outcome: str
    day: dt.date
    kind: str = "round"
    industry: str = ""
    shift: str = ""
    round: str = ""
    people: tuple[str, ...] = ()
    items: int = 0
    not_met: int = 0
    put_right: int = 0

    @property
    def judged(self) -> bool:
        return self.outcome in JUDGED


@dataclass(frozen=True)
class OrderLine:
    """One order that was given. look_back: rules.visits.STATUS of its look-back, "" without one."""

    id: Any
    place: Any
    kind: str
    status: str
    issued_at: dt.datetime
    due_at: dt.datetime
    complied_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    late: bool = False
    repeat: bool = False
    look_back: str = ""


@dataclass(frozen=True)
class Sum:
    """What some visits came to. Look-backs are counted apart: they go to places that were counted already.

    visits: judged ones; places: different ones among them; people: different persons who went; outcomes: by outcome, those that found
    nobody included; items, not_met, put_right: findings.
    """

    visits: int = 0
    places: int = 0
    people: int = 0
    look_backs: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    items: int = 0
    not_met: int = 0
    put_right: int = 0

    def of(self, outcome: str) -> int:
        return self.outcomes.get(outcome, 0)

    @property
    def trouble(self) -> int:
        """Visits that ended with an order."""
        return self.of("rectify") + self.of("shut")


def add_up(lines: Iterable[VisitLine]) -> Sum:
    """The sum of some visits."""
    outcomes: Counter[str] = Counter()
    places: set[Any] = set()
    people: set[str] = set()
    counts = Counter[str]()
    for line in lines:
        people.update(line.people)
        counts["items"] += line.items
        counts["not_met"] += line.not_met
        counts["put_right"] += line.put_right
        if line.kind == "look_back":
            counts["look_backs"] += 1
            continue
        outcomes[line.outcome] += 1
        if line.judged:
            counts["visits"] += 1
            places.add(line.place)
    return Sum(
        visits=counts["visits"], places=len(places), people=len(people), look_backs=counts["look_backs"],
        outcomes=dict(outcomes), items=counts["items"], not_met=counts["not_met"], put_right=counts["put_right"],
    )  # fmt: skip


def keys_of(line: VisitLine, by: str, units: Mapping[str, str], level: int = 9) -> Sequence[str]:
    """Under which rows of a table a visit is counted: one, but for people and their units, where everybody who went counts.

    level: how many digits of the area code make a row (9 street, 12 neighbourhood).
    """
    if by == "person":
        return line.people
    if by == "unit":
        return tuple(dict.fromkeys(units.get(person, "") for person in line.people))
    if by == "area":
        return (line.area[:level],)
    if by == "day":
        return (line.day.isoformat(),)
    return (str(getattr(line, by)),)


def table(
    lines: Sequence[VisitLine], by: str, units: Mapping[str, str] | None = None, level: int = 9
) -> dict[str, Sum]:
    """{row: sum}, days in order, everything else by how many were visited."""
    rows: dict[str, list[VisitLine]] = defaultdict(list)
    for line in lines:
        for key in keys_of(line, by, units or {}, level):
            rows[key].append(line)
    sums = {key: add_up(found) for key, found in rows.items()}
    if by == "day":
        return dict(sorted(sums.items()))
    return dict(sorted(sums.items(), key=lambda each: (-each[1].visits, each[0])))


def level_below(asked: str) -> int:
    """One level below the area asked for: streets of a district, neighbourhoods of a street, grids of a neighbourhood."""
    return {0: 6, 2: 6, 4: 6, 6: 9, 9: 12}.get(len(asked), 20)


# --- orders --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rectified:
    """How orders went. hours: median from order to report of compliance (None: nobody has reported); in_time: reported by the time
    set, of those reported; looked_back: look-backs done, of those that are owed (complied or past due)."""

    orders: int
    open: int
    late: int
    passed: int
    failed: int
    repeat: int
    hours: float | None
    in_time: int
    reported: int
    looked_back: int
    owed: int


def rectified(lines: Sequence[OrderLine], now: dt.datetime) -> Rectified:
    """What became of some orders; withdrawn ones are left out."""
    stand = [line for line in lines if line.status != "withdrawn"]
    reported = [line for line in stand if line.complied_at is not None]
    hours = [
        (line.complied_at - line.issued_at).total_seconds() / 3600 for line in reported if line.complied_at
    ]
    owed = [
        line
        for line in stand
        if line.complied_at is not None or line.due_at <= now or line.ended_at is not None
    ]
    return Rectified(
        orders=len(stand),
        open=sum(line.status in ("issued", "complied") for line in stand),
        late=sum(line.late or (line.status == "issued" and line.due_at < now) for line in stand),
        passed=sum(line.status == "passed" for line in stand),
        failed=sum(line.status == "failed" for line in stand),
        repeat=sum(line.repeat for line in stand),
        hours=round(median(hours), 1) if hours else None,
        in_time=sum(line.complied_at <= line.due_at for line in reported if line.complied_at),
        reported=len(reported),
        looked_back=sum(line.look_back == "done" for line in owed),
        owed=len(owed),
    )


def offenders(lines: Iterable[OrderLine], least: int = REPEAT) -> list[tuple[Any, int]]:
    """Places with several orders, the worst first: (place, orders)."""
    counted = Counter(line.place for line in lines if line.status != "withdrawn")
    return sorted(
        ((place, count) for place, count in counted.items() if count >= least),
        key=lambda each: (-each[1], str(each[0])),
    )


# --- periods -------------------------------------------------------------------------------------------------------


def before(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The period of the same length just before."""
    length = last - first + dt.timedelta(days=1)
    return first - length, first - dt.timedelta(days=1)


def change(now: int, then: int) -> str:
    """+3, −2, or "" when nothing moved."""
    return "" if now == then else f"{'+' if now > then else '−'}{abs(now - then)}"


def share(part: int, whole: int) -> float | None:
    """Percent with one digit; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None
