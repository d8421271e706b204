"""People: list, one person with posts and contracts, accounts, tokens. Units: units.py. Contracts and gaps: contracts.py."""

import datetime as dt
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.forms.people import PasswordForm, PersonForm, PostForm, ReasonForm, TokenForm
from guatu.desk.story import story_lines
from guatu.desk.views import contracts as contract_views
from guatu.desk.views import units as unit_views
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import mask, open_sealed
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import BooleanFilter, SearchFilter, UnitFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.units import acts, reads
from guatu.units.models import ApiToken, Person, Post

ACTIVE, CLOSED = State("done", _lazy("在用")), State("void", _lazy("停用"))
FIELDS = {
    "person.bad_username": "username",
    "person.username_taken": "username",
    "person.bad_phone": "phone",
    "person.weak_password": "password",
    "unit.no_name": "name",
    "place.unknown_area": "areas",
    "place.ambiguous_area": "areas",
    "post.nowhere": "areas",
    "post.beyond": "areas",
    "post.bad_days": "to_day",
}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _units(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (line.unit.path, "　" * line.depth + str(line.unit))
        for line in reads.unit_tree(person_of(request).scope)
    ]


PEOPLE = Listing(
    name="people",
    title=_lazy("人员"),
    columns=[
        Column("name", _lazy("姓名"), sort="name", link=lambda row: reverse("desk:person", args=[row.id])),
        Column("unit", _lazy("单位"), sort="unit__path", nullable=True),
        Column("duty_title", _lazy("职务"), sort="duty_title"),
        Column("username", _lazy("用户名"), sort="username", kind="code"),
        Column("state", _lazy("状态"), kind="state", value=lambda row: ACTIVE if row.is_active else CLOSED),
        Column(
            "last_login", _lazy("上次登录"), kind="datetime", sort="last_login", nullable=True, shown=False
        ),
    ],
    filters=[
        SearchFilter("q", fields=("name", "username", "duty_title")),
        UnitFilter("unit", _lazy("单位"), field="unit__path", choices=_units),
        BooleanFilter("active", _lazy("在用"), field="is_active"),
    ],
    sort="name",
    export_right="person.read",
)


@require_GET
@login_required
def people(request: HttpRequest) -> HttpResponseBase:
    scope = person_of(request).scope
    require(scope, "person.read")
    context = {"may_edit": scope.may("person.edit"), "may_contracts": scope.may("contract.read")}
    return lists.respond(request, PEOPLE, reads.visible_people(scope), "desk/people/list.html", context)


def _may_edit(request: HttpRequest, row: Person) -> bool:
    path_ = row.unit.path if row.unit is not None else ""
    return person_of(request).scope.allows("person.edit", area=row.area, units=(path_,))


def _post_lines(row: Person) -> list[dict[str, Any]]:
    today = clock.today()
    lines = []
    for post in reads.posts_of(row):
        over = bool(post.to_day and post.to_day < today)
        coming = bool(post.from_day and post.from_day > today)
        areas = [place_reads.name_of(code) if code else _("全部区域") for code in post.areas]
        lines.append(
            {
                "post": post,
                "over": over,
                "coming": coming,
                "areas": areas,
                "units": post.units,
                "zones": post.zones,
            }
        )
    return lines


def _tokens(row: Person) -> list[ApiToken]:
    """The tokens that stand; those of a day that are over (sessions of programs) would only fill the page."""
    over = Q(good_until__lt=clock.now(), made_at__gt=F("good_until") - dt.timedelta(days=2))
    return list(ApiToken.objects.filter(person=row, withdrawn=False).exclude(over).order_by("made_at"))


