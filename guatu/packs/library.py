"""Where packs lie: beside a checkout, in the installed product, in the office's own folder, or anywhere by path."""

from pathlib import Path

from django.conf import settings

import guatu
from guatu.kernel.problems import Problem
from guatu.packs import problems as problems


def shelves() -> list[Path]:
    """Folders that hold packs, the office's own first."""
    root = Path(guatu.__file__).parent
    own = Path(settings.GUATU_HOME) / "packs"
    return [shelf for shelf in (own, root.parent / "packs", root / "packs_library") if shelf.is_dir()]


def folders() -> dict[str, Path]:
    """{name: folder} of every pack on the shelves."""
    found: dict[str, Path] = {}
    for shelf in shelves():
        for folder in sorted(shelf.iterdir()):
            if (folder / "pack.toml").is_file():
                found.setdefault(folder.name, folder)
    return found


def find(name: str) -> Path:
    """The folder of a pack by name or path. Raises `pack.unknown`."""
    known = folders()
    if name in known:
        return known[name]
    path = Path(name).expanduser()
    if (path / "pack.toml").is_file():
        return path.resolve()
    raise Problem("pack.unknown", name=name, known="、".join(known) or "—")
