"""Staff pages: one line per room."""

from django.urls import include, path

app_name = "desk"

urlpatterns = [
    path("", include("guatu.desk.views.mine")),
    path("plan/", include("guatu.desk.views.plan")),
    path("cases/choose/", include("guatu.desk.views.case_choose")),
    path("cases/classes/", include("guatu.desk.views.case_classes")),
    path("cases/joint/", include("guatu.desk.views.case_joint")),
    path("cases/duplicates/", include("guatu.desk.views.case_merge")),
    path("cases/routing/", include("guatu.desk.views.case_routing")),
    path("cases/suggest/", include("guatu.desk.views.case_suggest")),
    path("cases/outside/", include("guatu.desk.views.case_outside")),
    path("cases/requests/", include("guatu.desk.views.case_requests")),
    path("cases/history/", include("guatu.desk.views.case_history")),
    path("cases/exchange/", include("guatu.desk.views.case_peers")),
    path("cases/", include("guatu.desk.views.case_alerts")),
    path("cases/evaluation/", include("guatu.desk.views.case_evaluation")),
    path("cases/", include("guatu.desk.views.case_print")),
    path("cases/bulk/", include("guatu.desk.views.case_bulk")),
    path("cases/", include("guatu.desk.views.cases")),
    path("duty/", include("guatu.desk.views.duty")),
    path("notices/", include("guatu.desk.views.notices")),
    path("street/", include("guatu.desk.views.street")),
    path("street/places/", include("guatu.desk.views.places")),
    path("street/norms/", include("guatu.desk.views.norms")),
    path("street/draws/", include("guatu.desk.views.inspection_draw")),
    path("street/results/", include("guatu.desk.views.inspection_results")),
    path("street/survey/", include("guatu.desk.views.survey")),
    path("street/forms/", include("guatu.desk.views.forms")),
    path("registers/", include("guatu.desk.views.registers")),
    path("briefs/", include("guatu.desk.views.briefs")),
    path("figures/", include("guatu.desk.views.figures")),
    path("people/", include("guatu.desk.views.people")),
    path("files/", include("guatu.desk.views.files")),
    path("imports/", include("guatu.desk.views.imports")),
    path("settings/", include("guatu.desk.views.settings")),
    path("views/", include("guatu.desk.views.saved_views")),
]
