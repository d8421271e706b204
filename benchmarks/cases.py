"""The case desk with a million cases: `python -m benchmarks.cases --store postgresql|sqlite --cases N`.

Makes the store (benchmarks/case_generator.py), then asks the real pages through the Django test client as the shift leader
of the operations centre who sees everything: lists with filters, tabs, words, another order, page 50; the map, a case,
opening one, duplicates, a bulk step on 1,000, an export of 100,000 rows. Baseline of every ratio: the bare indexed SELECT of
fifty rows in the same run. PostgreSQL: GUATU_DATABASE_URL if set (a store made before is used again), else a private one.
"""

import argparse
import contextlib
import datetime as dt
import gc
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import RESULTS, machine, revision  # noqa: E402

RUNS = 15
# page: (address, most milliseconds at the 95th percentile, most queries)
LISTS = {
    "list": "/cases/",
    "list_open": "/cases/?view=open",
    "list_late": "/cases/?view=late",
    "list_status_class": "/cases/?status=closed&class={klass}",
    "list_area_source": "/cases/?area={area}&source=hotline",
    "list_days": "/cases/?opened_from={day}&opened_to={day}",
    "list_number": "/cases/?q={number}",
    "list_word": "/cases/?q=Tremont",
    "list_word_rare": "/cases/?q=Batterymarch",
    "list_by_due": "/cases/?sort=due_at&status=dispatched",
    "list_page_2": "/cases/?{page2}",
    "list_page_50": "/cases/?{page50}",
}


@contextlib.contextmanager
def opened(store: str) -> Iterator[None]:
    """Django with an own store of that kind."""
    from scripts.postgres import binaries, cluster

    with contextlib.ExitStack() as stack:
        if "GUATU_HOME" not in os.environ or store == "sqlite":
            kept = os.environ.get("GUATU_BENCH_HOME")
            folder = kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="guatu-bench-"))
            os.environ["GUATU_HOME"] = folder
        if store == "sqlite":
            os.environ.pop("GUATU_DATABASE_URL", None)
        elif not os.environ.get("GUATU_DATABASE_URL"):
            programs = binaries()
            if programs is None:
                sys.exit("No PostgreSQL found; set GUATU_DATABASE_URL.")
            os.environ["GUATU_DATABASE_URL"] = stack.enter_context(cluster(programs))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
        from guatu.commands import start_django
        from guatu.commands.store import make_ready

        start_django()
        make_ready()
        yield


class Asked:
    """A signed-in client and what it measured."""

    def __init__(self) -> None:
        from django.test import Client

        from guatu.campaigns.models import Campaign
        from guatu.units.models import Person

        self.person = Person.objects.get(username="bench-centre")
        self.campaign = Campaign.objects.get(code="boston-311")
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.person)
        self.found: dict[str, dict[str, Any]] = {}

    def keep(self, name: str, taken: list[float], queries: int, target: float, **more: Any) -> None:
        """taken, target: milliseconds."""
        ordered = sorted(taken)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        self.found[name] = {
            "p50_ms": round(statistics.median(taken), 1), "p95_ms": round(p95, 1), "runs": len(taken), "queries": queries,
            "target_ms": target, "met": p95 <= target, **more,
        }  # fmt: skip
        said = self.found[name]
        mark = "" if said["met"] else "  <-- beyond the target"
        print(
            f"{name:<22} p50 {said['p50_ms']:>8.1f}  p95 {said['p95_ms']:>8.1f} ms  {queries:>3} queries{mark}",
            flush=True,
        )

    def page(self, name: str, address: str, target: float, runs: int = RUNS) -> None:
        seen: list[tuple[float, str]] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            started = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                seen.append((round((time.perf_counter() - started) * 1000, 1), sql))

        from django.db import connection

        with connection.execute_wrapper(watch):
            reply = self.client.get(address)
        assert reply.status_code == 200, (name, address, reply.status_code, reply.content[:300])
        cpu = time.process_time()
        taken = [timed(lambda: self.client.get(address)) for _ in range(runs)]
        cpu = (time.process_time() - cpu) * 1000 / runs
        slow = max(seen, default=(0.0, ""))
        self.keep(
            name,
            taken,
            len(seen),
            target,
            cpu_ms=round(cpu, 1),
            sql_ms=round(sum(each for each, _sql in seen), 1),
            slowest_query_ms=slow[0],
            slowest_query=slow[1][:400],
        )


