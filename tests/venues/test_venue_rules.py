"""Venues without a store: lines in front of points, their stock and posts, dated rules of scans, codes."""

import base64
import datetime as dt
from decimal import Decimal

import pytest

from guatu.venues.rules import codes, points, scans

NOON = dt.datetime(2021, 9, 16, 12, 0)
DAY = dt.date(2021, 9, 16)


# --- points --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queue", "lanes", "per_hour", "minutes"),
    [
        (0, 1, 60, 1),  # oneself is served too
        (59, 2, 30, 60),
        (60, 2, 30, 61),
        (10, 3, 40, 6),  # five and a half are six
        (None, 2, 30, None),
        (5, 0, 30, None),
        (5, 2, 0, None),
    ],
)
def test_the_wait_counts_whoever_joins_now(
    queue: int | None, lanes: int, per_hour: int, minutes: int | None
) -> None:
    assert points.wait_minutes(queue, lanes, per_hour) == minutes


def test_a_count_grows_stale() -> None:
    assert points.fresh(NOON - points.STALE, NOON)
    assert not points.fresh(NOON - points.STALE - dt.timedelta(seconds=1), NOON)
    assert not points.fresh(None, NOON)


def test_a_line_over_its_limit_is_told_and_told_again() -> None:
    assert points.over(51, 50)
    assert not points.over(50, 50)
    assert not points.over(51, 0)
    assert not points.over(None, 50)
    assert points.to_tell(51, 50, None, NOON)
    assert not points.to_tell(51, 50, NOON - dt.timedelta(minutes=29), NOON)
    assert points.to_tell(51, 50, NOON - dt.timedelta(minutes=30), NOON)
    assert not points.to_tell(50, 50, None, NOON)


def test_the_best_point_is_the_one_at_which_one_is_done_first() -> None:
    listed = [
        points.Point("closed", False, 0, True, 1, 10.0),
        points.Point("uncounted far", True, None, False, None, 900.0),
        points.Point("uncounted near", None, None, False, None, 100.0),
        points.Point("stale", True, 0, False, 1, 500.0),
        points.Point("short but far", True, 5, True, 10, 4000.0),
        points.Point("long but near", True, 20, True, 40, 80.0),
        points.Point("here", True, 8, True, 41),
        points.Point("also here", True, 8, True, 41),
    ]
    assert [each.id for each in points.best_first(listed)] == [
        "also here", "here", "long but near", "short but far", "uncounted near", "stale", "uncounted far", "closed",
    ]  # fmt: skip


def test_stock_comes_in_and_is_used_up() -> None:
    before: dict[str, dict[str, object]] = {
        "采样管": {"have": 100, "low": 20, "unit": "支"},
        "口罩": {"low": 5},
    }
    after = points.stock_after(before, {"采样管": -80, "口罩": 6})
    assert after == {"采样管": {"have": 20, "low": 20, "unit": "支"}, "口罩": {"have": 6, "low": 5}}
    assert before["采样管"]["have"] == 100
    assert points.low(after) == ["采样管"]
    assert points.low(before) == ["口罩"]
    assert points.stock_after(after, {"采样管": -20})["采样管"]["have"] == 0
    with pytest.raises(ValueError, match="采样管"):
        points.stock_after(after, {"采样管": -21})
    with pytest.raises(KeyError, match="帐篷"):
        points.stock_after(after, {"帐篷": 1})


@pytest.mark.parametrize(
    ("stock", "wrong"),
    [
        ({}, ""),
        ({"采样管": {"have": 0, "low": "3"}, "口罩": {}}, ""),
        ({"采样管": {"have": 1}, "口罩": {"have": -1}}, "口罩"),
        ({"口罩": {"have": 1, "low": -1}}, "口罩"),
        ({"口罩": {"have": "很多"}}, "口罩"),
        ({"": {"have": 1}}, "—"),
    ],
)
def test_figures_of_stock_that_cannot_be(stock: dict[str, dict[str, object]], wrong: str) -> None:
    assert points.wrong_stock(stock) == wrong


