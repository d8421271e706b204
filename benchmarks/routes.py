"""Routes of the planner against the best known. `python -m benchmarks.routes --data FOLDER [--seconds 10]`.

FOLDER holds `best_known.csv` and `vrptw_solomon100/*.txt` (Solomon, "Algorithms for the vehicle routing and scheduling
problems with time window constraints", Operations Research 35, 1987). Every instance is put into the planner's own terms
(places with windows, a stay and a load; teams alike with a limit) and solved as a round is. The gap is to the best known
of the same objective: distance alone in the DIMACS convention (truncated to one decimal), or vehicles first and distance
(double precision) after it, with no more teams than it takes. A plan that leaves a place out is missed, however short.

`--places 1000` plans made-up rounds of that size instead (no best known: the share planned and the time are told).
Baseline in the same run: the nearest-neighbour route that keeps every window.
"""

import argparse
import csv
import math
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measuring import record
from guatu.inspections.rules.planning import Crew, Plan, Problem, Stop, build, faults_of, timetable, travel_of
from guatu.inspections.solver import solve

# Optima for truncated distances, as published by the exact solvers (Kohl and others 1999; Irnich and Villeneuve 2006;
# Jepsen and others 2008); the two that the folder holds solutions of stand in its own table.
OPTIMA = {
    "C109": (827.3, 10), "C201": (589.1, 3), "R101": (1637.7, 20), "R105": (1355.3, 15), "R112": (948.6, 10),
    "R201": (1143.2, 8), "R211": (746.7, 4), "RC101": (1619.8, 15), "RC108": (1114.2, 11), "RC201": (1261.8, 9),
}  # fmt: skip

FINE = 1000  # double precision as whole thousandths
DIMACS = 10


class Instance(NamedTuple):
    name: str
    vehicles: int
    capacity: int
    rows: list[list[float]]


def read(path: Path) -> Instance:
    """One file of Solomon's form."""
    vehicles = capacity = 0
    rows = []
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) == 2 and all(word.isdigit() for word in words):
            vehicles, capacity = int(words[0]), int(words[1])
        if len(words) == 7 and all(re.fullmatch(r"-?[\d.]+", word) for word in words):
            rows.append([float(word) for word in words])
    return Instance(path.stem, vehicles, capacity, rows)


def problem_of(instance: Instance, scale: int, vehicles: int) -> Problem:
    """The instance in the planner's terms, times and distances in 1/scale."""
    depot, *customers = instance.rows
    crews = tuple(
        Crew(
            f"v{number}",
            int(depot[4] * scale),
            int(depot[5] * scale),
            0.0,
            0.0,
            "foot",
            instance.capacity,
        )
        for number in range(vehicles)
    )
    stops = tuple(
        Stop(
            f"{int(row[0])}", 0.0, 0.0, int(row[6] * scale),
            ((int(row[4] * scale), int((row[5] + row[6]) * scale)),), load=int(row[3]),
        )
        for row in customers
    )  # fmt: skip
    points = {stop.id: (row[1], row[2]) for stop, row in zip(stops, customers, strict=True)}
    points |= {f"{sign}{crew.id}": (depot[1], depot[2]) for crew in crews for sign in "><"}
    matrix = {
        (here, there, "foot"): whole(math.dist(a, b), scale)
        for here, a in points.items()
        for there, b in points.items()
    }
    return Problem(stops, crews, matrix)


def whole(distance: float, scale: int) -> int:
    """DIMACS cuts after the first decimal; double precision is rounded up, so that no plan is late by a rounding."""
    return math.floor(distance * scale + 1e-9) if scale == DIMACS else math.ceil(distance * scale - 1e-9)


def length(instance: Instance, plan: Plan, scale: int) -> float:
    """The distance of a plan in the instance's own units, worked out anew from the coordinates."""
    points = {f"{int(row[0])}": (row[1], row[2]) for row in instance.rows}
    total = 0.0
    for route in plan.routes:
        stops = ["0", *(leg.stop for leg in route.legs), "0"]
        for here, there in zip(stops, stops[1:], strict=False):
            far = math.dist(points[here], points[there])
            total += whole(far, scale) / scale if scale == DIMACS else far
    return total


def nearest(problem: Problem) -> Plan:
    """The naive way: each team goes to the nearest place that still fits."""
    travel = travel_of(problem)
    left = {stop.id: stop for stop in problem.stops}
    order: dict[str, list[str]] = {}
    for crew in problem.crews:
        row: list[Stop] = []
        while True:
            here = row[-1].id if row else f">{crew.id}"
            near = sorted(left.values(), key=lambda stop: travel(here, stop.id, crew.mode))
            fits = (stop for stop in near if not isinstance(timetable(crew, [*row, stop], travel), str))
            stop = next(fits, None)
            if stop is None:
                break
            row.append(stop)
            del left[stop.id]
        order[crew.id] = [stop.id for stop in row]
    return build(problem, order)


