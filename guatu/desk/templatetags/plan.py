"""Small words that the plan pages need."""

import datetime as dt

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guatu.campaigns.models import Campaign
from guatu.kernel import clock

register = template.Library()


@register.filter
def days_left(day: dt.date | None) -> str:
    """“还剩 3 天”, “今天到期”, “逾期 2 天”."""
    if day is None:
        return ""
    days = (day - clock.today()).days
    if days == 0:
        return _("今天到期")
    return _("还剩 %(days)s 天") % {"days": days} if days > 0 else _("逾期 %(days)s 天") % {"days": -days}


@register.filter
def local_name(campaign: Campaign) -> str:
    """The campaign's English name on English pages, where it has one."""
    english = not (get_language() or "zh").startswith("zh")
    return campaign.name_en if english and campaign.name_en else campaign.name
