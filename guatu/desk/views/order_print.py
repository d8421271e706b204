"""Orders on paper: a page to print and a PDF, one or many, made of one `OrderPaper`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guatu.desk.case_states import english
from guatu.desk.inspection_states import person_of
from guatu.desk.order_pdf import OrderPaper, orders_pdf
from guatu.files.bytes import path_of
from guatu.files.models import Attachment
from guatu.inspections import words
from guatu.inspections.models import Order
from guatu.inspections.reads import orders as reads
from guatu.inspections.reads import visits as visit_reads
from guatu.inspections.rules.orders import REFUSED
from guatu.kernel import clock
from guatu.kit import formats
from guatu.units.models import Person

MOST = 200  # orders of one file


def _when(moment: Any) -> str:
    return formats.moment(clock.local(moment), get_language())


def _names(rows: Sequence[Order]) -> dict[str, str]:
    wanted = {key for row in rows for key in row.visit.kept.get("people", ())}
    return {str(person.id): person.name for person in Person.objects.filter(pk__in=wanted)}


def papers_of(request: HttpRequest, rows: Sequence[Order]) -> list[OrderPaper]:
    """The orders as they stand on paper. Who took them is told in the clear only to those who may act on them."""
    scope = person_of(request).scope
    people, signers = _names(rows), reads.signers(rows)
    pictures: dict[str, Attachment] = {
        each.subject_id: each
        for each in Attachment.objects.filter(subject_type="order", purpose="signature", withdrawn=False,
                                              subject_id__in=[str(row.id) for row in rows]).order_by("made_at")
    }  # fmt: skip
    return [
        _paper(
            request,
            row,
            people,
            signers.get(row.id, {}),
            pictures.get(str(row.id)),
            visit_reads.may_do(scope, row.visit),
        )
        for row in rows
    ]


def _paper(
    request: HttpRequest, row: Order, people: dict[str, str], signer: dict[str, str], picture: Attachment | None, clear: bool
) -> OrderPaper:  # fmt: skip
    unit = row.visit.round.unit if row.visit.round is not None and row.visit.round.unit is not None else None
    me = person_of(request)
    office = str(unit.name if unit is not None else row.campaign.name)
    who = "、".join(people[key] for key in row.visit.kept.get("people", ()) if key in people)
    name = (signer.get("name") or signer.get("witness") or "") if clear else ""
    label = _("见证人（拒签）：") if row.signed_as == REFUSED else _("签收人：")
    capacity = f"（{row.signed_as}）" if row.signed_as and row.signed_as != REFUSED else ""
    shut = row.kind == "shut"
    demand = [
        _("现责令你单位自即日起关停，并于 %(due)s 前整改完毕。经回头看检查合格后，方可恢复营业。") % {"due": _when(row.due_at)}
        if shut else _("现责令你单位于 %(due)s 前整改完毕，并报告整改情况。") % {"due": _when(row.due_at)},
        _("逾期未整改或整改不到位的，将依法从严处理。"),
    ]  # fmt: skip
    if row.repeat:
        demand.insert(0, _("上述问题此前已责令整改，回头看时仍未改正。"))
    stored = path_of(picture.stored) if picture is not None and picture.stored else None
    return OrderPaper(
        office=office, title=str(words.ORDER_KINDS[row.kind]), number=row.number, to=_("%(place)s：") % {"place": row.place.name},
        opening=_("经 %(when)s 现场检查，你单位存在下列问题：") % {"when": _when(row.issued_at)},
        heads=(_("序"), _("存在的问题"), _("整改要求"), _("期限")),
        lines=[
            (str(number), " ".join(part for part in (line["text"], line.get("note", "")) if part), line["remedy"],
             line.get("limit") or _("按总期限")) for number, line in enumerate(row.lines, start=1)
        ],
        demand=demand,
        signatures=[(_("检查人员："), who), (label, f"{name}{capacity}" if row.signed_at else ""), (_("日期："), _when(row.signed_at) if row.signed_at else "")],
        foot=_("%(number)s · %(who)s 于 %(when)s 生成") % {"number": row.number, "who": me.name, "when": _when(clock.now())},
        chinese=not english(), signature=stored.read_bytes() if stored is not None and clear and stored.exists() else b"",
    )  # fmt: skip


def _pdf(papers: Sequence[OrderPaper], name: str) -> HttpResponse:
    answer = HttpResponse(orders_pdf(papers), content_type="application/pdf")
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
@login_required
def order_print(request: HttpRequest, inspection_order_id: UUID) -> HttpResponse:
    """A page laid out for paper."""
    row = reads.order_of(person_of(request).scope, inspection_order_id)
    return render(
        request, "desk/inspections/order_print.html", {"row": row, "papers": papers_of(request, [row])}
    )


@require_GET
@login_required
def order_pdf(request: HttpRequest, inspection_order_id: UUID) -> HttpResponse:
    """The order as a PDF."""
    row = reads.order_of(person_of(request).scope, inspection_order_id)
    return _pdf(papers_of(request, [row]), row.number)


@require_POST
@login_required
def orders_print(request: HttpRequest) -> HttpResponse:
    """The ticked orders as one PDF."""
    wanted = []
    for text in request.POST.getlist("row")[:MOST]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    rows = list(reads.orders(person_of(request).scope).filter(pk__in=wanted).order_by("number"))
    if not rows:
        return redirect("desk:inspection_orders")
    return _pdf(
        papers_of(request, rows), rows[0].number if len(rows) == 1 else f"{rows[0].number}-{len(rows)}"
    )


urlpatterns = [
    path("print/", orders_print, name="inspection_orders_print"),
    path("<uuid:inspection_order_id>/print/", order_print, name="inspection_order_print"),
    path("<uuid:inspection_order_id>/pdf/", order_pdf, name="inspection_order_pdf"),
]
