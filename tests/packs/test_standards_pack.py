"""The shipped library of classes and standards: nothing is lost, twice changes nothing, mistakes are told by line."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from guatu.cases.acts import find_class
from guatu.cases.models import CaseClass, CaseStandard
from guatu.cases.rules import read_rulebook
from guatu.kernel.acts import SYSTEM
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.packs.applying import apply_pack, compare
from guatu.packs.library import find
from guatu.packs.pack import Pack
from guatu.packs.reading import read_pack
from guatu.packs.reads import one, taker
from guatu.packs.rulings import ruled, ruled_counts
from tests.cast import Cast

OLD, NEW = "GB/T 30428.2-2013", "GB/T 47678.5-2026"


@pytest.fixture(scope="module")
def library() -> Pack:
    return read_pack(find("city-standards"))


def standard(cast: Cast, kind: str, code: str, condition: str) -> CaseStandard:
    rows = CaseStandard.objects.filter(campaign=cast.campaign, case_class__scheme=OLD, case_class__kind=kind)
    return rows.get(case_class__code=code, condition__startswith=condition)


# --- reading -----------------------------------------------------------------------------------------------------


def test_every_row_of_the_three_tables_is_read(library: Pack) -> None:
    assert list(library.faults) == []
    schemes = Counter((row.scheme, row.kind) for row in library.classes)
    assert schemes[NEW, "component"] == 153
    assert schemes[NEW, "matter"] == 250
    assert schemes[OLD, "component"] + schemes[OLD, "matter"] == 190
    assert len(library.standards) == 519
    # every row of the other table has found its counterpart
    assert sum(ruling.other is not None for _file, _other, ruling in library.rulings) == 279
    assert sum(bool(row["basis"]) for row in library.standards) == 279


def test_units_as_written_and_as_they_hold(library: Pack) -> None:
    written = Counter(part.word for *_files, ruling in library.rulings for part in ruling.first.reading.parts)
    assert written == {
        "天": 412,
        "小时": 61,
        "紧急工作时": 42,
        "紧急工作日": 4,
    }  # one of the 42 says 制止 too
    other = Counter(
        part.word for *_files, ruling in library.rulings if ruling.other for part in ruling.other.reading.parts
    )  # fmt: skip
    assert other == {"工作日": 234, "工作时": 26, "紧急工作时": 19}  # one of the 234 holds in 种植季节
    holds = Counter(stage["unit"] for row in library.standards for stage in row["stages"])
    assert holds == {"work_day": 409, "work_hour": 64, "urgent_hour": 46}


def test_every_ruling_is_told(library: Pack) -> None:
    assert ruled_counts(library) == {
        "agrees": 19,
        "named": 257,
        "differs": 3,
        "translated": 213,
        "precise": 27,
    }
    lines = ruled(library)
    assert len(lines) == 519
    differs = [line for line in lines if line.rule == "differs"]
    assert {(line.name, line.said, line.other, line.holds) for line in differs} == {
        (name, "1天", "4工作时", "4 工作时") for name in ("热力井盖", "燃气井盖", "园林井盖")
    }
    translated = next(line for line in lines if line.rule == "translated")
    assert "天→工作日 234/234" in translated.sentence()
    # two conditions differ by a figure that somebody dragged down in the first table
    dragged = [line for line in lines if line.other_condition and "cm" in line.condition]
    assert [(line.name, line.condition[-3:], line.other_condition[-3:]) for line in dragged] == [
        ("热力井盖", "3cm", "2cm"), ("燃气井盖", "4cm", "2cm"),
    ]  # fmt: skip


# --- applying ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_library_goes_into_any_campaign_and_twice_changes_nothing(cast: Cast, library: Pack) -> None:
    preview = compare(by=SYSTEM, pack=library, into=cast.campaign)
    assert preview.counts()["standards"] == {"added": 519, "changed": 0, "same": 0}
    assert not CaseClass.objects.exists()
    before = Act.objects.count()
    apply_pack(by=SYSTEM, pack=library, into=cast.campaign)
    assert CaseClass.objects.filter(campaign=cast.campaign).count() == 593
    assert CaseStandard.objects.filter(campaign=cast.campaign).count() == 519
    verbs = Counter(Act.objects.order_by("position").values_list("verb", flat=True)[before:])
    assert verbs["case_standard.listed"] == 1  # one act for the table, not one for every row
    assert verbs["case_class.listed"] == 2  # the classes, and the usual limits that follow from the standards
    assert sum(verbs.values()) == 4
    again = apply_pack(by=SYSTEM, pack=library, into=cast.campaign)
    assert again.made == []
    assert Act.objects.count() == before + 4
    assert [each.code for each in one(SYSTEM.scope, "city-standards").taken] == [cast.campaign.code]


@pytest.mark.django_db
def test_golden_limits(cast: Cast, library: Pack) -> None:
    apply_pack(by=SYSTEM, pack=library, into=cast.campaign)
    lost = standard(cast, "component", "0101", "缺失")
    assert lost.stages == [{"name": "", "amount": "2", "unit": "urgent_hour"}]
    assert (lost.closing, lost.limit_raw) == ("恢复", "2紧急工作时")
    assert "城市道路管理条例" in lost.basis
    assert "井盖标识" in lost.collecting
    # 供水管道破裂: what bursts is stopped within an urgent hour, what has sunk is mended in five working days
    burst, sunk = (standard(cast, "matter", "0501", f"供水管道破裂导致{word}") for word in ("的跑", "路面"))
    assert burst.stages == [{"name": "", "amount": "1", "unit": "urgent_hour"}]
    assert sunk.stages == [{"name": "", "amount": "5", "unit": "work_day"}]
    tree = standard(cast, "component", "0402", "缺失")
    assert (tree.season, tree.stages) == ("种植季节", [{"name": "", "amount": "15", "unit": "work_day"}])
    felled = standard(cast, "matter", "0122", "未经审批")
    assert felled.stages == [{"name": "制止", "amount": "1", "unit": "urgent_hour"}]
    built = standard(cast, "matter", "0101", "违法搭建的建筑物、构筑物和其他设施（正在建设）")
    assert built.stages == [{"name": "", "amount": "48", "unit": "urgent_hour"}]  # 2紧急工作日
    # a class whose standards differ has no usual limit: it is the condition that sets it
    assert lost.case_class.limit_amount is None


@pytest.mark.django_db
def test_codes_of_both_schemes_stand_side_by_side(cast: Cast, library: Pack) -> None:
    apply_pack(by=SYSTEM, pack=library, into=cast.campaign)
    assert find_class(cast.campaign, "component:01001").name == "供水井盖"  # type: ignore[union-attr]
    assert find_class(cast.campaign, f"{NEW}|matter|01001").name == "供水井盖异常"  # type: ignore[union-attr]
    assert find_class(cast.campaign, "事项:01001").name == "供水井盖异常"  # type: ignore[union-attr]
    with pytest.raises(Problem) as refused:
        find_class(cast.campaign, "01001")
    assert refused.value.code == "case.ambiguous_class"
    assert f"{NEW}|component|01001" in refused.value.sentence()
    assert "供水井盖异常" in refused.value.sentence()


@pytest.mark.django_db
def test_what_the_office_set_on_a_class_of_the_directory_stays(cast: Cast, library: Pack) -> None:
    apply_pack(by=SYSTEM, pack=library, into=cast.campaign)
    row = find_class(cast.campaign, "component:01001")
    CaseClass.objects.filter(id=row.id).update(limit_amount=3, limit_unit="work_day", public=True)  # type: ignore[union-attr]
    assert apply_pack(by=SYSTEM, pack=library, into=cast.campaign).made == []


@pytest.mark.django_db
def test_a_library_needs_a_campaign_and_a_campaigns_pack_none(cast: Cast, library: Pack, small: Path) -> None:
    with pytest.raises(Problem) as refused:
        apply_pack(by=SYSTEM, pack=library)
    assert refused.value.code == "pack.into_what"
    with pytest.raises(Problem) as refused:
        apply_pack(by=SYSTEM, pack=read_pack(small), into=cast.campaign)
    assert refused.value.code == "pack.own_campaign"
    with pytest.raises(Problem) as refused:
        taker("nowhere")
    assert refused.value.code == "pack.unknown_campaign"
    with pytest.raises(Problem) as refused:
        apply_pack(by=cast.nanxiang, pack=library, into=cast.campaign)
    assert refused.value.code == "access.denied"


# --- mistakes ----------------------------------------------------------------------------------------------------


def spoilt(tmp_path: Path, file: str, old: str, new: str) -> list[tuple[str, str, int | None]]:
    folder = Path(shutil.copytree(find("city-standards"), tmp_path / "city-standards"))
    path = folder / file
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [(fault.code, fault.file, fault.line) for fault in read_pack(folder).faults]


@pytest.mark.parametrize(
    ("file", "old", "new", "wanted"),
    [
        ("yuncheng_case_standards.csv", "4小时,4,小时", "尽快,4,小时", ("bad_limit_cell", "yuncheng_case_standards.csv", 3)),
        ("yuncheng_case_standards.csv", "部件,01,公用设施,01,上水井盖", "其他,01,公用设施,01,上水井盖",
         ("bad_kind", "yuncheng_case_standards.csv", 2)),
        ("gbt47678_5_2026_directory.csv", "部件,01,市政公用设施,002,污水井盖,01002", "部件,01,市政公用设施,001,供水井盖,01001",
         ("duplicate", "gbt47678_5_2026_directory.csv", 3)),
        ("gbt47678_5_2026_directory.csv", "002,污水井盖,01002", "002,,01002", ("empty_cell", "gbt47678_5_2026_directory.csv", 3)),
        ("cases.toml", 'file = "yuncheng_case_standards.csv"', 'file = "nothing.csv"', ("no_file", "cases.toml", 10)),
        ("cases.toml", 'other_kind = "component"', 'other_kind = "thing"', ("not_a_choice", "cases.toml", 13)),
        ("pack.toml", "library = true", "library = true\n[campaign]\ncode = \"x\"", ("not_in_library", "pack.toml", 9)),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, wanted: tuple[str, str, int]
) -> None:
    assert wanted in spoilt(tmp_path, file, old, new)


CASES = """
approvals = ["hold", "extend"]
guarantee = 0.5
reopen_days = 7
answer_days = 3

