"""What the library holds, and what holds for a place on a day. Norms are public: whoever may read norms reads them all."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from guatu.inspections.models import Industry, Norm, NormItem, NormVersion
from guatu.inspections.norm_facts import NormRow
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
            and (not post or not edition.posts or post in edition.posts or names_post(edition, post))
        ]


def names_post(edition: NormVersion, post: str) -> bool:
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


def with_standing(rows: QuerySet[Norm], day: dt.date) -> QuerySet[Norm]:
    """Norms with `standing` on a day: holds, coming, draft (nothing but drafts), over, withdrawn, empty."""
    editions = NormVersion.objects.filter(norm=OuterRef("pk"))
    begun = editions.filter(in_force_from__lte=day).exclude(status="draft")
    now = begun.filter(Q(in_force_until=None) | Q(in_force_until__gte=day))
    found = Case(
        When(withdrawn=True, then=Value("withdrawn")),
        When(Exists(now), then=Value("holds")),
        When(Exists(editions.filter(status="in_force", in_force_from__gt=day)), then=Value("coming")),
        When(Exists(editions.exclude(status="draft")), then=Value("over")),
        When(Exists(editions), then=Value("draft")),
        default=Value("empty"),
    )
    return rows.annotate(standing=found)


def with_editions(rows: Sequence[Norm], day: dt.date) -> Sequence[Norm]:
    """Put onto each norm the edition to speak of (`edition`: what holds on the day, else the newest) and `item_count`; two queries."""
    editions: dict[UUID, list[NormVersion]] = {row.id: [] for row in rows}
    found = NormVersion.objects.filter(norm__in=editions).defer("text").annotate(item_count=Count("items"))
    for edition in found.order_by("in_force_from", "made_at"):
        editions[edition.norm_id].append(edition)
    for row in rows:
        mine = editions[row.id]
        holds = [each for each in mine if rules.is_in_force(each, day)]
        row.edition = (holds or mine)[-1] if mine else None  # type: ignore[attr-defined]
        row.edition_count = len(mine)  # type: ignore[attr-defined]
    return rows


def naming(rows: QuerySet[Norm], field_name: str, word: str) -> QuerySet[Norm]:
    """Norms with an edition that names a trade or a post (`industries`, `posts`), or that names none, which is everybody.

    SQLite cannot ask into lists of JSON; a library has hundreds of editions, so they are looked through here.
    """
    listed = NormVersion.objects.filter(norm__in=rows).values_list("norm_id", field_name)
    return rows.filter(id__in={norm for norm, words in listed if not words or word in words})


def saying(rows: QuerySet[Norm], word: str) -> QuerySet[Norm]:
    """Norms that say a word in their number, title or issuer, or in an item of any edition."""
    items = NormItem.objects.filter(text__icontains=word).values("norm_version__norm")
    texts = ("number", "title", "title_en", "issuer")
    found = Q(id__in=items)
    for name in texts:
        found |= Q(**{f"{name}__icontains": word})
    return rows.filter(found)


def editions_of(norm: Norm) -> list[NormVersion]:
    """All editions, the newest first, with `item_count`."""
    rows = norm.versions.annotate(item_count=Count("items")).order_by("-in_force_from", "-made_at")
    return list(rows)


@dataclass(frozen=True)
class Counts:
    """How large the library is on a day: norms and items in force, trades they speak of."""

    norms: int
    items: int
    industries: int


def counts(day: dt.date) -> Counts:
    """Two queries."""
    rows = list(
        in_force(day).annotate(item_count=Count("items")).values_list("norm", "item_count", "industries")
    )
    named = {code for _norm, _count, codes in rows for code in codes}
    return Counts(len({norm for norm, _count, _codes in rows}), sum(row[1] for row in rows), len(named))


def in_force_on(rows: QuerySet[Norm], day: dt.date) -> QuerySet[Norm]:
    return rows.filter(withdrawn=False, id__in=in_force(day).order_by().values("norm"))


def posts() -> list[str]:
    """Every post that an edition or one of its items names, by how often."""
    counted: Counter[str] = Counter()
    for listed in NormVersion.objects.exclude(posts=[]).values_list("posts", flat=True):
        counted.update(listed)
    for listed in NormItem.objects.exclude(posts=[]).values_list("posts", flat=True):
        counted.update(listed)
    return [post for post, _count in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]


def issuers() -> list[str]:
    """Everybody who issued a norm."""
    rows = Norm.objects.exclude(issuer="").values_list("issuer", flat=True)
    return sorted(set(rows))


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
    """All trades, in the office's order. One query."""
    return list(Industry.objects.order_by("order", "code"))


def industries_seen(scope: Scope, codes: Iterable[str]) -> dict[str, str]:
    rows = Industry.objects.filter(code__in=list(codes)) if scope.may(READ) else Industry.objects.none()
    return {row.code: row.name for row in rows}


def norm_rows(ids: Iterable[str]) -> list[NormRow]:
    """Norms as the figures see them: by what was issued last and not withdrawn. Two queries."""
    rows = {row.id: row for row in Norm.objects.filter(id__in=list(ids))}
    issued: dict[UUID, NormVersion] = {}
    editions = NormVersion.objects.filter(norm__in=rows, status="in_force").annotate(
        item_count=Count("items")
    )
    for edition in editions.order_by("in_force_from"):
        issued[edition.norm_id] = edition
    found = []
    for key, row in rows.items():
        last = issued.get(key)
        found.append(
            NormRow(
                id=key, home=row.home, area=row.area, kind=row.kind, issued=last is not None and not row.withdrawn,
                since=last.in_force_from if last else None, items=getattr(last, "item_count", 0),
                industries=tuple(last.industries) if last else (),
            )
        )  # fmt: skip
    return found
