"""Lists that stand above forms: a form may choose from the office's own registers and places (`trees.csv`) though nobody
uploaded a file. Which there are is told by the composition, since forms know nothing of registers.
"""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from guatu.campaigns.models import Campaign


@lru_cache
def _source() -> Callable[[Campaign], set[str]]:
    found: Callable[[Campaign], set[str]] = import_string(f"{settings.GUATU_REACTIONS}.LISTS")
    return found


def lists(campaign: Campaign) -> set[str]:
    """The names of the campaign's lists, without `.csv`."""
    return _source()(campaign)
