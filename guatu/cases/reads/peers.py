"""What doors ask about other platforms: who they are, what waits, what failed, what differs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, Message, Peer
from guatu.cases.rules.exchange import STUCK, WAITING
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.units.models import Person

RIGHT = "case.export"
TROUBLE = Q(direction="out", status__in=("failed", *STUCK)) | Q(
    direction="in", status__in=("refused", "conflict")
)


@dataclass(frozen=True)
class PeerLine:
    """One platform with its counts."""

    peer: Peer
    waiting: int
    failed: int
    refused: int
    conflicts: int


def peers(scope: Scope, campaign: Campaign) -> list[PeerLine]:
    """The platforms of a campaign with what waits and what went wrong; two questions."""
    require(scope, RIGHT, area=campaign.area)
    rows = list(
        Peer.objects.filter(campaign=campaign).select_related("person", "unit", "campaign").order_by("code")
    )
    counted: dict[Any, dict[str, Any]] = {
        row["peer"]: dict(row)
        for row in Message.objects.filter(peer__in=rows)
        .filter(status__in=(*WAITING, *STUCK, "refused", "conflict")).order_by().values("peer").annotate(
            waiting=Count("pk", filter=Q(direction="out", status__in=WAITING)),
            failed=Count("pk", filter=Q(direction="out", status__in=("failed", *STUCK))),
            refused=Count("pk", filter=Q(direction="in", status="refused")),
            conflicts=Count("pk", filter=Q(direction="in", status="conflict")),
        )
    }  # fmt: skip
    names = ("waiting", "failed", "refused", "conflicts")
    return [PeerLine(row, *(counted.get(row.pk, {}).get(name, 0) for name in names)) for row in rows]


def peer(scope: Scope, peer_id: UUID | str) -> Peer:
    """One platform. Raises `access.not_found`."""
    row = Peer.objects.select_related("campaign", "person", "unit").filter(pk=peer_id).first()
    if row is None or not scope.allows(RIGHT, area=row.campaign.area):
        raise Problem("access.not_found")
    return row


def peer_of(person: Person, campaign: Campaign) -> Peer:
    """The platform whose service account this is. Raises `peer.not_known`."""
    row = (
        Peer.objects.select_related("campaign", "unit")
        .filter(campaign=campaign, person=person, active=True)
        .first()
    )
    if row is None:
        raise Problem("peer.not_known")
    return row


def messages(scope: Scope, campaign: Campaign) -> QuerySet[Message]:
    """The messages of a campaign for who may exchange there, newest first."""
    require(scope, RIGHT, area=campaign.area)
    rows = Message.objects.filter(peer__campaign=campaign).select_related("peer", "case")
    return rows.order_by("-made_at", "-pk")


def message(scope: Scope, message_id: UUID | str) -> Message:
    """One message. Raises `access.not_found`."""
    row = Message.objects.select_related("peer__campaign", "case__unit").filter(pk=message_id).first()
    if row is None or not scope.allows(RIGHT, area=row.peer.campaign.area):
        raise Problem("access.not_found")
    return row


def troubled(scope: Scope) -> int:
    """How many messages failed, were refused or differ, wherever this person exchanges."""
    wanted = Q(pk__in=[])
    for prefix in scope.areas(RIGHT):
        wanted |= Q(peer__campaign__area__startswith=prefix) if prefix else Q()
    return Message.objects.filter(TROUBLE).filter(wanted).count() if scope.areas(RIGHT) else 0


def districts(case: Case) -> QuerySet[Peer]:
    """The platforms of other districts a case can be handed over to."""
    return Peer.objects.filter(campaign_id=case.campaign_id, kind="district", active=True).order_by("code")


def of_case(case: Case) -> list[Message]:
    """What was exchanged about a case, newest first; the caller has checked that the reader may see it."""
    return list(Message.objects.filter(case=case).select_related("peer").order_by("-made_at", "-pk")[:30])


def outbox(peer: Peer, after: int, limit: int) -> tuple[list[Message], bool]:
    """What is addressed to a platform after a position, in order; and whether there is more."""
    rows = Message.objects.filter(peer=peer, direction="out", position__gt=after).exclude(status="given_up")
    found = list(rows.order_by("position")[: limit + 1])
    return found[:limit], len(found) > limit


def peers_seen(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: name} of the platforms this person may see."""
    rows = Peer.objects.select_related("campaign").filter(pk__in=list(ids))
    return {str(row.pk): row.name for row in rows if scope.allows(RIGHT, area=row.campaign.area)}
