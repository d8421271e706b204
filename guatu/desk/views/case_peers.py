"""Other platforms at the desk: the list, one platform, its messages, what failed, what differs, files without a line."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guatu.cases import acts as case_acts
from guatu.cases import reads as case_reads
from guatu.cases.acts import peers as acts
from guatu.cases.acts.joint import speaks_for
from guatu.cases.acts.peers_file import export_messages, file_of, import_messages
from guatu.cases.acts.peers_in import fetch_kept, take_in_again
from guatu.cases.acts.peers_line import Line, has_token
from guatu.cases.acts.peers_pull import line_fetch, pull, try_line
from guatu.cases.acts.peers_send import give_up, send_again, send_due
from guatu.cases.models import STATUS_WORDS, Case, Message, Peer
from guatu.cases.models.exchange_words import (
    KIND_WORDS,
    PART_WORDS,
    SIGNAL_WORDS,
    WAY_WORDS,
)
from guatu.cases.reads import peers as reads
from guatu.cases.rules.exchange import MEANING, STATES
from guatu.cases.rules.joint import WORKED
from guatu.desk.case_panels import Panel
from guatu.desk.current import current_campaign
from guatu.desk.exchange_lines import cause_of, line_of, sides_of
from guatu.desk.forms.case_peers import FileForm, PeerForm, PeerOfferForm, SettleForm, TokenForm, as_toml
from guatu.desk.views.case import person_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.shortcuts import form_page, next_url
from guatu.kit.states import State
from guatu.kit.toasts import say

_SHOWN = 50


def overview(request: HttpRequest) -> dict[str, Any]:
    """The platforms with their counts and what needs somebody, for the exchange page."""
    campaign, scope = current_campaign(request), person_of(request).scope
    troubled = reads.messages(scope, campaign).filter(reads.TROUBLE)
    return {
        "peers": [_peer_line(each) for each in reads.peers(scope, campaign)],
        "troubled": [line_of(row) for row in troubled[:_SHOWN]],
        "may_set": scope.allows(acts.RIGHT, area=campaign.area),
    }


def _peer_line(line: reads.PeerLine) -> dict[str, Any]:
    row = line.peer
    if not row.active:
        state = State("void", _("已停用"))
    elif row.cause:
        state = State("late", _("联不上"))
    elif line.failed or line.refused or line.conflicts:
        state = State("soon", _("有待处理"))
    else:
        state = State("done", _("正常"))
    return {"row": row, "line": line, "state": state, "kind": KIND_WORDS[row.kind], "way": WAY_WORDS[row.way]}


@require_GET
@login_required
def peers(request: HttpRequest) -> HttpResponse:
    """The platforms we exchange cases with."""
    return render(request, "desk/cases/exchange/peers.html", overview(request))


def _edit(request: HttpRequest, row: Peer | None) -> HttpResponse:
    person, campaign = person_of(request), current_campaign(request)
    require(person.scope, acts.RIGHT, area=campaign.area)
    initial = {}
    if row is not None:
        names = ("name", "kind", "source", "way", "base_url", "person", "unit", "active")
        initial = {name: getattr(row, name) for name in names} | {"mapping": as_toml(row.mapping)}
    form = PeerForm(request.POST or None, peer=row, initial=initial)
    if form.is_bound and form.is_valid():
        said = dict(form.cleaned_data)
        code = row.code if row is not None else said.pop("code")
        version = request.POST.get("version", "")
        try:
            saved = acts.save_peer(
                by=person,
                campaign=campaign,
                code=code,
                peer=row,
                version=int(version) if version.isdigit() else None,
                **said,
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已保存对接平台。"))
            return redirect("desk:peer", saved.pk)
    title = row.name if row is not None else _("新增对接平台")
    cancel = reverse("desk:peer", args=[row.pk]) if row is not None else reverse("desk:peers")
    return form_page(request, "desk/cases/exchange/form.html", form, title=title, row=row, cancel_url=cancel)


@require_http_methods(["GET", "POST"])
@login_required
def peer_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@login_required
def peer_edit(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    return _edit(request, reads.peer(person_of(request).scope, peer_id))


def _mapping_tables(row: Peer) -> list[dict[str, Any]]:
    """The mapping to be read: our word, theirs; what is not said holds as usual."""
    said = {"states": STATES, "signals": MEANING} | {
        part: table for part, table in row.mapping.items() if table
    }
    shown = {
        "states": lambda ours, theirs: (STATUS_WORDS.get(ours, ours), theirs),
        "signals": lambda theirs, signal: (theirs, SIGNAL_WORDS.get(signal, signal)),
    }
    return [
        {
            "part": PART_WORDS.get(part, part), "own": bool(row.mapping.get(part)),
            "rows": [shown.get(part, lambda one, other: (one, other))(key, value) for key, value in table.items()],
        }
        for part, table in said.items()
    ]  # fmt: skip


@require_GET
@login_required
def peer(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    """One platform: how the line is, its mapping, its last messages."""
    person = person_of(request)
    row = reads.peer(person.scope, peer_id)
    rows = list(reads.messages(person.scope, row.campaign).filter(peer=row)[:_SHOWN])
    files = sorted(
        {str(each.answer["file"]) for each in rows if each.direction == "out" and each.answer.get("file")},
        reverse=True,
    )
    counts = next(each for each in reads.peers(person.scope, row.campaign) if each.peer.pk == row.pk)
    context = {
        "row": row, "line": _peer_line(counts), "counts": counts, "rows": [line_of(each) for each in rows], "files": files,
        "tables": _mapping_tables(row), "keyed": has_token(row), "token": TokenForm(), "file": FileForm(),
        "may_set": person.scope.allows(acts.RIGHT, area=row.campaign.area),
        "may_pull": person.scope.allows("case.import", area=row.campaign.area),
        "linked": row.way == "http" and bool(row.base_url) and row.active,
    }  # fmt: skip
    return render(request, "desk/cases/exchange/peer.html", context)


@require_POST
@login_required
def peer_step(request: HttpRequest, peer_id: UUID, step: str) -> HttpResponse:
    """token, try, pull, export, import: what can be done with a platform. A failing line is told on the page."""
    person = person_of(request)
    row = reads.peer(person.scope, peer_id)
    does = {"token": _token, "try": _try, "pull": _pull, "export": _export, "import": _import}
    if step not in does:
        raise Problem("access.not_found")
    try:
        say(request, does[step](request, person, row))
    except Problem as refusal:
        if refusal.code.startswith("access."):
            raise
        say(request, refusal.words(), level=30)
    return redirect("desk:peer", row.pk)


def _token(request: HttpRequest, person: Any, row: Peer) -> str:
    form = TokenForm(request.POST)
    token = form.cleaned_data["token"] if form.is_valid() else ""
    acts.set_token(by=person, peer=row, token=token)
    return _("令牌已保存。") if token else _("令牌已删去。")


def _try(request: HttpRequest, person: Any, row: Peer) -> str:
    said = try_line(by=person, peer=row)
    names = {"platform": str(said.get("platform", ""))[:80], "peer": str(said.get("peer", ""))[:80]}
    return _("接通了：%(platform)s，认得我们是“%(peer)s”。") % names


def _pull(request: HttpRequest, person: Any, row: Peer) -> str:
    counts = pull(by=person, peer=row)
    said = {name: counts.get(name, 0) for name in ("applied", "conflict", "refused")}
    return _("取回完毕：办妥 %(applied)s 条，不一致 %(conflict)s 条，未收 %(refused)s 条。") % said


def _export(request: HttpRequest, person: Any, row: Peer) -> str:
    return _("已生成交换文件 %(name)s，请在下面下载。") % {"name": export_messages(by=person, peer=row)}


def _import(request: HttpRequest, person: Any, row: Peer) -> str:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Problem("peer.bad_file", name="zip", why="—")
    counts = import_messages(by=person, peer=row, upload=form.cleaned_data["file"])
    return _("文件收下：办妥 %(applied)s 条，不一致 %(conflict)s 条，未收 %(refused)s 条。") % counts


@require_GET
@login_required
def peer_file(request: HttpRequest, peer_id: UUID, name: str) -> HttpResponse:
    """One exchange file again."""
    row = reads.peer(person_of(request).scope, peer_id)
    answer = HttpResponse(file_of(row, name), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer


# --- messages --------------------------------------------------------------------------------------------------------


@require_GET
@login_required
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message as it was sent or came; a conflict with both sides beside each other."""
    person = person_of(request)
    row = reads.message(person.scope, message_id)
    return render(request, "desk/cases/exchange/message.html", _message_context(person, row, SettleForm()))


