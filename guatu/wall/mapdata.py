"""The map's GeoJSON: areas with their values, tiles where no border is known, open cases as points."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from guatu.figures.reads import values_by_area
from guatu.figures.rules import Value
from guatu.kernel import clock
from guatu.kit.formats import short_moment
from guatu.wall import reads
from guatu.wall.layout import Choice
from guatu.wall.panels import Sight, _amount, address, in_english, said

STREET = 9


@dataclass(frozen=True)
class AreaLine:
    """One street of the map, as a row of its list."""

    code: str
    name: str
    text: str
    parts: str
    href: str
    number: Decimal | None
    area: reads.MapArea


def areas(sight: Sight, choice: Choice | None) -> list[AreaLine]:
    """The streets this reader may see, with the value that colours them."""
    drawn = [area for area in reads.map_areas(sight.scope, sight.campaign.area[:6]) if area.role == "area"]
    meaning = sight.meanings[choice.indicator] if choice else None
    found = values_by_area(sight.scope, sight.campaign, meaning, length=STREET) if meaning else {}
    lines = []
    for area in drawn:
        value = found.get(area.code)
        href = ""
        if meaning is not None:
            href = address("desk:figure", meaning.key, campaign=sight.campaign.code, area=area.code)
        lines.append(
            AreaLine(
                code=area.code,
                name=area.name_en if in_english() and area.name_en else area.name,
                text=value.text if value else "—",
                parts=_parts(value, meaning) if value and meaning else "",
                href=href,
                number=value.number if value else None,
                area=area,
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
    every = reads.map_areas(sight.scope, sight.campaign.area[:6])
    features = [
        _feature(area.geometry, {"role": "outline", "code": area.code, "name": area.name})
        for area in every
        if area.role == "outline"
    ]
    for line in areas(sight, choice):
        features.append(
            _feature(
                line.area.geometry,
                {
                    "role": "area",
                    "code": line.code,
                    "name": line.name,
                    "tile": line.area.tile,
                    "value": None if line.number is None else float(line.number),
                    "text": line.text,
                    "parts": line.parts,
                    "href": line.href,
                },
            )
        )
    if panel is not None and "cases" in panel.points:
        features += _cases(sight)
    sources = [area.source for area in every if area.source]
    meaning = sight.meanings[choice.indicator] if choice else None
    return {
        "type": "FeatureCollection",
        "features": features,
        "guatu": {
            "label": said(meaning.title) if meaning else "",
            "unit": _unit(meaning),
            "sense": choice.sense if choice else "plain",
            "steps": list(choice.steps) if choice else [],
            "attributions": list(dict.fromkeys([*sources, *getattr(settings, "GUATU_ATTRIBUTIONS", ())])),
            "as_of": clock.now().isoformat(timespec="seconds"),
        },
    }


def _unit(meaning: Any) -> str:
    if meaning is None:
        return ""
    return "%" if meaning.kind in ("rate", "coverage") else f" {said(meaning.unit)}".rstrip()


def _cases(sight: Sight) -> list[dict[str, Any]]:
    now = clock.now()
    found = []
    for case in reads.case_points(sight.scope, sight.campaign):
        near = case.due_at is not None and 0 <= (case.due_at - now).total_seconds() < 86400
        language = "en" if in_english() else "zh"
        due = short_moment(clock.local(case.due_at), now.date(), language) if case.due_at else ""
        lines = [case.number, case.unit, _("期限 %(when)s") % {"when": due} if due else ""]
        found.append(
            _feature(
                {"type": "Point", "coordinates": [case.lon, case.lat]},
                {
                    "role": "point",
                    "name": case.title,
                    "tone": "late" if case.late else "soon" if near else "going",
                    "href": address("desk:case", case.id),
                    "lines": [line for line in lines if line],
                },
            )
        )
    return found


def _feature(geometry: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
