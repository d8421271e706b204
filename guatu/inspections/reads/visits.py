"""Visits: the list, one visit with its items, findings and photos, mine, what is due."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from guatu.files.models import Attachment
from guatu.inspections.models import Finding, NormItem, Order, TeamMember, Visit
from guatu.inspections.rules.visits import WAITING as WAITING
from guatu.inspections.rules.visits import photo_purpose
from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem

READ, DO, EDIT = "visit.read", "visit.do", "visit.edit"


def visits(scope: Scope) -> QuerySet[Visit]:
    """The visits this person may see: of their areas, of their unit's rounds, and of teams they go with."""
    seen = predicate(scope, READ, area="area", units=("round__unit__path",))
    if scope.person_id is not None and scope.may(READ):
        mine = TeamMember.objects.filter(person=scope.person_id, team__withdrawn=False)
        seen |= Q(team__in=mine.values("team"))
        seen |= Q(kind="look_back", team=None, round__in=mine.values("team__round"))
    return Visit.objects.filter(seen).select_related("place", "round__unit", "team", "campaign")


def visit_of(scope: Scope, visit_id: UUID | str) -> Visit:
    """One visit. Raises `access.not_found`."""
    row = visits(scope).select_related("after").filter(pk=visit_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    return {str(row.id): row.place.name for row in visits(scope).filter(pk__in=list(ids))}


def rows_for_facts(ids: Iterable[str]) -> QuerySet[Visit]:
    """Rows as `facts.facts_of` reads them."""
    return Visit.objects.filter(id__in=list(ids))


def may_do(scope: Scope, row: Visit) -> bool:
    """Whether this person may write down what was found there."""
    if _allows(scope, DO, row):
        return True
    return scope.may(DO) and goes_there(row, scope.person_id)


def goes_there(row: Visit, person_id: Any) -> bool:
    """Whether somebody is of the visit's team; of a look-back that no team has yet: of any team of its round."""
    if person_id is None:
        return False
    mine = TeamMember.objects.filter(person=person_id, team__withdrawn=False)
    if row.team_id is not None:
        return mine.filter(team=row.team_id).exists()
    return (
        row.kind == "look_back"
        and row.round_id is not None
        and mine.filter(team__round=row.round_id).exists()
    )


def may_edit(scope: Scope, row: Visit) -> bool:
    return _allows(scope, EDIT, row)


def _allows(scope: Scope, right: str, row: Visit) -> bool:
    unit = row.round.unit if row.round is not None else None
    return scope.allows(right, area=row.area, units=(unit.path,) if unit is not None else ())


@dataclass(frozen=True)
class ItemLine:
    """One item of the checklist with what was found and the photos of it."""

    item: NormItem
    finding: Finding | None
    photos: Sequence[Attachment]

    @property
    def verdict(self) -> str:
        return self.finding.verdict if self.finding is not None else ""


@dataclass(frozen=True)
class Record:
    """A visit with everything that hangs on it. photos: of the place as a whole."""

    visit: Visit
    items: Sequence[ItemLine]
    photos: Sequence[Attachment]
    order: Order | None
    look_backs: Sequence[Visit]

    @property
    def unmet(self) -> Sequence[ItemLine]:
        return [line for line in self.items if line.verdict in ("not_met", "put_right")]


def record_of(row: Visit, asked: Sequence[Any] | None = None) -> Record:
    """Five queries. asked: the ids of the items to show when the visit has not begun."""
    wanted = list(asked if asked is not None and not row.asked else row.asked)
    items = {
        str(item.id): item
        for item in NormItem.objects.filter(pk__in=wanted).select_related("norm_version__norm")
    }
    findings = {str(found.item_id): found for found in Finding.objects.filter(visit=row)}
    photos: dict[str, list[Attachment]] = defaultdict(list)
    kept = Attachment.objects.filter(subject_type="visit", subject_id=str(row.id), withdrawn=False)
    for each in kept.order_by("made_at", "id"):
        photos[each.purpose].append(each)
    lines = [
        ItemLine(items[key], findings.get(key), photos.get(photo_purpose(key), ()))
        for key in map(str, wanted)
        if key in items
    ]
    order = Order.objects.filter(visit=row).first()
    backs = row.look_backs.exclude(status="removed").select_related("place", "team").order_by("due_at", "id")
    return Record(row, lines, photos.get("photo", ()), order, list(backs))


def my_visits(person_id: Any) -> QuerySet[Visit]:
    """What waits for somebody on the phone: places of their teams in running rounds, by time and order; look-backs that
    their teams have."""
    mine = TeamMember.objects.filter(person=person_id, team__withdrawn=False)
    unassigned = Q(kind="look_back", team=None, round__in=mine.values("team__round"))
    rows = Visit.objects.filter(Q(team__in=mine.values("team")) | unassigned, status__in=WAITING)
    rows = rows.filter(Q(round=None) | Q(round__status="running") | Q(kind="look_back"))
    return rows.select_related("place", "team", "round", "after").order_by(
        "team__starts_at", "seq", "eta", "id"
    )


def look_backs_due(scope: Scope) -> QuerySet[Visit]:
    """Look-backs that wait for somebody who may do them, soonest first."""
    rows = visits(scope).filter(kind="look_back", status__in=WAITING)
    return rows.order_by("due_at", "id")


def of_place(scope: Scope, place_id: Any) -> QuerySet[Visit]:
    """Everything that was or will be looked at in a place, newest first."""
    rows = visits(scope).filter(place=place_id).exclude(status="removed")
    return rows.order_by("-done_at", "-due_at", "-id")


def is_late(row: Visit) -> bool:
    """A look-back whose time has run out."""
    return row.status in WAITING and row.due_at is not None and row.due_at < clock.now()
