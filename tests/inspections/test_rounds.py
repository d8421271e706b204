"""Rounds: opened, filled, drawn, given to teams, started, closed with what is left named."""

import datetime as dt

import pytest

from guatu.inspections.acts import drawing, orders, rounds, teams, visits
from guatu.inspections.acts import drawing as draw_acts
from guatu.inspections.models import Order, Round, Team, Visit
from guatu.inspections.reads import rounds as reads
from guatu.inspections.rules import choosing
from guatu.inspections.rules import drawing as draw_rules
from guatu.inspections.rules import rounds as rules
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.places.models import Place, Zone
from tests.cast import DEHUA, GUYIYUAN, NANXIANG
from tests.inspections.ground import DAY, Ground
from tests.inspections.test_visits import at, refused

# --- the rules -------------------------------------------------------------------------------------------------------


def test_progress_counts_what_was_seen_and_what_is_settled() -> None:
    found = rules.progress(
        [("done", "pass", 5), ("done", "shut", 1), ("done", "not_open", 2), ("skipped", "", 1), ("planned", "", 3), ("started", "", 1),
         ("removed", "", 9)]
    )  # fmt: skip
    assert (
        found.total,
        found.done,
        found.missed,
        found.skipped,
        found.left,
        found.settled,
        found.percent,
    ) == (13, 6, 2, 1, 4, 9, 69)
    assert rules.progress([]).percent == 0


def test_shifts_of_day_and_night() -> None:
    assert rules.shift_span(DAY, "night", clock.ZONE) == (at(18), at(23))
    assert rules.shift_of(at(8, 30), at(17, 30)) == "day"
    assert rules.shift_of(at(18), at(2, day=17)) == "night"
    assert len(rules.spans_between(DAY, DAY + dt.timedelta(days=2), "", clock.ZONE)) == 6
    assert rules.wrong_times(DAY, at(9, day=17), at(12, day=17))
    assert rules.wrong_times(DAY, at(9), at(9, 5))
    assert not rules.wrong_times(DAY, at(18), at(2, day=17))
    assert (
        rules.clashes(["a"], at(9), at(12), [("a", "一组", at(12), at(14)), ("b", "二组", at(9), at(10))])
        == []
    )
    assert rules.clashes(["a"], at(9), at(12), [("a", "一组", at(11), at(14))]) == [("a", "一组")]


def test_criteria_are_kept_and_read_back() -> None:
    data = {
        "kinds": ["shop"],
        "last_before": "2021-09-01",
        "never": True,
        "shift": "night",
        "picked": ["x", "x", " "],
    }
    found = choosing.from_data(data)
    assert found.picked == ("x",)
    assert choosing.from_data(choosing.as_data(found)) == found
    for bad in (
        {"kinds": "shop"},
        {"colour": 1},
        {"never": "yes"},
        {"last_before": "soon"},
        {"shift": "dusk"},
        {"zone": 3},
    ):
        with pytest.raises(choosing.BadCriteria):
            choosing.from_data(bad)
    assert choosing.from_data({"shift": "day"}).empty


# --- choosing --------------------------------------------------------------------------------------------------------


def names(row: Round) -> set[str]:
    return {visit.place.number for visit in reads.visits_of(row)}


