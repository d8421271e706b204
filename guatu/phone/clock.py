"""A phone's clock may be wrong by a year: when did it happen by ours? Pure."""

import datetime as dt

_AGREE = dt.timedelta(
    minutes=2
)  # small differences are not worth a correction of what a person saw on the phone


def skew_of(sent_at: dt.datetime, now: dt.datetime) -> float:
    """Seconds the phone's clock was behind ours when it sent (negative: ahead)."""
    return round((now - sent_at).total_seconds(), 3)


def happened(
    at: dt.datetime, *, sent_at: dt.datetime, now: dt.datetime, seen_at: dt.datetime | None = None
) -> dt.datetime:
    """The moment by our clock. at, sent_at: by the phone's; now: ours at receipt; seen_at: our time when phone and server
    last spoke before it was done (the phone keeps it), so it cannot have happened earlier.

    Never in the future and never before `seen_at`: a clock that was set in between would else move it by what it was
    wrong. A phone that was right within two minutes is believed as it is.

    >>> day = lambda h, year=2021: dt.datetime(year, 9, 16, h, tzinfo=dt.UTC)
    >>> happened(day(8, 2020), sent_at=day(9, 2020), now=day(10)).hour
    9
    >>> happened(day(8), sent_at=day(9), now=day(9)).hour
    8
    >>> happened(
    ...     day(9, 2022), sent_at=day(8), now=day(8)
    ... ).hour  # done “after” it was sent: the clock was set back
    8
    >>> happened(
    ...     day(8, 2020), sent_at=day(9), now=day(9), seen_at=day(7)
    ... ).hour  # the clock was put right in between
    7
    """
    behind = now - sent_at
    moment = at if abs(behind) <= _AGREE else at + behind
    earliest = min(seen_at, now) if seen_at is not None else None
    if earliest is not None and moment < earliest:
        moment = earliest
    return min(moment, now)
