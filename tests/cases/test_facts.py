"""What a case states."""

import datetime as dt
from types import SimpleNamespace

import pytest

from guatu.cases.facts import facts_of
from guatu.cases.rules import RECTIFIED, STATUSES
from guatu.kernel.clock import ZONE

DUE = dt.datetime(2021, 9, 16, 18, tzinfo=ZONE)


def row(**more: object) -> SimpleNamespace:
    stands = {"status": "accepted", "source": "city_platform", "class_code": "0101", "area": "310114102",
              "unit_path": "jd/nxz/", "opened_on": dt.date(2021, 9, 6), "due_at": DUE, "handled_at": None,
              "late": False, "minutes_used": None, "rework": 0}  # fmt: skip
    return SimpleNamespace(**{**stands, **more})


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_counts_but_void(status: str) -> None:
    facts = facts_of(row(status=status))
    assert len(facts) == (0 if status == "void" else 1)
    if facts:
        assert facts[0].attributes["rectified"] is (status in RECTIFIED)


def test_what_is_stated() -> None:
    (fact,) = facts_of(row(handled_at=DUE, minutes_used=90, rework=2))
    assert (fact.kind, fact.category, fact.status, fact.area, fact.unit) == (
        "case", "city_platform", "accepted", "310114102", "jd/nxz/",
    )  # fmt: skip
    assert fact.happened_on == dt.date(2021, 9, 6)
    assert fact.measures == {"cases": 1, "rework": 2, "minutes_used": 90}
    assert fact.attributes["on_time"] is True


def test_on_time_is_not_stated_before_it_is_handled() -> None:
    (fact,) = facts_of(row(late=True))
    assert fact.attributes["on_time"] is None
    assert fact.attributes["late"] is True
    assert "minutes_used" not in fact.measures
