"""What cells mean, which column is which field, where the headings stand."""

import datetime as dt
from decimal import Decimal

import pytest

from guatu.files import rules


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), (3.0, "3"), (39.16, "39.16"), (1e20, "1e+20"), (True, "是"), (False, "否"), ("　南翔 镇\u00a0", "南翔 镇"),
        (dt.datetime(2021, 9, 16), "2021-09-16"), (dt.datetime(2021, 9, 16, 8, 5), "2021-09-16 08:05"),
        (dt.date(2021, 9, 16), "2021-09-16"), (dt.time(8, 5), "08:05:00"), ("a\r\nb\rc", "a\nb\nc"), (7, "7"),
    ],
)  # fmt: skip
def test_a_cell_as_text(cell, text):
    assert rules.as_text(cell) == text


def test_broken_cells():
    assert rules.is_broken("#n/a")
    assert rules.is_broken("a\x00b")
    assert not rules.is_broken("正常")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("120", 120), ("1,234.5", "1234.5"), ("１２３", 123), ("-3", -3), (".5", "0.5"), ("1e3", 1000), ("12 340", 12340),
        ("1,23", None), ("三", None), ("12吨", None), ("", None),
    ],
)  # fmt: skip
def test_numbers(text, number):
    assert rules.as_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-09-16", (2021, 9, 16)), ("2021/9/6", (2021, 9, 6)), ("2021年9月16日", (2021, 9, 16)), ("20210916", (2021, 9, 16)),
        ("44455", (2021, 9, 16)), ("2021-09-16 08:00", (2021, 9, 16)), ("2021-09-16T08:00:01", (2021, 9, 16)),
        ("2021-02-30", None), ("20211340", None), ("2021-09-16 前后", None), ("下周", None), ("12", None),
    ],
)  # fmt: skip
def test_days(text, day):
    assert rules.as_day(text) == (dt.date(*day) if day else None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-09-16 14:05", (2021, 9, 16, 14, 5)), ("2021年9月16日14时5分", (2021, 9, 16, 14, 5)), ("2021-09-16", (2021, 9, 16)),
        ("44455.5", (2021, 9, 16, 12, 0)), ("2021-09-16 25:00", None), ("昨天", None), ("2021-09-16T14:05:30.123", (2021, 9, 16, 14, 5, 30)),
        ("20210916", (2021, 9, 16)),
    ],
)  # fmt: skip
def test_moments(text, moment):
    assert rules.as_moment(text) == (dt.datetime(*moment) if moment else None)


def test_yes_and_no():
    assert [rules.as_yes(text) for text in ("是", "√", "Y", "否", "×", "也许")] == [
        True, True, True, False, False, None,
    ]  # fmt: skip


def test_headings():
    assert rules.plain_heading(" 点位_名称*（必填）") == "点位名称"
    assert rules.unique_headings(["编号", None, "编号", " 备 注\n"]) == ["编号", "[B]", "编号 (2)", "备 注"]
    assert [rules.column_letter(number) for number in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


def test_columns_are_suggested_exact_names_first():
    fields = [("name", ("名称", "Name")), ("place", ("点位名称",)), ("x", ("经度", "x"))]
    assert rules.suggest(["点位名称*", "名称", "经度(°)", "备注"], fields) == {
        "name": "名称", "place": "点位名称*", "x": "经度(°)",
    }  # fmt: skip
    assert rules.suggest(["场所名称说明"], fields) == {"name": "场所名称说明"}
    assert rules.suggest(["xyz"], [("x", ("x", ""))]) == {}


def test_the_heading_line_is_found_below_a_title():
    lines = [["嘉定区点位表", None], [], ["编号", "名称"], ["1", "国展"]]
    assert rules.heading_line(lines, ["名称", "编号"]) == 2
    assert rules.heading_line([["", ""], ["甲", "乙"]]) == 1
    assert rules.heading_line([["只有标题", ""], ["", ""]]) == 0
    assert rules.heading_line([[None], []]) == -1
    assert rules.heading_line([["一列"], ["值"]]) == 0


def test_steps():
    assert rules.may_step("apply", "checked")
    assert rules.may_step("apply", "applying")
    assert not rules.may_step("apply", "applied")
    assert not rules.may_step("undo", "draft")
