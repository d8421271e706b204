"""Parts of supporting units, hand-over, comments: each works, then every refusal."""

import datetime as dt
from collections.abc import Callable

import pytest

from guatu.cases import acts
from guatu.cases.models import Case, CaseUnit, Comment, HandOver, JointPart, Peer, Stage
from guatu.cases.reads import joint as reads
from guatu.cases.reads import lists
from guatu.cases.rules.joint import may_edit, mentioned
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, story
from guatu.kernel.problems import Problem
from guatu.places.models import Area
from guatu.units.models import Person, Post, Unit
from tests.cases.conftest import approved, photo
from tests.cast import JIANGQIAO, NANXIANG, Cast

Make = Callable[..., Case]
HOUR = dt.timedelta(hours=1)


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.words("zh-hans") + refused.value.words("en")
    return refused.value


def fresh(case: Case) -> Case:
    return Case.objects.select_related("unit").get(pk=case.pk)


# --- rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请@王伟看一下", ["王伟"]),
        ("请@王伟明看一下", ["王伟明"]),
        ("＠王伟 和@李娜都看看，@王伟", ["王伟", "李娜"]),
        ("@张三请看", []),
        ("邮箱 a@b.c", []),
        ("没有提到王伟", []),
    ],
)
def test_names_behind_an_at_are_found(text: str, found: list[str]) -> None:
    assert mentioned(text, ["王伟", "王伟明", "李娜", ""]) == found


def test_a_comment_may_be_mended_for_a_quarter_of_an_hour() -> None:
    at = dt.datetime(2021, 9, 16, 9, tzinfo=clock.ZONE)
    assert may_edit(at, at + dt.timedelta(minutes=15))
    assert not may_edit(at, at + dt.timedelta(minutes=15, seconds=1))


# --- parts -------------------------------------------------------------------------------------------------------


@pytest.fixture
def given(classes: Cast, case_at: Make) -> JointPart:
    case = case_at("accepted")
    return acts.give_part(
        by=classes.nanxiang, case=case, unit=classes.units["lrj"], what="清运绿化垃圾", version=case.version
    )


def test_a_part_goes_to_another_unit_which_then_sees_the_case(classes: Cast, given: JointPart) -> None:
    case = given.case
    assert lists.cases(classes.lvrong.scope, classes.campaign).filter(pk=case.pk).exists()
    assert [part.what for part in reads.waiting_parts(classes.lvrong)] == ["清运绿化垃圾"]
    part = acts.accept_part(by=classes.lvrong, part=given, version=1)
    assert (part.status, part.taken_by) == ("accepted", classes.lvrong)
    part = acts.finish_part(
        by=classes.lvrong, part=part, note="已清运", photos=[photo("绿化.jpg")], version=2
    )
    assert (part.status, part.note, part.done_at is not None) == ("done", "已清运", True)
    assert [each.name for each in lists.photos(case)["after"]] == ["绿化.jpg"]
    assert (
        lists.cases(classes.lvrong.scope).filter(pk=case.pk).exists()
    )  # who did a part may look at it later
    verbs = [act.verb for act in story(case, newest_first=False) if act.verb.startswith("case.part")]
    assert verbs == ["case.part_given", "case.part_accepted", "case.part_done"]


def test_the_ledger_holds_no_words_of_a_part(classes: Cast, given: JointPart) -> None:
    told = next(act for act in story(given.case) if act.verb == "case.part_given")
    assert told.details == {"part": str(given.id), "unit": "lrj", "unit_name": "绿容局"}


def test_handling_waits_for_the_parts(classes: Cast, given: JointPart) -> None:
    def handle() -> Case:
        return acts.handle_case(by=classes.nanxiang, case=fresh(given.case), note="完", photos=[photo()])

    assert "绿容局“清运绿化垃圾”" in refusal("case.parts_open", handle).sentence("zh-hans")
    acts.finish_part(by=classes.lvrong, part=given)
    assert handle().status == "handled"


def test_a_part_given_back_with_its_reason_hides_the_case_again(classes: Cast, given: JointPart) -> None:
    refusal("case.why_needed", lambda: acts.return_part(by=classes.lvrong, part=given, reason=" "))
    part = acts.return_part(by=classes.lvrong, part=given, reason="不在我局管养范围")
    assert (part.status, part.note) == ("returned", "不在我局管养范围")
    assert not lists.cases(classes.lvrong.scope).filter(pk=given.case_id).exists()
    assert not CaseUnit.objects.exists()


