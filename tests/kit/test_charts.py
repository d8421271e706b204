"""The geometry of the small charts: inside its box, honest about gaps and small parts."""

import re

from hypothesis import given
from hypothesis import strategies as st

from guatu.kit import charts

NUMBERS = st.one_of(st.none(), st.integers(0, 10**7), st.floats(0, 1e7, allow_nan=False))


def test_a_line_goes_from_left_to_right():
    spark = charts.sparkline([1, 2, 3], width=96, height=24, pad=2)
    assert spark.line == "M2.0 22.0 L48.0 12.0 L94.0 2.0"
    assert spark.last == (94.0, 2.0)


def test_a_missing_day_breaks_the_line_instead_of_falling_to_zero():
    spark = charts.sparkline([1, None, 3, 4])
    assert spark.line.count("M") == 2
    assert charts.path([(1, 2), None, (3, 4)]) == "M1 2 h0.01 M3 4 h0.01"


def test_nothing_to_draw():
    assert charts.sparkline([]).line == ""
    assert charts.sparkline([None, None]).last is None
    chart = charts.line_chart([], [("发现", [])])
    assert chart.lines[0].path == ""
    assert chart.lines[0].end is None
    assert charts.stacked_bar([("完成", "done", 0, "")]) == ()


@given(st.lists(NUMBERS, max_size=40))
def test_a_sparkline_stays_in_its_box(values):
    spark = charts.sparkline(values, 96, 24)
    for x, y in re.findall(r"[ML](-?[\d.e+-]+) (-?[\d.e+-]+)", spark.line):
        assert -0.01 <= float(x) <= 96.01
        assert -0.01 <= float(y) <= 24.01


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_a_line_chart_stays_in_its_plot_and_starts_at_zero(values):
    chart = charts.line_chart([str(n) for n in range(len(values))], [("a", values)])
    assert chart.levels[0].text == "0"
    assert chart.levels[0].at == chart.bottom
    for dot in chart.lines[0].dots:
        assert chart.left - 0.01 <= dot.x <= chart.right + 0.01
        assert chart.top - 0.01 <= dot.y <= chart.bottom + 0.01
    assert len(chart.lines[0].dots) == sum(value is not None for value in values)


@given(st.floats(1e-3, 1e9))
def test_levels_are_round_and_reach_the_top(most):
    levels = charts.nice_levels(most)
    assert levels[0] == 0
    assert levels[-1] >= most * 0.99999
    assert len(levels) <= 6


def test_days_on_the_axis_are_thinned():
    labels = [str(day) for day in range(1, 31)]
    assert len(charts.line_chart(labels, [("a", [1] * 30)]).days) <= 9


def test_one_late_case_among_thousands_is_seen():
    parts = charts.stacked_bar(
        [("完成", "done", 9999, "/a"), ("逾期", "late", 1, "/b"), ("挂账", "held", 0, "")]
    )
    assert [part.label for part in parts] == ["完成", "逾期"]
    assert parts[1].width == 0.6
    assert abs(sum(part.width for part in parts) - 100) < 0.05
    assert parts[1].href == "/b"


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_a_bar_is_filled_wholly(counts):
    parts = charts.stacked_bar([(str(n), "done", count, "") for n, count in enumerate(counts)])
    if sum(counts):
        assert abs(sum(part.width for part in parts) - 100) < 0.1
