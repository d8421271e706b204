"""The map's GeoJSON: areas with their values, tiles where no border is known, open cases as points."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from shapely.geometry import shape

from guatu.cases.rules import OPEN
from guatu.figures.reads import RIGHT, values_by_area
from guatu.figures.rules import Value
from guatu.kernel import clock
from guatu.kernel.access import within
from guatu.kit.formats import short_moment
from guatu.places.reads import counts_by_area, map_answer, map_areas, point_shape, visible_places
from guatu.wall import reads
from guatu.wall.layout import Choice
from guatu.wall.sight import Sight, address, amount_of, in_english, said

STREET = 9
_MOST_PLACES = 400


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
    return f"{amount_of(value, meaning, 'of')} / {amount_of(value, meaning, 'per')}"


def collection(sight: Sight, choice: Choice | None) -> dict[str, Any]:
    """A FeatureCollection as `<guatu-map>` reads it (front/src/map/answer.ts)."""
    panel = sight.layout.panel("map")
    every = map_areas(sight.scope, sight.campaign.area[:6])
    features = [area for area in every if area["properties"]["role"] == "outline"]
    lines = areas(sight, choice)
    for line in lines:
        told = {
            "role": "area",
            "code": line.code,
            "name": line.name,
            "tile": line.tile,
            "value": None if line.number is None else float(line.number),
            "text": line.text,
            "parts": line.parts,
            "href": line.href,
        }
        features.append({"type": "Feature", "geometry": line.geometry, "properties": told})
    points = panel.points if panel is not None else ()
    features += _marks(sight, lines, points)
    features += _case_points(sight, lines) if "cases" in points else []
    features += _place_points(sight, lines) if "places" in points else []
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


def _marks(sight: Sight, lines: list[AreaLine], points: tuple[str, ...]) -> list[dict[str, Any]]:
    """What lies in an area drawn as a tile: one mark with a count for late cases, open cases and places.

    A tile does not lie where the area lies, so points at their true positions would stand in other areas' tiles.
    """
    cases = reads.open_cases_by_street(sight.scope, sight.campaign) if "cases" in points else {}
    places = counts_by_area(sight.scope, sight.campaign.area[:6], STREET) if "places" in points else {}
    marks = []
    for line in lines:
        if not line.tile or not line.seen:
            continue
        late, open_ones = cases.get(line.code, (0, 0))
        counted = {"late": late, "going": open_ones, "place": places.get(line.code, 0)}
        shown = [(tone, number) for tone, number in counted.items() if number]
        west, south, east, north = shape(line.geometry).bounds
        for order, (tone, number) in enumerate(shown):
            x = west + (east - west) * ((order + 0.5) / len(shown) - 0.09)
            told = {
                "role": "point",
                "code": line.code,
                "name": line.name,
                "tone": tone,
                "count": number,
                "href": _list_of(sight, line.code, tone),
                "lines": [_told(tone, number)],
            }
            marks.append(_feature([x, south + (north - south) * 0.2], told))
    return marks


def _told(tone: str, number: int) -> str:
    sentence = {
        "late": ngettext("逾期案件 %(n)s 件", "逾期案件 %(n)s 件", number),
        "going": ngettext("未结案件 %(n)s 件", "未结案件 %(n)s 件", number),
        "place": ngettext("重点地点 %(n)s 处", "重点地点 %(n)s 处", number),
    }[tone]
    return sentence % {"n": number}


def _list_of(sight: Sight, area: str, tone: str) -> str:
    """The list that holds exactly the things a mark counts."""
    code = sight.campaign.code
    if tone == "place":
        return address("desk:places", campaign=code, area=area)
    query: dict[str, Any] = {"view": "late"} if tone == "late" else {"status": list(OPEN)}
    return address("desk:cases", campaign=code, area=area, **query)


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
        lines_of = [case.number, case.unit, _("期限 %(when)s") % {"when": due} if due else ""]
        told = {
            "role": "point",
            "name": case.title,
            "tone": "late" if case.late else "soon" if near else "going",
            "href": address("desk:case", case.id),
            "lines": [line for line in lines_of if line],
        }
        found.append(_feature([case.lon, case.lat], told))
    return found


def _place_points(sight: Sight, lines: list[AreaLine]) -> list[dict[str, Any]]:
    """Places at their positions, likewise."""
    if all(line.tile for line in lines):
        return []
    tiles = {line.code for line in lines if line.tile}
    rows = visible_places(sight.scope).filter(within("area", sight.campaign.area), withdrawn=False)
    found = []
    for place in rows.order_by("area", "name")[:_MOST_PLACES]:
        told = point_shape(place, href=address("desk:place", place.id), tone="place", lines=[place.address])
        if told is not None and place.area[:STREET] not in tiles:
            found.append(told)
    return found


def _feature(at: list[float], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties}
