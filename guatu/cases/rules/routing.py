"""Which unit a case goes to, and why: an ordered list of rules, the first that holds wins. Pure.

When no rule holds: the unit that the case's standard names, the one that all standards of its class name, the unit of
its street, or nobody, with the reason. Every rule that was tried says what it found; a broken rule says what is wrong.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guatu.cases.rules.conditions import Flaw, Matter, Target, Test, World, read_conditions

TO = ("unit", "area")
_SHOWN = 80


@dataclass(frozen=True)
class Rule:
    """One rule as read. flaws: why it is broken and skipped; tests: all must hold."""

    code: str
    name: str
    version: int = 1
    unit: str = ""
    to: str = "unit"
    role: str = ""
    active: bool = True
    tests: tuple[Test, ...] = ()
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True)
class Line:
    """What one rule said. result: held, failed, no_target, broken, off.

    checks: part, wanted, actual; of a rule that held all of them, of one that failed the first that did not hold.
    """

    rule: str
    name: str
    version: int
    result: str
    checks: tuple[tuple[str, str, str], ...] = ()
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Where a case goes. by: rule, standard, class, street, nobody. why: of what was tried after the rules."""

    unit: str
    unit_name: str
    by: str
    at: dt.datetime
    rule: str = ""
    name: str = ""
    version: int = 0
    role: str = ""
    lines: tuple[Line, ...] = ()
    left: int = 0  # rules further down that were not asked any more
    why: tuple[tuple[str, str], ...] = ()  # (standard | class | street, what was found)

    def as_data(self) -> dict[str, Any]:
        """As kept with the case; `decision_of` reads it back."""
        return {
            "unit": self.unit, "unit_name": self.unit_name, "by": self.by, "at": self.at.isoformat(), "rule": self.rule,
            "name": self.name, "version": self.version, "role": self.role, "left": self.left,
            "why": [list(each) for each in self.why],
            "lines": [
                {"rule": line.rule, "name": line.name, "version": line.version, "result": line.result,
                 "checks": [list(check) for check in line.checks],
                 "flaws": [[flaw.code, flaw.what] for flaw in line.flaws]}
                for line in self.lines
            ],
        }  # fmt: skip


