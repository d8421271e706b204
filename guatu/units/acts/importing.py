"""What imports of units, people and contracts write, and how it is taken back."""

from collections.abc import Sequence
from typing import Any

from guatu.files.imports import Applied, Change, Context, RowOutcome
from guatu.files.reads import referenced
from guatu.kernel import secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.places.models import Place
from guatu.units.acts.contracts import sign_contract, told
from guatu.units.acts.people import add_person, edit_person, give_post, may_edit
from guatu.units.acts.units import PLAIN, add_unit, edit_unit
from guatu.units.models import Contract, Person, Post, Unit


def apply_units(
    *, by: Actor, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context
) -> Applied:
    """values: code, parent (code or ""), and any of name, short_name, kind, area."""
    created: list[str] = []
    changes: list[Change] = []
    with deed(by=by, via=via):
        for outcome in rows:
            values = dict(outcome.values)
            code, parent = values.pop("code"), values.pop("parent", "")
            if outcome.subject_id:
                unit = Unit.objects.get(id=outcome.subject_id)
                old = {name: getattr(unit, name) for name in PLAIN}
                edit_unit(by=by, unit=unit, changes=values, via=via)
                changes.append(Change(str(unit.id), old, unit.version))
                continue
            above = Unit.objects.get(code=parent) if parent else None
            unit = add_unit(by=by, code=code, parent=above, via=via, **values)
            created.append(str(unit.id))
    return Applied(created, changes)


def undo_units(*, by: Actor, created: Sequence[str], changed: Sequence[Change], via: str) -> list[str]:
    """Remove the units that were added, set back the others. Answers those with people, tasks or units below."""
    before = {change.id: change for change in changed}
    rows = list(Unit.objects.filter(id__in=[*created, *before]).order_by("-path"))
    own = set(created)
    below = Unit.objects.filter(parent_id__in=list(created)).exclude(id__in=list(created))
    pointed_to = referenced(Unit, created, ignore=("unit.parent",))
    pointed_to |= {str(row.parent_id) for row in below}
    expected = {**dict.fromkeys(created, 1), **{change.id: change.version for change in changed}}
    blocked = [
        row.name for row in rows if row.version != expected[str(row.id)] or str(row.id) in pointed_to & own
    ]
    if blocked:
        return blocked
    with deed(by=by, via=via) as d:
        for row in rows:
            require(by.scope, "unit.edit", area=row.area, units=(row.path,))
            if str(row.id) in before:
                for name, value in before[str(row.id)].old.items():
                    setattr(row, name, value)
                row.version += 1
                row.save()
                d.record("unit.edited", row, details={"undone": True})
            else:
                d.record("unit.removed", row, details={"code": row.code})
                row.delete()
    return []


def apply_people(
    *, by: Actor, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context
) -> Applied:
    """values: username, name, unit (Unit or None), duty_title, phone; role, areas, units when a post is to be given."""
    created: list[str] = []
    changes: list[Change] = []
    with deed(by=by, via=via):
        for outcome in rows:
            values = dict(outcome.values)
            post = {name: values.pop(name) for name in ("role", "areas", "units") if name in values}
            username, phone = values.pop("username"), values.pop("phone", None)
            if outcome.subject_id:
                person = Person.objects.select_related("unit").get(id=outcome.subject_id)
                old = {
                    "name": person.name,
                    "unit": str(person.unit_id or ""),
                    "duty_title": person.duty_title,
                    "phone_sealed": bytes(person.phone_sealed).hex(),
                }
                edit_person(by=by, person=person, changes=values, phone=phone, via=via)
                changes.append(Change(str(person.id), old, person.version))
            else:
                person = add_person(by=by, username=username, phone=phone or "", via=via, **values)
                created.append(str(person.id))
            if post.get("role"):
                give_post(by=by, person=person, unit=person.unit, via=via, **post)
    return Applied(created, changes)


def undo_people(*, by: Actor, created: Sequence[str], changed: Sequence[Change], via: str) -> list[str]:
    """Remove the people that were added with the posts the import gave them, set back the others."""
    before = {change.id: change for change in changed}
    rows = list(Person.objects.select_related("unit").filter(id__in=[*created, *before]))
    pointed_to = referenced(Person, created, ignore=("post.person",))
    expected = {**dict.fromkeys(created, 1), **{change.id: change.version for change in changed}}
    blocked = [
        row.name
        for row in rows
        if row.version != expected[str(row.id)]
        or str(row.id) in pointed_to
        or (row.last_login and str(row.id) in created)
    ]
    if blocked:
        return blocked
    with deed(by=by, via=via) as d:
        for row in rows:
            may_edit(by, row)
            if str(row.id) in before:
                old = dict(before[str(row.id)].old)
                row.name, row.duty_title, row.unit_id = old["name"], old["duty_title"], old["unit"] or None
                row.phone_sealed = bytes.fromhex(old["phone_sealed"])
                row.version += 1
                row.save()
                d.record("person.edited", row, details={"undone": True})
            else:
                d.record("person.removed", row)
                Post.objects.filter(person=row).delete()
                secrets.forget(row.id)
                row.delete()
    return []


def apply_contracts(
    *, by: Actor, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context
) -> Applied:
    """values: person id, kind, place id or "", area, from_day, to_day, note. New contracts only."""
    created: list[str] = []
    people = Person.objects.in_bulk([each.values["person"] for each in rows])
    places = Place.objects.in_bulk([each.values["place"] for each in rows if each.values["place"]])
    with deed(by=by, via=via):
        for outcome in rows:
            values: dict[str, Any] = dict(outcome.values)
            person, place = people[values.pop("person")], values.pop("place")
            contract = sign_contract(
                by=by, person=person, place=places[place] if place else None, via=via, **values
            )
            created.append(str(contract.id))
    return Applied(created)


def undo_contracts(*, by: Actor, created: Sequence[str], changed: Sequence[Change], via: str) -> list[str]:
    """Remove the contracts that were signed. Answers those ended or changed since."""
    rows = list(Contract.objects.select_related("person", "place").filter(id__in=list(created)))
    blocked = [str(row) for row in rows if row.version != 1]
    if blocked:
        return blocked
    with deed(by=by, via=via) as d:
        for row in rows:
            require(by.scope, "contract.edit", area=row.area)
            told(d, "contract.removed", row)
        Contract.objects.filter(id__in=[row.id for row in rows]).delete()
    return []
