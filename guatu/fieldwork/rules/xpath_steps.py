"""Asking an expression: contexts, steps along axes, comparisons. Pure; bounded by the world's budget of steps."""

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from guatu.fieldwork.rules.xforms import local
from guatu.fieldwork.rules.xpath_values import (
    NAN,
    Attribute,
    Document,
    Unsure,
    is_day,
    is_number,
    number_of_text,
    text_of_number,
)

AXES = frozenset(
    """child parent self descendant descendant-or-self ancestor ancestor-or-self following-sibling preceding-sibling attribute
    following preceding namespace""".split()
)
_REVERSE = ("ancestor", "ancestor-or-self", "preceding-sibling", "preceding")
MOST_STEPS = 400_000


@dataclass
class World:
    """What expressions of one instance may ask: its root, the other instances by id, the moment, tables by file name.

    numeric: paths whose answers are numbers. repeats: paths of repeats. relevant: whether a node of the instance counts (one
    that does not reads as empty). Everything that is not known answers None and makes the outcome unsure.
    """

    root: Any
    now: dt.datetime
    instances: Callable[[str], Any] = lambda name: None
    table: Callable[[str], Any] = lambda name: None
    choice_name: Callable[[str, str], str | None] = lambda value, path: None
    relevant: Callable[[Any], bool] = lambda node: True
    numeric: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    budget: int = MOST_STEPS
    documents: dict[Any, Document] = field(default_factory=dict)

    def spend(self, steps: int = 1) -> None:
        """Count work. Raises Unsure when there was too much of it."""
        self.budget -= steps
        if self.budget < 0:
            raise Unsure("work")

    def above(self, root: Any) -> Document:
        """The document of a root element, always the same one."""
        return self.documents.setdefault(root, Document(root))


class Context(NamedTuple):
    """Where an expression is asked: the node, its place among the nodes beside it, and `current()`."""

    world: World
    node: Any
    current: Any
    position: int = 1
    size: int = 1

    # --- values ----------------------------------------------------------------------------------------------

    def text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return text_of_number(value)
        return self.string_value(value[0]) if value else ""

    def string_value(self, node: Any) -> str:
        """The text of a node; of one that does not count: nothing."""
        if isinstance(node, Attribute):
            return node.value
        if isinstance(node, Document):
            node = node.root
        if not self.world.relevant(node):
            return ""
        if len(node) == 0:
            return node.text or ""
        return "".join(self.string_value(each) for each in node if isinstance(each.tag, str))

    def number(self, value: Any) -> float:
        if isinstance(value, bool):
            return 1.0 if value else 0.0
        if isinstance(value, float):
            return value
        return number_of_text(self.text(value), self.zone)

    def truth(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, float):
            return not (value == 0 or math.isnan(value))
        return bool(value)

    @property
    def zone(self) -> dt.tzinfo:
        assert self.world.now.tzinfo is not None
        return self.world.now.tzinfo

    def texts(self, value: Any) -> list[str]:
        """The texts of all nodes, or the one text."""
        if isinstance(value, list):
            self.world.spend(len(value))
            return [self.string_value(node) for node in value]
        return [self.text(value)]


Run = Callable[[Context], Any]


class Step(NamedTuple):
    """One step of a path: axis, name (or `*`, `node()`, `text()`…), predicates."""

    axis: str
    test: str
    predicates: tuple[Run, ...]


def constant(value: Any) -> Run:
    return lambda context: value


def number(run: Run) -> Run:
    return lambda context: context.number(run(context))


def minus(run: Run) -> Run:
    return lambda context: -context.number(run(context))


def union(left: Run, right: Run) -> Run:
    def run(context: Context) -> Any:
        first, second = nodes(left(context)), nodes(right(context))
        here = {id(node) for node in first}
        return [*first, *(node for node in second if id(node) not in here)]

    return run


def nodes(value: Any) -> list[Any]:
    """The nodes of a value. Raises Unsure for a text or number where nodes must stand."""
    if not isinstance(value, list):
        raise Unsure("nodes")
    return value


# ------------------------------------------------------------------------------------------------- operators


def _modulo(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) and not math.isnan(right) else NAN


def _divided(left: float, right: float) -> float:
    if right == 0:
        return (
            NAN if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
        )
    return left / right


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*op": operator.mul, "div": _divided, "mod": _modulo,
}  # fmt: skip
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def operation(word: str, left: Run, right: Run) -> Run:
    """What `left word right` asks."""
    if word == "or":
        return lambda context: context.truth(left(context)) or context.truth(right(context))
    if word == "and":
        return lambda context: context.truth(left(context)) and context.truth(right(context))
    if word in _ARITHMETIC:
        compute = _ARITHMETIC[word]
        return lambda context: compute(context.number(left(context)), context.number(right(context)))
    if word in _ORDER:
        holds = _ORDER[word]
        return lambda context: _some(
            context, left(context), right(context), lambda a, b: holds(context.number(a), context.number(b))
        )
    return lambda context: _equal(context, left(context), right(context), word == "=")


def _some(context: Context, left: Any, right: Any, holds: Callable[[Any, Any], bool]) -> bool:
    """Whether it holds for some pair; no node at all reads as an empty answer, as phones read it."""
    lefts: list[Any] = [[node] for node in left] or [""] if isinstance(left, list) else [left]
    rights: list[Any] = [[node] for node in right] or [""] if isinstance(right, list) else [right]
    context.world.spend(len(lefts) * len(rights))
    return any(holds(one, other) for one in lefts for other in rights)


