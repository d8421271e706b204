"""Tables from files: xlsx, csv, GeoJSON, GeoPackage and Shapefile, with limits checked before anything is parsed.

This room is read by acts and importers alike; it touches no row, therefore it is neither acts nor reads.
"""

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from guatu.files import problems as problems
from guatu.files.rules import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    MOST_UNPACKED,
    as_text,
    heading_line,
    unique_headings,
)
from guatu.kernel.problems import Problem

_LOOKED_AT = 15  # lines in which headings are looked for
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']\s*([A-Za-z]{1,4})([0-9]{1,9})""")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Row:
    """One line of the table: its number as Excel shows it (for GeoJSON the number of the feature), its cells."""

    line: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """Headings and rows; `sheet` is the sheet read, `sheets` all that the file has; `heading_line` counts from 1."""

    headings: list[str]
    rows: list[Row]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    heading_line: int = 1


def read_table(
    content: bytes, name: str, *, names: Sequence[str] = (), sheet: str = "", heading: int | None = None
) -> Table:
    """The table in a file. names: headings that would be recognised (finds the heading line).

    Raises `import.unreadable`, `import.too_many`, `file.empty`, `kernel.too_large`.
    """
    if len(content) > MOST_BYTES:
        size, limit = f"{len(content):,} B", f"{MOST_BYTES:,} B"
        raise Problem("kernel.too_large", what=name, size=size, limit=limit)
    if not content.strip():
        raise Problem("file.empty", name=name)
    found = _from_layers(content, name, sheet)
    if found is not None:
        return found
    if content[:4] == b"PK\x03\x04":
        return _from_xlsx(content, name, names, sheet, heading)
    if content[:8] == _OLD_OFFICE:
        raise _unreadable(name, _("这是旧版 .xls 格式"))
    text = _decoded(content, name)
    if text.lstrip()[:1] in ("{", "["):
        return _from_geojson(text, name)
    return _from_csv(text, name, names, heading)


def _from_layers(content: bytes, name: str, sheet: str) -> Table | None:
    """The table of a GeoPackage or a zipped Shapefile; None for anything else."""
    from guatu.files import layers  # the reader of layers stands on this module's Table

    if content[:16] == layers.SQLITE:
        return layers.from_geopackage(content, name, sheet)
    if content[:4] == b"PK\x03\x04" and layers.is_shapefile(content):
        return layers.from_shapefile(content, name, sheet)
    return None


def _unreadable(name: str, why: str) -> Problem:
    return Problem("import.unreadable", name=name, why=why)


def _too_many(name: str, count: str, limit: str) -> Problem:
    return Problem("import.too_many", name=name, count=count, limit=limit)


def _laid_out(
    lines: list[Sequence[Any]], name: str, names: Sequence[str], heading: int | None, first: int = 1
) -> tuple[list[str], list[Row], int]:
    """Headings, rows that hold anything, and the heading line. first: the number of the first line."""
    index = heading - first if heading is not None else heading_line(lines[:_LOOKED_AT], names)
    if index < 0 or index >= len(lines):
        raise _unreadable(name, _("没有找到标题行"))
    widest = max((i for i, cell in enumerate(lines[index]) if as_text(cell)), default=-1)
    body = lines[index + 1 :]
    for line in body:
        widest = max(widest, max((i for i, cell in enumerate(line) if as_text(cell)), default=-1))
    if widest + 1 > MOST_COLUMNS:
        raise _too_many(
            name, _("{count} 列").format(count=widest + 1), _("{count} 列").format(count=MOST_COLUMNS)
        )
    padded = [*lines[index], *[""] * (widest + 1)][: widest + 1]
    rows = [
        Row(first + index + 1 + offset, tuple([*line, *[""] * (widest + 1)][: widest + 1]))
        for offset, line in enumerate(body)
        if any(as_text(cell) for cell in line)
    ]
    if len(rows) > MOST_ROWS:
        raise _too_many(
            name, _("{count} 行").format(count=len(rows)), _("{count} 行").format(count=MOST_ROWS)
        )
    return unique_headings(padded), rows, first + index


# ------------------------------------------------------------------------------------------------ Excel


