"""What every measurement shares: repeated runs, the machine's description, the dated result."""

import datetime as dt
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def machine() -> dict[str, Any]:
    """What the numbers were taken on; absolute times mean little without it."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def revision() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=RESULTS.parent
    )
    return done.stdout.strip()


def alternate(runs: int, **contestants: Callable[[], float]) -> dict[str, list[float]]:
    """Run the contestants in turns (a, b, a, b, …), so that a busy moment of the machine meets both."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, run in contestants.items():
            taken[name].append(run())
    return taken


def summary(values: Sequence[float]) -> dict[str, Any]:
    return {
        "runs": len(values),
        "median": round(statistics.median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
    }


def record(
    name: str, *, ours: str, baseline: str, unit: str, taken: dict[str, list[float]], **more: Any
) -> Path:
    """Write results/<day>-<name>.json and say the ratio; below 1 is better than the baseline where less is better."""
    ratio = statistics.median(taken[ours]) / statistics.median(taken[baseline])
    result = {
        "name": name,
        "unit": unit,
        "baseline": baseline,
        "ratio": round(ratio, 3),
        "measured": {each: summary(values) for each, values in taken.items()},
        "taken_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "revision": revision(),
        "machine": machine(),
        **more,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result['taken_at'][:10]}-{name}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    shown = ", ".join(f"{each} {summary(values)['median']} {unit}" for each, values in taken.items())
    print(f"{name}: {shown}; ratio to {baseline}: {ratio:.2f}")
    return path
