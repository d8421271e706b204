"""A broken database constraint, or a lock that could not be had, becomes a sentence, at this one place."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError

from guatu.kernel.problems import Problem

_NAMES = (
    re.compile(r'constraint "(?P<name>[^"]+)"'),  # PostgreSQL
    re.compile(r"constraint failed: (?P<name>.+)$"),  # SQLite
)


def problem_of(error: IntegrityError) -> Problem:
    """The refusal that a broken constraint stands for."""
    text = str(error).splitlines()[0]
    name = next((found["name"] for pattern in _NAMES if (found := pattern.search(text))), text)
    unique = "unique" in text.lower() or "duplicate" in text.lower()
    return Problem("kernel.duplicate" if unique else "kernel.broken_rule", constraint=name)


_BUSY = (
    "deadlock detected",
    "database is locked",
    "database table is locked",
    "lock timeout",
    "could not serialize",
    "couldn't get a connection",  # the line for the pool was longer than its timeout
)


def busy_of(error: OperationalError) -> Problem | None:
    """The refusal for who lost a race for rows that others were changing too; None when the store has another trouble.

    Nothing was written: the same may simply be sent again.
    """
    text = str(error).lower()
    return Problem("kernel.busy") if any(each in text for each in _BUSY) else None


@contextmanager
def kind_refusal() -> Iterator[None]:
    """Turn an IntegrityError raised within into a Problem."""
    try:
        yield
    except IntegrityError as error:
        raise problem_of(error) from error
