"""A pack as read: frozen parts in the order they are applied, and the mistakes found on the way."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guatu.cases.rules.standards import Ruling
from guatu.inspections.rules.industries import IndustryDraft
from guatu.packs.faults import Faults
from guatu.packs.sheets import Sheet


@dataclass(frozen=True)
class AreaRow:
    """An area the shipped list does not have."""

    code: str
    name: str
    name_en: str = ""
    level: str = ""
    parent: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class ZoneRow:
    code: str
    name: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class UnitRow:
    """parent: code of the unit above, "" for none."""

    code: str
    name: str
    short_name: str
    kind: str
    parent: str
    area: str
    line: int


@dataclass(frozen=True)
class PostRow:
    """A person and the post held. units: codes of units whose subtree it covers."""

    username: str
    name: str
    unit: str
    role: str
    title: str
    areas: tuple[str, ...]
    units: tuple[str, ...]
    zones: tuple[str, ...]
    demo: bool
    line: int


@dataclass(frozen=True)
class PhaseRow:
    code: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    guarantee: bool


@dataclass(frozen=True)
class BodyRow:
    """people: (username, role, title)."""

    code: str
    name: str
    kind: str
    parent: str
    order: int
    duties: str
    area: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    members: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ClassRow:
    """A class of cases. data: what the pack says about it (name and more); what it does not say, the office's word holds."""

    scheme: str
    kind: str
    code: str
    data: Mapping[str, Any]

    def as_data(self) -> dict[str, Any]:
        return {"scheme": self.scheme, "kind": self.kind, "code": self.code, **self.data}


@dataclass(frozen=True)
class FormRow:
    """numbers, names: the number questions and all questions; measures None means every number is summed."""

    code: str
    name: str
    path: Path
    settings: Mapping[str, Any]
    numbers: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def kind(self) -> str:
        return str(self.settings.get("kind") or "submission")

    @property
    def category(self) -> str:
        return str(self.settings.get("category") or self.code)

    @property
    def measures(self) -> tuple[str, ...]:
        named = self.settings.get("measures")
        return tuple(named) if named is not None else self.numbers


@dataclass(frozen=True)
class RegisterRow:
    code: str
    name: str
    name_en: str
    kind: str
    key_field: str
    title_field: str
    parent: str
    purpose: str
    erase_on: dt.date | None
    columns: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class TemplateRow:
    code: str
    name: str
    kind: str
    path: Path
    settings: Mapping[str, Any]


@dataclass
class Pack:
    """Everything a folder says. What was not understood is missing here and told in `faults`."""

    folder: Path
    name: str = ""
    title: tuple[str, str] = ("", "")
    about: tuple[str, str] = ("", "")
    seed: str = ""
    as_of: dt.datetime | None = None
    library: bool = False  # no campaign of its own: it goes into one that is there
    campaign: dict[str, Any] = field(default_factory=dict)
    phases: list[PhaseRow] = field(default_factory=list)
    load: tuple[str, ...] = ()
    areas: list[AreaRow] = field(default_factory=list)
    zones: list[ZoneRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    bodies: list[BodyRow] = field(default_factory=list)
    class_rows: dict[tuple[str, str, str], ClassRow] = field(default_factory=dict)  # by scheme, kind, code
    standards: list[dict[str, Any]] = field(default_factory=list)  # as cases.acts.set_standards takes them
    rulings: list[tuple[str, str, Ruling]] = field(
        default_factory=list
    )  # table, the city's other table, what held
    routing: list[dict[str, Any]] = field(default_factory=list)
    peers: list[dict[str, Any]] = field(default_factory=list)  # as cases.acts.peers.set_peers takes them
    forms: list[FormRow] = field(default_factory=list)
    registers: list[RegisterRow] = field(default_factory=list)
    industries: list[IndustryDraft] = field(default_factory=list)
    norms: Path | None = None
    norm_sheet: Sheet | None = None
    tasks: Path | None = None
    task_sheet: Sheet | None = None
    indicators: list[dict[str, Any]] = field(default_factory=list)
    wall: dict[str, Any] | None = None
    templates: list[TemplateRow] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)  # of the campaign: evidence by category …
    sample: dict[str, Sheet] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    @property
    def classes(self) -> list[ClassRow]:
        return list(self.class_rows.values())

    @property
    def code(self) -> str:
        return str(self.campaign.get("code", ""))

    @property
    def area(self) -> str:
        return str(self.campaign.get("area", ""))

    @property
    def readme(self) -> str:
        path = self.folder / "README.md"
        return path.read_text(encoding="utf-8") if path.is_file() else ""
