"""Who works on a case besides the unit that has it, what they say, and which cases are one matter."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from guatu.cases.models import Case, CaseUnit, Comment, HandOver, JointPart, Merge, Reporter
from guatu.cases.reads.sight import RIGHT, sight, units_below
from guatu.cases.rules.joint import OPEN_PARTS, WORKED, mentioned
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem
from guatu.places.models import Zone
from guatu.units.models import Person, Post
from guatu.units.rules import ROLES

_Row = TypeVar("_Row", JointPart, HandOver, Comment)


def shared_paths(case: Case) -> list[str]:
    """Paths of the units that may see the case besides the one that has it."""
    return list(CaseUnit.objects.filter(case=case).values_list("unit__path", flat=True))


def may_see(scope: Scope, case: Case, paths: Sequence[str]) -> bool:
    """Whether this scope reads the case; paths: of its unit and of those that share it."""
    return scope.allows(RIGHT, area=case.area, units=paths)


# --- parts, offers, comments -------------------------------------------------------------------------------------


def parts(case: Case) -> list[JointPart]:
    """The parts of a case the caller may see, as they were given."""
    rows = JointPart.objects.filter(case=case).select_related("unit", "given_by", "taken_by")
    return list(rows.order_by("given_at", "id"))


def part(scope: Scope, part_id: UUID) -> JointPart:
    """One part of a case the reader may see. Raises `access.not_found`."""
    return _of_case(scope, JointPart.objects.select_related("unit", "case__unit"), part_id)


def offers(case: Case) -> list[HandOver]:
    """Offers of a case the caller may see, newest first."""
    rows = HandOver.objects.filter(case=case)
    rows = rows.select_related("from_unit", "to_unit", "peer", "offered_by", "answered_by")
    return list(rows.order_by("-offered_at", "-id"))


def offer(scope: Scope, offer_id: UUID) -> HandOver:
    """One offer of a case the reader may see. Raises `access.not_found`."""
    return _of_case(scope, HandOver.objects.select_related("to_unit", "from_unit", "case__unit"), offer_id)


def comments(case: Case) -> list[Comment]:
    """What was said on a case the caller may see, oldest first; withdrawn ones are lines without words."""
    return list(Comment.objects.filter(case=case).select_related("by__unit").order_by("at", "id"))


def public_comments(case: Case) -> list[Comment]:
    """What the reporter may read."""
    rows = Comment.objects.filter(case=case, public=True, withdrawn=False)
    return list(rows.select_related("by__unit").order_by("at", "id"))


def comment(scope: Scope, comment_id: UUID) -> Comment:
    """One comment on a case the reader may see. Raises `access.not_found`."""
    return _of_case(scope, Comment.objects.select_related("by", "case__unit"), comment_id)


def _of_case(scope: Scope, rows: QuerySet[_Row], row_id: UUID) -> _Row:
    found = rows.filter(pk=row_id).first()
    seen = Case.objects.filter(pk=found.case_id) if found is not None else Case.objects.none()
    if found is None or not seen.filter(sight(scope)).exists():
        raise Problem("access.not_found")
    return found


def waiting_parts(person: Person) -> QuerySet[JointPart]:
    """Open parts of the person's unit and those below it, the most urgent first (page Mine)."""
    rows = JointPart.objects.filter(unit_id__in=_mine(person), status__in=OPEN_PARTS)
    return rows.select_related("case", "unit").order_by("due_at", "given_at", "id")


def waiting_offers(person: Person) -> QuerySet[HandOver]:
    """Offers that wait for the answer of the person's unit or of those below it (page Mine)."""
    rows = HandOver.objects.filter(to_unit_id__in=_mine(person), status="offered", case__status__in=WORKED)
    return rows.select_related("case", "from_unit", "to_unit").order_by("offered_at", "id")


def _mine(person: Person) -> list[UUID]:
    return units_below(person.unit.path) if person.unit is not None else []


# --- who may be mentioned ----------------------------------------------------------------------------------------


