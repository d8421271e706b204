"""What a case states: itself, its stretches, what befell it, what was asked for and what reporters said."""

import datetime as dt
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from guatu.cases import acts
from guatu.cases.facts import facts_of
from guatu.cases.models import Case, Feedback
from guatu.cases.reads import rows_for_facts
from guatu.cases.rules import RECTIFIED, STATUSES, UNCOUNTED
from guatu.figures.acts import define_indicators, recount
from guatu.figures.models import FactRow
from guatu.figures.reads import AsOf, value
from guatu.figures.sets import definitions, tables
from guatu.kernel import clock, ids
from guatu.kernel.access import EVERYTHING
from guatu.kernel.acts import SYSTEM, deed
from guatu.kernel.clock import ZONE
from guatu.kernel.factshape import Fact
from tests.cases.conftest import approved, photo
from tests.cast import Cast

DUE = dt.datetime(2021, 9, 16, 18, tzinfo=ZONE)
SET = definitions("standard/cases")
UNIT = SimpleNamespace(path="jd/nxz/")


def row(**more: object) -> SimpleNamespace:
    stands = {"status": "accepted", "source": "city_platform", "class_code": "0101", "area": "310114102",
              "unit_path": "jd/nxz/", "opened_on": dt.date(2021, 9, 6), "due_at": DUE, "handled_at": None,
              "late": False, "minutes_used": None, "rework": 0, "filed_at": None, "closed_at": None}  # fmt: skip
    return SimpleNamespace(**{**stands, **more})


def stage(kind: str, outcome: str = "", days: int = 0, **more: object) -> SimpleNamespace:
    """A stretch that began on 6 September and is due on the 8th; ended so many days after it began."""
    began = dt.datetime(2021, 9, 6, 10, tzinfo=ZONE)
    ended = began + dt.timedelta(days=days) if outcome else None
    due = began + dt.timedelta(days=2)
    stands = {"id": ids.new(), "kind": kind, "part": 0, "round": 1, "unit": UNIT, "started_at": began, "due_at": due,
              "ended_at": ended, "outcome": outcome, "late": ended is not None and ended > due, "by_id": None,
              "minutes_used": None, "class_code": "0101", "area": "310114102", "pauses": [], "why": []}  # fmt: skip
    return SimpleNamespace(**{**stands, **more})


def told(*stages: SimpleNamespace, **more: object) -> list[Fact]:
    return facts_of(row(fact_stages=list(stages), **more))[1:]


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_counts_but_void_and_duplicate(status: str) -> None:
    (fact,) = facts_of(row(status=status))
    assert fact.kind == ("case_uncounted" if status in UNCOUNTED else "case")
    if fact.kind == "case":
        assert fact.attributes["rectified"] is (status in RECTIFIED)


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


@pytest.mark.parametrize(
    ("outcome", "days", "day", "status", "in_time", "owed"),
    [
        ("", 0, 8, "open", None, True),  # its limit runs: counted on the day it runs out
        ("handle", 1, 7, "done", True, True),  # earlier: on the day it was done
        ("handle", 2, 8, "done", True, True),  # the very minute of the deadline is in time
        ("handle", 3, 8, "done", False, True),  # later: still on the day it was due
        ("return", 1, 7, "stopped", None, False),
        ("recall", 0, 6, "stopped", None, False),
    ],
)
def test_a_stretch_is_counted_on_its_day_of_reckoning(
    outcome: str, days: int, day: int, status: str, in_time: bool | None, owed: bool
) -> None:
    fact = told(stage("handle", outcome, days))[0]
    assert (fact.kind, fact.category, fact.unit) == ("case_stage", "handle", "jd/nxz/")
    assert fact.happened_on == dt.date(2021, 9, day)
    assert (fact.status, fact.attributes["in_time"], fact.attributes["owed"]) == (status, in_time, owed)


def test_without_a_limit_nothing_is_due_and_nothing_in_time() -> None:
    (open_one,) = told(stage("check", due_at=None))
    assert (open_one.attributes["owed"], open_one.happened_on) == (False, dt.date(2021, 9, 6))
    (done,) = told(stage("check", "pass", 3, due_at=None, late=False))
    assert (done.attributes["owed"], done.attributes["in_time"], done.happened_on) == (
        True,
        None,
        dt.date(2021, 9, 9),
    )


