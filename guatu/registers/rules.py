"""What a register's columns are and what may stand in them. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

KINDS = ("person", "unit", "household", "other")
TYPES = ("text", "number", "date", "yes", "choice", "phone", "id_card", "credit_code")
LONGEST = 500
_KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_YES = {"是", "有", "y", "yes", "true", "1"}
_NO = {"否", "无", "n", "no", "false", "0"}


class ColumnError(ValueError):
    """A declaration that cannot stand: which column and why (code, the column's key)."""

    def __init__(self, why: str, key: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.key = key


class ValueFault(ValueError):
    """A value that cannot stand in its column: why (required, too_long, number, date, yes, choice, phone, id_card,
    broken)."""


@dataclass(frozen=True)
class Column:
    """One column. personal: sealed, masked on pages, never in a figure. counted: an attribute of the entry's fact."""

    key: str
    label: str
    label_en: str = ""
    type: str = "text"
    personal: bool = False
    required: bool = False
    counted: bool = False
    choices: tuple[str, ...] = ()
    property: str = (
        ""  # its name in an entity list, when forms write it otherwise than the key (plotNumber, 树种)
    )

    def as_data(self) -> dict[str, Any]:
        said = {
            "key": self.key, "label": self.label, "label_en": self.label_en, "type": self.type,
            "personal": self.personal, "required": self.required, "counted": self.counted, "choices": list(self.choices),
        }  # fmt: skip
        return {**said, "property": self.property} if self.property else said


def read_columns(given: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Columns from a declaration. Raises ColumnError."""
    found: list[Column] = []
    for data in given:
        key = str(data.get("key", ""))
        if not _KEY.fullmatch(key):
            raise ColumnError("key", key)
        column = Column(
            key=key,
            label=str(data.get("label") or "").strip(),
            label_en=str(data.get("label_en") or "").strip(),
            type=str(data.get("type") or "text"),
            personal=bool(data.get("personal", False)),
            required=bool(data.get("required", False)),
            counted=bool(data.get("counted", False)),
            choices=tuple(str(each) for each in data.get("choices") or ()),
            property=str(data.get("property") or "").strip(),
        )
        if not column.label:
            raise ColumnError("label", key)
        if column.type not in TYPES:
            raise ColumnError("type", key)
        if column.type == "choice" and not column.choices:
            raise ColumnError("choices", key)
        if column.personal and column.counted:
            raise ColumnError("counted", key)
        if any(each.key == key or each.label == column.label for each in found):
            raise ColumnError("twice", key)
        found.append(column)
    if not found:
        raise ColumnError("none")
    return tuple(found)


def check_register(columns: Sequence[Column], key_field: str, title_field: str) -> None:
    """The key must be a required column, the title any column. Raises ColumnError."""
    known = {column.key: column for column in columns}
    if key_field not in known:
        raise ColumnError("key_field", key_field)
    if not known[key_field].required:
        raise ColumnError("key_required", key_field)
    if title_field not in known:
        raise ColumnError("title_field", title_field)


def plain(text: Any) -> str:
    """Text as people mean it: full-width digits and odd spaces made plain, trimmed."""
    return unicodedata.normalize("NFKC", str(text if text is not None else "")).strip()


def normal(column: Column, given: Any) -> str:
    """The value as it is kept ("" when empty): one spelling for dates, numbers, phones and numbers of identity cards.
    Raises ValueFault."""
    if isinstance(given, bool):
        given = "是" if given else "否"
    if isinstance(given, dt.datetime):
        given = given.date().isoformat()
    text = str(given).strip() if column.type == "text" and given is not None else plain(given)
    if not text:
        if column.required:
            raise ValueFault("required")
        return ""
    if len(text) > LONGEST:
        raise ValueFault("too_long")
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise ValueFault("broken")
    return _READ[column.type](column, text)


def _as_number(_column: Column, text: str) -> str:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueFault("number") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueFault("number")
    shown = format(number, "f")
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) or "0"


def _as_date(_column: Column, text: str) -> str:
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text.partition(" ")[0])
    try:
        if found is None:
            raise ValueError(text)
        return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise ValueFault("date") from None


def _as_yes(_column: Column, text: str) -> str:
    if text.casefold() in _YES:
        return "是"
    if text.casefold() in _NO:
        return "否"
    raise ValueFault("yes")


def _as_choice(column: Column, text: str) -> str:
    found = next((each for each in column.choices if plain(each).casefold() == text.casefold()), None)
    if found is None:
        raise ValueFault("choice")
    return found


def _as_phone(_column: Column, text: str) -> str:
    """Digits only; landlines and foreign numbers pass, anything with letters does not."""
    bare = re.sub(r"[\s\-()]", "", text)
    if not re.fullmatch(r"\+?\d{5,16}", bare):
        raise ValueFault("phone")
    return bare.removeprefix("+86")


def _as_id_card(_column: Column, text: str) -> str:
    """GB 11643: 18 signs with date and check sign, or the 15 digits of before 1999."""
    bare = text.replace(" ", "").upper()
    if re.fullmatch(r"\d{15}", bare):
        return bare
    if not re.fullmatch(r"\d{17}[\dX]", bare):
        raise ValueFault("id_card")
    try:
        dt.date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
    except ValueError:
        raise ValueFault("id_card") from None
    total = sum(int(sign) * weight for sign, weight in zip(bare, _ID_WEIGHTS, strict=False))
    if _ID_CHECK[total % 11] != bare[17]:
        raise ValueFault("id_card")
    return bare


def _as_credit_code(_column: Column, text: str) -> str:
    """GB 32100, 18 signs. Registered codes that fail the check sign exist, so only the form is demanded."""
    bare = text.replace(" ", "").upper()
    if len(bare) != 18 or any(sign not in _CREDIT for sign in bare):
        raise ValueFault("credit_code")
    return bare


def _as_text(_column: Column, text: str) -> str:
    return text


_READ = {
    "text": _as_text, "number": _as_number, "date": _as_date, "yes": _as_yes, "choice": _as_choice,
    "phone": _as_phone, "id_card": _as_id_card, "credit_code": _as_credit_code,
}  # fmt: skip


@dataclass(frozen=True)
class Parted:
    """The values of one entry, apart: what may stand in the clear and what is sealed; key and title as texts."""

    fields: dict[str, str]
    personal: dict[str, str]
    key: str
    key_is_personal: bool
    title: str


def part(columns: Sequence[Column], values: Mapping[str, str], key_field: str, title_field: str) -> Parted:
    """Part normal values into clear and personal ones. `title` is empty when the title column is personal."""
    known = {column.key: column for column in columns}
    clear = {key: value for key, value in values.items() if value and not known[key].personal}
    personal = {key: value for key, value in values.items() if value and known[key].personal}
    return Parted(
        clear, personal, values.get(key_field, ""), known[key_field].personal, clear.get(title_field, "")
    )


def counted(columns: Sequence[Column], fields: Mapping[str, str]) -> dict[str, str | int]:
    """What of an entry may stand in a fact: values of declared, non-personal columns."""
    keys = [column.key for column in columns if column.counted and not column.personal]
    return {key: fields[key] for key in keys if fields.get(key)}
