"""Units: bureaux, streets, companies."""

from collections.abc import Mapping
from typing import Any

from guatu.kernel import ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.reads import resolve
from guatu.units import problems as problems
from guatu.units.models import Person, Unit
from guatu.units.rules import is_code

PLAIN = ("name", "short_name", "kind", "area", "active")


def check_code(code: str) -> None:
    if not is_code(code):
        raise Problem("unit.bad_code", code=code)
    taken = Unit.objects.filter(code=code).first()
    if taken is not None:
        raise Problem("unit.code_taken", code=code, name=taken.name)


def add_unit(
    *,
    by: Actor,
    code: str,
    name: str,
    short_name: str = "",
    kind: str = "",
    parent: Unit | None = None,
    area: str = "",
    via: str = "web",
) -> Unit:
    """Register a unit below another one. area: code or name of where it works ("" takes the parent's).

    Raises `unit.bad_code`, `unit.code_taken`, `unit.no_name`, `place.unknown_area`, `access.denied`.
    """
    if not name.strip():
        raise Problem("unit.no_name")
    where = resolve(area) if area else (parent.area if parent is not None else "")
    path = f"{parent.path if parent is not None else ''}{code}/"
    require(by.scope, "unit.edit", area=where, units=(path,))
    check_code(code)
    unit = Unit(
        id=ids.new(), code=code, path=path, name=name.strip(), short_name=short_name.strip(), kind=kind, parent=parent,
        area=where,
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        unit.save(force_insert=True)
        d.record("unit.added", unit, details={"code": code})
    return unit


def edit_unit(
    *, by: Actor, unit: Unit, changes: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Unit:
    """Change name, short name, kind, area or whether the unit is active. Code and path stay: posts and tasks name them.

    Raises `unit.no_name`, `unit.has_people`, `place.unknown_area`, `kernel.stale`, `access.denied`.
    """
    require(by.scope, "unit.edit", area=unit.area, units=(unit.path,))
    check_version(unit, version)
    old = {name: getattr(unit, name) for name in PLAIN}
    for name, value in changes.items():
        if name not in PLAIN:
            raise KeyError(name)
        setattr(unit, name, resolve(value) if name == "area" and value else value)
    if not unit.name.strip():
        raise Problem("unit.no_name")
    if old["active"] and not unit.active:
        count = Person.objects.filter(unit=unit, is_active=True).count()
        if count:
            raise Problem("unit.has_people", name=unit.name, count=count)
    new = {name: getattr(unit, name) for name in PLAIN}
    if new == old:
        return unit
    require(by.scope, "unit.edit", area=unit.area, units=(unit.path,))
    with deed(by=by, via=via) as d:
        unit.version += 1
        unit.save()
        d.record("unit.edited", unit, details={"old": old, "new": new})
    return unit
