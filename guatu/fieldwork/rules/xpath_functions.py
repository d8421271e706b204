"""The functions of ODK's forms: those of XPath 1.0, and what the ODK XForms specification adds. Pure.

A function that answers by chance, by the phone itself, or not the same on every client, is not answered: Unsure. What is
named nowhere is Unsure too; whether a form may name it is asked when it is published (rules.expressions).
"""

import base64
import hashlib
import math
from collections.abc import Callable
from typing import Any

from guatu.fieldwork.rules import xpath_dates, xpath_geo, xpath_regex
from guatu.fieldwork.rules.xpath_steps import Context, Run, nodes
from guatu.fieldwork.rules.xpath_values import NAN, Attribute, Document, Unsure

LONGEST_TEXT = 200_000
Function = Callable[[Context, list[Run]], Any]


def function(name: str, arguments: list[Run]) -> Run:
    """A call as something that can be asked."""
    lazy = _LAZY.get(name)
    if lazy is not None:
        return lambda context: lazy(context, arguments)
    plain = _PLAIN.get(name)
    if plain is None:
        return _unknown(name)
    answer, least, most = plain

    def run(context: Context) -> Any:
        if not least <= len(arguments) <= most:
            raise Unsure(name)
        context.world.spend(2)
        try:
            found = answer(context, *[argument(context) for argument in arguments])
        except (OverflowError, ZeroDivisionError):
            return NAN
        if isinstance(found, str) and len(found) > LONGEST_TEXT:
            raise Unsure("long")
        return found

    return run


def known(name: str, count: int = -1) -> bool:
    """Whether the server answers this function; whether with so many arguments, if a count is given."""
    if name in _LAZY:
        return True
    return name in _PLAIN and (count < 0 or _PLAIN[name][1] <= count <= _PLAIN[name][2])


def _unknown(name: str) -> Run:
    def run(context: Context) -> Any:
        raise Unsure(name)

    return run


# ----------------------------------------------------------------------------- what chooses what is asked at all


def _if(context: Context, arguments: list[Run]) -> Any:
    if len(arguments) != 3:
        raise Unsure("if")
    return arguments[1 if context.truth(arguments[0](context)) else 2](context)


def _coalesce(context: Context, arguments: list[Run]) -> Any:
    for argument in arguments:
        found = context.text(argument(context))
        if found != "":
            return found
    return ""


def _once(context: Context, arguments: list[Run]) -> Any:
    here = context.string_value(context.node)
    return here or (context.text(arguments[0](context)) if arguments else "")


def _position(context: Context, arguments: list[Run]) -> float:
    """`position()`, or the number of a repetition among its like: `position(..)`."""
    if not arguments:
        return float(context.position)
    found = nodes(arguments[0](context))
    if not found or isinstance(found[0], (Attribute, Document)):
        raise Unsure("position")
    tag = found[0].tag
    return 1.0 + sum(1 for each in found[0].itersiblings(preceding=True) if each.tag == tag)


def _indexed_repeat(context: Context, arguments: list[Run]) -> Any:
    """`indexed-repeat(path, repeat, number, …)`: the path's node in that repetition; the numbers count within one parent."""
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        raise Unsure("indexed-repeat")
    found = nodes(arguments[0](context))
    for repeat, number in zip(arguments[1::2], arguments[2::2], strict=True):
        wanted = context.number(number(context))
        chosen = {
            id(each): each
            for each in nodes(repeat(context))
            if 1 + sum(1 for other in each.itersiblings(preceding=True) if other.tag == each.tag) == wanted
        }
        found = [node for node in found if any(id(above) in chosen for above in node.iterancestors())]
        context.world.spend(len(found) * 4 + len(chosen))
    return found[:1]


_LAZY: dict[str, Function] = {
    "if": _if, "coalesce": _coalesce, "once": _once, "position": _position, "indexed-repeat": _indexed_repeat,
    "true": lambda context, arguments: True, "false": lambda context, arguments: False,
    "last": lambda context, arguments: float(context.size), "current": lambda context, arguments: [context.current],
    "pi": lambda context, arguments: math.pi,
}  # fmt: skip


# ----------------------------------------------------------------------------- texts and choices


def _words(context: Context, value: Any) -> list[str]:
    return context.text(value).split()


def _selected_at(context: Context, value: Any, number: Any) -> str:
    words, at = _words(context, value), context.number(number)
    return words[int(at)] if math.isfinite(at) and 0 <= int(at) < len(words) else ""


def _join(context: Context, separator: Any, *values: Any) -> str:
    found = [text for value in values for text in context.texts(value)]
    return context.text(separator).join(found)


