"""挂图: tasks laid out on a time axis. Only arithmetic and words; the SVG stands in the template.

Every x and width is a percentage of the whole period, every y a pixel (rows of 32), as <guatu-gantt> asks it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from guatu.campaigns.models import Body, Phase
from guatu.desk.plan_states import task_state
from guatu.kit.states import State
from guatu.tasks.models import Milestone, Task
from guatu.tasks.rules import ACCEPTED

ROW = 32
PAGE = 24  # rows of a block: what A3 across holds below the heading
_NOBODY = object()
_BAR, _FILL = 18, 6


@dataclass(frozen=True)
class Mark:
    """A word or a line of the axis at a place (percent)."""

    x: float
    word: str


@dataclass(frozen=True)
class Diamond:
    """A milestone on a row."""

    x: float
    word: str
    tone: str


@dataclass(frozen=True)
class Bar:
    """One task: y of its row, its bar and what is filled of it, its milestones, its state."""

    task: Task
    state: State
    y: int
    x: float
    width: float
    fill: float
    diamonds: list[Diamond] = field(default_factory=list)

    @property
    def middle(self) -> int:
        return self.y + ROW // 2

    @property
    def bar_y(self) -> int:
        return self.y + (ROW - _BAR) // 2

    @property
    def fill_y(self) -> int:
        return self.y + (ROW + _BAR) // 2 - _FILL

    @property
    def text_y(self) -> int:
        return self.y + ROW // 2 + 4

    @property
    def after(self) -> float:
        """Where a word beside the bar begins."""
        return min(self.x + self.width, 100)

    @property
    def left_word(self) -> bool:
        """Whether the word must stand before the bar because it would run out of the chart behind it."""
        return self.after > 88


@dataclass(frozen=True)
class Band:
    """A work group (or what of it stands in one block): its heading row and its tasks. done, late, total: of the whole group."""

    body: Body | None
    y: int
    bars: list[Bar]
    total: int
    done: int
    late: int
    goes_on: bool  # its beginning stands in the block before

    @property
    def text_y(self) -> int:
        return self.y + ROW // 2 + 4


@dataclass(frozen=True)
class Block:
    """As many rows as fit on one printed page, so that no row is cut and every page has its names."""

    bands: list[Band]

    @property
    def height(self) -> int:
        return sum(ROW * (1 + len(band.bars)) for band in self.bands)

    @property
    def count(self) -> int:
        return sum(len(band.bars) for band in self.bands)


@dataclass(frozen=True)
class Stretch:
    """A phase as a strip behind everything."""

    phase: Phase
    x: float
    width: float


@dataclass(frozen=True)
class Chart:
    """Everything the template draws. `today` is None when it lies outside the period."""

    first: dt.date
    days: int
    width: int
    today: float | None
    today_days: int
    blocks: list[Block]
    phases: list[Stretch]
    weeks: list[Mark]
    months: list[Mark]
    quarters: list[Mark]
    opening: float | None


def chart(
    tasks: Sequence[Task],
    milestones: Iterable[Milestone],
    phases: Sequence[Phase],
    today: dt.date,
    opens_on: dt.date | None = None,
) -> Chart | None:
    """Tasks (in the order of their groups) on the axis; None without tasks."""
    if not tasks:
        return None
    by_task: dict[Any, list[Milestone]] = {}
    for each in milestones:
        by_task.setdefault(each.task_id, []).append(each)
    first, last = _period(tasks, phases, opens_on)
    axis = _Axis(first, (last - first).days + 1)
    inside = first <= today <= last
    return Chart(
        first=first,
        days=axis.days,
        width=max(axis.days * 3, 900),
        today=axis.at(today) if inside else None,
        today_days=(today - first).days,
        blocks=_blocks(tasks, by_task, axis, today),
        phases=[
            Stretch(p, axis.at(p.starts_on), axis.wide(p.starts_on, p.ends_on))
            for p in phases
            if axis.holds(p)
        ],
        weeks=axis.weeks(),
        months=axis.months(1),
        quarters=axis.months(3),
        opening=axis.at(opens_on) if opens_on and first <= opens_on <= last else None,
    )


def _begin(task: Task) -> dt.date:
    """Where a bar begins; a task without a start is drawn as its last week."""
    return task.starts_on or task.due_on - dt.timedelta(days=6)


def _period(
    tasks: Sequence[Task], phases: Sequence[Phase], opens_on: dt.date | None
) -> tuple[dt.date, dt.date]:
    first = min([*(_begin(task) for task in tasks), *(phase.starts_on for phase in phases)])
    last = max(
        [
            *(task.due_on for task in tasks),
            *(phase.ends_on for phase in phases),
            *([opens_on] if opens_on else []),
        ]
    )
    return first.replace(day=1), last + dt.timedelta(days=3)


@dataclass(frozen=True)
class _Axis:
    first: dt.date
    days: int

    def at(self, day: dt.date) -> float:
        return round((day - self.first).days * 100 / self.days, 3)

    def wide(self, begin: dt.date, end: dt.date) -> float:
        return round(((end - begin).days + 1) * 100 / self.days, 3)

    def holds(self, phase: Phase) -> bool:
        return phase.starts_on >= self.first

    def weeks(self) -> list[Mark]:
        monday = self.first + dt.timedelta(days=(7 - self.first.weekday()) % 7)
        last = self.first + dt.timedelta(days=self.days)
        found = []
        while monday < last:
            found.append(Mark(self.at(monday), f"{monday.month}/{monday.day}"))
            monday += dt.timedelta(days=7)
        return found

    def months(self, step: int) -> list[Mark]:
        """The first of every month (step 1) or quarter (step 3)."""
        day, found = self.first, []
        last = self.first + dt.timedelta(days=self.days)
        while day < last:
            if step == 1:
                word = _("%(month)s月") % {"month": day.month}
                found.append(Mark(self.at(day), word))
            elif (day.month - 1) % 3 == 0 or day == self.first:
                found.append(
                    Mark(
                        self.at(day),
                        _("%(year)s年第%(quarter)s季度")
                        % {"year": day.year, "quarter": (day.month + 2) // 3},
                    )
                )
            day = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return found


def _blocks(
    tasks: Sequence[Task], milestones: dict[Any, list[Milestone]], axis: _Axis, today: dt.date
) -> list[Block]:
    """The rows in blocks of at most PAGE rows; a group that does not fit goes on under its heading in the next one."""
    totals: dict[Any, list[Task]] = {}
    for task in tasks:
        totals.setdefault(task.body_id, []).append(task)
    blocks: list[Block] = []
    before: Any = _NOBODY
    for task in tasks:
        new_group = task.body_id != before
        rows = blocks[-1].height // ROW if blocks else PAGE
        if rows + (2 if new_group else 1) > PAGE:
            blocks.append(Block([]))
        block = blocks[-1]
        if new_group or not block.bands:
            group = totals[task.body_id]
            done = sum(1 for each in group if each.status == ACCEPTED)
            late = sum(1 for each in group if each.late)
            block.bands.append(
                Band(task.body, block.height, [], len(group), done, late, goes_on=not new_group)
            )
        before = task.body_id
        block.bands[-1].bars.append(_bar(task, block.height, milestones.get(task.id, []), axis, today))
    return blocks


def _bar(task: Task, y: int, milestones: list[Milestone], axis: _Axis, today: dt.date) -> Bar:
    begin = _begin(task)
    width = axis.wide(begin, task.due_on)
    return Bar(
        task=task,
        state=task_state(task),
        y=y,
        x=axis.at(begin),
        width=width,
        fill=round(width * task.percent / 100, 3),
        diamonds=[_diamond(each, axis, today) for each in milestones],
    )


def _diamond(each: Milestone, axis: _Axis, today: dt.date) -> Diamond:
    tone = "done" if each.done_on else "late" if each.due_on < today else "waiting"
    return Diamond(axis.at(each.due_on), f"{each.name} {each.due_on:%m-%d}", tone)
