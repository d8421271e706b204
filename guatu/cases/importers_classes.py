"""How a table of filing and closing standards comes in. Its limits are compared with those that are there already, so that two
tables of one city end in the same units, and every decision stands in the report. Neither acts nor reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from guatu.cases.acts.standards import import_standards, undo_standards
from guatu.cases.models import CaseClass, CaseStandard
from guatu.cases.rules.naming import KINDS, read_kind
from guatu.cases.rules.standards import (
    PLAIN_UNITS,
    RULINGS,
    Reading,
    Ruling,
    UnreadableLimit,
    Written,
    read_limit_cell,
    reconcile,
    write_limit,
)
from guatu.files.imports import Applied, Cells, Change, Context, Field, Importer, Option, RowOutcome
from guatu.files.rules import as_text
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

FIELDS = (
    Field("kind", "类型", "Kind", ("部件事件", "部件或事件"), example="部件", note_zh="部件，或事件（事项）；也可整表选定",
          note_en="部件 component or 事件 matter; or chosen for the whole table"),
    Field("major_code", "大类代码", "Major code", ("大类编码",), example="01"),
    Field("major_name", "大类名称", "Major class", ("大类",), example="公用设施"),
    Field("minor_code", "小类代码", "Minor code", ("小类编码",), example="01"),
    Field("code", "类别编码", "Class code", ("类别代码", "class_code5"), example="0101",
          note_zh="空着时由大类代码和小类代码组成", note_en="Made of major and minor code when empty"),
    Field("name", "类别名称", "Class", ("小类名称", "小类", "minor_name"), required=True, example="上水井盖"),
    Field("condition", "立案条件", "Filing condition", ("filing_condition",), required=True, example="破损超过25c㎡"),
    Field("limit", "时限", "Limit", ("处置时限", "处置期限", "limit_raw"), required=True, example="4工作时",
          note_zh="分阶段写成 1紧急工作时止水；5工作日恢复", note_en="Stages as 1紧急工作时止水；5工作日恢复"),
    Field("limit_unit", "时限单位", "Unit of the limit", ("limit_unit_raw",), example=""),
    Field("closing", "结案条件", "Closing condition", ("closing_condition",), example="更换或修复"),
    Field("season", "适用季节", "Season", ("季节",), example=""),
    Field("unit", "承办单位", "Unit in charge", ("承办单位代码",), example="", note_zh="本系统里单位的代码或名称；派单时优先",
          note_en="A unit of this store by code or name; dispatch goes there first"),
    Field("responsible", "处置单位", "Responsible body", ("责任单位", "责任主体", "handling_unit", "responsible_body"), example="各产权单位"),
    Field("competent", "主管部门", "Competent body", ("监管主体", "competent_department", "supervising_body"), example="市城市管理局"),
    Field("basis", "法律依据", "Legal basis", ("legal_basis",), example=""),
    Field("clause", "法律条款", "Clause", ("条款内容", "legal_clause"), example=""),
    Field("collecting", "采集规则", "What to collect", ("采集规范", "collection_rule"), example=""),
)  # fmt: skip
SCHEMES = (
    ("GB/T 30428.2-2013", "GB/T 30428.2-2013（大类＋小类 4 位）", "GB/T 30428.2-2013 (four digits)"),
    ("GB/T 47678.5-2026", "GB/T 47678.5-2026（5 位）", "GB/T 47678.5-2026 (five digits)"),
    ("own", "本地自编", "Own numbering"),
)
_LONGEST = {"closing": 300, "season": 40, "responsible": 300, "competent": 300, "collecting": 20_000}


# --- before the rows are checked -----------------------------------------------------------------------------------


def prepare(context: Context, rows: Sequence[Cells]) -> None:
    """Load classes, standards and units, and settle the units of all limits at once."""
    scheme = _scheme(context)
    classes = list(CaseClass.objects.filter(campaign=context.campaign, scheme=scheme))
    standards = list(
        CaseStandard.objects.filter(campaign=context.campaign, case_class__scheme=scheme).select_related(
            "case_class", "unit"
        )
    )
    context.loaded["classes"] = {(row.kind, row.code): row for row in classes}
    context.loaded["units"] = {
        word: unit
        for unit in Unit.objects.filter(active=True)
        for word in (unit.short_name, unit.name, unit.code)
        if word
    }
    context.loaded["standards"] = {
        (row.case_class.kind, row.case_class.code, row.condition, row.season): row for row in standards
    }
    kept = [(written, row) for row in standards if (written := _as_written(row)) is not None]
    there = {id(written): row for written, row in kept}
    first = [written for row in rows if (written := _read(context, row)) is not None]
    work = {"day": "work_day", "hour": "work_hour"}
    plain = work if context.options.get("plain") == "work" else PLAIN_UNITS
    settled = reconcile(first, [written for written, _row in kept], plain)
    context.loaded["rulings"] = {
        ruling.first.line: (ruling, there.get(id(ruling.other)) if ruling.other else None)
        for ruling in settled.rulings
        if ruling.first is not None
    }


def _scheme(context: Context) -> str:
    scheme = context.options.get("scheme") or SCHEMES[0][0]
    return "" if scheme == "own" else scheme


def _preset(context: Context) -> str | None:
    """The kind chosen for the whole table, if one was."""
    kind = context.options.get("kind", "")
    return kind if kind in KINDS else None


def _as_written(row: CaseStandard) -> Written | None:
    """A standard that is there, as a table would write it: as it did, unless a rule has given it working time since."""
    try:
        reading = read_limit_cell(row.limit_raw or write_limit(row.stages))
        if reading.is_plain and reading.stages() != row.stages:
            reading = replace(read_limit_cell(write_limit(row.stages)), season=reading.season)
    except UnreadableLimit:
        return None
    reading = replace(reading, season=row.season or reading.season)
    return Written(0, row.case_class.kind, row.case_class.code, row.case_class.name, row.condition, reading)


def _read(context: Context, row: Cells) -> Written | None:
    """A row as the rules see it; None when it cannot be read (the check says why)."""
    text = {name: as_text(row.raw(name)) for name in ("kind", "name", "condition", "limit", "limit_unit", "season")}  # fmt: skip
    kind = read_kind(text["kind"]) if text["kind"] else _preset(context)
    try:
        reading = read_limit_cell(text["limit"], text["limit_unit"])
    except UnreadableLimit:
        return None
    if not kind or not text["name"] or not text["condition"]:
        return None
    reading = Reading(reading.raw, reading.parts, text["season"] or reading.season)
    name = " ".join(text["name"].split())
    return Written(row.line, kind, _code(row), name, text["condition"], reading)


def _code(row: Cells) -> str:
    """The code as written, or made of major and minor; spreadsheets take the nought off 01."""
    code = as_text(row.raw("code"))
    if code:
        return code
    pieces = (as_text(row.raw(name)) for name in ("major_code", "minor_code"))
    return "".join(piece.zfill(2) if piece.isdigit() else piece for piece in pieces)


# --- one row -------------------------------------------------------------------------------------------------------


def check(context: Context, row: Cells) -> RowOutcome:
    """One row: a new standard, a change of one that is there, or what is wrong with it."""
    name, condition = row.text("name", longest=80), row.text("condition", longest=400)
    cell, code = row.text("limit", longest=80), _code(row)
    kind = _kind(context, row)
    if not code:
        row.refuse("code", Problem("import.empty_cell"))
    known = context.loaded["classes"].get((kind, code))
    if known is not None and name and known.name != " ".join(name.split()):
        row.refuse("name", Problem("case.class_known", class_code=f"{code} {known.name}"))
    found: tuple[Ruling, CaseStandard | None] | None = context.loaded["rulings"].get(row.line)
    if cell and found is None and not row.faults:
        row.refuse("limit", Problem("case.bad_limit_cell", limit=cell))
    said = {field: row.text(field, longest=most) for field, most in _LONGEST.items() if row.has(field)}
    basis = [row.text(field, longest=9_000) for field in ("basis", "clause") if row.has(field)]
    unit = _unit(context, row)
    if row.faults or found is None:
        return row.wrong()
    ruling, twin = found
    standard: dict[str, Any] = {
        **said, "scheme": _scheme(context), "kind": kind, "code": code, "season": ruling.season, "limit_raw": ruling.written.reading.raw,
        "condition": twin.condition if twin is not None else condition, "stages": [dict(stage) for stage in ruling.stages],
    }  # fmt: skip
    if any(basis):
        standard["basis"] = "\n".join(text for text in basis if text)
    if unit is not None:
        standard["unit"] = unit.code
    cls = {
        "scheme": standard["scheme"],
        "kind": kind,
        "code": code,
        "name": " ".join(name.split()),
        "major_name": row.text("major_name", longest=80),
        "major_code": row.text("major_code", longest=8).zfill(2) if row.has("major_code") else "",
    }
    values = {"class": None if known is not None else cls, "standard": standard}
    return _outcome(context, row, values, ruling, twin)


def _kind(context: Context, row: Cells) -> str:
    text = row.text("kind", longest=20)
    kind = read_kind(text) if text else _preset(context)
    if kind is None:
        row.refuse("kind", Problem("case.unknown_kind", kind=text))
    return kind or ""


def _unit(context: Context, row: Cells) -> Unit | None:
    text = row.text("unit", longest=200)
    found: Unit | None = context.loaded["units"].get(text) if text else None
    if text and found is None:
        row.refuse("unit", Problem("case.unknown_unit", unit=text))
    return found


def _outcome(
    context: Context, row: Cells, values: Mapping[str, Any], ruling: Ruling, twin: CaseStandard | None
) -> RowOutcome:
    standard = values["standard"]
    place = (standard["kind"], standard["code"], standard["condition"], standard["season"])
    there: CaseStandard | None = context.loaded["standards"].get(place)
    if there is None and twin is not None and not (twin.season and standard["season"]):
        there = twin  # the condition is written otherwise, or only one of the tables names the season
        standard["season"] = twin.season or standard["season"]
    key = "|".join((*place[:2], place[2], standard["season"]))
    if there is None:
        return replace(row.new(key, values), told=_told(ruling))
    standard["id"] = str(there.id)
    if there.limit_raw:
        del standard["limit_raw"]  # as first written; the report says what came of it
    said = {
        name: value
        for name, value in standard.items()
        if name not in ("scheme", "kind", "code", "condition", "unit", "limit_raw", "id")
    }
    before = {name: getattr(there, name) for name, value in said.items() if getattr(there, name) != value}
    if "unit" in standard and (there.unit is None or there.unit.code != standard["unit"]):
        before["unit"] = there.unit.code if there.unit else ""
    if not before:
        return row.same(key, there.id)
    lines = [
        (name, str(old)[:80], str(standard[name])[:80]) for name, old in before.items() if name != "stages"
    ]
    return replace(row.changed(key, there.id, values), told=(*_told(ruling), *lines))


def _told(ruling: Ruling) -> tuple[tuple[str, str, str], ...]:
    """The line of the report: what each table said, what holds, which rule decided."""
    if not ruling.decided and not ruling.other_condition:
        return ()
    english = not (get_language() or "zh").startswith("zh")
    written, other = ruling.written, ruling.other
    said = f"{written.name}·{written.condition[:60]}：{written.reading.raw}"
    if other is not None and ruling.first is not None:
        said += f" | {other.reading.raw}"
    if ruling.other_condition:
        said += f"（{ruling.other_condition[:60]}）"
    why = RULINGS[ruling.rule][1 if english else 0]
    evidence = f"（{ruling.evidence}）" if ruling.evidence else ""
    return (("limit", said, f"{write_limit(ruling.stages)}：{why}{evidence}"),)


# --- all rows ------------------------------------------------------------------------------------------------------


def apply(*, by: Any, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context) -> Applied:
    """Hand the rows to the act."""
    classes = {
        (given["kind"], given["code"]): given for row in rows if (given := row.values["class"]) is not None
    }
    done = import_standards(
        by=by, campaign=campaign, classes=list(classes.values()), standards=[row.values["standard"] for row in rows], via=via
    )  # fmt: skip
    changed = [Change(str(row.id), before, row.version) for row, before in done.written.changed]
    return Applied([str(row.id) for row in done.written.created], changed)


STANDARDS = Importer(
    kind="case_standard",
    title=("立案标准", "Case standards"),
    right="case.set_classes",
    fields=FIELDS,
    check=check,
    apply=apply,
    undo=undo_standards,
    prepare=prepare,
    options=(
        Option("scheme", "类别编码", "Class codes", SCHEMES, SCHEMES[0][0]),
        Option("kind", "类型", "Kind",
               (("table", "见表中“类型”列", "As the table says"), ("component", "都是部件", "All are components"),
                ("matter", "都是事件（事项）", "All are matters")), "table"),
        Option("plain", "“天”“小时”没有依据时", "天 and 小时 with nothing to go by",
               (("running", "连续计时（自然日、紧急工作时）", "Run on (calendar days, urgent hours)"),
                ("work", "工作时间（工作日、工作时）", "Working time (working days, working hours)")), "running",
               "先看同一城市的另一张表；两张表都有的，以写明工作时间的为准",
               "The city's other table is asked first; where both have a rule, the one that names working time decides"),
    ),
    campaign=True,
    chunk=5_000,  # a class gets its usual limit when all its standards agree, so they must come together
    about=("立案条件、时限和结案条件。时限写法不同的表会自动统一单位，每一处都列在报告里；先导入写明“工作日”的表，或导入后把另一张表再导一次。",
           "Filing condition, limit, closing condition. Limits that tables write differently are reconciled, each told in the report; import the table that names working days first, or the other one once more afterwards."),
    url=lambda standard_id: reverse("desk:case_standard", args=[standard_id]),
)  # fmt: skip
