"""When something happened, said by a clock that may be wrong."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guatu.phone.clock import happened, skew_of

NOW = dt.datetime(2021, 9, 16, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
YEAR = dt.timedelta(days=365)


@pytest.mark.parametrize("wrong", [-YEAR, YEAR, dt.timedelta(minutes=-30), dt.timedelta(minutes=10)])
def test_a_clock_wrong_all_along_is_put_right(wrong):
    """Done two hours ago, sent now, by a clock that was wrong both times."""
    assert happened(NOW - 2 * HOUR + wrong, sent_at=NOW + wrong, now=NOW) == NOW - 2 * HOUR
    assert skew_of(NOW + wrong, NOW) == -wrong.total_seconds()


def test_small_differences_leave_what_the_person_saw():
    at = NOW - 2 * HOUR
    assert happened(at, sent_at=NOW + dt.timedelta(seconds=40), now=NOW) == at


def test_a_clock_put_right_in_between_does_not_move_it_behind_the_last_contact():
    assert happened(NOW - YEAR, sent_at=NOW, now=NOW, seen_at=NOW - 3 * HOUR) == NOW - 3 * HOUR


_moments = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))


@given(_moments, _moments, _moments, st.none() | _moments)
def test_never_in_the_future(at, sent_at, now, seen_at):
    moment = happened(at, sent_at=sent_at, now=now, seen_at=seen_at)
    assert moment <= now
    if seen_at is not None:
        assert moment >= min(seen_at, now)
