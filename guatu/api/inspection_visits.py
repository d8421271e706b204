"""Visits and orders of inspections, for machines."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status

from guatu.api.frame import PageOut, campaign_of, page_of, person_of, scope_of
from guatu.inspections.acts import orders as order_acts
from guatu.inspections.acts import rounds as round_acts
from guatu.inspections.acts import visits as acts
from guatu.inspections.acts.visits import FindingDraft, Signer
from guatu.inspections.models import Order, Visit
from guatu.inspections.reads import orders as order_reads
from guatu.inspections.reads import visits as reads
from guatu.kernel import clock
from guatu.kernel.access import require, within
from guatu.kernel.problems import Problem
from guatu.places import reads as place_reads
from guatu.units.reads import find_person

router = Router(tags=["inspections"])


class FindingIO(Schema):
    """What was found for one item. verdict: met not_met put_right not_applicable."""

    item: UUID
    verdict: str
    note: str = ""


class VisitOut(Schema):
    """A visit. kind: round look_back spot; status: planned started done skipped; outcome once done: pass rectify shut
    not_open gone. items: ids of the checklist in order (frozen at the start)."""

    id: UUID
    kind: str
    round_id: UUID | None
    place_id: UUID
    place: str
    area: str
    team_id: UUID | None
    after_id: UUID | None
    status: str
    outcome: str
    seq: int | None
    eta: dt.datetime | None
    due_at: dt.datetime | None
    started_at: dt.datetime | None
    done_at: dt.datetime | None
    lon: float | None
    lat: float | None
    accuracy: float | None
    note: str
    items: list[str]
    version: int


class VisitFull(VisitOut):
    findings: list[FindingIO]
    order_id: UUID | None


class When(Schema):
    """When and where it was: at (not in the future), the phone's position in WGS 84, its accuracy in metres."""

    at: dt.datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = None


class StepIn(When):
    note: str = ""
    version: int | None = None


class SignerIn(Schema):
    """Who takes the order; refused: nobody would, `witness` saw it."""

    name: str = ""
    capacity: str = ""
    refused: bool = False
    witness: str = ""


class FinishIn(When):
    """A finished visit. outcome "" takes what follows from the findings; milder needs a note. people: user names of those
    who went, when not the whole team."""

    findings: list[FindingIO]
    outcome: str = ""
    note: str = ""
    signer: SignerIn | None = None
    people: list[str] = Field(default_factory=list)
    version: int | None = None


class SpotIn(When):
    campaign: str
    place: UUID


class OrderOut(Schema):
    """An order. kind: rectify shut; status: issued complied passed failed withdrawn. lines: what must be put right, each with
    its own limit; due_lines: how the shortest was counted. signed_as: in what capacity; who it was is not told here."""

    id: UUID
    number: str
    kind: str
    status: str
    late: bool
    repeat: bool
    place_id: UUID
    place: str
    area: str
    visit_id: UUID
    issued_at: dt.datetime
    due_at: dt.datetime
    lines: list[dict[str, Any]]
    due_lines: list[dict[str, Any]]
    signed_as: str
    signed_at: dt.datetime | None
    complied_at: dt.datetime | None
    ended_at: dt.datetime | None
    note: str
    version: int


class OrderStepIn(Schema):
    note: str = ""
    reason: str = ""
    at: dt.datetime | None = None
    signer: SignerIn | None = None
    version: int | None = None


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    return clock.local(moment) if moment is not None else None


_MOMENTS = ("eta", "due_at", "started_at", "done_at", "issued_at", "signed_at", "complied_at", "ended_at")


def _shape(row: Any, schema: type[Schema], **more: Any) -> dict[str, Any]:
    names = [name for name in schema.model_fields if name not in more]
    return {
        **{name: _local(getattr(row, name)) if name in _MOMENTS else getattr(row, name) for name in names},
        **more,
    }


