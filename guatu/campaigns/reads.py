"""What doors ask about campaigns and their organisation."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from guatu.campaigns.facts import BodyMember, BodyRow, CampaignRow
from guatu.campaigns.models import Appointment, Body, BodyUnit, Campaign, Phase
from guatu.campaigns.rules import CONTACT, DEPUTY, LEAD, LEADER, SUPPORT, days_left
from guatu.kernel import clock
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit

RIGHT = "campaign.read"


def sees_campaign(scope: Scope, campaign: Campaign) -> bool:
    """Whether the campaign concerns this reader: its area and one of the reader's areas lie one in the other, or the
    reader works for a unit (units may be given tasks of any campaign)."""
    return campaigns(scope).filter(id=campaign.id).exists()


def visible_campaigns(scope: Scope) -> list[Campaign]:
    """The campaigns that concern this reader, the next to open first."""
    return list(campaigns(scope))


def campaigns(scope: Scope) -> QuerySet[Campaign]:
    """The campaigns that concern this reader, those opening last first: see `sees_campaign`."""
    rows = Campaign.objects.order_by("-opens_on", "code")
    if scope.units(RIGHT):
        return rows
    seen = predicate(scope, RIGHT, area="area")
    # a street belongs to its district's campaign
    above = [code[:length] for code in scope.areas(RIGHT) for length in (2, 4, 6, 9) if len(code) > length]
    return rows.filter(seen | Q(area__in=above))


def campaign(scope: Scope, code: str) -> Campaign:
    """One campaign by its code. Raises access.not_found."""
    found = campaigns(scope).filter(code=code).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def current(scope: Scope, code: str = "") -> Campaign | None:
    """The campaign to show: the one asked for, else the next to open, else the one that opened last."""
    rows = campaigns(scope)
    if code:
        chosen = rows.filter(code=code).first()
        if chosen is not None:
            return chosen
    today = clock.today()
    coming = rows.filter(closes_on__gte=today).order_by("opens_on", "code").first()
    return coming or rows.first()


def body(scope: Scope, body_id: Any) -> Body:
    """One body of a campaign the reader may see. Raises access.not_found."""
    found = (
        Body.objects.select_related("campaign", "parent")
        .filter(id=body_id, campaign__in=campaigns(scope))
        .first()
    )
    if found is None:
        raise Problem("access.not_found")
    return found


@dataclass(frozen=True)
class Seat:
    """A person in a body, with the title held there."""

    person: Person
    role: str
    title: str


@dataclass(frozen=True)
class Group:
    """A body as the organisation page shows it; `depth` 0 stands on top."""

    body: Body
    depth: int
    lead: tuple[Unit, ...]
    support: tuple[Unit, ...]
    members: tuple[Unit, ...]
    leaders: tuple[Seat, ...]
    deputies: tuple[Seat, ...]
    contacts: tuple[Seat, ...]
    others: tuple[Seat, ...]


def organisation(scope: Scope, of: Campaign) -> list[Group]:
    """All bodies of a campaign in the order of the chart: each followed by what stands under it. Three queries."""
    if not campaigns(scope).filter(id=of.id).exists():
        raise Problem("access.not_found")
    rows = (
        Body.objects.filter(campaign=of)
        .order_by("order", "code")
        .prefetch_related(
            Prefetch("members", BodyUnit.objects.select_related("unit").order_by("unit__path")),
            Prefetch("appointments", Appointment.objects.select_related("person__unit").order_by("id")),
        )
    )
    below: dict[Any, list[Body]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Group] = []

    def walk(parent_id: Any, depth: int) -> None:
        for row in below.get(parent_id, []):
            found.append(_group(row, depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


def _group(row: Body, depth: int) -> Group:
    members = list(row.members.all())
    seats = [Seat(each.person, each.role, each.title) for each in row.appointments.all()]
    return Group(
        body=row,
        depth=depth,
        lead=tuple(each.unit for each in members if each.role == LEAD),
        support=tuple(each.unit for each in members if each.role == SUPPORT),
        members=tuple(each.unit for each in members if each.role not in (LEAD, SUPPORT)),
        leaders=tuple(seat for seat in seats if seat.role == LEADER),
        deputies=tuple(seat for seat in seats if seat.role == DEPUTY),
        contacts=tuple(seat for seat in seats if seat.role == CONTACT),
        others=tuple(seat for seat in seats if seat.role not in (LEADER, DEPUTY, CONTACT)),
    )


@dataclass(frozen=True)
class PhaseLine:
    """A phase on the bar: where it begins and how long it is in percent of the campaign's whole stretch."""

    phase: Phase
    left: float
    width: float
    tone: str  # done going waiting


@dataclass(frozen=True)
class Course:
    """The campaign's course on one day: countdown, phases, where today stands (percent, None: outside)."""

    days: int
    phases: tuple[PhaseLine, ...]
    today: float | None
    first: dt.date | None
    last: dt.date | None

    @property
    def present(self) -> PhaseLine | None:
        return next((line for line in reversed(self.phases) if line.tone == "going"), None)


def course(of: Campaign, today: dt.date | None = None) -> Course:
    """Countdown and phases of a campaign on a day (default: today). One query."""
    today = today or clock.today()
    phases = list(Phase.objects.filter(campaign=of).order_by("starts_on", "ends_on"))
    days = days_left(of.opens_on, today)
    if not phases:
        return Course(days, (), None, None, None)
    first = min(phase.starts_on for phase in phases)
    last = max(phase.ends_on for phase in phases)
    whole = (last - first).days + 1
    lines = tuple(
        PhaseLine(
            phase=phase,
            left=round((phase.starts_on - first).days * 100 / whole, 2),
            width=round(((phase.ends_on - phase.starts_on).days + 1) * 100 / whole, 2),
            tone="done" if phase.ends_on < today else "waiting" if phase.starts_on > today else "going",
        )
        for phase in phases
    )
    inside = first <= today <= last
    return Course(days, lines, round((today - first).days * 100 / whole, 2) if inside else None, first, last)


def campaign_rows(campaign_ids: Iterable[str]) -> list[CampaignRow]:
    """Campaigns as the figures see them."""
    return [
        CampaignRow(id=row.id, home=row.home, code=row.code, area=row.area, opens_on=row.opens_on)
        for row in Campaign.objects.filter(id__in=list(campaign_ids))
    ]


def body_rows(body_ids: Iterable[str]) -> list[BodyRow]:
    """Bodies as the figures see them. Two queries."""
    rows = Body.objects.filter(id__in=list(body_ids)).select_related("parent")
    rows = rows.prefetch_related(Prefetch("members", BodyUnit.objects.select_related("unit")))
    return [
        BodyRow(
            id=row.id,
            home=row.home,
            code=row.code,
            kind=row.kind,
            area=row.area,
            parent=row.parent.code if row.parent else "",
            members=tuple(
                BodyMember(each.unit.code, each.unit.path, each.role) for each in row.members.all()
            ),
        )
        for row in rows
    ]


def campaigns_seen(scope: Scope, campaign_ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of those the reader may open."""
    return {str(row.id): row.name for row in campaigns(scope).filter(id__in=list(campaign_ids))}


def bodies_seen(scope: Scope, body_ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of bodies of campaigns the reader may open."""
    rows = Body.objects.filter(id__in=list(body_ids), campaign__in=campaigns(scope))
    return {str(row_id): name for row_id, name in rows.values_list("id", "name")}
