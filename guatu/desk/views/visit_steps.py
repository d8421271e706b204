"""What is done with a visit at the desk: begin, write down what was found, nobody there, skip, go again, take back, make a case."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.cases import acts as case_acts
from guatu.desk.current import current_campaign
from guatu.desk.forms.inspections import SignForm
from guatu.desk.inspection_states import person_of, version_of
from guatu.desk.views.visits import item_lines
from guatu.inspections import words
from guatu.inspections.acts import rounds as round_acts
from guatu.inspections.acts import visits as acts
from guatu.inspections.acts.visits import FileIn, FindingDraft, Signer
from guatu.inspections.models import Visit
from guatu.inspections.reads import visits as reads
from guatu.inspections.rules.visits import VERDICTS, allowed
from guatu.kernel import clock
from guatu.kernel.acts import deed
from guatu.kernel.problems import Problem
from guatu.kit.toasts import say
from guatu.places import reads as place_reads


def _back(row: Visit) -> HttpResponse:
    return redirect("desk:visit", row.id)


@require_POST
@login_required
def visit_step(request: HttpRequest, visit_id: UUID, visit_step: str) -> HttpResponse:
    """The steps that need a sentence at most. What is refused is said on the visit's page."""
    me = person_of(request)
    row = reads.visit_of(me.scope, visit_id)
    said: dict[str, Any] = {"by": me, "visit": row, "version": version_of(request)}
    note = request.POST.get("reason", "")
    try:
        if visit_step == "start":
            acts.start_visit(**said)
            return redirect("desk:visit_finish", row.id)
        if visit_step in _NOTED:
            act, sentence = _NOTED[visit_step]
            act(note=note, **said)
        elif visit_step in _PLAIN:
            act, sentence = _PLAIN[visit_step]
            act(**said)
        else:
            raise Problem("access.not_found")
        undo = reverse("desk:visit_step", args=[row.id, _UNDO[visit_step]]) if visit_step in _UNDO else ""
        say(request, str(sentence()), undo=undo)
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        say(request, problem.words(), level=WARNING)
    if visit_step == "remove" and row.round is not None:
        return redirect("desk:round_places", row.round.id)
    return _back(row)


_NOTED: dict[str, tuple[Any, Any]] = {
    "not_open": (acts.mark_not_open, lambda: _("已记为未开门。")),
    "gone": (acts.mark_gone, lambda: _("已记为已不在。")),
    "skip": (acts.skip_visit, lambda: _("已记为不去了。")),
    "take_back": (acts.take_back, lambda: _("结果已撤回，可以重新填写。")),
}
_PLAIN: dict[str, tuple[Any, Any]] = {
    "plan_again": (acts.plan_again, lambda: _("已重新安排。")),
    "remove": (round_acts.remove_visit, lambda: _("已移出这一轮检查。")),
    "restore": (round_acts.restore_visit, lambda: _("已放回这一轮检查。")),
}
_UNDO = {"skip": "plan_again", "not_open": "plan_again", "gone": "plan_again", "remove": "restore"}


# --- the record ------------------------------------------------------------------------------------------------------


def _given(request: HttpRequest, row: Visit, items: list[dict[str, Any]]) -> None:
    """What was typed goes back onto the lines, so that nothing is lost when something is missing."""
    everything = request.GET.get("all", "") if request.method == "GET" else ""
    for line in items:
        key = str(line["item"].id)
        line["given"] = request.POST.get(
            f"v-{key}", line["verdict"] or (everything if everything in VERDICTS else "")
        )
        line["said"] = request.POST.get(f"n-{key}", line["note"])


def _moment(text: str) -> dt.datetime | None:
    """A time as the browser's picker writes it; empty: now."""
    if not text:
        return None
    try:
        return clock.local(dt.datetime.fromisoformat(text))
    except ValueError:
        raise Problem("kernel.out_of_range") from None


