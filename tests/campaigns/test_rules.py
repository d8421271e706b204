"""Who stands under whom, and what the days mean."""

import datetime as dt
from uuid import UUID

from guatu.campaigns.facts import BodyMember, BodyRow, CampaignRow, facts_of_body, facts_of_campaign
from guatu.campaigns.rules import PhaseDays, days_left, may_stand_under, phase_of, wrong_phase

D = dt.date
DO = PhaseDays("do", "实施", D(2021, 4, 1), D(2021, 9, 30))
DUTY = PhaseDays("duty", "值守", D(2021, 9, 20), D(2021, 11, 10))


def test_who_stands_under_whom():
    assert may_stand_under("leading_group", "")
    assert may_stand_under("special_group", "leading_group")
    assert not may_stand_under("special_group", "office")
    assert not may_stand_under("work_group", "")
    assert not may_stand_under("club", "")


def test_the_phase_of_a_day():
    assert phase_of(D(2021, 5, 1), [DO, DUTY]) == "do"
    assert phase_of(D(2021, 9, 25), [DO, DUTY]) == "duty"
    assert phase_of(D(2022, 1, 1), [DO, DUTY]) == ""
    assert phase_of(None, [DO]) == ""


def test_mistakes_in_phases():
    assert wrong_phase([DO, DUTY]) is None
    assert wrong_phase([PhaseDays("x", "倒着", D(2021, 2, 1), D(2021, 1, 1))]) == ("days", "倒着")
    assert wrong_phase([DO, DO]) == ("twice", "实施")


def test_the_countdown():
    assert days_left(D(2021, 11, 5), D(2021, 9, 16)) == 50


def test_facts_of_a_campaign_and_its_bodies():
    (fact,) = facts_of_campaign(CampaignRow(UUID(int=1), "310114000", "expo", "310114", D(2021, 11, 5)))
    assert (fact.kind, fact.happened_on, fact.open) == ("campaign", D(2021, 11, 5), True)
    members = (BodyMember("nxz", "jd/nxz/", "support"), BodyMember("lrj", "jd/lrj/", "lead"))
    body, first, second = facts_of_body(
        BodyRow(UUID(int=2), "310114000", "looks", "work_group", "310114", "lead", members)
    )
    assert (body.kind, body.category, body.unit, body.attributes["parent"], body.open) == (
        "body", "work_group", "jd/lrj/", "lead", True,
    )  # fmt: skip
    assert [(each.kind, each.part, each.attributes["unit"]) for each in (first, second)] == [
        ("member_unit", "unit:lrj", "lrj"), ("member_unit", "unit:nxz", "nxz"),
    ]  # fmt: skip
    (alone,) = facts_of_body(BodyRow(UUID(int=3), "310114000", "x", "office", "310114", "", ()))
    assert alone.unit == ""
