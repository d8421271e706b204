"""The double random draw (双随机): which places are inspected and by whom, so that anybody can replay it. Pure.

Two steps. First the pool and the rules of the draw are fixed, and with them a commitment, the SHA-256 of a secret; both can be
published (`committed`). Then a public value nobody could know before is entered (a lottery number, a closing index), the secret
is told, and everything follows (`drawn`): seed = SHA-256 of algorithm, secret, public value and pool hash; every choice takes the
next number of SHA-256(seed:counter). The record holds all of it; `replay` works it out again and names the first difference.
docs/norms.md says it for readers, docs/replay_draw.py replays a record without this program.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

ALGORITHM = "guatu-draw-1"
REASONS: dict[str, tuple[str, str]] = {
    "contract": ("该点位的责任人", "answers for the place"),
    "unit": ("与该点位责任人同一单位", "of the unit that answers for the place"),
}
_MOST_WEIGHT = 1_000


class BadDraw(ValueError):
    """A draw that cannot be held; the argument names what is wrong: count, share, weight, crew, repeated, few, public."""


@dataclass(frozen=True)
class DrawPlace:
    """A place of the pool. stratum: what the shares speak of (a risk, an industry); weight: a whole number from 1 to 1000.

    barred: {inspector's id: reason of REASONS}: who may not be sent here.
    """

    id: str
    name: str = ""
    stratum: str = ""
    weight: int = 1
    barred: Mapping[str, str] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "stratum": self.stratum, "weight": self.weight,
            "barred": dict(sorted(self.barred.items())),
        }  # fmt: skip


@dataclass(frozen=True)
class DrawInspector:
    """An inspector of the pool."""

    id: str
    name: str = ""
    unit: str = ""

    def as_data(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "unit": self.unit}


@dataclass(frozen=True)
class DrawRules:
    """How many are drawn. places: how many places in all (0: what `rates` say); shares: parts of that by stratum ("50" and "30" are 5 : 3;
    a stratum not named shares by its size when no share is given at all, else gets none). rates: percent of each stratum (抽查比例),
    rounded up. inspectors: how many people are drawn (0: none); crew: how many go together.
    """

    places: int = 0
    shares: Mapping[str, str] = field(default_factory=dict)
    rates: Mapping[str, str] = field(default_factory=dict)
    inspectors: int = 0
    crew: int = 2

    def as_data(self) -> dict[str, Any]:
        return {
            "places": self.places, "shares": dict(sorted(self.shares.items())), "rates": dict(sorted(self.rates.items())),
            "inspectors": self.inspectors, "crew": self.crew,
        }  # fmt: skip


# --- numbers that everybody gets -----------------------------------------------------------------------------------


def canonical(data: Any) -> bytes:
    """The one way a piece of data is written to be hashed: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(text: bytes | str) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def commitment_of(secret: str) -> str:
    """What is published before the draw; it fixes the secret without telling it."""
    return sha256(f"{ALGORITHM}\n{secret}")


def seed_of(secret: str, public: str, pool_hash: str) -> str:
    return sha256(f"{ALGORITHM}\n{secret}\n{public}\n{pool_hash}")


class Numbers:
    """Whole numbers from a seed: the first 64 bits of SHA-256(seed:0), SHA-256(seed:1), …"""

    def __init__(self, seed: str) -> None:
        self.seed, self.used = seed, 0

    def below(self, most: int) -> int:
        """The next number from 0 to `most` − 1, each equally likely: what would favour the small ones is thrown away."""
        limit = (1 << 64) // most * most
        while True:
            digest = hashlib.sha256(f"{self.seed}:{self.used}".encode()).digest()
            self.used += 1
            number = int.from_bytes(digest[:8], "big")
            if number < limit:
                return number % most


class _Urn:
    """Weights from which one after another is drawn without putting back, in log time each (a tree of partial sums)."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._weights = list(weights)
        self._sums = [0] * (len(weights) + 1)
        self.total = 0
        for index, weight in enumerate(weights):
            self._add(index, weight)
            self.total += weight

    def _add(self, index: int, weight: int) -> None:
        index += 1
        while index < len(self._sums):
            self._sums[index] += weight
            index += index & -index

    def take(self, number: int) -> int:
        """The index under whose weight the number falls, counting weights in order; it is taken out."""
        at, step = 0, 1 << (len(self._weights).bit_length())
        while step:
            if at + step < len(self._sums) and self._sums[at + step] <= number:
                at += step
                number -= self._sums[at]
            step >>= 1
        self._add(at, -self._weights[at])
        self.total -= self._weights[at]
        return at


# --- how many of each stratum --------------------------------------------------------------------------------------


def quotas(sizes: Mapping[str, int], rules: DrawRules) -> dict[str, int]:
    """How many places of each stratum: by rates, or by shares with the largest remainders, no stratum beyond its size.

    What a small stratum cannot give goes to the others by their shares. Ties: the stratum whose name comes first.
    Raises BadDraw.
    """
    if rules.rates:
        rates = {name: _part(rules.rates[name]) for name in rules.rates if name in sizes}
        if any(rate > 100 for rate in rates.values()):
            raise BadDraw("share")
        return {name: -(-size * rates.get(name, Fraction(0)) // 100) for name, size in sorted(sizes.items())}
    shares = (
        {name: _part(rules.shares[name]) for name in sizes if name in rules.shares}
        if rules.shares
        else {name: Fraction(size) for name, size in sizes.items()}
    )
    found = dict.fromkeys(sorted(sizes), 0)
    open_ = {name: share for name, share in shares.items() if share > 0}
    if rules.places < 0 or rules.places > sum(sizes[name] for name in open_):
        raise BadDraw("few")
    left = rules.places
    while left:
        whole = sum(open_.values())
        exact = {name: left * share / whole for name, share in open_.items()}
        given = {name: min(int(exact[name]), sizes[name] - found[name]) for name in sorted(open_)}
        rest = left - sum(given.values())
        for name in sorted(open_, key=lambda each: (-(exact[each] - int(exact[each])), each)):
            if rest and found[name] + given[name] < sizes[name]:
                given[name] += 1
                rest -= 1
        for name, count in given.items():
            found[name] += count
        left = rest
        open_ = {name: share for name, share in open_.items() if found[name] < sizes[name]}
    return found


def _part(text: Any) -> Fraction:
    try:
        part = Fraction(str(text).strip().removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        raise BadDraw("share") from None
    if not 0 <= part <= 10_000:
        raise BadDraw("share")
    return part


# --- the draw ------------------------------------------------------------------------------------------------------


def committed(
    *, places: Sequence[DrawPlace], inspectors: Sequence[DrawInspector], rules: DrawRules, secret: str
) -> dict[str, Any]:
    """The first step as data: pool, rules, pool hash and commitment. The caller keeps `secret` apart until the draw.

    The order in which places and people are given does not matter: the pool is sorted by id. Raises BadDraw.
    """
    for rows in (places, inspectors):
        if len({row.id for row in rows}) != len(rows):
            raise BadDraw("repeated")
    if any(not 1 <= row.weight <= _MOST_WEIGHT for row in places):
        raise BadDraw("weight")
    if rules.inspectors < 0 or rules.inspectors > len(inspectors) or not 1 <= rules.crew <= 20:
        raise BadDraw("crew")
    if 0 < rules.inspectors < rules.crew:
        raise BadDraw("crew")
    wanted = quotas(_sizes(places), rules)
    if not sum(wanted.values()):
        raise BadDraw("count")
    pool = {
        "places": [row.as_data() for row in sorted(places, key=lambda row: row.id)],
        "inspectors": [row.as_data() for row in sorted(inspectors, key=lambda row: row.id)],
        "rules": rules.as_data(),
    }
    return {
        "algorithm": ALGORITHM,
        **pool,
        "pool_hash": sha256(canonical(pool)),
        "commitment": commitment_of(secret),
    }


def _sizes(places: Sequence[DrawPlace]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for place in places:
        sizes[place.stratum] = sizes.get(place.stratum, 0) + 1
    return sizes


def drawn(
    fixed: Mapping[str, Any], *, secret: str, public: str, source: str = "", **more: Any
) -> dict[str, Any]:
    """The second step: the whole record. public: the value as published; source: where it was published (not hashed).

    more: what else the record should tell (when, by whom, number of the round); not hashed. Raises BadDraw.
    """
    if not public.strip():
        raise BadDraw("public")
    places, inspectors, rules = _read(fixed)
    seed = seed_of(secret, public.strip(), fixed["pool_hash"])
    numbers = Numbers(seed)
    wanted = quotas(_sizes(places), rules)
    picks = _pick_places(numbers, places, wanted)
    crews = _pick_crews(numbers, inspectors, rules)
    sent = _send(numbers, [places[index] for index in picks], crews)
    return {
        **fixed, **more, "secret": secret, "public": public.strip(), "source": source.strip(), "seed": seed, "quotas": wanted,
        "picked": [{"position": at, "place": places[index].id, "stratum": places[index].stratum, "crew": crew}
                   for at, (index, crew) in enumerate(zip(picks, sent, strict=True), start=1)],
        "crews": [{"number": at, "members": [row.id for row in crew]} for at, crew in enumerate(crews, start=1)],
        "numbers_used": numbers.used,
    }  # fmt: skip


def draw(
    *,
    places: Sequence[DrawPlace],
    inspectors: Sequence[DrawInspector],
    rules: DrawRules,
    secret: str,
    public: str,
    source: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Both steps at once, for a draw held before witnesses. Raises BadDraw."""
    fixed = committed(places=places, inspectors=inspectors, rules=rules, secret=secret)
    return drawn(fixed, secret=secret, public=public, source=source, **more)


def _read(fixed: Mapping[str, Any]) -> tuple[list[DrawPlace], list[DrawInspector], DrawRules]:
    return (
        [DrawPlace(**row) for row in fixed["places"]],
        [DrawInspector(**row) for row in fixed["inspectors"]],
        DrawRules(**fixed["rules"]),
    )


def _pick_places(numbers: Numbers, places: Sequence[DrawPlace], wanted: Mapping[str, int]) -> list[int]:
    """Indexes of the places drawn, stratum after stratum by name; within one in the order drawn, by weight."""
    picks = []
    for stratum in sorted(wanted):
        members = [index for index, place in enumerate(places) if place.stratum == stratum]
        urn = _Urn([places[index].weight for index in members])
        picks += [members[urn.take(numbers.below(urn.total))] for _each in range(wanted[stratum])]
    return picks


def _pick_crews(
    numbers: Numbers, inspectors: Sequence[DrawInspector], rules: DrawRules
) -> list[list[DrawInspector]]:
    """The people drawn, put together in the order drawn; who is left over joins the last crews one by one."""
    left = list(inspectors)
    people = [left.pop(numbers.below(len(left))) for _each in range(rules.inspectors)]
    count = len(people) // rules.crew
    crews = [people[at * rules.crew : (at + 1) * rules.crew] for at in range(count)]
    for at, person in enumerate(people[count * rules.crew :]):
        crews[-1 - at % count].append(person)
    return crews


def _send(
    numbers: Numbers, places: Sequence[DrawPlace], crews: Sequence[Sequence[DrawInspector]]
) -> list[int]:
    """The crew (from 1) of each place: among those with nobody barred there and the fewest places so far, by lot; 0: nobody may."""
    loads = [0] * len(crews)
    sent = []
    for place in places:
        free = [at for at, crew in enumerate(crews) if not any(row.id in place.barred for row in crew)]
        if not free:
            sent.append(0)
            continue
        least = min(loads[at] for at in free)
        equal = [at for at in free if loads[at] == least]
        chosen = equal[numbers.below(len(equal))] if len(equal) > 1 else equal[0]
        loads[chosen] += 1
        sent.append(chosen + 1)
    return sent


_KEPT_APART = ("before", "teams", "sealed")  # a round's own bookkeeping beside its record


def published(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A round's draw as it may be given away: the record alone, and the secret only once it was drawn."""
    return {name: value for name, value in kept.items() if name not in _KEPT_APART}


# --- replaying -----------------------------------------------------------------------------------------------------

_COMPARED = ("algorithm", "pool_hash", "commitment", "seed", "quotas", "picked", "crews", "numbers_used")


@dataclass(frozen=True)
class Replay:
    """What came of replaying a record. where: the first thing that differs ("" : nothing), as it stands and as it must be."""

    ok: bool
    where: str = ""
    stands: str = ""
    must_be: str = ""


def replay(record: Mapping[str, Any]) -> Replay:
    """Work the whole record out again from pool, rules, secret and public value; never raises."""
    try:
        places, inspectors, rules = _read(record)
        again = draw(
            places=places, inspectors=inspectors, rules=rules, secret=record["secret"], public=record["public"]
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as wrong:
        return Replay(False, "record", type(wrong).__name__, str(wrong))
    for name in ("places", "inspectors", "rules", *_COMPARED):
        if (found := _first(name, record.get(name), again[name])) is not None:
            return found
    return Replay(True)


def _first(where: str, stands: Any, must_be: Any) -> Replay | None:
    """The first difference between two pieces of data, with the way to it: picked[3].place."""
    if isinstance(must_be, dict) and isinstance(stands, dict):
        for name in sorted({*must_be, *stands}):
            if (found := _first(f"{where}.{name}", stands.get(name), must_be.get(name))) is not None:
                return found
        return None
    if isinstance(must_be, list) and isinstance(stands, list):
        for at, (one, other) in enumerate(zip(stands, must_be, strict=False), start=1):
            if (found := _first(f"{where}[{at}]", one, other)) is not None:
                return found
        if len(stands) != len(must_be):
            return Replay(False, where, str(len(stands)), str(len(must_be)))
        return None
    if type(stands) is not type(must_be) or stands != must_be:
        return Replay(False, where, str(stands), str(must_be))
    return None
