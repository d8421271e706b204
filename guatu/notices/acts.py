"""Telling people, and noting what they have seen. A notice is no matter of its own: it hangs on the act it tells of."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model

from guatu.kernel import clock
from guatu.kernel.acts import Deed, subject_type
from guatu.kernel.problems import Problem
from guatu.notices.models import Notice
from guatu.notices.rules import KINDS, LONGEST_TITLE
from guatu.units.models import Person


def tell(
    d: Deed,
    people: Iterable[Person],
    kind: str,
    subject: Model | tuple[str, str],
    title: str,
    details: Mapping[str, Any],
    act_id: UUID,
) -> int:
    """Tell each of these people once that an act concerns them; answers how many rows were wanted.

    subject: a row, or (type, id). title: how the subject is called for everybody (its number), never a personal value.
    Repeating it (same act, person and kind) adds nothing. What the reader may see of the subject is asked when it is read.
    """
    rows = notices(d, people, kind, subject, title, details, act_id)
    keep(rows)
    return len(rows)


def notices(
    d: Deed,
    people: Iterable[Person],
    kind: str,
    subject: Model | tuple[str, str],
    title: str,
    details: Mapping[str, Any],
    act_id: UUID,
) -> list[Notice]:
    """The rows of `tell`, not written yet, so that many are written at once."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of notice: {kind}")
    named, key = subject if isinstance(subject, tuple) else (subject_type(subject), str(subject.pk))
    return [
        Notice(
            home=person.home, person=person, kind=kind, subject_type=named, subject_id=key,
            title=title[:LONGEST_TITLE], details=dict(details), act_id=act_id, made_at=clock.now(),
        )
        for person in {person.pk: person for person in people}.values()
    ]  # fmt: skip


def keep(rows: list[Notice]) -> None:
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)


def mark_seen(*, by: Person, notice: Notice) -> Notice:
    """Note that the reader opened it. Only their own; seen once is seen. Raises `access.not_found`."""
    if notice.person_id != by.id:
        raise Problem("access.not_found")
    if notice.seen_at is None:
        notice.seen_at = clock.now()
        Notice.objects.filter(pk=notice.pk, seen_at=None).update(seen_at=notice.seen_at)
    return notice


def mark_subject_seen(*, by: Person, subject: Model) -> int:
    """Whoever opens the record itself has seen what was told of it; answers how many notices."""
    rows = Notice.objects.filter(person=by, seen_at=None)
    return rows.filter(subject_type=subject_type(subject), subject_id=str(subject.pk)).update(
        seen_at=clock.now()
    )


def mark_all_seen(*, by: Person, kind: str = "") -> int:
    """Everything unread (of one kind) is seen; answers how many."""
    rows = Notice.objects.filter(person=by, seen_at=None)
    return (rows.filter(kind=kind) if kind else rows).update(seen_at=clock.now())