def test_a_day_shows_the_longest_line_of_each_hour() -> None:
    told = [
        (NOON, 12),
        (NOON + dt.timedelta(minutes=20), 30),
        (NOON + dt.timedelta(minutes=40), 25),
        (NOON + dt.timedelta(hours=1), None),
        (NOON + dt.timedelta(hours=2), 0),
        (NOON - dt.timedelta(hours=9), 7),  # outside of the hours shown
    ]
    assert points.curve(told, first=11, last=14) == [(11, None), (12, 30), (13, None), (14, 0)]
    assert [hour for hour, _queue in points.curve([])] == list(range(6, 23))


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        (0, [0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 120]),
        (50, [0, 5, 10, 20, 30, 40, 50, 60, 80]),
        (100, [0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 120, 150]),
        (200, [0, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 500]),
        (400, [0, 30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 500]),
    ],
)
def test_a_touch_reports_a_line_near_its_limit(limit: int, shown: list[int]) -> None:
    assert points.quick_counts(limit) == shown


def test_few_touches_keep_nobody_and_the_longest() -> None:
    assert points.quick_counts(50, most=4) == [0, 50, 60, 80]


def test_lines_are_cut_at_commas_of_either_language() -> None:
    assert points.lines_of("采样， 2\n\n ，\n登记、1\n扫码\t3;x；y, z\n") == [
        ["采样", "2"],
        ["登记", "1"],
        ["扫码", "3", "x", "y", "z"],
    ]


def test_posts_are_read_as_they_are_written() -> None:
    found = points.posts_of(f"采样，2\n登记\n引导，\n{'长' * 50},1000")
    assert found == [
        {"name": "采样", "people": 2},
        {"name": "登记", "people": 1},
        {"name": "引导", "people": 1},
        {"name": "长" * 40, "people": 1000},
    ]
    assert points.posts_of(points.posts_text(found)) == found
    assert points.posts_text([{}]) == "，1"


@pytest.mark.parametrize("line", ["，2", "采样，两", "采样，0", "采样，1001", "采样，-1", "采样，2，3"])
def test_a_post_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=f"^{line}$"):
        points.posts_of(f"登记，1\n{line}")


def test_stock_is_read_as_it_is_written() -> None:
    found = points.stock_of("采样管，支，1200，300\n口罩，盒\n帐篷")
    assert found == {
        "采样管": {"have": 1200, "low": 300, "unit": "支"},
        "口罩": {"have": 0, "low": 0, "unit": "盒"},
        "帐篷": {"have": 0, "low": 0, "unit": ""},
    }
    assert points.stock_of(points.stock_text(found)) == found
    assert points.stock_text({"口罩": {}}) == "口罩，，0，0"


@pytest.mark.parametrize(
    "line",
    ["，支，1，1", "采样管，支，多，1", "采样管，支，1，少", "登记表，张，1，1", "采样管，支，1，1，1", "采样管，支，12345678，1234567"],
)  # fmt: skip
def test_stock_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=f"^{line}$"):
        points.stock_of(f"登记表，张，5，1\n{line}")


# --- scans ---------------------------------------------------------------------------------------------------------


def rule(name: str, area: str, first: int = 1, last: int = 30, fields: tuple[str, ...] = ()) -> scans.Rule:
    return scans.Rule(name, area, dt.date(2021, 9, first), dt.date(2021, 9, last), fields, 14)


def test_the_narrowest_rule_holds_then_the_latest() -> None:
    wide, narrow, later = rule("w", "310114"), rule("n", "310114102"), rule("l", "310114102", first=10)
    other, past = rule("o", "310115"), rule("p", "310114102001", last=15)
    every = [later, wide, narrow, other, past]
    assert scans.rule_for(every, "310114102001", DAY) is later
    assert scans.rule_for(every, "310114102001", dt.date(2021, 9, 9)) is past
    assert scans.rule_for(every, "310114103", DAY) is wide
    assert scans.rule_for(every, "310116", DAY) is None
    assert scans.rule_for([wide], "310114", dt.date(2021, 9, 30)) is wide
    assert scans.rule_for([wide], "310114", dt.date(2021, 10, 1)) is None


def test_without_a_rule_nothing_is_kept() -> None:
    assert scans.identity(None, {"name": "张三", "phone": "1"}) == ({}, [])


