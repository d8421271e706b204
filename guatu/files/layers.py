"""GeoPackage and zipped Shapefile as tables: checked and unpacked here, parsed in a process of its own (layer_reader)."""

import codecs
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from guatu.files import problems as problems
from guatu.files.rules import MOST_CELLS, MOST_COLUMNS, MOST_PARTS, MOST_ROWS, MOST_UNPACKED, unique_headings
from guatu.files.tables import Row, Table
from guatu.kernel.problems import Problem

SQLITE = b"SQLite format 3\x00"
_GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")  # application ids of GeoPackage 1.2 and later, 1.0, 1.1
_OWN = ("GPKG", "ESRI Shapefile")
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SECONDS, _MEMORY = 60, 2 << 30
_LOOKED_AT = 4 << 20  # bytes of the attribute table in which the encoding is looked for


def is_shapefile(content: bytes) -> bool:
    """Whether an archive holds a Shapefile (its table of contents is read, nothing is unpacked)."""
    try:
        return any(_suffix(name) == ".shp" for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def is_geopackage(content: bytes) -> bool:
    return content[:16] == SQLITE and content[68:72] in _GEOPACKAGE


def from_geopackage(content: bytes, name: str, sheet: str) -> Table:
    """A layer (the first, or the one named by `sheet`) of a GeoPackage. Raises `import.unreadable`, `import.too_many`."""
    if not is_geopackage(content):
        raise _unreadable(name, _("是 SQLite 数据库，但不是 GeoPackage"))
    with tempfile.TemporaryDirectory(prefix="guatu-layer-") as folder:
        path = Path(folder) / "layer.gpkg"
        path.write_bytes(content)
        found = _read(path, "GPKG", sheet, "", name)
    return _table(found, name, str(found["layer"]), tuple(found["layers"]))


def from_shapefile(content: bytes, name: str, sheet: str) -> Table:
    """A Shapefile out of an archive (the first, or the one named by `sheet`). Raises as `from_geopackage`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as wrong:
        raise _unreadable(name, _("压缩结构损坏")) from wrong
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_many(name, _("解压后过大的内容"), f"{MOST_UNPACKED:,} B")
    stems = {_shown(part)[:-4]: part.filename[:-4] for part in parts if _suffix(part.filename) == ".shp"}
    chosen = sheet if sheet in stems else next(iter(stems), "")
    if not chosen:
        raise _unreadable(name, _("压缩包里没有 .shp 文件"))
    with tempfile.TemporaryDirectory(prefix="guatu-layer-") as folder:
        texts = _unpack(archive, parts, stems[chosen], Path(folder), name)
        found = _read(Path(folder) / "layer.shp", "ESRI Shapefile", "", _encoding(texts), name)
    return _table(found, name, chosen, tuple(stems))


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.casefold()


def _shown(part: zipfile.ZipInfo) -> str:
    """A name in the archive as its author wrote it; Windows packs Chinese names in GBK without saying so."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename


def _unpack(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], stem: str, folder: Path, name: str
) -> dict[str, bytes]:
    """Write the parts of one Shapefile under names of our own, piece by piece, never trusting stated sizes. Answers the
    beginnings of the attribute table and of the file that names its encoding."""
    left = MOST_UNPACKED
    texts: dict[str, bytes] = {}
    for part in parts:
        suffix = _suffix(part.filename)
        if suffix not in _PARTS or part.filename[: -len(suffix)].casefold() != stem.casefold():
            continue
        try:
            with archive.open(part) as source, (folder / f"layer{suffix}").open("wb") as target:
                while piece := source.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        raise _too_many(name, _("解压后过大的内容"), f"{MOST_UNPACKED:,} B")
                    if suffix in (".dbf", ".cpg") and len(texts.get(suffix, b"")) < _LOOKED_AT:
                        texts[suffix] = texts.get(suffix, b"") + piece
                    target.write(piece)
        except (
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
            OSError,
            EOFError,
            ValueError,
        ) as wrong:
            raise _unreadable(name, _("压缩结构损坏")) from wrong
    (folder / "layer.cpg").unlink(missing_ok=True)  # the encoding is settled here
    return texts


def _encoding(texts: Mapping[str, bytes]) -> str:
    """The encoding in which the fewest bytes make no sense: the one stated, UTF-8, or GB 18030."""
    body = texts.get(".dbf", b"")
    candidates = [_stated(texts.get(".cpg", b"")), "utf-8", "gb18030"]
    known = [each for each in dict.fromkeys(candidates) if each]
    return min(known, key=lambda each: (body.decode(each, "replace").count("\ufffd"), known.index(each)))


def _stated(text: bytes) -> str:
    word = text[:40].decode("ascii", "ignore").strip().lower()
    word = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(word, word)
    try:
        return codecs.lookup(f"cp{word}" if word.isdigit() else word).name if word else ""
    except LookupError:
        return ""


@lru_cache(maxsize=1)
def _skipped() -> str:
    """Every driver of GDAL but the two that are wanted: a file may not choose another reader for itself."""
    import pyogrio  # loaded when somebody brings such a file: it costs 130 ms

    return ",".join(sorted(set(pyogrio.list_drivers()) - set(_OWN)))


def _limits() -> None:  # pragma: no cover - runs between fork and exec
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_UNPACKED, MOST_UNPACKED))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: Path, driver: str, layer: str, encoding: str, name: str) -> dict[str, Any]:
    reader = Path(__file__).with_name("layer_reader.py")
    command = [sys.executable, "-I", str(reader), str(path), driver, layer, encoding, str(MOST_ROWS)]
    environment = {
        "GDAL_SKIP": _skipped(), "PATH": "", "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1",
        "SHAPE_RESTORE_SHX": "YES", "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO", "CPL_LOG": os.devnull,
    }  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_SECONDS, cwd=path.parent, env=environment, preexec_fn=_limits, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired as wrong:
        raise _unreadable(name, _("读了一分钟还没有读完")) from wrong
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as wrong:
        raise _unreadable(name, _("文件损坏")) from wrong
    if found.get("error") == "rows":
        raise _too_many(name, _("{count} 行").format(count=found["count"]), f"{MOST_ROWS:,}")
    if "error" in found:
        raise _unreadable(name, _("没有任何图层") if found["error"] == "empty" else _("文件损坏"))
    return found


def _table(found: Mapping[str, Any], name: str, layer: str, layers: tuple[str, ...]) -> Table:
    """Attributes become columns; the point `lon` and `lat`, its system `crs`, any other shape `geometry`."""
    own = [
        each if each not in ("lon", "lat", "crs", "geometry") else f"{each}_" for each in found["headings"]
    ]
    headings = unique_headings([*own, "lon", "lat", "crs", "geometry"])
    if len(headings) > MOST_COLUMNS:
        raise _too_many(name, _("{count} 列").format(count=len(headings)), f"{MOST_COLUMNS}")
    if not found["rows"]:
        raise _unreadable(name, _("图层里没有要素"))
    if len(headings) * len(found["rows"]) > MOST_CELLS:
        raise _too_many(
            name, _("{count} 个单元格").format(count=len(headings) * len(found["rows"])), f"{MOST_CELLS:,}"
        )
    rows = [Row(number, tuple(cells)) for number, cells in enumerate(found["rows"], start=1)]
    return Table(headings, rows, layer, layers)


def _unreadable(name: str, why: str) -> Problem:
    return Problem("import.unreadable", name=name, why=why)


def _too_many(name: str, count: str, limit: str) -> Problem:
    return Problem("import.too_many", name=name, count=count, limit=limit)
