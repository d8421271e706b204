"""What past cases teach: a linear model over pieces of words, learned with scikit-learn, asked with numpy alone.

A room of its own because it is neither a rule (it knows numpy, and what it says is a guess), nor a read (it knows no
row): acts teach it, reads ask it. What was learned is arrays and JSON, never code: `pack` and `unpack` refuse pickles.

Words: runs of Chinese characters are cut into one, two and three characters, Latin text into words and pairs of words;
a tokenizer with a dictionary (jieba) was measured and was no better (`benchmarks/suggestions.py`). Digits are all "0":
phone and house numbers teach nothing and must not be remembered. A piece seen in one case only is forgotten.
"""

import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from guatu.cases.problems import routing as routing
from guatu.kernel.problems import Problem

LEAST = 50  # closed cases, below which nothing is learned
RARE = 2  # an outcome seen less often cannot be told from chance
MOST = 20_000  # the newest closed cases; older ones say how the office used to work
KEPT = 5_000  # of which so many can be named as similar
_MOST_WEIGHTS = 6_000_000  # outcomes × pieces, four bytes each
_SHAPE = 1

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Cut = Callable[[str], list[str]]

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Example:
    """A case to learn from or to ask about. marks: area, source, class …, each a piece of its own."""

    text: str
    marks: tuple[str, ...] = ()
    outcome: str = ""
    key: str = ""


@dataclass(frozen=True)
class Measured:
    """On the newest fifth, held back: right at first, among three; `usual`: the most frequent outcome of the area.
    gap: mean difference between stated confidence and being right."""

    tested: int
    top1: float
    top3: float
    usual: float
    gap: float


@dataclass(frozen=True)
class Learned:
    """What was learned. weights: outcome × piece; columns (pieces) of the kept cases stand in `starts, rows, values`."""

    outcomes: tuple[str, ...]
    pieces: dict[str, int]
    rarity: Floats
    weights: Floats
    offsets: Floats
    sharpness: float
    keys: tuple[str, ...]
    starts: Ints
    rows: Ints
    values: Floats

    def suggest(self, example: Example, most: int = 3) -> list[tuple[str, float]]:
        """The likeliest outcomes with their confidence (0 to 1), best first; nothing when no piece is known."""
        where, value = _vector(self.pieces, self.rarity, example)
        if not len(where):
            return []
        share = _shares(self.weights[:, where] @ value + self.offsets, self.sharpness)
        best = np.argsort(-share)[:most]
        return [(self.outcomes[index], float(share[index])) for index in best]

    def similar(self, example: Example, most: int = 12) -> list[tuple[str, float]]:
        """Keys of the kept cases nearest in words, with their likeness (0 to 1), best first."""
        where, value = _vector(self.pieces, self.rarity, example)
        if not len(where) or not self.keys:
            return []
        found = np.zeros(len(self.keys), dtype=np.float32)
        for piece, weight in zip(where, value, strict=True):
            here = slice(self.starts[piece], self.starts[piece + 1])
            found[self.rows[here]] += self.values[here] * weight
        best = np.argsort(-found)[:most]
        return [(self.keys[index], float(found[index])) for index in best if found[index] > 0.05]


def cut(text: str) -> list[str]:
    """Text in pieces: see the head of this file."""
    plain = _DIGITS.sub("0", text.lower())
    found: list[str] = []
    for run in _HAN.findall(plain):
        found += [run[at : at + size] for size in (1, 2, 3) for at in range(len(run) - size + 1)]
    words = _LATIN.findall(plain)
    return found + words + [f"{one} {two}" for one, two in zip(words, words[1:], strict=False)]


def _all_pieces(example: Example, how: Cut = cut) -> list[str]:
    return [*how(example.text), *(f"@{mark}" for mark in example.marks)]


def _vector(pieces: dict[str, int], rarity: Floats, example: Example, how: Cut = cut) -> tuple[Ints, Floats]:
    """Known pieces and their values, of length one; the same arithmetic as scikit-learn's (sublinear tf, smooth idf)."""
    counts = Counter(pieces[piece] for piece in _all_pieces(example, how) if piece in pieces)
    where = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
    often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    value = ((1 + np.log(often)) * rarity[where]).astype(np.float32) if len(where) else often
    length = float(np.linalg.norm(value))
    return where, value / length if length else value