def _finish(request: HttpRequest, row: Visit, asked: list[str]) -> Visit:
    given = request.POST
    findings = [
        FindingDraft(key, given[f"v-{key}"], given.get(f"n-{key}", "")[:300])
        for key in asked
        if given.get(f"v-{key}")
    ]
    files = [FileIn(upload, key) for key in asked for upload in request.FILES.getlist(f"p-{key}")]
    files += [FileIn(upload) for upload in request.FILES.getlist("photos")]
    if signature := request.FILES.get("signature"):
        files.append(FileIn(signature, signature=True))
    signer = None
    if given.get("name", "").strip() or given.get("refused") or given.get("capacity", "").strip():
        signer = Signer(
            given.get("name", ""),
            given.get("capacity", ""),
            bool(given.get("refused")),
            given.get("witness", ""),
        )
    return acts.finish_visit(
        by=person_of(request), visit=row, findings=findings, outcome=given.get("outcome", ""), note=given.get("note", ""),
        signer=signer, files=files, at=_moment(given.get("at", "")),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def visit_finish(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Write down what was found: one verdict for every item, photos, the outcome that follows, who took the order."""
    me = person_of(request)
    row = reads.visit_of(me.scope, visit_id)
    if not reads.may_do(me.scope, row):
        raise Problem("access.denied", right=reads.DO)
    if not allowed("finish", row.status, row.outcome):
        return _back(row)
    asked = row.asked or acts.freeze_checklist(row, clock.today())
    record = reads.record_of(row, asked)
    items = item_lines(record)
    _given(request, row, items)
    problem = None
    sign = SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            done = _finish(request, row, asked)
            outcome = words.word(words.OUTCOMES, done.outcome)
            say(
                request, _("已记录“%(place)s”：%(outcome)s。") % {"place": row.place.name, "outcome": outcome}
            )
            return _back(row)
        except Problem as caught:
            if caught.status == 403:
                raise
            problem = caught
    context = {
        "row": row, "items": items, "verdicts": list(words.VERDICTS.items()), "problem": problem, "sign": sign, "given": request.POST,
        "outcomes": [(code, words.OUTCOMES[code]) for code in ("pass", "rectify", "shut")],
    }  # fmt: skip
    return render(
        request, "desk/inspections/finish.html", context, status=422 if problem is not None else 200
    )


@require_POST
@login_required
def visit_spot(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """A visit now, to a place that stands in no round."""
    me = person_of(request)
    place = place_reads.place(me.scope, place_id)
    row = acts.open_spot_visit(by=me, campaign=current_campaign(request), place=place)
    return redirect("desk:visit_finish", row.id)


@require_POST
@login_required
def visit_case(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Make a case of what was found (`item`: of one item), linked both ways, in one deed."""
    me = person_of(request)
    row = reads.visit_of(me.scope, visit_id)
    record = reads.record_of(row)
    item = request.POST.get("item", "")
    lines = [line for line in record.unmet if not item or str(line.item.id) == item]
    text = "\n".join(
        f"{line.item.number} {line.item.text} {line.finding.note if line.finding else ''}".strip()
        for line in lines
    )
    title = lines[0].item.text if lines else row.note or _("检查发现的问题")
    with deed(by=me) as d:
        draft = case_acts.Draft(
            title=f"{row.place.name}：{title}"[:120],
            source="inspection",
            description=text or row.note,
            place=row.place,
        )
        case = case_acts.report_case(by=me, campaign=row.campaign, draft=draft)
        acts.note_case(d, row, case.id, case.number, item)
    say(request, _("已转为案件 %(number)s。") % {"number": case.number})
    return redirect("desk:case", case.id)


@require_GET
@login_required
def visit_print(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The record laid out for paper."""
    row = reads.visit_of(person_of(request).scope, visit_id)
    record = reads.record_of(row)
    context = {"row": row, "items": item_lines(record), "record": record, "now": clock.now()}
    return render(request, "desk/inspections/visit_print.html", context)


urlpatterns = [
    path("<uuid:visit_id>/finish/", visit_finish, name="visit_finish"),
    path("<uuid:visit_id>/case/", visit_case, name="visit_case"),
    path("<uuid:visit_id>/print/", visit_print, name="visit_print"),
    path("<uuid:visit_id>/step/<slug:visit_step>/", visit_step, name="visit_step"),
    path("at/<uuid:place_id>/", visit_spot, name="visit_spot"),
]
