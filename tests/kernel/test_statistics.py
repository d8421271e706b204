"""The database is told to look at its own tables: once a day, and after an import."""

import pytest
from django.db import connection

from guatu import reactions
from guatu.kernel.models import StoreSetting
from guatu.kernel.statistics import look_at_tables

pytestmark = pytest.mark.django_db


def known(table):
    """How many rows the database thinks the table has; None when it has never looked."""
    sqlite = "SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = %s LIMIT 1"
    other = "SELECT NULLIF(reltuples, -1)::int FROM pg_class WHERE relname = %s"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if cursor.fetchone() is None:
                return None
        cursor.execute(sqlite if connection.vendor == "sqlite" else other, [table])
        row = cursor.fetchone()
    return row[0] if row else None


def test_it_learns_how_many_rows_there_are():
    before = StoreSetting.objects.count()
    StoreSetting.objects.bulk_create(StoreSetting(key=f"x{n}", value={}) for n in range(300))
    look_at_tables.call()
    assert known("kernel_storesetting") == before + 300


def test_it_is_done_every_day_and_after_imports():
    assert (86400, look_at_tables) in reactions.SCHEDULED
    assert look_at_tables in reactions.AFTER["import.applied"]
    assert look_at_tables in reactions.AFTER["import.undone"]


def test_the_queue_may_name_the_act():
    look_at_tables.call(home="310114", act_id="x")
