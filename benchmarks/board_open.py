"""Opening the wall: all panels drawn by the server, `python benchmarks/board_open.py [SMALL LARGE]`.

Ours: the wall's data with LARGE facts in the store. Baseline: the same wall with SMALL facts. The wall must not grow with
the store: target ≤ 20 ms and a ratio ≤ 1.2. The answer “unchanged” (304) is measured beside it.
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import add_places, campaign_with_places, store
from benchmarks.measuring import record

RUNS, WARM = 40, 5


def commander() -> Any:
    """A signed-in client of somebody who sees the whole district."""
    from django.test import Client

    from guatu.kernel.acts import SYSTEM
    from guatu.units.acts import add_person, give_post

    person = add_person(by=SYSTEM, username="zhihui", name="总指挥")
    give_post(by=SYSTEM, person=person, role="commander", areas=["310114"])
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    return client


def drawn(client: Any, runs: int = RUNS) -> list[float]:
    taken = []
    for _ in range(runs + WARM):
        started = time.perf_counter()
        reply = client.get("/wall/bench/data")
        taken.append((time.perf_counter() - started) * 1000)
        assert reply.status_code == 200, reply.content[:200]
    return taken[WARM:]


def unchanged(client: Any) -> list[float]:
    tag = client.get("/wall/bench/data")["ETag"]
    taken = []
    while len(taken) < RUNS:
        started = time.perf_counter()
        reply = client.get("/wall/bench/data", headers={"If-None-Match": tag})
        spent = (time.perf_counter() - started) * 1000
        if reply.status_code == 200:  # the minute has turned
            tag = reply["ETag"]
            continue
        taken.append(spent)
    return taken


def main(small: int, large: int) -> None:
    with store():
        campaign = campaign_with_places(small)
        client = commander()
        few, few_same = drawn(client), unchanged(client)
        add_places(campaign, small, large)
        many, many_same = drawn(client), unchanged(client)
    record(
        "board_open",
        ours="large",
        baseline="small",
        unit="ms",
        taken={"large": many, "small": few, "large_unchanged": many_same, "small_unchanged": few_same},
        facts={"small": small, "large": large},
        target="large ≤ 20 ms, ratio ≤ 1.2",
    )


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:3])) if len(sys.argv) > 2 else main(10_000, 300_000)
