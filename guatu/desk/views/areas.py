"""Areas: what lies below, who answers, how many places; unit grids drawn or pasted. Addresses: places.py."""

import json
from itertools import islice
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.forms.places import GridForm
from guatu.desk.story import story_lines
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import acts, reads
from guatu.places.models import Area
from guatu.units import reads as unit_reads
from guatu.units.models import Person

LEVEL_WORDS = {
    "province": _lazy("省、直辖市"),
    "city": _lazy("市"),
    "district": _lazy("区"),
    "street": _lazy("街镇"),
    "committee": _lazy("居村委"),
    "grid": _lazy("单元网格"),
}
_BELOW = {2: 6, 4: 6, 6: 9, 9: 12, 12: 15}


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def borders(code: str) -> list[dict[str, Any]]:
    """The borders known inside an area, as lines. Tiles stay out: a point beside a made-up square would say something untrue."""
    return [
        {**each, "properties": {**each["properties"], "role": "outline"}}
        for each in reads.map_areas(None, code)
        if not each["properties"].get("tile")
    ]


def _counts(request: HttpRequest, row: Area) -> dict[str, int]:
    below = reads.children(row.code)
    length = len(below[0].code) if below else _BELOW.get(len(row.code), 15)
    return reads.counts_by_area(_person(request).scope, row.code, length)


@require_GET
@login_required
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area: map of what lies below, places, who answers, gaps."""
    person = _person(request)
    require(person.scope, "place.read")
    row = reads.area(code)
    counts = _counts(request, row)
    lines = reads.children(code)
    below = [{"line": line, "places": counts.get(line.code, 0)} for line in lines]
    places = reads.visible_places(person.scope).filter(reads.inside(code), withdrawn=False)
    total = places.count()
    may_contract = person.scope.allows("contract.edit", area=code)
    level = {"district": "committee", "street": "committee", "committee": "grid"}.get(row.level, "")
    context = {
        "area": row,
        "level": LEVEL_WORDS[row.level],
        "path": reads.path_of(code)[:-1],
        "below": below,
        "below_level": LEVEL_WORDS.get(lines[0].level, "") if lines else "",
        "tiles": any(not line.shaped for line in lines),
        "places": total,
        "unplaced": total - sum(counts.values()) if lines else 0,
        "first_places": list(places.order_by("name", "id")[:20]) if len(code) >= 9 else [],
        "contracts": unit_reads.who_answers(person.scope, area=code),
        "gaps": unit_reads.gaps(person.scope, area=code, level=level) if level and person.scope.may("contract.read") else None,
        "gap_level": level,
        "may_contract": may_contract,
        "may_grid": row.level in ("committee", "street") and person.scope.allows("place.edit", area=code),
        "may_place": person.scope.allows("place.edit", area=code),
        "may_redraw": row.level == "grid" and person.scope.allows("place.edit", area=code),
        "lines": story_lines(row),
    }  # fmt: skip
    return render(request, "desk/places/area.html", context)


@require_GET
@login_required
def area_map(request: HttpRequest, code: str) -> HttpResponse:
    """What lies below an area, coloured by its number of places."""
    person = _person(request)
    require(person.scope, "place.read")
    row = reads.area(code)
    counts = _counts(request, row)
    features = reads.map_areas(person.scope, code)
    for each in features:
        properties = each["properties"]
        if properties["role"] == "area":
            count = counts.get(properties["code"], 0)
            properties["value"], properties["text"] = count, str(count)
            properties["href"] = reverse("desk:area", args=[properties["code"]])
    if not any(each["properties"]["role"] == "area" for each in features) and row.shape is None:
        features += reads.points(person.scope, area=code)
    answer = reads.map_answer(features, label=_("点位数"))
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_GET
@login_required
def areas(request: HttpRequest) -> HttpResponse:
    """Find an area or a place by name or code."""
    scope = _person(request).scope
    require(scope, "place.read")
    text = request.GET.get("q", "").strip()
    found = reads.search(scope, text, most=40)
    lines = [each for each in found if isinstance(each, reads.AreaLine)]
    context = {
        "q": text,
        "areas": [
            {"line": line, "path": reads.path_of(line.code)[:-1], "level": LEVEL_WORDS[line.level]}
            for line in lines
        ],
        "places": [each for each in found if not isinstance(each, reads.AreaLine)],
    }
    return render(request, "desk/places/search.html", context)


# ------------------------------------------------------------------------------------------- unit grids


@require_GET
@login_required
def area_ground(request: HttpRequest, code: str) -> HttpResponse:
    """What a new border below an area goes by: the nearest known outline, the borders beside it, the places there.

    Where the area itself has no border, the outline carries `above: true` and the whole town's places help to find the spot.
    `?without=` leaves out the grid that is drawn anew. Tiles stay out, as in `borders`.
    """
    scope = _person(request).scope
    require(scope, "place.read")
    reads.area(code)
    left_out = request.GET.get("without", "")
    shapes = [each for each in reads.map_areas(scope, code) if not each["properties"].get("tile")]
    features = [each for each in shapes if each["properties"]["code"] != left_out]
    places_of = code
    if not any(each["properties"]["role"] == "outline" for each in features):
        places_of = code[:9]
        higher = (reads.map_areas(scope, each) for each, _name in reversed(reads.path_of(code)[:-1]))
        outlines = (each for shapes in higher for each in shapes if each["properties"]["role"] == "outline")
        for found in islice(outlines, 1):
            features = [{**found, "properties": {**found["properties"], "above": True}}, *features]
    places = reads.points(scope, area=places_of)
    answer = reads.map_answer([*features, *places], label=_("在地图上画边界"))
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_http_methods(["GET", "POST"])
@login_required
def grid_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a unit grid below a neighbourhood."""
    person = _person(request)
    parent = reads.area(code)
    require(person.scope, "place.edit", area=code)
    known = [line.code for line in reads.children(code)]
    following = max((int(each[-3:]) for each in known if len(each) == 15), default=0) + 1
    initial = {
        "code": f"{code}{following:03}" if len(code) == 12 else code,
        "system": "wgs84",
        "scheme": "grid-15",
    }
    form = GridForm(request.POST or None, request.FILES or None, parent=parent, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("code", "name", "scheme", "system")}
        try:
            grid = acts.add_grid(by=person, shape=form.cleaned_data["shape"] or None, **values)
            say(
                request,
                _("已新增网格“%(name)s”。") % {"name": grid.name},
                undo=reverse("desk:grid_remove", args=[grid.code]),
            )
            return (
                redirect("desk:grid_new", code)
                if request.POST.get("then") == "next"
                else redirect("desk:area", grid.code)
            )
        except Problem as problem:
            form.add_problem(problem, _grid_field(problem))
    return form_page(
        request, "desk/places/grid.html", form, title=_("在%(name)s新增单元网格") % {"name": parent.name}, parent=parent,
        cancel_url=reverse("desk:area", args=[code]), save_and_next=True, draft_id=f"grid-{code}",
    )  # fmt: skip


