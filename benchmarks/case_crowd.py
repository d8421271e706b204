"""Two hundred people on one list: `python -m benchmarks.case_crowd --store postgresql|sqlite [--people 200]`.

Starts the product as it is started anywhere (`guatu serve --demo`) with a store of its own, signs in two hundred sessions
of the demo's people, and lets all of them ask at once over HTTP: the list, its tabs, a search, the map, a case, and now and
then a comment. Baseline: the same requests by one session alone, in the same run. What must hold: no answer of 500 or above,
and nothing lost. Times are of clients in the same machine: the clients take their share of its cores too.
"""

import argparse
import datetime as dt
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import RESULTS, machine, revision  # noqa: E402

PEOPLE = ("chengyun", "nanxiang", "jiangqiao", "lvrong", "hecha", "jinbo", "zhihui", "xuncha")
LISTS = (
    "/cases/",
    "/cases/?view=open",
    "/cases/?view=late",
    "/cases/?status=closed",
    "/cases/?q=路",
    "/cases/?view=mine",
)
ROUNDS = 6  # requests of each session in the crowd


class Session:
    """One signed-in browser: keeps its cookies, knows the cases it saw."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base
        self.client = requests.Session()
        self.client.cookies.set("sessionid", key)
        self.cases: list[str] = []
        self.token = ""

    def one(self, dice: random.Random) -> tuple[str, float, int]:
        """One request, as people mix them: (kind, milliseconds, status)."""
        kind = dice.choices(("list", "map", "case", "comment"), (60, 20, 15, 5))[0]
        if kind in ("case", "comment") and not self.cases:
            kind = "list"
        started = time.perf_counter()
        reply = getattr(self, kind)(dice)
        took = (time.perf_counter() - started) * 1000
        if kind == "list" and reply.status_code == 200:
            self.cases = re.findall(r'data-href="(/cases/[0-9a-f-]{36}/)"', reply.text) or self.cases
            self.token = _token(reply.text)
        return kind, took, reply.status_code

    def list(self, dice: random.Random) -> requests.Response:
        return self._get(dice.choice(LISTS))

    def map(self, _dice: random.Random) -> requests.Response:
        return self._get("/cases/map/")

    def case(self, dice: random.Random) -> requests.Response:
        return self._get(dice.choice(self.cases))

    def comment(self, dice: random.Random) -> requests.Response:
        """A write: everybody waits for everybody on SQLite, and nobody may be told that the store is locked."""
        chosen = dice.choice(self.cases).strip("/").split("/")[-1]
        said = {"step": "comment", "row": chosen, "confirm": "1", "shown": "1", "text": "人多时的留言",
                "csrfmiddlewaretoken": self.token}  # fmt: skip
        return self.client.post(
            f"{self.base}/cases/bulk/do/comment/", data=said, headers={"Referer": self.base}, timeout=120,
            allow_redirects=False,
        )  # fmt: skip

    def _get(self, address: str) -> requests.Response:
        return self.client.get(self.base + address, timeout=120, allow_redirects=False)


def _token(text: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    return found[1] if found else ""


def started(store: str, stack: ExitStack) -> tuple[str, dict[str, str], Path]:
    """The product on a free port with the demo in a store of its own: (base, its environment, its output's file)."""
    from scripts.postgres import binaries, cluster, free_port

    home = stack.enter_context(tempfile.TemporaryDirectory(prefix="guatu-crowd-"))
    environment = {**os.environ, "GUATU_HOME": home, "PYTHONPATH": str(ROOT)}
    environment.pop("GUATU_DATABASE_URL", None)
    if store == "postgresql":
        programs = binaries()
        if programs is None:
            sys.exit("No PostgreSQL found.")
        environment["GUATU_DATABASE_URL"] = stack.enter_context(cluster(programs))
    port, log = free_port(), Path(home) / "serve.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "guatu.cli", "serve", "--demo", "--port", str(port)], env=environment, cwd=ROOT,
        stdout=log.open("w"), stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    stack.callback(_stop, process)
    for _ in range(600):
        time.sleep(0.5)
        text = log.read_text()
        if "Ctrl-C" in text:
            return f"http://127.0.0.1:{port}", environment, log
        if process.poll() is not None:
            sys.exit(text[-2000:])
    sys.exit("The product did not start:\n" + log.read_text()[-2000:])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def said(taken: list[float]) -> dict[str, Any]:
    ordered = sorted(taken)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "most_ms": round(ordered[-1], 1),
        "requests": len(ordered),
    }


