"""What a pack brings for the street: trades, norms; and the tables of a sample about rounds, teams and visits."""

from collections.abc import Callable
from typing import Any

from guatu.files.rules import as_day
from guatu.inspections.importers_norms import CONSEQUENCES, FIELDS, split
from guatu.inspections.rules.industries import IndustryDraft, fault_of
from guatu.inspections.rules.norms import ItemDraft
from guatu.inspections.rules.norms import fault_of as item_fault
from guatu.packs.faults import near
from guatu.packs.pack import Pack
from guatu.packs.sheets import Column, Line, Sheet, find_table, read_sheet, unique

INDUSTRY_COLUMNS = (
    Column("code", ("代码", "行业代码"), True, "catering"), Column("name", ("名称", "行业"), True, "餐饮"),
    Column("name_en", ("英文名称",)), Column("kinds", ("点位类别", "类别")),
)  # fmt: skip
# a table of norms is the one its importer reads: the same columns by the same names
NORM_COLUMNS = tuple(
    Column(field.key, tuple(name for name in field.names if name != field.key), field.required, field.example)
    for field in FIELDS
)

AT = Column("at", ("时间",), True, "2022-07-11 09:00")
BY = Column("by", ("由谁",))
_ROUND = Column("round", ("轮次",), True)
TABLES: dict[str, tuple[Column, ...]] = {
    "rounds": (
        AT, BY, _ROUND, Column("step", ("步骤",), True), Column("name", ("名称",)), Column("area", ("区域",)), Column("unit", ("单位",)),
        Column("starts_on", ("开始日期",)), Column("ends_on", ("结束日期",)), Column("norms", ("规范",)), Column("note", ("说明",)),
    ),
    "teams": (
        AT, BY, _ROUND, Column("team", ("组",), True), Column("on_day", ("日期",), True), Column("shift", ("班次",)),
        Column("starts_at", ("开始时间",)), Column("ends_at", ("结束时间",)), Column("people", ("人员",), True), Column("leader", ("组长",)),
        Column("travel", ("方式",)), Column("lon"), Column("lat"),
    ),
    "visits": (AT, BY, _ROUND, Column("place", ("点位",), True), Column("team", ("组",))),
    "visit_steps": (
        AT, BY, _ROUND, Column("place", ("点位",), True), Column("step", ("步骤",), True), Column("started", ("到达时间",)),
        Column("not_met", ("不符合",)), Column("put_right", ("当场整改",)), Column("not_applicable", ("不适用",)), Column("outcome", ("结果",)),
        Column("note", ("说明",)), Column("signer", ("签收人",)), Column("capacity", ("身份",)), Column("lon"), Column("lat"),
    ),
}  # fmt: skip
STEPS: dict[str, tuple[str, ...]] = {
    "rounds": ("open", "start", "close"),
    "visit_steps": ("finish", "not_open", "gone", "skip", "comply", "look_back"),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "shift": ("day", "night"), "travel": ("foot", "bike", "car"), "outcome": ("pass", "rectify", "shut"),
}  # fmt: skip
_MOMENTS = ("starts_at", "ends_at", "started")
_DAYS = ("on_day", "starts_on", "ends_on")


# --- trades and norms --------------------------------------------------------------------------------------------


def read_industries(pack: Pack) -> None:
    """industries.csv|xlsx: the trades that norms are written for, in their order."""
    path = find_table(pack.folder, "industries")
    sheet = read_sheet(path, path.name, INDUSTRY_COLUMNS, pack.faults) if path else None
    for code, line in unique(sheet, "code", "code", pack.faults).items() if sheet else ():
        assert sheet is not None
        draft = IndustryDraft(code, line.text("name"), line.text("name_en"), tuple(line.texts("kinds")))
        if (fault := fault_of([draft])) is not None:
            why = f"{fault[1]}: {getattr(draft, fault[1])}"
            pack.faults.add("bad_row", sheet.file, sheet=sheet.sheet, line=line.number, why=why)
        else:
            pack.industries.append(draft)


def read_norms(pack: Pack) -> None:
    """norms.csv|xlsx: one item a line, number and edition on each line or on the first only, as the import reads it."""
    path = find_table(pack.folder, "norms")
    sheet = read_sheet(path, path.name, NORM_COLUMNS, pack.faults) if path else None
    if sheet is None:
        return
    pack.norms, pack.norm_sheet = path, sheet
    trades = {word for draft in pack.industries for word in (draft.code, draft.name)}
    number = edition = ""
    known: dict[tuple[str, str], set[str]] = {}
    for line in sheet.lines:
        said = line.text("number")
        edition = line.text("edition") or (edition if said in ("", number) else "")
        number = said or number
        _check_norm(pack, sheet, line, number, (number, edition) not in known)
        _check_item(pack, sheet, line, known.setdefault((number, edition), set()))
        for word in split(line.text("industries")):
            if word not in trades:
                pack.faults.add("unknown_industry", sheet.file, sheet=sheet.sheet, line=line.number, value=word,
                                near=near(word, trades))  # fmt: skip


