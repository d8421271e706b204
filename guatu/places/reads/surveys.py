"""The survey: who may say something of a place, what was said on a day, who still has to go."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from guatu.kernel import clock
from guatu.kernel.access import Scope, visible_to, within
from guatu.kernel.problems import Problem
from guatu.places.facts import SurveyRow
from guatu.places.models import Place, PlaceSurvey

RIGHT = "place.survey"
# who is paired with a whole area looks after it, but is not the one who walks past its shops
_NOT_WALKING = ("pairing",)


def answered_for(person_id: UUID) -> Q:
    """The condition that somebody answers for a place today: by a contract of the place, or one over the neighbourhood or
    grid it lies in. One query (the areas); contracts belong to a room above and are asked through the relation."""
    today = clock.today()
    contracts = Place._meta.get_field("contracts").related_model._base_manager  # type: ignore[union-attr]
    held = contracts.filter(
        Q(to_day=None) | Q(to_day__gte=today), person_id=person_id, ended=False, from_day__lte=today
    )
    around = held.filter(place=None).exclude(kind__in=_NOT_WALKING)
    codes = around.annotate(digits=Length("area")).filter(digits__gte=12).values_list("area", flat=True)
    condition = Q(id__in=held.exclude(place=None).values("place_id"))
    for code in sorted(set(codes)):
        condition |= within("area", code)
    return condition


def answers_for(person_id: UUID, place: Place) -> bool:
    """Whether somebody answers for a place, or for the building or market it is in."""
    wanted = [key for key in (place.id, place.within_id) if key is not None]
    return Place.objects.filter(answered_for(person_id), id__in=wanted).exists()


def may_survey(scope: Scope, place: Place) -> bool:
    """By the right in the area, or because it is one's own place."""
    if place.withdrawn:
        return False
    if scope.allows(RIGHT, area=place.area):
        return True
    return scope.person_id is not None and answers_for(scope.person_id, place)


def visible_surveys(scope: Scope) -> QuerySet[PlaceSurvey]:
    """The surveys of the places this person may see, those taken back included."""
    return visible_to(PlaceSurvey.objects.select_related("place"), scope, "place.read")


def survey(scope: Scope, survey_id: UUID | str) -> PlaceSurvey:
    """One survey: of a place one sees, or one's own word. Raises `access.not_found`."""
    row = PlaceSurvey.objects.select_related("place").filter(id=survey_id).first()
    if row is None or not (scope.allows("place.read", area=row.area) or row.by_id == scope.person_id):
        raise Problem("access.not_found")
    return row


def surveys_seen(scope: Scope, survey_ids: Iterable[str]) -> dict[str, str]:
    rows = visible_surveys(scope).filter(id__in=list(survey_ids))
    return {str(row.id): f"{row.place.name} {row.on_day}" for row in rows}


def survey_rows(survey_ids: Iterable[str]) -> list[SurveyRow]:
    """Surveys as the figures see them. One query."""
    rows = PlaceSurvey.objects.select_related("place").filter(id__in=list(survey_ids))
    return [
        SurveyRow(
            id=row.id,
            home=row.home,
            place=str(row.place_id),
            kind=row.place.kind,
            area=row.area,
            on_day=row.on_day,
            outcome=row.outcome,
            opened=row.opened,
            closed=row.closed,
            households=row.households,
            withdrawn=row.withdrawn,
        )
        for row in rows
    ]