def _from_xlsx(content: bytes, name: str, names: Sequence[str], sheet: str, heading: int | None) -> Table:
    _check_archive(content, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = tuple(book.sheet_names)
        chosen = sheet if sheet in sheets else _first_filled(book, sheets)
        found = book.get_sheet_by_name(chosen)
        start = (found.start or (0, 0))[0]
        lines: list[Sequence[Any]] = list(found.to_python(skip_empty_area=False))
    except (CalamineError, ValueError, IndexError, KeyError, OSError) as wrong:
        raise _unreadable(name, str(wrong)[:120] or _("不是有效的 Excel 文件")) from wrong
    if not any(as_text(cell) for line in lines[start:] for cell in line):
        raise _unreadable(name, _("工作表“{sheet}”是空的").format(sheet=chosen))
    headings, rows, line = _laid_out(lines, name, names, heading)
    return Table(headings, rows, chosen, sheets, line)


def _first_filled(book: Any, sheets: Sequence[str]) -> str:
    for name in sheets:
        if book.get_sheet_by_name(name).height:
            return name
    raise ValueError(_("没有任何工作表"))


def _check_archive(content: bytes, name: str) -> None:
    """Refuse what would grow beyond measure: many parts, huge parts, a far-away cell that makes a sheet endless."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as wrong:
        raise _unreadable(name, _("压缩结构损坏")) from wrong
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _unreadable(name, _("不是 .xlsx 工作簿"))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_many(name, _("解压后过大的内容"), f"{MOST_UNPACKED:,} B")
    left = MOST_UNPACKED
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            left = _check_part(archive, part, name, left)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, left: int) -> int:
    """Unpack one part piece by piece, never trusting its stated size; sheets also show how far their cells lie."""
    is_sheet = part.filename.startswith("xl/worksheets/")
    rows = columns = 0
    tail = b""
    try:
        with archive.open(part) as source:
            while piece := source.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    raise _too_many(name, _("解压后过大的内容"), f"{MOST_UNPACKED:,} B")
                if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or b"\x00" in piece:
                    raise _unreadable(name, _("工作簿里有不允许的 XML 声明"))
                if is_sheet:
                    for letters, number in _CELL.findall(tail + piece):
                        columns = max(columns, _column(letters))
                        rows = max(rows, int(number))
                    tail = piece[-300:]
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError) as wrong:
        raise _unreadable(name, _("压缩结构损坏")) from wrong
    if rows * columns > MOST_CELLS:
        raise _too_many(name, _("{count} 个单元格").format(count=rows * columns), f"{MOST_CELLS:,}")
    return left


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# -------------------------------------------------------------------------------------------------- CSV


def _decoded(content: bytes, name: str) -> str:
    """Text in UTF-8 (with or without mark), UTF-16 with mark, or GB 18030, which is what Excel in China writes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise _unreadable(name, _("不是文本，或者文字编码认不出来"))


def _delimiter(text: str) -> str:
    """The separator that splits the first lines most evenly; a comma when nothing speaks for another."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    scores = {sign: sum(line.count(sign) for line in lines) for sign in (",", "\t", ";", "|")}
    best = max(scores, key=lambda sign: scores[sign])
    return best if scores[best] else ","


def _from_csv(text: str, name: str, names: Sequence[str], heading: int | None) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    lines: list[Sequence[Any]] = []
    numbers: list[int] = []
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            lines.append(row)
            numbers.append(reader.line_num)
            if cells > MOST_CELLS or len(lines) > MOST_ROWS + _LOOKED_AT:
                raise _too_many(name, _("超过 {count} 行").format(count=MOST_ROWS), f"{MOST_ROWS:,}")
    except csv.Error as wrong:
        raise _unreadable(name, str(wrong)[:120]) from wrong
    headings, rows, line = _laid_out(lines, name, names, heading)
    # a quoted cell may hold line breaks: the number a text editor shows is that of the row's last line
    rows = [Row(numbers[row.line - 1], row.cells) for row in rows]
    return Table(headings, rows, heading_line=line)


# ---------------------------------------------------------------------------------------------- GeoJSON


def _from_geojson(text: str, name: str) -> Table:
    """Properties become columns, a point becomes `lon` and `lat`, any other shape a `geometry` column (GeoJSON text)."""
    try:
        document = json.loads(text, parse_constant=_no_constant)
        features = list(_features(document))
    except (ValueError, RecursionError, AttributeError, TypeError) as wrong:
        raise _unreadable(name, _("不是有效的 GeoJSON")) from wrong
    if not features:
        raise _unreadable(name, _("GeoJSON 里没有要素"))
    if len(features) > MOST_ROWS:
        raise _too_many(name, _("{count} 行").format(count=len(features)), f"{MOST_ROWS:,}")
    keys: dict[str, None] = {}
    for feature in features:
        keys.update(dict.fromkeys(map(str, feature.get("properties") or {})))
    own = [key for key in keys if key not in ("lon", "lat", "geometry")]
    if len(own) + 3 > MOST_COLUMNS:
        raise _too_many(name, _("{count} 列").format(count=len(own) + 3), f"{MOST_COLUMNS}")
    rows = []
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") or {}
        rows.append(
            Row(number, (*[_flat(properties.get(key)) for key in own], *_located(feature.get("geometry"))))
        )
    return Table([*own, "lon", "lat", "geometry"], rows)


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _features(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        for feature in document["features"]:
            if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
                raise ValueError("feature")
            yield feature
    elif isinstance(document, dict) and document.get("type") == "Feature":
        yield document
    else:
        raise ValueError("type")


def _flat(value: Any) -> Any:
    return (
        json.dumps(value, ensure_ascii=False)
        if isinstance(value, (dict, list))
        else ""
        if value is None
        else value
    )


def _located(geometry: Any) -> tuple[Any, Any, str]:
    if not isinstance(geometry, dict):
        return "", "", ""
    if geometry.get("type") == "Point":
        x, y = geometry["coordinates"][:2]
        return x, y, ""
    x, y = _centre(geometry)
    return x, y, json.dumps(geometry, ensure_ascii=False)


def _centre(geometry: dict[str, Any]) -> tuple[Any, Any]:
    """Where an outline is: its centroid; blank when it is none."""
    import shapely  # only outlines need it

    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.GEOSException:
        return "", ""
    if shapely.is_empty(shape):
        return "", ""
    x, y = shapely.get_coordinates(shapely.centroid(shape), include_z=False)[0]
    return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else ("", "")
