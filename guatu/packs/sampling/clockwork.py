"""What the clock would have done while nobody pressed anything: limits that ran out, rungs reached, holds that ended."""

import datetime as dt

from django.db.models import Min

from guatu.cases.acts import climb, mark_overdue
from guatu.cases.acts.turns import resume_due
from guatu.cases.models import Case, Stage
from guatu.cases.rules import WITH_CLOCK
from guatu.duty.models import Shift
from guatu.kernel import clock

MINUTE = dt.timedelta(minutes=1)


class Watch:
    """The clock's jobs of a sample, run at the minute in which something becomes due, as the worker would have.

    From the first shift of the roster on: before that nobody is known to be on duty, so nobody can be told. A pack
    without a roster has its limits marked once a day and nobody told.
    """

    def __init__(self) -> None:
        self._begins: dt.datetime | None = None
        self._seen: dt.datetime | None = None

    def kept(self, moment: dt.datetime) -> bool:
        """Whether a roster is kept at this moment."""
        if self._begins is None:
            self._begins = Shift.objects.aggregate(first=Min("starts_at"))["first"]
        return self._begins is not None and moment >= self._begins

    def until(self, moment: dt.datetime) -> None:
        """Everything that became due before `moment`, in its order."""
        if not self.kept(moment):
            return
        assert self._begins is not None
        self._seen = self._seen or self._begins
        while (due := _next(self._seen)) is not None:
            at = clock.local(due).replace(second=0, microsecond=0) + MINUTE
            if at > moment:
                return
            self._seen = due
            with clock.at(at):
                mark_overdue()
                resume_due()
                climb()


def _next(after: dt.datetime) -> dt.datetime | None:
    """When something becomes due next; what was looked at already and still stands is not waited for again."""
    stages = Stage.objects.filter(ended_at=None)
    cases = Case.objects.filter(status__in=WITH_CLOCK, late=False, due_at__gt=after)
    held = Case.objects.filter(status="held", held_until__gt=after)
    marked = stages.filter(late=False, paused_at=None, due_at__gt=after)
    found = (
        stages.filter(next_rung_at__gt=after).aggregate(at=Min("next_rung_at"))["at"],
        marked.aggregate(at=Min("due_at"))["at"],
        cases.aggregate(at=Min("due_at"))["at"],
        held.aggregate(at=Min("held_until"))["at"],
    )
    return min((at for at in found if at is not None), default=None)