def decision_of(data: Mapping[str, Any]) -> Decision | None:
    """A decision as it was kept; None when none was (or not in this shape)."""
    try:
        lines = tuple(
            Line(
                str(line["rule"]), str(line["name"]), int(line["version"]), str(line["result"]),
                tuple((str(part), str(wanted), str(actual)) for part, wanted, actual in line["checks"]),
                tuple(Flaw(str(code), str(what)) for code, what in line["flaws"]),
            )
            for line in data["lines"]
        )  # fmt: skip
        return Decision(
            unit=str(data["unit"]), unit_name=str(data["unit_name"]), by=str(data["by"]),
            at=dt.datetime.fromisoformat(data["at"]), rule=str(data["rule"]), name=str(data["name"]),
            version=int(data["version"]), role=str(data["role"]), lines=lines, left=int(data["left"]),
            why=tuple((str(what), str(found)) for what, found in data["why"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def read_rule(given: Mapping[str, Any], world: World) -> Rule:
    """A rule from data: code, name, conditions, unit (code), to, role, active, version. Flaws are kept, never raised."""
    tests, found = read_conditions(given.get("conditions", []), world)
    flaws = list(found)
    to, unit = str(given.get("to") or "unit"), str(given.get("unit") or "")
    if to not in TO:
        flaws.append(Flaw("bad_to", to[:_SHOWN]))
    elif to == "unit" and not unit:
        flaws.append(Flaw("no_unit"))
    elif to == "unit" and unit not in world.units:
        flaws.append(Flaw("unknown_unit", unit[:_SHOWN]))
    elif to == "unit" and not world.units[unit].active:
        flaws.append(Flaw("unit_closed", world.units[unit].name))
    return Rule(
        code=str(given.get("code") or ""),
        name=str(given.get("name") or given.get("code") or ""),
        version=int(given.get("version") or 1),
        unit=unit if to == "unit" else "",
        to=to,
        role=str(given.get("role") or ""),
        active=bool(given.get("active", True)),
        tests=tests,
        flaws=tuple(flaws),
    )


def target_of(rule: Rule, matter: Matter, world: World) -> Target | None:
    """The unit a rule sends this case to; None when it goes to the street's unit and there is none."""
    return world.units.get(rule.unit) if rule.to == "unit" else street_unit(matter, world)


def street_unit(matter: Matter, world: World) -> Target | None:
    """The one active unit of the case's street (nine digits); None when there is none, or several."""
    codes = [code for code in world.streets.get(matter.area[:9], ()) if world.units[code].active]
    return world.units[codes[0]] if len(codes) == 1 else None


def first(rules: Sequence[Rule], matter: Matter, world: World) -> tuple[Rule | None, Target | None]:
    """The rule that wins and its unit, without the explanation: what a trial on thousands of cases asks."""
    for rule in rules:
        if rule.active and not rule.flaws and all(test.holds(matter) for test in rule.tests):
            target = target_of(rule, matter, world)
            if target is not None:
                return rule, target
    return None, None


def decide(rules: Sequence[Rule], matter: Matter, world: World) -> Decision:
    """Where the case goes, with what every rule that was tried said."""
    lines: list[Line] = []
    for index, rule in enumerate(rules):
        line, target = _ask(rule, matter, world)
        lines.append(line)
        if target is not None:
            return Decision(
                target.code, target.name, "rule", matter.at, rule.code, rule.name, rule.version, rule.role,
                tuple(lines), len(rules) - index - 1,
            )  # fmt: skip
    target, by, why = fall_back(matter, world)
    return Decision(
        target.code if target else "",
        target.name if target else "",
        by,
        matter.at,
        lines=tuple(lines),
        why=why,
    )


def _ask(rule: Rule, matter: Matter, world: World) -> tuple[Line, Target | None]:
    def said(result: str, *checks: tuple[str, str, str]) -> Line:
        return Line(rule.code, rule.name, rule.version, result, checks, rule.flaws)

    if not rule.active:
        return said("off"), None
    if rule.flaws:
        return said("broken"), None
    checks = []
    for test in rule.tests:
        check = (test.part, test.wanted[:_SHOWN], test.actual(matter)[:_SHOWN])
        if not test.holds(matter):
            return said("failed", check), None
        checks.append(check)
    target = target_of(rule, matter, world)
    return said("held" if target else "no_target", *checks), target


def fall_back(matter: Matter, world: World) -> tuple[Target | None, str, tuple[tuple[str, str], ...]]:
    """The unit when no rule holds: of the standard, of the class, of the street. With what each of the three said."""
    why: list[tuple[str, str]] = []
    named = world.units.get(matter.standard_unit)
    if named is not None and named.active:
        return named, "standard", (("standard", named.name),)
    why.append(("standard", f"× {named.name}" if named is not None else ""))
    codes = [
        code
        for code in world.class_units.get((matter.class_scheme, matter.class_kind, matter.class_code), ())
        if world.units[code].active
    ]
    if len(codes) == 1:
        return world.units[codes[0]], "class", (*why, ("class", world.units[codes[0]].name))
    why.append(("class", "、".join(world.units[code].name for code in codes)))
    street = street_unit(matter, world)
    if street is not None:
        return street, "street", (*why, ("street", street.name))
    several = [
        world.units[code].name for code in world.streets.get(matter.area[:9], ()) if world.units[code].active
    ]
    why.append(("street", "、".join(several)))
    return None, "nobody", tuple(why)


# --- trying rules on cases that were -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """A case that was: what rules see of it, and the unit (code) people gave it to; "" when nobody has it yet."""

    matter: Matter
    actual: str = ""


@dataclass(frozen=True)
class Way:
    """Cases that would go from one unit to another; "" is nobody."""

    before: str
    after: str
    count: int
    keys: tuple[Any, ...]  # the first of them, as many as were asked for


@dataclass(frozen=True)
class Trial:
    """What changed rules would do to cases that were. agree_*: how many of `judged` went where the rules say."""

    tried: int = 0
    moved: int = 0
    ways: tuple[Way, ...] = ()
    unheld_before: int = 0  # no rule holds; the fallback decides
    unheld_after: int = 0
    nobody_after: int = 0
    judged: int = 0  # cases that somebody gave to a unit
    agree_before: int = 0
    agree_after: int = 0
    won: Mapping[str, int] = field(default_factory=dict)  # rule code → cases it decides
    nobody_keys: tuple[Any, ...] = ()


def try_rules(
    before: Sequence[Rule], after: Sequence[Rule], past: Iterable[Past], world: World, most: int = 50
) -> Trial:
    """Both lists of rules on every case; keys of at most `most` cases are kept per way."""
    count: Counter[str] = Counter()
    won: Counter[str] = Counter()
    ways: dict[tuple[str, str], list[Any]] = defaultdict(list)
    sizes: Counter[tuple[str, str]] = Counter()
    nobody: list[Any] = []
    for each in past:
        old_rule, old = first(before, each.matter, world)
        new_rule, new = first(after, each.matter, world)
        spare = fall_back(each.matter, world)[0] if old is None or new is None else None
        was, becomes = _code(old or spare), _code(new or spare)
        count["tried"] += 1
        count["unheld_before"] += old_rule is None
        count["unheld_after"] += new_rule is None
        won[new_rule.code if new_rule else ""] += 1
        if not becomes:
            count["nobody"] += 1
            if len(nobody) < most:
                nobody.append(each.matter.key)
        if each.actual:
            count["judged"] += 1
            count["agree_before"] += was == each.actual
            count["agree_after"] += becomes == each.actual
        if was != becomes:
            sizes[was, becomes] += 1
            if len(ways[was, becomes]) < most:
                ways[was, becomes].append(each.matter.key)
    rows = [Way(was, becomes, size, tuple(ways[was, becomes])) for (was, becomes), size in sizes.items()]
    return Trial(
        tried=count["tried"], moved=sum(sizes.values()),
        ways=tuple(sorted(rows, key=lambda way: (-way.count, way.before, way.after))),
        unheld_before=count["unheld_before"], unheld_after=count["unheld_after"], nobody_after=count["nobody"],
        judged=count["judged"], agree_before=count["agree_before"], agree_after=count["agree_after"],
        won=dict(won), nobody_keys=tuple(nobody),
    )  # fmt: skip


def _code(target: Target | None) -> str:
    return target.code if target is not None else ""
