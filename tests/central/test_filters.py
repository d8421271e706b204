"""The filter's grammar: what goes in comes out, and nothing but a FilterError ever comes instead."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from guatu.central.filters import (
    COMPARISONS,
    PARTS,
    Both,
    Call,
    Compare,
    Condition,
    Field,
    FilterError,
    Literal,
    Not,
    Operand,
    parse,
)

_values = some.one_of(
    some.none(), some.booleans(), some.integers(-(10**15), 10**15), some.text(max_size=20),
    some.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=some.just(dt.UTC)),
)  # fmt: skip
_paths = some.sampled_from(
    ["__id", "__system/submissionDate", "__system/reviewState", "$root/Submissions/__system/updatedAt", "a/b"]
)
_operands: some.SearchStrategy[Operand] = some.recursive(
    some.one_of(_values.map(Literal), _paths.map(Field), some.just(Call("now"))),
    lambda inner: some.builds(Call, some.sampled_from(PARTS), inner),
    max_leaves=3,
)
_compared = some.builds(Compare, some.sampled_from(COMPARISONS), _operands, _operands)
_conditions: some.SearchStrategy[Condition] = some.recursive(
    _compared,
    lambda inner: some.one_of(inner.map(Not), some.builds(Both, some.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=8,
)  # fmt: skip


def bare(tree: object) -> object:
    """Without the places in the text, which the tree was not written from."""
    if isinstance(tree, Field):
        return tree.path
    if isinstance(tree, Call | Not):
        return type(tree).__name__, getattr(tree, "name", ""), bare(tree.inner)
    if isinstance(tree, Compare | Both):
        return tree.op, bare(tree.left), bare(tree.right)
    return tree


@given(_conditions)
def test_a_filter_written_and_read_is_the_same(tree: Condition):
    assert bare(parse(str(tree))) == bare(tree)


@given(some.text(max_size=60) | some.text("()',eqandorsn/_ 0129-T:Z$é", max_size=80))
def test_whatever_is_written_is_read_or_refused(text: str):
    with contextlib.suppress(FilterError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("a eq 1 or b eq 2 and c eq 3", ("or", ("eq", "a", Literal(1)), ("and", ("eq", "b", Literal(2)), ("eq", "c", Literal(3))))),
        ("(a eq 1 or b eq 2) and c eq 3", ("and", ("or", ("eq", "a", Literal(1)), ("eq", "b", Literal(2))), ("eq", "c", Literal(3)))),
        ("not a eq null", ("Not", "", ("eq", "a", Literal(None)))),
        ("year(a) eq year(now())", ("eq", ("Call", "year", "a"), ("Call", "year", ("Call", "now", None)))),
        ("a eq 'it''s'", ("eq", "a", Literal("it's"))),
        ("a ge 2021-09-16T09:00:00+08:00", ("ge", "a", Literal(dt.datetime(2021, 9, 16, 1, tzinfo=dt.UTC)))),
        ("a lt 2021-09-16", ("lt", "a", Literal(dt.datetime(2021, 9, 16, tzinfo=dt.UTC)))),
    ],
)  # fmt: skip
def test_what_binds_first(text: str, shape: object):
    assert bare(parse(text)) == shape


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("", False), ("a", False), ("a eq", False), ("a eq 1 b", False), ("(a eq 1", False), ("a eq 'x", False), ("a eq 1)", False),
        ("contains(a, 'x') eq true", True), ("a has 1", True), ("a eq 2021-13-45", False), ("a eq 12x", False),
        ("(" * 200 + "a eq 1" + ")" * 200, False), ("not " * 200 + "a eq 1", False), ("a eq 1 or " * 600 + "a eq 1", False),
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(text: str, unknown: bool):
    with pytest.raises(FilterError) as refused:
        parse(text)
    assert refused.value.unknown == unknown
