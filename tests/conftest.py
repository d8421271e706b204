"""What every test stands on: the cast, the clock, no network, jobs run at once, and counted queries."""

import datetime as dt
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guatu.kernel import calendar, clock
from guatu.places.reads import forget as forget_areas
from guatu.units.models import Person
from tests.cast import Cast, assemble

COUNTS = Path(__file__).parent / "query_counts.json"

# 50 days before the fourth import expo: the day the demo and the tests stand in.
CAMPAIGN_DAY = dt.datetime(2021, 9, 16, 9, 0, tzinfo=clock.ZONE)

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


def _only_this_machine(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOOPBACK):
        raise RuntimeError(f"a test tried to reach {address[0]}: nothing beyond this machine may be asked")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Offices have no internet, and neither have tests: a connection to another machine fails at once."""
    socket.socket.connect = _only_this_machine  # type: ignore[assignment, method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def campaign_clock(request: pytest.FixtureRequest) -> Iterator[dt.datetime]:
    """It is 2021-09-16 09:00 in Shanghai, unless a test says `with clock.at(…)` or uses the store's own clock."""
    with clock.at(CAMPAIGN_DAY):
        yield CAMPAIGN_DAY


@pytest.fixture(autouse=True)
def fresh_areas() -> Iterator[None]:
    """Areas are kept in memory; those of one test are not those of the next."""
    from guatu.places.reads import forget

    forget()
    yield
    forget()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process keeps of its store (areas, work calendar, the store's day) belongs to the test before."""
    calendar.forget()
    forget_areas()
    clock.forget()


@pytest.fixture
def cast(db: None) -> Cast:
    """Eight people with posts and one without, seven units, four places, one campaign; see tests/cast.py."""
    return assemble()


@pytest.fixture
def signed_in(db: None) -> Callable[..., Client]:
    """`signed_in(cast.nanxiang)`: a browser in which that person is signed in (no password is guessed slowly)."""

    def client_of(person: Person, **defaults: Any) -> Client:
        client = Client(**defaults)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_of


@pytest.fixture
def run_jobs(db: None) -> Callable[[], int]:
    """Runs what the acts left in the queue, now and here, until it is empty; answers how many ran.

    A job that fails fails the test with the job's own traceback.
    """
    from django_tasks_db.models import DBTaskResult

    from guatu.commands.worker import office_worker

    worker = office_worker("test", batch=True)

    def run() -> int:
        ran = 0
        while (row := DBTaskResult.objects.ready().first()) is not None:
            row.claim("test")
            worker.run_task(row)
            row.refresh_from_db()
            assert row.traceback == "", row.traceback
            ran += 1
        return ran

    return run


@pytest.fixture
def count_queries(monkeypatch: pytest.MonkeyPatch, db: None) -> Callable[[str], Any]:
    """`with count_queries("case list"):` — the number of queries must be the one kept in tests/query_counts.json.

    A new name is entered by running the test once with GUATU_COUNT_QUERIES=write; the change is then part of the diff,
    where a reader sees a page that suddenly asks the store twice as much.
    """
    from contextlib import contextmanager

    @contextmanager
    def counted(name: str) -> Iterator[CaptureQueriesContext]:
        # the store's day is asked for every five seconds: a slow machine would count one question more
        monkeypatch.setattr(clock, "_REFRESH_SECONDS", 3600.0)
        clock.refresh(force=True)
        with CaptureQueriesContext(connection) as seen:
            yield seen
        kept: dict[str, int] = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
        if os.environ.get("GUATU_COUNT_QUERIES") == "write":
            kept[name] = len(seen)
            COUNTS.write_text(json.dumps(dict(sorted(kept.items())), ensure_ascii=False, indent=2) + "\n")
        assert name in kept, f"“{name}” is not in {COUNTS.name}; run once with GUATU_COUNT_QUERIES=write"
        asked = "\n".join(query["sql"][:200] for query in seen.captured_queries)
        assert len(seen) == kept[name], f"“{name}” asked {len(seen)} times, {kept[name]} were kept:\n{asked}"

    return counted


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pure", action="store_true", help="only tests that touch no store: rules and arithmetic"
    )
    parser.addoption("--stored", action="store_true", help="only tests that touch the store")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`--pure`: what the coverage of the rules is measured by. `--stored`: what another store can make fail."""
    pure, stored = config.getoption("--pure"), config.getoption("--stored")
    if not pure and not stored:
        return
    stores = {"db", "transactional_db", "live_server", "client", "cast"}
    kept, rest = [], []
    for item in items:
        touches = stores & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
        still = not touches and not item.get_closest_marker("tree")
        (kept if (still if pure else touches) else rest).append(item)
    config.hook.pytest_deselected(items=rest)
    items[:] = kept
