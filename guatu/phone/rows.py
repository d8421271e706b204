"""How rows look in a phone: small dicts, no personal values, words in the reader's language."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.utils.translation import get_language

from guatu.kernel import clock
from guatu.places.models import Area
from guatu.places.reads import map_areas, outline_of
from guatu.places.rules import KIND_WORDS
from guatu.units.models import Contract, Person
from guatu.units.reads import my_places
from guatu.units.rules import CONTRACT_KINDS

Row = dict[str, Any]


def english() -> bool:
    return (get_language() or "zh").startswith("en")


def word_of(words: Mapping[str, tuple[str, str]], key: str) -> str:
    """A word of a (zh, en) table; the key itself when the table does not know it."""
    found = words.get(key)
    return key if found is None else found[english()]


def moment(value: dt.datetime | None) -> str:
    return clock.local(value).isoformat(timespec="seconds") if value else ""


def day(value: dt.date | None) -> str:
    return value.isoformat() if value else ""


def areas_called(codes: Iterable[str]) -> dict[str, str]:
    """{code: name}. One query."""
    rows = Area.objects.filter(code__in={code for code in codes if code})
    return {
        code: (name_en if english() and name_en else name)
        for code, name, name_en in rows.values_list("code", "name", "name_en")
    }


def places(person: Person, rows: Sequence[Any]) -> list[Row]:
    """Three queries: names of areas, and which of the places are mine."""
    named = areas_called(row.area for row in rows)
    mine = set(my_places(person).filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    return [
        {
            "id": str(row.id),
            "ver": f"{row.version}.{day(row.surveyed_on)}",
            "name": row.name,
            "number": row.number,
            "kind": row.kind,
            "kind_word": word_of(KIND_WORDS, row.kind),
            "address": row.address,
            "road": row.road,
            "industry": row.industry,
            "risk": row.risk,
            "area": row.area,
            "area_name": named.get(row.area, ""),
            "within": str(row.within_id or ""),
            "lon": row.lon,
            "lat": row.lat,
            "hours": row.opening_hours,
            "surveyed_on": day(row.surveyed_on),
            "shut": row.shut_at is not None,
            "mine": row.id in mine,
        }
        for row in rows
    ]


def contracts(person: Person, rows: Sequence[Contract]) -> list[Row]:
    named = areas_called(row.area for row in rows)
    return [
        {
            "id": str(row.id),
            "ver": str(row.version),
            "kind": row.kind,
            "kind_word": word_of(CONTRACT_KINDS, row.kind),
            "place": str(row.place_id or ""),
            "place_name": row.place.name if row.place is not None else "",
            "area": row.area,
            "area_name": named.get(row.area, ""),
            "from_day": day(row.from_day),
            "to_day": day(row.to_day),
        }
        for row in rows
    ]


def forms(person: Person, rows: Sequence[Any]) -> list[Row]:
    """Where each form's text and the list of its files lie, so that a phone fetches what is new only."""
    found = []
    for row in rows:
        code, version = quote(row.code, safe=""), quote(row.current.version, safe="")
        base = f"/openrosa/{row.campaign.code}/forms/{code}/{version}/"
        found.append(
            {
                "id": str(row.id),
                "ver": f"{row.current.hash}.{row.version}",
                "key": f"{row.campaign.code}/{row.code}",
                "campaign": row.campaign.code,
                "campaign_name": row.campaign.name_en
                if english() and row.campaign.name_en
                else row.campaign.name,
                "code": row.code,
                "name": row.name,
                "version": row.current.version,
                "hash": row.current.hash,
                "xml": f"{base}form.xml",
                "manifest": f"{base}manifest",
            }
        )
    return found


