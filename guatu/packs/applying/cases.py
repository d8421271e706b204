"""What a pack says about cases: classes, standards, rules of dispatch; and a library taken into a campaign."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from guatu.campaigns.acts import edit_campaign
from guatu.cases.acts.classes import set_classes
from guatu.cases.acts.peers import set_peers
from guatu.cases.acts.routing import set_rules
from guatu.cases.acts.standards import set_standards, usual_limits
from guatu.packs.applying.step import CHANGED, SAME, Change, Standing

_EACH = 40  # more than these are told by number, not by name


def told(section: str, outcomes: Iterable[tuple[str, str]], word: str) -> list[Change]:
    """(key, outcome) as changes: one by one, or when they are many one line for each outcome."""
    rows = list(outcomes)
    if len(rows) <= _EACH:
        return [Change(section, key, outcome) for key, outcome in rows]
    counts = Counter(outcome for _key, outcome in rows)
    return [Change(section, word, outcome, count) for outcome, count in counts.items()]


def apply_classes(standing: Standing) -> list[Change]:
    rows = standing.pack.classes
    if not rows:
        return []
    outcome = set_classes(
        by=standing.by, campaign=standing.under_way, classes=[row.as_data() for row in rows], via=standing.via
    )
    return told("classes", outcome.items(), "、".join(dict.fromkeys(row.scheme for row in rows if row.scheme)))  # fmt: skip


def apply_standards(standing: Standing) -> list[Change]:
    """Standards after the classes they belong to; a class whose standards agree gets their limit as its usual one."""
    pack = standing.pack
    if not pack.standards:
        return []
    standards = [
        {**row, "unit": standing.unit(row["unit"]).code} if row.get("unit") else row for row in pack.standards
    ]
    written = set_standards(
        by=standing.by, campaign=standing.under_way, standards=standards, via=standing.via
    )
    usual_limits(by=standing.by, campaign=standing.under_way, via=standing.via)
    files = "、".join(dict.fromkeys(file for file, _other, _ruling in pack.rulings))
    rows = (("|".join(key) + " " + condition, word) for (key, condition, _season), word in written.outcome.items())  # fmt: skip
    return told("standards", rows, files)


def apply_routing(standing: Standing) -> list[Change]:
    if not standing.pack.routing:
        return []
    outcome = set_rules(
        by=standing.by, campaign=standing.under_way, rules=standing.pack.routing, via=standing.via
    )
    return [Change("routing", code, word) for code, word in outcome.items()]


def apply_peers(standing: Standing) -> list[Change]:
    if not standing.pack.peers:
        return []
    peers = [
        {**row, "unit": standing.unit(row["unit"]).code} if row.get("unit") else row
        for row in standing.pack.peers
    ]
    outcome = set_peers(by=standing.by, campaign=standing.under_way, peers=peers, via=standing.via)
    return [Change("peers", code, word) for code, word in outcome.items()]


def apply_library(standing: Standing) -> list[Change]:
    """Note in the campaign which libraries it has taken, and the rules about cases that came along."""
    pack, campaign = standing.pack, standing.under_way
    wanted: dict[str, Any] = dict(campaign.settings)
    wanted["libraries"] = sorted({*campaign.settings.get("libraries", ()), pack.name})
    wanted = with_case_rules(wanted, pack.settings)
    if wanted == campaign.settings:
        return [Change("campaign", campaign.code, SAME)]
    standing.campaign = edit_campaign(by=standing.by, campaign=campaign, settings=wanted, via=standing.via)
    return [Change("campaign", campaign.code, CHANGED)]


def with_case_rules(settings: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The campaign's settings with what a pack says about cases; rules the pack does not name stay."""
    if "cases" not in said:
        return settings
    return {**settings, "cases": {**(settings.get("cases") or {}), **said["cases"]}}
