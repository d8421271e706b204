"""Acts on campaigns: first that each works, then every refusal."""

import datetime as dt

import pytest

from guatu.campaigns import acts, reads
from guatu.campaigns.models import Appointment, Body, BodyUnit, Phase
from guatu.campaigns.rules import PhaseDays
from guatu.figures.models import FactRow
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem

pytestmark = pytest.mark.django_db
D = dt.date
DO = PhaseDays("do", "实施", D(2021, 4, 1), D(2021, 9, 30))
VALUES = {
    "code": "expo-5",
    "name": "第五届",
    "area": "310114",
    "opens_on": D(2022, 11, 5),
    "closes_on": D(2022, 11, 10),
}


def _refused(refusal: str, act, **arguments) -> None:
    with pytest.raises(Problem) as caught:
        act(**arguments)
    assert caught.value.code == refusal
    assert "?" not in caught.value.sentence("zh-hans")


def _body(cast, code: str, kind: str, **more) -> Body:
    return acts.form_body(
        by=cast.jinbo, campaign=cast.campaign, code=code, name=f"组{code}", kind=kind, **more
    )


def _live(kind: str) -> list[FactRow]:
    return list(FactRow.objects.filter(kind=kind, until_position=None, effective_until=None).order_by("part"))


def test_a_campaign_is_founded_and_edited(cast):
    made = acts.found_campaign(by=cast.jinbo, **VALUES)
    assert (made.home, made.version) == ("310114000", 1)
    assert [fact.happened_on for fact in _live("campaign") if fact.subject_id == str(made.id)] == [
        D(2022, 11, 5)
    ]
    assert acts.edit_campaign(by=cast.jinbo, campaign=made, name="第五届").version == 1
    acts.edit_campaign(by=cast.jinbo, campaign=made, opens_on=D(2022, 11, 4), settings={"x": 1}, version=1)
    details = Act.objects.get(verb="campaign.edited").details
    assert details["new"] == {"opens_on": "2022-11-04"}
    assert details["also"] == ["settings"]
    _refused("kernel.stale", acts.edit_campaign, by=cast.jinbo, campaign=made, name="x", version=1)
    _refused("campaign.days", acts.edit_campaign, by=cast.jinbo, campaign=made, closes_on=D(2022, 1, 1))
    _refused("campaign.code_taken", acts.found_campaign, by=cast.jinbo, **VALUES)
    _refused(
        "campaign.days",
        acts.found_campaign,
        by=cast.jinbo,
        **{**VALUES, "code": "y", "closes_on": D(2022, 1, 1)},
    )
    _refused("access.denied", acts.found_campaign, by=cast.zhihui, **{**VALUES, "code": "z"})
    with pytest.raises(TypeError):
        acts.edit_campaign(by=cast.jinbo, campaign=made, code="other")


def test_phases_are_set_as_a_whole(cast):
    acts.set_phases(
        by=cast.jinbo,
        campaign=cast.campaign,
        phases=[DO, PhaseDays("end", "总结", D(2021, 11, 11), D(2021, 12, 1))],
    )
    acts.set_phases(
        by=cast.jinbo,
        campaign=cast.campaign,
        phases=[DO, PhaseDays("end", "总结", D(2021, 11, 11), D(2021, 12, 1))],
    )
    assert Act.objects.filter(verb="campaign.phases_set").count() == 1
    acts.set_phases(
        by=cast.jinbo,
        campaign=cast.campaign,
        phases=[PhaseDays("do", "实施", D(2021, 4, 1), D(2021, 10, 31))],
    )
    assert list(Phase.objects.values_list("code", "ends_on", "version")) == [("do", D(2021, 10, 31), 2)]
    wrong = PhaseDays("x", "倒着", D(2021, 2, 1), D(2021, 1, 1))
    _refused("campaign.phase_days", acts.set_phases, by=cast.jinbo, campaign=cast.campaign, phases=[wrong])
    _refused("campaign.phase_twice", acts.set_phases, by=cast.jinbo, campaign=cast.campaign, phases=[DO, DO])
    _refused("access.denied", acts.set_phases, by=cast.zhihui, campaign=cast.campaign, phases=[DO])


