"""Service points: the wait, the limit and who is told, stock, the shortest line, a slip of the finger taken back."""

import datetime as dt
from typing import Any

import pytest

from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.places.models import Place
from guatu.venues.acts import points
from guatu.venues.models import PointReport, ServicePoint
from guatu.venues.reads import points as reads
from guatu.venues.rules import points as rules
from tests.cast import GUYIYUAN, Cast
from tests.venues.test_codes import refused

NOW = dt.datetime(2021, 9, 16, 10, 0, tzinfo=clock.ZONE)


def test_the_wait_counts_whoever_joins_the_line() -> None:
    assert rules.wait_minutes(0, 1, 60) == 1
    assert rules.wait_minutes(59, 1, 60) == 60
    assert rules.wait_minutes(59, 4, 60) == 15
    assert rules.wait_minutes(None, 1, 60) is None
    assert rules.wait_minutes(10, 0, 60) is None


def test_somebody_is_told_when_the_line_goes_over_and_again_while_it_stays() -> None:
    assert not rules.over(50, 50) and rules.over(51, 50) and not rules.over(999, 0)
    assert rules.to_tell(51, 50, None, NOW)
    assert not rules.to_tell(51, 50, NOW - dt.timedelta(minutes=29), NOW)
    assert rules.to_tell(51, 50, NOW - dt.timedelta(minutes=30), NOW)


def test_the_best_point_is_the_one_where_one_is_done_soonest() -> None:
    made = [
        rules.Point("closed", False, 0, True, 1, 10),
        rules.Point("unknown", True, None, False, None, 10),
        rules.Point("far", True, 5, True, 5, 4000),
        rules.Point("near", True, 20, True, 20, 100),
        rules.Point("plain", None, 40, True, 40, None),
    ]
    assert [point.id for point in rules.best_first(made)] == ["near", "plain", "far", "unknown", "closed"]


def test_stock_never_falls_below_nothing() -> None:
    stock = {"采样管": {"have": 100, "low": 30, "unit": "支"}}
    assert rules.stock_after(stock, {"采样管": -70})["采样管"]["have"] == 30
    assert rules.low(rules.stock_after(stock, {"采样管": -70})) == ["采样管"]
    with pytest.raises(ValueError, match="采样管"):
        rules.stock_after(stock, {"采样管": -101})
    with pytest.raises(KeyError):
        rules.stock_after(stock, {"口罩": 1})
    assert rules.wrong_stock({"a": {"have": "x"}}) == "a"
    assert rules.wrong_stock({" ": {"have": 1}}) == " "
    assert rules.wrong_stock(stock) == ""


def test_the_curve_of_a_day_has_the_longest_line_of_each_hour() -> None:
    said = [(NOW, 10), (NOW.replace(minute=30), 25), (NOW.replace(hour=12), None)]
    assert dict(rules.curve(said))[10] == 25
    assert dict(rules.curve(said))[12] is None
    assert len(rules.curve(said)) == 17


@pytest.fixture
def park(cast: Cast) -> Place:
    return Place.objects.create(
        home="310114102", number="D-1", kind="service", name="虹康绿地采样点", area=GUYIYUAN, opening_hours="08:00-20:00",
        lon=121.32, lat=31.29,
    )  # fmt: skip


@pytest.fixture
def point(cast: Cast, park: Place) -> ServicePoint:
    return points.open_point(
        by=cast.nanxiang, campaign=cast.campaign, place=park, kind="sampling", limit=50, lanes=2, per_hour=60,
        unit=cast.units.get("nxz"), stock={"采样管": {"have": 100, "low": 30, "unit": "支"}},
    )  # fmt: skip


def now(point: ServicePoint) -> ServicePoint:
    return ServicePoint.objects.get(pk=point.pk)


def test_a_report_changes_the_line_the_count_and_the_stock(cast: Cast, point: ServicePoint) -> None:
    points.report_point(by=cast.xuncha, point=point, queue=30, served=120, stock={"采样管": -60})
    row = now(point)
    assert (row.queue, row.served, row.stock["采样管"]["have"], row.over_since) == (30, 120, 40, None)
    points.report_point(by=cast.xuncha, point=point, queue=51)
    assert now(point).over_since is not None
    assert Act.objects.filter(verb="point.over_limit").count() == 1
    points.report_point(by=cast.xuncha, point=point, queue=60)
    assert Act.objects.filter(verb="point.over_limit").count() == 1  # told a moment ago
    points.report_point(by=cast.xuncha, point=point, queue=10)
    assert now(point).over_since is None and now(point).told_at is None


def test_an_older_word_enters_the_curve_and_not_the_present(cast: Cast, point: ServicePoint) -> None:
    points.report_point(by=cast.xuncha, point=point, queue=30)
    points.report_point(by=cast.xuncha, point=point, queue=99, at=clock.now() - dt.timedelta(hours=1))
    assert now(point).queue == 30
    assert max(queue or 0 for _, queue in reads.curve_of(point, clock.today())) == 99
    assert not Act.objects.filter(verb="point.over_limit").exists()


