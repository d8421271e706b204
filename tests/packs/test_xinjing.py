"""The pack of Xinjing Town gives the published figures out of visits and orders, and keeps giving them."""

import csv
import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from guatu.campaigns.models import Campaign
from guatu.figures import reads
from guatu.figures.acts import recount
from guatu.files.models import ImportRun
from guatu.inspections.acts import visits
from guatu.inspections.models import Finding, Industry, Norm, Order, Round, Team, TeamMember, Visit
from guatu.inspections.reads.norms import holds_for
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.packs.applying import apply_pack, compare, sound
from guatu.packs.library import find
from guatu.packs.pack import Pack
from guatu.packs.reading import read_pack
from guatu.packs.reads import figures
from guatu.packs.sampling import enter_sample
from guatu.packs.scaffold import new_pack
from guatu.places.models import Place
from guatu.places.reads import forget
from guatu.units.models import Person

pytestmark = pytest.mark.django_db

AFTERWARDS = dt.datetime(2022, 7, 16, 9, tzinfo=clock.ZONE)
TOWN = "310105102"
with (Path(__file__).parent.parent / "data" / "figures_004.csv").open(encoding="utf-8") as _source:
    PUBLISHED = list(csv.DictReader(_source))


@pytest.fixture(scope="module")
def xinjing(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Pack]:
    """Pack and sample in the store, taken back when the module's last test is done."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.at(AFTERWARDS):  # type: ignore[attr-defined]
        pack = sound(find("xinjing-2022"))
        enter_sample(by=SYSTEM, report=apply_pack(by=SYSTEM, pack=pack))
        yield pack
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def campaign(xinjing: Pack) -> Campaign:
    return Campaign.objects.get(code="xinjing-2022")


def values(campaign):
    return {figure["key"]: figure["value"] for figure in figures(campaign)}


def test_every_published_figure_comes_out_of_visits_and_orders(campaign):
    found = {figure["key"]: figure for figure in figures(campaign)}
    assert set(found) == {row["key"] for row in PUBLISHED}
    for row in PUBLISHED:
        figure = found[row["key"]]
        if row["kind"] == "exact":
            assert figure["value"] == int(row["value"]), row["key"]
        else:
            assert figure["value"] >= int(row["value"]), row["key"]
        assert figure["unit"] == row["unit"]
        assert figure["as_of"] == "2022-07-14T18:00:00+08:00"


def test_what_is_read_quickly_is_what_is_counted_slowly(campaign):
    """Also after the look-backs of the days that followed: a place looked at again is one place."""
    meanings = [meaning for _row, meaning in reads.indicators(campaign)]
    quick = reads.values(EVERYTHING, campaign, meanings)
    slow = reads.values(EVERYTHING, campaign, meanings, as_of=reads.present_as_of(campaign.as_of))
    assert {key: value.text for key, value in quick.items()} == {
        key: value.text for key, value in slow.items()
    }
    assert recount().equal


def test_applying_again_does_nothing(xinjing, campaign):
    before = Act.objects.count(), ImportRun.objects.count()
    report = apply_pack(by=SYSTEM, pack=xinjing)
    assert report.made == []
    assert enter_sample(by=SYSTEM, report=report) == 0
    assert (Act.objects.count(), ImportRun.objects.count()) == before
    assert compare(by=SYSTEM, pack=xinjing).made == []


def test_another_pack_beside_it_touches_nothing(campaign, tmp_path):
    before = figures(campaign)
    report = apply_pack(by=SYSTEM, pack=read_pack(new_pack(tmp_path, "small-2021", title="小保障")))
    assert not {key for key in values(report.campaign) if key.startswith("004.")}
    assert figures(campaign) == before


def test_the_round_went_by_day_and_by_night(campaign):
    round_ = Round.objects.get(campaign=campaign)
    assert (round_.status, round_.starts_on, round_.ends_on) == (
        "running",
        dt.date(2022, 7, 10),
        dt.date(2022, 7, 14),
    )
    own = Visit.objects.filter(round=round_, kind="round")
    assert Counter(own.values_list("outcome", flat=True)) == {
        "pass": 383,
        "rectify": 15,
        "shut": 3,
        "not_open": 1,
    }
    assert set(own.values_list("kept__shift", flat=True)) == {"day", "night"}
    assert set(Team.objects.filter(round=round_).values_list("shift", flat=True)) == {"day", "night"}
    # the first night began at nine, as the report says
    first = own.order_by("started_at").first()
    assert clock.local(first.started_at).strftime("%m-%d %H") == "07-10 21"
    # every visit lies inside its team's shift, and no team was at two places at once
    for team in Team.objects.filter(round=round_):
        times = list(
            team.visits.filter(kind="round").order_by("started_at").values_list("started_at", "done_at")
        )
        assert team.starts_at <= times[0][0] and times[-1][1] <= team.ends_at, team
        assert all(one[1] <= two[0] for one, two in zip(times, times[1:], strict=False)), team


def test_inspectors_are_people_of_all_units_and_go_together(campaign):
    people = Person.objects.filter(teams__team__round__campaign=campaign).distinct()
    assert people.count() == 126
    assert people.values("unit").distinct().count() == 7
    mixed = [
        TeamMember.objects.filter(team=team).values("person__unit").distinct().count()
        for team in Team.objects.filter(round__campaign=campaign)
    ]
    assert min(mixed) >= 2


def test_orders_follow_from_what_was_found(campaign):
    orders = Order.objects.filter(campaign=campaign)
    assert Counter(orders.values_list("kind", flat=True)) == {"rectify": 15, "shut": 3}
    assert all(order.lines and order.signed_as and "name" in order.sealed for order in orders)
    shut = [order.place for order in orders.filter(kind="shut")]
    assert all(place.shut_at is not None for place in shut)
    assert Place.objects.filter(area__startswith=TOWN).exclude(shut_at=None).count() == 3
    assert {place.industry for place in shut} <= {"karaoke", "game-hall", "bath"}
    assert Finding.objects.filter(visit__campaign=campaign, verdict="put_right").count() == 46
    # “回头看”: five passed on the day after the pack's moment; what was shut is still shut
    assert orders.filter(status="passed").count() == 5
    again = Visit.objects.filter(campaign=campaign, kind="look_back", outcome="pass")
    assert all(visit.done_at > campaign.as_of for visit in again) and again.count() == 5


def test_a_look_back_passed_later_moves_no_figure(campaign):
    before = values(campaign)
    order = Order.objects.filter(campaign=campaign, status="complied").first()
    with clock.at(AFTERWARDS):
        who = Person.objects.get(pk=order.visit.done_by_id)
        again = visits.start_visit(by=who, visit=order.visit.look_backs.get())
        said = [visits.FindingDraft(item, "met") for item in again.asked]
        visits.finish_visit(by=who, visit=again, findings=said)
    order.refresh_from_db()
    assert order.status == "passed"
    assert values(campaign) == before
    assert recount().equal


def test_the_norms_hold_in_the_town_and_nowhere_else(campaign):
    assert Industry.objects.count() == 33
    assert all(row.name and row.name_en for row in Industry.objects.all())
    assert set(Norm.objects.values_list("area", flat=True)) == {TOWN}
    day = dt.date(2022, 7, 12)
    hall = Place.objects.filter(industry="karaoke").first()
    assert {row.norm.number for row in holds_for(hall, day)} == {"XJ-GF-01", "XJ-GF-06"}
    hall.area = "310114102"
    assert holds_for(hall, day) == []


# --- what the check tells ----------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find("xinjing-2022"), tmp_path / "xinjing-2022"))


@pytest.mark.parametrize(
    ("file", "line", "old", "new", "code"),
    [
        ("industries.csv", 2, "catering", "Catering!", "bad_row"),
        ("norms.csv", 2, "XJ-GF-01,", ",", "empty_cell"),
        ("norms.csv", 2, ",责令整改,", ",罚款,", "not_a_choice"),
        ("norms.csv", 2, ",当日,", ",明年,", "bad_row"),
        ("norms.csv", 3, ",1.2,", ",1.1,", "norm_item_twice"),
        ("norms.csv", 2, "2022-07-01", "七月", "bad_day"),
        ("norms.csv", 8, "快餐", "快餐车", "unknown_industry"),
        ("sample/rounds.csv", 2, "XJ-GF-06", "XJ-GF-99", "sample_reference"),
        ("sample/rounds.csv", 2, "2022-07-14", "", "empty_cell"),
        ("sample/rounds.csv", 3, ",start,", ",begin,", "not_a_choice"),
        ("sample/teams.csv", 2, ",night,", ",evening,", "not_a_choice"),
        ("sample/teams.csv", 2, "2022-07-10 21:00", "晚上九点", "bad_moment"),
        ("sample/teams.csv", 2, "2022-07,10日黑1组", "2022-08,10日黑1组", "sample_reference"),
        ("sample/visits.csv", 2, "XJ-0", "YJ-0", "sample_reference"),
        ("sample/visits.csv", 2, "10日黑1组", "10日黑9组", "sample_reference"),
        ("sample/visit_steps.csv", 2, ",finish,", ",done,", "not_a_choice"),
        ("sample/visit_steps.csv", 2, "2022-07-10 21:", "2022-07-10 19:", "wrong_days"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(copy, file, line, old, new, code):
    path = copy / file
    rows = path.read_text(encoding="utf-8").split("\n")
    assert old in rows[line - 1], rows[line - 1]
    rows[line - 1] = rows[line - 1].replace(old, new, 1)
    path.write_text("\n".join(rows), encoding="utf-8")
    told = [(fault.code, fault.file, fault.line) for fault in read_pack(copy).faults.errors]
    assert (code, file, line) in told, told


def test_people_that_nobody_brings_in_are_told(copy):
    path = copy / "sample" / "teams.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("xj-szf-01", "nobody"), encoding="utf-8")
    told = [fault for fault in read_pack(copy).faults.errors if fault.file == "sample/teams.csv"]
    assert {fault.details["value"] for fault in told} == {"nobody"}


def test_a_step_that_the_product_refuses_names_its_row(xinjing, copy):
    """An item that is not on that place's checklist: the sample stops there, and nothing of it was entered."""
    (copy / "pack.toml").write_text(
        (copy / "pack.toml").read_text(encoding="utf-8").replace('"xinjing-2022"', '"xinjing-again"'),
        encoding="utf-8",
    )
    sample = copy / "sample"
    (sample / "teams.csv").unlink()
    heads = [
        (sample / name).read_text(encoding="utf-8").split("\n")[0]
        for name in ("visits.csv", "visit_steps.csv")
    ]
    (sample / "visits.csv").write_text(
        f"{heads[0]}\n2022-07-10 16:00,xj-zhuanban,2022-07,XJ-0001,\n", encoding="utf-8"
    )
    step = "2022-07-11 09:30,xj-szf-01,2022-07,XJ-0001,finish,2022-07-11 09:20,6.1,,,,,,"
    (sample / "visit_steps.csv").write_text(f"{heads[1]}\n{step}\n", encoding="utf-8")
    with pytest.raises(Problem) as refused:
        enter_sample(by=SYSTEM, report=apply_pack(by=SYSTEM, pack=sound(copy)))
    assert refused.value.code == "pack.sample_failed"
    assert (refused.value.details["file"], refused.value.details["line"]) == ("sample/visit_steps.csv", 2)
    assert not Round.objects.filter(campaign__code="xinjing-again").exists()
