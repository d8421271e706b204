"""The product as one program: pages and intake in one process, jobs in another beside it."""

import ipaddress
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click

from guatu.commands import ready_store, start_django

_LONGEST_PAUSE = 30.0


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Processes that answer requests.")
@click.option(
    "--demo", is_flag=True, help="Make the store ready; put the demo campaign into it when it is new."
)
@click.option("--no-work", is_flag=True, help="Answer requests only; jobs are run by `guatu work` elsewhere.")
def serve_command(host: str, port: int, workers: int, demo: bool, no_work: bool) -> None:
    """启动网页和后台任务 · Serve the pages and run the jobs, until Ctrl-C.

    \b
    例 · Examples:
      guatu serve
      guatu serve --demo --port 8080
      guatu serve --host 0.0.0.0 --workers 4 --no-work
    """
    start_django()
    _refuse_taken(host, port)
    if demo and not _is_loopback(host):
        raise click.UsageError(
            "--demo makes accounts with a published password; it is served on this machine only."
        )
    _make_ready(demo)
    ready_store()
    click.echo(f"\n  挂图  http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}\n")
    if demo:
        from guatu.commands.packs import say_accounts

        say_accounts()
    click.echo("  Ctrl-C stops it.\n")
    stop = (lambda: None) if no_work else _start_worker()
    try:
        _answer(host, port, workers)
    finally:
        stop()


def _make_ready(demo: bool) -> None:
    """A new store on a laptop is made without asking; an older one waits for `guatu init`, which a person decides."""
    from django.conf import settings
    from django.db import connection

    from guatu.commands.store import collect_static, make_ready

    fresh = connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists()
    if demo or fresh:
        for line in make_ready():
            click.echo(f"ready  {line}")
    if demo:
        from guatu.commands.packs import fill_demo

        fill_demo()
    collect_static()


def _answer(host: str, port: int, workers: int) -> None:
    """Blocks until a signal; the web server passes it to its own processes and ends cleanly."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()  # the server's processes open their own
    Granian(
        "guatu.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def _start_worker() -> Callable[[], None]:
    """Start `guatu work` beside the server and keep it alive; gives the function that stops it."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        pause = 1.0
        while not stopping.is_set():
            started = time.monotonic()
            # its own session: Ctrl-C reaches this process alone, which then stops the other in order
            child = subprocess.Popen(
                [sys.executable, "-m", "guatu.cli", "work", "--parent", str(os.getpid())],
                start_new_session=True,
            )
            running[:] = [child]
            code = child.wait()
            if stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - started > 60 else min(pause * 2, _LONGEST_PAUSE)
            logging.getLogger("guatu.serve").error(
                "the worker ended (%s); started again in %.0f s", code, pause
            )
            stopping.wait(pause)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()

    def stop() -> None:
        stopping.set()
        for child in running:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        thread.join(2)

    return stop


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise click.ClickException(
                f"(guatu.E012) {host}:{port} cannot be listened on: {taken.strerror}.\n  hint: --port with another number"
            ) from taken


@click.command("work")
@click.option("--name", default="", help="How this worker is called in the jobs list.")
@click.option("--parent", type=int, hidden=True, help="End when this process is gone.")
def work_command(name: str, parent: int | None) -> None:
    """只运行后台任务 · Run the jobs: notices, documents, and what the clock starts. Any number of these may run.

    \b
    例 · Examples:
      guatu work
      guatu work --name night
    """
    ready_store()
    from guatu.commands.worker import run_worker

    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    run_worker(name=name, parent=parent)
