"""The worker: runs what is queued; tries again what broke; takes up what a dead worker dropped; starts what is due."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from guatu import reactions
from guatu.commands import worker
from guatu.kernel import clock, jobs
from tests.commands import chores

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand() -> Iterator[worker.OfficeWorker]:
    chores.done.clear()
    yield worker.office_worker("hand", batch=True)


def run_next(hand: worker.OfficeWorker) -> DBTaskResult:
    """Claim and run the next job, as the worker's loop does."""
    row = DBTaskResult.objects.ready().first()
    assert row is not None
    row.claim("hand")
    hand.run_task(row)
    row.refresh_from_db()
    return row


def test_it_runs_what_is_queued(hand):
    chores.note.enqueue(word="清洁日")
    assert run_next(hand).status == TaskResultStatus.SUCCESSFUL
    assert chores.done == ["清洁日"]


def test_what_broke_is_tried_again_later_and_given_up_in_the_end(hand):
    chores.breaks.enqueue()
    waits = []
    for _ in range(worker.MOST_TRIES - 1):
        row = run_next(hand)
        assert row.status == TaskResultStatus.READY
        waits.append(row.run_after - clock.real_now())
        assert DBTaskResult.objects.ready().count() == 0, "not at once"
        DBTaskResult.objects.update(run_after=clock.real_now())
    assert waits == sorted(waits)
    assert waits[0] > dt.timedelta(seconds=5)
    row = run_next(hand)
    assert row.status == TaskResultStatus.FAILED
    assert "out of paper" in row.traceback


def test_a_refusal_is_not_tried_again(hand):
    chores.refused.enqueue()
    assert run_next(hand).status == TaskResultStatus.FAILED


def test_what_a_dead_worker_dropped_is_taken_up(hand):
    chores.note.enqueue(word="again")
    row = DBTaskResult.objects.get()
    row.claim("dead")
    assert worker.take_up_dropped() == 0, "the lease still runs"
    DBTaskResult.objects.update(started_at=clock.real_now() - worker.LEASE - dt.timedelta(seconds=1))
    assert worker.take_up_dropped() == 1
    assert run_next(hand).worker_ids == ["dead", "hand"]


def test_a_job_in_hand_keeps_its_lease(hand):
    chores.note.enqueue(word="long")
    row = DBTaskResult.objects.get()
    row.claim("hand")
    DBTaskResult.objects.update(started_at=clock.real_now() - dt.timedelta(seconds=50))
    hand.in_hand = row.pk
    hand.renew_lease()
    row.refresh_from_db()
    assert clock.real_now() - row.started_at < dt.timedelta(seconds=5)


def test_a_job_that_kills_every_worker_is_given_up(hand):
    chores.note.enqueue(word="poison")
    long_ago = clock.real_now() - dt.timedelta(minutes=5)
    DBTaskResult.objects.update(status="RUNNING", started_at=long_ago, worker_ids=["a", "b", "c"])
    assert worker.take_up_dropped() == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_what_is_due_is_started_once_among_all_workers(monkeypatch):
    monkeypatch.setattr(reactions, "SCHEDULED", [(3600, chores.note)], raising=False)
    assert [worker.start_due(), worker.start_due()] == [1, 0]
    assert DBTaskResult.objects.count() == 1


def test_what_was_given_up_runs_again_when_a_person_says_so(hand):
    chores.note.enqueue(word="again")
    DBTaskResult.objects.update(status="FAILED", worker_ids=["a", "b", "c"], traceback="…")
    row = DBTaskResult.objects.get()
    assert jobs.run_again(row.pk)
    assert run_next(hand).status == TaskResultStatus.SUCCESSFUL
    assert not jobs.run_again(row.pk), "it is not given up"
