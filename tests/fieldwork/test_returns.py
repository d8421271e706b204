"""A submission that is sent back: the clock, who is told, what ends it, who may mend it."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from guatu.fieldwork import reads, reads_returns
from guatu.fieldwork.acts import (
    chase,
    hand_return,
    prolong_return,
    review_many,
    review_submission,
    take_back_return,
    undo_reviews,
    withdraw_submission,
)
from guatu.fieldwork.models import Form, Submission, SubmissionReturn
from guatu.fieldwork.rules import returns
from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.kernel.workcalendar import WorkCalendar
from guatu.notices.models import Notice
from tests.cast import Cast
from tests.conftest import CAMPAIGN_DAY
from tests.fieldwork.papers import filled

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = WorkCalendar({dt.date(2021, 9, day): day not in (18, 19, 20, 21) for day in range(13, 30)})


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2021, 9, day, hour, minute, tzinfo=ZONE)


class TestRules:
    def test_a_working_day_is_eight_working_hours_with_its_lines(self):
        due, lines = returns.due(at(16, 9), Decimal(1), "work_day", WEEK)
        assert due == at(17, 9)
        assert [line["minutes"] for line in lines] == [180, 240, 60]

    def test_twice_the_limit_is_counted_in_the_same_time(self):
        due, lines = returns.due(at(17, 9), Decimal(1), "work_day", WEEK)
        assert due == at(22, 9)  # the holiday lies between
        assert returns.twice(at(17, 9), due, lines, WEEK) == at(23, 9)
        assert returns.twice(at(16, 9), at(16, 12), [], WEEK) == at(16, 15)

    def test_levels(self):
        assert [returns.level_at(at(16, hour), at(16, 10), at(16, 12)) for hour in (9, 10, 11, 12)] == [
            0,
            1,
            1,
            2,
        ]

    def test_marks_are_kept_once_and_cut(self):
        kept = returns.kept_questions([{"path": "/a", "note": "x" * 400}, {"path": "/a"}, {"path": "/b"}])
        assert [each["path"] for each in kept] == ["/a", "/b"]
        assert len(kept[0]["note"]) == 300
        assert returns.plain_path("/spot[2]/bags") == "/spot/bags"


@pytest.fixture
def row(cast: Cast, send: Any) -> Submission:
    return reads.submission(cast.jinbo.scope, send("uuid:1", by=cast.xuncha).submission_id)


def send_back(cast: Cast, row: Submission, **more: Any) -> SubmissionReturn:
    given = {
        "status": "rejected",
        "reason": "人数不对",
        "questions": [{"path": "/people", "note": "请核对"}],
        **more,
    }
    review_submission(by=cast.jinbo, submission=row, **given)
    return SubmissionReturn.objects.filter(submission_id=row.id).latest("returned_at")


class TestSendingBack:
    def test_to_its_sender_with_a_clock_a_notice_and_a_fact(self, cast: Cast, row: Submission):
        back = send_back(cast, row, status="has_issues")
        assert (back.collector, back.status, back.late) == (cast.xuncha, "waiting", False)
        assert clock.local(back.due_at) == at(17, 9)
        assert sum(line["minutes"] for line in back.due_lines) == 480
        notice = Notice.objects.get(person=cast.xuncha)
        assert (notice.kind, notice.subject_id) == ("returned", str(row.id))
        assert notice.details["count"] == 1
        assert [each["questions"] for each in reads_returns.returns_for(cast.xuncha)] == [back.questions]
        assert (
            FactRow.objects.get(subject_type="submission", until_position=None).attributes["returns"] == "1"
        )

    def test_an_edit_settles_it(self, cast: Cast, row: Submission, send: Any):
        back = send_back(cast, row)
        edited = send(by=cast.xuncha, xml=filled("uuid:2", replaces="uuid:1", people=30))
        assert edited.status == "corrected"
        back.refresh_from_db()
        assert (back.status, back.late) == ("settled", False)
        assert Submission.objects.get().status == "received"
        assert Act.objects.filter(verb="submission.return_settled").exists()

    def test_a_late_edit_settles_it_late(self, cast: Cast, row: Submission, send: Any):
        back = send_back(cast, row)
        with clock.at(at(18, 9)):
            send(by=cast.xuncha, xml=filled("uuid:2", replaces="uuid:1", people=30))
        back.refresh_from_db()
        assert (back.status, back.late) == ("settled", True)

    def test_withdrawing_and_approving_end_it(self, cast: Cast, row: Submission, send: Any):
        back = send_back(cast, row)
        withdraw_submission(by=cast.xuncha, submission=row, reason="填错了")
        back.refresh_from_db()
        assert back.status == "dropped"
        other = reads.submission(cast.jinbo.scope, send("uuid:9", by=cast.xuncha).submission_id)
        second = send_back(cast, other)
        review_submission(by=cast.jinbo, submission=other, status="approved")
        second.refresh_from_db()
        assert second.status == "settled"

    def test_again_replaces_the_one_that_waits(self, cast: Cast, row: Submission):
        first = send_back(cast, row, status="has_issues")
        with clock.at(CAMPAIGN_DAY + dt.timedelta(minutes=5)):
            second = send_back(cast, row, status="rejected")
        first.refresh_from_db()
        assert (first.status, second.status) == ("dropped", "waiting")
        assert Submission.objects.get().returns == 2

    def test_nothing_goes_back_when_nobody_shall_mend_it(self, cast: Cast, row: Submission):
        review_submission(by=cast.jinbo, submission=row, status="rejected", reason="重复", return_to=False)
        assert not SubmissionReturn.objects.exists()

    def test_to_somebody_else_until_another_time(self, cast: Cast, row: Submission):
        back = send_back(cast, row, return_to=cast.nanxiang, due=at(20, 12))
        assert (back.collector, clock.local(back.due_at), back.due_lines) == (cast.nanxiang, at(20, 12), [])

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"reason": " "}, "submission.reason_needed"),
            ({"questions": [{"path": "/nowhere"}]}, "submission.no_such_question"),
            ({"due": at(15, 9)}, "return.due_past"),
        ],
    )
    def test_refusals(self, cast: Cast, row: Submission, more: Any, code: str):
        with pytest.raises(Problem) as wrong:
            send_back(cast, row, **more)
        assert wrong.value.code == code
        assert Submission.objects.get().status == "received"

    def test_somebody_who_may_not_send_cannot_mend(self, cast: Cast, row: Submission):
        with pytest.raises(Problem) as wrong:
            send_back(cast, row, return_to=cast.passer_by)
        assert wrong.value.code == "return.bad_collector"

    def test_who_may_not_review_may_not_send_back(self, cast: Cast, row: Submission):
        with pytest.raises(Problem) as wrong:
            review_submission(by=cast.nanxiang, submission=row, status="rejected", reason="x")
        assert wrong.value.code == "access.denied"


class TestByHand:
    def test_take_back(self, cast: Cast, row: Submission):
        back = send_back(cast, row)
        take_back_return(by=cast.jinbo, row=back, reason="不用改了")
        back.refresh_from_db()
        assert back.status == "dropped"
        assert Submission.objects.get().status == "rejected"
        with pytest.raises(Problem) as wrong:
            take_back_return(by=cast.jinbo, row=back, reason="再来")
        assert wrong.value.code == "return.ended"

    def test_prolong(self, cast: Cast, row: Submission):
        back = send_back(cast, row)
        with clock.at(at(17, 10)):
            assert chase() == 1
            prolong_return(by=cast.jinbo, row=SubmissionReturn.objects.get(), due=at(22, 12), reason="出差")
        back.refresh_from_db()
        assert (back.level, clock.local(back.due_at)) == (0, at(22, 12))
        with pytest.raises(Problem) as wrong:
            prolong_return(by=cast.jinbo, row=back, due=at(1, 1), reason="x")
        assert wrong.value.code == "return.due_past"

    def test_hand_to_another_who_may_then_mend_what_is_not_theirs(
        self, cast: Cast, row: Submission, send: Any
    ):
        back = send_back(cast, row)
        stranger = filled("uuid:2", replaces="uuid:1", people=30)
        assert send(by=cast.jiangqiao, xml=stranger).problem.code == "access.denied"
        hand_return(by=cast.jinbo, row=back, to=cast.jiangqiao, reason="代班")
        assert Notice.objects.filter(person=cast.jiangqiao, kind="returned").exists()
        assert reads.submission(cast.jiangqiao.scope, row.id).id == row.id
        assert str(row.id) in reads.submissions_seen(cast.jiangqiao.scope, [str(row.id)])
        assert send(by=cast.jiangqiao, xml=stranger).status == "corrected"
        with pytest.raises(Problem):
            reads.submission(cast.jiangqiao.scope, row.id)

    @pytest.mark.parametrize("act", [take_back_return, prolong_return, hand_return])
    def test_only_who_reviews(self, cast: Cast, row: Submission, act: Any):
        more: dict[str, Any] = {"reason": "x"}
        more |= (
            {"due": at(22, 9)}
            if act is prolong_return
            else {"to": cast.nanxiang}
            if act is hand_return
            else {}
        )
        with pytest.raises(Problem) as wrong:
            act(by=cast.xuncha, row=send_back(cast, row), **more)
        assert wrong.value.code == "access.denied"

    def test_a_stale_page_changes_nothing(self, cast: Cast, row: Submission):
        with pytest.raises(Problem) as wrong:
            take_back_return(by=cast.jinbo, row=send_back(cast, row), reason="x", version=9)
        assert wrong.value.code == "kernel.stale"


class TestTheClock:
    def test_the_unit_at_the_limit_the_office_at_twice_each_once(self, cast: Cast, row: Submission):
        back = send_back(cast, row)
        with clock.at(at(17, 8, 59)):
            assert chase() == 0
        with clock.at(at(17, 9)):
            assert (chase(), chase()) == (1, 0)
        back.refresh_from_db()
        assert (back.level, back.late) == (1, True)
        told = set(Notice.objects.filter(kind="return_late").values_list("person__username", flat=True))
        assert "xuncha" in told
        assert "jinbo" not in told
        with clock.at(at(20, 9)):
            assert (chase(), chase()) == (1, 0)
        told = set(Notice.objects.filter(kind="return_late").values_list("person__username", flat=True))
        assert "jinbo" in told
        back.refresh_from_db()
        assert back.level == 2

    def test_after_a_downtime_it_is_told_once(self, cast: Cast, row: Submission):
        send_back(cast, row)
        with clock.at(at(26, 9)):
            assert (chase(), chase()) == (1, 0)


class TestMany:
    @pytest.fixture
    def rows(self, cast: Cast, send: Any) -> list[Submission]:
        ids = [send(f"uuid:{number}", by=cast.xuncha).submission_id for number in range(3)]
        return [reads.submission(cast.jinbo.scope, each) for each in ids]

    def test_approve_many_and_take_it_back(self, cast: Cast, form: Form, rows: list[Submission]):
        review_submission(by=cast.jinbo, submission=rows[2], status="approved")
        done = review_many(by=cast.jinbo, form=form, rows=rows, status="approved")
        assert (done.done, [problem.code for _, problem in done.left_out]) == (
            2,
            ["submission.nothing_changed"],
        )
        assert undo_reviews(by=cast.jinbo, form=form, act_id=done.act_id) == 2
        assert sorted(Submission.objects.values_list("status", flat=True)) == [
            "approved",
            "received",
            "received",
        ]
        with pytest.raises(Problem) as wrong:
            undo_reviews(by=cast.jinbo, form=form, act_id=done.act_id)
        assert wrong.value.code == "submission.bulk_undone"

    def test_return_many(self, cast: Cast, form: Form, rows: list[Submission]):
        done = review_many(by=cast.jinbo, form=form, rows=rows, status="has_issues", reason="缺照片")
        assert SubmissionReturn.objects.filter(status="waiting").count() == 3
        review_submission(by=cast.jinbo, submission=Submission.objects.get(id=rows[0].id), status="approved")
        assert undo_reviews(by=cast.jinbo, form=form, act_id=done.act_id) == 2  # one was touched since
        assert not SubmissionReturn.objects.filter(status="waiting").exists()

    def test_refusals(self, cast: Cast, form: Form, rows: list[Submission]):
        for more, code in [
            ({"rows": []}, "submission.nothing_chosen"),
            ({"status": "lovely"}, "submission.bad_status"),
            ({"status": "rejected"}, "submission.reason_needed"),
        ]:
            with pytest.raises(Problem) as wrong:
                review_many(by=cast.jinbo, form=form, **{"rows": rows, "status": "approved", **more})
            assert wrong.value.code == code
        done = review_many(by=cast.nanxiang, form=form, rows=rows, status="approved")
        assert (done.done, done.left_out[0][1].code) == (0, "access.denied")
        with clock.at(CAMPAIGN_DAY):
            done = review_many(by=cast.jinbo, form=form, rows=rows, status="approved")
        with pytest.raises(Problem) as wrong:
            undo_reviews(by=cast.chengyun, form=form, act_id=done.act_id)
        assert wrong.value.code == "access.not_found"
