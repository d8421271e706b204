"""What a pack says about cases: classes, the rules of the campaign, rules of dispatch. Tables of standards: standards.py."""

from collections.abc import Mapping
from typing import Any

from guatu.cases.rules import ASKED, SOURCES, STAGES, LimitError, limit_of
from guatu.cases.rules.conditions import Target, World
from guatu.cases.rules.naming import KINDS
from guatu.cases.rules.questions import QuestionError, read_questions
from guatu.cases.rules.routing import TO, read_rule
from guatu.packs.faults import near
from guatu.packs.pack import ClassRow, Pack
from guatu.packs.reading.peers import read_peers
from guatu.packs.reading.people import unit_fault
from guatu.packs.reading.standards import read_directory, read_standards
from guatu.packs.toml import Key, Toml, read_toml, take
from guatu.units.rules import ROLES

FILE = "cases.toml"
TOP = (
    Key("classes", "tables"), Key("directory", "tables"), Key("standards", "tables"), Key("stages", "table"),
    Key("approvals", "list"), Key("guarantee", "number"), Key("reopen_days", "whole"), Key("answer_days", "whole"),
    Key("ladder", "tables"), Key("routing", "tables"), Key("peers", "tables"),
)  # fmt: skip
CLASS = (
    Key("code", required=True, example='code = "0113"'), Key("name", required=True, example='name = "道路破损"'),
    Key("name_en"), Key("scheme"), Key("kind", choices=("", *KINDS)), Key("limit", "number"), Key("limit_unit"),
    Key("photo", "yes"), Key("public", "yes"), Key("active", "yes"), Key("description"), Key("keywords", "list"),
    Key("major_code"), Key("major_name"), Key("questions", "tables"),
)  # fmt: skip
STAGE = (
    Key("label_zh"), Key("label_en"), Key("limit", "number"), Key("limit_unit"), Key("required", "yes"),
    Key("sources", "list"), Key("evidence", "list"),
)  # fmt: skip
EVIDENCE = ("photo", "note")
RUNG = (
    Key("share", "number", required=True, example="share = 0.8"), Key("to", "list", required=True, example='to = ["unit", "centre"]'),
    Key("label_zh"), Key("label_en"), Key("order", "yes"),
)  # fmt: skip
TOLD = ("handler", "unit", "centre", "leader")  # whom a rung may name besides the roles
ROUTE = (
    Key("code", required=True, example='code = "rubbish"'), Key("name", required=True, example='name = "暴露垃圾归绿化市容"'),
    Key("conditions", "tables"), Key("unit"), Key("to", choices=TO), Key("role", choices=("", *ROLES)), Key("order", "whole"),
    Key("active", "yes"),
)  # fmt: skip
_SAID = {
    "name_en": "name_en", "photo": "needs_photo", "public": "public", "active": "active", "description": "description",
    "major_code": "major_code", "major_name": "major_name",
}  # fmt: skip


def read_cases(pack: Pack) -> None:
    """cases.toml and the tables it names, into the pack."""
    path = pack.folder / FILE
    toml = read_toml(path, FILE, pack.faults) if path.is_file() else None
    if toml is None:
        return
    top = take(toml, (), toml.data, TOP, pack.faults)
    for index, table in enumerate(top.get("directory", [])):
        read_directory(pack, toml, index, table)
    for index, table in enumerate(top.get("standards", [])):
        read_standards(pack, toml, index, table)
    _classes(pack, toml, top.get("classes", []))
    rules = _rules(pack, toml, top)
    if rules:
        pack.settings["cases"] = rules
    _routing(pack, toml, top.get("routing", []))
    read_peers(pack, toml, top.get("peers", []))


# --- classes -----------------------------------------------------------------------------------------------------


def _classes(pack: Pack, toml: Toml, tables: list[Mapping[str, Any]]) -> None:
    """Classes written out. One that a table brought too is the same class: what is written here is added to it."""
    seen: dict[tuple[str, str, str], int | None] = {}
    for index, table in enumerate(tables):
        found = take(toml, ("classes", index), table, CLASS, pack.faults)
        if not {"code", "name"} <= set(found):
            continue
        line = toml.line("classes", index)
        key = (found.get("scheme", ""), found.get("kind", ""), found["code"])
        if key in seen:
            pack.faults.add(
                "duplicate", toml.file, line=line, what="code", value=found["code"], first=seen[key]
            )
            continue
        seen[key] = line
        data = _said(pack, toml, index, found)
        if data is None:
            continue
        known = pack.class_rows.get(key)
        pack.class_rows[key] = ClassRow(*key, {**(known.data if known else {}), **data})


