"""Service points at the desk, over the API and from a phone: list, page, report and its undo, course, who is told."""

import datetime as dt
import json
from typing import Any

import pytest

from guatu.duty.acts import set_shift
from guatu.kernel import clock, ids
from guatu.kernel.acts import SYSTEM
from guatu.kernel.problems import Problem
from guatu.notices.models import Notice
from guatu.phone import outbox
from guatu.places.models import Place
from guatu.venues.acts import points
from guatu.venues.models import PointReport, ServicePoint
from guatu.venues.rules import points as rules
from tests.cast import DEHUA, GUYIYUAN, JIANGQIAO, Cast

pytestmark = pytest.mark.django_db
LIST = "/street/points/"


def made(cast: Cast, name: str, area: str = GUYIYUAN, **more: Any) -> ServicePoint:
    place = Place.objects.create(
        home="310114102", number=f"S-{name}", kind="service", name=name, area=area, address=f"{name}路1号",
        opening_hours="08:00-20:00",
    )  # fmt: skip
    given: dict[str, Any] = {
        "kind": "sampling",
        "limit": 50,
        "lanes": 2,
        "unit": cast.units["nxz"],
        "posts": [{"name": "采样", "people": 2}],
        "stock": {"采样管": {"have": 100, "low": 80, "unit": "支"}},
    }
    return points.open_point(by=SYSTEM, campaign=cast.campaign, place=place, **{**given, **more})


@pytest.fixture
def point(cast: Cast) -> ServicePoint:
    return made(cast, "虹康绿地")


def now(point: ServicePoint) -> ServicePoint:
    return ServicePoint.objects.get(pk=point.pk)


def test_words_typed_by_hand_become_posts_and_stock() -> None:
    assert rules.posts_of("采样，2\n\n登记") == [{"name": "采样", "people": 2}, {"name": "登记", "people": 1}]
    stock = rules.stock_of("采样管，支，1200，300\n口罩, 只, 50")
    assert stock == {
        "采样管": {"have": 1200, "low": 300, "unit": "支"},
        "口罩": {"have": 50, "low": 0, "unit": "只"},
    }
    assert rules.stock_of(rules.stock_text(stock)) == stock
    for wrong in ("，2", "采样，两", "采样，0", "a，1，1"):
        with pytest.raises(ValueError, match="，"):
            rules.posts_of(wrong)
    for wrong in ("管，支，多", "管\n管", "管，支，1，2，3", "，支，1"):
        with pytest.raises(ValueError, match="管|支"):
            rules.stock_of(wrong)


@pytest.mark.parametrize("limit", [0, 1, 50, 200, 499, 500, 5000])
def test_one_touch_covers_the_line_and_one_above_its_limit(limit: int) -> None:
    counts = rules.quick_counts(limit)
    assert counts[0] == 0 and counts == sorted(set(counts)) and len(counts) <= 12
    assert limit == 0 or limit >= 500 or counts[-1] > limit


def test_the_list_has_what_is_over_first_and_filters(cast: Cast, point: ServicePoint, signed_in: Any) -> None:
    quiet = made(cast, "安静点", DEHUA)
    ended = made(cast, "旧点")
    points.end_point(by=SYSTEM, point=ended)
    points.report_point(by=SYSTEM, point=quiet, queue=3, stock={"采样管": -30})
    points.report_point(by=SYSTEM, point=point, queue=77)
    client = signed_in(cast.nanxiang)
    page = client.get(LIST).content.decode()
    assert page.index("虹康绿地") < page.index("安静点") and "旧点" not in page
    assert "排队超限" in page and "采样管" in page
    assert "安静点" not in client.get(LIST + "?over=1").content.decode()
    assert "虹康绿地" not in client.get(LIST + "?q=安静").content.decode()
    assert "旧点" in client.get(LIST + "?status=ended").content.decode()
    assert "虹康绿地" not in client.get(f"{LIST}?area={DEHUA}").content.decode()
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        assert "虹康绿地" in client.get(LIST + "?stale=1").content.decode()
    assert "虹康绿地" not in client.get(LIST + "?stale=1").content.decode()
    assert "虹康绿地" in client.get(LIST + "?export=csv").getvalue().decode("utf-8-sig")


def test_the_list_asks_the_store_no_more_for_more_points(
    cast: Cast, point: ServicePoint, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.nanxiang)
    client.get(LIST)
    for number in range(20):
        made(cast, f"点{number}")
    with django_assert_max_num_queries(20):
        client.get(LIST)


