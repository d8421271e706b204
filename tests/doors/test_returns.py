"""Sending back at the desk and over the API: marks, clocks, versions side by side, comments, one judgement on many."""

import json
from typing import Any

import pytest
from django.urls import reverse

from guatu.fieldwork.acts import EnvelopeIn, publish_form, receive_many, review_submission
from guatu.fieldwork.models import Form, Submission, SubmissionReturn
from tests.cast import Cast
from tests.fieldwork.papers import CLEAN_DAY, filled

SPOT = "<spot><place>沪宜公路</place><bags>{bags}</bags></spot>"


@pytest.fixture
def form(cast: Cast) -> Form:
    source = {"source": CLEAN_DAY.encode(), "file_name": "clean_day.md"}
    return publish_form(by=cast.jinbo, campaign=cast.campaign, **source).form


def send(cast: Cast, instance: str, by: Any = None, **more: Any) -> Submission:
    body = filled(instance, spots=SPOT.format(bags=more.pop("bags", 3)), **more)
    envelope = EnvelopeIn(xml=body, by=by or cast.xuncha, campaign=cast.campaign)
    outcome = receive_many(envelopes=[envelope])[0]
    assert outcome.taken, outcome.problem
    return Submission.objects.get(id=outcome.submission_id)


@pytest.fixture
def row(cast: Cast, form: Form) -> Submission:
    return send(cast, "uuid:1")


def judge(browser: Any, row: Submission, status: str = "has_issues", **said: Any) -> Any:
    given = {"judge-reason": "请核对", "judge-send_back": "on", **said}
    return browser.post(reverse("desk:submission_review", args=[row.id, status]), given)


def test_send_back_with_marks_and_the_collector_sees_them(cast: Cast, row: Submission, signed_in):
    browser = signed_in(cast.hecha)
    page = browser.get(reverse("desk:submission", args=[row.id])).content.decode()
    assert 'name="mark" value="/people"' in page
    assert 'name="mark" value="/spot[1]/bags"' in page
    marks = {"mark": ["/people"], "note:/spot[1]/bags": "袋数不对", "note:/people": "重新数"}
    assert judge(browser, row, **marks).status_code == 302
    back = SubmissionReturn.objects.get()
    assert back.questions == [
        {"path": "/people", "note": "重新数"},
        {"path": "/spot[1]/bags", "note": "袋数不对"},
    ]
    mine = signed_in(cast.xuncha)
    assert "退回待改：请核对" in mine.get(reverse("desk:mine")).content.decode()
    page = mine.get(reverse("desk:submission", args=[row.id])).content.decode()
    for words in ("等待修改", "重新数", "袋数不对", "去修改", "期限怎样算出"):
        assert words in page
    correct = reverse("desk:submission_correct", args=[row.id])
    assert "退回" not in mine.get(correct).content.decode()[:200]
    assert mine.get(correct).status_code == 200


