"""The map's GeoJSON: areas with their values, tiles where no border is known, open cases as points."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from shapely.geometry import shape

from guatu.figures.reads import RIGHT, values_by_area
from guatu.figures.rules import Value
from guatu.kernel import clock
from guatu.kit.formats import short_moment
from guatu.places.reads import map_answer, map_areas
from guatu.wall import reads
from guatu.wall.layout import Choice
from guatu.wall.panels import Sight, _amount, address, in_english, said

STREET = 9


@dataclass(frozen=True)
class AreaLine:
    """One street of the map, as a row of its list. geometry: its border, or the tile that stands for it."""

    code: str
    name: str
    text: str
    parts: str
    href: str
    number: Decimal | None
    geometry: dict[str, Any]
    tile: bool
    seen: bool  # within what the reader may count; others are drawn for orientation only


def areas(sight: Sight, choice: Choice | None) -> list[AreaLine]:
    """The streets of the district with the value that colours them."""
    meaning = sight.meanings[choice.indicator] if choice else None
    found = values_by_area(sight.scope, sight.campaign, meaning, length=STREET) if meaning else {}
    lines = []
    for area in map_areas(sight.scope, sight.campaign.area[:6]):
        told = area["properties"]
        if told["role"] != "area":
            continue
        code = told["code"]
        seen = sight.scope.allows(RIGHT, area=code) or bool(sight.scope.units(RIGHT))
        value = found.get(code)
        href = ""
        if meaning is not None and seen:
            href = address("desk:figure", meaning.key, campaign=sight.campaign.code, area=code)
        lines.append(
            AreaLine(
                code=code,
                name=told.get("name_en") if in_english() and told.get("name_en") else told["name"],
                text=value.text if value else "—" if seen else "",
                parts=_parts(value, meaning) if value and meaning else "",
                href=href,
                number=value.number if value else None,
                geometry=area["geometry"],
                tile=bool(told.get("tile")),
                seen=seen,
            )
        )
    return lines


def _parts(value: Value, meaning: Any) -> str:
    if meaning.per is None:
        return ""
    return f"{_amount(value, meaning, 'of')} / {_amount(value, meaning, 'per')}"


def collection(sight: Sight, choice: Choice | None) -> dict[str, Any]:
    """A FeatureCollection as `<guatu-map>` reads it (front/src/map/answer.ts)."""
    panel = sight.layout.panel("map")
    every = map_areas(sight.scope, sight.campaign.area[:6])
    features = [area for area in every if area["properties"]["role"] == "outline"]
    lines = areas(sight, choice)
    for line in lines:
        features.append(
            _feature(
                line.geometry,
                {
                    "role": "area",
                    "code": line.code,
                    "name": line.name,
                    "tile": line.tile,
                    "value": None if line.number is None else float(line.number),
                    "text": line.text,
                    "parts": line.parts,
                    "href": line.href,
                },
            )
        )
    if panel is not None and "cases" in panel.points:
        features += _case_marks(sight, lines) + _case_points(sight, lines)
    meaning = sight.meanings[choice.indicator] if choice else None
    return map_answer(
        features,
        label=said(meaning.title) if meaning else "",
        unit=_unit(meaning),
        sense=choice.sense if choice else "plain",
        steps=choice.steps if choice else (),
        attributions=getattr(settings, "GUATU_ATTRIBUTIONS", ()),
    )


def _unit(meaning: Any) -> str:
    if meaning is None:
        return ""
    return "%" if meaning.kind in ("rate", "coverage") else f" {said(meaning.unit)}".rstrip()


def _case_marks(sight: Sight, lines: list[AreaLine]) -> list[dict[str, Any]]:
    """Open cases of areas drawn as tiles: one mark with a count for each tone, inside the tile.

    A tile does not lie where the area lies, so points at their true positions would stand in other areas' tiles.
    """
    tiles = {line.code: line for line in lines if line.tile}
    marks = []
    for code, counts in reads.open_cases_by_street(sight.scope, sight.campaign).items():
        if code not in tiles:
            continue
        shown = [(tone, number) for tone, number in counts if number]
        west, south, east, north = shape(tiles[code].geometry).bounds
        for order, (tone, number) in enumerate(shown):
            x = west + (east - west) * ((order + 0.5) / len(shown) - 0.09)
            address_of = address("desk:cases", campaign=sight.campaign.code, area=code, **_QUERY[tone])
            marks.append(
                _feature(
                    {"type": "Point", "coordinates": [x, south + (north - south) * 0.2]},
                    {
                        "role": "point",
                        "code": code,
                        "name": tiles[code].name,
                        "tone": tone,
                        "count": number,
                        "href": address_of,
                        "lines": [ngettext("未结案件 %(n)s 件", "未结案件 %(n)s 件", number) % {"n": number}],
                    },
                )
            )
    return marks


_QUERY: dict[str, dict[str, str]] = {"late": {"view": "late"}, "soon": {"view": "today"}, "going": {}}


def _case_points(sight: Sight, lines: list[AreaLine]) -> list[dict[str, Any]]:
    """Open cases at their positions, where the areas around them are drawn as they lie."""
    if all(line.tile for line in lines):
        return []
    tiles = {line.code for line in lines if line.tile}
    now = clock.now()
    language = "en" if in_english() else "zh"
    found = []
    for case in reads.case_points(sight.scope, sight.campaign):
        if case.area[:STREET] in tiles:
            continue
        near = case.due_at is not None and 0 <= (case.due_at - now).total_seconds() < 86400
        due = short_moment(clock.local(case.due_at), now.date(), language) if case.due_at else ""
        said_lines = [case.number, case.unit, _("期限 %(when)s") % {"when": due} if due else ""]
        found.append(
            _feature(
                {"type": "Point", "coordinates": [case.lon, case.lat]},
                {
                    "role": "point",
                    "name": case.title,
                    "tone": "late" if case.late else "soon" if near else "going",
                    "href": address("desk:case", case.id),
                    "lines": [line for line in said_lines if line],
                },
            )
        )
    return found


def _feature(geometry: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