def test_a_neighbour_sees_nothing(cast: Cast, point: ServicePoint, signed_in: Any) -> None:
    client = signed_in(cast.jiangqiao)
    assert "虹康绿地" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{point.id}/").status_code == 404
    assert client.post(f"{LIST}{point.id}/report/", {"queue": 1}).status_code == 404
    assert client.post(f"{LIST}{point.id}/step/end/").status_code == 404
    assert signed_in(cast.passer_by).get(LIST).status_code == 403


def test_the_page_says_the_line_the_stock_and_who_is_there(
    cast: Cast, point: ServicePoint, signed_in: Any
) -> None:
    set_shift(
        by=SYSTEM, unit=cast.units["nxz"], person=cast.nanxiang, starts_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(hours=8),
    )  # fmt: skip
    points.report_point(by=cast.xuncha, point=point, queue=60, served=120, stock={"采样管": -50})
    page = signed_in(cast.nanxiang).get(f"{LIST}{point.id}/").content.decode()
    for words in ("排队，超过上限", "该补了", "采样 × 2", "chart-plot", "现在值班", "撤销上一次上报", "约等"):
        assert words in page, words
    assert (
        "这一天没有上报" in signed_in(cast.nanxiang).get(f"{LIST}{point.id}/?day=2021-09-01").content.decode()
    )
    assert signed_in(cast.nanxiang).get(f"{LIST}{point.id}/?day=nonsense").status_code == 200


def test_one_touch_reports_and_is_taken_back(cast: Cast, point: ServicePoint, signed_in: Any) -> None:
    client = signed_in(cast.xuncha)
    assert "quick-counts" in client.get(f"{LIST}{point.id}/report/").content.decode()
    answer = client.post(f"{LIST}{point.id}/report/", {"queue": "40", "then": "stay"})
    assert answer.status_code == 302 and answer["Location"].endswith("/report/")
    assert now(point).queue == 40
    said = PointReport.objects.get()
    client.post(f"{LIST}{point.id}/reports/{said.id}/undo/")
    assert now(point).queue is None
    assert client.post(f"{LIST}{point.id}/reports/{ids.new()}/undo/").status_code == 404


def test_a_report_with_stock_and_its_refusals(cast: Cast, point: ServicePoint, signed_in: Any) -> None:
    client = signed_in(cast.xuncha)
    url = f"{LIST}{point.id}/report/"
    client.post(url, {"queue": "5", "served": "60", "used_0": "30", "in_0": "10"})
    row = now(point)
    assert (row.queue, row.served, row.stock["采样管"]["have"]) == (5, 60, 80)
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"queue": "-1"}).status_code == 422
    refused = client.post(url, {"used_0": "999"})
    assert refused.status_code == 422 and "没有这么多库存" in refused.content.decode()
    assert signed_in(cast.zhihui).post(url, {"queue": "1"}).status_code == 403


def test_what_came_in_by_mistake_and_was_used_cannot_be_taken_back(
    cast: Cast, point: ServicePoint, signed_in: Any
) -> None:
    came = points.report_point(by=cast.xuncha, point=point, stock={"采样管": 50})
    points.report_point(by=cast.xuncha, point=point, stock={"采样管": -140})
    with pytest.raises(Problem) as refused:
        points.withdraw_report(by=cast.xuncha, report=came)
    assert refused.value.code == "point.stock_short"
    answer = signed_in(cast.xuncha).post(f"{LIST}{point.id}/reports/{came.id}/undo/", follow=True)
    assert answer.status_code == 200 and "没有这么多库存" in answer.content.decode()


def test_opened_from_a_place_changed_paused_resumed_ended(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.nanxiang)
    place = cast.places["NX-001"]
    assert "南翔老街" in client.get(LIST + "new/?q=老街").content.decode()
    assert "设立服务点" in client.get(f"/street/places/{place.id}/").content.decode()
    said = {
        "kind": "supply",
        "lanes": "3",
        "per_hour": "40",
        "limit": "",
        "public": "on",
        "posts": "发放，2",
        "stock": "口罩，只，500，100",
    }
    assert client.post(f"{LIST}new/?place={place.id}", {**said, "stock": "口罩，只，多"}).status_code == 422
    answer = client.post(f"{LIST}new/?place={place.id}", said)
    row = ServicePoint.objects.get(place=place)
    assert answer["Location"] == f"{LIST}{row.id}/"
    assert (row.lanes, row.limit, row.stock["口罩"]["low"]) == (3, 0, 100)
    client.post(f"{LIST}{row.id}/edit/", {**said, "limit": "30", "version": "1"})
    assert now(row).limit == 30
    assert client.post(f"{LIST}{row.id}/edit/", {**said, "limit": "31", "version": "1"}).status_code == 422
    client.post(f"{LIST}{row.id}/step/pause/", {"reason": ""})
    assert now(row).status == "open"
    client.post(f"{LIST}{row.id}/step/pause/", {"reason": "雷雨"})
    assert "雷雨" in client.get(f"{LIST}{row.id}/").content.decode()
    assert client.get(f"{LIST}{row.id}/report/").status_code == 302
    client.post(f"{LIST}{row.id}/step/resume/")
    client.post(f"{LIST}{row.id}/step/end/")
    assert now(row).status == "ended"
    assert client.post(f"{LIST}{row.id}/step/nonsense/").status_code == 404
    assert signed_in(cast.xuncha).get(LIST + "new/").status_code == 403


