"""The task list as a table: in, out, edited, in again."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from guatu.files.acts import import_file, undo_import
from guatu.kernel.problems import Problem
from guatu.tasks import acts, reads
from guatu.tasks.models import Milestone, Task
from guatu.tasks.workbook import task_workbook
from tests.tasks.ground import HEADINGS, book, task_of

pytestmark = pytest.mark.django_db


def _import(cast, content, **more):
    return import_file(
        by=cast.jinbo, kind="task", path=content, name="清单.xlsx", campaign=cast.campaign, **more
    )


def test_an_office_table_goes_in(cast):
    run = _import(
        cast,
        book(
            [
                1,
                "水域保洁",
                "解放街河道保洁",
                "绿容局",
                "城管执法局、南翔镇",
                "南翔镇",
                "2021.3.15",
                "9月30日",
                "",
                "",
                "",
            ],
            [
                2,
                None,
                "解放街绿化补种",
                "绿化和市容管理局嘉定",
                "",
                "",
                dt.date(2021, 3, 1),
                "9月底",
                "进行中",
                "60%",
                "完成方案 2021-05-01",
            ],
            [
                3,
                "道路整治",
                "华江公路人行道维修",
                "江桥镇",
                "",
                "江桥镇",
                44256,
                dt.datetime(2021, 8, 31),
                "已完工",
                1,
                "",
            ],
            ["４", "", "爱特路坑塘修补", "ＪＱＺ", "", "江桥", "3月", "2021年8月", "推进中", 0.4, ""],
            title="第四届进博会嘉定区重大活动优化提升工作任务清单",
        ),
    )
    tasks = {task.number: task for task in Task.objects.select_related("lead_unit")}
    assert run.totals["error"] == 1
    assert set(tasks) == {"1", "3", "4"}
    assert (tasks["1"].starts_on, tasks["1"].due_on) == (dt.date(2021, 3, 15), dt.date(2021, 9, 30))
    assert {each.unit.code for each in tasks["1"].supporting.all()} == {"cgzf", "nxz"}
    assert tasks["3"].starts_on == dt.date(2021, 3, 1)
    assert (tasks["3"].status, tasks["3"].percent, tasks["3"].category) == ("reported_done", 100, "道路整治")
    assert (tasks["4"].category, tasks["4"].area, tasks["4"].percent) == ("道路整治", "310114118", 40)
    assert (tasks["4"].starts_on, tasks["4"].due_on) == (dt.date(2021, 3, 1), dt.date(2021, 8, 31))
    error = run.errors[0]
    assert (error["line"], error["column"], error["code"]) == (4, "牵头单位", "task.import_unit")
    assert "绿容局" in error["details"]["near"]


def test_every_wrong_cell_is_named_with_its_line_and_column(cast):
    task_of(cast, number="7")
    run = _import(
        cast,
        book(
            [1, "", "", "绿容局", "", "", "", "2021-09-30", "", "", ""],
            [2, "", "甲", "", "", "", "", "2021-09-30", "", "", ""],
            [3, "", "甲", "绿容局、南翔镇", "某某局", "奉城镇", "2021-02-30", "长期", "很好", "120", "随便"],
            [4, "", "甲", "绿容局", "绿容局", "", "2021-09-30", "2021-03-01", "已取消", "", ""],
            [5, "", "甲", "绿容局", "", "", "", "2021-09-30", "", "", ""],
            [5, "", "乙", "绿容局", "", "", "", "2021-09-30", "", "", ""],
            [6, "", "甲", "绿容局", "", "", "2021-05-01", "2021-09-30", "", "", "早于开始 2021-04-01"],
            [8, "", "甲", "绿容局", "", "", "", "2021-09-30", "", "", "同名 2021-05-01；同名 2021-06-01"],
        ),
    )
    found = {(error["line"], error["field"], error["code"]) for error in run.errors}
    assert found == {
        (2, "title", "import.empty_cell"),
        (3, "lead_unit", "import.empty_cell"),
        (4, "lead_unit", "task.import_one_lead"),
        (4, "supporting", "task.import_unit"),
        (4, "area", "task.import_area"),
        (4, "starts_on", "import.not_a_day"),
        (4, "due_on", "import.not_a_day"),
        (4, "status", "import.not_a_choice"),
        (4, "percent", "task.percent"),
        (4, "milestones", "task.import_milestone"),
        (5, "due_on", "task.schedule"),
        (5, "supporting", "task.lead_supports"),
        (5, "status", "task.import_status"),
        (7, "", "import.twice"),
        (8, "milestones", "task.milestone_day"),
        (9, "milestones", "task.milestone_taken"),
    }
    assert sorted(Task.objects.values_list("number", flat=True)) == ["5", "7"]


def test_done_can_be_refused_instead(cast):
    table = book([1, "", "甲", "绿容局", "", "", "", "2021-09-30", "已完成", "", ""])
    run = _import(cast, table, options={"done_as": "refuse"}, dry_run=True)
    assert [error["code"] for error in run.errors] == ["task.import_accepted"]


def _exported(cast):
    return load_workbook(
        io.BytesIO(task_workbook(cast.campaign, reads.tasks(cast.jinbo.scope, cast.campaign)))
    )


def _saved(workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _column(sheet, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def _long_list(cast):
    first = task_of(
        cast, number="1", owner=cast.lvrong, note="=1+1", milestones=[("完成方案", dt.date(2021, 5, 1))]
    )
    second = task_of(
        cast, number="2", title="未定起始", category="", starts_on=None, owner_name="沈师傅", supporting=[]
    )
    done = task_of(cast, number="10", title="已完成的")
    acts.finish_milestone(
        by=cast.lvrong,
        task=first,
        milestone_id=Milestone.objects.get(task=first).id,
        done_on=dt.date(2021, 5, 2),
    )
    acts.report_progress(by=cast.lvrong, task=second, percent=1)
    acts.report_done(by=cast.lvrong, task=done)
    acts.accept_task(by=cast.hecha, task=done)
    return first, second, done


def test_an_export_sent_back_changes_nothing(cast):
    _long_list(cast)
    before = list(Task.objects.order_by("order").values())
    run = _import(cast, _saved(_exported(cast)))
    assert (run.totals["same"], run.totals["changed"], run.totals["new"], run.totals["error"]) == (3, 0, 0, 0)
    assert list(Task.objects.order_by("order").values()) == before


def test_the_workbook_is_one_an_office_can_work_in(cast):
    _long_list(cast)
    workbook = _exported(cast)
    sheet = workbook.worksheets[0]
    assert [cell.value for cell in sheet[1]][:6] == ["序号", "类别", "任务", "牵头单位", "配合单位", "工作组"]
    assert [sheet.cell(line, 1).value for line in (2, 3, 4)] == [1, 2, 10]
    assert isinstance(sheet.cell(2, _column(sheet, "完成时限")).value, dt.datetime)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", "A1:P4")
    assert sheet.column_dimensions["O"].hidden
    assert sheet.column_dimensions["P"].hidden
    assert sheet.cell(2, _column(sheet, "备注")).value == "=1+1"
    assert sheet.cell(2, _column(sheet, "备注")).data_type == "s"
    assert {rule.formula1.split("!")[0] for rule in sheet.data_validations.dataValidation} == {"lists"}


def test_an_edited_export_changes_exactly_the_edited_cells(cast):
    first, second, done = _long_list(cast)
    workbook = _exported(cast)
    sheet = workbook.worksheets[0]
    sheet.cell(2, _column(sheet, "完成时限")).value = dt.date(2021, 10, 15)
    sheet.cell(2, _column(sheet, "配合单位")).value = "城管执法局、南翔镇"
    sheet.cell(3, _column(sheet, "进度（%）")).value = 35
    sheet.cell(3, _column(sheet, "里程碑")).value = "进场 2021-06-01"
    sheet.append([None, "", "表里新加的", "绿容局", "", "", "", "", None, dt.date(2021, 9, 1)])
    run = _import(cast, _saved(workbook))
    assert (run.totals["changed"], run.totals["new"], run.totals["same"], run.totals["error"]) == (2, 1, 1, 0)
    assert Task.objects.get(id=first.id).due_on == dt.date(2021, 10, 15)
    assert Task.objects.get(id=second.id).percent == 35
    assert Task.objects.get(number="11").title == "表里新加的"
    assert Task.objects.get(id=second.id).owner_name == "沈师傅"
    assert [each.name for each in Milestone.objects.filter(task=second)] == ["进场"]
    undo_import(by=cast.jinbo, run=run)
    assert Task.objects.get(id=first.id).due_on == dt.date(2021, 9, 30)
    assert {each.unit.code for each in Task.objects.get(id=first.id).supporting.all()} == {"cgzf"}
    assert (Task.objects.get(id=second.id).percent, Task.objects.get(id=second.id).status) == (1, "started")
    assert not Milestone.objects.filter(task=second).exists()
    assert not Task.objects.filter(number="11").exists()


def test_a_row_changed_meanwhile_is_a_conflict(cast):
    first, _second, done = _long_list(cast)
    workbook = _exported(cast)
    sheet = workbook.worksheets[0]
    sheet.cell(2, _column(sheet, "任务")).value = "改过的名称"
    sheet.cell(4, _column(sheet, "进度（%）")).value = 50
    acts.edit_task(by=cast.jinbo, task=first, changes={"category": "绿化"})
    run = _import(cast, _saved(workbook))
    assert [(error["line"], error["code"]) for error in run.errors] == [
        (2, "task.import_conflict"),
        (4, "task.import_percent"),
    ]
    assert Task.objects.get(id=first.id).title == "解放街河道保洁"
    assert Task.objects.get(id=done.id).percent == 100


def test_states_that_a_table_may_not_set(cast):
    first, _second, _done = _long_list(cast)
    workbook = _exported(cast)
    sheet = workbook.worksheets[0]
    sheet.cell(2, _column(sheet, "状态")).value = "已完成"
    sheet.cell(3, _column(sheet, "系统标识")).value = "0190b0b0-0000-7000-8000-000000000000"
    sheet.cell(4, _column(sheet, "系统标识")).value = "乱写"
    run = _import(cast, _saved(workbook))
    assert [error["code"] for error in run.errors] == [
        "task.import_accepted",
        "task.import_stranger",
        "task.import_stranger",
    ]


def test_the_same_table_twice_changes_nothing(cast):
    table = book(
        [1, "水域保洁", "解放街河道保洁", "绿容局", "", "南翔镇", "2021.3.15", "9月30日", "", "", ""]
    )
    _import(cast, table)
    run = _import(cast, table)
    assert (run.totals["same"], run.totals["new"]) == (1, 0)


def test_an_import_that_was_built_on_is_not_undone(cast):
    run = _import(cast, book([1, "", "甲", "绿容局", "", "", "", "2021-09-30", "", "", ""]))
    acts.report_progress(by=cast.jinbo, task=Task.objects.get(number="1"), percent=10)
    with pytest.raises(Problem) as refused:
        undo_import(by=cast.jinbo, run=run)
    assert refused.value.code == "import.built_on"
    assert "1 甲" in refused.value.sentence()


def test_who_may_not_import(cast):
    for person in (cast.lvrong, cast.nanxiang, cast.hecha, cast.zhihui):
        with pytest.raises(Problem) as refused:
            import_file(by=person, kind="task", path=book(), name="x.xlsx", campaign=cast.campaign)
        assert refused.value.code == "access.denied"


def test_headings_of_other_offices_are_understood(cast):
    run = _import(
        cast,
        book(["甲任务", "绿容局", "9月"], headings=["工作内容", "责任单位", "完成时间"]),
    )
    assert run.totals["new"] == 1
    assert HEADINGS[2] == "任务"


def test_what_would_change_is_told_before_and_kept_after(cast):
    task = task_of(cast, number="7", due_on=dt.date(2021, 9, 30))
    content = task_workbook(cast.campaign, reads.tasks(cast.jinbo.scope, cast.campaign))
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook.active
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(2, headings.index("完成时限") + 1).value = dt.datetime(2021, 10, 8)
    sheet.cell(2, headings.index("责任人") + 1).value = "张三丰"
    sheet.cell(2, headings.index("属地") + 1).value = "江桥镇"
    kept = io.BytesIO()
    workbook.save(kept)
    run = import_file(
        by=cast.jinbo, kind="task", path=kept.getvalue(), name="tasks.xlsx", campaign=cast.campaign
    )
    told = {each["field"]: (each["old"], each["new"]) for each in run.told}
    assert told["due_on"] == ("2021-09-30", "2021-10-08")
    assert told["area"][1] == "江桥镇"
    assert told["owner"][1] == "张**", "who owns a task is a person: masked"
    assert {(each["line"], each["subject"]) for each in run.told} == {(2, str(task.id))}
