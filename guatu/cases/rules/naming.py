"""What a class of cases may be written as: a code, a kind with a code, the full key, or a name. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("component", "matter")
_KIND_WORDS = {
    "component": "component", "部件": "component", "事部件": "component", "部件类": "component",
    "matter": "matter", "event": "matter", "事件": "matter", "事项": "matter", "事件类": "matter", "事项类": "matter",
}  # fmt: skip
_KIND_CODE = re.compile(r"^(\w+)\s*[:：]\s*(\S+)$")


@dataclass(frozen=True)
class Wanted:
    """Which class is meant. None: not said, so anything will do."""

    text: str
    code: str | None = None
    kind: str | None = None
    scheme: str | None = None
    name: str | None = None

    def fits(self, scheme: str, kind: str, code: str, name: str) -> bool:
        said = ((self.scheme, scheme), (self.kind, kind), (self.code, code), (self.name, name))
        return all(wanted is None or wanted == found for wanted, found in said)


def read_kind(text: str) -> str | None:
    """component or matter of 部件, 事项, 事件 …; None when it is neither."""
    return _KIND_WORDS.get(text.strip().lower())


def readings(text: str) -> list[Wanted]:
    """What a text may mean, the surest first: the full key, kind and code, a code, a name."""
    text = text.strip()
    pieces = [piece.strip() for piece in text.replace("｜", "|").split("|")]
    if len(pieces) == 3:
        return [Wanted(text, scheme=pieces[0], kind=read_kind(pieces[1]) or pieces[1], code=pieces[2])]
    found = []
    if match := _KIND_CODE.match(text):
        found.append(Wanted(text, kind=read_kind(match[1]) or match[1], code=match[2]))
    return [*found, Wanted(text, code=text), Wanted(text, name=text)]


def key_of(scheme: str, kind: str, code: str) -> str:
    """The full key, which is never ambiguous: GB/T 47678.5-2026|component|01001."""
    return f"{scheme}|{kind}|{code}"


_WRITTEN_TOGETHER = re.compile(r"[\u3400-\u9fff]{3,}")
_MOST_PIECES = 24


def pieces_of(words: Iterable[str]) -> tuple[str, ...]:
    """The words with Chinese ones of three characters and more cut into pairs: 井盖缺失 → 井盖, 盖缺, 缺失."""
    found: dict[str, None] = {}
    for word in words:
        runs = _WRITTEN_TOGETHER.findall(word)
        for run in runs:
            found.update(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)))
        found.update(dict.fromkeys(_WRITTEN_TOGETHER.sub(" ", word).split()))
    return tuple(found)[:_MOST_PIECES]
