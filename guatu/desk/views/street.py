"""Street: the room's front page — the district on the map, and the way to places, forms, people and what is missing."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from guatu.desk.current import campaign_or_none
from guatu.files import imports
from guatu.kernel.access import require
from guatu.places import reads
from guatu.units import reads as unit_reads
from guatu.units.models import Person


def home_area(person: Person, district: str) -> str:
    """The area a person begins at: the campaign's, or his own street when that is all he has."""
    held = [
        code
        for code in person.scope.areas("place.read")
        if code.startswith(district) and len(code) > len(district)
    ]
    return held[0] if len(held) == 1 and not person.scope.allows("place.read", area=district) else district


@require_GET
@login_required
def street(request: HttpRequest) -> HttpResponse:
    """The map of what lies below, figures that lead to their lists, search."""
    person = cast(Person, request.user)
    require(person.scope, "place.read")
    campaign = campaign_or_none(request)
    code = home_area(person, campaign.area if campaign is not None else "31")
    row = reads.area_or_none(code)
    if row is None:
        return redirect("desk:areas")
    below = reads.children(code)
    counts = reads.counts_by_area(person.scope, code, len(below[0].code) if below else 15)
    may_contracts = person.scope.may("contract.read")
    places = reads.visible_places(person.scope).filter(reads.inside(code), withdrawn=False).count()
    context = {
        "area": row,
        "unplaced": places - sum(counts.values()) if below else 0,
        "below": [{"line": line, "places": counts.get(line.code, 0)} for line in below],
        "tiles": any(not line.shaped for line in below),
        "gaps": unit_reads.gaps(person.scope, area=code) if may_contracts else None,
        "places": places,
        "contracts": unit_reads.visible_contracts(person.scope).filter(ended=False).count()
        if may_contracts
        else None,
        "may_edit": person.scope.may("place.edit"),
        "may_forms": person.scope.may("form.read"),
        "may_rounds": person.scope.may("round.read"),
        "may_norms": person.scope.may("norm.read"),
        "may_venues": person.scope.may("venue.read"),
        "may_import": bool(imports.offered(person.scope)),
    }
    return render(request, "desk/street/index.html", context)


urlpatterns = [path("", street, name="street")]
