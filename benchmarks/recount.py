"""What the proof costs: `guatu recount` over a store, `python benchmarks/recount.py [PLACES]`.

Ours: every fact against its row and every reading against the facts. Baseline: only loading those facts once.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.ground import campaign_with_places, store
from benchmarks.measuring import alternate, record

RUNS = 3


def main(count: int) -> None:
    with store():
        from guatu.figures.acts import recount
        from guatu.figures.models import FactRow

        campaign_with_places(count)

        def ours() -> float:
            started = time.perf_counter()
            found = recount()
            assert found.equal, found.differences[:3]
            return time.perf_counter() - started

        def loading() -> float:
            started = time.perf_counter()
            assert sum(1 for _row in FactRow.objects.filter(until_position=None).iterator()) >= count
            return time.perf_counter() - started

        taken = alternate(RUNS, recount=ours, loading_facts=loading)
    record("recount", ours="recount", baseline="loading_facts", unit="s", taken=taken, places=count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
