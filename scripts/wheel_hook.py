"""Build hook of the wheel: compiled catalogues and packs go in; without the built front end there is no wheel."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "guatu/kit/static/built"
MISSING = (
    f"The front end is not built: {BUILT} holds no elements.js.\n"
    "A wheel without it would show pages without map, table and form filler.\n"
    "Run `make front` first, or `make wheel`, which does both."
)


def compile_catalogues(root: Path) -> list[Path]:
    """Writes a .mo beside every .po under guatu/ and returns the written paths."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted((root / "guatu").rglob("*.po")):
        target = source.with_suffix(".mo")
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po))
        written.append(target)
    return written


class WheelHook(BuildHookInterface):  # type: ignore[misc]
    """Runs for `python -m build` and `pip install .`; an editable install needs neither step."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # a checkout has its packs beside it and compiles its catalogues at start
        root = Path(self.root)
        if not (root / BUILT / "elements.js").is_file():
            raise SystemExit(MISSING)
        compile_catalogues(root)
        build_data["force_include"][str(root / "packs")] = "guatu/packs_library"
