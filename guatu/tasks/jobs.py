"""What the clock and other acts set going: a room of its own because the reactions table names it."""

from guatu.campaigns.models import Campaign
from guatu.kernel.acts import SYSTEM, PendingAct
from guatu.kernel.jobs import job
from guatu.tasks import acts


@job
def mark_late_tasks() -> int:
    """The clock's job: record what became late or came to be at risk; answers how many tasks changed."""
    marked = acts.mark_late(by=SYSTEM)
    return marked.late + marked.risk


def tasks_into_phases(act: PendingAct) -> None:
    """WITHIN `campaign.phases_set`: every task into the phase its deadline falls into."""
    campaign = Campaign.objects.get(id=act.subject_id)
    acts.place_in_phases(by=SYSTEM, campaign=campaign, cause=act.id, via=act.via)
