"""Results for the platform above, by file: what changed since the last one, kept exactly as it was written."""

from collections.abc import Sequence

from guatu.campaigns.models import Campaign
from guatu.cases.acts.moving import person_of
from guatu.cases.models import Exchange, ExchangeLine
from guatu.cases.reads import waiting_to_send
from guatu.cases.rules import exchange_number
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed, lock_heads
from guatu.kernel.problems import Problem


def send_upward(
    *,
    by: Actor,
    campaign: Campaign,
    source: str = "city_platform",
    everything: bool = False,
    via: str = "web",
) -> Exchange:
    """Make the file with results for the platform above and keep what it says. Only what changed since the last file,
    unless `everything`. Raises `case.nothing_to_send`."""
    require(by.scope, "case.export", area=campaign.area)
    with deed(by=by, via=via) as d:
        lock_heads([campaign.home])  # two files made at once would both hold the same changes
        lines = waiting_to_send(by.scope, campaign, source, everything=everything)
        if not lines:
            raise Problem("case.nothing_to_send")
        row = Exchange(
            home=campaign.home,
            campaign=campaign,
            source=source,
            number=_number(campaign),
            sent_at=d.effective_at,
            by=person_of(by),
            count=len(lines),
            whole=everything,
        )
        row.save(force_insert=True)
        kept = [ExchangeLine(exchange=row, case_id=line.case_id, content=line.content) for line in lines]
        ExchangeLine.objects.bulk_create(kept, batch_size=200)
        details = {"number": row.number, "count": row.count, "source": source, "whole": everything}
        d.record("case_exchange.sent", row, area=campaign.area, details=details)
    return row


def _number(campaign: Campaign) -> str:
    day = clock.today()
    start = exchange_number(day, 0)[:-2]
    taken: Sequence[str] = list(
        Exchange.objects.filter(campaign=campaign, number__startswith=start).values_list("number", flat=True)
    )
    return exchange_number(day, 1 + max((int(number.rpartition("-")[2]) for number in taken), default=0))
