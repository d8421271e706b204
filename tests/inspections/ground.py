"""A norm with three items, two shops and a mall in 南翔镇, a round over them: what the tests of rounds and visits stand on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from guatu.inspections.acts import norms as norm_acts
from guatu.inspections.acts import rounds, visits
from guatu.inspections.acts.visits import FindingDraft
from guatu.inspections.models import NormItem, NormVersion, Round, Team, Visit
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.places.models import Place
from guatu.units.models import Person
from tests.cast import DEHUA, GUYIYUAN, Cast

DAY = dt.date(2021, 9, 16)
# number, name, area, hours, risk
SHOPS = [
    ("S-1", "老街饭店", GUYIYUAN, "10:00-14:00,17:00-21:30", "high"),
    ("S-2", "德华超市", DEHUA, "Mo-Su 08:00-22:00", "medium"),
    ("S-3", "夜宵排档", DEHUA, "19:00-02:00", "high"),
    ("S-4", "无名小店", DEHUA, "看老板心情", "low"),
]
ITEMS = [
    ItemDraft("1", "入口测温、验码", "设专人测温验码", "rectify", "24小时", photo=False),
    ItemDraft("2", "公共区域每日消毒并记录", "", "rectify", "3个工作日", photo=True),
    ItemDraft("3", "消防通道畅通", "立即清理", "shut", "当日"),
    ItemDraft("4", "张贴宣传海报", "", "note"),
]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


class Picture:
    """A picture as an upload."""

    def __init__(self, name: str = "照片.png", item_id: Any = "", signature: bool = False) -> None:
        self.name, self.item_id, self.signature = name, item_id, signature

    def read(self) -> bytes:
        return PIXEL


@dataclass
class Ground:
    cast: Cast
    edition: NormVersion
    items: list[NormItem]
    places: dict[str, Place]

    def open_round(self, **more: Any) -> Round:
        said = {
            "name": "节前重点场所检查",
            "starts_on": DAY,
            "ends_on": DAY + dt.timedelta(days=2),
            "area": "310114102",
            **more,
        }
        return rounds.open_round(by=self.cast.jinbo, campaign=self.cast.campaign, **said)

    def running(self, *numbers: str, people: Any = None) -> tuple[Round, Team, dict[str, Visit]]:
        """A round that runs over some of the shops, all given to one team of 执法检查 (and whoever else)."""
        row = self.open_round()
        team = rounds.add_team(
            by=self.cast.jinbo, round=row, name="一组", on_day=DAY, people=people or [self.cast.xuncha],
            starts_at=dt.datetime(2021, 9, 16, 8, 30, tzinfo=clock.ZONE), ends_at=dt.datetime(2021, 9, 16, 22, tzinfo=clock.ZONE),
        )  # fmt: skip
        found = {
            number: rounds.add_visit(by=self.cast.jinbo, round=row, place=self.places[number], team=team)
            for number in numbers
        }
        return rounds.start_round(by=self.cast.jinbo, round=row), team, found

    def said(self, **verdicts: str) -> list[FindingDraft]:
        """Findings: met for every item but those named by number (i1="not_met")."""
        return [FindingDraft(item.id, verdicts.get(f"i{item.number}", "met")) for item in self.items]

    def photos(self, *numbers: str) -> list[Picture]:
        return [Picture(item_id=item.id) for item in self.items if item.number in numbers]

    def finish(self, visit: Visit, by: Any = None, **said: Any) -> Visit:
        findings = said.pop("findings", None) or self.said(
            **{key: said.pop(key) for key in list(said) if key[:1] == "i" and key[1:].isdigit()}
        )
        return visits.finish_visit(by=by or self.cast.xuncha, visit=visit, findings=findings, **said)


def prepare(cast: Cast) -> Ground:
    norm = norm_acts.add_norm(by=cast.jinbo, number="沪防〔2021〕1号", title="经营场所防控指南")
    edition = norm_acts.add_edition(
        by=cast.jinbo, norm=norm, edition="第一版", in_force_from=dt.date(2021, 1, 1), items=ITEMS
    )
    norm_acts.put_in_force(by=cast.jinbo, edition=edition)
    edition.refresh_from_db()
    places = {}
    for number, name, area, hours, risk in SHOPS:
        places[number] = Place.objects.create(
            home=area[:9],
            number=number,
            kind="shop",
            name=name,
            area=area,
            opening_hours=hours,
            risk=risk,
            lon=121.31,
            lat=31.29,
        )
    return Ground(cast, edition, list(edition.items.order_by("order", "number")), places)


def one_of_each(campaign: Any, area: str) -> None:
    """A round in an area with a team, a visit that found something and its order: what a door's address may name."""
    place = Place.objects.filter(area__startswith=area, withdrawn=False, closed_on=None).order_by("id")[0]
    row = rounds.open_round(
        by=SYSTEM, campaign=campaign, name="街镇检查", starts_on=DAY, ends_on=DAY, area=area
    )
    people = list(Person.objects.filter(unit__area=area, is_active=True).order_by("username")[:1])
    team = rounds.add_team(by=SYSTEM, round=row, name="一组", on_day=DAY, people=people)
    visit = rounds.add_visit(by=SYSTEM, round=row, place=place, team=team)
    rounds.start_round(by=SYSTEM, round=row)
    visit = visits.start_visit(by=SYSTEM, visit=visit)
    findings = [FindingDraft(item, "met") for item in visit.asked]
    visits.finish_visit(by=SYSTEM, visit=visit, findings=findings, outcome="rectify", note="门前堆物")