def _shares(scores: NDArray[Any], sharpness: float) -> NDArray[Any]:
    """Scores as shares that add up to one."""
    raised = np.exp(sharpness * (scores - scores.max(axis=-1, keepdims=True)))
    shares: NDArray[Any] = raised / raised.sum(axis=-1, keepdims=True)
    return shares


# --- learning ----------------------------------------------------------------------------------------------------


def usable(examples: Sequence[Example]) -> list[Example]:
    """Those whose outcome is seen often enough; raises `suggestion.too_few` when they are too few to learn from."""
    seen = Counter(example.outcome for example in examples)
    found = [example for example in examples if example.outcome and seen[example.outcome] >= RARE]
    if len(found) < LEAST or len({example.outcome for example in found}) < 2:
        raise Problem("suggestion.too_few", count=len(found), least=LEAST)
    return found


def learn(examples: Sequence[Example], how: Cut = cut) -> tuple[Learned, Measured]:
    """Learn from examples, oldest first. Measured and made honest on the newest fifth, then learned from all of them."""
    found = usable(examples)[-MOST:]
    edge = len(found) * 4 // 5
    measured, sharpness = Measured(0, 0, 0, 0, 0), 8.0
    old, new = found[:edge], found[edge:]
    if len({example.outcome for example in old}) > 1:
        measured, sharpness = _measure(old, new, how)
    pieces, rarity, matrix, outcomes, weights, offsets = _fit(found, how)
    kept = matrix[-KEPT:].tocsc()
    return (
        Learned(
            outcomes=outcomes, pieces=pieces, rarity=rarity, weights=weights, offsets=offsets, sharpness=sharpness,
            keys=tuple(example.key for example in found[-KEPT:]),
            starts=kept.indptr.astype(np.int32), rows=kept.indices.astype(np.int32),
            values=kept.data.astype(np.float32),
        ),
        measured,
    )  # fmt: skip


