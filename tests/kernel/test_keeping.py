"""Backups are whole, checked byte by byte, and come back; a new year's calendar is entered all or not at all."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guatu.kernel import calendar

ROOT = Path(__file__).parents[2]


def guatu(home: Path, *words: str, fails: bool = False) -> str:
    """Run the command as an office would: its own process, its own home."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GUATU_", "DJANGO_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "guatu.cli", *words],
        env={**clean, "GUATU_HOME": str(home)}, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (ran.returncode != 0) == fails, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.slow
@pytest.mark.tree
def test_a_backup_comes_back_whole_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    guatu(tmp_path / "office", "init")
    (tmp_path / "office" / "files").mkdir(exist_ok=True)
    (tmp_path / "office" / "files" / "photo.jpg").write_bytes(b"\xff\xd8 a photo")
    assert "acts" in guatu(tmp_path / "office", "backup", str(tmp_path / "kept"))
    assert "not empty" in guatu(tmp_path / "office", "backup", str(tmp_path / "kept"), fails=True)
    assert "guatu recount" in guatu(tmp_path / "proof", "restore", str(tmp_path / "kept"))
    assert (tmp_path / "proof" / "files" / "photo.jpg").read_bytes() == b"\xff\xd8 a photo"
    assert "exists already" in guatu(tmp_path / "proof", "restore", str(tmp_path / "kept"), fails=True)
    guatu(tmp_path / "proof", "recount")
    (tmp_path / "kept" / "files" / "photo.jpg").write_bytes(b"\xff\xd8 b photo")
    assert "was changed" in guatu(tmp_path / "other", "restore", str(tmp_path / "kept"), fails=True)


@pytest.mark.django_db
def test_a_year_is_entered_whole_or_not_at_all(tmp_path: Path) -> None:
    calendar.load_shipped()
    year = tmp_path / "2027.csv"
    year.write_text("date,is_workday,kind,holiday_name\n2027-01-01,0,holiday,元旦\n2027-01-02,2,weekend,\n")
    with pytest.raises(calendar.CalendarError, match="line 3: is_workday is '2'"):
        calendar.load(year)
    assert calendar.current().coverage_until == dt.date(2026, 12, 31)
    year.write_text(
        "date,is_workday,kind,holiday_name\n2027-01-01,0,holiday,元旦\n2027-01-02,1,swapped_workday,\n"
    )
    assert calendar.load(year) == 2
    assert calendar.current().is_workday(dt.date(2027, 1, 2))
    for text, said in (("day\n1\n", "column date"), ("date,is_workday,kind\nx,1,workday\n", "not a date"),
                       ("date,is_workday,kind\n2027-01-03,1,feast\n", "'feast'")):  # fmt: skip
        year.write_text(text)
        with pytest.raises(calendar.CalendarError, match=said):
            calendar.load(year)
    calendar.forget()