def timed(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def cursor_of(asked: Asked, pages: int) -> str:
    """The address of a later page, found as a reader finds it: by pressing “next”."""
    query = ""
    for _ in range(pages - 1):
        text = asked.client.get(f"/cases/?{query}").content.decode()
        found = re.search(r'[?&;]after=([^"&]+)', text)
        if found is None:
            break
        query = f"after={found[1]}"
    return query


def bare(asked: Asked) -> list[float]:
    """The baseline: fifty rows from the index, nothing else."""
    from django.db import connection

    def run() -> None:
        with connection.cursor() as cursor:
            key = asked.campaign.pk if connection.vendor == "postgresql" else asked.campaign.pk.hex
            cursor.execute(
                "SELECT * FROM cases_case WHERE campaign_id = %s ORDER BY opened_at DESC LIMIT 50", [key]
            )
            cursor.fetchall()

    run()
    return [timed(run) for _ in range(RUNS * 2)]


def lists(asked: Asked) -> None:
    from guatu.cases.models import Case

    rows = Case.objects.filter(campaign=asked.campaign)
    some = rows.filter(status="closed").order_by("number")[1000]
    words = {
        "klass": some.class_code, "area": some.area[:9], "number": some.number, "day": some.opened_at.date().isoformat(),
        "page2": cursor_of(asked, 2), "page50": cursor_of(asked, 50),
    }  # fmt: skip
    for name, address in LISTS.items():
        asked.page(name, address.format(**words), 300)
    asked.page("map", "/cases/map/", 300)
    asked.page("map_filtered", f"/cases/map/?area={words['area']}&status=closed", 300)
    asked.page("case", f"/cases/{some.id}/", 300)
    asked.page("duplicates", f"/cases/duplicates/{some.id}/", 300)
    asked.page("pdf", f"/cases/{some.id}/case.pdf", 2000, runs=5)


def opening(asked: Asked) -> None:
    """Open a case by the form; with its own point, so that the ground and the routing are worked out."""
    from guatu.cases.models import Case

    known = Case.objects.filter(campaign=asked.campaign, status="closed").exclude(lon=None)
    some = known.exclude(area=asked.campaign.area).order_by("opened_at", "id")[500]
    taken, cpu = [], 0.0
    for number in range(RUNS + 3):
        said = {"title": f"测量 {number}", "source": "patrol", "class_code": some.class_code, "area": some.area, "lon": some.lon,
                "lat": some.lat, "crs": "wgs84", "description": "", "address": "", "upper_number": ""}  # fmt: skip
        busy, started = time.process_time(), time.perf_counter()
        reply = asked.client.post("/cases/new/", said)
        took = (time.perf_counter() - started) * 1000
        assert reply.status_code == 302, (
            reply.status_code,
            dict(reply.context["form"].errors) if reply.context else reply.content[:300],
        )
        if number >= 3:
            taken.append(took)
            cpu += time.process_time() - busy
    asked.keep("open_a_case", taken, 0, 50, cpu_ms=round(cpu * 1000 / len(taken), 1))


def bulk(asked: Asked, count: int = 1000) -> None:
    """Accept a thousand on behalf of the units, through the page, then take it back. Big ones may go to the background."""
    from guatu.cases.acts.bulk import run_bulk
    from guatu.cases.models import Bulk, Case

    chosen = list(
        Case.objects.filter(campaign=asked.campaign, status="dispatched").values_list("id", flat=True)[:count]
    )
    busy, started = time.process_time(), time.perf_counter()
    reply = asked.client.post(
        "/cases/bulk/do/accept/", {"row": [str(each) for each in chosen], "confirm": "1", "shown": "1"}
    )
    answered = time.perf_counter() - started
    assert reply.status_code == 302, reply.content[:300]
    row = Bulk.objects.order_by("-at").first()
    assert row is not None
    if row.status in ("waiting", "running"):
        run_bulk(bulk=row)
        row.refresh_from_db()
    took = (time.perf_counter() - started) * 1000
    cpu = round((time.process_time() - busy) * 1000)
    asked.keep("bulk_accept", [took], 0, 10_000 * len(chosen) / 1000, cases=len(chosen), done=row.done, refused=row.refused, cpu_ms=cpu,
               answered_after_ms=round(answered * 1000))  # fmt: skip


def memory() -> float:
    """Megabytes of this process that are in memory now."""
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def export(asked: Asked, most: int = 100_000) -> None:
    """The list as CSV, read as a browser does, piece by piece; stopped after `most` rows."""
    before = top = memory()
    busy, started, rows = time.process_time(), time.perf_counter(), 0
    reply = asked.client.get("/cases/?export=csv&status=closed")
    assert reply.status_code == 200, (reply.status_code, getattr(reply, "url", ""))
    content = reply.streaming_content if reply.streaming else [reply.content]
    for piece in content:  # type: ignore[union-attr]
        rows += piece.count(b"\n")
        top = max(top, memory())
        if rows >= most:
            break
    took = (time.perf_counter() - started) * 1000
    reply.close()
    asked.keep(
        "export",
        [took],
        0,
        60_000 * max(rows, 1) / most,
        rows=rows,
        cpu_ms=round((time.process_time() - busy) * 1000),
        rss_before_mb=round(before),
        rss_most_mb=round(top),
    )


def measure(made: dict[str, Any], store: str, count: int, wanted: str) -> None:
    from guatu.kernel.statistics import look_at_tables

    load = os.getloadavg()[0]
    asked = Asked()
    look_at_tables.call()  # as the product does after every import and every night
    baseline = bare(asked)
    asked.keep("bare_select", baseline, 1, 50)
    asked.client.get("/cases/")
    gc.collect()
    gc.freeze()  # as the server does when it starts
    parts = {"lists": lists, "opening": opening, "export": export, "bulk": bulk}
    for part in (parts[name] for name in wanted.split(",")):
        try:
            part(asked)
        except Exception as wrong:  # the rest is still worth measuring; the result says what failed
            print(f"{part.__name__} failed: {type(wrong).__name__}: {str(wrong)[:600]}", flush=True)
            asked.found[part.__name__] = {"failed": f"{type(wrong).__name__}: {str(wrong)[:300]}"}
    base = asked.found["bare_select"]["p50_ms"]
    for each in asked.found.values():
        if "p50_ms" in each:
            each["ratio_to_bare_select"] = round(each["p50_ms"] / base, 1)
    taken_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    result = {
        "name": "cases", "store": store, "cases": count, "baseline": "bare_select", "made": made, "measured": asked.found,
        "taken_at": taken_at, "revision": revision(), "machine": machine(),
        "load": {"before": round(load, 2), "after": round(os.getloadavg()[0], 2)},
    }  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    name, again = f"{taken_at[:10]}-cases-{store}-{count}", 1
    while (path := RESULTS / f"{name}{f'-{again}' if again > 1 else ''}.json").exists():
        again += 1  # what was measured before stays
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(path)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--store", choices=("postgresql", "sqlite"), default="sqlite")
    told.add_argument("--cases", type=int, default=100_000)
    told.add_argument("--parts", default="lists,opening,export,bulk")
    asked = told.parse_args()
    with opened(asked.store):
        from benchmarks.case_generator import fill
        from guatu.cases.models import Case

        made = {} if Case.objects.exists() else fill(asked.cases)
        measure(made, asked.store, asked.cases, asked.parts)


if __name__ == "__main__":
    main()
