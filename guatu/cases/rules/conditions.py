"""What a dispatch rule may ask of a case, written as data and read into tests. Pure.

A condition is a mapping with `kind` and the keys of that kind (`KEYS`); everything it names must hold. What cannot be
read becomes a `Flaw`, never an exception: a broken rule must be shown, and the others must go on working.
"""

import datetime as dt
import re
import unicodedata
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from guatu.cases.rules.patterns import open_repeats

KEYS: dict[str, tuple[str, ...]] = {
    "class": ("in", "not"),
    "area": ("in", "not"),
    "time": ("weekdays", "from", "to", "working", "since", "until", "guarantee"),
    "keyword": ("any", "all", "none", "pattern"),
    "place": ("kinds", "categories", "industries", "ids"),
    "source": ("in", "not"),
}
_LONGEST_PATTERN = 200
_READ_BY_PATTERN = 2000  # characters of the case's text: with one open repeat that is at most 4 million steps
_SHOWN = 80


@dataclass(frozen=True)
class Flaw:
    """Why a rule is broken. code: see the desk's words; what: the value that is wrong."""

    code: str
    what: str = ""


@dataclass(frozen=True)
class Target:
    """A unit a rule may name."""

    code: str
    name: str
    active: bool = True


@dataclass(frozen=True)
class Matter:
    """What rules see of a case. at: local moment of the dispatch; working: it lies in working time (None: not known)."""

    at: dt.datetime
    class_scheme: str = ""
    class_kind: str = ""
    class_code: str = ""
    class_major: str = ""
    area: str = ""
    title: str = ""
    description: str = ""
    address: str = ""
    source: str = ""
    place: tuple[str, ...] = ()  # id and number
    place_kind: str = ""
    place_category: str = ""
    place_industry: str = ""
    working: bool | None = None
    guarantee: bool = False
    standard_unit: str = ""  # code of the unit that the case's standard names
    key: Any = None  # whatever the caller knows the case by

    @cached_property
    def text(self) -> str:
        return plain(f"{self.title}\n{self.description}\n{self.address}")


@dataclass(frozen=True)
class World:
    """What exists for rules to name: classes, areas, zones, units, the units of streets and of classes' standards."""

    units: Mapping[str, Target] = field(default_factory=dict)
    classes: frozenset[tuple[str, str, str]] = (
        frozenset()
    )  # scheme, kind, code; empty: any class may be named
    majors: frozenset[str] = frozenset()
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    streets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # area code → codes of its units
    class_units: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    knows_area: Callable[[str], bool] = lambda _code: True


@dataclass(frozen=True)
class Test:
    """One question to a case. part: the word for it; wanted: as the rule says it; actual: as the case has it."""

    part: str
    wanted: str
    holds: Callable[[Matter], bool]
    actual: Callable[[Matter], str]