def _check_norm(pack: Pack, sheet: Sheet, line: Line, number: str, first: bool) -> None:
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    for column, example in (
        ("number", "沪防控办〔2022〕12号"),
        ("title", "餐饮服务单位防控指南"),
        ("from", "2022-07-01"),
    ):
        said = number if column == "number" else line.text(column)
        if first and not said:
            pack.faults.add("empty_cell", sheet.file, column=column, example=example, **at)
    for column in ("from", "until"):
        if (text := line.text(column)) and as_day(text) is None:
            pack.faults.add("bad_day", sheet.file, column=column, value=text, **at)


def _check_item(pack: Pack, sheet: Sheet, line: Line, seen: set[str]) -> None:
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    said, item = line.text("consequence"), line.text("item")
    if said and said not in CONSEQUENCES:
        pack.faults.add("not_a_choice", sheet.file, key="consequence", value=said, choices=", ".join(CONSEQUENCES), **at)  # fmt: skip
        return
    if item in seen:
        pack.faults.add("norm_item_twice", sheet.file, value=item, **at)
    seen.add(item)
    draft = ItemDraft(
        item, line.text("text"), line.text("remedy"), CONSEQUENCES.get(said, "rectify"), line.text("limit"),
        how=line.text("how"),
    )  # fmt: skip
    if item and draft.text and (fault := item_fault(draft)) is not None:
        pack.faults.add("bad_row", sheet.file, why=f"{fault[0]}: {fault[1]}", **at)


# --- rounds, teams, visits of a sample ---------------------------------------------------------------------------


def pointing(
    pack: Pack, people: Callable[[], set[str]], places: Callable[[], set[str]]
) -> dict[str, Callable[[], set[str]]]:
    """Column → words it may hold, in the tables of this module. people, places: whom and what the sample brings in."""
    return {
        "round": lambda: _values(pack, "rounds", "round"),
        "team": lambda: _values(pack, "teams", "team"),
        "by": people,
        "leader": people,
        "place": places,
        "unit": lambda: {word for row in pack.units for word in (row.code, row.name, row.short_name)},
    }


def _values(pack: Pack, stem: str, column: str) -> set[str]:
    return {line.text(column) for line in pack.sample[stem].lines} if stem in pack.sample else set()


def check_row(pack: Pack, stem: str, sheet: Sheet, line: Line, people: set[str]) -> None:
    """One row of rounds, teams, visits or visit_steps: its words, days, moments, and what it lists."""
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    for column, choices in CHOICES.items():
        if (word := line.text(column)) and word not in choices:
            pack.faults.add(
                "not_a_choice", sheet.file, key=column, value=word, choices=", ".join(choices), **at
            )
    for column in _MOMENTS:
        if line.text(column) and line.moment(column) is None:
            pack.faults.add("bad_moment", sheet.file, column=column, value=line.text(column), **at)
    for column in _DAYS:
        if (text := line.text(column)) and line.day(column) is None:
            pack.faults.add("bad_day", sheet.file, column=column, value=text, **at)
    _check_lists(pack, sheet, line, people)
    if stem == "rounds" and line.text("step") == "open":
        for column, example in (
            ("name", "重点场所检查"),
            ("starts_on", "2022-07-10"),
            ("ends_on", "2022-07-14"),
        ):
            if not line.text(column):
                pack.faults.add("empty_cell", sheet.file, column=column, example=example, **at)
    began, ended = line.moment("started"), line.moment("at")
    if began and ended and ended < began:
        pack.faults.add("wrong_days", sheet.file, what=line.text("place"), first=began, last=ended, **at)


def _check_lists(pack: Pack, sheet: Sheet, line: Line, people: set[str]) -> None:
    """People named must hold a post or come in by a table; norms and items must stand in the pack's norms."""
    rows = pack.norm_sheet.lines if pack.norm_sheet is not None else []
    norms = {row.text("number") for row in rows} - {""}
    items = {row.text("item") for row in rows}
    wanted = {
        "people": people,
        "norms": norms,
        **dict.fromkeys(("not_met", "put_right", "not_applicable"), items),
    }
    for column, known in wanted.items():
        for value in line.texts(column):
            if value not in known:
                pack.faults.add("sample_reference", sheet.file, line=line.number, sheet=sheet.sheet, what=column,
                                value=value, near=near(value, sorted(known)))  # fmt: skip
