"""The results of inspections: counted by the rules, and the same from the store."""

import datetime as dt
from typing import Any

from guatu.inspections.acts import orders, visits
from guatu.inspections.models import Visit
from guatu.inspections.reads import results as reads
from guatu.inspections.rules import results as rules
from guatu.inspections.rules.results import OrderLine, VisitLine
from guatu.kernel import clock
from tests.inspections.ground import Ground

DAY = dt.date(2022, 7, 10)
NOON = dt.datetime(2022, 7, 10, 12)
HOUR = dt.timedelta(hours=1)


def line(at: int, outcome: str = "pass", **more: Any) -> VisitLine:
    said = {"area": "310105103001", "day": DAY, "people": ("a", "b"), "items": 4, **more}
    return VisitLine(id=at, place=said.pop("place", at), outcome=outcome, **said)


def test_401_places_15_to_put_right_3_shut() -> None:
    lines = [
        line(
            at, "shut" if at < 3 else "rectify" if at < 18 else "pass", people=(f"p{at % 60}", f"q{at % 60}")
        )
        for at in range(401)
    ]
    lines += [line(999, "not_open", people=("p1",)), line(5, "pass", kind="look_back", people=("late",))]
    found = rules.add_up(lines)
    assert (found.visits, found.places, found.of("rectify"), found.of("shut"), found.people) == (
        401,
        401,
        15,
        3,
        121,
    )
    assert (found.of("not_open"), found.look_backs, found.trouble) == (1, 1, 18)


def test_a_place_visited_twice_is_one_place() -> None:
    found = rules.add_up([line(1, place="x"), line(2, "rectify", place="x", not_met=2, put_right=1)])
    assert (found.visits, found.places, found.items, found.not_met, found.put_right) == (2, 1, 8, 2, 1)


def test_tables() -> None:
    lines = [
        line(1),
        line(2, area="310105103002", day=DAY + dt.timedelta(days=1)),
        line(3, area="310105104001", people=("b",), shift="night"),
    ]
    assert {key: row.visits for key, row in rules.table(lines, "area").items()} == {
        "310105103": 2,
        "310105104": 1,
    }
    assert list(rules.table(lines, "area", level=12)) == ["310105103001", "310105103002", "310105104001"]
    assert {key: row.visits for key, row in rules.table(lines, "person").items()} == {"b": 3, "a": 2}
    units = {"a": "jd/x/", "b": "jd/x/"}
    assert {key: row.visits for key, row in rules.table(lines, "unit", units).items()} == {"jd/x/": 3}
    assert list(rules.table(lines, "day")) == ["2022-07-10", "2022-07-11"]
    assert {key: row.visits for key, row in rules.table(lines, "shift").items()} == {"": 2, "night": 1}
    assert [rules.level_below(code) for code in ("", "310105", "310105103", "310105103001")] == [6, 9, 12, 20]


def order(at: int, status: str, hours: int | None = None, **more: Any) -> OrderLine:
    said = {
        "kind": "rectify",
        "due_at": NOON + 24 * HOUR,
        "complied_at": NOON + hours * HOUR if hours is not None else None,
        **more,
    }
    return OrderLine(id=at, place=said.pop("place", at), status=status, issued_at=NOON, **said)


def test_how_orders_went() -> None:
    lines = [
        order(1, "passed", 4, look_back="done"), order(2, "passed", 10, look_back="done"), order(3, "complied", 30, look_back="planned"),
        order(4, "issued"), order(5, "failed", 2, look_back="done", repeat=True), order(6, "withdrawn", 1),
    ]  # fmt: skip
    found = rules.rectified(lines, NOON + 12 * HOUR)
    assert (found.orders, found.open, found.late, found.passed, found.failed, found.repeat) == (
        5,
        2,
        0,
        2,
        1,
        1,
    )
    assert (found.hours, found.in_time, found.reported) == (7.0, 3, 4)
    assert (found.looked_back, found.owed) == (3, 4)
    later = rules.rectified(lines, NOON + 25 * HOUR)
    assert (later.late, later.owed) == (1, 5)
    assert rules.rectified([], NOON).hours is None


def test_offenders_and_periods() -> None:
    lines = [
        order(1, "passed", place="x"),
        order(2, "issued", place="x"),
        order(3, "withdrawn", place="y"),
        order(4, "issued", place="y"),
    ]
    assert rules.offenders(lines) == [("x", 2)]
    assert rules.before(DAY, DAY + dt.timedelta(days=6)) == (
        DAY - dt.timedelta(days=7),
        DAY - dt.timedelta(days=1),
    )
    assert [rules.change(3, 1), rules.change(1, 3), rules.change(2, 2)] == ["+2", "−2", ""]
    assert rules.share(1, 3) == 33.3
    assert rules.share(0, 0) is None


