"""A started product, a real Chromium, and people who sign in."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(__file__).parent / "shots"
_START_SECONDS = 180
CHROMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Product:
    """`guatu serve --demo` with a home folder of its own."""

    address: str
    home: Path
    log: Path
    environment: dict[str, str]

    def guatu(self, *arguments: str) -> str:
        """Run another command on the same store; answers what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "guatu.cli", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def password(self) -> str:
        """The demo accounts' password, as the start prints it and keeps it beside the store."""
        return str(json.loads((self.home / "demo.json").read_text(encoding="utf-8"))["password"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str, log: Path) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/accounts/login/", timeout=2) as reply:
            return bool(reply.status == 200)
    except urllib.error.HTTPError as refused:
        raise AssertionError(f"the product answers {refused.code}:\n{log.read_text()}") from refused
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def started(home: Path) -> Iterator[Product]:
    """The whole product, started as an office would, stopped as Ctrl-C would, its clean end asserted."""
    port = _free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GUATU_", "DJANGO_", "COV_"))
    }
    environment |= {"GUATU_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    log = home / "serve.log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "guatu.cli", "serve", "--demo", "--port", str(port)],
            env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        product = Product(f"http://127.0.0.1:{port}", home, log, environment)
        try:
            until = time.monotonic() + _START_SECONDS
            while not _answers(product.address, log):
                assert running.poll() is None, f"the product ended by itself:\n{log.read_text()}"
                assert time.monotonic() < until, f"no answer within {_START_SECONDS} s:\n{log.read_text()}"
                time.sleep(0.2)
            yield product
        finally:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                raise AssertionError(f"the product did not stop within 20 s:\n{log.read_text()}") from None


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One started product for all walks; each walk makes its own records in it."""
    with started(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("GUATU_CHROMIUM") or next(
        (found for name in CHROMES if (found := shutil.which(name))), None
    )
    assert program, "no Chromium found; `make system` installs it, or name it in GUATU_CHROMIUM"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, headless=True, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Seat:
    """One person in front of one browser; remembers whatever the page complained about."""

    page: Page
    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the product; it must answer without an error."""
        reply = self.page.goto(self.address + path)
        assert reply is not None and reply.status < 400, f"{path} answered {reply and reply.status}"
        return self.page

    def shot(self, name: str) -> Path:
        """A picture for the reader's eyes, in tests/walks/shots (not kept in the tree)."""
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def faults(self) -> list[str]:
        """Accessibility faults of the page as it stands (axe: WCAG 2 A, AA), one line each."""
        from axe_playwright_python.sync_playwright import Axe

        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = (
            Axe().run(self.page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
        )
        return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:120]}" for each in found]


@pytest.fixture
def seat(product: Product, browser: Browser) -> Iterator[Callable[..., Seat]]:
    """`seat("nanxiang")` signs that person in; `seat(None)` is a stranger. phone=True: 390 px, touch.

    After the walk no page may have complained: no script error, no failed answer of the server, no other host asked.
    """
    seats: list[Seat] = []

    def take(
        username: str | None, *, phone: bool = False, language: str = "zh-CN", script: bool = True
    ) -> Seat:
        size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 850}
        # the page's own policy forbids eval, which the driver's wait_for_function needs
        context = browser.new_context(
            viewport=size, has_touch=phone, locale=language, timezone_id="Asia/Shanghai", bypass_csp=True,
            java_script_enabled=script, accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(30_000)
        one = Seat(context.new_page(), context, product.address)
        _listen(one)
        seats.append(one)
        if username is not None:
            page = one.open("/accounts/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", product.password)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        return one

    yield take
    complaints = [complaint for one in seats for complaint in one.complaints]
    for one in seats:
        one.context.close()
    assert complaints == []


def _listen(one: Seat) -> None:
    one.page.on("pageerror", lambda error: one.complaints.append(f"script: {error}"))
    one.page.on(
        "response",
        lambda reply: one.complaints.append(f"{reply.status} {reply.url}") if reply.status >= 500 else None,
    )
    one.page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((one.address, "data:", "blob:"))
            else one.complaints.append(f"asked another host: {request.url}")
        ),
    )
