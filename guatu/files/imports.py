"""How a noun says that its rows can be imported: fields, a check for one row, an act for many, a way back.

Neither acts nor reads: the shapes that importers are made of, and the reading of cells with its refusals.

    def check(context: Context, row: Cells) -> RowOutcome:
        number, name = row.text("number", longest=60), row.text("name", longest=200)
        due_on = row.day("due_on")
        if name and name in context.loaded["closed"]:
            row.refuse("name", Problem("task.closed", name=name))
        if row.faults:
            return row.wrong()
        return row.new(number, {"number": number, "name": name, "due_on": due_on})

    TASKS = Importer(kind="task", title=("任务", "Tasks"), right="task.import", fields=(...), prepare=load, check=check,
                     apply=acts.import_tasks, undo=acts.withdraw_imported)
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from guatu.files import rules
from guatu.files.tables import Row
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import mask


@dataclass(frozen=True)
class Field:
    """One thing a row says. aliases: other headings it is found under. personal: its values are masked in reports."""

    key: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    note_zh: str = ""
    note_en: str = ""
    personal: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All headings it goes by, best first."""
        return (self.zh, self.en, self.key, *self.aliases)

    @property
    def label(self) -> str:
        return self.zh if _chinese() else self.en

    @property
    def note(self) -> str:
        return self.note_zh if _chinese() else self.note_en


@dataclass(frozen=True)
class Option:
    """One question asked once for the whole table (coordinate system, category). choices: (value, zh, en)."""

    key: str
    zh: str
    en: str
    choices: tuple[tuple[str, str, str], ...]
    default: str = ""
    note_zh: str = ""
    note_en: str = ""

    @property
    def label(self) -> str:
        return self.zh if _chinese() else self.en

    @property
    def note(self) -> str:
        return self.note_zh if _chinese() else self.note_en

    @property
    def offered(self) -> list[tuple[str, str]]:
        return [(value, zh if _chinese() else en) for value, zh, en in self.choices]


@dataclass
class Context:
    """What a check may know: who imports, into which campaign, the options, and what `prepare` loaded."""

    by: Actor
    campaign: Any = None
    options: Mapping[str, str] = field(default_factory=dict)
    loaded: dict[str, Any] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return self.by.scope


@dataclass(frozen=True)
class Fault:
    """Why a row cannot go in: the field ("" for the row as a whole), what was written there, the refusal."""

    field: str
    value: str
    problem: Problem


@dataclass(frozen=True)
class RowOutcome:
    """What would become of one row. kind: new, changed, same or error. key: its identity, which must not repeat.

    subject_id: the existing row (changed, same). values: what `apply` will need, already converted.
    told: (field, as it stands, as it will be) in words, for whoever looks before applying.
    """

    kind: str
    line: int
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    subject_id: str = ""
    faults: tuple[Fault, ...] = ()
    told: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Change:
    """A row that an import changed: its id, what stood there before, and its version afterwards (undo looks at it)."""

    id: str
    old: Mapping[str, Any]
    version: int


@dataclass(frozen=True)
class Applied:
    """What one chunk did. created: ids; order does not matter."""

    created: Sequence[str] = ()
    changed: Sequence[Change] = ()


CheckRow = Callable[[Context, "Cells"], RowOutcome]
# apply(by=, campaign=, rows=, via=, context=): called inside a deed of the import; opens its own (it joins)
Apply = Callable[..., Applied]
# undo(by=, created=[ids], changed=[Change], via=) → titles of rows that something has been built on (then nothing stays undone)
Undo = Callable[..., Sequence[str]]


@dataclass(frozen=True)
class Importer:
    """One kind of import. title, about: (zh, en). right: needed to start, check and apply. campaign: it needs one.

    prepare: called once with all rows before the checks, to load what they need in few queries into `context.loaded`.
    keeps_source: False for tables of personal values: the file is destroyed once the import is done.
    """

    kind: str
    title: tuple[str, str]
    right: str
    fields: tuple[Field, ...]
    check: CheckRow
    apply: Apply
    undo: Undo
    prepare: Callable[[Context, Sequence["Cells"]], None] | None = None
    options: tuple[Option, ...] = ()
    campaign: bool = False
    about: tuple[str, str] = ("", "")
    keeps_source: bool = True
    chunk: int = 500
    url: Callable[[str], str] | None = None  # id of a created row → its page

    @property
    def label(self) -> str:
        return self.title[0] if _chinese() else self.title[1]

    @property
    def hint(self) -> str:
        return self.about[0] if _chinese() else self.about[1]

    def keeps(self, mapping: Mapping[str, Any]) -> bool:
        """Whether the file of a run stays: not when columns of personal values were taken from it."""
        taken = any(each.personal and mapping.get(each.key) for each in self.fields)
        return self.keeps_source and not taken

    def field(self, key: str) -> Field | None:
        return next((each for each in self.fields if each.key == key), None)


@dataclass(frozen=True)
class Family:
    """Importers that depend on rows. find: the part of the kind after “prefix:” → importer. listed: those to offer."""

    prefix: str
    find: Callable[[str], Importer | None]
    listed: Callable[[Scope], Sequence[Importer]]


