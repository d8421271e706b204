"""Expressions in forms: are they written so that a phone can compute them? Pure. No Java is needed for this."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from guatu.fieldwork.rules.xforms import JR, children, local

# XPath 1.0, and what ODK XForms and JavaRosa add (https://getodk.github.io/xforms-spec/#xpath-functions)
FUNCTIONS = frozenset(
    """last position count id local-name namespace-uri name string concat starts-with ends-with contains substring-before
    substring-after substring string-length normalize-space translate boolean not true false lang number sum floor ceiling
    round comment text processing-instruction node
    if coalesce once selected selected-at count-selected jr:choice-name jr:itext indexed-repeat instance current
    boolean-from-string number-from-string string-length substr regex join min max avg count-non-empty int pow log log10 exp
    exp10 sin cos tan asin acos atan atan2 sqrt abs pi random randomize uuid checklist weighted-checklist depend version
    property area distance enclosed-area geofence intersects today now date date-time format-date format-date-time
    decimal-date-time decimal-time time digest base64-encode base64-decode position pulldata search extract-signed
    thousands-sep""".split()
)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_OPERATORS = {"and", "or", "div", "mod"}


@dataclass(frozen=True)
class Expression:
    """An expression and where it stands: the question's path, and the XLSForm's name for the column."""

    path: str
    column: str
    text: str


@dataclass(frozen=True)
class ExpressionFault:
    """kind: `function` (word: its name) or `syntax`."""

    where: Expression
    kind: str
    word: str = ""


_COLUMNS = {
    "relevant": "relevant", "constraint": "constraint", "calculate": "calculation", "required": "required",
    "readonly": "read_only",
}  # fmt: skip


def expressions(root: Any) -> Iterator[Expression]:
    """All expressions of an XForm."""
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        kind = local(node)
        if kind == "bind":
            for attribute, column in _COLUMNS.items():
                if node.get(attribute):
                    yield Expression(node.get("nodeset", ""), column, node.get(attribute))
        elif kind == "itemset":
            yield Expression(node.getparent().get("ref", ""), "choice_filter", node.get("nodeset", ""))
        elif kind == "output" and node.get("value"):
            yield Expression("", "label", node.get("value"))
        elif kind == "setvalue" and node.get("value"):
            yield Expression(node.get("ref", ""), "calculation", node.get("value"))
        elif kind == "repeat" and node.get(JR + "count"):
            yield Expression(node.get("nodeset", ""), "repeat_count", node.get(JR + "count"))


def faults(root: Any) -> list[ExpressionFault]:
    """Unknown functions and broken syntax, in the order of the form."""
    found: list[ExpressionFault] = []
    for expression in expressions(root):
        unknown = [
            name
            for name in _CALL.findall(_LITERAL.sub("''", expression.text))
            if name not in FUNCTIONS and name not in _OPERATORS
        ]
        if unknown:
            found.append(ExpressionFault(expression, "function", unknown[0]))
            continue
        try:
            etree.XPath(expression.text, namespaces={"jr": "http://openrosa.org/javarosa"})
        except etree.XPathError as wrong:
            found.append(ExpressionFault(expression, "syntax", str(wrong)))
    return found


# A constraint the server can recompute exactly: comparisons of the answer with numbers and texts, nothing else.
_SIMPLE = re.compile(
    r"""(?:\s+|\.|\d+|[()<>=!+*-]|'[^']*'|"[^"]*"|and\b|or\b|not\b|div\b|mod\b|string-length\b|true\b|false\b)+"""
)


def simple(expression: str) -> bool:
    """Whether the server can be sure of the outcome with XPath 1.0 alone."""
    return 0 < len(expression) <= 400 and _SIMPLE.fullmatch(expression) is not None


def holds(expression: str, node: Any) -> bool:
    """The outcome of a simple expression at a node; what cannot be computed holds."""
    try:
        return bool(node.xpath(f"boolean({expression})"))
    except etree.XPathError:
        return True


__all__ = [
    "FUNCTIONS",
    "Expression",
    "ExpressionFault",
    "children",
    "expressions",
    "faults",
    "holds",
    "simple",
]