def plain(text: str) -> str:
    """Text as it is compared: full and half width, upper and lower case are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def read_conditions(given: Any, world: World) -> tuple[tuple[Test, ...], tuple[Flaw, ...]]:
    """The tests that all must hold, and what is wrong with the conditions as written."""
    if not isinstance(given, (list, tuple)):
        return (), (Flaw("not_a_list"),)
    tests: list[Test] = []
    flaws: list[Flaw] = []
    for each in given:
        if not isinstance(each, Mapping) or not isinstance(each.get("kind"), str):
            flaws.append(Flaw("not_a_condition", str(each)[:_SHOWN]))
            continue
        kind = each["kind"]
        if kind not in KEYS:
            flaws.append(Flaw("unknown_kind", kind[:_SHOWN]))
            continue
        strange = [str(key) for key in each if key != "kind" and key not in KEYS[kind]]
        flaws += [Flaw("unknown_key", f"{kind}.{key}"[:_SHOWN]) for key in strange]
        found = _READERS[kind](each, world, flaws)
        if not found and not strange and not flaws:
            flaws.append(Flaw("empty_condition", kind))
        tests += found
    return tuple(tests), tuple(flaws)


def _words(each: Mapping[str, Any], key: str, flaws: list[Flaw]) -> tuple[str, ...]:
    """A list of texts; one text counts as a list of one."""
    value = each.get(key)
    if value is None:
        return ()
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, (list, tuple)) or any(
        not isinstance(item, (str, int)) or isinstance(item, bool) for item in value
    ):
        flaws.append(Flaw("not_texts", f"{each['kind']}.{key}"))
        return ()
    return tuple(text for item in value if (text := str(item).strip()))


def _flag(each: Mapping[str, Any], key: str, flaws: list[Flaw]) -> bool | None:
    value = each.get(key)
    if value is None or isinstance(value, bool):
        return value
    flaws.append(Flaw("not_yes_or_no", f"{each['kind']}.{key}"))
    return None


def _turned(holds: Callable[[Matter], bool], no: bool | None) -> Callable[[Matter], bool]:
    return (lambda matter: not holds(matter)) if no else holds


def _listed(words: Sequence[str], no: bool | None = False) -> str:
    return ("≠ " if no else "") + "、".join(words)


# --- class -------------------------------------------------------------------------------------------------------


def _class_match(text: str) -> Callable[[str, str, str, str], bool]:
    """“0101”, “01*”, “major:01”, “matter:0101”, “scheme|kind|0101” → does (scheme, kind, code, major) match."""
    if text.startswith("major:"):
        wanted = text.removeprefix("major:")
        return lambda _scheme, _kind, code, major: (major or code[:2]) == wanted
    parts = (
        tuple(text.split("|"))
        if "|" in text
        else ("", *text.partition(":")[::2])
        if ":" in text
        else ("", "", text)
    )
    if len(parts) != 3:
        return lambda *_any: False
    scheme, kind, code = parts
    if code.endswith("*"):
        start = code.rstrip("*")
        return lambda s, k, c, _m: bool(c) and c.startswith(start) and scheme in ("", s) and kind in ("", k)
    return lambda s, k, c, _m: c == code and scheme in ("", s) and kind in ("", k)


def _class_tests(each: Mapping[str, Any], world: World, flaws: list[Flaw]) -> list[Test]:
    words, no = _words(each, "in", flaws), _flag(each, "not", flaws)
    matches = [_class_match(word) for word in words]
    for word, match in zip(words, matches, strict=True):
        known = any(match(scheme, kind, code, "") for scheme, kind, code in world.classes)
        if word.startswith("major:"):
            known = known or word.removeprefix("major:") in world.majors
        if world.classes and not known:
            flaws.append(Flaw("unknown_class", word))
    if not words:
        return []

    def holds(m: Matter) -> bool:
        return any(match(m.class_scheme, m.class_kind, m.class_code, m.class_major) for match in matches)

    return [Test("class", _listed(words, no), _turned(holds, no), lambda m: m.class_code)]


# --- area, source, place -----------------------------------------------------------------------------------------


def _area_tests(each: Mapping[str, Any], world: World, flaws: list[Flaw]) -> list[Test]:
    words, no = _words(each, "in", flaws), _flag(each, "not", flaws)
    prefixes: list[str] = []
    for word in words:
        if word.startswith("zone:"):
            zone = word.removeprefix("zone:")
            if zone not in world.zones:
                flaws.append(Flaw("zone_gone", zone))
            elif not world.zones[zone]:
                flaws.append(Flaw("zone_empty", zone))
            prefixes += world.zones.get(zone, ())
        else:
            if not world.knows_area(word):
                flaws.append(Flaw("unknown_area", word))
            prefixes.append(word)
    starts = tuple(prefixes)
    if not words:
        return []
    return [
        Test("area", _listed(words, no), _turned(lambda m: m.area.startswith(starts), no), lambda m: m.area)
    ]


def _source_tests(each: Mapping[str, Any], world: World, flaws: list[Flaw]) -> list[Test]:
    words, no = _words(each, "in", flaws), _flag(each, "not", flaws)
    flaws += [Flaw("unknown_source", word) for word in words if world.sources and word not in world.sources]
    if not words:
        return []
    return [Test("source", _listed(words, no), _turned(lambda m: m.source in words, no), lambda m: m.source)]


def _place_tests(each: Mapping[str, Any], world: World, flaws: list[Flaw]) -> list[Test]:
    found: list[Test] = []
    parts: tuple[tuple[str, str, Callable[[Matter], tuple[str, ...]]], ...] = (
        ("kinds", "place_kind", lambda m: (m.place_kind,)),
        ("categories", "place_category", lambda m: (m.place_category,)),
        ("industries", "place_industry", lambda m: (m.place_industry,)),
        ("ids", "place", lambda m: m.place),
    )
    for key, part, read in parts:
        words = _words(each, key, flaws)
        if words:
            found.append(_among(part, words, read))
    return found


def _among(part: str, words: tuple[str, ...], read: Callable[[Matter], tuple[str, ...]]) -> Test:
    return Test(
        part, _listed(words), lambda m: any(has in words for has in read(m) if has), lambda m: read(m)[-1] if read(m) else ""
    )  # fmt: skip


# --- time --------------------------------------------------------------------------------------------------------


def _time_tests(each: Mapping[str, Any], world: World, flaws: list[Flaw]) -> list[Test]:
    found: list[Test] = []
    days = _words(each, "weekdays", flaws)
    if any(day not in "1234567" or len(day) != 1 for day in days):
        flaws.append(Flaw("bad_weekday", "、".join(days)))
    elif days:
        found.append(
            Test("weekday", _listed(days), lambda m: str(m.at.isoweekday()) in days, lambda m: str(m.at.isoweekday()))
        )  # fmt: skip
    found += _hours(each, flaws)
    found += _dates(each, flaws)
    working = _flag(each, "working", flaws)
    if working is not None:
        found.append(
            Test("working", _yes(working), lambda m: m.working is working, lambda m: _yes(m.working))
        )
    guarantee = _flag(each, "guarantee", flaws)
    if guarantee is not None:
        found.append(
            Test(
                "guarantee", _yes(guarantee), lambda m: m.guarantee is guarantee, lambda m: _yes(m.guarantee)
            )
        )
    return found


def _yes(value: bool | None) -> str:
    return "?" if value is None else "yes" if value else "no"


def _hours(each: Mapping[str, Any], flaws: list[Flaw]) -> list[Test]:
    start, end = each.get("from"), each.get("to")
    if start in (None, "") and end in (None, ""):
        return []
    try:
        first, last = (
            dt.time.fromisoformat(str(start or "00:00")),
            dt.time.fromisoformat(str(end or "23:59:59")),
        )
    except ValueError:
        flaws.append(Flaw("bad_time", f"{start or ''}–{end or ''}"))
        return []
    if first == last or first.tzinfo is not None or last.tzinfo is not None:
        flaws.append(Flaw("bad_time", f"{start or ''}–{end or ''}"))
        return []

    def holds(m: Matter) -> bool:
        now = m.at.time()
        return (
            first <= now < last if first < last else now >= first or now < last
        )  # the night goes over midnight

    return [Test("hours", f"{first:%H:%M}–{last:%H:%M}", holds, lambda m: f"{m.at:%H:%M}")]


def _dates(each: Mapping[str, Any], flaws: list[Flaw]) -> list[Test]:
    since, until = each.get("since"), each.get("until")
    if since in (None, "") and until in (None, ""):
        return []
    try:
        first = dt.date.fromisoformat(str(since)) if since else dt.date.min
        last = dt.date.fromisoformat(str(until)) if until else dt.date.max
    except ValueError:
        flaws.append(Flaw("bad_date", f"{since or ''}–{until or ''}"))
        return []
    if first > last:
        flaws.append(Flaw("bad_date", f"{since}–{until}"))
        return []
    return [
        Test("dates", f"{since or ''}–{until or ''}", lambda m: first <= m.at.date() <= last, lambda m: f"{m.at:%Y-%m-%d}")
    ]  # fmt: skip


# --- keywords ----------------------------------------------------------------------------------------------------


def _keyword_tests(each: Mapping[str, Any], world: World, flaws: list[Flaw]) -> list[Test]:
    found: list[Test] = []
    for part, rule in (("any", any), ("all", all), ("none", None)):
        words = _words(each, part, flaws)
        keys = tuple(plain(word) for word in words)
        if keys:
            found.append(Test(part, _listed(words), _held(keys, rule), _among_text(keys)))
    pattern = each.get("pattern")
    if isinstance(pattern, str) and pattern:
        found += _pattern(pattern, flaws)
    elif pattern not in (None, ""):
        flaws.append(Flaw("not_texts", "keyword.pattern"))
    return found


def _among_text(keys: tuple[str, ...]) -> Callable[[Matter], str]:
    return lambda m: _listed([key for key in keys if key in m.text])


def _held(keys: tuple[str, ...], rule: Any) -> Callable[[Matter], bool]:
    if rule is None:
        return lambda m: not any(key in m.text for key in keys)
    return lambda m: bool(rule(key in m.text for key in keys))


def _pattern(text: str, flaws: list[Flaw]) -> list[Test]:
    try:
        with warnings.catch_warnings():  # what Python may read otherwise one day is no fault of the rule
            warnings.simplefilter("ignore")
            dear = len(text) > _LONGEST_PATTERN or open_repeats(text) > 1
            wanted = re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        flaws.append(Flaw("bad_pattern", text[:_SHOWN]))
        return []
    if dear:
        flaws.append(Flaw("slow_pattern", text[:_SHOWN]))
        return []

    def found(m: Matter) -> str:
        match = wanted.search(m.text[:_READ_BY_PATTERN])
        return match.group(0)[:_SHOWN] if match is not None else ""

    return [
        Test("pattern", text[:_SHOWN], lambda m: wanted.search(m.text[:_READ_BY_PATTERN]) is not None, found)
    ]


_READERS: dict[str, Callable[[Mapping[str, Any], World, list[Flaw]], list[Test]]] = {
    "class": _class_tests,
    "area": _area_tests,
    "time": _time_tests,
    "keyword": _keyword_tests,
    "place": _place_tests,
    "source": _source_tests,
}
