"""Talking with other platforms: whose word means what, when to try again, what may be taken over without asking. Pure.

A mapping is data (a pack's `[[peers]]`, or typed at the desk): `states` our status → their word; `signals` their word →
what it makes us do; `classes`, `areas`, `units` ours → theirs (read backwards for what comes in); `defaults` what holds
when they say nothing, or something nobody mapped.
"""

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guatu.cases.rules.lifecycle import OPEN, RECTIFIED, SETTLED, STATUSES

KINDS = ("upper", "hotline", "district")
WAYS = ("http", "file")
MESSAGE_KINDS = ("case", "change", "update", "offer", "answer")
# What they may demand of a case they gave us, and what their word for its state may make us do.
DEMANDS = ("recall", "hurry", "due", "close", "rework", "note")
SIGNALS = ("none", "accept", "done", "return")
WAITING = ("waiting", "failed")  # will be tried again by itself
STUCK = ("dead",)  # given up by the machine: later ones of the case wait until somebody decides
MOST_TRIES = 12
FIRST_WAIT, LONGEST_WAIT = 60, 6 * 3600  # seconds
MOST_FILES, MOST_FILE_BYTES, MOST_JSON_BYTES = 20, 30 * 1024 * 1024, 2 * 1024 * 1024
SEALED = ("reporter",)  # parts of a content that are never kept in the clear

# What holds when a platform has said nothing: the words of the standard list (what is done is only what was checked).
STATES: dict[str, str] = {
    "reported": "待受理", "confirmed": "待受理", "filed": "已受理", "dispatched": "待整改", "accepted": "整改中",
    "treated": "整改中", "handled": "整改中", "verified": "已整改", "closed": "已整改", "returned": "待整改",
    "held": "挂起", "rejected": "不予受理", "void": "已作废", "duplicate": "重复件", "withdrawn": "已撤回",
}  # fmt: skip
MEANING: dict[str, str] = {
    "待受理": "none", "已受理": "none", "待整改": "none", "整改中": "accept", "挂起": "none", "已整改": "done",
    "不予受理": "return", "已作废": "return", "重复件": "return", "已撤回": "return",
}  # fmt: skip


def plain(word: object) -> str:
    """A word as it is compared: full and half width, spaces and case make no difference."""
    return unicodedata.normalize("NFKC", str(word)).strip().casefold()


@dataclass(frozen=True)
class Unknown(Exception):
    """A word nobody mapped. what: state, class, area, unit."""

    what: str
    word: str


@dataclass(frozen=True)
class Words:
    """A mapping as read; look-ups by word in either direction."""

    states: Mapping[str, str]
    signals: Mapping[str, str]
    classes: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def state(self, status: str) -> str:
        """Their word for our status."""
        return self.states.get(status) or STATES[status]

    def signal(self, word: str) -> str:
        """What their word for a state makes us do. Raises `Unknown` when nobody mapped it and there is no default."""
        found = {plain(theirs): signal for theirs, signal in self.signals.items()}.get(plain(word))
        found = found or self.defaults.get("state", "")
        if found not in SIGNALS:
            raise Unknown("state", word)
        return found

    def ours(self, what: str, word: str) -> str:
        """Our class, area or unit for theirs; "" when they say nothing and there is no default. With no table at all
        their word is ours. Raises `Unknown`."""
        table: Mapping[str, str] = getattr(self, {"class": "classes", "area": "areas", "unit": "units"}[what])
        default = self.defaults.get(what, "")
        if not word.strip():
            return default
        if not table:
            return word.strip()
        for mine, theirs in table.items():
            if plain(theirs) == plain(word):
                return mine
        if not default:
            raise Unknown(what, word)
        return default

    def theirs(self, what: str, word: str) -> str:
        """Their word for our class or unit; ours itself when nobody mapped it."""
        table: Mapping[str, str] = getattr(self, {"class": "classes", "area": "areas", "unit": "units"}[what])
        return table.get(word, word)


