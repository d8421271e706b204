"""Acts on tasks: first that each works, then every refusal."""

import datetime as dt

import pytest

from guatu.campaigns import acts as campaign_acts
from guatu.campaigns.rules import PhaseDays
from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.reactions import SCHEDULED
from guatu.tasks import acts, reads
from guatu.tasks.jobs import mark_late_tasks
from guatu.tasks.models import Milestone, Task, TaskNote
from tests.cast import NANXIANG
from tests.tasks.ground import task_of

pytestmark = pytest.mark.django_db


def _refused(code: str, act, **arguments) -> Problem:
    with pytest.raises(Problem) as caught:
        act(**arguments)
    assert caught.value.code == code
    assert "?" not in caught.value.sentence("zh-hans")
    return caught.value


def _fact(task: Task) -> FactRow:
    return FactRow.objects.get(subject_id=str(task.id), until_position=None, effective_until=None)


def _accepted(cast, **changes) -> Task:
    task = task_of(cast, **changes)
    acts.report_done(by=cast.lvrong, task=task)
    return acts.accept_task(by=cast.hecha, task=task)


def test_a_task_from_plan_to_acceptance(cast):
    task = task_of(cast)
    assert (task.status, task.percent, task.home, task.late) == ("planned", 0, NANXIANG, False)
    task = acts.start_task(by=cast.lvrong, task=task)
    assert task.status == "started"
    task = acts.report_progress(by=cast.lvrong, task=task, percent=60, note="清了一半")
    assert TaskNote.objects.get(task=task).text == "清了一半"
    task = acts.report_done(by=cast.lvrong, task=task, note="完成")
    assert (task.status, task.percent, task.reported_by) == ("reported_done", 100, cast.lvrong)
    task = acts.accept_task(by=cast.hecha, task=task)
    assert (task.status, task.accepted_by) == ("accepted", cast.hecha)
    fact = _fact(task)
    assert (fact.status, fact.happened_on, fact.units) == (
        "accepted",
        dt.date(2021, 9, 16),
        "|jd/cgzf/|jd/lrj/|",
    )
    verbs = list(
        Act.objects.filter(subject_id=str(task.id)).order_by("position").values_list("verb", flat=True)
    )
    assert verbs == ["task.added", "task.started", "task.progressed", "task.reported_done", "task.accepted"]


def test_words_and_names_stay_out_of_the_ledger(cast):
    task = task_of(cast, owner_name="沈师傅", note="沈师傅的电话在办公室")
    acts.report_progress(by=cast.lvrong, task=task, percent=10, note="沈师傅说今晚完成")
    acts.edit_task(by=cast.lvrong, task=task, changes={"owner_name": "王师傅", "note": ""})
    details = str(list(Act.objects.values_list("details", flat=True)))
    assert "师傅" not in details
    assert "owner_name" in details


def test_withdrawing_an_acceptance_is_a_correction(cast):
    with clock.at(dt.datetime(2021, 9, 1, 10, tzinfo=clock.ZONE)):
        task = _accepted(cast)
    acts.withdraw_acceptance(by=cast.jinbo, task=task, reason="照片是旧的")
    task.refresh_from_db()
    assert (task.status, task.accepted_at) == ("reported_done", None)
    standing = FactRow.objects.filter(subject_id=str(task.id), until_position=None)
    # as known now, it was never accepted, not even between the first and the sixteenth
    assert not standing.filter(status="accepted").exists()


def test_reopening_leaves_the_past_as_it_was(cast):
    with clock.at(dt.datetime(2021, 9, 1, 10, tzinfo=clock.ZONE)):
        task = _accepted(cast)
    task = acts.reopen_task(by=cast.jinbo, task=task, reason="又破了", percent=80)
    assert (task.status, task.percent) == ("started", 80)
    standing = FactRow.objects.filter(subject_id=str(task.id), until_position=None)
    assert standing.filter(status="accepted").exists()
    assert _fact(task).status == "started"


def test_a_return_goes_back_to_what_was_reported_before(cast):
    task = acts.report_progress(by=cast.lvrong, task=task_of(cast), percent=70)
    task = acts.report_done(by=cast.lvrong, task=task)
    task = acts.return_task(by=cast.zhihui, task=task, reason="缺照片")
    assert (task.status, task.percent, task.reported_by) == ("returned", 70, None)
    task = acts.report_progress(by=cast.lvrong, task=task, percent=90)
    assert task.status == "started"


