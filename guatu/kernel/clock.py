"""The one clock. Everything asks it for now, so that tests, packs and drills can set it.

Business time (`now`) is what deadlines, countdowns and `effective_at` use. The ledger's `recorded_at` uses `real_now`,
which nobody can set.
"""

import contextlib
import datetime as dt
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from guatu.kernel.zone import ZONE as ZONE
from guatu.kernel.zone import local as local

_fixed: ContextVar[dt.datetime | None] = ContextVar("guatu_clock", default=None)
_REFRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Anchor:
    """A store whose day is not today (a demo, a drill): at real time `set_at` it was `start` there.

    Time moves on from there and stands still at `until`, so that a demo of one day never leaves that day.
    """

    start: dt.datetime
    set_at: dt.datetime
    until: dt.datetime

    def at(self, real: dt.datetime) -> dt.datetime:
        return min(self.start + max(real - self.set_at, dt.timedelta(0)), self.until)


_anchor: Anchor | None = None
_anchor_read = float("-inf")


def real_now() -> dt.datetime:
    """The machine's time, in the office's zone."""
    return dt.datetime.now(ZONE)


def now() -> dt.datetime:
    """Business time, aware, in the office's zone."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    if _anchor is not None:
        return _anchor.at(real_now())
    return real_now()


def today() -> dt.date:
    return now().date()


@contextlib.contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Within the block it is `moment` (tests, packs replaying a story)."""
    token = _fixed.set(local(moment))
    try:
        yield
    finally:
        _fixed.reset(token)


def anchor() -> Anchor | None:
    return _anchor


def forget() -> None:
    """Let go of the store's anchor; the next `refresh` reads it anew (tests change stores under one process)."""
    global _anchor, _anchor_read
    _anchor, _anchor_read = None, float("-inf")


def refresh(*, force: bool = False) -> None:
    """Read the store's anchor again (at most every five seconds); doors call it at the start of a request."""
    global _anchor, _anchor_read
    if not force and time.monotonic() - _anchor_read < _REFRESH_SECONDS:
        return
    from guatu.kernel.models import StoreSetting  # the models need settings, the clock must not

    row = StoreSetting.objects.filter(key="clock").first()
    _anchor = None
    if row is not None and row.value:
        _anchor = Anchor(
            **{name: dt.datetime.fromisoformat(row.value[name]) for name in ("start", "set_at", "until")}
        )
    _anchor_read = time.monotonic()


def set_store(start: dt.datetime | None, until: dt.datetime | None = None) -> None:
    """Give this store another day: from now on it is `start` there, until `until` (default: 18:00 of that day)."""
    from guatu.kernel.models import StoreSetting

    value: dict[str, str] = {}
    if start is not None:
        start = local(start)
        until = local(until) if until else start.replace(hour=18, minute=0, second=0, microsecond=0)
        value = {"start": start.isoformat(), "set_at": real_now().isoformat(), "until": until.isoformat()}
    StoreSetting.objects.update_or_create(key="clock", defaults={"value": value})
    refresh(force=True)
