"""Several hands on one case: when parts and offers may be given and answered, who was mentioned. Pure."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping

OPEN_PARTS = ("given", "accepted")  # the lead waits for these
WORKED = ("dispatched", "accepted")  # somebody has the case: it may be handed over
SHARED = ("dispatched", "accepted", "held")  # parts of it may be given to others

# A part's answer: from which statuses, to which, by whom ("helper": the unit asked; "lead": the unit that has the case).
PART_MOVES: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "accept": (("given",), "accepted", "helper"),
    "done": (("given", "accepted"), "done", "helper"),
    "return": (("given", "accepted"), "returned", "helper"),
    "take_back": (("given", "accepted"), "taken_back", "lead"),
}
# An offer's answer, likewise ("taker": the unit it is offered to).
OFFER_MOVES: Mapping[str, tuple[str, str]] = {
    "accept": ("accepted", "taker"),
    "return": ("returned", "taker"),
    "take_back": ("taken_back", "giver"),
}
EDIT_WINDOW = dt.timedelta(minutes=15)  # how long a comment may be mended by who wrote it
# Whoever acts on cases at all may speak on one they see; who only looks (audit) does not.
SPEAKING = (
    "case.open", "case.accept", "case.handle", "case.verify", "case.dispatch", "case.press", "case.close",
)  # fmt: skip

_MENTION = re.compile(r"[@＠]")


def mentioned(text: str, names: Iterable[str]) -> list[str]:
    """The names that stand in the text behind an @, in the order of the text; of two that fit the longer one counts.

    Names are compared as they stand: Chinese runs on without a space, so a name ends where the longest known one ends.
    """
    known = sorted({name for name in names if name}, key=len, reverse=True)
    found: list[str] = []
    for sign in _MENTION.finditer(text):
        rest = text[sign.end() :]
        name = next((each for each in known if rest.startswith(each)), "")
        if name and name not in found:
            found.append(name)
    return found


def may_edit(at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a comment written at `at` may still be mended."""
    return now - at <= EDIT_WINDOW
