#!/usr/bin/env python3
"""Replay the record of a double random draw without Guatu: python3 replay_draw.py RECORD.json

Needs Python 3.9 or later and nothing else. Prints “equal” and ends with 0, or names what differs and ends with 1.
The algorithm is called guatu-draw-1; docs/norms.md describes it in words.
不依赖本系统，重放双随机抽取记录。
"""

# ruff: noqa: T201, PTH123, C420

import hashlib
import json
import sys
from fractions import Fraction


def sha(text):
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode("utf-8")).hexdigest()


def canonical(data):
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


class Numbers:
    """Number n is the first 8 bytes of SHA-256("seed:n"); what would favour small results is skipped."""

    def __init__(self, seed):
        self.seed, self.used = seed, 0

    def below(self, most):
        limit = 2**64 // most * most
        while True:
            digest = hashlib.sha256(f"{self.seed}:{self.used}".encode()).digest()
            self.used += 1
            number = int.from_bytes(digest[:8], "big")
            if number < limit:
                return number % most


def quotas(sizes, rules):
    """How many of each stratum: percents rounded up, or shares with the largest remainders."""
    names = sorted(sizes)
    if rules["rates"]:
        parts = {name: Fraction(str(rules["rates"].get(name, "0")).strip().rstrip("%")) for name in names}
        return {name: -(-sizes[name] * parts[name] // 100) for name in names}
    if rules["shares"]:
        shares = {
            name: Fraction(str(rules["shares"][name]).strip().rstrip("%"))
            for name in names
            if name in rules["shares"]
        }
    else:
        shares = {name: Fraction(sizes[name]) for name in names}
    found = {name: 0 for name in names}
    free = sorted(name for name, share in shares.items() if share > 0)
    left = rules["places"]
    while left:
        whole = sum(shares[name] for name in free)
        exact = {name: left * shares[name] / whole for name in free}
        given = {name: min(int(exact[name]), sizes[name] - found[name]) for name in free}
        rest = left - sum(given.values())
        for name in sorted(free, key=lambda each: (int(exact[each]) - exact[each], each)):
            if rest and found[name] + given[name] < sizes[name]:
                given[name] += 1
                rest -= 1
        for name in free:
            found[name] += given[name]
        left = rest
        free = [name for name in free if found[name] < sizes[name]]
    return found


def replay(record):
    """Everything that follows from the pool, the rules, the secret and the public value."""
    places, people, rules = record["places"], record["inspectors"], record["rules"]
    pool_hash = sha(canonical({"places": places, "inspectors": people, "rules": rules}))
    commitment = sha("guatu-draw-1\n" + record["secret"])
    seed = sha("\n".join(("guatu-draw-1", record["secret"], record["public"], pool_hash)))
    numbers = Numbers(seed)
    sizes = {}
    for place in places:
        sizes[place["stratum"]] = sizes.get(place["stratum"], 0) + 1
    wanted = quotas(sizes, rules)
    picked = []
    for stratum in sorted(wanted):
        urn = [place for place in places if place["stratum"] == stratum]
        for _each in range(wanted[stratum]):
            number = numbers.below(sum(place["weight"] for place in urn))
            at = 0
            while number >= urn[at]["weight"]:
                number -= urn[at]["weight"]
                at += 1
            picked.append(urn.pop(at))
    left = list(people)
    drawn = [left.pop(numbers.below(len(left))) for _each in range(rules["inspectors"])]
    size = rules["crew"]
    crews = [drawn[at * size : (at + 1) * size] for at in range(len(drawn) // size)]
    for at, person in enumerate(drawn[len(crews) * size :]):
        crews[-1 - at % len(crews)].append(person)
    loads = [0] * len(crews)
    lines = []
    for position, place in enumerate(picked, start=1):
        free = [at for at, crew in enumerate(crews) if not any(one["id"] in place["barred"] for one in crew)]
        crew = 0
        if free:
            least = min(loads[at] for at in free)
            equal = [at for at in free if loads[at] == least]
            chosen = equal[numbers.below(len(equal))] if len(equal) > 1 else equal[0]
            loads[chosen] += 1
            crew = chosen + 1
        lines.append({"position": position, "place": place["id"], "stratum": place["stratum"], "crew": crew})
    members = [
        {"number": at, "members": [one["id"] for one in crew]} for at, crew in enumerate(crews, start=1)
    ]
    return {
        "algorithm": "guatu-draw-1", "pool_hash": pool_hash, "commitment": commitment, "seed": seed, "quotas": wanted,
        "picked": lines, "crews": members, "numbers_used": numbers.used,
    }  # fmt: skip


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        record = json.load(source)
    for name, must_be in replay(record).items():
        if record.get(name) != must_be:
            print(f"different / 不一致: {name}")
            print(f"  stands / 记录: {json.dumps(record.get(name), ensure_ascii=False)[:300]}")
            print(f"  must be / 应为: {json.dumps(must_be, ensure_ascii=False)[:300]}")
            return 1
    print(f"equal / 一致: {len(record['picked'])} places, seed {record['seed']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
