"""The ground: areas, zones, units."""

from guatu.packs.applying.step import ADDED, CHANGED, SAME, Change, Standing, differing
from guatu.places import acts as places
from guatu.places.acts.entering import set_area
from guatu.places.models import Area, Zone
from guatu.units import acts
from guatu.units.models import Unit


def apply_areas(standing: Standing) -> list[Change]:
    """The shipped areas as a whole (they are the same for every pack), then those the pack writes itself."""
    changes = []
    wanted = [code for code in standing.pack.load if not Area.objects.filter(code=code).exists()]
    if wanted:
        counts = places.load_areas(by=standing.by, via=standing.via)
        changes.append(Change("areas", "、".join(wanted), ADDED, counts["added"] + counts["changed"]))
    for row in standing.pack.areas:
        outcome = set_area(
            by=standing.by, code=row.code, name=row.name, name_en=row.name_en, level=row.level, parent=row.parent,
            lon=row.lon, lat=row.lat, via=standing.via,
        )  # fmt: skip
        changes.append(Change("areas", row.code, outcome))
    return changes


def apply_zones(standing: Standing) -> list[Change]:
    changes = []
    for row in standing.pack.zones:
        before = Zone.objects.filter(code=row.code).values_list("name", "areas").first()
        same = before is not None and (before[0], sorted(before[1])) == (row.name, sorted(row.areas))
        if not same:
            places.load_zone(
                by=standing.by, code=row.code, name=row.name, areas=list(row.areas), via=standing.via
            )
        changes.append(Change("zones", row.code, SAME if same else CHANGED if before else ADDED))
    return changes


def apply_units(standing: Standing) -> list[Change]:
    """Units above before units below, whatever the order of the table."""
    found = {unit.code: unit for unit in Unit.objects.select_related("parent")}
    waiting = list(standing.pack.units)
    changes = []
    while waiting:
        row = next(
            each for each in waiting if not each.parent or each.parent not in {one.code for one in waiting}
        )
        waiting.remove(row)
        unit = found.get(row.code)
        said = {"name": row.name, "short_name": row.short_name, "kind": row.kind, "area": row.area}
        if unit is None:
            unit = acts.add_unit(
                by=standing.by, code=row.code, parent=found.get(row.parent), via=standing.via, **said
            )
            changes.append(Change("units", row.code, ADDED))
        elif changed := differing(unit, said if row.area else said | {"area": unit.area}):
            unit = acts.edit_unit(by=standing.by, unit=unit, changes=changed, via=standing.via)
            changes.append(Change("units", row.code, CHANGED))
        else:
            changes.append(Change("units", row.code, SAME))
        found[row.code] = unit
    standing.units = found
    return changes