def read_mapping(data: Mapping[str, Any] | None) -> Words:
    """A mapping from data; what it does not say is as in `STATES` and `MEANING`."""
    said = {
        name: _texts((data or {}).get(name))
        for name in ("states", "signals", "classes", "areas", "units", "defaults")
    }
    return Words(
        said["states"] or STATES, said["signals"] or MEANING, said["classes"], said["areas"], said["units"],
        said["defaults"],
    )  # fmt: skip


def _texts(table: object) -> dict[str, str]:
    if not isinstance(table, Mapping):
        return {}
    return {str(key): str(value) for key, value in table.items()}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a mapping. code: unmapped_status, unknown_status, unknown_signal, ambiguous, unknown_part."""

    code: str
    part: str
    word: str
    other: str = ""


def mapping_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Everything wrong in a mapping: every status must have a word, no word may mean two things."""
    found = [
        Fault("unknown_part", name, name)
        for name in data
        if name not in ("states", "signals", "classes", "areas", "units", "defaults")
    ]
    states, signals = _texts(data.get("states")), _texts(data.get("signals"))
    if states:
        found += [
            Fault("unmapped_status", "states", each) for each in STATUSES if not states.get(each, "").strip()
        ]
        found += [Fault("unknown_status", "states", each) for each in states if each not in STATUSES]
    found += [
        Fault("unknown_signal", "signals", word, said)
        for word, said in signals.items()
        if said not in SIGNALS
    ]
    seen: dict[str, tuple[str, str]] = {}
    for word, signal in signals.items():
        before = seen.setdefault(plain(word), (word, signal))
        if before[1] != signal:
            found.append(Fault("ambiguous", "signals", word, before[0]))
    for part in ("classes", "areas", "units"):
        back: dict[str, str] = {}
        for mine, theirs in _texts(data.get(part)).items():
            first = back.setdefault(plain(theirs), mine)
            if first != mine:
                found.append(Fault("ambiguous", part, theirs, f"{first}, {mine}"))
    state = _texts(data.get("defaults")).get("state", "")
    if state and state not in SIGNALS:
        found.append(Fault("unknown_signal", "defaults", "state", state))
    return found


# --- sending -----------------------------------------------------------------------------------------------------


def fingerprint(content: Mapping[str, Any]) -> str:
    """Of a whole content, whatever the order of its keys: the same key must bring the same fingerprint."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def wait_seconds(tries: int, chance: float) -> float:
    """How long to wait after so many tries: one minute, doubled each time, six hours at most. chance (0 to 1) spreads
    it by a quarter either way, so that a platform that comes back is not asked by everybody at once."""
    base: float = min(FIRST_WAIT * 2 ** max(tries - 1, 0), LONGEST_WAIT)
    return min(base * (0.75 + chance / 2), LONGEST_WAIT)


def after_failure(tries: int) -> str:
    """The status of a message after so many tries that failed."""
    return "dead" if tries >= MOST_TRIES else "failed"


# --- what comes in -----------------------------------------------------------------------------------------------

APPLY, CONFLICT, NOTHING = "apply", "conflict", "nothing"


def judge(demand: str, status: str, *, has_clock: bool) -> str:
    """What to do when they demand something of a case that stands so with us: apply it, nothing (it is so already), or
    a conflict that a person settles, because both sides have moved.

    demand: recall 撤回, hurry 催办, due 改期限, close 结案, rework 退回整改, note 说明.
    """
    if demand in ("hurry", "note"):
        return APPLY
    if demand == "recall":
        if status in ("void", "withdrawn", "rejected", "duplicate"):
            return NOTHING
        return APPLY if status in ("reported", "confirmed", "filed", "dispatched") else CONFLICT
    if demand == "due":
        if status in SETTLED:
            return CONFLICT
        return CONFLICT if has_clock and status not in ("reported", "confirmed", "filed") else APPLY
    if demand == "close":
        return NOTHING if status in SETTLED else CONFLICT
    if demand == "rework":
        return APPLY if status in RECTIFIED else NOTHING if status in OPEN else CONFLICT
    raise Unknown("demand", demand)


def same_moment(one: dt.datetime | None, other: dt.datetime | None) -> bool:
    """Whether two deadlines are the same to the minute."""
    if one is None or other is None:
        return one is other
    return abs((one - other).total_seconds()) < 60
