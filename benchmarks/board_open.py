"""Opening the wall: all panels drawn by the server, `python benchmarks/board_open.py [SMALL LARGE]`.

Ours: the wall's data with LARGE facts in the store. Baseline: the same wall with SMALL facts. The wall must not grow with
the store: target ≤ 20 ms and a ratio ≤ 1.2. The answer “unchanged” (304) is measured beside it. Processor time, because the
two stores are measured minutes apart and the machine may be busier in one of them; the time on the clock is kept too.
"""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import add_places, campaign_with_places, store
from benchmarks.measuring import record, summary

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


@dataclass
class Taken:
    """Milliseconds of each run: processor and clock."""

    cpu: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)

    def add(self, cpu: float, on_clock: float) -> None:
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.clock.append((time.perf_counter() - on_clock) * 1000)


def drawn(client: Any) -> Taken:
    taken = Taken()
    for run in range(RUNS + WARM):
        cpu, on_clock = time.process_time(), time.perf_counter()
        reply = client.get("/wall/bench/data")
        if run >= WARM:
            taken.add(cpu, on_clock)
        assert reply.status_code == 200, reply.content[:200]
    return taken


def unchanged(client: Any) -> Taken:
    tag = client.get("/wall/bench/data")["ETag"]
    taken = Taken()
    while len(taken.cpu) < RUNS:
        cpu, on_clock = time.process_time(), time.perf_counter()
        reply = client.get("/wall/bench/data", headers={"If-None-Match": tag})
        if reply.status_code == 304:
            taken.add(cpu, on_clock)
        else:  # the minute has turned
            tag = reply["ETag"]
    return taken


def say(small: int, large: int, few: Taken, few_same: Taken, many: Taken, many_same: Taken) -> None:
    record(
        "board_open",
        ours="large",
        baseline="small",
        unit="ms of processor time",
        taken={
            "large": many.cpu,
            "small": few.cpu,
            "large_unchanged": many_same.cpu,
            "small_unchanged": few_same.cpu,
        },
        on_the_clock={"large": summary(many.clock), "small": summary(few.clock)},
        facts={"small": small, "large": large},
        target="large ≤ 20 ms, ratio ≤ 1.2",
    )


def main(small: int, large: int) -> None:
    with store():
        campaign = campaign_with_places(small)
        client = commander()
        few, few_same = drawn(client), unchanged(client)
        add_places(campaign, small, large)
        many, many_same = drawn(client), unchanged(client)
    say(small, large, few, few_same, many, many_same)


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:3])) if len(sys.argv) > 2 else main(10_000, 300_000)
