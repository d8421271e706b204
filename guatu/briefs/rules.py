"""What a brief is. Pure: its states, the dress of its document, the slots of its text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KINDS = {"bulletin": ("简报", "Bulletin"), "report": ("专报", "Special report")}
STATUSES = ("draft", "frozen", "issued", "discarded")
LIFECYCLE = {
    "draft": ("frozen", "discarded"),
    "frozen": ("issued",),
    "issued": (),
    "discarded": (),
}
TITLE_MOST = 200


class TemplateError(ValueError):
    """A template that cannot be understood: what is wrong and what would be right."""


def may_become(status: str, following: str) -> bool:
    return following in LIFECYCLE.get(status, ())


@dataclass(frozen=True)
class Dress:
    """What stands around the text of a brief (GB/T 9704 and the custom of 简报).

    masthead: the red name. office: 编发单位. report_to, send_to: the 版记's 报 and 送. copies: 共印×份 (0: not printed).
    title: proposed for a new issue, may hold slots of `f`.
    """

    masthead: str
    office: str
    title: str
    report_to: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    copies: int = 0


def read_dress(data: Mapping[str, Any]) -> Dress:
    """A dress from a pack's data. Raises TemplateError naming the key."""
    known = {"masthead", "office", "title", "report_to", "send_to", "copies"}
    if strange := sorted(set(data) - known):
        raise TemplateError(f"unknown key {strange[0]!r}; known: {', '.join(sorted(known))}")
    for name in ("masthead", "office", "title"):
        if not isinstance(data.get(name), str) or not data[name].strip():
            raise TemplateError(f"the key {name!r} is missing or empty")
    copies = data.get("copies", 0)
    if not isinstance(copies, int) or isinstance(copies, bool) or copies < 0:
        raise TemplateError(f"copies is {copies!r}; write a whole number such as 60")
    return Dress(
        masthead=data["masthead"].strip(),
        office=data["office"].strip(),
        title=data["title"].strip(),
        report_to=_names(data, "report_to"),
        send_to=_names(data, "send_to"),
        copies=copies,
    )


def _names(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise TemplateError(f"{key} must be a list of names in quotation marks")
    return tuple(value)


_SLOT = re.compile(r"""\bf\[\s*['"‘’“”]([^'"‘’“”]+)['"‘’“”]\s*\]""")


def slots_in(text: str) -> tuple[str, ...]:
    """The keys of figures that a template's text asks for, in the order they first appear."""
    return tuple(dict.fromkeys(_SLOT.findall(text)))


OPEN, CLOSE = "\ue000", "\ue001"  # private characters: no text that people write holds them


def marked(key: str) -> str:
    """The mark a figure leaves in a text that is to be taken apart again."""
    return f"{OPEN}{key}{CLOSE}"


Run = dict[str, str]


def runs_of(text: str) -> list[Run]:
    """A text with marks, taken apart: [{"text": …}, {"figure": key}, …]."""
    runs: list[Run] = []
    for index, piece in enumerate(re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}", text)):
        if index % 2:
            runs.append({"figure": piece})
        elif piece:
            runs.append({"text": piece})
    return runs


def plain(runs: Iterable[Run], texts: Mapping[str, str]) -> str:
    """Runs as they read, figures by their words."""
    return "".join(run["text"] if "text" in run else texts.get(run["figure"], "—") for run in runs)


def clean_title(title: str) -> str | None:
    """The title without spaces around it; None when it is empty or too long."""
    title = " ".join(title.split())
    return title if 0 < len(title) <= TITLE_MOST else None


def closing_lines(dress: Dress, issued: str) -> Sequence[tuple[str, str]]:
    """The lines of the 版记: 报 and 送 (each ends with a full stop), then who printed it and when."""
    lines: list[tuple[str, str]] = []
    if dress.report_to:
        lines.append(("报：" + "，".join(dress.report_to) + "。", ""))
    if dress.send_to:
        lines.append(("送：" + "，".join(dress.send_to) + "。", ""))
    lines.append((dress.office, f"{issued}印发"))
    if dress.copies:
        lines.append(("", f"（共印{dress.copies}份）"))
    return lines
