"""Holding an instance against what its form declares: required, constraint, relevant, choices, counts, calculations. Pure.

What cannot be known here (chance, a file that is not here, too much work) is never a fault.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from guatu.fieldwork.rules.answers import AnswerFault
from guatu.fieldwork.rules.validation_form import Declared
from guatu.fieldwork.rules.xforms import children, local
from guatu.fieldwork.rules.xpath import Expr
from guatu.fieldwork.rules.xpath_steps import Context, World
from guatu.fieldwork.rules.xpath_values import Unsure, is_day, is_number, moment_of

# kinds that may refuse; the others are only noted
REFUSING = frozenset(("required", "constraint", "choice", "range"))
MOST_FAULTS = 200
_SAME = 1e-6


@dataclass(frozen=True)
class Found:
    """What does not hold. sure: no clock, no chance is in it, so it may refuse."""

    fault: AnswerFault
    sure: bool = True


@dataclass
class _Checked:
    """An instance while it is looked at."""

    form: Declared
    root: Any
    world: World
    paths: dict[Any, str] = field(default_factory=dict)
    timed: bool = True
    found: list[Found] = field(default_factory=list)
    unsure: int = 0
    _relevant: dict[Any, bool | None] = field(default_factory=dict)

    # --- relevance ---------------------------------------------------------------------------------------------

    def relevant(self, node: Any) -> bool:
        """Whether a node and everything around it counts. Raises Unsure when that cannot be known."""
        path = self.paths.get(node)
        if path is None:
            return True
        known = self._relevant.get(node, 0)
        if known is None:
            raise Unsure("relevant")
        if known != 0 or node in self._relevant:
            return bool(known)
        self._relevant[node] = True  # asked again while it is being asked: a circle, which phones refuse
        try:
            answer = self._own_relevance(node, path)
        except Unsure:
            self._relevant[node] = None
            raise
        self._relevant[node] = answer
        return answer

    def _own_relevance(self, node: Any, path: str) -> bool:
        above = node.getparent()
        if above is not None and not self.relevant(above):
            return False
        bind = self.form.binds.get(path)
        return bind is None or bind.relevant is None or self.holds(bind.relevant, node)

    def holds(self, expression: Expr, node: Any) -> bool:
        context = Context(self.world, node, node)
        return context.truth(_asked(expression, context))

    # --- findings ----------------------------------------------------------------------------------------------

    def add(self, node: Any, kind: str, value: str, expression: Expr | None = None) -> None:
        if len(self.found) >= MOST_FAULTS:
            return
        path = self.paths[node]
        base = path.index("/", 1)
        clocked = self.form.clocked or expression is not None and expression.clocked
        fault = AnswerFault(path[base:], kind, value[:200], self.place(node))
        self.found.append(Found(fault, sure=self.timed or not clocked))

    def place(self, node: Any) -> str:
        """The path with the numbers of repetitions: `/spot[2]/bags`."""
        steps = []
        while node.getparent() is not None:
            step = local(node)
            if self.paths[node] in self.form.repeats:
                step += f"[{1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True))}]"
            steps.append(step)
            node = node.getparent()
        return "/" + "/".join(reversed(steps))


def _asked(expression: Expr, context: Context) -> Any:
    try:
        return expression.run(context)
    except RecursionError:
        raise Unsure("deep") from None


def moments_of(form: Declared, root: Any, received_at: dt.datetime) -> tuple[list[dt.datetime], bool]:
    """The moments at which the phone may have asked, by its own clock; (the reception, False) when it does not say."""
    assert received_at.tzinfo is not None
    found = []
    for path, bind in form.binds.items():
        if bind.preload in ("timestamp start", "timestamp end"):
            node = _first(root, path.split("/")[2:])
            moment = moment_of((node.text or "") if node is not None else "", received_at.tzinfo)
            if moment is not None:
                found.append(moment.astimezone(received_at.tzinfo))
    if not found:
        return [received_at], False
    days = {moment.date(): moment for moment in sorted(found)}
    return list(days.values())[-2:], True


def _first(root: Any, names: Sequence[str]) -> Any:
    node = root
    for name in names:
        node = next(children(node, name), None)
        if node is None:
            return None
    return node


def check(form: Declared, root: Any, received_at: dt.datetime) -> tuple[list[Found], int]:
    """(what does not hold, how many declarations could not be asked). root: the instance (lxml), received_at: aware.

    When the phone said when it began and ended on different days, only what holds on neither day is found.
    """
    moments, timed = moments_of(form, root, received_at)
    rounds = [_once(form, root, moment, timed) for moment in moments]
    found, unsure = rounds[-1]
    for others, _ in rounds[:-1]:
        same = {each.fault for each in others}
        found = [each for each in found if each.fault in same]
    return found, unsure


def _once(form: Declared, root: Any, moment: dt.datetime, timed: bool) -> tuple[list[Found], int]:
    paths: dict[Any, str] = {}
    whole = _completed(form, form.template, root, "/" + local(form.template), paths)
    world = World(
        whole, moment, instances=form.instance, table=form.table, numeric=form.numeric, repeats=form.repeats,
    )  # fmt: skip
    checked = _Checked(form, whole, world, paths, timed)
    if any(bind.relevant is not None for bind in form.binds.values()):
        world.relevant = checked.relevant
    for node in list(paths):
        if len(node) == 0:
            _look_at(checked, node)
    _look_at_counts(checked)
    return checked.found, checked.unsure


def _completed(form: Declared, template: Any, given: Any, path: str, paths: dict[Any, str]) -> Any:
    """A copy of the instance in the template's order; what phones leave out (it did not count) stands there empty."""
    made = etree.Element(local(template))
    paths[made] = path
    if len(template) == 0:
        made.text = (given.text or "").strip() if given is not None else ""
    there: dict[str, list[Any]] = {}
    for each in children(given) if given is not None else ():
        there.setdefault(local(each), []).append(each)
    for each in template:
        inner = f"{path}/{each.tag}"
        rows = there.get(each.tag, [])
        if not rows and inner in form.repeats:
            continue
        for row in rows if inner in form.repeats else rows[:1] or [None]:
            made.append(_completed(form, each, row, inner, paths))
    return made


