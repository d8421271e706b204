"""A million venue codes: `python -m benchmarks.venue_codes --codes 1000000`.

Makes a store of its own (SQLite; `--store postgres` or GUATU_DATABASE_URL for PostgreSQL), fills it, then asks the real list
through the Django test client as the office of the district, and writes scans as the door does: signature checked, row looked
up, rule of the day, one insert. The baseline of a scan is the bare ORM insert of the same row in the same run; that of the list the bare
indexed SELECT of fifty rows. Writes benchmarks/results/<day>-venue-codes-<store>-<count>.json.
"""

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.ground import store  # noqa: E402
from benchmarks.measuring import RESULTS, machine, revision  # noqa: E402

RUNS = 15
SCANS = 300
TARGET = 300.0  # milliseconds at the 95th percentile, as for the lists of cases
_BATCH = 5_000


def _places(count: int, areas: list[str]) -> Iterator[Any]:
    from guatu.kernel import ids
    from guatu.places.models import Place
    from guatu.places.rules import home_of

    for number in range(count):
        area = areas[number % len(areas)]
        yield Place(
            id=ids.new(), home=home_of(area), number=f"V{number}", kind=("shop", "enterprise", "mall")[number % 3],
            name=f"商铺{number}", area=area,
        )  # fmt: skip


def _code(place: Any, number: int, moment: dt.datetime, key_id: str) -> Any:
    from guatu.kernel import ids
    from guatu.venues.models import VenueCode
    from guatu.venues.rules.codes import serial_of

    status = (
        "applied"
        if number % 50 == 0
        else "revoked"
        if number % 50 == 1
        else "ended"
        if number % 10 == 2
        else "active"
    )
    start = (moment - dt.timedelta(days=number % 365)).date()
    return VenueCode(
        id=ids.new(), home=place.home, place=place, area=place.area, serial=serial_of(os.urandom(10)), status=status,
        key_id="" if status == "applied" else key_id, applied_at=moment - dt.timedelta(minutes=number),
        valid_from=start, valid_until=start + dt.timedelta(days=364),
    )  # fmt: skip


def fill(count: int) -> Any:
    """Places of the district with a code each; answers whoever asks."""
    from guatu.campaigns.acts import found_campaign
    from guatu.kernel import clock, secrets
    from guatu.kernel.acts import SYSTEM
    from guatu.places.models import Area, Place
    from guatu.units.acts import add_person, give_post
    from guatu.venues.models import VenueCode

    found_campaign(
        by=SYSTEM, code="bench", name="测量", area="310114", opens_on=dt.date(2021, 11, 5), closes_on=dt.date(2021, 11, 10)
    )  # fmt: skip
    person = add_person(by=SYSTEM, username="bench-office", name="测量")
    give_post(by=SYSTEM, person=person, role="office", areas=["310114"])
    areas = sorted(
        Area.objects.filter(level="committee", code__startswith="310114").values_list("code", flat=True)
    )
    moment, key_id, batch = clock.now(), secrets.derived("venue")[0], []
    for number, place in enumerate(_places(count, areas)):
        batch.append((place, number))
        if len(batch) == _BATCH or number == count - 1:
            Place.objects.bulk_create([each for each, _number in batch], batch_size=500)
            VenueCode.objects.bulk_create(
                [_code(each, at, moment, key_id) for each, at in batch], batch_size=500
            )
            batch = []
    return person


def timed(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def _summary(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"p50_ms": round(statistics.median(ordered), 2), "p95_ms": round(p95, 2)}


def measure_lists(person: Any) -> dict[str, Any]:
    """First page, by area and status, by serial, by name; against the bare SELECT of fifty rows."""
    from django.test import Client

    from guatu.venues.models import VenueCode

    serial = VenueCode.objects.filter(status="active").values_list("serial", flat=True)[7]
    pages = {
        "first_page": "/street/venues/?",
        "area_and_status": "/street/venues/?area=310114102&status=active",
        "by_serial": f"/street/venues/?q={serial}",
        "ending_soon": "/street/venues/?ending=30",
        "waiting": "/street/venues/?status=applied",
    }
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    rows = VenueCode.objects.order_by("-applied_at", "-id")
    bare = _summary([timed(lambda: list(rows[:50])) for _ in range(RUNS)])
    found: dict[str, Any] = {"baseline_select_50": bare}
    for name, address in pages.items():
        assert client.get(address).status_code == 200, address
        taken = _summary([timed(lambda: client.get(address).content) for _ in range(RUNS)])  # noqa: B023
        found[name] = {**taken, "target_ms": TARGET, "met": taken["p95_ms"] <= TARGET}
        print(f"{name:<18} {found[name]}", flush=True)
    return found


def measure_scans() -> dict[str, Any]:
    """A scan as the door writes it, and the bare insert of the same row, in turns."""
    from guatu.kernel import clock, ids
    from guatu.venues.acts.scans import record_scan
    from guatu.venues.models import Scan, VenueCode
    from guatu.venues.reads.codes import behind, token_of

    rows = list(VenueCode.objects.filter(status="active")[:SCANS])
    tokens = [token_of(row) for row in rows]

    def bare(row: Any) -> None:
        now = clock.now()
        Scan(id=ids.new(), home=row.home, code_id=row.pk, place_id=row.place_id, area=row.area, at=now, on_day=now.date()).save(
            force_insert=True
        )  # fmt: skip

    ours, base, forged = [], [], []
    for row, token in zip(rows, tokens, strict=True):
        ours.append(timed(lambda: record_scan(code=behind(token))))  # noqa: B023
        base.append(timed(lambda: bare(row)))  # noqa: B023
        forged.append(timed(lambda: _refused(token)))  # noqa: B023
    found = {"record_scan": _summary(ours), "baseline_insert": _summary(base), "forged": _summary(forged)}
    ratio = round(found["record_scan"]["p50_ms"] / found["baseline_insert"]["p50_ms"], 2)
    print(f"scans {found} ratio {ratio}", flush=True)
    return {**found, "ratio_to_insert": ratio}


def _refused(token: str) -> None:
    """A made-up code: everything but the last letters is right."""
    from guatu.kernel.problems import Problem
    from guatu.venues.reads.codes import behind

    try:
        behind(token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB"))
    except Problem:
        return
    raise AssertionError("a made-up code was taken for a real one")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--codes", type=int, default=1_000_000)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    given = parser.parse_args()
    if given.store == "postgres" and not os.environ.get("GUATU_DATABASE_URL"):
        again = [
            sys.executable,
            "-m",
            "benchmarks.venue_codes",
            "--codes",
            str(given.codes),
            "--store",
            "postgres",
        ]
        raise SystemExit(subprocess.call([sys.executable, "scripts/postgres.py", "--", *again], cwd=ROOT))
    with store():
        from django.db import connection

        from guatu.kernel.acts import SYSTEM
        from guatu.kernel.statistics import look_at_tables
        from guatu.places.acts import load_areas

        load_areas(by=SYSTEM)
        person = fill(given.codes)
        look_at_tables.call()
        kind = connection.vendor
        result = {
            "revision": revision(), **machine(), "codes": given.codes, "lists": measure_lists(person), "scans": measure_scans(),
        }  # fmt: skip
    path = RESULTS / f"{dt.date.today().isoformat()}-venue-codes-{kind}-{given.codes}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
