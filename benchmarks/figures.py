"""What the readings buy: all figures of a wall at once, `python benchmarks/figures.py [PLACES]`.

Ours: from readings, as the wall asks. Baseline: the same figures counted from the facts, as of now.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import campaign_with_places, store
from benchmarks.measuring import alternate, record

RUNS = 15


def main(count: int) -> None:
    with store():
        from guatu.figures.reads import AsOf, indicators, values
        from guatu.kernel import clock
        from guatu.kernel.acts import SYSTEM

        campaign = campaign_with_places(count)
        meanings = [meaning for _row, meaning in indicators(campaign)]

        def timed(as_of: AsOf | None) -> float:
            started = time.perf_counter()
            values(SYSTEM.scope, campaign, meanings, as_of=as_of)
            return (time.perf_counter() - started) * 1000

        quick = values(SYSTEM.scope, campaign, meanings)
        counted = values(SYSTEM.scope, campaign, meanings, as_of=AsOf(None, clock.now()))
        assert {key: each.text for key, each in quick.items()} == {
            key: each.text for key, each in counted.items()
        }
        taken = alternate(RUNS, readings=lambda: timed(None), facts=lambda: timed(AsOf(None, clock.now())))
    record(
        "figures",
        ours="readings",
        baseline="facts",
        unit="ms",
        taken=taken,
        places=count,
        figures=len(meanings),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
