"""What is done to one place: closed, opened again, withdrawn, restored, a file attached, its contact looked at."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guatu.desk.forms.people import ReasonForm
from guatu.desk.forms.places import FileForm
from guatu.desk.views.place_list import person_of
from guatu.files import acts as file_acts
from guatu.files.bytes import PICTURES
from guatu.files.models import Attachment
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.parts import FileLine
from guatu.kit.toasts import say
from guatu.places import acts, reads
from guatu.places.models import Place
from guatu.units.models import Person


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


def may_see_contact(person: Person, row: Place) -> bool:
    """Whoever holds the right there, or answers for the place."""
    return person.scope.allows("place.sight", area=row.area) or reads.answers_for(person.id, row)


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
def place_close(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """It is out of business from today, with a way back."""
    row = reads.place(person_of(request).scope, place_id)
    try:
        acts.close_place(by=person_of(request), place=row, version=_version(request, row))
        words = _("“%(name)s”已停用。") % {"name": row.name}
        say(request, words, undo=reverse("desk:place_open", args=[row.id]))
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:place", row.id)


@require_POST
@login_required
def place_open(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """It is in business again."""
    row = reads.place(person_of(request).scope, place_id)
    try:
        acts.open_place(by=person_of(request), place=row)
        say(request, _("“%(name)s”已恢复启用。") % {"name": row.name})
    except Problem as problem:
        say(request, problem.words(), level=30)
    return redirect("desk:place", row.id)


def _version(request: HttpRequest, row: Place) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else row.version


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


@require_POST
@login_required
@never_cache
def place_contact(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """The contact in clear, on this answer only; the reason is kept."""
    from guatu.desk.views.places import place  # the page stands on this module's parts

    person = person_of(request)
    row = reads.place(person.scope, place_id)
    form = ReasonForm(request.POST)
    opened = None
    if form.is_valid():
        try:
            opened = acts.reveal_contact(by=person, place=row, reason=form.cleaned_data["reason"])
        except Problem as problem:
            form.add_problem(problem, "reason")
    request.method = "GET"
    answer = place(request, place_id, opened, form)
    answer.status_code = 200 if opened is not None else 422
    return answer


urlpatterns = [
    path("<uuid:place_id>/withdraw/", place_withdraw, name="place_withdraw"),
    path("<uuid:place_id>/restore/", place_restore, name="place_restore"),
    path("<uuid:place_id>/close/", place_close, name="place_close"),
    path("<uuid:place_id>/open/", place_open, name="place_open"),
    path("<uuid:place_id>/file/", place_file, name="place_file"),
    path("<uuid:place_id>/contact/", place_contact, name="place_contact"),
]
