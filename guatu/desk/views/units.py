"""Units: the tree, one unit. Addresses: people.py."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.forms.people import UnitForm
from guatu.desk.story import story_lines
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.units import acts, reads
from guatu.units.models import Person

FIELDS = {"unit.code_taken": "code", "unit.bad_code": "code", "unit.no_name": "name", "place.unknown_area": "area",
          "place.ambiguous_area": "area"}  # fmt: skip


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


@require_GET
@login_required
def units(request: HttpRequest) -> HttpResponse:
    """All units as a tree."""
    scope = _person(request).scope
    require(scope, "unit.read")
    text = request.GET.get("q", "").strip()
    lines = reads.unit_tree(scope, active=request.GET.get("closed") != "1")
    if text:
        lines = [
            line
            for line in lines
            if text in line.unit.name or text in line.unit.short_name or text == line.unit.code
        ]
    context = {
        "lines": [{"unit": line.unit, "depth": range(line.depth), "people": line.people,
                   "area": place_reads.name_of(line.unit.area)} for line in lines],
        "q": text,
        "closed": request.GET.get("closed") == "1",
        "may_edit": scope.may("unit.edit"),
    }  # fmt: skip
    return render(request, "desk/people/units.html", context)


@require_GET
@login_required
def unit(request: HttpRequest, unit_id: str) -> HttpResponse:
    """One unit: its people, what stands below it."""
    scope = _person(request).scope
    row = reads.unit(scope, unit_id)
    people = reads.visible_people(scope).filter(unit=row).order_by("-is_active", "name")
    context: dict[str, Any] = {
        "unit": row,
        "area_name": place_reads.name_of(row.area),
        "people": list(people[:200]),
        "below": list(reads.visible_units(scope).filter(parent=row).order_by("path")),
        "may_edit": scope.allows("unit.edit", area=row.area, units=(row.path,)),
        "may_add": scope.allows("person.edit", area=row.area, units=(row.path,)),
        "lines": story_lines(row),
    }
    return render(request, "desk/people/unit.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def unit_new(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    require(person.scope, "unit.edit")
    form = UnitForm(
        request.POST or None, scope=person.scope, initial={"parent": request.GET.get("parent", "")}
    )
    if request.method == "POST" and form.is_valid():
        names = ("code", "name", "short_name", "kind", "parent", "area")
        try:
            row = acts.add_unit(by=person, **{name: form.cleaned_data[name] for name in names})
            say(request, _("已登记单位“%(name)s”。") % {"name": row.name})
            return (
                redirect("desk:unit_new")
                if request.POST.get("then") == "next"
                else redirect("desk:unit", row.id)
            )
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    return form_page(
        request, "desk/people/form.html", form, title=_("登记单位"), save_and_next=True,
        cancel_url=reverse("desk:units"), draft_id="unit-new",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def unit_edit(request: HttpRequest, unit_id: str) -> HttpResponse:
    person = _person(request)
    row = reads.unit(person.scope, unit_id)
    require(person.scope, "unit.edit", area=row.area, units=(row.path,))
    names = ("name", "short_name", "kind", "area")
    initial = {name: getattr(row, name) for name in names}
    form = UnitForm(request.POST or None, scope=person.scope, editing=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changes = {name: form.cleaned_data[name] for name in names}
            acts.edit_unit(
                by=person, unit=row, changes=changes, version=int(request.POST.get("version", row.version))
            )
            say(request, _("已保存。"))
            return redirect("desk:unit", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
            row = reads.unit(person.scope, unit_id)
    return form_page(
        request, "desk/people/form.html", form, title=_("修改“%(name)s”") % {"name": row.name}, row=row,
        cancel_url=reverse("desk:unit", args=[row.id]),
    )  # fmt: skip


@require_POST
@login_required
def unit_close(request: HttpRequest, unit_id: str) -> HttpResponse:
    """Close a unit, or open it again (`open=1`)."""
    person = _person(request)
    row = reads.unit(person.scope, unit_id)
    opening = request.POST.get("open") == "1"
    try:
        acts.edit_unit(by=person, unit=row, changes={"active": opening})
        say(
            request,
            _("已恢复单位“%(name)s”。") % {"name": row.name}
            if opening
            else _("已停用单位“%(name)s”。") % {"name": row.name},
        )
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:unit", row.id)


urlpatterns = [
    path("units/", units, name="units"),
    path("units/new/", unit_new, name="unit_new"),
    path("units/<str:unit_id>/", unit, name="unit"),
    path("units/<str:unit_id>/edit/", unit_edit, name="unit_edit"),
    path("units/<str:unit_id>/close/", unit_close, name="unit_close"),
]