def _message_context(person: Any, row: Message, form: SettleForm) -> dict[str, Any]:
    may = row.case is not None and person.scope.allows(
        "case.dispatch", area=row.case.area, units=(row.case.unit_path,)
    )
    return {
        "row": row, "line": line_of(row), "form": form, "may_settle": row.status == "conflict" and may,
        "sides": sides_of(row) if "ours" in row.answer else [], "choice": row.answer.get("choice", ""),
        "pairs": [(name, value) for name, value in row.content.items() if value not in ("", None, [], {})],
    }  # fmt: skip


@require_POST
@login_required
def message_step(request: HttpRequest, message_id: UUID, step: str) -> HttpResponse:
    """again, give_up, retake; theirs, ours, hand for a conflict."""
    person = person_of(request)
    row = reads.message(person.scope, message_id)
    if step == "again":
        send_again(by=person, message=row)
        row = _sent_now(person, row)
        say(
            request,
            _("已送达。") if row.status == "sent" else cause_of(row),
            level=25 if row.status == "sent" else 30,
        )
    elif step == "give_up":
        give_up(by=person, message=row)
        say(request, _("不再发送。"))
    elif step == "retake":
        found = take_in_again(by=person, message=row, fetch=_fetch(row))
        say(
            request,
            _("已收下。") if found.status != "refused" else cause_of(found),
            level=25 if found.status != "refused" else 30,
        )
    elif step in acts.HOW:
        return _settle(request, person, row, step)
    else:
        raise Problem("access.not_found")
    return redirect(next_url(request, reverse("desk:case_message", args=[row.pk])))


