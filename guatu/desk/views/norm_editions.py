"""One edition of a norm: its items, the editor, issuing and withdrawing, two editions side by side, its form."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.desk.case_states import english
from guatu.desk.evaluating import two
from guatu.desk.forms import norms as forms
from guatu.inspections.acts import norms as acts
from guatu.inspections.models import NormItem, NormVersion
from guatu.inspections.reads import norms as reads
from guatu.inspections.rules import norms as rules
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.export import csv_answer, xlsx_answer
from guatu.kit.shortcuts import form_page
from guatu.kit.states import State
from guatu.kit.toasts import say
from guatu.units.models import Person

STANDING = {
    "draft": State("waiting", _lazy("草稿")),
    "coming": State("soon", _lazy("未到施行日")),
    "holds": State("done", _lazy("现行")),
    "over": State("held", _lazy("已失效")),
    "withdrawn": State("void", _lazy("已撤回")),
    "empty": State("waiting", _lazy("还没有版本")),
}
CHANGES = {
    "added": State("soon", _lazy("新增")),
    "dropped": State("void", _lazy("删去")),
    "changed": State("going", _lazy("修改")),
    "moved": State("waiting", _lazy("条号变动")),
    "same": State("done", _lazy("不变")),
}
FIELDS = {
    "norm.edition_known": "edition",
    "norm.bad_days": "in_force_until",
    "norm.unknown_industry": "industries",
    "norm.same_day": "in_force_from",
}


def person_of(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def version_of(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else None


def state_of(edition: NormVersion) -> State:
    return STANDING[rules.standing(edition, clock.today())]


def industry_names(edition: NormVersion) -> list[tuple[str, str]]:
    """(code, name) of the trades an edition names."""
    names = {row.code: (english() and row.name_en) or row.name for row in reads.industries()}
    return [(code, names.get(code, code)) for code in edition.industries]


def item_line(item: NormItem) -> dict[str, Any]:
    """An item as pages show it."""
    return {
        "item": item,
        "text": (english() and item.text_en) or item.text,
        "consequence": two(rules.CONSEQUENCES[item.consequence]),
        "limit": item.limit or (rules.USUAL_LIMIT if item.consequence != "note" else ""),
        "posts": "、".join(item.posts),
    }


@require_GET
@login_required
def edition(request: HttpRequest, edition_id: UUID) -> HttpResponseBase:
    """One edition with its items; `?export=xlsx|csv`, `?print=1`."""
    person = person_of(request)
    row = reads.edition_of(person.scope, edition_id)
    items = list(row.items.order_by("order", "id"))
    if request.GET.get("export") in ("xlsx", "csv"):
        return _export(request, row, items)
    others = [each for each in reads.editions_of(row.norm) if each.id != row.id]
    state = state_of(row)
    context = {
        "row": row,
        "norm": row.norm,
        "state": state,
        "standing": rules.standing(row, clock.today()),
        "items": [item_line(item) for item in items],
        "industries": industry_names(row),
        "others": others,
        "before": next((each for each in others if each.in_force_from < row.in_force_from and each.status != "draft"), None),
        "form_url": _form_url(row),
        "may_edit": acts.may_edit(person, row.norm) and not row.norm.withdrawn,
        "may_form": person.scope.may("form.publish"),
        "withdraw_form": forms.WithdrawForm(),
        "printing": bool(request.GET.get("print")),
    }  # fmt: skip
    return render(request, "desk/norms/edition.html", context)


def _form_url(row: NormVersion) -> str:
    from guatu.inspections.reads.checklist_forms import form_of

    form = form_of(row)
    return reverse("desk:form", args=[form.id]) if form is not None else ""


def _export(request: HttpRequest, row: NormVersion, items: list[NormItem]) -> HttpResponseBase:
    """The items under the headings that the import understands."""
    headings = [
        "文号", "名称", "发布单位", "类型", "版本", "施行日期", "施行到", "适用行业", "适用岗位", "条号", "检查内容",
        "怎么查", "不符合时", "整改要求", "整改时限", "要拍照", "条目岗位",
    ]  # fmt: skip
    names = "、".join(code for code, _name in industry_names(row))
    lines = (
        [row.norm.number, row.norm.title, row.norm.issuer, rules.KINDS[row.norm.kind][0], row.edition, row.in_force_from,
         row.in_force_until, names, "、".join(row.posts), item.number, item.text, item.how,
         rules.CONSEQUENCES[item.consequence][0], item.remedy, item.limit, "是" if item.photo else "否", "、".join(item.posts)]
        for item in items
    )  # fmt: skip
    answer = csv_answer if request.GET["export"] == "csv" else xlsx_answer
    return answer(request, f"norm-{row.norm.number}-{row.edition}", headings, lines)


# --- entering ------------------------------------------------------------------------------------------------------


def _base(request: HttpRequest, norm_id: UUID) -> NormVersion | None:
    """The edition whose trades, posts and items a new one begins with."""
    wanted = request.GET.get("base", "") or request.POST.get("base", "")
    rows = NormVersion.objects.filter(norm_id=norm_id)
    try:
        return rows.filter(pk=UUID(wanted)).first() if wanted else None
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@login_required
def edition_new(request: HttpRequest, norm_id: UUID) -> HttpResponse:
    """A new edition, empty or on the base of another; its items are edited next."""
    person = person_of(request)
    norm = reads.norm_of(person.scope, norm_id)
    acts.require_edit(person, norm)
    base = _base(request, norm_id)
    initial: dict[str, Any] = {"in_force_from": clock.today()}
    if base is not None:
        initial = {
            **forms.EditionForm.initial_of(base),
            "edition": "",
            "in_force_from": clock.today(),
            "in_force_until": None,
        }
    form = forms.EditionForm(request.POST or None, industries=reads.industries(), initial=initial)
    if request.method == "POST" and form.is_valid():
        items = (
            forms.drafts(forms.lines_of(list(base.items.order_by("order", "id")))) if base is not None else []
        )
        try:
            row = acts.add_edition(by=person, norm=norm, items=items, **form.plain())
            return redirect("desk:norm_items", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code) or problem.details.get("field"))
    title = _("新增版本：%(title)s") % {"title": norm.title}
    return form_page(
        request, "desk/norms/form.html", form, title=title, norm=norm, base=base, submit_label=_("保存，接着录入条目"),
        cancel_url=reverse("desk:norm", args=[norm.id]),
    )  # fmt: skip


def _draft(request: HttpRequest, edition_id: UUID) -> NormVersion:
    """A draft that the reader may change. Raises `norm.not_a_draft`, `access.denied`."""
    person = person_of(request)
    row = reads.edition_of(person.scope, edition_id)
    acts.require_edit(person, row.norm)
    if row.status != "draft":
        raise Problem("norm.not_a_draft", title=row.norm.title, edition=row.edition)
    return row


@require_http_methods(["GET", "POST"])
@login_required
def edition_edit(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """When and for whom a draft holds."""
    row = _draft(request, edition_id)
    form = forms.EditionForm(
        request.POST or None, industries=reads.industries(), initial=forms.EditionForm.initial_of(row)
    )
    if request.method == "POST" and form.is_valid():
        try:
            acts.change_edition(
                by=person_of(request), edition=row, changes=form.plain(), version=version_of(request)
            )
            say(request, _("已保存。"))
            return redirect("desk:norm_edition", row.id)
        except Problem as problem:
            form.add_problem(problem, FIELDS.get(problem.code) or problem.details.get("field"))
    title = _("修改“%(name)s”") % {"name": f"{row.norm.title} {row.edition}"}
    return form_page(
        request, "desk/norms/form.html", form, title=title, norm=row.norm, row=row,
        cancel_url=reverse("desk:norm_edition", args=[row.id]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def items(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The items of a draft as a table: change, drop, add lines, paste lines from a spreadsheet."""
    row = _draft(request, edition_id)
    lines = forms.lines_of(list(row.items.order_by("order", "id")))
    problem: Problem | None = None
    status = 200
    if request.method == "POST":
        lines = forms.read_lines(request.POST)
        filled = [line for line in lines if line.get("number") or line.get("text")]
        drafts = forms.drafts(filled)
        for line, draft in zip(filled, drafts, strict=True):
            line["fault"] = forms.item_fault(draft)
        lines = filled
        if "more" not in request.POST and not any(line["fault"] for line in lines):
            try:
                acts.change_edition(
                    by=person_of(request), edition=row, changes={}, items=drafts, version=version_of(request)
                )
                say(request, _("已保存 %(count)s 条。") % {"count": len(drafts)})
                return redirect("desk:norm_edition", row.id)
            except Problem as refused:
                problem = refused
        status = 200 if "more" in request.POST else 422
    spare = forms.SPARE_ROWS * (2 if "more" in request.POST else 1)
    context = {
        "row": row,
        "norm": row.norm,
        "lines": [*lines, *forms.blank(spare)],
        "consequences": forms.words(rules.CONSEQUENCES),
        "usual": rules.USUAL_LIMIT,
        "limits": rules.LIMITS,
        "problem": problem,
        "faults": sum(bool(line.get("fault")) for line in lines),
    }
    return render(request, "desk/norms/items.html", context, status=status)


