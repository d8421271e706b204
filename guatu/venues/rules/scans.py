"""Scans: what a dated rule lets be asked, how scans are held against people counted. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

IDENTITY = ("name", "phone", "id_card")
SOURCES = ("self", "staff", "kiosk")
VERDICTS = ("good", "ended", "revoked")
LONGEST_KEPT = 90  # days that an identity may be kept under any rule
AGAIN_MINUTES = 10  # the same browser at the same door within that time is the same visit


@dataclass(frozen=True)
class Rule:
    """The law in force, as data: where, from when until when, which fields, how long they are kept."""

    id: str
    area: str
    from_day: dt.date
    to_day: dt.date
    fields: tuple[str, ...]
    keep_days: int


def rule_for(rules: Iterable[Rule], area: str, day: dt.date) -> Rule | None:
    """The rule that holds at a place on a day: of those whose area contains it, the narrowest, then the latest."""
    holding = [rule for rule in rules if area.startswith(rule.area) and rule.from_day <= day <= rule.to_day]
    return max(holding, key=lambda rule: (len(rule.area), rule.from_day, rule.id), default=None)


def identity(rule: Rule | None, given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """(what may be kept, what the rule asks for and was not given). Without a rule nothing is kept, whatever was sent."""
    if rule is None:
        return {}, []
    kept = {name: given.get(name, "").strip()[:60] for name in rule.fields if name in IDENTITY}
    return {name: text for name, text in kept.items() if text}, [name for name in kept if not kept[name]]


def wrong_rule(from_day: dt.date, to_day: dt.date, fields: Iterable[str], keep_days: int) -> str:
    """What is wrong with a rule: "days", "fields", "keep"; "" when nothing is."""
    wanted = list(fields)
    if to_day < from_day or (to_day - from_day).days > 366:
        return "days"
    if not wanted or any(name not in IDENTITY for name in wanted):
        return "fields"
    return "keep" if not 1 <= keep_days <= LONGEST_KEPT else ""


def share(scans: int, people: int) -> Decimal | None:
    """Scanned as it should be (应扫尽扫): scans for a hundred people, at most 100; None when nobody was counted."""
    if people == 0:
        return None
    return min(Decimal(100), (Decimal(scans) * 100 / people)).quantize(Decimal("0.1"))
