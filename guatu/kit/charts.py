"""Geometry of the small server-drawn charts. Pure: numbers in, coordinates out; templates draw the SVG.

Missing values (None) break a line; they are never drawn as zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

Number = int | float | Decimal
Series = Sequence[Number | None]


@dataclass(frozen=True)
class Spark:
    """A sparkline in a box of `width` by `height`: SVG path data of the line and of the area below, and the last dot."""

    width: int
    height: int
    line: str
    area: str
    last: tuple[float, float] | None


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    label: str
    value: Number


@dataclass(frozen=True)
class Line:
    """One line over days: its path, its dots, and a place for its name at the right end."""

    name: str
    number: int
    path: str
    dots: tuple[Dot, ...]
    end: tuple[float, float] | None


@dataclass(frozen=True)
class LineChart:
    """`left`, `right`, `top`, `bottom` bound the plot inside `width` by `height`."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    lines: tuple[Line, ...]
    levels: tuple[Tick, ...]
    days: tuple[Tick, ...]

    @property
    def many(self) -> bool:
        """So many dots that they would hide the lines."""
        return max((len(line.dots) for line in self.lines), default=0) > 20


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar, in percent of the whole width."""

    label: str
    tone: str
    count: Number
    start: float
    width: float
    href: str = ""


def _r(value: float) -> float:
    return round(value, 2)


def scale(values: Sequence[Number], low: float, high: float) -> list[float]:
    """The values mapped from their own range onto [low, high]; a flat series lies in the middle."""
    numbers = [float(value) for value in values]
    least, most = min(numbers, default=0.0), max(numbers, default=0.0)
    if most == least:
        return [(low + high) / 2] * len(numbers)
    return [low + (value - least) * (high - low) / (most - least) for value in numbers]


def runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The points cut into unbroken runs at every None."""
    found: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def path(points: Sequence[tuple[float, float] | None]) -> str:
    """SVG path data; a run of one point becomes a short stroke so that it is seen."""
    parts = []
    for run in runs(points):
        steps = " ".join(f"L{_r(x)} {_r(y)}" for x, y in run[1:]) or "h0.01"
        parts.append(f"M{_r(run[0][0])} {_r(run[0][1])} {steps}")
    return " ".join(parts)


def sparkline(values: Series, width: int = 96, height: int = 24, pad: float = 2.5) -> Spark:
    """A line without axes. Fewer than one value: an empty line."""
    known = [value for value in values if value is not None]
    heights = iter(scale(known, height - pad, pad))
    step = (width - 2 * pad) / max(1, len(values) - 1)
    points = [
        None if value is None else (pad + index * step, next(heights)) for index, value in enumerate(values)
    ]
    area = []
    for run in runs(points):
        if len(run) > 1:
            area.append(f"{path(run)} L{_r(run[-1][0])} {height} L{_r(run[0][0])} {height} Z")
    last = next((point for point in reversed(points) if point is not None), None)
    return Spark(width, height, path(points), " ".join(area), (_r(last[0]), _r(last[1])) if last else None)


def nice_levels(most: float, count: int = 4) -> list[float]:
    """Round levels from 0 to at least `most`: steps of 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / count
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough - 1e-12)
    return [float(f"{index * step:.6g}") for index in range(ceil(most / step - 1e-9) + 1)]


def line_chart(
    labels: Sequence[str],
    series: Sequence[tuple[str, Series]],
    width: int = 860,
    height: int = 250,
    most_days: int = 9,
) -> LineChart:
    """Lines over labelled steps (days). The scale starts at 0, so that heights can be compared."""
    left, right, top, bottom = 44.0, width - 12.0, 14.0, height - 26.0
    known = [float(value) for _name, values in series for value in values if value is not None]
    levels = nice_levels(max(known, default=0.0))
    step = (right - left) / max(1, len(labels) - 1)

    def place(index: int, value: Number) -> tuple[float, float]:
        return _r(left + index * step), _r(bottom - float(value) * (bottom - top) / levels[-1])

    lines = []
    for number, (name, values) in enumerate(series, start=1):
        points = [None if value is None else place(index, value) for index, value in enumerate(values)]
        dots = tuple(
            Dot(point[0], point[1], labels[index], value)
            for index, (point, value) in enumerate(zip(points, values, strict=True))
            if point is not None and value is not None
        )
        lines.append(Line(name, number, path(points), dots, (dots[-1].x, dots[-1].y) if dots else None))
    every = max(1, ceil(len(labels) / most_days))
    days = tuple(Tick(place(index, 0)[0], label) for index, label in enumerate(labels) if index % every == 0)
    ticks = tuple(Tick(place(0, level)[1], f"{level:,g}") for level in levels)
    return LineChart(width, height, left, right, top, bottom, tuple(lines), ticks, days)


def stacked_bar(parts: Sequence[tuple[str, str, Number, str]], least: float = 0.6) -> tuple[Segment, ...]:
    """One bar cut by (label, tone, count, href). A part above 0 stays at least `least` percent wide, so that one late case
    among thousands is seen; the others give it up in proportion."""
    counts = [max(0.0, float(count)) for _label, _tone, count, _href in parts]
    whole = sum(counts)
    if whole == 0:
        return ()
    shares = [count * 100 / whole for count in counts]
    small = {index for index, share in enumerate(shares) if 0 < share < least}
    large = sum(share for index, share in enumerate(shares) if index not in small)
    room = 100 - least * len(small)
    found, start = [], 0.0
    for index, (label, tone, count, href) in enumerate(parts):
        width = least if index in small else (shares[index] * room / large if large else 0.0)
        if width:
            found.append(Segment(label, tone, count, _r(start), _r(width), href))
        start += width
    return tuple(found)
