"""Writes the sample's records. Run by hand; what it writes is kept beside it.

    .venv/bin/python packs/xinjing-2022/make_sample.py

The published report of 14 July 2022 gives four figures and how the inspections went, but no records. The records written
here are invented so that they are credible in time and place and add up to those figures; README.md says which is which.
"""

import csv
import datetime as dt
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry import Point, shape
from shapely.ops import unary_union

HERE = Path(__file__).parent
SAMPLE = HERE / "sample"
BORDERS = HERE.parent.parent / "guatu" / "places" / "reference" / "shanghai_streets_osm_113.geojson"
TOWN = "310105102"
ROUND = "2022-07"
rng = random.Random(20220714)

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚玲桂兰英华玉萍红鹏辉鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建新慧巧美婷雪琳晶莹颖洁岚佳嘉琪瑶"
ROADS = (
    "天山西路",
    "北翟路",
    "淞虹路",
    "剑河路",
    "北渔路",
    "甘溪路",
    "哈密路",
    "仙霞西路",
    "可乐东路",
    "双流路",
    "平塘路",
    "福泉路",
    "泉口路",
    "林泉路",
    "清溪路",
    "协和路",
    "新渔路",
    "淮阴路",
)
# unit, title, how many of its people went out
UNITS = (
    ("xj-szf", "执法队员", 38), ("xj-scs", "市场监管员", 30), ("xj-pcs", "民警", 22), ("xj-pab", "平安工作者", 10),
    ("xj-jfb", "企业服务专员", 9), ("xj-gjb", "城建管理员", 8), ("xj-cyzx", "网格巡查员", 9),
)  # fmt: skip


@dataclass(frozen=True)
class Trade:
    """A kind of place: trade code, kind of place, names it may have, hours, how many, whether by night."""

    code: str
    kind: str
    names: tuple[str, ...]
    hours: str
    count: int
    night: bool = False
    risk: str = "medium"


TRADES = (
    Trade("catering", "shop", ("面馆", "小馆", "私房菜", "饺子馆", "快餐店", "火锅店", "汤包店", "烧烤店"), "10:00-22:30", 112, True),
    Trade("bakery", "shop", ("饼屋", "面包房"), "07:00-20:30", 14, risk="low"),
    Trade("tea", "shop", ("奶茶铺", "咖啡馆"), "10:00-22:00", 22, risk="low"),
    Trade("wet-market", "market", ("菜市场", "集贸市场"), "06:00-18:30", 6, risk="high"),
    Trade("supermarket", "shop", ("超市", "生鲜超市"), "08:00-22:00", 26),
    Trade("convenience", "shop", ("便利店", "烟酒店"), "00:00-24:00", 44, True, "low"),
    Trade("hairdressing", "shop", ("理发店", "造型工作室", "发廊"), "10:00-22:00", 48, True),
    Trade("beauty", "shop", ("美容院", "美甲店"), "10:00-21:30", 22, True),
    Trade("hotel", "building", ("宾馆", "快捷酒店", "旅馆"), "00:00-24:00", 19, True, "high"),
    Trade("mall", "building", ("购物中心", "生活广场"), "10:00-22:00", 5, risk="high"),
    Trade("office-building", "building", ("商务楼", "科技大厦"), "07:00-21:00", 14),
    Trade("pharmacy", "shop", ("药房", "大药房"), "08:00-22:00", 18),
    Trade("repair", "shop", ("汽修店", "电动车行", "五金店"), "08:30-19:00", 20, risk="low"),
    Trade("karaoke", "shop", ("歌城", "量贩KTV"), "13:00-02:00", 8, True, "high"),
    Trade("game-hall", "shop", ("棋牌室", "电玩城"), "13:00-01:00", 9, True, "high"),
    Trade("bath", "shop", ("浴场", "足浴店"), "12:00-02:00", 9, True, "high"),
    Trade("gym", "shop", ("健身房", "瑜伽馆"), "09:00-22:00", 6, True, "high"),
)  # fmt: skip
FIRST = "安宏鼎瑞泽恒盛嘉远晟启翔腾康诚凯博润海锦信达昌铭创华悦正隆辰优森朗云禾乐福喜兴旺来顺"
SECOND = "记家屋轩源泰和新德通博利沃丰佳宁立香味园居缘满庭春晓"


