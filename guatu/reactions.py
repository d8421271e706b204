"""What follows from what. The one table; no signal receivers anywhere.

WITHIN: verb → functions called with the pending act inside its transaction, in order; they may open further deeds.
CLOSING: called once with the whole batch before positions are given (facts and readings).
AFTER: verb → jobs put into the queue by the same transaction, so that they happen if and only if it commits.
SCHEDULED: (seconds, job) pairs that a worker enqueues when their time has come.
"""

from collections.abc import Callable
from typing import Any

from guatu.cases.acts import watch_deadlines
from guatu.figures.posting import post_facts
from guatu.kernel.acts import Batch, PendingAct
from guatu.tasks import jobs as task_jobs
from guatu.units.jobs import end_expired_contracts

WITHIN: dict[str, list[Callable[[PendingAct], None]]] = {
    "campaign.phases_set": [task_jobs.tasks_into_phases],
}

CLOSING: list[Callable[[Batch], None]] = [post_facts]

AFTER: dict[str, list[Any]] = {}

# (every so many seconds, job): what time alone changes
SCHEDULED: list[tuple[int, Any]] = [
    (60, watch_deadlines),
    (600, task_jobs.mark_late_tasks),
    (3600, end_expired_contracts),
]
