"""Who is told that a line is over its limit: whoever is on duty for the point's unit, else the office. Used by the reactions
table; see jobs.py."""

from guatu.duty.reads import on_duty_in_role
from guatu.kernel.acts import PendingAct
from guatu.notices.jobs import Hall, Told
from guatu.venues.models import ServicePoint


def over_limit(act: PendingAct, hall: Hall) -> Told | None:
    """The line is longer than it may be: somebody must go and see to it."""
    point = ServicePoint.objects.select_related("place", "unit").filter(pk=act.subject_id).first()
    if point is None:
        return None
    people = hall.on_duty(point.unit) if point.unit is not None else []
    if not people:
        units = (point.unit.path,) if point.unit is not None else ()
        people = on_duty_in_role("office", point.area, hall.now, units)
    said = {"place": point.place.name, "queue": act.details.get("queue"), "limit": act.details.get("limit")}
    return Told(people, "queue_over", f"{point.place.name} {point.number}", said)