def test_a_report_can_be_taken_back(cast):
    task = acts.report_done(by=cast.lvrong, task=task_of(cast))
    task = acts.take_back_report(by=cast.lvrong, task=task)
    assert (task.status, task.percent) == ("started", 0)
    _refused("task.step", acts.take_back_report, by=cast.lvrong, task=task)


def test_cancel_and_restore(cast):
    task = acts.cancel_task(by=cast.jinbo, task=task_of(cast), reason="并入他项")
    assert task.status == "cancelled"
    assert acts.restore_task(by=cast.jinbo, task=task).status == "planned"
    acts.start_task(by=cast.lvrong, task=task)
    acts.cancel_task(by=cast.jinbo, task=task, reason="误")
    assert acts.restore_task(by=cast.jinbo, task=task).status == "started"
    _refused("task.step", acts.restore_task, by=cast.jinbo, task=task)
    _refused("task.needs_reason", acts.cancel_task, by=cast.jinbo, task=task, reason=" ")


def test_an_edit_says_what_changed_and_nothing_when_nothing_did(cast):
    task = task_of(cast)
    same = acts.edit_task(
        by=cast.jinbo, task=task, changes={"title": " 解放街河道保洁 ", "supporting": [cast.units["cgzf"]]}
    )
    assert same.version == 1
    changes = {
        "due_on": dt.date(2021, 10, 8),
        "supporting": [cast.units["nxz"]],
        "owner": cast.lvrong,
        "number": "A-9",
    }
    task = acts.edit_task(by=cast.jinbo, task=task, changes=changes)
    details = Act.objects.get(verb="task.edited").details
    assert details["old"]["due_on"] == "2021-09-30"
    assert details["new"]["supporting"] == ["nxz"]
    assert (task.order, task.version) == ("A-00000009", 2)
    with pytest.raises(TypeError):
        acts.edit_task(by=cast.jinbo, task=task, changes={"status": "accepted"})


def test_phases_follow_the_deadline_and_the_campaign(cast):
    task = task_of(cast)
    assert task.phase == ""
    campaign_acts.set_phases(
        by=cast.jinbo,
        campaign=cast.campaign,
        phases=[PhaseDays("do", "实施", dt.date(2021, 4, 1), dt.date(2021, 9, 30))],
    )
    task.refresh_from_db()
    assert task.phase == "do"
    line = Act.objects.get(verb="task.phase_changed")
    assert Act.objects.get(id=line.cause_id).verb == "campaign.phases_set"
    assert acts.edit_task(by=cast.jinbo, task=task, changes={"due_on": dt.date(2021, 10, 1)}).phase == ""


def test_milestones(cast):
    task = task_of(cast, milestones=[("方案", dt.date(2021, 4, 1))])
    first = Milestone.objects.get(task=task)
    acts.add_milestone(by=cast.lvrong, task=task, name="进场", due_on=dt.date(2021, 6, 1))
    acts.finish_milestone(by=cast.lvrong, task=task, milestone_id=first.id, done_on=dt.date(2021, 4, 2))
    acts.finish_milestone(by=cast.lvrong, task=task, milestone_id=first.id, done_on=None)
    acts.drop_milestone(by=cast.lvrong, task=task, milestone_id=first.id)
    assert [each.name for each in Milestone.objects.filter(task=task)] == ["进场"]
    add = {"act": acts.add_milestone, "by": cast.lvrong, "task": task}
    _refused("task.milestone_taken", name="进场", due_on=dt.date(2021, 6, 1), **add)
    _refused("task.milestone_day", name="太晚", due_on=dt.date(2021, 10, 1), **add)
    _refused("task.empty", name=" ", due_on=dt.date(2021, 6, 1), **add)
    _refused("task.milestone_unknown", acts.drop_milestone, by=cast.lvrong, task=task, milestone_id=first.id)
    second = Milestone.objects.get(task=task)
    _refused(
        "kernel.future",
        acts.finish_milestone,
        by=cast.lvrong,
        task=task,
        milestone_id=second.id,
        done_on=dt.date(2021, 9, 17),
    )
    _refused(
        "task.milestone_taken", task_of, cast=cast, number="2", milestones=[("甲", dt.date(2021, 6, 1))] * 2
    )


