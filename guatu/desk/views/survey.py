"""The daily survey at the desk: two taps for a place, the day's standing for an area."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET

from guatu.places import reads
from guatu.units.models import Person


@require_GET
@login_required
def survey_of(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """A survey has its place's page: what was said stands there."""
    row = reads.survey(cast(Person, request.user).scope, survey_id)
    return redirect("desk:place", row.place_id)


urlpatterns = [path("of/<uuid:survey_id>/", survey_of, name="survey_of")]
