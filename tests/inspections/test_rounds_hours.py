"""Opening hours: what is understood, what is not, and that nothing is lost on the way."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guatu.places.rules.hours import DAY, UNKNOWN, Hours, open_within, parse, written

MONDAY = dt.date(2021, 9, 13)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute))


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("Mo-Fr 09:00-21:00; Sa,Su 10:00-22:00", "1-5 9-21|6-7 10-22"),
        ("周一至周五 9:00-21:00", "1-5 9-21"),
        ("周一到周五：9：00～21：00，周六、周日 10点-22点", "1-5 9-21|6-7 10-22"),
        ("每天 9:00-21:00", "1-7 9-21"),
        ("09:00-21:00", "1-7 9-21"),
        ("24/7", "1-7 0-24"),
        ("24小时营业", "1-7 0-24"),
        ("19:00-02:00", "1-7 19-26"),
        ("每天19:00-次日2:00", "1-7 19-26"),
        ("周五至周一 22:00-次日凌晨2:00", "5-7 22-26|1-1 22-26"),
        ("周一休息；周二至周日 9:00-17:00", "2-7 9-17"),
        ("Mo-Su 08:00-20:00; We off", "1-2 8-20|4-7 8-20"),
        ("Mo-Fr 09:00-17:00; PH off", "1-5 9-17"),
        ("上午9点至下午5点", "1-7 9-17"),
        ("下午1:00-4:00", "1-7 13-16"),
        ("营业时间：10:00-22:00", "1-7 10-22"),
        ("工作日 8点—18点", "1-5 8-18"),
    ],
)
def test_understood(text: str, week: str) -> None:
    wanted: list[tuple[tuple[int, int], ...]] = [()] * 7
    for rule in week.split("|"):
        days, hours = rule.split()
        low, high = (int(each) for each in hours.split("-"))
        first, last = (int(each) for each in days.split("-"))
        for day in range(first - 1, last):
            wanted[day] = ((low * 60, high * 60),)
    assert parse(text) == Hours(True, tuple(wanted))


@pytest.mark.parametrize(
    "text", ["", "  ", "看老板心情", "9:00+", "sunrise-sunset", "25:00-26:00", "周八 9:00-10:00", "Mo 9:00-12:00,11:00-13:00", "电话预约",
             "Mo-Fr 9:00-17:00; 其余预约", "09:00-21:75", "PH off", "9-21"]
)  # fmt: skip
def test_not_understood_is_unknown_and_never_closed(text: str) -> None:
    hours = parse(text)
    assert hours == UNKNOWN
    assert hours.open_at(at(0, 3)) is None
    assert hours.fits(at(0, 3), 15) is None
    assert hours.windows(at(0, 8), at(0, 17)) == [(at(0, 8), at(0, 17))]
    assert open_within(hours, [(at(0, 8), at(0, 17))], 15)
    assert written(hours) == ""


def test_a_night_runs_into_the_next_morning() -> None:
    hours = parse("Fr 19:00-02:00")
    assert hours.open_at(at(5, 1, 59)) is True  # Saturday, before two
    assert hours.open_at(at(5, 2)) is False
    assert hours.open_at(at(4, 1)) is False
    assert hours.windows(at(4, 12), at(5, 12)) == [(at(4, 19), at(5, 2))]
    assert hours.fits(at(5, 1, 30), 30) is True
    assert hours.fits(at(5, 1, 31), 30) is False


def test_round_the_clock_is_one_stretch() -> None:
    assert parse("24/7").windows(at(0, 8), at(3, 8)) == [(at(0, 8), at(3, 8))]
    assert parse("24/7").windows(at(3, 8), at(0, 8)) == []


_spans = st.lists(
    st.tuples(st.integers(0, 23), st.integers(1, 12)), max_size=2, unique_by=lambda span: span[0]
).map(lambda pairs: tuple(sorted((low * 60, low * 60 + length * 60) for low, length in pairs)))
_weeks = st.lists(_spans, min_size=7, max_size=7).filter(
    lambda week: all(a[1] <= b[0] for day in week for a, b in zip(day, day[1:], strict=False))
)


@given(_weeks)
@settings(max_examples=200)
def test_what_is_written_is_read_back(week: list[tuple[tuple[int, int], ...]]) -> None:
    hours = Hours(True, tuple(week))
    assert parse(written(hours)) == hours


@given(_weeks, st.integers(0, 7 * DAY - 1), st.integers(1, 600))
@settings(max_examples=200)
def test_windows_and_moments_agree(week: list[tuple[tuple[int, int], ...]], minute: int, length: int) -> None:
    """A moment is open exactly when it lies in a window; a stay fits exactly when every minute of it is open."""
    hours = Hours(True, tuple(week))
    start = at(0, 0) + dt.timedelta(minutes=minute)
    end = start + dt.timedelta(minutes=length)
    windows = hours.windows(start, end)
    assert all(start <= low < high <= end for low, high in windows)
    assert all(first[1] < second[0] for first, second in zip(windows, windows[1:], strict=False))
    minutes = [start + dt.timedelta(minutes=number) for number in range(length)]
    inside = [any(low <= each < high for low, high in windows) for each in minutes]
    assert inside == [hours.open_at(each) for each in minutes]
    assert hours.fits(start, length) == all(inside)


@given(st.text(alphabet="周一二三日至到,;:0123456789-Mo Fr次日点半off24/7", max_size=30))
@settings(max_examples=500)
def test_no_text_breaks_it(text: str) -> None:
    hours = parse(text)
    assert hours.known or hours == UNKNOWN
    assert all(0 <= low < DAY and low < high <= low + DAY for day in hours.week for low, high in day)
