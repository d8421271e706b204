"""Columns, values, parting: every branch."""

import datetime as dt

import pytest

from guatu.kernel.clock import ZONE
from guatu.registers import rules
from guatu.registers.rules import Column, ColumnError, ValueFault


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ([], "none"),
        ([{"key": "Name", "label": "名"}], "key"),
        ([{"key": "name", "label": " "}], "label"),
        ([{"key": "name", "label": "名", "type": "poem"}], "type"),
        ([{"key": "name", "label": "名", "type": "choice"}], "choices"),
        ([{"key": "name", "label": "名", "personal": True, "counted": True}], "counted"),
        ([{"key": "a", "label": "名"}, {"key": "a", "label": "姓"}], "twice"),
        ([{"key": "a", "label": "名"}, {"key": "b", "label": "名"}], "twice"),
    ],
)
def test_bad_declarations(columns: list[dict[str, object]], why: str) -> None:
    with pytest.raises(ColumnError) as wrong:
        rules.read_columns(columns)
    assert wrong.value.why == why


def test_columns_survive_the_way_into_the_store() -> None:
    column = Column("trade", "行业", "Trade", "choice", counted=True, choices=("汽车", "食品"))
    assert rules.read_columns([column.as_data()]) == (column,)


@pytest.mark.parametrize(
    ("key", "title", "why"),
    [("x", "name", "key_field"), ("name", "x", "title_field"), ("phone", "name", "key_required")],
)
def test_key_and_title_are_columns(key: str, title: str, why: str) -> None:
    columns = (Column("name", "姓名", required=True), Column("phone", "电话"))
    rules.check_register(columns, "name", "phone")
    with pytest.raises(ColumnError) as wrong:
        rules.check_register(columns, key, title)
    assert wrong.value.why == why


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  甲  ", "甲"),
        ("text", None, ""),
        ("text", "１２３", "１２３"),  # what people write stays; only blanks at the ends go
        ("number", "1,234.50", "1234.5"),
        ("number", "0", "0"),
        ("number", "１２", "12"),
        ("number", 39.16, "39.16"),
        ("date", "2021年9月6日", "2021-09-06"),
        ("date", "2021/9/6 00:00", "2021-09-06"),
        ("date", dt.datetime(2021, 9, 6, 9, tzinfo=ZONE), "2021-09-06"),
        ("yes", True, "是"),
        ("yes", False, "否"),
        ("yes", "Y", "是"),
        ("yes", "无", "否"),
        ("choice", " 汽车 ", "汽车"),
        ("phone", "+86 138-1234-5678", "13812345678"),
        ("phone", "(021) 59521234", "02159521234"),
        ("id_card", "11010519491231002x", "11010519491231002X"),
        ("id_card", "110105491231002", "110105491231002"),
        ("credit_code", "91350100m000100y43", "91350100M000100Y43"),
    ],
)
def test_one_spelling(kind: str, given: object, kept: str) -> None:
    assert rules.normal(Column("c", "列", type=kind, choices=("汽车", "食品")), given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        ("text", "甲" * 501, "too_long"),
        ("text", "甲\x00", "broken"),
        ("number", "三", "number"),
        ("number", "NaN", "number"),
        ("number", "1e20", "number"),
        ("date", "昨天", "date"),
        ("date", "2021-13-01", "date"),
        ("yes", "也许", "yes"),
        ("choice", "航天", "choice"),
        ("phone", "没有", "phone"),
        ("id_card", "123", "id_card"),
        ("id_card", "110105194912310021", "id_card"),
        ("id_card", "11010519491331002X", "id_card"),
        ("credit_code", "91350100M000100Y4", "credit_code"),
        ("credit_code", "91350100M000100YO3", "credit_code"),
    ],
)
def test_values_that_cannot_stand(kind: str, given: object, why: str) -> None:
    with pytest.raises(ValueFault, match=why):
        rules.normal(Column("c", "列", type=kind, choices=("汽车",)), given)


def test_required_is_required() -> None:
    with pytest.raises(ValueFault, match="required"):
        rules.normal(Column("c", "列", required=True), "  ")


def test_parting_keeps_personal_values_apart() -> None:
    columns = (
        Column("id", "证", personal=True, required=True),
        Column("name", "名", personal=True),
        Column("badge", "类", counted=True),
    )
    found = rules.part(columns, {"id": "1", "name": "张", "badge": "采购商"}, "id", "name")
    assert (found.fields, found.personal) == ({"badge": "采购商"}, {"id": "1", "name": "张"})
    assert (found.key, found.key_is_personal, found.title) == ("1", True, "")
    assert rules.counted(columns, {"badge": "采购商", "id": "1"}) == {"badge": "采购商"}
    assert rules.counted(columns, {}) == {}
