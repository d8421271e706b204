"""The solver behind the routes: PyVRP asked the way our problem needs it. Loaded only by the job that plans.

PyVRP (N. Wouda, L. Lan, W. Kool, "PyVRP: a high-performance VRP solver package", INFORMS J. on Computing 36(4), 2024)
takes one window a client (its groups of alternatives cost a third of the important places when tried): a place that
closes at noon is first asked for from its first opening to its last closing, then within the window it fell into. A place given to a
team by hand needs a unit of a load only that team can carry. Priorities are prizes: a place of one step is worth five of
the step below (wider steps would drown the travel times in the arithmetic of the search).
"""

import multiprocessing
import os
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.stop import FirstFeasible, MaxRuntime, MultipleCriteria, NoImprovement

from guatu.inspections.rules.planning import (
    DETOUR,
    SPEEDS,
    Crew,
    Plan,
    Problem,
    Stop,
    Window,
    build,
    travel_of,
    why_never,
)
from guatu.places.rules.crs import EARTH

_PLENTY = 1_000_000
_RESTART = 10_000  # rounds without anything better after which the search begins from its best again
_WORTH_A_PROCESS = 4  # seconds of search below which starting a second process costs more than it finds
_FAR = 10**9  # more than any way
_SHARES = (0.4, 0.3, 0.3)  # of the time, for each turn of choosing windows
_PATIENCE = (
    12_000  # rounds of the search without anything better: small rounds are done long before their time
)


def solve(problem: Problem, seconds: float, *, seed: int = 1, workers: int = 0) -> Plan:
    """The best plan found within so many seconds. Never one that cannot be walked: `build` works every route out anew.

    workers: processes searching beside each other with other seeds; 0: one for each core, two at most, and one when
    there is hardly time to start them.
    """
    if not workers:
        workers = min(2, os.cpu_count() or 1) if seconds >= _WORTH_A_PROCESS else 1
    if workers == 1:
        return _alone(problem, seconds, seed)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(
            pool.map(
                _alone, [problem] * workers, [seconds] * workers, [seed + 101 * n for n in range(workers)]
            )
        )
    return max(found, key=lambda plan: value_of(problem, plan))


def _alone(problem: Problem, seconds: float, seed: int) -> Plan:
    begun = time.monotonic()
    travel = travel_of(problem)
    able = [stop for stop in problem.stops if not why_never(problem, stop, travel)]
    if not able or not problem.crews:
        return build(problem, {})
    asked = _Asked(problem, able)
    windows = {stop.id: (stop.windows[0][0], stop.windows[-1][1]) for stop in able}
    whole = asked.all_of_them(windows, seconds, seed)
    if whole is not None:
        plan = build(problem, whole)
        if len(plan.left_out) == len(problem.stops) - len(able):
            return plan
    best: Plan | None = None
    left = max(seconds - (time.monotonic() - begun), seconds * 0.3)
    shares = _SHARES if any(len(stop.windows) > 1 for stop in able) else (1.0,)
    for turn, share in enumerate(shares):
        order, starts = asked.search(windows, left * share, seed + turn)
        plan = build(problem, order)
        if best is None or value_of(problem, plan) > value_of(problem, best):
            best = plan
        windows = {stop.id: _one_window(stop, starts.get(stop.id), turn) for stop in able}
    assert best is not None
    return best


def value_of(problem: Problem, plan: Plan) -> int:
    """What a plan is worth: the prizes of the places in it, less the seconds on the way and the price of the teams sent."""
    steps = {rank: step for step, rank in enumerate(sorted({_rank(stop) for stop in problem.stops}))}
    worth = {stop.id: 5 ** steps[_rank(stop)] for stop in problem.stops}
    inside = sum(worth[leg.stop] for route in plan.routes for leg in route.legs)
    sent = {route.crew for route in plan.routes if route.legs}
    price = plan.travel + sum(crew.fixed for crew in problem.crews if crew.id in sent)
    return inside * _FAR - price


def _one_window(stop: Stop, start: int | None, turn: int) -> Window:
    """The window a place is tried in next: the one it fell into, or the nearest; one after the other when it fell out."""
    if start is None:
        return stop.windows[turn % len(stop.windows)]
    return min(stop.windows, key=lambda window: max(window[0] - start, start + stop.seconds - window[1], 0))


