"""Who is told of venue codes: whoever applied learns what was decided, and that a code was taken back. Used by the reactions
table; see jobs.py."""

from guatu.kernel.acts import PendingAct
from guatu.notices.jobs import Hall, Told
from guatu.units.models import Person
from guatu.venues.models import VenueCode


def _applicant(act: PendingAct, kind: str) -> Told | None:
    row = VenueCode.objects.select_related("place").filter(pk=act.subject_id).first()
    if row is None or row.applied_by_id is None:
        return None
    people = Person.objects.filter(pk=row.applied_by_id, is_active=True)
    said = {"place": row.place.name, "reason": row.reason, "until": str(row.valid_until or "")}
    return Told(list(people), kind, row.serial, said)


def code_approved(act: PendingAct, hall: Hall) -> Told | None:
    """The poster can be printed now."""
    return _applicant(act, "venue_approved")


def code_refused(act: PendingAct, hall: Hall) -> Told | None:
    """Not approved, and why."""
    return _applicant(act, "venue_refused")


def code_revoked(act: PendingAct, hall: Hall) -> Told | None:
    """Taken back, and why: the poster has to come down."""
    return _applicant(act, "venue_revoked")
