"""What the library holds, and what holds for a place on a day. Norms are public: whoever may read norms reads them all."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from guatu.inspections.models import Industry, Norm, NormItem, NormVersion
from guatu.inspections.rules import norms as rules
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem

READ = "norm.read"


# --- what holds ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Library:
    """All editions that hold on a day, read once: a round asks for hundreds of places."""

    day: dt.date
    editions: Sequence[NormVersion]
    kinds: dict[str, list[str]] = field(default_factory=dict)

    def of_place(self, place: Any, post: str = "") -> list[NormVersion]:
        """The editions meant for a place, ordered by the norm's number."""
        industries = rules.industries_of(place.industry, place.kind, self.kinds)
        return [
            edition
            for edition in self.editions
            if rules.is_for(edition, edition.norm.area, industries=industries, area=place.area)
            and (not post or not edition.posts or post in edition.posts or _names(edition, post))
        ]


def _names(edition: NormVersion, post: str) -> bool:
    """Whether one of its items is a matter of the post although the edition as a whole is not."""
    return any(post in item.posts for item in edition.items.all())


def in_force(day: dt.date) -> QuerySet[NormVersion]:
    """The editions that hold on a day, of norms that were not withdrawn, by the norm's number."""
    rows = NormVersion.objects.exclude(status="draft").filter(norm__withdrawn=False, in_force_from__lte=day)
    rows = rows.filter(Q(in_force_until=None) | Q(in_force_until__gte=day))
    return rows.select_related("norm").order_by("norm__number", "in_force_from", "id")


def library(day: dt.date, *, items: bool = False) -> Library:
    """What holds on a day; two queries (three with the items)."""
    rows = in_force(day).prefetch_related("items") if items else in_force(day)
    return Library(day, list(rows), dict(Industry.objects.values_list("code", "kinds")))


def holds_for(place: Any, day: dt.date, post: str = "") -> list[NormVersion]:
    """The editions that hold for a place on a day (and are a matter of a post, when one is named), by the norm's number.

    A place without an industry has those its kind belongs to; an edition without industries is for every place.
    """
    return library(day, items=bool(post)).of_place(place, post)


def checklist_for(place: Any, day: dt.date, versions: Iterable[Any] = (), post: str = "") -> list[NormItem]:
    """The items to look at in a place on a day: by norm number, then in the order of the norm.

    versions: only these editions (rows or their ids), as far as they are meant for such a place; empty: all that hold. The same question
    in two norms with the same consequence and limit is asked once. Three queries.
    """
    wanted = [each.id if isinstance(each, NormVersion) else UUID(str(each)) for each in versions]
    if wanted:
        rows = NormVersion.objects.filter(id__in=wanted).select_related("norm").order_by("norm__number", "id")
        kinds = dict(Industry.objects.values_list("code", "kinds"))
        found = Library(day, list(rows), kinds).of_place(place)
    else:
        found = library(day).of_place(place)
    return items_of(found, post)


def items_of(editions: Sequence[NormVersion], post: str = "") -> list[NormItem]:
    """Their items in the order of the editions; each question once. One query."""
    by_edition: dict[UUID, list[NormItem]] = {edition.id: [] for edition in editions}
    rows = NormItem.objects.filter(norm_version__in=by_edition).select_related("norm_version__norm")
    for item in rows.order_by("order", "id"):
        by_edition[item.norm_version_id].append(item)
    seen: set[tuple[str, str, str]] = set()
    found = []
    for edition in editions:
        for item in by_edition[edition.id]:
            same = (rules.plain_text(item.text), item.consequence, item.limit)
            if same in seen or not rules.is_for_post(post, item.posts, edition.posts):
                continue
            seen.add(same)
            found.append(item)
    return found


# --- the library ---------------------------------------------------------------------------------------------------


def norms(scope: Scope) -> QuerySet[Norm]:
    """Every norm, for whoever may read norms."""
    return Norm.objects.all() if scope.may(READ) else Norm.objects.none()


def norms_seen(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of the norms the reader may see."""
    return {str(row.id): row.title for row in norms(scope).filter(id__in=list(ids))}


def norm_of(scope: Scope, norm_id: Any) -> Norm:
    """Raises `access.not_found`."""
    found = norms(scope).filter(pk=norm_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def edition_of(scope: Scope, edition_id: Any) -> NormVersion:
    """Raises `access.not_found`."""
    rows = NormVersion.objects.filter(norm__in=norms(scope)).select_related("norm")
    found = rows.filter(pk=edition_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def industries() -> list[Industry]:
    """All trades, in the office's order."""
    return list(Industry.objects.order_by("order", "code"))


def industries_seen(scope: Scope, codes: Iterable[str]) -> dict[str, str]:
    rows = Industry.objects.filter(code__in=list(codes)) if scope.may(READ) else Industry.objects.none()
    return {row.code: row.name for row in rows}
