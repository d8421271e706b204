"""Dates, times and figures as an office writes them."""

import datetime as dt
from decimal import Decimal

import pytest

from guatu.kernel.clock import ZONE
from guatu.kit import formats

NOW = dt.datetime(2021, 9, 16, 9, 0, tzinfo=ZONE)
TODAY = NOW.date()


def test_it_writes_days_and_moments_in_both_languages():
    assert formats.day(TODAY) == "2021年9月16日"
    assert formats.day(TODAY, "en") == "16 Sep 2021"
    assert formats.moment(NOW.replace(hour=14, minute=5)) == "2021年9月16日 14:05"
    assert formats.moment(NOW, "en") == "16 Sep 2021 09:00"
    assert formats.short_day(dt.date(2021, 11, 5), TODAY) == "11月5日"
    assert formats.short_day(dt.date(2022, 1, 1), TODAY, "en") == "1 Jan 2022"
    assert formats.short_day(dt.date(2021, 1, 1), TODAY, "en") == "1 Jan"
    assert formats.short_moment(NOW, TODAY) == "9月16日 09:00"


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        (0, "刚刚", "just now"),
        (-3, "3 小时前", "3 hours ago"),
        (-1, "1 小时前", "1 hour ago"),
        (49, "2 天后", "in 2 days"),
        (0.5, "30 分钟后", "in 30 minutes"),
    ],
)
def test_relative_times(hours, zh, en):
    moment = NOW + dt.timedelta(hours=hours)
    assert formats.relative(moment, NOW) == zh
    assert formats.relative(moment, NOW, "en") == en


def test_short_spans_say_so():
    assert formats.span(dt.timedelta(seconds=59)) == "不到 1 分钟"
    assert formats.span(dt.timedelta(seconds=1), "en") == "less than a minute"


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (0, "今天", "today"),
        (1, "明天", "tomorrow"),
        (-1, "昨天", "yesterday"),
        (5, "5 天后", "in 5 days"),
        (-3, "3 天前", "3 days ago"),
    ],
)
def test_relative_days(days, zh, en):
    day = TODAY + dt.timedelta(days=days)
    assert formats.relative_day(day, TODAY) == zh
    assert formats.relative_day(day, TODAY, "en") == en


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        (0, "0"),
        (12345, "12,345"),
        (True, "1"),
        (False, "0"),
        (Decimal("39.16"), "39.16"),
        (Decimal("19056.00"), "19,056"),
        (Decimal("NaN"), "—"),
        (0.1, "0.1"),
        ("约 900", "约 900"),
    ],
)
def test_numbers(value, text):
    assert formats.number(value) == text


def test_a_rate_rounds_half_up_and_has_no_value_without_denominator():
    assert formats.percent(252, 297) == 85
    assert formats.percent(1, 8) == 13  # 12.5
    assert formats.percent(0, 5) == 0
    assert formats.percent(3, 0) is None
    assert formats.percent(None, 5) is None


def test_sizes_and_differences():
    assert [formats.size(n) for n in (512, 34_816, 2_202_010)] == ["512 B", "34 KB", "2.1 MB"]
    assert [formats.difference(n) for n in (3, -2, 0, Decimal("-0.5"))] == ["+3", "−2", "±0", "−0.5"]


def test_an_axis_has_room_for_short_days():
    assert [formats.axis_day(one) for one in (TODAY, "2021-09-16", "第一周", 3)] == [
        "9/16",
        "9/16",
        "第一周",
        "3",
    ]
