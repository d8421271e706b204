"""Limits as tables write them; two tables of one city brought to the same units."""

import pytest

from guatu.cases.rules.naming import readings
from guatu.cases.rules.standards import (
    UnreadableLimit,
    Written,
    common_limit,
    plain_text,
    read_limit_cell,
    reconcile,
    write_limit,
)

WORK = {"day": "work_day", "hour": "work_hour"}


@pytest.mark.parametrize(
    ("cell", "stages", "season"),
    [
        ("2紧急工作时", [("", "2", "urgent_hour")], ""),
        ("4工作时", [("", "4", "work_hour")], ""),
        ("４个工作日内", [("", "4", "work_day")], ""),
        ("3自然日", [("", "3", "natural_day")], ""),
        ("2紧急工作日", [("", "48", "urgent_hour")], ""),  # runs through nights and holidays, so a day has 24
        ("4小时", [("", "4", "urgent_hour")], ""),
        ("2天", [("", "2", "natural_day")], ""),
        ("十五天", [("", "15", "natural_day")], ""),
        ("1.5工作时", [("", "1.5", "work_hour")], ""),
        ("1紧急工作时制止", [("制止", "1", "urgent_hour")], ""),
        ("种植季节15工作日", [("", "15", "work_day")], "种植季节"),
        ("1紧急工作时止水；5天", [("止水", "1", "urgent_hour"), ("", "5", "natural_day")], ""),
        ("止水1紧急工作时，恢复5工作日", [("止水", "1", "urgent_hour"), ("恢复", "5", "work_day")], ""),
        ("3紧急工作时围护→8工作时修复→5工作日恢复",
         [("围护", "3", "urgent_hour"), ("修复", "8", "work_hour"), ("恢复", "5", "work_day")], ""),
        ("2 urgent_hour 止水；5 work_day", [("止水", "2", "urgent_hour"), ("", "5", "work_day")], ""),
    ],
)  # fmt: skip
def test_a_cell_becomes_stages(cell: str, stages: list[tuple[str, str, str]], season: str) -> None:
    reading = read_limit_cell(cell)
    assert [(each["name"], each["amount"], each["unit"]) for each in reading.stages()] == stages
    assert reading.season == season


@pytest.mark.parametrize(
    "cell", ["", "尽快", "立即", "0天", "2000工作日", "8修复", "5", "工作日", "1紧急工作时止水；尽快修复"]
)
def test_what_says_no_limit_is_refused(cell: str) -> None:
    with pytest.raises(UnreadableLimit):
        read_limit_cell(cell)


def test_number_and_unit_in_two_cells() -> None:
    assert read_limit_cell("4", "工作时").stages() == [{"name": "", "amount": "4", "unit": "work_hour"}]


@pytest.mark.parametrize("cell", ["2紧急工作时", "1紧急工作时止水；5工作日恢复", "3自然日", "1.5工作时"])
@pytest.mark.parametrize("english", [False, True])
def test_what_is_written_is_read_back(cell: str, english: bool) -> None:
    stages = read_limit_cell(cell).stages()
    assert read_limit_cell(write_limit(stages, english=english)).stages() == stages


def row(
    condition: str, cell: str, line: int = 1, code: str = "0101", kind: str = "component", name: str = "井盖"
) -> Written:
    return Written(line, kind, code, name, condition, read_limit_cell(cell))


def units(settled: object) -> list[tuple[str, str]]:
    return [(each.rule, each.stages[0]["unit"]) for each in settled.rulings]  # type: ignore[attr-defined]


def test_the_table_that_names_working_time_decides() -> None:
    settled = reconcile(
        [row("缺失", "2天"), row("破损", "4小时")], [row("破损", "4工作时"), row("缺失", "2工作日")]
    )
    assert units(settled) == [("named", "work_day"), ("named", "work_hour")]


def test_it_decides_from_either_side() -> None:
    settled = reconcile([row("缺失", "2工作日")], [row("缺失", "2天")])
    assert units(settled) == [("named_here", "work_day")]


def test_amounts_that_differ_are_told() -> None:
    settled = reconcile([row("破损", "1天")], [row("破损", "4工作时")])
    assert units(settled) == [("differs", "work_hour")]
    assert settled.rulings[0].decided


def test_what_has_no_counterpart_is_translated_as_the_city_does_elsewhere() -> None:
    first = [row("缺失", "2天"), row("破损", "3天"), row("倾斜", "5天"), row("异响", "4小时")]
    settled = reconcile(first, [row("缺失", "2工作日"), row("破损", "3工作日")])
    assert units(settled)[2:] == [("translated", "work_day"), ("assumed", "urgent_hour")]
    assert settled.rulings[2].evidence == "天→工作日 2/2"
    assert units(reconcile(first, plain=WORK))[0] == ("assumed", "work_day")


def test_a_word_that_the_city_puts_now_so_now_so_is_not_translated() -> None:
    first = [row("缺失", "2天"), row("破损", "3天"), row("倾斜", "5天")]
    settled = reconcile(first, [row("缺失", "2工作日"), row("破损", "3自然日")])
    assert units(settled)[2] == ("assumed", "natural_day")


def test_punctuation_and_then_figures_are_overlooked_in_conditions() -> None:
    first = [row("外观不洁、有积灰（等）", "1天"), row("高差大于3cm", "5天", 2), row("高差大于2cm", "5天", 3)]
    settled = reconcile(first, [row("外观不洁，有积灰(等)", "1工作日"), row("高差大于2cm", "5工作日", 9)])
    assert units(settled) == [("named", "work_day"), ("translated", "work_day"), ("named", "work_day")]
    assert settled.rulings[0].other_condition == "外观不洁，有积灰(等)"
    near = reconcile(first[1:2], [row("高差大于2cm", "5工作日")])
    assert (near.rulings[0].rule, near.rulings[0].other_condition) == ("named", "高差大于2cm")
    assert plain_text("井盖，破损（25c㎡）") == "井盖破损25cm2"


def test_kind_and_code_keep_conditions_apart() -> None:
    settled = reconcile(
        [row("缺失", "2天")], [row("缺失", "2工作日", kind="matter"), row("缺失", "2工作日", code="0102")]
    )
    assert [each.rule for each in settled.rulings] == ["assumed", "only_other", "only_other"]


def test_the_season_of_either_table_holds() -> None:
    ruling = reconcile([row("缺失", "15天")], [row("缺失", "种植季节15工作日")]).rulings[0]
    assert (ruling.season, ruling.stages[0]["unit"]) == ("种植季节", "work_day")


def test_a_class_gets_a_usual_limit_only_when_its_standards_agree() -> None:
    one = read_limit_cell("2工作日").stages()
    assert str(common_limit([one, one]).amount) == "2"  # type: ignore[union-attr]
    assert common_limit([one, read_limit_cell("3工作日").stages()]) is None
    assert common_limit([one, read_limit_cell("1紧急工作时止水；5工作日").stages()]) is None
    assert common_limit([]) is None


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("01001", ("S", "component", "01001", "供水井盖")), ("component:01001", ("S", "component", "01001", "供水井盖")),
        ("部件：01001", ("S", "component", "01001", "供水井盖")), ("S|matter|01001", ("S", "matter", "01001", "供水井盖异常")),
        ("供水井盖", ("S", "component", "01001", "供水井盖")),
    ],
)  # fmt: skip
def test_what_a_class_may_be_called(text: str, fits: tuple[str, str, str, str]) -> None:
    assert any(wanted.fits(*fits) for wanted in readings(text))
    assert not any(wanted.fits("S", "matter", "09001", "别的") for wanted in readings(text))
