"""What an entry contributes to the figures. Pure; no personal value can come in, by the shape of the columns."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from guatu.kernel.factshape import Fact
from guatu.registers.rules import counted, read_columns


class EntryRow(Protocol):
    """The side of an entry that counting looks at."""

    @property
    def register_code(self) -> str: ...
    @property
    def columns(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def fields(self) -> Mapping[str, str]: ...
    @property
    def area(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def parent_id(self) -> UUID | None: ...
    @property
    def entered_on(self) -> dt.date: ...


def facts_of(entry: EntryRow) -> list[Fact]:
    """One fact of kind `entry`, category the register's code; a withdrawn entry contributes nothing.

    A forgotten entry stays counted: who it was is gone, that it was is not. attributes: declared columns, and `parent`.
    """
    if entry.status == "withdrawn":
        return []
    attributes: dict[str, str | int | bool | None] = dict(counted(read_columns(entry.columns), entry.fields))
    attributes["parent"] = str(entry.parent_id) if entry.parent_id is not None else None
    return [
        Fact(
            kind="entry",
            area=entry.area,
            status="current",
            category=entry.register_code,
            happened_on=entry.entered_on,
            measures={"entries": 1},
            attributes=attributes,
        )
    ]
