"""Roles, codes, telephone numbers."""

import pytest

from guatu.units import rules
from guatu.units.facts import ContractRow, facts_of


def test_every_role_has_words_and_may_something():
    assert set(rules.ROLES) == set(rules.ROLE_WORDS)
    assert all(rules.ROLES.values())


@pytest.mark.parametrize(
    ("code", "good"),
    [("lrj", True), ("nx-1", True), ("LRJ", False), ("绿", False), ("", False), ("-a", False)],
)
def test_codes(code, good):
    assert rules.is_code(code) is good


def test_user_names():
    assert rules.is_username("zhang.san_1")
    assert rules.is_username("张三")
    assert not rules.is_username("a b")
    assert not rules.is_username("x")


@pytest.mark.parametrize(
    ("given", "plain"),
    [("138 0000 1234", "13800001234"), ("+86-138-0000-1234", "13800001234"), ("021-5952 1234", "02159521234"), ("12345", "12345"),
     ("59521234转801", "59521234转801"), ("不知道", ""), ("1380000123x", "")],
)  # fmt: skip
def test_telephone_numbers(given, plain):
    assert rules.plain_phone(given) == plain


def test_reach():
    assert rules.reaches("310114102", ("310114",))
    assert not rules.reaches("310115", ("310114",))
    assert rules.reaches("x", ("",))


def test_facts_say_nothing_about_the_person():
    row = ContractRow("i", "h", "block", "310114102", "jd/", "310114102", False, None, False)
    fact = facts_of(row)[0]
    assert (fact.status, fact.category, fact.attributes["of"]) == ("running", "block", "area")
    ended = facts_of(ContractRow("i", "h", "block", "310114102", "jd/", "p", True, None, True))[0]
    assert (ended.status, ended.attributes) == ("ended", {"subject": "p", "of": "place"})
