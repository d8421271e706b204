"""What doors ask about campaigns."""

from guatu.campaigns.models import Campaign
from guatu.kernel.access import Scope


def sees_campaign(scope: Scope, campaign: Campaign) -> bool:
    """Whether the campaign concerns this reader: its area and one of the reader's areas lie one in the other, or the
    reader works for a unit (units may be given tasks of any campaign)."""
    if not scope.may("campaign.read"):
        return False
    areas = scope.areas("campaign.read")
    return any(campaign.area.startswith(area) or area.startswith(campaign.area) for area in areas) or bool(
        scope.units("campaign.read")
    )


def visible_campaigns(scope: Scope) -> list[Campaign]:
    """The campaigns that concern this reader, the next to open first."""
    return [campaign for campaign in Campaign.objects.order_by("-opens_on", "code") if sees_campaign(scope, campaign)]