def test_only_the_last_part_of_a_limit_is_handling() -> None:
    first, last = stage("handle", "stage", 1), stage("handle", part=1)
    assert [fact.category for fact in told(first, last)] == ["part", "handle"]


def test_a_dispatch_that_was_given_back_was_wrong_and_one_recalled_never_was() -> None:
    stages = [stage("dispatch", "dispatch", unit=None, round=number) for number in (1, 2, 3)]
    stages += [
        stage("accept", outcome, round=number)
        for number, outcome in ((1, "recall"), (2, "return"), (3, "accept"))
    ]
    stages += [
        stage("handle", outcome, round=number) for number, outcome in ((1, "recall"), (2, "return"), (3, ""))
    ]
    dispatches = [fact for fact in told(*stages) if fact.category == "dispatch"]
    assert [(fact.status, fact.attributes["returned"]) for fact in dispatches] == [
        ("stopped", None), ("done", True), ("done", False),
    ]  # fmt: skip
    assert {fact.unit for fact in dispatches} == {"jd/nxz/"}, "a dispatch counts for the unit it went to"


def test_sent_back_is_the_same_dispatch_and_the_third_time_is_told() -> None:
    stages = [stage("dispatch", "dispatch"), stage("accept", "accept")]
    stages += [stage("handle", "handle", round=number) for number in range(1, 5)]
    stages += [stage("handle", "return", round=5)]
    stages += [stage("check", "rework", round=number) for number in range(1, 5)]
    facts = told(*stages)
    (dispatch,) = [fact for fact in facts if fact.category == "dispatch"]
    assert dispatch.attributes["returned"] is True
    again = [fact.attributes["repeated"] for fact in facts if fact.category == "rework"]
    assert again == [False, False, True, True]


def test_what_is_handed_over_befell_it_once() -> None:
    hold = {"from": "2021-09-07T09:00:00+08:00", "to": None, "step": "hold"}
    said = {"what": "extended", "at": "2021-09-07T08:00:00+08:00"}
    facts = told(
        stage("handle", "hand_over", 1, pauses=[hold], why=[said]),
        stage("handle", pauses=[hold], why=[said], round=2),
    )
    assert sorted(fact.category for fact in facts if fact.kind == "case_event") == ["extend", "hold"]


def test_no_fact_holds_a_name() -> None:
    """What a person did counts by the person's id only."""
    person = ids.new()
    (fact,) = told(stage("handle", "handle", by_id=person))
    assert fact.attributes["person"] == str(person)


# --- through the acts --------------------------------------------------------------------------------------------


@pytest.fixture
def counted(classes: Cast) -> Iterator[Cast]:
    """The shipped set is part of the campaign's own figures; in the end they equal what is recounted from the rows."""
    define_indicators(by=SYSTEM, campaign=classes.campaign, definitions=tables("standard/cases"))
    yield classes
    assert recount().differences == ()


def text(cast: Cast, key: str, as_of: AsOf | None = None) -> str:
    return value(EVERYTHING, cast.campaign, SET[key], as_of=as_of).text


@pytest.mark.django_db
def test_a_closed_case_stays_in_every_count(counted: Cast, case_at: Callable[..., Case]) -> None:
    case_at("closed")
    keys = ("report.all", "file.filed", "dispatch.accurate", "handle.done", "handle.in_time", "check.done", "whole.due",
            "whole.done", "whole.in_time")  # fmt: skip
    assert [text(counted, f"case.{key}") for key in keys] == ["1"] * len(keys)
    assert text(counted, "case.whole.in_time_rate") == "100.00%"
    assert text(counted, "case.check.in_time_rate") == "—", (
        "no limit for checking, so there is nothing to divide by"
    )