def test_pressing_and_commenting(cast):
    task = task_of(cast)
    note = acts.press_task(by=cast.zhihui, task=task, text="请加快")
    assert (note.kind, Task.objects.get(id=task.id).pressed_at) == ("press", clock.now())
    helper = acts.comment_on_task(by=cast.nanxiang, task=task, text="我们配合")
    assert helper.by == cast.nanxiang
    _refused("task.empty", acts.press_task, by=cast.zhihui, task=task, text=" ")
    _refused("task.empty", acts.comment_on_task, by=cast.zhihui, task=task, text=" ")
    _refused("access.denied", acts.press_task, by=cast.lvrong, task=task, text="x")
    _refused("access.denied", acts.comment_on_task, by=cast.jiangqiao, task=task, text="x")
    done = _accepted(cast, number="2")
    _refused("task.step", acts.press_task, by=cast.zhihui, task=done, text="x")


def test_evidence_is_asked_for_where_the_campaign_says_so(cast):
    campaign_acts.edit_campaign(
        by=cast.jinbo, campaign=cast.campaign, settings={"tasks": {"evidence": {"水域保洁": 1}}}
    )
    task = task_of(cast)
    _refused("task.needs_evidence", acts.report_done, by=cast.lvrong, task=task)

    class Upload:
        name = "整治后.txt"

        def read(self) -> bytes:
            return "整治后".encode()

    assert acts.report_done(by=cast.lvrong, task=task, evidence=[Upload()]).status == "reported_done"
    assert acts.evidence_count(task) == 1
    assert len(acts.add_evidence(by=cast.lvrong, task=task, uploads=[Upload()])) == 1
    _refused("access.denied", acts.add_evidence, by=cast.hecha, task=task, uploads=[Upload()])


def test_what_adding_refuses(cast):
    task_of(cast, number="1")
    taken = _refused("task.number_taken", task_of, cast=cast, number=" １")
    assert "解放街河道保洁" in taken.sentence("zh-hans")
    _refused("task.empty", task_of, cast=cast, number="2", title=" ")
    _refused("task.schedule", task_of, cast=cast, number="2", starts_on=dt.date(2021, 10, 1))
    _refused("task.area_outside", task_of, cast=cast, number="2", area="310115")
    _refused("task.lead_supports", task_of, cast=cast, number="2", supporting=[cast.units["lrj"]])
    other = campaign_acts.found_campaign(
        by=cast.jinbo,
        code="other",
        name="另一",
        area="310114",
        opens_on=dt.date(2022, 1, 1),
        closes_on=dt.date(2022, 1, 2),
    )
    body = campaign_acts.form_body(
        by=cast.jinbo, campaign=other, code="x", name="别家的组", kind="leading_group"
    )
    _refused("task.other_campaign", task_of, cast=cast, number="2", body=body)
    values = {
        "campaign": cast.campaign,
        "title": "x",
        "lead_unit": cast.units["lrj"],
        "due_on": dt.date(2021, 10, 1),
    }
    for person in (cast.lvrong, cast.nanxiang, cast.hecha, cast.zhihui, cast.passer_by):
        _refused("access.denied", acts.add_task, by=person, **values)
    assert Task.objects.count() == 1


def test_numbers_are_given_where_none_was(cast):
    task_of(cast, number="9")
    assert task_of(cast, number="").number == "10"


def test_who_may_not_step(cast):
    task = task_of(cast)
    for person in (cast.hecha, cast.jiangqiao, cast.zhihui, cast.passer_by):
        _refused("access.denied", acts.report_progress, by=person, task=task, percent=1)
    acts.report_done(by=cast.lvrong, task=task)
    for person in (cast.lvrong, cast.nanxiang, cast.chengyun):
        _refused("access.denied", acts.accept_task, by=person, task=task)
    _refused("access.denied", acts.cancel_task, by=cast.lvrong, task=task, reason="x")
    _refused(
        "access.denied", acts.edit_task, by=cast.lvrong, task=task, changes={"due_on": dt.date(2022, 1, 1)}
    )