@lru_cache(maxsize=1)
def _table() -> tuple[Importer | Family, ...]:
    return tuple(import_string(settings.GUATU_IMPORTERS))


def find(kind: str) -> Importer:
    """The importer of a kind. Raises `import.unknown_kind`."""
    prefix, colon, rest = kind.partition(":")
    for entry in _table():
        if isinstance(entry, Importer) and entry.kind == kind:
            return entry
        if isinstance(entry, Family) and colon and entry.prefix == prefix:
            found = entry.find(rest)
            if found is not None:
                return found
    raise Problem("import.unknown_kind", kind=kind)


def offered(scope: Scope) -> list[Importer]:
    """The importers this person may use, in the order of the table."""
    found: list[Importer] = []
    for entry in _table():
        found += [entry] if isinstance(entry, Importer) else entry.listed(scope)
    return [importer for importer in found if scope.may(importer.right)]


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


class Cells:
    """One row as its fields see it. Every reader answers None (or "") and notes the fault when it cannot."""

    def __init__(self, importer: Importer, mapping: Mapping[str, int], row: Row) -> None:
        self.line = row.line
        self.faults: list[Fault] = []
        self._fields = {each.key: each for each in importer.fields}
        self._raw = {
            key: row.cells[index]
            for key, index in mapping.items()
            if key in self._fields and index < len(row.cells)
        }

    def has(self, key: str) -> bool:
        """Whether the table has a column for the field at all (an absent column changes nothing, an empty cell empties)."""
        return key in self._raw

    def raw(self, key: str) -> Any:
        return self._raw.get(key)

    def refuse(self, key: str, problem: Problem) -> None:
        """Note a fault at a field."""
        value = rules.as_text(self._raw.get(key))[:80]
        each = self._fields.get(key)
        self.faults.append(Fault(key, mask(value) if each is not None and each.personal else value, problem))

    def text(self, key: str, *, longest: int = 200) -> str:
        """Text, trimmed; empty when not given. Required fields are refused when empty."""
        text = rules.as_text(self._raw.get(key))
        if not text:
            if self._fields[key].required:
                self.refuse(key, Problem("import.empty_cell"))
            return ""
        if rules.is_broken(text):
            self.refuse(key, Problem("import.broken_cell"))
            return ""
        if len(text) > longest:
            self.refuse(key, Problem("import.too_long", length=len(text), limit=longest))
            return ""
        return text

    def number(
        self, key: str, *, least: Decimal | int | None = None, most: Decimal | int | None = None
    ) -> Decimal | None:
        text = self.text(key)
        if not text:
            return None
        number = rules.as_number(text)
        if number is None:
            self.refuse(key, Problem("import.not_a_number"))
        elif (least is not None and number < least) or (most is not None and number > most):
            self.refuse(
                key,
                Problem(
                    "import.out_of_range",
                    least="…" if least is None else least,
                    most="…" if most is None else most,
                ),
            )
        else:
            return number
        return None

    def whole(self, key: str, *, least: int | None = None, most: int | None = None) -> int | None:
        number = self.number(key, least=least, most=most)
        if number is not None and number != int(number):
            self.refuse(key, Problem("import.not_a_number"))
            return None
        return None if number is None else int(number)

    def day(self, key: str) -> dt.date | None:
        text = self.text(key)
        day = rules.as_day(text) if text else None
        if text and day is None:
            self.refuse(key, Problem("import.not_a_day"))
        return day

    def moment(self, key: str) -> dt.datetime | None:
        """Aware, in the office's zone."""
        text = self.text(key)
        moment = rules.as_moment(text) if text else None
        if text and moment is None:
            self.refuse(key, Problem("import.not_a_moment"))
        return clock.local(moment) if moment is not None else None

    def yes(self, key: str) -> bool | None:
        text = self.text(key)
        answer = rules.as_yes(text) if text else None
        if text and answer is None:
            self.refuse(key, Problem("import.not_yes_or_no"))
        return answer

    def choice(self, key: str, choices: Mapping[str, Any], *, default: Any = None) -> Any:
        """One of the words in `choices` (word → value), compared without case and spaces."""
        text = self.text(key)
        if not text:
            return default
        wanted = rules.plain_heading(text)
        for word, value in choices.items():
            if rules.plain_heading(word) == wanted:
                return value
        self.refuse(key, Problem("import.not_a_choice", choices="、".join(list(choices)[:20])))
        return default

    def wrong(self) -> RowOutcome:
        return RowOutcome("error", self.line, faults=tuple(self.faults))

    def new(self, key: str, values: Mapping[str, Any]) -> RowOutcome:
        return RowOutcome("new", self.line, key, values)

    def changed(
        self,
        key: str,
        subject_id: Any,
        values: Mapping[str, Any],
        told: Sequence[tuple[str, str, str]] = (),
    ) -> RowOutcome:
        """told: (field, as it stands, as it will be); personal values are masked."""
        hidden = {name for name, each in self._fields.items() if each.personal}
        shown = tuple(
            (name, mask(old), mask(new)) if name in hidden else (name, old, new) for name, old, new in told
        )
        return RowOutcome("changed", self.line, key, values, str(subject_id), told=shown)

    def same(self, key: str, subject_id: Any) -> RowOutcome:
        return RowOutcome("same", self.line, key, {}, str(subject_id))
