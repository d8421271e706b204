"""Routes of a round as data: what there is to go to, who goes, what came out, and why the rest was left out. Pure.

All times are seconds from the problem's own zero, so that a plan over several days and nights is one line. The solver
(guatu.inspections.solver) proposes; `timetable` here works every route out anew, and nothing that it finds fault with
ever becomes a plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from guatu.places.rules.crs import metres

# metres per second, and how much longer a way is than the straight line: people cut through lanes, cars cannot
SPEEDS = {"foot": 1.25, "bike": 3.5, "car": 6.5}
DETOUR = {"foot": 1.25, "bike": 1.3, "car": 1.4}
HARDEST = 9  # the highest priority; each step up is worth five of the step below

REASONS = ("no_point", "closed", "too_far", "team_gone", "too_many", "full")
"""Why a place is not in a plan: nobody knows where it is; its hours meet no shift; nobody can be there and back within a
shift; the team it was given to by hand cannot; every team that could has its number of places; what is more important
fills the shifts."""

Window = tuple[int, int]
Travel = Callable[[str, str, str], int]
"""(from, to, mode) → seconds; the ends are ids of stops, or of a team's start and end (`>id`, `<id`)."""


@dataclass(frozen=True)
class Stop:
    """A place to go to. windows: when somebody may be there from the first to the last second, in order; none: never.

    crew: given to one by hand. seconds: how long it takes there. load: what it counts for where a team's number is limited
    (a market with eighty stalls is no kiosk).
    """

    id: str
    lon: float | None
    lat: float | None
    seconds: int
    windows: tuple[Window, ...]
    priority: int = 1
    crew: str = ""
    load: int = 1


@dataclass(frozen=True)
class Crew:
    """A team in one shift: from when until when, from where and back to where (None: wherever the last place is)."""

    id: str
    start: int
    end: int
    lon: float
    lat: float
    mode: str = "foot"
    most: int = 0  # load at most, which is places unless some count more; 0: as many as fit
    home: tuple[float, float] | None = None  # where it must end; None: at its start
    fixed: int = 0  # seconds of travel that sending this team at all is held to cost


@dataclass(frozen=True)
class Problem:
    """Everything a plan is made of. matrix: seconds by (from, to, mode), where a straight line will not do."""

    stops: tuple[Stop, ...]
    crews: tuple[Crew, ...]
    matrix: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Leg:
    """One place in a route: there at `arrive`, begins at `start` after waiting, gone at `leave`. travel: seconds before."""

    stop: str
    travel: int
    arrive: int
    start: int
    leave: int

    @property
    def wait(self) -> int:
        return self.start - self.arrive


@dataclass(frozen=True)
class Route:
    """What one team does, in order, and when it is back."""

    crew: str
    legs: tuple[Leg, ...]
    back: int
    travel: int


@dataclass(frozen=True)
class LeftOut:
    """A place that is in no route. extra: seconds it would cost at the cheapest spot, when `full`; -1 where none is."""

    stop: str
    reason: str
    extra: int = -1


@dataclass(frozen=True)
class Plan:
    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def planned(self) -> int:
        return sum(len(route.legs) for route in self.routes)

    @property
    def travel(self) -> int:
        return sum(route.travel for route in self.routes)