def crowd(
    sessions: list[Session], rounds: int, pause: float = 0
) -> tuple[dict[str, list[float]], Counter[int], list[str], float]:
    """All sessions at once, each asking again after `pause` seconds on average (0: as soon as it has been answered)."""
    taken: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[int] = Counter()
    broken: list[str] = []
    lock, gate = threading.Lock(), threading.Barrier(len(sessions) + 1)

    def run(number: int, session: Session) -> None:
        dice = random.Random(number)
        gate.wait()
        for _ in range(rounds):
            time.sleep(dice.expovariate(1 / pause) if pause else 0)
            try:
                kind, took, status = session.one(dice)
            except requests.RequestException as wrong:
                with lock:
                    broken.append(type(wrong).__name__)
                continue
            with lock:
                taken[kind].append(took)
                statuses[status] += 1

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(sessions)]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return taken, statuses, broken, time.perf_counter() - begun


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--store", choices=("postgresql", "sqlite"), default="sqlite")
    told.add_argument("--people", type=int, default=200)
    told.add_argument(
        "--pause", type=float, default=0, help="seconds a person reads before asking again; 0: a storm"
    )
    asked = told.parse_args()
    with ExitStack() as stack:
        base, environment, log = started(asked.store, stack)
        sessions = signed_in(base, environment, asked.people)
        crowd(sessions[:1], 10)  # warm
        alone, _statuses, _broken, _took = crowd(sessions[:1], 60)
        taken, statuses, broken, seconds = crowd(sessions, ROUNDS, asked.pause)
        text = log.read_text()
        locked = text.count("database is locked")
    result = {
        "name": "case_crowd", "store": asked.store, "people": asked.people, "pause_seconds": asked.pause, "baseline": "one session alone",
        "seconds": round(seconds, 1), "requests_a_second": round(sum(statuses.values()) / seconds, 1),
        "statuses": {str(key): count for key, count in sorted(statuses.items())}, "connections_broken": Counter(broken),
        "database_is_locked": locked,
        "alone": {kind: said(each) for kind, each in sorted(alone.items())},
        "crowd": {kind: said(each) for kind, each in sorted(taken.items())},
        "ratio_p50": {kind: round(statistics.median(taken[kind]) / statistics.median(each), 1)
                      for kind, each in alone.items() if kind in taken},
        "met": sum(statuses.values()) == asked.people * ROUNDS and not broken and not locked and all(status < 500 for status in statuses),
        "taken_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "revision": revision(), "machine": machine(),
    }  # fmt: skip
    path = RESULTS / f"{result['taken_at'][:10]}-case_crowd-{asked.store}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=2))


SIGN_IN = """
import sys
from guatu.commands import start_django
start_django()
from importlib import import_module
from django.conf import settings
from guatu.units.models import Person
engine = import_module(settings.SESSION_ENGINE)
people = list(Person.objects.filter(username__in=sys.argv[2].split(",")).order_by("username"))
for number in range(int(sys.argv[1])):
    person = people[number % len(people)]
    kept = engine.SessionStore()
    kept.update({"_auth_user_id": str(person.pk), "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0],
                 "_auth_user_hash": person.get_session_auth_hash()})
    kept.create()
    print(kept.session_key)
"""


def signed_in(base: str, environment: dict[str, str], count: int) -> list[Session]:
    """Sessions of the demo's eight people in turn, written into the store: signing in is limited to sixty a minute."""
    asked = [sys.executable, "-c", SIGN_IN, str(count), ",".join(PEOPLE)]
    told = subprocess.run(asked, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    return [Session(base, key) for key in told.stdout.split()[-count:]]


if __name__ == "__main__":
    main()
