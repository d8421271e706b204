"""Which campaign the desk is looking at: chosen by `?campaign=code`, remembered in the session, else the newest one."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from guatu.campaigns import reads
from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem, declare

declare(
    "desk.no_campaign",
    status=404,
    zh="这里还没有您可以看到的保障任务。",
    en="There is no campaign here that you may see yet.",
    next_zh="请保障办公室先应用一个场景包或新建一个保障任务。",
    next_en="Ask the assurance office to apply a pack or to found a campaign.",
)

_KEY = "campaign"


def current_campaign(request: HttpRequest) -> Campaign:
    """The campaign of this page. Raises `desk.no_campaign` when the person sees none."""
    found = campaign_or_none(request)
    if found is None:
        raise Problem("desk.no_campaign")
    return found


def campaign_or_none(request: HttpRequest) -> Campaign | None:
    kept: Campaign | None = getattr(request, "_guatu_campaign", None)
    if kept is not None:
        return kept
    scope = getattr(request.user, "scope", None)
    if not isinstance(scope, Scope):
        return None
    wanted = request.GET.get(_KEY, "")
    chosen = reads.current(scope, wanted or request.session.get(_KEY, ""))
    if chosen is not None and wanted == chosen.code:
        request.session[_KEY] = wanted
    request._guatu_campaign = chosen  # type: ignore[attr-defined]
    return chosen


@dataclass(frozen=True)
class Headline:
    """What stands beside the brand: the campaign and how many days are left."""

    title: str
    note: str
    href: str


def headline(request: HttpRequest) -> Headline | None:
    """The campaign beside the brand on every page (GUATU_HEADLINE)."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return None
    campaign = campaign_or_none(request)
    if campaign is None:
        return None
    left = (campaign.opens_on - clock.today()).days
    english = getattr(request, "LANGUAGE_CODE", "").startswith("en")
    note = (
        _("距开幕 %(days)s 天") % {"days": left} if left >= 0 else _("已开幕 %(days)s 天") % {"days": -left}
    )
    return Headline((english and campaign.name_en) or campaign.name, note, reverse("desk:plan"))