class _Asked:
    """A problem as PyVRP takes it: matrices once, clients anew for every choice of windows."""

    def __init__(self, problem: Problem, stops: Sequence[Stop]) -> None:
        self.problem, self.stops, self.crews = problem, stops, problem.crews
        modes = sorted({crew.mode for crew in self.crews})
        self.matrices = [_matrix(problem, stops, mode) for mode in modes]
        self.bound = _bound(self.crews, stops)
        longest = max(int(matrix.max()) for matrix in self.matrices)
        self.worth = _worth(stops, 2 * longest + max(crew.fixed for crew in self.crews) + 600)
        self.ranks = {stop.id: _rank(stop) for stop in stops}
        self.alike = _alike(self.crews, self.bound)
        self.vehicles = [
            _vehicle(self.crews, numbers, modes.index(self.crews[numbers[0]].mode), self.bound)
            for numbers in self.alike
        ]
        self.depots = [pyvrp.Depot(location=number) for number in range(2 * len(self.crews))]
        self.locations = [pyvrp.Location(0, 0) for _ in range(2 * len(self.crews) + len(stops))]

    def all_of_them(
        self, windows: Mapping[str, Window], seconds: float, seed: int
    ) -> dict[str, list[str]] | None:
        """The orders when every place fits; None when they do not, or when that was not found in a fifth of the time.

        Asked first, because the search is much stronger when it need not weigh whether to go somewhere at all.
        """
        clients = [
            self._client(number, stop, windows[stop.id], required=True)
            for number, stop in enumerate(self.stops)
        ]
        first = self._run(clients, FirstFeasible(), seconds / 5, seed, None)
        if not first.is_feasible():
            return None
        rest = NoImprovement(_PATIENCE)
        return self._read(self._run(clients, rest, seconds * 4 / 5, seed, first).best)[0]

    def search(
        self, windows: Mapping[str, Window], seconds: float, seed: int
    ) -> tuple[dict[str, list[str]], dict[str, int]]:
        """(team → stops in order, stop → second it begins) with one window for each stop."""
        clients = [self._client(number, stop, windows[stop.id]) for number, stop in enumerate(self.stops)]
        return self._read(self._run(clients, NoImprovement(_PATIENCE), seconds, seed, None).best)

    def _run(self, clients: list[Any], until: Any, seconds: float, seed: int, begin: Any) -> Any:
        data = pyvrp.ProblemData(
            self.locations, clients, self.depots, self.vehicles, self.matrices, self.matrices
        )
        # a broken window must weigh more than the dearest place left out, or the search stays among plans nobody can walk
        most = max(10_000_000.0, 10.0 * max(self.worth.values()))
        params = pyvrp.SolveParams(
            ils=pyvrp.IteratedLocalSearchParams(num_iters_no_improvement=_RESTART),
            penalty=pyvrp.PenaltyParams(max_penalty=most),
        )
        stop = MultipleCriteria([MaxRuntime(max(seconds, 0.1)), until])
        initial = begin.best if begin is not None else None
        with (
            warnings.catch_warnings()
        ):  # that a plan for everybody is hard to find is what is being found out
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            return pyvrp.solve(
                data, stop=stop, seed=seed, collect_stats=False, params=params, initial_solution=initial
            )

    def _read(self, solution: Any) -> tuple[dict[str, list[str]], dict[str, int]]:
        order: dict[str, list[str]] = {}
        starts: dict[str, int] = {}
        free = [list(numbers) for numbers in self.alike]
        for route in solution.routes():
            steps = [step for step in route.schedule() if step.is_client()]
            crew = self.crews[free[route.vehicle_type()].pop(0)]
            order[crew.id] = [self.stops[step.idx].id for step in steps]
            starts |= {self.stops[step.idx].id: step.start_time for step in steps}
        return order, starts

    def _client(self, number: int, stop: Stop, window: Window, *, required: bool = False) -> Any:
        return pyvrp.Client(
            location=2 * len(self.crews) + number, delivery=_load(self.bound, stop), service_duration=stop.seconds,
            tw_early=max(window[0], 0), tw_late=max(window[1] - stop.seconds, 0), required=required,
            prize=self.worth[self.ranks[stop.id]],
        )  # fmt: skip


def _rank(stop: Stop) -> tuple[bool, int]:
    """What comes first: given to a team by hand, then the priority."""
    return bool(stop.crew), stop.priority


def _worth(stops: Sequence[Stop], least: int) -> dict[tuple[bool, int], int]:
    """The prize of each rank that occurs: the least is worth any detour and team, each step five of the one below."""
    return {rank: least * 5**step for step, rank in enumerate(sorted({_rank(stop) for stop in stops}))}


def _bound(crews: Sequence[Crew], stops: Sequence[Stop]) -> list[str]:
    """The teams that were given places by hand, in order: only these need a load of their own."""
    named = {stop.crew for stop in stops}
    return [crew.id for crew in crews if crew.id in named]


def _load(bound: Sequence[str], stop: Stop) -> list[int]:
    """What it counts for, and one unit of what only the team named by hand carries."""
    return [stop.load, *(int(stop.crew == crew) for crew in bound)]


def _alike(crews: Sequence[Crew], bound: Sequence[str]) -> list[list[int]]:
    """Teams that differ in name only, together: the search need not tell them apart. Those with places of their own alone."""
    groups: dict[object, list[int]] = {}
    for number, crew in enumerate(crews):
        key = crew.id if crew.id in bound else replace(crew, id="")
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def _vehicle(crews: Sequence[Crew], numbers: Sequence[int], profile: int, bound: Sequence[str]) -> Any:
    first = numbers[0]
    crew = crews[first]
    own = [_PLENTY if other == crew.id else 0 for other in bound]
    return pyvrp.VehicleType(
        num_available=len(numbers), capacity=[crew.most or _PLENTY, *own], start_depot=2 * first, end_depot=2 * first + 1,
        tw_early=crew.start, tw_late=crew.end, unit_distance_cost=1, fixed_cost=crew.fixed, profile=profile, name=crew.id,
    )  # fmt: skip


def _matrix(problem: Problem, stops: Sequence[Stop], mode: str) -> Any:
    """Seconds between all ends, in the order of the locations; the same figures as `rules.planning.seconds_between`."""
    ends, points = [], []
    for crew in problem.crews:
        ends += [f">{crew.id}", f"<{crew.id}"]
        points += [(crew.lon, crew.lat), crew.home or (crew.lon, crew.lat)]
    ends += [stop.id for stop in stops]
    points += [(float(stop.lon or 0), float(stop.lat or 0)) for stop in stops]
    lon, lat = np.radians(np.array(points, dtype=float)).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres = 2 * EARTH * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    seconds = np.ceil(np.round(metres * DETOUR[mode] / SPEEDS[mode], 9)).astype(np.int64)
    np.fill_diagonal(seconds, 0)
    if problem.matrix:
        place = {end: number for number, end in enumerate(ends)}
        for (here, there, by), taken in problem.matrix.items():
            if by == mode and here in place and there in place:
                seconds[place[here], place[there]] = taken
    return seconds
