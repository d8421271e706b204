"""Campaigns and their organisation for machines."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from guatu.api.frame import campaign_of, person_of, scope_of
from guatu.campaigns import acts, reads
from guatu.campaigns.models import Campaign
from guatu.campaigns.rules import PhaseDays, days_left
from guatu.kernel import clock
from guatu.kernel.access import require

router = Router(tags=["campaigns"])


class CampaignOut(Schema):
    """A campaign. days_left: until it opens; negative once it has opened."""

    id: UUID
    code: str
    name: str
    name_en: str
    area: str
    opens_on: dt.date
    closes_on: dt.date
    days_left: int
    version: int


class CampaignIn(Schema):
    """A campaign to found; `code` stays as it is."""

    code: str
    name: str
    area: str
    opens_on: dt.date
    closes_on: dt.date
    name_en: str = ""


class CampaignPatch(Schema):
    """What to change; what is left out stays. version: of the campaign as it was read."""

    version: int
    name: str | None = None
    name_en: str | None = None
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None


class PhaseShape(Schema):
    """A stretch of the campaign; both days belong to it."""

    code: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    guarantee: bool = False


class SeatOut(Schema):
    """A person in a body."""

    person_id: UUID
    name: str
    role: str
    title: str


class BodyOut(Schema):
    """A leading group, office, work group or special group. lead, support, members: codes of units."""

    id: UUID
    code: str
    name: str
    kind: str
    parent: str
    order: int
    duties: str
    lead: list[str]
    support: list[str]
    members: list[str]
    people: list[SeatOut]
    version: int


def campaign_out(row: Campaign) -> dict[str, Any]:
    names = [name for name in CampaignOut.model_fields if name != "days_left"]
    return {
        **{name: getattr(row, name) for name in names},
        "days_left": days_left(row.opens_on, clock.today()),
    }


def _body_out(group: reads.Group) -> dict[str, Any]:
    seats = (*group.leaders, *group.deputies, *group.contacts, *group.others)
    return {
        **{
            name: getattr(group.body, name)
            for name in ("id", "code", "name", "kind", "order", "duties", "version")
        },
        "parent": group.body.parent.code if group.body.parent else "",
        "lead": [unit.code for unit in group.lead],
        "support": [unit.code for unit in group.support],
        "members": [unit.code for unit in group.members],
        "people": [
            {"person_id": seat.person.id, "name": seat.person.name, "role": seat.role, "title": seat.title}
            for seat in seats
        ],
    }


@router.get("/campaigns", response=list[CampaignOut], summary="Campaigns you may see")
def campaigns(request: HttpRequest) -> Any:
    require(scope_of(request), "campaign.read")
    return [campaign_out(row) for row in reads.campaigns(scope_of(request))]


@router.post("/campaigns", response={201: CampaignOut}, summary="Found a campaign")
def found(request: HttpRequest, body: CampaignIn) -> Any:
    return Status(201, campaign_out(acts.found_campaign(by=person_of(request), via="api", **body.dict())))


@router.get("/campaigns/{code}", response=CampaignOut, summary="One campaign")
def campaign(request: HttpRequest, code: str) -> Any:
    return campaign_out(campaign_of(request, code))


@router.patch("/campaigns/{code}", response=CampaignOut, summary="Change a campaign")
def change(request: HttpRequest, code: str, body: CampaignPatch) -> Any:
    values = body.dict(exclude_unset=True)
    row = acts.edit_campaign(by=person_of(request), campaign=campaign_of(request, code), via="api", **values)
    return campaign_out(row)


@router.get("/campaigns/{code}/phases", response=list[PhaseShape], summary="Phases of a campaign")
def phases(request: HttpRequest, code: str) -> Any:
    return list(campaign_of(request, code).phases.order_by("starts_on", "ends_on"))


@router.put("/campaigns/{code}/phases", response=list[PhaseShape], summary="Set the phases as a whole")
def set_phases(request: HttpRequest, code: str, body: list[PhaseShape]) -> Any:
    """Those that are not named go away; tasks follow their deadlines into the new phases."""
    wanted = [PhaseDays(**each.dict()) for each in body]
    return acts.set_phases(
        by=person_of(request), campaign=campaign_of(request, code), phases=wanted, via="api"
    )


@router.get("/campaigns/{code}/bodies", response=list[BodyOut], summary="The organisation, from the top down")
def bodies(request: HttpRequest, code: str) -> Any:
    return [_body_out(group) for group in reads.organisation(scope_of(request), campaign_of(request, code))]
