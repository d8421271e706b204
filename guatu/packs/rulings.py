"""How a pack's time limits were brought to the same units, line by line, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from guatu.cases.rules.standards import RULINGS
from guatu.packs.pack import Pack

_UNITS = {
    "work_hour": ("工作时", "working h"), "work_day": ("工作日", "working d"), "urgent_hour": ("紧急工作时", "urgent h"),
    "natural_day": ("自然日", "calendar d"),
}  # fmt: skip


@dataclass(frozen=True)
class Ruled:
    """One limit: where it stands, how each table put it, what holds and why. shown: a rule had to decide."""

    where: str
    name: str
    condition: str
    said: str
    other: str
    other_condition: str
    stages: tuple[Mapping[str, str], ...]
    season: str
    rule: str
    evidence: str
    shown: bool

    @property
    def holds(self) -> str:
        return stage_words(self.stages, self.season)

    @property
    def why(self) -> str:
        words = RULINGS[self.rule][0 if _chinese() else 1]
        return f"{words}（{self.evidence}）" if self.evidence else words

    def sentence(self) -> str:
        """2天 | 2工作日 → 2 工作日：另一张表写明了工作时间，以它为准"""
        found = f"{self.said or '—'} | {self.other or '—'} → {self.holds}：{self.why}"
        return f"{found}｜{self.other_condition}" if self.other_condition else found

    def as_data(self) -> dict[str, Any]:
        return {
            "where": self.where, "name": self.name, "condition": self.condition, "said": self.said, "other": self.other,
            "other_condition": self.other_condition, "stages": [dict(stage) for stage in self.stages], "season": self.season,
            "rule": self.rule, "evidence": self.evidence,
        }  # fmt: skip


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def stage_words(stages: Sequence[Mapping[str, str]], season: str = "") -> str:
    """1 紧急工作时 止水 → 5 工作日; in the reader's language."""
    chosen = 0 if _chinese() else 1
    pieces = (f"{s['amount']} {_UNITS[s['unit']][chosen]} {s.get('name', '')}".strip() for s in stages)
    return " ".join([*([season] if season else []), " → ".join(pieces) or "—"])


def ruled(pack: Pack) -> list[Ruled]:
    """Every limit of the pack's tables, in their order."""
    found = []
    for file, other_file, ruling in pack.rulings:
        where = [f"{file}:{ruling.first.line}"] if ruling.first else []
        where += [f"{other_file}:{ruling.other.line}"] if ruling.other else []
        found.append(
            Ruled(
                " · ".join(where),
                ruling.written.name,
                ruling.written.condition,
                ruling.first.reading.raw if ruling.first else "",
                ruling.other.reading.raw if ruling.other else "",
                ruling.other_condition,
                ruling.stages,
                ruling.season,
                ruling.rule,
                ruling.evidence,
                ruling.decided or bool(ruling.other_condition),
            )  # fmt: skip
        )
    return found


def ruled_counts(pack: Pack) -> dict[str, int]:
    """{rule: how many limits}, in the order of the rules."""
    found = Counter(ruling.rule for _file, _other, ruling in pack.rulings)
    return {rule: found[rule] for rule in RULINGS if found[rule]}
