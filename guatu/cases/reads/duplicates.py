"""Which cases may be the same matter: few candidates found by indexes, compared by the pure rules, told with reasons.

At most four queries and fifty candidates, however many cases there are.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, Reporter
from guatu.cases.reads.sight import sight
from guatu.cases.rules import OPEN
from guatu.cases.rules.duplicates import (
    MOST,
    Evidence,
    Matter,
    Settings,
    box,
    evidence,
    ranked,
    read_settings,
)
from guatu.kernel import clock
from guatu.kernel.access import Scope, within
from guatu.kernel.secrets import blind_index

_SHOWN = 8
_DONE = ("verified", "closed")


@dataclass(frozen=True)
class Suggestion:
    """A case that may be the same matter: why, how strongly (0–100), and whether it is likely or only possible."""

    case: Case
    reasons: list[Evidence]
    score: int
    likely: bool


def matter_of(case: Case, phones: Iterable[str] = ()) -> Matter:
    """What is compared of a case."""
    return Matter(
        class_code=case.class_code,
        lon=case.lon,
        lat=case.lat,
        area=case.area,
        address=case.address,
        place=case.place_id,
        at=case.opened_at,
        text=f"{case.title} {case.description}",
        phones=frozenset(phones),
    )


def blind_phone(phone: str) -> str:
    """The fingerprint under which a reporter's telephone is kept; "" without one."""
    return blind_index("phone", phone) if phone.strip() else ""


def suggestions(
    scope: Scope, campaign: Campaign, matter: Matter, *, but: UUID | None = None, most: int = _SHOWN
) -> list[Suggestion]:
    """Cases this reader may see that may be the same matter, the likeliest first. but: the case asked about itself.

    Candidates are open, or were settled within the campaign's window; void, rejected and merged ones are left out.
    """
    settings = read_settings(campaign.settings)
    since = (matter.at or clock.now()) - dt.timedelta(days=settings.days)
    rows = Case.objects.filter(campaign=campaign).filter(sight(scope))
    rows = rows.filter(Q(status__in=OPEN) | Q(status__in=_DONE, last_step_at__gte=since))
    if but is not None:
        rows = rows.exclude(pk=but)
    phones = _callers(matter, since)
    where = _where(matter, settings, since, phones)
    if not where:
        return []
    # newest first, said so that no store walks the list of all cases by time instead of looking where they lie
    newest = Coalesce("opened_at", "opened_at").desc()
    found = list(rows.filter(where).select_related("unit").order_by(newest, "-id")[:MOST])
    known = [(row, evidence(matter, matter_of(row, phones.get(row.id, ())), settings)) for row in found]
    return [
        Suggestion(row, reasons, score, score >= settings.likely)
        for row, reasons, score in ranked(known, settings)[:most]
    ]


def _callers(matter: Matter, since: dt.datetime) -> dict[UUID, list[str]]:
    """{case: fingerprints} of what the same telephones told us in the window."""
    said: dict[UUID, list[str]] = {}
    if matter.phones:
        rows = Reporter.objects.filter(phone_blind__in=list(matter.phones), at__gte=since).order_by("-at")
        for case_id, blind in rows.values_list("case_id", "phone_blind")[:MOST]:
            said.setdefault(case_id, []).append(blind)
    return said


def _where(matter: Matter, settings: Settings, since: dt.datetime, phones: Iterable[UUID]) -> Q:
    """Near the point, at the same place, told by the same caller; without a point also: said of the same street lately.
    Every arm has an index of its own. An empty condition: nothing is known that could be compared."""
    where = Q()
    if called := list(phones):
        where |= Q(pk__in=called)
    if matter.place is not None:
        where |= Q(place_id=matter.place)
    if matter.lon is not None and matter.lat is not None:
        west, south, east, north = box(matter.lon, matter.lat, settings.metres)
        where |= Q(lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east)
    elif matter.area and (matter.class_code or matter.address):
        said = Q()
        if matter.class_code:
            said |= Q(class_code=matter.class_code)
        if matter.address:
            said |= Q(address=matter.address)
        where |= Q(within("area", matter.area), said, opened_at__gte=since)
    return where


def of_case(scope: Scope, case: Case, most: int = _SHOWN) -> list[Suggestion]:
    """What may be the same matter as a case that is registered."""
    rows = Reporter.objects.filter(case=case).exclude(phone_blind="")
    phones = rows.values_list("phone_blind", flat=True)
    return suggestions(scope, case.campaign, matter_of(case, phones), but=case.id, most=most)


def compare(one: Case, other: Case) -> list[Evidence]:
    """Everything that speaks for or against two cases being one, for the page that shows them side by side. One query."""
    said: dict[UUID, list[str]] = {one.id: [], other.id: []}
    rows = Reporter.objects.filter(case_id__in=list(said)).exclude(phone_blind="")
    for case_id, blind in rows.values_list("case_id", "phone_blind"):
        said[case_id].append(blind)
    settings = read_settings(one.campaign.settings)
    return evidence(matter_of(one, said[one.id]), matter_of(other, said[other.id]), settings)


def merge_targets(scope: Scope, campaign: Campaign, text: str, but: UUID, most: int = 20) -> list[Case]:
    """Cases by number or words in the title, to merge into by hand when nothing was suggested."""
    plain = text.strip()
    if not plain:
        return []
    rows = Case.objects.filter(campaign=campaign).filter(sight(scope)).exclude(pk=but)
    rows = rows.filter(status__in=(*OPEN, *_DONE)).select_related("unit").order_by("-opened_at", "-id")
    return list(
        rows.filter(Q(number__iendswith=plain) | Q(upper_number=plain) | Q(title__contains=plain))[:most]
    )
