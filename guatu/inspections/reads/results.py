"""The results of inspections: what was asked, the visits and orders behind it, findings by item, repeat offenders. Scope first."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from guatu.campaigns.models import Campaign
from guatu.inspections.models import Finding, NormItem, Order, Visit
from guatu.inspections.reads import orders as order_reads
from guatu.inspections.reads import visits as visit_reads
from guatu.inspections.rules import results as rules
from guatu.inspections.rules.results import OrderLine, VisitLine
from guatu.kernel import clock
from guatu.kernel.access import Scope, within
from guatu.places.models import Place
from guatu.places.reads import visible_places

READ = visit_reads.READ
USUAL = dt.timedelta(days=29)
MOST_ITEMS = 20


@dataclass(frozen=True)
class Asked:
    """What the results are of. first, last: days on which visits were done (orders: given), both included."""

    campaign: Campaign
    first: dt.date
    last: dt.date
    area: str = ""
    industry: str = ""
    round: str = ""
    by: str = "area"

    @property
    def earlier(self) -> "Asked":
        """The same of the period before, as long."""
        first, last = rules.before(self.first, self.last)
        return replace(self, first=first, last=last)


def asked(campaign: Campaign, query: Mapping[str, str]) -> Asked:
    """From an address: done_from, done_to, area, industry, round, by; what cannot be read is as usual (the last 30 days)."""
    last = _day(query.get("done_to")) or clock.today()
    first = _day(query.get("done_from")) or last - USUAL
    if first > last:
        first, last = last, first
    area = query.get("area", "")
    by = query.get("by", "")
    return Asked(
        campaign, first, last, area if area.isdigit() and len(area) <= 20 else "", query.get("industry", "")[:40],
        uuid_in(query.get("round", "")), by if by in rules.BY else "area",
    )  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def uuid_in(text: str) -> str:
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""


# --- rows ----------------------------------------------------------------------------------------------------------


def visits(scope: Scope, want: Asked) -> QuerySet[Visit]:
    """The visits done in the period that the reader may see."""
    rows = visit_reads.visits(scope).filter(campaign=want.campaign, status="done")
    rows = rows.filter(done_on__gte=want.first, done_on__lte=want.last)
    return _narrowed(rows, want, "round")


def orders(scope: Scope, want: Asked) -> QuerySet[Order]:
    """The orders given in the period that the reader may see."""
    zone = clock.ZONE
    start = dt.datetime.combine(want.first, dt.time(), zone)
    end = dt.datetime.combine(want.last + dt.timedelta(days=1), dt.time(), zone)
    rows = order_reads.orders(scope).filter(campaign=want.campaign, issued_at__gte=start, issued_at__lt=end)
    return _narrowed(rows, want, "visit__round")


def _narrowed(rows: QuerySet[Any], want: Asked, round_path: str) -> QuerySet[Any]:
    if want.area:
        rows = rows.filter(within("area", want.area))
    if want.industry:
        kept = "kept__industry" if round_path == "round" else "visit__kept__industry"
        rows = rows.filter(**{kept: want.industry})
    if want.round:
        rows = rows.filter(**{round_path: want.round})
    return rows


def visit_lines(rows: QuerySet[Visit]) -> list[VisitLine]:
    """Visits as the rules count them. One query."""
    names = ("id", "place_id", "area", "outcome", "done_on", "kind", "round_id", "kept")
    return [
        VisitLine(
            id=pk, place=place, area=area, outcome=outcome, day=day, kind=kind, industry=str(kept.get("industry") or ""),
            shift=str(kept.get("shift") or ""), round=str(round_id or ""), people=tuple(map(str, kept.get("people") or ())),
            items=int(kept.get("items") or 0), not_met=int(kept.get("not_met") or 0), put_right=int(kept.get("put_right") or 0),
        )
        for pk, place, area, outcome, day, kind, round_id, kept in rows.order_by().values_list(*names)
    ]  # fmt: skip


def order_lines(rows: QuerySet[Order]) -> list[OrderLine]:
    """Orders as the rules count them, with how their look-back stands. One query."""
    backs = Visit.objects.filter(after=OuterRef("visit_id"), kind="look_back").exclude(status="removed")
    rows = rows.annotate(look_back=Subquery(backs.order_by("-done_at", "id").values("status")[:1]))
    names = (
        "id",
        "place_id",
        "kind",
        "status",
        "issued_at",
        "due_at",
        "complied_at",
        "ended_at",
        "late",
        "repeat",
        "look_back",
    )
    return [
        OrderLine(
            **dict(zip(("id", "place", *names[2:-1]), values[:-1], strict=True)), look_back=values[-1] or ""
        )
        for values in rows.order_by().values_list(*names)
    ]


# --- coverage ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """places: all there are to visit (of a round: those in it); visited: those of them that were judged in the period."""

    places: int
    visited: int
    of_round: bool


def coverage(scope: Scope, want: Asked) -> Coverage:
    """How many of the places were visited. Two queries.

    Without a round: every open place of the area and trade; one without a trade of its own counts where no trade is asked.
    """
    seen = visits(scope, want).filter(outcome__in=rules.JUDGED)
    if want.round:
        rows = (
            visit_reads.visits(scope)
            .filter(round_id=UUID(want.round), kind="round")
            .exclude(status__in=("removed",))
        )
        rows = rows.filter(within("area", want.area)) if want.area else rows
        places = rows.order_by().values("place").distinct().count()
        return Coverage(places, seen.filter(kind="round").order_by().values("place").distinct().count(), True)
    rows_ = places_of(scope, want)
    visited = rows_.filter(Exists(seen.order_by().filter(place=OuterRef("pk")))).count()
    return Coverage(rows_.count(), visited, False)


def places_of(scope: Scope, want: Asked) -> QuerySet[Place]:
    """The open places that could be visited."""
    rows = visible_places(scope).filter(
        within("area", want.area or want.campaign.area), withdrawn=False, closed_on=None
    )
    return rows.filter(industry=want.industry) if want.industry else rows


def unvisited(scope: Scope, want: Asked) -> QuerySet[Place]:
    """Open places that nobody has judged in the period; of a round: those in it that wait or found nobody."""
    if want.round:
        inside = (
            visit_reads.visits(scope)
            .filter(round_id=UUID(want.round), kind="round")
            .exclude(status="removed")
        )
        inside = inside.exclude(outcome__in=rules.JUDGED, done_on__gte=want.first, done_on__lte=want.last)
        return visible_places(scope).filter(
            within("area", want.area), id__in=inside.order_by().values("place")
        )
    seen = visits(scope, want).filter(outcome__in=rules.JUDGED, place=OuterRef("pk"))
    return places_of(scope, want).filter(~Exists(seen.order_by()))


# --- findings ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemLine:
    """An item with how often it was looked at (not applicable left out), not met, and put right on the spot."""

    item: NormItem
    looked_at: int
    not_met: int
    put_right: int

    @property
    def wrong(self) -> int:
        return self.not_met + self.put_right


def by_item(scope: Scope, want: Asked, most: int = MOST_ITEMS) -> list[ItemLine]:
    """Items by how often they were not met, put right on the spot included; those always met left out. Two queries."""
    counted = (
        Finding.objects.filter(visit__in=visits(scope, want).order_by())
        .values("item")
        .annotate(
            looked_at=Count("pk", filter=~Q(verdict="not_applicable")),
            bad=Count("pk", filter=Q(verdict="not_met")),
            mended=Count("pk", filter=Q(verdict="put_right")),
            wrong=Count("pk", filter=Q(verdict__in=("not_met", "put_right"))),
        )
        .filter(wrong__gt=0)
        .order_by("-wrong", "item")[:most]
    )
    found = list(counted)
    items = NormItem.objects.select_related("norm_version__norm").in_bulk([row["item"] for row in found])
    return [ItemLine(items[row["item"]], row["looked_at"], row["bad"], row["mended"]) for row in found]


@dataclass(frozen=True)
class Repeat:
    """A place where one item was not met more than once."""

    place: Place
    item: NormItem
    times: int


def repeats(scope: Scope, want: Asked, most: int = MOST_ITEMS) -> list[Repeat]:
    """The same item not met again in the same place (look-backs count), the worst first. Three queries."""
    counted = (
        Finding.objects.filter(visit__in=visits(scope, want).order_by(), verdict="not_met")
        .values("visit__place", "item")
        .annotate(times=Count("visit", distinct=True))
        .filter(times__gte=rules.REPEAT)
        .order_by("-times", "visit__place", "item")[:most]
    )
    found = list(counted)
    places = Place.objects.in_bulk([row["visit__place"] for row in found])
    items = NormItem.objects.select_related("norm_version__norm").in_bulk([row["item"] for row in found])
    return [Repeat(places[row["visit__place"]], items[row["item"]], row["times"]) for row in found]


def with_item(rows: QuerySet[Visit], item_id: Any, verdicts: Iterable[str]) -> QuerySet[Visit]:
    """Visits at which an item got one of the verdicts."""
    found = Finding.objects.filter(visit=OuterRef("pk"), item=item_id, verdict__in=list(verdicts))
    return rows.filter(Exists(found))


def by_person(rows: QuerySet[Visit], person_id: Any) -> QuerySet[Visit]:
    """Visits to which a person went (their list is JSON, and SQLite cannot ask into one)."""
    return rows.filter(kept__people__icontains=str(person_id))
