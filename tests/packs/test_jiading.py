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
from guatu.figures import reads
from guatu.figures.acts import recount
from guatu.files.models import ImportRun
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
from guatu.units.models import Person

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
