import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fieldwork.pictures import photo
from tests.guards.tree import ROOT
from tests.intake.client import Phone


@dataclass
class Server:
    """A running product on this machine, with its own store."""

    port: int
    folder: Path
    keys: dict[str, str]
    digest: list[str]  # user name and password of a key of nanxiang's

    def phone(self, username: str = "nanxiang", language: str = "zh-CN") -> Phone:
        return Phone(self.port, f"key/{self.keys[username]}/expo", language)

    def browser(self) -> Phone:
        return Phone(self.port, "expo")

    def rows(self, table: str, where: str = "1=1") -> list[tuple[object, ...]]:
        """What the store holds, read from beside."""
        import sqlite3

        with sqlite3.connect(f"file:{self.folder / 'guatu.sqlite3'}?mode=ro", uri=True) as store:
            return store.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real server for all tests of this door."""
    folder = tmp_path_factory.mktemp("intake")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GUATU_", "DJANGO_"))
    }
    log = (folder / "log.txt").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.intake.serve", str(folder), str(port)],
        cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        _wait(running, port, folder)
        yield Server(port, folder, **json.loads((folder / "known.json").read_text()))
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        log.close()


def _wait(running: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    until = time.monotonic() + 90
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
def picture() -> bytes:
    return photo()
