"""Layers as surveyors hand them over: made with the same library in the test's own process."""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely


def geopackage(shapes, fields, *, crs="EPSG:4326", layers=("layer",)):
    """The bytes of a GeoPackage; every layer holds the same features."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        for index, layer in enumerate(layers):
            _write(path, "GPKG", shapes, fields, crs, layer=layer, append=index > 0)
        return path.read_bytes()


def shapefile(shapes, fields, *, crs="EPSG:4326", encoding="UTF-8", without=(), stem="shops"):
    """The bytes of a zip with a Shapefile in a folder. without: suffixes that are left out."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder) / f"{stem}.shp", "ESRI Shapefile", shapes, fields, crs, encoding=encoding)
        return zipped(
            {
                f"图层/{path.name}": path.read_bytes()
                for path in Path(folder).iterdir()
                if path.suffix not in without
            }
        )


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _write(path, driver, shapes, fields, crs, **more):
    pyogrio.raw.write(
        str(path), shapely.to_wkb(np.array(shapes)), [np.array(values, dtype=object) for values in fields.values()],
        list(fields), geometry_type=shapes[0].geom_type, crs=crs, driver=driver, **more,
    )  # fmt: skip
