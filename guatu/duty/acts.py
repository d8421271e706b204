"""Every write about the roster: set, change, swap, remove and put back a shift; copy a week."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guatu.duty import problems as problems
from guatu.duty import rules
from guatu.duty import verbs as verbs
from guatu.duty.models import Shift
from guatu.files.imports import Applied, Context, RowOutcome
from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit
from guatu.units.rules import ROLES

RIGHT = "duty.edit"
CHANGED = ("person", "role", "starts_at", "ends_at", "note")


def _minute(moment: dt.datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


def _told(shift: Shift) -> dict[str, Any]:
    """What the ledger keeps of a shift: enough to put it back."""
    return {
        "unit": str(shift.unit),
        "unit_id": str(shift.unit_id),
        "person": str(shift.person_id),
        "role": shift.role,
        "starts_at": clock.local(shift.starts_at).isoformat(),
        "ends_at": clock.local(shift.ends_at).isoformat(),
        "note": shift.note,
        "when": f"{_minute(shift.starts_at)} – {_minute(shift.ends_at)}",
    }


def _may(by: Actor, unit: Unit) -> None:
    require(by.scope, RIGHT, area=unit.area, units=(unit.path,))


def check_shift(shift: Shift) -> None:
    """Whether a shift can stand as it is. Raises `duty.bad_time`, `duty.unknown_role`, `duty.twice`, `person.inactive`."""
    length = shift.ends_at - shift.starts_at
    if not dt.timedelta(0) < length <= rules.LONGEST:
        raise Problem("duty.bad_time", start=_minute(shift.starts_at), end=_minute(shift.ends_at))
    if shift.role and shift.role not in ROLES:
        raise Problem("duty.unknown_role", role=shift.role)
    if not shift.person.is_active:
        raise Problem("person.inactive", name=shift.person.name)
    near = Shift.objects.filter(person=shift.person, unit=shift.unit, starts_at__lt=shift.ends_at)
    near = near.filter(starts_at__gt=shift.starts_at - rules.LONGEST, ends_at__gt=shift.starts_at)
    other = near.exclude(pk=shift.pk).first()
    if other is not None:
        raise Problem(
            "duty.twice", person=shift.person.name, unit=str(shift.unit),
            start=_minute(other.starts_at), end=_minute(other.ends_at),
        )  # fmt: skip


def _locked(shift: Shift) -> Shift:
    held = (
        Shift.objects.select_for_update(no_key=True).filter(pk=shift.pk).values_list("pk", flat=True).first()
    )
    found = Shift.objects.select_related("unit", "person__unit").filter(pk=held).first() if held else None
    if found is None:
        raise Problem("access.not_found")
    return found


def set_shift(
    *,
    by: Actor,
    unit: Unit,
    person: Person,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    role: str = "",
    note: str = "",
    via: str = "web",
) -> Shift:
    """Put somebody on duty for a unit from `starts_at` until `ends_at` (aware), in a role or ("") for everything.

    Raises `access.denied` and what `check_shift` raises.
    """
    _may(by, unit)
    shift = Shift(
        id=ids.new(), home=unit.home, unit=unit, person=person, role=role, note=note.strip(),
        starts_at=clock.local(starts_at), ends_at=clock.local(ends_at),
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        _hold(person)
        check_shift(shift)
        shift.save(force_insert=True)
        d.record("shift.set", shift, area=unit.area, details=_told(shift))
    return shift


def set_shifts(
    *,
    by: Actor,
    unit: Unit,
    person: Person,
    spans: Sequence[tuple[dt.datetime, dt.datetime]],
    role: str = "",
    note: str = "",
    via: str = "web",
) -> list[Shift]:
    """`set_shift` for several stretches of the same person: all of them or none."""
    with deed(by=by, via=via):
        return [
            set_shift(
                by=by, unit=unit, person=person, starts_at=start, ends_at=end, role=role, note=note, via=via
            )
            for start, end in spans
        ]


def _hold(*people: Person) -> None:
    """Two entries for one person at once: the second waits and then sees the first."""
    wanted = [person.pk for person in people]
    list(
        Person.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def change_shift(
    *, by: Actor, shift: Shift, changes: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Shift:
    """Change person, role, starts_at, ends_at or note; what is not named stays. Raises as `set_shift`, `kernel.stale`."""
    with deed(by=by, via=via) as d:
        row = _locked(shift)
        _may(by, row.unit)
        check_version(row, version)
        before = _told(row)
        for name in CHANGED:
            if name in changes:
                value = changes[name]
                setattr(row, name, clock.local(value) if name.endswith("_at") else value)
        _hold(row.person)
        check_shift(row)
        now = _told(row)
        if now == before:
            return row
        row.version += 1
        row.save()
        old = {name: value for name, value in before.items() if now[name] != value}
        d.record("shift.changed", row, area=row.unit.area, details={**now, "old": old})
    return row


def swap_shifts(*, by: Actor, first: Shift, second: Shift, via: str = "web") -> tuple[Shift, Shift]:
    """换班: the two people take each other's shift. Raises `duty.same_shift`, `duty.twice`, `access.denied`."""
    with deed(by=by, via=via) as d:
        held = {
            row.pk: row
            for row in (_locked(each) for each in sorted((first, second), key=lambda s: str(s.pk)))
        }
        one, other = held[first.pk], held[second.pk]
        for row in (one, other):
            _may(by, row.unit)
        if one.person_id == other.person_id:
            raise Problem("duty.same_shift")
        _hold(one.person, other.person)
        one.person, other.person = other.person, one.person
        for row in (one, other):
            row.version += 1
            row.save()
        for row in (one, other):
            check_shift(row)
            d.record("shift.swapped", row, area=row.unit.area, details=_told(row))
    return one, other


