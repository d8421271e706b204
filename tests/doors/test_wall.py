"""The wall: it works; then who sees what, 304 without drawing, and how often the store is asked."""

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from guatu.campaigns.acts import form_body
from guatu.cases.acts import opening, steps
from guatu.cases.rules import Limit
from guatu.figures.acts import define_indicators
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.tasks.acts import life
from guatu.tasks.acts.clockwork import mark_late
from guatu.tasks.acts.plan import add_task
from guatu.tasks.models import Task
from guatu.wall.panels import SHOWS
from tests.cast import DEHUA, GUYIYUAN, JIANGQIAO, NANXIANG, Cast

pytestmark = pytest.mark.django_db

INDICATORS: list[dict[str, Any]] = [
    {"key": "rate", "title": {"zh": "任务完成率", "en": "Tasks completed"}, "kind": "rate",
     "of": {"kind": "task", "status": "accepted"}, "per": {"kind": "task"}},
    {"key": "tasks", "title": {"zh": "任务总数", "en": "Tasks"}, "kind": "count", "of": {"kind": "task"}},
    {"key": "cases", "title": {"zh": "案件总数", "en": "Cases"}, "kind": "count", "of": {"kind": "case"}},
]  # fmt: skip
BEFORE = dt.datetime(2021, 8, 2, 9, 0, tzinfo=clock.ZONE)
DUE = dt.date(2021, 9, 10)


@pytest.fixture
def told(cast: Cast) -> Cast:
    """Two streets with work: 南翔镇 two tasks (one accepted) and a case, 江桥镇 one late task."""
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=INDICATORS)
    with clock.at(BEFORE):
        leading = form_body(
            by=cast.jinbo, campaign=cast.campaign, kind="leading_group", code="lead", name="领导小组"
        )
        group = form_body(
            by=cast.jinbo,
            campaign=cast.campaign,
            kind="work_group",
            code="order",
            name="综合协调组",
            parent=leading,
        )

        def task(title: str, area: str, unit: str, due: dt.date) -> Task:
            lead = cast.units[unit]
            return add_task(
                by=SYSTEM,
                campaign=cast.campaign,
                title=title,
                lead_unit=lead,
                due_on=due,
                area=area,
                body=group,
            )

        done = task("南翔老街浮萍清理", GUYIYUAN, "nxz", dt.date(2021, 9, 30))
        task("沪宜公路绿化补种", DEHUA, "nxz", dt.date(2021, 9, 30))
        task("华江公路人行道维修", JIANGQIAO, "jqz", DUE)
        life.report_done(by=cast.nanxiang, task=done, note="已清理")
        life.accept_task(by=cast.jinbo, task=done)
    case = opening.report_case(
        by=cast.chengyun, campaign=cast.campaign, draft=opening.Draft("占道经营", area=GUYIYUAN, lon=121.312, lat=31.294)
    )  # fmt: skip
    case = steps.file_case(by=cast.chengyun, case=case)
    steps.dispatch_case(
        by=cast.chengyun, case=case, unit=cast.units["nxz"], limit=Limit(Decimal(2), "work_day")
    )
    mark_late(by=SYSTEM)
    return cast


def panels(client: Client, query: str = "") -> dict[str, str]:
    reply = client.get(f"/wall/expo/data{query}")
    assert reply.status_code == 200, reply.content[:300]
    return {panel["id"]: panel["html"] for panel in json.loads(reply.content)["panels"]}


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_commander_sees_everything(told: Cast, signed_in: Callable[..., Client]):
    client = signed_in(told.zhihui)
    page = client.get("/wall/expo/").content.decode()
    assert "第四届进博会嘉定区服务保障" in page and "guatu-wall" in page
    assert "style=" not in page and "onclick" not in page
    shown = panels(client)
    assert set(shown) == {f"panel-{kind}" for kind in SHOWS}
    assert re.search(r'data-figure="countdown">50<', shown["panel-countdown"])
    assert "33%" in text(shown["panel-figures"]) and "1 / 3" in text(shown["panel-figures"])
    assert "综合协调组" in shown["panel-groups"] and "1 / 3" in text(shown["panel-groups"])
    assert "华江公路人行道维修" in shown["panel-late"] and "9月11日起 6 天" in text(shown["panel-late"])
    assert "处置中 1" in text(shown["panel-cases"])
    assert "占道经营" in shown["panel-events"]


def test_a_street_sees_only_its_own_counts(told: Cast, signed_in: Callable[..., Client]):
    shown = panels(signed_in(told.nanxiang))
    assert "50%" in text(shown["panel-figures"]) and "1 / 2" in text(shown["panel-figures"])
    assert "1 / 2" in text(shown["panel-groups"])
    assert "没有逾期" in shown["panel-late"]
    neighbour = panels(signed_in(told.jiangqiao))
    everything = text("".join(neighbour.values()))
    assert "占道经营" not in everything and "南翔老街" not in everything
    assert "0 / 1" in text(neighbour["panel-figures"])
    assert "还没有案件" in neighbour["panel-cases"]
    assert "华江公路人行道维修" in neighbour["panel-late"]


def test_the_map_of_a_street_has_no_numbers_of_its_sisters(told: Cast, signed_in: Callable[..., Client]):
    def values(person: Any) -> dict[str, Any]:
        reply = signed_in(person).get("/wall/expo/map?indicator=rate")
        assert reply["Content-Type"] == "application/geo+json"
        shapes = [each["properties"] for each in reply.json()["features"]]
        return {each["code"]: each["value"] for each in shapes if each["role"] == "area"}

    assert values(told.zhihui) == {NANXIANG: 50.0, JIANGQIAO: 0.0}
    assert values(told.nanxiang) == {NANXIANG: 50.0, JIANGQIAO: None}


