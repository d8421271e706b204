"""Classes of cases and their standards: the list, one class, choosing one for a case, editing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from guatu.cases.acts.classes import RIGHT, add_class, edit_class
from guatu.cases.acts.standards import add_standard, edit_standard
from guatu.cases.models import LIMIT_WORDS, CaseClass, CaseStandard
from guatu.cases.reads import standards as reads
from guatu.cases.rules.naming import key_of
from guatu.cases.rules.standards import RULINGS, plain_number
from guatu.desk.case_states import english
from guatu.desk.current import current_campaign
from guatu.desk.forms.case_classes import KIND_WORDS, ClassForm, StandardForm
from guatu.desk.story import story_lines
from guatu.desk.views.case import person_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import BooleanFilter, ChoiceFilter, SearchFilter
from guatu.kit.shortcuts import form_page
from guatu.kit.toasts import say


def limit_words(stages: Any, season: str = "") -> str:
    """1 紧急工作时（止水） → 5 工作日（恢复）, in the reader's language; — without a limit."""
    pieces = []
    for stage in stages:
        name = f"（{stage['name']}）" if stage.get("name") else ""
        pieces.append(f"{plain_number(Decimal(str(stage['amount'])))} {LIMIT_WORDS[stage['unit']]}{name}")
    return " ".join([*([season] if season else []), " → ".join(pieces) or "—"])


def class_limit(row: CaseClass) -> str:
    if row.limit_amount is None:
        return ""
    return limit_words([{"amount": row.limit_amount, "unit": row.limit_unit}])


def name_of(row: CaseClass) -> str:
    return row.name_en if english() and row.name_en else row.name


