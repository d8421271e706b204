"""Every act on a case: it works, then every refusal."""

import datetime as dt
from collections.abc import Callable

import pytest

from guatu.cases.models import Case
from guatu.figures.models import FactRow
from guatu.kernel import clock
from guatu.kernel.acts import story
from guatu.kernel.problems import Problem
from tests.cast import NANXIANG, Cast

Make = Callable[..., Case]


def fact(case: Case) -> FactRow | None:
    return FactRow.objects.filter(subject_id=str(case.id), until_position=None, effective_until=None).first()


def refusal(code: str, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.code == code
    assert "?" not in refused.value.sentence("zh-hans") + refused.value.sentence("en")
    return refused.value


# --- the whole road ----------------------------------------------------------------------------------------------


def test_a_case_goes_from_report_to_closure(classes: Cast, case_at: Make) -> None:
    case = case_at("closed")
    assert [act.verb for act in story(case, newest_first=False) if act.verb != "file.attached"] == [
        "case.reported", "case.filed", "case.dispatched", "case.accepted", "case.handled", "case.verified",
        "case.closed",
    ]  # fmt: skip
    assert case.number == "AJ-2021-000001"
    assert (case.taker, case.handler, case.checker) == (classes.nanxiang, classes.nanxiang, classes.hecha)
    assert case.steps.count() == 7
    stated = fact(case)
    assert stated is not None
    assert (stated.kind, stated.status, stated.category, stated.area) == (
        "case",
        "closed",
        "patrol",
        NANXIANG,
    )
    assert stated.attributes == {
        "source": "patrol", "class": "0101", "rectified": True, "late": False, "on_time": True,
    }  # fmt: skip
    assert stated.unit == "jd/nxz/"
    assert stated.measures == {"cases": "1", "rework": "0", "minutes_used": "0"}


def test_numbers_follow_each_other_by_year(classes: Cast, case_at: Make) -> None:
    first, second = case_at(), case_at()
    with clock.at(dt.datetime(2022, 1, 4, 9, tzinfo=clock.ZONE)):
        third = case_at()
    assert [case.number for case in (first, second, third)] == [
        "AJ-2021-000001",
        "AJ-2021-000002",
        "AJ-2022-000001",
    ]