def test_cases_stand_in_the_tile_of_their_street(told: Cast, signed_in: Callable[..., Client]):
    marks = [
        each["properties"]
        for each in signed_in(told.zhihui).get("/wall/expo/map").json()["features"]
        if each["properties"]["role"] == "point"
    ]
    assert [(mark["code"], mark["tone"], mark["count"]) for mark in marks] == [
        (NANXIANG, "going", 1),
        (NANXIANG, "place", 2),
        (JIANGQIAO, "place", 1),
    ]
    neighbour = signed_in(told.jiangqiao).get("/wall/expo/map").json()["features"]
    seen = [each["properties"] for each in neighbour if each["properties"]["role"] == "point"]
    assert [(mark["code"], mark["tone"]) for mark in seen] == [(JIANGQIAO, "place")]


def test_a_unit_sees_what_it_leads_wherever_it_lies(told: Cast, signed_in: Callable[..., Client]):
    with clock.at(BEFORE):
        lead = told.units["lrj"]
        add_task(
            by=SYSTEM, campaign=told.campaign, title="行道树修剪", lead_unit=lead, due_on=DUE, area=JIANGQIAO
        )
    mark_late(by=SYSTEM)
    shown = panels(signed_in(told.lvrong))
    assert "行道树修剪" in shown["panel-late"] and "华江公路" not in shown["panel-late"]
    assert "0 / 1" in text(shown["panel-figures"])


def test_who_has_no_right_is_refused(told: Cast, signed_in: Callable[..., Client], client: Client):
    assert signed_in(told.passer_by).get("/wall/expo/").status_code == 403
    assert signed_in(told.xuncha).get("/wall/expo/data").status_code == 403
    assert signed_in(told.zhihui).get("/wall/nothing/").status_code == 404
    assert client.get("/wall/expo/").status_code == 302
    assert signed_in(told.zhihui).post("/wall/expo/data").status_code == 405


def test_unchanged_is_304_and_costs_two_questions(
    told: Cast, signed_in: Callable[..., Client], count_queries: Callable[[str], Any]
):
    client = signed_in(told.zhihui)
    first = client.get("/wall/expo/data")
    tag = first["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag), "a strong tag"
    with count_queries("wall data unchanged") as seen:
        again = client.get("/wall/expo/data", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    own = [
        q["sql"]
        for q in seen.captured_queries
        if "streamhead" in q["sql"] or "campaigns_campaign" in q["sql"]
    ]
    assert len(own) == 2, own
    with count_queries("wall data drawn"):
        client.get("/wall/expo/data")
    with count_queries("wall map drawn"):
        client.get("/wall/expo/map")


def test_every_commit_gives_another_tag(told: Cast, signed_in: Callable[..., Client]):
    client = signed_in(told.zhihui)
    tag = client.get("/wall/expo/data")["ETag"]
    before = panels(client)
    opening.report_case(
        by=told.chengyun, campaign=told.campaign, draft=opening.Draft("暴露垃圾", area=NANXIANG)
    )
    reply = client.get("/wall/expo/data", headers={"If-None-Match": tag})
    assert reply.status_code == 200 and reply["ETag"] != tag
    after = panels(client)
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"panel-cases", "panel-events", "panel-figures"}


def test_the_minute_and_the_reader_are_in_the_tag(told: Cast, signed_in: Callable[..., Client]):
    client = signed_in(told.zhihui)
    tag = client.get("/wall/expo/data")["ETag"]
    assert signed_in(told.jinbo).get("/wall/expo/data")["ETag"] != tag
    with clock.at(dt.datetime(2021, 9, 16, 9, 1, tzinfo=clock.ZONE)):
        assert client.get("/wall/expo/data")["ETag"] != tag
    client.cookies["django_language"] = "en"
    assert client.get("/wall/expo/data")["ETag"] != tag


def test_the_same_as_a_table(told: Cast, signed_in: Callable[..., Client]):
    client = signed_in(told.zhihui)
    page = client.get("/wall/expo/?as=table").content.decode()
    for panel in panels(client).values():
        for number in re.findall(r'data-figure="[^"]+">[^<]+<', panel):
            assert number in page, number


def test_every_number_leads_somewhere(told: Cast, signed_in: Callable[..., Client]):
    client = signed_in(told.zhihui)
    for name, html in panels(client).items():
        for figure in re.findall(r'<(\w+)[^>]*?data-figure="([^"]+)"', html):
            tag, key = figure
            assert tag in ("a", "b", "td", "span"), (name, key)
        for href in re.findall(r'href="([^"]*)"', html):
            assert href not in ("", "#"), (name, html)
        if name not in ("panel-map", "panel-groups", "panel-late"):
            assert "<span data-figure" not in html.replace('<span class="parts" data-figure', ""), name


def test_one_campaign_opens_at_once(told: Cast, signed_in: Callable[..., Client]):
    reply = signed_in(told.zhihui).get("/wall/")
    assert reply.status_code == 302 and reply["Location"] == "/wall/expo/"


def test_english(told: Cast, signed_in: Callable[..., Client]):
    client = signed_in(told.zhihui)
    client.cookies["django_language"] = "en"
    page = text(client.get("/wall/expo/").content.decode())
    assert "Tasks completed" in page and "To the opening" in page and "Fourth import expo, Jiading" in page