def seconds_between(lon1: float, lat1: float, lon2: float, lat2: float, mode: str) -> int:
    """Travel time by the straight line, the detour factor and the speed of the mode; rounded up."""
    return int(-(-metres((lon1, lat1), (lon2, lat2)) * DETOUR[mode] // SPEEDS[mode]))


def travel_of(problem: Problem) -> Travel:
    """The travel time between any two ends of the problem: the matrix where it speaks, else the straight line."""
    points: dict[str, tuple[float, float]] = {
        stop.id: (stop.lon, stop.lat)
        for stop in problem.stops
        if stop.lon is not None and stop.lat is not None
    }
    for crew in problem.crews:
        points[f">{crew.id}"] = (crew.lon, crew.lat)
        points[f"<{crew.id}"] = crew.home or (crew.lon, crew.lat)

    known = dict(problem.matrix)

    def travel(here: str, there: str, mode: str) -> int:
        asked = (here, there, mode)
        taken = known.get(asked)
        if taken is None:
            taken = known[asked] = seconds_between(*points[here], *points[there], mode)
        return taken

    return travel


def first_start(stop: Stop, arrive: int) -> int | None:
    """When the visit can begin if one is there at `arrive`; None when no window is left that holds the whole stay."""
    for opens, closes in stop.windows:
        start = max(arrive, opens)
        if start + stop.seconds <= closes:
            return start
    return None


def timetable(crew: Crew, stops: Sequence[Stop], travel: Travel) -> Route | str:
    """The route worked out second by second, as early as possible; or the id of the first stop that cannot be kept.

    The team's number of places and what was given to another team count as faults of the stop that breaks them; a route
    that ends after the shift is the fault of its last stop.
    """
    now, here, legs, on_the_way, load = crew.start, f">{crew.id}", [], 0, 0
    for stop in stops:
        load += stop.load
        if (crew.most and load > crew.most) or (stop.crew and stop.crew != crew.id) or stop.lon is None:
            return stop.id
        way = travel(here, stop.id, crew.mode)
        start = first_start(stop, now + way)
        if start is None:
            return stop.id
        legs.append(Leg(stop.id, way, now + way, start, start + stop.seconds))
        now, here, on_the_way = start + stop.seconds, stop.id, on_the_way + way
    way = travel(here, f"<{crew.id}", crew.mode) if legs else 0
    if legs and now + way > crew.end:
        return legs[-1].stop
    return Route(crew.id, tuple(legs), now + way, on_the_way + way)


def faults_of(problem: Problem, plan: Plan) -> list[str]:
    """What is wrong with a plan, by sentence; an empty list means it can be walked. Every stop once, every window kept."""
    stops = {stop.id: stop for stop in problem.stops}
    crews = {crew.id: crew for crew in problem.crews}
    travel = travel_of(problem)
    found: list[str] = []
    named = [leg.stop for route in plan.routes for leg in route.legs] + [each.stop for each in plan.left_out]
    found += [
        f"{name} stands {named.count(name)} times" for name in sorted(set(named)) if named.count(name) > 1
    ]
    found += [f"{name} is nowhere" for name in stops if name not in set(named)]
    for route in plan.routes:
        again = timetable(crews[route.crew], [stops[leg.stop] for leg in route.legs], travel)
        if isinstance(again, str):
            found.append(f"{again} cannot be kept by {route.crew}")
        elif again != route:
            found.append(f"{route.crew} has other times than it should")
    return found


def build(problem: Problem, order: Mapping[str, Sequence[str]]) -> Plan:
    """A plan out of proposed orders (team → stops): what cannot be kept is taken out, the rest worked out and explained.

    What was taken out or never proposed is tried once more at the cheapest spot, the most important first.
    """
    stops = {stop.id: stop for stop in problem.stops}
    travel = travel_of(problem)
    routes: dict[str, Route] = {}
    for crew in problem.crews:
        kept = [stops[each] for each in order.get(crew.id, ())]
        while isinstance(tried := timetable(crew, kept, travel), str):
            kept = [stop for stop in kept if stop.id != tried]
        routes[crew.id] = tried
    inside = {leg.stop for route in routes.values() for leg in route.legs}
    left_out: list[LeftOut] = []
    for stop in sorted((s for s in problem.stops if s.id not in inside), key=lambda s: (-s.priority, s.id)):
        reason = why_never(problem, stop, travel)
        spot = None if reason else cheapest(problem, routes, stop, travel)
        if reason or spot is None or spot[1] is None:
            left_out.append(
                LeftOut(stop.id, reason or _why_not_now(problem, routes, stop), spot[2] if spot else -1)
            )
        else:
            routes[spot[0]] = spot[1]
    return Plan(tuple(routes[crew.id] for crew in problem.crews), tuple(left_out))


def why_never(problem: Problem, stop: Stop, travel: Travel) -> str:
    """Why a stop would be in no plan even if it were the only one: a word of REASONS; "" when it could be."""
    if stop.lon is None or stop.lat is None:
        return "no_point"
    crews = [crew for crew in problem.crews if not stop.crew or crew.id == stop.crew]
    if any(isinstance(timetable(crew, [stop], travel), Route) for crew in crews):
        return ""
    if stop.crew:
        return "team_gone"
    meets = any(
        min(closes, crew.end) - max(opens, crew.start) >= stop.seconds
        for crew in crews
        for opens, closes in stop.windows
    )
    return "too_far" if meets else "closed"


def _why_not_now(problem: Problem, routes: Mapping[str, Route], stop: Stop) -> str:
    could = [crew for crew in problem.crews if not stop.crew or crew.id == stop.crew]
    loads = {each.id: each.load for each in problem.stops}
    filled = [
        crew
        for crew in could
        if crew.most and sum(loads[leg.stop] for leg in routes[crew.id].legs) + stop.load > crew.most
    ]
    return "too_many" if could and len(filled) == len(could) else "full"


Spot = tuple[str, Route | None, int]
_TRIES = 24


def cheapest(problem: Problem, routes: Mapping[str, Route], stop: Stop, travel: Travel) -> Spot | None:
    """(team, its new route or None when it breaks, extra seconds on the way) at the spot where a stop costs least.

    The `_TRIES` spots with the smallest detour are worked out in full; further ones would be a worse way to fit it in.
    """
    stops = {each.id: each for each in problem.stops}
    rows = {
        crew.id: [stops[leg.stop] for leg in routes[crew.id].legs]
        for crew in problem.crews
        if not stop.crew or stop.crew == crew.id
    }
    crews = {crew.id: crew for crew in problem.crews}
    spots = sorted(
        (_detour(crews[crew], row, place, stop, travel), crew, place)
        for crew, row in rows.items()
        for place in range(len(row) + 1)
    )
    for extra, crew, place in spots[:_TRIES]:
        row = rows[crew]
        tried = timetable(crews[crew], [*row[:place], stop, *row[place:]], travel)
        if isinstance(tried, Route):
            return (crew, tried, extra)
    return (spots[0][1], None, spots[0][0]) if spots else None


def _detour(crew: Crew, row: Sequence[Stop], place: int, stop: Stop, travel: Travel) -> int:
    before = row[place - 1].id if place else f">{crew.id}"
    after = row[place].id if place < len(row) else f"<{crew.id}"
    added = travel(before, stop.id, crew.mode) + travel(stop.id, after, crew.mode)
    return added - (travel(before, after, crew.mode) if row else 0)
