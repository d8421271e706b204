"""How a case moves. Pure.

The lifecycle is one table. The straight way: report → confirm → file → dispatch → accept → handle → feed back → check →
close. Confirming and feeding back are stages a campaign may ask for (rulebook); hold, extension, return and void are
asked for by one person and decided by another. A pack sets classes, limits, labels and evidence; it adds no steps.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

OPEN = (
    "reported", "confirmed", "filed", "dispatched", "accepted", "treated", "handled", "returned", "held",
)  # fmt: skip
SETTLED = ("verified", "closed", "rejected", "void", "duplicate", "withdrawn")
RECTIFIED = ("verified", "closed")
UNCOUNTED = ("void", "duplicate")  # no longer a matter of its own
WITH_CLOCK = ("filed", "dispatched", "accepted", "returned")  # statuses in which the limit can run out
STATUSES = (*OPEN, *SETTLED)
SOURCES = (
    "city_platform", "patrol", "hotline", "public", "open311", "inspection", "leader", "upper", "district", "other",
)  # fmt: skip
ASKED = ("hold", "extend", "return", "void")  # what somebody else must approve


@dataclass(frozen=True)
class Move:
    """One row of the lifecycle: from any of `sources` to `target` ("": the status stays, or goes back where it was).

    needs: reason, unit, limit, photo, other_person. own: only the unit that has the case (or the centre for it).
    asked: who wants it asks; it happens when somebody else approves. halt: where it stands instead when the campaign
    asks for the stage in between.
    """

    step: str
    sources: tuple[str, ...]
    target: str
    verb: str
    right: str
    needs: tuple[str, ...] = ()
    own: bool = False
    asked: bool = False
    halt: str = ""


_WORKED = ("dispatched", "accepted")
LIFECYCLE: dict[str, Move] = {
    move.step: move
    for move in (
        Move("report", (), "reported", "case.reported", "case.open"),
        Move("confirm", ("reported",), "confirmed", "case.confirmed", "case.confirm"),
        Move("file", ("reported", "confirmed"), "filed", "case.filed", "case.file"),
        Move("reject", ("reported", "confirmed"), "rejected", "case.rejected", "case.file", ("reason",)),
        Move("dispatch", ("filed", "returned"), "dispatched", "case.dispatched", "case.dispatch", ("unit", "limit")),
        Move("recall", ("dispatched",), "filed", "case.recalled", "case.dispatch"),
        Move("accept", ("dispatched",), "accepted", "case.accepted", "case.accept", own=True),
        Move("return", _WORKED, "returned", "case.returned", "case.accept", ("reason",), own=True, asked=True),
        Move("hold", _WORKED, "held", "case.held", "case.accept", ("reason",), own=True, asked=True),
        Move("resume", ("held",), "", "case.resumed", "case.approve"),
        Move("extend", _WORKED, "", "case.extended", "case.accept", ("reason",), own=True, asked=True),
        Move("stage", ("accepted",), "", "case.stage_done", "case.handle", own=True),
        Move("handle", ("accepted",), "handled", "case.handled", "case.handle", ("photo",), own=True, halt="treated"),
        Move("feed_back", ("treated",), "handled", "case.fed_back", "case.dispatch", ("reason",)),
        Move("pass", ("handled",), "verified", "case.verified", "case.verify", ("other_person",)),
        Move("rework", ("handled",), "accepted", "case.sent_back", "case.verify", ("reason", "other_person")),
        Move("close", ("verified",), "closed", "case.closed", "case.close"),
        Move("void", OPEN, "void", "case.voided", "case.void", ("reason",), asked=True),
        Move("merge", ("reported", "confirmed", "filed", "returned", *_WORKED), "duplicate", "case.merged", "case.merge"),
        Move("unmerge", ("duplicate",), "", "case.unmerged", "case.merge"),
        Move("withdraw", ("reported", "confirmed", "filed"), "withdrawn", "case.withdrawn", "case.open", ("reason",)),
        Move("reopen", ("verified", "closed", "rejected", "withdrawn"), "filed", "case.reopened", "case.reopen", ("reason",)),
    )
}  # fmt: skip

# The one strong button of the case page, by status; what else may be done stands beside it.
NEXT_STEP = {
    "reported": "file",
    "confirmed": "file",
    "filed": "dispatch",
    "returned": "dispatch",
    "dispatched": "accept",
    "accepted": "handle",
    "treated": "feed_back",
    "handled": "pass",
    "verified": "close",
    "held": "resume",
}


def allowed(step: str, status: str) -> bool:
    """Whether a case in this status may take the step."""
    return status in LIFECYCLE[step].sources


def steps_from(status: str) -> tuple[str, ...]:
    """All steps that lead on from a status, the usual one first."""
    usual = NEXT_STEP.get(status)
    found = [move.step for move in LIFECYCLE.values() if status in move.sources]
    return tuple(sorted(found, key=lambda step: step != usual))


def number_of(year: int, count: int) -> str:
    """AJ-2021-000123; wider when a year has more than 999,999."""
    return f"AJ-{year}-{count:06d}"


def exchange_number(day: dt.date, count: int) -> str:
    """HC-20210916-01: the file with results sent above (回传)."""
    return f"HC-{day:%Y%m%d}-{count:02d}"


def belongs(unit: str, to: str) -> bool:
    """Whether the unit path `unit` is the unit `to` or stands below it; no unit belongs nowhere."""
    return bool(unit) and bool(to) and unit.startswith(to)


@dataclass(frozen=True)
class Who:
    """Somebody who acts: id (None: the system) and the path of their unit."""

    id: UUID | None
    unit_path: str = ""


def same_hands(handler: Who, checker: Who, unit_path: str, finder: UUID | None = None) -> str:
    """Why this checker may not verify: "person", "finder", "unit" or "" when they may.

    Verified by somebody who neither found nor handled it, and who belongs neither to the handler's unit nor to the unit
    that has the case, nor to anything below them. A unit above may check what stands below it.
    """
    if handler.id == checker.id:
        return "person"
    if finder is not None and finder == checker.id:
        return "finder"
    if belongs(checker.unit_path, handler.unit_path) or belongs(checker.unit_path, unit_path):
        return "unit"
    return ""


# --- stages ------------------------------------------------------------------------------------------------------

# Which stretches run while the case stands so; `contact` and `whole` are added where they began.
RUNNING: dict[str, tuple[str, ...]] = {
    "reported": ("confirm", "file"),  # the one or the other, as the campaign asks
    "confirmed": ("file",),
    "filed": ("dispatch",),
    "returned": ("dispatch",),
    "dispatched": ("accept", "handle"),
    "accepted": ("handle",),
    "treated": ("feed_back",),
    "handled": ("check",),
    "verified": ("close",),
    "held": ("accept", "handle"),  # paused
}
STAGES = (
    "contact",
    "confirm",
    "file",
    "dispatch",
    "accept",
    "handle",
    "feed_back",
    "check",
    "close",
    "whole",
)
_THROUGHOUT = ("contact", "whole")


def running(status: str) -> tuple[str, ...]:
    """The kinds of stages that may be open in a status; none once the case is settled."""
    if status in SETTLED and status != "verified":
        return ()
    return (*RUNNING[status], *_THROUGHOUT)
