"""What doors ask about tasks."""

import datetime as dt

import pytest

from guatu.campaigns import acts as campaign_acts
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.tasks import acts, reads
from guatu.tasks.models import Task
from tests.cast import JIANGQIAO
from tests.tasks.ground import task_of

pytestmark = pytest.mark.django_db


def _numbers(person) -> set[str]:
    return set(reads.tasks(person.scope).values_list("number", flat=True))


def test_lead_supporting_and_area_give_sight(cast):
    task_of(cast, number="1")
    task_of(
        cast,
        number="2",
        lead_unit=cast.units["nxz"],
        area=JIANGQIAO,
        supporting=[cast.units["lrj"], cast.units["cgzf"]],
    )
    task_of(cast, number="3", lead_unit=cast.units["cyzx"], area="310114", supporting=[])
    assert _numbers(cast.jinbo) == {"1", "2", "3"}
    assert _numbers(cast.lvrong) == {"1", "2"}
    assert _numbers(cast.nanxiang) == {"1", "2"}
    assert _numbers(cast.jiangqiao) == {"2"}
    assert _numbers(cast.passer_by) == set()
    # seen twice over (two supporting units), listed once
    assert reads.tasks(cast.jinbo.scope).filter(number="2").count() == 1
    with pytest.raises(Problem) as hidden:
        reads.task(cast.jiangqiao.scope, Task.objects.get(number="1").id)
    assert hidden.value.code == "access.not_found"
    ids = [str(row) for row in Task.objects.values_list("id", flat=True)]
    assert len(reads.tasks_seen(cast.lvrong.scope, ids)) == 2
    assert [row.number for row in reads.tasks_by_id(cast.lvrong.scope, ids)] == ["1", "2"]


def _some(cast) -> None:
    top = campaign_acts.form_body(
        by=cast.jinbo, campaign=cast.campaign, code="lead", name="领导小组", kind="leading_group"
    )
    group = campaign_acts.form_body(
        by=cast.jinbo, campaign=cast.campaign, code="looks", name="市容环境组", kind="work_group", parent=top
    )
    with clock.at(dt.datetime(2021, 8, 1, 9, tzinfo=clock.ZONE)):
        done = task_of(cast, number="1", body=group, due_on=dt.date(2021, 8, 31))
        task_of(cast, number="2", body=group, due_on=dt.date(2021, 9, 10))
        task_of(
            cast,
            number="3",
            lead_unit=cast.units["nxz"],
            supporting=[],
            due_on=dt.date(2021, 9, 20),
            category="绿化",
        )
        gone = task_of(cast, number="4", area=JIANGQIAO)
        acts.cancel_task(by=cast.jinbo, task=gone, reason="并")
    with clock.at(dt.datetime(2021, 8, 20, 9, tzinfo=clock.ZONE)):
        acts.report_done(by=cast.lvrong, task=done)
        acts.accept_task(by=cast.hecha, task=done)
    acts.mark_late()


def test_standing_by_everything(cast):
    _some(cast)
    rows = reads.tasks(cast.jinbo.scope, cast.campaign)
    whole = reads.standing(rows)
    assert (whole.total, whole.accepted, whole.late, whole.risk, whole.planned, whole.percent) == (
        3,
        1,
        1,
        1,
        2,
        33,
    )
    assert [(line.key, line.total) for line in reads.standing_by_group(rows)] == [("looks", 2), ("", 1)]
    assert [(line.key, line.late) for line in reads.standing_by_unit(rows)] == [
        ("jd/lrj/", 1),
        ("jd/nxz/", 0),
    ]
    assert [(line.label, line.total) for line in reads.standing_by_area(rows)] == [("南翔镇", 3)]
    assert [(line.key, line.total) for line in reads.standing_by_category(rows)] == [
        ("水域保洁", 2),
        ("绿化", 1),
    ]
    assert [task.number for task in reads.pressing(rows)] == ["2", "3"]
    assert reads.standing(rows.none()).percent is None
    assert reads.standing(reads.tasks(cast.lvrong.scope)).total == 2


def test_the_curve_of_completion(cast):
    assert reads.completion_curve(cast.jinbo.scope, cast.campaign) == []
    _some(cast)
    curve = reads.completion_curve(cast.jinbo.scope, cast.campaign)
    assert (curve[0].day, curve[0].accepted) == (dt.date(2021, 8, 20), 1)
    today = next(point for point in curve if point.day == dt.date(2021, 9, 16))
    assert (today.due, today.accepted) == (2, 1)
    assert (curve[-1].day, curve[-1].due, curve[-1].accepted) == (dt.date(2021, 9, 20), 3, None)
    assert reads.completion_curve(cast.jinbo.scope, cast.campaign, area=JIANGQIAO) == []


def test_choices_for_filters(cast):
    _some(cast)
    rows = reads.tasks(cast.jinbo.scope, cast.campaign)
    assert reads.categories(cast.campaign) == ["水域保洁", "绿化"]
    assert [unit.code for unit in reads.lead_units(rows)] == ["lrj", "nxz"]
    assert [area.name for area in reads.areas_of(rows)] == ["南翔镇", "江桥镇"]
    assert reads.owners(rows) == []
    assert [body.code for body in reads.bodies_of(cast.campaign)] == ["lead", "looks"]
    assert [task.number for task in reads.in_group_order(rows, 10)] == ["2", "1", "3", "4"]
    assert reads.milestones_of([]) == []
