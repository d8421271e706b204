"""How a visit goes, what may be said of an item, what follows from it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.inspections.rules.orders import ORDER_LIFE as ORDER_LIFE
from guatu.inspections.rules.orders import ORDERS as ORDERS

STATUS = ("planned", "started", "done", "skipped", "removed")
WAITING = ("planned", "started")
KINDS = ("round", "look_back", "spot")
# how a visit ended; the first three from mild to grave, the other two said nothing of the place's ways
OUTCOMES = ("pass", "rectify", "shut", "not_open", "gone")
JUDGED = ("pass", "rectify", "shut")
VERDICTS = ("met", "not_met", "put_right", "not_applicable")
PROBLEM_VERDICTS = ("not_met", "put_right")
MOST_MINUTES = 480


@dataclass(frozen=True)
class Move:
    """One row of the lifecycle. outcome: what it sets; "?" is worked out. reason: why must be said."""

    step: str
    sources: tuple[str, ...]
    target: str
    verb: str
    right: str
    outcome: str = ""
    reason: bool = False


LIFECYCLE: dict[str, Move] = {
    move.step: move
    for move in (
        Move("start", ("planned",), "started", "visit.started", "visit.do"),
        Move("finish", ("planned", "started"), "done", "visit.done", "visit.do", outcome="?"),
        Move(
            "not_open", ("planned", "started"), "done", "visit.not_open", "visit.do", "not_open", reason=True
        ),
        Move("gone", ("planned", "started"), "done", "visit.gone", "visit.do", "gone", reason=True),
        Move("skip", ("planned", "started"), "skipped", "visit.skipped", "visit.edit", reason=True),
        Move("plan_again", ("done", "skipped"), "planned", "visit.replanned", "visit.edit"),
        Move("take_back", ("done",), "started", "visit.taken_back", "visit.edit", reason=True),
        Move("remove", ("planned",), "removed", "visit.removed", "visit.edit"),
        Move("restore", ("removed",), "planned", "visit.restored", "visit.edit"),
    )
}


def allowed(step: str, status: str, outcome: str = "") -> bool:
    """Whether a visit in this status may take the step. Only what found nobody is gone to again; only what was judged is
    taken back."""
    if status not in LIFECYCLE[step].sources:
        return False
    if step == "plan_again":
        return status == "skipped" or outcome not in JUDGED
    return step != "take_back" or outcome in JUDGED


@dataclass(frozen=True)
class Asked:
    """An item of the checklist as the rules see it. consequence: rules.norms.CONSEQUENCES; photo: demanded if not met."""

    id: str
    number: str
    consequence: str
    photo: bool = False


@dataclass(frozen=True)
class Said:
    """What was said of an item. photos: how many were taken for it."""

    id: str
    verdict: str
    note: str = ""
    photos: int = 0


@dataclass(frozen=True)
class Fault:
    """Why findings cannot stand: no_verdict, unknown_verdict, strange_item, twice, photo; items: their numbers."""

    what: str
    items: tuple[str, ...]


def photo_purpose(item_id: Any) -> str:
    """Under which purpose a photo of an item is kept with the visit."""
    return f"item:{UUID(str(item_id)).hex}" if item_id else "photo"


def faults(asked: Sequence[Asked], said: Sequence[Said]) -> list[Fault]:
    """Everything that is wrong with the findings, one line a kind; empty: they can stand."""
    numbers = {item.id: item.number for item in asked}
    seen: dict[str, Said] = {}
    found: dict[str, list[str]] = {}
    for each in said:
        if each.id not in numbers:
            found.setdefault("strange_item", []).append(each.id)
        elif each.id in seen:
            found.setdefault("twice", []).append(numbers[each.id])
        elif each.verdict not in VERDICTS:
            found.setdefault("unknown_verdict", []).append(numbers[each.id])
        seen.setdefault(each.id, each)
    for item in asked:
        each_said = seen.get(item.id)
        if each_said is None:
            found.setdefault("no_verdict", []).append(item.number)
        elif item.photo and each_said.verdict in PROBLEM_VERDICTS and not each_said.photos:
            found.setdefault("photo", []).append(item.number)
    return [Fault(what, tuple(items)) for what, items in found.items()]


_OUTCOME_OF = {"note": "pass", "rectify": "rectify", "shut": "shut"}


def propose(asked: Iterable[Asked], verdicts: Mapping[str, str]) -> str:
    """The outcome that follows from what is not met: the gravest consequence wins. Put right on the spot leads to none."""
    grave = [_OUTCOME_OF[item.consequence] for item in asked if verdicts.get(item.id) == "not_met"]
    return max(grave, key=OUTCOMES.index, default="pass")


def escalated(proposed: str, before: str, repeated: bool) -> str:
    """What is proposed when a look-back finds what was ordered still not so: never milder than the order that was not
    followed; the second time in a row it is shut."""
    return max(proposed, before, "shut" if repeated else "pass", key=JUDGED.index)


def milder(outcome: str, proposed: str) -> bool:
    """Whether an inspector's outcome is milder than what follows from the findings: then why must be said."""
    return JUDGED.index(outcome) < JUDGED.index(proposed)


def counts(verdicts: Iterable[str]) -> dict[str, int]:
    """{verdict: how many}, every verdict named, and `items`."""
    listed = list(verdicts)
    return {"items": len(listed), **{name: listed.count(name) for name in VERDICTS}}


def alone_and_contracted(people: Iterable[Any], contracted: Iterable[Any]) -> bool:
    """Whether everybody who inspects answers for the place themselves: nobody looks at their own house alone."""
    who = set(people)
    return bool(who) and who <= set(contracted)


def settings_of(data: Mapping[str, Any] | None) -> "Settings":
    """A campaign's settings of inspections; what is missing or senseless is as usual."""
    said = data or {}
    least, minutes = said.get("least_inspectors", 1), said.get("minutes", 15)
    return Settings(
        least_inspectors=least if isinstance(least, int) and 1 <= least <= 9 else 1,
        not_own_place=said.get("not_own_place") is True,
        minutes=minutes if isinstance(minutes, int) and 1 <= minutes <= MOST_MINUTES else 15,
        look_back=str(said.get("look_back") or "1个工作日"),
    )


@dataclass(frozen=True)
class Settings:
    """campaign.settings["inspections"]: how many inspectors at least; whether those who answer for a place may not inspect
    it alone; minutes expected on the spot; how long after a report of compliance the look-back may take at least."""

    least_inspectors: int = 1
    not_own_place: bool = False
    minutes: int = 15
    look_back: str = "1个工作日"
