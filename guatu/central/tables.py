"""A form as tables: one row for a submission, one table more for every repeat. Pure: what they are called, which fields
they have, what an answer looks like in OData and in a CSV."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from guatu.fieldwork.rules.sheet import Question, Sheet

ROOT = "Submissions"
_OTHER = re.compile(r"\W")
TYPES = {
    "int": "Edm.Int64", "decimal": "Edm.Decimal", "date": "Edm.Date", "datetime": "Edm.DateTimeOffset",
    "geopoint": "Edm.GeographyPoint", "geotrace": "Edm.GeographyLineString", "geoshape": "Edm.GeographyPolygon",
}  # fmt: skip


def plain_name(name: str) -> str:
    """A name as OData allows it: letters, digits and _, not beginning with a digit."""
    told = _OTHER.sub("_", name)
    return told if told and not told[0].isdigit() else f"_{told}"


@dataclass
class Table:
    """A table. path: of the repeat, "" for the submissions themselves. name: as clients write it."""

    path: str
    name: str
    questions: list[Question] = field(default_factory=list)
    repeats: list["Table"] = field(default_factory=list)
    above: "Table | None" = None

    def steps(self, path: str) -> list[str]:
        """The names of groups and field below this table's own path."""
        return [plain_name(step) for step in path[len(self.path) :].strip("/").split("/")]

    @property
    def parent_key(self) -> str:
        """The column that holds the id of the row around it."""
        return f"__{self.above.name.replace('.', '-')}-id" if self.above is not None else ""


def tables_of(sheets: Iterable[Sheet]) -> list[Table]:
    """The tables of a form over all its versions, the newest first; the submissions' own table stands first."""
    sheets = list(sheets)
    found = {"": Table("", ROOT)}
    repeats = {group.path for sheet in sheets for group in sheet.groups if group.repeats}
    for path in sorted(repeats, key=lambda each: each.count("/")):
        above = next((each for each in _above(path) if each in repeats), "")
        name = f"{ROOT}.{'.'.join(plain_name(step) for step in path.strip('/').split('/'))}"
        found[path] = Table(path, name, above=found[above])
        found[above].repeats.append(found[path])
    seen: set[str] = set()
    for sheet in sheets:
        for question in sheet.questions:
            if question.path not in seen and question.repeat in found:
                seen.add(question.path)
                found[question.repeat].questions.append(question)
    return list(found.values())


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


# ----------------------------------------------------------------------------------------------- answers


def value_of(question: Question, value: Any, *, wkt: bool) -> Any:
    """An answer as OData writes it: numbers as numbers, places as GeoJSON (or WKT), choices as their names."""
    if value in (None, "", []):
        return None
    if question.type == "geopoint":
        return _point_wkt(value) if wkt else _point(value)
    if question.type in ("geotrace", "geoshape"):
        return _line(question.type, value, wkt=wkt)
    if question.type == "decimal":
        return float(value)
    return " ".join(str(each) for each in value) if isinstance(value, list) else value


def _place(point: dict[str, float]) -> list[float]:
    found = [point["lon"], point["lat"]]
    return [*found, point["alt"]] if "alt" in point else found


def _point(value: dict[str, float]) -> dict[str, Any]:
    accuracy = {"accuracy": value["acc"]} if "acc" in value else {}
    return {"type": "Point", "coordinates": _place(value), "properties": accuracy}


def _point_wkt(value: dict[str, float]) -> str:
    return f"POINT ({' '.join(format(each, 'g') if each == int(each) else repr(each) for each in _place(value))})"


def _line(kind: str, points: list[dict[str, float]], *, wkt: bool) -> Any:
    places = [_place(point) for point in points]
    if wkt:
        words = ", ".join(" ".join(repr(each) for each in place) for place in places)
        return f"LINESTRING ({words})" if kind == "geotrace" else f"POLYGON (({words}))"
    properties = {"accuracies": [point.get("acc") for point in points]}
    if kind == "geotrace":
        return {"type": "LineString", "coordinates": places, "properties": properties}
    return {"type": "Polygon", "coordinates": [places], "properties": properties}


def row_id(instance_id: str, path: str, number: int) -> str:
    """The id of a repeat's row: the same for the same submission, repeat and position, whenever it is asked."""
    return hashlib.sha256(f"{instance_id}\0{path}\0{number}".encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Row:
    """One row of a table: its id, the id of the row around it, its answers."""

    id: str
    above: str
    answers: dict[str, Any]


def rows_in(table: Table, instance_id: str, answers: dict[str, Any]) -> list[Row]:
    """The rows that one submission has in a table, in the form's order."""
    if table.above is None:
        return [Row(instance_id, "", answers)]
    return [
        Row(row_id(above.id, table.path, number), above.id, entry)
        for above in rows_in(table.above, instance_id, answers)
        for number, entry in enumerate(_entries(above.answers, table.path), 1)
    ]


def _entries(answers: dict[str, Any], path: str) -> list[dict[str, Any]]:
    found = answers.get(path)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def fields_of(table: Table, row: Row, *, wkt: bool, expand: bool, navigation: str) -> dict[str, Any]:
    """The answers of one row, groups as objects inside; repeats inline (expand) or as links to their table."""
    found: dict[str, Any] = {}
    for question in table.questions:
        into = _group(found, table.steps(question.path))
        into[plain_name(question.name)] = value_of(question, row.answers.get(question.path), wkt=wkt)
    for inner in table.repeats:
        steps = table.steps(inner.path)
        into = _group(found, steps)
        if expand:
            into[steps[-1]] = [
                {"__id": each.id, **fields_of(inner, each, wkt=wkt, expand=True, navigation="")}
                for each in _rows_below(inner, row)
            ]
        else:
            into[f"{steps[-1]}@odata.navigationLink"] = f"{navigation}/{'/'.join(steps)}"
    return found


def _rows_below(table: Table, above: Row) -> list[Row]:
    return [
        Row(row_id(above.id, table.path, number), above.id, entry)
        for number, entry in enumerate(_entries(above.answers, table.path), 1)
    ]


def _group(found: dict[str, Any], steps: list[str]) -> dict[str, Any]:
    """The object in which the last step stands."""
    into = found
    for step in steps[:-1]:
        kept = into.setdefault(step, {})
        into = kept if isinstance(kept, dict) else into
    return into


def select(row: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """Only what was asked for; a group brings everything in it."""
    found: dict[str, Any] = {}
    for path in paths:
        steps, source, into = path.split("/"), row, found
        for step in steps[:-1]:
            source, into = source.get(step) or {}, into.setdefault(step, {})
        if steps[-1] in source:
            into[steps[-1]] = source[steps[-1]]
    return found


# ---------------------------------------------------------------------------------------------------- CSV


def headings(table: Table) -> list[str]:
    """The columns of a table's answers as Central's CSV names them: groups joined by `-`, a point in four columns."""
    found: list[str] = []
    for question in table.questions:
        name = "-".join(question.path[len(table.path) :].strip("/").split("/"))
        if question.type == "geopoint":
            found += [f"{name}-{part}" for part in ("Latitude", "Longitude", "Altitude", "Accuracy")]
        else:
            found.append(name)
    return found


def cells(table: Table, row: Row) -> list[Any]:
    """The answers of a row under `headings`."""
    found: list[Any] = []
    for question in table.questions:
        value = row.answers.get(question.path)
        if question.type == "geopoint":
            point = value if isinstance(value, dict) else {}
            found += [point.get(part) for part in ("lat", "lon", "alt", "acc")]
        else:
            found.append(value_of(question, value, wkt=True))
    return found
