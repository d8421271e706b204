"""What time alone changes: codes end, identities are forgotten."""

from guatu.kernel.jobs import job
from guatu.venues.acts.codes import end_codes
from guatu.venues.acts.scans import forget_scans


@job
def tidy_venues() -> int:
    """The schedule's job: codes past their last day end, identities past theirs are destroyed."""
    return end_codes() + forget_scans()