[stages.confirm]
label_zh = "现场核实"
label_en = "Check on the spot"
limit = 0.5
limit_unit = "work_hour"
required = true
sources = ["hotline"]
evidence = ["photo"]

[[ladder]]
share = 0.8
to = ["handler"]
label_zh = "八成"
label_en = "80 %"

[[ladder]]
share = 1
to = ["unit", "centre"]
order = true

[[classes]]
code = "0110"
name = "暴露垃圾"
limit = 4
limit_unit = "work_hour"
public = true
keywords = ["垃圾", "脏"]
description = "露天的生活垃圾"
[[classes.questions]]
code = "amount"
datatype = "number"
description = "有多少立方米？"

[[routing]]
code = "rubbish"
name = "暴露垃圾归街道"
unit = "street"
[[routing.conditions]]
kind = "class"
in = ["0110"]
"""


@pytest.mark.django_db
def test_a_pack_says_how_its_campaign_works_on_cases(small: Path) -> None:
    (small / "cases.toml").write_text(CASES, encoding="utf-8")
    pack = read_pack(small)
    assert [fault.sentence("en") for fault in pack.faults] == []
    campaign = apply_pack(by=SYSTEM, pack=pack).campaign
    book = read_rulebook(campaign.settings)
    assert book.stage("confirm").asked_for("hotline")
    assert not book.stage("confirm").asked_for("patrol")
    assert book.stage("confirm").limit is not None
    assert (book.approvals, book.reopen_days, book.answer_days) == ({"hold", "extend"}, 7, 3)
    assert str(book.guarantee) == "0.5"
    assert [(str(rung.share), rung.to, rung.order) for rung in book.ladder] == [
        ("0.8", ("handler",), False), ("1", ("unit", "centre"), True),
    ]  # fmt: skip
    row = CaseClass.objects.get(campaign=campaign)
    assert (row.public, row.keywords, row.questions[0]["code"]) == (True, "垃圾,脏", "amount")
    assert campaign.routing_rules.get().code == "rubbish"
    assert apply_pack(by=SYSTEM, pack=read_pack(small)).made == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("[stages.confirm]", "[stages.confrim]", ("unknown_key", 7)),
        ("limit = 0.5", "limit = 0", ("bad_limit", 10)),
        ('"hotline"', '"telephone"', ("not_a_choice", 13)),
        ('evidence = ["photo"]', 'evidence = ["video"]', ("not_a_choice", 14)),
        ('"extend"]', '"merge"]', ("not_a_choice", 2)),
        ("guarantee = 0.5", "guarantee = 2", ("out_of_range", 3)),
        ("share = 1", "share = 0.5", ("out_of_range", 23)),
        ('"centre"]', '"mayor"]', ("not_a_choice", 24)),
        ('datatype = "number"', 'datatype = "figure"', ("bad_questions", 35)),
        ('unit = "street"', 'unit = "strete"', ("unknown_unit", 43)),
        ('in = ["0110"]', 'in = ["9999"]', ("bad_routing", 40)),
        ('name = "暴露垃圾"', "name = 3", ("wrong_type", 29)),
    ],
)
def test_mistakes_about_cases_are_told(small: Path, old: str, new: str, wanted: tuple[str, int]) -> None:
    assert old in CASES
    (small / "cases.toml").write_text(CASES.replace(old, new, 1), encoding="utf-8")
    assert wanted in [(fault.code, fault.line) for fault in read_pack(small).faults if fault.file == "cases.toml"]  # fmt: skip
