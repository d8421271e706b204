"""Catalogues of words: `.po` files are kept, `.mo` files are made from them when the product starts."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(root: Path | None = None) -> int:
    """Make every `.mo` that is missing or older than its `.po`; answers how many were made."""
    root = root or Path(__file__).parent.parent
    made = 0
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as words:
            catalogue = read_po(words)
        fresh = target.with_suffix(f".mo.{os.getpid()}")  # two processes may start at once
        try:
            with fresh.open("wb") as out:
                write_mo(out, catalogue)
        except PermissionError:
            continue  # installed read-only: the wheel brought its .mo files along
        fresh.replace(target)
        made += 1
    return made
