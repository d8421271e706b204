"""Whether two cases are the same matter: what speaks for it, each reason with its weight. Pure.

Nothing is decided here. A person reads the reasons and decides; the score only puts the likeliest first.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.places.rules import metres

MOST = 50  # candidates that are compared at all
_DEGREE = 111_320.0  # metres of a degree of latitude


@dataclass(frozen=True)
class Settings:
    """A campaign's own measure (`settings["cases"]["duplicates"]`): how far back, how far off, from which score on."""

    days: int = 14
    metres: int = 200
    possible: int = 40
    likely: int = 65


def read_settings(settings: Mapping[str, Any]) -> Settings:
    """The settings of a campaign. Raises ValueError naming what is wrong."""
    given = (settings.get("cases") or {}).get("duplicates") or {}
    unknown = set(given) - {"days", "metres", "possible", "likely"}
    if unknown:
        raise ValueError(f"unknown setting of duplicates: {sorted(unknown)[0]}")
    found = Settings(**{name: int(value) for name, value in given.items()})
    if not (
        1 <= found.days <= 366 and 1 <= found.metres <= 5000 and 0 < found.possible <= found.likely <= 100
    ):
        raise ValueError("duplicates: days 1–366, metres 1–5000, 0 < possible ≤ likely ≤ 100")
    return found


@dataclass(frozen=True)
class Matter:
    """What is compared of a case, or of one that is only being written down. phone: a blind index, never a number."""

    class_code: str = ""
    lon: float | None = None
    lat: float | None = None
    area: str = ""
    address: str = ""
    place: UUID | None = None
    at: dt.datetime | None = None
    text: str = ""
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Evidence:
    """One reason for or against. kind: class major other_class near place address time text phone.
    number: metres, minutes or per cent, as the kind says; points: what it adds to the score."""

    kind: str
    points: int
    number: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "points": self.points, "number": self.number}


def plain(text: str) -> str:
    """Text as it is compared: full-width as half-width, no case, no signs, no space."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters; a text of one character is its own pair."""
    known = plain(text)
    return frozenset(known[n : n + 2] for n in range(len(known) - 1)) or frozenset([known] if known else [])


def alike(first: str, second: str) -> float:
    """How much two texts have in common, 0 to 1: pairs in both by pairs in either (Jaccard)."""
    one, other = bigrams(first), bigrams(second)
    return len(one & other) / len(one | other) if one and other else 0.0


def box(lon: float, lat: float, reach: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a square that holds every point within `reach` metres (China: 18°–54° N)."""
    high = reach / _DEGREE
    wide = reach / (_DEGREE * max(math.cos(math.radians(lat)), 0.1))
    return lon - wide, lat - high, lon + wide, lat + high


def evidence(one: Matter, other: Matter, settings: Settings) -> list[Evidence]:
    """Everything that speaks for or against the two being one, the strongest first."""
    found = [
        *_of_class(one, other),
        *_of_where(one, other, settings),
        *_of_time(one, other, settings),
        *_of_text(one, other),
    ]
    if one.phones & other.phones:
        found.append(Evidence("phone", 15))
    return sorted(found, key=lambda each: -each.points)


def score(found: Iterable[Evidence]) -> int:
    """0 to 100."""
    return max(0, min(100, sum(each.points for each in found)))


def _of_class(one: Matter, other: Matter) -> list[Evidence]:
    if not one.class_code or not other.class_code:
        return []
    if one.class_code == other.class_code:
        return [Evidence("class", 25)]
    if one.class_code[:2] == other.class_code[:2]:
        return [Evidence("major", 10)]
    return [Evidence("other_class", -15)]


def _of_where(one: Matter, other: Matter, settings: Settings) -> list[Evidence]:
    """Whereabouts are said in several ways; the best of them counts, all of them are shown."""
    found = []
    if one.place is not None and one.place == other.place:
        found.append(Evidence("place", 30))
    if plain(one.address) and plain(one.address) == plain(other.address):
        found.append(Evidence("address", 30))
    far = distance(one, other)
    if far is not None and far <= settings.metres:
        found.append(Evidence("near", 35 - round(25 * far / settings.metres), round(far)))
    found.sort(key=lambda each: -each.points)
    return [found[0], *(Evidence(each.kind, 0, each.number) for each in found[1:])] if found else []


def distance(one: Matter, other: Matter) -> float | None:
    """Metres between two points; None when one of them has none."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    return metres((one.lon, one.lat), (other.lon, other.lat))


def _of_time(one: Matter, other: Matter, settings: Settings) -> list[Evidence]:
    if one.at is None or other.at is None:
        return []
    minutes = round(abs((one.at - other.at).total_seconds()) / 60)
    if minutes > settings.days * 1440:
        return []
    return [Evidence("time", 15 if minutes <= 1440 else 10 if minutes <= 3 * 1440 else 5, minutes)]


def _of_text(one: Matter, other: Matter) -> list[Evidence]:
    share = alike(one.text, other.text)
    return [Evidence("text", round(30 * share), round(100 * share))] if share >= 0.2 else []


# --- trees of judgements -----------------------------------------------------------------------------------------

Edges = Mapping[UUID, UUID]  # case → the case it was judged to be the same as


def below(case: UUID, edges: Edges) -> set[UUID]:
    """Every case that came in with this one: judged the same as it, or as one of those."""
    found: set[UUID] = set()
    newest = {case}
    while newest:
        newest = {child for child, parent in edges.items() if parent in newest} - found - {case}
        found |= newest
    return found


def ranked(
    found: Sequence[tuple[Any, list[Evidence]]], settings: Settings
) -> list[tuple[Any, list[Evidence], int]]:
    """Those that reach the score of a possible duplicate, the likeliest first."""
    scored = [(each, reasons, score(reasons)) for each, reasons in found]
    return sorted((line for line in scored if line[2] >= settings.possible), key=lambda line: -line[2])
