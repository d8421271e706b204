"""Writing rows straight into the tables, as a benchmark may and no door ever does: COPY, or executemany."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

_NULL = "\\N"


def plain(text: str) -> str:
    """Text without what COPY reads as a sign of its own."""
    return " ".join(text.replace("\\", "/").split())


class Table:
    """Rows of one model as texts, in the form COPY reads; what a row does not name keeps the model's default."""

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        fields = [each for each in model._meta.concrete_fields if each.column]
        row = model()
        self.name, self.columns = model._meta.db_table, [each.column for each in fields]
        self.base = [
            text_of(getattr(row, each.attname)) if each.attname not in ("pk",) else _NULL for each in fields
        ]
        self.names = [each.attname for each in fields]
        where = {each.attname: index for index, each in enumerate(fields)}
        self.places = [where[name] for name in names]
        self.rows: list[list[str]] = []
        self.count = 0

    def add_row(self, row: models.Model) -> None:
        """A row that exists as an object."""
        self.rows.append([text_of(getattr(row, name)) for name in self.names])

    def add(self, *values: Any) -> None:
        row = self.base.copy()
        for place, value in zip(self.places, values, strict=True):
            row[place] = value if type(value) is str else text_of(value)
        self.rows.append(row)


def text_of(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")  # naive UTC, as both stores read it
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False).replace("\\", "\\\\")
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def flush(table: Table) -> None:
    """Write the rows that have gathered."""
    if not table.rows:
        return
    with connection.cursor() as cursor:
        names = ", ".join(f'"{name}"' for name in table.columns)
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                copy.write("".join("\t".join(row) + "\n" for row in table.rows))
        else:
            marks = ", ".join(["?"] * len(table.columns))
            rows = [
                [None if each == _NULL else each.replace("\\\\", "\\") for each in row] for row in table.rows
            ]
            cursor.cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
    table.count += len(table.rows)
    table.rows.clear()


def bare(names: Sequence[str]) -> Callable[[], None]:
    """Take secondary indexes, unique constraints and row checks off the tables (PostgreSQL); answers what puts them back."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("PRAGMA synchronous=OFF")
        return lambda: None
    back: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for name in names:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
                [name],
            )
            for constraint, meaning in cursor.fetchall():
                back.append(f'ALTER TABLE {name} ADD CONSTRAINT "{constraint}" {meaning}')
                cursor.execute(f'ALTER TABLE {name} DROP CONSTRAINT "{constraint}"')
            cursor.execute(
                "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
                "WHERE indrelid = %s::regclass AND NOT indisprimary",
                [name],
            )
            for index, meaning in cursor.fetchall():
                back.append(meaning)
                cursor.execute(f"DROP INDEX {index}")

    def put_back() -> None:
        with connection.cursor() as cursor:
            for statement in back:
                cursor.execute(statement)
            cursor.execute("SET session_replication_role = origin")
            for name in names:
                cursor.execute(f"VACUUM ANALYZE {name}")

    return put_back


def size(names: Sequence[str]) -> dict[str, float]:
    """Megabytes of each table with its indexes (PostgreSQL), or of the whole store."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            found = {}
            for name in names:
                cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [name])
                found[name] = round(cursor.fetchone()[0] / 1e6, 1)
            return found
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return {"store": round(cursor.fetchone()[0] / 1e6, 1)}