def test_what_is_refused_stands_again_with_everything_typed(cast: Cast, row: Submission, signed_in):
    browser = signed_in(cast.hecha)
    refused = judge(browser, row, **{"judge-reason": " ", "mark": ["/people"], "note:/people": "看照片"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "请写明理由" in page
    assert 'value="/people" checked' in page
    assert 'value="看照片"' in page
    past = judge(browser, row, **{"judge-due": "2021-09-01T08:00"})
    assert "已经过去" in past.content.decode()
    assert not SubmissionReturn.objects.exists()


def test_a_judgement_alone_sends_nothing_back_and_undo_takes_a_return_away(
    cast: Cast, row: Submission, signed_in
):
    browser = signed_in(cast.hecha)
    judge(browser, row, **{"judge-send_back": ""})
    assert not SubmissionReturn.objects.exists()
    judge(browser, row, "rejected")
    assert SubmissionReturn.objects.filter(status="waiting").count() == 1
    browser.post(reverse("desk:submission_review", args=[row.id, "received"]))
    assert SubmissionReturn.objects.get().status == "dropped"


def test_the_three_steps_of_a_return(cast: Cast, row: Submission, signed_in):
    review_submission(by=cast.jinbo, submission=row, status="rejected", reason="缺照片")
    back = SubmissionReturn.objects.get()
    browser = signed_in(cast.jinbo)

    def step(name: str, **said: str) -> Any:
        return browser.post(
            reverse("desk:return_step", args=[back.id, name]),
            {f"{name}-{key}": text for key, text in said.items()},
        )

    assert step("prolong", due="2021-09-30T12:00", reason="出差").status_code == 302
    assert step("hand", to=str(cast.nanxiang.id)).status_code == 302
    assert step("prolong", due="2021-09-01T12:00", reason="x").status_code == 422
    assert step("nonsense").status_code == 404
    back.refresh_from_db()
    assert back.collector == cast.nanxiang
    assert step("take-back", reason="不用了").status_code == 302
    assert step("take-back", reason="不用了").status_code == 422
    back.refresh_from_db()
    assert back.status == "dropped"


def test_the_list_of_returns(cast: Cast, form: Form, row: Submission, signed_in, count_queries):
    address = reverse("desk:returns")
    browser = signed_in(cast.jinbo)
    assert "还没有退回过填报" in browser.get(address).content.decode()
    review_submission(by=cast.jinbo, submission=row, status="rejected", reason="缺照片")
    page = browser.get(address, {"status": "waiting", "collector": str(cast.xuncha.id)}).content.decode()
    assert "缺照片" in page
    assert "缺照片" not in browser.get(address, {"late": "1"}).content.decode()
    assert "缺照片" in browser.get(address, {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert "缺照片" not in signed_in(cast.jiangqiao).get(address).content.decode()
    with count_queries("returns list"):
        browser.get(address)


def test_versions_side_by_side(cast: Cast, row: Submission, signed_in):
    send(cast, "uuid:2", replaces="uuid:1", people=30, bags=9)
    send(cast, "uuid:3", replaces="uuid:2", people=30, bags=8)
    browser = signed_in(cast.jinbo)
    address = reverse("desk:submission_versions", args=[row.id])
    page = browser.get(address).content.decode()
    assert "<del>9</del>" in page
    assert "<ins>8</ins>" in page
    assert "320" not in page
    page = browser.get(address, {"left": "1", "right": "3", "only": "1"}).content.decode()
    assert "<del>320</del>" in page
    assert "沪宜公路" not in page
    assert browser.get(address, {"left": "99", "right": "x"}).status_code == 200
    assert signed_in(cast.jiangqiao).get(address).status_code == 404
    assert "各次版本对照" in browser.get(reverse("desk:submission", args=[row.id])).content.decode()


def test_comments(cast: Cast, row: Submission, signed_in):
    browser = signed_in(cast.xuncha)
    address = reverse("desk:submission_comment", args=[row.id])
    assert browser.post(address, {"comment-body": "人数含志愿者"}).status_code == 302
    assert browser.post(address, {"comment-body": " "}).status_code == 422
    assert (
        "人数含志愿者"
        in signed_in(cast.jinbo).get(reverse("desk:submission", args=[row.id])).content.decode()
    )
    assert signed_in(cast.jiangqiao).post(address, {"comment-body": "x"}).status_code == 404


def test_many_at_once_with_preview_and_undo(cast: Cast, form: Form, signed_in):
    rows = [send(cast, f"uuid:{number}") for number in range(3)]
    browser = signed_in(cast.hecha)
    chosen = {"row": [str(each.id) for each in rows]}
    address = reverse("desk:submissions_review", args=[form.id, "approved"])
    assert browser.post(address, {}).status_code == 302
    preview = browser.post(address, chosen)
    assert "选中 3 份，其中 3 份可以办理" in preview.content.decode()
    assert Submission.objects.filter(status="approved").count() == 0
    done = browser.post(address, {**chosen, "confirm": "1"}, follow=True)
    assert Submission.objects.filter(status="approved").count() == 3
    undo = next(each.extra_tags for each in done.context["messages"]).removeprefix("undo:").split()[0]
    browser.post(undo)
    assert Submission.objects.filter(status="approved").count() == 0
    back = reverse("desk:submissions_review", args=[form.id, "has_issues"])
    assert browser.post(back, {**chosen, "confirm": "1"}).status_code == 422
    assert browser.post(back, {**chosen, "confirm": "1", "reason": "缺照片"}).status_code == 302
    assert SubmissionReturn.objects.filter(status="waiting").count() == 3
    assert "批量退回修改" in browser.get(reverse("desk:submissions", args=[form.id])).content.decode()


def test_what_does_not_hold_stands_on_the_page_and_in_the_filter(
    cast: Cast, form: Form, row: Submission, signed_in
):
    notes = [{"path": "/people", "place": "/people", "kind": "calculate", "value": "7"}]
    Submission.objects.filter(id=row.id).update(notes=notes)
    browser = signed_in(cast.jinbo)
    assert "收到的是“7”" in browser.get(reverse("desk:submission", args=[row.id])).content.decode()
    listed = reverse("desk:submissions", args=[form.id])
    assert str(row.id) in browser.get(listed, {"doubtful": "1"}).content.decode()
    assert str(row.id) not in browser.get(listed, {"doubtful": "0"}).content.decode()


def test_api(cast: Cast, form: Form, row: Submission, signed_in):
    browser = signed_in(cast.jinbo)

    def post(address: str, **given: Any) -> Any:
        return browser.post(address, json.dumps(given), content_type="application/json")

    marks = [{"path": "/people", "note": "核对"}]
    said = post(f"/api/submissions/{row.id}/review", status="rejected", reason="人数", questions=marks)
    assert said.status_code == 200, said.content
    listed = browser.get(f"/api/submissions/{row.id}/returns").json()
    assert (listed[0]["status"], listed[0]["questions"], listed[0]["collector"]) == (
        "waiting",
        marks,
        "xuncha",
    )
    mine = signed_in(cast.xuncha).get("/api/returns/mine").json()
    assert [each["id"] for each in mine] == [listed[0]["id"]]
    one = f"/api/returns/{listed[0]['id']}"
    assert post(f"{one}/prolong", due_at="2021-09-30T12:00:00+08:00", reason="出差").json()["due_lines"] == []
    assert post(f"{one}/hand", to="nanxiang", reason="代班").json()["collector"] == "nanxiang"
    assert post(f"{one}/hand", to="nobody-here").status_code == 404
    assert post(f"{one}/take-back", reason="不用改").json()["status"] == "dropped"
    assert post(f"{one}/take-back", reason="不用改").json()["code"] == "return.ended"
    versions = browser.get(f"/api/submissions/{row.id}/versions").json()
    assert [each["instance_id"] for each in versions] == ["uuid:1"]
    assert browser.get(f"/api/submissions/{row.id}").json()["notes"] == []
    bad = post(
        f"/api/submissions/{row.id}/review", status="rejected", reason="x", questions=[{"path": "/gone"}]
    )
    assert bad.json()["code"] in ("submission.no_such_question",)
