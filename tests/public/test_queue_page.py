"""Where the line is shortest, for whoever has no account: order, what is said, what is not kept, no query for each point."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.venues.acts import points
from tests.cast import DEHUA, JIANGQIAO, NANXIANG, Cast
from tests.doors.test_points import made

pytestmark = pytest.mark.django_db


def page(path: str = "/queue/", **more: Any) -> str:
    answer = Client().get(path, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_page_says_so(cast: Cast) -> None:
    assert "现在没有公开的服务点" in page()


def test_the_shortest_line_is_first(cast: Cast) -> None:
    long, short = made(cast, "长队点"), made(cast, "短队点", DEHUA)
    points.report_point(by=SYSTEM, point=long, queue=59)
    points.report_point(by=SYSTEM, point=short, queue=9)
    made(cast, "内部点", public=False)
    text = page()
    assert text.index("短队点") < text.index("长队点") and "内部点" not in text
    assert "约等 5 分钟" in text and "排队 9 人" in text and "短队点路1号" in text


def test_kinds_are_tabs_and_streets_a_filter(cast: Cast) -> None:
    made(cast, "南翔采样")
    made(cast, "江桥采样", JIANGQIAO)
    made(cast, "南翔接种", kind="vaccination")
    text = page()
    assert "南翔采样" in text and "江桥采样" in text and "南翔接种" not in text
    assert "南翔接种" in page("/queue/?kind=vaccination")
    text = page(f"/queue/?area={NANXIANG}")
    assert "南翔采样" in text and "江桥采样" not in text
    for odd in ("?kind=bakery", "?area=%00", "?lat=nan&lon=1", "?lat=91&lon=0", "?area=１２"):
        assert "南翔采样" in page("/queue/" + odd)


def test_paused_closed_and_long_unsaid(cast: Cast) -> None:
    paused, counted = made(cast, "暂停点"), made(cast, "开放点")
    points.pause_point(by=SYSTEM, point=paused, reason="雷雨停采")
    points.report_point(by=SYSTEM, point=counted, queue=9)
    assert "雷雨停采" in page()
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        text = page()
        assert "45 分钟内没有上报人数" in text and "排队 9 人" not in text
    with clock.at(clock.now().replace(hour=23)):
        assert "现在不开放" in page()
    points.end_point(by=SYSTEM, point=counted)
    assert "开放点" not in page()


def test_where_somebody_stands_orders_and_is_not_kept(cast: Cast) -> None:
    near, far = made(cast, "近点"), made(cast, "远点")
    for row, lon in ((near, 121.30), (far, 121.40)):
        row.place.lon, row.place.lat = lon, 31.29
        row.place.save()
        points.report_point(by=SYSTEM, point=row, queue=9 if row is near else 5)
    assert page().index("远点") < page().index("近点")
    answer = Client().get("/queue/?lat=31.29&lon=121.30")
    text = answer.content.decode()
    assert text.index("近点") < text.index("远点") and "9.5 公里" in text and "不保存" in text
    assert "no-store" in answer["Cache-Control"] and answer["Referrer-Policy"] == "no-referrer"
    assert set(answer.cookies) <= {"csrftoken"}  # of the language switch
    assert Client().get("/queue/")["Refresh"] == "60"


def test_the_same_for_machines(cast: Cast) -> None:
    row = made(cast, "接口点")
    points.report_point(by=SYSTEM, point=row, queue=9)
    answer = Client().get("/queue.json?kind=sampling")
    said = answer.json()["points"]
    assert [(each["name"], each["queue"], each["wait_minutes"], each["open"]) for each in said] == [
        ("接口点", 9, 5, True)
    ]
    assert answer["Access-Control-Allow-Origin"] == "*" and "Refresh" not in answer
    assert Client().get("/queue.json?kind=supply").json()["points"] == []
    assert Client().post("/queue/").status_code == 405
    assert not {"stock", "unit", "posts", "served", "limit"} & set(said[0])


def test_more_points_cost_no_more_queries(cast: Cast) -> None:
    made(cast, "第一点")
    page()
    with CaptureQueriesContext(
        connection,
    ) as one:
        page()
    for number in range(70):
        made(cast, f"点{number}")
    with CaptureQueriesContext(connection) as many:
        text = page()
    assert len(many) == len(one)
    assert text.count("queue-head") == 60 and "再显示 11 个" in text
    assert page("/queue/?all=1").count("queue-head") == 71
