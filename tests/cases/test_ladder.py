"""The escalation ladder: when a rung is reached, who is told, who has seen it, and the order at its end."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guatu.cases import acts
from guatu.cases.models import Alert, AlertPerson, Case, Stage, SupervisionOrder
from guatu.cases.rules import LADDER, Limit, Rung, ladder
from guatu.duty import acts as duty
from guatu.duty.models import Shift
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.kernel.workcalendar import WorkCalendar
from guatu.notices.models import Notice
from tests.cases.test_parallel import in_threads, store_of_many_hands
from tests.cast import Cast

ZONE = clock.ZONE


def at(day: int, hour: int, minute: int = 0, month: int = 9) -> dt.datetime:
    return dt.datetime(2021, month, day, hour, minute, tzinfo=ZONE)


# --- pure --------------------------------------------------------------------------------------------------------

# 16 and 17 September are worked, 18 is a Saturday worked for the holiday, 19 to 21 are free, 22 is worked
WORK = WorkCalendar(days={dt.date(2021, 9, day): day not in (19, 20, 21) for day in range(13, 30)})
FOUR = Limit(Decimal(4), "work_hour")


def moments(
    limit: Limit, start: dt.datetime, pauses: list[tuple[dt.datetime, dt.datetime]] | None = None
) -> list[str]:
    found = [ladder.next_rung_at(start, limit, pauses or [], index, LADDER, WORK) for index in range(4)]
    return [each.strftime("%d %H:%M") if each else "" for each in found]


def test_rungs_are_counted_like_the_deadline() -> None:
    assert moments(FOUR, at(16, 9)) == ["16 14:12", "16 15:00", "17 09:00", ""]
    assert moments(Limit(Decimal(2), "urgent_hour"), at(16, 23)) == ["17 00:36", "17 01:00", "17 03:00", ""]


def test_over_a_holiday_nothing_runs() -> None:
    assert moments(Limit(Decimal(1), "work_day"), at(18, 14)) == ["22 10:24", "22 12:00", "23 12:00", ""]


def test_nothing_climbs_in_a_pause_and_what_was_left_runs_on() -> None:
    held = [(at(16, 10), at(17, 10))]
    assert moments(FOUR, at(16, 9), held) == ["17 14:12", "17 15:00", "18 09:00", ""]


def test_the_whole_limit_is_the_deadline_itself() -> None:
    due = at(16, 17, 30)
    assert ladder.next_rung_at(at(16, 9), FOUR, [], 1, LADDER, WORK, due) == due
    assert ladder.next_rung_at(at(16, 9), FOUR, [], 0, LADDER, WORK, due) == at(16, 14, 12)


def test_a_deadline_without_a_limit_counts_plain_time() -> None:
    due = at(17, 9)
    found = [ladder.next_rung_at(at(16, 9), None, [], index, LADDER, WORK, due) for index in range(3)]
    assert found == [at(17, 4, 12), due, at(18, 9)]
    assert ladder.next_rung_at(at(16, 9), None, [], 0, LADDER, WORK) is None
    assert ladder.next_rung_at(at(16, 9), None, [], 0, LADDER, WORK, at(16, 8)) is None


def test_rungs_written_in_any_order_are_climbed_from_the_lowest() -> None:
    mixed = [Rung(Decimal(2), ("leader",), "二", "two"), Rung(Decimal("0.5"), ("unit",), "半", "half")]
    found = ladder.reached(at(16, 8), FOUR, [], 0, mixed, WORK, at(16, 11))
    assert [(each.number, each.rung.label_zh, each.at) for each in found] == [(1, "半", at(16, 10))]


def test_after_a_downtime_all_rungs_passed_are_there() -> None:
    found = ladder.reached(at(16, 9), FOUR, [], 0, LADDER, WORK, at(20, 0))
    assert [(each.number, each.at) for each in found] == [
        (1, at(16, 14, 12)),
        (2, at(16, 15)),
        (3, at(17, 9)),
    ]
    assert ladder.reached(at(16, 9), FOUR, [], 3, LADDER, WORK, at(20, 0)) == []


def test_numbers_of_orders() -> None:
    assert ladder.order_number(2026, 1) == "DB-2026-0001"
    assert ladder.order_number(2026, 12345) == "DB-2026-12345"


# --- climbing ----------------------------------------------------------------------------------------------------


def handling(case: Case) -> Stage:
    return Stage.objects.get(case=case, kind="handle", ended_at=None)


def climb_at(moment: dt.datetime) -> object:
    with clock.at(moment):
        return acts.climb()


def told(case: Case) -> list[tuple[int, str, str]]:
    rows = AlertPerson.objects.filter(alert__case=case).order_by("alert__rung", "person__username")
    return list(rows.values_list("alert__rung", "person__username", "as_what"))


def put_on_duty(
    cast: Cast, unit: str, person: str, start: dt.datetime, hours: int = 24, role: str = ""
) -> Shift:
    return duty.set_shift(
        by=cast.jinbo, unit=cast.units[unit], person=getattr(cast, person), starts_at=start,
        ends_at=start + dt.timedelta(hours=hours), role=role,
    )  # fmt: skip


def test_a_stage_with_a_limit_knows_its_next_rung(case_at: Callable[..., Case]) -> None:
    assert handling(case_at("dispatched")).next_rung_at == at(16, 14, 12)


def test_the_taker_and_the_unit_are_told_at_eighty_percent(
    classes: Cast, case_at: Callable[..., Case]
) -> None:
    case = case_at("accepted")
    put_on_duty(classes, "nxz", "xuncha", at(16, 8))
    climb_at(at(16, 14, 11))
    assert told(case) == []
    climb_at(at(16, 14, 12))
    assert told(case) == [(1, "nanxiang", "handler"), (1, "xuncha", "unit")]
    alert = Alert.objects.get(case=case)
    assert (alert.reached_at, alert.nobody, alert.missing) == (at(16, 14, 12), False, [])
    act = Act.objects.get(verb="case.alerted")
    assert act.effective_at == at(16, 14, 12)
    assert set(Notice.objects.filter(kind="alert").values_list("person__username", flat=True)) == {
        "nanxiang",
        "xuncha",
    }
    stage = handling(case)
    assert (stage.rung, stage.next_rung_at) == (1, at(16, 15))


def test_an_old_list_taken_over_calls_nobody(classes: Cast) -> None:
    """Rungs passed before the case was entered are climbed in silence; the one that lies ahead is told as ever."""
    drafts = [
        acts.Draft(title="两年前的案件", source="city_platform", class_code="0101", area="310114102", upper_number="OLD-1",
                   opened_at=dt.datetime(2019, 9, 16, 9, tzinfo=ZONE), limit=Limit(Decimal(5), "work_day")),
        acts.Draft(title="昨天的案件", source="city_platform", class_code="0101", area="310114102", upper_number="OLD-2",
                   opened_at=at(15, 10), limit=Limit(Decimal(10), "work_hour")),
    ]  # fmt: skip
    done = acts.import_cases(by=classes.chengyun, campaign=classes.campaign, drafts=drafts)
    for case in done.created:
        acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["nxz"])
    climb_at(at(16, 9, 1))
    assert (Alert.objects.count(), SupervisionOrder.objects.count()) == (0, 0)
    assert not Notice.objects.filter(kind="alert").exists()
    old = handling(done.created[0])
    assert (old.rung, old.next_rung_at) == (3, None)
    assert Act.objects.filter(verb="case.alerts_passed", subject_id=str(done.created[0].id)).count() == 1
    climb_at(at(16, 18))
    assert set(Alert.objects.values_list("case__upper_number", "rung")) == {("OLD-2", 1), ("OLD-2", 2)}
    assert Act.objects.filter(verb="case.alerts_passed").count() == 1


def test_repeating_it_does_nothing(case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    for _ in range(3):
        climb_at(at(16, 15))
    assert list(Alert.objects.filter(case=case).order_by("rung").values_list("rung", flat=True)) == [1, 2]
    assert Act.objects.filter(verb="case.alerted").count() == 2


def test_the_last_rung_tells_the_leader_and_raises_one_order(
    classes: Cast, case_at: Callable[..., Case]
) -> None:
    case = case_at("accepted")
    for moment in (at(16, 14, 12), at(16, 15), at(17, 9)):
        climb_at(moment)
    assert (3, "zhihui", "leader") in told(case)
    assert (3, "chengyun", "centre") in told(case)
    order = SupervisionOrder.objects.get()
    assert (order.number, order.status, order.case_id, order.unit_id) == (
        "DB-2021-0001", "raised", case.id, classes.units["nxz"].id,
    )  # fmt: skip
    assert order.raised_at == at(17, 9)
    assert handling(case).next_rung_at is None
    climb_at(at(25, 9))
    assert SupervisionOrder.objects.count() == 1


def test_the_order_is_settled_when_the_stage_ends(classes: Cast, case_at: Callable[..., Case]) -> None:
    from tests.cases.conftest import photo

    case = case_at("accepted")
    climb_at(at(17, 9))
    with clock.at(at(17, 10)):
        acts.handle_case(by=classes.nanxiang, case=case, note="已清运", photos=[photo()])
    order = SupervisionOrder.objects.get()
    assert (order.status, order.settled_at) == ("settled", at(17, 10))
    assert Act.objects.filter(verb="case.supervision_settled", subject_id=str(case.id)).count() == 1


def test_after_a_downtime_everybody_is_told_once_with_the_highest(case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    climb_at(at(22, 9))
    alerts = Alert.objects.filter(case=case).order_by("rung")
    assert [(each.rung, each.reached_at) for each in alerts] == [
        (1, at(16, 14, 12)),
        (2, at(16, 15)),
        (3, at(17, 9)),
    ]
    names = [name for _rung, name, _as_what in told(case)]
    assert len(names) == len(set(names))
    assert (3, "chengyun", "centre") in told(case)
    assert Notice.objects.filter(kind="alert").count() == len(names)


def test_a_gap_in_the_roster_is_shown_and_not_filled(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("dispatched")
    put_on_duty(classes, "nxz", "nanxiang", at(18, 8))  # a roster is kept, and nobody is on it on the 16th
    climb_at(at(16, 14, 12))
    alert = Alert.objects.get(case=case)
    assert (alert.nobody, sorted(alert.missing)) == (True, ["handler", "unit"])
    assert told(case) == []
    climb_at(at(16, 15))
    late = Alert.objects.get(case=case, rung=2)
    assert (late.nobody, late.missing) == (False, ["unit"])


def test_nothing_climbs_while_the_case_is_held(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    with clock.at(at(16, 10)):
        request = acts.ask(by=classes.nanxiang, case=case, kind="hold", reason="等材料")
        acts.decide(by=classes.zhihui, request=request, granted=True)
    assert handling(case).next_rung_at is None
    climb_at(at(22, 9))
    assert not Alert.objects.exists()
    with clock.at(at(22, 10)):
        acts.resume_case(by=classes.chengyun, case=case, note="材料到了")
    assert handling(case).next_rung_at == at(22, 14, 12)


def test_an_extension_moves_the_rungs_that_are_left(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    climb_at(at(16, 14, 12))
    with clock.at(at(16, 14, 30)):
        request = acts.ask(by=classes.nanxiang, case=case, kind="extend", reason="雨天")
        acts.decide(by=classes.zhihui, request=request, granted=True)
    stage = handling(case)
    assert (stage.rung, stage.next_rung_at) == (1, stage.due_at)
    assert stage.due_at == at(17, 9)


def test_checking_is_in_the_hands_of_the_checkers(classes: Cast, case_at: Callable[..., Case]) -> None:
    classes.campaign.settings = {"cases": {"stages": {"check": {"limit": 2, "limit_unit": "work_hour"}}}}
    classes.campaign.save()
    case = case_at("handled")
    climb_at(at(16, 10, 36))
    assert told(case) == [(1, "chengyun", "unit"), (1, "hecha", "handler")]


def test_a_role_of_the_campaigns_own_ladder(classes: Cast, case_at: Callable[..., Case]) -> None:
    rungs = [{"share": 0.5, "to": ["office", "nonsense"], "label_zh": "过半"}]
    classes.campaign.settings = {"cases": {"ladder": rungs}}
    classes.campaign.save()
    case = case_at("accepted")
    climb_at(at(16, 11))
    assert told(case) == [(1, "jinbo", "office")]
    assert Alert.objects.get().missing == ["nonsense"]
    assert not SupervisionOrder.objects.exists()


def test_rules_that_cannot_be_read_stop_nobody_else(classes: Cast, case_at: Callable[..., Case]) -> None:
    good, bad = case_at("accepted"), case_at("accepted")
    other = type(classes.campaign)(home="310114000", code="broken", name="坏的", area="310114",
                                   opens_on=dt.date(2021, 11, 5), closes_on=dt.date(2021, 11, 10), seed="001",
                                   settings={"cases": {"stages": {"nonsense": {}}}})  # fmt: skip
    other.save(force_insert=True)
    Case.objects.filter(pk=bad.pk).update(campaign=other)
    climb_at(at(16, 14, 12))
    assert set(Alert.objects.values_list("case_id", flat=True)) == {good.id}


def test_a_run_with_nothing_to_do_asks_once(case_at: Callable[..., Case]) -> None:
    case_at("accepted")
    with clock.at(at(16, 9, 30)), CaptureQueriesContext(connection) as seen:
        acts.climb()
    assert len(seen) == 1


# --- acknowledging -----------------------------------------------------------------------------------------------


def test_seen_then_acknowledged_with_a_word(classes: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    climb_at(at(16, 14, 12))
    row = AlertPerson.objects.get(person=classes.nanxiang)
    with clock.at(at(16, 14, 20)):
        assert acts.see_alerts(by=classes.nanxiang, case=case) == 1
        assert acts.see_alerts(by=classes.nanxiang, case=case) == 0
        assert acts.see_alerts(by=classes.jiangqiao, case=case) == 0
    with clock.at(at(16, 14, 25)):
        acts.acknowledge_alert(by=classes.nanxiang, told=row, note="  已派人  ", version=1)
    row.refresh_from_db()
    assert (row.seen_at, row.acknowledged_at, row.note) == (at(16, 14, 20), at(16, 14, 25), "已派人")
    assert Act.objects.filter(verb="case.alert_acknowledged", by_id=classes.nanxiang.id).count() == 1


def test_what_is_refused(classes: Cast, case_at: Callable[..., Case]) -> None:
    case_at("accepted")
    climb_at(at(16, 14, 12))
    row = AlertPerson.objects.get(person=classes.nanxiang)
    with pytest.raises(Problem, match="case.alert_not_yours"):
        acts.acknowledge_alert(by=classes.chengyun, told=row)
    with pytest.raises(Problem, match="case.note_too_long"):
        acts.acknowledge_alert(by=classes.nanxiang, told=row, note="字" * 301)
    with pytest.raises(Problem, match="kernel.stale"):
        acts.acknowledge_alert(by=classes.nanxiang, told=row, version=9)
    acts.acknowledge_alert(by=classes.nanxiang, told=row)
    with pytest.raises(Problem, match="case.alert_acknowledged"):
        acts.acknowledge_alert(by=classes.nanxiang, told=row)


# --- at once -----------------------------------------------------------------------------------------------------


@pytest.mark.slow  # five runs of the job over a dozen cases, on a store that threads share
@pytest.mark.django_db(transaction=True)
def test_five_jobs_at_once_tell_everybody_once(
    classes: Cast, case_at: Callable[..., Case], tmp_path: Path
) -> None:
    for _ in range(12):
        case_at("accepted")
    failures: list[BaseException] = []
    seen: list[tuple[int, int, int, list[str]]] = []

    def run() -> None:
        try:
            with clock.at(at(17, 9)):
                acts.climb()
        except BaseException as error:
            failures.append(error)

    def look() -> None:
        numbers = list(SupervisionOrder.objects.order_by("number").values_list("number", flat=True))
        acts_ = Act.objects.filter(verb="case.alerted").count()
        seen.append((Alert.objects.count(), acts_, Notice.objects.filter(kind="alert").count(), numbers))

    with store_of_many_hands(tmp_path):
        in_threads(run, 5)
        in_threads(look, 1)
    assert failures == []
    people = 12 * 3  # the taker, the centre, the commander
    assert seen == [(36, 36, people, [f"DB-2021-{n:04d}" for n in range(1, 13)])]
