"""The files of this tree, as the guards read them."""

import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Facts and pictures, not writing: read as they came.
_FACTS = {
    ".csv",
    ".geojson",
    ".png",
    ".jpg",
    ".svg",
    ".xlsx",
    ".docx",
    ".woff2",
    ".ico",
    ".xml",
    ".pdf",
    ".webp",
}


@lru_cache(maxsize=1)
def tracked() -> tuple[Path, ...]:
    """Paths under version control or about to be, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()))


def texts(*suffixes: str, under: str = "") -> dict[str, str]:
    """{path: text} of tracked text files, by suffix and folder; facts and generated locks stay out."""
    found = {}
    for path in tracked():
        if path.suffix in _FACTS or (suffixes and path.suffix not in suffixes):
            continue
        if not path.as_posix().startswith(under):
            continue
        try:
            found[path.as_posix()] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def sources(under: str = "guatu") -> dict[str, str]:
    """{path: text} of our own Python, migrations left out (they are written by Django and read once)."""
    return {path: text for path, text in texts(".py", under=under).items() if "/migrations/" not in path}


def nothing(found: list[str]) -> None:
    """All of what a guard found, one line each; passes when that is nothing."""
    if found:
        pytest.fail(f"{len(found)} found:\n" + "\n".join(found), pytrace=False)
