"""One step on many cases: every outcome kept, one chunk a transaction, taken back as a whole."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from guatu.cases import acts
from guatu.cases.models import Bulk, BulkLine, Case, Comment, Request
from guatu.cases.rules.bulk import BULK, remaining, undoable
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.notices.models import Notice
from tests.cast import Cast
from tests.conftest import CAMPAIGN_DAY

Make = Callable[..., Case]


def begin(cast: Cast, step: str, cases: list[Case], by: Any = None, **arguments: Any) -> Bulk:
    return acts.start_bulk(
        by=by or cast.chengyun, campaign=cast.campaign, step=step, cases=[(row.id, row.version) for row in cases],
        arguments=arguments,
    )  # fmt: skip


# --- rules -------------------------------------------------------------------------------------------------------


def test_the_rest_takes_as_long_as_the_pace_says() -> None:
    assert remaining(0, 100, 5) is None
    assert remaining(50, 100, 5) == 5
    assert remaining(100, 100, 5) == 0


def test_only_what_is_done_has_a_way_back_and_is_fresh_can_be_undone() -> None:
    assert undoable("dispatch", "done", 30)
    assert not undoable("dispatch", "done", 31)
    assert not undoable("dispatch", "running", 1)
    assert not undoable("accept", "done", 1)
    assert {step for step, each in BULK.items() if not each.back} == {"accept", "reject", "close"}


# --- acts --------------------------------------------------------------------------------------------------------


def test_many_are_dispatched_and_what_is_refused_hinders_nobody(classes: Cast, case_at: Make) -> None:
    good, wrong = [case_at("filed"), case_at("filed")], case_at("accepted")
    bulk = begin(classes, "dispatch", [*good, wrong], unit="nxz", note="请尽快")
    assert (bulk.status, bulk.wanted, bulk.done, bulk.refused) == ("done", 3, 2, 1)
    assert {Case.objects.get(pk=row.pk).status for row in good} == {"dispatched"}
    line = BulkLine.objects.get(bulk=bulk, case=wrong)
    assert (line.state, line.refused["code"]) == ("refused", "case.wrong_step")
    assert not Act.objects.filter(
        verb="case.dispatched", subject_id=str(wrong.id), cause_id=bulk.cause_id
    ).exists()


def test_every_case_has_its_own_act_caused_by_the_bulk(classes: Cast, case_at: Make) -> None:
    rows = [case_at("filed"), case_at("filed")]
    bulk = begin(classes, "dispatch", rows, unit="nxz")
    begun = Act.objects.get(verb="case.bulk_begun")
    assert begun.id == bulk.cause_id
    done = Act.objects.filter(verb="case.dispatched", cause_id=begun.id)
    assert {act.subject_id for act in done} == {str(row.id) for row in rows}
    ended = Act.objects.get(verb="case.bulk_done")
    assert (ended.details["done"], ended.details["refused"], ended.by_id) == (2, 0, classes.chengyun.id)


def test_a_case_changed_since_it_was_seen_is_refused(classes: Cast, case_at: Make) -> None:
    row = case_at("filed")
    acts.correct_case(by=classes.chengyun, case=row, changes={"title": "改过"})
    bulk = begin(classes, "dispatch", [row], unit="nxz")
    assert BulkLine.objects.get(bulk=bulk).refused["code"] == "kernel.stale"


def test_over_fifty_go_to_the_background_and_a_broken_run_goes_on(
    classes: Cast, case_at: Make, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guatu.cases.acts.bulk.AT_ONCE", 2)
    monkeypatch.setattr("guatu.cases.acts.bulk.CHUNK", 2)
    rows = [case_at("filed") for _ in range(5)]
    bulk = begin(classes, "dispatch", rows, unit="nxz")
    assert (bulk.status, bulk.done) == ("waiting", 0)
    from guatu.cases.acts import bulk as room

    assert room._chunk(bulk, classes.chengyun)  # the worker dies after its first chunk
    assert Bulk.objects.get().done == 2
    run_jobs()
    bulk.refresh_from_db()
    assert (bulk.status, bulk.done) == ("done", 5)
    assert Act.objects.filter(verb="case.dispatched").count() == 5
    acts.run_bulk(bulk=bulk)  # again does nothing
    assert Act.objects.filter(verb="case.dispatched").count() == 5


def test_a_dispatch_is_taken_back_as_a_whole_but_for_what_moved_on(classes: Cast, case_at: Make) -> None:
    kept, back = case_at("filed"), case_at("filed")
    bulk = begin(classes, "dispatch", [kept, back], unit="nxz")
    acts.accept_case(by=classes.nanxiang, case=kept)
    bulk = acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    assert (bulk.status, bulk.back) == ("undone", 1)
    assert Case.objects.get(pk=kept.pk).status == "accepted"
    assert Case.objects.get(pk=back.pk).status == "filed"
    assert BulkLine.objects.get(bulk=bulk, case=kept).refused["code"] == "bulk.moved_on"
    assert Act.objects.get(verb="case.bulk_undone").details["kept"] == 1


def test_who_may_undo_and_until_when(classes: Cast, case_at: Make) -> None:
    bulk = begin(classes, "dispatch", [case_at("filed")], unit="nxz")
    with pytest.raises(Problem) as refused:
        acts.undo_bulk(by=classes.jinbo, bulk=bulk)
    assert refused.value.code == "bulk.not_yours"
    with clock.at(CAMPAIGN_DAY + dt.timedelta(minutes=31)), pytest.raises(Problem) as late:
        acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    assert late.value.code == "bulk.not_undoable"
    acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    with pytest.raises(Problem) as twice:
        acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    assert twice.value.code == "bulk.not_undoable"


def test_classes_comments_and_requests_go_back(classes: Cast, case_at: Make) -> None:
    row = case_at("accepted")
    bulk = begin(classes, "reclassify", [row], **{"class": "0402", "reason": "看错了"})
    assert Case.objects.get(pk=row.pk).class_code == "0402"
    acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    assert Case.objects.get(pk=row.pk).class_code == "0101"
    bulk = begin(classes, "comment", [Case.objects.get(pk=row.pk)], text="请尽快")
    assert Comment.objects.get().text == "请尽快"
    acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    assert Comment.objects.get().withdrawn
    bulk = begin(classes, "void", [Case.objects.get(pk=row.pk)], reason="登记错了")
    if Request.objects.filter(status="asked").exists():
        acts.undo_bulk(by=classes.chengyun, bulk=bulk)
        assert Request.objects.get().status == "taken_back"


@pytest.mark.parametrize(
    ("step", "arguments", "code"),
    [("fly", {}, "bulk.unknown_step"), ("dispatch", {}, "bulk.argument_needed"), ("reject", {}, "bulk.argument_needed"),
     ("dispatch", {"unit": "nowhere"}, "case.unknown_unit"), ("reclassify", {"class": "9999", "reason": "x"}, "case.unknown_class"),
     ("dispatch", {"unit": "nxz", "limit": ["many", "work_day"]}, "case.bad_limit")],
)  # fmt: skip
def test_what_cannot_be_begun(
    classes: Cast, case_at: Make, step: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(Problem) as refused:
        begin(classes, step, [case_at("filed")], **arguments)
    assert refused.value.code == code
    assert not Bulk.objects.exists()


def test_nothing_too_many_and_without_the_right(
    classes: Cast, case_at: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = case_at("filed")
    with pytest.raises(Problem) as nothing:
        begin(classes, "close", [])
    assert nothing.value.code == "bulk.nothing"
    with pytest.raises(Problem) as denied:
        begin(classes, "dispatch", [row], by=classes.passer_by, unit="nxz")
    assert denied.value.code == "access.denied"
    monkeypatch.setattr("guatu.cases.acts.bulk.MOST", 0)
    with pytest.raises(Problem) as many:
        begin(classes, "close", [row])
    assert many.value.code == "bulk.too_many"


def test_a_neighbour_changes_nothing_of_ours(classes: Cast, case_at: Make) -> None:
    row = case_at("dispatched")
    bulk = begin(classes, "accept", [row], by=classes.jiangqiao)
    assert (bulk.done, bulk.refused) == (0, 1)
    assert Case.objects.get(pk=row.pk).status == "dispatched"


# --- given to one person of the unit -----------------------------------------------------------------------------


def test_a_case_is_given_to_one_of_the_unit_and_stays_where_it_stands(classes: Cast, case_at: Make) -> None:
    row = case_at("dispatched")
    due, version = row.due_at, row.version
    found = acts.assign_case(by=classes.chengyun, case=row, person=classes.nanxiang, note="熟悉这一带")
    assert (found.taker, found.status, found.due_at, found.version) == (
        classes.nanxiang,
        "dispatched",
        due,
        version + 1,
    )
    act = Act.objects.get(verb="case.assigned")
    assert act.details["person_name"] == classes.nanxiang.name
    assert Notice.objects.filter(person=classes.nanxiang, kind="assigned").count() == 1
    same = acts.assign_case(by=classes.chengyun, case=found, person=classes.nanxiang)
    assert same.version == found.version and Act.objects.filter(verb="case.assigned").count() == 1
    nobody = acts.assign_case(by=classes.chengyun, case=found, person=None)
    assert nobody.taker is None


@pytest.mark.parametrize(
    ("status", "by", "person", "version", "code"),
    [("dispatched", "chengyun", "jiangqiao", None, "case.not_in_unit"), ("filed", "chengyun", "nanxiang", None, "case.wrong_step"),
     ("dispatched", "jiangqiao", "nanxiang", None, "access.denied"), ("accepted", "chengyun", "", None, "case.nobody_after_accept"),
     ("dispatched", "chengyun", "nanxiang", 99, "kernel.stale"), ("closed", "chengyun", "nanxiang", None, "case.wrong_step")],
)  # fmt: skip
def test_what_is_refused_of_giving(
    classes: Cast, case_at: Make, status: str, by: str, person: str, version: int | None, code: str
) -> None:
    row = case_at(status)
    with pytest.raises(Problem) as refused:
        acts.assign_case(
            by=getattr(classes, by),
            case=row,
            person=getattr(classes, person) if person else None,
            version=version,
        )
    assert refused.value.code == code
    assert not Act.objects.filter(verb="case.assigned").exists()


def test_many_are_given_and_taken_back(classes: Cast, case_at: Make) -> None:
    fresh, held = case_at("dispatched"), case_at("accepted")
    wrong = case_at("filed")
    bulk = begin(classes, "assign", [fresh, held, wrong], person=str(classes.nanxiang.id))
    assert (bulk.done, bulk.refused) == (2, 1)
    assert Case.objects.get(pk=fresh.pk).taker == classes.nanxiang
    acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    assert Case.objects.get(pk=fresh.pk).taker is None
    with pytest.raises(Problem) as nobody:
        begin(classes, "assign", [fresh], person="nobody")
    assert nobody.value.code == "bulk.argument_needed"


def test_a_refused_case_leaves_nothing_that_waited_with_the_others(classes: Cast, case_at: Make) -> None:
    """Steps and stages of a chunk are written together: those of a case that is refused must not be among them."""
    good, wrong = case_at("filed"), case_at("filed")
    steps, stages = wrong.steps.count(), wrong.stages.count()
    bulk = acts.start_bulk(
        by=classes.chengyun, campaign=classes.campaign, step="dispatch",
        cases=[(good.id, good.version), (wrong.id, 99)], arguments={"unit": "nxz"},
    )  # fmt: skip
    assert (bulk.done, bulk.refused) == (1, 1)
    assert (wrong.steps.count(), wrong.stages.count()) == (steps, stages)
    one = case_at("filed")
    alone = acts.dispatch_case(by=classes.chengyun, case=one, unit=classes.units["nxz"])
    pairs = [
        [(each.kind, each.part, each.round, each.due_at, each.outcome) for each in row.stages.order_by("started_at", "kind", "part")]
        for row in (Case.objects.get(pk=good.pk), alone)
    ]  # fmt: skip
    assert pairs[0] == pairs[1]  # in bulk as singly
    assert Case.objects.get(pk=good.pk).routed["chosen"] == "nxz"
    back = acts.undo_bulk(by=classes.chengyun, bulk=bulk)
    again = begin(classes, "dispatch", [Case.objects.get(pk=good.pk)], unit="nxz")
    assert back.back == again.done == 1
    assert max(each.round for each in good.stages.filter(kind="handle")) == 2
