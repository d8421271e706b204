"""What time alone changes about entity lists; a room of its own because the queue imports it by name."""

from guatu.kernel.jobs import job
from guatu.registers.acts.words import enter_late


@job
def enter_late_words() -> None:
    """Enter what has waited too long for its predecessor. Repeating it does nothing."""
    while enter_late():
        pass
