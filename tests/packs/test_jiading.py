"""The demo pack gives every published figure, out of records, and keeps giving it."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count

from guatu.briefs import reads as brief_reads
from guatu.briefs.acts import make_brief
from guatu.briefs.models import Brief, BriefTemplate
from guatu.campaigns.models import Campaign
from guatu.cases.models import (
    Alert,
    AlertPerson,
    Case,
    Comment,
    HandOver,
    JointPart,
    Merge,
    Reporter,
    Request,
    Stage,
    SupervisionOrder,
)
from guatu.duty.reads import on_duty
from guatu.figures import reads
from guatu.figures.acts import recount
from guatu.files.models import ImportRun
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.packs.applying import Report, apply_pack, compare
from guatu.packs.reading import read_pack
from guatu.packs.reads import figures
from guatu.packs.sampling import enter_sample
from guatu.packs.scaffold import new_pack
from guatu.registers.models import Entry
from guatu.tasks.acts import withdraw_acceptance
from guatu.tasks.models import Task
from guatu.units.models import Person, Unit
from tests.conftest import CAMPAIGN_DAY

pytestmark = pytest.mark.django_db

with (Path(__file__).parent.parent / "data" / "figures_000.csv").open(encoding="utf-8") as _source:
    PUBLISHED = list(csv.DictReader(_source))


@pytest.fixture
def campaign(jiading) -> Campaign:
    return Campaign.objects.get(code="jiading-2021")


def test_every_published_figure_comes_out_of_records(campaign):
    found = {figure["key"]: figure for figure in figures(campaign)}
    assert set(found) == {row["key"] for row in PUBLISHED}
    for row in PUBLISHED:
        figure = found[row["key"]]
        value, wanted = Decimal(str(figure["value"])), Decimal(row["value"])
        if row["kind"] == "exact":
            assert value == wanted, row["key"]
        else:  # “近200人”, “约900辆”
            assert abs(value - wanted) <= wanted * Decimal("0.02"), row["key"]
        assert figure["unit"] == row["unit"], row["key"]
        assert figure["as_of"] == "2021-09-16T09:00:00+08:00"
        assert figure["code"].startswith("F-")


def test_what_is_read_quickly_is_what_is_counted_slowly(campaign):
    """From readings (the wall) and from facts (as of the same moment)."""
    meanings = [meaning for _row, meaning in reads.indicators(campaign)]
    quick = reads.values(EVERYTHING, campaign, meanings)
    slow = reads.values(EVERYTHING, campaign, meanings, as_of=reads.present_as_of(campaign.as_of))
    assert {key: value.text for key, value in quick.items()} == {
        key: value.text for key, value in slow.items()
    }


def test_live_equals_recomputed(campaign):
    outcome = recount()
    assert outcome.equal, outcome.differences[:5]
    assert outcome.subjects > 2500


def test_applying_again_does_nothing(jiading, campaign):
    before = Act.objects.count(), ImportRun.objects.count()
    report = apply_pack(by=SYSTEM, pack=jiading)
    assert report.made == []
    assert enter_sample(by=SYSTEM, report=report) == 0
    assert (Act.objects.count(), ImportRun.objects.count()) == before
    assert compare(by=SYSTEM, pack=jiading).made == []


def test_another_sample_does_not_go_on_top(jiading, campaign):
    campaign.settings = {**campaign.settings, "sample": "another"}
    with pytest.raises(Problem) as refused:
        enter_sample(by=SYSTEM, report=Report(jiading, campaign))
    assert refused.value.code == "pack.sample_entered"


def test_a_withdrawn_acceptance_moves_the_figure_and_not_the_frozen_brief(campaign):
    brief = Brief.objects.get(campaign=campaign, number=1)
    assert brief.status == "issued"
    reading = brief_reads.reading(brief)
    code = reading.lines["000.tasks_completed"].code
    assert reading.lines["000.tasks_completed"].text == "252"
    task = Task.objects.filter(campaign=campaign, status="accepted").order_by("number").first()
    withdraw_acceptance(by=Person.objects.get(username="hecha"), task=task, reason="复查发现路面再次破损")

    found = {figure["key"]: figure["value"] for figure in figures(campaign)}
    assert found["000.tasks_completed"] == 251
    assert found["000.task_completion_rate"] == 85
    again = brief_reads.reading(brief_reads.brief(EVERYTHING, str(brief.id)))
    assert (again.lines["000.tasks_completed"].text, again.lines["000.tasks_completed"].now) == ("252", "251")
    trace = reads.trace(EVERYTHING, reads.figure_by_code(EVERYTHING, code))
    assert (trace.then.text, trace.now.text, trace.same) == ("252", "251", False)
    assert [(row.subject_type, row.title) for row in trace.gone] == [("task", str(task))]

    fresh = make_brief(
        by=Person.objects.get(username="jinbo"), template=BriefTemplate.objects.get(campaign=campaign)
    )
    assert (fresh.number, brief_reads.reading(fresh).lines["000.tasks_completed"].text) == (2, "251")
    assert recount().equal


def test_another_pack_beside_it_does_not_touch_the_figures(campaign, tmp_path):
    before = figures(campaign)
    folder = new_pack(tmp_path, "small-2021", title="小保障")
    report = apply_pack(by=SYSTEM, pack=read_pack(folder))
    assert {figure["key"]: figure["value"] for figure in figures(report.campaign)} == {
        "days_to_opening": 103, "tasks_listed": 2, "task_completion_rate": 0, "patrols": 0,
    }  # fmt: skip
    assert figures(campaign) == before
    assert recount().equal


def test_the_records_are_credible(campaign):
    """Every street has tasks and cases; acceptance grows over months; nobody checked his own work."""
    streets = Task.objects.filter(campaign=campaign).values("area").annotate(count=Count("id"))
    assert len(streets) == 12
    months = Task.objects.filter(status="accepted").values_list("accepted_at__month", flat=True)
    assert {3, 4, 5, 6, 7, 8, 9} <= set(months)
    accepted = Task.objects.filter(campaign=campaign, status="accepted").select_related(
        "accepted_by__unit", "lead_unit"
    )
    assert all(task.accepted_by.unit.path != task.lead_unit.path for task in accepted)
    assert Task.objects.filter(campaign=campaign, late=True).exclude(status="accepted").exists()


def test_persons_of_the_delegation_are_sealed(campaign):
    entry = Entry.objects.filter(register__code="delegation_persons").first()
    assert set(entry.sealed) == {"name", "phone"}
    assert not {"name", "phone"} & set(entry.fields)
    assert entry.parent_id is not None


# --- the case desk -----------------------------------------------------------------------------------------------


def _desk(campaign):
    return Case.objects.filter(campaign=campaign).exclude(source="city_platform")


def test_the_case_desk_shows_every_state(campaign):
    """Whatever a case can come to stands in the demo once, so that a newcomer finds it."""
    found = set(_desk(campaign).values_list("status", flat=True))
    assert found >= {
        "reported", "filed", "dispatched", "accepted", "held", "treated", "handled", "verified", "closed", "rejected",
        "withdrawn", "duplicate",
    }  # fmt: skip
    asked = set(Request.objects.values_list("kind", "status"))
    assert asked >= {
        ("hold", "granted"), ("hold", "asked"), ("extend", "granted"), ("extend", "refused"), ("extend", "asked"),
        ("return", "granted"), ("return", "asked"),
    }  # fmt: skip
    assert {"done", "accepted"} <= set(JointPart.objects.values_list("status", flat=True))
    assert {"offered", "accepted"} <= set(HandOver.objects.values_list("status", flat=True))
    assert Merge.objects.filter(ended_at=None).count() == 2
    assert Merge.objects.exclude(ended_at=None).count() == 1
    assert Comment.objects.filter(public=True).exists()


def test_nothing_of_it_counts_for_what_the_city_issued(campaign):
    """The published figures count the city's platform; everything else has another source and another number."""
    assert Case.objects.filter(campaign=campaign, source="city_platform").count() == 114
    assert not _desk(campaign).exclude(upper_number="").exists()


