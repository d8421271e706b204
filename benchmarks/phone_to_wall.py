"""From the commit to the wall, in a real browser against the started product: `python benchmarks/phone_to_wall.py [RUNS]`.

Ours: milliseconds from the phone's 201 (which follows the commit) until the panel with the new number stands in the
wall's page. Baseline: the wall's poll interval, since a question comes on average half of it after the commit and at
most one of it; what is above is drawing, transport and the browser. Sent at moments that do not follow the poll.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measuring import record
from tests.walks.conftest import Product, started
from tests.walks.test_wall import SEND, WALL, WATCH, put_in

EVERY_MS = 400.0
_PRIMES = (7, 61, 127, 193, 251, 311, 373)


def signed_in(browser: Browser, product: Product, username: str) -> Page:
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{product.address}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", product.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return page


def delays(product: Product, browser: Browser, runs: int) -> list[float]:
    wall, phone = signed_in(browser, product, "zhihui"), signed_in(browser, product, "nanxiang")
    wall.goto(product.address + WALL)
    wall.evaluate(WATCH)
    taken = []
    for run in range(runs + 2):
        sent = phone.evaluate(SEND, {"persons": 1, "street": "310114102"})
        assert sent["status"] == 201, sent["said"]
        taken.append(float(max(0, put_in(wall, "panel-figures", sent["at"] - 300) - sent["at"])))
        phone.wait_for_timeout(700 + _PRIMES[run % len(_PRIMES)])
    return taken[2:]


def say(taken: list[float]) -> None:
    ordered = sorted(taken)
    record(
        "phone_to_wall",
        ours="commit_to_panel",
        baseline="poll_interval",
        unit="ms",
        taken={"commit_to_panel": taken, "poll_interval": [EVERY_MS] * len(taken)},
        p50=statistics.median(ordered),
        p99=ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
        target="p99 ≤ 1000 ms",
    )


def main(runs: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="guatu-bench-") as folder,
        started(Path(folder)) as product,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        taken = delays(product, browser, runs)
        browser.close()
    say(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
