"""`guatu serve` as a person meets it: it starts, answers, stops in order, and says what is wrong when it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

# its own processes and store: once, not once per store
pytestmark = [pytest.mark.tree, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]


def environment(home, **more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("GUATU_", "DJANGO_"))}
    return {**bare, "GUATU_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def guatu(home, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guatu.cli", *arguments],
        env=environment(home, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, running: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> float:
    """Seconds until the address answers."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        assert running.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=1) as reply:
                assert reply.status == 200
                return time.monotonic() - started
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{refused.code}\n{log.read_text()}") from refused
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


def descendants(pid: int) -> list[int]:
    """Process ids below `pid`, read from /proc."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found, look = [], [pid]
    while look:
        parent = look.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        look += children
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    done = guatu(folder, "init")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_starts_quickly_and_stops_in_order(home, how):
    port, log = free_port(), home / f"{how.name}.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "guatu.cli", "serve", "--port", str(port)]
        running = subprocess.Popen(
            command, env=environment(home), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        took = wait_for(f"http://127.0.0.1:{port}/accounts/login/", running, log)
        below = descendants(running.pid)
        assert len(below) >= 2, "a process that answers and one that works"
        running.send_signal(how)
        assert running.wait(15) == 0, log.read_text()
        time.sleep(0.3)
        assert not [pid for pid in below if Path(f"/proc/{pid}").exists()], "a process was left behind"
        # generous: the machine may be busy; benchmarks/start.py says how long it takes on a quiet one
        assert took < 20, f"a ready store took {took:.1f} s to answer"
    finally:
        if running.poll() is None:
            running.kill()


def test_the_worker_leaves_with_a_killed_server(home):
    port, log = free_port(), home / "killed.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "guatu.cli", "serve", "--port", str(port)]
        running = subprocess.Popen(
            command, env=environment(home), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
    wait_for(f"http://127.0.0.1:{port}/accounts/login/", running, log)
    below = descendants(running.pid)
    workers = [pid for pid in below if b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    assert workers
    running.kill()
    running.wait(5)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.1)
    left = [pid for pid in below if Path(f"/proc/{pid}").exists()]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not set(left) & set(workers), "the worker stayed behind"


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("GUATU_DATABASE_URL", "mysql://x/y", "guatu.E005"),
        ("GUATU_DATABASE_URL", "postgresql://user@127.0.0.1", "guatu.E004"),
        ("GUATU_SECRET_KEY", "short", "guatu.E003"),
        ("GUATU_HTTPS", "perhaps", "guatu.E001"),
        ("GUATU_HOME", "/proc/nowhere", "guatu.E002"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_id_and_hint(home, setting, value, code):
    done = guatu(home, "serve", **{setting: value})
    assert done.returncode != 0
    assert f"({code})" in done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_that_is_not_ready_says_so(tmp_path):
    done = guatu(tmp_path, "work")
    assert done.returncode == 1
    assert "guatu init" in done.stderr


def test_a_taken_port_says_so(home):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        done = guatu(home, "serve", "--port", str(holder.getsockname()[1]))
    assert done.returncode == 1
    assert "guatu.E012" in done.stderr


def test_the_demo_is_not_offered_to_the_network(home):
    done = guatu(home, "serve", "--demo", "--host", "0.0.0.0", "--port", str(free_port()))
    assert done.returncode == 2
    assert "this machine only" in done.stderr


def test_the_clock_of_a_store_is_set_and_set_back(home):
    assert "2021-09-16 09:00 (set)" in guatu(home, "clock", "2021-09-16T09:00").stdout
    assert "2021-09-16 09:0" in guatu(home, "clock").stdout
    assert "(real)" in guatu(home, "clock", "real").stdout
    assert guatu(home, "clock", "yesterday").returncode == 2


def test_init_twice_does_nothing(home):
    assert guatu(home, "init").stdout == "ready: nothing to do\n"