def test_reporters_are_sealed_and_heard(campaign):
    reporters = Reporter.objects.filter(case__campaign=campaign).exclude(phone_blind="")
    assert reporters.count() >= 20
    assert all("phone" in row.sealed and "0000-" not in str(row.sealed) for row in reporters)
    again = Case.objects.get(campaign=campaign, title="弄口建筑垃圾无人清运")
    assert (again.status, again.reopens, again.rework) == ("closed", 1, 1)
    assert list(again.feedback.order_by("at").values_list("solved", flat=True)) == [False, True]


def test_the_ladder_told_who_was_on_duty_then(campaign):
    """Rungs are reached at their own minute, and by night the night shift hears of it."""
    case = Case.objects.get(campaign=campaign, title="塔城路小吃店占道、油烟")
    alerts = list(Alert.objects.filter(case=case, stage__kind="handle").order_by("rung"))
    assert [alert.rung for alert in alerts] == [1, 2, 3]
    assert all(0 <= (alert.told_at - alert.reached_at).total_seconds() <= 60 for alert in alerts)
    assert SupervisionOrder.objects.filter(case=case, status="raised").count() == 1
    told = AlertPerson.objects.filter(person__username="yeban").values_list("alert__told_at", flat=True)
    hours = {clock.local(moment).hour for moment in told}
    assert hours and all(hour >= 17 or hour < 9 for hour in hours)
    assert AlertPerson.objects.exclude(acknowledged_at=None).exists()


def test_a_hold_stops_the_clock_and_ends_by_itself(campaign):
    held = Case.objects.get(campaign=campaign, title="众仁路人行道树根拱起")
    assert (held.status, held.held_from) == ("held", "accepted")
    back = Case.objects.get(campaign=campaign, title="华江公路路面沉陷")
    step = back.steps.get(step="resume")
    assert step.by is None and clock.local(step.at).strftime("%m-%d %H:%M") == "09-13 08:01"
    stage = back.stages.get(kind="handle")
    assert len(stage.pauses) == 1 and not back.late


def test_the_roster_names_who_is_on_duty_and_shows_one_gap(campaign):
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=("cyzx", "jiangqiao"))}
    assert {person.username for person in on_duty(units["cyzx"], CAMPAIGN_DAY)} == {"chengyun", "zhiban"}
    night = CAMPAIGN_DAY.replace(day=17, hour=23)
    assert [person.username for person in on_duty(units["cyzx"], night)] == ["yeban"]
    assert on_duty(units["jiangqiao"], night) == []


def test_most_is_in_time(campaign):
    """A demo in which everything is late teaches nothing."""
    stages = Stage.objects.filter(case__in=_desk(campaign), due_at__isnull=False)
    late = stages.filter(late=True).count()
    assert 5 <= late <= stages.count() * 0.15
    assert Case.objects.filter(campaign=campaign).exclude(routed={}).count() > 140
