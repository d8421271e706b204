"""The list of trades: set as a whole, so that its order is the office's."""

from collections.abc import Sequence
from typing import Any

from guatu.inspections import problems as problems
from guatu.inspections import verbs as verbs
from guatu.inspections.acts.norm_shared import RIGHT
from guatu.inspections.models import Industry, NormVersion
from guatu.inspections.rules.industries import IndustryDraft, fault_of
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.places.models import Place


def set_industries(
    *, by: Actor, industries: Sequence[IndustryDraft], drop: bool = True, via: str = "web"
) -> int:
    """Set the trades in this order; answers how many were added, changed or dropped. drop=False keeps what is not named.

    Raises `norm.bad_industry`, `norm.industry_in_use` (an edition or a place still names what would go).
    """
    require(by.scope, RIGHT)
    fault = fault_of(industries)
    if fault is not None:
        raise Problem("norm.bad_industry", industry=fault[0].code or fault[0].name or "—", field=fault[1])
    changed = 0
    with deed(by=by, via=via) as d:
        known = {row.code: row for row in Industry.objects.select_for_update(no_key=True).order_by("code")}
        for order, draft in enumerate(industries):
            wanted: dict[str, Any] = {
                "name": draft.name,
                "name_en": draft.name_en,
                "kinds": list(draft.kinds),
                "order": order,
            }
            row = known.pop(draft.code, None)
            if row is None:
                row = Industry.objects.create(code=draft.code, **wanted)
                d.record("industry.added", row, area="", details={"name": row.name})
                changed += 1
                continue
            before = {
                name: getattr(row, name) for name, value in wanted.items() if getattr(row, name) != value
            }
            if before and (drop or set(before) - {"order"}):
                for name, value in wanted.items():
                    setattr(row, name, value)
                row.save()
            if set(before) - {"order"}:
                d.record("industry.changed", row, area="", details={"name": row.name, "before": before})
                changed += 1
        for row in known.values() if drop else ():
            _drop(row)
            d.record("industry.dropped", row, area="", details={"name": row.name})
            changed += 1
            Industry.objects.filter(pk=row.pk).delete()
    return changed


def _drop(row: Industry) -> None:
    """Refuse while something still names the trade."""
    editions = sum(row.code in codes for codes in NormVersion.objects.values_list("industries", flat=True))
    used = editions + Place.objects.filter(industry=row.code, withdrawn=False).count()
    if used:
        raise Problem("norm.industry_in_use", industry=row.name, count=used)
