"""Saved views of any list: save, rename, share, pin, open with, delete and bring back."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guatu.kernel.problems import Problem
from guatu.kit.toasts import say
from guatu.units.acts import views as acts
from guatu.units.models import Person, Unit
from guatu.units.viewreads import view_seen


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _back(request: HttpRequest, query: str | None = None) -> HttpResponse:
    """To the list one came from, by its path alone."""
    where = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        where = reverse("desk:mine")
    return redirect(f"{where.split('?')[0]}?{query}" if query else where)


@require_POST
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters, columns and order of a list under a name."""
    person = _person(request)
    row = acts.save_view(
        by=person, list_name=request.POST.get("list", ""), name=request.POST.get("name", ""),
        query=request.POST.get("query", ""), shared_with=_shared(person, request.POST.get("share", "")),
    )  # fmt: skip
    chosen: dict[str, Any] = {}
    if request.POST.get("pin"):
        chosen["pinned"] = True
    if request.POST.get("first"):
        chosen["first"] = True
    if chosen:
        acts.choose_view(by=person, view=row, **chosen)
    say(request, _("已保存视图“%(name)s”。") % {"name": row.name})
    return _back(request, row.query or "plain=1")


def _shared(person: Person, how: str) -> Unit | None:
    """ "unit": my unit and below; "all": everybody under the top of my units."""
    if how not in ("unit", "all") or person.unit is None:
        return None
    return person.unit if how == "unit" else Unit.objects.get(path=person.unit.path.split("/")[0] + "/")


@require_POST
@login_required
def change(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """`do`: rename, delete, restore, pin, unpin, first, not_first."""
    person, what = _person(request), request.POST.get("do", "")
    row = view_seen(person, view_id, own=True)
    if what == "rename":
        acts.rename_view(by=person, view=row, name=request.POST.get("name", ""))
        say(request, _("已改名。"))
    elif what == "delete":
        acts.withdraw_view(by=person, view=row)
        undo = (
            reverse("desk:view_restore", args=[row.id])
            + f"?back={request.POST.get('back', '').split('?')[0]}"
        )
        say(request, _("已删除视图“%(name)s”。") % {"name": row.name}, undo=undo)
        return _back(request, "plain=1")
    elif what in ("pin", "unpin"):
        acts.choose_view(by=person, view=row, pinned=what == "pin")
        say(request, _("已放到标签栏。") if what == "pin" else _("已从标签栏取下。"))
    elif what in ("first", "not_first"):
        acts.choose_view(by=person, view=row, first=what == "first")
        say(
            request,
            _("以后打开这个列表先看“%(name)s”。") % {"name": row.name}
            if what == "first"
            else _("以后打开这个列表先看全部。"),
        )
    else:
        raise Problem("kit.bad_filter", why=what[:20])
    return _back(request)


@require_POST
@login_required
def restore(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Bring a deleted view back (the toast's undo)."""
    person = _person(request)
    row = acts.restore_view(by=person, view=view_seen(person, view_id, own=True))
    say(request, _("已恢复视图“%(name)s”。") % {"name": row.name})
    where = request.GET.get("back", "")
    safe = url_has_allowed_host_and_scheme(where, allowed_hosts=None) and where.startswith("/")
    return redirect(f"{where}?{row.query}" if safe else reverse("desk:mine"))


urlpatterns = [
    path("save/", save, name="view_save"),
    path("<uuid:view_id>/", change, name="view_change"),
    path("<uuid:view_id>/restore/", restore, name="view_restore"),
]
