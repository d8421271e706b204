"""Routes as data: timetables, what is left out and why, and that no plan can be one nobody could walk."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guatu.inspections.rules.planning import (
    REASONS,
    Crew,
    Plan,
    Problem,
    Route,
    Stop,
    build,
    cheapest,
    faults_of,
    first_start,
    seconds_between,
    timetable,
    travel_of,
)

HOUR = 3600
TEAM = Crew("t", 0, 4 * HOUR, 121.40, 31.20)


def stop(name: str, east: float = 0.0, **more: object) -> Stop:
    given_ = {"lon": 121.40 + east, "lat": 31.20, "seconds": 600, "windows": ((0, 8 * HOUR),), **more}
    return Stop(name, **given_)  # type: ignore[arg-type]


def test_a_degree_of_latitude_is_111_kilometres():
    assert seconds_between(121.4, 31.0, 121.4, 32.0, "foot") == pytest.approx(111_195, abs=6)
    assert seconds_between(121.4, 31.0, 121.4, 31.01, "foot") == -(-1111.95 * 1.25 // 1.25)


def test_a_stay_begins_when_the_door_opens_and_ends_before_it_closes():
    lunch = stop("a", windows=((0, HOUR), (2 * HOUR, 3 * HOUR)))
    assert first_start(lunch, 10) == 10
    assert first_start(lunch, HOUR - 599) == 2 * HOUR  # no whole stay fits before noon
    assert first_start(lunch, 3 * HOUR - 599) is None


def test_a_timetable_counts_way_wait_and_way_back():
    problem = Problem((stop("a", 0.01, windows=((HOUR, 2 * HOUR),)),), (TEAM,))
    route = timetable(TEAM, problem.stops, travel_of(problem))
    assert isinstance(route, Route)
    way = seconds_between(121.40, 31.20, 121.41, 31.20, "foot")
    (leg,) = route.legs
    assert (leg.arrive, leg.start, leg.wait, leg.leave) == (way, HOUR, HOUR - way, HOUR + 600)
    assert (route.back, route.travel) == (HOUR + 600 + way, 2 * way)


def test_a_route_that_ends_after_the_shift_cannot_be_kept():
    late = stop("a", windows=((4 * HOUR - 600, 8 * HOUR),), east=0.01)
    assert timetable(TEAM, [late], travel_of(Problem((late,), (TEAM,)))) == "a"


def test_the_matrix_speaks_before_the_straight_line():
    problem = Problem((stop("a", 0.01),), (TEAM,), {(">t", "a", "foot"): 7})
    assert travel_of(problem)(">t", "a", "foot") == 7
    assert travel_of(problem)("a", "<t", "foot") == seconds_between(121.41, 31.20, 121.40, 31.20, "foot")


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (stop("x", lon=None), "no_point"),
        (stop("x", windows=((5 * HOUR, 6 * HOUR),)), "closed"),
        (stop("x", windows=()), "closed"),
        (stop("x", 2.0), "too_far"),
        (stop("x", 2.0, crew="t"), "team_gone"),
        (stop("x", crew="nobody"), "team_gone"),
    ],
)
def test_what_can_never_be_gone_to_is_told_why(left: Stop, reason: str):
    plan = build(Problem((left,), (TEAM,)), {})
    assert [(each.stop, each.reason) for each in plan.left_out] == [("x", reason)]
    assert reason in REASONS


def test_a_team_with_its_number_of_places_says_too_many():
    crew = Crew("t", 0, 4 * HOUR, 121.40, 31.20, most=2)
    problem = Problem((stop("a"), stop("b"), stop("c", load=1)), (crew,))
    plan = build(problem, {"t": ["a", "b", "c"]})
    assert [(each.stop, each.reason) for each in plan.left_out] == [("c", "too_many")]
    assert faults_of(problem, plan) == []


def test_what_is_less_important_gives_way_and_the_price_is_told():
    crew = Crew("t", 0, 1300, 121.40, 31.20)
    problem = Problem((stop("low"), stop("high", priority=3), stop("mid", priority=2)), (crew,))
    plan = build(problem, {})
    assert [leg.stop for leg in plan.routes[0].legs] == ["high", "mid"] or plan.planned == 2
    assert [(each.stop, each.reason, each.extra) for each in plan.left_out] == [("low", "full", 0)]


def test_the_cheapest_spot_is_between_neighbours():
    stops = (stop("a", 0.01), stop("c", 0.03), stop("b", 0.02))
    problem = Problem(stops, (TEAM,))
    plan = build(Problem(stops[:2], (TEAM,)), {"t": ["a", "c"]})
    spot = cheapest(problem, {"t": plan.routes[0]}, stops[2], travel_of(problem))
    assert spot is not None and spot[1] is not None
    assert [leg.stop for leg in spot[1].legs] == ["a", "b", "c"]


def test_faults_are_found_in_a_plan_that_was_tampered_with():
    problem = Problem((stop("a", 0.01), stop("b", 0.02)), (TEAM,))
    good = build(problem, {"t": ["a", "b"]})
    assert faults_of(problem, good) == []
    doubled = Plan((good.routes[0], good.routes[0]), ())
    assert any("2 times" in each for each in faults_of(problem, doubled))
    assert faults_of(problem, Plan((), ())) == ["a is nowhere", "b is nowhere"]
    turned = Plan((Route("t", good.routes[0].legs[::-1], 1, 1),), ())
    assert faults_of(problem, turned) == ["t has other times than it should"]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    number = draw(st.integers(0, 12))
    crews = tuple(
        Crew(
            f"c{n}", start := draw(st.integers(0, 6)) * HOUR, start + draw(st.integers(1, 8)) * HOUR, 121.40, 31.20,
            draw(st.sampled_from(["foot", "bike", "car"])), most=draw(st.integers(0, 4)),
        )
        for n in range(draw(st.integers(1, 3)))
    )  # fmt: skip
    stops = tuple(
        stop(
            f"s{n}", draw(st.floats(0, 0.2)), seconds=draw(st.integers(0, 3 * HOUR)), priority=draw(st.integers(1, 9)),
            windows=tuple(sorted(
                (opens * HOUR, opens * HOUR + draw(st.integers(1, 5)) * 1800)
                for opens in draw(st.lists(st.sampled_from([0, 3, 6, 9]), max_size=3, unique=True))
            )),
            crew=draw(st.sampled_from(["", "", "c0", "gone"])), lon=draw(st.sampled_from([None, 121.4, 121.43])),
        )
        for n in range(number)
    )  # fmt: skip
    return Problem(stops, crews)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_whatever_is_proposed_the_plan_can_be_walked(problem: Problem, dice: object):
    names = [each.id for each in problem.stops]
    dice.shuffle(names)  # type: ignore[attr-defined]
    share = len(names) // len(problem.crews) + 1
    order = {crew.id: names[n * share : (n + 1) * share] for n, crew in enumerate(problem.crews)}
    plan = build(problem, order)
    assert faults_of(problem, plan) == []
    assert plan.planned + len(plan.left_out) == len(problem.stops)
