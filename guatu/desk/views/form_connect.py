"""How other programs read this campaign's forms: addresses to copy, made for the person who looks."""

from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from guatu.desk.current import current_campaign
from guatu.desk.views.case import person_of
from guatu.fieldwork import numbers, reads
from guatu.fieldwork.acts.numbers import give_numbers
from guatu.fieldwork.models import Form
from guatu.kernel.access import require


def _line(request: HttpRequest, form: Form, project: int, *, csv: bool) -> dict[str, Any]:
    base = f"/v1/projects/{project}/forms/{quote(form.code, safe='')}"
    address = f"{request.scheme}://{request.get_host()}{base}.svc"
    return {"form": form, "odata": address, "csv": f"{base}/submissions.csv" if csv else ""}


@require_GET
@login_required
def form_connect(request: HttpRequest) -> HttpResponse:
    """The campaign's number, the addresses of its forms, and four ways to use them."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, reads.FORM_RIGHT)
    project = give_numbers(kind=numbers.PROJECT, targets=[campaign.id])[campaign.id]
    rows = reads.forms(person.scope, campaign).exclude(current=None).order_by("name", "code")
    may_take = person.scope.may("submission.export")
    context = {
        "campaign": campaign,
        "project": project,
        "server": f"{request.scheme}://{request.get_host()}",
        "lines": [_line(request, row, project, csv=may_take) for row in rows],
    }
    return render(request, "desk/forms/connect.html", context)


urlpatterns = [path("connect/", form_connect, name="form_connect")]