def test_choosing_again_adds_only_what_is_new(ground: Ground) -> None:
    row = ground.open_round()
    first = rounds.choose_places(by=ground.cast.jinbo, round=row, criteria={"risks": ["high"]})
    assert (first.added, names(row)) == (2, {"S-1", "S-3"})
    again = rounds.choose_places(by=ground.cast.jinbo, round=row, criteria={"kinds": ["shop"]})
    assert (again.added, again.choice.already, again.choice.unknown) == (2, 2, 1)
    none = rounds.choose_places(by=ground.cast.jinbo, round=row, criteria={"kinds": ["shop"]})
    assert (none.added, none.act_id) == (0, None)
    assert again.act_id is not None
    assert rounds.undo_choosing(by=ground.cast.jinbo, round=row, act_id=again.act_id) == 2
    assert names(row) == {"S-1", "S-3"}
    assert (
        rounds.choose_places(by=ground.cast.jinbo, round=row, criteria={"kinds": ["shop"]}).added == 2
    )  # removed ones come back


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"areas": [DEHUA]}, {"S-2", "S-3", "S-4", "NX-002"}),
        ({"areas": [GUYIYUAN], "kinds": ["shop"]}, {"S-1"}),
        ({"numbers": ["S-1", "德华超市", "X-9"]}, {"S-1", "S-2"}),
        (
            {"kinds": ["shop"], "shift": "day"},
            {"S-1", "S-2", "S-4"},
        ),  # 夜宵排档 opens at seven in the evening
        ({"kinds": ["shop"], "shift": "night"}, {"S-1", "S-2", "S-3", "S-4"}),
        ({"zone": "old-town"}, {"S-1", "NX-001"}),
        ({"never": True, "kinds": ["shop"]}, {"S-1", "S-3", "S-4"}),
        ({"last_before": "2021-09-16", "kinds": ["shop"]}, {"S-1", "S-3", "S-4"}),
        ({"last_before": "2021-09-17", "kinds": ["shop"]}, {"S-1", "S-2", "S-3", "S-4"}),
        ({"open_orders": True}, {"S-2"}),
        ({"contracted": "xuncha"}, {"NX-002"}),
    ],
)
def test_by_what_places_are_chosen(ground: Ground, criteria: dict[str, object], found: set[str]) -> None:
    Zone.objects.create(code="old-town", name="老街", areas=[GUYIYUAN])
    _other, _team, planned = ground.running("S-2")
    ground.finish(planned["S-2"], i1="not_met")
    if "contracted" in criteria:
        criteria = {"contracted": str(ground.cast.xuncha.id)}
    row = ground.open_round(name="第二轮")
    done = rounds.choose_places(by=ground.cast.jinbo, round=row, criteria=criteria)
    assert names(row) == found
    assert done.choice.missing == (("X-9",) if "numbers" in criteria else ())


def test_what_choosing_refuses(ground: Ground) -> None:
    row = ground.open_round()
    refused(
        "round.nothing_asked",
        rounds.choose_places,
        by=ground.cast.jinbo,
        round=row,
        criteria={"shift": "day"},
    )
    refused(
        "round.bad_criteria", rounds.choose_places, by=ground.cast.jinbo, round=row, criteria={"size": "big"}
    )
    refused(
        "round.unknown_zone",
        rounds.choose_places,
        by=ground.cast.jinbo,
        round=row,
        criteria={"zone": "nowhere"},
    )
    refused(
        "access.denied", rounds.choose_places, by=ground.cast.xuncha, round=row, criteria={"kinds": ["shop"]}
    )
    rounds.add_visit(by=ground.cast.jinbo, round=row, place=ground.places["S-1"])
    refused(
        "round.place_twice", rounds.add_visit, by=ground.cast.jinbo, round=row, place=ground.places["S-1"]
    )
    outside = Place.objects.get(number="JQ-001")
    refused("round.place_outside", rounds.add_visit, by=ground.cast.jinbo, round=row, place=outside)


def test_only_what_one_may_see_is_chosen(ground: Ground) -> None:
    row = rounds.open_round(
        by=ground.cast.nanxiang,
        campaign=ground.cast.campaign,
        name="镇查",
        starts_on=DAY,
        ends_on=DAY,
        area=NANXIANG,
    )
    rounds.choose_places(by=ground.cast.nanxiang, round=row, criteria={"kinds": ["mall", "shop"]})
    assert names(row) == {"S-1", "S-2", "S-3", "S-4"}  # the mall lies in 江桥镇
    refused(
        "access.denied",
        rounds.open_round,
        by=ground.cast.nanxiang,
        campaign=ground.cast.campaign,
        name="区查",
        starts_on=DAY,
        ends_on=DAY,
    )


