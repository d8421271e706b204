"""The daily survey for machines: one's own places, a word for each, how far a day is."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.api.places import PlaceOut, place_out
from guatu.kernel import clock
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.places import acts, reads
from guatu.places.models import Place, PlaceSurvey
from guatu.places.rules import NewMerchant
from guatu.units import reads as unit_reads

router = Router(tags=["survey"])


class MerchantIn(Schema):
    """Somebody who was not there yesterday. kind: enterprise, shop or stall; empty: by the place."""

    name: str
    kind: str = ""
    industry: str = ""
    address: str = ""
    number: str = ""


class SurveyIn(Schema):
    """outcome: unchanged, changed or not_reached. closed: ids of places. at: when it was said (default: now). lon, lat: WGS 84,
    accuracy in metres: where the phone was. campaign: code of the one whose figures count it."""

    outcome: str
    opened: list[MerchantIn] = Field(default_factory=list)
    closed: list[UUID] = Field(default_factory=list)
    households: int | None = Field(None, ge=0, le=99_999)
    note: str = Field("", max_length=300)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    accuracy: float | None = Field(None, ge=0)
    at: dt.datetime | None = None
    campaign: str = ""


class SurveyOut(Schema):
    """What was said of a place on a day. opened_ids, closed_ids: the merchants."""

    id: UUID
    place_id: UUID
    area: str
    on_day: dt.date
    at: dt.datetime
    outcome: str
    opened: int
    closed: int
    opened_ids: list[UUID]
    closed_ids: list[UUID]
    households: int | None
    note: str
    version: int


class StandingOut(Schema):
    """How far a day is. code: of the area, kind of place, or id of the person, as asked for by `by`."""

    code: str
    total: int
    surveyed: int
    not_reached: int
    opened: int
    closed: int
    households: int


def survey_out(row: PlaceSurvey) -> dict[str, Any]:
    names = (
        "id",
        "place_id",
        "area",
        "on_day",
        "outcome",
        "opened",
        "closed",
        "households",
        "note",
        "version",
    )
    return {
        **{name: getattr(row, name) for name in names},
        "at": clock.local(row.at),
        "opened_ids": row.merchants.get("opened", []),
        "closed_ids": row.merchants.get("closed", []),
    }


@router.get("/my/places", response=PageOut[PlaceOut], summary="The places I answer for")
def my_places(request: HttpRequest, after: str = "", limit: int = 100) -> Any:
    """By running contracts of the places, or of the neighbourhood or grid they lie in."""
    return page_of(unit_reads.my_places(person_of(request)), place_out, after=after, limit=limit)


@router.post(
    "/places/{place_id}/survey", response={201: SurveyOut}, summary="Say of a place what was found today"
)
def survey(request: HttpRequest, place_id: UUID, body: SurveyIn) -> Any:
    """Allowed by the right place.survey there, or by a running contract. A later word of the day corrects it."""
    person = person_of(request)
    row = Place.objects.filter(id=place_id).first()
    if row is None or not (
        person.scope.allows("place.read", area=row.area) or reads.may_survey(person.scope, row)
    ):
        raise Problem("access.not_found")
    values = body.dict()
    campaign = values.pop("campaign")
    opened = [NewMerchant(**each) for each in values.pop("opened")]
    said = acts.survey_place(
        by=person, place=row, opened=opened, campaign=campaign_of(request, campaign) if campaign else None, via="api",
        **values,
    )  # fmt: skip
    return Status(201, survey_out(said))


@router.get("/surveys", response=PageOut[SurveyOut], summary="What was said on a day")
def surveys(
    request: HttpRequest, day: dt.date | None = None, area: str = "", place_id: UUID | None = None, outcome: str = "",
    after: str = "", limit: int = 100,
) -> Any:  # fmt: skip
    """`day`: default every day when a place is named, else today."""
    require(scope_of(request), "place.read")
    rows = reads.visible_surveys(scope_of(request)).filter(withdrawn=False)
    rows = rows.filter(place_id=place_id) if place_id else rows
    rows = rows.filter(on_day=day or clock.today()) if day or not place_id else rows
    rows = rows.filter(within("area", area)) if area else rows
    rows = rows.filter(outcome=outcome) if outcome else rows
    return page_of(rows, survey_out, after=after, limit=limit)


@router.get("/surveys/standing", response=list[StandingOut], summary="How far a day is")
def standing(
    request: HttpRequest,
    area: str,
    by: Literal["area", "kind", "person"] = "area",
    day: dt.date | None = None,
) -> Any:
    """`area`: a code. `by` area: the areas one level below; what is known only to lie in it stands under its own code."""
    scope = scope_of(request)
    require(scope, "place.read")
    code = reads.area(area).code
    length = {2: 6, 4: 6, 6: 9, 9: 12, 12: 15}.get(len(code), 20)
    lines = reads.standings(scope, code, day or clock.today(), length)[by]
    return [{name: getattr(line, name) for name in StandingOut.model_fields} for line in lines]


@router.delete("/surveys/{survey_id}", response=SurveyOut, summary="Take back the survey of a day")
def take_back(request: HttpRequest, survey_id: UUID, version: int | None = None) -> Any:
    """Who opened by it is withdrawn, who closed is open again."""
    row = reads.survey(scope_of(request), survey_id)
    return survey_out(acts.withdraw_survey(by=person_of(request), survey=row, version=version, via="api"))