def _equal(context: Context, left: Any, right: Any, same: bool) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return (context.truth(left) == context.truth(right)) is same
    return _some(context, left, right, lambda a, b: _alike(context, a, b) is same)


def _alike(context: Context, left: Any, right: Any) -> bool:
    if isinstance(left, float) or isinstance(right, float):
        return context.number(left) == context.number(right)
    one, other = context.text(left), context.text(right)
    if one == other:
        return True
    if is_day(one) and is_day(other):
        return context.number(one) == context.number(other)
    if is_number(one) and is_number(other) and float(one) == float(other):
        return _numeric(context, left) or _numeric(context, right)
    return False


def _numeric(context: Context, value: Any) -> bool:
    """Whether a value comes from a question whose answer is a number: phones compare it as one."""
    return isinstance(value, list) and bool(value) and path_of(value[0]) in context.world.numeric


def path_of(node: Any) -> str:
    """`/data/group/name` of an element."""
    names = []
    while node is not None and not isinstance(node, (Attribute, Document)):
        names.append(local(node))
        node = node.getparent()
    return "/" + "/".join(reversed(names))


# ------------------------------------------------------------------------------------------------- paths


def narrowed(primary: Run, predicate: Run) -> Run:
    return lambda context: _narrow(context, nodes(primary(context)), predicate)


def from_nodes(primary: Run, steps: list[Step]) -> Run:
    return lambda context: _follow(context, nodes(primary(context)), steps)


def relative(steps: list[Step]) -> Run:
    return lambda context: _follow(context, [context.node], steps)


def absolute(steps: list[Step], whole: bool) -> Run:
    """From the instance's root. Inside a repeat a path through the same repeat means the repetition around, as on phones;
    in functions over all repetitions (whole) clients differ, and the outcome is unsure."""

    def run(context: Context) -> Any:
        world = context.world
        found: list[Any] = [world.above(world.root)]
        if not world.repeats:
            return _follow(context, found, steps)
        around = _around(context)
        path = ""
        for step in steps:
            found = _follow(context, found, [step])
            path = f"{path}/{step.test}"
            if path in around and not step.predicates and step.axis == "child" and step is not steps[-1]:
                if whole:
                    raise Unsure("repeat")
                found = [node for node in found if node is around[path]]
        return found

    return run


def _around(context: Context) -> dict[str, Any]:
    """Path of a repeat → the repetition in which the current node stands."""
    found = {}
    node = context.current
    if isinstance(node, (Attribute, Document)):
        return {}
    while node is not None:
        path = path_of(node)
        if path in context.world.repeats:
            found[path] = node
        node = node.getparent()
    return found


def _follow(context: Context, start: list[Any], steps: list[Step]) -> list[Any]:
    found = start
    for step in steps:
        after: list[Any] = []
        seen: set[int] = set()
        for node in found:
            candidates = list(_along(context.world, node, step))
            context.world.spend(1 + len(candidates))
            for predicate in step.predicates:
                candidates = _narrow(context, candidates, predicate)
            if step.axis in _REVERSE:
                candidates.reverse()
            for each in candidates:
                if id(each) not in seen:
                    seen.add(id(each))
                    after.append(each)
        found = after
    return found


def _narrow(context: Context, candidates: list[Any], predicate: Run) -> list[Any]:
    size = len(candidates)
    kept = []
    for position, node in enumerate(candidates, 1):
        context.world.spend(3)
        value = predicate(Context(context.world, node, context.current, position, size))
        if value == position if isinstance(value, float) else context.truth(value):
            kept.append(node)
    return kept


def _along(world: World, node: Any, step: Step) -> Iterator[Any]:
    if step.test in ("text()", "comment()", "processing-instruction()"):
        raise Unsure("text()")
    for each in _axis(world, node, step.axis):
        if (
            step.test == "node()"
            or isinstance(each, Attribute)
            and step.test in ("*", each.name)
            or not isinstance(each, (Attribute, Document))
            and step.test in ("*", local(each))
        ):
            yield each


def _elements(node: Any) -> Iterator[Any]:
    return (each for each in node if isinstance(each.tag, str))


def _axis(world: World, node: Any, axis: str) -> Iterator[Any]:
    if axis == "self":
        yield node
    elif axis == "attribute":
        if not isinstance(node, (Attribute, Document)):
            for name, value in node.attrib.items():
                yield Attribute(node, str(name).rpartition("}")[2], str(value))
    elif axis == "child":
        if isinstance(node, Document):
            yield node.root
        elif not isinstance(node, Attribute):
            yield from _elements(node)
    elif axis in ("parent", "ancestor", "ancestor-or-self"):
        if axis == "ancestor-or-self":
            yield node
        yield from _upwards(world, node, once=axis == "parent")
    elif axis in ("descendant", "descendant-or-self"):
        inner = node.root if isinstance(node, Document) else node
        if axis == "descendant-or-self" or isinstance(node, Document):
            yield node if axis == "descendant-or-self" else inner
        if isinstance(node, Document) and axis == "descendant-or-self":
            yield inner
        yield from (each for each in inner.iterdescendants() if isinstance(each.tag, str))
    elif axis in ("following-sibling", "preceding-sibling") and not isinstance(node, (Attribute, Document)):
        beside = node.itersiblings(preceding=axis == "preceding-sibling")
        yield from (each for each in beside if isinstance(each.tag, str))
    else:
        raise Unsure(axis)


def _upwards(world: World, node: Any, *, once: bool) -> Iterator[Any]:
    while not isinstance(node, Document):
        above = node.owner if isinstance(node, Attribute) else node.getparent()
        node = above if above is not None else world.above(node)
        yield node
        if once:
            return
