"""A table of past cases: moments in its own zone, deadlines as given, verdicts compared, nothing twice, all taken back."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, Stage, Step
from guatu.cases.reads.history import compare as compare_run
from guatu.cases.rules import history
from guatu.figures.acts import recount
from guatu.figures.models import FactRow
from guatu.files.acts import import_file, undo_import
from guatu.files.models import ImportRun
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.packs.applying import apply_pack, sound
from guatu.units.models import Unit
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "packs" / "boston-311"
SAMPLE = PACK / "sample" / "tables" / "boston_311_sample.csv"
NEW_YORK = ZoneInfo("America/New_York")
UTC = dt.UTC


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# --- rules ---------------------------------------------------------------------------------------------------------


def test_a_plain_moment_is_the_zones_own() -> None:
    assert history.moment_in(at("2024-07-01T12:00:00"), NEW_YORK) == history.Moment(
        at("2024-07-01T16:00:00+00:00")
    )
    assert history.moment_in(at("2024-07-01T12:00:00+08:00"), NEW_YORK).at == at("2024-07-01T04:00:00+00:00")


def test_the_hour_that_comes_twice_is_the_first_unless_it_would_end_before_it_began() -> None:
    twice = at("2024-11-03T01:30:00")
    assert history.moment_in(twice, NEW_YORK) == history.Moment(at("2024-11-03T05:30:00+00:00"), "twice")
    opened = at("2024-11-03T05:50:00+00:00")
    assert history.moment_in(twice, NEW_YORK, after=opened).at == at("2024-11-03T06:30:00+00:00")


def test_the_hour_that_is_skipped_moves_on() -> None:
    found = history.moment_in(at("2024-03-10T02:30:00"), NEW_YORK)
    assert found == history.Moment(at("2024-03-10T07:30:00+00:00"), "skipped")


OPENED, DUE = at("2024-01-01T10:00:00+00:00"), at("2024-01-02T10:00:30+00:00")


@pytest.mark.parametrize(
    ("due", "closed", "theirs", "rule"),
    [
        (DUE, DUE, "on_time", "agreed"),
        (DUE, DUE + dt.timedelta(seconds=1), "on_time", "same_minute"),
        (DUE, DUE + dt.timedelta(hours=1), "on_time", "theirs_on_time_closed_late"),
        (DUE, DUE - dt.timedelta(hours=1), "late", "theirs_late_closed_in_time"),
        (DUE, OPENED - dt.timedelta(hours=1), "late", "closed_before_opened"),
        (OPENED - dt.timedelta(days=1), DUE, "on_time", "deadline_before_opening"),
        (None, DUE, "on_time", "no_deadline"),
        (DUE, DUE, "", "not_said"),
        (DUE, None, "late", "open"),
    ],
)
def test_every_difference_has_its_rule(
    due: dt.datetime | None, closed: dt.datetime | None, theirs: str, rule: str
) -> None:
    assert history.compare(opened_at=OPENED, due_at=due, closed_at=closed, theirs=theirs) == rule
    assert rule in history.RULES


def test_words_of_other_systems() -> None:
    assert [history.read_verdict(word) for word in ("ONTIME", "Overdue", "超时", "", "maybe")] == [
        "on_time",
        "late",
        "late",
        "",
        None,
    ]
    assert [history.read_status(word) for word in ("Closed", "已结案", "Open", "", "?")] == [
        "closed",
        "closed",
        "open",
        "",
        None,
    ]
    assert len(history.code_of("Schedule a Bulk Item Pickup (Saturday, special, large)")) <= 20
    assert history.code_of("A  b") == history.code_of("a b") != history.code_of("a c")


# --- the real table ------------------------------------------------------------------------------------------------


@pytest.fixture
def boston(db: None) -> Iterator[Campaign]:
    with clock.at(dt.datetime(2025, 2, 1, 9, tzinfo=clock.ZONE)):
        yield apply_pack(by=SYSTEM, pack=sound(PACK)).campaign


def take(campaign: Campaign, content: bytes, **options: str) -> ImportRun:
    return import_file(
        by=SYSTEM, kind="case_history", path=content, name="past.csv", campaign=campaign, options=options
    )


def test_the_real_table_agrees_row_by_row(boston: Campaign) -> None:
    run = take(boston, SAMPLE.read_bytes())
    assert (run.totals["new"], run.totals["error"], run.errors[:1]) == (2498, 0, [])
    found = compare_run(SYSTEM.scope, run)
    assert found.rows == 2498
    assert dict(found.rules) == {"agreed": 2145, "no_deadline": 352, "not_said": 1}
    assert found.compared == found.agreed
    assert found.verdicts["on_time", "on_time"] == 1919
    assert found.verdicts["late", "late"] == 226
    row = Case.objects.get(upper_number="101004128563")
    assert row.opened_at == at("2022-01-17T11:20:00-05:00")
    assert row.due_at == at("2022-01-18T11:20:22-05:00")
    assert row.closed_at == at("2022-01-18T10:08:24-05:00")
    assert (row.area, row.unit and row.unit.short_name, row.late, row.due_lines) == (
        "925025008",
        "PWDx",
        False,
        [],
    )
    assert list(row.steps.order_by("at", "id").values_list("step", flat=True)) == [
        "report",
        "file",
        "dispatch",
        "close",
    ]
    assert not Case.objects.filter(due_at=None, late=True).exists()
    free = FactRow.objects.filter(subject_id=str(Case.objects.filter(due_at=None)[0].id), until_position=None)
    assert all(fact.attributes.get("on_time") is None for fact in free)
    assert recount().equal


def test_the_same_table_again_changes_nothing_and_undo_takes_it_back(boston: Campaign) -> None:
    content = b"\n".join(SAMPLE.read_bytes().splitlines()[:301]) + b"\n"
    run = take(boston, content)
    assert run.totals["new"] == 300
    before = (Case.objects.count(), Act.objects.filter(verb="case.history").count(), Stage.objects.count())
    again = take(boston, content)
    assert (again.totals["new"], again.totals["same"], again.totals["error"]) == (0, 300, 0)
    assert (
        Case.objects.count(),
        Act.objects.filter(verb="case.history").count(),
        Stage.objects.count(),
    ) == before
    undo_import(by=SYSTEM, run=run)
    assert set(Case.objects.values_list("status", flat=True)) == {"void"}
    assert recount().equal
    assert take(boston, content).totals["new"] == 300  # the numbers are free again


def test_what_was_worked_on_since_is_not_taken_back(boston: Campaign) -> None:
    run = take(boston, b"\n".join(SAMPLE.read_bytes().splitlines()[:4]) + b"\n")
    row = Case.objects.filter(campaign=boston)[0]
    Case.objects.filter(pk=row.pk).update(version=2)
    with pytest.raises(Problem) as refusal:
        undo_import(by=SYSTEM, run=run)
    assert refusal.value.code == "import.built_on"
    assert not Case.objects.filter(status="void").exists()


# --- odd rows ------------------------------------------------------------------------------------------------------

HEAD = "number,opened,due,closed,status,verdict,title,class,department,neighborhood,lon,lat\n"


def rows(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines) + "\n").encode()


def test_unseen_types_departments_and_odd_values(boston: Campaign) -> None:
    content = rows(
        "n1,2024-02-01 08:00:00,,2024-02-02 08:00:00,Closed,ONTIME,Rat,Never Seen Type,NEWD,Nowhere,-71.06,42.35",
        "n2,2024-02-01 08:00:00,2024-01-01 08:00:00,2024-02-02 08:00:00,Closed,ONTIME,Rat,Parking Enforcement,PWDx,,,",
        "n3,2024-02-01 08:00:00,2024-02-05 08:00:00,,Open,,Rat,,BTDT,South End,,",
        "n4,yesterday,,,Closed,ONTIME,Rat,,,,,",
        "n5,2024-02-01 08:00:00,,2024-02-02 08:00:00,Closed,perhaps,Rat,,,,0,0",
        "n6,2024-02-01 08:00:00,,2024-01-31 08:00:00,Closed,OVERDUE,Rat,,,,,",
        "n7,2024-02-01 08:00:00,,,Closed,ONTIME,Rat,,,,,",
    )
    run = take(boston, content)
    assert (run.totals["new"], run.totals["error"]) == (4, 3)
    assert {(each["line"], each["field"], each["code"]) for each in run.errors} == {
        (5, "opened", "case.history_moment"),
        (6, "verdict", "case.history_word"),
        (8, "closed", "case.history_state"),
    }
    first = Case.objects.get(upper_number="n1")
    assert (first.case_class and first.case_class.name, first.unit and first.unit.code) == (
        "Never Seen Type",
        "newd",
    )
    assert first.area == "925025"
    assert Unit.objects.get(code="newd").path == "boston/newd/"
    third = Case.objects.get(upper_number="n3")
    assert (third.status, third.handled_at, third.late) == ("dispatched", None, False)
    found = compare_run(SYSTEM.scope, run)
    assert {line.number: line.rule for line in found.differing} == {
        "n1": "no_deadline", "n2": "deadline_before_opening", "n3": "open", "n6": "no_deadline",
    }  # fmt: skip
    assert found.absent == 3
    assert recount().equal


def test_unknown_words_may_be_refused(boston: Campaign) -> None:
    content = rows("n1,2024-02-01 08:00:00,,,Open,,Rat,Never Seen Type,NEWD,,,")
    run = take(boston, content, **{"class": "refuse", "unit": "refuse"})
    assert {(each["field"], each["code"]) for each in run.errors} == {
        ("class_name", "case.unknown_class"),
        ("unit", "case.history_unit"),
    }
    assert not Case.objects.exists()


def test_a_known_number_that_says_otherwise_is_named(boston: Campaign) -> None:
    take(boston, rows("n1,2024-02-01 08:00:00,2024-02-03 08:00:00,2024-02-02 08:00:00,Closed,,Rat,,,,,"))
    run = take(
        boston, rows("n1,2024-02-01 08:00:00,2024-02-04 08:00:00,2024-02-02 08:00:00,Closed,,Rat,,,,,")
    )
    assert [(each["field"], each["code"]) for each in run.errors] == [("due", "case.history_known")]


def test_the_zone_is_asked_for_and_an_unknown_one_refused(boston: Campaign) -> None:
    take(boston, rows("n1,2024-02-01 08:00:00,,,Open,,Rat,,,,,"), zone="Asia/Shanghai")
    assert Case.objects.get().opened_at == at("2024-02-01T00:00:00+00:00")
    with pytest.raises(Problem) as refusal:
        take(boston, rows("n2,2024-02-01 08:00:00,,,Open,,Rat,,,,,"), zone="Mars/Olympus")
    assert refusal.value.code == "case.history_zone"


def test_a_point_outside_china_is_still_refused_for_a_chinese_district(cast: Cast) -> None:
    run = take(cast.campaign, rows("n1,2020-02-01 08:00:00,,,Open,,井盖,,,,-71.06,42.35"))
    assert [each["code"] for each in run.errors] == ["case.bad_point"]


def test_a_past_case_is_told_to_nobody(boston: Campaign) -> None:
    take(boston, rows("n1,2024-02-01 08:00:00,,2024-02-02 08:00:00,Closed,,Rat,,PWDx,,,"))
    verbs = set(Act.objects.filter(subject_type="case").values_list("verb", flat=True))
    assert verbs == {"case.history"}
    assert [step.to_status for step in Step.objects.order_by("at", "id")] == [
        "reported",
        "filed",
        "dispatched",
        "closed",
    ]


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_comparison_is_a_page_and_a_file(cast: Cast, signed_in: Callable[..., Client]) -> None:
    content = rows(
        "n1,2020-02-01 08:00:00,2020-02-03 08:00:00,2020-02-02 08:00:00,Closed,ONTIME,井盖,,,,,",
        "n2,2020-02-01 08:00:00,2020-02-03 08:00:00,2020-02-04 08:00:00,Closed,ONTIME,井盖,,,,,",
        "n3,2020-02-01 08:00:00,,2020-02-04 08:00:00,Closed,ONTIME,井盖,,,,,",
    )
    run = take(cast.campaign, content)
    address = reverse("desk:case_history", args=[run.id])
    ImportRun.objects.filter(pk=run.pk).update(by_id=cast.chengyun.id)
    page = signed_in(cast.chengyun).get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert "表里写按期，结案却晚于截止" in text
    assert "表里没有截止时间" in text
    assert 'data-label="案件"' in text
    book = signed_in(cast.chengyun).get(address + "?export=xlsx")
    sheet = load_workbook(
        io.BytesIO(b"".join(book.streaming_content) if book.streaming else book.content)
    ).active  # type: ignore[attr-defined]
    assert sheet is not None
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["n2", "n3"]
    assert signed_in(cast.nanxiang).get(address).status_code == 404
