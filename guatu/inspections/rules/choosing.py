"""By what places are chosen for a round. Pure: the criteria, how they are kept and read back, what a row must satisfy."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from guatu.places.rules.hours import open_within, parse

MOST = 5_000  # places of one round
SHIFTS = ("", "day", "night")


class BadCriteria(ValueError):
    """Criteria that cannot be read: (which, what stands there)."""


@dataclass(frozen=True)
class Criteria:
    """Which places. What is empty asks nothing; what is named must all hold, but `picked` and `numbers` stand beside it.

    industries, kinds, risks, areas: codes, any of them. zone: code of a zone. last_before: last visited before this day or
    never. never: never visited. open_orders: an order stands open there. contracted: id of the person who answers for it.
    shift: open in the hours of that shift on a day of the round (unknown hours count as open, with a mark).
    picked: ids taken by hand. numbers: numbers or names from a file. without: ids left out by hand.
    """

    industries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    zone: str = ""
    last_before: dt.date | None = None
    never: bool = False
    open_orders: bool = False
    contracted: str = ""
    shift: str = ""
    picked: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether anything but hand-picked places is asked for."""
        names = [
            each.name for each in fields(self) if each.name not in ("picked", "numbers", "without", "shift")
        ]
        return any(getattr(self, name) for name in names)

    @property
    def empty(self) -> bool:
        return not (self.asks or self.picked or self.numbers)


_MANY = ("industries", "kinds", "risks", "areas", "picked", "numbers", "without")


def as_data(criteria: Criteria) -> dict[str, Any]:
    """What is kept with the round: only what was asked for."""
    data: dict[str, Any] = {}
    for each in fields(criteria):
        value = getattr(criteria, each.name)
        if value in ((), "", False, None):
            continue
        data[each.name] = (
            value.isoformat()
            if isinstance(value, dt.date)
            else list(value)
            if isinstance(value, tuple)
            else value
        )
    return data


def from_data(data: Mapping[str, Any]) -> Criteria:
    """Criteria from what a person, a file or a machine wrote. Raises BadCriteria."""
    known = {each.name for each in fields(Criteria)}
    for name in data:
        if name not in known:
            raise BadCriteria(name, "")
    said: dict[str, Any] = {name: _words(name, data.get(name)) for name in _MANY}
    for name in ("zone", "contracted", "shift"):
        value = data.get(name) or ""
        if not isinstance(value, str):
            raise BadCriteria(name, str(value))
        said[name] = value.strip()
    if said["shift"] not in SHIFTS:
        raise BadCriteria("shift", said["shift"])
    for name in ("never", "open_orders"):
        if not isinstance(data.get(name, False), bool):
            raise BadCriteria(name, str(data[name]))
        said[name] = data.get(name, False)
    return Criteria(**said, last_before=_day(data.get("last_before")))


def _words(name: str, value: Any) -> tuple[str, ...]:
    if value in (None, ""):
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise BadCriteria(name, str(value))
    return tuple(dict.fromkeys(str(each).strip() for each in value if str(each).strip()))


def _day(value: Any) -> dt.date | None:
    if value in (None, ""):
        return None
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise BadCriteria("last_before", str(value)) from None


def joined(before: Criteria, more: Criteria) -> Criteria:
    """What a round keeps when places are added a second time: the newest question, and all that was taken by hand."""
    both: dict[str, Any] = {
        name: tuple(dict.fromkeys((*getattr(before, name), *getattr(more, name))))
        for name in ("picked", "numbers", "without")
    }
    return replace(more if more.asks else before, **both)


@dataclass(frozen=True)
class Candidate:
    """A place as choosing looks at it. opening_hours: as it is written; in_round: chosen already; shut: by an order."""

    id: Any
    number: str
    opening_hours: str = ""
    in_round: bool = False
    shut: bool = False


@dataclass(frozen=True)
class Choice:
    """What a choice would do: ids to add, those there already, left out because closed in the shift, hours not known."""

    new: tuple[Any, ...]
    already: int
    closed: int
    unknown: int
    shut: int
    missing: tuple[str, ...] = ()  # numbers of the file that no place has


def choose(
    candidates: Sequence[Candidate],
    spans: Sequence[tuple[dt.datetime, dt.datetime]],
    minutes: int,
    *,
    only_open: bool,
    missing: Iterable[str] = (),
) -> Choice:
    """Which of the candidates are new to the round. spans: the shifts of its days; only_open: a stay of so many minutes
    must fit into the place's hours in one of them."""  # fmt: skip
    new: list[Any] = []
    already = closed = unknown = shut = 0
    for place in candidates:
        if place.in_round:
            already += 1
            continue
        hours = parse(place.opening_hours)
        if only_open and not open_within(hours, spans, minutes):
            closed += 1
            continue
        new.append(place.id)
        unknown += not hours.known
        shut += place.shut
    return Choice(tuple(new), already, closed, unknown, shut, tuple(missing))
