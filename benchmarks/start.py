"""How long `guatu serve` takes until the sign-in page is there, on a ready store: `python benchmarks/start.py`.

Baseline: the smallest Django there is (one file, one view, same server, same Python), started in turns with ours.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import alternate, record  # noqa: E402

RUNS = 5
_SMALLEST = """
import os
from django.conf import settings
settings.configure(SECRET_KEY="x" * 40, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
import django
django.setup()
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("ok"))]
application = get_asgi_application()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_until(command: list[str], address: str, environment: dict[str, str], folder: Path) -> float:
    """Start, wait for the first whole answer, stop; seconds until the answer."""
    started = time.perf_counter()
    running = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - started < 60:
            try:
                with urllib.request.urlopen(address, timeout=5) as reply:
                    reply.read()
                return time.perf_counter() - started
            except OSError:
                time.sleep(0.01)
        raise SystemExit(f"{command[:4]} did not answer")
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(20)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "GUATU_HOME": folder}
        (home / "smallest.py").write_text(_SMALLEST)
        subprocess.run([sys.executable, "-m", "guatu.cli", "init"], env=environment, check=True, cwd=ROOT)

        def ours() -> float:
            port = free_port()
            command = [sys.executable, "-m", "guatu.cli", "serve", "--port", str(port)]
            return seconds_until(command, f"http://127.0.0.1:{port}/accounts/login/", environment, ROOT)

        def smallest() -> float:
            port = free_port()
            command = [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "asgi",
                "--port",
                str(port),
                "smallest:application",
            ]
            return seconds_until(command, f"http://127.0.0.1:{port}/", environment, home)

        taken = alternate(RUNS, guatu=ours, smallest_django=smallest)
    record("start", ours="guatu", baseline="smallest_django", unit="s", taken=taken)


if __name__ == "__main__":
    main()