def test_removing_and_putting_back(ground: Ground) -> None:
    row, _team, found = ground.running("S-1", "S-2")
    gone = rounds.remove_visit(by=ground.cast.jinbo, visit=found["S-1"])
    assert names(row) == {"S-2"}
    assert rounds.restore_visit(by=ground.cast.jinbo, visit=gone).status == "planned"
    visits.start_visit(by=ground.cast.xuncha, visit=found["S-2"])
    refused("visit.wrong_step", rounds.remove_visit, by=ground.cast.jinbo, visit=found["S-2"])


# --- its course ------------------------------------------------------------------------------------------------------


def test_opening_and_changing(ground: Ground) -> None:
    row = ground.open_round()
    assert (row.number, row.status, row.home) == ("JC-2021-0001", "draft", "310114102")
    assert ground.open_round().number == "JC-2021-0002"
    for bad, code in (
        ({"name": " "}, "round.unnamed"), ({"ends_on": DAY - dt.timedelta(days=1)}, "round.bad_days"),
        ({"ends_on": DAY + dt.timedelta(days=400)}, "round.bad_days"), ({"area": "310114999"}, "round.unknown_area"),
        ({"checklist": ["00000000-0000-0000-0000-000000000000"]}, "round.unknown_norm"),
    ):  # fmt: skip
        refused(code, ground.open_round, **bad)
        if "name" not in bad:
            refused(code, rounds.edit_round, by=ground.cast.jinbo, round=row, changes=bad)
    row = rounds.edit_round(
        by=ground.cast.jinbo,
        round=row,
        changes={"name": "节前检查", "checklist": [ground.edition]},
        version=1,
    )
    assert row.checklist == [str(ground.edition.id)]
    refused(
        "kernel.stale", rounds.edit_round, by=ground.cast.jinbo, round=row, changes={"name": "x"}, version=1
    )
    rounds.add_team(by=ground.cast.jinbo, round=row, name="三组", on_day=DAY + dt.timedelta(days=2))
    refused(
        "round.team_outside", rounds.edit_round, by=ground.cast.jinbo, round=row, changes={"ends_on": DAY}
    )


def test_what_is_left_is_named_at_the_end(ground: Ground) -> None:
    row = ground.open_round()
    refused("round.no_places", rounds.start_round, by=ground.cast.jinbo, round=row)
    row, _team, found = ground.running("S-1", "S-2", "S-4")
    visits.start_visit(by=ground.cast.xuncha, visit=found["S-1"])
    refused("round.underway", rounds.close_round, by=ground.cast.jinbo, round=row, reason="到期")
    ground.finish(found["S-1"])
    wrong = refused("round.left_over", rounds.close_round, by=ground.cast.jinbo, round=row)
    assert wrong.details["count"] == 2
    assert "德华超市" in wrong.details["names"]
    row = rounds.close_round(by=ground.cast.jinbo, round=row, reason="到期")
    assert {visit.note for visit in Visit.objects.filter(round=row, status="skipped")} == {"到期"}
    refused("round.over", rounds.add_visit, by=ground.cast.jinbo, round=row, place=ground.places["S-3"])
    row = rounds.reopen_round(by=ground.cast.jinbo, round=row)
    assert row.status == "running"
    assert Visit.objects.filter(round=row, status="planned").count() == 2


def test_cancelling_needs_a_reason_and_is_undone(ground: Ground) -> None:
    row = ground.open_round()
    rounds.add_visit(by=ground.cast.jinbo, round=row, place=ground.places["S-1"])
    refused("round.reason_needed", rounds.cancel_round, by=ground.cast.jinbo, round=row, reason="")
    row = rounds.cancel_round(by=ground.cast.jinbo, round=row, reason="台风")
    assert (row.status, row.note) == ("cancelled", "台风")
    refused(
        "round.wrong_step", rounds.start_round, by=ground.cast.jinbo, round=rounds_with_place(ground, row)
    )
    row = rounds.reopen_round(by=ground.cast.jinbo, round=row)
    assert row.status == "draft"
    assert Visit.objects.get(round=row).status == "planned"


