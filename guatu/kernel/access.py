"""Who may see and do what: one predicate on every read path.

A person holds posts; a post gives rights over areas (code prefixes) and over a subtree of units. A row is within a
grant when its area lies in one of the areas *or* one of its units lies in the subtree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from guatu.kernel.problems import Problem, declare

declare(
    "access.denied",
    status=403,
    zh="按您的岗位不能办理此事，或者该事项不在您负责的范围内（所需权限：{right}）。",
    en="Your posts do not allow this, or the matter lies outside your area (right needed: {right}).",
    next_zh="如确有需要，请联系本单位管理员调整岗位。",
    next_en="If you need it, ask your unit's administrator to change your post.",
)
declare(
    "access.not_found",
    status=404,
    zh="没有找到您要的内容，或者它不在您可见的范围内。",
    en="What you asked for does not exist, or lies outside what you may see.",
    next_zh="请检查地址，或从列表重新进入。",
    next_en="Check the address, or come in again from the list.",
)

_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True)
class Grant:
    """Rights (patterns such as `case.*`) over areas (code prefixes; "" is everywhere) and units (path prefixes)."""

    rights: tuple[str, ...]
    areas: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def gives(self, right: str) -> bool:
        return any(fnmatchcase(right, pattern) for pattern in self.rights)


@dataclass(frozen=True)
class Scope:
    """What one person may do, worked out from the posts held today."""

    person_id: UUID | None
    grants: tuple[Grant, ...] = ()

    def may(self, right: str) -> bool:
        """Whether the right is held anywhere at all (to show a button, a room)."""
        return any(grant.gives(right) for grant in self.grants)

    def areas(self, right: str) -> tuple[str, ...]:
        return _shortest(area for grant in self.grants if grant.gives(right) for area in grant.areas)

    def units(self, right: str) -> tuple[str, ...]:
        return _shortest(unit for grant in self.grants if grant.gives(right) for unit in grant.units)

    def allows(self, right: str, *, area: str | None = None, units: Sequence[str] = ()) -> bool:
        """Whether the right holds for a row lying in `area` and belonging to `units` (paths)."""
        if area is not None and any(area.startswith(prefix) for prefix in self.areas(right)):
            return True
        mine = self.units(right)
        return any(unit.startswith(prefix) for unit in units if unit for prefix in mine)

    @cached_property
    def everywhere(self) -> bool:
        return any("*" in grant.rights and "" in grant.areas for grant in self.grants)


NOBODY = Scope(person_id=None)
EVERYTHING = Scope(person_id=None, grants=(Grant(rights=("*",), areas=("",), units=("",)),))


def _shortest(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Drop prefixes that another one already covers."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes), key=len):
        if not any(prefix.startswith(shorter) for shorter in kept):
            kept.append(prefix)
    return tuple(kept)


def prefix_end(prefix: str) -> str | None:
    """The first code after all codes that begin with `prefix` (digits only); None when there is no such code.

    A range instead of LIKE, so that an ordinary index serves it on both stores in any collation.
    """
    digits = prefix.rstrip("9")
    return digits[:-1] + chr(ord(digits[-1]) + 1) if digits else None


def within(field: str, prefix: str) -> Q:
    """`field` holds an area code that lies in the area `prefix`."""
    if prefix == "":
        return Q()
    end = prefix_end(prefix)
    found = Q(**{f"{field}__gte": prefix})
    return found & Q(**{f"{field}__lt": end}) if end is not None else found


def predicate(scope: Scope, right: str, *, area: str | None = "area", units: Sequence[str] = ()) -> Q:
    """The condition under which a row is visible; use `visible_to` unless you build a larger query."""
    nothing = Q(pk__in=[])
    condition: Q | None = None
    if area is not None:
        for prefix in scope.areas(right):
            if prefix == "":
                return Q()
            found = within(area, prefix)
            condition = found if condition is None else condition | found
    for prefix in scope.units(right):
        for field in units:
            if prefix == "":
                return Q()
            found = Q(**{f"{field}__startswith": prefix})
            condition = found if condition is None else condition | found
    return nothing if condition is None else condition


def visible_to(
    rows: QuerySet[_M], scope: Scope, right: str, *, area: str | None = "area", units: Sequence[str] = ()
) -> QuerySet[_M]:
    """The rows of `rows` that `scope` may see by `right`; `units` names fields holding unit paths."""
    found = rows.filter(predicate(scope, right, area=area, units=units))
    # a path over a many-to-many may find the same row twice
    return found.distinct() if any("__" in field for field in units) and scope.units(right) else found


def require(
    scope: Scope, right: str, *, area: str | None = None, units: Sequence[str] = (), **details: Any
) -> None:
    """Stop with `access.denied` unless the right holds there. With neither area nor units: held anywhere."""
    allowed = scope.may(right) if area is None and not units else scope.allows(right, area=area, units=units)
    if not allowed:
        raise Problem("access.denied", right=right, **details)
