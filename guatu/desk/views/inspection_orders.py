"""Orders at the desk: the list, late ones first; one order with what may be done about it. On paper: order_print.py."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.messages import WARNING
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from guatu.desk.case_states import english
from guatu.desk.current import campaign_or_none
from guatu.desk.forms.inspections import ComplyForm, ReasonForm, SignForm
from guatu.desk.inspection_states import file_lines, order_state, person_of, version_of, visit_state
from guatu.desk.story import story_lines
from guatu.desk.views.rounds import area_choices
from guatu.files.reads import attachments_of
from guatu.inspections import words
from guatu.inspections.acts import orders as acts
from guatu.inspections.acts.orders import Signer
from guatu.inspections.models import Order, Visit
from guatu.inspections.reads import orders as reads
from guatu.inspections.reads import visits as visit_reads
from guatu.inspections.rules.orders import OPEN
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import mask
from guatu.kit import lists
from guatu.kit.columns import Column, Listing
from guatu.kit.filters import AreaFilter, BooleanFilter, ChoiceFilter, DateFilter, SearchFilter
from guatu.kit.toasts import say
from guatu.places import reads as place_reads
from guatu.units.models import Person

ORDERS = Listing(
    name="inspection-orders",
    title=_lazy("整改通知书"),
    columns=[
        Column("number", _lazy("文号"), sort="number", kind="code", link=lambda row: reverse("desk:inspection_order", args=[row.id])),
        Column("kind", _lazy("类型"), value=lambda row: words.word(words.ORDER_KINDS, row.kind), sort="kind"),
        Column("place", _lazy("场所"), value="place.name", sort="place__name", wide=True,
               link=lambda row: reverse("desk:place", args=[row.place_id])),
        Column("area", _lazy("区域"), value=lambda row: place_reads.name_of(row.area), sort="area"),
        Column("lines", _lazy("问题"), kind="number", value=lambda row: len(row.lines)),
        Column("issued_at", _lazy("发出时间"), kind="datetime", sort="issued_at"),
        Column("due_at", _lazy("整改期限"), sort="due_at",
               write=lambda pen, row: pen.deadline(row.due_at, row.complied_at or row.ended_at), export=lambda row: row.due_at),
        Column("signed_as", _lazy("签收"), shown=False),
        Column("repeat", _lazy("再次责令"), kind="yes", shown=False),
        Column("urgency", _lazy("状态"), kind="state", sort="urgency", value=order_state, export=lambda row: str(order_state(row))),
    ],
    filters=[
        ChoiceFilter("status", _lazy("状态"), choices=list(words.ORDER_STATUS.items()), counts=True),
        ChoiceFilter("late", _lazy("逾期"), choices=[("1", _lazy("逾期未整改"))],
                     apply=lambda rows, _value: rows.filter(status="issued", due_at__lt=clock.now())),
        ChoiceFilter("kind", _lazy("类型"), choices=list(words.ORDER_KINDS.items())),
        BooleanFilter("repeat", _lazy("再次责令"), field="repeat"),
        AreaFilter("area", _lazy("区域"), choices=area_choices),
        DateFilter("issued", _lazy("发出日期"), field="issued_at"),
        SearchFilter("q", fields=("number", "place__name", "place__number")),
    ],
    sort="urgency",
    export_right=visit_reads.READ,
)  # fmt: skip


@require_GET
@login_required
def orders(request: HttpRequest) -> HttpResponseBase:
    """Every order of the campaign, late ones first."""
    scope = person_of(request).scope
    require(scope, visit_reads.READ)
    rows = reads.orders(scope).filter(campaign=campaign_or_none(request))
    return lists.respond(request, ORDERS, rows, "desk/inspections/orders.html")


def clock_lines(row: Order) -> list[dict[str, Any]]:
    """How the limit was counted, as the page tells it."""
    return [{**line, "start": _local(line["start"]), "end": _local(line["end"])} for line in row.due_lines]


def _local(text: str) -> Any:
    import datetime as dt

    return clock.local(dt.datetime.fromisoformat(text))


def signer_of(row: Order, *, clear: bool) -> str:
    """Who took it: in the clear for those who may act on it, else masked."""
    found = reads.signers([row]).get(row.id, {})
    name = found.get("name") or found.get("witness") or ""
    return name if clear else mask(name)


@require_GET
@login_required
def order(request: HttpRequest, inspection_order_id: UUID) -> HttpResponse:
    """One order: what it demands until when, how that was counted, who took it, what followed."""
    me = person_of(request)
    row = reads.order_of(me.scope, inspection_order_id)
    visit = row.visit
    may_do, may_edit = visit_reads.may_do(me.scope, visit), visit_reads.may_edit(me.scope, visit)
    backs = (
        Visit.objects.filter(after=visit)
        .exclude(status="removed")
        .select_related("place", "team", "round__unit")
        .order_by("due_at", "id")
    )
    issuer = (
        Person.objects.filter(pk=row.issued_by_id).select_related("unit").first()
        if row.issued_by_id
        else None
    )
    files = attachments_of(row)
    context = {
        "row": row, "state": order_state(row), "kind": words.ORDER_KINDS[row.kind], "issuer": issuer, "open": row.status in OPEN,
        "lines": [{**line, "due": _local(line["due_at"]) if line.get("due_at") else None} for line in row.lines],
        "clock_lines": clock_lines(row), "signer": signer_of(row, clear=may_do or may_edit) if row.signed_at else "",
        "signatures": file_lines(each for each in files if each.purpose == "signature"),
        "after": file_lines(each for each in files if each.purpose == "after"), "backs": [(back, visit_state(back)) for back in backs],
        "may_do": may_do, "may_edit": may_edit, "sign": SignForm(), "comply": ComplyForm(), "reason": ReasonForm(),
        "story": story_lines(row), "english": english(),
    }  # fmt: skip
    return render(request, "desk/inspections/order.html", context)


@require_POST
@login_required
def order_step(request: HttpRequest, inspection_order_id: UUID, order_step: str) -> HttpResponse:
    """sign, comply, uncomply, look_back, withdraw. What is refused is said on the order's page."""
    me = person_of(request)
    row = reads.order_of(me.scope, inspection_order_id)
    given = request.POST
    said: dict[str, Any] = {"by": me, "order": row, "version": version_of(request)}
    undo = ""
    try:
        if order_step == "sign":
            signer = Signer(
                given.get("name", ""),
                given.get("capacity", ""),
                bool(given.get("refused")),
                given.get("witness", ""),
            )
            acts.sign_order(signer=signer, files=request.FILES.getlist("signature"), **said)
            words_ = _("已记录签收。")
        elif order_step == "comply":
            acts.comply(note=given.get("note", ""), files=request.FILES.getlist("photos"), **said)
            words_ = _("已记录整改情况，并安排了回头看。")
            undo = reverse("desk:inspection_order_step", args=[row.id, "uncomply"])
        elif order_step == "uncomply":
            acts.undo_comply(**said)
            words_ = _("已撤销整改报告。")
        elif order_step == "look_back":
            acts.look_back_now(by=me, order=row)
            words_ = _("已安排回头看。")
        elif order_step == "withdraw":
            acts.withdraw_order(reason=given.get("reason", ""), **said)
            words_ = _("通知书已撤销。")
        else:
            raise Problem("access.not_found")
        say(request, words_, undo=undo)
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        say(request, problem.words(), level=WARNING)
    return redirect("desk:inspection_order", row.id)


urlpatterns = [
    path("", orders, name="inspection_orders"),
    path("<uuid:inspection_order_id>/", order, name="inspection_order"),
    path("<uuid:inspection_order_id>/step/<slug:order_step>/", order_step, name="inspection_order_step"),
]
