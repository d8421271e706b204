"""pack.toml: what the pack is called, the campaign, its phases, the areas it loads."""

import re
from collections.abc import Mapping
from typing import Any

from guatu.packs.pack import Pack, PhaseRow, ZoneRow
from guatu.packs.toml import Key, Toml, read_toml, take, two

FILE = "pack.toml"
SECTIONS = (
    Key("pack", "table", required=True, example="[pack]"),
    Key("campaign", "table", example="[campaign]"),
    Key("phases", "tables"),
    Key("areas", "table"),
    Key("zones", "tables"),
    Key("tasks", "table"),
    Key("settings", "table"),
)
PACK = (
    Key("name", required=True, example='name = "jiading-2021"'),
    Key("title", "two", required=True, example='title = { zh = "…", en = "…" }'),
    Key("about", "two"),
    Key("seed"),
    Key("as_of", "moment"),
    Key("licence"),
    Key("library", "yes"),
)
CAMPAIGN = (
    Key("code", required=True, example='code = "jiading-2021"'),
    Key("name", required=True, example='name = "第四届进博会保障"'),
    Key("name_en"),
    Key("area", required=True, example='area = "310114"'),
    Key("opens_on", "day", required=True, example="opens_on = 2021-11-05"),
    Key("closes_on", "day", required=True, example="closes_on = 2021-11-10"),
)
PHASE = (
    Key("code", required=True, example='code = "prepare"'),
    Key("name", required=True, example='name = "部署"'),
    Key("starts_on", "day", required=True, example="starts_on = 2021-03-01"),
    Key("ends_on", "day", required=True, example="ends_on = 2021-04-15"),
    Key("guarantee", "yes"),
)
AREAS = (Key("load", "list"),)
ZONE = (Key("code", required=True), Key("name", required=True), Key("areas", "list", required=True))
TASKS = (Key("evidence", "table"),)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,58}")
_AREA = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12,20}")


def is_area(code: str) -> bool:
    """Whether a text has the form of an area code."""
    return _AREA.fullmatch(code) is not None


def read_frame(pack: Pack) -> bool:
    """pack.toml into the pack; False when there is nothing to go on with."""
    path = pack.folder / FILE
    if not path.is_file():
        pack.faults.add("no_file", FILE, name=FILE)
        return False
    toml = read_toml(path, FILE, pack.faults)
    if toml is None:
        return False
    sections = take(toml, (), toml.data, SECTIONS, pack.faults)
    _read_head(pack, toml, sections.get("pack", {}))
    if pack.library:
        for section in ("campaign", "phases", "areas", "zones", "tasks"):
            if section in sections:
                pack.faults.add("not_in_library", FILE, line=toml.line(section), name=f"[{section}]")
        return True
    if "campaign" not in toml.data:
        pack.faults.add("missing_key", FILE, key="campaign", example="[campaign]")
    _read_campaign(pack, toml, sections.get("campaign", {}))
    _read_phases(pack, toml, sections.get("phases", []))
    _read_areas(pack, toml, sections)
    _read_settings(pack, toml, sections)
    return bool(pack.campaign.get("code"))


def _read_head(pack: Pack, toml: Toml, table: Mapping[str, Any]) -> None:
    head = take(toml, ("pack",), table, PACK, pack.faults)
    pack.name = _slug(pack, toml, ("pack", "name"), head.get("name", ""))
    pack.title, pack.about = two(head.get("title", "")), two(head.get("about", ""))
    pack.seed = str(head.get("seed", ""))
    pack.as_of = head.get("as_of")
    pack.library = head.get("library", False)


def _slug(pack: Pack, toml: Toml, path: tuple[str, ...], value: str) -> str:
    if value and not _SLUG.fullmatch(value):
        pack.faults.add(
            "wrong_type", FILE, line=toml.line(*path), key=path[-1], wanted_zh="小写字母、数字和连字符",
            wanted="lower-case letters, digits and -", value=value, example="jiading-2021",
        )  # fmt: skip
    return value


def _read_campaign(pack: Pack, toml: Toml, table: Mapping[str, Any]) -> None:
    pack.campaign = take(toml, ("campaign",), table, CAMPAIGN, pack.faults)
    _slug(pack, toml, ("campaign", "code"), pack.campaign.get("code", ""))
    area = pack.campaign.get("area")
    if area is not None and not is_area(area):
        pack.faults.add("bad_area", FILE, line=toml.line("campaign", "area"), value=area)
    first, last = pack.campaign.get("opens_on"), pack.campaign.get("closes_on")
    if first and last and last < first:
        pack.faults.add(
            "wrong_days",
            FILE,
            line=toml.line("campaign", "closes_on"),
            what="campaign",
            first=first,
            last=last,
        )


def _read_phases(pack: Pack, toml: Toml, tables: list[Mapping[str, Any]]) -> None:
    seen: dict[str, int] = {}
    for index, table in enumerate(tables):
        found = take(toml, ("phases", index), table, PHASE, pack.faults)
        if any(key.required and key.name not in found for key in PHASE):
            continue
        row = PhaseRow(
            found["code"], found["name"], found["starts_on"], found["ends_on"], found.get("guarantee", False)
        )
        line = toml.line("phases", index)
        if row.ends_on < row.starts_on:
            pack.faults.add(
                "wrong_days", FILE, line=line, what=row.name, first=row.starts_on, last=row.ends_on
            )
        elif row.code in seen:
            pack.faults.add("duplicate", FILE, line=line, what="code", value=row.code, first=seen[row.code])
        else:
            seen[row.code] = line or 0
            pack.phases.append(row)


def _read_areas(pack: Pack, toml: Toml, sections: Mapping[str, Any]) -> None:
    areas = take(toml, ("areas",), sections.get("areas", {}), AREAS, pack.faults)
    pack.load = tuple(areas.get("load", ()))
    for code in pack.load:
        if not is_area(code):
            pack.faults.add("bad_area", FILE, line=toml.line("areas", "load"), value=code)
    if not pack.load and is_area(pack.area):
        pack.load = (pack.area,)
    for index, table in enumerate(sections.get("zones", [])):
        found = take(toml, ("zones", index), table, ZONE, pack.faults)
        if len(found) == len(ZONE):
            pack.zones.append(ZoneRow(found["code"], found["name"], tuple(found["areas"])))


def _read_settings(pack: Pack, toml: Toml, sections: Mapping[str, Any]) -> None:
    """[settings] goes to the campaign as it is; [tasks] evidence says how many files a category's report needs."""
    pack.settings = dict(sections.get("settings", {}))
    tasks = take(toml, ("tasks",), sections.get("tasks", {}), TASKS, pack.faults)
    if tasks:
        pack.settings["tasks"] = tasks
