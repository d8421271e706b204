"""The classes of cases, as a pack or an office sets them."""

from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.cases.acts.clockwork import read_limit
from guatu.cases.models import CaseClass
from guatu.cases.rules.naming import key_of, readings
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem

_KEPT = ("name", "name_en", "limit_amount", "limit_unit", "needs_photo", "order")


def set_classes(
    *, by: Actor, campaign: Campaign, classes: Sequence[Mapping[str, Any]], via: str = "web"
) -> dict[str, str]:
    """Set the campaign's classes; answers code → added, changed or same. Classes not named stay as they are.

    classes: {code, name, name_en?, scheme?, kind?, limit_amount?, limit_unit?, needs_photo? (default True)}.
    """
    require(by.scope, "case.set_classes", area=campaign.area)
    outcome: dict[str, str] = {}
    with deed(by=by, via=via) as d:
        known = {(row.scheme, row.kind, row.code): row for row in CaseClass.objects.filter(campaign=campaign)}
        for order, given in enumerate(classes):
            limit = read_limit(given.get("limit_amount"), str(given.get("limit_unit") or ""))
            wanted = {
                "name": str(given["name"]),
                "name_en": str(given.get("name_en") or ""),
                "limit_amount": limit.amount if limit else None,
                "limit_unit": limit.unit if limit else "",
                "needs_photo": bool(given.get("needs_photo", True)),
                "order": order,
            }
            code = str(given["code"])
            key = (str(given.get("scheme") or ""), str(given.get("kind") or ""), code)
            row = known.get(key)
            if row is not None and {name: getattr(row, name) for name in _KEPT} == wanted:
                outcome[code] = "same"
                continue
            outcome[code] = "added" if row is None else "changed"
            row = row or CaseClass(
                home=campaign.home, campaign=campaign, scheme=key[0], kind=key[1], code=code, version=0
            )
            for name, value in wanted.items():
                setattr(row, name, value)
            row.version += 1
            row.save()
            d.record("case_class.set", row, area=campaign.area, details={"code": code, "name": row.name})
    return outcome


def find_class(campaign: Campaign, text: str) -> CaseClass | None:
    """The class of a campaign that a text names: a code, “kind:code”, “scheme|kind|code” or a name.

    None when nothing is written, and in a campaign that has set no classes at all (it takes any). Raises
    `case.unknown_class`, `case.class_closed`, and `case.ambiguous_class`, which lists what may be meant: the national
    directory numbers 供水井盖 and 供水井盖异常 both 01001.
    """
    text = text.strip()
    if not text:
        return None
    rows = list(CaseClass.objects.filter(campaign=campaign))
    if not rows:
        return None
    for wanted in readings(text):
        found = [row for row in rows if wanted.fits(row.scheme, row.kind, row.code, row.name)]
        if not found:
            continue
        usable = [row for row in found if row.active]
        if len(usable) == 1:
            return usable[0]
        if not usable:
            raise Problem("case.class_closed", name=found[0].name, class_code=found[0].code)
        named = "；".join(f"{row.name}（{key_of(row.scheme, row.kind, row.code)}）" for row in usable[:12])
        raise Problem("case.ambiguous_class", class_code=text, count=len(usable), candidates=named)
    raise Problem("case.unknown_class", class_code=text)
