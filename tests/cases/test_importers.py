"""The list of the platform above: read, checked, taken in once, corrected, taken back."""

import datetime as dt

import pytest

from guatu.cases import acts
from guatu.cases.models import Case
from guatu.figures.models import FactRow
from guatu.files.acts import apply_import, check_import, import_file, start_import, undo_import
from guatu.files.models import ImportRun
from guatu.kernel import clock
from tests.cast import JIANGQIAO, NANXIANG, Cast

HEAD = "案件编号,问题类别,问题描述,地址,所属街镇,下发时间,整改期限,期限单位,经度,纬度\n"
ROWS = [
    "SZ-001,暴露垃圾,绿化带内有垃圾。约两立方米,沪宜公路1188号,南翔镇,2021-09-06 09:30,5,工作日,121.3245,31.2968",
    "SZ-002,0402,店外堆物,江桥镇曹安公路50号,,2021年9月7日 10:00,4工作时,,,",
    "SZ-003,,井盖松动,,310114118,2021/9/8 08:00,2,紧急工作时,,",
]


def take(cast: Cast, text: str, **options: str) -> ImportRun:
    return import_file(
        by=cast.chengyun,
        kind="case",
        name="清单.csv",
        path=text.encode(),
        campaign=cast.campaign,
        options=options,
    )


def test_a_list_goes_in_with_numbers_areas_limits_and_points(classes: Cast) -> None:
    run = take(classes, HEAD + "\n".join(ROWS), crs="gcj02")
    assert (run.status, run.totals["new"], run.totals["error"]) == ("applied", 3, 0), run.errors
    first, second, third = Case.objects.order_by("upper_number")
    assert (first.title, first.area, first.class_code, first.status) == (
        "绿化带内有垃圾",
        NANXIANG,
        "0101",
        "filed",
    )
    assert first.due_at == dt.datetime(2021, 9, 13, 9, 30, tzinfo=clock.ZONE)
    assert (first.source_crs, first.source_x) == ("gcj02", 121.3245)
    assert first.lon != first.source_x
    assert (second.area, second.class_code) == (JIANGQIAO, "0402")  # the street stands in the address
    assert second.due_at == dt.datetime(2021, 9, 7, 16, tzinfo=clock.ZONE)
    assert (third.area, third.due_at) == (JIANGQIAO, dt.datetime(2021, 9, 8, 10, tzinfo=clock.ZONE))
    facts = FactRow.objects.filter(kind="case", until_position=None, effective_until=None)
    assert {row.category for row in facts} == {"city_platform"}
    assert [row.happened_on for row in facts.order_by("happened_on")] == [
        dt.date(2021, 9, day) for day in (6, 7, 8)
    ]


def test_the_same_list_again_changes_nothing(classes: Cast) -> None:
    take(classes, HEAD + "\n".join(ROWS))
    versions = list(Case.objects.order_by("number").values_list("number", "version"))
    run = start_import(
        by=classes.chengyun, kind="case", name="清单.csv", content=(HEAD + "\n".join(ROWS)).encode(),
        campaign=classes.campaign,
    )  # fmt: skip
    run = check_import(by=classes.chengyun, run=run)
    assert (run.totals["new"], run.totals["changed"], run.totals["same"]) == (0, 0, 3)
    assert list(Case.objects.order_by("number").values_list("number", "version")) == versions


def test_a_changed_row_corrects_and_undo_brings_it_back(classes: Cast) -> None:
    take(classes, HEAD + ROWS[0])
    changed = ROWS[0].replace("1188号", "1288号").replace(",5,工作日", ",3,工作日")
    run = take(classes, HEAD + changed)
    case = Case.objects.get()
    assert (run.totals["changed"], case.address) == (1, "沪宜公路1288号")
    assert case.due_at == dt.datetime(2021, 9, 9, 9, 30, tzinfo=clock.ZONE)
    undo_import(by=classes.chengyun, run=run)
    case.refresh_from_db()
    assert (case.address, case.due_at) == (
        "沪宜公路1188号",
        dt.datetime(2021, 9, 13, 9, 30, tzinfo=clock.ZONE),
    )


def test_an_import_can_be_undone_until_work_has_begun(classes: Cast) -> None:
    run = take(classes, HEAD + "\n".join(ROWS[:2]))
    undone = undo_import(by=classes.chengyun, run=run)
    assert undone.status == "undone"
    assert set(Case.objects.values_list("status", flat=True)) == {"void"}
    again = take(classes, HEAD + "\n".join(ROWS[:2]))
    assert again.totals["new"] == 2
    case = Case.objects.get(upper_number="SZ-001", status="filed")
    acts.dispatch_case(by=classes.chengyun, case=case, unit=classes.units["nxz"])
    with pytest.raises(Exception) as refused:
        undo_import(by=classes.chengyun, run=again)
    assert getattr(refused.value, "code", "") == "import.built_on"
    assert Case.objects.filter(status="void").count() == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ROWS[0].replace("SZ-001", ""), "import.empty_cell"),
        (ROWS[0].replace("暴露垃圾", "没有这类"), "case.unknown_class"),
        (ROWS[0].replace("南翔镇", "徐家汇"), "case.unknown_area"),
        (ROWS[0].replace("工作日", "个星期"), "case.bad_limit"),
        (ROWS[0].replace("2021-09-06 09:30", "昨天"), "import.not_a_moment"),
        ("SZ-9,,堆物,某处,,2021-09-06,,,,", "case.nowhere"),
        ("SZ-9,,,,南翔镇,2021-09-06,,,,", "case.untitled"),
    ],
)
def test_a_bad_row_is_told_and_the_good_one_goes_in(classes: Cast, row: str, code: str) -> None:
    run = start_import(
        by=classes.chengyun, kind="case", name="清单.csv", content=f"{HEAD}{row}\n{ROWS[1]}".encode(),
        campaign=classes.campaign,
    )  # fmt: skip
    run = check_import(by=classes.chengyun, run=run)
    assert (run.totals["new"], run.totals["error"]) == (1, 1)
    assert code in {error["code"] for error in run.errors}
    apply_import(by=classes.chengyun, run=run)
    assert Case.objects.get().upper_number == "SZ-002"


def test_an_unknown_coordinate_system_is_refused(classes: Cast) -> None:
    run = start_import(
        by=classes.chengyun, kind="case", name="清单.csv", content=(HEAD.strip() + ",坐标系\n" + ROWS[0] + ",火星\n").encode(),
        campaign=classes.campaign,
    )  # fmt: skip
    run = check_import(by=classes.chengyun, run=run)
    assert [error["code"] for error in run.errors] == ["case.bad_crs"]


def test_a_named_deadline_stands_without_a_limit(classes: Cast) -> None:
    text = "上级编号,问题标题,街镇,下发时间,截止时间\nSZ-7,堆物,南翔镇,2021-09-06 09:00,2021-09-10 18:00\n"
    take(classes, text)
    case = Case.objects.get()
    assert case.due_at == case.upper_due_at == dt.datetime(2021, 9, 10, 18, tzinfo=clock.ZONE)
    assert case.due_lines == []


def test_a_limit_without_a_unit_is_working_days(classes: Cast) -> None:
    take(classes, "上级编号,问题标题,街镇,下发时间,期限\nSZ-8,堆物,南翔镇,2021-09-06 09:00,1\n")
    case = Case.objects.get()
    assert (case.limit_unit, case.due_at) == ("work_day", dt.datetime(2021, 9, 7, 9, tzinfo=clock.ZONE))
