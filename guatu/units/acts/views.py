"""Saved views of lists: one's own, or shared with a unit and all below it. Nothing of what they show is shared by them:
whoever opens a view sees what they may see."""

from urllib.parse import parse_qsl, urlencode

from guatu.kernel import clock
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Person, SavedView, Unit, ViewChoice

MOST_VIEWS = 50  # of one person on one list
_LONGEST = 2000
_POSITION = ("after", "before", "on", "export", "print", "columns", "column", "plain")


def plain_query(text: str) -> str:
    """The query of a list without the position in it."""
    pairs = parse_qsl(text.lstrip("?"), keep_blank_values=False)
    return urlencode([(name, value) for name, value in pairs if name.split("-")[-1] not in _POSITION])


def save_view(
    *, by: Person, list_name: str, name: str, query: str, shared_with: Unit | None = None, via: str = "web"
) -> SavedView:
    """Keep a list as it stands under a name; the same name again replaces it. shared_with: a unit on the way up from the
    person's own. Raises `view.no_name`, `view.too_long`, `view.too_many`, `view.not_shareable`."""
    said, kept = name.strip()[:60], plain_query(query)
    if not said:
        raise Problem("view.no_name")
    if len(kept) > _LONGEST:
        raise Problem("view.too_long")
    if shared_with is not None and (by.unit is None or not by.unit.path.startswith(shared_with.path)):
        raise Problem("view.not_shareable", unit=str(shared_with))
    with deed(by=by, via=via) as d:
        mine = SavedView.objects.select_for_update(no_key=True).filter(
            person=by, list_name=list_name, withdrawn=False
        )
        row = mine.filter(name=said).first()
        if row is None:
            if mine.count() >= MOST_VIEWS:
                raise Problem("view.too_many", most=MOST_VIEWS)
            row = SavedView(person=by, list_name=list_name[:40], name=said, made_at=clock.now(), version=0)
        row.query, row.shared_with, row.version = kept, shared_with, row.version + 1
        row.save()
        shared = shared_with.code if shared_with is not None else ""
        d.record("view.saved", row, details={"name": said, "list": list_name, "shared": shared})
    return row


def _own(by: Actor, view: SavedView, version: int | None = None) -> SavedView:
    row = SavedView.objects.select_for_update(no_key=True).select_related("person").get(pk=view.pk)
    if row.person_id != by.id:
        raise Problem("view.not_yours", who=row.person.name)
    check_version(row, version)
    return row


def rename_view(
    *, by: Actor, view: SavedView, name: str, version: int | None = None, via: str = "web"
) -> SavedView:
    """Give it another name. Raises `view.not_yours`, `view.no_name`, `view.name_taken`."""
    said = name.strip()[:60]
    if not said:
        raise Problem("view.no_name")
    with deed(by=by, via=via) as d:
        row = _own(by, view, version)
        others = SavedView.objects.filter(
            person=row.person, list_name=row.list_name, name=said, withdrawn=False
        )
        if others.exclude(pk=row.pk).exists():
            raise Problem("view.name_taken", name=said)
        before, row.name, row.version = row.name, said, row.version + 1
        row.save()
        d.record("view.renamed", row, details={"old": before, "name": said})
    return row


def withdraw_view(*, by: Actor, view: SavedView, via: str = "web") -> SavedView:
    """Delete it, for everybody it was shared with; `restore_view` brings it back."""
    with deed(by=by, via=via) as d:
        row = _own(by, view)
        row.withdrawn, row.version = True, row.version + 1
        row.save()
        d.record("view.withdrawn", row, details={"name": row.name})
    return row


def restore_view(*, by: Actor, view: SavedView, via: str = "web") -> SavedView:
    """Bring a deleted view back. Raises `view.name_taken` when its name has been given again."""
    with deed(by=by, via=via) as d:
        row = _own(by, view)
        same = SavedView.objects.filter(
            person=row.person, list_name=row.list_name, name=row.name, withdrawn=False
        )
        if same.exclude(pk=row.pk).exists():
            raise Problem("view.name_taken", name=row.name)
        row.withdrawn, row.version = False, row.version + 1
        row.save()
        d.record("view.restored", row, details={"name": row.name})
    return row


def choose_view(
    *, by: Person, view: SavedView, pinned: bool | None = None, first: bool | None = None, via: str = "web"
) -> ViewChoice:
    """Make a view a tab of the list, or what the list opens with (one a list); None leaves it as it is."""
    with deed(by=by, via=via) as d:
        row, _new = ViewChoice.objects.select_for_update(no_key=True).get_or_create(person=by, view=view)
        if pinned is not None:
            row.pinned = pinned
        if first is not None:
            if first:
                ViewChoice.objects.filter(person=by, view__list_name=view.list_name).update(first=False)
            row.first = first
        row.save()
        d.record("view.chosen", view, details={"name": view.name, "pinned": row.pinned, "first": row.first})
    return row