@require_GET
@login_required
def person(
    request: HttpRequest, person_id: str, phone: str = "", reason_form: ReasonForm | None = None
) -> HttpResponse:
    """One person: unit, posts, what he answers for. The telephone number stays masked until a reason is given."""
    me = person_of(request)
    row = reads.person(me.scope, person_id)
    sealed = bool(bytes(row.phone_sealed))
    path_ = row.unit.path if row.unit is not None else ""
    own = row.id == me.id
    may_edit = _may_edit(request, row)
    context = {
        "someone": row,
        "state": ACTIVE if row.is_active else CLOSED,
        "posts": _post_lines(row),
        "contracts": [{"row": each, "what": each.place.name if each.place else place_reads.name_of(each.area)}
                      for each in reads.visible_contracts(me.scope).filter(person=row, ended=False).order_by("area", "id")[:100]],
        "phone": phone,
        "masked": mask(open_sealed(row.id, "phone", row.phone_sealed)) if sealed else "",
        "may_see_phone": sealed and (own or me.scope.allows("person.sight", area=row.area, units=(path_,))),
        "reason_form": reason_form or ReasonForm(),
        "own": own,
        "may_edit": may_edit,
        "post_form": PostForm(scope=me.scope) if may_edit and row.is_active else None,
        "password_form": PasswordForm() if (may_edit or own) and row.is_active else None,
        "token_form": TokenForm() if own else None,
        "tokens": _tokens(row) if own or may_edit else [],
        "lines": story_lines(row),
    }  # fmt: skip
    return render(request, "desk/people/person.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def person_new(request: HttpRequest) -> HttpResponse:
    me = person_of(request)
    require(me.scope, "person.edit")
    form = PersonForm(request.POST or None, scope=me.scope, initial={"unit": request.GET.get("unit", "")})
    if request.method == "POST" and form.is_valid():
        names = ("username", "name", "unit", "duty_title", "phone")
        values = {name: form.cleaned_data[name] for name in names}
        try:
            row = acts.add_person(by=me, password=form.cleaned_data["password"] or None, **values)
            say(request, _("已登记%(name)s。接着在下面授予岗位，才有权限。") % {"name": row.name})
            return (
                redirect("desk:person_new")
                if request.POST.get("then") == "next"
                else redirect("desk:person", row.id)
            )
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    return form_page(
        request,
        "desk/people/form.html",
        form,
        title=_("登记人员"),
        save_and_next=True,
        cancel_url=reverse("desk:people"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def person_edit(request: HttpRequest, person_id: str) -> HttpResponse:
    me = person_of(request)
    row = reads.person(me.scope, person_id)
    initial = {"name": row.name, "unit": row.unit.code if row.unit else "", "duty_title": row.duty_title}
    form = PersonForm(request.POST or None, scope=me.scope, editing=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"].strip()
        try:
            acts.edit_person(
                by=me,
                person=row,
                changes={name: form.cleaned_data[name] for name in ("name", "unit", "duty_title")},
                phone=None if not phone else "" if phone in ("-", "－") else phone,
                version=int(request.POST.get("version", row.version)),
            )
            say(request, _("已保存。"))
            return redirect("desk:person", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
            row = reads.person(me.scope, person_id)
    return form_page(
        request, "desk/people/form.html", form, title=_("修改“%(name)s”") % {"name": row.name}, row=row,
        cancel_url=reverse("desk:person", args=[row.id]),
    )  # fmt: skip


@require_POST
@login_required
@never_cache
def person_phone(request: HttpRequest, person_id: str) -> HttpResponse:
    """Show the telephone number for a reason; the look is recorded."""
    me = person_of(request)
    row = reads.person(me.scope, person_id)
    form = ReasonForm(request.POST)
    own = row.id == me.id
    try:
        if own or form.is_valid():
            reason = "" if own else form.cleaned_data["reason"]
            shown = acts.reveal_phone(by=me, person=row, reason=reason)
            request.method = "GET"
            return person(request, person_id, phone=shown)
    except Problem as problem:
        form.add_problem(problem, "reason")
    request.method = "GET"
    return person(request, person_id, reason_form=form)


@require_POST
@login_required
def person_close(request: HttpRequest, person_id: str) -> HttpResponse:
    """Close an account, or open it again (`open=1`)."""
    me = person_of(request)
    row = reads.person(me.scope, person_id)
    try:
        if request.POST.get("open") == "1":
            acts.reactivate(by=me, person=row)
            say(request, _("已恢复%(name)s的账号。") % {"name": row.name})
        else:
            acts.deactivate(by=me, person=row)
            say(request, _("已停用%(name)s的账号。") % {"name": row.name})
    except Problem as problem:
        say(request, problem.words(), level=30)
        if problem.code == "person.has_contracts" and me.scope.may("contract.edit"):
            return redirect("desk:hand_over", row.id)
    return redirect("desk:person", row.id)


@require_POST
@login_required
def person_password(request: HttpRequest, person_id: str) -> HttpResponse:
    me = person_of(request)
    row = reads.person(me.scope, person_id)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            changed = acts.set_password(by=me, person=row, password=form.cleaned_data["password"])
            if changed.id == me.id:
                update_session_auth_hash(request, changed)
            say(request, _("已设置新密码。"))
            return redirect("desk:person", row.id)
        except Problem as problem:
            form.add_problem(problem, "password")
    return form_page(
        request, "desk/people/form.html", form, title=_("为%(name)s设置密码") % {"name": row.name},
        cancel_url=reverse("desk:person", args=[row.id]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def post_new(request: HttpRequest, person_id: str) -> HttpResponse:
    me = person_of(request)
    row = reads.person(me.scope, person_id)
    form = PostForm(request.POST or None, scope=me.scope)
    if request.method == "POST" and form.is_valid():
        try:
            acts.give_post(by=me, person=row, **form.arguments())
            say(request, _("已授予%(name)s岗位。") % {"name": row.name})
            return redirect("desk:person", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code))
    return form_page(
        request, "desk/people/form.html", form, title=_("授予%(name)s岗位") % {"name": row.name},
        cancel_url=reverse("desk:person", args=[row.id]),
    )  # fmt: skip


@require_POST
@login_required
def post_end(request: HttpRequest, post_id: UUID) -> HttpResponse:
    post = get_object_or_404(Post.objects.select_related("person__unit"), id=post_id)
    row = reads.person(person_of(request).scope, post.person_id)
    acts.end_post(by=person_of(request), post=post)
    say(request, _("已结束%(name)s的岗位。") % {"name": row.name})
    return redirect("desk:person", row.id)


@require_POST
@login_required
@never_cache
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token of one's own; its text is shown on this answer and never again."""
    me = person_of(request)
    form = TokenForm(request.POST)
    if form.is_valid():
        token, text = acts.make_token(
            by=me, person=me, name=form.cleaned_data["name"], days=form.cleaned_data["days"]
        )
        return render(request, "desk/people/token.html", {"token": token, "text": text})
    return form_page(
        request,
        "desk/people/form.html",
        form,
        title=_("新建访问令牌"),
        cancel_url=reverse("desk:person", args=[me.id]),
    )


@require_POST
@login_required
def token_end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.select_related("person__unit"), id=token_id)
    row = reads.person(person_of(request).scope, token.person_id)
    acts.withdraw_token(by=person_of(request), token=token)
    say(request, _("已停用令牌“%(name)s”。") % {"name": token.name})
    return redirect("desk:person", row.id)


urlpatterns = [
    path("", people, name="people"),
    path("new/", person_new, name="person_new"),
    *unit_views.urlpatterns,
    *contract_views.urlpatterns,
    path("tokens/new/", token_new, name="token_new"),
    path("tokens/<uuid:token_id>/end/", token_end, name="token_end"),
    path("posts/<uuid:post_id>/end/", post_end, name="post_end"),
    path("<str:person_id>/", person, name="person"),
    path("<str:person_id>/edit/", person_edit, name="person_edit"),
    path("<str:person_id>/phone/", person_phone, name="person_phone"),
    path("<str:person_id>/close/", person_close, name="person_close"),
    path("<str:person_id>/password/", person_password, name="person_password"),
    path("<str:person_id>/post/", post_new, name="post_new"),
]