@dataclass
class Team:
    """A team of a shift: its people (user names, the leader first), when it goes, which places it has."""

    name: str
    day: dt.date
    shift: str
    begins: dt.datetime
    ends: dt.datetime
    people: list[str]
    travel: str
    places: list["Place"] = field(default_factory=list)


@dataclass
class Place:
    number: str
    name: str
    trade: Trade
    lon: float
    lat: float
    address: str
    finding: dict[str, str] = field(default_factory=dict)


def write(name: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    path = SAMPLE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([heading, *rows])


def said(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def person() -> str:
    """An invented name; that somebody bears it is chance."""
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def make_people() -> list[str]:
    """126 people of seven units; answers their user names so mixed that neighbours are of different units."""
    rows, mixed = [], []
    for unit, title, count in UNITS:
        for number in range(1, count + 1):
            username = f"{unit}-{number:02d}"
            rows.append((username, person(), unit, title, "inspector", TOWN))
            mixed.append(((number - rng.random()) / count, username))
    write("tables/people.csv", ("用户名", "姓名", "单位", "职务", "角色", "负责区域"), rows)
    return [username for _order, username in sorted(mixed)]


def points(count: int) -> list[tuple[float, float]]:
    """Points inside the town, along lines as shops stand along roads."""
    features = json.loads(BORDERS.read_text(encoding="utf-8"))["features"]
    town = unary_union([shape(each["geometry"]) for each in features
                        if each["properties"]["official_control_code_2023"].startswith(TOWN)]).buffer(-0.0006)  # fmt: skip
    west, south, east, north = town.bounds
    found: list[tuple[float, float]] = []
    while len(found) < count:
        lon, lat, slope = rng.uniform(west, east), rng.uniform(south, north), rng.uniform(-0.6, 0.6)
        for _ in range(rng.randint(6, 14)):
            lon, lat = (
                lon + rng.uniform(0.0002, 0.0006),
                lat + slope * 0.0004 + rng.uniform(-0.00004, 0.00004),
            )
            if town.covers(Point(lon, lat)):
                found.append((round(lon, 6), round(lat, 6)))
    return found[:count]


def make_places() -> list[Place]:
    """402 places: 401 that were inspected, one that was closed when somebody came."""
    where = points(402)
    names: set[str] = set()
    places = []
    for trade in TRADES:
        for _ in range(trade.count):
            while (name := rng.choice(FIRST) + rng.choice(SECOND) + rng.choice(trade.names)) in names:
                pass
            names.add(name)
            lon, lat = where[len(places)]
            number = len(places) + 1
            places.append(
                Place(
                    f"XJ-{number:04d}", name, trade, lon, lat, f"{rng.choice(ROADS)}{rng.randint(2, 1500)}号"
                )
            )
    assert len(places) == 402, len(places)
    write("tables/places.csv", ("编号", "名称", "类别", "区域", "经度", "纬度", "地址", "营业时间", "行业", "风险等级"),
          [(p.number, p.name, p.trade.kind, TOWN, p.lon, p.lat, p.address, p.trade.hours, p.trade.code, p.trade.risk)
           for p in places])  # fmt: skip
    return places


def make_teams(people: list[str]) -> list[Team]:
    """39 teams in eight shifts: from the night of 10 July, which the report names, to the day of 14 July."""
    shifts = [(dt.date(2022, 7, 10), "night", 4, (21, 0), (23, 50))]
    for day in (11, 12, 13):
        shifts.append((dt.date(2022, 7, day), "day", 5, (8, 30), (16, 30)))
        shifts.append((dt.date(2022, 7, day), "night", 5, (18, 30), (22, 30)))
    shifts.append((dt.date(2022, 7, 14), "day", 5, (8, 30), (16, 30)))
    teams, at = [], 0
    for day, shift, count, begins, ends in shifts:
        for number in range(1, count + 1):
            chosen = [people[(at + index) % len(people)] for index in range(4)]
            at += 4
            word = "白" if shift == "day" else "黑"
            teams.append(Team(f"{day.day}日{word}{number}组", day, shift, dt.datetime.combine(day, dt.time(*begins)),
                              dt.datetime.combine(day, dt.time(*ends)), chosen, rng.choice(("foot", "foot", "bike", "car"))))  # fmt: skip
    return teams


def share_out(places: list[Place], teams: list[Team]) -> None:
    """Places open late go to the night teams, the others to the day; neighbours to one team."""
    night = [team for team in teams if team.shift == "night"]
    day = [team for team in teams if team.shift == "day"]
    late = [place for place in places if place.trade.night]
    rng.shuffle(late)
    late.sort(key=lambda place: place.trade.hours < "12:00" or place.trade.hours >= "14:00")
    by_night = late[: len(night) * 10]
    by_day = [place for place in places if place not in by_night]
    for chosen, crew in ((by_night, night), (by_day, day)):
        chosen.sort(key=lambda place: (round(place.lon, 3), place.lat))
        for index, place in enumerate(chosen):
            crew[index * len(crew) // len(chosen)].places.append(place)


def choose_findings(teams: list[Team]) -> None:
    """15 to put right, 3 shut, some put right while the inspectors waited, one that was closed; on all days, in all trades."""
    by_night = [place for team in teams if team.shift == "night" for place in team.places]
    halls = [place for place in by_night if place.trade.code in ("karaoke", "game-hall", "bath")]
    for place in (halls[0], halls[len(halls) // 2], halls[-1]):
        place.finding = {
            "not_met": "6.1",
            "note": "未经批准擅自开业，店内有顾客",
            "signer": person(),
            "capacity": "经营者",
        }
    free = [
        place
        for team in teams
        for place in team.places
        if not place.finding and place.trade.code not in ("karaoke", "game-hall", "bath", "gym")
    ]
    step = len(free) / 15
    wrong = (
        ("1.2", "入口未张贴场所码"), ("1.3", "无人值守，顾客未扫码进入"), ("1.5", "两名员工无当日核酸记录"), ("1.6", "消杀台账停在上周"),
        ("1.4", "后厨员工未戴口罩"), ("1.1", "尚未申请场所码"),
    )  # fmt: skip
    for index in range(15):
        place = free[int(index * step + step / 2)]
        items, note = wrong[index % len(wrong)]
        more = "、1.5" if index % 4 == 3 and items != "1.5" else ""
        place.finding = {
            "not_met": items + more,
            "note": note,
            "signer": person(),
            "capacity": rng.choice(("店长", "经营者", "值班经理")),
        }
    rest = [place for place in free if not place.finding]
    for place in rng.sample(rest, 46):
        items = rng.choice(("1.3", "1.4", "1.6", "1.4", "1.2"))
        place.finding = {"put_right": items, "note": "当场改正"}
    closed = next(place for place in rest if not place.finding and place.trade.code == "repair")
    closed.finding = {"closed": "卷帘门拉下，邻店说今日盘点"}


def make_round(places: list[Place], teams: list[Team]) -> None:
    opened = "2022-07-10 14:00"
    norms = "、".join(f"XJ-GF-{number:02d}" for number in range(1, 7))
    write("imports.csv", ("at", "by", "kind", "file", "crs"),
          [("2022-07-10 10:00", "xj-zhuanban", "person", "people.csv", ""), ("2022-07-10 11:00", "xj-zhuanban", "place", "places.csv", "wgs84")])  # fmt: skip
    write("rounds.csv", ("at", "by", "round", "step", "name", "area", "unit", "starts_on", "ends_on", "norms", "note"), [
        (opened, "xj-zhuanban", ROUND, "open", "重点场所疫情防控执法检查", TOWN, "xj", "2022-07-10", "2022-07-14", norms, "全覆盖地毯式检查，白加黑"),
        ("2022-07-10 20:30", "xj-zhuanban", ROUND, "start", "", "", "", "", "", "", ""),
    ])  # fmt: skip
    write("teams.csv", ("at", "by", "round", "team", "on_day", "shift", "starts_at", "ends_at", "people", "leader", "travel"), [
        ("2022-07-10 15:00", "xj-zhuanban", ROUND, team.name, team.day, team.shift, said(team.begins), said(team.ends),
         "、".join(team.people), team.people[0], team.travel) for team in teams
    ])  # fmt: skip
    write("visits.csv", ("at", "by", "round", "place", "team"), [
        ("2022-07-10 16:00", "xj-zhuanban", ROUND, place.number, team.name) for team in teams for place in team.places
    ])  # fmt: skip


HEADING = (
    "at",
    "by",
    "round",
    "place",
    "step",
    "started",
    "not_met",
    "put_right",
    "note",
    "signer",
    "capacity",
    "lon",
    "lat",
)


def make_steps(teams: list[Team]) -> None:
    rows, ordered = [], []
    for team in teams:
        now = team.begins + dt.timedelta(minutes=rng.randint(3, 9))
        pace = (team.ends - team.begins).total_seconds() / 60 / len(team.places)
        for place in team.places:
            found = place.finding
            ended = now + dt.timedelta(
                minutes=min(rng.randint(6, 11) + (6 if found else 0), max(int(pace) - 2, 3))
            )
            lon, lat = (
                round(place.lon + rng.uniform(-0.00008, 0.00008), 6),
                round(place.lat + rng.uniform(-0.00008, 0.00008), 6),
            )
            if "closed" in found:
                rows.append(
                    (
                        said(ended),
                        team.people[0],
                        ROUND,
                        place.number,
                        "not_open",
                        "",
                        "",
                        "",
                        found["closed"],
                        "",
                        "",
                        lon,
                        lat,
                    )
                )
            else:
                rows.append((said(ended), team.people[0], ROUND, place.number, "finish", said(now), found.get("not_met", ""),
                             found.get("put_right", ""), found.get("note", ""), found.get("signer", ""), found.get("capacity", ""), lon, lat))  # fmt: skip
            if "not_met" in found and "6.1" not in found["not_met"]:
                ordered.append((ended, place, team))
            now = max(
                ended + dt.timedelta(minutes=2),
                team.begins + dt.timedelta(minutes=pace * (team.places.index(place) + 1)),
            )
    rows += make_look_backs(ordered, teams)
    write("visit_steps.csv", HEADING, sorted(rows, key=lambda row: (row[0], row[3])))


def make_look_backs(ordered: list[tuple[dt.datetime, Place, Team]], teams: list[Team]) -> list[Sequence[Any]]:
    """Eight say it is put right before the pack's moment; five are looked back at after it, and pass."""
    rows: list[Sequence[Any]] = []
    blank = ("",) * 3
    for index, (ended, place, team) in enumerate(sorted(ordered, key=lambda each: each[0])[:8]):
        complied = ended + dt.timedelta(hours=15 if ended.hour > 18 else 4)
        rows.append(
            (
                said(complied),
                team.people[0],
                ROUND,
                place.number,
                "comply",
                *blank,
                "已按要求整改",
                "",
                "",
                "",
                "",
            )
        )
        if index < 5:
            again = dt.datetime(2022, 7, 15, 9, 20) + dt.timedelta(minutes=35 * index)  # noqa: DTZ001  local, as all here
            rows.append((said(again), teams[-1].people[0], ROUND, place.number, "look_back", said(again - dt.timedelta(minutes=8)),
                         "", "", "", "", "", place.lon, place.lat))  # fmt: skip
    return rows


def main() -> None:
    """Everything, in one fixed order, so that the same bytes come out every time."""
    people = make_people()
    places = make_places()
    teams = make_teams(people)
    share_out(places, teams)
    choose_findings(teams)
    make_round(places, teams)
    make_steps(teams)


if __name__ == "__main__":
    main()