def rounds_with_place(ground: Ground, row: Round) -> Round:
    Visit.objects.filter(round=row).update(status="planned")
    return row


# --- teams -----------------------------------------------------------------------------------------------------------


def test_teams_by_day_and_night_copied_to_the_next_day(ground: Ground) -> None:
    row = ground.open_round()
    cast = ground.cast
    rounds.add_team(
        by=cast.jinbo,
        round=row,
        name="白班",
        on_day=DAY,
        people=[cast.xuncha, cast.nanxiang],
        leader=cast.nanxiang,
    )
    rounds.add_team(by=cast.jinbo, round=row, name="夜班", on_day=DAY, people=[cast.xuncha], shift="night")
    made = teams.copy_day(by=cast.jinbo, round=row, source=DAY, target=DAY + dt.timedelta(days=1))
    assert [(team.name, clock.local(team.starts_at)) for team in made] == [
        ("白班", at(8, 30, day=17)),
        ("夜班", at(18, day=17)),
    ]
    assert made[0].members.get(leads=True).person == cast.nanxiang
    assert teams.copy_day(by=cast.jinbo, round=row, source=DAY, target=DAY + dt.timedelta(days=1)) == []
    days = reads.days_of(row, reads.teams_of(row))
    assert [(day.day.day, [len(shift.teams) for shift in day.shifts]) for day in days] == [
        (16, [1, 1]),
        (17, [1, 1]),
    ]
    refused(
        "team.nothing_to_copy",
        teams.copy_day,
        by=cast.jinbo,
        round=row,
        source=DAY + dt.timedelta(days=2),
        target=DAY,
    )


def test_what_teams_refuse(ground: Ground) -> None:
    row = ground.open_round()
    cast = ground.cast
    team = rounds.add_team(by=cast.jinbo, round=row, name="一组", on_day=DAY, people=[cast.xuncha])
    for bad, code in (
        ({"name": ""}, "team.unnamed"), ({"on_day": DAY - dt.timedelta(days=1)}, "team.outside_round"),
        ({"starts_at": at(9), "ends_at": at(8)}, "team.bad_times"), ({"travel": "rocket"}, "team.bad_travel"),
        ({"shift": "dusk"}, "team.bad_shift"), ({"station_lon": 121.3}, "team.half_a_point"), ({"people": [cast.xuncha]}, "team.person_busy"),
    ):  # fmt: skip
        refused(
            code, rounds.add_team, **{"by": cast.jinbo, "round": row, "name": "二组", "on_day": DAY, **bad}
        )
    cast.hecha.is_active = False
    cast.hecha.save()
    refused("person.inactive", rounds.change_team, by=cast.jinbo, team=team, people=[cast.hecha])
    refused("access.denied", rounds.change_team, by=cast.xuncha, team=team, changes={"name": "x"})
    team = rounds.change_team(
        by=cast.jinbo, team=team, changes={"travel": "car"}, people=[cast.nanxiang], version=1
    )
    assert [member.person for member in team.members.all()] == [cast.nanxiang]
    refused("kernel.stale", rounds.change_team, by=cast.jinbo, team=team, changes={"name": "x"}, version=1)


def test_a_team_taken_off_leaves_its_places_to_nobody_and_gets_them_back(ground: Ground) -> None:
    row, team, found = ground.running("S-1", "S-2")
    teams.assign_visits(by=ground.cast.jinbo, visits=list(found.values()), team=team)
    order = dict(Visit.objects.filter(round=row).values_list("id", "seq"))
    team = teams.withdraw_team(by=ground.cast.jinbo, team=team)
    assert set(Visit.objects.filter(round=row).values_list("team", flat=True)) == {None}
    teams.restore_team(by=ground.cast.jinbo, team=team)
    assert dict(Visit.objects.filter(round=row, team=team).values_list("id", "seq")) == order
    refused("team.not_withdrawn", teams.restore_team, by=ground.cast.jinbo, team=team)
    visits.start_visit(by=ground.cast.xuncha, visit=found["S-1"])
    refused("team.at_work", teams.withdraw_team, by=ground.cast.jinbo, team=team)