def _look_at(checked: _Checked, node: Any) -> None:
    bind = checked.form.binds.get(checked.paths[node])
    if bind is None:
        return
    value = node.text or ""
    try:
        counts = checked.world.relevant(node)
    except Unsure:
        checked.unsure += 1
        return
    if not counts:
        if value and bind.asked:
            checked.add(node, "irrelevant", value, bind.relevant)
        return
    for look in (_required, _constraint, _range, _choices, _calculation):
        try:
            look(checked, node, value)
        except Unsure:
            checked.unsure += 1


def _required(checked: _Checked, node: Any, value: str) -> None:
    bind = checked.form.binds[checked.paths[node]]
    if not value and bind.required is not None and bind.asked and checked.holds(bind.required, node):
        checked.add(node, "required", "", bind.required)


def _constraint(checked: _Checked, node: Any, value: str) -> None:
    bind = checked.form.binds[checked.paths[node]]
    if value and bind.constraint is not None and not checked.holds(bind.constraint, node):
        checked.add(node, "constraint", value, bind.constraint)


def _range(checked: _Checked, node: Any, value: str) -> None:
    ends = checked.form.ranges.get(checked.paths[node])
    if ends is not None and is_number(value) and not min(ends) <= float(value) <= max(ends):
        checked.add(node, "range", value)


def _choices(checked: _Checked, node: Any, value: str) -> None:
    itemset = checked.form.itemsets.get(checked.paths[node])
    if not value or itemset is None:
        return
    context = Context(checked.world, node, node)
    items = _asked(itemset.nodes, context)
    if not isinstance(items, list):
        raise Unsure("itemset")
    steps = itemset.value.split("/")
    known = set()
    for item in items:
        checked.world.spend()
        name = _first(item, steps) if not hasattr(item, "owner") else None
        if name is not None:
            known.add((name.text or "").strip())
    for word in value.split() if itemset.many else [value]:
        if word not in known:
            checked.add(node, "choice", word, itemset.nodes)
            return


def _calculation(checked: _Checked, node: Any, value: str) -> None:
    """A calculated answer is the phone's: that ours differs is worth a note, never a refusal."""
    bind = checked.form.binds[checked.paths[node]]
    if bind.calculate is None or bind.asked or bind.preload or bind.calculate.clocked:
        return
    context = Context(checked.world, node, node)
    ours = context.text(_asked(bind.calculate, context))
    if not _alike(ours, value):
        checked.add(node, "calculate", value, bind.calculate)


def _alike(ours: str, theirs: str) -> bool:
    if ours.strip() == theirs.strip() or {ours, theirs} <= {"", "NaN"}:
        return True
    truth = {"true": "1", "false": "0"}
    if truth.get(ours, ours) == truth.get(theirs, theirs):
        return True
    if is_number(ours) and is_number(theirs):
        return math.isclose(float(ours), float(theirs), rel_tol=_SAME, abs_tol=_SAME)
    return is_day(ours) and is_day(theirs) and ours[:10] == theirs[:10]


def _look_at_counts(checked: _Checked) -> None:
    for path, count in checked.form.counts.items():
        for parent in _parents(checked, path):
            try:
                context = Context(checked.world, parent, parent)
                wanted = context.number(_asked(count, context))
                rows = [each for each in parent if checked.paths.get(each) == path]
                if (
                    checked.world.relevant(parent)
                    and math.isfinite(wanted)
                    and len(rows) != int(max(0, wanted))
                    and rows
                ):
                    checked.add(rows[0], "count", str(len(rows)), count)
            except Unsure:
                checked.unsure += 1


def _parents(checked: _Checked, path: str) -> Iterator[Any]:
    above = path.rpartition("/")[0]
    return (node for node, where in checked.paths.items() if where == above)