def test_only_what_the_rule_asks_for_is_kept() -> None:
    asked = rule("r", "310114", fields=("name", "phone", "address"))
    given = {"name": f" {'张' * 70} ", "phone": "  ", "id_card": "310", "address": "嘉定"}
    assert scans.identity(asked, given) == ({"name": "张" * 60}, ["phone"])
    assert scans.identity(asked, {"name": "张三", "phone": "138"}) == ({"name": "张三", "phone": "138"}, [])


@pytest.mark.parametrize(
    ("days", "fields", "keep", "wrong"),
    [
        (0, ["name"], 1, ""),
        (366, ["name", "phone"], 90, ""),
        (-1, ["name"], 14, "days"),
        (367, ["name"], 14, "days"),
        (10, [], 14, "fields"),
        (10, ["name", "race"], 14, "fields"),
        (10, ["name"], 0, "keep"),
        (10, ["name"], 91, "keep"),
    ],
)
def test_a_rule_asks_little_and_keeps_it_short(days: int, fields: list[str], keep: int, wrong: str) -> None:
    assert scans.wrong_rule(DAY, DAY + dt.timedelta(days=days), iter(fields), keep) == wrong


def test_the_share_of_those_who_scanned() -> None:
    assert scans.share(1, 3) == Decimal("33.3")
    assert scans.share(5, 4) == Decimal("100.0")
    assert scans.share(0, 4) == 0
    assert scans.share(4, 0) is None


# --- codes ---------------------------------------------------------------------------------------------------------

SEED, OTHER = b"3" * 32, b"4" * 32


def test_a_code_is_good_under_the_key_of_today_and_of_yesterday() -> None:
    serial = codes.serial_of(bytes(range(10)))
    assert codes.SERIAL.match(serial)
    printed = codes.token(serial, SEED)
    keys = [codes.public_key(OTHER), codes.public_key(SEED)]
    assert codes.serial_in(f" {printed}\n", keys) == serial
    assert codes.serial_in(printed, keys[:1]) == ""
    assert codes.serial_in(printed, []) == ""
    with pytest.raises(ValueError, match="ten bytes"):
        codes.serial_of(b"short")


def test_what_is_no_code_is_none() -> None:
    serial = codes.serial_of(b"0123456789")
    keys = [codes.public_key(SEED)]
    signature = codes.token(serial, SEED).partition(".")[2]
    other = codes.serial_of(b"9876543210")
    foreign = base64.urlsafe_b64encode(b"\0" * 64).decode().rstrip("=")
    for text in (
        "", serial, f"{serial}.", f"{serial}.{signature[:-1]}", f"{serial.lower()}.{signature}", f"{other}.{signature}",
        f"{serial}.{foreign}", f"{serial}.{'*' * 86}", f"{serial}.{'é' * 86}",
    ):  # fmt: skip
        assert codes.serial_in(text, keys) == "", text


@pytest.mark.parametrize(
    ("status", "left", "verdict", "renew"),
    [
        ("active", None, "good", False),
        ("active", 0, "good", True),
        ("active", 30, "good", True),
        ("active", 31, "good", False),
        ("active", -1, "ended", True),
        ("ended", 100, "ended", True),
        ("revoked", 10, "revoked", False),
        ("replaced", 10, "ended", False),
        ("applied", None, "ended", False),
    ],
)
def test_what_a_scan_is_worth_and_whether_to_renew(
    status: str, left: int | None, verdict: str, renew: bool
) -> None:
    until = None if left is None else DAY + dt.timedelta(days=left)
    assert codes.verdict_on(status, until, DAY) == verdict
    assert codes.may_renew(status, until, DAY) is renew


def test_a_renewal_loses_no_day() -> None:
    assert codes.next_validity(DAY, 365, None) == (DAY, dt.date(2022, 9, 15))
    assert codes.next_validity(DAY, 1, DAY) == (dt.date(2021, 9, 17), dt.date(2021, 9, 17))
    assert codes.next_validity(DAY, 30, DAY - dt.timedelta(days=1))[0] == DAY


def test_a_line_longer_than_any_usual_one_is_reported_by_touch_too() -> None:
    assert points.quick_counts(500)[-1] == 600
    assert points.quick_counts(1000)[-1] > 1000


def test_a_name_too_long_for_stock_is_told() -> None:
    with pytest.raises(ValueError, match="长"):
        points.stock_of("长" * 41)
