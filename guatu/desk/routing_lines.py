"""Dispatch decisions in words: what the panel “why this unit” and the list of rules show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guatu.cases.models import SOURCE_WORDS, Case
from guatu.cases.models.routing_words import BY_WORDS, PART_WORDS, RESULT_WORDS, flaw_words
from guatu.cases.reads.routing import UNDISPATCHED, Ruling, duty_of, kept_decision, ruling
from guatu.cases.rules.routing import Decision, Rule, read_rule
from guatu.kernel import clock
from guatu.places import reads as places
from guatu.units.models import Unit
from guatu.units.rules import ROLE_WORDS

_DAYS = ("", "一", "二", "三", "四", "五", "六", "日")
_DAYS_EN = ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SAMPLE = 6  # classes named before “and n more”


@dataclass(frozen=True)
class RuleLine:
    """What one rule said, in words. tone: of kit.states."""

    code: str
    name: str
    version: int
    result: str
    tone: str
    details: tuple[str, ...]


_TONES = {"held": "done", "failed": "waiting", "no_target": "returned", "broken": "late", "off": "void"}


def _english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def value_words(part: str, text: str) -> str:
    """The value of a condition as people read it: names of areas, days, sources beside their codes."""
    no = text.startswith("≠ ")
    values = text.removeprefix("≠ ").split("、") if text else []
    if part == "area":
        values = [_area(each) for each in values]
    elif part == "source":
        values = [str(SOURCE_WORDS.get(each, each)) for each in values]
    elif part == "weekday":
        names = _DAYS_EN if _english() else _DAYS
        values = [
            (names[int(day)] if _english() else f"周{names[int(day)]}") if day in "1234567" else day
            for day in values
        ]
    elif part in ("working", "guarantee"):
        values = [{"yes": _("是"), "no": _("否")}.get(each, "?") for each in values]
    elif part == "class":
        values = [each.rsplit("|", 1)[-1] for each in values]
    more = len(values) - _SAMPLE
    if more > 0:
        values = [*values[:_SAMPLE], _("等 %(count)s 个") % {"count": len(values)}]
    said = (", " if _english() else "、").join(values) or _("没有")
    return f"{_('除了')} {said}" if no else said


def _area(code: str) -> str:
    return code if code.startswith("zone:") or not code else places.name_of(code)


def rule_lines(decision: Decision) -> list[RuleLine]:
    """Every rule that was tried, with what it found."""
    found = []
    for line in decision.lines:
        details = tuple(
            _("%(part)s：要求 %(wanted)s，实际 %(actual)s")
            % {
                "part": PART_WORDS.get(part, part),
                "wanted": value_words(part, wanted),
                "actual": value_words(part, actual),
            }
            for part, wanted, actual in line.checks
        )
        if line.flaws:
            details = (flaw_words(line.flaws),)
        elif line.result == "held" and not details:
            details = (_("没有条件，总是符合"),)
        result = str(RESULT_WORDS.get(line.result, line.result))
        found.append(
            RuleLine(line.rule, line.name, line.version, result, _TONES.get(line.result, "waiting"), details)
        )
    return found


def why_lines(decision: Decision) -> list[str]:
    """What the fallback found, when no rule held."""
    none = {
        "standard": _("立案标准没有写处置单位"),
        "class": _("这个类别的标准没有写明唯一的处置单位"),
        "street": _("所在街镇没有对应的承办单位"),
    }
    found = []
    for what, said in decision.why:
        if what == decision.by:
            found.append(_("%(what)s：%(said)s") % {"what": BY_WORDS[what], "said": said})
        elif what == "standard" and said:
            found.append(_("立案标准写的单位已停用：%(unit)s") % {"unit": said.removeprefix("× ")})
        elif said:
            found.append(_("不止一个单位，不能自动选：%(units)s") % {"units": said})
        else:
            found.append(none.get(what, what))
    return found


def condition_lines(row_conditions: Any, now: Ruling) -> list[str]:
    """The conditions of a rule in words; of a broken one what can be read of it."""
    tests = read_rule({"conditions": row_conditions, "to": "area"}, now.world).tests
    return [
        _("%(what)s：%(said)s") % {"what": PART_WORDS[test.part], "said": value_words(test.part, test.wanted)}
        for test in tests
    ]


def proposal(case: Case) -> Decision | None:
    """What the rules say of a case not yet dispatched; asked once per page, the panel and the form both want it."""
    if case.status not in UNDISPATCHED:
        return None
    found: Decision | None = getattr(case, "_proposal", None)
    if found is None:
        now = ruling(case.campaign)
        found = now.decision(case)
        case._proposal, case._broken = found, len(now.broken)  # type: ignore[attr-defined]
    return found


def explanation(case: Case) -> dict[str, Any] | None:
    """What the panel shows: the proposal before the dispatch, afterwards what was decided then. None: nothing to say."""
    before = case.status in UNDISPATCHED
    decision = proposal(case) if before else kept_decision(case)
    if decision is None:
        return None
    kept: Mapping[str, Any] = {} if before else case.routed
    unit = decision.unit if before else kept.get("chosen", decision.unit)
    role = decision.role if unit == decision.unit else ""
    return {
        "before": before,
        "decision": decision,
        "how": BY_WORDS.get(decision.by, decision.by),
        "lines": rule_lines(decision),
        "why": why_lines(decision),
        "chosen": kept.get("chosen_name", ""),
        "chosen_by": kept.get("chosen_by", ""),
        "by_hand": bool(kept) and kept.get("chosen", decision.unit) != decision.unit,
        "moved_on": not before and case.unit is not None and case.unit.code != unit and case.unit.name,
        "people": duty_of(str(unit), role)[:6] if unit else [],
        "role": ROLE_WORDS.get(role, (role, role))[1 if _english() else 0],
        "at": clock.local(decision.at),
        "broken": getattr(case, "_broken", 0),
    }


def flaws_of(pairs: Sequence[tuple[Any, Rule]]) -> list[dict[str, Any]]:
    """Broken rules with what is wrong with them, for the red banner."""
    return [{"row": row, "why": flaw_words(rule.flaws)} for row, rule in pairs]


def broken_of(now: Ruling) -> list[dict[str, Any]]:
    return flaws_of(now.broken)


def initial_unit(case: Case) -> dict[str, Any]:
    """What the dispatch form begins with: the unit that the rules name."""
    found = proposal(case)
    unit = (
        Unit.objects.filter(code=found.unit, active=True).first()
        if found is not None and found.unit
        else None
    )
    return {"unit": unit.pk} if unit is not None else {}