def test_a_slip_of_the_finger_is_taken_back(cast: Cast, point: ServicePoint) -> None:
    points.report_point(by=cast.xuncha, point=point, queue=20, served=10)
    slip = points.report_point(by=cast.xuncha, point=point, queue=2000, served=900, stock={"采样管": -50})
    points.withdraw_report(by=cast.xuncha, report=slip)
    points.withdraw_report(by=cast.xuncha, report=PointReport.objects.get(pk=slip.pk))
    row = now(point)
    assert (row.queue, row.served, row.stock["采样管"]["have"], row.over_since) == (20, 10, 100, None)


def test_paused_resumed_and_ended(cast: Cast, point: ServicePoint) -> None:
    refused("point.reason_needed", points.pause_point, by=cast.nanxiang, point=point, reason=" ")
    paused = points.pause_point(by=cast.nanxiang, point=point, reason="雷雨")
    refused("point.not_open", points.report_point, by=cast.xuncha, point=point, queue=1)
    refused("point.wrong_step", points.pause_point, by=cast.nanxiang, point=paused, reason="再停")
    assert points.resume_point(by=cast.nanxiang, point=paused).status == "open"
    ended = points.end_point(by=cast.nanxiang, point=now(point))
    assert reads.shortest() == []
    assert points.resume_point(by=cast.nanxiang, point=ended).status == "open"


def test_refusals(cast: Cast, park: Place, point: ServicePoint) -> None:
    said: dict[str, Any] = {"by": cast.nanxiang, "campaign": cast.campaign, "place": park, "kind": "sampling"}
    refused("point.number_taken", points.open_point, **said, number=point.number)
    refused("point.bad_value", points.open_point, **{**said, "kind": "bakery"})
    refused("point.bad_value", points.open_point, **said, lanes=0)
    refused("point.bad_value", points.open_point, **said, limit=-1)
    refused("point.bad_value", points.open_point, **said, stock={"a": {"have": -1}})
    refused("access.denied", points.open_point, **{**said, "by": cast.xuncha})
    refused("point.nothing_said", points.report_point, by=cast.xuncha, point=point)
    refused("point.bad_value", points.report_point, by=cast.xuncha, point=point, queue=-1)
    refused(
        "point.bad_value",
        points.report_point,
        by=cast.xuncha,
        point=point,
        queue=1,
        at=clock.now() + dt.timedelta(hours=1),
    )
    refused("point.stock_short", points.report_point, by=cast.xuncha, point=point, stock={"采样管": -101})
    refused("point.unknown_item", points.report_point, by=cast.xuncha, point=point, stock={"口罩": 1})
    refused("access.denied", points.change_point, by=cast.xuncha, point=point, changes={"limit": 9})
    park.closed_on = clock.today()
    park.save()
    refused("point.place_gone", points.open_point, **said)


def test_a_change_is_checked_and_told(cast: Cast, point: ServicePoint) -> None:
    changed = points.change_point(by=cast.nanxiang, point=point, changes={"limit": 80, "lanes": 2})
    assert (changed.limit, Act.objects.get(verb="point.changed").details["changed"]) == (80, ["limit"])
    refused(
        "kernel.stale", points.change_point, by=cast.nanxiang, point=changed, changes={"limit": 1}, version=1
    )


def test_where_the_shortest_line_is(cast: Cast, point: ServicePoint) -> None:
    other = Place.objects.create(
        home="310114102",
        number="D-2",
        kind="service",
        name="林泉采样点",
        area=GUYIYUAN,
        opening_hours="08:00-20:00",
    )
    second = points.open_point(by=cast.nanxiang, campaign=cast.campaign, place=other, kind="sampling")
    points.open_point(by=cast.nanxiang, campaign=cast.campaign, place=other, kind="supply", public=False)
    points.report_point(by=cast.xuncha, point=point, queue=40)
    points.report_point(by=cast.xuncha, point=second, queue=5)
    found = reads.shortest("sampling", now=clock.now().replace(hour=max(clock.now().hour, 9)))
    assert [line.row.pk for line in found] == [second.pk, point.pk]
    assert (found[0].wait, found[1].wait) == (6, 21)
    later = reads.shortest("sampling", now=clock.now() + dt.timedelta(minutes=50))
    assert [line.queue for line in later] == [None, None]  # nobody counted lately
    night = reads.shortest("sampling", now=clock.now().replace(hour=23))
    assert [line.open for line in night] == [False, False]
    near = reads.shortest("sampling", here=(121.32, 31.29), now=clock.now())
    assert {line.row.pk: line.metres for line in near}[point.pk] == pytest.approx(0, abs=1)
