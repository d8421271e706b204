"""Planning a round through its acts: written once, by hand kept, anew when a place was found shut."""

import datetime as dt
from typing import Any

import pytest

from guatu.inspections.acts import planning, rounds, teams, visits
from guatu.inspections.acts.course import start_round
from guatu.inspections.models import Round, Team, Visit
from guatu.inspections.reads.planning import problem_of
from guatu.kernel import clock
from guatu.kernel.models import Act
from tests.inspections.ground import DAY, Ground
from tests.inspections.test_visits import at, refused


@pytest.fixture
def evening(ground: Ground) -> tuple[Round, Team, Team, dict[str, Visit]]:
    """Four shops with points, a team of the day and one of the night, nobody sent anywhere yet."""
    for number, (number_, east) in enumerate(
        zip(sorted(ground.places), (0.0, 0.004, 0.008, 0.012), strict=True)
    ):
        place = ground.places[number_]
        place.lon, place.lat = 121.320 + east, 31.290 + number * 0.001
        place.save(update_fields=["lon", "lat"])
    row = ground.open_round()
    said: dict[str, Any] = {
        "by": ground.cast.jinbo,
        "round": row,
        "on_day": DAY,
        "station_lon": 121.322,
        "station_lat": 31.291,
    }
    day = teams.add_team(name="日班", people=[ground.cast.xuncha], starts_at=at(9), ends_at=at(17), **said)
    night = teams.add_team(
        name="夜班", people=[ground.cast.nanxiang], starts_at=at(18), ends_at=at(23), **said
    )
    found = {n: rounds.add_visit(by=ground.cast.jinbo, round=row, place=p) for n, p in ground.places.items()}
    return row, day, night, found


def now(visit: Visit) -> Visit:
    return Visit.objects.get(pk=visit.pk)


def test_every_place_is_gone_to_while_it_is_open(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    with clock.at(at(8)):
        planned = planning.plan_round(by=ground.cast.jinbo, round=row, seconds=1)
    assert (planned.plan["planned"], planned.plan["left_out"]) == (4, {})
    late = now(found["S-3"])  # open from 19:00
    assert late.team == night and late.eta is not None and clock.local(late.eta) >= at(19)
    assert now(found["S-2"]).eta is not None
    for team in (day, night):
        seqs = list(Visit.objects.filter(team=team).order_by("eta").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))
    act = Act.objects.get(verb="round.planned")
    assert act.details["planned"] == 4


