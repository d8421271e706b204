"""What a campaign and its bodies contribute to the figures. Pure."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from guatu.kernel.factshape import Fact


@dataclass(frozen=True)
class CampaignRow:
    """A campaign as the figures see it."""

    id: UUID
    home: str
    code: str
    area: str
    opens_on: dt.date


@dataclass(frozen=True)
class BodyMember:
    """A unit in a body: its code, its path and its role."""

    code: str
    path: str
    role: str


@dataclass(frozen=True)
class BodyRow:
    """A body as the figures see it; `parent` is the code of the body it stands under."""

    id: UUID
    home: str
    code: str
    kind: str
    area: str
    parent: str
    members: tuple[BodyMember, ...]


def facts_of_campaign(row: CampaignRow) -> list[Fact]:
    """One fact: counted under the day it opens, so that a countdown finds the day."""
    return [Fact(kind="campaign", area=row.area, category=row.code, happened_on=row.opens_on, open=True)]


def facts_of_body(row: BodyRow) -> list[Fact]:
    """One fact for the body, and one for every unit in it (distinct by the unit's code: 35 member units)."""
    lead = next((member.path for member in row.members if member.role == "lead"), "")
    body = Fact(
        kind="body",
        area=row.area,
        unit=lead,
        category=row.kind,
        attributes={"code": row.code, "parent": row.parent},
        open=True,
    )
    return [body] + [
        Fact(
            part=f"unit:{member.code}",
            kind="member_unit",
            area=row.area,
            unit=member.path,
            category=row.kind,
            status=member.role,
            attributes={"unit": member.code, "body": row.code, "role": member.role},
            open=True,
        )
        for member in sorted(row.members, key=lambda member: member.code)
    ]
