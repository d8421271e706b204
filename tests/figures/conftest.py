import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guatu.campaigns.models import Campaign
from guatu.figures.acts import define_indicators
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, deed
from guatu.kernel.subjects import table
from guatu.places.models import Place

DEFINITIONS: list[dict[str, Any]] = [
    {"key": "shops", "title": {"zh": "商铺", "en": "Shops"}, "kind": "count", "of": {"kind": "shop"}},
    {"key": "shut", "title": "关停", "kind": "count", "of": {"kind": "shop", "status": ["shut"]}},
    {
        "key": "rate",
        "title": "关停率",
        "kind": "rate",
        "of": {"kind": "shop", "status": "shut"},
        "per": {"kind": "shop"},
    },
    {
        "key": "persons",
        "title": "人次",
        "kind": "sum",
        "round": 2,
        "of": {"kind": "shop", "measure": "persons"},
    },
    {
        "key": "mean",
        "title": "平均",
        "kind": "average",
        "round": 1,
        "of": {"kind": "shop", "measure": "persons"},
    },
    {"key": "owners", "title": "业主", "kind": "distinct", "of": {"kind": "shop", "distinct": "owner"}},
    {"key": "late", "title": "逾期", "kind": "overdue", "of": {"kind": "shop", "attributes": {"late": True}}},
    {"key": "today", "title": "今日", "kind": "count", "over": "day", "of": {"kind": "shop"}},
]


@pytest.fixture
def own_subjects(settings: Any) -> Iterator[None]:
    settings.GUATU_SUBJECTS = "tests.figures.ground.SUBJECTS"
    table.cache_clear()
    yield
    table.cache_clear()


@pytest.fixture
def campaign(db: None, own_subjects: None) -> Campaign:
    found = Campaign(
        home="310114000", code="expo", name="进博会", area="310114",
        opens_on=dt.date(2021, 11, 5), closes_on=dt.date(2021, 11, 10),
    )  # fmt: skip
    found.save(force_insert=True)
    define_indicators(by=SYSTEM, campaign=found, definitions=DEFINITIONS)
    return found


@pytest.fixture
def shop(campaign: Campaign) -> Callable[..., Place]:
    """Opens a shop: `shop("A1", area=…, kind=…, day=…, **attributes)`."""

    def register(
        number: str,
        *,
        area: str = "310114102001",
        kind: str = "food",
        day: int = 1,
        at: Any = None,
        **said: Any,
    ) -> Place:
        with deed(by=SYSTEM, effective_at=at) as d:
            place = Place(
                home=area[:9].ljust(9, "0"), number=number, kind=kind, name=number, area=area, campaign=campaign,
                opened_on=dt.date(2021, 9, day), attributes=said,
            )  # fmt: skip
            place.save(force_insert=True)
            d.record("place.registered", place)
        return place

    return register


@pytest.fixture
def change() -> Callable[..., None]:
    """Changes a shop: `change(place, at=…, correction=…, withdrawn=…, **attributes)`."""

    def write(
        place: Place, *, at: Any = None, correction: bool = False, withdrawn: bool | None = None, **said: Any
    ) -> None:
        with deed(by=SYSTEM, effective_at=at) as d:
            place.attributes = {**place.attributes, **said}
            if withdrawn is not None:
                place.withdrawn = withdrawn
            place.save()
            d.record("place.edited", place, correction=correction)

    return write


def day(number: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2021, 9, number, hour, tzinfo=clock.ZONE)
