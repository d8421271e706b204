"""The register of places with 100,000 of them: `python -m benchmarks.places --places 100000`.

Makes a store of its own (SQLite; GUATU_DATABASE_URL for another), fills it with streets of buildings, enterprises and shops,
contracts and surveys of the day, then asks the real pages through the Django test client as the office of the district. The
baseline is the bare indexed SELECT of fifty rows in the same run. Writes benchmarks/results/<day>-places-<store>-<count>.json.
"""

import argparse
import datetime as dt
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.ground import store  # noqa: E402
from benchmarks.measuring import RESULTS, machine, revision  # noqa: E402

RUNS = 15
TARGET = 300.0  # milliseconds at the 95th percentile, as for the lists of cases
PAGES = {
    "list": "/street/places/",
    "list_kind": "/street/places/?kind=building",
    "list_road": "/street/places/?road=%E9%81%93%E8%B7%AF17&kind=shop",
    "list_area_risk": "/street/places/?area=310114102&risk=high",
    "list_not_contracted": "/street/places/?contracted=no",
    "list_left_today": "/street/places/?surveyed=left",
    "list_word": "/street/places/?q=%E5%95%86%E9%93%BA777",
    "list_by_survey": "/street/places/?sort=-surveyed_on",
    "road": "/street/places/road/?name=%E9%81%93%E8%B7%AF17",
    "survey_of_a_day": "/street/survey/",
    "survey_of_a_street": "/street/survey/?area=310114102",
    "gaps": "/people/gaps/",
    "my_places": "/street/survey/mine/",
}


def fill(count: int) -> Any:
    """Buildings with thirty enterprises each, shops along a thousand roads; answers whoever asks."""
    from guatu.campaigns.acts import found_campaign
    from guatu.kernel import clock, ids
    from guatu.kernel.acts import SYSTEM
    from guatu.places.models import Area, Place, PlaceSurvey
    from guatu.places.rules import home_of
    from guatu.units.acts import add_person, give_post
    from guatu.units.models import Contract

    found_campaign(
        by=SYSTEM, code="bench", name="测量", area="310114", opens_on=dt.date(2021, 11, 5), closes_on=dt.date(2021, 11, 10)
    )  # fmt: skip
    person = add_person(by=SYSTEM, username="bench-office", name="测量")
    give_post(by=SYSTEM, person=person, role="office", areas=["310114"])
    committees = sorted(
        Area.objects.filter(level="committee", code__startswith="310114").values_list("code", flat=True)
    )
    today, rows, buildings = clock.today(), [], []
    for number in range(count):
        area = committees[number % len(committees)]
        kind = "building" if number % 100 == 0 else "enterprise" if number % 100 < 31 else "shop"
        row = Place(
            id=ids.new(), home=home_of(area), number=f"P{number}", kind=kind, name=f"商铺{number}", area=area,
            address=f"道路{number % 1000}{number}号", road=f"道路{number % 1000}" if kind != "enterprise" else "",
            risk=("high", "medium", "low")[number % 3], lon=121.2 + number % 100 / 500, lat=31.3 + number % 77 / 500,
            surveyed_on=today if number % 3 == 0 else None,
        )  # fmt: skip
        if kind == "building":
            buildings.append(row)
        row.within = buildings[-1] if kind == "enterprise" and buildings else None
        rows.append(row)
    Place.objects.bulk_create(rows, batch_size=400)
    Contract.objects.bulk_create(
        [
            Contract(
                id=ids.new(),
                home=row.home,
                kind="block",
                person=person,
                place=row,
                area=row.area,
                from_day=today,
            )
            for row in rows[:: max(1, count // 2_000)]
        ],
        batch_size=400,
    )
    PlaceSurvey.objects.bulk_create(
        [
            PlaceSurvey(
                id=ids.new(), home=row.home, place=row, area=row.area, on_day=today, at=clock.now(), outcome="unchanged",
                households=1, by_id=person.id,
            )
            for row in rows
            if row.surveyed_on
        ],
        batch_size=400,
    )  # fmt: skip
    return person


def timed(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def measure(person: Any) -> dict[str, dict[str, Any]]:
    from django.db import connection
    from django.test import Client

    from guatu.places.models import Place

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    found: dict[str, dict[str, Any]] = {}
    bare = [timed(lambda: list(Place.objects.order_by("name")[:50])) for _ in range(RUNS)]
    found["baseline_select_50"] = {"p50_ms": round(statistics.median(bare), 2)}
    for name, address in PAGES.items():
        seen: list[tuple[float, str]] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            started = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                seen.append((round((time.perf_counter() - started) * 1000, 1), sql))  # noqa: B023

        with connection.execute_wrapper(watch):
            answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        cpu = time.process_time()
        taken = sorted(timed(lambda: client.get(address).content) for _ in range(RUNS))  # noqa: B023
        cpu = (time.process_time() - cpu) * 1000 / RUNS
        p95, slow = taken[min(len(taken) - 1, int(len(taken) * 0.95))], max(seen)
        found[name] = {
            "p50_ms": round(statistics.median(taken), 1), "p95_ms": round(p95, 1), "cpu_ms": round(cpu, 1), "queries": len(seen),
            "target_ms": TARGET, "met": p95 <= TARGET, "slowest_query_ms": slow[0], "slowest_query": slow[1][:400],
        }  # fmt: skip
        mark = "" if found[name]["met"] else f"  <-- beyond the target; slowest {slow[0]} ms {slow[1][:200]}"
        print(
            f"{name:<22} p50 {found[name]['p50_ms']:>8.1f}  p95 {p95:>8.1f} cpu {cpu:>7.1f} ms  {len(seen):>3} queries{mark}",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=100_000)
    count = parser.parse_args().places
    with store():
        from django.db import connection

        from guatu.kernel.acts import SYSTEM
        from guatu.kernel.statistics import look_at_tables
        from guatu.places.acts import load_areas

        load_areas(by=SYSTEM)
        person = fill(count)
        look_at_tables.call()
        kind = connection.vendor
        result = {"revision": revision(), **machine(), "places": count, "pages": measure(person)}
    path = RESULTS / f"{dt.date.today().isoformat()}-places-{kind}-{count}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
