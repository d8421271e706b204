"""What a campaign says about its cases: stages asked for, limits, approvals, ladder. Data of a pack, read once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from guatu.cases.rules.clocks import Limit, limit_of
from guatu.cases.rules.lifecycle import ASKED, STAGES


@dataclass(frozen=True)
class StageRule:
    """One stage in a campaign. required: for all cases, or only for those of `sources`. evidence: photo, note."""

    label_zh: str = ""
    label_en: str = ""
    limit: Limit | None = None
    required: bool = False
    sources: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    def asked_for(self, source: str) -> bool:
        return self.required and (not self.sources or source in self.sources)


@dataclass(frozen=True)
class Rung:
    """One rung of the escalation ladder. share: of the limit (0.8, 1, 2). to: handler, unit, centre, leader, or a role.
    order: reaching it raises a supervision order."""

    share: Decimal
    to: tuple[str, ...]
    label_zh: str
    label_en: str
    order: bool = False


LADDER = (
    Rung(Decimal("0.8"), ("handler", "unit"), "时限已过八成", "80 % of the limit used"),
    Rung(Decimal(1), ("unit", "centre"), "已超时限", "limit run out"),
    Rung(Decimal(2), ("centre", "leader"), "超过时限一倍", "twice the limit", order=True),
)


@dataclass(frozen=True)
class Rulebook:
    """The rules of one campaign. guarantee: the share of the usual limit that holds in a guarantee period."""

    stages: Mapping[str, StageRule] = field(default_factory=dict)
    approvals: frozenset[str] = frozenset(ASKED)
    guarantee: Decimal | None = None
    reopen_days: int = 10
    answer_days: int = 14  # how long an outsider's one-time link is good
    ladder: tuple[Rung, ...] = LADDER

    def stage(self, kind: str) -> StageRule:
        return self.stages.get(kind, StageRule())


def read_rulebook(settings: Mapping[str, Any]) -> Rulebook:
    """The rulebook in a campaign's settings (`settings["cases"]`). Raises ValueError naming what is wrong."""
    given = settings.get("cases") or {}
    stages = {kind: _stage(kind, each) for kind, each in (given.get("stages") or {}).items()}
    factor = given.get("guarantee")
    ladder = given.get("ladder")
    return Rulebook(
        stages=stages,
        approvals=frozenset(given.get("approvals", ASKED)) & frozenset(ASKED),
        guarantee=Decimal(str(factor)) if factor is not None else None,
        reopen_days=int(given.get("reopen_days", 10)),
        answer_days=int(given.get("answer_days", 14)),
        ladder=tuple(_rung(each) for each in ladder) if ladder is not None else LADDER,
    )


def _stage(kind: str, given: Mapping[str, Any]) -> StageRule:
    if kind not in STAGES:
        raise ValueError(f"unknown stage: {kind}")
    return StageRule(
        label_zh=str(given.get("label_zh") or ""),
        label_en=str(given.get("label_en") or ""),
        limit=limit_of(given.get("limit"), str(given.get("limit_unit") or "")),
        required=bool(given.get("required", False)),
        sources=tuple(given.get("sources") or ()),
        evidence=tuple(given.get("evidence") or ()),
    )


def _rung(given: Mapping[str, Any]) -> Rung:
    to = given.get("to") or ()
    return Rung(
        share=Decimal(str(given["share"])),
        to=(to,) if isinstance(to, str) else tuple(to),
        label_zh=str(given.get("label_zh") or f"{given['share']}"),
        label_en=str(given.get("label_en") or given.get("label_zh") or f"{given['share']}"),
        order=bool(given.get("order", False)),
    )
