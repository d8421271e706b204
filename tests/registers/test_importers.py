"""Tables of units and persons: taken in once, updated, taken back; personal values never stand in a report."""

import json

import pytest

from guatu.files.acts import check_import, import_file, start_import, undo_import
from guatu.files.models import ImportRun
from guatu.registers import reads
from guatu.registers.importers import ENTRIES, importer_of
from guatu.registers.models import Entry, Register
from tests.cast import JIANGQIAO, NANXIANG, Cast
from tests.registers.conftest import id_card

UNITS = "单位名称,行业,街镇\n上海甲公司,汽车,南翔镇\n上海乙公司,食品,江桥镇\n"


def persons_table(*rows: str) -> str:
    return "身份证号,姓名,手机,证件类别,所属单位,街镇\n" + "\n".join(rows) + "\n"


def take(cast: Cast, register: Register, text: str, **options: str) -> ImportRun:
    return import_file(
        by=cast.jinbo, kind=f"entry:{register.id}", name="表.csv", path=text.encode(), campaign=cast.campaign, options=options
    )  # fmt: skip


def test_units_then_their_persons(cast: Cast, units: Register, persons: Register) -> None:
    assert take(cast, units, UNITS).totals["new"] == 2
    run = take(cast, persons, persons_table(f"{id_card(1)},张小明,13812345678,采购商,上海甲公司,南翔镇",
                                            f"{id_card(2)},李小红,,工作人员,上海乙公司,江桥镇"))  # fmt: skip
    assert (run.totals["new"], run.totals["error"]) == (2, 0), run.errors
    rows = list(Entry.objects.filter(register=persons).order_by("area"))
    assert [row.area for row in rows] == [NANXIANG, JIANGQIAO]
    assert set(reads.parents(cast.jinbo.scope, rows).values()) == {"上海甲公司", "上海乙公司"}
    run.source.refresh_from_db()  # type: ignore[union-attr]
    assert run.source is not None
    assert run.source.stored == ""  # the table with personal values is destroyed


def test_again_is_the_same_and_a_change_is_an_update(cast: Cast, units: Register, persons: Register) -> None:
    take(cast, units, UNITS)
    text = persons_table(f"{id_card(1)},张小明,13812345678,采购商,上海甲公司,南翔镇")
    take(cast, persons, text)
    assert take(cast, persons, text).totals["same"] == 1
    run = take(cast, persons, text.replace("13812345678", "13900000000"))
    assert run.totals["changed"] == 1
    row = Entry.objects.get(register=persons)
    assert reads.opened([row])[row.id]["phone"] == "13900000000"
    undo_import(by=cast.jinbo, run=run)
    row = Entry.objects.get(register=persons)
    assert reads.opened([row])[row.id]["phone"] == "13812345678"


def test_those_known_can_be_refused_instead(cast: Cast, units: Register) -> None:
    take(cast, units, UNITS)
    run = take(cast, units, UNITS.replace("食品", "医疗"), known="refuse")
    assert [error["code"] for error in run.errors] == ["register.twice", "register.twice"]


def test_an_import_is_undone_unless_something_hangs_on_it(
    cast: Cast, units: Register, persons: Register
) -> None:
    run = take(cast, units, UNITS)
    members = take(cast, persons, persons_table(f"{id_card(1)},张小明,,,上海甲公司,南翔镇"))
    with pytest.raises(Exception) as refused:
        undo_import(by=cast.jinbo, run=run)
    assert getattr(refused.value, "code", "") == "import.built_on"
    undo_import(by=cast.jinbo, run=members)
    undo_import(by=cast.jinbo, run=run)
    assert set(Entry.objects.values_list("status", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("123,张小明,,,,南翔镇", "register.bad_value"),
        (",张小明,,,,南翔镇", "import.empty_cell"),
        (f"{id_card(1)},张小明,,记者,,南翔镇", "register.bad_value"),
        (f"{id_card(1)},张小明,,,没有的公司,南翔镇", "register.parent_unknown"),
        (f"{id_card(1)},张小明,,,,徐家汇", "place.unknown_area"),
    ],
)
def test_a_bad_row_is_told_without_telling_the_person(
    cast: Cast, units: Register, persons: Register, row: str, code: str
) -> None:
    run = start_import(
        by=cast.jinbo, kind=f"entry:{persons.id}", name="表.csv", content=persons_table(row).encode(), campaign=cast.campaign
    )  # fmt: skip
    run = check_import(by=cast.jinbo, run=run)
    assert [error["code"] for error in run.errors] == [code]
    report = json.dumps(run.errors, ensure_ascii=False)
    assert id_card(1) not in report
    assert "张小明" not in report


def test_importers_are_offered_to_those_who_may(cast: Cast, units: Register) -> None:
    assert [importer.kind for importer in ENTRIES.listed(cast.jinbo.scope)] == [f"entry:{units.id}"]
    assert ENTRIES.listed(cast.nanxiang.scope) == []
    assert ENTRIES.find("not-an-id") is None
    assert ENTRIES.find(str(cast.campaign.id)) is None
    assert importer_of(units).keeps_source
