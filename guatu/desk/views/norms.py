"""The library of norms: the list, one norm with its editions, and what is done to a norm as a whole."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.case_states import english
from guatu.desk.evaluating import two
from guatu.desk.forms.norms import NormForm, words
from guatu.desk.story import story_lines
from guatu.desk.views import norm_editions, norm_holding
from guatu.desk.views.norm_editions import STANDING, state_of
from guatu.inspections.acts import norms as acts
from guatu.inspections.models import Norm
from guatu.inspections.reads import norms as reads
from guatu.inspections.rules import norms as rules
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import BadFilter, ChoiceFilter, Filter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say
from guatu.places.reads import name_of
from guatu.units.models import Person

FIELDS = {"norm.known": "number"}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


# --- the list ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayFilter(Filter):
    """What held on a day."""

    template = "desk/norms/_day_filter.html"

    def read(self, query: QueryDict, prefix: str, request: HttpRequest) -> dt.date | None:
        text = query.get(prefix + self.key, "").strip()[:20]
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            words = {"label": self.label, "value": text}
            raise BadFilter(
                _("“%(label)s”的日期“%(value)s”看不懂，请写成 2021-09-16 的样子。") % words
            ) from None


def _once(request: HttpRequest, name: str, ask: Callable[[], Any]) -> Any:
    """What a filter offers, asked once a page: it is needed to read the address, to show the choices and to name them."""
    kept = request.__dict__.setdefault("_guatu_norm_choices", {})
    if name not in kept:
        kept[name] = ask()
    return kept[name]


def _industry_choices(request: HttpRequest) -> list[tuple[str, str]]:
    rows = _once(request, "industries", reads.industries)
    return [(row.code, (english() and row.name_en) or row.name) for row in rows]


def _words(name: str, ask: Callable[[], list[str]]) -> Callable[[HttpRequest], list[tuple[str, str]]]:
    return lambda request: [(word, word) for word in _once(request, name, ask)]


def _named(row: Any) -> str:
    """The trades of the edition to speak of, in words."""
    if row.edition is None:
        return ""
    return "、".join(row.industry_names) or _("所有行业")


def _prepare(rows: list[Norm]) -> list[Norm]:
    names = {row.code: (english() and row.name_en) or row.name for row in reads.industries()}
    for row in reads.with_editions(rows, clock.today()):
        edition = row.edition  # type: ignore[attr-defined]
        row.industry_names = [names.get(code, code) for code in edition.industries] if edition else []  # type: ignore[attr-defined]
    return rows


def _of_edition(name: str) -> Any:
    return lambda row: getattr(row.edition, name, None)


NORMS = Listing(
    name="norms",
    title=_lazy("规范库"),
    columns=[
        Column("number", _lazy("文号"), sort="number", kind="code"),
        Column("title", _lazy("规范名称"), sort="title", wide=True, value=lambda row: (english() and row.title_en) or row.title,
               link=lambda row: reverse("desk:norm", args=[row.id])),
        Column("kind", _lazy("类型"), sort="kind", value=lambda row: two(rules.KINDS[row.kind])),
        Column("issuer", _lazy("发布单位"), sort="issuer"),
        Column("industries", _lazy("适用行业"), value=_named, wide=True),
        Column("posts", _lazy("适用岗位"), value=lambda row: "、".join(row.edition.posts) if row.edition else "", shown=False),
        Column("edition", _lazy("版本"), value=_of_edition("edition")),
        Column("in_force_from", _lazy("施行日期"), kind="date", value=_of_edition("in_force_from")),
        Column("in_force_until", _lazy("施行到"), kind="date", value=_of_edition("in_force_until"), shown=False),
        Column("items", _lazy("条目"), kind="number", value=_of_edition("item_count")),
        Column("standing", _lazy("状态"), kind="state", value=lambda row: STANDING[row.standing],
               export=lambda row: str(STANDING[row.standing])),
        Column("area", _lazy("适用区域"), value=lambda row: name_of(row.area) if row.area else _("处处适用"), shown=False),
    ],
    filters=[
        ChoiceFilter("standing", _lazy("状态"), counts=True,
                     choices=[(key, STANDING[key].word) for key in ("holds", "coming", "draft", "over", "withdrawn")],
                     expand={"draft": ("draft", "empty")}),
        SearchFilter("q", fields=("number", "title", "title_en", "issuer", "versions__items__text"),
                     apply=lambda rows, value: _search(rows, value)),
        ChoiceFilter("industry", _lazy("行业"), choices=_industry_choices,
                     apply=lambda rows, value: reads.naming(rows, "industries", value[0])),
        ChoiceFilter("post", _lazy("岗位"), choices=_words("posts", reads.posts),
                     apply=lambda rows, value: reads.naming(rows, "posts", value[0])),
        ChoiceFilter("kind", _lazy("类型"), choices=lambda _request: words(rules.KINDS)),
        ChoiceFilter("issuer", _lazy("发布单位"), choices=_words("issuers", reads.issuers)),
        DayFilter("day", _lazy("哪天有效"), apply=reads.in_force_on),
    ],
    sort="number",
    export_right="norm.read",
    prepare=_prepare,
)  # fmt: skip


def _search(rows: QuerySet[Norm], value: str) -> QuerySet[Norm]:
    """Each word in the number, the title, the issuer, or in an item of any edition."""
    for word in value.split()[:8]:
        rows = reads.saying(rows, word)
    return rows


@require_GET
@login_required
def norms(request: HttpRequest) -> HttpResponseBase:
    """The library."""
    scope = person_of(request).scope
    require(scope, reads.READ)
    rows = reads.with_standing(reads.norms(scope), clock.today())
    counted = reads.counts(clock.today())
    context = {"may_edit": scope.may(acts.RIGHT), "counts": counted}
    return lists.respond(request, NORMS, rows, "desk/norms/list.html", context)


# --- one norm ------------------------------------------------------------------------------------------------------


@require_GET
@login_required
def norm(request: HttpRequest, norm_id: UUID) -> HttpResponse:
    """One norm: its editions, which holds today, its story."""
    person = person_of(request)
    row = reads.norm_of(person.scope, norm_id)
    today = clock.today()
    editions = reads.editions_of(row)
    holds = next((each for each in editions if rules.is_in_force(each, today)), None)
    context = {
        "norm": row,
        "title": (english() and row.title_en) or row.title,
        "kind": two(rules.KINDS[row.kind]),
        "where": name_of(row.area) if row.area else _("处处适用"),
        "editions": [(each, state_of(each)) for each in editions],
        "holds": holds,
        "state": STANDING["withdrawn"] if row.withdrawn else state_of(holds) if holds else STANDING["over" if editions else "empty"],
        "industries": norm_editions.industry_names(holds) if holds else [],
        "draft": next((each for each in editions if each.status == "draft"), None),
        "base": editions[0] if editions else None,
        "may_edit": acts.may_edit(person, row),
        "lines": story_lines(row),
    }  # fmt: skip
    return render(request, "desk/norms/norm.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def norm_new(request: HttpRequest) -> HttpResponse:
    """Take a norm into the library; its first edition is entered next."""
    person = person_of(request)
    require(person.scope, acts.RIGHT)
    form = NormForm(request.POST or None, initial={"kind": "guide"})
    if request.method == "POST" and form.is_valid():
        try:
            row = acts.add_norm(by=person, **form.cleaned_data)
            say(
                request,
                _("已收入《%(title)s》，请录入第一个版本。") % {"title": row.title},
                undo=reverse("desk:norm_withdraw", args=[row.id]),
            )
            return redirect("desk:norm_edition_new", row.id)
        except Problem as problem:
            form.add_problem(problem, _field_of(problem))
    return form_page(
        request, "desk/norms/form.html", form, title=_("收入规范"), submit_label=_("保存，接着录入版本"),
        cancel_url=reverse("desk:norms"), draft_id="norm-new",
    )  # fmt: skip


def _field_of(problem: Problem) -> str | None:
    return FIELDS.get(problem.code) or problem.details.get("field")


@require_http_methods(["GET", "POST"])
@login_required
def norm_edit(request: HttpRequest, norm_id: UUID) -> HttpResponse:
    """Correct what a norm is called, who issued it, where it holds."""
    person = person_of(request)
    row = reads.norm_of(person.scope, norm_id)
    acts.require_edit(person, row)
    names = ("number", "title", "kind", "issuer", "area", "title_en")
    form = NormForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            acts.change_norm(
                by=person, norm=row, changes=form.cleaned_data, version=norm_editions.version_of(request)
            )
            say(request, _("已保存。"))
            return redirect("desk:norm", row.id)
        except Problem as problem:
            form.add_problem(problem, _field_of(problem))
            row = reads.norm_of(person.scope, norm_id)
    return form_page(
        request, "desk/norms/form.html", form, title=_("修改“%(name)s”") % {"name": row.title}, row=row,
        cancel_url=reverse("desk:norm", args=[row.id]),
    )  # fmt: skip


@require_POST
@login_required
def norm_withdraw(request: HttpRequest, norm_id: UUID) -> HttpResponse:
    """It stood in the library by mistake; with a way back."""
    person = person_of(request)
    row = acts.withdraw_norm(by=person, norm=reads.norm_of(person.scope, norm_id))
    say(
        request,
        _("已撤下《%(title)s》。") % {"title": row.title},
        undo=reverse("desk:norm_restore", args=[row.id]),
    )
    return redirect("desk:norm", row.id)


@require_POST
@login_required
def norm_restore(request: HttpRequest, norm_id: UUID) -> HttpResponse:
    person = person_of(request)
    row = acts.restore_norm(by=person, norm=reads.norm_of(person.scope, norm_id))
    say(request, _("已恢复《%(title)s》。") % {"title": row.title})
    return redirect("desk:norm", row.id)


urlpatterns = [
    path("", norms, name="norms"),
    path("new/", norm_new, name="norm_new"),
    *norm_holding.urlpatterns,
    *norm_editions.urlpatterns,
    path("<uuid:norm_id>/", norm, name="norm"),
    path("<uuid:norm_id>/edit/", norm_edit, name="norm_edit"),
    path("<uuid:norm_id>/withdraw/", norm_withdraw, name="norm_withdraw"),
    path("<uuid:norm_id>/restore/", norm_restore, name="norm_restore"),
]
