"""How units are compared: periods, scores line by line, a published month, and stories counted twice."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guatu.cases import acts
from guatu.cases.models import Case, Stage, Step
from guatu.cases.rules import UNCOUNTED, steps_from
from guatu.cases.rules.evaluation import (
    PERIODS,
    PeriodError,
    SchemeError,
    after,
    before,
    period,
    ranks,
    read_schemes,
    score,
    spread,
)
from guatu.figures import sets
from guatu.figures.reads import Question, add_up, amounts, tally
from guatu.figures.rules import evaluate
from guatu.kernel import clock, ids
from guatu.kernel.access import EVERYTHING
from guatu.kernel.acts import SYSTEM, deed
from guatu.kernel.problems import Problem
from tests.cases.conftest import photo
from tests.cast import NANXIANG, Cast

DAY = dt.date(2021, 9, 16)
SET = sets.definitions("standard/cases")
YEARS = Question(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


# --- periods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [("day", "2021-09-16", "2021-09-16"), ("week", "2021-09-13", "2021-09-19"),
     ("month", "2021-09-01", "2021-09-30"), ("quarter", "2021-07-01", "2021-09-30")],
)  # fmt: skip
def test_the_period_a_day_lies_in(kind: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in period(kind, DAY)] == [first, last]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), st.sampled_from(PERIODS), st.integers(0, 400))
def test_periods_follow_each_other_without_gap(day: dt.date, kind: str, length: int) -> None:
    span = period(kind, day, day, day + dt.timedelta(days=length))
    assert span[0] <= day <= span[1]
    assert before(kind, span)[1] == span[0] - dt.timedelta(days=1)
    assert after(kind, span)[0] == span[1] + dt.timedelta(days=1)
    assert before(kind, after(kind, span)) == span


def test_a_period_that_ends_before_it_begins() -> None:
    with pytest.raises(PeriodError, match="order"):
        period("custom", DAY, DAY, DAY - dt.timedelta(days=1))
    with pytest.raises(PeriodError, match="long"):
        period("custom", DAY, dt.date(1900, 1, 1), DAY)


@given(st.integers(1, 400), st.lists(st.tuples(st.integers(0, 399), st.integers(1, 9)), max_size=20))
def test_a_little_line_loses_nothing(days: int, given_counts: list[tuple[int, int]]) -> None:
    counts = {DAY + dt.timedelta(days=at): number for at, number in given_counts if at < days}
    line = spread((DAY, DAY + dt.timedelta(days=days - 1)), counts)
    assert len(line) <= 31
    assert sum(line) == sum(counts.values())


# --- scores ------------------------------------------------------------------------------------------------------


def numbers(**said: str | None) -> dict[str, Decimal | None]:
    names = {"handled": "case.handle.rate", "in_time": "case.handle.in_time_rate", "again": "case.whole.rework_rate",
             "closed": "case.whole.rate", "closed_in_time": "case.whole.in_time_rate", "reworks": "case.handle.rework",
             "third": "case.handle.rework_again"}  # fmt: skip
    return {names[name]: Decimal(value) if value is not None else None for name, value in said.items()}


SHIPPED = read_schemes(sets.schemes("standard/cases"), known=SET)


def test_a_weighted_score_line_by_line() -> None:
    """30 × 90 % + 20 × 80 % + 20 × (1 − 5 %) + 20 × 93.72 % + 10 × 75.82 %."""
    found = score(
        SHIPPED["weighted"],
        numbers(handled="90", in_time="80", again="5", closed="93.72", closed_in_time="75.82"),
    )
    assert [line.points for line in found.lines] == [
        Decimal("27.00"), Decimal("16.00"), Decimal("19.00"), Decimal("18.74"), Decimal("7.58"),
    ]  # fmt: skip
    assert found.points == Decimal("88.32")
    assert found.lines[2].formula == "20 × (1 − 5 %)"


@pytest.mark.parametrize(
    ("closed", "in_time", "reworks", "third", "points"),
    [("69.99", "0", "0", "0", "0"), ("70", "0", "0", "0", "50"), ("90", "95", "0", "0", "100"),
     ("90", "95", "4", "1", "98.90"), ("70", "0", "900", "0", "0")],
)  # fmt: skip
def test_thresholds_and_points_off(closed: str, in_time: str, reworks: str, third: str, points: str) -> None:
    said = numbers(closed=closed, closed_in_time=in_time, reworks=reworks, third=third)
    assert score(SHIPPED["thresholds"], said).points == Decimal(points)


def test_what_never_fell_due_neither_gives_nor_takes() -> None:
    found = score(SHIPPED["weighted"], numbers(handled="100", in_time="100", again=None, closed=None))
    assert (found.points, found.judged, found.full) == (Decimal(100), Decimal(50), Decimal(100))
    assert score(SHIPPED["weighted"], {}).points is None


@pytest.mark.parametrize(
    ("lines", "why"),
    [([], "lines"), ([{"indicator": "case.moon", "weight": 1}], "case.moon"),
     ([{"indicator": "case.handle.rate"}], "exactly one"),
     ([{"indicator": "case.handle.rate", "weight": 1, "each": 1}], "exactly one"),
     ([{"indicator": "case.handle.rate", "weight": "much"}], "not a number"),
     ([{"indicator": "case.handle.rate", "weight": 1, "colour": 1}], "colour")],
)  # fmt: skip
def test_a_scheme_that_makes_no_sense(lines: list[Any], why: str) -> None:
    with pytest.raises(SchemeError, match=why):
        read_schemes({"own": {"lines": lines}}, known=SET)


def test_equals_share_a_place_and_nobody_is_ranked_on_nothing() -> None:
    assert ranks([Decimal(90), None, Decimal(95), Decimal(90), Decimal(1)]) == [2, None, 1, 2, 4]


# --- the shipped set ---------------------------------------------------------------------------------------------


def test_every_column_says_what_it_means_in_both_languages() -> None:
    for key, meaning in SET.items():
        assert all(meaning.note), key
        assert all(meaning.title), key
        assert meaning.note[0] != meaning.note[1], key
        assert (meaning.kind == "rate") == (meaning.per is not None), key


# --- a published month -------------------------------------------------------------------------------------------


def value_of(cast: Cast, key: str, question: Question = YEARS) -> str:
    counts = add_up(tally(EVERYTHING, cast.campaign, question).values())
    return evaluate(SET[f"case.{key}"], amounts(SET[f"case.{key}"], counts), DAY).text


def road(cast: Cast, *, closed: bool, late: bool) -> Case:
    """One case of the month through the acts; due within the month, closed in time, late or not at all."""
    at = dt.datetime(2021, 9, 1, 9, 0, tzinfo=clock.ZONE)
    draft = acts.Draft(title="暴露垃圾", area=NANXIANG, class_code="0402", opened_at=at)
    case = acts.report_case(by=cast.xuncha, campaign=cast.campaign, draft=draft)
    case = acts.file_case(by=cast.chengyun, case=case, effective_at=at)
    case = acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"], effective_at=at)
    if not closed:
        return case
    case = acts.accept_case(by=cast.nanxiang, case=case, effective_at=at)
    end = at + dt.timedelta(hours=5 if late else 1)  # the class has two hours
    case = acts.handle_case(by=cast.nanxiang, case=case, note="已清", effective_at=end)
    case = acts.verify_case(by=cast.hecha, case=case, passed=True, effective_at=end)
    return acts.close_case(by=cast.hecha, case=case, effective_at=end)


def alike(case: Case, times: int) -> None:
    """So many more cases with the same story: the rows the acts wrote, copied, and their facts posted as ever."""
    stages = list(Stage.objects.filter(case=case))
    cases, rows = [], []
    for number in range(times):
        twin = Case.objects.get(pk=case.pk) if not cases else copy.copy(cases[0])
        twin.pk, twin.number = ids.new(), f"{case.number}-{number}"
        cases.append(twin)
        for stage in stages:
            row = copy.copy(stage)
            row.pk, row.case = ids.new(), twin
            rows.append(row)
    with deed(by=SYSTEM) as d:
        Case.objects.bulk_create(cases, batch_size=200)
        Stage.objects.bulk_create(rows, batch_size=200)
        for twin in cases:
            d.record("case.reported", twin)


@pytest.mark.slow  # the facts of 972 cases are posted, to see a published month come out of the real path
@pytest.mark.django_db
def test_a_published_month(classes: Cast) -> None:
    """天门, December 2016: 972 due to be closed, 911 closed = 93.72 %, 737 in time = 75.82 %."""
    for number, closed, late in ((737, True, False), (174, True, True), (61, False, True)):
        alike(road(classes, closed=closed, late=late), number - 1)
    assert value_of(classes, "whole.due") == "972"
    assert value_of(classes, "whole.done") == "911"
    assert value_of(classes, "whole.rate") == "93.72%"
    assert value_of(classes, "whole.in_time") == "737"
    assert value_of(classes, "whole.in_time_rate") == "75.82%"
    assert value_of(classes, "whole.late") == "174"
    october = Question(dt.date(2021, 10, 1), dt.date(2021, 10, 31))
    assert value_of(classes, "whole.rate", october) == "—", "nothing fell due: no rate, neither 0 nor 100 %"


# --- stories counted twice ---------------------------------------------------------------------------------------

MOVES = (
    "file", "reject", "withdraw", "dispatch", "recall", "accept", "return", "hold", "resume", "extend", "handle", "pass",
    "rework", "close", "reopen", "void", "reclassify",
)  # fmt: skip


def move(cast: Cast, case: Case, name: str) -> None:
    """One step by whoever may take it; what the lifecycle refuses does not happen."""
    asked: dict[str, Any] = {"by": cast.chengyun, "case": case, "reason": "有原因"}
    can: dict[str, Callable[[], Any]] = {
        "file": lambda: acts.file_case(by=cast.chengyun, case=case),
        "reject": lambda: acts.reject_case(by=cast.chengyun, case=case, reason="不归我们"),
        "withdraw": lambda: acts.withdraw_case(by=cast.chengyun, case=case, reason="看错了"),
        "dispatch": lambda: acts.dispatch_case(by=cast.chengyun, case=case, unit=cast.units["nxz"]),
        "recall": lambda: acts.recall_case(by=cast.chengyun, case=case),
        "accept": lambda: acts.accept_case(by=cast.nanxiang, case=case),
        "handle": lambda: acts.handle_case(by=cast.nanxiang, case=case, note="好了", photos=[photo()]),
        "pass": lambda: acts.verify_case(by=cast.hecha, case=case, passed=True),
        "rework": lambda: acts.verify_case(by=cast.hecha, case=case, passed=False, note="没好"),
        "close": lambda: acts.close_case(by=cast.hecha, case=case),
        "reopen": lambda: acts.reopen_case(by=cast.chengyun, case=case, reason="又脏了"),
        "resume": lambda: acts.resume_case(by=cast.zhihui, case=case),
        "reclassify": lambda: acts.reclassify_case(by=cast.chengyun, case=case, class_code="0402"),
    }
    if name in can:
        can[name]()
    else:
        acts.decide(by=cast.zhihui, request=acts.ask(kind=name, **asked), granted=True)


def recounted() -> Counter[str]:
    """The same counters from steps and stages, case by case, by somebody who never saw a fact."""
    found: Counter[str] = Counter()
    for case in Case.objects.all():
        if case.status in UNCOUNTED:
            found[f"report.{case.status}"] += 1
            continue
        found["report.all"] += 1
        steps = list(Step.objects.filter(case=case).order_by("at", "id").values_list("step", flat=True))
        found["file.filed"] += steps.count("file")
        found["file.rejected"] += steps.count("reject")
        for name, key in (("handle", "handle.done"), ("hold", "handle.held"), ("extend", "handle.extended"),
                          ("return", "handle.returned"), ("rework", "handle.rework"), ("accept", "accept.done")):  # fmt: skip
            found[key] += steps.count(name)
        found["check.done"] += steps.count("pass") + steps.count("rework")
        found["dispatch.done"] += steps.count("dispatch") - steps.count("recall")
        found["dispatch.wrong"] += steps.count("return")
        if not Stage.objects.filter(case=case, kind="whole").exists():
            found["whole.done"] += case.status == "closed"
        handled = Stage.objects.filter(case=case, kind="handle", outcome="handle")
        found["handle.in_time"] += sum(
            1 for row in handled if row.due_at is None or row.ended_at <= row.due_at
        )  # type: ignore[operator]
        found["handle.late"] += sum(
            1 for row in handled if row.due_at is not None and row.ended_at > row.due_at
        )  # type: ignore[operator]
    found["dispatch.accurate"] = found["dispatch.done"] - found["dispatch.wrong"]
    return +found


@pytest.mark.slow  # every story walks through real acts and their transactions
@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=25), min_size=1, max_size=3)
)
def test_facts_count_what_happened(classes: Cast, stories: Sequence[Sequence[tuple[int, int]]]) -> None:
    """Whatever the story, counters out of facts equal counters recounted from steps and stages."""
    now = clock.now()
    for story in stories:
        with clock.at(now):
            draft = acts.Draft(title="垃圾", area=NANXIANG, class_code="0101")
            case = acts.report_case(by=classes.xuncha, campaign=classes.campaign, draft=draft)
        for which, hours in story:
            now += dt.timedelta(hours=hours)
            case = Case.objects.get(pk=case.pk)
            ways = [name for name in ("reclassify", *steps_from(case.status)) if name in MOVES]
            with clock.at(now):
                try:
                    move(classes, case, ways[which % len(ways)])
                except Problem:
                    continue  # refused, so it did not happen
    counted = {key: int(value_of(classes, key)) for key in KEYS}
    again = recounted()
    assert counted == {key: again[key] for key in KEYS}


KEYS = (
    "report.all", "report.void", "file.filed", "file.rejected", "dispatch.done", "dispatch.accurate", "dispatch.wrong",
    "accept.done", "handle.done", "handle.in_time", "handle.late", "handle.held", "handle.extended", "handle.returned",
    "handle.rework", "check.done", "whole.done",
)  # fmt: skip