def test_one_part_taken_back_leaves_the_other_in_sight(classes: Cast, given: JointPart) -> None:
    acts.give_part(by=classes.nanxiang, case=given.case, unit=classes.units["lrj"], what="补种")
    assert acts.take_back_part(by=classes.nanxiang, part=given).status == "taken_back"
    assert lists.cases(classes.lvrong.scope).filter(pk=given.case_id).exists()


@pytest.mark.parametrize(
    ("unit", "what", "hours", "code"),
    [
        ("nxz", "清运", None, "case.part_own"),
        ("lrj", "  ", None, "case.part_untold"),
        ("lrj", "清运", -1, "case.part_past"),
        ("lrj", "清运", 0, "case.part_past"),
        ("lrj", "清运", 500, "case.part_beyond"),
    ],
)
def test_a_part_is_refused(
    classes: Cast, case_at: Make, unit: str, what: str, hours: int | None, code: str
) -> None:
    case = case_at("accepted")
    due = clock.now() + hours * HOUR if hours is not None else None
    refusal(
        code,
        lambda: acts.give_part(
            by=classes.nanxiang, case=case, unit=classes.units[unit], what=what, due_at=due
        ),
    )
    assert not JointPart.objects.exists()


def test_a_closed_unit_gets_no_part(classes: Cast, case_at: Make) -> None:
    Unit.objects.filter(code="lrj").update(active=False)
    unit = Unit.objects.get(code="lrj")
    refusal(
        "case.unit_closed",
        lambda: acts.give_part(by=classes.nanxiang, case=case_at("accepted"), unit=unit, what="清运"),
    )


@pytest.mark.parametrize("status", ["reported", "filed", "handled", "verified", "closed"])
def test_parts_are_given_only_while_a_unit_works(classes: Cast, case_at: Make, status: str) -> None:
    case = case_at(status)
    refusal(
        "case.not_shared",
        lambda: acts.give_part(by=classes.chengyun, case=case, unit=classes.units["lrj"], what="清运"),
    )