def test_a_place_is_given_only_to_a_shift_in_which_it_is_open(ground: Ground) -> None:
    row = ground.open_round()
    day = rounds.add_team(by=ground.cast.jinbo, round=row, name="白班", on_day=DAY)
    night = rounds.add_team(by=ground.cast.jinbo, round=row, name="夜班", on_day=DAY, shift="night")
    visit = rounds.add_visit(by=ground.cast.jinbo, round=row, place=ground.places["S-3"])
    refused("visit.closed_then", teams.assign_visits, by=ground.cast.jinbo, visits=[visit], team=day)
    assert teams.assign_visits(by=ground.cast.jinbo, visits=[visit], team=night) == 1
    visit.refresh_from_db()
    assert (visit.team_id, visit.seq, visit.pinned) == (night.id, 1, True)
    unknown = rounds.add_visit(by=ground.cast.jinbo, round=row, place=ground.places["S-4"])
    assert teams.assign_visits(by=ground.cast.jinbo, visits=[unknown], team=day) == 1
    other = ground.open_round()
    stray = rounds.add_visit(by=ground.cast.jinbo, round=other, place=ground.places["S-1"])
    refused("team.other_round", teams.assign_visits, by=ground.cast.jinbo, visits=[stray], team=day)


# --- drawn -----------------------------------------------------------------------------------------------------------


def test_a_draw_is_promised_first_and_can_be_replayed(ground: Ground) -> None:
    cast = ground.cast
    row = ground.open_round()
    refused("round.draw_not_fixed", draw_acts.draw_round, by=cast.jinbo, round=row, public="31")
    wanted = draw_rules.DrawRules(places=2, inspectors=2, crew=2)
    people = [cast.xuncha, cast.hecha, cast.chengyun]
    refused(
        "round.bad_draw",
        drawing.fix_draw,
        by=cast.jinbo,
        round=row,
        criteria={"kinds": ["shop"]},
        draw=draw_rules.DrawRules(places=9),
    )
    row = drawing.fix_draw(by=cast.jinbo, round=row, criteria={"kinds": ["shop"]}, draw=wanted, people=people)
    assert "secret" not in row.draw
    row = drawing.draw_round(by=cast.jinbo, round=row, public="上证指数 3607.09", source="上海证券交易所")
    assert draw_rules.replay(row.draw).ok
    picked = Visit.objects.filter(round=row)
    assert picked.count() == 2
    team = Team.objects.get(round=row)
    assert team.members.count() == 2
    assert set(picked.values_list("team", flat=True)) == {team.id}
    refused(
        "round.drawn_already",
        drawing.fix_draw,
        by=cast.jinbo,
        round=row,
        criteria={"kinds": ["shop"]},
        draw=wanted,
    )
    assert drawing.undo_draw(by=cast.jinbo, round=row, reason="有人没到场") == 2
    row.refresh_from_db()
    assert draw_rules.replay(row.draw["before"][0]).ok  # what was drawn is not forgotten
    drawing.fix_draw(by=cast.jinbo, round=row, criteria={"kinds": ["shop"]}, draw=wanted, people=people)
    assert Act.objects.filter(verb="round.drawn").count() == 1


def test_who_may_see_a_round(ground: Ground) -> None:
    row, _team, found = ground.running("S-2")
    cast = ground.cast
    for person, seen in (
        (cast.zhihui, True),
        (cast.nanxiang, True),
        (cast.xuncha, True),
        (cast.jiangqiao, False),
        (cast.passer_by, False),
    ):
        assert reads.rounds(person.scope).filter(pk=row.pk).exists() is seen, person
    ground.finish(found["S-2"], i1="not_met")
    assert reads.progress_of([row])[row.pk].outcomes == {"rectify": 1}
    assert reads.open_orders(row) == 1
    orders.comply(by=cast.nanxiang, order=Order.objects.get())
    with clock.at(at(9, day=25)):
        assert reads.late_look_backs(row).count() == 1
