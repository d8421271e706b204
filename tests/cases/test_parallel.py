"""A hundred presses at once: one takes the case, the others are told who has it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from guatu.cases import acts
from guatu.cases.models import Case
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from tests.cast import Cast
from tests.conftest import CAMPAIGN_DAY

PRESSES, HANDS = 100, 20  # a hundred requests, served by twenty threads as a server would


@contextmanager
def store_of_many_hands(folder: Path) -> Iterator[None]:
    """A store that threads share as they do in the product. SQLite in memory cannot be shared: its contents go into a
    file with the product's own settings (WAL, BEGIN IMMEDIATE), and every new connection opens that."""
    if connection.vendor != "sqlite":
        yield
        return
    path = folder / "store.sqlite3"
    with sqlite3.connect(path) as target:
        connection.connection.backup(target)
    target.close()
    settings = connections.settings["default"]
    before = settings["NAME"]
    settings["NAME"] = str(path)
    try:
        yield
    finally:
        settings["NAME"] = before


def in_threads(work: Callable[[], None], count: int) -> None:
    def run() -> None:
        try:
            with clock.at(CAMPAIGN_DAY):
                work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.slow  # a hundred transactions on one row, each durable before the next begins
@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_who_accept_one_wins_and_the_others_are_told(
    classes: Cast, case_at: Callable[..., Case], tmp_path: Path
) -> None:
    case = case_at("dispatched")
    people = [classes.nanxiang, classes.chengyun]
    for person in people:
        assert person.scope  # worked out once, before the race
    waiting = [(people[n % 2], case.version) for n in range(PRESSES)]
    lock, taken, refused = threading.Lock(), [], []
    failures: list[BaseException] = []

    def press() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                person, version = waiting.pop()
            try:
                found = acts.accept_case(by=person, case=case, version=version)
                with lock:
                    taken.append(found)
            except Problem as problem:
                with lock:
                    refused.append(problem)
            except BaseException as error:
                with lock:
                    failures.append(error)

    seen: list[tuple[str, int, int]] = []

    def look() -> None:
        row = Case.objects.get(pk=case.pk)
        seen.append((row.status, row.version, Act.objects.filter(verb="case.accepted").count()))

    with store_of_many_hands(tmp_path):
        in_threads(press, HANDS)
        in_threads(look, 1)
    assert failures == []
    assert len(taken) == 1
    assert {problem.code for problem in refused} == {"case.taken"}
    assert len(refused) == PRESSES - 1
    winner = taken[0].taker
    assert winner is not None
    assert all(winner.name in problem.sentence("zh-hans") for problem in refused)
    assert seen == [("accepted", case.version + 1, 1)]


@pytest.mark.slow  # forty transactions that all want the next number
@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_all_different(
    classes: Cast, case_at: Callable[..., Case], tmp_path: Path
) -> None:
    case_at("reported")
    numbers: list[str] = []

    def report() -> None:
        for _ in range(4):
            draft = acts.Draft(title="堆物", area="310114102")
            numbers.append(
                acts.report_case(by=classes.nanxiang, campaign=classes.campaign, draft=draft).number
            )

    assert classes.nanxiang.scope
    with store_of_many_hands(tmp_path):
        in_threads(report, 10)
    assert sorted(numbers) == [f"AJ-2021-{n:06d}" for n in range(2, 42)]
