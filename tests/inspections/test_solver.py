"""The solver on rounds small enough to know the answer, and on one too large to fit."""

import random

from guatu.inspections.rules.planning import Crew, Problem, Stop, faults_of
from guatu.inspections.solver import solve, value_of

HOUR = 3600


def town(number: int, seed: int = 1, **more: object) -> tuple[Stop, ...]:
    dice = random.Random(seed)
    return tuple(
        Stop(
            f"s{n}", 121.38 + dice.random() * 0.03, 31.19 + dice.random() * 0.03, 600,
            **{"windows": ((0, 10 * HOUR),), **more},  # type: ignore[arg-type]
        )
        for n in range(number)
    )  # fmt: skip


def test_places_along_a_road_are_gone_to_in_its_order():
    stops = tuple(Stop(f"s{n}", 121.40 + n * 0.004, 31.20, 300, ((0, 8 * HOUR),)) for n in (3, 0, 4, 1, 2))
    crew = Crew("t", 0, 8 * HOUR, 121.396, 31.20, home=(121.42, 31.20))
    plan = solve(Problem(stops, (crew,)), 0.4)
    assert [leg.stop for leg in plan.routes[0].legs] == ["s0", "s1", "s2", "s3", "s4"]


def test_a_place_that_rests_at_noon_is_visited_before_or_after():
    stops = town(14, windows=((0, 2 * HOUR), (4 * HOUR, 7 * HOUR)))
    crew = Crew("t", HOUR, 7 * HOUR, 121.39, 31.20, "bike")
    problem = Problem(stops, (crew,))
    plan = solve(problem, 1)
    assert faults_of(problem, plan) == []
    assert plan.planned == 14
    assert all(leg.leave <= 2 * HOUR or leg.start >= 4 * HOUR for leg in plan.routes[0].legs)


def test_what_is_given_to_a_team_by_hand_stays_with_it():
    stops = tuple(
        Stop(s.id, s.lon, s.lat, s.seconds, s.windows, crew="b" if n < 3 else "")
        for n, s in enumerate(town(12))
    )
    crews = (Crew("a", 0, 4 * HOUR, 121.38, 31.19), Crew("b", 0, 4 * HOUR, 121.41, 31.22))
    plan = solve(Problem(stops, crews), 1)
    mine = {leg.stop for route in plan.routes if route.crew == "b" for leg in route.legs}
    assert {"s0", "s1", "s2"} <= mine


def test_when_not_everything_fits_the_important_places_do():
    stops = tuple(
        Stop(s.id, s.lon, s.lat, s.seconds, s.windows, priority=3 if n % 4 == 0 else 1)
        for n, s in enumerate(town(60))
    )
    problem = Problem(stops, (Crew("a", 0, 4 * HOUR, 121.39, 31.20), Crew("b", 0, 4 * HOUR, 121.40, 31.21)))
    plan = solve(problem, 2)
    assert faults_of(problem, plan) == []
    assert {each.reason for each in plan.left_out} == {"full"}
    wanted = {stop.id for stop in stops if stop.priority == 3}
    assert wanted <= {leg.stop for route in plan.routes for leg in route.legs}
    assert value_of(problem, plan) > 0


def test_two_processes_search_beside_each_other():
    problem = Problem(town(20), (Crew("a", 0, 8 * HOUR, 121.39, 31.20),))
    plan = solve(problem, 0.5, workers=2)
    assert faults_of(problem, plan) == [] and plan.planned == 20


def test_nothing_to_go_to_and_nobody_to_go():
    assert solve(Problem((), (Crew("a", 0, HOUR, 121.39, 31.20),)), 1).planned == 0
    plan = solve(Problem(town(2), ()), 1)
    assert [each.reason for each in plan.left_out] == ["closed", "closed"]