def one(instance: Instance, known: dict[str, str], seconds: float) -> dict[str, Any]:
    """Solve an instance for one objective and say the gap."""
    alone = known["objective"].startswith("distance only")
    scale = DIMACS if alone else FINE
    best, fleet = float(known["best_value"]), int(known["vehicles"])
    # vehicles first: a round is planned for the teams there are, so no more may be sent than the best known takes
    problem = problem_of(instance, scale, instance.vehicles if alone else fleet)
    begun = time.perf_counter()
    plan = solve(problem, seconds)
    taken = time.perf_counter() - begun
    faults, sent = faults_of(problem, plan), sum(1 for route in plan.routes if route.legs)
    far = length(instance, plan, scale)
    naive = length(instance, nearest(problem_of(instance, scale, instance.vehicles)), scale)
    gap = (far / best - 1) * 100
    missed = bool(plan.left_out) or bool(faults)
    print(
        f"{instance.name:7} {'distance' if alone else 'vehicles':9} {sent:3}/{fleet:<3} {far:9.2f} {best:9.2f} "
        f"gap {gap:6.2f} % {taken:5.1f} s{'  MISSED' if missed else ''}{'  INFEASIBLE ' + faults[0] if faults else ''}"
    )
    return {
        "instance": instance.name, "objective": known["objective"], "vehicles": sent, "distance": round(far, 2), "best": best,
        "gap_percent": round(gap, 3), "missed": missed, "seconds": round(taken, 2), "nearest_neighbour": round(naive, 2),
    }  # fmt: skip


def made_up(places: int, seed: int) -> Problem:
    """A round of so many places in a town: three trades with their hours, two shifts, six stations, three priorities."""
    dice = random.Random(seed)
    hour = 3600
    trades: Sequence[tuple[tuple[int, int], ...]] = (
        ((0, 12 * hour),), ((2 * hour, 5 * hour), (8 * hour, 13 * hour)), ((9 * hour, 14 * hour),),
    )  # fmt: skip
    stops = tuple(
        Stop(
            f"p{number}", 121.33 + dice.random() * 0.06, 31.19 + dice.random() * 0.05, 600 + 60 * dice.randrange(15),
            dice.choice(trades), priority=dice.choice((1, 1, 2, 3)),
        )
        for number in range(places)
    )  # fmt: skip
    crews = tuple(
        Crew(
            f"t{number}", 0 if number % 2 else 8 * hour, 8 * hour if number % 2 else 14 * hour,
            121.34 + 0.01 * (number % 6), 31.21, "foot" if number % 3 else "car",
        )
        for number in range(max(places // 25, 2))
    )  # fmt: skip
    return Problem(stops, crews)


def large(places: int, seconds: float, rounds: int) -> None:
    taken: dict[str, list[float]] = {"planner": [], "nearest neighbour": []}
    for seed in range(rounds):
        problem = made_up(places, seed)
        begun = time.perf_counter()
        plan, naive = solve(problem, seconds), nearest(problem)
        faults = faults_of(problem, plan)
        worth = {stop.id: 5 ** (stop.priority - 1) for stop in problem.stops}
        value = [
            sum(worth[leg.stop] for route in each.routes for leg in route.legs) for each in (plan, naive)
        ]
        print(
            f"{places} places, {len(problem.crews)} teams: {plan.planned} planned (nearest neighbour {naive.planned}), worth "
            f"{value[0]} against {value[1]}, {time.perf_counter() - begun:.0f} s{'  INFEASIBLE ' + faults[0] if faults else ''}"
        )
        taken["planner"].append(1 / value[0])
        taken["nearest neighbour"].append(1 / value[1])
    record(
        f"routes-{places}", ours="planner", baseline="nearest neighbour", unit="1 / worth of what is planned", taken=taken,
        seconds=seconds,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--places", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.places or given.data is None:
        large(given.places or 1000, given.seconds if given.seconds != 10 else 60, given.rounds)
        return
    with (given.data / "best_known.csv").open() as file:
        known = [row for row in csv.DictReader(file) if row["set"] == "vrptw_solomon100"]
    known += [
        {
            "set": "vrptw_solomon100",
            "instance": name,
            "objective": "distance only",
            "best_value": f"{best}",
            "vehicles": f"{fleet}",
        }
        for name, (best, fleet) in OPTIMA.items()
    ]
    known.sort(key=lambda row: (row["objective"], row["instance"]))
    rows = [
        one(read(given.data / row["set"] / f"{row['instance']}.txt"), row, given.seconds) for row in known
    ]
    worst = max(row["gap_percent"] for row in rows)
    for kind in ("distance only", "vehicles"):
        gaps = [row["gap_percent"] for row in rows if row["objective"].startswith(kind)]
        print(f"{kind}: worst gap {max(gaps):.2f} %, mean {sum(gaps) / len(gaps):.2f} %")
    print(f"worst gap {worst:.2f} %, missed {sum(row['missed'] for row in rows)} of {len(rows)}")
    taken = {
        "planner": [row["distance"] / row["best"] for row in rows],
        "best known": [1.0 for _ in rows],
    }
    record(
        "routes", ours="planner", baseline="best known", unit="distance / best known", taken=taken, instances=rows,
        seconds=given.seconds, worst_gap_percent=worst,
    )  # fmt: skip


if __name__ == "__main__":
    main()
