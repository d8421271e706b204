"""Who in the unit looks after a case: the taker is named, or changed; the case itself stays where it stands."""

from guatu.cases.acts.moving import check_hands, locked
from guatu.cases.models import STATUS_WORDS, Case
from guatu.cases.reads.assigning import ASSIGNABLE
from guatu.cases.rules import LIFECYCLE
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Person


def assign_case(
    *,
    by: Actor,
    case: Case,
    person: Person | None,
    note: str = "",
    version: int | None = None,
    via: str = "web",
) -> Case:
    """指派 to one person of the unit that has the case (or of a unit below it), by the unit itself or the centre. Status and
    clock stay. person: None takes the name off again, while nobody has accepted the case.

    Raises `case.wrong_step`, `case.not_in_unit`, `case.nobody_after_accept`, `case.not_yours`, `kernel.stale`.
    """
    with deed(by=by, via=via) as d:
        row = locked(case)
        if row.status not in ASSIGNABLE or row.unit is None:
            raise Problem(
                "case.wrong_step", number=row.number, status=str(STATUS_WORDS[row.status]), step="指派"
            )
        check_hands(d.by, row, LIFECYCLE["accept"])
        check_version(row, version)
        if person is None and row.status != "dispatched":
            raise Problem("case.nobody_after_accept", number=row.number)
        if person is not None and not _of_the_unit(person, row):
            raise Problem("case.not_in_unit", number=row.number, person=person.name, unit=str(row.unit))
        before = row.taker
        if (before.id if before else None) == (person.id if person else None):
            return row
        row.taker = person
        row.version += 1
        row.last_step_at = max(row.last_step_at, d.effective_at)
        row.save(update_fields=["taker", "version", "last_step_at"])
        said = {
            "number": row.number, "person_name": person.name if person else "—", "person": str(person.id) if person else "",
            "old": {"taker": before.name if before else ""}, "note": note.strip()[:1000],
        }  # fmt: skip
        d.record("case.assigned", row, details=said)
    return row


def _of_the_unit(person: Person, case: Case) -> bool:
    return person.is_active and person.unit is not None and person.unit.path.startswith(case.unit_path)
