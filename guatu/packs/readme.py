"""A README as blocks for the page: headings, paragraphs, tables, code; nothing else of Markdown is needed here. Pure."""

import re
from typing import Any

_HEADING = re.compile(r"(#{1,4})\s+(.*)")
_RULE = re.compile(r"\|?[\s:|-]+\|?")


def blocks_of(text: str) -> list[dict[str, Any]]:
    """[{"kind": heading paragraph table code, …}]: text, or rows of cells (the first row is the heading)."""
    found: list[dict[str, Any]] = []
    for piece in re.split(r"\n\s*\n", text.strip("\n")):
        lines = piece.splitlines()
        if heading := _HEADING.fullmatch(lines[0].strip()):
            found.append({"kind": "heading", "level": len(heading[1]), "text": _plain(heading[2])})
            lines = lines[1:]
        if not lines:
            continue
        if all(line.startswith("    ") for line in lines):
            found.append({"kind": "code", "text": "\n".join(line[4:] for line in lines)})
        elif all(line.lstrip().startswith("|") for line in lines):
            rows = [_cells(line) for line in lines if not _RULE.fullmatch(line.strip())]
            found.append({"kind": "table", "head": rows[0], "rows": rows[1:]})
        else:
            found.append({"kind": "paragraph", "text": _plain(_joined(lines))})
    return found


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph; a space between them only where words are separated by spaces."""
    text = lines[0].strip()
    for line in lines[1:]:
        glue = " " if text[-1:].isascii() or line.strip()[:1].isascii() else ""
        text += glue + line.strip()
    return text


def _cells(line: str) -> list[str]:
    return [_plain(cell.strip()) for cell in line.strip().strip("|").split("|")]


def _plain(text: str) -> str:
    return text.replace("`", "").replace("**", "")
