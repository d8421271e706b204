"""What a form asks, flat: questions with path, type, labels, choices. Pure; kept as JSON beside the XForm."""

from functools import cached_property
from typing import Any

import msgspec

Label = dict[str, str]  # language as the form names it → text; "" when the form has one language only

# Types as this house names them; the XForm's own on the left.
TYPES = {
    "string": "text", "text": "text", "int": "int", "integer": "int", "decimal": "decimal", "date": "date",
    "time": "time", "dateTime": "datetime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "binary": "file", "barcode": "barcode", "boolean": "boolean", "rank": "rank", "select": "select_multiple",
    "select1": "select_one", "list": "select_multiple", "intent": "text", "long": "int", "double": "decimal",
    "float": "decimal", "anyURI": "text", "base64Binary": "file",
}  # fmt: skip
NUMBERS = ("int", "decimal")
SELECTS = ("select_one", "select_multiple", "rank")
GEOMETRY = ("geopoint", "geotrace", "geoshape")


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One choice of a list: the name that is sent, the label that is read."""

    name: str
    label: Label = {}


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question (or calculation, or note). Paths begin with “/” and leave the root's name out.

    control: input, select, select1, upload, trigger, range, rank, or "" for what nobody sees. choices: name of a list
    in the sheet; open_choices: the list is elsewhere (a file), so any answer is taken. repeat: path of the innermost
    repeat around it. required: always; required_if: the expression otherwise.
    """

    path: str
    name: str
    type: str = "text"
    control: str = ""
    label: Label = {}
    hint: Label = {}
    required: bool = False
    required_if: str = ""
    relevant: str = ""
    constraint: str = ""
    message: Label = {}
    calculate: str = ""
    readonly: bool = False
    choices: str = ""
    open_choices: bool = False
    repeat: str = ""
    preload: str = ""
    mediatype: str = ""

    @property
    def asked(self) -> bool:
        """Whether a person answers it: neither a note nor a calculation nor something the phone fills in."""
        return bool(self.control) and not (self.readonly and not self.calculate)


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group or a repeat."""

    path: str
    label: Label = {}
    repeats: bool = False
    relevant: str = ""


class External(msgspec.Struct, frozen=True, omit_defaults=True):
    """A list or picture that lives in a file of its own: the id of the instance ("" for pictures) and the file's name."""

    file: str
    instance: str = ""


class Save(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer that is saved to a property of an entity. row: on the survey sheet, 0 when not known."""

    path: str
    property: str
    row: int = 0


class WritesTo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A list that the form makes or changes entities of. path: of the group or repeat that declares it ("" = the form)."""

    dataset: str
    path: str = ""
    saves: list[Save] = []
    create: bool = False
    update: bool = False
    version: str = ""  # of the specification
    row: int = 0  # on the entities sheet


class Sheet(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """Everything a version asks."""

    form_id: str
    version: str = ""
    title: str = ""
    root: str = "data"
    languages: list[str] = []
    language: str = ""  # the default one
    questions: list[Question] = []
    groups: list[Group] = []
    lists: dict[str, list[Choice]] = {}
    externals: list[External] = []
    writes: list[WritesTo] = []

    @cached_property
    def by_path(self) -> dict[str, Question]:
        return {question.path: question for question in self.questions}

    @cached_property
    def group_by_path(self) -> dict[str, Group]:
        return {group.path: group for group in self.groups}

    @cached_property
    def names(self) -> dict[str, dict[str, Choice]]:
        """List → choice by name."""
        return {name: {choice.name: choice for choice in choices} for name, choices in self.lists.items()}

    def named(self, name: str) -> Question | None:
        """The question of that name or path."""
        if name.startswith("/"):
            return self.by_path.get(name)
        return next((question for question in self.questions if question.name == name), None)

    def choice(self, question: Question, name: str) -> Choice | None:
        return self.names.get(question.choices, {}).get(name)


def pack(sheet: Sheet) -> dict[str, Any]:
    """As JSON-able data."""
    found: dict[str, Any] = msgspec.to_builtins(sheet)
    return found


def unpack(kept: dict[str, Any]) -> Sheet:
    """Back from JSON."""
    return msgspec.convert(kept, Sheet)


_CHINESE = ("中文", "汉", "zh", "chinese", "普通话", "简体")
_ENGLISH = ("english", "(en", "英")


def said(label: Label, language: str, sheet: Sheet | None = None) -> str:
    """A label in the reader's language ("zh…" or "en…"): its own words, else the form's default, else any."""
    if not label:
        return ""
    wanted = _CHINESE if language.startswith("zh") else _ENGLISH
    for name, text in label.items():
        low = name.lower()
        if text and (low == language[:2] or any(word in low for word in wanted)):
            return text
    if sheet is not None and label.get(sheet.language):
        return label[sheet.language]
    return label.get("") or label.get("default") or next((text for text in label.values() if text), "")
