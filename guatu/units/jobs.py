"""What time alone changes about contracts; a room of its own because the queue imports it by name."""

from guatu.kernel.jobs import job
from guatu.units.acts.contracts import expire_contracts


@job
def end_expired_contracts() -> None:
    """End the contracts whose last day is past, so that counts by status stay true. Repeating it does nothing."""
    while expire_contracts():
        pass
