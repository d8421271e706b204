"""Norms that come in by table: editions with their items, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guatu.inspections.acts import norms as acts
from guatu.inspections.acts.industries import set_industries
from guatu.inspections.models import Finding, Industry, Norm, NormVersion, Round
from guatu.inspections.rules.industries import IndustryDraft
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel.acts import Actor, deed


@dataclass(frozen=True)
class EditionIn:
    """An edition as a table has it. head: what `add_norm` takes; edition: what `add_edition` takes, without items."""

    head: Mapping[str, Any]
    edition: Mapping[str, Any]
    items: Sequence[ItemDraft]


def import_norms(
    *,
    by: Actor,
    editions: Sequence[EditionIn],
    industries: Sequence[str] = (),
    in_force: bool = True,
    via: str = "import",
) -> list[str]:
    """Enter editions, taking in norms that are new and restoring those that were withdrawn; answers the editions' ids.

    industries: names of trades to be added first; editions may name trades by code or name. in_force: issue them at once, the earliest
    first; else they stay drafts. Raises what the acts raise.
    """
    with deed(by=by, via=via) as d:
        codes = _trades(by, industries, via)
        known = {
            row.number: row
            for row in Norm.objects.filter(number__in=[each.head["number"] for each in editions])
        }
        made = []
        for each in editions:
            norm = known.get(each.head["number"])
            if norm is None:
                norm = known[each.head["number"]] = acts.add_norm(by=by, **each.head, via=via)
            elif norm.withdrawn:
                norm = known[norm.number] = acts.restore_norm(by=by, norm=norm, via=via)
            said = {
                **each.edition,
                "industries": [codes.get(word, word) for word in each.edition["industries"]],
            }
            made.append(acts.add_edition(by=by, norm=norm, items=each.items, **said, via=via))
        if in_force:
            for row in sorted(made, key=lambda row: row.in_force_from):
                acts.put_in_force(by=by, edition=row, via=via)
        if made:
            d.record("norm.imported", made[0].norm, details={"count": len({row.norm_id for row in made})})
    return [str(row.id) for row in made]


def _trades(by: Actor, names: Sequence[str], via: str) -> dict[str, str]:
    """{name or code: code} of all trades, the new ones added behind the others."""
    rows = list(Industry.objects.order_by("order", "code"))
    taken = {row.code for row in rows}
    drafts = [IndustryDraft(row.code, row.name, row.name_en, tuple(row.kinds)) for row in rows]
    known = {row.name for row in rows}
    number = len(rows)
    for name in dict.fromkeys(names):
        if name in known or name in taken:
            continue
        number += 1
        while f"hy-{number:02}" in taken:
            number += 1
        taken.add(f"hy-{number:02}")
        drafts.append(IndustryDraft(f"hy-{number:02}", name))
    if len(drafts) > len(rows):
        set_industries(by=by, industries=drafts, drop=False, via=via)
    return {row.name: row.code for row in drafts} | {row.code: row.code for row in drafts}


def undo_norms(
    *, by: Actor, created: Sequence[str], changed: Sequence[Any] = (), via: str = "import"
) -> list[str]:
    """Take an import back: its editions go, norms left without any are withdrawn. Answers the editions that were used or edited
    since (then all stays)."""
    with deed(by=by, via=via):
        rows = list(
            NormVersion.objects.filter(id__in=created).select_related("norm").order_by("-in_force_from")
        )
        used = set(
            Finding.objects.filter(item__norm_version__in=rows).values_list("item__norm_version", flat=True)
        )
        chosen = {key for checklist in Round.objects.values_list("checklist", flat=True) for key in checklist}
        blocked = [
            str(row)
            for row in rows
            if row.id in used
            or str(row.id) in chosen
            or row.form_version_id is not None
            or row.status == "withdrawn"
        ]
        if blocked:
            return blocked
        for row in rows:
            if row.status == "in_force":
                row = acts.recall_edition(by=by, edition=row, via=via)
            acts.drop_edition(by=by, edition=row, via=via)
        for norm in Norm.objects.filter(id__in={row.norm_id for row in rows}, versions=None, withdrawn=False):
            acts.withdraw_norm(by=by, norm=norm, via=via)
    return []