def test_whoever_is_on_duty_is_told_else_the_office(cast: Cast, point: ServicePoint) -> None:
    set_shift(
        by=SYSTEM, unit=cast.units["nxz"], person=cast.nanxiang, starts_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(hours=8),
    )  # fmt: skip
    points.report_point(by=cast.xuncha, point=point, queue=80)
    told = Notice.objects.get(kind="queue_over")
    assert (told.person_id, told.details["queue"]) == (cast.nanxiang.pk, 80)
    nobody = made(cast, "无单位", unit=None)
    points.report_point(by=cast.xuncha, point=nobody, queue=90)
    assert Notice.objects.filter(kind="queue_over", person=cast.jinbo).count() == 1


def test_the_api_lists_reports_and_draws_the_day(cast: Cast, point: ServicePoint, signed_in: Any) -> None:
    made(cast, "江桥点", JIANGQIAO)
    client = signed_in(cast.nanxiang)
    found = client.get("/api/points?kind=sampling").json()["items"]
    assert [(row["name"], row["fresh"], row["wait_minutes"]) for row in found] == [("虹康绿地", False, None)]

    def post(**body: Any) -> Any:
        return client.post(
            f"/api/points/{point.id}/reports", json.dumps(body), content_type="application/json"
        )

    said = post(queue=59, stock={"采样管": -30})
    assert said.status_code == 201 and said.json()["queue"] == 59
    one = client.get(f"/api/points/{point.id}").json()
    assert (one["wait_minutes"], one["over_limit"], one["low"]) == (30, True, ["采样管"])
    assert [row["name"] for row in client.get("/api/points?over=true").json()["items"]] == ["虹康绿地"]
    assert client.get("/api/points?over=false").json()["items"] == []
    curve = client.get(f"/api/points/{point.id}/curve").json()
    assert {hour["hour"]: hour["queue"] for hour in curve["hours"]}[9] == 59 and len(curve["reports"]) == 1
    assert post().json()["code"] == "point.nothing_said"
    assert post(queue=-1).status_code == 422
    assert signed_in(cast.jiangqiao).get(f"/api/points/{point.id}").status_code == 404


def item(point: ServicePoint, **payload: Any) -> outbox.Item:
    payload.setdefault("point", str(point.id))
    return outbox.Item(id=ids.new(), kind="queue", payload=payload, at=clock.now(), sent_at=clock.now())


def test_a_phone_reports_once_however_often_it_sends(cast: Cast, point: ServicePoint) -> None:
    from guatu.phone.kinds import Said
    from guatu.phone.point_kinds import queue

    assert outbox.KINDS["queue"] is queue
    done = queue(
        cast.xuncha, {"point": str(point.id), "queue": 12, "stock": {"采样管": -5}}, Said(at=clock.now())
    )
    assert done["sentence"] == "虹康绿地已上报，排队 12 人。"
    assert (now(point).queue, now(point).stock["采样管"]["have"]) == (12, 95)
    for wrong in (
        {"queue": "12"},
        {"queue": 1, "stock": []},
        {"stock": {"采样管": 1.5}},
        {"point": "x", "queue": 1},
    ):
        with pytest.raises(Problem) as refused:
            queue(cast.xuncha, {"point": str(point.id), **wrong}, Said(at=clock.now()))
        assert refused.value.code in ("phone.bad_item", "point.nothing_said"), wrong
    with pytest.raises(Problem) as missing:
        queue(cast.jiangqiao, {"point": str(point.id), "queue": 1}, Said(at=clock.now()))
    assert missing.value.code == "phone.missing"
