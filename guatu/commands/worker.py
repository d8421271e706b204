"""The worker: runs the jobs the acts left in the queue, starts what the clock starts, and takes up what a dead one dropped."""

import datetime as dt
import os
import threading
import time
import uuid

from django.db import close_old_connections, connection, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from guatu import reactions
from guatu.kernel import clock, ids
from guatu.kernel.models import StoreSetting

# A job that has run this long without an end belonged to a process that died.
LEASE = dt.timedelta(seconds=60)
_TICK_SECONDS = 5.0
MOST_TRIES = 3


class OfficeWorker(Worker):
    """The library's worker with what it lacks: the store's clock, a lease that is renewed, and more than one try."""

    in_hand: uuid.UUID | None = None

    def run_task(self, db_task_result: DBTaskResult) -> None:
        clock.refresh()
        self.in_hand = db_task_result.pk
        try:
            super().run_task(db_task_result)
        finally:
            self.in_hand = None
        tries = len(db_task_result.worker_ids)
        if db_task_result.status == TaskResultStatus.FAILED and tries < MOST_TRIES:
            _try_again(db_task_result, after=dt.timedelta(seconds=5 * 4**tries))

    def renew_lease(self) -> None:
        """Say that the job in hand is still being worked on."""
        if self.in_hand is not None:
            DBTaskResult.objects.running().filter(pk=self.in_hand).update(started_at=clock.real_now())


def _try_again(row: DBTaskResult, *, after: dt.timedelta) -> None:
    """Back into the queue, later; the traceback of the last try stays on the row for the jobs list."""
    if not row.exception_class_path.endswith(".Problem"):  # a refusal will not change its mind
        row.status = TaskResultStatus.READY
        row.run_after = clock.real_now() + after
        row.save(update_fields=["status", "run_after"])


def schedule() -> list[tuple[int, object]]:
    """`SCHEDULED` of the reactions table: (every so many seconds, job)."""
    return list(getattr(reactions, "SCHEDULED", ()))


def take_up_dropped() -> int:
    """Give jobs whose worker died back to the queue, three times at most; answers how many."""
    given_back = 0
    for row in DBTaskResult.objects.running().filter(started_at__lt=clock.real_now() - LEASE):
        if len(row.worker_ids) >= MOST_TRIES:
            row.set_failed(TimeoutError(f"given up after {len(row.worker_ids)} workers did not finish it"))
            continue
        given_back += DBTaskResult.objects.filter(
            pk=row.pk, status=row.status, started_at=row.started_at
        ).update(status=TaskResultStatus.READY)
    return given_back


def start_due() -> int:
    """Enqueue every scheduled job whose time has come, once among all workers; answers how many."""
    started = 0
    for seconds, job in schedule():
        key = f"schedule:{job.module_path}"  # type: ignore[attr-defined]
        with transaction.atomic():
            StoreSetting.objects.get_or_create(key=key, defaults={"value": {"slot": -1}})
            row = StoreSetting.objects.select_for_update().get(key=key)
            slot = int(clock.real_now().timestamp()) // seconds
            if row.value.get("slot", -1) >= slot:
                continue
            StoreSetting.objects.filter(key=key).update(value={"slot": slot})
            job.enqueue()  # type: ignore[attr-defined]
            started += 1
    return started


def _tick(worker: OfficeWorker) -> None:
    while worker.running:
        close_old_connections()
        try:
            worker.renew_lease()
            take_up_dropped()
            start_due()
        finally:
            connection.close()
        time.sleep(_TICK_SECONDS)


def _leave_with(parent: int) -> None:
    """End when the process that started this worker is gone, so that none is left behind."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def office_worker(name: str, *, batch: bool = False) -> OfficeWorker:
    """A worker for every queue. batch: ends when the queue is empty."""
    return OfficeWorker(
        queue_names=["*"],
        interval=0 if batch else 0.5,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
        excluded_queue_names=[],
    )


def run_worker(*, name: str = "", parent: int | None = None) -> None:
    """Work until a signal says stop; the job in hand is finished first."""
    worker = office_worker(name or f"{os.getpid()}-{str(ids.new())[:8]}")
    worker.configure_signals()
    threading.Thread(target=_tick, args=(worker,), daemon=True).start()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    worker.run()


def drain() -> int:
    """Run what is in the queue now and return how many; used after the demo is loaded and by benchmarks."""
    before = DBTaskResult.objects.finished().count()
    office_worker(f"drain-{os.getpid()}", batch=True).run()
    return DBTaskResult.objects.finished().count() - before
