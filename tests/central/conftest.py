"""A really served Guatu, and ODK's own Python client in front of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyodk._utils.config import CentralConfig, Config
from pyodk.client import Client

from tests.central.serve import PASSWORD
from tests.guards.tree import ROOT

Connect = Callable[..., Client]


def _environment(folder: Path) -> tuple[dict[str, str], Callable[[], None]]:
    """The server's environment and how to clean up: its own SQLite file, or a database of its own on the PostgreSQL
    server that the tests were started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GUATU_", "DJANGO_"))}
    url = os.environ.get("GUATU_TEST_DATABASE_URL", "")
    if not url.startswith(("postgresql://", "postgres://")):
        return kept, lambda: None
    import psycopg

    name = f"guatu_central_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as store:
        store.execute(f'CREATE DATABASE "{name}"')
        own = store.info
        kept["GUATU_DATABASE_URL"] = _with_name(url, own.dbname, name)

    def drop() -> None:
        with psycopg.connect(url, autocommit=True) as store:
            store.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    return kept, drop


def _with_name(url: str, old: str, new: str) -> str:
    head, mark, query = url.partition("?")
    return f"{head.removesuffix(old)}{new}{mark}{query}"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the server answers."""
    folder = tmp_path_factory.mktemp("central")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment, clean = _environment(folder)
    log = (folder / "log.txt").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.central.serve", str(folder), str(port)],
        cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        _wait(running, port, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        log.close()
        clean()


def _wait(running: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        assert running.poll() is None, (folder / "log.txt").read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((folder / "log.txt").read_text())


@pytest.fixture(scope="session")
def connect(address: str, tmp_path_factory: pytest.TempPathFactory) -> Connect:
    """A client for one of the cast, as its owner would make it."""

    def client_of(username: str = "jinbo", project: int | None = 1) -> Client:
        told = CentralConfig(address, username, PASSWORD, default_project_id=project)
        cache = tmp_path_factory.mktemp("pyodk") / "cache.toml"
        return Client(config=Config(told), cache_path=cache).open()

    return client_of


@pytest.fixture(scope="session")
def odk(connect: Connect) -> Client:
    """The office's client; its campaign is project 1 because it was the first to be listed."""
    client = connect()
    assert [each.id for each in client.projects.list()] == [1]
    return client
