"""Definitions, arithmetic, words of values."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from guatu.figures.rules import (
    ALL_DAYS,
    Amount,
    Countable,
    DefinitionError,
    cells,
    code_of,
    contributions,
    evaluate,
    micro,
    read_definition,
)

DAY = dt.date(2021, 9, 16)
RATE = {
    "key": "rate",
    "title": {"zh": "完工率", "en": "Completion"},
    "kind": "rate",
    "of": {"kind": "task", "status": ["accepted"]},
    "per": {"kind": "task"},
}


def fact(**said: Any) -> Countable:
    given = {
        "home": "310114102", "campaign": "c", "kind": "task", "area": "310114102001", "status": "accepted", "category": "road",
        "happened_on": DAY, "measures": {"tonnes": "39.16"}, "attributes": {"late": True},
    }  # fmt: skip
    return Countable(**{**given, **said})


def test_a_rate_of_the_seed_rounds_half_up() -> None:
    meaning = read_definition(RATE)
    assert evaluate(meaning, {"of": Amount(252), "per": Amount(297)}, DAY).text == "85%"
    assert evaluate(meaning, {"of": Amount(105), "per": Amount(114)}, DAY).text == "92%"
    assert evaluate(meaning, {"of": Amount(1), "per": Amount(200)}, DAY).text == "1%"  # 0.5 goes up


def test_no_denominator_is_a_dash_never_nought_or_a_hundred() -> None:
    found = evaluate(read_definition(RATE), {"of": Amount(0), "per": Amount(0)}, DAY)
    assert (found.number, found.text) == (None, "—")
    average = read_definition(
        {"key": "m", "title": "m", "kind": "average", "of": {"kind": "task", "measure": "x"}}
    )
    assert evaluate(average, {}, DAY).text == "—"


@pytest.mark.parametrize(
    ("kind", "more", "amount", "text"),
    [
        ("count", {}, Amount(297), "297"),
        ("sum", {"measure": "tonnes"}, Amount(7, micro("39.16")), "39.16"),
        ("sum", {"measure": "tonnes"}, Amount(7, micro("39.10")), "39.1"),
        ("sum", {"measure": "persons"}, Amount(7, micro(4388)), "4388"),
        ("average", {"measure": "x"}, Amount(4, micro(10)), "2.5"),
        ("distinct", {"distinct": "owner"}, Amount(3), "3"),
        ("overdue", {"attributes": {"late": True}}, Amount(2), "2"),
        ("countdown", {}, Amount(1, 0, dt.date(2021, 11, 5)), "50"),
        ("countdown", {}, Amount(0), "—"),
    ],
)
def test_every_kind(kind: str, more: dict[str, Any], amount: Amount, text: str) -> None:
    meaning = read_definition({"key": "k", "title": "k", "kind": kind, "round": 2 if kind in ("sum", "average") else 0,
                               "of": {"kind": "task", **more}})  # fmt: skip
    assert evaluate(meaning, {"of": amount}, DAY).text == text


def test_a_coverage_of_measures_divides_sums() -> None:
    meaning = read_definition({"key": "k", "title": "k", "kind": "coverage", "round": 2,
                               "of": {"kind": "a", "measure": "m"}, "per": {"kind": "b", "measure": "m"}})  # fmt: skip
    assert (
        evaluate(meaning, {"of": Amount(1, micro("361.20")), "per": Amount(1, micro("581.55"))}, DAY).text
        == "62.11%"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "median"}, "kind 'median'"),
        ({"per": None}, "needs 'per'"),
        ({"of": {}}, "'kind' is missing in 'of'"),
        ({"of": {"kind": "task", "statuses": []}}, "unknown key 'statuses' in 'of'"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"over": "always"}, "over 'always'"),
        ({"kind": "sum", "per": None}, "needs 'measure'"),
        ({"kind": "distinct", "per": None}, "needs 'distinct'"),
        ({"kind": "overdue", "per": None}, "late = true"),
        ({"kind": "count"}, "takes no 'per'"),
    ],
)
def test_a_bad_definition_says_what_is_wrong(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said.replace("(", r"\(")):
        read_definition({**RATE, **change})
    with pytest.raises(DefinitionError, match="'title' is missing"):
        read_definition({"key": "x", "kind": "count"})


def test_which_facts_a_piece_takes() -> None:
    part = read_definition({"key": "k", "title": "k", "kind": "count", "of": {
        "kind": "task", "status": ["accepted"], "category": "road", "attributes": {"late": [True]}}}).of  # fmt: skip
    assert part.takes(fact())
    for said in (
        {"kind": "case"},
        {"status": "started"},
        {"category": "rail"},
        {"attributes": {"late": False}},
        {"attributes": {}},
    ):
        assert not part.takes(fact(**said))


def test_a_fact_touches_leaf_street_and_district_for_its_day_and_for_all() -> None:
    touched = cells(fact(), "p")
    assert {(area, day) for _, _, area, day in touched} == {
        (area, day) for area in ("310114102001", "310114102", "310114") for day in (ALL_DAYS, DAY)
    }
    assert len(cells(fact(area="310114", happened_on=None), "p")) == 1


def test_what_is_added_can_be_taken_away_exactly() -> None:
    part = read_definition(
        {"key": "k", "title": "k", "kind": "sum", "of": {"kind": "task", "measure": "tonnes"}}
    ).of
    sums = contributions([fact()] * 3, {"p": part})
    assert sums["310114102", "p", "310114", ALL_DAYS] == [3, micro("117.48")]
    contributions([fact()] * 3, {"p": part}, -1, sums)
    assert {tuple(amounts) for amounts in sums.values()} == {(0, 0)}


def test_codes_have_no_letters_that_are_misheard() -> None:
    assert code_of(0) == "F-2222"
    assert not set("01OIL") & {letter for number in range(10_000) for letter in code_of(number)[2:]}
    assert Decimal(micro("0.0000005")) == 1