def visit_out(row: Visit) -> dict[str, Any]:
    return _shape(row, VisitOut, place=row.place.name, items=[str(each) for each in row.asked])


def visit_full(row: Visit) -> dict[str, Any]:
    found = [
        {"item": each.item_id, "verdict": each.verdict, "note": each.note}
        for each in row.findings.order_by("id")
    ]
    order = Order.objects.filter(visit=row).values_list("pk", flat=True).first()
    return {**visit_out(row), "findings": found, "order_id": order}


def order_out(row: Order) -> dict[str, Any]:
    return _shape(row, OrderOut, place=row.place.name)


@router.get("/inspections/visits", response=PageOut[VisitOut], summary="检查记录 · Visits")
def visits(
    request: HttpRequest, campaign: str = "", round: UUID | None = None, place: UUID | None = None, status: str = "", outcome: str = "",
    kind: str = "", area: str = "", from_day: dt.date | None = None, to_day: dt.date | None = None, mine: bool = False, after: str = "",
    limit: int = 100,
) -> Any:  # fmt: skip
    """Visits you may see. from_day, to_day: by the day they were done. mine: what waits for your teams."""
    scope = scope_of(request)
    require(scope, reads.READ)
    rows = reads.visits(scope).exclude(status="removed")
    if mine:
        rows = rows.filter(pk__in=reads.my_visits(scope.person_id).order_by().values("pk"))
    rows = rows.filter(campaign=campaign_of(request, campaign)) if campaign else rows
    wanted = {
        "round": round,
        "place": place,
        "status": status,
        "outcome": outcome,
        "kind": kind,
        "done_on__gte": from_day,
        "done_on__lte": to_day,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    rows = rows.filter(within("area", area)) if area else rows
    return page_of(rows, visit_out, after=after, limit=limit)


@router.get("/inspections/visits/{visit_id}", response=VisitFull, summary="One visit with its findings")
def visit(request: HttpRequest, visit_id: UUID) -> Any:
    return visit_full(reads.visit_of(scope_of(request), visit_id))


@router.post(
    "/inspections/visits",
    response={201: VisitFull},
    summary="Begin a visit to a place that stands in no round",
)
def spot(request: HttpRequest, body: SpotIn) -> Any:
    given = body.dict()
    campaign, place = (
        campaign_of(request, given.pop("campaign")),
        place_reads.place(scope_of(request), given.pop("place")),
    )
    return Status(
        201,
        visit_full(
            acts.open_spot_visit(by=person_of(request), campaign=campaign, place=place, via="api", **given)
        ),
    )


@router.post("/inspections/visits/{visit_id}/finish", response=VisitFull, summary="Write down what was found")
def finish(request: HttpRequest, visit_id: UUID, body: FinishIn) -> Any:
    """Answers 409 `visit.done_already` with who and when, if somebody was first. Photos come before, by …/photos."""
    row = reads.visit_of(scope_of(request), visit_id)
    given = body.dict()
    signer, people = given.pop("signer"), given.pop("people")
    findings = [FindingDraft(each["item"], each["verdict"], each["note"]) for each in given.pop("findings")]
    done = acts.finish_visit(
        by=person_of(request), visit=row, findings=findings, signer=Signer(**signer) if signer else None,
        people=[find_person(name) for name in people], via="api", **given,
    )  # fmt: skip
    return visit_full(done)


@router.post(
    "/inspections/visits/{visit_id}/photos",
    response={201: dict[str, UUID]},
    summary="A photo of an item, or of the place",
)
def photo(request: HttpRequest, visit_id: UUID, file: File[UploadedFile], item: str = "") -> Any:
    row = reads.visit_of(scope_of(request), visit_id)
    if item and item not in [str(each) for each in row.asked]:
        raise Problem("access.not_found")
    return Status(
        201, {"id": acts.add_photo(by=person_of(request), visit=row, upload=file, item_id=item, via="api").id}
    )


@router.post("/inspections/visits/{visit_id}/steps/{visit_step}", response=VisitFull,
             summary="start, not_open, gone, skip, plan_again, take_back, remove or restore")  # fmt: skip
def visit_step(request: HttpRequest, visit_id: UUID, visit_step: str, body: StepIn) -> Any:
    """not_open, gone, skip and take_back need a note."""
    said: dict[str, Any] = {
        "by": person_of(request),
        "visit": reads.visit_of(scope_of(request), visit_id),
        "version": body.version,
        "via": "api",
    }
    when: dict[str, Any] = {"at": body.at, "lon": body.lon, "lat": body.lat, "accuracy": body.accuracy}
    if visit_step == "start":
        return visit_full(acts.start_visit(**said, **when))
    if visit_step in _THERE:
        return visit_full(_THERE[visit_step](note=body.note, **said, **when))
    if visit_step in _NOTED:
        return visit_full(_NOTED[visit_step](note=body.note, **said))
    if visit_step in _PLAIN:
        return visit_full(_PLAIN[visit_step](**said))
    raise Problem("access.not_found")


_THERE: dict[str, Any] = {"not_open": acts.mark_not_open, "gone": acts.mark_gone}
_NOTED: dict[str, Any] = {"skip": acts.skip_visit, "take_back": acts.take_back}
_PLAIN: dict[str, Any] = {
    "plan_again": acts.plan_again,
    "remove": round_acts.remove_visit,
    "restore": round_acts.restore_visit,
}


# --- orders ----------------------------------------------------------------------------------------------------------


@router.get("/inspections/orders", response=PageOut[OrderOut], summary="整改通知书 · Orders")
def orders(
    request: HttpRequest, campaign: str = "", status: str = "", kind: str = "", late: bool = False, place: UUID | None = None,
    area: str = "", after: str = "", limit: int = 100,
) -> Any:  # fmt: skip
    """Orders you may see. late: the limit has run out and nobody has said it was complied with."""
    scope = scope_of(request)
    require(scope, reads.READ)
    rows = order_reads.orders(scope)
    rows = rows.filter(campaign=campaign_of(request, campaign)) if campaign else rows
    rows = rows.filter(
        **{name: value for name, value in {"status": status, "kind": kind, "place": place}.items() if value}
    )
    rows = rows.filter(Q(late=True) | Q(due_at__lt=clock.now()), status="issued") if late else rows
    rows = rows.filter(within("area", area)) if area else rows
    return page_of(rows, order_out, after=after, limit=limit)


@router.get("/inspections/orders/{inspection_order_id}", response=OrderOut, summary="One order")
def order(request: HttpRequest, inspection_order_id: UUID) -> Any:
    return order_out(order_reads.order_of(scope_of(request), inspection_order_id))


@router.post("/inspections/orders/{inspection_order_id}/steps/{order_step}", response=OrderOut,
             summary="sign, comply, uncomply, look_back or withdraw")  # fmt: skip
def order_step(request: HttpRequest, inspection_order_id: UUID, order_step: str, body: OrderStepIn) -> Any:
    """sign needs `signer`, withdraw a `reason`; look_back plans the visit that looks again."""
    me, row = person_of(request), order_reads.order_of(scope_of(request), inspection_order_id)
    said: dict[str, Any] = {"by": me, "order": row, "version": body.version, "via": "api"}
    if order_step == "sign":
        signer = Signer(**body.signer.dict()) if body.signer is not None else Signer()
        return order_out(order_acts.sign_order(signer=signer, at=body.at, **said))
    if order_step == "comply":
        return order_out(order_acts.comply(note=body.note, at=body.at, **said))
    if order_step == "uncomply":
        return order_out(order_acts.undo_comply(**said))
    if order_step == "withdraw":
        return order_out(order_acts.withdraw_order(reason=body.reason, **said))
    if order_step == "look_back":
        order_acts.look_back_now(by=me, order=row, via="api")
        return order_out(row)
    raise Problem("access.not_found")
