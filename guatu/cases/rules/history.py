"""What a table of settled matters says: moments in the file's own zone, verdicts, and why ours differs from theirs. Pure."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from guatu.cases.rules.clocks import is_late

ON_TIME = {"ontime", "on time", "on-time", "intime", "in time", "按期", "按时", "及时", "未超时", "未逾期", "是", "y", "yes", "true", "1"}  # fmt: skip
LATE = {
    "overdue",
    "late",
    "not on time",
    "超时",
    "超期",
    "逾期",
    "已超时",
    "已逾期",
    "否",
    "n",
    "no",
    "false",
    "0",
}
CLOSED = {"closed", "resolved", "completed", "complete", "done", "已结案", "结案", "办结", "已办结", "已处置", "关闭", "已关闭"}  # fmt: skip
OPEN = {
    "open",
    "opened",
    "pending",
    "in progress",
    "assigned",
    "new",
    "未结案",
    "处置中",
    "办理中",
    "待处置",
    "待办",
}

# why the two verdicts differ, or why one of them is missing; the order is that of the report
RULES = (
    "agreed",
    "no_deadline",
    "not_said",
    "closed_before_opened",
    "same_minute",
    "deadline_before_opening",
    "theirs_late_closed_in_time",
    "theirs_on_time_closed_late",
    "open",
)

# (our source, words in the file's own) — what is not known is “other”
_SOURCES = (
    ("hotline", ("call", "phone", "hotline", "电话", "热线", "12345")),
    ("patrol", ("city worker", "employee", "staff", "patrol", "巡查", "网格")),
    (
        "public",
        (
            "app",
            "citizen",
            "self service",
            "web",
            "online",
            "twitter",
            "social",
            "市民",
            "公众",
            "小程序",
            "微信",
        ),
    ),
    ("leader", ("mayor", "leader", "领导")),
    ("city_platform", ("平台", "platform")),
)


def source_of(text: str) -> str:
    """Our word for a source as the file writes it.

    >>> source_of("Constituent Call"), source_of("Citizens Connect App"), source_of("?")
    ('hotline', 'public', 'other')
    """
    plain = text.casefold()
    return next((ours for ours, words in _SOURCES if any(word in plain for word in words)), "other")


def code_of(name: str) -> str:
    """A class code made of a name, at most 20 signs: the same name always gets the same code.

    >>> code_of("Parking Enforcement")
    'parking-enforc-b7a0e'
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:14].strip("-")
    mark = hashlib.sha256(" ".join(name.split()).casefold().encode()).hexdigest()[:5]
    return f"{plain}-{mark}" if plain else f"c-{mark}"


def unit_code_of(name: str) -> str:
    """A unit code made of a department as the file writes it: lower case, digits and hyphens.

    >>> unit_code_of("GEN_"), unit_code_of("Parks & Recreation")
    ('gen', 'parks-recreation')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:34].strip("-")
    return plain or f"u-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Moment:
    """A moment as the file meant it. odd: "" or why the clock on the wall did not say it plainly (twice, skipped)."""

    at: dt.datetime
    odd: str = ""


def moment_in(naive: dt.datetime, zone: ZoneInfo, *, after: dt.datetime | None = None) -> Moment:
    """The moment a wall clock of that zone showed `naive`; an aware one stands as it is.

    The hour that comes twice in autumn is taken as the first, unless that lies before `after` (what had already happened);
    the hour that is skipped in spring is moved on by what was skipped, as the clocks were.
    """
    if naive.tzinfo is not None:
        return Moment(naive.astimezone(dt.UTC))
    first = naive.replace(tzinfo=zone, fold=0)
    second = naive.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return Moment(first.astimezone(dt.UTC))
    early, later = sorted((first.astimezone(dt.UTC), second.astimezone(dt.UTC)))
    back = early.astimezone(zone).replace(tzinfo=None)
    if back != naive:
        return Moment(later, "skipped")  # fold=0 before the gap: read with the offset that held until then
    if after is not None and early < after <= later:
        return Moment(later, "twice")
    return Moment(early, "twice")


def verdict_of(due_at: dt.datetime | None, closed_at: dt.datetime | None) -> str:
    """Ours: on_time, late, or "" for what has no deadline or is not closed. The deadline's own second is in time."""
    if due_at is None or closed_at is None:
        return ""
    return "late" if is_late(due_at, closed_at) else "on_time"


def read_verdict(text: str) -> str | None:
    """Theirs: on_time, late, "" when nothing is said, None when the word is not known."""
    plain = " ".join(text.split()).casefold()
    if not plain:
        return ""
    return "on_time" if plain in ON_TIME else "late" if plain in LATE else None


def read_status(text: str) -> str | None:
    """closed, open, "" when nothing is said, None when the word is not known."""
    plain = " ".join(text.split()).casefold()
    if not plain:
        return ""
    return "closed" if plain in CLOSED else "open" if plain in OPEN else None


def compare(
    *, opened_at: dt.datetime, due_at: dt.datetime | None, closed_at: dt.datetime | None, theirs: str
) -> str:
    """One of RULES: agreed, or the rule that explains why our verdict and the file's are not the same word."""
    ours = verdict_of(due_at, closed_at)
    if closed_at is None:
        return "open"
    if due_at is None:
        return "no_deadline"
    if not theirs:
        return "not_said"
    if ours == theirs:
        return "agreed"
    if closed_at < opened_at:
        return "closed_before_opened"
    if due_at.replace(second=0, microsecond=0) == closed_at.replace(second=0, microsecond=0):
        return "same_minute"
    if due_at < opened_at:
        return "deadline_before_opening"
    return "theirs_late_closed_in_time" if theirs == "late" else "theirs_on_time_closed_late"
