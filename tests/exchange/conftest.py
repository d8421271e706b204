"""The city's platform as a process of its own, which can be switched off and on again."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from guatu.cases import acts
from guatu.cases.acts.peers import save_peer, set_token
from guatu.cases.models import Peer
from guatu.kernel import calendar
from guatu.kernel.acts import SYSTEM
from tests.cases.conftest import CLASSES
from tests.cast import Cast
from tests.guards.tree import ROOT


@dataclass
class City:
    """The second Guatu. `start` and `stop` are the line going up and down; the store stays."""

    port: int
    folder: Path
    running: subprocess.Popen[bytes] | None = None
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/exchange/expo"

    def start(self) -> None:
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("GUATU_", "DJANGO_"))}
        with (self.folder / "log.txt").open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "tests.exchange.serve", str(self.folder), str(self.port)],
                cwd=ROOT, env=kept, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.running.poll() is None, (self.folder / "log.txt").read_text()[-3000:]
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    self.known = json.loads((self.folder / "known.json").read_text())
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log.txt").read_text()[-3000:])

    def stop(self) -> None:
        if self.running is not None:
            self.running.terminate()
            self.running.wait(timeout=15)
            self.running = None

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One call of the city's own API as one of its people; answers (status, JSON)."""
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api{path}", sent, method=method)
        request.add_header("Authorization", f"Bearer {self.known['keys'][who]}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as wrong:
            return wrong.code, json.loads(wrong.read() or b"null")

    def step(self, who: str, case: str, step: str, **body: Any) -> Any:
        status, said = self.ask(who, "POST", f"/cases/{case}/{step}", body)
        assert status == 200, (step, said)
        return said

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What its store holds, read from beside."""
        import sqlite3

        with sqlite3.connect(f"file:{self.folder / 'guatu.sqlite3'}?mode=ro", uri=True) as store:
            return store.execute(sql).fetchall()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = City(port, tmp_path_factory.mktemp("city"))
    found.start()
    yield found
    found.stop()


@dataclass
class Ground:
    """Our side: the cast, and the city's platform twice, as what stands above and as a district beside."""

    cast: Cast
    above: Peer
    beside: Peer


@pytest.fixture
def ground(cast: Cast, city: City, settings: Any) -> Iterator[Ground]:
    settings.GUATU_EXCHANGE_PLAIN = True
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    made = []
    for code, kind, source, key in (
        ("city", "upper", "city_platform", "below"),
        ("beside", "district", "district", "beside"),
    ):
        peer = save_peer(by=cast.chengyun, campaign=cast.campaign, code=code, name=f"平台{code}", kind=kind,
                         source=source, base_url=city.url)  # fmt: skip
        peer = set_token(by=cast.chengyun, peer=peer, token=city.known["keys"][key])
        (position,) = city.rows(f"select position from cases_peer where code = '{key}'")[0]
        peer.cursor = (
            f"p{position}" if position else ""
        )  # what the tests before left there is not for this one
        peer.save()
        made.append(peer)
    yield Ground(cast, *made)
    calendar.forget()
