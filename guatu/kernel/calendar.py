"""The office's work calendar as stored, loaded once and kept until it changes."""

import csv
import datetime as dt
from functools import lru_cache
from pathlib import Path

from guatu.kernel.models import CalendarDay
from guatu.kernel.workcalendar import WorkCalendar

SHIPPED = Path(__file__).parent / "reference" / "cn_workdays_2018_2026.csv"


@lru_cache(maxsize=1)
def current() -> WorkCalendar:
    """The calendar in force; call `forget` after changing the table."""
    return WorkCalendar(days=dict(CalendarDay.objects.values_list("day", "is_workday")))


def forget() -> None:
    current.cache_clear()


class CalendarError(ValueError):
    """A calendar file that cannot be entered: which line, what is wrong, what would be right."""


_KINDS = ("workday", "weekend", "holiday", "swapped_workday")


def load_shipped() -> int:
    """Enter the shipped calendar (2018–2026, from the State Council's yearly notices); answers the number of days."""
    return load(SHIPPED)


def load(path: Path) -> int:
    """Enter the days of a CSV file (date, is_workday, kind, holiday_name); all or none. Raises CalendarError."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source)
        missing = {"date", "is_workday", "kind"} - set(reader.fieldnames or ())
        if missing:
            raise CalendarError(f"{path.name}: the column {sorted(missing)[0]} is missing")
        rows = [_day(row, line, path.name) for line, row in enumerate(reader, start=2)]
    CalendarDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_workday", "kind", "name"],
        batch_size=200,
    )
    forget()
    return len(rows)


def _day(row: dict[str, str], line: int, name: str) -> CalendarDay:
    try:
        day = dt.date.fromisoformat(row["date"].strip())
    except ValueError as wrong:
        raise CalendarError(f"{name}, line {line}: {row['date']!r} is not a date like 2027-01-01") from wrong
    if row["is_workday"].strip() not in ("0", "1"):
        raise CalendarError(f"{name}, line {line}: is_workday is {row['is_workday']!r}; write 0 or 1")
    kind = row["kind"].strip()
    if kind not in _KINDS:
        raise CalendarError(f"{name}, line {line}: kind {kind!r} is not one of {', '.join(_KINDS)}")
    return CalendarDay(
        day=day,
        is_workday=row["is_workday"].strip() == "1",
        kind=kind,
        name=(row.get("holiday_name") or "").strip(),
    )
