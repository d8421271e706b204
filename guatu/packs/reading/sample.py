"""sample/: records of the pack's own time, entered through the product's doors when the pack is applied with its sample.

The name of a table says what its rows are; docs/packs.md lists the columns.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from guatu.files.imports import Importer
from guatu.packs.faults import Faults, near
from guatu.packs.pack import Pack
from guatu.packs.reading import street
from guatu.packs.sheets import Column, Line, Sheet, read_sheet
from guatu.places.acts.areas import REFERENCE
from guatu.places.importers import PLACES
from guatu.units.importers import PEOPLE

AT = Column("at", ("时间",), True, "2021-09-16 09:00")
BY = Column("by", ("由谁",))
_NOTE = Column("note", ("说明",))
TABLES: dict[str, tuple[Column, ...]] = {
    "task_steps": (AT, Column("task", ("任务",), True), Column("step", ("步骤",), True), BY, Column("percent", ("进度",)), _NOTE),
    "cases": (
        AT, BY, Column("ref", ("代号",)), Column("upper_number", ("上级编号",)), Column("title", ("事项",), True),
        Column("source", ("来源",)), Column("class", ("类别",)), Column("standard", ("立案条件",)), Column("description", ("描述",)),
        Column("area", ("区域",)), Column("address", ("地址",)), Column("lon"), Column("lat"), Column("photo", ("照片",)),
        Column("reporter", ("反映人",)), Column("phone", ("电话",)), Column("line", ("渠道",)),
    ),
    "case_steps": (
        AT, BY, Column("case", ("案件",), True), Column("step", ("步骤",), True), Column("unit", ("单位",)), _NOTE,
        Column("photo", ("照片",)), Column("other", ("另一案件",)), Column("people", ("提到",)), Column("until", ("到何时",)),
        Column("limit", ("时限",)), Column("result", ("结果",)), Column("standard", ("立案条件",)), Column("class", ("类别",)),
    ),
    "activities": (
        AT, BY, Column("number", ("编号",), True), Column("step", ("步骤",), True), Column("kind", ("类型",)), Column("name", ("名称",)),
        Column("unit", ("单位",)), Column("area", ("区域",)), Column("address", ("地址",)), Column("held_on", ("日期",)),
        Column("parent", ("上级活动",)), Column("headcount", ("人数",)),
    ),
    "places": (
        AT, BY, Column("number", ("编号",), True), Column("kind", ("类型",), True), Column("name", ("名称",), True),
        Column("area", ("区域",)), Column("address", ("地址",)), Column("lon"), Column("lat"), Column("capacity", ("容量",)),
        Column("opened_on", ("启用日期",)),
    ),
    "imports": (AT, BY, Column("kind", ("种类",), True), Column("file", ("文件",), True), Column("leave", ("不读的列",)), Column("crs", ("坐标系",))),
    "briefs": (AT, BY, Column("template", ("模板",), True), Column("step", ("步骤",), True), Column("number", ("期号",))),
    **street.TABLES,
}  # fmt: skip
STEPS: dict[str, tuple[str, ...]] = {
    "task_steps": ("start", "progress", "done", "accept", "return", "cancel"),
    "case_steps": (
        "confirm",
        "file",
        "reject",
        "dispatch",
        "recall",
        "accept",
        "return",
        "handle",
        "stage",
        "feed_back",
        "pass",
        "rework",
        "close",
        "void",
        "hold",
        "extend",
        "resume",
        "approve",
        "refuse",
        "take_back",
        "withdraw",
        "reopen",
        "reclassify",
        "contact",
        "feedback",
        "told",
        "merge",
        "unmerge",
        "part",
        "part_accept",
        "part_done",
        "part_return",
        "offer",
        "taken",
        "declined",
        "comment",
        "reply",
        "acknowledge",
    ),
    "activities": ("plan", "hold", "cancel"),
    "briefs": ("make", "issue"),
    **street.STEPS,
}


# What came after the pack's moment may be told here: the figures as of that moment do not see it.
LATER = ("visit_steps",)


def read_sample(pack: Pack) -> None:
    """Every table of sample/ read, its references checked; unknown names of tables are told."""
    folder = pack.folder / "sample"
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix not in (".csv", ".xlsx") or path.name.startswith(("~", ".")):
            continue
        file = f"sample/{path.name}"
        columns = _columns(pack, path)
        if columns is None:
            names = [
                *TABLES,
                *(f"form-{form.code}" for form in pack.forms),
                *(f"register-{r.code}" for r in pack.registers),
            ]
            pack.faults.add(
                "sample_reference", file, what="table", value=path.stem, near=near(path.stem, names)
            )
            continue
        sheet = read_sheet(path, file, columns, pack.faults, open_ended=path.stem not in TABLES)
        if sheet is not None:
            pack.sample[path.stem] = sheet
    for stem, sheet in pack.sample.items():
        _check_rows(pack, stem, sheet)


def _columns(pack: Pack, path: Path) -> tuple[Column, ...] | None:
    """The columns of a table of this name; None when no table goes by it."""
    if path.stem in TABLES:
        return TABLES[path.stem]
    kind, _, code = path.stem.partition("-")
    if kind == "form" and code in {form.code for form in pack.forms}:
        return (AT, BY)
    if kind == "register" and code in {register.code for register in pack.registers}:
        return (AT, BY)
    return None


def _known(pack: Pack) -> dict[str, Callable[[], set[str]]]:
    """Column → words it may hold, for columns that point at something."""
    return {
        "by": lambda: people_of(pack),
        "unit": lambda: {word for row in pack.units for word in (row.code, row.name, row.short_name)},
        "task": lambda: {line.text("number") for line in pack.task_sheet.lines} if pack.task_sheet else set(),
        "case": lambda: _cases(pack),
        "other": lambda: _cases(pack),
        "class": lambda: {row.code for row in pack.classes},
        "template": lambda: {row.code for row in pack.templates},
        "activity": lambda: _activities(pack),
        "parent": lambda: _activities(pack),
    }  # fmt: skip


def people_of(pack: Pack) -> set[str]:
    """User names: of the posts, and of the people that the sample's own tables bring in."""
    return {post.username for post in pack.posts} | _brought(pack, PEOPLE)


