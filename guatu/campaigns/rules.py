"""Who stands under whom in a campaign, and what the days mean. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

LEADING_GROUP, OFFICE, WORK_GROUP, SPECIAL_GROUP = "leading_group", "office", "work_group", "special_group"
# kind of body → kinds of body it may stand under ("" is: under none)
STANDS_UNDER: dict[str, tuple[str, ...]] = {
    LEADING_GROUP: ("", LEADING_GROUP),
    OFFICE: (LEADING_GROUP,),
    WORK_GROUP: (LEADING_GROUP, OFFICE),
    SPECIAL_GROUP: (LEADING_GROUP, WORK_GROUP),
}
LEAD, SUPPORT, MEMBER = "lead", "support", "member"
UNIT_ROLES = (LEAD, SUPPORT, MEMBER)
LEADER, DEPUTY, CONTACT = "leader", "deputy", "contact"
PERSON_ROLES = (LEADER, DEPUTY, CONTACT, "member")


def may_stand_under(kind: str, parent_kind: str) -> bool:
    """Whether a body of `kind` may stand under one of `parent_kind` ("" is: under none)."""
    return parent_kind in STANDS_UNDER.get(kind, ())


@dataclass(frozen=True)
class PhaseDays:
    """A stretch of the campaign as it is entered; both days belong to it."""

    code: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    guarantee: bool = False


class Span(Protocol):
    """Anything with a first and a last day."""

    @property
    def code(self) -> str: ...
    @property
    def starts_on(self) -> dt.date: ...
    @property
    def ends_on(self) -> dt.date: ...


def phase_of(day: dt.date | None, phases: Iterable[Span]) -> str:
    """The code of the phase a day falls into ("" for none); of overlapping ones the one that begins last."""
    if day is None:
        return ""
    around = [phase for phase in phases if phase.starts_on <= day <= phase.ends_on]
    return max(around, key=lambda phase: (phase.starts_on, phase.code)).code if around else ""


def wrong_phase(phases: Sequence[PhaseDays]) -> tuple[str, str] | None:
    """The first mistake in a set of phases as (what, name): "days" when it ends before it begins, "twice" for a code."""
    seen: set[str] = set()
    for phase in phases:
        if phase.ends_on < phase.starts_on:
            return "days", phase.name
        if phase.code in seen:
            return "twice", phase.name
        seen.add(phase.code)
    return None


def days_left(opens_on: dt.date, today: dt.date) -> int:
    """Days until opening: 50 on 16 September for 5 November; negative once it has opened."""
    return (opens_on - today).days
