"""Bytes that come from outside: what they are, whether they may come in, cleaned of what they tell about the sender.

No row is touched here, therefore this is neither acts nor reads; the store of bytes stands at the end.
"""

import hashlib
import io
import os
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from guatu.files import problems as problems
from guatu.kernel.problems import Problem

MB = 1024 * 1024
MOST_PIXELS = 50_000_000  # a phone of today takes 12 to 50 million
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# Shown in the page; everything else is only ever downloaded (html, svg and pdf could run script in our origin).
INLINE = {
    *PICTURES, "audio/mpeg", "audio/mp4", "audio/amr", "audio/webm", "audio/ogg", "audio/wav", "video/mp4", "video/3gpp",
    "video/webm",
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OFFICE = {
    "xl/workbook.xml": XLSX,
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
GEOPACKAGE, SHAPEFILE = "application/geopackage+sqlite3", "application/zip"  # map layers, for imports
_LIMITS = {"image": 20 * MB, "audio": 50 * MB, "video": 100 * MB}
_LIMIT = 30 * MB


@dataclass(frozen=True)
class Clean:
    """A file as it will be stored. sent_sha256: fingerprint of the bytes as they came."""

    content: bytes
    content_type: str
    sha256: str
    sent_sha256: str
    width: int | None = None
    height: int | None = None


def clean(content: bytes, name: str) -> Clean:
    """Check and clean one file. Raises `file.empty`, `file.unknown_type`, `file.too_large`, `file.bad_picture`,
    `file.macros`."""
    if not content:
        raise Problem("file.empty", name=name)
    kind = type_of(content, name)
    limit = _LIMITS.get(kind.partition("/")[0], _LIMIT)
    if len(content) > limit:
        raise Problem(
            "file.too_large", name=name, size=f"{len(content) / MB:.1f} MB", limit=f"{limit // MB} MB"
        )
    sent = hashlib.sha256(content).hexdigest()
    if kind in PICTURES:
        fresh, width, height = _redrawn(content, kind, name)
        return Clean(fresh, kind, hashlib.sha256(fresh).hexdigest(), sent, width, height)
    return Clean(content, kind, sent, sent)


def type_of(content: bytes, name: str) -> str:
    """The content type by the bytes themselves. Raises `file.unknown_type` or `file.macros`."""
    head = content[:32]
    if head[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:16] == b"SQLite format 3\x00" and content[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return GEOPACKAGE
    if head[:5] == b"%PDF-":
        return "application/pdf"
    if head[:4] == b"PK\x03\x04":
        return _office_type(content, name)
    if head[4:8] == b"ftyp":
        return _media_type(head[8:12], name)
    if head[:3] == b"ID3" or head[:2] in (b"\xff\xfb", b"\xff\xf3"):
        return "audio/mpeg"
    if head[:6] == b"#!AMR\n":
        return "audio/amr"
    if (recorded := _recording_type(content, head)) is not None:
        return recorded
    return _text_type(content, name)


def _recording_type(content: bytes, head: bytes) -> str | None:
    """What browsers record: WebM (its tracks are named within the first bytes), Ogg, WAV."""
    if head[:4] == b"\x1aE\xdf\xa3" and b"webm" in content[:64]:
        return "video/webm" if b"V_" in content[:4096] else "audio/webm"
    if head[:4] == b"OggS":
        return "audio/ogg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    return None


def _media_type(brand: bytes, name: str) -> str:
    if brand[:3] == b"3gp":
        return "video/3gpp"
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    if brand in (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"qt  "):
        return "video/mp4"
    raise Problem("file.unknown_type", name=name)  # HEIC among them: Pillow cannot redraw it


def _office_type(content: bytes, name: str) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as wrong:
        raise Problem("file.unknown_type", name=name) from wrong
    if any(part.casefold().endswith("vbaproject.bin") for part in names):
        raise Problem("file.macros", name=name)
    for part, kind in _OFFICE.items():
        if part in names:
            return kind
    if any(part.casefold().endswith(".shp") for part in names):
        return SHAPEFILE
    raise Problem("file.unknown_type", name=name)


def _text_type(content: bytes, name: str) -> str:
    """Plain text, never anything a browser would run: what it is called decides only between text types."""
    if b"\x00" in content and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Problem("file.unknown_type", name=name)
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise Problem("file.unknown_type", name=name)
    if text.lstrip()[:1] == "<" and not name.casefold().endswith((".txt", ".csv")):
        raise Problem("file.unknown_type", name=name)
    if name.casefold().endswith((".geojson", ".json")):
        return "application/geo+json"
    return "text/csv" if name.casefold().endswith(".csv") else "text/plain"


def _redrawn(content: bytes, kind: str, name: str) -> tuple[bytes, int, int]:
    """The picture drawn anew: EXIF, GPS, comments, colour profiles and everything hidden behind the end are gone."""
    out = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of floods; the pixels are counted here
            with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Problem("file.bad_picture", name=name, why=f"{picture.width} × {picture.height}")
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                mode = _mode(upright.mode, kind)
                fresh = upright.convert(mode) if upright.mode != mode else upright.copy()
        fresh.info = {}
        quality: dict[str, Any] = {} if kind == "image/png" else {"quality": 88}
        fresh.save(out, PICTURES[kind], **quality)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as wrong:
        raise Problem("file.bad_picture", name=name, why=str(wrong)[:80]) from wrong
    return out.getvalue(), fresh.width, fresh.height


def _mode(mode: str, kind: str) -> str:
    if kind == "image/jpeg":
        return "L" if mode == "L" else "RGB"
    if kind == "image/webp":
        return "RGBA" if mode in ("RGBA", "LA", "PA") else "RGB"
    return mode if mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else "RGBA"


# ---------------------------------------------------------------------------------- the store of bytes


def path_of(stored: str) -> Path:
    return Path(settings.MEDIA_ROOT) / stored


def keep(found: Clean) -> str:
    """Store the bytes under their fingerprint; the same bytes are kept once. Answers the path below MEDIA_ROOT."""
    stored = f"{found.sha256[:2]}/{found.sha256[2:4]}/{found.sha256}"
    target = path_of(stored)
    if target.exists() and target.stat().st_size == len(found.content):
        return stored
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, fresh = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as out:
        out.write(found.content)
        out.flush()
        os.fsync(out.fileno())
    Path(fresh).replace(target)  # whole or not at all
    return stored


def destroy(stored: str) -> None:
    path_of(stored).unlink(missing_ok=True)
    thumb_path(stored).unlink(missing_ok=True)


def thumb_path(stored: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "thumbs" / f"{Path(stored).name}.jpg"


def thumb(stored: str, edge: int = 320) -> Path:
    """A small JPEG of a stored picture, made when first asked for."""
    target = thumb_path(stored)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with Image.open(path_of(stored)) as picture:
            picture.draft("RGB", (edge, edge))
            small = picture.convert("RGB")
        small.thumbnail((edge, edge))
        descriptor, fresh = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(descriptor, "wb") as out:
            small.save(out, "JPEG", quality=80)
        Path(fresh).replace(target)
    return target
