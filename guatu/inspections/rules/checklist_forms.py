"""From an edition's items to the rows of an XLSForm, and back from a filled form to findings. Pure.

A question's name carries the id of its item (`i_<32 hex>` the verdict, `n_…` the note, `p_…` the photo), so that a form of an old
edition, still on a phone, is read as what it asked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

CODE = "norm_"  # what the codes of such forms begin with
VERDICTS = (
    ("met", "符合", "Met"),
    ("not_met", "不符合", "Not met"),
    ("put_right", "当场整改", "Put right on the spot"),
    ("not_applicable", "不适用", "Not applicable"),
)
_ITEM = re.compile(r"([inp])_([0-9a-f]{32})$")
ZH, EN = "label::中文 (zh)", "label::English (en)"
HINT_ZH, HINT_EN = "hint::中文 (zh)", "hint::English (en)"
HEADINGS = (
    "type", "name", ZH, EN, HINT_ZH, HINT_EN, "required", "relevant", "appearance", "constraint", "parameters",
    "constraint_message::中文 (zh)", "constraint_message::English (en)",
)  # fmt: skip


class Item(Protocol):
    """What a form asks of an item."""

    @property
    def id(self) -> UUID: ...
    @property
    def number(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def text_en(self) -> str: ...
    @property
    def how(self) -> str: ...
    @property
    def photo(self) -> bool: ...


def code_of(norm_id: UUID) -> str:
    """The form of a norm: one form, a version of it for each edition."""
    return f"{CODE}{norm_id.hex}"


def _row(kind: str, name: str, zh: str, en: str, **more: str) -> dict[str, str]:
    return {"type": kind, "name": name, ZH: zh, EN: en, **more}


def survey(items: Sequence[Item], *, places: bool) -> list[dict[str, str]]:
    """The rows of the sheet `survey`. places: the list of places can be chosen from."""
    rows = [{"type": "start", "name": "started"}, {"type": "end", "name": "ended"}]
    if places:
        rows.append(_row("select_one_from_file places.csv", "place", "检查哪一处", "Which place", appearance="minimal autocomplete",
                         **{HINT_ZH: "找不到就空着，在下一题写编号。", HINT_EN: "Leave empty if it is not listed and write its number below."}))  # fmt: skip
    rows.append(
        _row(
            "barcode" if not places else "text",
            "place_number",
            "点位编号（可扫码）" if not places else "点位编号",
            "Number of the place",
            relevant="${place} = ''" if places else "",
            required="yes",
        )  # fmt: skip
    )
    rows.append(_row("geopoint", "position", "现在的位置", "Where you are"))
    for item in items:
        rows += _of_item(item)
    rows.append(_row("text", "remarks", "还有什么要说明", "Anything else", appearance="multiline"))
    return rows


def _of_item(item: Item) -> list[dict[str, str]]:
    key = item.id.hex
    zh, en = f"{item.number} {item.text}", f"{item.number} {item.text_en or item.text}"
    hint = {HINT_ZH: item.how, HINT_EN: item.how} if item.how else {}
    bad = f"${{i_{key}}} = 'not_met' or ${{i_{key}}} = 'put_right'"
    photo = {"required": "yes"} if item.photo else {}
    return [
        _row("select_one verdict", f"i_{key}", _plain(zh), _plain(en), required="yes", **hint),
        _row("text", f"n_{key}", f"{item.number} 怎么不符合", f"{item.number} What is wrong", relevant=bad),
        _row("image", f"p_{key}", f"{item.number} 拍照", f"{item.number} Photo", relevant=bad, parameters="max-pixels=1600", **photo),
    ]  # fmt: skip


def _plain(text: str) -> str:
    """Labels in which nothing is taken for a reference or for mark-up."""
    return re.sub(r"\s+", " ", text.replace("${", "$ {").replace("<", "＜"))


def choices() -> list[dict[str, str]]:
    """The rows of the sheet `choices`."""
    return [{"list_name": "verdict", "name": name, ZH: zh, EN: en} for name, zh, en in VERDICTS]


@dataclass(frozen=True)
class Answered:
    """What a filled form says of one item. photo: name of the picture, "" when there is none."""

    item_id: UUID
    verdict: str
    note: str = ""
    photo: str = ""


@dataclass(frozen=True)
class Filled:
    """A filled form. place: id of the list, "" when only a number was written."""

    place: str
    number: str
    remarks: str
    items: tuple[Answered, ...]


def read(answers: Mapping[str, Any]) -> Filled:
    """A submission's answers ({path: value}) as findings, in the order of the form."""
    said: dict[str, dict[str, str]] = {}
    plain: dict[str, str] = {}
    for path, value in _flat(answers):
        name = path.rsplit("/", 1)[-1]
        match = _ITEM.fullmatch(name)
        if match is not None:
            said.setdefault(match[2], {})[match[1]] = _text(value)
        else:
            plain[name] = _text(value)
    items = tuple(
        Answered(UUID(key), each["i"], each.get("n", ""), each.get("p", ""))
        for key, each in said.items()
        if each.get("i")
    )
    return Filled(plain.get("place", ""), plain.get("place_number", ""), plain.get("remarks", ""), items)


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None else str(value).strip()


def _flat(answers: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for path, value in answers.items():
        if not (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield path, value