def test_bodies_their_units_and_people(cast):
    top = _body(cast, "lead", "leading_group")
    health = _body(cast, "health", "leading_group", parent=top)
    special = [_body(cast, f"h{n}", "special_group", parent=health) for n in range(3)]
    group = _body(cast, "looks", "work_group", parent=top, order=1)
    units = cast.units
    acts.name_units(
        by=cast.jinbo, body=group, lead=[units["lrj"]], support=[units["nxz"]], members=[units["jqz"]]
    )
    before = Act.objects.count()
    acts.name_units(
        by=cast.jinbo, body=group, lead=[units["lrj"]], support=[units["nxz"]], members=[units["jqz"]]
    )
    assert Act.objects.count() == before
    acts.name_units(by=cast.jinbo, body=group, lead=[units["nxz"]])
    assert [(row.unit.code, row.role) for row in BodyUnit.objects.filter(body=group)] == [("nxz", "lead")]
    assert [fact.attributes["unit"] for fact in _live("member_unit")] == ["nxz"]
    assert (
        len(
            [f for f in _live("body") if f.category == "special_group" and f.attributes["parent"] == "health"]
        )
        == 3
    )
    acts.appoint(by=cast.jinbo, body=group, person=cast.lvrong, role="contact")
    acts.appoint(by=cast.jinbo, body=group, person=cast.lvrong, role="contact")
    acts.appoint(by=cast.jinbo, body=group, person=cast.lvrong, role="contact", title="科长")
    assert Appointment.objects.get(body=group).title == "科长"
    chart = reads.organisation(cast.zhihui.scope, cast.campaign)
    assert [(each.body.code, each.depth) for each in chart] == [
        ("lead", 0), ("health", 1), ("h0", 2), ("h1", 2), ("h2", 2), ("looks", 1),
    ]  # fmt: skip
    assert chart[-1].contacts[0].person == cast.lvrong
    acts.dismiss(by=cast.jinbo, body=group, person=cast.lvrong, role="contact")
    _refused(
        "campaign.not_appointed", acts.dismiss, by=cast.jinbo, body=group, person=cast.lvrong, role="contact"
    )
    _refused("campaign.person_role", acts.appoint, by=cast.jinbo, body=group, person=cast.lvrong, role="king")
    _refused(
        "campaign.unit_twice",
        acts.name_units,
        by=cast.jinbo,
        body=group,
        lead=[units["lrj"]],
        support=[units["lrj"]],
    )
    _refused(
        "access.denied", acts.appoint, by=cast.zhihui, body=special[0], person=cast.lvrong, role="contact"
    )


def test_bodies_are_changed_within_their_order(cast):
    top = _body(cast, "lead", "leading_group")
    office = _body(cast, "office", "office", parent=top)
    health = _body(cast, "health", "leading_group", parent=top)
    assert acts.change_body(by=cast.jinbo, body=health, name="组health").version == 1
    health = acts.change_body(
        by=cast.jinbo, body=health, name="医疗卫生保障工作领导小组", duties="统筹", parent=None, version=1
    )
    assert (health.parent, health.version) == (None, 2)
    _refused("kernel.stale", acts.change_body, by=cast.jinbo, body=health, name="x", version=1)
    _refused("campaign.body_parent", acts.change_body, by=cast.jinbo, body=office, parent=None)
    acts.change_body(by=cast.jinbo, body=health, parent=top)
    _refused("campaign.body_parent", acts.change_body, by=cast.jinbo, body=top, parent=health)
    _refused("campaign.body_parent", acts.change_body, by=cast.jinbo, body=top, parent=top)
    _refused("campaign.body_kind", _body, cast=cast, code="x", kind="club")
    _refused("campaign.body_parent", _body, cast=cast, code="x", kind="work_group")
    _refused("campaign.body_code_taken", _body, cast=cast, code="lead", kind="leading_group")
    other = acts.found_campaign(by=cast.jinbo, **VALUES)
    _refused(
        "campaign.body_parent",
        acts.form_body,
        by=cast.jinbo,
        campaign=other,
        code="x",
        name="x",
        kind="office",
        parent=top,
    )
    _refused("access.denied", acts.change_body, by=cast.hecha, body=top, name="x")


def test_which_campaign_concerns_whom(cast):
    away = acts.found_campaign(by=cast.jinbo, **VALUES)
    assert {row.code for row in reads.campaigns(cast.jinbo.scope)} == {"expo", "expo-5"}
    assert reads.current(cast.zhihui.scope) == cast.campaign
    assert reads.current(cast.zhihui.scope, "expo-5") == away
    assert reads.current(cast.zhihui.scope, "no such") == cast.campaign
    for person in (cast.nanxiang, cast.lvrong, cast.xuncha):
        assert reads.sees_campaign(person.scope, cast.campaign)
    assert not reads.sees_campaign(cast.passer_by.scope, cast.campaign)
    assert reads.visible_campaigns(cast.passer_by.scope) == []
    assert reads.current(cast.passer_by.scope) is None
    assert reads.campaign(cast.zhihui.scope, "expo") == cast.campaign
    for lost in (
        lambda: reads.campaign(cast.passer_by.scope, "expo"),
        lambda: reads.organisation(cast.passer_by.scope, cast.campaign),
        lambda: reads.body(cast.passer_by.scope, away.id),
    ):
        with pytest.raises(Problem) as hidden:
            lost()
        assert hidden.value.code == "access.not_found"
    assert reads.campaigns_seen(cast.zhihui.scope, [str(away.id)]) == {str(away.id): "第五届"}
    assert reads.bodies_seen(cast.passer_by.scope, []) == {}


def test_the_course_on_a_day(cast):
    bare = reads.course(cast.campaign)
    assert (bare.days, bare.phases, bare.present) == (50, (), None)
    acts.set_phases(
        by=cast.jinbo,
        campaign=cast.campaign,
        phases=[DO, PhaseDays("end", "总结", D(2021, 10, 1), D(2021, 12, 31))],
    )
    course = reads.course(cast.campaign)
    assert course.present is not None
    assert course.present.phase.code == "do"
    assert [line.tone for line in course.phases] == ["going", "waiting"]
    assert course.today is not None
    assert 50 < course.today < 70
    over = reads.course(cast.campaign, D(2022, 1, 1))
    assert (over.today, [line.tone for line in over.phases]) == (None, ["done", "done"])
