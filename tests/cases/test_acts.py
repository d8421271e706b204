"""Every act on a case: it works, then every refusal."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guatu.cases import acts
from guatu.cases.models import Case, CaseClass, Step
from guatu.cases.rules import Limit
from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, story
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.units.models import Post
from tests.cases.conftest import CLASSES, ISSUED, approved, photo
from tests.cast import GUYIYUAN, JIANGQIAO, NANXIANG, Cast

Make = Callable[..., Case]


def fact(case: Case) -> FactRow | None:
    return FactRow.objects.filter(
        subject_id=str(case.id), kind="case", until_position=None, effective_until=None
    ).first()


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.sentence("zh-hans") + refused.value.sentence("en")
    return refused.value


# --- the whole road ----------------------------------------------------------------------------------------------


def test_a_case_goes_from_report_to_closure(classes: Cast, case_at: Make) -> None:
    case = case_at("closed")
    assert [act.verb for act in story(case, newest_first=False) if act.verb != "file.attached"] == [
        "case.reported", "case.filed", "case.dispatched", "case.accepted", "case.handled", "case.verified",
        "case.closed",
    ]  # fmt: skip
    assert case.number == "AJ-2021-000001"
    assert (case.taker, case.handler, case.checker) == (classes.nanxiang, classes.nanxiang, classes.hecha)
    assert case.steps.count() == 7
    stated = fact(case)
    assert stated is not None
    assert (stated.kind, stated.status, stated.category, stated.area) == (
        "case",
        "closed",
        "patrol",
        NANXIANG,
    )
    assert stated.attributes.items() >= {
        "source": "patrol", "class": "0101", "rectified": True, "late": False, "on_time": True,
    }.items()  # fmt: skip
    assert stated.unit == "jd/nxz/"
    assert stated.measures.items() >= {"cases": "1", "rework": "0", "minutes_used": "0"}.items()


def test_numbers_follow_each_other_by_year(classes: Cast, case_at: Make) -> None:
    first, second = case_at(), case_at()
    with clock.at(dt.datetime(2022, 1, 4, 9, tzinfo=clock.ZONE)):
        third = case_at()
    assert [case.number for case in (first, second, third)] == [
        "AJ-2021-000001",
        "AJ-2021-000002",
        "AJ-2022-000001",
    ]


# --- reporting ---------------------------------------------------------------------------------------------------


def draft(**more: object) -> acts.Draft:
    return acts.Draft(**{"title": "暴露垃圾", "area": NANXIANG, **more})  # type: ignore[arg-type]


def test_a_report_keeps_who_found_what_where_and_the_photos(classes: Cast) -> None:
    case = acts.report_case(
        by=classes.xuncha, campaign=classes.campaign, draft=draft(area=GUYIYUAN, address=" 古猗园路 "), photos=[photo("前.jpg")]
    )  # fmt: skip
    assert (case.finder, case.home, case.area, case.address) == (
        classes.xuncha,
        NANXIANG,
        GUYIYUAN,
        "古猗园路",
    )
    assert [act.verb for act in story(case, newest_first=False)] == ["case.reported", "file.attached"]


def test_a_point_in_another_system_is_converted_and_kept_as_given(classes: Cast) -> None:
    case = acts.report_case(
        by=classes.chengyun, campaign=classes.campaign, draft=draft(area="", lon=121.3245, lat=31.2968, crs="gcj02")
    )  # fmt: skip
    assert (case.source_crs, case.source_x, case.source_y) == ("gcj02", 121.3245, 31.2968)
    assert case.lon == pytest.approx(121.3200, abs=0.001)
    assert case.area == classes.campaign.area  # no border is known here: it lies in the campaign's area


def test_a_place_lends_its_whereabouts(classes: Cast) -> None:
    place = classes.places["NX-001"]
    case = acts.report_case(by=classes.nanxiang, campaign=classes.campaign, draft=draft(area="", place=place))
    assert (case.area, case.lon, case.place) == (place.area, place.lon, place)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": "  "}, "case.untitled"),
        ({"source": "rumour"}, "case.unknown_source"),
        ({"class_code": "9999"}, "case.unknown_class"),
        ({"area": ""}, "case.nowhere"),
        ({"lon": 31.29, "lat": 121.32}, "case.bad_point"),
        ({"lon": 121.32, "lat": 31.29, "crs": "mars"}, "case.bad_crs"),
        ({"area": JIANGQIAO}, "access.denied"),
        ({"opened_at": dt.datetime(2021, 9, 17, 9, tzinfo=clock.ZONE)}, "kernel.future"),
    ],
)
def test_a_report_is_refused(classes: Cast, more: dict[str, object], code: str) -> None:
    refusal(
        code, lambda: acts.report_case(by=classes.nanxiang, campaign=classes.campaign, draft=draft(**more))
    )
    assert not Case.objects.exists()


def test_a_campaign_without_classes_takes_any(cast: Cast, work_calendar: None) -> None:
    assert (
        acts.report_case(by=cast.nanxiang, campaign=cast.campaign, draft=draft(class_code="X")).class_code
        == "X"
    )


def test_an_upper_number_stands_once(classes: Cast) -> None:
    def report() -> Case:
        return acts.report_case(
            by=classes.chengyun, campaign=classes.campaign, draft=draft(upper_number="SZ-1")
        )

    first = report()
    assert "AJ-2021-000001" in refusal("case.upper_twice", report).sentence("zh-hans")
    approved("void", first, classes.chengyun, "重复", classes.zhihui)
    assert report().number == "AJ-2021-000002"  # a void case no longer holds its number


# --- steps and their clocks --------------------------------------------------------------------------------------


def test_a_limit_from_above_runs_from_when_the_case_was_opened(classes: Cast) -> None:
    case = acts.report_case(by=classes.chengyun, campaign=classes.campaign, draft=draft(opened_at=ISSUED))
    case = acts.file_case(by=classes.chengyun, case=case, limit=(5, "work_day"))
    assert (case.clock_started_at, case.due_at) == (
        ISSUED,
        dt.datetime(2021, 9, 13, 9, 30, tzinfo=clock.ZONE),
    )
    assert case.upper_due_at == case.due_at
    assert len(case.due_lines) == 11
    kept = acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["nxz"])
    assert kept.due_at == case.due_at


def test_our_own_limit_may_be_shorter_than_the_one_from_above_not_longer(classes: Cast) -> None:
    case = acts.report_case(by=classes.chengyun, campaign=classes.campaign, draft=draft())
    case = acts.file_case(by=classes.chengyun, case=case, limit=(1, "work_day"))
    late = refusal(
        "case.beyond_upper",
        lambda: acts.dispatch_case(
            by=classes.chengyun, case=case, unit=classes.units["nxz"], limit=(3, "work_day")
        ),
    )
    assert "2021-09-17 09:00" in late.sentence("zh-hans")
    case = acts.dispatch_case(
        by=classes.chengyun, case=case, unit=classes.units["nxz"], limit=(4, "work_hour")
    )
    assert case.due_at == dt.datetime(2021, 9, 16, 15, tzinfo=clock.ZONE)


def test_dispatch_takes_the_limit_of_the_class(classes: Cast, case_at: Make) -> None:
    case = case_at("dispatched")
    assert (case.limit_amount, case.limit_unit) == (4, "work_hour")
    assert case.due_at == dt.datetime(2021, 9, 16, 15, tzinfo=clock.ZONE)


def test_a_deadline_past_the_calendar_is_provisional(classes: Cast) -> None:
    with clock.at(dt.datetime(2026, 12, 31, 17, 0, tzinfo=clock.ZONE)):
        case = acts.report_case(by=classes.chengyun, campaign=classes.campaign, draft=draft())
        case = acts.file_case(by=classes.chengyun, case=case, limit=(2, "work_day"))
    assert case.due_provisional
    assert story(case)[0].details["provisional"] is True


def test_dispatch_is_refused(classes: Cast, case_at: Make) -> None:
    unit = classes.units["nxz"]
    bare = case_at("filed", class_code="0301")  # its class sets no limit
    refusal("case.limit_needed", lambda: acts.dispatch_case(by=classes.chengyun, case=bare, unit=unit))
    refusal(
        "case.bad_limit",
        lambda: acts.dispatch_case(by=classes.chengyun, case=bare, unit=unit, limit=(1, "weeks")),
    )
    refusal(
        "access.denied",
        lambda: acts.dispatch_case(by=classes.nanxiang, case=bare, unit=unit, limit=(1, "work_day")),
    )
    type(unit).objects.filter(pk=unit.pk).update(active=False)
    unit.refresh_from_db()
    refusal(
        "case.unit_closed",
        lambda: acts.dispatch_case(by=classes.chengyun, case=bare, unit=unit, limit=(1, "work_day")),
    )


def test_a_step_out_of_turn_is_refused_by_name(classes: Cast, case_at: Make) -> None:
    case = case_at("reported")
    found = refusal("case.wrong_step", lambda: acts.close_case(by=classes.hecha, case=case))
    assert "待立案" in found.sentence("zh-hans")


def test_an_old_version_is_refused(classes: Cast, case_at: Make) -> None:
    case = case_at("filed")
    acts.correct_case(by=classes.chengyun, case=case, changes={"title": "新标题"})
    with pytest.raises(Problem) as refused:
        acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["nxz"], version=case.version)
    assert refused.value.code == "kernel.stale"


def test_steps_follow_each_other_in_time(classes: Cast, case_at: Make) -> None:
    case = case_at("dispatched")
    early = dt.datetime(2021, 9, 15, 9, tzinfo=clock.ZONE)
    refusal(
        "case.before_last_step", lambda: acts.accept_case(by=classes.nanxiang, case=case, effective_at=early)
    )


def test_a_dispatch_can_be_taken_back_until_it_is_accepted(classes: Cast, case_at: Make) -> None:
    case = acts.recall_case(by=classes.chengyun, case=case_at("dispatched"))
    assert (case.status, case.unit, case.dispatched_at) == ("filed", None, None)
    taken = case_at("accepted")
    refusal("case.wrong_step", lambda: acts.recall_case(by=classes.chengyun, case=taken))


def test_who_comes_second_is_told_who_has_it(classes: Cast, case_at: Make) -> None:
    case = case_at("dispatched")
    acts.accept_case(by=classes.nanxiang, case=case)
    late = refusal(
        "case.taken", lambda: acts.accept_case(by=classes.chengyun, case=case, version=case.version)
    )
    assert "南翔镇南翔镇" in late.sentence("zh-hans")
    assert "2021-09-16 09:00" in late.sentence("en")


def test_only_the_units_own_people_or_the_centre_take_its_steps(classes: Cast, case_at: Make) -> None:
    case = case_at("dispatched")
    refusal(
        "case.not_yours", lambda: acts.accept_case(by=classes.xuncha, case=case)
    )  # same street, other unit
    refusal("access.denied", lambda: acts.accept_case(by=classes.jiangqiao, case=case))
    on_behalf = acts.accept_case(by=classes.chengyun, case=case)
    assert on_behalf.taker == classes.chengyun


def test_a_lead_unit_sees_and_takes_what_its_unit_has_wherever_it_lies(classes: Cast, case_at: Make) -> None:
    case = acts.dispatch_case(by=classes.chengyun, case=case_at("filed"), unit=classes.units["lrj"])
    assert acts.accept_case(by=classes.lvrong, case=case).taker == classes.lvrong


def test_a_return_needs_its_reason_and_frees_the_unit(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    refusal("case.reason_needed", lambda: acts.ask(by=classes.nanxiang, case=case, kind="return", reason=" "))
    case = approved("return", case, classes.nanxiang, "属绿容局职责", classes.chengyun)
    assert (case.status, case.unit, case.taker) == ("returned", None, None)
    assert Step.objects.get(case=case, step="return").note == "属绿容局职责"
    assert "属绿容局职责" not in str(
        list(Act.objects.values_list("details", flat=True))
    )  # words stay off the ledger
    again = acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["lrj"])
    assert again.status == "dispatched"


def test_rejecting_needs_a_reason(classes: Cast, case_at: Make) -> None:
    case = case_at("reported")
    refusal("case.reason_needed", lambda: acts.reject_case(by=classes.chengyun, case=case, reason=""))
    assert acts.reject_case(by=classes.chengyun, case=case, reason="不在本区").status == "rejected"


def test_handled_needs_an_after_photo_unless_the_class_says_otherwise(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    refusal("case.photo_needed", lambda: acts.handle_case(by=classes.nanxiang, case=case))
    assert acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()]).status == "handled"
    free = case_at("accepted", class_code="0402")
    assert acts.handle_case(by=classes.nanxiang, case=free).status == "handled"
    unclassed = acts.file_case(
        by=classes.chengyun, case=case_at("reported", class_code=""), limit=(1, "work_day")
    )
    unclassed = acts.dispatch_case(by=classes.chengyun, case=unclassed, unit=classes.units["nxz"])
    unclassed = acts.accept_case(by=classes.nanxiang, case=unclassed)
    refusal("case.photo_needed", lambda: acts.handle_case(by=classes.nanxiang, case=unclassed))


def test_a_bad_photo_leaves_the_case_as_it_was(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    bad = SimpleUploadedFile("after.jpg", b"not a picture at all")
    with pytest.raises(Problem):
        acts.handle_case(by=classes.nanxiang, case=case, photos=[photo(), bad])
    case.refresh_from_db()
    assert case.status == "accepted"


def test_nobody_verifies_the_work_of_their_own_hands_or_house(classes: Cast, case_at: Make) -> None:
    Post.objects.create(person=classes.nanxiang, role="verifier", areas=["310114"], units=[])
    colleague = type(classes.nanxiang).objects.create(username="nx2", name="同事", unit=classes.units["nxz"])
    Post.objects.create(person=colleague, role="verifier", areas=["310114"], units=[])
    handler = type(classes.nanxiang).objects.get(pk=classes.nanxiang.pk)
    case = case_at("handled")
    refusal("case.same_person", lambda: acts.verify_case(by=handler, case=case, passed=True))
    refusal("case.same_unit", lambda: acts.verify_case(by=colleague, case=case, passed=True))
    refusal("access.denied", lambda: acts.verify_case(by=classes.lvrong, case=case, passed=True))
    assert acts.verify_case(by=classes.hecha, case=case, passed=True).checker == classes.hecha


def test_rework_counts_keeps_the_deadline_and_wants_a_new_photo(classes: Cast, case_at: Make) -> None:
    case = case_at("handled")
    refusal("case.reason_needed", lambda: acts.verify_case(by=classes.hecha, case=case, passed=False))
    with clock.at(dt.datetime(2021, 9, 16, 10, tzinfo=clock.ZONE)):
        back = acts.verify_case(by=classes.hecha, case=case, passed=False, note="仍有散落垃圾")
        assert (back.status, back.rework, back.handled_at, back.due_at) == ("accepted", 1, None, case.due_at)
        refusal("case.photo_needed", lambda: acts.handle_case(by=classes.nanxiang, case=back))
        done = acts.handle_case(by=classes.nanxiang, case=back, photos=[photo("返工后.jpg")])
    stated = fact(done)
    assert stated is not None
    assert stated.measures["rework"] == "1"


def test_rework_may_grant_new_time_even_beyond_what_was_demanded(classes: Cast, case_at: Make) -> None:
    case = case_at("handled")
    back = acts.verify_case(
        by=classes.hecha, case=case, passed=False, note="返工", limit=Limit(Decimal(1), "work_day")
    )
    assert back.due_at == dt.datetime(2021, 9, 17, 9, tzinfo=clock.ZONE)
    assert back.upper_due_at is None


def test_void_takes_a_case_out_of_the_figures(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    assert fact(case) is not None
    refusal("case.reason_needed", lambda: acts.ask(by=classes.chengyun, case=case, kind="void", reason=""))
    approved("void", case, classes.chengyun, "重复登记", classes.zhihui)
    assert fact(case) is None


# --- overdue -----------------------------------------------------------------------------------------------------


def test_the_clock_records_once_that_a_case_became_overdue(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")  # due 15:00
    assert acts.mark_overdue() == 0
    with clock.at(dt.datetime(2021, 9, 16, 16, tzinfo=clock.ZONE)):
        assert acts.mark_overdue() == 1
        assert acts.mark_overdue() == 0
        act = Act.objects.get(verb="case.became_overdue")
        assert act.effective_at == case.due_at  # true from that very moment, not from when the job came by
        assert (act.by_id, act.via) == (None, "clock")
        row = Case.objects.get(pk=case.pk)
        assert (row.late, row.version) == (True, case.version)  # nobody's form became stale
        stated = fact(row)
        assert stated is not None
        assert stated.attributes["late"] is True
        done = acts.handle_case(by=classes.nanxiang, case=row, photos=[photo()])
    after = fact(done)
    assert after is not None
    assert (after.attributes["late"], after.attributes["on_time"]) == (True, False)
    assert done.minutes_used == 300


def test_handled_late_before_the_clock_came_by_is_recorded_too(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    with clock.at(dt.datetime(2021, 9, 16, 16, tzinfo=clock.ZONE)):
        done = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
        assert acts.mark_overdue() == 0
    assert done.late
    assert Act.objects.filter(verb="case.became_overdue").count() == 1


def test_handled_in_time_but_entered_late_is_not_late(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    with clock.at(dt.datetime(2021, 9, 16, 16, tzinfo=clock.ZONE)):
        acts.mark_overdue()
        in_time = dt.datetime(2021, 9, 16, 14, 30, tzinfo=clock.ZONE)
        done = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()], effective_at=in_time)
    assert not done.late


def test_the_clocks_job_runs_from_the_queue(
    classes: Cast, case_at: Make, run_jobs: Callable[[], int]
) -> None:
    case_at("accepted")
    with clock.at(dt.datetime(2021, 9, 16, 16, tzinfo=clock.ZONE)):
        acts.watch_deadlines.enqueue()
        assert run_jobs() >= 1
    assert Case.objects.get().late


# --- correcting --------------------------------------------------------------------------------------------------


def test_a_correction_restates_the_past_and_says_what_changed(classes: Cast, case_at: Make) -> None:
    case = case_at("filed")
    row = acts.correct_case(
        by=classes.chengyun, case=case,
        changes={"title": "曹安公路暴露垃圾", "description": "张三的店门口", "area": GUYIYUAN, "class_code": "0402"},
    )  # fmt: skip
    assert (row.title, row.area, row.home) == ("曹安公路暴露垃圾", GUYIYUAN, NANXIANG)
    act = story(row)[0]
    assert act.verb == "case.corrected"
    assert act.details["old"]["class_code"] == "0101"
    assert act.details["new"]["description"] == {"length": 6}  # a description may name people
    stated = fact(row)
    assert stated is not None
    assert (stated.area, stated.attributes["class"]) == (GUYIYUAN, "0402")
    same = acts.correct_case(by=classes.chengyun, case=row, changes={"title": row.title})
    assert same.version == row.version


def test_a_corrected_limit_recounts_the_deadline_from_its_own_start(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    row = acts.correct_case(by=classes.chengyun, case=case, changes={"limit": (1, "work_day")})
    assert row.due_at == dt.datetime(2021, 9, 17, 9, tzinfo=clock.ZONE)
    above = acts.file_case(by=classes.chengyun, case=case_at("reported"), limit=(1, "work_day"))
    row = acts.correct_case(by=classes.chengyun, case=above, changes={"limit": Limit(Decimal(3), "work_day")})
    assert (
        row.due_at == row.upper_due_at == dt.datetime(2021, 9, 22, 9, tzinfo=clock.ZONE)
    )  # over the Mid-Autumn days


def test_corrections_are_refused(classes: Cast, case_at: Make) -> None:
    case = case_at("filed")
    by = classes.chengyun
    refusal("case.untitled", lambda: acts.correct_case(by=by, case=case, changes={"title": " "}))
    refusal("case.unknown_source", lambda: acts.correct_case(by=by, case=case, changes={"source": "x"}))
    refusal("case.unknown_class", lambda: acts.correct_case(by=by, case=case, changes={"class_code": "x"}))
    refusal(
        "access.denied", lambda: acts.correct_case(by=classes.nanxiang, case=case, changes={"title": "x"})
    )
    acts.report_case(by=by, campaign=classes.campaign, draft=draft(upper_number="SZ-9"))
    refusal("case.upper_twice", lambda: acts.correct_case(by=by, case=case, changes={"upper_number": "SZ-9"}))
    closed = case_at("closed")
    refusal("case.settled", lambda: acts.correct_case(by=by, case=closed, changes={"title": "x"}))


# --- classes, many -----------------------------------------------------------------------------------------------


def test_setting_classes_again_changes_nothing(classes: Cast) -> None:
    acted = Act.objects.count()
    again = acts.set_classes(by=SYSTEM, campaign=classes.campaign, classes=CLASSES)
    assert set(again.values()) == {"same"}
    assert Act.objects.count() == acted
    changed = acts.set_classes(
        by=SYSTEM, campaign=classes.campaign, classes=[{**CLASSES[0], "limit_amount": 8}]
    )
    assert changed == {"0101": "changed"}
    assert CaseClass.objects.get(code="0101").version == 2
    refusal(
        "access.denied", lambda: acts.set_classes(by=classes.nanxiang, campaign=classes.campaign, classes=[])
    )
    refusal(
        "case.bad_limit",
        lambda: acts.set_classes(
            by=SYSTEM, campaign=classes.campaign, classes=[{"code": "1", "name": "甲", "limit_amount": 1}]
        ),
    )


def test_many_at_once_what_is_refused_hinders_nobody(classes: Cast, case_at: Make) -> None:
    ready, raw = case_at("filed"), case_at("reported")
    found = acts.many(
        acts.dispatch_case,
        by=classes.chengyun,
        cases=[(ready, ready.version), (raw, None)],
        unit=classes.units["nxz"],
    )
    assert [outcome.case is not None for outcome in found] == [True, False]
    assert found[1].problem is not None
    assert found[1].problem.code == "case.wrong_step"