# --- the list ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WordsFilter(SearchFilter):
    """Words in the class or in the condition of one of its standards."""

    def default(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return reads.matching(rows, value)


def _majors(rows: QuerySet[CaseClass], value: list[str]) -> QuerySet[CaseClass]:
    scheme, kind, code = value[0].split("|")
    return rows.filter(scheme=scheme, kind=kind, major_code=code)


def _listing(request: HttpRequest) -> Listing:
    """The list with the schemes and major classes of this campaign to choose from."""
    schemes, majors = reads.choices(current_campaign(request))
    return Listing(
        name="case-classes",
        title=_lazy("案件类别"),
        columns=[
            Column("code", _lazy("编码"), kind="code", sort="code", link=lambda row: reverse("desk:case_class", args=[row.id])),
            Column("name", _lazy("名称"), value=name_of, sort="name", wide=True),
            Column("kind", _lazy("类型"), value=lambda row: str(KIND_WORDS.get(row.kind, row.kind)), sort="kind"),
            Column("major", _lazy("大类"), value="major_name", sort="major_code"),
            Column("limit", _lazy("常用期限"), value=class_limit, sort="limit_amount"),
            Column("standards", _lazy("立案条件"), value="standard_count", kind="number", sort="standard_count"),
            Column("scheme", _lazy("编码标准"), sort="scheme"),
            Column("needs_photo", _lazy("要照片"), kind="yes", shown=False),
            Column("public", _lazy("市民可报"), kind="yes", sort="public", shown=False),
            Column("active", _lazy("在用"), kind="yes", sort="active", shown=False),
            Column("name_en", _lazy("英文名称"), sort="name_en", shown=False),
            Column("order", _lazy("次序"), kind="number", sort="order", shown=False),
        ],
        filters=[
            WordsFilter("q"),
            ChoiceFilter("scheme", _lazy("编码标准"), choices=[(each or "own", each or _("本地自编")) for each in schemes],
                         expand={"own": [""]}, counts=len(schemes) > 1),
            ChoiceFilter("kind", _lazy("类型"), choices=[(key, word) for key, word in KIND_WORDS.items() if key]),
            ChoiceFilter("major", _lazy("大类"), choices=majors, apply=_majors),
            ChoiceFilter("limit", _lazy("时限"), choices=[("with", _lazy("有时限")), ("without", _lazy("没有时限"))],
                         apply=lambda rows, value: reads.with_limit(rows, value[0] == "with")),
            BooleanFilter("public", _lazy("市民可报")),
            BooleanFilter("active", _lazy("在用")),
        ],
        sort="order",
        export_right=reads.RIGHT,
    )  # fmt: skip


@require_GET
@login_required
def case_classes(request: HttpRequest) -> HttpResponseBase:
    """Every class of the campaign."""
    person, campaign = person_of(request), current_campaign(request)
    rows = reads.class_rows(person.scope, campaign)
    may_set = person.scope.allows(RIGHT, area=campaign.area)
    context = {"campaign": campaign, "may_set": may_set, "may_packs": person.scope.may("pack.apply")}
    return lists.respond(request, _listing(request), rows, "desk/cases/classes/list.html", context)


# --- one class -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A standard as its class's page shows it."""

    row: CaseStandard
    limit: str
    origin: str
    ruling: str


def _shown(row: CaseStandard) -> Shown:
    """The last word of the origin is the rule that decided the limit's unit, when a table brought it."""
    before, _mark, last = row.origin.rpartition(" · ")
    if last not in RULINGS:
        return Shown(row, limit_words(row.stages, row.season), row.origin, "")
    return Shown(row, limit_words(row.stages, row.season), before, RULINGS[last][1 if english() else 0])


@require_GET
@login_required
def case_class(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """One class: its limit, its standards, what was done to it."""
    person = person_of(request)
    row = reads.case_class(person.scope, class_id)
    context = {
        "class": row,
        "name": name_of(row),
        "kind": KIND_WORDS.get(row.kind, row.kind),
        "key": key_of(row.scheme, row.kind, row.code),
        "limit": class_limit(row),
        "standards": [_shown(each) for each in reads.standards(row)],
        "may_set": person.scope.allows(RIGHT, area=row.campaign.area),
        "may_open": person.scope.may("case.open"),
        "lines": story_lines(row),
    }
    return render(request, "desk/cases/classes/record.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def case_class_new(request: HttpRequest) -> HttpResponse:
    """A class of the office's own."""
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, RIGHT, area=campaign.area)
    form = ClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = add_class(by=person, campaign=campaign, **form.cleaned_data)
            say(request, _("已新增类别“%(name)s”。") % {"name": row.name})
            return redirect("desk:case_class", row.id)
        except Problem as problem:
            form.add_problem(problem, "code")
    cancel = reverse("desk:case_classes")
    return form_page(request, "desk/cases/classes/form.html", form, title=_("新增类别"), cancel_url=cancel)


@require_http_methods(["GET", "POST"])
@login_required
def case_class_edit(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """Change a class: limit, photo, who may report it, whether it is in use."""
    person = person_of(request)
    row = reads.case_class(person.scope, class_id)
    require(person.scope, RIGHT, area=row.campaign.area)
    form = ClassForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            edit_class(by=person, row=row, changes=form.cleaned_data, version=_version(request, row))
            say(request, _("已保存。"))
            return redirect("desk:case_class", row.id)
        except Problem as problem:
            form.add_problem(problem)
            row = reads.case_class(person.scope, class_id)
    return form_page(
        request, "desk/cases/classes/form.html", form, title=_("修改“%(name)s”") % {"name": name_of(row)}, row=row,
        cancel_url=reverse("desk:case_class", args=[row.id]), case_class=row,
    )  # fmt: skip


def _version(request: HttpRequest, row: CaseClass | CaseStandard) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else row.version


@require_http_methods(["GET", "POST"])
@login_required
def case_standard_new(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """A further standard of a class."""
    person = person_of(request)
    row = reads.case_class(person.scope, class_id)
    require(person.scope, RIGHT, area=row.campaign.area)
    form = StandardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_standard(by=person, row=row, said=form.said())
            say(request, _("已新增立案条件。"))
            return redirect("desk:case_class", row.id)
        except Problem as problem:
            form.add_problem(problem, "condition")
    return form_page(
        request, "desk/cases/classes/form.html", form, title=_("新增立案条件：%(name)s") % {"name": name_of(row)},
        cancel_url=reverse("desk:case_class", args=[row.id]), case_class=row,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def case_standard(request: HttpRequest, standard_id: UUID) -> HttpResponse:
    """Change one standard; who may not is shown its class."""
    person = person_of(request)
    row = reads.case_standard(person.scope, standard_id)
    if request.method == "GET" and not person.scope.allows(RIGHT, area=row.campaign.area):
        return redirect("desk:case_class", row.case_class_id)
    require(person.scope, RIGHT, area=row.campaign.area)
    form = StandardForm(request.POST or None, row=row, english=english())
    if request.method == "POST" and form.is_valid():
        try:
            edit_standard(by=person, standard=row, changes=form.said(), version=_version(request, row))
            say(request, _("已保存。"))
            return redirect("desk:case_class", row.case_class_id)
        except Problem as problem:
            form.add_problem(problem, "condition" if problem.code == "case.standard_known" else None)
            row = reads.case_standard(person.scope, standard_id)
    return form_page(
        request, "desk/cases/classes/form.html", form, title=_("修改立案条件：%(name)s") % {"name": name_of(row.case_class)},
        row=row, cancel_url=reverse("desk:case_class", args=[row.case_class_id]), case_class=row.case_class,
    )  # fmt: skip


# --- choosing one for a case ---------------------------------------------------------------------------------------


@require_GET
@login_required
def case_class_pick(request: HttpRequest) -> HttpResponse:
    """The classes that fit the words best, with their standards: a page, a fragment for htmx, or `?format=json`."""
    campaign = current_campaign(request)
    text = request.GET.get("q", "").strip().replace("\x00", "")[:100]
    found = reads.pick(person_of(request).scope, campaign, text)
    if request.GET.get("format") == "json":
        answer = {"query": text, "classes": [_as_data(each) for each in found]}
        return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    picks = [
        (each, name_of(each.row), class_limit(each.row), [_shown(row) for row in each.standards])
        for each in found
    ]
    context = {"q": text, "picks": picks, "may_open": person_of(request).scope.may("case.open")}
    context["in_form"] = request.GET.get("in_form") == "1"
    part = request.headers.get("HX-Request") == "true"
    return render(
        request, "desk/cases/classes/_picks.html" if part else "desk/cases/classes/pick.html", context
    )


def _as_data(found: reads.Pick) -> dict[str, Any]:
    row = found.row
    return {
        "key": found.key, "id": str(row.id), "code": row.code, "name": name_of(row), "kind": row.kind, "scheme": row.scheme,
        "limit": [plain_number(row.limit_amount), row.limit_unit] if row.limit_amount is not None else None,
        "limit_words": class_limit(row), "needs_photo": row.needs_photo,
        "standards": [
            {"id": str(each.id), "condition": each.condition_en if english() and each.condition_en else each.condition,
             "stages": each.stages, "season": each.season, "limit_words": limit_words(each.stages, each.season),
             "closing": each.closing, "unit": each.unit.code if each.unit else ""}
            for each in found.standards
        ],
    }  # fmt: skip


urlpatterns = [
    path("", case_classes, name="case_classes"),
    path("new/", case_class_new, name="case_class_new"),
    path("pick/", case_class_pick, name="case_class_pick"),
    path("<uuid:class_id>/", case_class, name="case_class"),
    path("<uuid:class_id>/edit/", case_class_edit, name="case_class_edit"),
    path("<uuid:class_id>/standards/new/", case_standard_new, name="case_standard_new"),
    path("standards/<uuid:standard_id>/", case_standard, name="case_standard"),
]
