"""Stages and approvals: every stretch has a clock, nobody approves their own wish, the past is never rewritten."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from guatu.campaigns.models import Phase
from guatu.cases import acts
from guatu.cases.models import Case, CaseClass, CaseStandard, Reporter, Request, Stage
from guatu.cases.rules import Limit
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, story
from guatu.kernel.problems import Problem
from tests.cases.conftest import approved, photo
from tests.cast import NANXIANG, Cast

Make = Callable[..., Case]


@contextmanager
def day(month: int, number: int, hour: int, minute: int = 0) -> Iterator[dt.datetime]:
    moment = dt.datetime(2021, month, number, hour, minute, tzinfo=clock.ZONE)
    with clock.at(moment):
        yield moment


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.sentence("zh-hans") + refused.value.sentence("en")
    return refused.value


def stages(case: Case, kind: str = "") -> list[Stage]:
    rows = Stage.objects.filter(case=case).order_by("started_at", "id")
    return [row for row in rows if not kind or row.kind == kind]


def said(cast: Cast, **cases: object) -> None:
    cast.campaign.settings = {**cast.campaign.settings, "cases": cases}
    cast.campaign.save()


def reported(cast: Cast, **more: object) -> Case:
    draft = acts.Draft(title="沪宜公路爆管", area=NANXIANG, class_code="0101")
    return acts.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft, **more)  # type: ignore[arg-type]


# --- stages ------------------------------------------------------------------------------------------------------


def test_every_stretch_is_kept_with_who_had_it_and_how_it_ended(classes: Cast, case_at: Make) -> None:
    case = case_at("closed")
    found = [(row.kind, row.outcome, str(row.unit or "")) for row in stages(case)]
    unit = str(classes.units["nxz"])
    assert sorted(found) == sorted([
        ("file", "file", ""), ("dispatch", "dispatch", ""), ("accept", "accept", unit), ("handle", "handle", unit),
        ("check", "pass", unit), ("close", "close", unit),
    ])  # fmt: skip
    assert not Stage.objects.filter(case=case, ended_at=None).exists()
    handled = stages(case, "handle")[0]
    assert (handled.by, handled.late, handled.class_code, handled.due_at) == (
        classes.nanxiang, False, "0101", case.due_at,
    )  # fmt: skip
    assert handled.why == [{"what": "class", "code": "0101", "name": "暴露垃圾"}]


def test_a_stage_has_the_limit_that_the_campaign_gives_it(classes: Cast) -> None:
    said(classes, stages={"file": {"limit": "0.25", "limit_unit": "urgent_hour"}})
    with day(9, 16, 9) as morning:
        case = reported(classes)
        waiting = stages(case, "file")[0]
        assert waiting.due_at == morning + dt.timedelta(minutes=15)
    with day(9, 16, 9, 20):
        assert acts.mark_overdue() == 1
        assert acts.mark_overdue() == 0
        assert next(act.verb for act in story(case)) == "case.stage_overdue"
        acts.file_case(by=classes.chengyun, case=case)
    waiting.refresh_from_db()
    assert (waiting.late, waiting.minutes_used, waiting.outcome) == (True, 20, "file")


def test_a_confirmation_that_is_asked_for_comes_before_filing_and_from_somebody_else(classes: Cast) -> None:
    said(classes, stages={"confirm": {"required": True, "sources": ["patrol"], "evidence": ["photo"]}})
    case = reported(classes)
    assert [row.kind for row in stages(case)] == ["confirm"]
    refusal("case.confirm_first", lambda: acts.file_case(by=classes.chengyun, case=case))
    refusal(
        "case.finder_confirms", lambda: acts.confirm_case(by=_also(classes.xuncha, "operations"), case=case)
    )
    refusal("case.evidence_needed", lambda: acts.confirm_case(by=classes.hecha, case=case))
    case = acts.confirm_case(by=classes.hecha, case=case, photos=[photo()])
    assert case.status == "confirmed"
    assert acts.file_case(by=classes.chengyun, case=case).status == "filed"
    assert [row.kind for row in stages(case)] == ["confirm", "file", "dispatch"]


def _also(person: object, role: str) -> object:
    from guatu.units.models import Person, Post

    assert isinstance(person, Person)
    Post.objects.create(person=person, role=role, areas=["310114"])
    return Person.objects.get(pk=person.pk)


def test_feeding_back_is_a_stage_where_the_campaign_asks_for_it(classes: Cast, case_at: Make) -> None:
    said(classes, stages={"feed_back": {"required": True}})
    case = case_at("accepted")
    case = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
    assert case.status == "treated"
    refusal("case.wrong_step", lambda: acts.verify_case(by=classes.hecha, case=case, passed=True))
    refusal("case.reason_needed", lambda: acts.feed_back_case(by=classes.chengyun, case=case, note=""))
    case = acts.feed_back_case(by=classes.chengyun, case=case, note="已清运并答复", result="explained")
    assert (case.status, case.result) == ("handled", "explained")


def test_a_limit_in_two_parts_runs_one_after_the_other(classes: Cast, case_at: Make) -> None:
    found = CaseClass.objects.get(code="0101")
    standard = CaseStandard.objects.create(
        home=found.home, campaign=classes.campaign, case_class=found, condition="供水爆管",
        stages=[{"name": "止水", "amount": "1", "unit": "urgent_hour"}, {"name": "修复", "amount": "5", "unit": "work_day"}],
    )  # fmt: skip
    with day(9, 16, 9):
        case = case_at("accepted", standard=standard)
        first, second = stages(case, "handle")
        assert (first.name, clock.local(first.due_at).hour) == ("止水", 10)
        assert clock.local(second.due_at).date() == dt.date(
            2021, 9, 24
        )  # over the Moon festival, 18 September worked
        assert case.due_at == second.due_at
        refusal("case.no_such_part", lambda: acts.report_stage(by=classes.nanxiang, case=case, part=5))
    with day(9, 16, 9, 40):
        case = acts.report_stage(by=classes.nanxiang, case=case, part=0, note="已关阀")
        first.refresh_from_db()
        assert (case.status, first.outcome, first.late, first.minutes_used) == (
            "accepted",
            "stage",
            False,
            40,
        )
    with day(9, 17, 9):
        case = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
        assert case.late is False


def test_a_guarantee_period_is_stricter_and_says_so(classes: Cast, case_at: Make) -> None:
    said(classes, guarantee="0.5")
    Phase.objects.create(
        home=classes.campaign.home, campaign=classes.campaign, code="g", name="保障期", guarantee=True,
        starts_on=dt.date(2021, 9, 1), ends_on=dt.date(2021, 9, 30),
    )  # fmt: skip
    with day(9, 16, 9):
        case = case_at("dispatched")
    assert (case.limit_amount, case.guarantee) == (2, True)
    why = stages(case, "handle")[0].why
    assert why[1] == {"what": "guarantee", "phase": "保障期", "factor": "0.5", "usual": "4"}
    with day(10, 11, 9):
        assert case_at("dispatched").limit_amount == 4


# --- approvals ---------------------------------------------------------------------------------------------------


def test_a_hold_stops_the_clock_and_the_page_can_tell_why(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("accepted")  # four working hours: due 15:00
    with day(9, 16, 10):
        case = approved("hold", case, classes.nanxiang, "等待产权单位", classes.chengyun)
        assert case.status == "held"
        assert stages(case, "handle")[0].paused_at is not None
    with day(9, 16, 18):
        assert acts.mark_overdue() == 0  # nothing runs
        refusal("case.wrong_step", lambda: acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()]))
    with day(9, 17, 8):
        case = acts.resume_case(by=classes.chengyun, case=case)
    assert case.status == "accepted"
    assert clock.local(case.due_at) == dt.datetime(
        2021, 9, 17, 11, tzinfo=clock.ZONE
    )  # three hours were left
    assert [line["kind"] for line in case.due_lines] == ["worked", "paused", "worked"]
    with day(9, 17, 10):
        case = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
    assert (case.late, case.minutes_used, stages(case, "handle")[0].minutes_used) == (False, 180, 180)


def test_a_hold_ends_by_itself_on_its_day(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("accepted")
        until = dt.datetime(2021, 9, 17, 9, tzinfo=clock.ZONE)
        refusal(
            "case.hold_past",
            lambda: acts.ask(
                by=classes.nanxiang, case=case, kind="hold", reason="等", until=until - dt.timedelta(days=2)
            ),
        )
        case = approved("hold", case, classes.nanxiang, "等待交警封路", classes.chengyun, until=until)
    with day(9, 17, 8):
        assert acts.turns.resume_due() == 0
    with day(9, 17, 9):
        assert acts.turns.resume_due() == 1
        assert acts.turns.resume_due() == 0
    case.refresh_from_db()
    assert case.status == "accepted"


def test_an_extension_is_granted_once_and_before_the_deadline(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("accepted")  # due 15:00
        refusal(
            "case.extend_too_long",
            lambda: acts.ask(
                by=classes.nanxiang,
                case=case,
                kind="extend",
                reason="雨",
                limit=Limit(case.limit_amount * 2, "work_hour"),
            ),
        )
        case = approved("extend", case, classes.nanxiang, "雨天", classes.chengyun)
    assert clock.local(case.due_at) == dt.datetime(
        2021, 9, 17, 9, tzinfo=clock.ZONE
    )  # eight working hours in all
    assert stages(case, "handle")[0].due_at == case.due_at
    with day(9, 16, 10):
        refusal(
            "case.extended_once",
            lambda: acts.ask(by=classes.nanxiang, case=case, kind="extend", reason="又下雨"),
        )


def test_an_extension_comes_too_late(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("accepted")
        waiting = acts.ask(by=classes.nanxiang, case=case, kind="extend", reason="雨")
        acts.take_back(by=classes.nanxiang, request=waiting)
    with day(9, 16, 15, 1):
        refusal(
            "case.extend_late", lambda: acts.ask(by=classes.nanxiang, case=case, kind="extend", reason="雨")
        )


def test_nobody_decides_on_their_own_wish(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    waiting = acts.ask(by=classes.chengyun, case=case, kind="void", reason="登记有误")
    case.refresh_from_db()
    assert case.status == "accepted"
    refusal("case.own_request", lambda: acts.decide(by=classes.chengyun, request=waiting, granted=True))
    refusal("access.denied", lambda: acts.decide(by=classes.lvrong, request=waiting, granted=True))
    refusal("case.refusal_reason", lambda: acts.decide(by=classes.zhihui, request=waiting, granted=False))
    refusal("case.not_asker", lambda: acts.take_back(by=classes.zhihui, request=waiting))
    refusal(
        "case.asked_already", lambda: acts.ask(by=classes.chengyun, case=case, kind="void", reason="登记有误")
    )
    decided = acts.decide(by=classes.zhihui, request=waiting, granted=False, note="情况属实")
    assert (decided.status, decided.decided_by) == ("refused", classes.zhihui)
    refusal("case.decided_already", lambda: acts.decide(by=classes.zhihui, request=waiting, granted=True))
    refusal("case.decided_already", lambda: acts.take_back(by=classes.chengyun, request=waiting))
    assert [act.verb for act in story(case)][:2] == ["case.decided", "case.requested"]


def test_what_was_granted_too_late_is_refused_whole(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    waiting = acts.ask(by=classes.nanxiang, case=case, kind="return", reason="不属本单位")
    acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
    refusal("case.wrong_step", lambda: acts.decide(by=classes.chengyun, request=waiting, granted=True))
    waiting.refresh_from_db()
    assert waiting.status == "asked"  # nothing was half done


def test_a_campaign_may_do_without_approvals(classes: Cast, case_at: Make) -> None:
    said(classes, approvals=["void"])
    case = case_at("accepted")
    request = acts.ask(by=classes.nanxiang, case=case, kind="return", reason="不属本单位")
    case.refresh_from_db()
    assert (case.status, request.status, case.unit, case.returns) == ("returned", "granted", None, 1)
    ended = stages(case, "handle")[0]
    assert (str(ended.unit), ended.outcome) == (str(classes.units["nxz"]), "return")


# --- beside the straight way ---------------------------------------------------------------------------------------


def test_who_found_it_neither_handles_nor_verifies(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    finder = _also(classes.xuncha, "operations")
    refusal("case.finder_handles", lambda: acts.handle_case(by=finder, case=case, photos=[photo()]))
    case = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
    refusal(
        "case.finder_checks",
        lambda: acts.verify_case(by=_also(classes.xuncha, "verifier"), case=case, passed=True),
    )


def test_another_class_holds_from_now_on_and_the_past_keeps_its_own(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("accepted")
        case = acts.reclassify_case(by=classes.chengyun, case=case, class_code="0402", reason="实为占道经营")
    assert (case.class_code, case.limit_amount) == ("0402", 4)
    assert {row.class_code for row in stages(case) if row.ended_at} == {"0101"}
    with day(9, 16, 9, 30):
        case = acts.reclassify_case(by=classes.chengyun, case=case, class_code="0402", new_limit=True)
    assert (case.limit_amount, case.limit_unit, clock.local(case.due_at).hour) == (2, "urgent_hour", 11)
    refusal(
        "case.unknown_class", lambda: acts.reclassify_case(by=classes.chengyun, case=case, class_code="9999")
    )


def test_another_limit_counts_the_pause_that_was(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("accepted")
    with day(9, 16, 9, 30):
        case = approved("hold", case, classes.nanxiang, "等待", classes.chengyun)
    with day(9, 16, 10, 30):
        case = acts.resume_case(by=classes.chengyun, case=case)
        case = acts.reclassify_case(by=classes.chengyun, case=case, class_code="0402", new_limit=True)
    assert clock.local(case.due_at) == dt.datetime(
        2021, 9, 16, 12, tzinfo=clock.ZONE
    )  # two hours, one of them held
    assert stages(case, "handle")[0].due_at == case.due_at


def test_a_settled_case_is_reopened_within_its_window(classes: Cast, case_at: Make) -> None:
    with day(9, 16, 9):
        case = case_at("closed")
    with day(9, 20, 9):
        refusal("case.reason_needed", lambda: acts.reopen_case(by=classes.chengyun, case=case, reason=" "))
        again = acts.reopen_case(by=classes.chengyun, case=case, reason="反映人说没解决")
        assert (again.status, again.reopens, again.due_at, again.unit) == ("filed", 1, None, None)
        assert [row.kind for row in stages(again) if row.ended_at is None] == ["dispatch"]
        assert stages(again, "handle")[0].outcome == "handle"  # what the first round took stays
    with day(9, 16, 9):
        other = case_at("closed")
    with day(10, 8, 9):
        refusal(
            "case.window_over", lambda: acts.reopen_case(by=classes.chengyun, case=other, reason="没解决")
        )


def test_a_report_is_withdrawn_by_its_finder_before_anybody_is_sent(classes: Cast, case_at: Make) -> None:
    case = case_at("filed")
    refusal("case.not_finder", lambda: acts.withdraw_case(by=classes.nanxiang, case=case, reason="报错"))
    assert acts.withdraw_case(by=classes.xuncha, case=case, reason="报错").status == "withdrawn"
    sent = case_at("dispatched")
    refusal("case.wrong_step", lambda: acts.withdraw_case(by=classes.xuncha, case=sent, reason="报错"))


def test_first_contact_has_its_own_clock(classes: Cast, case_at: Make) -> None:
    said(classes, stages={"contact": {"limit": 1, "limit_unit": "work_day"}})
    with day(9, 16, 9):
        case = reported(classes, reporter=acts.ReporterDraft(name="张三", phone="13800000000", via="hotline"))
        kept = Reporter.objects.get(case=case)
        assert case.finder is None
        assert "张三" not in str(kept.sealed)
        assert kept.phone_blind
        waiting = stages(case, "contact")[0]
        assert clock.local(waiting.due_at) == dt.datetime(2021, 9, 17, 9, tzinfo=clock.ZONE)
        case = acts.file_case(by=classes.chengyun, case=case)
        refusal("case.contact_note", lambda: acts.contact_reporter(by=classes.chengyun, case=case, note=" "))
    with day(9, 16, 11):
        case = acts.contact_reporter(by=classes.chengyun, case=case, note="电话联系，已说明处理安排")
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.minutes_used, waiting.late) == ("contact", 120, False)
    assert case.contacted_at is not None


def test_the_system_may_do_what_nobody_asked(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    waiting = acts.ask(by=SYSTEM, case=case, kind="hold", reason="台风")
    assert Request.objects.get(pk=waiting.pk).asked_by is None
    assert acts.decide(by=classes.chengyun, request=waiting, granted=True).status == "granted"
