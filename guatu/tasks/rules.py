"""The life of a task, and what is late. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLANNED, STARTED, REPORTED, RETURNED, ACCEPTED, CANCELLED = (
    "planned", "started", "reported_done", "returned", "accepted", "cancelled",
)  # fmt: skip
STATUSES = (PLANNED, STARTED, RETURNED, REPORTED, ACCEPTED, CANCELLED)
OPEN = (PLANNED, STARTED, RETURNED)  # the lead unit owes something
WAITING = (REPORTED,)  # somebody else owes a check
SETTLED = (ACCEPTED, CANCELLED)
LIVE = (*OPEN, *WAITING)
COUNTED = (*LIVE, ACCEPTED)  # what “297 tasks” means: everything that was not cancelled


@dataclass(frozen=True)
class Step:
    """One step of a task's life.

    verb: what the ledger calls it. sources → target: statuses ("" keeps the status). right: who may. needs: what must
    be brought: evidence (where the category demands it), reason, another (a person other than the reporter and not of
    the lead unit), percent. correction: the world was always so, only the record was wrong.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    right: str
    needs: tuple[str, ...] = ()
    correction: bool = False


LIFECYCLE: dict[str, Step] = {
    "start": Step("task.started", (PLANNED,), STARTED, "task.report"),
    "report_progress": Step(
        "task.progressed", (PLANNED, STARTED, RETURNED), STARTED, "task.report", ("percent",)
    ),
    "report_done": Step(
        "task.reported_done", (PLANNED, STARTED, RETURNED), REPORTED, "task.report", ("evidence",)
    ),
    "take_back_report": Step("task.report_taken_back", (REPORTED,), STARTED, "task.report", correction=True),
    "accept": Step("task.accepted", (REPORTED,), ACCEPTED, "task.accept", ("another",)),
    "return": Step("task.returned", (REPORTED,), RETURNED, "task.accept", ("another", "reason")),
    "withdraw_acceptance": Step(
        "task.acceptance_withdrawn", (ACCEPTED,), REPORTED, "task.accept", ("reason",), correction=True
    ),
    "reopen": Step("task.reopened", (ACCEPTED,), STARTED, "task.accept", ("reason",)),
    "cancel": Step("task.cancelled", LIVE, CANCELLED, "task.plan", ("reason",)),
    "restore": Step("task.restored", (CANCELLED,), PLANNED, "task.plan"),
}

NOTE_KINDS = (
    "progress",
    "done",
    "accepted",
    "returned",
    "withdrawn",
    "reopened",
    "cancelled",
    "press",
    "comment",
)

# What a lead unit may change by itself; everything else belongs to the plan and to whoever may `task.plan`.
LEAD_FIELDS = ("owner", "owner_name", "note", "starts_on", "place")
PLAN_FIELDS = (
    "number", "title", "category", "body", "lead_unit", "area", "due_on", "supporting",
)  # fmt: skip
FIELDS = (*PLAN_FIELDS, *LEAD_FIELDS)


def may_step(step: str, status: str) -> bool:
    """Whether a task of this status can take the step at all."""
    return status in LIFECYCLE[step].sources


def next_steps(status: str) -> list[str]:
    """The steps a task of this status can take, the usual one first."""
    return [name for name, step in LIFECYCLE.items() if status in step.sources]


def needs_plan_right(changed: Iterable[str]) -> list[str]:
    """Of the changed fields, those that belong to the plan."""
    return [name for name in changed if name in PLAN_FIELDS]


def needs_evidence(category: str, settings: Mapping[str, Any]) -> int:
    """How many files a report of completion must bring.

    The campaign's settings say it: {"tasks": {"evidence": {"道路整治": 1, "*": 0}}}; a list of categories means one each.
    """
    wanted = (settings.get("tasks") or {}).get("evidence") or {}
    if isinstance(wanted, Mapping):
        return int(wanted.get(category, wanted.get("*", 0)))
    return 1 if category in wanted or "*" in wanted else 0


def acceptance_refused(
    *, person: Any, person_unit: str, reporter: Any, lead_unit: str, supervises: bool
) -> str:
    """Why this person may not check this task; "" when it is fine.

    Nobody checks what he reported himself. Nobody of the lead unit (or of a unit under it) checks the unit's own work,
    except who supervises the task: commander and office, known by the right `task.press`.
    """
    if person is not None and person == reporter:
        return "task.self_acceptance"
    if person is not None and person_unit and person_unit.startswith(lead_unit) and not supervises:
        return "task.own_unit_acceptance"
    return ""


def is_late(status: str, due_on: dt.date, day: dt.date) -> bool:
    """Whether the lead unit is late on `day`: the deadline is over and nothing was reported done."""
    return status in OPEN and day > due_on


def late_from(due_on: dt.date) -> dt.datetime:
    """The moment (naive, local) from which a task is late: the deadline's day is over."""
    return dt.datetime.combine(due_on + dt.timedelta(days=1), dt.time())


NEAR_DAYS, NEAR_PERCENT, SLACK = 7, 70, 20


def at_risk(status: str, starts_on: dt.date | None, due_on: dt.date, percent: int, day: dt.date) -> bool:
    """Whether a task that is not late will probably be.

    Due in seven days or less and below 70 %; or the share of time left is smaller than the share of work left by more
    than 20 points (without that slack every task would be at risk on its second day).
    """
    if status not in OPEN or day > due_on:
        return False
    if (due_on - day).days <= NEAR_DAYS and percent < NEAR_PERCENT:
        return True
    if starts_on is None or day < starts_on:
        return False
    whole = (due_on - starts_on).days + 1
    time_left = (due_on - day).days * 100 / whole
    return (100 - percent) - time_left > SLACK


