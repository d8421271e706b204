"""Areas that the shipped list does not have: a pack of another city brings its own."""

from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.places.acts.areas import areas_changed
from guatu.places.models import Area

_LEVELS = {2: "province", 4: "city", 6: "district", 9: "street", 12: "committee"}


def set_area(
    *,
    by: Actor,
    code: str,
    name: str,
    name_en: str = "",
    level: str = "",
    parent: str = "",
    lon: float | None = None,
    lat: float | None = None,
    via: str = "web",
) -> str:
    """Enter an area, or change what is said of one; answers added, changed or same. Level and parent follow from the code
    when they are not given. Raises `place.no_name`, `access.denied`."""
    require(by.scope, "settings.areas", area="")
    if not name.strip():
        raise Problem("place.no_name")
    above = next((code[:length] for length in (12, 9, 6, 4, 2) if length < len(code)), "")
    wanted = {
        "name": name.strip(), "name_en": name_en.strip(), "level": level or _LEVELS.get(len(code), "grid"),
        "parent": parent or above, "lon": lon, "lat": lat,
    }  # fmt: skip
    row = Area.objects.filter(code=code).first()
    if row is not None and all(getattr(row, field) == value for field, value in wanted.items()):
        return "same"
    outcome = "added" if row is None else "changed"
    row = row or Area(code=code, scheme="own", version=0)
    with deed(by=by, via=via) as d:
        for field, value in wanted.items():
            setattr(row, field, value)
        row.version += 1
        row.save()
        areas_changed()
        d.record("area.added" if outcome == "added" else "area.changed", row, details={"name": row.name})
    return outcome
