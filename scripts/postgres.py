"""Runs a command with a PostgreSQL of its own: `python scripts/postgres.py -- pytest …`.

The command finds it in GUATU_TEST_DATABASE_URL. Where that is already set (a server you keep running), the
command is simply run. Otherwise a cluster is made in a temporary folder from the newest local binaries, listens on
one loopback port behind a password made for this run, and is removed afterwards. Exit code: the command's.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "GUATU_TEST_DATABASE_URL"
# Durability is what the product promises, not what a throw-away cluster needs.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=128MB -c max_connections=60"


def binaries() -> Path | None:
    """Folder of initdb: the newest /usr/lib/postgresql/*/bin, else what PATH has."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def as_nobody() -> list[str]:
    """initdb refuses root: the words to put before a command so that it runs as another user."""
    if os.getuid() != 0:
        return []
    user = next(
        name for name in ("postgres", "nobody") if any(name == each.pw_name for each in pwd.getpwall())
    )
    entry = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """A running cluster; gives its address and takes it away again."""
    folder = Path(tempfile.mkdtemp(prefix="guatu-pg-"))
    password, port, user = secrets.token_urlsafe(16), free_port(), as_nobody()
    (folder / "password").write_text(password)
    if user:
        entry = pwd.getpwuid(int(user[1].split("=")[1]))
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        os.chown(folder / "password", entry.pw_uid, entry.pw_gid)
    store, log = folder / "store", folder / "log"

    def run(*command: str) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        done = subprocess.run(
            [*user, *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            written = log.read_text() if log.is_file() else ""
            sys.exit(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}{written}")

    run(
        str(programs / "initdb"), "--pgdata", str(store), "--username", "guatu", "--pwfile", str(folder / "password"),
        "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
    )  # fmt: skip
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} {FAST}"
    control = [str(programs / "pg_ctl"), "--pgdata", str(store), "--log", str(log), "--wait"]
    run(*control, "--options", options, "start")
    try:
        yield f"postgresql://guatu:{password}@127.0.0.1:{port}/postgres"
    finally:
        run(*control, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def follow(command: list[str], environment: dict[str, str]) -> int:
    """Runs the command; an interrupt is passed on, so that the cluster is stopped in every case."""
    child = subprocess.Popen(command, env=environment)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, _frame: child.send_signal(number))
    return child.wait()


def main(command: list[str]) -> int:
    if os.environ.get(VARIABLE):
        return follow(command, dict(os.environ))
    programs = binaries()
    if programs is None:
        sys.exit(f"No PostgreSQL found. Set {VARIABLE}, or install one (Debian: apt-get install postgresql).")
    with cluster(programs) as address:
        return follow(command, {**os.environ, VARIABLE: address})


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] != "--":
        sys.exit(__doc__)
    sys.exit(main(sys.argv[2:]))
