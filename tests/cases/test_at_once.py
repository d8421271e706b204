"""Two hands at once, beyond accepting: one decision, one answer, no rings of merged cases, no bulk that undoes another."""

import datetime as dt
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from guatu.cases import acts
from guatu.cases.acts import outside
from guatu.cases.acts.open311 import PeerWord, take_update
from guatu.cases.models import BulkLine, Case, Comment, Feedback, Link, Merge, Reporter, Request
from guatu.figures.acts import recount
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from tests.cases.test_parallel import in_threads, store_of_many_hands
from tests.cast import NANXIANG, Cast

Make = Callable[..., Case]
Job = Callable[[], Any]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]  # threads on a store they share
HANDS = 12


class Race:
    """Jobs thrown at a store from a dozen threads: what they answered, what was refused, and anything else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: list[Any] = []
        self.refused: list[str] = []
        self.failures: list[BaseException] = []

    def run(self, jobs: Sequence[Job], look: Job) -> Any:
        """All jobs in any order, then `look` on the store they left."""
        waiting, lock, seen = list(jobs), threading.Lock(), []

        def work() -> None:
            while True:
                with lock:
                    if not waiting:
                        return
                    job = waiting.pop()
                try:
                    answer = job()
                    with lock:
                        self.done.append(answer)
                except Problem as problem:
                    with lock:
                        self.refused.append(problem.code)
                except BaseException as error:
                    with lock:
                        self.failures.append(error)

        with store_of_many_hands(self.folder):
            in_threads(work, HANDS)
            in_threads(lambda: seen.append(look()), 1)
        assert self.failures == []
        return seen[0]


@pytest.fixture
def race(tmp_path: Path) -> Race:
    return Race(tmp_path)


def warm(cast: Cast) -> None:
    """Scopes are worked out before the race, as a server has them from the session."""
    for person in (cast.zhihui, cast.chengyun, cast.nanxiang, cast.hecha):
        assert person.scope


def test_a_request_is_decided_once(classes: Cast, case_at: Make, race: Race) -> None:
    case = case_at("accepted")
    request = acts.ask(by=classes.nanxiang, case=case, kind="extend", reason="雨天")
    warm(classes)
    jobs = [
        lambda granted=granted: acts.decide(by=classes.zhihui, request=request, granted=granted, note="看过")
        for granted in [True, False] * 15
    ]
    status, lines, extended = race.run(
        jobs,
        lambda: (
            Request.objects.get().status,
            Act.objects.filter(verb="case.decided").count(),
            Act.objects.filter(verb="case.extended").count(),
        ),
    )
    assert len(race.done) == lines == 1
    assert set(race.refused) == {"case.decided_already"}
    assert extended == (1 if status == "granted" else 0)


def test_a_link_is_answered_once_or_withdrawn(classes: Cast, case_at: Make, race: Race) -> None:
    link, key = outside.ask_outside(
        by=classes.chengyun, case=case_at("accepted"), for_whom="物业", question="何时？"
    )
    warm(classes)
    jobs: list[Job] = [lambda n=n: outside.answer_link(key=key, text=f"答复{n}") for n in range(20)]
    jobs[5:5] = [lambda: outside.withdraw_link(by=classes.chengyun, link=link) for _ in range(10)]
    row, told = race.run(
        jobs, lambda: (Link.objects.get(), Act.objects.filter(verb="case.outsider_answered").count())
    )
    assert len(race.done) == 1
    assert set(race.refused) == {"case.link_over"}
    assert (row.answered_at is not None, row.withdrawn, told) in ((True, False, 1), (False, True, 0))


def test_an_outcome_is_judged_once_though_the_button_is_pressed_often(
    classes: Cast, case_at: Make, race: Race
) -> None:
    case = case_at("closed")
    kept = Reporter.objects.create(home=case.home, case=case, via="public", at=case.opened_at)
    warm(classes)
    jobs: list[Job] = [lambda: outside.give_feedback(reporter=kept, solved=False) for _ in range(20)]
    count, row = race.run(jobs, lambda: (Feedback.objects.count(), Case.objects.get(pk=case.pk)))
    assert (len(race.done), count) == (1, 1)
    assert set(race.refused) <= {"case.feedback_early", "case.feedback_given"}
    assert (row.status, row.reopens) == ("filed", 1)


def test_cases_merged_criss_cross_make_no_ring(classes: Cast, case_at: Make, race: Race) -> None:
    cases = [case_at("filed") for _ in range(8)]
    warm(classes)
    pairs = [(one, other) for one in cases for other in cases if one.pk != other.pk]
    random.Random(7).shuffle(pairs)
    jobs: list[Job] = [
        lambda one=one, other=other: acts.merge_case(
            by=classes.chengyun, case=one, into=other, reason="同一处"
        )
        for one, other in pairs
    ]
    jobs += [
        lambda each=each: acts.unmerge_case(by=classes.chengyun, case=each, reason="不是") for each in cases
    ]
    edges, rows, differences = race.run(
        jobs,
        lambda: (
            dict(Merge.objects.filter(ended_at=None).values_list("case_id", "into_id")),
            {row.pk: row for row in Case.objects.all()},
            recount().differences,
        ),
    )
    for row in rows.values():
        assert (row.status == "duplicate") == (row.merged_into_id is not None) == (row.pk in edges)
        if row.merged_into_id is not None:
            assert rows[row.merged_into_id].merged_into_id is None, "a master is nobody's duplicate"
        seen, at = set(), row.pk
        while at in edges:
            assert at not in seen, "a ring"
            seen.add(at)
            at = edges[at]
        assert (row.merged_into_id or row.pk) == at
    assert set(race.refused) <= {
        "case.wrong_step", "case.merge_circle", "case.merge_moved", "case.merge_itself", "kernel.stale",
    }  # fmt: skip
    assert differences == ()


def test_bulk_actions_that_overlap_do_each_case_once(classes: Cast, case_at: Make, race: Race) -> None:
    cases = [case_at("filed") for _ in range(12)]
    warm(classes)
    wanted = [(row.id, row.version) for row in cases]

    def begin(chosen: list[Any]) -> Any:
        return acts.start_bulk(
            by=classes.chengyun, campaign=classes.campaign, step="dispatch", cases=chosen,
            arguments={"unit": "nxz", "note": "请尽快"},
        )  # fmt: skip

    jobs: list[Job] = [
        lambda n=n: begin(wanted[n : n + 8] if n % 2 else wanted[n : n + 8][::-1]) for n in range(5)
    ]
    jobs += [
        lambda row=row: acts.dispatch_case(by=classes.chengyun, case=row, unit=classes.units["nxz"])
        for row in cases[:6]
    ]
    dispatched, done, statuses = race.run(
        jobs,
        lambda: (
            Act.objects.filter(verb="case.dispatched").count(),
            BulkLine.objects.filter(state="done").count(),
            set(Case.objects.values_list("status", flat=True)),
        ),
    )
    single = sum(isinstance(answer, Case) for answer in race.done)
    assert statuses == {"dispatched"}
    assert dispatched == done + single == len(cases)
    assert set(race.refused) <= {"case.wrong_step", "kernel.stale"}


def test_a_peers_update_sent_often_is_kept_once(classes: Cast, race: Race) -> None:
    draft = acts.Draft(title="坑", area=NANXIANG)
    case = acts.report_case(by=classes.chengyun, campaign=classes.campaign, draft=draft)
    word = PeerWord("FMS-1", "open", dt.datetime(2021, 9, 16, 8, tzinfo=dt.UTC), "看过了")
    warm(classes)
    jobs: list[Job] = [lambda: take_update(by=classes.chengyun, case=case, word=word) for _ in range(20)]
    assert race.run(jobs, Comment.objects.count) == 1
    assert len({row.comment_id for row in race.done}) == 1