def test_only_those_who_have_the_case_give_parts(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")

    def give(by: Person) -> Callable[[], JointPart]:
        return lambda: acts.give_part(by=by, case=case, unit=classes.units["lrj"], what="清运")

    refusal("access.denied", give(classes.jiangqiao))
    refusal("case.not_yours", give(classes.xuncha))
    refusal("kernel.stale", lambda: acts.give_part(
        by=classes.nanxiang, case=case, unit=classes.units["lrj"], what="清运", version=case.version - 1
    ))  # fmt: skip
    assert give(classes.chengyun)().status == "given"  # the centre on the unit's behalf


def test_a_part_is_answered_by_its_own_unit_and_once(classes: Cast, given: JointPart) -> None:
    refusal("access.denied", lambda: acts.accept_part(by=classes.jiangqiao, part=given))
    refusal("case.part_not_yours", lambda: acts.accept_part(by=classes.nanxiang, part=given))
    refusal("kernel.stale", lambda: acts.accept_part(by=classes.lvrong, part=given, version=9))
    acts.accept_part(by=classes.lvrong, part=given)
    refusal("case.part_moved_on", lambda: acts.accept_part(by=classes.lvrong, part=given))
    acts.finish_part(by=classes.lvrong, part=given)
    refusal("case.part_moved_on", lambda: acts.take_back_part(by=classes.nanxiang, part=given))


def test_a_void_case_takes_its_parts_and_offers_back(classes: Cast, given: JointPart) -> None:
    acts.offer_case(
        by=classes.nanxiang, case=fresh(given.case), to_unit=classes.units["jqz"], reason="属江桥"
    )
    row = approved("void", fresh(given.case), classes.chengyun, "重复登记", SYSTEM)
    assert row.status == "void"
    assert JointPart.objects.get().status == "taken_back"
    assert HandOver.objects.get().status == "taken_back"
    assert not CaseUnit.objects.exists()


# --- handing over ------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(classes: Cast, case_at: Make) -> HandOver:
    case = case_at("accepted")
    return acts.offer_case(
        by=classes.nanxiang,
        case=case,
        to_unit=classes.units["jqz"],
        reason="在江桥镇一侧",
        version=case.version,
    )


def test_while_offered_the_case_stays_and_its_clock_runs(classes: Cast, offered: HandOver) -> None:
    case = fresh(offered.case)
    assert (case.unit, case.status) == (classes.units["nxz"], "accepted")
    assert lists.cases(classes.jiangqiao.scope).filter(pk=case.pk).exists()
    assert list(reads.waiting_offers(classes.jiangqiao)) == [offered]
    with clock.at(clock.now() + 30 * 24 * HOUR):
        assert acts.mark_overdue() == 1


def test_taken_over_it_keeps_its_limit_and_its_history(classes: Cast, offered: HandOver) -> None:
    before = fresh(offered.case)
    with clock.at(clock.now() + dt.timedelta(seconds=30)):
        answered = acts.answer_offer(by=classes.jiangqiao, offer=offered, answer="accept", version=1)
    case = fresh(before)
    assert answered.status == "accepted"
    assert (case.unit, case.taker, case.status) == (classes.units["jqz"], classes.jiangqiao, "accepted")
    assert (case.due_at, case.limit_amount, case.clock_started_at) == (
        before.due_at, before.limit_amount, before.clock_started_at,
    )  # fmt: skip
    step = case.steps.get(step="hand_over")
    assert (step.from_status, step.to_status, step.note) == ("accepted", "accepted", "在江桥镇一侧")
    old, new = Stage.objects.filter(case=case, kind="handle").order_by("round")
    assert (old.unit, old.outcome, old.ended_at is not None) == (classes.units["nxz"], "hand_over", True)
    assert (new.unit, new.outcome, new.ended_at) == (classes.units["jqz"], "", None)
    assert (new.due_at, new.started_at, new.lines) == (old.due_at, old.started_at, old.lines)
    told = next(act for act in story(case) if act.verb == "case.handed_over")
    assert (told.details["from"], told.details["to"]) == ("nxz", "jqz")
    assert set(CaseUnit.objects.values_list("unit__code", "role")) == {("nxz", "former")}
    done = acts.handle_case(by=classes.jiangqiao, case=case, note="完", photos=[photo()])
    assert done.status == "handled"


def test_nobody_had_accepted_it_yet_and_the_taker_does_with_the_offer(classes: Cast, case_at: Make) -> None:
    offer = acts.offer_case(
        by=classes.nanxiang, case=case_at("dispatched"), to_unit=classes.units["jqz"], reason="属江桥"
    )
    acts.answer_offer(by=classes.jiangqiao, offer=offer, answer="accept")
    case = fresh(offer.case)
    assert (case.status, case.taker) == ("accepted", classes.jiangqiao)
    assert not Stage.objects.filter(case=case, kind="accept", ended_at=None).exists()


def test_between_districts_it_is_the_same(classes: Cast, case_at: Make) -> None:
    Area.objects.create(code="310118", level="district", name="青浦区", parent="3101")
    unit = Unit.objects.create(code="qp", path="qp/", name="青浦区城管", area="310118")
    person = Person.objects.create(username="qingpu", name="青浦", unit=unit, made_at=clock.now())
    Post.objects.create(person=person, unit=unit, role="lead_unit", areas=["310118"], units=["qp/"])
    case = case_at("accepted")
    assert not lists.cases(person.scope).exists()
    offer = acts.offer_case(by=classes.nanxiang, case=case, to_unit=unit, reason="在青浦境内")
    assert lists.cases(person.scope).get() == case
    acts.answer_offer(by=person, offer=offer, answer="accept")
    row = fresh(case)
    assert (row.unit, row.area, row.home) == (unit, case.area, case.home)
    assert lists.cases(classes.nanxiang.scope).filter(pk=row.pk).exists()


def test_returned_with_a_reason_or_taken_back_nothing_changed(classes: Cast, offered: HandOver) -> None:
    before = fresh(offered.case)
    refusal(
        "case.why_needed", lambda: acts.answer_offer(by=classes.jiangqiao, offer=offered, answer="return")
    )
    acts.answer_offer(by=classes.jiangqiao, offer=offered, answer="return", note="不在辖区")
    again = acts.offer_case(by=classes.nanxiang, case=before, to_unit=classes.units["lrj"], reason="绿化带")
    acts.answer_offer(by=classes.nanxiang, offer=again, answer="take_back")
    case = fresh(before)
    assert (case.unit, case.status, case.due_at, case.version) == (
        before.unit, before.status, before.due_at, before.version,
    )  # fmt: skip
    assert [row.status for row in reads.offers(case)] == ["taken_back", "returned"]
    assert not CaseUnit.objects.exists()
    assert {"case.hand_over_returned", "case.hand_over_taken_back"} <= {act.verb for act in story(case)}


def test_handing_over_is_refused(classes: Cast, case_at: Make, offered: HandOver) -> None:
    case, units = fresh(offered.case), classes.units

    def offer(by: Person, row: Case, unit: str, reason: str = "x") -> Callable[[], HandOver]:
        return lambda: acts.offer_case(by=by, case=row, to_unit=units[unit], reason=reason)

    assert "江桥镇" in refusal("case.offer_open", offer(classes.nanxiang, case, "lrj")).sentence("zh-hans")
    other = case_at("accepted")
    refusal("case.offer_to_itself", offer(classes.nanxiang, other, "nxz"))
    refusal("case.why_needed", offer(classes.nanxiang, other, "lrj", " "))
    refusal("access.denied", offer(classes.jiangqiao, other, "jqz"))
    refusal("case.not_yours", offer(classes.xuncha, other, "lrj"))
    Unit.objects.filter(code="cgzf").update(active=False)
    closed = Unit.objects.get(code="cgzf")
    refusal(
        "case.unit_closed",
        lambda: acts.offer_case(by=classes.nanxiang, case=other, to_unit=closed, reason="x"),
    )
    refusal("case.not_to_hand_over", offer(classes.chengyun, case_at("filed"), "lrj"))
    refusal("case.not_to_hand_over", offer(classes.chengyun, case_at("closed"), "lrj"))
    with pytest.raises(ValueError, match="unit or to a peer"):
        acts.offer_case(by=classes.nanxiang, case=other, reason="x")


def test_an_offer_is_answered_once_and_by_those_asked(classes: Cast, offered: HandOver) -> None:
    def answer(by: Person, word: str) -> Callable[[], HandOver]:
        return lambda: acts.answer_offer(by=by, offer=offered, answer=word, note="x")

    refusal("case.offer_not_yours", answer(classes.nanxiang, "accept"))
    refusal("case.offer_not_yours", answer(classes.lvrong, "return"))
    refusal("case.not_yours", answer(classes.jiangqiao, "take_back"))
    refusal(
        "kernel.stale",
        lambda: acts.answer_offer(by=classes.jiangqiao, offer=offered, answer="accept", version=7),
    )
    answer(classes.jiangqiao, "accept")()
    refusal("case.offer_answered", answer(classes.jiangqiao, "accept"))


def test_an_offered_case_is_not_reported_as_handled_meanwhile(classes: Cast, offered: HandOver) -> None:
    refusal(
        "case.offer_open",
        lambda: acts.handle_case(by=classes.nanxiang, case=fresh(offered.case), note="完", photos=[photo()]),
    )


def test_a_case_given_back_takes_its_offer_back(classes: Cast, offered: HandOver) -> None:
    row = approved("return", fresh(offered.case), classes.nanxiang, "不属本镇", classes.chengyun)
    assert row.status == "returned"
    offered.refresh_from_db()
    assert (offered.status, offered.answered_by) == ("taken_back", None)


def test_another_platform_answers_by_the_exchange(classes: Cast, case_at: Make) -> None:
    peer = Peer.objects.create(campaign=classes.campaign, code="sh", name="市平台", home=NANXIANG)
    case = case_at("accepted")
    offer = acts.offer_case(by=classes.nanxiang, case=case, peer=peer, reason="跨区")
    refusal("access.denied", lambda: acts.answer_offer(by=classes.lvrong, offer=offer, answer="accept"))
    acts.answer_offer(by=SYSTEM, offer=offer, answer="accept", via="exchange")
    row = fresh(case)
    assert row.unit == classes.units["nxz"]
    assert row.steps.filter(step="hand_over").count() == 1


# --- comments ----------------------------------------------------------------------------------------------------


def test_a_comment_mentions_those_who_may_see_the_case(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    said = acts.comment(
        by=classes.nanxiang, case=case, text=" 请@核查员看看 ", mentions=[classes.hecha, classes.hecha]
    )
    assert (said.text, said.mentions) == ("请@核查员看看", [str(classes.hecha.id)])
    told = next(act for act in story(case) if act.verb == "case.commented")
    assert told.details == {
        "comment": str(said.id), "length": 7, "mentions": [str(classes.hecha.id)], "public": False,
    }  # fmt: skip


def test_who_may_not_see_it_is_not_mentioned(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")

    def mention() -> Comment:
        return acts.comment(by=classes.nanxiang, case=case, text="@绿容局", mentions=[classes.lvrong])

    assert "绿容局" in refusal("case.mention_unseen", mention).sentence("zh-hans")
    acts.give_part(by=classes.nanxiang, case=case, unit=classes.units["lrj"], what="清运")
    assert mention().mentions == [str(classes.lvrong.id)]
    assert acts.comment(by=classes.lvrong, case=case, text="收到").by == classes.lvrong


def test_the_picker_offers_those_and_nobody_else(classes: Cast, case_at: Make) -> None:
    case = case_at("accepted")
    offered = {person.username for person in reads.mentionable(case)}
    assert offered == {
        person.username for person in classes.everybody
        if reads.may_see(person.scope, case, [case.unit_path])
    }  # fmt: skip
    assert "lvrong" not in offered
    assert "jiangqiao" not in offered
    assert reads.mentionable(case)[0] == classes.nanxiang  # those who have it stand first
    assert [person.username for person in reads.mentionable(case, "核查")] == ["hecha"]


def test_words_are_mended_early_and_withdrawn_any_time(classes: Cast, case_at: Make) -> None:
    said = acts.comment(
        by=classes.nanxiang, case=case_at("accepted"), text="明天办", mentions=[classes.hecha]
    )
    edited = acts.edit_comment(
        by=classes.nanxiang,
        comment=said,
        text="今天办",
        mentions=[classes.hecha, classes.chengyun],
        version=1,
    )
    assert edited.text == "今天办"
    told = next(act for act in story(said.case) if act.verb == "case.comment_edited")
    assert told.details["mentions"] == [str(classes.chengyun.id)]  # told once, not twice
    refusal("kernel.stale", lambda: acts.edit_comment(by=classes.nanxiang, comment=said, text="x", version=1))
    refusal("case.comment_not_yours", lambda: acts.edit_comment(by=classes.chengyun, comment=said, text="x"))
    refusal("case.comment_empty", lambda: acts.edit_comment(by=classes.nanxiang, comment=said, text=" "))
    with clock.at(clock.now() + HOUR):
        refusal(
            "case.comment_settled", lambda: acts.edit_comment(by=classes.nanxiang, comment=said, text="x")
        )
        gone = acts.withdraw_comment(by=classes.nanxiang, comment=said)
    assert (gone.withdrawn, gone.text, gone.mentions) == (True, "", [])
    assert [row.withdrawn for row in reads.comments(said.case)] == [True]
    refusal("case.comment_gone", lambda: acts.withdraw_comment(by=classes.nanxiang, comment=said))


def test_who_only_looks_does_not_speak_and_the_reporter_reads_only_what_is_meant_for_them(
    classes: Cast, case_at: Make
) -> None:
    case = case_at("accepted")
    Post.objects.create(person=classes.passer_by, role="auditor", areas=["310114"])
    refusal("access.denied", lambda: acts.comment(by=classes.passer_by, case=case, text="看看"))
    refusal("access.denied", lambda: acts.comment(by=classes.jiangqiao, case=case, text="看看"))
    refusal("access.denied", lambda: acts.comment(by=classes.zhihui, case=case, text="看看", public=True))
    refusal("case.comment_empty", lambda: acts.comment(by=classes.nanxiang, case=case, text=" "))
    acts.comment(by=classes.zhihui, case=case, text="抓紧")
    acts.comment(by=classes.nanxiang, case=case, text="明天清运", public=True)
    assert [row.text for row in reads.public_comments(case)] == ["明天清运"]
    assert JIANGQIAO not in case.area
