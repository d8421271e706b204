"""Briefs: the list, one issue with every figure a link, drafting, freezing, issuing, correcting, the Word document."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.briefs import acts, reads
from guatu.briefs.models import Brief
from guatu.briefs.rules import KINDS
from guatu.desk.current import current_campaign
from guatu.desk.forms.briefs import Correction, EditBrief, NewBrief
from guatu.desk.story import story_lines
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.kit import lists, toasts
from guatu.kit.lists import ChoiceFilter, Column, DateFilter, Listing, SearchFilter
from guatu.kit.shortcuts import UNPROCESSABLE, form_page
from guatu.kit.states import State

STATES = {
    "draft": State("going", _("草稿")),
    "frozen": State("held", _("已定稿")),
    "issued": State("done", _("已签发")),
    "discarded": State("void", _("已弃用")),
}
KIND_WORDS = {"bulletin": _("简报"), "report": _("专报")}
assert set(KIND_WORDS) == set(KINDS)


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.user.scope  # type: ignore[union-attr]
    return found


def _page_of(brief: Brief) -> str:
    return reverse("desk:brief", args=[brief.id])


BRIEFS = Listing(
    name="briefs",
    title=_("简报"),
    columns=[
        Column("number", _("期号"), sort="number", kind="number", link=_page_of),
        Column("kind", _("种类"), value=lambda brief: KIND_WORDS[brief.kind]),
        Column("title", _("标题"), sort="title", wide=True, link=_page_of),
        Column("as_of", _("数字截至"), sort="as_of", kind="datetime"),
        Column("status", _("状态"), sort="status", kind="state", value=lambda brief: STATES[brief.status]),
        Column("made_by", _("起草"), kind="person"),
        Column("issued_at", _("签发时间"), kind="datetime", shown=False),
    ],
    filters=[
        ChoiceFilter(
            "status", _("状态"), choices=[(key, state.word) for key, state in STATES.items()], counts=True
        ),
        ChoiceFilter("kind", _("种类"), choices=list(KIND_WORDS.items())),
        DateFilter("as_of", _("数字截至"), field="as_of"),
        SearchFilter("q", fields=("title",)),
    ],
    sort="-as_of",
)


@require_GET
@login_required
def briefs(request: HttpRequest) -> HttpResponseBase:
    """All issues of the campaign."""
    scope = _scope(request)
    require(scope, reads.RIGHT)
    campaign = current_campaign(request)
    may_make = scope.allows("brief.make", area=campaign.area)
    context = {
        "may_make": may_make,
        "templates": reads.templates(scope, campaign).exists() if may_make else False,
    }
    return lists.respond(request, BRIEFS, reads.briefs(scope, campaign), "desk/briefs/list.html", context)


@require_GET
@login_required
def brief(request: HttpRequest, brief_id: UUID) -> HttpResponse:
    """One issue as it reads, every figure a link to its records."""
    return _brief_page(request, _found(request, brief_id), Correction())


def _found(request: HttpRequest, brief_id: UUID) -> Brief:
    return reads.brief(_scope(request), str(brief_id))


def _brief_page(request: HttpRequest, row: Brief, correction: Correction, status: int = 200) -> HttpResponse:
    scope = _scope(request)
    reading = reads.reading(row)
    english = not (get_language() or "zh").startswith("zh")
    lines = list(reading.lines.values())
    context = {
        "brief": row,
        "blocks": [_block(block, reading.lines) for block in reading.blocks],
        "lines": [
            (line, line.title_en if english else line.title, line.unit_en if english else line.unit)
            for line in lines
        ],
        "changed": [line for line in lines if line.changed],
        "state": STATES[row.status],
        "kind": KIND_WORDS[row.kind],
        "may_make": scope.allows("brief.make", area=row.area),
        "may_approve": scope.allows("brief.approve", area=row.area),
        "correction": correction,
        "corrected_by": row.corrections.exclude(status="discarded").order_by("number").first(),
        "story": story_lines(row),
    }
    return render(request, "desk/briefs/record.html", context, status=status)


def _block(block: dict[str, Any], lines: dict[str, reads.Line]) -> dict[str, Any]:
    """A block with its figures put in; tables of the document are left out, the page has its own."""
    if block["style"] == "table":
        return {"style": "table"}
    pieces: list[dict[str, Any]] = []
    for run in block["runs"]:
        line = lines.get(run["figure"]) if "figure" in run else None
        pieces.append(
            {"text": line.text if line else run.get("text", "—"), "href": _href(line), "line": line}
        )
    if len(pieces) == 1 and "\t" in pieces[0]["text"]:  # left and right of a tab stop
        return {"style": block["style"], "halves": pieces[0]["text"].split("\t", 1)}
    return {"style": block["style"], "pieces": pieces}


def _href(line: reads.Line | None) -> str:
    if line is None:
        return ""
    return reverse("desk:trace", args=[line.code]) if line.code else reverse("desk:figure", args=[line.key])


@require_http_methods(["GET", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Draft an issue from one of the campaign's templates."""
    campaign = current_campaign(request)
    scope = _scope(request)
    require(scope, "brief.make", area=campaign.area)
    templates = list(reads.templates(scope, campaign).order_by("name"))
    form = NewBrief(request.POST or None, templates=templates)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = acts.draft_brief(
                by=request.user, template=form.chosen, title=said["title"], number=said["number"],  # type: ignore[arg-type]
                as_of=said["as_of"],
            )  # fmt: skip
        except Problem as problem:
            form.add_problem(problem)
        else:
            toasts.say(request, _("已起草第 %(number)s 期，数字仍随记录变化。") % {"number": made.number})
            return redirect("desk:brief", made.id)
    return form_page(
        request, "desk/briefs/form.html", form, title=_("起草简报"), submit_label=_("起草"), templates=templates,
        cancel_url=reverse("desk:briefs"), draft_id=f"brief-new-{campaign.code}",
        lead=_("先起草，看数字对不对；定稿时每个数字取值并得到编号，此后不再变化。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: HttpRequest, brief_id: UUID) -> HttpResponse:
    """Change a draft's title, number or moment."""
    row = _found(request, brief_id)
    require(_scope(request), "brief.make", area=row.area)
    form = EditBrief(request.POST or None, brief=row)
    if request.method == "POST" and form.is_valid():
        try:
            acts.edit_brief(by=request.user, brief=row, version=_version(request), **form.cleaned_data)  # type: ignore[arg-type]
        except Problem as problem:
            form.add_problem(problem)
        else:
            toasts.say(request, _("已保存。"))
            return redirect("desk:brief", row.id)
    return form_page(
        request, "desk/briefs/form.html", form, title=_("修改草稿"), row=row, cancel_url=_page_of(row),
        draft_id=f"brief-{row.id}",
    )  # fmt: skip


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else None


def _step(act: Callable[..., Brief], sentence: Any, undo: str = "") -> Callable[..., HttpResponseRedirect]:
    """A view that takes one step of the lifecycle and goes back to the issue."""

    @require_POST
    @login_required
    def view(request: HttpRequest, brief_id: UUID) -> HttpResponseRedirect:
        row = _found(request, brief_id)
        act(by=request.user, brief=row, version=_version(request))
        back = reverse(undo, args=[row.id]) if undo else ""
        toasts.say(request, sentence % {"number": row.number}, undo=back)
        return redirect("desk:brief", row.id)

    return view


@require_POST
@login_required
def correct(request: HttpRequest, brief_id: UUID) -> HttpResponse:
    """Draft the issue that corrects this one."""
    row = _found(request, brief_id)
    form = Correction(request.POST)
    if form.is_valid():
        try:
            made = acts.correct_brief(by=request.user, brief=row, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except Problem as problem:
            form.add_problem(problem)
        else:
            toasts.say(request, _("已起草更正期，第 %(number)s 期。") % {"number": made.number})
            return redirect("desk:brief", made.id)
    return _brief_page(request, row, form, UNPROCESSABLE)


@require_GET
@login_required
def document(request: HttpRequest, brief_id: UUID) -> HttpResponse:
    """The Word document, byte for byte as it was frozen."""
    row = _found(request, brief_id)
    kept = reads.document(row)
    answer = HttpResponse(
        bytes(kept.content),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )
    name = f"{KIND_WORDS[row.kind]}第{row.number}期-{row.title}.docx"
    answer.headers["Content-Disposition"] = _attachment(name, row.as_of)
    answer.headers["ETag"] = f'"{kept.sha256}"'
    return answer


def _attachment(name: str, moment: dt.datetime) -> str:
    from urllib.parse import quote

    return f"attachment; filename=\"brief-{moment:%Y%m%d}.docx\"; filename*=UTF-8''{quote(name)}"


urlpatterns = [
    path("", briefs, name="briefs"),
    path("new/", new, name="brief_new"),
    path("<uuid:brief_id>/", brief, name="brief"),
    path("<uuid:brief_id>/edit/", edit, name="brief_edit"),
    path("<uuid:brief_id>/document/", document, name="brief_document"),
    path(
        "<uuid:brief_id>/freeze/",
        _step(acts.freeze_brief, _("第 %(number)s 期已定稿，每个数字都有了编号。")),
        name="brief_freeze",
    ),
    path(
        "<uuid:brief_id>/issue/", _step(acts.issue_brief, _("第 %(number)s 期已签发。")), name="brief_issue"
    ),
    path(
        "<uuid:brief_id>/discard/",
        _step(acts.discard_brief, _("第 %(number)s 期草稿已弃用。"), undo="desk:brief_restore"),
        name="brief_discard",
    ),
    path(
        "<uuid:brief_id>/restore/",
        _step(acts.restore_brief, _("第 %(number)s 期草稿已恢复。")),
        name="brief_restore",
    ),
    path("<uuid:brief_id>/correct/", correct, name="brief_correct"),
]