def _said(pack: Pack, toml: Toml, index: int, found: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a class written out says; None when its limit cannot be counted."""
    data: dict[str, Any] = {"name": found["name"]}
    data |= {kept: found[name] for name, kept in _SAID.items() if name in found}
    if "keywords" in found:
        data["keywords"] = ",".join(found["keywords"])
    amount, unit = found.get("limit"), found.get("limit_unit", "")
    try:
        limit = limit_of(str(amount) if amount is not None else None, unit)
    except LimitError:
        pack.faults.add("bad_limit", toml.file, line=toml.line("classes", index, "limit"), value=f"{amount} {unit}")  # fmt: skip
        return None
    if "limit" in found or "limit_unit" in found:
        data |= {
            "limit_amount": limit.amount if limit else None,
            "limit_unit": limit.unit if limit else "",
        }
    if "questions" in found:
        try:
            data["questions"] = [each.as_data() for each in read_questions(found["questions"])]
        except QuestionError as wrong:
            which = int(wrong.where.partition(".")[0] or 1) - 1
            line = toml.line("classes", index, "questions", which)
            pack.faults.add("bad_questions", toml.file, line=line, name=found["name"], why=str(wrong))
    return data


# --- the campaign's own rules ------------------------------------------------------------------------------------


def _rules(pack: Pack, toml: Toml, top: Mapping[str, Any]) -> dict[str, Any]:
    """What goes to `campaign.settings["cases"]`, as `cases.rules.rulebook` reads it."""
    rules: dict[str, Any] = {}
    stages = {
        kind: stage
        for kind, table in top.get("stages", {}).items()
        if (stage := _stage(pack, toml, kind, table)) is not None
    }
    if stages:
        rules["stages"] = stages
    if "approvals" in top:
        for word in top["approvals"]:
            if word not in ASKED:
                _not_a_choice(pack, toml, ("approvals",), "approvals", word, ASKED)
        rules["approvals"] = [word for word in top["approvals"] if word in ASKED]
    for name, least, most in (
        ("guarantee", 0.01, 1),
        ("reopen_days", 0, 3650),
        ("answer_days", 1, 3650),
    ):
        if name not in top:
            continue
        if not least <= top[name] <= most:
            pack.faults.add("out_of_range", toml.file, line=toml.line(name), key=name, value=top[name], least=least, most=most)  # fmt: skip
        else:
            rules[name] = top[name]
    if "ladder" in top:
        rules["ladder"] = _ladder(pack, toml, top["ladder"])
    return rules


def _stage(pack: Pack, toml: Toml, kind: str, table: Any) -> dict[str, Any] | None:
    if kind not in STAGES or not isinstance(table, Mapping):
        pack.faults.add(
            "unknown_key", toml.file, line=toml.line("stages", kind), key=kind, near=near(kind, STAGES)
        )
        return None
    found = take(toml, ("stages", kind), table, STAGE, pack.faults)
    for name, choices in (("sources", SOURCES), ("evidence", EVIDENCE)):
        for word in found.get(name, ()):
            if word not in choices:
                _not_a_choice(pack, toml, ("stages", kind, name), name, word, choices)
    amount, unit = found.get("limit"), found.get("limit_unit", "")
    try:
        limit_of(str(amount) if amount is not None else None, unit)
    except LimitError:
        pack.faults.add("bad_limit", toml.file, line=toml.line("stages", kind, "limit"), value=f"{amount} {unit}")  # fmt: skip
        return None
    return found


def _not_a_choice(
    pack: Pack, toml: Toml, path: tuple[str, ...], key: str, word: str, choices: tuple[str, ...]
) -> None:
    pack.faults.add(
        "not_a_choice", toml.file, line=toml.line(*path), key=key, value=f"“{word}”", choices=", ".join(choices)
    )  # fmt: skip


def _ladder(pack: Pack, toml: Toml, tables: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rungs upwards: the shares must rise."""
    rungs: list[dict[str, Any]] = []
    for index, table in enumerate(tables):
        found = take(toml, ("ladder", index), table, RUNG, pack.faults)
        if not {"share", "to"} <= set(found):
            continue
        line = toml.line("ladder", index)
        for word in found["to"]:
            if word not in (*TOLD, *ROLES):
                pack.faults.add("not_a_choice", toml.file, line=toml.line("ladder", index, "to"), key="to",
                                value=f"“{word}”", choices=", ".join((*TOLD, *ROLES)))  # fmt: skip
        least = rungs[-1]["share"] if rungs else 0
        if not least < found["share"] <= 10:
            pack.faults.add("out_of_range", toml.file, line=toml.line("ladder", index, "share") or line, key="share",
                            value=found["share"], least=f">{least}", most=10)  # fmt: skip
            continue
        rungs.append(found)
    return rungs


# --- dispatch ----------------------------------------------------------------------------------------------------


def _routing(pack: Pack, toml: Toml, tables: list[Mapping[str, Any]]) -> None:
    """Rules of dispatch, read once against what the pack itself brings, so that a broken one is told with its line."""
    world = _world(pack)
    seen: dict[str, int | None] = {}
    for index, table in enumerate(tables):
        found = take(toml, ("routing", index), table, ROUTE, pack.faults)
        line = toml.line("routing", index)
        if not {"code", "name"} <= set(found):
            continue
        if found["code"] in seen:
            pack.faults.add(
                "duplicate", toml.file, line=line, what="code", value=found["code"], first=seen[found["code"]]
            )
            continue
        seen[found["code"]] = line
        unit = found.get("unit", "")
        if unit and unit_fault(pack, unit, toml.file, line=toml.line("routing", index, "unit")):
            continue
        if unit and unit not in world.units:  # the pack may say a name; rules keep the code
            found["unit"] = next(row.code for row in pack.units if unit in (row.name, row.short_name))
        rule = read_rule(found, world)
        for flaw in rule.flaws:
            why = f"{flaw.code} {flaw.what}".strip()
            pack.faults.add("bad_routing", toml.file, line=line, rule=found["code"], why=why)
        if not rule.flaws:
            pack.routing.append(found)


def _world(pack: Pack) -> World:
    return World(
        units={row.code: Target(row.code, row.name) for row in pack.units},
        classes=frozenset(pack.class_rows),
        majors=frozenset(str(row.data["major_code"]) for row in pack.classes if row.data.get("major_code")),
        zones={row.code: row.areas for row in pack.zones},
        sources=SOURCES,
    )
