"""What the fields of a filter mean in the store: a tree of filters.py becomes a condition on submissions."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import (
    Coalesce,
    ExtractDay,
    ExtractHour,
    ExtractMinute,
    ExtractMonth,
    ExtractSecond,
    ExtractYear,
)
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from guatu.central.filters import Both, Call, Compare, Condition, Field, Literal, Not, Operand
from guatu.fieldwork import numbers
from guatu.fieldwork.models import Envelope, Receipt, Submission
from guatu.kernel import clock
from guatu.kernel.problems import Problem

_LOOKUPS = {"lt": LessThan, "le": LessThanOrEqual, "gt": GreaterThan, "ge": GreaterThanOrEqual}
_TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
_PARTS = {"year": ExtractYear, "month": ExtractMonth, "day": ExtractDay, "hour": ExtractHour, "minute": ExtractMinute,
          "second": ExtractSecond}  # fmt: skip
_ROOT = "$root/Submissions/"
SENT, CHANGED = "__system/submissionDate", "__system/updatedAt"
# (status, whether it must have been edited; None: either way) behind Central's words
_STATES: dict[Any, Q] = {
    None: Q(status="received", edits=0),
    "edited": Q(status="received", edits__gt=0),
    "approved": Q(status="approved"),
    "hasIssues": Q(status="has_issues"),
    "rejected": Q(status="rejected"),
}


def with_changed(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """`changed`: when the answers were last edited, null for those as they came."""
    latest = (
        Envelope.objects.filter(home=OuterRef("home"), submission_id=OuterRef("id"))
        .values("submission_id")
        .annotate(latest=Max("received_at"))
        .values("latest")
    )
    known = Case(When(edits__gt=0, then=Subquery(latest)), default=None, output_field=DateTimeField())
    return rows.annotate(changed=known)


def filtered(rows: QuerySet[Submission], tree: Condition) -> QuerySet[Submission]:
    """The rows for which a filter holds. Raises central.filter_field, central.filter_unsupported."""
    if CHANGED in _fields(tree):
        rows = with_changed(rows)
    return rows.filter(_condition(tree))


def _fields(tree: Condition | Operand | None) -> set[str]:
    if isinstance(tree, Field):
        return {_path(tree)}
    if isinstance(tree, Both | Compare):
        return _fields(tree.left) | _fields(tree.right)
    return _fields(tree.inner) if isinstance(tree, Not | Call) else set()


def _path(field: Field) -> str:
    return field.path.removeprefix(_ROOT)


def _condition(tree: Condition) -> Q:
    if isinstance(tree, Both):
        left, right = _condition(tree.left), _condition(tree.right)
        return left & right if tree.op == "and" else left | right
    if isinstance(tree, Not):
        return ~_condition(tree.inner)
    return _compared(tree)


def _compared(tree: Compare) -> Q:
    left, right, op = tree.left, tree.right, tree.op
    if isinstance(left, Literal) and not isinstance(right, Literal):
        left, right, op = right, left, _TURNED[op]
    if isinstance(left, Field) and _path(left) in _ALONE:
        if op not in ("eq", "ne") or not isinstance(right, Literal):
            raise Problem("central.filter_unsupported", at=left.at, text=str(tree)[:80])
        found = _ALONE[_path(left)](right.value)
        return found if op == "eq" else ~found
    one, other = _meant(left), _meant(right)
    if other.kind == "null":
        return _null(one, op, tree)
    if one.kind != other.kind:
        raise Problem("central.filter_unsupported", at=0, text=str(tree)[:80])
    if op in ("eq", "ne"):
        same = Q(Exact(one.value, other.value))
        return same if op == "eq" else (~same | Q(IsNull(one.value, True)))
    return Q(_LOOKUPS[op](one.value, other.value))


def _null(one: "_Meant", op: str, tree: Compare) -> Q:
    if op not in ("eq", "ne") or one.kind == "null":
        raise Problem("central.filter_unsupported", at=0, text=str(tree)[:80])
    return Q(IsNull(one.value, op == "eq"))


@dataclass(frozen=True)
class _Meant:
    """An operand as an expression. kind: moment, number, null."""

    kind: str
    value: Any = None


def _meant(operand: Operand) -> _Meant:
    if isinstance(operand, Call):
        if operand.inner is None:
            return _Meant("moment", Value(clock.now(), output_field=DateTimeField()))
        inner = _meant(operand.inner)
        if inner.kind != "moment":
            raise Problem("central.filter_unsupported", at=0, text=str(operand)[:80])
        return _Meant("number", _PARTS[operand.name](inner.value, tzinfo=dt.UTC))
    if isinstance(operand, Field):
        names = {SENT: "received_at", CHANGED: "changed"}
        if _path(operand) not in names:
            raise Problem("central.filter_field", at=operand.at, text=operand.path[:80])
        return _Meant("moment", F(names[_path(operand)]))
    value = operand.value
    if value is None:
        return _Meant("null")
    if isinstance(value, dt.datetime):
        return _Meant("moment", Value(value, output_field=DateTimeField()))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _Meant("number", Value(value))
    raise Problem("central.filter_unsupported", at=0, text=str(operand)[:80])


def _of_instance(value: Any) -> Q:
    """By the id it came in under, or one that an edit gave it."""
    kept = Receipt.objects.filter(instance_id=str(value)[:200].replace("\0", "")).values("submission_id")
    return Q(id__in=kept)


def _of_sender(value: Any) -> Q:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return Q(pk__in=[])
    if int(text) == numbers.NOBODY:
        return Q(by_id=None)
    target = numbers.target(numbers.ACTOR, int(text))
    return Q(by_id=target) if target is not None else Q(pk__in=[])


def _of_state(value: Any) -> Q:
    return _STATES.get(value, Q(pk__in=[])) if isinstance(value, str | None) else Q(pk__in=[])


_ALONE = {
    "__id": _of_instance, "__system/submitterId": _of_sender, "__system/reviewState": _of_state,
}  # fmt: skip


# ------------------------------------------------------------------------------------------------ order


@dataclass(frozen=True)
class Order:
    """How rows stand: by a moment, then by id."""

    key: str
    descending: bool


def ordered(rows: QuerySet[Submission], asked: tuple[str, bool] | None) -> tuple[QuerySet[Submission], Order]:
    """The rows in order, newest first when nothing is said. Raises central.filter_field for other fields."""
    path, descending = asked or (SENT, True)
    path = path.removeprefix(_ROOT)
    if path == SENT:
        order = Order("received_at", descending)
    elif path == CHANGED:
        rows = with_changed(rows).annotate(moved=Coalesce("changed", "received_at"))
        order = Order("moved", descending)
    else:
        raise Problem("central.filter_field", at=0, text=path[:80])
    sign = "-" if descending else ""
    return rows.order_by(f"{sign}{order.key}", f"{sign}id"), order


def after(
    rows: QuerySet[Submission], order: Order, moment: dt.datetime, row_id: Any, *, including: bool
) -> QuerySet[Submission]:
    """What stands behind a row that was served (or from it on, when only a part of it was)."""
    beyond = "lt" if order.descending else "gt"
    last = f"{beyond}e" if including else beyond
    return rows.filter(
        Q(**{f"{order.key}__{beyond}": moment}) | Q(**{order.key: moment, f"id__{last}": row_id})
    )
