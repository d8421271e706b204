"""The daily survey (摸排): what may be said of a place, what opens and closes in it, how shops stand in a row. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# in what others have their place: the page lists what is inside
CONTAINERS = ("building", "market", "mall", "community")
# who trades in a building, in a market, along a road
MERCHANTS: Mapping[str, tuple[str, str]] = {
    "enterprise": ("企业", "enterprise"),
    "shop": ("沿街商铺", "street shop"),
    "stall": ("摊位", "stall"),
}
# what is walked past every day; what stands inside one of these is looked at with it
SURVEY_KINDS = ("building", "shop", "market", "community", "enterprise", "stall")
SURVEY_OUTCOMES: Mapping[str, tuple[str, str]] = {
    "unchanged": ("无变化", "nothing changed"),
    "changed": ("有变化", "something changed"),
    "not_reached": ("未能进入", "not reached"),
}
RISKS: Mapping[str, tuple[str, str]] = {
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
}


@dataclass(frozen=True)
class NewMerchant:
    """Somebody who was not there yesterday. number: the office's own, made when empty."""

    name: str
    kind: str = ""  # of MERCHANTS; "": an enterprise in a building, a stall in a market, else a shop
    industry: str = ""
    address: str = ""
    number: str = ""


def merchant_kind(asked: str, container: str) -> str:
    """What a newly found merchant is, when nobody said so.

    >>> (
    ...     merchant_kind("", "building"),
    ...     merchant_kind("", "market"),
    ...     merchant_kind("", "shop"),
    ...     merchant_kind("shop", "mall"),
    ... )
    ('enterprise', 'stall', 'shop', 'shop')
    """
    if asked:
        return asked
    return {"building": "enterprise", "market": "stall"}.get(container, "shop")


def outcome_fault(outcome: str, *, changes: int, note: str) -> str:
    """Why an outcome cannot stand: "unknown", "contradicts" (nothing changed, yet merchants are named), "nothing"; "" is fine.

    changes: merchants named as opened or closed. A change may also be told in words alone.

    >>> outcome_fault("unchanged", changes=1, note=""), outcome_fault("changed", changes=0, note="")
    ('contradicts', 'nothing')
    """
    if outcome not in SURVEY_OUTCOMES:
        return "unknown"
    if outcome != "changed" and changes:
        return "contradicts"
    return "nothing" if outcome == "changed" and not changes and not note.strip() else ""


_HOUSE = re.compile(r"(\d+)\s*(?:[-—－之/]\s*(\d+))?\s*(?:号|弄|#)?")


def shop_order(address: str, number: str) -> tuple[int, int, str]:
    """Where a shop stands along its road: by the house number in the address, then in the office's number, then by text.

    >>> sorted(["愚园路12号", "愚园路9号", "愚园路12-2号"], key=lambda each: shop_order(each, ""))
    ['愚园路9号', '愚园路12号', '愚园路12-2号']
    """
    for text in (address, number):
        found = _HOUSE.search(text)
        if found:
            return int(found[1][:9]), int((found[2] or "0")[:9]), number
    return 1_000_000_000, 0, number