def remove_shift(*, by: Actor, shift: Shift, version: int | None = None, via: str = "web") -> None:
    """Take a shift off the roster; `restore_shift` puts it back as it was."""
    with deed(by=by, via=via) as d:
        row = _locked(shift)
        _may(by, row.unit)
        check_version(row, version)
        d.record("shift.removed", row, area=row.unit.area, details=_told(row))
        Shift.objects.filter(pk=row.pk).delete()


def restore_shift(*, by: Actor, shift_id: UUID, via: str = "web") -> Shift:
    """Put a removed shift back, under its own id. Raises `duty.not_removed` and what `check_shift` raises."""
    lines = Act.objects.filter(subject_type="shift", subject_id=str(shift_id))
    last = lines.order_by("recorded_at", "position").last()
    if last is None or last.verb != "shift.removed":
        raise Problem("duty.not_removed")
    kept = last.details
    with deed(by=by, via=via) as d:
        unit = Unit.objects.filter(pk=kept["unit_id"]).first()
        person = Person.objects.filter(pk=kept["person"]).select_related("unit").first()
        if unit is None or person is None:
            raise Problem("access.not_found")
        _may(by, unit)
        shift = Shift(
            id=shift_id, home=unit.home, unit=unit, person=person, role=kept["role"], note=kept["note"],
            starts_at=dt.datetime.fromisoformat(kept["starts_at"]),
            ends_at=dt.datetime.fromisoformat(kept["ends_at"]),
        )  # fmt: skip
        _hold(person)
        check_shift(shift)
        if Shift.objects.filter(pk=shift_id).exists():
            raise Problem("duty.not_removed")
        shift.save(force_insert=True)
        d.record("shift.restored", shift, area=unit.area, details=_told(shift))
    return shift


# --- a week ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copied:
    """What a copy did. act_id: for `undo_copy`. skipped: shifts already there, or of people who have left."""

    act_id: UUID
    made: int
    skipped: int


def copy_week(*, by: Actor, unit: Unit, source: dt.date, target: dt.date, via: str = "web") -> Copied:
    """Copy the shifts of one unit that begin in the week of `source` into the week of `target` (any day of the week).

    What would overlap a shift of the same person, and people who have left, are skipped. Repeating it does nothing.
    Raises `duty.nothing_to_copy`, `access.denied`.
    """
    _may(by, unit)
    monday, other = rules.monday_of(source), rules.monday_of(target)
    begins = dt.datetime.combine(monday, dt.time.min, tzinfo=clock.ZONE)
    with deed(by=by, via=via) as d:
        week = Shift.objects.filter(
            unit=unit, starts_at__gte=begins, starts_at__lt=begins + dt.timedelta(days=7)
        )
        rows = list(week.select_related("person").order_by("starts_at", "id"))
        if not rows:
            raise Problem("duty.nothing_to_copy", unit=str(unit), monday=monday.isoformat())
        _hold(*{row.person_id: row.person for row in rows}.values())
        made = [shift for row in rows if (shift := _copy(unit, row, other - monday)) is not None]
        said = {
            "count": len(made), "from": monday.isoformat(), "to": other.isoformat(),
            "shifts": [str(shift.id) for shift in made],
        }  # fmt: skip
        act_id = d.record("unit.roster_copied", unit, details=said)
        for shift in made:
            d.record("shift.set", shift, area=unit.area, details=_told(shift), cause=act_id)
    return Copied(act_id, len(made), len(rows) - len(made))


def _copy(unit: Unit, row: Shift, by: dt.timedelta) -> Shift | None:
    start = clock.local(row.starts_at) + by
    shift = Shift(
        id=ids.new(), home=unit.home, unit=unit, person=row.person, role=row.role, note=row.note,
        starts_at=start, ends_at=start + (row.ends_at - row.starts_at),
    )  # fmt: skip
    try:
        check_shift(shift)
    except Problem:
        return None
    shift.save(force_insert=True)
    return shift


def undo_copy(*, by: Actor, unit: Unit, act_id: UUID, via: str = "web") -> int:
    """Take back what a copy made, as far as nobody has changed it since; answers how many. Raises `access.not_found`."""
    _may(by, unit)
    line = Act.objects.filter(
        subject_type="unit", subject_id=str(unit.id), id=act_id, verb="unit.roster_copied"
    ).first()
    if line is None:
        raise Problem("access.not_found")
    with deed(by=by, via=via) as d:
        rows = list(
            Shift.objects.select_for_update(no_key=True).filter(
                pk__in=line.details["shifts"], unit=unit, version=1
            )
        )
        for row in rows:
            d.record("shift.removed", row, area=unit.area, details=_told(row))
        Shift.objects.filter(pk__in=[row.pk for row in rows]).delete()
        d.record("unit.roster_copy_undone", unit, details={"count": len(rows)})
    return len(rows)


# --- from a table ------------------------------------------------------------------------------------------------


def apply_imported(
    *, by: Actor, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context
) -> Applied:
    """values: unit and person (rows), starts_at, ends_at, role, note. New shifts only."""
    with deed(by=by, via=via):
        return Applied([str(set_shift(by=by, via=via, **outcome.values).id) for outcome in rows])


def undo_imported(*, by: Actor, created: Sequence[str], changed: Sequence[Any], via: str) -> list[str]:
    """Remove imported shifts. Answers those changed since (then nothing is undone)."""
    rows = list(Shift.objects.select_related("unit", "person").filter(pk__in=list(created)))
    blocked = [str(row) for row in rows if row.version != 1]
    if blocked:
        return blocked
    with deed(by=by, via=via):
        for row in rows:
            remove_shift(by=by, shift=row, via=via)
    return []