def places_of(pack: Pack) -> set[str]:
    """Numbers of the places that the sample itself brings in."""
    own = {line.text("number") for line in pack.sample["places"].lines} if "places" in pack.sample else set()
    return own | _brought(pack, PLACES)


def _brought(pack: Pack, importer: Importer) -> set[str]:
    """What the first column of the tables of one kind says: user names of people, numbers of places."""
    field, found = importer.fields[0], set()
    column = Column(field.key, field.names)
    for line in pack.sample["imports"].lines if "imports" in pack.sample else ():
        path = table_path(pack, line.text("file"))
        if line.text("kind") == importer.kind and path.is_file():
            sheet = read_sheet(path, path.name, (column,), Faults(), open_ended=True)
            found |= {row.text(field.key) for row in sheet.lines} if sheet is not None else set()
    return found - {""}


def case_key(line: Line) -> str:
    """What a sample calls a case: its `ref`, else the number of the platform above."""
    return line.text("ref") or line.text("upper_number")


def _cases(pack: Pack) -> set[str]:
    return {case_key(line) for line in pack.sample["cases"].lines} if "cases" in pack.sample else set()


def _activities(pack: Pack) -> set[str]:
    return (
        {line.text("number") for line in pack.sample["activities"].lines}
        if "activities" in pack.sample
        else set()
    )


def _check_rows(pack: Pack, stem: str, sheet: Sheet) -> None:
    pointing = {} if stem.startswith("register-") else _known(pack)
    if stem.startswith("form-"):
        pointing = {name: words for name, words in pointing.items() if name in ("by", "activity")}
        _check_questions(pack, stem, sheet)
    on_street = stem in street.TABLES
    if on_street:
        pointing = street.pointing(pack, lambda: people_of(pack), lambda: places_of(pack))
    words = {column: known() for column, known in pointing.items() if column in sheet.headings}
    people = people_of(pack) if on_street else set()
    for line in sheet.lines:
        at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
        _check_moment(pack, sheet, line, late=stem in LATER)
        if stem == "imports" and not table_path(pack, line.text("file")).is_file():
            pack.faults.add("no_file", sheet.file, name=f"sample/tables/{line.text('file')}", **at)
        for column, known in words.items():
            value = line.text(column)
            if value and value not in known:
                pack.faults.add(
                    "sample_reference", sheet.file, what=column, value=value, near=near(value, known), **at
                )
        _check_case_row(pack, stem, sheet, line)
        if on_street:
            street.check_row(pack, stem, sheet, line, people)
        step = line.text("step")
        if stem in STEPS and step and step not in STEPS[stem]:
            pack.faults.add(
                "not_a_choice", sheet.file, key="step", value=step, choices=", ".join(STEPS[stem]), **at
            )


def _check_case_row(pack: Pack, stem: str, sheet: Sheet, line: Line) -> None:
    """A case must be called something; people mentioned must hold a post; a day named must be one."""
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    if stem == "cases" and not case_key(line):
        pack.faults.add("empty_cell", sheet.file, column="ref", example="RX-01", **at)
    words = line.text("standard") if stem in ("cases", "case_steps") else ""
    conditions = [row["condition"] for row in pack.standards if row["code"] == line.text("class")]
    if words and not any(condition.startswith(words) for condition in conditions):
        pack.faults.add(
            "sample_reference", sheet.file, what="standard", value=words, near=near(words, conditions), **at
        )
    if stem != "case_steps":
        return
    known = {post.username for post in pack.posts}
    for name in line.texts("people"):
        if name not in known:
            pack.faults.add(
                "sample_reference", sheet.file, what="people", value=name, near=near(name, known), **at
            )
    if line.text("until") and line.moment("until") is None:
        pack.faults.add("bad_moment", sheet.file, column="until", value=line.text("until"), **at)


def table_path(pack: Pack, name: str) -> Path:
    """A table that `imports` names: in sample/tables/, or one the product ships (`shipped:` before its name)."""
    if name.startswith("shipped:"):
        return REFERENCE / Path(name.removeprefix("shipped:")).name
    return pack.folder / "sample" / "tables" / Path(name).name


def _check_moment(pack: Pack, sheet: Sheet, line: Line, *, late: bool = False) -> None:
    text, moment = line.text("at"), line.moment("at")
    at: dict[str, Any] = {"line": line.number, "sheet": sheet.sheet}
    if text and moment is None:
        pack.faults.add("bad_moment", sheet.file, column="at", value=text, **at)
    elif moment is not None and pack.as_of is not None and moment > pack.as_of and not late:
        pack.faults.add(
            "sample_late", sheet.file, value=text, as_of=pack.as_of.strftime("%Y-%m-%d %H:%M"), **at
        )


def _check_questions(pack: Pack, stem: str, sheet: Sheet) -> None:
    """A column of a form's table must be a question; of a repeat its answers are numbered: member_1, member_2."""
    form = next(form for form in pack.forms if form.code == stem.partition("-")[2])
    for heading in sheet.headings:
        if (
            heading in ("at", "by")
            or heading in form.names
            or heading.rstrip("0123456789").rstrip("_") in form.names
        ):
            continue
        pack.faults.add("unknown_column", sheet.file, line=1, sheet=sheet.sheet, warning=True, column=heading,
                        near=near(heading, form.names))  # fmt: skip
