"""Saved views a person may open: their own, and those shared with their unit or one above it."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from guatu.kernel.problems import Problem
from guatu.units.models import Person, SavedView, ViewChoice


def visible_views(person: Person) -> QuerySet[SavedView]:
    """With `pinned` and `first`: what this person chose. One query for the whole list of views."""
    mine = Q(person=person)
    if person.unit is not None:
        names = person.unit.path.strip("/").split("/")
        above = ["/".join(names[:count]) + "/" for count in range(1, len(names) + 1)]
        mine |= Q(shared_with__path__in=above)
    chosen = ViewChoice.objects.filter(person=person, view=OuterRef("pk"))
    return (
        SavedView.objects.filter(mine, withdrawn=False)
        .select_related("person", "shared_with")
        .annotate(pinned=Exists(chosen.filter(pinned=True)), first=Exists(chosen.filter(first=True)))
        .order_by("name", "id")
    )


def views_of_list(person: Person, list_name: str) -> list[SavedView]:
    return list(visible_views(person).filter(list_name=list_name)[:100])


def view_seen(person: Person, view_id: UUID, *, own: bool = False) -> SavedView:
    """One view; `own`: also a deleted one of this person. Raises `access.not_found`."""
    found = visible_views(person).filter(pk=view_id).first()
    if found is None and own:
        found = SavedView.objects.filter(pk=view_id, person=person).first()
    if found is None:
        raise Problem("access.not_found")
    return found
