"""People outside: a link answers once, a reporter follows their own matter, “not solved” takes it up again, names stay sealed."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.acts import outside
from guatu.cases.models import Case, CaseClass, Feedback, Link, Reporter
from guatu.cases.rules.outside import may_reopen
from guatu.figures.models import FactRow
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.acts import story
from guatu.kernel.models import Act, SightLog
from guatu.kernel.problems import Problem
from tests.cases.conftest import photo
from tests.cast import NANXIANG, Cast

Make = Callable[..., Case]


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.sentence("zh-hans") + refused.value.sentence("en")
    return refused.value


@pytest.fixture
def public(classes: Cast) -> Cast:
    CaseClass.objects.filter(code="0101").update(public=True)
    return classes


def reported(cast: Cast, **more: object) -> outside.Reported:
    draft = acts.Draft(title="路口垃圾成堆", area=NANXIANG, class_code="0101", source="public")
    who = acts.ReporterDraft(name="李女士", phone="13812345678", via="public")
    return outside.report_from_outside(campaign=cast.campaign, draft=draft, reporter=who, **more)  # type: ignore[arg-type]


def closed(cast: Cast, case: Case) -> Case:
    case = acts.file_case(by=cast.chengyun, case=case)
    case = acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"])
    case = acts.accept_case(by=cast.nanxiang, case=case)
    case = acts.handle_case(by=cast.nanxiang, case=case, photos=[photo()])
    case = acts.verify_case(by=cast.hecha, case=case, passed=True)
    return acts.close_case(by=cast.hecha, case=case, public_note="已清运，并增加巡查。")


# --- the one-time link -------------------------------------------------------------------------------------------


def test_an_outsider_answers_once_with_text_and_photos(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    link, key = outside.ask_outside(
        by=classes.nanxiang, case=case, for_whom="自来水公司", question="阀门归谁管？"
    )
    assert key not in str(Act.objects.values_list("details", flat=True))
    assert link.sha256 != key
    page = Client().get(reverse("public:answer", args=[key]))
    assert page.status_code == 200
    assert "阀门归谁管" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    sent = Client().post(
        reverse("public:answer", args=[key]), {"text": "归我公司，已派人。", "photos": [photo("现场.jpg")]}
    )
    assert sent.status_code == 302
    link.refresh_from_db()
    assert (link.answer, link.answered_at is not None) == ("归我公司，已派人。", True)
    assert Attachment.objects.get(subject_id=str(case.id), purpose="outside").name == "现场.jpg"
    assert next(act.verb for act in story(case)) == "case.outsider_answered"
    refusal("case.link_over", lambda: outside.answer_link(key=key, text="再说一句"))
    assert "归我公司" in Client().get(reverse("public:answer", args=[key])).content.decode()


def test_a_link_runs_out_and_may_be_withdrawn(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    refusal(
        "case.link_question",
        lambda: outside.ask_outside(by=classes.nanxiang, case=case, for_whom="物业", question=" "),
    )
    refusal(
        "access.denied",
        lambda: outside.ask_outside(by=classes.jiangqiao, case=case, for_whom="物业", question="？"),
    )
    link, key = outside.ask_outside(
        by=classes.nanxiang, case=case, for_whom="物业", question="何时清理？", days=1
    )
    refusal("case.link_empty", lambda: outside.answer_link(key=key, text=" "))
    refusal("case.link_unknown", lambda: outside.answer_link(key="x" * 32, text="好"))
    with clock.at(clock.now() + dt.timedelta(days=2)):
        refusal("case.link_over", lambda: outside.answer_link(key=key, text="好"))
        assert Client().get(reverse("public:answer", args=[key])).status_code == 410
    outside.withdraw_link(by=classes.nanxiang, link=link)
    refusal("case.link_over", lambda: outside.answer_link(key=key, text="好"))
    refusal("case.link_over", lambda: outside.withdraw_link(by=classes.nanxiang, link=link))


def test_a_settled_case_asks_nobody(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    _, key = outside.ask_outside(by=classes.nanxiang, case=case, for_whom="物业", question="何时清理？")
    case = acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
    case = acts.verify_case(by=classes.hecha, case=case, passed=True)
    refusal(
        "case.settled",
        lambda: outside.ask_outside(by=classes.chengyun, case=case, for_whom="物业", question="？"),
    )
    refusal("case.link_over", lambda: outside.answer_link(key=key, text="好"))


# --- the reporter ------------------------------------------------------------------------------------------------


def test_a_report_comes_from_the_public_page_and_is_followed(public: Cast) -> None:
    chosen = CaseClass.objects.get(code="0101")
    form = {"class_key": str(chosen.id), "title": "路口垃圾成堆", "area": NANXIANG, "name": "李女士", "phone": "13812345678",
            "photos": [photo("前.jpg")]}  # fmt: skip
    page = Client().post(reverse("public:report", args=[public.campaign.code]), form)
    case = Case.objects.get()
    text = page.content.decode()
    assert page.status_code == 200
    assert case.number in text
    assert (case.source, case.finder, case.status) == ("public", None, "reported")
    link = Link.objects.get(kind="follow")
    address = text.split('<a class="code break" href="')[1].split('"')[0]
    followed = Client().get(address)
    assert followed.status_code == 200
    assert "路口垃圾成堆" in followed.content.decode()
    assert "李女士" not in followed.content.decode()
    shown = followed.content.decode().split('<img src="')[1].split('"')[0]
    picture = Client().get(shown)
    assert picture["Content-Type"] == "image/jpeg"
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[arg-type]
    link.refresh_from_db()
    assert link.opened_at is not None


def test_a_machine_that_fills_in_everything_reports_nothing(public: Cast) -> None:
    chosen = CaseClass.objects.get(code="0101")
    form = {"class_key": str(chosen.id), "title": "买药", "area": NANXIANG, "website": "spam.example"}
    assert Client().post(reverse("public:report", args=[public.campaign.code]), form).status_code == 200
    assert not Case.objects.exists()


def test_only_public_classes_are_taken_and_a_flood_is_stopped(
    public: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = CaseClass.objects.get(code="0402")
    form = {"class_key": str(hidden.id), "title": "占道", "area": NANXIANG}
    address = reverse("public:report", args=[public.campaign.code])
    assert Client().post(address, form).status_code == 422
    refusal(
        "case.class_not_public",
        lambda: outside.report_from_outside(
            campaign=public.campaign, draft=acts.Draft(title="占道", area=NANXIANG, class_code="0402", source="public"),
            reporter=acts.ReporterDraft(via="public"),
        ),
    )  # fmt: skip
    assert not Case.objects.exists()
    monkeypatch.setattr("guatu.public.people.views.MOST_AN_HOUR", 1)
    good = {"class_key": str(CaseClass.objects.get(code="0101").id), "title": "垃圾", "area": NANXIANG}
    client = Client(REMOTE_ADDR="192.0.2.7")
    assert client.post(address, good).status_code == 200
    assert client.post(address, good).status_code == 422
    assert Case.objects.count() == 1


def test_not_solved_takes_the_case_up_again_once(public: Cast) -> None:
    done = reported(public)
    kept = Reporter.objects.get(case=done.case)
    refusal("case.feedback_early", lambda: outside.give_feedback(reporter=kept, solved=False))
    case = closed(public, done.case)
    page = Client().get(reverse("public:follow", args=[done.key]))
    assert "已清运，并增加巡查。" in page.content.decode()
    kept.refresh_from_db()
    assert kept.told_at is not None
    sent = Client().post(
        reverse("public:follow", args=[done.key]), {"solved": "no", "satisfaction": "bad", "text": "还在"}
    )
    assert sent.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.reopens) == ("filed", 1)
    assert Feedback.objects.get().solved is False
    said = FactRow.objects.get(kind="case_feedback", until_position=None)
    assert said.attributes["solved"] is False
    again = acts.dispatch_case(by=public.chengyun, case=case, unit=public.units["nxz"])
    again = acts.accept_case(by=public.nanxiang, case=again)
    again = acts.handle_case(by=public.nanxiang, case=again, photos=[photo()])
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        again = acts.verify_case(by=public.hecha, case=again, passed=True)
        outside.give_feedback(by=public.chengyun, reporter=kept, solved=False, text="还是不行", via="web")
    again.refresh_from_db()
    assert again.status == "verified"  # the second time somebody speaks to them first
    refusal("case.feedback_empty", lambda: outside.give_feedback(reporter=kept, solved=None))


def test_an_outcome_is_judged_once_by_each_reporter(public: Cast) -> None:
    done = reported(public)
    kept = Reporter.objects.get(case=done.case)
    case = closed(public, done.case)
    address = reverse("public:follow", args=[done.key])
    assert Client().post(address, {"solved": "yes", "satisfaction": "good"}).status_code == 302
    assert 'id="feedback"' not in Client().get(address).content.decode()
    assert Client().post(address, {"solved": "yes", "satisfaction": "good"}).status_code == 422
    refusal("case.feedback_given", lambda: outside.give_feedback(reporter=kept, solved=True))
    assert Feedback.objects.count() == 1
    with clock.at(clock.now() + dt.timedelta(days=1)):
        case = acts.reopen_case(by=public.chengyun, case=case, reason="没有解决")
        refusal("case.feedback_early", lambda: outside.give_feedback(reporter=kept, solved=True))
        case = acts.dispatch_case(by=public.chengyun, case=case, unit=public.units["nxz"])
        case = acts.accept_case(by=public.nanxiang, case=case)
        case = acts.handle_case(by=public.nanxiang, case=case, photos=[photo()])
        acts.verify_case(by=public.hecha, case=case, passed=True)
        outside.give_feedback(reporter=kept, solved=True)  # another outcome, another word
    assert Feedback.objects.count() == 2


def test_the_window_closes() -> None:
    settled = dt.datetime(2021, 9, 1, 9, tzinfo=clock.ZONE)
    late = settled + dt.timedelta(days=11)
    assert may_reopen(False, "closed", 0, settled, settled + dt.timedelta(days=10), 10)
    assert not may_reopen(False, "closed", 0, settled, late, 10)
    assert not may_reopen(True, "closed", 0, settled, settled, 10)
    assert not may_reopen(False, "filed", 0, settled, settled, 10)
    assert not may_reopen(False, "closed", 1, settled, settled, 10)


def test_the_reporter_of_a_merged_case_follows_the_master(public: Cast) -> None:
    first, second = reported(public), reported(public)
    acts.merge_case(by=public.chengyun, case=second.case, into=first.case, reason="同一处")
    closed(public, first.case)
    page = Client().get(reverse("public:follow", args=[second.key])).content.decode()
    assert "已清运，并增加巡查。" in page
    assert second.case.number in page


def test_a_name_is_opened_with_a_reason_and_logged_and_can_be_destroyed(public: Cast) -> None:
    done = reported(public)
    kept = Reporter.objects.get(case=done.case)
    refusal(
        "case.reveal_reason", lambda: outside.reveal_reporter(by=public.chengyun, reporter=kept, reason=" ")
    )
    refusal(
        "access.denied", lambda: outside.reveal_reporter(by=public.jiangqiao, reporter=kept, reason="回访")
    )
    assert not SightLog.objects.exists()
    opened = outside.reveal_reporter(by=public.chengyun, reporter=kept, reason="回访")
    assert opened == {"name": "李女士", "phone": "13812345678"}
    assert SightLog.objects.filter(subject_id=str(kept.id)).count() == 2
    fresh = outside.new_follow_link(by=public.chengyun, reporter=kept)
    assert Client().get(reverse("public:follow", args=[done.key])).status_code == 410
    assert Client().get(reverse("public:follow", args=[fresh])).status_code == 200
    outside.forget_reporter(by=public.chengyun, reporter=kept)
    kept.refresh_from_db()
    assert (kept.sealed, kept.phone_blind) == ({}, "")
    assert Client().get(reverse("public:follow", args=[fresh])).status_code == 410


# --- the desk ----------------------------------------------------------------------------------------------------


def test_the_desk_asks_tells_and_looks(public: Cast, client: Client) -> None:
    done = reported(public)
    kept = Reporter.objects.get(case=done.case)
    client.force_login(public.chengyun)
    record = client.get(reverse("desk:case", args=[done.case.id])).content.decode()
    assert "李**" in record or "李*" in record
    assert "13812345678" not in record
    asked = client.post(
        reverse("desk:case_link_new", args=[done.case.id]),
        {"for_whom": "物业公司", "question": "何时清理？", "days": "3"},
    )
    assert "/answer/" in asked.content.decode()
    assert asked["Cache-Control"] == "no-store"
    link = Link.objects.get(kind="answer")
    assert client.post(reverse("desk:case_link_withdraw", args=[link.id])).status_code == 302
    shown = client.post(reverse("desk:case_reporter_reveal", args=[kept.id]), {"reason": "先行联系"})
    assert "13812345678" in shown.content.decode()
    assert "/follow/" in client.post(reverse("desk:case_follow_new", args=[kept.id])).content.decode()
    closed(public, done.case)
    assert client.post(reverse("desk:case_reporter_told", args=[kept.id])).status_code == 302
    said = {"solved": "yes", "satisfaction": "good"}
    assert client.post(reverse("desk:case_reporter_feedback", args=[kept.id]), said).status_code == 302
    assert Feedback.objects.get().satisfaction == "good"
    assert "满意" in client.get(reverse("desk:case", args=[done.case.id])).content.decode()
    assert client.post(reverse("desk:case_reporter_forget", args=[kept.id])).status_code == 302
    client.force_login(public.jiangqiao)
    assert client.post(reverse("desk:case_reporter_told", args=[kept.id])).status_code == 404