# --- steps ---------------------------------------------------------------------------------------------------------


def _step(
    request: HttpRequest, edition_id: UUID, act: Callable[..., Any], said: str, undo: str = "", **more: Any
) -> HttpResponse:
    """Do one step and say so; a refusal is said on the page."""
    person = person_of(request)
    row = reads.edition_of(person.scope, edition_id)
    words: Mapping[str, Any] = {"edition": row.edition, "title": row.norm.title}
    try:
        act(by=person, edition=row, version=version_of(request), **more)
        say(request, said % words, undo=reverse(undo, args=[row.id]) if undo else "")
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:norm_edition", row.id)


@require_POST
@login_required
def issue(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Put a draft in force."""
    return _step(request, edition_id, acts.put_in_force, _("已发布%(edition)s。"), "desk:norm_recall")


@require_POST
@login_required
def recall(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    return _step(request, edition_id, acts.recall_edition, _("%(edition)s已退回草稿。"))


@require_POST
@login_required
def withdraw(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    form = forms.WithdrawForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    return _step(
        request, edition_id, acts.withdraw_edition, _("已撤回%(edition)s，从今天起不再施行。"), "desk:norm_reinstate", why=why
    )  # fmt: skip


@require_POST
@login_required
def reinstate(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    return _step(request, edition_id, acts.reinstate_edition, _("已恢复%(edition)s。"))


@require_POST
@login_required
def drop(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    person = person_of(request)
    row = _draft(request, edition_id)
    acts.drop_edition(by=person, edition=row, version=version_of(request))
    say(request, _("已删去草稿%(edition)s。") % {"edition": row.edition})
    return redirect("desk:norm", row.norm_id)


@require_POST
@login_required
def make_form(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """A form for ODK Collect of the edition's items; made anew for a new edition it is a new version of the same form."""
    from guatu.desk.current import current_campaign
    from guatu.inspections.acts.checklist_forms import publish_checklist

    person = person_of(request)
    row = reads.edition_of(person.scope, edition_id)
    try:
        made = publish_checklist(by=person, edition=row, campaign=current_campaign(request))
        say(
            request,
            _("已生成表单“%(name)s”，版本 %(version)s。") % {"name": made.name, "version": made.version},
        )
        return redirect("desk:form", made.form_id)
    except Problem as problem:
        if problem.status == 403:
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:norm_edition", row.id)


# --- two editions --------------------------------------------------------------------------------------------------


@require_GET
@login_required
def compare(request: HttpRequest, edition_id: UUID, other_id: UUID) -> HttpResponse:
    """Two editions side by side: what was added, changed, dropped. The earlier one stands left."""
    scope = person_of(request).scope
    pair = [reads.edition_of(scope, each) for each in (other_id, edition_id)]
    pair.sort(key=lambda each: (each.in_force_from, each.made_at))
    old, new = pair
    found = rules.compare(list(old.items.order_by("order", "id")), list(new.items.order_by("order", "id")))
    only = request.GET.get("only") == "changes"
    counts = {kind: sum(line.kind == kind for line in found) for kind in CHANGES}
    context = {
        "old": old,
        "new": new,
        "norm": new.norm,
        "only": only,
        "counts": [(CHANGES[kind], count) for kind, count in counts.items()],
        "lines": [
            {
                "kind": CHANGES[line.kind],
                "old": item_line(line.old) if line.old else None,
                "new": item_line(line.new) if line.new else None,
                "fields": line.fields,
            }
            for line in found
            if not only or line.kind != "same"
        ],
    }
    return render(request, "desk/norms/compare.html", context)


urlpatterns = [
    path("<uuid:norm_id>/editions/new/", edition_new, name="norm_edition_new"),
    path("editions/<uuid:edition_id>/", edition, name="norm_edition"),
    path("editions/<uuid:edition_id>/edit/", edition_edit, name="norm_edition_edit"),
    path("editions/<uuid:edition_id>/items/", items, name="norm_items"),
    path("editions/<uuid:edition_id>/issue/", issue, name="norm_issue"),
    path("editions/<uuid:edition_id>/recall/", recall, name="norm_recall"),
    path("editions/<uuid:edition_id>/withdraw/", withdraw, name="norm_edition_withdraw"),
    path("editions/<uuid:edition_id>/reinstate/", reinstate, name="norm_reinstate"),
    path("editions/<uuid:edition_id>/drop/", drop, name="norm_edition_drop"),
    path("editions/<uuid:edition_id>/form/", make_form, name="norm_form"),
    path("editions/<uuid:edition_id>/compare/<uuid:other_id>/", compare, name="norm_compare"),
]
