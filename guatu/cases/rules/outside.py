"""What people outside see and may say: plain words for where a case stands, satisfaction, reopening. Pure."""

import datetime as dt
import hashlib

from guatu.cases.rules.lifecycle import RECTIFIED

# satisfaction as the hotline asks for it, with its weight (china.md 2: 1, 0.8, 0.6, 0)
SATISFACTION = ("good", "fair", "poor", "bad")

# where a case stands, as a reporter is told: received, under way, on hold, being checked, done, not taken up
STANDS: dict[str, str] = {
    **dict.fromkeys(("reported", "confirmed"), "received"),
    **dict.fromkeys(("filed", "dispatched", "accepted", "returned"), "under_way"),
    "held": "on_hold",
    **dict.fromkeys(("treated", "handled"), "checking"),
    **dict.fromkeys(RECTIFIED, "done"),
    "rejected": "not_ours",
    **dict.fromkeys(("void", "withdrawn"), "ended"),
    "duplicate": "under_way",
}


def fingerprint(key: str) -> str:
    """What is kept of a key: it cannot be made out of it again."""
    return hashlib.sha256(key.encode()).hexdigest()


def may_reopen(
    solved: bool | None, status: str, reopens: int, settled: dt.datetime, now: dt.datetime, days: int
) -> bool:
    """Whether a reporter's “not solved” takes the case up again: within the window, and once."""
    return (
        solved is False and status in RECTIFIED and reopens == 0 and now <= settled + dt.timedelta(days=days)
    )
