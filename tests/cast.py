"""The cast: people with a name and a post, places with somebody who answers for them, one campaign, one day.

Every test that needs somebody takes them from here, so that a reader who has met 南翔镇 once knows who it is everywhere:

    zhihui      总指挥    commander of the district: looks, presses, accepts
    jinbo       进博办    the office: builds the campaign, writes the brief
    chengyun    城运中心  operations: dispatches cases
    nanxiang    南翔镇    a street (310114102)
    jiangqiao   江桥镇    its neighbour (310114118): sees nothing of 南翔镇
    xuncha      执法检查  an inspector in 南翔镇 with a phone
    hecha       核查员    a verifier of the district
    lvrong      绿容局    a lead unit: sees what its unit has, wherever it lies
    passer_by   过路人    signed in, holds no post at all
"""

import datetime as dt
from dataclasses import dataclass

from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, deed
from guatu.places.models import Area, Place
from guatu.units.models import Contract, Person, Post, Unit

DISTRICT, NANXIANG, JIANGQIAO = "310114", "310114102", "310114118"
GUYIYUAN, DEHUA = "310114102001", "310114102002"  # 古猗园社区, 德华社区: two neighbourhoods of 南翔镇

_AREAS = [
    ("31", "province", "上海市", ""),
    ("3101", "city", "市辖区", "31"),
    (DISTRICT, "district", "嘉定区", "3101"),
    (NANXIANG, "street", "南翔镇", DISTRICT),
    (JIANGQIAO, "street", "江桥镇", DISTRICT),
    (GUYIYUAN, "committee", "古猗园社区居委会", NANXIANG),
    (DEHUA, "committee", "德华社区居委会", NANXIANG),
]
_UNITS = [
    ("jd", "嘉定区", "嘉定区", "government", "", DISTRICT),
    ("jbb", "第四届进博会嘉定区保障工作领导小组办公室", "进博办", "office", "jd", DISTRICT),
    ("cyzx", "嘉定区城市运行管理中心", "城运中心", "bureau", "jd", DISTRICT),
    ("lrj", "嘉定区绿化和市容管理局", "绿容局", "bureau", "jd", DISTRICT),
    ("cgzf", "嘉定区城市管理行政执法局", "城管执法局", "bureau", "jd", DISTRICT),
    ("nxz", "南翔镇人民政府", "南翔镇", "street", "jd", NANXIANG),
    ("jqz", "江桥镇人民政府", "江桥镇", "street", "jd", JIANGQIAO),
]
# username, name, unit, role, areas, units
_PEOPLE = [
    ("zhihui", "总指挥", "jd", "commander", [DISTRICT], []),
    ("jinbo", "进博办", "jbb", "office", [DISTRICT], ["jd/"]),
    ("chengyun", "城运中心", "cyzx", "operations", [DISTRICT], []),
    ("nanxiang", "南翔镇", "nxz", "street", [NANXIANG], ["jd/nxz/"]),
    ("jiangqiao", "江桥镇", "jqz", "street", [JIANGQIAO], ["jd/jqz/"]),
    ("xuncha", "执法检查", "cgzf", "inspector", [NANXIANG], []),
    ("hecha", "核查员", "cyzx", "verifier", [DISTRICT], []),
    ("lvrong", "绿容局", "lrj", "lead_unit", [], ["jd/lrj/"]),
    ("passer_by", "过路人", None, None, [], []),
]
# number, kind, name, area, lon, lat, who answers for it
_PLACES = [
    ("NX-001", "street_block", "南翔老街", GUYIYUAN, 121.3120, 31.2940, "nanxiang"),
    ("NX-002", "parking_lot", "沪宜公路临时停车场", DEHUA, 121.3205, 31.2988, "xuncha"),
    ("JQ-001", "mall", "江桥万达广场", JIANGQIAO, 121.3262, 31.2428, "jiangqiao"),
    ("JD-001", "station", "嘉定北站", DISTRICT, 121.2377, 31.3920, None),
]


@dataclass(frozen=True)
class Cast:
    """Everybody and everything, by name."""

    campaign: Campaign
    units: dict[str, Unit]
    places: dict[str, Place]
    zhihui: Person
    jinbo: Person
    chengyun: Person
    nanxiang: Person
    jiangqiao: Person
    xuncha: Person
    hecha: Person
    lvrong: Person
    passer_by: Person

    @property
    def everybody(self) -> list[Person]:
        return [getattr(self, username) for username, *_rest in _PEOPLE]


def assemble() -> Cast:
    """Enter the cast into an empty store. Their own acts stand in tests/units and tests/campaigns, not here."""
    Area.objects.bulk_create(
        [Area(code=code, level=level, name=name, parent=parent) for code, level, name, parent in _AREAS]
    )
    with deed(by=SYSTEM, via="system"):
        units = _units()
        people = {username: _person(username, name, units.get(unit or ""), role, areas, paths)
                  for username, name, unit, role, areas, paths in _PEOPLE}  # fmt: skip
        campaign = Campaign(
            home="310114000", code="expo", name="第四届进博会嘉定区服务保障", name_en="Fourth import expo, Jiading",
            area=DISTRICT, opens_on=dt.date(2021, 11, 5), closes_on=dt.date(2021, 11, 10), seed="000",
        )  # fmt: skip
        campaign.save(force_insert=True)
        places = {number: _place(number, *rest, people=people) for number, *rest in _PLACES}
    return Cast(campaign=campaign, units=units, places=places, **people)


def _units() -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for code, name, short, kind, parent, area in _UNITS:
        above = made.get(parent)
        path = f"{above.path if above else ''}{code}/"
        made[code] = Unit(
            code=code, path=path, name=name, short_name=short, kind=kind, parent=above, area=area
        )
        made[code].save(force_insert=True)
    return made


def _person(
    username: str, name: str, unit: Unit | None, role: str | None, areas: list[str], paths: list[str]
) -> Person:
    person = Person(username=username, name=name, unit=unit, made_at=clock.now())
    person.set_unusable_password()
    person.save(force_insert=True)
    if role is not None:
        Post.objects.create(person=person, unit=unit, role=role, areas=areas, units=paths)
    return person


def _place(
    number: str,
    kind: str,
    name: str,
    area: str,
    lon: float,
    lat: float,
    who: str | None,
    *,
    people: dict[str, Person],
) -> Place:
    home = area[:9].ljust(9, "0")
    place = Place(
        home=home, number=number, kind=kind, name=name, area=area, lon=lon, lat=lat, source_crs="WGS84"
    )
    place.save(force_insert=True)
    if who:
        Contract.objects.create(
            home=home, kind="block", person=people[who], place=place, area=area, from_day=dt.date(2021, 1, 1)
        )
    return place
