"""Activities: first that each act works, then every refusal."""

import datetime as dt

import pytest

from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.tasks import acts, reads
from guatu.tasks.models import Activity

pytestmark = pytest.mark.django_db


def _drill(cast, **changes) -> Activity:
    values = {"kind": "drill", "name": "食物中毒事故应急演练", "held_on": dt.date(2021, 9, 10)}
    return acts.plan_activity(by=cast.jinbo, campaign=cast.campaign, **{**values, **changes})


def _refused(code: str, act, **arguments) -> None:
    with pytest.raises(Problem) as caught:
        act(**arguments)
    assert caught.value.code == code
    assert "?" not in caught.value.sentence("zh-hans")


def _fact(row: Activity) -> FactRow:
    return FactRow.objects.get(subject_id=str(row.id), until_position=None, effective_until=None)


def test_a_drill_with_its_parts(cast):
    drill = _drill(cast)
    part = _drill(cast, kind="drill_part", name="理论培训", parent=drill)
    assert (drill.number, part.number) == ("drill-01", "drill_part-01")
    acts.hold_activity(
        by=cast.jinbo, activity=drill, headcount=48, results={"teams": "16", "hours": 1.5}, note="两部分"
    )
    fact = _fact(drill)
    assert (fact.status, fact.category, fact.measures) == (
        "held",
        "drill",
        {"headcount": "48", "teams": "16", "hours": "1.5"},
    )
    assert _fact(part).attributes["parent"] == "drill-01"
    assert [row.name for row in reads.parts_of(drill)] == ["理论培训"]


def test_numbers_put_right_afterwards_are_a_correction(cast):
    drill = _drill(cast)
    with clock.at(dt.datetime(2021, 9, 11, 9, tzinfo=clock.ZONE)):
        acts.hold_activity(by=cast.jinbo, activity=drill, headcount=84)
    acts.hold_activity(by=cast.jinbo, activity=drill, headcount=48)
    assert Act.objects.filter(verb="activity.corrected").count() == 1
    standing = FactRow.objects.filter(subject_id=str(drill.id), until_position=None, status="held")
    assert [row.measures["headcount"] for row in standing] == ["48"]


def test_the_fifteenth_of_every_month(cast):
    values = {
        "by": cast.jinbo,
        "campaign": cast.campaign,
        "kind": "clean_day",
        "name": "城市环境清洁日",
        "last": dt.date(2021, 9, 30),
    }
    made = acts.plan_series(first=dt.date(2021, 3, 1), **values)
    assert [row.held_on.month for row in made] == [3, 4, 5, 6, 7, 8, 9]
    assert acts.plan_series(first=dt.date(2021, 2, 1), **values)[0].held_on == dt.date(2021, 2, 15)
    _refused("activity.no_days", acts.plan_series, first=dt.date(2021, 9, 16), **values)


def test_cancel_and_restore(cast):
    drill = acts.cancel_activity(by=cast.jinbo, activity=_drill(cast), reason="台风")
    assert (drill.status, drill.note) == ("cancelled", "台风")
    _refused("activity.step", acts.hold_activity, by=cast.jinbo, activity=drill)
    _refused("activity.step", acts.cancel_activity, by=cast.jinbo, activity=drill, reason="再")
    assert acts.restore_activity(by=cast.jinbo, activity=drill).status == "planned"
    _refused("task.needs_reason", acts.cancel_activity, by=cast.jinbo, activity=drill, reason=" ")


def test_edits(cast):
    drill = _drill(cast)
    assert acts.edit_activity(by=cast.jinbo, activity=drill, changes={"name": drill.name}).version == 1
    drill = acts.edit_activity(
        by=cast.jinbo, activity=drill, changes={"name": "改名", "unit": cast.units["lrj"]}
    )
    assert (drill.name, drill.version) == ("改名", 2)
    assert (
        acts.edit_activity(by=cast.lvrong, activity=drill, changes={"address": "训练场"}).address == "训练场"
    )
    _refused(
        "kernel.stale", acts.edit_activity, by=cast.jinbo, activity=drill, changes={"name": "x"}, version=1
    )
    with pytest.raises(TypeError):
        acts.edit_activity(by=cast.jinbo, activity=drill, changes={"status": "held"})
    acts.hold_activity(by=cast.jinbo, activity=drill)
    _refused(
        "activity.not_yet",
        acts.edit_activity,
        by=cast.jinbo,
        activity=drill,
        changes={"held_on": dt.date(2021, 12, 1)},
    )


def test_refusals(cast):
    drill = _drill(cast)
    part = _drill(cast, kind="drill_part", name="实操", parent=drill)
    _refused("activity.number_taken", _drill, cast=cast, number="drill-01")
    _refused("activity.part", _drill, cast=cast, parent=part)
    _refused("task.empty", _drill, cast=cast, name=" ")
    values = {"kind": "drill", "name": "x", "held_on": dt.date(2021, 9, 10), "area": "310115"}
    _refused("task.area_outside", acts.plan_activity, by=SYSTEM, campaign=cast.campaign, **values)
    ahead = _drill(cast, held_on=dt.date(2021, 10, 15))
    _refused("activity.not_yet", acts.hold_activity, by=cast.jinbo, activity=ahead)
    _refused("activity.result", acts.hold_activity, by=cast.jinbo, activity=drill, results={"teams": "多"})
    _refused("activity.result", acts.hold_activity, by=cast.jinbo, activity=drill, headcount=-1)
    for person in (cast.hecha, cast.zhihui, cast.lvrong, cast.passer_by):
        _refused("access.denied", acts.hold_activity, by=person, activity=drill)
    assert Activity.objects.filter(status="held").count() == 0


def test_who_sees_what(cast):
    _drill(cast)
    _drill(cast, name="南翔核酸快检演练", area="310114102", held_on=dt.date(2021, 9, 20))
    assert reads.activities(cast.jinbo.scope).count() == 2
    assert [row.name for row in reads.activities(cast.nanxiang.scope)] == ["南翔核酸快检演练"]
    assert reads.activities(cast.passer_by.scope).count() == 0
    assert [row.name for row in reads.coming_activities(cast.jinbo.scope, cast.campaign, 5)] == [
        "南翔核酸快检演练"
    ]
