"""Which files the phone pages are made of, under the names they have now, and the service worker that keeps them."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from guatu import kit

BUILT = Path(kit.__file__).parent / "static" / "built"
_ENTRY = "src/phone/main.ts"
_KIT = (
    "kit/tokens.css",
    "kit/mark.svg",
    "phone/icon-192.png",
    "phone/icon-512.png",
    "phone/icon-mask-512.png",
)


@lru_cache(maxsize=2)
def _manifest(stamp: float) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    return found


def _entries() -> dict[str, Any]:
    """Vite's own list of what it built; {} when nothing is built."""
    place = BUILT / "manifest.json"
    return _manifest(place.stat().st_mtime) if place.exists() else {}


def is_built() -> bool:
    return _ENTRY in _entries() and (BUILT / "phone-sw.js").exists()


def _closure() -> list[str]:
    """Every built file the phone may ever ask for: the entry, what it imports, also later, and their sheets."""
    entries = _entries()
    waiting, seen, files = [_ENTRY], set(), set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in entries:
            continue
        seen.add(name)
        entry = entries[name]
        files.update([entry["file"], *entry.get("css", []), *entry.get("assets", [])])
        waiting += [*entry.get("imports", []), *entry.get("dynamicImports", [])]
    return sorted(files)


def _sheets() -> list[str]:
    """Sheets of the entry and of what it imports at once."""
    entries = _entries()
    waiting, seen = [_ENTRY], []
    while waiting:
        name = waiting.pop(0)
        if name not in seen and name in entries:
            seen.append(name)
            waiting += entries[name].get("imports", [])
    return [sheet for name in seen for sheet in entries[name].get("css", [])]


def _address(name: str) -> str:
    """Built files go by the name Vite gave them: they import each other by it, and it holds their hash already."""
    return f"{settings.STATIC_URL}built/{name}"


def assets() -> dict[str, Any]:
    """What the shell links: {"script", "sheets"}."""
    entry = _entries().get(_ENTRY, {})
    script = _address(entry["file"]) if entry else ""
    return {"script": script, "sheets": [static("kit/tokens.css"), *map(_address, _sheets())]}


def icons() -> list[dict[str, str]]:
    return [
        {"src": static("phone/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("phone/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("phone/icon-mask-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]


def precached() -> list[str]:
    """Addresses of everything that must be in the phone for the pages to work without a server."""
    built = map(_address, _closure())
    return [reverse("phone:shell"), reverse("phone:manifest"), *dict.fromkeys([*built, *map(static, _KIT)])]


def _fingerprint(addresses: list[str], code: str, version: str) -> str:
    """Of the addresses (built names hold the hash of their bytes), of the code, and of what goes by steady names."""
    digest = hashlib.sha256(json.dumps([addresses, code, version]).encode())
    steady = [
        Path(kit.__file__).parent / "static" / "kit" / "tokens.css",
        Path(__file__).parent / "templates/phone/shell.html",
    ]
    for place in steady:
        digest.update(place.read_bytes())
    return digest.hexdigest()[:16]


def worker(version: str) -> str:
    """The worker's text: what it keeps under which name, then the code as built."""
    place = BUILT / "phone-sw.js"
    code = place.read_text(encoding="utf-8") if place.exists() else _NOTHING
    addresses = precached() if place.exists() else []
    head = {
        "version": _fingerprint(addresses, code, version),
        "files": addresses,
        "shell": reverse("phone:shell"),
    }
    return f"self.GUATU_PHONE = {json.dumps(head)};\n{code}"


# nothing is built: a worker that keeps nothing and goes
_NOTHING = "self.addEventListener('install', () => self.skipWaiting());\n"