def _grid_field(problem: Problem) -> str | None:
    if problem.code in ("area.bad_shape", "area.overlaps"):
        return "shape"
    return (
        "name"
        if problem.code == "place.no_name"
        else "code"
        if problem.code.startswith(("area.", "place."))
        else None
    )


@require_http_methods(["GET", "POST"])
@login_required
def grid_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a unit grid or draw it anew."""
    person = _person(request)
    row = reads.area(code)
    require(person.scope, "place.edit", area=code)
    parent = reads.area(row.parent)
    text = json.dumps(row.shape, ensure_ascii=False) if row.shape else ""
    form = GridForm(
        request.POST or None, request.FILES or None, parent=parent, editing=True,
        initial={"name": row.name, "shape": text, "system": "wgs84"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        shape = form.cleaned_data["shape"] if {"shape", "file"} & set(form.changed_data) else None
        try:
            acts.change_area(
                by=person, area=row, name=form.cleaned_data["name"], shape=shape, system=form.cleaned_data["system"],
                version=int(request.POST.get("version", row.version)),
            )  # fmt: skip
            say(request, _("已保存。"))
            return redirect("desk:area", code)
        except Problem as problem:
            form.add_problem(problem, _grid_field(problem))
            row = reads.area(code)
    return form_page(
        request, "desk/places/grid.html", form, title=_("修改网格“%(name)s”") % {"name": row.name}, row=row, parent=parent,
        cancel_url=reverse("desk:area", args=[code]),
    )  # fmt: skip


@require_POST
@login_required
def grid_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take a unit grid out again."""
    row = reads.area(code)
    try:
        acts.remove_grid(by=_person(request), area=row)
    except Problem as problem:
        say(request, problem.words(), level=30)
        return redirect("desk:area", code)
    say(request, _("已删去网格“%(name)s”。") % {"name": row.name})
    return redirect("desk:area", row.parent)


urlpatterns = [
    path("areas/", areas, name="areas"),
    path("areas/<str:code>/", area, name="area"),
    path("areas/<str:code>/map/", area_map, name="area_map"),
    path("areas/<str:code>/ground/", area_ground, name="area_ground"),
    path("areas/<str:code>/grid/", grid_new, name="grid_new"),
    path("areas/<str:code>/redraw/", grid_edit, name="grid_edit"),
    path("areas/<str:code>/remove/", grid_remove, name="grid_remove"),
]
