"""What time alone changes: a deadline passes, a task comes to be at risk. Recorded as acts, so that counts stay additive."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from guatu.campaigns.models import Campaign
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, deed
from guatu.tasks import rules
from guatu.tasks.acts.writing import day_of
from guatu.tasks.models import Task


@dataclass(frozen=True)
class Marked:
    """How many tasks became late and how many came to be at risk."""

    late: int
    risk: int


def mark_late(
    *, by: Actor = SYSTEM, day: dt.date | None = None, campaign: Campaign | None = None, via: str = "clock"
) -> Marked:
    """Record which tasks became late or came to be at risk by `day` (default: today).

    A task is late from the midnight after its deadline, whenever this runs, unless it changed later than that. Running
    again for the same day writes nothing.
    """
    require(by.scope, "task.plan")
    day = min(day or clock.today(), clock.today())
    rows = Task.objects.select_for_update(of=("self",), no_key=True).filter(status__in=rules.OPEN, late=False)
    rows = rows.filter(campaign=campaign) if campaign is not None else rows
    late = risk = 0
    with deed(by=by, via=via) as d:
        for task in rows.filter(Q(due_on__lt=day) | Q(risk=False)).order_by("id"):
            if rules.is_late(task.status, task.due_on, day):
                begins = max(clock.local(rules.late_from(task.due_on)), clock.local(task.changed_at))
                task.late, task.risk, verb = True, False, "task.became_late"
                late += 1
            else:
                first = rules.risk_from(
                    task.status, task.starts_on, task.due_on, task.percent, day_of(task.changed_at), day
                )
                if first is None:
                    continue
                midnight = clock.local(dt.datetime.combine(first, dt.time()))
                begins = max(midnight, clock.local(task.changed_at))
                task.risk, verb = True, "task.came_at_risk"
                risk += 1
            task.changed_at = begins
            task.version += 1
            task.save(update_fields=["late", "risk", "changed_at", "version"])
            d.record(verb, task, details={"due_on": task.due_on.isoformat()}, effective_at=begins)
    return Marked(late, risk)
