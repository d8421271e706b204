"""Choosing a class by its filing condition while a case is written down: the form's own fields, with the choice in them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from guatu.cases import reads
from guatu.cases.rules.naming import key_of
from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.forms.cases import NewCaseForm
from guatu.desk.views.case_classes import limit_words, name_of
from guatu.kernel.access import require


@require_GET
@login_required
def case_class_choose(request: HttpRequest) -> HttpResponse:
    """`?class=<key>&standard=<id>`: the two fields of the form with this choice, to be put in their places."""
    campaign = current_campaign(request)
    require(request.user.scope, "case.open")  # type: ignore[union-attr]
    standard = reads.standard_of(_uuid(request.GET.get("standard", "")), campaign)
    key = request.GET.get("class", "")
    if standard is not None:
        key = key_of(standard.case_class.scheme, standard.case_class.kind, standard.case_class.code)
    initial = {"class_code": key, "standard": str(standard.id) if standard else ""}
    classes = reads.classes(campaign)
    form = NewCaseForm(areas=[], classes=classes, english=english(), initial=initial)
    context = {
        "fields": [
            form[name].as_widget(attrs={"hx-swap-oob": "true"})
            for name in ("class_code", "standard")
            if name in form.fields
        ],
        "name": next((name_of(row) for row in classes if key_of(row.scheme, row.kind, row.code) == key), ""),
        "standard": standard,
        "limit": limit_words(standard.stages, standard.season) if standard else "",
    }
    return render(request, "desk/cases/classes/_chosen.html", context)


def _uuid(text: str) -> str:
    return text if len(text) == 36 and text.replace("-", "").isalnum() else ""


urlpatterns = [path("", case_class_choose, name="case_class_choose")]