def test_nobody_checks_his_own(cast):
    task = task_of(cast)
    acts.report_done(by=cast.jinbo, task=task)
    _refused("task.self_acceptance", acts.accept_task, by=cast.jinbo, task=task)
    _refused("task.self_acceptance", acts.return_task, by=cast.jinbo, task=task, reason="x")
    own = task_of(cast, number="2", lead_unit=cast.units["cyzx"])
    acts.report_done(by=cast.jinbo, task=own)
    _refused("task.own_unit_acceptance", acts.accept_task, by=cast.hecha, task=own)
    assert acts.accept_task(by=cast.zhihui, task=own).status == "accepted"
    assert acts.accept_task(by=SYSTEM, task=task).accepted_by is None


def test_steps_out_of_order(cast):
    task = task_of(cast)
    _refused("task.step", acts.accept_task, by=cast.hecha, task=task)
    _refused("task.step", acts.return_task, by=cast.hecha, task=task, reason="x")
    _refused("task.step", acts.withdraw_acceptance, by=cast.hecha, task=task, reason="x")
    _refused("task.step", acts.reopen_task, by=cast.hecha, task=task, reason="x")
    acts.start_task(by=cast.lvrong, task=task)
    _refused("task.step", acts.start_task, by=cast.lvrong, task=task)
    for percent in (-1, 101, True, "50", 1.5):
        _refused("task.percent", acts.report_progress, by=cast.lvrong, task=task, percent=percent)
    acts.report_done(by=cast.lvrong, task=task)
    _refused("task.step", acts.report_progress, by=cast.lvrong, task=task, percent=5)
    _refused("task.needs_reason", acts.return_task, by=cast.hecha, task=task, reason="")
    acts.accept_task(by=cast.hecha, task=task)
    _refused("task.step", acts.report_done, by=cast.lvrong, task=task)
    _refused("task.needs_reason", acts.reopen_task, by=cast.hecha, task=task, reason="")


def test_an_old_version_is_refused(cast):
    task = task_of(cast)
    acts.report_progress(by=cast.lvrong, task=task, percent=5)
    _refused("kernel.stale", acts.report_done, by=cast.lvrong, task=task, version=1)
    _refused("kernel.stale", acts.edit_task, by=cast.jinbo, task=task, changes={"title": "x"}, version=1)


# ---------------------------------------------------------------------------------------------- the clock


def test_the_clock_records_what_became_late_once(cast):
    with clock.at(dt.datetime(2021, 8, 1, 9, tzinfo=clock.ZONE)):
        late = task_of(cast, number="1", due_on=dt.date(2021, 9, 10))
        near = task_of(cast, number="2", due_on=dt.date(2021, 9, 20), starts_on=None)
        far = task_of(cast, number="3", due_on=dt.date(2021, 12, 31), starts_on=dt.date(2021, 8, 1))
    marked = acts.mark_late()
    assert (marked.late, marked.risk) == (1, 2)
    again = acts.mark_late()
    assert (again.late, again.risk) == (0, 0)
    act = Act.objects.get(verb="task.became_late")
    assert clock.local(act.effective_at) == dt.datetime(2021, 9, 11, tzinfo=clock.ZONE)
    assert act.by_id is None
    assert _fact(late).attributes["late"] is True
    assert _fact(near).attributes["risk"] is True
    assert Task.objects.get(id=far.id).risk
    acts.edit_task(by=cast.jinbo, task=late, changes={"due_on": dt.date(2021, 10, 10)})
    assert _fact(late).attributes["late"] is False


def test_the_clock_never_goes_back_before_the_last_change(cast):
    with clock.at(dt.datetime(2021, 8, 1, 9, tzinfo=clock.ZONE)):
        task = task_of(cast, due_on=dt.date(2021, 9, 10))
    with clock.at(dt.datetime(2021, 9, 12, 9, tzinfo=clock.ZONE)):
        acts.report_progress(by=cast.lvrong, task=task, percent=80)
    assert Task.objects.get(id=task.id).late  # the act itself saw that the day was over
    assert acts.mark_late().late == 0


def test_a_returned_task_is_late_at_once_and_a_reported_one_is_not(cast):
    task = task_of(cast, due_on=dt.date(2021, 9, 10))
    assert task.late
    task = acts.report_done(by=cast.lvrong, task=task)
    assert not task.late
    assert acts.return_task(by=cast.hecha, task=task, reason="x").late