def mentionable(case: Case, text: str = "", most: int = 200) -> list[Person]:
    """People who may see the case, those of the units that work on it first. text: part of the name. Three queries."""
    paths = [path for path in (case.unit_path, *shared_paths(case)) if path]
    reading = [role for role, rights in ROLES.items() if "case.read" in rights or "case.*" in rights]
    today = clock.today()
    held = Post.objects.filter(
        Q(from_day=None) | Q(from_day__lte=today),
        Q(to_day=None) | Q(to_day__gte=today),
        role__in=reading,
        person__is_active=True,
    )
    if text:
        held = held.filter(person__name__icontains=text)
    zones = _zones_over(case.area)
    found: dict[UUID, Person] = {}
    for post in held.select_related("person__unit").order_by("person__name", "person_id").iterator(500):
        if _reads(post, case.area, paths, zones):
            found[post.person_id] = post.person
    near = sorted(found.values(), key=lambda person: not _works_in(person, paths))
    return near[:most]


def people_named(case: Case, text: str) -> list[Person]:
    """The people whose names stand behind an @ in the text: of several with one name those who may see the case, and
    when none of them may, all, so that the act can say so. Two queries, or none without an @."""
    pieces = [piece[:12] for piece in re.split("[@＠]", text)[1:]]
    starts = {piece[:length] for piece in pieces for length in range(2, len(piece) + 1)}
    if not starts:
        return []
    known = list(Person.objects.filter(name__in=starts, is_active=True).select_related("unit"))
    found: list[Person] = []
    paths = [case.unit_path, *shared_paths(case)] if known else []
    for name in mentioned(text, [person.name for person in known]):
        same = [person for person in known if person.name == name]
        found += [person for person in same if may_see(person.scope, case, paths)] or same
    return found


def _zones_over(area: str) -> set[str]:
    return {zone.code for zone in Zone.objects.all() if any(area.startswith(each) for each in zone.areas)}


def _reads(post: Post, area: str, paths: Sequence[str], zones: set[str]) -> bool:
    return (
        any(area.startswith(prefix) for prefix in post.areas)
        or any(path.startswith(prefix) for path in paths for prefix in post.units)
        or any(code in zones for code in post.zones)
    )


def _works_in(person: Person, paths: Iterable[str]) -> bool:
    unit = person.unit
    return unit is not None and any(unit.path.startswith(path) for path in paths)


# --- cases that are one matter -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """A master and its duplicates, in the order in which they were reported; reporters of all of them."""

    master: Case
    children: list[Case] = field(default_factory=list)

    @property
    def ids(self) -> list[UUID]:
        return [self.master.id, *(child.id for child in self.children)]

    @property
    def reporters(self) -> list[Reporter]:
        """Everybody who told us of this matter, oldest first; `reporter.case` says by which number. One query."""
        return reporters_of(self.ids)


def family(case: Case) -> Family:
    """The master of a case and everything merged into it. Without scope: whose case is shown decides the caller;
    on pages a child the reader may not see is named by its number alone."""
    master = case
    if case.merged_into_id is not None:
        master = Case.objects.select_related("unit", "campaign").get(pk=case.merged_into_id)
    return Family(master, children_of(master))


def children_of(master: Case) -> list[Case]:
    """Everything merged into a case, in the order in which it was reported."""
    rows = Case.objects.filter(merged_into=master).select_related("unit")
    return list(rows.order_by("opened_at", "id"))


def reporters_of(cases: Iterable[UUID]) -> list[Reporter]:
    """Who told us of these cases, oldest first."""
    rows = Reporter.objects.filter(case_id__in=list(cases)).select_related("case")
    return list(rows.order_by("at", "id"))


def seen_of(scope: Scope, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these cases the reader may open."""
    return set(Case.objects.filter(pk__in=list(ids)).filter(sight(scope)).values_list("id", flat=True))


def family_photos(children: Sequence[Case]) -> dict[UUID, list[Attachment]]:
    """Photos of the children by case: a master shows them as its own, marked with their numbers. One query."""
    if not children:
        return {}
    rows = Attachment.objects.filter(
        subject_type="case", subject_id__in=[str(child.id) for child in children], withdrawn=False
    )
    found: dict[UUID, list[Attachment]] = {}
    for row in rows.order_by("made_at", "id"):
        found.setdefault(UUID(row.subject_id), []).append(row)
    return found


def merges_of(case: Case) -> list[Merge]:
    """Every judgement about this case, newest first, also those that were taken back."""
    rows = Merge.objects.filter(case=case).select_related("into", "by", "ended_by")
    return list(rows.order_by("-at", "-id"))
