"""What waits for somebody to read. Everybody reads their own notices and nobody else's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Case, QuerySet, Value, When

from guatu.kernel.problems import Problem
from guatu.kernel.subjects import table
from guatu.notices.models import Notice
from guatu.notices.rules import SHOWN_TO
from guatu.units.models import Person

# unread first: the expression the inbox is sorted by, descending, ids (time-ordered) breaking ties
UNREAD = Case(When(seen_at=None, then=Value(True)), default=Value(False), output_field=BooleanField())


def inbox(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person)


def unread(person: Person) -> int:
    """How many are unread, counted no further than one beyond what the badge shows. One indexed query."""
    return Notice.objects.filter(person=person, seen_at=None)[: SHOWN_TO + 1].count()


def notice(person: Person, notice_id: UUID) -> Notice:
    """One of one's own. Raises `access.not_found`."""
    found = inbox(person).filter(pk=notice_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


@dataclass(frozen=True)
class Line:
    """A notice with what its reader may see of the subject now: its title, "" when nothing any more."""

    notice: Notice
    title: str

    @property
    def id(self) -> UUID:
        return self.notice.id


def lines(person: Person, rows: Iterable[Notice]) -> list[Line]:
    """The notices with the titles of their subjects, access asked anew. One query for each kind of subject."""
    found = list(rows)
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in found:
        wanted[row.subject_type].add(row.subject_id)
    titles: dict[tuple[str, str], str] = {}
    for kind, keys in wanted.items():
        subject = table().get(kind)
        if subject is not None and subject.seen is not None:
            titles.update({(kind, key): title for key, title in subject.seen(person.scope, keys).items()})
    return [Line(row, titles.get((row.subject_type, row.subject_id), "")) for row in found]


def address(person: Person, row: Notice) -> str:
    """Where the subject's page is, when the reader may see it now; else ""."""
    subject = table().get(row.subject_type)
    if subject is None or subject.url is None or subject.seen is None:
        return ""
    return subject.url(row.subject_id) if subject.seen(person.scope, [row.subject_id]) else ""
