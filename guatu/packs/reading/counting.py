"""What is counted and shown: indicators, the wall, the brief's templates."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from guatu.briefs.document import slots_of
from guatu.briefs.rules import KINDS, TemplateError, read_dress
from guatu.figures import sets
from guatu.figures.rules import Definition, DefinitionError, Part, read_definition
from guatu.packs.faults import near
from guatu.packs.pack import Pack, TemplateRow
from guatu.packs.toml import Key, Toml, read_toml, take

# Kinds of facts the nouns state by themselves; forms add those their settings name.
BUILT_IN = (
    "task",
    "case",
    "case_stage",
    "case_event",
    "case_request",
    "case_feedback",
    "case_uncounted",
    "activity",
    "submission",
    "entry",
    "place",
    "body",
    "member_unit",
    "campaign",
    "contract",
    "visit",
    "inspector",
    "order",
    "norm",
    "norm_industry",
)
TEMPLATE = (
    Key("code", required=True, example='code = "fifty-days"'), Key("name", required=True, example='name = "倒计时简报"'),
    Key("kind", required=True, choices=tuple(KINDS)), Key("file", required=True, example='file = "fifty-days.docx"'),
    Key("masthead"), Key("office"), Key("title"), Key("report_to", "list"), Key("send_to", "list"), Key("copies", "whole"),
)  # fmt: skip


def read_indicators(pack: Pack) -> None:
    path = pack.folder / "indicators.toml"
    toml = read_toml(path, path.name, pack.faults) if path.is_file() else None
    if toml is None:
        return
    top = take(toml, (), toml.data, (Key("include", "list"), Key("indicators", "tables")), pack.faults)
    pack.indicators += _included(pack, toml, top.get("include", []))
    tables = top.get("indicators", [])
    seen: dict[str, int | None] = {}
    for index, table in enumerate(tables):
        key, line = str(table.get("key", "?")), toml.line("indicators", index)
        if key in seen:
            pack.faults.add("duplicate", toml.file, line=line, what="key", value=key, first=seen[key])
            continue
        seen[key] = line
        try:
            meaning = read_definition(table)
        except (DefinitionError, ValueError, TypeError, AttributeError) as wrong:
            pack.faults.add("bad_indicator", toml.file, line=line, key=key, why=str(wrong))
            continue
        for name, part in meaning.parts.items():
            _check_part(pack, toml, index, meaning, name, part)
        pack.indicators.append(dict(table))


def _included(pack: Pack, toml: Toml, names: Iterable[str]) -> list[dict[str, Any]]:
    """The indicators of the shipped sets a pack includes; its own of the same key come later and hold instead."""
    found: list[dict[str, Any]] = []
    own = {str(table.get("key")) for table in toml.data.get("indicators", []) if isinstance(table, Mapping)}
    for name in names:
        if name not in sets.SETS:
            pack.faults.add("not_a_choice", toml.file, line=toml.line("include"), key="include", value=name,
                            choices=", ".join(sets.SETS))  # fmt: skip
            continue
        found += [table for table in sets.tables(name) if table["key"] not in own]
    return found


def _check_part(pack: Pack, toml: Toml, index: int, meaning: Definition, name: str, part: Part) -> None:
    """A piece must count something that exists, or it would be nought for ever without anybody noticing."""
    line = toml.line("indicators", index, name)
    kinds = [*BUILT_IN, *(form.kind for form in pack.forms)]
    if part.kind not in kinds:
        pack.faults.add(
            "indicator_of_nothing",
            toml.file,
            line=line,
            key=meaning.key,
            kind=part.kind,
            near=near(part.kind, kinds),
        )
        return
    forms = [form for form in pack.forms if form.kind == part.kind]
    known = (
        [row.code for row in pack.registers] if part.kind == "entry" else [form.category for form in forms]
    )
    if part.kind == "entry" or (forms and part.kind not in ("activity", "case", "task", "place")):
        for category in part.categories:
            if category not in known:
                what = "register" if part.kind == "entry" else "form"
                pack.faults.add("indicator_category", toml.file, line=line, key=meaning.key, value=category, what=what,
                                near=near(category, known))  # fmt: skip
        chosen = [form for form in forms if not part.categories or form.category in part.categories]
        if part.measure and chosen and not any(part.measure in form.measures for form in chosen):
            measures = [measure for form in chosen for measure in form.measures]
            pack.faults.add("indicator_measure", toml.file, line=line, key=meaning.key, value=part.measure,
                            form=chosen[0].code, near=near(part.measure, measures))  # fmt: skip


def read_wall(pack: Pack) -> None:
    path = pack.folder / "wall.toml"
    toml = read_toml(path, path.name, pack.faults) if path.is_file() else None
    if toml is None:
        return
    try:
        import_string(settings.GUATU_WALL_LAYOUT)(toml.data)
    except ValueError as wrong:
        pack.faults.add("bad_wall", toml.file, why=str(wrong))
        return
    known = [str(indicator["key"]) for indicator in pack.indicators]
    for index, panel in enumerate(toml.data.get("panels", ())):
        keys = [
            *panel.get("indicators", ()),
            *(choice.get("indicator") for choice in panel.get("choices", ())),
        ]
        for key in keys:
            if key not in known:
                pack.faults.add("unknown_indicator", toml.file, line=toml.line("panels", index), what=path.name,
                                value=key, near=near(str(key), known))  # fmt: skip
    pack.wall = dict(toml.data)


def read_briefs(pack: Pack) -> None:
    path = pack.folder / "brief" / "brief.toml"
    file = "brief/brief.toml"
    toml = read_toml(path, file, pack.faults) if path.is_file() else None
    if toml is None:
        return
    tables = take(toml, (), toml.data, (Key("templates", "tables"),), pack.faults).get("templates", [])
    for index, table in enumerate(tables):
        found = take(toml, ("templates", index), table, TEMPLATE, pack.faults)
        if any(key.required and key.name not in found for key in TEMPLATE):
            continue
        row = _template(pack, toml, index, found)
        if row is not None:
            pack.templates.append(row)


def _template(pack: Pack, toml: Toml, index: int, found: Mapping[str, Any]) -> TemplateRow | None:
    path = pack.folder / "brief" / found["file"]
    if path.parent != pack.folder / "brief" or not path.is_file():
        pack.faults.add(
            "no_file", toml.file, line=toml.line("templates", index, "file"), name=f"brief/{found['file']}"
        )
        return None
    dress = {name: value for name, value in found.items() if name not in ("code", "name", "kind", "file")}
    try:
        read_dress(dress)
        slots = slots_of(path.read_bytes())
    except TemplateError as wrong:
        pack.faults.add(
            "bad_brief", toml.file, line=toml.line("templates", index), value=found["name"], why=str(wrong)
        )
        return None
    known = [str(indicator["key"]) for indicator in pack.indicators]
    for key in slots:
        if key not in known:
            pack.faults.add(
                "unknown_indicator",
                f"brief/{path.name}",
                what=found["name"],
                value=key,
                near=near(key, known),
            )
    return TemplateRow(found["code"], found["name"], found["kind"], path, dress)
