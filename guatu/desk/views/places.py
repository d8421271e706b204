"""Places: list with map, one place. Areas and unit grids: areas.py."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.current import campaign_or_none
from guatu.desk.forms.people import ContractForm
from guatu.desk.forms.places import FileForm, PlaceForm
from guatu.desk.story import story_lines
from guatu.desk.templatetags.people import place_word
from guatu.desk.views import areas as area_views
from guatu.files import acts as file_acts
from guatu.files import reads as file_reads
from guatu.files.bytes import PICTURES
from guatu.files.models import Attachment
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, SearchFilter
from guatu.kit.parts import FileLine
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.places import acts, reads
from guatu.places.models import Place
from guatu.places.reads.locating import locate
from guatu.units import reads as unit_reads
from guatu.units.models import Person

_MOST_POINTS = 3_000
OPEN, CLOSED, WITHDRAWN = (
    State("done", _lazy("在用")),
    State("held", _lazy("停用")),
    State("void", _lazy("已撤销")),
)
# which refusal belongs to which field of the form
FIELDS = {
    "place.no_name": "name",
    "place.number_taken": "number",
    "place.unknown_system": "system",
    "place.half_a_point": "x",
    "place.not_in_china": "x",
    "place.outside_areas": "x",
}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def state_of(place: Place) -> State:
    return WITHDRAWN if place.withdrawn else CLOSED if place.closed_on else OPEN


def _area_choices(request: HttpRequest) -> list[tuple[str, str]]:
    campaign = campaign_or_none(request)
    return [(line.code, line.name) for line in reads.children(campaign.area if campaign else "31")]


def _kind_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return [(kind, place_word(kind)) for kind, _count in reads.kinds(person_of(request).scope)[:40]]


def _with_names(rows: list[Place]) -> list[Place]:
    for row in rows:
        row.area_name = reads.name_of(row.area)  # type: ignore[attr-defined]
    return rows


PLACES = Listing(
    name="places",
    title=_lazy("点位"),
    columns=[
        Column(
            "name",
            _lazy("名称"),
            sort="name",
            link=lambda row: reverse("desk:place", args=[row.id]),
            wide=True,
        ),
        Column("kind", _lazy("类别"), value=lambda row: place_word(row.kind), sort="kind"),
        Column("area", _lazy("所属区域"), value="area_name", sort="area"),
        Column("address", _lazy("地址"), sort="address", wide=True),
        Column("state", _lazy("状态"), kind="state", value=state_of, export=lambda row: str(state_of(row))),
        Column("number", _lazy("编号"), sort="number", kind="code", shown=False),
        Column("opening_hours", _lazy("营业时间"), shown=False),
        Column("capacity", _lazy("容量"), kind="number", sort="capacity", nullable=True, shown=False),
        Column("lon", _lazy("经度"), kind="number", shown=False),
        Column("lat", _lazy("纬度"), kind="number", shown=False),
        Column("opened_on", _lazy("启用日期"), kind="date", sort="opened_on", nullable=True, shown=False),
    ],
    filters=[
        SearchFilter("q", fields=("name", "number", "address")),
        AreaFilter("area", _lazy("所属区域"), choices=_area_choices),
        ChoiceFilter("kind", _lazy("类别"), choices=_kind_choices, many=True),
        BooleanFilter("withdrawn", _lazy("已撤销"), field="withdrawn"),
    ],
    sort="name",
    export_right="place.read",
    prepare=_with_names,
)


def _rows(request: HttpRequest) -> Any:
    """The places of the present campaign's area; withdrawn ones only when they are asked for."""
    rows = reads.visible_places(person_of(request).scope)
    campaign = campaign_or_none(request)
    if campaign is not None and "area" not in request.GET:
        rows = rows.filter(reads.inside(campaign.area))
    return rows if request.GET.get("withdrawn") else rows.filter(withdrawn=False)


@require_GET
@login_required
def places(request: HttpRequest) -> HttpResponseBase:
    """The list with its map."""
    scope = person_of(request).scope
    require(scope, "place.read")
    context = {
        "map_query": request.GET.urlencode(),
        "may_edit": scope.may("place.edit"),
        "may_import": scope.may("place.import"),
        "gaps_url": reverse("desk:gaps") if scope.may("contract.read") else "",
    }
    return lists.respond(request, PLACES, _rows(request), "desk/places/list.html", context)