def risk_from(
    status: str, starts_on: dt.date | None, due_on: dt.date, percent: int, since: dt.date, until: dt.date
) -> dt.date | None:
    """The first day in since…until on which the task is at risk with this progress; None when there is none."""
    day = since
    while day <= min(until, due_on):
        if at_risk(status, starts_on, due_on, percent, day):
            return day
        day += dt.timedelta(days=1)
    return None


def on_time(reported_on: dt.date | None, due_on: dt.date) -> bool | None:
    """Whether it was reported done by its deadline; None when it was not reported."""
    return None if reported_on is None else reported_on <= due_on


def wrong_schedule(starts_on: dt.date | None, due_on: dt.date) -> bool:
    """Whether the deadline lies before the start."""
    return starts_on is not None and due_on < starts_on


def wrong_milestone(starts_on: dt.date | None, due_on: dt.date, day: dt.date) -> bool:
    """Whether a milestone lies outside the task's time."""
    return day > due_on or (starts_on is not None and day < starts_on)


def tidy_number(number: str) -> str:
    """A number in half width without blanks around it: “４ ” is 4."""
    return unicodedata.normalize("NFKC", number).strip()


def natural_key(number: str) -> str:
    """A key that sorts numbers as people read them: 2 before 10, A-9 before A-10."""
    return re.sub(r"\d+", lambda found: found[0].lstrip("0").rjust(8, "0")[-12:], number.strip().upper())[
        :120
    ]


def next_number(existing: Sequence[str]) -> str:
    """The number after the greatest one, written in its manner: 296 → 297, RW-009 → RW-010; the first is 1."""
    ending = [(natural_key(number), number) for number in existing if re.search(r"\d+$", number)]
    if not ending:
        return "1"
    last = max(ending)[1]
    digits = re.search(r"\d+$", last)
    assert digits is not None
    return f"{last[: digits.start()]}{str(int(digits[0]) + 1).zfill(len(digits[0]))}"


# ---------------------------------------------------------------------------------------------- activities

CLEAN_DAY, DRILL, DRILL_PART, MEETING, TRAINING, RECEPTION, CARE_VISIT, PUBLICITY, VISIT = (
    "clean_day", "drill", "drill_part", "meeting", "training", "reception", "care_visit", "publicity", "visit",
)  # fmt: skip
ACTIVITY_KINDS = (CLEAN_DAY, DRILL, DRILL_PART, MEETING, TRAINING, RECEPTION, CARE_VISIT, PUBLICITY, VISIT)
# which results each kind asks for, by the names the figures use
RESULTS_OF: dict[str, tuple[str, ...]] = {
    DRILL: ("teams", "problems_found"),
    DRILL_PART: ("teams",),
    TRAINING: ("teams",),
    CARE_VISIT: ("batches", "persons"),
    PUBLICITY: ("media_reports",),
    VISIT: ("problems_found",),
}
ACTIVITY_PLANNED, ACTIVITY_HELD, ACTIVITY_CANCELLED = "planned", "held", "cancelled"
# what a person may do → (statuses it is possible in, status after it)
ACTIVITY_STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "hold": ((ACTIVITY_PLANNED, ACTIVITY_HELD), ACTIVITY_HELD),
    "cancel": ((ACTIVITY_PLANNED,), ACTIVITY_CANCELLED),
    "restore": ((ACTIVITY_CANCELLED,), ACTIVITY_PLANNED),
}


def monthly_days(first: dt.date, last: dt.date, day: int) -> list[dt.date]:
    """The given day of every month between two days; a month that is too short gives its last day."""
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        held = min(dt.date(year, month, 1) + dt.timedelta(days=day - 1), following - dt.timedelta(days=1))
        if first <= held <= last:
            found.append(held)
        year, month = following.year, following.month
    return found


def wrong_result(results: Mapping[str, Any]) -> str:
    """The name of the first result that is no number of nought or more; "" when all are."""
    for name, value in results.items():
        try:
            fine = not isinstance(value, bool) and float(value) >= 0 and float(value) != float("inf")
        except (TypeError, ValueError):
            fine = False
        if not fine:
            return str(name) or "?"
    return ""


# ---------------------------------------------------------------------------------------------- progress


@dataclass(frozen=True)
class CurvePoint:
    """One day of the completion curve: how many should be and were accepted by its end."""

    day: dt.date
    due: int
    accepted: int | None  # None: the day lies ahead


def completion_curve(
    dues: Sequence[dt.date], accepted: Sequence[dt.date], first: dt.date, last: dt.date, today: dt.date
) -> list[CurvePoint]:
    """Planned and real completion by day from `first` to `last`, both cumulative and including what lies before."""
    found = []
    dues, accepted = sorted(dues), sorted(accepted)
    due_index = accepted_index = 0
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        while due_index < len(dues) and dues[due_index] <= day:
            due_index += 1
        while accepted_index < len(accepted) and accepted[accepted_index] <= day:
            accepted_index += 1
        found.append(CurvePoint(day, due_index, accepted_index if day <= today else None))
    return found
