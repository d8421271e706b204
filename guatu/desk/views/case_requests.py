"""Requests of a case: hold, extension, return and void wait here for somebody else's decision."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guatu.cases import acts, reads
from guatu.cases.models import LIMIT_WORDS, REQUEST_STATUS_WORDS, REQUEST_WORDS, Case
from guatu.desk.case_panels import Panel
from guatu.desk.views.case import person_of, record
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say

_REFUSED = "refused_decision"  # (request, why) of a decision that lacked its reason: said beside the field


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """Every request of the case, open ones first, with the buttons this reader may press."""
    rows = reads.requests(case)
    if not rows:
        return None
    person = person_of(request)
    approves = person.scope.allows("case.approve", area=case.area, units=(case.unit_path,))
    faulty, fault = getattr(request, _REFUSED, (None, ""))
    lines = [
        {
            "row": row,
            "what": REQUEST_WORDS[row.kind],
            "status": REQUEST_STATUS_WORDS[row.status],
            "unit": LIMIT_WORDS.get(row.limit_unit, ""),
            "may_decide": row.status == "asked" and approves and row.asked_by_id != person.id,
            "fault": fault if row.id == faulty else "",
            "may_take_back": row.status == "asked" and row.asked_by_id == person.id,
        }
        for row in rows
    ]
    waiting = any(row.status == "asked" for row in rows)
    return Panel("requests", "desk/cases/panels/requests.html", {"lines": lines}, order=5 if waiting else 60)


@require_POST
@login_required
def request_decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or refuse."""
    person = person_of(request)
    row = reads.request(person.scope, request_id)
    granted = request.POST.get("decision") == "grant"
    version = request.POST.get("version", "")
    note = request.POST.get("note", "")
    try:
        acts.decide(
            by=person, request=row, granted=granted, note=note,
            version=int(version) if version.isdigit() else None,
        )  # fmt: skip
    except Problem as refusal:
        if refusal.code != "case.refusal_reason":
            raise
        setattr(request, _REFUSED, (row.id, refusal.words()))
        return record(request, reads.case(person.scope, row.case_id), status=422)
    say(request, _("已同意。") if granted else _("已答复不同意。"))
    return redirect("desk:case", row.case_id)


@require_POST
@login_required
def request_take_back(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The asker takes it back."""
    person = person_of(request)
    row = reads.request(person.scope, request_id)
    acts.take_back(by=person, request=row)
    say(request, _("已收回申请。"))
    return redirect("desk:case", row.case_id)


urlpatterns = [
    path("<uuid:request_id>/decide/", request_decide, name="case_request_decide"),
    path("<uuid:request_id>/take-back/", request_take_back, name="case_request_take_back"),
]
