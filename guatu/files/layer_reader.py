"""Reads one layer of a GeoPackage or Shapefile and writes it as JSON. Runs in a process of its own (files.layers): bytes from
outside reach GDAL here and nowhere else, under limits of time and memory, with every other driver of GDAL switched off.

    python -I layer_reader.py <path> <driver> <layer> <encoding> <most rows>

Answers {"headings", "rows": [[cells…, x, y, system, geometry]…], "layer", "layers"} or {"error": word, "count": n}. Coordinates
of systems this house converts itself stay as they were given, with their system's name; others are converted here.
"""

import json
import math
import sys
from typing import Any

DRIVERS = ("GPKG", "ESRI Shapefile")
_RAW = "ISO-8859-1"  # every byte is a character: the right encoding is applied afterwards, cell by cell


def main(path: str, driver: str, wanted: str, encoding: str, most: int) -> dict[str, Any]:
    """Everything about one layer, or the word for what is wrong."""
    import pyogrio

    others = set(pyogrio.list_drivers()) - set(DRIVERS)
    if others:
        return {"error": "drivers"}
    names = [str(name) for name, _kind in pyogrio.list_layers(path)]
    if not names:
        return {"error": "empty"}
    layer = wanted if wanted in names else names[0]
    shape = driver == "ESRI Shapefile"
    info = pyogrio.read_info(path, layer=layer, encoding=_RAW if shape else None, force_feature_count=True)
    if info["driver"] != driver:
        return {"error": "drivers"}
    if info["features"] > most:
        return {"error": "rows", "count": int(info["features"])}
    return {"layer": layer, "layers": names, **_content(path, layer, encoding if shape else "")}


def _content(path: str, layer: str, encoding: str) -> dict[str, Any]:
    import pyogrio.raw
    import shapely

    meta, _fids, geometry, fields = pyogrio.raw.read(
        path, layer=layer, encoding=_RAW if encoding else None, force_2d=True, datetime_as_string=True
    )
    shapes = (
        [None] * len(fields[0] if fields else ())
        if geometry is None
        else shapely.from_wkb(geometry, on_invalid="ignore")
    )
    system, convert = _system(meta.get("crs"))
    headings = [_text(name, encoding) for name in meta["fields"]]
    columns = [[_cell(value, encoding) for value in column] for column in fields]
    rows = [
        [*(column[index] for column in columns), *_located(shape, system, convert)]
        for index, shape in enumerate(shapes)
    ]
    return {"headings": headings, "rows": rows}


def _text(text: str, encoding: str) -> str:
    return text.encode(_RAW, "replace").decode(encoding, "replace") if encoding else text


def _cell(value: Any, encoding: str) -> Any:
    """A value as JSON has it; nothing is an empty text."""
    value = value.item() if hasattr(value, "item") else value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return _text(value, encoding)
    return value if isinstance(value, (bool, int, float)) else str(value)


def _system(crs: str | None) -> tuple[str, Any]:
    """(name of the system the coordinates are left in, converter to WGS 84 or None).

    Degrees of WGS 84 and CGCS2000 get no name: whether they are in truth shifted (GCJ-02, BD-09) only the person knows who
    brings the file. The Gauss–Krüger zones of CGCS2000 and web Mercator are named and converted where places are located.
    """
    if not crs:
        return "", None
    import pyproj

    known = pyproj.CRS.from_user_input(crs)
    number = known.to_epsg(min_confidence=70)
    if number in (4326, 4490):
        return "", None
    to_wgs84 = pyproj.Transformer.from_crs(known, "EPSG:4326", always_xy=True)
    if number is not None and (4491 <= number <= 4554 or number == 3857):
        return f"epsg:{number}", to_wgs84
    return "wgs84", to_wgs84


def _located(shape: Any, system: str, convert: Any) -> tuple[Any, Any, str, str]:
    """x, y, system and, for whatever is no point, its outline in degrees. A shape is where its centre is."""
    import shapely

    if shape is None or shapely.is_empty(shape):
        return "", "", "", ""
    x, y = shapely.get_coordinates(shapely.centroid(shape))[0]
    if not (math.isfinite(x) and math.isfinite(y)):
        return "", "", "", ""
    outline = shape
    if convert is not None and shape.geom_type != "Point":
        outline = shapely.transform(shape, convert.transform, interleaved=False)
    if system == "wgs84":
        x, y = convert.transform(x, y)
    if not (math.isfinite(x) and math.isfinite(y)):
        return "", "", "", ""
    return float(x), float(y), system, "" if shape.geom_type == "Point" else _geojson(outline)


def _geojson(outline: Any) -> str:
    """GeoJSON text; a single part is not made a collection of one."""
    import shapely

    parts = list(getattr(outline, "geoms", ())) if outline.geom_type.startswith("Multi") else []
    return str(shapely.to_geojson(parts[0] if len(parts) == 1 else outline))


if __name__ == "__main__":  # pragma: no cover - runs in its own process
    try:
        answer = main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
    except Exception as wrong:  # whatever GDAL stumbles over is a broken file
        answer = {"error": "broken", "why": str(wrong)[:200]}
    json.dump(answer, sys.stdout, ensure_ascii=False, allow_nan=False)