@require_GET
@login_required
def places_map(request: HttpRequest) -> HttpResponse:
    """The same places as the list shows, as points over the borders that are known."""
    scope = person_of(request).scope
    require(scope, "place.read")
    page = lists.build(request, replace(PLACES, prepare=None), _rows(request))
    campaign = campaign_or_none(request)
    code = request.GET.get("area") or (campaign.area if campaign else "31")
    rows = page.narrowed.filter(lon__isnull=False, lat__isnull=False).order_by("id")[:_MOST_POINTS]
    shapes = [
        reads.point_shape(
            row, href=reverse("desk:place", args=[row.id]), lines=[reads.name_of(row.area), row.address]
        )
        for row in rows
    ]
    features = [*area_views.borders(code), *(shape for shape in shapes if shape is not None)]
    return JsonResponse(
        reads.map_answer(features, label=_("点位")), json_dumps_params={"ensure_ascii": False}
    )


def _form_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "kinds": [kind for kind, _count in reads.kinds(person_of(request).scope)[:40]],
        "areas": [name for _code, name in _area_choices(request)],
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
        initial={"system": "wgs84", "area": reads.name_of(code), "kind": request.GET.get("kind", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            place = acts.register_place(by=person, **form.plain({}), **form.where())
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
    if request.method == "POST" and form.is_valid():
        try:
            moved = any(name in form.changed_data for name in ("area", "x", "y", "system"))
            acts.edit_place(
                by=person,
                place=place,
                changes=form.plain(place.attributes),
                where=locate(**form.where()) if moved else None,
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


def file_lines(rows: list[Attachment]) -> list[FileLine]:
    """Attachments as pages show them."""
    return [
        FileLine(
            row.name,
            reverse("desk:file", args=[row.id]),
            row.content_type,
            row.size,
            row.taken_at,
            reverse("desk:file_thumb", args=[row.id]) if row.content_type in PICTURES else "",
        )
        for row in rows
    ]


@require_GET
@login_required
def place(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """One place: where, what, who answers for it, its files and its story."""
    person = person_of(request)
    row = reads.place(person.scope, place_id)
    may_contract = person.scope.allows("contract.edit", area=row.area) and not row.withdrawn
    context = {
        "place": row,
        "state": state_of(row),
        "path": reads.path_of(row.area),
        "contracts": unit_reads.who_answers(person.scope, place=row),
        "around": [one for code, _name in reversed(reads.path_of(row.area)) if len(code) >= 9
                   for one in unit_reads.who_answers(person.scope, area=code)],
        "attachments": file_lines(file_reads.attachments_of(row)),
        "attributes": [(key, value) for key, value in row.attributes.items() if key != "state"],
        "may_edit": person.scope.allows("place.edit", area=row.area) and not row.withdrawn,
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


@require_POST
@login_required
def place_withdraw(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """Take a place off the map, with a way back."""
    row = reads.place(person_of(request).scope, place_id)
    try:
        acts.withdraw_place(by=person_of(request), place=row)
        say(
            request,
            _("已撤销点位“%(name)s”。") % {"name": row.name},
            undo=reverse("desk:place_restore", args=[row.id]),
        )
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:place", row.id)


@require_POST
@login_required
def place_restore(request: HttpRequest, place_id: UUID) -> HttpResponse:
    row = reads.place(person_of(request).scope, place_id)
    acts.restore_place(by=person_of(request), place=row)
    say(request, _("已恢复点位“%(name)s”。") % {"name": row.name})
    return redirect("desk:place", row.id)


@require_POST
@login_required
def place_file(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """Attach a photo or a document."""
    person = person_of(request)
    row = reads.place(person.scope, place_id)
    require(person.scope, "place.edit", area=row.area)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file_acts.attach(by=person, subject=row, upload=form.cleaned_data["file"], purpose="document")
            say(request, _("已添加“%(name)s”。") % {"name": form.cleaned_data["file"].name})
        except Problem as problem:
            say(request, problem.words(), level=30)
    else:
        say(request, _("请选择文件。"), level=30)
    return redirect("desk:place", row.id)


urlpatterns = [
    path("", places, name="places"),
    path("map/", places_map, name="places_map"),
    path("new/", place_new, name="place_new"),
    *area_views.urlpatterns,
    path("<uuid:place_id>/", place, name="place"),
    path("<uuid:place_id>/map/", place_map, name="place_map"),
    path("<uuid:place_id>/edit/", place_edit, name="place_edit"),
    path("<uuid:place_id>/withdraw/", place_withdraw, name="place_withdraw"),
    path("<uuid:place_id>/restore/", place_restore, name="place_restore"),
    path("<uuid:place_id>/file/", place_file, name="place_file"),
]
