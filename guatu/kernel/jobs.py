"""Jobs: work that happens after a commit, on a database queue."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django_tasks import task
from django_tasks.base import TaskResultStatus

from guatu.kernel import clock


def job(run: Callable[..., Any]) -> Any:
    """Declare a module-level function as a job; call `.enqueue(**arguments)` inside a deed or outside."""
    return task()(run)


def run_again(job_id: UUID) -> bool:
    """Put a job that was given up back into the queue, with all its tries; False when it is not given up."""
    from django_tasks_db.models import DBTaskResult  # needs loaded apps

    moved = DBTaskResult.objects.filter(id=job_id, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY,
        run_after=clock.real_now(),
        traceback="",
        exception_class_path="",
        worker_ids=[],
    )
    return bool(moved)
