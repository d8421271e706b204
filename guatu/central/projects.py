"""Projects: the campaigns that the caller sees, by their numbers."""

import datetime as dt
from typing import Any

from guatu.campaigns import reads as campaign_reads
from guatu.campaigns.models import Campaign
from guatu.central.frame import Asked, campaign_of, moment
from guatu.fieldwork import numbers
from guatu.fieldwork.acts.numbers import give_numbers
from guatu.kernel.access import require
from guatu.kernel.problems import Problem


def project(campaign: Campaign, number: int) -> dict[str, Any]:
    """A campaign as Central describes a project. createdAt is read off the id, which holds the moment it was made."""
    made_at = dt.datetime.fromtimestamp((campaign.id.int >> 80) / 1000, dt.UTC)
    return {
        "id": number, "name": campaign.name, "description": campaign.name_en or None, "archived": False, "keyId": None,
        "createdAt": moment(made_at), "updatedAt": None, "deletedAt": None,
    }  # fmt: skip


def listed(asked: Asked) -> list[dict[str, Any]]:
    rows = list(campaign_reads.campaigns(asked.scope))
    given = give_numbers(kind=numbers.PROJECT, targets=[row.id for row in rows])
    return sorted((project(row, given[row.id]) for row in rows), key=lambda each: str(each["name"]))


def one(asked: Asked, project_id: int) -> dict[str, Any]:
    return project(campaign_of(asked, project_id), project_id)


def make(asked: Asked) -> Any:
    """A campaign is more than a name: its days, area and leading group are set up at the desk or by a pack."""
    require(asked.scope, "campaign.edit")
    raise Problem("central.not_here", what="POST projects")
