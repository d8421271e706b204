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


def load_shipped() -> int:
    """Enter the shipped calendar (2018–2026, from the State Council's yearly notices); answers the number of days."""
    with SHIPPED.open(encoding="utf-8") as source:
        rows = [
            CalendarDay(
                day=dt.date.fromisoformat(row["date"]),
                is_workday=row["is_workday"] == "1",
                kind=row["kind"],
                name=row["holiday_name"],
            )
            for row in csv.DictReader(source)
        ]
    CalendarDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["day"], update_fields=["is_workday", "kind", "name"]
    )
    forget()
    return len(rows)
