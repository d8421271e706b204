"""XPath 1.0 as ODK's forms use it: read once, then asked about many instances. Pure.

Not lxml's: there a day is no number (`. <= today()` is never true), `position(..)` and `round(x, 2)` are errors, an absolute
path inside a repeat means every repetition, and nothing bounds the work. What is read here has no variables and no functions
that reach a file or a network; how deep, how long and how much work is bounded.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from guatu.fieldwork.rules import xpath_steps as steps
from guatu.fieldwork.rules.xpath_functions import function

LONGEST = 20_000
DEEPEST = 60
Run = Callable[[Any], Any]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>"[^"]*"|'[^']*')|(?P<operator>::|\.\.|//|!=|<=|>=|[()\[\].@,/|+=<>*$-])|
    (?P<name>[^\W\d][\w.-]*(?::(?!:)(?:\*|[^\W\d][\w.-]*))?)
    )""",
    re.VERBOSE,
)
_WORDS = ("and", "or", "div", "mod")
_BEFORE_OPERAND = {
    "::",
    "@",
    "(",
    "[",
    ",",
    "/",
    "//",
    "|",
    "+",
    "-",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "*op",
    *_WORDS,
}
_BINDING = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*op": 6, "div": 6, "mod": 6,
}  # fmt: skip
_NODE_TYPES = ("node", "text", "comment", "processing-instruction")
# functions that look at every repetition: an absolute path in them is not narrowed to the repetition around
AGGREGATES = frozenset(
    "sum count min max avg join concat count-non-empty randomize indexed-repeat position".split()
)
CLOCK = frozenset(("today", "now"))


class SyntaxFault(ValueError):
    """The text is no expression; says where it stopped being one."""


class Token(NamedTuple):
    kind: str
    text: str


@dataclass(frozen=True)
class Expr:
    """A read expression. calls: the functions it names. run: asks it at a context (xpath_steps.Context)."""

    text: str
    run: Run
    calls: frozenset[str] = field(default=frozenset())

    @property
    def clocked(self) -> bool:
        """Whether its outcome depends on the time of asking."""
        return not self.calls.isdisjoint(CLOCK)


@lru_cache(maxsize=4096)
def read(text: str) -> Expr:
    """Read an expression. Raises SyntaxFault, also for what is too long or too deep."""
    if len(text) > LONGEST:
        raise SyntaxFault("too long")
    parser = _Parser(_tokens(text))
    run = parser.binary(0)
    if parser.here.kind != "end":
        raise SyntaxFault(f"unexpected “{parser.here.text}”")
    return Expr(text, run, frozenset(parser.calls))


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None or match.end() == at:
            raise SyntaxFault(f"unexpected “{stripped[at : at + 10].strip()[:1]}”")
        at = match.end()
        kind = str(match.lastgroup)
        word = match[kind]
        operand_due = not found or found[-1].text in _BEFORE_OPERAND and found[-1].kind == "operator"
        if word == "*" and not operand_due:
            found.append(Token("operator", "*op"))
        elif kind == "name" and word in _WORDS and not operand_due:
            found.append(Token("operator", word))
        else:
            found.append(Token(kind, word[1:-1] if kind == "text" else word))
    return [*found, Token("end", "")]


class _Parser:
    """Recursive descent; each method answers a function of the context."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0
        self.calls: set[str] = set()

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, *words: str) -> bool:
        """Whether the next tokens are these operators."""
        for number, word in enumerate(words):
            token = self.tokens[min(self.at + number, len(self.tokens) - 1)]
            if token.kind != "operator" or token.text != word:
                return False
        return True

    def took(self, word: str) -> bool:
        if self.ahead(word):
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.took(word):
            raise SyntaxFault(f"“{word}” expected before “{self.here.text}”")

    def binary(self, least: int, *, whole: bool = False) -> Run:
        """Operators by how strongly they bind. whole: a path here looks at every repetition."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise SyntaxFault("too deep")
        left = self.unary(whole)
        while self.here.kind == "operator" and (binding := _BINDING.get(self.here.text, 0)) > least:
            operator = self.here.text
            self.at += 1
            left = steps.operation(operator, left, self.binary(binding, whole=whole))
        self.depth -= 1
        return left

    def unary(self, whole: bool) -> Run:
        signs = 0
        while self.took("-"):
            signs += 1
        left = self.path(whole)
        while self.took("|"):
            left = steps.union(left, self.path(whole))
        return steps.minus(left) if signs % 2 else steps.number(left) if signs else left

    def path(self, whole: bool) -> Run:
        token = self.here
        if token.kind in ("number", "text"):
            self.at += 1
            value = float(token.text) if token.kind == "number" else token.text
            return self.filtered(steps.constant(value))
        if token.kind == "operator" and token.text == "(":
            self.at += 1
            inner = self.binary(0, whole=whole)
            self.need(")")
            return self.filtered(inner)
        calls = token.kind == "name" and self.tokens[self.at + 1] == Token("operator", "(")
        if calls and token.text not in _NODE_TYPES:
            return self.filtered(self.call())
        return self.location(whole)

    def filtered(self, primary: Run) -> Run:
        """A primary with predicates and the path that goes on from it."""
        found = primary
        while self.ahead("["):
            found = steps.narrowed(found, self.predicate())
        if self.ahead("/") or self.ahead("//"):
            found = steps.from_nodes(found, self.further())
        return found

    def call(self) -> Run:
        name = self.here.text
        self.calls.add(name)
        self.at += 2
        arguments: list[Run] = []
        while not self.took(")"):
            if arguments:
                self.need(",")
            arguments.append(self.binary(0, whole=name in AGGREGATES))
        return function(name, arguments)

    def location(self, whole: bool) -> Run:
        if self.ahead("/") or self.ahead("//"):
            if self.ahead("/") and not self._step_follows(self.tokens[self.at + 1]):
                self.at += 1
                return steps.absolute([], whole)
            return steps.absolute(self.further(), whole)
        return steps.relative([self.step(), *self.further()])

    @staticmethod
    def _step_follows(token: Token) -> bool:
        return token.kind == "name" or token.kind == "operator" and token.text in (".", "..", "@", "*")

    def further(self) -> list[steps.Step]:
        found: list[steps.Step] = []
        while self.ahead("/") or self.ahead("//"):
            if self.here.text == "//":
                found.append(steps.Step("descendant-or-self", "node()", ()))
            self.at += 1
            found.append(self.step())
        return found

    def step(self) -> steps.Step:
        if self.took("."):
            return steps.Step("self", "node()", ())
        if self.took(".."):
            return steps.Step("parent", "node()", ())
        axis = "attribute" if self.took("@") else "child"
        if self.here.kind == "name" and self.tokens[self.at + 1] == Token("operator", "::"):
            axis = self.here.text
            if axis not in steps.AXES:
                raise SyntaxFault(f"unknown axis “{axis}”")
            self.at += 2
        test = self._test()
        predicates: list[Run] = []
        while self.ahead("["):
            predicates.append(self.predicate())
        return steps.Step(axis, test, tuple(predicates))

    def _test(self) -> str:
        token = self.here
        if self.took("*"):
            return "*"
        if token.kind != "name":
            raise SyntaxFault(f"unexpected “{token.text or 'end'}”")
        self.at += 1
        if token.text in _NODE_TYPES and self.took("("):
            if self.here.kind == "text":
                self.at += 1
            self.need(")")
            return f"{token.text}()"
        return token.text.rpartition(":")[2]

    def predicate(self) -> Run:
        self.need("[")
        found = self.binary(0)
        self.need("]")
        return found