def _substring(context: Context, value: Any, start: Any, length: Any = None) -> str:
    text, begin = context.text(value), _rounded(context.number(start))
    end = math.inf if length is None else begin + _rounded(context.number(length))
    return "".join(char for at, char in enumerate(text, 1) if begin <= at < end)


def _substr(context: Context, value: Any, start: Any, end: Any = None) -> str:
    """`substr(text, from, to)`: from 0; a negative number counts from the end."""
    text = context.text(value)
    low = context.number(start)
    high = len(text) if end is None else context.number(end)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise Unsure("substr")
    low, high = (max(0, each + len(text)) if each < 0 else each for each in (low, high))
    return text[int(low) : int(high)] if low < high else ""


def _translate(context: Context, value: Any, old: Any, new: Any) -> str:
    froms, tos = context.text(old), context.text(new)
    table: dict[int, str | None] = {}
    for at, char in enumerate(froms):
        table.setdefault(ord(char), tos[at] if at < len(tos) else None)
    return context.text(value).translate(table)


def _around(context: Context, value: Any, mark: Any, *, before: bool) -> str:
    left, found, right = context.text(value).partition(context.text(mark))
    return (left if before else right) if found else ""


def _digest(context: Context, value: Any, algorithm: Any, encoding: Any = "base64") -> str:
    name = context.text(algorithm).upper().replace("-", "")
    if name not in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512"):
        raise Unsure("digest")
    found = hashlib.new(name.lower(), context.text(value).encode(), usedforsecurity=False)
    return found.hexdigest() if context.text(encoding) == "hex" else base64.b64encode(found.digest()).decode()


def _pulldata(context: Context, file: Any, column: Any, key_column: Any, key: Any) -> str:
    table = context.world.table(context.text(file))
    if table is None:
        raise Unsure("pulldata")
    found: str = table.value(context.text(column), context.text(key_column), context.text(key))
    return found


def _instance(context: Context, name: Any) -> list[Any]:
    root = context.world.instances(context.text(name))
    if root is None:
        raise Unsure("instance")
    return [context.world.above(root)]


def _choice_name(context: Context, value: Any, path: Any) -> str:
    found = context.world.choice_name(context.text(value), context.text(path))
    if found is None:
        raise Unsure("jr:choice-name")
    return found


