"""Writes who answers for which neighbourhood, street and place. Run by hand; what it writes is kept beside it.

    .venv/bin/python packs/jiading-2021/make_ground.py

Codes and names of neighbourhoods are real (statistics bureau, 2023); the people are invented. One neighbourhood in
twenty is left without anybody, so that the list of gaps has something to show.
"""

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TABLES = HERE / "sample" / "tables"
DIVISIONS = HERE.parents[1] / "guatu" / "places" / "reference" / "shanghai_divisions_2023.csv"
DISTRICT, SINCE = "310114", "2021-03-01"
rng = random.Random(310114)
FAMILY = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = ("敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞", "平", "刚", "桂英", "建华",
         "文", "志强", "国平", "海燕", "晓东", "美玲", "春华", "永强", "佳怡", "思远")  # fmt: skip


def write(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (TABLES / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def neighbourhoods() -> list[tuple[str, str]]:
    """(code, name) of every neighbourhood of the district."""
    with DIVISIONS.open(encoding="utf-8-sig") as source:
        rows = [
            (row["code"], row["name"]) for row in csv.DictReader(source) if row["code"].startswith(DISTRICT)
        ]
    return [row for row in rows if len(row[0]) == 12]


def streets() -> dict[str, tuple[str, str]]:
    """Street → (its unit, the person of its operations centre), as posts.csv says."""
    with (HERE / "posts.csv").open(encoding="utf-8-sig") as source:
        return {
            row["areas"]: (row["unit"], row["username"])
            for row in csv.DictReader(source)
            if row["role"] == "street"
        }


def main() -> None:
    """The same bytes every time."""
    TABLES.mkdir(parents=True, exist_ok=True)
    unit_of = streets()
    people: list[tuple[str, ...]] = []
    contracts: list[tuple[str, ...]] = [
        (username, "路长", "", street, SINCE) for street, (_unit, username) in sorted(unit_of.items())
    ]
    for code, _name in neighbourhoods():
        name = rng.choice(FAMILY) + rng.choice(GIVEN)
        if rng.random() < 0.05:
            continue
        username = f"jw{code[6:]}"
        people.append(
            (username, name, unit_of[code[:9]][0], "居村委书记" if int(code[9:]) >= 200 else "居委书记")
        )
        contracts.append((username, "网格长", "", code, SINCE))
    parking = [
        ("jiangqiao", "点位责任人", "FJ-001", "", "2021-08-18"),
        ("jiangqiao", "点位责任人", "FJ-002", "", "2021-08-26"),
    ]
    write("people.csv", ("用户名", "姓名", "单位", "职务"), people)
    write("contracts.csv", ("责任人", "包干类别", "点位编号", "区域", "开始日期"), contracts)
    write("place_contracts.csv", ("责任人", "包干类别", "点位编号", "区域", "开始日期"), parking)
    with (HERE / "sample" / "imports.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("at", "by", "kind", "file", "leave", "crs"))
        writer.writerow(
            ("2021-03-01 09:00", "", "place", "shipped:shanghai_pois_osm_2018.csv", "area", "wgs84")
        )
        writer.writerow(("2021-03-01 10:00", "jinbo", "person", "people.csv", "", ""))
        writer.writerow(("2021-03-01 10:30", "jinbo", "contract", "contracts.csv", "", ""))
        writer.writerow(("2021-08-27 09:00", "jinbo", "contract", "place_contracts.csv", "", ""))


if __name__ == "__main__":
    main()