@pytest.mark.django_db
def test_what_ended_keeps_its_class(counted: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    before = AsOf(None, clock.now())
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        acts.reclassify_case(by=counted.chengyun, case=case, class_code="0301", reason="看错了")
        live = FactRow.objects.filter(subject_id=str(case.pk), until_position=None, effective_until=None)
        assert live.get(kind="case").class_code == "0301"
        ended = live.filter(kind="case_stage").exclude(status="open")
        assert set(ended.values_list("class_code", flat=True)) == {"0101"}
        held = FactRow.objects.filter(
            subject_id=str(case.pk), kind="case", until_position=None, effective_from__lte=before.effective_at,
            effective_until__gt=before.effective_at,
        )  # fmt: skip
        assert held.get().class_code == "0101", "as of before it was still the old class"


@pytest.mark.django_db
def test_a_figure_as_it_stood(counted: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    then = AsOf(None, clock.now())
    assert text(counted, "case.handle.done") == "0"
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        acts.handle_case(by=counted.nanxiang, case=case, photos=[photo()])
        assert text(counted, "case.handle.done") == "1"
        assert text(counted, "case.handle.done", then) == "0"
        assert text(counted, "case.handle.due", then) == "1"


@pytest.mark.django_db
def test_a_closing_stays_counted_when_the_case_is_taken_up_again(
    counted: Cast, case_at: Callable[..., Case]
) -> None:
    """Closed, taken up again, closed by another unit: two closings, each with its own unit, class and punctuality."""
    case = case_at("closed")
    then = AsOf(None, clock.now())
    with clock.at(clock.now() + dt.timedelta(days=1)):
        case = acts.reopen_case(by=counted.chengyun, case=case, reason="没有解决")
        assert text(counted, "case.whole.done") == "1"
        assert text(counted, "case.whole.in_time") == "1"
        case = acts.reclassify_case(by=counted.chengyun, case=case, class_code="0402", reason="看错了")
        case = acts.dispatch_case(by=counted.chengyun, case=case, unit=counted.units["nxz"])
        assert text(counted, "case.whole.done") == "1"
        case = acts.accept_case(by=counted.nanxiang, case=case)
        case = acts.handle_case(by=counted.nanxiang, case=case, note="再清", photos=[photo()])
        case = acts.verify_case(by=counted.hecha, case=case, passed=True)
        acts.close_case(by=counted.hecha, case=case)
        assert text(counted, "case.whole.done") == "2"
        assert text(counted, "case.whole.in_time") == "2"
        assert text(counted, "case.whole.done", then) == "1"
        rows = FactRow.objects.filter(
            subject_id=str(case.pk), kind="case_stage", category="whole", until_position=None, effective_until=None
        )  # fmt: skip
        assert set(rows.values_list("part", "class_code", "status")) == {
            ("whole", "0101", "done"),
            ("whole:2", "0402", "done"),
        }


@pytest.mark.django_db
def test_a_void_case_counts_as_void_and_as_nothing_else(counted: Cast, case_at: Callable[..., Case]) -> None:
    approved("void", case_at("accepted"), counted.chengyun, "登记错了", counted.zhihui)
    counts = [
        text(counted, key) for key, each in SET.items() if each.kind == "count" and key != "case.report.void"
    ]
    assert set(counts) == {"0"}
    assert text(counted, "case.report.void") == "1"


@pytest.mark.django_db
def test_an_act_rewrites_no_fact_that_did_not_change(counted: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("accepted")
    live = FactRow.objects.filter(subject_id=str(case.pk), until_position=None, effective_until=None)
    before = set(live.filter(status__in=("done", "stopped")).values_list("id", flat=True))
    acts.handle_case(by=counted.nanxiang, case=case, photos=[photo()])
    assert before <= set(live.values_list("id", flat=True))


@pytest.mark.django_db
def test_what_a_reporter_says_counts_by_weight(counted: Cast, case_at: Callable[..., Case]) -> None:
    case = case_at("closed")
    with deed(by=SYSTEM) as d:
        for answer, solved in (("good", True), ("poor", False), ("", None)):
            Feedback.objects.create(
                home=case.home, case=case, satisfaction=answer, solved=solved, at=d.effective_at
            )
        d.record("case.closed", case)
    assert text(counted, "case.feedback.all") == "3"
    assert text(counted, "case.feedback.solved_rate") == "50.00%"
    assert text(counted, "case.feedback.satisfaction_rate") == "80.00%"


@pytest.mark.django_db
def test_facts_of_many_cases_cost_a_few_questions(
    counted: Cast, case_at: Callable[..., Case], django_assert_num_queries: Callable[..., object]
) -> None:
    cases = [case_at("closed") for _ in range(3)]
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        rows = rows_for_facts([str(case.pk) for case in cases])
        assert all(len(facts_of(row)) > 6 for row in rows)
