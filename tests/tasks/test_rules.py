"""The life of a task, what is late, how offices write. Pure."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest

from guatu.tasks import rules
from guatu.tasks.cells import (
    MilestoneCell,
    day_of_cell,
    milestones_of_cell,
    milestones_to_cell,
    names_of_cell,
    one_by_name,
    percent_of_cell,
    plain,
)
from guatu.tasks.facts import ActivityRow, TaskRow, facts_of, facts_of_activity

D = dt.date


def test_every_step_of_the_lifecycle_leads_somewhere_known():
    for name, step in rules.LIFECYCLE.items():
        assert step.target in rules.STATUSES, name
        assert set(step.sources) <= set(rules.STATUSES), name
        assert step.verb.startswith("task.")
    assert set(rules.OPEN + rules.WAITING + rules.SETTLED) == set(rules.STATUSES)
    assert rules.next_steps("planned")[0] == "start"
    assert rules.next_steps("accepted") == ["withdraw_acceptance", "reopen"]
    assert rules.may_step("accept", "reported_done")
    assert not rules.may_step("accept", "started")


def test_what_belongs_to_the_plan():
    assert rules.needs_plan_right(["owner", "due_on", "title"]) == ["due_on", "title"]
    assert rules.needs_plan_right(["note", "starts_on"]) == []


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({}, 0),
        ({"tasks": None}, 0),
        ({"tasks": {"evidence": {"道路整治": 2}}}, 2),
        ({"tasks": {"evidence": {"*": 1}}}, 1),
        ({"tasks": {"evidence": ["道路整治"]}}, 1),
        ({"tasks": {"evidence": ["*"]}}, 1),
        ({"tasks": {"evidence": ["水域保洁"]}}, 0),
    ],
)
def test_evidence_asked_for(settings, needed):
    assert rules.needs_evidence("道路整治", settings) == needed


@pytest.mark.parametrize(
    ("person", "unit", "supervises", "refused"),
    [
        ("a", "jd/lrj/", True, "task.self_acceptance"),
        ("b", "jd/lrj/", False, "task.own_unit_acceptance"),
        ("b", "jd/lrj/yls/", False, "task.own_unit_acceptance"),
        ("b", "jd/lrj/", True, ""),
        ("b", "jd/nxz/", False, ""),
        ("b", "", False, ""),
        (None, "", False, ""),
    ],
)
def test_who_may_check(person, unit, supervises, refused):
    found = rules.acceptance_refused(
        person=person, person_unit=unit, reporter="a", lead_unit="jd/lrj/", supervises=supervises
    )
    assert found == refused


def test_nobody_reported_and_the_system_checks():
    assert (
        rules.acceptance_refused(person=None, person_unit="", reporter=None, lead_unit="x/", supervises=False)
        == ""
    )


def test_late_begins_when_the_day_is_over():
    due = D(2021, 9, 16)
    assert not rules.is_late("started", due, D(2021, 9, 16))
    assert rules.is_late("started", due, D(2021, 9, 17))
    assert not rules.is_late("reported_done", due, D(2021, 9, 17))
    assert rules.late_from(due) == dt.datetime(2021, 9, 17)


@pytest.mark.parametrize(
    ("status", "starts", "due", "percent", "day", "risk"),
    [
        ("accepted", D(2021, 9, 1), D(2021, 9, 20), 0, D(2021, 9, 16), False),
        ("started", D(2021, 9, 1), D(2021, 9, 15), 0, D(2021, 9, 16), False),  # late, not at risk
        ("started", D(2021, 3, 1), D(2021, 9, 23), 69, D(2021, 9, 16), True),
        ("started", D(2021, 3, 1), D(2021, 9, 23), 90, D(2021, 9, 16), False),
        ("started", None, D(2021, 12, 1), 0, D(2021, 9, 16), False),
        ("planned", D(2021, 10, 1), D(2021, 12, 1), 0, D(2021, 9, 16), False),
        ("started", D(2021, 9, 1), D(2021, 12, 9), 0, D(2021, 9, 16), False),
        ("started", D(2021, 7, 1), D(2021, 10, 8), 50, D(2021, 9, 16), True),
    ],
)
def test_at_risk(status, starts, due, percent, day, risk):
    assert rules.at_risk(status, starts, due, percent, day) is risk


def test_the_first_day_of_risk():
    found = rules.risk_from("started", None, D(2021, 9, 30), 10, D(2021, 9, 1), D(2021, 9, 30))
    assert found == D(2021, 9, 23)
    assert rules.risk_from("started", None, D(2021, 9, 30), 10, D(2021, 9, 1), D(2021, 9, 16)) is None


def test_schedule_and_milestones():
    assert rules.wrong_schedule(D(2021, 9, 2), D(2021, 9, 1))
    assert not rules.wrong_schedule(None, D(2021, 9, 1))
    assert rules.wrong_milestone(None, D(2021, 9, 1), D(2021, 9, 2))
    assert rules.wrong_milestone(D(2021, 8, 1), D(2021, 9, 1), D(2021, 7, 31))
    assert not rules.wrong_milestone(None, D(2021, 9, 1), D(2021, 7, 31))
    assert rules.on_time(None, D(2021, 9, 1)) is None
    assert rules.on_time(D(2021, 9, 1), D(2021, 9, 1)) is True
    assert rules.on_time(D(2021, 9, 2), D(2021, 9, 1)) is False


def test_numbers_sort_and_follow_as_people_read_them():
    assert sorted(["10", "9", "A-10", "a-9", "2"], key=rules.natural_key) == ["2", "9", "10", "a-9", "A-10"]
    assert rules.next_number([]) == "1"
    assert rules.next_number(["296", "9", "x"]) == "297"
    assert rules.next_number(["RW-009"]) == "RW-010"
    assert rules.tidy_number(" ４ ") == "4"


def test_days_of_a_series():
    assert rules.monthly_days(D(2021, 1, 16), D(2021, 4, 15), 15) == [
        D(2021, 2, 15),
        D(2021, 3, 15),
        D(2021, 4, 15),
    ]
    assert rules.monthly_days(D(2021, 1, 1), D(2021, 3, 1), 31) == [D(2021, 1, 31), D(2021, 2, 28)]
    assert rules.monthly_days(D(2021, 12, 1), D(2022, 1, 31), 15) == [D(2021, 12, 15), D(2022, 1, 15)]


def test_results_are_numbers_of_nought_or_more():
    assert rules.wrong_result({"teams": 16, "t": "39.16"}) == ""
    for wrong in (-1, "many", None, True, float("inf"), "nan"):
        assert rules.wrong_result({"teams": wrong}) == "teams"
    assert rules.wrong_result({"": -1}) == "?"


def test_the_completion_curve_counts_up_and_stops_today():
    curve = rules.completion_curve(
        [D(2021, 9, 2), D(2021, 9, 2), D(2021, 9, 4)],
        [D(2021, 8, 30), D(2021, 9, 2)],
        D(2021, 9, 1),
        D(2021, 9, 4),
        D(2021, 9, 3),
    )
    assert [(point.due, point.accepted) for point in curve] == [(0, 1), (2, 2), (2, 2), (3, None)]


# ---------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021.3.15", D(2021, 3, 15), D(2021, 3, 15)),
        ("2021年3月15日", D(2021, 3, 15), D(2021, 3, 15)),
        ("44270", D(2021, 3, 15), D(2021, 3, 15)),
        ("3月15日", D(2021, 3, 15), D(2021, 3, 15)),
        ("９．３０", D(2021, 9, 30), D(2021, 9, 30)),
        ("9月", D(2021, 9, 1), D(2021, 9, 30)),
        ("9月底前", D(2021, 9, 1), D(2021, 9, 30)),
        ("2020年2月份", D(2020, 2, 1), D(2020, 2, 29)),
        ("2021.10", D(2021, 10, 1), D(2021, 10, 31)),
        ("9月上旬", D(2021, 9, 1), D(2021, 9, 10)),
        ("9月中旬", D(2021, 9, 11), D(2021, 9, 20)),
        ("9月下旬", D(2021, 9, 21), D(2021, 9, 30)),
        ("2月30日", None, None),
        ("13月", None, None),
        ("长期", None, None),
    ],
)
def test_days_as_offices_write_them(text, first, last):
    assert day_of_cell(text, 2021, end=False) == first
    assert day_of_cell(text, 2021, end=True) == last


@pytest.mark.parametrize(
    ("text", "ours", "percent"),
    [
        ("60", False, 60), ("60%", False, 60), ("６０％", False, 60), ("0.6", False, 60), ("1", False, 100), ("1", True, 1),
        ("0", False, 0), ("1%", False, 1), ("120", False, None), ("-1", False, None), ("大半", False, None),
    ],
)  # fmt: skip
def test_shares_as_offices_write_them(text, ours, percent):
    assert percent_of_cell(text, ours=ours) == percent


def test_names_one_after_the_other():
    assert names_of_cell("绿容局、交警，城管；绿容局\n  南翔镇") == ["绿容局", "交警", "城管", "南翔镇"]
    assert names_of_cell("无") == []


def test_milestones_there_and_back():
    milestones = [
        MilestoneCell(D(2021, 5, 1), "完成方案", D(2021, 5, 2)),
        MilestoneCell(D(2021, 6, 1), "进场施工"),
        MilestoneCell(D(2021, 6, 2), "第 2 段 3 号完工"),
    ]
    assert milestones_of_cell(milestones_to_cell(milestones), 2021) == (milestones, "")
    assert milestones_of_cell("方案（4月底）；\n进场：6月1日", 2021)[0] == [
        MilestoneCell(D(2021, 4, 30), "方案"), MilestoneCell(D(2021, 6, 1), "进场"),
    ]  # fmt: skip
    assert milestones_of_cell("没有日期", 2021) == ([], "没有日期")
    assert milestones_of_cell("方案 2021-02-31", 2021)[1] == "方案 2021-02-31"
    assert milestones_of_cell("方案 2021-02-01（已于 2021-02-31 完成）", 2021)[1] != ""


def test_one_entry_by_name():
    known = {plain(name): name for name in ("南翔镇", "南苑", "绿化和市容管理局")}
    assert one_by_name("南翔", known) == "南翔镇"
    assert one_by_name("南", known) is None
    assert one_by_name("南翔镇人民政府", known) == "南翔镇"
    assert one_by_name("绿化和市容管理局", known) == "绿化和市容管理局"
    assert one_by_name("某某", known) is None


# ---------------------------------------------------------------------------------------------- facts

TASK = TaskRow(
    id=UUID(int=1), home="310114102", area="310114102", lead="jd/lrj/", supporting=("jd/cgzf/",), group="looks", category="道路整治",
    status="started", percent=60, due_on=D(2021, 9, 30), reported_on=None, accepted_on=None, phase="do", late=False, risk=True,
)  # fmt: skip


def test_a_task_states_one_fact():
    (fact,) = facts_of(TASK)
    assert (fact.kind, fact.status, fact.category, fact.unit, fact.units) == (
        "task", "started", "道路整治", "jd/lrj/", ("jd/cgzf/",),
    )  # fmt: skip
    assert fact.happened_on == D(2021, 9, 30)
    assert fact.measures == {"percent": Decimal(60)}
    assert fact.attributes == {
        "group": "looks",
        "phase": "do",
        "late": False,
        "risk": True,
        "lead": "jd/lrj/",
    }
    assert not fact.open


def test_an_accepted_task_is_counted_under_its_day_of_acceptance():
    row = TaskRow(
        **{
            **TASK.__dict__,
            "status": "accepted",
            "reported_on": D(2021, 9, 29),
            "accepted_on": D(2021, 10, 2),
        }
    )
    (fact,) = facts_of(row)
    assert fact.happened_on == D(2021, 10, 2)
    assert fact.attributes["on_time"] is True


def test_an_activity_states_its_headcount_and_results():
    row = ActivityRow(
        id=UUID(int=2), home="310114000", area="310114", unit="jd/scjg/", number="drill-01", parent="", kind="drill", status="held",
        held_on=D(2021, 9, 10), headcount=48, results={"teams": 16},
    )  # fmt: skip
    (fact,) = facts_of_activity(row)
    assert fact.measures == {"teams": Decimal(16), "headcount": Decimal(48)}
    assert (fact.category, fact.happened_on, fact.attributes["number"]) == (
        "drill",
        D(2021, 9, 10),
        "drill-01",
    )
    (planned,) = facts_of_activity(ActivityRow(**{**row.__dict__, "headcount": None, "results": {}}))
    assert planned.measures == {}
