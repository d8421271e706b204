"""One place: registered, changed, shown. List: place_list.py. Steps: place_steps.py. Areas and unit grids: areas.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guatu.desk.forms.people import ContractForm, ReasonForm
from guatu.desk.forms.places import FileForm, PlaceForm, kind_said
from guatu.desk.story import story_lines
from guatu.desk.views import areas as area_views
from guatu.desk.views import place_list, place_steps
from guatu.desk.views.place_list import area_choices, industries, kind_choices, person_of, state_of
from guatu.desk.views.place_steps import file_lines, may_see_contact
from guatu.files import reads as file_reads
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import acts, reads
from guatu.places.models import Place
from guatu.places.reads.locating import locate
from guatu.places.rules import CONTAINERS
from guatu.units import reads as unit_reads

_MOST_INSIDE = 200  # enterprises of a building on its own page
# which refusal belongs to which field of the form
FIELDS = {
    "place.no_name": "name",
    "place.number_taken": "number",
    "place.unknown_system": "system",
    "place.half_a_point": "x",
    "place.not_in_china": "x",
    "place.outside_areas": "x",
    "place.bad_within": "within",
    "place.bad_phone": "contact_phone",
    "place.bad_day": "closed_on",
}


def _form_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "kinds": [kind_said(kind) for kind, _word in kind_choices(request)],
        "areas": [name for _code, name in area_choices(request)],
    }


@require_http_methods(["GET", "POST"])
@login_required
def place_new(request: HttpRequest) -> HttpResponse:
    """Register a place."""
    person = person_of(request)
    require(person.scope, "place.edit")
    code = request.GET.get("area", "")
    form = PlaceForm(
        request.POST or None,
        initial={
            "system": "wgs84", "area": reads.name_of(code), "kind": kind_said(request.GET.get("kind", "")),
            "within": request.GET.get("within", ""), "road": request.GET.get("road", ""),
        },
    )  # fmt: skip
    form.offer(person.scope, industries())
    if request.method == "POST" and form.is_valid():
        try:
            place = acts.register_place(by=person, contact=form.contact(), **form.plain({}), **form.where())
            say(
                request,
                _("已登记点位“%(name)s”。") % {"name": place.name},
                undo=reverse("desk:place_withdraw", args=[place.id]),
            )
            if request.POST.get("then") == "next":
                return redirect(f"{reverse('desk:place_new')}?area={place.area}&kind={place.kind}")
            return redirect("desk:place", place.id)
        except Problem as problem:
            form.add_problem(
                problem, FIELDS.get(problem.code, "area" if problem.code.startswith("place.") else None)
            )
    return form_page(
        request, "desk/places/form.html", form, title=_("登记点位"), save_and_next=True, draft_id="place-new",
        cancel_url=reverse("desk:places"), **_form_context(request),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def place_edit(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """Change or move a place."""
    person = person_of(request)
    place = reads.place(person.scope, place_id)
    require(person.scope, "place.edit", area=place.area)
    form = PlaceForm(request.POST or None, initial=PlaceForm.initial_of(place, place.area))
    form.offer(person.scope, industries(), place.industry)
    if request.method == "POST" and form.is_valid():
        try:
            moved = any(name in form.changed_data for name in ("area", "x", "y", "system"))
            acts.edit_place(
                by=person,
                place=place,
                changes=form.plain(place.attributes),
                where=locate(**form.where()) if moved else None,
                contact=form.contact(),
                version=int(request.POST.get("version", place.version)),
            )
            say(request, _("已保存。"))
            return redirect("desk:place", place.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code, "area" if "area" in problem.code else None))
            place = reads.place(person.scope, place_id)
    return form_page(
        request, "desk/places/form.html", form, title=_("修改“%(name)s”") % {"name": place.name}, row=place,
        draft_id=f"place-{place.id}", cancel_url=reverse("desk:place", args=[place.id]), **_form_context(request),
    )  # fmt: skip


def _contents(request: HttpRequest, row: Place) -> dict[str, Any]:
    """Who is in a building or market: numbers, what opened and closed today, the first of them."""
    if row.kind not in CONTAINERS and not row.inside.exists():
        return {}
    inside = reads.visible_places(person_of(request).scope).filter(within=row, withdrawn=False)
    today = clock.today()
    counts = inside.aggregate(
        open=Count("id", filter=Q(closed_on=None)),
        closed=Count("id", filter=~Q(closed_on=None)),
        opened_today=Count("id", filter=Q(opened_on=today)),
        closed_today=Count("id", filter=Q(closed_on=today)),
    )
    rows = inside.order_by(F("closed_on").desc(nulls_first=True), "number")[:_MOST_INSIDE]
    return {
        **counts,
        "rows": [(each, state_of(each)) for each in rows],
        "more": counts["open"] + counts["closed"] > _MOST_INSIDE,
    }


def _contracts(request: HttpRequest, row: Place) -> dict[str, Any]:
    """Who answers for it: themselves, with the building, around it; and who did before."""
    scope = person_of(request).scope
    every = list(
        unit_reads.visible_contracts(scope).filter(place=row).order_by("ended", "-from_day", "id")[:100]
    )
    codes = [code for code, _name in reads.path_of(row.area) if len(code) >= 9]
    around = (
        unit_reads.visible_contracts(scope)
        .filter(ended=False, place=None, area__in=codes)
        .order_by("-area", "kind")
    )
    above = unit_reads.who_answers(scope, place=row.within) if row.within is not None else []
    return {
        "contracts": [each for each in every if not each.ended],
        "past_contracts": [each for each in every if each.ended],
        "around": [*above, *around],
    }


@require_GET
@login_required
def place(
    request: HttpRequest,
    place_id: UUID,
    opened: dict[str, str] | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    """One place: where, what, who answers for it, who is in it, its files and its story."""
    person = person_of(request)
    row = reads.place(person.scope, place_id)
    stands = not row.withdrawn
    may_edit = person.scope.allows("place.edit", area=row.area) and stands
    may_contract = person.scope.allows("contract.edit", area=row.area) and stands
    found = _contracts(request, row)
    today = row.surveys.filter(on_day=clock.today(), withdrawn=False).first()
    context = {
        "place": row,
        "state": state_of(row),
        "path": reads.path_of(row.area),
        **found,
        "attachments": file_lines(file_reads.attachments_of(row)),
        "attributes": [(key, value) for key, value in row.attributes.items() if key != "state"],
        "contents": _contents(request, row),
        "industry": dict(industries()).get(row.industry, row.industry) if row.industry else "",
        "contact": reads.masked_contact(row),
        "opened": opened,
        "reason_form": reason_form or ReasonForm(),
        "may_sight": bool(row.contact) and may_see_contact(person, row),
        "today": today,
        "surveys": list(row.surveys.filter(withdrawn=False).order_by("-on_day")[:7]),
        "may_survey": row.closed_on is None and reads.may_survey(person.scope, row),
        "may_edit": may_edit,
        "may_restore": person.scope.allows("place.edit", area=row.area) and row.withdrawn,
        "contract_form": ContractForm(initial={"from_day": None}) if may_contract else None,
        "file_form": FileForm(),
        "lines": story_lines(row),
    }  # fmt: skip
    return render(request, "desk/places/place.html", context)


@require_GET
@login_required
def place_map(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """The place on its district."""
    row = reads.place(person_of(request).scope, place_id)
    point = reads.point_shape(row)
    features = [*area_views.borders(row.area[:6]), *([point] if point else [])]
    bounds = (
        []
        if row.lon is None or row.lat is None
        else [row.lon - 0.03, row.lat - 0.02, row.lon + 0.03, row.lat + 0.02]
    )
    answer = reads.map_answer(features, label=row.name, bounds=bounds)
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


urlpatterns = [
    *place_list.urlpatterns,
    path("new/", place_new, name="place_new"),
    *area_views.urlpatterns,
    path("<uuid:place_id>/", place, name="place"),
    path("<uuid:place_id>/map/", place_map, name="place_map"),
    path("<uuid:place_id>/edit/", place_edit, name="place_edit"),
    *place_steps.urlpatterns,
]
