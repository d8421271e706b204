"""What goes into a file: typed, local, and never a formula."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guatu.kit.cells import as_exported, dotted, is_dangerous, safe_cell, safe_text, unsafe_text


def test_it_reads_a_dotted_path():
    row = SimpleNamespace(unit=SimpleNamespace(name="南翔镇", word=lambda: "街镇"), gone=None, facts={"t": 3})
    assert dotted(row, "unit.name") == "南翔镇"
    assert dotted(row, "unit.word") == "街镇"
    assert dotted(row, "gone.name") is None
    assert dotted(row, "facts.t") == 3


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@a", "\tx", "\rx", "  =1", "＝1", '=HYPERLINK("x")'])
def test_what_a_spreadsheet_would_run_is_marked(text):
    assert is_dangerous(text)
    assert safe_text(text) == f"'{text}"


@given(st.text())
def test_safe_text_never_begins_a_formula_and_comes_back(text):
    safe = safe_text(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    if not text.startswith("'"):
        assert unsafe_text(safe) == text


def test_values_keep_their_type():
    moment = dt.datetime(2021, 9, 16, 1, 5, 7, tzinfo=dt.UTC)
    assert as_exported(moment) == dt.datetime(2021, 9, 16, 9, 5, 7)
    assert as_exported(Decimal("39.16")) == Decimal("39.16")
    assert as_exported(dt.date(2021, 9, 16)) == dt.date(2021, 9, 16)
    assert as_exported(["甲", "乙"]) == "甲、乙"
    assert as_exported({"吨": 3}) == "吨：3"
    assert as_exported(SimpleNamespace(name="南翔镇")) == "南翔镇"
    assert as_exported(SimpleNamespace(name=7)).startswith("namespace")


def test_cells_of_a_csv():
    moment = dt.datetime(2021, 9, 16, 1, 5, 7, tzinfo=dt.UTC)
    given_ = [None, True, False, -3, moment, "=1", "a\x00b"]
    assert [safe_cell(value) for value in given_] == ["", "1", "0", "-3", "2021-09-16 09:05", "'=1", "ab"]
