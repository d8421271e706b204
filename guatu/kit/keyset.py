"""Paging by the last row seen: stable while rows come and go, equally fast on the thousandth page.

The order is one sort expression and the row's id as tie-break, both in the same direction, empty values last in either
direction. A cursor is the two values of the row at the edge, readable but bound to its sort order.
"""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db.models import Expression, F, Model, Q, QuerySet
from django.db.models.expressions import Combinable

_M = TypeVar("_M", bound=Model)
SORT = "kit_sort"


class BadCursor(ValueError):
    """The cursor was not made by this list in this order."""


@dataclass(frozen=True)
class Order:
    """`key` names the order (it binds the cursor); `nullable` says whether the expression may be NULL."""

    key: str
    expression: str | Expression | Combinable
    descending: bool = False
    nullable: bool = False
    tie: str = "id"


@dataclass(frozen=True)
class Slice:
    """One page: its rows in order, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    before: str | None
    after: str | None


def may_be_null(model: type[Model], path: str) -> bool:
    """Whether a field path can give NULL: a nullable field, or any step over a nullable or reverse relation."""
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # an annotation or a transform: assume the worst
        if not field.concrete or field.null:
            return True
        if field.is_relation and field.related_model is not None:
            model = field.related_model
    return False


def _encode(value: Any) -> list[Any]:
    """A value with its type, so that it comes back as the same."""
    if value is None or isinstance(value, (bool, int, str)):
        return ["j", value]
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, float):
        return ["f", repr(value)]
    if isinstance(value, UUID):
        return ["u", value.hex]
    raise TypeError(f"cannot page by a value of type {type(value).__name__}")


_DECODERS = {
    "j": lambda value: value,
    "t": dt.datetime.fromisoformat,
    "d": dt.date.fromisoformat,
    "n": Decimal,
    "f": float,
    "u": UUID,
}


def cursor(order: Order, row: Any) -> str:
    """The cursor that stands at `row` (which carries the sort annotation)."""
    values = [_encode(getattr(row, SORT)), _encode(getattr(row, order.tie))]
    text = json.dumps([order.key, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def edge(order: Order, value: Any) -> str:
    """A cursor at a value of the sort expression rather than at a row: what follows it begins there: with
    it when ascending, beneath it when descending. The tie must be a UUID."""
    text = json.dumps([order.key, _encode(value), _encode(UUID(int=0))], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(order: Order, token: str) -> tuple[Any, Any]:
    """(sort value, id) of a cursor; raises `BadCursor` for any that is not of this order."""
    try:
        text = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)).decode()
        key, sort, tie = json.loads(text)
        if key != order.key:
            raise BadCursor(token)
        (sort_type, sort_value), (tie_type, tie_value) = sort, tie
        return _DECODERS[sort_type](sort_value), _DECODERS[tie_type](tie_value)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        InvalidOperation,
        RecursionError,
        binascii.Error,
    ) as error:
        raise BadCursor(token) from error


def ordered(rows: QuerySet[_M], order: Order, *, backwards: bool = False) -> QuerySet[_M]:
    """The rows in the order, annotated with the sort value; `backwards` turns the whole order round."""
    expression = F(order.expression) if isinstance(order.expression, str) else order.expression
    rows = rows.annotate(**{SORT: expression})
    descending = order.descending != backwards
    sort, tie = F(SORT), F(order.tie)
    nulls: dict[str, Any] = {}
    if order.nullable:
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    if descending:
        return rows.order_by(sort.desc(**nulls), tie.desc())
    return rows.order_by(sort.asc(**nulls), tie.asc())


def _beyond(order: Order, sort: Any, tie: Any, *, backwards: bool) -> Q:
    """The condition for rows after (or, backwards, before) the edge, empty values standing last."""
    side = "lt" if order.descending != backwards else "gt"
    if sort is None:
        same = Q(**{f"{SORT}__isnull": True, f"{order.tie}__{side}": tie})
        return same | Q(**{f"{SORT}__isnull": False}) if backwards else same
    found = Q(**{f"{SORT}__{side}": sort}) | Q(**{SORT: sort, f"{order.tie}__{side}": tie})
    if order.nullable and not backwards:
        found |= Q(**{f"{SORT}__isnull": True})
    return found


def page(rows: QuerySet[Any], order: Order, size: int, *, after: str = "", before: str = "") -> Slice:
    """One page of at most `size` rows, in one query. Raises `BadCursor`."""
    backwards = bool(before) and not after
    token = before if backwards else after
    found = ordered(rows, order, backwards=backwards)
    try:
        if token:
            sort, tie = read_cursor(order, token)
            found = found.filter(_beyond(order, sort, tie, backwards=backwards))
        got = list(found[: size + 1])
    except (ValidationError, FieldError, ValueError, TypeError, OverflowError) as error:
        if token:
            raise BadCursor(token) from error
        raise
    more = len(got) > size
    got = got[:size]
    if backwards:
        got.reverse()
    if not got:
        return Slice([], None, None)
    earlier = more if backwards else bool(token)
    later = bool(token) if backwards else more
    return Slice(got, cursor(order, got[0]) if earlier else None, cursor(order, got[-1]) if later else None)
