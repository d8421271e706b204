"""Whom a case may be given to within the unit that has it."""

from uuid import UUID

from guatu.cases.models import Case
from guatu.kernel.access import Scope
from guatu.units.models import Person

ASSIGNABLE = ("dispatched", "accepted", "held", "treated")


def colleagues(case: Case) -> list[Person]:
    """The active people of the unit that has the case, and of those below it."""
    if case.unit is None:
        return []
    rows = Person.objects.filter(is_active=True, unit__path__startswith=case.unit_path).select_related("unit")
    return list(rows.order_by("unit__path", "name", "id"))


def people_to_assign(scope: Scope) -> list[Person]:
    """People to whom this reader may give cases: of their units and areas; everybody for the centre."""
    rows = Person.objects.filter(is_active=True, unit__isnull=False).select_related("unit")
    found = rows.order_by("unit__path", "name", "id")
    return [
        person for person in found
        if person.unit is not None and scope.allows("case.accept", area=person.unit.area, units=(person.unit.path,))
    ]  # fmt: skip


def person_by_id(text: str) -> Person | None:
    """An active person by id as it was posted."""
    try:
        return Person.objects.filter(pk=UUID(text), is_active=True).select_related("unit").first()
    except ValueError:
        return None
