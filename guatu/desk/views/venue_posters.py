"""What is put up at the door: one A4 sheet for each code, printed by the browser."""

from typing import Any
from uuid import UUID

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from guatu.desk.inspection_states import person_of
from guatu.desk.views.place_list import chosen
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.states import State
from guatu.places import reads as place_reads
from guatu.venues import words
from guatu.venues.models import VenueCode
from guatu.venues.reads import codes as reads

MOST_PRINTED = 200
ENDING_SOON = 30
NO_DOOR = frozenset({"road"})  # kinds of places that nobody enters
_TONES = {
    "applied": "waiting", "active": "done", "refused": "void", "withdrawn": "void", "revoked": "late", "ended": "held",
    "replaced": "held",
}  # fmt: skip
_SOON = State("soon", _lazy("快到期"))


def state_of(row: VenueCode) -> State:
    """Where a code stands, as lists and pages show it; one about to end says so."""
    if row.status == "active" and row.valid_until is not None:
        left = (row.valid_until - clock.today()).days
        if left < 0:
            return State(_TONES["ended"], words.STATUS["ended"])  # the daily job has not come by yet
        if left <= ENDING_SOON:
            return _SOON
    return State(_TONES[row.status], words.STATUS[row.status])


def address_of(request: HttpRequest, row: VenueCode) -> str:
    """What the square says: the whole address of the code's page."""
    return request.build_absolute_uri(reverse("public:venue", args=[reads.token_of(row)]))


def square(request: HttpRequest, row: VenueCode, scale: int = 8) -> str:
    """The square as an address of its own (SVG): sharp at any size. Error level M: a quarter may be dirty."""
    code = segno.make(address_of(request, row), error="m", micro=False, boost_error=False)
    return str(code.svg_data_uri(scale=scale, border=4))


def _sheet(request: HttpRequest, row: VenueCode) -> dict[str, Any]:
    return {
        "row": row,
        "square": square(request, row),
        "office": row.campaign.name if row.campaign is not None else place_reads.name_of(row.area[:9]),
        "where": row.place.address or place_reads.name_of(row.area),
    }


def _posters(request: HttpRequest, rows: list[VenueCode]) -> HttpResponse:
    answer = render(
        request, "desk/venues/posters.html", {"sheets": [_sheet(request, row) for row in rows], "rows": rows}
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@login_required
def venue_poster(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """The sheet of one code. Only one that holds is printed."""
    row = reads.code_of(person_of(request).scope, code_id)
    if row.status != "active":
        raise Problem(
            "venue.wrong_step",
            serial=row.serial,
            status=row.status,
            status_word=str(words.STATUS[row.status]),
        )
    return _posters(request, [row])


@require_POST
@login_required
def venue_posters(request: HttpRequest) -> HttpResponse:
    """The sheets of the ticked codes that hold, one a page, in the order of their areas. Raises `venue.too_many_printed`."""
    wanted = chosen(request)
    if len(wanted) > MOST_PRINTED:
        raise Problem("venue.too_many_printed", most=MOST_PRINTED, count=len(wanted))
    rows = reads.codes(person_of(request).scope).filter(pk__in=wanted, status="active")
    found = list(rows.select_related("campaign").order_by("area", "place__name", "id"))
    return _posters(request, found) if found else redirect("desk:venue_codes")


urlpatterns = [
    path("posters/", venue_posters, name="venue_posters"),
    path("<uuid:code_id>/poster/", venue_poster, name="venue_poster"),
]
