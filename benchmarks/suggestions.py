"""Class and unit as past cases suggest them, beside the naive look-up. `python -m benchmarks.suggestions --data FOLDER`.

The baseline is a look-up that needs no learning: the most frequent outcome among past cases that share the area and a
word of the text, else of the area, else of all. What is measured is the share of held-out cases named wrongly (first
choice; ratio below 1: the learned model errs less), right among three, seconds to learn, milliseconds to ask, memory.

Data in FOLDER, whichever stands there: `licensed/boston_311_sample.csv` (real, English: type and department from title
and place; most titles repeat the type, so the cases whose title does not are told apart), and
`official_docs/yuncheng_case_standards.csv` (519 filing conditions of one city, Chinese; reports are put together from
their phrases, and no condition stands on both sides, so a class must be known by other conditions of its own).
Without --data the shipped pack's copy of the conditions is read. jieba is measured beside our n-grams when installed.
"""

import argparse
import csv
import dataclasses
import random
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import record
from guatu.cases.learning import Example, Learned, cut, learn, pack

SHIPPED = Path(__file__).parent.parent / "packs" / "city-standards"
_WORD = re.compile(r"[a-z]{3,}|[\u3400-\u9fff]{2}")
_ROADS = (
    "沪宜公路",
    "宝安公路",
    "曹安公路",
    "金沙江西路",
    "真南路",
    "古猗园路",
    "银翔路",
    "解放街",
    "河东东街",
    "红旗西街",
)
_BEFORE = ("巡查发现", "市民反映", "群众来电称", "网格员上报", "")
_AFTER = ("，影响出行", "，请尽快处理", "，存在安全隐患", "，多日无人处理", "")
Split = tuple[list[Example], list[Example]]


def conditions(path: Path, seed: int) -> Split:
    """Reports made of filing conditions; a fifth of the conditions (never the only one of a class) is held out."""
    dice = random.Random(seed)
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    by_class: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_class[f"{row['kind']}{row['major_code']}{row['minor_code']}"].append(row)
    old: list[Example] = []
    new: list[Example] = []
    for code, group in by_class.items():
        held = {dice.randrange(len(group))} if len(group) > 1 and dice.random() < 0.5 else set()
        for place, row in enumerate(group):
            made = [Example(_report(row, dice), (), code, f"{code}-{place}-{n}") for n in range(12)]
            (new if place in held else old).extend(made)
    dice.shuffle(old)
    return old, new


def _report(row: dict[str, str], dice: random.Random) -> str:
    phrases = [part for part in re.split(r"[，。；、\s]|或者?", row["filing_condition"]) if len(part) > 1]
    said = (
        dice.sample(phrases, min(len(phrases), dice.randint(1, 2))) if phrases else [row["filing_condition"]]
    )
    name = row["minor_name"]
    shown = (
        name
        if dice.random() < 0.5
        else name[dice.randrange(max(1, len(name) - 1)) :]
        if dice.random() < 0.5
        else ""
    )
    return f"{dice.choice(_BEFORE)}{dice.choice(_ROADS)}{dice.randint(1, 999)}号附近{shown}{'，'.join(said)}{dice.choice(_AFTER)}"