# --- from the store ------------------------------------------------------------------------------------------------


def held(ground: Ground) -> dict[str, Visit]:
    """S-1 must put one item right, S-2 is in order, S-3 was not open; S-4 waits."""
    _round, _team, found = ground.running("S-1", "S-2", "S-3", "S-4")
    ground.finish(found["S-1"], i1="not_met", i4="not_met")
    ground.finish(found["S-2"], i1="put_right", i3="not_applicable")
    visits.mark_not_open(by=ground.cast.xuncha, visit=found["S-3"], note="锁门")
    return found


def want(ground: Ground, **more: str) -> reads.Asked:
    return reads.asked(ground.cast.campaign, more)


def test_the_store_counts_the_same(ground: Ground) -> None:
    found = held(ground)
    asked = want(ground)
    scope = ground.cast.jinbo.scope
    total = rules.add_up(reads.visit_lines(reads.visits(scope, asked)))
    assert (total.visits, total.of("rectify"), total.of("pass"), total.of("not_open"), total.people) == (
        2,
        1,
        1,
        1,
        1,
    )
    assert (total.items, total.not_met, total.put_right) == (8, 2, 1)
    of_round = want(ground, round=str(found["S-1"].round_id))
    assert reads.coverage(scope, of_round) == reads.Coverage(4, 2, True)
    assert reads.coverage(scope, asked) == reads.Coverage(8, 2, False)
    assert reads.unvisited(scope, asked).count() == 6
    assert reads.coverage(scope, want(ground, area="310114102002")) == reads.Coverage(4, 1, False)
    assert [(row.item.number, row.looked_at, row.not_met, row.put_right) for row in reads.by_item(scope, asked)] == [
        ("1", 2, 1, 1), ("4", 2, 1, 0)
    ]  # fmt: skip
    rows = reads.visits(scope, asked)
    assert [visit.place.number for visit in reads.with_item(rows, ground.items[0].id, ["put_right"])] == [
        "S-2"
    ]
    assert reads.by_person(rows, ground.cast.xuncha.id).count() == 3
    assert reads.by_person(rows, ground.cast.hecha.id).count() == 0
    assert rules.add_up(reads.visit_lines(reads.visits(scope, asked.earlier))).visits == 0


def test_orders_look_backs_and_repeats(ground: Ground) -> None:
    found = held(ground)
    scope, asked = ground.cast.jinbo.scope, want(ground)
    row = (
        found["S-1"].order if hasattr(found["S-1"], "order") else Visit.objects.get(pk=found["S-1"].pk).order
    )
    went = rules.rectified(reads.order_lines(reads.orders(scope, asked)), clock.now())
    assert (went.orders, went.open, went.looked_back, went.owed) == (1, 1, 0, 0)
    orders.comply(by=ground.cast.xuncha, order=row, note="已改")
    back = Visit.objects.get(after=found["S-1"])
    ground.finish(
        back,
        findings=[
            visits.FindingDraft(key, "not_met") for key in visits.freeze_checklist(back, clock.today())
        ],
    )
    went = rules.rectified(reads.order_lines(reads.orders(scope, asked)), clock.now())
    assert (went.failed, went.looked_back, went.reported, went.in_time, went.hours) == (1, 1, 1, 1, 0.0)
    assert [(each.place.number, each.item.number, each.times) for each in reads.repeats(scope, asked)] == [
        ("S-1", "1", 2),
        ("S-1", "4", 2),
    ]
    assert rules.offenders(reads.order_lines(reads.orders(scope, asked))) == [(found["S-1"].place_id, 2)]


def test_nobody_counts_what_they_may_not_see(ground: Ground) -> None:
    held(ground)
    for person in (ground.cast.jiangqiao, ground.cast.passer_by):
        assert reads.visits(person.scope, want(ground)).count() == 0
        assert reads.orders(person.scope, want(ground)).count() == 0


def test_an_address_that_makes_no_sense_asks_the_usual(ground: Ground) -> None:
    asked = want(ground, done_from="x", done_to="9999-99-99", area="abc", round="no", by="moon")
    assert (asked.area, asked.round, asked.by) == ("", "", "area")
    assert (asked.last, (asked.last - asked.first).days) == (clock.today(), 29)
    turned = want(ground, done_from="2021-09-10", done_to="2021-09-01")
    assert (turned.first.day, turned.last.day) == (1, 10)
