"""What follows from what. The one table; no signal receivers anywhere.

WITHIN: verb → functions called with the pending act inside its transaction, in order; they may open further deeds.
CLOSING: called once with the whole batch before positions are given (facts and readings).
AFTER: verb → jobs put into the queue by the same transaction, so that they happen if and only if it commits.
SCHEDULED: (seconds, job) pairs that a worker enqueues when their time has come.
"""

from collections.abc import Callable
from typing import Any

from guatu.cases.acts import climb_ladder, settle_orders, take_up_again, watch_deadlines
from guatu.cases.acts.joint import end_joint
from guatu.cases.acts.peers_out import tell_peers
from guatu.cases.acts.peers_pull import pull_peers
from guatu.cases.acts.peers_send import send_messages
from guatu.cases.acts.routing import keep_why
from guatu.cases.acts.suggestions import keep_use, learn_from_closed
from guatu.cases.rules import LIFECYCLE
from guatu.fieldwork.acts.returns import chase_returns, settle_returns
from guatu.figures.posting import post_facts
from guatu.inspections.acts.checklist_forms import watch_checklists
from guatu.inspections.acts.orders import refuse_reopening, watch_orders
from guatu.kernel.acts import Batch, PendingAct
from guatu.kernel.statistics import look_at_tables
from guatu.notices import inspections as inspection_notices
from guatu.notices import jobs as notice_jobs
from guatu.notices import points as point_notices
from guatu.notices import venues as venue_notices
from guatu.registers.acts import declared, words
from guatu.registers.jobs import enter_late_words
from guatu.registers.listing import names
from guatu.tasks import jobs as task_jobs
from guatu.units.jobs import end_expired_contracts
from guatu.venues.jobs import tidy_venues

WITHIN: dict[str, list[Callable[[PendingAct], None]]] = {
    "campaign.phases_set": [task_jobs.tasks_into_phases],
    "case.dispatched": [keep_why, keep_use],
    "case.held": [end_joint],
    "case.recalled": [end_joint],
    "case.returned": [end_joint],
    "case.voided": [end_joint],
    "case.withdrawn": [end_joint],
    "submission.withdrawn": [settle_returns],
    "place.reopened": [refuse_reopening],
    "form.published": [declared.prepare],
    "submission.corrected": [words.hear, settle_returns],
    "submission.received": [words.hear],
    "submission.reviewed": [words.approve, settle_returns],
}

# the supervision order ends with the stage it was raised for, whichever step ends it
for _move in LIFECYCLE.values():
    WITHIN.setdefault(_move.verb, []).append(settle_orders)

# verb → who is told of it; written together when the transaction closes
TOLD: dict[str, notice_jobs.Teller] = {
    "case.dispatched": notice_jobs.dispatched,
    "case.assigned": notice_jobs.assigned,
    "case.requested": notice_jobs.requested,
    "case.decided": notice_jobs.decided,
    "case.sent_back": notice_jobs.sent_back,
    "case.commented": notice_jobs.commented,
    "case.offered": notice_jobs.offered,
    "case.part_given": notice_jobs.part_given,
    "case.alerted": notice_jobs.alerted,
    "submission.returned": notice_jobs.returned,
    "submission.return_handed": notice_jobs.returned,
    "submission.return_late": notice_jobs.return_late,
    "task.pressed": notice_jobs.pressed,
    "order.became_late": inspection_notices.order_late,
    "order.issued": inspection_notices.order_again,
    "point.over_limit": point_notices.over_limit,
    "venue.approved": venue_notices.code_approved,
    "venue.refused": venue_notices.code_refused,
    "venue.revoked": venue_notices.code_revoked,
}

# lists that a form may choose from though nobody uploaded a file
LISTS = names

CLOSING: list[Callable[[Batch], None]] = [tell_peers, notice_jobs.tellers(TOLD), post_facts, watch_checklists]

AFTER: dict[str, list[Any]] = {"import.applied": [look_at_tables], "import.undone": [look_at_tables]}

# (every so many seconds, job): what time alone changes
SCHEDULED: list[tuple[int, Any]] = [
    (60, watch_deadlines),
    (60, take_up_again),
    (60, climb_ladder),
    (60, watch_orders),
    (30, send_messages),
    (60, pull_peers),
    (60, chase_returns),
    (600, task_jobs.mark_late_tasks),
    (3600, end_expired_contracts),
    (3600, tidy_venues),
    (3600, enter_late_words),
    (86400, learn_from_closed),
    (86400, look_at_tables),
]