def test_the_clock_for_another_day_and_one_campaign(cast):
    with clock.at(dt.datetime(2021, 8, 1, 9, tzinfo=clock.ZONE)):
        task_of(cast, due_on=dt.date(2021, 9, 10))
    assert acts.mark_late(day=dt.date(2021, 9, 10), campaign=cast.campaign).late == 0
    assert acts.mark_late(day=dt.date(2099, 1, 1), campaign=cast.campaign).late == 1
    _refused("access.denied", acts.mark_late, by=cast.hecha)


def test_the_clock_is_wound(cast, run_jobs):
    with clock.at(dt.datetime(2021, 8, 1, 9, tzinfo=clock.ZONE)):
        task = task_of(cast, due_on=dt.date(2021, 9, 10))
    assert mark_late_tasks in [job for _seconds, job in SCHEDULED]
    mark_late_tasks.enqueue()
    assert run_jobs() == 1
    assert Task.objects.get(id=task.id).late


# ---------------------------------------------------------------------------------------------- together


def test_many_at_once_in_one_summarising_act(cast):
    good, own, open_ = (
        task_of(cast, number="1"),
        task_of(cast, number="2", lead_unit=cast.units["cyzx"]),
        task_of(cast, number="3"),
    )
    acts.report_done(by=cast.lvrong, task=good)
    acts.report_done(by=cast.jinbo, task=own)
    tasks = list(reads.tasks(cast.hecha.scope, cast.campaign))
    together = acts.accept_many(by=cast.hecha, campaign=cast.campaign, tasks=tasks, note="现场看过")
    assert [task.number for task in together.done] == ["1"]
    assert {each.task.number: each.problem.code for each in together.refused} == {
        "2": "task.own_unit_acceptance", "3": "task.step",
    }  # fmt: skip
    assert Act.objects.get(verb="task.accepted").cause_id == together.act_id
    assert acts.undo_together(by=cast.hecha, act_id=together.act_id) == 1
    assert Task.objects.get(id=good.id).status == "reported_done"
    _refused("task.none_accepted", acts.accept_many, by=cast.hecha, campaign=cast.campaign, tasks=[open_])
    _refused("task.nothing_chosen", acts.accept_many, by=cast.hecha, campaign=cast.campaign, tasks=[])
    _refused("access.denied", acts.accept_many, by=cast.lvrong, campaign=cast.campaign, tasks=[good])


def test_undo_of_many_only_by_whom_and_while_nobody_went_on(cast):
    task = task_of(cast)
    acts.report_done(by=cast.lvrong, task=task)
    together = acts.accept_many(by=cast.hecha, campaign=cast.campaign, tasks=[task])
    _refused("task.cannot_undo", acts.undo_together, by=cast.zhihui, act_id=together.act_id)
    acts.reopen_task(by=cast.jinbo, task=task, reason="又坏了")
    _refused("task.cannot_undo", acts.undo_together, by=cast.hecha, act_id=together.act_id)
    other = Act.objects.filter(verb="task.accepted").first()
    _refused("access.not_found", acts.undo_together, by=cast.hecha, act_id=other.id)


def test_many_to_another_unit_and_back(cast):
    task = task_of(cast, owner=cast.lvrong, supporting=[cast.units["nxz"]])
    other = task_of(cast, number="2", lead_unit=cast.units["nxz"], supporting=[])
    together = acts.reassign_many(
        by=cast.jinbo, campaign=cast.campaign, tasks=[task, other], lead_unit=cast.units["nxz"]
    )
    assert [each.number for each in together.done] == ["1"]
    task.refresh_from_db()
    assert (task.lead_unit.code, task.owner) == ("nxz", None)
    assert not task.supporting.exists()
    acts.undo_together(by=cast.jinbo, act_id=together.act_id)
    task.refresh_from_db()
    assert (task.lead_unit.code, task.owner) == ("lrj", cast.lvrong)
    acts.reassign_many(by=cast.lvrong, campaign=cast.campaign, tasks=[task], owner=cast.nanxiang)
    assert Task.objects.get(id=task.id).owner == cast.nanxiang
    many = {"act": acts.reassign_many, "campaign": cast.campaign}
    _refused("task.nothing_chosen", by=cast.jinbo, tasks=[], owner=cast.lvrong, **many)
    _refused("task.empty", by=cast.jinbo, tasks=[task], **many)
    _refused("access.denied", by=cast.lvrong, tasks=[task], lead_unit=cast.units["nxz"], **many)
