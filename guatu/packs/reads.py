"""What doors ask about packs: those on the shelves, those in this store, the figures one must give."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guatu.briefs.reads import latest_codes
from guatu.campaigns.models import Campaign
from guatu.figures.reads import AsOf, indicators, values
from guatu.figures.rules import Definition, Value, rounded
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING, Scope, require
from guatu.kernel.problems import Problem
from guatu.packs import problems as problems
from guatu.packs.library import find, folders
from guatu.packs.pack import Pack
from guatu.packs.reading import read_pack


@dataclass(frozen=True)
class Shelved:
    """A pack on a shelf: its name, title, mistakes, the campaign of this store that was made from it, and of a library
    those that have taken it."""

    name: str
    pack: Pack
    campaign: Campaign | None
    taken: tuple[Campaign, ...] = ()

    @property
    def errors(self) -> int:
        return len(self.pack.faults.errors)


def shelved(scope: Scope) -> list[Shelved]:
    """Every pack on the shelves, read and checked."""
    require(scope, "pack.read")
    campaigns = list(Campaign.objects.order_by("code"))
    used = {campaign.pack: campaign for campaign in campaigns if campaign.pack}
    found = []
    for name, folder in folders().items():
        pack = read_pack(folder)
        found.append(Shelved(name, pack, used.get(pack.name), _taken(pack, campaigns)))
    return found


def _taken(pack: Pack, campaigns: list[Campaign]) -> tuple[Campaign, ...]:
    """The campaigns that have taken a library."""
    if not pack.library:
        return ()
    return tuple(each for each in campaigns if pack.name in each.settings.get("libraries", ()))


def takers(scope: Scope) -> list[Campaign]:
    """The campaigns a library may be taken into."""
    require(scope, "pack.apply")
    return list(Campaign.objects.order_by("-opens_on", "code"))


def taker(code: str) -> Campaign:
    """The campaign with this code. Raises `pack.unknown_campaign`."""
    found = Campaign.objects.filter(code=code).first()
    if found is None:
        known = "、".join(Campaign.objects.order_by("code").values_list("code", flat=True)) or "—"
        raise Problem("pack.unknown_campaign", code=code, known=known)
    return found


def one(scope: Scope, name: str) -> Shelved:
    """A pack on a shelf by its name. Raises `pack.unknown`."""
    require(scope, "pack.read")
    known = folders()
    if name not in known:
        raise Problem("pack.unknown", name=name, known="、".join(known) or "—")
    pack = read_pack(known[name])
    if pack.library:
        return Shelved(name, pack, None, _taken(pack, list(Campaign.objects.order_by("code"))))
    return Shelved(name, pack, Campaign.objects.filter(code=pack.code, pack=pack.name).first())


def campaign_of(name: str) -> Campaign:
    """The campaign of this store that a pack (by name, path or campaign code) has made. Raises `pack.not_applied`."""
    row = (
        Campaign.objects.filter(pack=name).first()
        or Campaign.objects.filter(code=name).exclude(pack="").first()
    )
    if row is None:
        pack = read_pack(find(name))
        row = Campaign.objects.filter(code=pack.code, pack=pack.name).first()
    if row is None:
        raise Problem("pack.not_applied", name=name)
    return row


def figures(campaign: Campaign, scope: Scope = EVERYTHING) -> list[dict[str, Any]]:
    """The figures of a pack's campaign as of the pack's moment, as known now.

    [{"key", "value", "unit", "as_of", "code"}]; value: number (null where there is none), rounded as it is shown; code:
    of the latest frozen brief, or null.
    """
    moment = campaign.as_of or clock.now()
    meanings = [meaning for _row, meaning in indicators(campaign)]
    found = values(scope, campaign, meanings, as_of=AsOf(None, moment)) if meanings else {}
    codes = latest_codes(campaign)
    return [
        {
            "key": meaning.key,
            "value": plain(found[meaning.key], meaning),
            "unit": meaning.unit_code or meaning.unit[1],
            "as_of": clock.local(moment).isoformat(),
            "code": codes.get(meaning.key),
        }
        for meaning in meanings
    ]


def plain(value: Value, meaning: Definition) -> int | float | None:
    """A figure's number for JSON: whole where it is shown whole."""
    if value.number is None:
        return None
    shown: Decimal = rounded(value.number, meaning.round)
    return int(shown) if shown == shown.to_integral_value() else float(shown)