def _from_boolean(context: Context, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return context.text(value).strip().lower() in ("true", "1")


def _checklist(context: Context, least: Any, most: Any, *values: Any) -> bool:
    count = sum(1 for each in values if context.truth(_boolean(context, each)))
    return _between(context, count, least, most)


def _weighted(context: Context, least: Any, most: Any, *values: Any) -> bool:
    if len(values) % 2:
        raise Unsure("weighted-checklist")
    pairs = zip(values[::2], values[1::2], strict=True)
    total = sum(context.number(weight) for each, weight in pairs if _boolean(context, each))
    return _between(context, total, least, most)


def _between(context: Context, count: float, least: Any, most: Any) -> bool:
    low, high = context.number(least), context.number(most)
    return (low < 0 or count >= low) and (high < 0 or count <= high)


def _boolean(context: Context, value: Any) -> bool:
    """A node is true when it says something else than 0, false or nothing: phones read a node's own value here."""
    if isinstance(value, list) and value:
        return context.string_value(value[0]).lower() not in ("", "0", "false")
    return context.truth(value)


# ----------------------------------------------------------------------------- numbers


def _rounded(number: float) -> float:
    return float(math.floor(number + 0.5)) if math.isfinite(number) else number


def _round(context: Context, value: Any, digits: Any = 0.0) -> float:
    number, places = context.number(value), context.number(digits)
    if not math.isfinite(number) or not math.isfinite(places) or abs(places) > 30:
        return number if math.isfinite(places) else NAN
    factor = 10.0 ** int(places)
    return (
        math.copysign(math.floor(abs(number) * factor + 0.5) / factor, number) if places else _rounded(number)
    )


def _int(context: Context, value: Any) -> float:
    number = context.number(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def _numbers(context: Context, values: tuple[Any, ...]) -> list[float]:
    """Numbers of all nodes and values. Clients differ over empty ones: unsure."""
    texts = [text for value in values for text in context.texts(value)]
    if any(not text.strip() for text in texts):
        raise Unsure("empty")
    return [context.number(text) for text in texts]


def _sum(context: Context, value: Any) -> float:
    return math.fsum(_numbers(context, (value,)))


def _extreme(pick: Callable[[list[float]], float]) -> Callable[..., float]:
    def found(context: Context, *values: Any) -> float:
        numbers = _numbers(context, values)
        return pick(numbers) if numbers and not any(map(math.isnan, numbers)) else NAN

    return found


def _math(compute: Callable[..., float]) -> Callable[..., float]:
    def found(context: Context, *values: Any) -> float:
        numbers = [context.number(value) for value in values]
        try:
            answer = compute(*numbers)
        except ValueError:
            return NAN
        return NAN if isinstance(answer, complex) else answer  # a root of a negative number is no number here

    return found


def _floor(round_: Callable[[float], int]) -> Callable[..., float]:
    def found(context: Context, value: Any) -> float:
        number = context.number(value)
        return float(round_(number)) if math.isfinite(number) else number

    return found


def _count_filled(context: Context, value: Any) -> float:
    nodes(value)
    return float(sum(1 for text in context.texts(value) if text.strip()))


_MANY = 10_000
_PLAIN: dict[str, tuple[Callable[..., Any], int, int]] = {
    # name: (answer, least, most number of arguments)
    "string": (lambda c, v=None: c.text(v if v is not None else [c.node]), 0, 1),
    "concat": (lambda c, *vs: "".join(text for v in vs for text in c.texts(v)), 0, _MANY),
    "starts-with": (lambda c, a, b: c.text(a).startswith(c.text(b)), 2, 2),
    "ends-with": (lambda c, a, b: c.text(a).endswith(c.text(b)), 2, 2),
    "contains": (lambda c, a, b: c.text(b) in c.text(a), 2, 2),
    "substring-before": (lambda c, a, b: _around(c, a, b, before=True), 2, 2),
    "substring-after": (lambda c, a, b: _around(c, a, b, before=False), 2, 2),
    "substring": (_substring, 2, 3),
    "substr": (_substr, 2, 3),
    "string-length": (lambda c, v=None: float(len(c.text(v if v is not None else [c.node]))), 0, 1),
    "normalize-space": (lambda c, v=None: " ".join(c.text(v if v is not None else [c.node]).split()), 0, 1),
    "translate": (_translate, 3, 3),
    "regex": (lambda c, v, p: xpath_regex.matches(c.text(p), c.text(v)), 2, 2),
    "join": (_join, 1, _MANY),
    "digest": (_digest, 2, 3),
    "base64-encode": (lambda c, v: base64.b64encode(c.text(v).encode()).decode(), 1, 1),
    "selected": (lambda c, v, name: c.text(name).strip() in _words(c, v), 2, 2),
    "selected-at": (_selected_at, 2, 2),
    "count-selected": (lambda c, v: float(len(_words(c, v))), 1, 1),
    "jr:choice-name": (_choice_name, 2, 2),
    "instance": (_instance, 1, 1),
    "pulldata": (_pulldata, 4, 4),
    "randomize": (lambda c, v, seed=0.0: nodes(v), 1, 2),  # another order, the same choices
    "boolean": (lambda c, v: c.truth(v), 1, 1),
    "boolean-from-string": (_from_boolean, 1, 1),
    "not": (lambda c, v: not c.truth(v), 1, 1),
    "checklist": (_checklist, 2, _MANY),
    "weighted-checklist": (_weighted, 2, _MANY),
    "number": (lambda c, v=None: c.number(v if v is not None else [c.node]), 0, 1),
    "number-from-string": (lambda c, v: c.number(v), 1, 1),
    "int": (_int, 1, 1),
    "round": (_round, 1, 2),
    "floor": (_floor(math.floor), 1, 1),
    "ceiling": (_floor(math.ceil), 1, 1),
    "abs": (_math(abs), 1, 1),
    "pow": (_math(lambda a, b: a**b), 2, 2),
    "log": (_math(math.log), 1, 1),
    "log10": (_math(math.log10), 1, 1),
    "exp": (_math(math.exp), 1, 1),
    "exp10": (_math(lambda a: 10.0**a), 1, 1),
    "sqrt": (_math(math.sqrt), 1, 1),
    "sin": (_math(math.sin), 1, 1),
    "cos": (_math(math.cos), 1, 1),
    "tan": (_math(math.tan), 1, 1),
    "asin": (_math(math.asin), 1, 1),
    "acos": (_math(math.acos), 1, 1),
    "atan": (_math(math.atan), 1, 1),
    "atan2": (_math(math.atan2), 2, 2),
    "count": (lambda c, v: float(len(nodes(v))), 1, 1),
    "count-non-empty": (_count_filled, 1, 1),
    "sum": (_sum, 1, 1),
    "min": (_extreme(min), 1, _MANY),
    "max": (_extreme(max), 1, _MANY),
    "avg": (_extreme(lambda found: math.fsum(found) / len(found)), 1, _MANY),
    "local-name": (lambda c, v=None: xpath_dates.name_of(nodes(v) if v is not None else [c.node]), 0, 1),
    "name": (lambda c, v=None: xpath_dates.name_of(nodes(v) if v is not None else [c.node]), 0, 1),
    **xpath_dates.FUNCTIONS,
    **xpath_geo.FUNCTIONS,
}