def _fit(
    examples: Sequence[Example], how: Cut
) -> tuple[dict[str, int], Floats, Any, tuple[str, ...], Floats, Floats]:
    # loaded here: only the job that learns pays the second and the 80 MB
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    labels = [example.outcome for example in examples]
    words = TfidfVectorizer(
        analyzer=lambda example: _all_pieces(example, how), sublinear_tf=True, min_df=2, dtype=np.float32,
        max_features=max(1000, min(30_000, _MOST_WEIGHTS // len(set(labels)))),
    )  # fmt: skip
    matrix = words.fit_transform(examples)
    lines = LinearSVC(C=0.5, random_state=0).fit(matrix, labels)
    weights, offsets = lines.coef_, lines.intercept_
    if len(lines.classes_) == 2:  # scikit-learn keeps one line for two outcomes
        weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
    pieces = {str(piece): int(index) for piece, index in words.vocabulary_.items()}
    names = tuple(str(each) for each in lines.classes_)
    return (
        pieces,
        words.idf_.astype(np.float32),
        matrix,
        names,
        weights.astype(np.float32),
        offsets.astype(np.float32),
    )


def _measure(old: Sequence[Example], new: Sequence[Example], how: Cut) -> tuple[Measured, float]:
    """Learn from the old, ask about the new; the sharpness that makes the stated confidence true on them."""
    pieces, rarity, _matrix, outcomes, weights, offsets = _fit(old, how)
    place = {outcome: index for index, outcome in enumerate(outcomes)}
    scores = np.stack([_scores(pieces, rarity, weights, offsets, example, how) for example in new])
    truth = np.array([place.get(example.outcome, -1) for example in new])
    known = truth >= 0
    sharpness = _sharpness(scores, truth) if known.any() else 8.0
    best = np.argsort(-scores, axis=1)[:, :3]
    right = best[:, 0] == truth
    sure = _shares(scores, sharpness).max(axis=1)
    usual = _usual(old)
    guessed = [usual.get(_area(each), usual[""]) == each.outcome for each in new]
    return (
        Measured(
            tested=len(new), top1=float(right.mean()), top3=float((best == truth[:, None]).any(axis=1).mean()),
            usual=float(np.mean(guessed)), gap=_gap(sure, right),
        ),
        sharpness,
    )  # fmt: skip


def _sharpness(scores: NDArray[Any], truth: NDArray[Any]) -> float:
    """The sharpness under which the truth is likeliest, and the mean confidence no more than the hits bear out: after
    twenty tries that all were right nobody may be surer than 21 in 22."""
    known = truth >= 0
    picked = np.arange(int(known.sum())), truth[known]
    hits = int((scores.argmax(axis=1) == truth).sum())
    most = (hits + 1) / (len(truth) + 2)
    steps = np.geomspace(0.5, 40, 60)
    bearable = [step for step in steps if _shares(scores, step).max(axis=1).mean() <= most] or [steps[0]]
    losses = [-np.log(_shares(scores[known], step)[picked] + 1e-9).mean() for step in bearable]
    return float(bearable[int(np.argmin(losses))])


def _scores(
    pieces: dict[str, int], rarity: Floats, weights: Floats, offsets: Floats, example: Example, how: Cut
) -> Floats:
    where, value = _vector(pieces, rarity, example, how)
    scores: Floats = weights[:, where] @ value + offsets if len(where) else offsets
    return scores


def _gap(sure: NDArray[Any], right: NDArray[Any]) -> float:
    """Expected calibration error over ten steps of confidence."""
    step = np.minimum((sure * 10).astype(int), 9)
    parts = [(step == each) for each in range(10)]
    return float(
        sum(abs(sure[here].mean() - right[here].mean()) * here.mean() for here in parts if here.any())
    )


def _area(example: Example) -> str:
    return next((mark for mark in example.marks if mark.startswith("area:")), "")


def _usual(examples: Sequence[Example]) -> dict[str, str]:
    """The most frequent outcome by area, and of all under ""."""
    by_area: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        by_area[_area(example)][example.outcome] += 1
        by_area[""][example.outcome] += 1
    return {area: counts.most_common(1)[0][0] for area, counts in by_area.items()}


# --- keeping -----------------------------------------------------------------------------------------------------


def pack(learned: Learned) -> bytes:
    """As a file: arrays and JSON, no code."""
    words = sorted(learned.pieces, key=learned.pieces.__getitem__)
    said = {
        "shape": _SHAPE, "outcomes": learned.outcomes, "pieces": words, "sharpness": learned.sharpness,
        "keys": learned.keys,
    }  # fmt: skip
    out = io.BytesIO()
    np.savez_compressed(
        out, said=np.frombuffer(json.dumps(said, ensure_ascii=False).encode(), dtype=np.uint8), rarity=learned.rarity,
        weights=learned.weights, offsets=learned.offsets, starts=learned.starts, rows=learned.rows,
        values=learned.values,
    )  # fmt: skip
    return out.getvalue()


def unpack(content: bytes) -> Learned:
    """Read what `pack` wrote. The caller has checked the fingerprint."""
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        said = json.loads(kept["said"].tobytes())
        return Learned(
            outcomes=tuple(said["outcomes"]), pieces={piece: index for index, piece in enumerate(said["pieces"])},
            rarity=kept["rarity"], weights=kept["weights"], offsets=kept["offsets"], sharpness=float(said["sharpness"]),
            keys=tuple(said["keys"]), starts=kept["starts"], rows=kept["rows"], values=kept["values"],
        )  # fmt: skip


def folder() -> Path:
    found = Path(settings.GUATU_HOME) / "learned"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def keep(name: str, learned: Learned) -> tuple[str, str, int]:
    """Write what was learned; answers the file's name, its fingerprint (SHA-256) and size, to be recorded in the store.

    The name carries the fingerprint: a transaction that fails afterwards leaves the file in use untouched.
    """
    content = pack(learned)
    sha256 = hashlib.sha256(content).hexdigest()
    target = folder() / f"{name}-{sha256[:12]}.npz"
    half = target.with_suffix(".new")
    half.write_bytes(content)
    half.replace(target)
    return target.name, sha256, len(content)


def drop(name: str) -> None:
    """Remove a file that is not used any more."""
    (folder() / name).unlink(missing_ok=True)


@lru_cache(maxsize=4)
def fetch(name: str, sha256: str) -> Learned:
    """What was learned under a name. Raises `suggestion.tampered` when the file is gone or is not what was recorded."""
    try:
        content = (folder() / name).read_bytes()
    except OSError:
        raise Problem("suggestion.tampered", name=name) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Problem("suggestion.tampered", name=name)
    return unpack(content)