def _sent_now(person: Any, row: Message) -> Message:
    if row.peer.way == "http" and row.peer.base_url:
        send_due(most=20)
    return reads.message(person.scope, row.pk)


def _fetch(row: Message) -> Any:
    peer = row.peer
    return line_fetch(Line(peer)) if peer.way == "http" and peer.base_url else fetch_kept(peer, row.content)


def _settle(request: HttpRequest, person: Any, row: Message, choice: str) -> HttpResponse:
    form = SettleForm(request.POST)
    version = request.POST.get("version", "")
    if form.is_valid():
        try:
            acts.settle(
                by=person, message=row, choice=choice, note=form.cleaned_data["note"],
                version=int(version) if version.isdigit() else None,
            )  # fmt: skip
        except Problem as refusal:
            if refusal.code.startswith("access."):
                raise
            form.add_problem(refusal)
        else:
            say(request, _("已处理，对方会收到本级的情况。"))
            return redirect("desk:case_message", row.pk)
    return render(
        request, "desk/cases/exchange/message.html", _message_context(person, row, form), status=422
    )


# --- on the page of a case -------------------------------------------------------------------------------------------


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """What was exchanged about the case; handing it to another district; pressing whoever has it."""
    person, rows = person_of(request), reads.of_case(case)
    form = None
    if (
        case.status in WORKED
        and case.unit is not None
        and speaks_for(person, case.unit, "case.accept", area=case.area)
    ):
        districts = reads.districts(case)
        form = PeerOfferForm(prefix="peer", peers=districts) if districts.exists() else None
    if not rows and form is None:
        return None
    passed = any(row.direction == "out" and row.kind in ("case", "offer") for row in rows)
    context = {
        "case": case, "rows": [line_of(row) for row in rows], "form": form,
        "offered": next((row for row in rows if row.direction == "in" and row.kind == "offer"), None),
        "may_open": person.scope.allows(reads.RIGHT, area=case.area), "open": case.status == "reported",
        "hurries": passed and person.scope.allows("case.press", area=case.area, units=(case.unit_path,)),
    }  # fmt: skip
    waiting = context["offered"] is not None and case.status == "reported"
    return Panel("exchange", "desk/cases/panels/exchange.html", context, order=2 if waiting else 45)


@require_http_methods(["GET", "POST"])
@login_required
def offer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Offer the case to another district's platform."""
    person = person_of(request)
    case = case_reads.case(person.scope, case_id)
    form = PeerOfferForm(
        request.POST if request.method == "POST" else None, prefix="peer", peers=reads.districts(case)
    )
    version = request.POST.get("version", "")
    if form.is_bound and form.is_valid():
        try:
            case_acts.offer_case(
                by=person, case=case, version=int(version) if version.isdigit() else None, **form.cleaned_data
            )
        except Problem as refusal:
            form.add_problem(refusal)
        else:
            say(request, _("已提出移交，等对方答复。"))
            return redirect(reverse("desk:case", args=[case.id]) + "#exchange")
    return form_page(
        request, "desk/cases/joint/form.html", form, title=_("移交给其他区"), case=case, row=case,
        submit_label=_("移交给其他区"), cancel_url=reverse("desk:case", args=[case.id]),
    )  # fmt: skip


@require_POST
@login_required
def hurry(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """催办 whoever has the case on another platform."""
    person = person_of(request)
    case = case_reads.case(person.scope, case_id)
    acts.press_case(by=person, case=case, note=request.POST.get("note", "")[:500])
    say(request, _("已催办。"))
    return redirect(reverse("desk:case", args=[case.id]) + "#exchange")


urlpatterns = [
    path("peers/", peers, name="peers"),
    path("peers/new/", peer_new, name="peer_new"),
    path("peers/<uuid:peer_id>/", peer, name="peer"),
    path("peers/<uuid:peer_id>/edit/", peer_edit, name="peer_edit"),
    path("peers/<uuid:peer_id>/files/<slug:name>/", peer_file, name="peer_file"),
    path("peers/<uuid:peer_id>/<slug:step>/", peer_step, name="peer_step"),
    path("messages/<uuid:message_id>/", message, name="case_message"),
    path("messages/<uuid:message_id>/<slug:step>/", message_step, name="case_message_step"),
    path("cases/<uuid:case_id>/offer/", offer, name="case_peer_offer"),
    path("cases/<uuid:case_id>/hurry/", hurry, name="case_peer_hurry"),
]
