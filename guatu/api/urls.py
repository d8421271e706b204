"""Addresses of the door for machines: one line per router."""

from django.urls import path

from guatu.api import (
    activities,
    campaigns,
    case_evaluation,
    case_exchange,
    case_joint,
    case_lists,
    case_routing,
    cases,
    duty,
    figures,
    form_returns,
    forms,
    imports,
    inspection_results,
    inspection_teams,
    inspection_visits,
    inspections,
    norms,
    places,
    points,
    registers,
    surveys,
    tasks,
    units,
    venues,
)
from guatu.api.frame import api
from guatu.api.pages import openapi, reference

# the narrow addresses first: those of figures begin with a campaign's code
for _router in (
    case_exchange.router,
    campaigns.router,
    tasks.router,
    activities.router,
    case_joint.router,
    case_lists.router,
    case_routing.router,
    cases.router,
    registers.router,
    places.router,
    points.router,
    surveys.router,
    units.router,
    duty.router,
    imports.router,
    inspections.router,
    inspection_teams.router,
    inspection_visits.router,
    norms.router,
    inspection_results.router,
    venues.router,
    form_returns.router,
    forms.router,
    case_evaluation.router,
    figures.router,
):
    api.add_router("", _router)

urlpatterns = [
    path("", reference, name="api-reference"),
    path("openapi.json", openapi, name="api-openapi"),
    path("", api.urls),
]
