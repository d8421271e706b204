"""Delta sync: what came, changed or went on one of a phone's lists since its cursor.

The ledger is the log of changes. Heads are read first, rows afterwards: whatever is written in between is told twice,
never missed. A row that an act named and that is not among the reader's rows now is gone for the phone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from guatu.kernel.acts import heads
from guatu.kernel.models import Act
from guatu.phone import cursors
from guatu.phone.cursors import Cursor
from guatu.phone.lists import LISTS, PhoneList
from guatu.units.models import Person

PAGE = 400  # rows of one answer of the first load
_MOST_ACTS = 1_500  # acts looked through for one answer
_STREAMS_AT_ONCE = 60  # conditions in one query


@dataclass(frozen=True)
class Delta:
    """One answer. reset: drop what you have first. gone: tails of ids. more: ask again at once with `cursor`."""

    name: str
    cursor: str
    reset: bool = False
    more: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.reset or self.more or self.rows or self.gone)


def offered(person: Person) -> list[str]:
    """The lists this person has at all."""
    return [each.name for each in LISTS.values() if person.scope.may(each.right)]


def delta(person: Person, name: str, given: str, *, page: int = PAGE) -> Delta:
    """What `person`'s phone must do to list `name` to stand where we stand. Raises `phone.unknown_list`."""
    wanted = LISTS.get(name)
    if wanted is None:
        raise cursors.refuse(name)
    rights = rights_of(person, wanted)
    now = heads()
    cursor = cursors.read(given)
    if (
        cursor is None
        or cursor.rights != rights
        or any(now.get(home, 0) < at for home, at in cursor.heads.items())
    ):
        return _load(person, wanted, Cursor(rights, now), page, reset=True)
    if cursor.after:
        return _load(person, wanted, cursor, page, reset=False)
    return _changes(person, wanted, cursor, now, page)


def state_of(person: Person) -> str:
    """What all lists of a person rest on beside the ledger."""
    return "".join(rights_of(person, each) for each in LISTS.values())


def rights_of(person: Person, wanted: PhoneList) -> str:
    """What the list depends on beside its rows: rights, unit, language, and what the list itself names."""
    unit = person.unit.path if person.unit is not None else ""
    own = wanted.depends(person) if wanted.depends is not None else ""
    return cursors.rights_of(person.scope, wanted.name, str(wanted.edition), unit, get_language() or "", own)


def _load(person: Person, wanted: PhoneList, cursor: Cursor, page: int, *, reset: bool) -> Delta:
    """The first load, page by page; heads stay those of its first page, so that the deltas after it begin there."""
    if not person.scope.may(wanted.right):
        return Delta(wanted.name, Cursor(cursor.rights, cursor.heads).text(), reset=True)
    if wanted.whole is not None:
        everything = wanted.whole(person)
        return Delta(wanted.name, Cursor(cursor.rights, cursor.heads).text(), reset=True, rows=everything)
    found = wanted.rows(person).order_by("id")
    found = found.filter(id__gt=cursor.after) if cursor.after else found
    rows = list(found[: page + 1])
    more = len(rows) > page
    rows = rows[:page]
    following = Cursor(cursor.rights, cursor.heads, str(rows[-1].id) if more else "")
    return Delta(wanted.name, following.text(), reset, more, wanted.dump(person, rows))


def _changes(person: Person, wanted: PhoneList, cursor: Cursor, now: dict[str, int], page: int) -> Delta:
    behind = sorted(home for home, at in now.items() if at > cursor.heads.get(home, 0))
    if not behind:
        return Delta(wanted.name, cursor.text())
    acts, reached, more = _acts(wanted, cursor, now, behind)
    if wanted.resets & {kind for kind, _ in acts} or (acts and wanted.whole is not None):
        return _load(person, wanted, Cursor(cursor.rights, now), page, reset=True)
    touched = _touched(wanted, acts)
    following = Cursor(cursor.rights, reached).text()
    if not touched:
        return Delta(wanted.name, following, more=more)
    rows = list(wanted.rows(person).filter(id__in=touched)) if person.scope.may(wanted.right) else []
    gone = touched - {str(row.id) for row in rows}
    return Delta(
        wanted.name,
        following,
        more=more,
        rows=wanted.dump(person, rows),
        gone=sorted(map(cursors.tail, gone)),
    )


def _acts(
    wanted: PhoneList, cursor: Cursor, now: dict[str, int], behind: list[str]
) -> tuple[set[tuple[str, str]], dict[str, int], bool]:
    """What acts since the cursor named, how far the streams were looked through, and whether there is more."""
    kinds = [*wanted.follows, *wanted.resets]
    named: set[tuple[str, str]] = set()
    reached = dict(cursor.heads)
    for start in range(0, len(behind), _STREAMS_AT_ONCE):
        streams = behind[start : start + _STREAMS_AT_ONCE]
        where = Q()
        for home in streams:
            where |= Q(home=home, position__gt=cursor.heads.get(home, 0), position__lte=now[home])
        rows = list(
            Act.objects.filter(where, subject_type__in=kinds)
            .order_by("home", "position")
            .values_list("home", "position", "subject_type", "subject_id")[: _MOST_ACTS + 1]
        )
        named.update((kind, subject) for _, _, kind, subject in rows[:_MOST_ACTS])
        if len(rows) > _MOST_ACTS:
            last, position = rows[_MOST_ACTS - 1][:2]
            reached.update({home: now[home] for home in streams if home < last})
            reached[last] = position
            return named, reached, True
        reached.update({home: now[home] for home in streams})
    return named, reached, False


def _touched(wanted: PhoneList, acts: Iterable[tuple[str, str]]) -> set[str]:
    """Ids of rows of the list that the acts may have changed."""
    by_kind: dict[str, set[str]] = {}
    for kind, subject in acts:
        by_kind.setdefault(kind, set()).add(subject)
    touched: set[str] = set()
    for kind, subjects in by_kind.items():
        translate = wanted.follows.get(kind)
        touched |= subjects if translate is None else set(map(str, translate(subjects)))
    return touched
