"""`$filter` on entities: what its fields mean in our rows."""

import datetime as dt
from typing import Any

from django.db.models import CharField, Expression, F, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Extract, NullIf
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from guatu.central.filters import (
    PARTS,
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
from guatu.fieldwork import numbers
from guatu.fieldwork.rules.entities import entity_id
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.registers import listing
from guatu.registers.models import Register

_COLUMNS = {
    "__id": "id", "name": "id", "label": "title_text", "__system/createdAt": "entered_at", "__system/updatedAt": "changed_at",
    "__system/creatorId": "by_id", "__system/version": "version", "__system/conflict": "conflict",
}  # fmt: skip
_ORDER = {"lt": LessThan, "le": LessThanOrEqual, "gt": GreaterThan, "ge": GreaterThanOrEqual}
_SWAPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def condition_of(register: Register, text: str) -> Q:
    """The condition of a filter. Raises entity.odata_unsupported naming what is not served, central.bad_value."""
    try:
        return _Builder(register).build(parse(text))
    except FilterError as wrong:
        raise Problem("entity.odata_unsupported", what=f"$filter: {wrong.what} ({wrong.at})") from wrong


class _Builder:
    def __init__(self, register: Register) -> None:
        self.properties = {
            name.replace("-", "_"): column
            for name, column in listing.properties(register).items()
            if not column.personal
        }

    def build(self, node: Condition) -> Q:
        if isinstance(node, Not):
            return ~self.build(node.inner)
        if isinstance(node, Compare):
            return self.compare(node)
        left, right = self.build(node.left), self.build(node.right)
        return left & right if node.op == "and" else left | right

    def compare(self, node: Compare) -> Q:
        op, left, right = node.op, node.left, node.right
        if isinstance(left, Literal):
            op, left, right = _SWAPPED[op], right, left
        told = self.expression(left)
        if isinstance(right, Literal) and right.value is None:
            if op not in ("eq", "ne"):
                raise FilterError(0, f"{op} null")
            return Q(IsNull(told, op == "eq"))
        value = Value(_plain(left, right.value)) if isinstance(right, Literal) else self.expression(right)
        if op in _ORDER:
            return Q(_ORDER[op](told, value))
        same = Q(Exact(told, value))
        return same if op == "eq" else Q(IsNull(told, True)) | ~same

    def expression(self, node: Operand) -> Any:
        if isinstance(node, Call):
            if node.name == "now":
                return Value(clock.now())
            assert node.inner is not None
            if (
                node.name not in PARTS
                or not isinstance(node.inner, Field)
                or not node.inner.path.endswith("edAt")
            ):
                raise FilterError(0, f"{node.name}()")
            return Extract(self.expression(node.inner), node.name, tzinfo=dt.UTC)
        if isinstance(node, Literal):
            return Value(node.value)
        return self.field(node)

    def field(self, node: Field) -> Expression | F:
        column = _COLUMNS.get(node.path)
        if column == "conflict":
            return NullIf(F(column), Value(""))
        if column is not None:
            return F(column)
        prop = self.properties.get(node.path)
        if prop is None:
            raise FilterError(node.at, node.path, unknown=True)
        return KeyTextTransform(prop.key, "fields", output_field=CharField())


def _plain(left: Operand, value: Any) -> Any:
    """The literal as the column holds it: an id as UUID, a creator's number as the person's id, other text as text."""
    path = left.path if isinstance(left, Field) else ""
    if path in ("__id", "name"):
        return entity_id(str(value))
    if path == "__system/creatorId":
        number = str(value)
        return numbers.target(numbers.ACTOR, int(number)) if number.isdecimal() and len(number) < 10 else None
    if path.endswith("edAt") and not isinstance(value, dt.datetime):
        raise FilterError(0, str(value)[:40])
    if path == "__system/version":
        return value
    return str(value) if path and not isinstance(value, dt.datetime) else value
