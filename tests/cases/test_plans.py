"""How the store answers the list: by its own index, and without reading the rows to count them.

With a handful of rows a database takes any way it likes, so the ways that would be dear are forbidden first.
"""

import pytest
from django.db import connection

from guatu.cases import reads
from guatu.kernel.access import Grant, Scope

pytestmark = pytest.mark.django_db

READER = Scope(None, (Grant(("case.read",), areas=("310114",)),))  # sees the whole district, by its code


def plan(rows):
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", values)
            return "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        return "\n".join(row[3] for row in cursor.fetchall())


def test_the_list_comes_in_its_order_without_a_sort(cast):
    found = plan(reads.cases(READER, cast.campaign).order_by("-opened_at", "-id")[:51])
    assert "case_opened" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize(
    "narrowed", [{}, {"status__in": ["closed"]}, {"class_code": "x"}, {"source": "hotline"}, {"late": True}]
)
def test_counting_reads_an_index_alone(cast, narrowed):
    rows = reads.cases(READER, cast.campaign).select_related(None).filter(**narrowed)
    found = plan(rows.order_by().values("opened_at", "id", "area", *narrowed_fields(narrowed)))
    # PostgreSQL counts by the index alone only once it has seen a filled and vacuumed table; there the index must be used
    assert ("COVERING INDEX case_opened" if connection.vendor == "sqlite" else "case_") in found


def narrowed_fields(narrowed):
    return [name.split("__")[0] for name in narrowed]
