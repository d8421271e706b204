"""Opening what an applicant left: only with a reason, and never without a line in the sight log."""

from guatu.kernel import clock, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.venues import problems as problems
from guatu.venues.acts.codes import DECIDE
from guatu.venues.models import VenueCode


def reveal_applicant(*, by: Actor, code: VenueCode, reason: str) -> dict[str, str]:
    """Name and phone of whoever asked for a code: {"name": …, "phone": …}. Logged before anything is opened.

    Raises `access.denied`, `venue.sight_reason`, `secrets.forgotten`.
    """
    require(by.scope, DECIDE, area=code.area)
    if by.id is None:
        raise Problem("access.denied", right=DECIDE)  # who looked must have a name
    if not reason.strip():
        raise Problem("venue.sight_reason")
    SightLog.objects.bulk_create(
        [
            SightLog(
                at=clock.now(), by_id=by.id, subject_type="venuecode", subject_id=str(code.pk), field=name,
                reason=reason.strip()[:200],
            )
            for name in code.applicant
        ]
    )  # fmt: skip
    return secrets.open_many({code.pk: code.applicant}).get(code.pk, {})
