"""A store of its own for a measurement, and a campaign with places in it, entered through the acts."""

import contextlib
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

KINDS = ("shop", "mall", "parking_lot", "station", "market")
DEFINITIONS: list[dict[str, Any]] = [
    {"key": "places", "title": "场所", "kind": "count", "of": {"kind": "place"}},
    {"key": "closed", "title": "关停", "kind": "count", "of": {"kind": "place", "status": "closed"}},
    {
        "key": "closed_rate",
        "title": "关停率",
        "kind": "rate",
        "of": {"kind": "place", "status": "closed"},
        "per": {"kind": "place"},
    },
    {"key": "spaces", "title": "泊位", "kind": "sum", "of": {"kind": "place", "measure": "capacity"}},
    *(
        {"key": kind, "title": kind, "kind": "count", "of": {"kind": "place", "category": kind}}
        for kind in KINDS
    ),
]


@contextlib.contextmanager
def store() -> Iterator[None]:
    """An empty, ready store in a temporary folder (or in GUATU_DATABASE_URL); Django is loaded within."""
    with tempfile.TemporaryDirectory(prefix="guatu-bench-") as folder:
        os.environ["GUATU_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
        from guatu.commands import start_django
        from guatu.commands.store import make_ready

        start_django()
        make_ready()
        yield


def campaign_with_places(count: int) -> Any:
    """A campaign with `count` places over the streets of a district."""
    from guatu.campaigns.acts import found_campaign
    from guatu.figures.acts import define_indicators
    from guatu.kernel.acts import SYSTEM

    opens, closes = dt.date(2021, 11, 5), dt.date(2021, 11, 10)
    campaign = found_campaign(
        by=SYSTEM, code="bench", name="测量", area="310114", opens_on=opens, closes_on=closes
    )
    define_indicators(by=SYSTEM, campaign=campaign, definitions=DEFINITIONS)
    add_places(campaign, 0, count)
    return campaign


def add_places(campaign: Any, first: int, last: int) -> None:
    """Places number `first` up to `last`, five hundred to a transaction."""
    from guatu.kernel.acts import SYSTEM, deed
    from guatu.places.acts import register_place
    from guatu.places.models import Area

    committees = list(
        Area.objects.filter(level="committee", code__startswith="310114")
        .order_by("code")
        .values_list("code", flat=True)
    )
    for start in range(first, last, 500):
        with deed(by=SYSTEM, via="system"):
            for number in range(start, min(start + 500, last)):
                register_place(
                    by=SYSTEM, name=f"场所{number}", kind=KINDS[number % len(KINDS)], number=f"B{number}",
                    area=committees[number % len(committees)], capacity=Decimal(number % 90), campaign=campaign,
                    opened_on=campaign.opens_on - dt.timedelta(days=number % 200),
                    closed_on=campaign.opens_on if number % 17 == 0 else None,
                )  # fmt: skip