def boston(path: Path, outcome: str, *, title: bool, told: bool | None = None) -> Split:
    """Closed rows of the 311 sample, the newest fifth held out. title: the model may read it; told: None all held-out
    rows, False only those whose title does not repeat the type."""
    rows = sorted(
        (row for row in csv.DictReader(path.open()) if row["CLOSED_DT"]), key=lambda row: row["OPEN_DT"]
    )
    found = [
        Example(f"{row['CASE_TITLE'] if title else ''}\n{row['Location']}", (f"area:{row['neighborhood']}", f"source:{row['Source']}"), row[outcome], row["CASE_ENQUIRY_ID"])
        for row in rows
    ]  # fmt: skip
    edge = len(found) * 4 // 5
    same = [_plain(row["CASE_TITLE"]) == _plain(row["TYPE"]) for row in rows]
    return found[:edge], [
        each
        for each, is_same in zip(found[edge:], same[edge:], strict=True)
        if told is None or is_same == told
    ]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def look_up(old: Sequence[Example]) -> Callable[[Example], list[str]]:
    """The baseline: most frequent by area and word, else by area, else of all."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in old:
        area = each.marks[0] if each.marks else ""
        for word in {"", *_WORD.findall(each.text.lower())}:
            counts[area, word][each.outcome] += 1
            counts["", word][each.outcome] += 1

    def ask(each: Example) -> list[str]:
        area = each.marks[0] if each.marks else ""
        votes: dict[str, float] = defaultdict(float)
        for word in set(_WORD.findall(each.text.lower())):
            seen = counts.get((area, word)) or counts.get(("", word)) or Counter()
            for name, count in seen.most_common(
                3
            ):  # a word that says one thing weighs more than one that says many
                votes[name] += (count / seen.total()) ** 2
        usual = (counts.get((area, "")) or counts["", ""]).most_common(3)
        return sorted(votes, key=votes.__getitem__, reverse=True)[:3] or [name for name, _count in usual]

    return ask


def measure(
    old: Sequence[Example], new: Sequence[Example], how: Callable[[str], list[str]] = cut
) -> dict[str, Any]:
    """Accuracy, cost and honesty of one split."""
    begun = time.perf_counter()
    model, own = learn(old, how)
    seconds = time.perf_counter() - begun
    asked = time.perf_counter()
    found = [[name for name, _share in _suggest(model, each, how)] for each in new]
    each_ms = (time.perf_counter() - asked) * 1000 / max(1, len(new))
    naive = look_up(old)
    plain = [naive(each) for each in new]

    def right(guesses: list[list[str]], most: int) -> float:
        hits = [each.outcome in guess[:most] for each, guess in zip(new, guesses, strict=True)]
        return round(sum(hits) / len(hits), 4)

    return {
        "learned_from": len(old), "tested_on": len(new), "outcomes": len(model.outcomes), "pieces": len(model.pieces),
        "top1": right(found, 1), "top3": right(found, 3),
        "baseline_top1": right(plain, 1), "baseline_top3": right(plain, 3),
        "own_measure": {key: round(value, 4) for key, value in dataclasses.asdict(own).items()},
        "learn_seconds": round(seconds, 2), "ask_milliseconds": round(each_ms, 2), "file_bytes": len(pack(model)),
    }  # fmt: skip


def _suggest(model: Learned, each: Example, how: Callable[[str], list[str]]) -> list[tuple[str, float]]:
    if how is cut:
        return model.suggest(each)
    joined = Example(" ", (), "", "")
    pieces = how(each.text) + [f"@{mark}" for mark in each.marks]
    import numpy as np

    from guatu.cases import learning

    where, value = learning._vector(model.pieces, model.rarity, joined, lambda _text: pieces)
    scores = model.weights[:, where] @ value + model.offsets if len(where) else model.offsets
    return [(model.outcomes[index], 0.0) for index in np.argsort(-scores)[:3]]


def _jieba() -> Callable[[str], list[str]] | None:
    try:
        import jieba
    except ImportError:
        return None
    jieba.setLogLevel(60)

    def words(text: str) -> list[str]:
        found = [word for word in jieba.lcut(re.sub(r"\d+", "0", text.lower())) if word.strip()]
        return found + [f"{one} {two}" for one, two in zip(found, found[1:], strict=False)]

    return words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="folder with licensed/ and official_docs/")
    given = parser.parse_args().data
    table = (given / "official_docs" if given else SHIPPED) / "yuncheng_case_standards.csv"
    found: dict[str, Any] = {}
    errors: dict[str, list[float]] = {"learned": [], "look_up": []}
    for seed in range(3):
        done = measure(*conditions(table, seed))
        found[f"conditions, class, seed {seed}"] = done
        errors["learned"].append(1 - done["top1"])
        errors["look_up"].append(1 - done["baseline_top1"])
    other = _jieba()
    if other is not None:
        for seed in range(3):
            found[f"conditions, class, jieba, seed {seed}"] = measure(*conditions(table, seed), other)
    sample = given / "licensed" / "boston_311_sample.csv" if given else None
    if sample is not None and sample.exists():
        found["boston, type"] = measure(*boston(sample, "TYPE", title=True))
        found["boston, type, titles that do not repeat it"] = measure(
            *boston(sample, "TYPE", title=True, told=False)
        )
        found["boston, department"] = measure(*boston(sample, "Department", title=True))
        found["boston, department, without title"] = measure(*boston(sample, "Department", title=False))
        errors["learned"].append(1 - found["boston, type"]["top1"])
        errors["look_up"].append(1 - found["boston, type"]["baseline_top1"])
    for name, each in found.items():
        print(
            name,
            {
                key: each[key]
                for key in (
                    "top1",
                    "top3",
                    "baseline_top1",
                    "baseline_top3",
                    "learn_seconds",
                    "ask_milliseconds",
                )
            },
        )
    record(
        "suggestions", ours="learned", baseline="look_up", unit="share named wrongly", taken=errors, sets=found,
        most_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        data="real 311 rows of Boston (English, sample of 2,498) and Chinese reports put together from 519 filing conditions of one city: no office's own closed cases",
    )  # fmt: skip


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
    django.setup()
    main()
