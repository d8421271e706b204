"""How a time limit stands, in words a page can show."""

import datetime as dt

from django.utils.translation import gettext as _

from guatu.kernel import clock
from guatu.kit import formats
from guatu.kit.states import State

SOON = dt.timedelta(hours=24)


def deadline_state(
    due: dt.datetime, done: dt.datetime | None, now: dt.datetime, language: str | None
) -> State:
    """How a deadline stands, in words: kept or missed when done, else what is left or by how much it is over."""
    end = done or now
    length = formats.span(end - due, language)
    if done is not None:
        return (
            State("late", _("逾期 %(span)s完成") % {"span": length})
            if done > due
            else State("done", _("按时完成"))
        )
    if now > due:
        return State("late", _("逾期 %(span)s") % {"span": length})
    left = _("还剩 %(span)s") % {"span": length}
    return State("soon" if due - now <= SOON else "going", left)


def end_of(value: dt.date) -> dt.datetime:
    """The moment until which the limit lasts: a date lasts to the end of its day."""
    if isinstance(value, dt.datetime):
        return clock.local(value)
    return dt.datetime.combine(value, dt.time(23, 59, 59), clock.ZONE)


def start_of(value: dt.date) -> dt.datetime:
    return dt.datetime.combine(value, dt.time(), clock.ZONE)
