"""Standards by table: both tables of a city, in either order; the report says what became of every limit; undone as a whole."""

from collections import Counter
from pathlib import Path

import pytest

from guatu.cases.models import CaseClass, CaseStandard
from guatu.files.acts import import_file, undo_import
from guatu.files.models import ImportRun
from guatu.kernel.problems import Problem
from guatu.packs.library import find
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PLAIN, LAW = "yuncheng_case_standards.csv", "yuncheng_component_standards_with_law.csv"


def take(cast: Cast, file: str, **options: str) -> ImportRun:
    return import_file(
        by=cast.chengyun, kind="case_standard", path=find("city-standards") / file, campaign=cast.campaign, options=options
    )  # fmt: skip


def table(cast: Cast, tmp_path: Path, text: str, **options: str) -> ImportRun:
    path = tmp_path / "标准.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(
        by=cast.chengyun, kind="case_standard", path=path, campaign=cast.campaign, options=options
    )


def units() -> Counter[str]:
    return Counter(stage["unit"] for row in CaseStandard.objects.all() for stage in row.stages)


RECONCILED = {"work_day": 409, "work_hour": 64, "urgent_hour": 46}


def test_both_tables_in_either_order_end_alike(cast: Cast) -> None:
    run = take(cast, PLAIN)
    assert (run.totals["new"], run.totals["error"]) == (519, 0)
    assert units() == {"natural_day": 412, "urgent_hour": 107}  # nothing to go by yet: said in the report
    assert len(run.told) == 473
    assert "没有依据" in run.told[0]["new"]
    run = take(cast, LAW, kind="component")
    assert (run.totals["new"], run.totals["changed"], run.totals["error"]) == (0, 279, 0)
    told = next(line for line in run.told if "2天" in line["old"] and line["field"] == "limit")
    assert "2工作日" in told["new"]
    again = take(cast, PLAIN)
    # 213 limits, and four rows of 通信立杆 in which the tables swap who handles and who supervises
    assert (again.totals["new"], again.totals["changed"]) == (0, 217)
    assert any("天→工作日 234/234" in line["new"] for line in again.told)
    assert units() == RECONCILED
    assert CaseStandard.objects.exclude(basis="").count() == 279
    assert CaseStandard.objects.exclude(collecting="").count() == 279


def test_the_table_that_names_working_time_first(cast: Cast) -> None:
    assert take(cast, LAW, kind="component").totals["new"] == 279
    assert take(cast, PLAIN).totals["new"] == 240
    assert units() == RECONCILED
    assert CaseStandard.objects.count() == 519
    assert CaseStandard.objects.get(season="种植季节").stages == [
        {"name": "", "amount": "15", "unit": "work_day"}
    ]
    assert take(cast, PLAIN).totals["same"] == 519


def test_an_import_is_undone_as_a_whole_unless_built_on(cast: Cast) -> None:
    first = take(cast, LAW, kind="component")
    second = take(cast, PLAIN)
    with pytest.raises(Problem) as refused:
        undo_import(by=cast.chengyun, run=first)  # the second has changed its rows since
    assert refused.value.code == "import.built_on"
    undo_import(by=cast.chengyun, run=second)
    assert CaseStandard.objects.count() == 279
    row = CaseStandard.objects.get(case_class__code="0101", condition__startswith="破损")
    assert row.stages == [{"name": "", "amount": "4", "unit": "work_hour"}]


HEAD = "类型,类别编码,类别名称,立案条件,时限,结案条件,承办单位\n"


def test_own_tables_and_what_is_wrong_with_them(cast: Cast, tmp_path: Path) -> None:
    run = table(
        cast, tmp_path,
        HEAD + "部件,0101,上水井盖,缺失,2紧急工作时,恢复,南翔镇\n"
        "事件,0501,供水管道破裂,爆管,1紧急工作时止水；5工作日恢复,修复,\n"
        "部件,0101,下水井盖,破损,4工作时,修复,\n"
        "别的,0102,雨水井盖,破损,4工作时,修复,\n"
        "部件,0103,电力井盖,破损,尽快,修复,\n"
        "部件,0104,路灯井盖,破损,4工作时,修复,无此单位\n"
        "部件,,,破损,4工作时,修复,\n",
    )  # fmt: skip
    assert (run.totals["new"], run.totals["error"]) == (3, 4)
    codes = {error["line"]: error["code"] for error in run.errors}
    assert codes[5] == "case.unknown_kind"
    assert codes[6] == "case.bad_limit_cell"
    assert codes[7] == "case.unknown_unit"
    assert 8 in codes
    burst = CaseStandard.objects.get(condition="爆管")
    assert burst.stages == [
        {"name": "止水", "amount": "1", "unit": "urgent_hour"},
        {"name": "恢复", "amount": "5", "unit": "work_day"},
    ]
    assert CaseStandard.objects.get(condition="缺失").unit == cast.units["nxz"]
    assert CaseClass.objects.get(code="0501").kind == "matter"


def test_only_who_may_set_classes(cast: Cast) -> None:
    with pytest.raises(Problem) as refused:
        import_file(by=cast.nanxiang, kind="case_standard", path=find("city-standards") / PLAIN, campaign=cast.campaign)  # fmt: skip
    assert refused.value.code == "access.denied"
