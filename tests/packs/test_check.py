"""Every mistake is told with file, sheet, line and remedy; all at once."""

from pathlib import Path

import openpyxl
import pytest

from guatu.kernel.problems import Problem
from guatu.packs.applying import sound
from guatu.packs.faults import WORDS, Fault, near
from guatu.packs.library import find, folders
from guatu.packs.reading import read_pack

pytestmark = pytest.mark.django_db


def told(pack, code):
    """The faults of one code as (file, sheet, line)."""
    return [(fault.file, fault.sheet, fault.line) for fault in pack.faults if fault.code == code]


def line_of(folder: Path, file: str, text: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_the_shipped_packs_are_sound():
    assert "jiading-2021" in folders()
    for folder in folders().values():
        assert [fault.sentence("en") for fault in read_pack(folder).faults] == []


def test_a_new_pack_is_sound(small):
    pack = read_pack(small)
    assert list(pack.faults) == []
    assert (pack.name, len(pack.units), len(pack.bodies), len(pack.indicators)) == ("small-2021", 2, 3, 4)


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "marker"),
    [
        ("pack.toml", 'area = "310114"', 'area = "31011"', "bad_area", 'area = "31011"'),
        ("pack.toml", 'area = "310114"', 'area = "990114"', "unknown_area", None),
        ("pack.toml", "opens_on = ", "opens = ", "unknown_key", "opens = "),
        ("pack.toml", "opens_on = ", "opens = ", "missing_key", "[campaign]"),
        ("pack.toml", "[[phases]]", "[[phases]]\ncolour = 3", "unknown_key", "colour = 3"),
        ("pack.toml", 'name = "部署"', "name = 3", "wrong_type", "name = 3"),
        ("pack.toml", "[campaign]", "[campaign", "bad_toml", "[campaign"),
        ("organisation.toml", 'kind = "work_group"', 'kind = "club"', "not_a_choice", 'kind = "club"'),
        ("organisation.toml", 'parent = "office"', 'parent = "offise"', "unknown_body", 'parent = "offise"'),
        ("organisation.toml", 'lead = ["street"]', 'lead = ["streat"]', "unknown_unit", 'lead = ["streat"]'),
        ("cases.toml", 'limit_unit = "work_hour"', 'limit_unit = "weeks"', "bad_limit", "limit = 4"),
        ("indicators.toml", 'kind = "countdown"', 'kind = "guess"', "bad_indicator", "[[indicators]]"),
        ("indicators.toml", 'category = "patrol"', 'category = "patroll"', "indicator_category", 'category = "patroll"'),
        ("indicators.toml", 'kind = "submission"', 'kind = "submision"', "indicator_of_nothing", 'kind = "submision"'),
        ("indicators.toml", 'category = "patrol" }', 'category = "patrol", measure = "tons" }', "indicator_measure", "tons"),
        ("indicators.toml", 'key = "tasks_listed"', 'key = "days_to_opening"', "duplicate", None),
        ("forms.toml", "[patrol]", "[patrols]", "form_unknown", "[patrols]"),
        ("forms.toml", '"place"', '"plaace"', "bad_form_settings", "[patrol]"),
        ("units.csv", "street,示例街道", "office,示例街道", "duplicate", "office,示例街道"),
        ("units.csv", "code,name,", "code,nam,", "missing_column", "code,nam,"),
        ("units.csv", ",street,,310114", ",street,jd,310114", "unknown_unit", ",street,jd,"),
        ("posts.csv", ",office,office,", ",office,king,", "not_a_choice", ",king,"),
        ("posts.csv", ",办公室,310114", ",办公室,31", "", ""),
    ],
)  # fmt: skip
def test_a_mistake_names_file_and_line(mend, small, file, old, new, code, marker):
    pack = mend(file, old, new)
    if not code:
        assert pack.faults.errors == []
        return
    places = told(pack, code)
    assert places, [fault.code for fault in pack.faults]
    if marker is not None:
        assert (file, line_of(small, file, marker)) in [(name, line) for name, _sheet, line in places]
    for fault in pack.faults:
        for language in ("zh-hans", "en"):
            assert fault.sentence(language)
            assert fault.remedy(language)
            assert "{" not in fault.sentence(language) + fault.remedy(language)


def test_all_mistakes_are_told_at_once(mend):
    mend("organisation.toml", 'lead = ["street"]', 'lead = ["streat"]')
    mend("cases.toml", "limit = 4", 'limit = "four"')
    pack = mend("indicators.toml", 'kind = "countdown"', 'kind = "guess"')
    assert {fault.file for fault in pack.faults} == {"organisation.toml", "cases.toml", "indicators.toml"}