def cases(person: Person, rows: Sequence[Any]) -> list[Row]:
    from guatu.cases.models import SOURCE_WORDS, STATUS_WORDS

    named = areas_called(row.area for row in rows)
    return [
        {
            "id": str(row.id),
            "ver": f"{row.version}.{row.late}",
            "number": row.number,
            "title": row.title,
            "description": row.description[:600],
            "status": row.status,
            "status_word": str(STATUS_WORDS[row.status]),
            "source_word": str(SOURCE_WORDS.get(row.source, row.source)),
            "class_name": row.case_class.name if row.case_class is not None else "",
            "address": row.address,
            "area": row.area,
            "area_name": named.get(row.area, ""),
            "place": str(row.place_id or ""),
            "lon": row.lon,
            "lat": row.lat,
            "due_at": moment(row.due_at),
            "late": row.late,
            "opened_at": moment(row.opened_at),
            "mine": row.taker_id == person.id,
            "taker": row.taker.name if row.taker is not None else "",
            "unit": str(row.unit or ""),
            "campaign": row.campaign.code,
            "version": row.version,
        }
        for row in rows
    ]


def points(person: Person, rows: Sequence[Any]) -> list[Row]:
    return [
        {
            "id": str(row.id),
            "ver": f"{row.version}.{row.place.version}.{moment(row.queue_at)}",
            "number": row.number,
            "name": row.place.name,
            "address": row.place.address,
            "place": str(row.place_id),
            "kind": row.kind,
            "status": row.status,
            "pause_reason": row.pause_reason,
            "hours": row.place.opening_hours,
            "lanes": row.lanes,
            "limit": row.limit,
            "queue": row.queue,
            "queue_at": moment(row.queue_at),
            "served": row.served,
            "served_on": day(row.served_on),
            "stock": row.stock,
            "lon": row.place.lon,
            "lat": row.place.lat,
            "mine": person.unit_id is not None and row.unit_id == person.unit_id,
            "campaign": row.campaign.code,
        }
        for row in rows
    ]


def entries(person: Person, rows: Sequence[Any]) -> list[Row]:
    """Only what is not personal: names and telephones stay on the server, where opening them is written down."""
    named = areas_called(row.area for row in rows)
    return [
        {
            "id": str(row.id),
            "ver": str(row.version),
            "register": row.register.code,
            "register_name": row.register.name_en if english() and row.register.name_en else row.register.name,
            "title": str(row),
            "area": row.area,
            "area_name": named.get(row.area, ""),
            "fields": [
                {"label": column.get("label_en") if english() and column.get("label_en") else column.get("label", key), "value": row.fields[key]}
                for column in row.columns
                if (key := column.get("key", "")) in row.fields and not column.get("personal")
            ],
        }
        for row in rows
    ]  # fmt: skip


def returns(person: Person, rows: Sequence[Any]) -> list[Row]:
    return [
        {
            "id": str(row.id),
            "ver": f"{row.version}",
            "campaign": row.campaign.code,
            "form": row.form.code,
            "form_name": row.form.name,
            "submission": str(row.submission_id),
            "instance": row.instance_id,
            "reason": row.reason,
            "questions": row.questions,
            "returned_at": moment(row.returned_at),
            "due_at": moment(row.due_at),
            "late": row.late,
            "xml": f"/m/returns/{row.id}/instance.xml",
        }
        for row in rows
    ]


def areas(person: Person, codes: Sequence[str]) -> list[Row]:
    """Outlines for the map: the areas one walks, with what lies directly below them. role: own, below; `…tile` for squares
    that stand for areas without a known border (they do not lie where the area lies)."""
    named = areas_called(codes)
    drawn = set(Area.objects.filter(code__in=codes, shape__isnull=False).values_list("code", flat=True))
    found: dict[str, Row] = {}
    for code in codes:
        shape = outline_of(code)
        if shape is not None:
            role = "own" if code in drawn else "own-tile"
            found[code] = _outline(code, named.get(code, code), shape, role)
    for code in codes:
        for feature in map_areas(person.scope, code):
            told = feature["properties"]
            if told["role"] == "area" and told["code"] not in found:
                name = told.get("name_en") if english() and told.get("name_en") else told["name"]
                found[told["code"]] = _outline(
                    told["code"], name, feature["geometry"], "tile" if told.get("tile") else "below"
                )
    return list(found.values())


def _outline(code: str, name: str, shape: Mapping[str, Any], role: str) -> Row:
    import shapely
    from shapely.geometry import mapping
    from shapely.geometry import shape as read

    thin = read(shape).simplify(0.00005, preserve_topology=True)
    thin = shapely.transform(thin, lambda points: points.round(5))
    return {"id": code, "ver": "1", "name": name, "role": role, "shape": mapping(thin)}
