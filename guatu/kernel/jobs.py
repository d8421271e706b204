"""Jobs: work that happens after a commit, on a database queue."""

from collections.abc import Callable
from typing import Any

from django_tasks import task


def job(run: Callable[..., Any]) -> Any:
    """Declare a module-level function as a job; call `.enqueue(**arguments)` inside a deed or outside."""
    return task()(run)