def test_what_is_left_out_says_why(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    ground.places["S-4"].lon = None
    ground.places["S-4"].save(update_fields=["lon"])
    teams.withdraw_team(by=ground.cast.jinbo, team=night)
    with clock.at(at(8)):
        planning.plan_round(by=ground.cast.jinbo, round=row, seconds=1)
    assert (now(found["S-3"]).left_out, now(found["S-3"]).team) == ("closed", None)
    assert now(found["S-4"]).left_out == "no_point"
    assert Round.objects.get(pk=row.pk).plan["left_out"] == {"closed": 1, "no_point": 1}


def test_what_was_given_by_hand_stays_there(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    teams.assign_visits(by=ground.cast.jinbo, visits=[found["S-1"]], team=night)
    with clock.at(at(8)):
        planning.plan_round(by=ground.cast.jinbo, round=row, seconds=1)
    kept = now(found["S-1"])
    assert kept.team == night and kept.pinned and kept.eta is not None and clock.local(kept.eta) >= at(18)


def test_a_place_found_shut_sends_the_team_on_from_where_it_is(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    teams.assign_visits(by=ground.cast.jinbo, visits=[found["S-1"], found["S-2"], found["S-4"]], team=day)
    with clock.at(at(8)):
        planning.plan_round(by=ground.cast.jinbo, round=row, seconds=1)
    first = Visit.objects.filter(team=day).order_by("seq")[0]
    start_round(by=ground.cast.jinbo, round=row)
    with clock.at(at(11)):
        visits.mark_not_open(by=ground.cast.xuncha, visit=first, note="关门", at=at(11))
        asked = problem_of(Round.objects.get(pk=row.pk))
        assert asked is not None
        crew = next(each for each in asked.problem.crews if each.id == str(day.id))
        assert (crew.lon, asked.moment(crew.start)) == (first.place.lon, at(11))
        again = planning.plan_round(by=ground.cast.jinbo, round=Round.objects.get(pk=row.pk), seconds=1)
    assert again.plan["planned"] == 3
    assert (now(first).status, now(first).outcome, now(first).seq) == ("done", "not_open", 1)
    rest = list(Visit.objects.filter(team=day, status="planned").order_by("seq"))
    assert [visit.seq for visit in rest] == [2, 3]
    assert all(visit.eta is not None and clock.local(visit.eta) >= at(11) for visit in rest)


def test_an_order_set_by_hand_is_kept_until_it_is_released(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    teams.assign_visits(by=ground.cast.jinbo, visits=[found["S-1"], found["S-2"], found["S-4"]], team=day)
    wished = [found["S-4"].pk, found["S-1"].pk, found["S-2"].pk]
    with clock.at(at(8)):
        route = planning.order_by_hand(by=ground.cast.jinbo, team=day, visits=wished)
        assert route is not None
        planning.plan_round(by=ground.cast.jinbo, round=Round.objects.get(pk=row.pk), seconds=1)
        in_order = Visit.objects.filter(team=day).order_by("seq").values_list("pk", flat=True)
        assert list(in_order) == wished
        assert now(found["S-3"]).team == night
        released = planning.release_team(by=ground.cast.jinbo, team=day)
    assert released.plan["frozen"] == []


def test_an_order_that_cannot_be_kept_has_no_times(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    teams.assign_visits(by=ground.cast.jinbo, visits=[found["S-2"], found["S-1"]], team=night)
    Visit.objects.filter(pk=found["S-2"].pk).update(minutes=4 * 60)  # then the restaurant has closed
    with clock.at(at(8)):
        route = planning.order_by_hand(
            by=ground.cast.jinbo, team=night, visits=[found["S-2"].pk, found["S-1"].pk]
        )
    assert route is None
    assert [now(found[n]).eta for n in ("S-2", "S-1")] == [None, None]


def test_what_was_begun_while_the_search_ran_keeps_what_it_has(
    ground: Ground, evening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, day, night, found = evening
    asked = planning._asked

    def and_meanwhile(*given: Any) -> Any:
        problem = asked(*given)
        teams.assign_visits(by=ground.cast.jinbo, visits=[found["S-1"]], team=night)
        return problem

    monkeypatch.setattr(planning, "_asked", and_meanwhile)
    with clock.at(at(8)):
        planning.plan_round(by=ground.cast.jinbo, round=row, seconds=1)
    assert now(found["S-1"]).team == night and now(found["S-1"]).eta is None


def test_a_plan_asked_for_is_made_by_the_worker(ground: Ground, evening: Any) -> None:
    row, *_ = evening
    with clock.at(at(8)):
        asked = planning.ask_for_plan(by=ground.cast.jinbo, round=row, seconds=1)
        assert planning.underway(asked)
        refused("plan.underway", planning.ask_for_plan, by=ground.cast.jinbo, round=row)
        assert planning.plan_in_background.call(str(row.pk), str(ground.cast.jinbo.pk), 1) == "planned"
    assert not planning.underway(Round.objects.get(pk=row.pk))


def test_a_plan_that_cannot_be_made_says_so_on_the_round(ground: Ground, evening: Any) -> None:
    row, day, night, _ = evening
    with clock.at(at(8)):
        planning.ask_for_plan(by=ground.cast.jinbo, round=row, seconds=1)
        teams.withdraw_team(by=ground.cast.jinbo, team=day)
        teams.withdraw_team(by=ground.cast.jinbo, team=night)
        assert planning.plan_in_background.call(str(row.pk), str(ground.cast.jinbo.pk), 1) == "plan.no_teams"
    assert Round.objects.get(pk=row.pk).plan["problem"] == "plan.no_teams"


def test_refusals(ground: Ground, evening: Any) -> None:
    row, day, night, found = evening
    with clock.at(at(8)):
        refused("access.denied", planning.plan_round, by=ground.cast.xuncha, round=row)
        refused(
            "plan.other_visits",
            planning.order_by_hand,
            by=ground.cast.jinbo,
            team=day,
            visits=[found["S-1"].pk],
        )
    with clock.at(at(8) + dt.timedelta(days=3)):
        refused("plan.no_teams", planning.plan_round, by=ground.cast.jinbo, round=row)
    for visit in found.values():
        rounds.remove_visit(by=ground.cast.jinbo, visit=visit)
    with clock.at(at(8)):
        refused("plan.nothing_left", planning.plan_round, by=ground.cast.jinbo, round=row)