def test_the_task_list_is_checked_cell_by_cell(small):
    book = openpyxl.load_workbook(small / "tasks.xlsx")
    sheet = book.active
    sheet["E2"], sheet["F2"] = "哪个街道", "月底"
    sheet["D3"], sheet["A3"] = "没有的组", "RW-001"
    book.save(small / "tasks.xlsx")
    pack = read_pack(small)
    assert told(pack, "unknown_unit") == [("tasks.xlsx", "任务清单", 2)]
    assert told(pack, "bad_day") == [("tasks.xlsx", "任务清单", 2)]
    assert told(pack, "unknown_body") == [("tasks.xlsx", "任务清单", 3)]
    assert told(pack, "duplicate") == [("tasks.xlsx", "任务清单", 3)]


def test_a_form_that_does_not_compile_names_its_sheet_and_row(small):
    book = openpyxl.load_workbook(small / "forms" / "patrol.xlsx")
    book["survey"]["A3"] = "select_one nothing"
    book.save(small / "forms" / "patrol.xlsx")
    faults = [fault for fault in read_pack(small).faults if fault.code == "bad_form"]
    assert faults
    assert faults[0].file == "forms/patrol.xlsx"
    assert faults[0].sentence("en") != faults[0].sentence("zh-hans")


def test_the_sample_is_checked_too(copy):
    steps = copy / "sample" / "task_steps.csv"
    text = steps.read_text(encoding="utf-8").splitlines()
    text[1] = "2021-10-01 08:00,YH-001,start,nobody,,"
    text[2] = "someday,YH-999,begin,jgw,,"
    steps.write_text("\n".join(text), encoding="utf-8")
    (copy / "sample" / "form-unknown.csv").write_text("at\n2021-09-01 09:00\n", encoding="utf-8")
    pack = read_pack(copy)
    assert told(pack, "sample_late") == [("sample/task_steps.csv", "", 2)]
    assert told(pack, "bad_moment") == [("sample/task_steps.csv", "", 3)]
    assert told(pack, "not_a_choice") == [("sample/task_steps.csv", "", 3)]
    assert ("sample/task_steps.csv", "", 2) in told(pack, "sample_reference")  # nobody
    assert ("sample/task_steps.csv", "", 3) in told(pack, "sample_reference")  # YH-999
    assert ("sample/form-unknown.csv", "", None) in told(pack, "sample_reference")


def test_a_brief_that_asks_for_an_unknown_figure_is_told(copy):
    path = copy / "indicators.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('key = "000.media_reports"', 'key = "000.media"'),
        encoding="utf-8",
    )
    faults = [fault for fault in read_pack(copy).faults if fault.code == "unknown_indicator"]
    assert [(fault.file, fault.details["value"]) for fault in faults] == [
        ("brief/fifty-days.docx", "000.media_reports")
    ]
    assert "000.media" in faults[0].remedy("en")


def test_a_wall_with_an_unknown_indicator_or_off_the_grid_is_told(copy):
    path = copy / "wall.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"000.delegation_units"', '"000.delegations"'), encoding="utf-8")
    assert [fault.file for fault in read_pack(copy).faults] == ["wall.toml"]
    path.write_text(text.replace("at = [4, 1]", "at = [9, 1]"), encoding="utf-8")
    assert [fault.code for fault in read_pack(copy).faults] == ["bad_wall"]


def test_a_faulty_pack_is_not_applied(mend, small):
    mend("organisation.toml", 'lead = ["street"]', 'lead = ["streat"]')
    with pytest.raises(Problem) as refused:
        sound(small)
    assert refused.value.code == "pack.faulty"
    assert refused.value.details["count"] == 1


def test_no_folder_no_pack(tmp_path):
    assert [fault.code for fault in read_pack(tmp_path).faults] == ["no_file"]
    with pytest.raises(Problem) as refused:
        find("nothing-here")
    assert refused.value.code == "pack.unknown"


def test_every_kind_of_fault_can_be_said():
    """The words of each kind agree in both languages about what they name."""
    from string import Formatter

    def names(text):
        return {name for _t, name, _s, _c in Formatter().parse(text) if name}

    for code, (zh, en, fix_zh, fix_en) in WORDS.items():
        strip = {name.removesuffix("_zh") for name in names(zh) | names(fix_zh)}
        assert strip == names(en) | names(fix_en), code
    assert Fault("no_file", "pack.toml", details={"name": "pack.toml"}).where == "pack.toml"
    assert near("nanxang", ["nanxiang", "jiangqiao"]) == "nanxiang"
    assert near("x", []) == "—"
