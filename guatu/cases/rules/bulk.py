"""What may be done to many cases at once, what it asks for, and how it is taken back. Pure."""

from dataclasses import dataclass

MOST = 5000  # cases of one bulk action
AT_ONCE = 50  # up to so many are done while the person waits; more go to the background
CHUNK = 100  # cases of one transaction
UNDO_MINUTES = 30


@dataclass(frozen=True)
class BulkStep:
    """One thing done to many. asks: fields of its form. back: the step that takes it back, "" when none does.

    right: without it the step is not offered. moves: its row of the lifecycle, "" when the case does not move.
    """

    step: str
    right: str
    asks: tuple[str, ...] = ()
    back: str = ""
    moves: str = ""


BULK: dict[str, BulkStep] = {
    each.step: each
    for each in (
        BulkStep("accept", "case.accept", ("note",), moves="accept"),
        BulkStep("assign", "case.accept", ("person", "note"), "assign"),
        BulkStep("dispatch", "case.dispatch", ("unit", "limit", "note"), "recall", moves="dispatch"),
        BulkStep("route", "case.dispatch", ("limit", "note"), "recall", moves="dispatch"),
        BulkStep("reject", "case.file", ("reason",), moves="reject"),
        BulkStep("reclassify", "case.file", ("class", "new_limit", "reason"), "reclassify"),
        BulkStep("extend", "case.accept", ("reason", "limit"), "take_back", moves="extend"),
        BulkStep("hand_over", "case.accept", ("unit", "reason"), "take_back"),
        BulkStep("close", "case.close", ("note",), moves="close"),
        BulkStep("void", "case.void", ("reason",), "take_back", moves="void"),
        BulkStep("comment", "case.read", ("text",), "withdraw"),
    )
}
NEEDED = {"reason", "class", "text", "person"}  # asked for and not to be left out
UNIT_NEEDED = {"dispatch", "hand_over"}


def remaining(done: int, wanted: int, seconds: float) -> int | None:
    """Seconds until the rest is done, at the pace so far; None while there is no pace yet."""
    return None if done == 0 or seconds <= 0 else round((wanted - done) * seconds / done)


def undoable(step: str, status: str, minutes_since: float | None) -> bool:
    """Whether the whole may still be taken back: done, in its window, and with a way back."""
    return (
        status == "done"
        and bool(BULK[step].back)
        and minutes_since is not None
        and minutes_since <= UNDO_MINUTES
    )
