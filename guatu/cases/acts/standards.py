"""Standards of a class: filing condition → limit in stages → closing condition; one by one, by pack, by table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.cases.acts.classes import RIGHT, set_classes
from guatu.cases.models import Case, CaseClass, CaseStandard
from guatu.cases.rules.clocks import LimitError
from guatu.cases.rules.standards import common_limit, limits_of, plain_number
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

_TEXTS = {
    "condition": 400, "condition_en": 400, "closing": 300, "season": 40, "responsible": 300, "competent": 300, "basis": 20_000,
    "collecting": 20_000, "limit_raw": 80, "origin": 200,
}  # fmt: skip
FIELDS = (*_TEXTS, "stages", "unit", "active", "order")
Key = tuple[str, str, str]


@dataclass
class Written:
    """What became of many standards. created, changed: (row, what stood there before)."""

    outcome: dict[tuple[Key, str, str], str] = field(default_factory=dict)
    created: list[CaseStandard] = field(default_factory=list)
    changed: list[tuple[CaseStandard, dict[str, Any]]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        found = Counter(self.outcome.values())
        return {word: found[word] for word in ("added", "changed", "same")}


def set_standards(
    *, by: Actor, campaign: Campaign, standards: Sequence[Mapping[str, Any]], via: str = "web"
) -> Written:
    """Set many standards of a campaign in one act. A standard is known by its id, or by class, condition and season.

    standards: {scheme, kind, code, condition, id? (of the row that is meant), season?, closing?, stages?: [{name, amount, unit}], unit? (a unit's code), responsible?,
    competent?, basis?, collecting?, limit_raw?, origin?, condition_en?, order?, active?}. What is not said of a known standard
    stays. A class whose standards all say the same single limit gets it as its usual one, unless it has a limit.
    Raises `case.unknown_class`, `case.bad_limit`, `case.bad_standard`, `case.unknown_unit`.
    """
    require(by.scope, RIGHT, area=campaign.area)
    done = Written()
    with deed(by=by, via=via) as d:
        classes = {
            (row.scheme, row.kind, row.code): row for row in CaseClass.objects.filter(campaign=campaign)
        }
        units = {unit.code: unit for unit in Unit.objects.all()} if _name_units(standards) else {}
        known = {
            (row.case_class_id, row.condition, row.season): row for row in CaseStandard.objects.filter(campaign=campaign)
        }  # fmt: skip
        by_id = {str(row.id): row for row in known.values()}
        for order, given in enumerate(standards):
            key = (str(given.get("scheme") or ""), str(given.get("kind") or ""), str(given["code"]))
            if key not in classes:
                raise Problem("case.unknown_class", class_code="|".join(key))
            wanted = _wanted(given, units)
            place = (classes[key].id, wanted["condition"], wanted.get("season", ""))
            row = by_id.get(str(given.get("id"))) or known.get(place)
            if row is None:
                row = known[place] = CaseStandard(
                    home=campaign.home, campaign=campaign, case_class=classes[key], order=order, **wanted
                )
                done.created.append(row)
                done.outcome[key, *place[1:]] = "added"
            elif before := _change(row, wanted):
                done.changed.append((row, before))
                done.outcome[key, *place[1:]] = "changed"
            else:
                done.outcome.setdefault((key, *place[1:]), "same")
        CaseStandard.objects.bulk_create(done.created, batch_size=100)
        CaseStandard.objects.bulk_update(
            [row for row, _before in done.changed], [*FIELDS, "version"], batch_size=50
        )
        _record(d, campaign, done)
    return done


def _name_units(standards: Iterable[Mapping[str, Any]]) -> bool:
    return any(isinstance(given.get("unit"), str) and given["unit"] for given in standards)


def _record(d: Deed, campaign: Campaign, done: Written) -> None:
    if done.created or done.changed:
        said = {
            "count": len(done.created) + len(done.changed),
            "added": len(done.created),
            "changed": len(done.changed),
        }
        d.record("case_standard.listed", campaign, area=campaign.area, details=said)


def _change(row: CaseStandard, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is wanted onto the row; answers what stood there before, as JSON (empty: nothing differs)."""
    before = {name: getattr(row, name) for name, value in wanted.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, wanted[name])
    if before:
        row.version += 1
    return {
        name: (value.code if isinstance(value, Unit) else "" if value is None else value)
        for name, value in before.items()
    }


def _wanted(given: Mapping[str, Any], units: Mapping[str, Unit]) -> dict[str, Any]:
    """What is said about a standard, read and checked."""
    wanted: dict[str, Any] = {}
    for name, longest in _TEXTS.items():
        if name in given:
            wanted[name] = str(given[name] or "").strip()
            if len(wanted[name]) > longest:
                raise Problem(
                    "case.bad_standard", condition=wanted[name][:30], why=f"{name}: {len(wanted[name])} > {longest}"
                )  # fmt: skip
    if "condition" in given and not wanted["condition"]:
        raise Problem("case.bad_standard", condition="—", why="condition")
    if "stages" in given:
        wanted["stages"] = clean_stages(given["stages"])
    if "unit" in given:
        wanted["unit"] = _unit(given["unit"], units)
    if "active" in given:
        wanted["active"] = bool(given["active"])
    if "order" in given:
        wanted["order"] = int(given["order"])
    return wanted


def _unit(given: Any, units: Mapping[str, Unit]) -> Unit | None:
    if given is None or isinstance(given, Unit):
        return given
    if given and given not in units:
        raise Problem("case.unknown_unit", unit=given)
    return units.get(given)


def clean_stages(stages: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Stages as they are kept: [{"name", "amount", "unit"}], amounts as plain numbers. Raises `case.bad_limit`."""
    rows = list(stages)
    try:
        limits = limits_of(rows)
    except (LimitError, KeyError):
        said = "；".join(f"{row.get('amount', '')} {row.get('unit', '')}".strip() for row in rows)
        raise Problem("case.bad_limit", limit=said) from None
    return [
        {
            "name": str(row.get("name") or "").strip()[:40],
            "amount": plain_number(limit.amount),
            "unit": limit.unit,
        }
        for row, limit in zip(rows, limits, strict=True)
    ]


def usual_limits(*, by: Actor, campaign: Campaign, via: str = "web") -> dict[str, str]:
    """Give every class without a limit the one that all its standards say alike. Answers as `set_classes`."""
    found: dict[UUID, list[Any]] = {}
    rows = CaseStandard.objects.filter(campaign=campaign, active=True, case_class__limit_amount=None)
    for class_id, stages in rows.values_list("case_class_id", "stages"):
        found.setdefault(class_id, []).append(stages)
    limits = {
        class_id: limit for class_id, said in found.items() if (limit := common_limit(said)) is not None
    }
    wanted = [
        {"scheme": row.scheme, "kind": row.kind, "code": row.code, "limit_amount": limits[row.id].amount,
         "limit_unit": limits[row.id].unit}
        for row in CaseClass.objects.filter(id__in=limits)
    ]  # fmt: skip
    return set_classes(by=by, campaign=campaign, classes=wanted, via=via) if wanted else {}


# --- one by one --------------------------------------------------------------------------------------------------


def add_standard(*, by: Actor, row: CaseClass, said: Mapping[str, Any], via: str = "web") -> CaseStandard:
    """A further standard of a class. Raises `case.standard_known`, `case.bad_standard`, `case.bad_limit`."""
    require(by.scope, RIGHT, area=row.campaign.area)
    wanted = _wanted({"condition": "", **said}, {})
    _check_free(row.id, wanted["condition"], wanted.get("season", ""))
    with deed(by=by, via=via) as d:
        standard = CaseStandard(home=row.home, campaign=row.campaign, case_class=row, **wanted)
        standard.order = wanted.get("order", CaseStandard.objects.filter(case_class=row).count())
        standard.save(force_insert=True)
        details = {"code": row.code, "name": row.name, "condition": standard.condition}
        d.record("case_standard.added", row, area=row.campaign.area, details=details)
    return standard


def edit_standard(
    *,
    by: Actor,
    standard: CaseStandard,
    changes: Mapping[str, Any],
    version: int | None = None,
    via: str = "web",
) -> CaseStandard:
    """Change a standard; cases keep the deadline they were given. Raises as `add_standard`, and `kernel.stale`."""
    require(by.scope, RIGHT, area=standard.campaign.area)
    with deed(by=by, via=via) as d:
        row = (
            CaseStandard.objects.select_for_update(of=("self",), no_key=True)
            .select_related("campaign", "case_class")
            .get(id=standard.id)
        )
        check_version(row, version)
        wanted = _wanted(changes, {})
        place = (wanted.get("condition", row.condition), wanted.get("season", row.season))
        if place != (row.condition, row.season):
            _check_free(row.case_class_id, *place, but=row.id)
        before = _change(row, wanted)
        if before:
            row.save()
            details = {"code": row.case_class.code, "name": row.case_class.name, "condition": row.condition}
            after = {name: getattr(row, name) for name in before if name != "unit"}
            if "unit" in before:
                after["unit"] = row.unit.code if row.unit else ""
            d.record(
                "case_standard.edited", row.case_class, area=row.campaign.area,
                details={**details, "old": before, "new": after},
            )  # fmt: skip
    return row


def _check_free(class_id: UUID, condition: str, season: str, but: UUID | None = None) -> None:
    twins = CaseStandard.objects.filter(case_class_id=class_id, condition=condition, season=season)
    if (twins.exclude(id=but) if but else twins).exists():
        raise Problem("case.standard_known", condition=condition)


# --- by table ----------------------------------------------------------------------------------------------------


@dataclass
class Taken:
    """What a chunk of an import did: what `set_standards` says, and the classes that came with it."""

    written: Written
    classes: list[CaseClass] = field(default_factory=list)


def import_standards(
    *,
    by: Actor,
    campaign: Campaign,
    classes: Sequence[Mapping[str, Any]],
    standards: Sequence[Mapping[str, Any]],
    via: str = "import",
) -> Taken:
    """Standards from a table, with the classes it names that are not known yet, in one deed."""
    require(by.scope, RIGHT, area=campaign.area)
    with deed(by=by, via=via):
        before = set(CaseClass.objects.filter(campaign=campaign).values_list("id", flat=True))
        if classes:
            set_classes(by=by, campaign=campaign, classes=classes, via=via)
        written = set_standards(by=by, campaign=campaign, standards=standards, via=via)
        usual_limits(by=by, campaign=campaign, via=via)
        fresh = list(CaseClass.objects.filter(campaign=campaign).exclude(id__in=before))
    return Taken(written, fresh)


def undo_standards(
    *, by: Actor, created: Sequence[str], changed: Sequence[Any], via: str = "import"
) -> list[str]:
    """Take an import of standards back; answers those that cases stand on or that were edited since (then all stays).

    changed: objects with id, old, version. Classes that came with the table stay, without standards they hinder nobody.
    """
    with deed(by=by, via=via) as d:
        rows = {
            str(row.id): row
            for row in CaseStandard.objects.filter(id__in=[*created, *(each.id for each in changed)])
            .select_related("case_class", "campaign")
            .order_by("id")
        }
        used = set(
            Case.objects.filter(standard_id__in=[UUID(each) for each in created]).values_list(
                "standard_id", flat=True
            )
        )
        blocked = [f"{rows[each].case_class.name}：{rows[each].condition}" for each in created
                   if each in rows and (UUID(each) in used or rows[each].version != 1)]  # fmt: skip
        blocked += [f"{rows[each.id].case_class.name}：{rows[each.id].condition}" for each in changed
                    if each.id in rows and rows[each.id].version != each.version]  # fmt: skip
        if blocked or not rows:
            return blocked
        campaign = next(iter(rows.values())).campaign
        require(by.scope, RIGHT, area=campaign.area)
        units = {unit.code: unit for unit in Unit.objects.all()}
        for each in changed:
            _change(rows[each.id], _wanted(dict(each.old), units))
        CaseStandard.objects.bulk_update(
            [rows[each.id] for each in changed], [*FIELDS, "version"], batch_size=50
        )
        CaseStandard.objects.filter(id__in=created).delete()
        said = {"count": len(created) + len(changed), "removed": len(created), "changed": len(changed)}
        d.record("case_standard.taken_back", campaign, area=campaign.area, details=said)
    return []
