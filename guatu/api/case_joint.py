"""Working together on a case, for machines: parts, hand-over, comments, duplicates, merging."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from guatu.api.cases import CaseOut, case_out
from guatu.api.frame import campaign_of, person_of, scope_of
from guatu.cases import acts
from guatu.cases import reads as case_reads
from guatu.cases.models import Case, Comment, HandOver, JointPart
from guatu.cases.reads import duplicates, joint
from guatu.cases.rules.duplicates import Matter
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit

router = Router(tags=["cases"])


class PartIn(Schema):
    """A part for another unit. unit: its code; due_at: not after the case's limit."""

    unit: str
    what: str
    due_at: dt.datetime | None = None
    version: int | None = None


class PartOut(Schema):
    """status: given accepted done returned taken_back."""

    id: UUID
    case_id: UUID
    unit: str
    what: str
    due_at: dt.datetime | None
    status: str
    given_at: dt.datetime
    done_at: dt.datetime | None
    note: str
    version: int


class AnswerIn(Schema):
    """note: what was done (done), or the reason (return)."""

    note: str = ""
    version: int | None = None


class OfferIn(Schema):
    unit: str
    reason: str
    version: int | None = None


class OfferOut(Schema):
    """status: offered accepted returned taken_back. The case stays with `from_unit` until it is accepted."""

    id: UUID
    case_id: UUID
    from_unit: str | None
    to_unit: str | None
    reason: str
    status: str
    offered_at: dt.datetime
    answered_at: dt.datetime | None
    note: str
    version: int


class CommentIn(Schema):
    """mentions: user names of people who may see the case; names behind an @ in the text count too."""

    text: str
    mentions: list[str] = []
    public: bool = False
    version: int | None = None


class CommentOut(Schema):
    """A withdrawn comment has no text."""

    id: UUID
    by: str | None
    at: dt.datetime
    text: str
    mentions: list[str]
    public: bool
    withdrawn: bool
    version: int


class JointOut(Schema):
    parts: list[PartOut]
    offers: list[OfferOut]
    comments: list[CommentOut]


class ReasonOut(Schema):
    """kind: class major other_class near (metres) place address time (minutes) text (per cent) phone."""

    kind: str
    points: int
    number: int


class SuggestionOut(Schema):
    """score: 0–100."""

    case: CaseOut
    score: int
    likely: bool
    reasons: list[ReasonOut]


class MergeIn(Schema):
    """into: id of the master; a duplicate stands for its own master."""

    into: UUID
    reason: str
    version: int | None = None


class MergedOut(Schema):
    """A case after merging or taking out; merged_into: its master."""

    id: UUID
    number: str
    status: str
    merged_into: UUID | None
    version: int


def _unit(code: str) -> Unit:
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise Problem("case.unknown_unit", unit=code)
    return found


def _part(row: JointPart) -> dict[str, Any]:
    plain = [name for name in PartOut.model_fields if name != "unit"]
    return {**{name: getattr(row, name) for name in plain}, "unit": row.unit.code}


def _offer(row: HandOver) -> dict[str, Any]:
    plain = [name for name in OfferOut.model_fields if name not in ("from_unit", "to_unit")]
    return {
        **{name: getattr(row, name) for name in plain},
        "from_unit": row.from_unit.code if row.from_unit is not None else None,
        "to_unit": row.to_unit.code if row.to_unit is not None else None,
    }


def _comment(row: Comment) -> dict[str, Any]:
    plain = [name for name in CommentOut.model_fields if name != "by"]
    return {**{name: getattr(row, name) for name in plain}, "by": row.by.name if row.by is not None else None}


def _merged(row: Case) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "status": row.status,
        "merged_into": row.merged_into_id,
        "version": row.version,
    }


@router.get("/cases/{case_id}/joint", response=JointOut, summary="Parts, offers and comments of a case")
def together(request: HttpRequest, case_id: UUID) -> Any:
    row = case_reads.case(scope_of(request), case_id)
    return {
        "parts": [_part(each) for each in joint.parts(row)],
        "offers": [_offer(each) for each in joint.offers(row)],
        "comments": [_comment(each) for each in joint.comments(row)],
    }


@router.post("/cases/{case_id}/parts", response={201: PartOut}, summary="Ask another unit to do a part")
def give(request: HttpRequest, case_id: UUID, body: PartIn) -> Any:
    row = case_reads.case(scope_of(request), case_id)
    due = clock.local(body.due_at) if body.due_at else None
    part = acts.give_part(
        by=person_of(request), case=row, unit=_unit(body.unit), what=body.what, due_at=due,
        version=body.version, via="api",
    )  # fmt: skip
    return Status(201, _part(part))


@router.post("/cases/parts/{part_id}/photos", response=PartOut, summary="Report a part done, with photos")
def part_photos(
    request: HttpRequest,
    part_id: UUID,
    photos: File[list[UploadedFile]],
    note: Form[str] = "",
    version: Form[int | None] = None,
) -> Any:
    """Multipart, field `photos`."""
    part = joint.part(scope_of(request), part_id)
    return _part(
        acts.finish_part(
            by=person_of(request), part=part, note=note, photos=photos, version=version, via="api"
        )
    )


@router.post("/cases/parts/{part_id}/{answer}", response=PartOut, summary="Answer a part")
def answer_part(request: HttpRequest, part_id: UUID, answer: str, body: AnswerIn) -> Any:
    """answer: accept, done, return (note is the reason), take_back."""
    said: dict[str, tuple[Callable[..., JointPart], str]] = {
        "accept": (acts.accept_part, ""), "done": (acts.finish_part, "note"),
        "return": (acts.return_part, "reason"), "take_back": (acts.take_back_part, "reason"),
    }  # fmt: skip
    if answer not in said:
        raise Problem("access.not_found")
    part = joint.part(scope_of(request), part_id)
    act, name = said[answer]
    words = {name: body.note} if name else {}
    return _part(act(by=person_of(request), part=part, version=body.version, via="api", **words))


@router.post("/cases/{case_id}/offers", response={201: OfferOut}, summary="Offer a case to another unit")
def offer(request: HttpRequest, case_id: UUID, body: OfferIn) -> Any:
    row = case_reads.case(scope_of(request), case_id)
    made = acts.offer_case(
        by=person_of(request), case=row, to_unit=_unit(body.unit), reason=body.reason,
        version=body.version, via="api",
    )  # fmt: skip
    return Status(201, _offer(made))


@router.post("/cases/offers/{offer_id}/{answer}", response=OfferOut, summary="Answer an offer")
def answer_offer(request: HttpRequest, offer_id: UUID, answer: str, body: AnswerIn) -> Any:
    """answer: accept, return (note is the reason), take_back."""
    if answer not in ("accept", "return", "take_back"):
        raise Problem("access.not_found")
    row = joint.offer(scope_of(request), offer_id)
    return _offer(
        acts.answer_offer(
            by=person_of(request), offer=row, answer=answer, note=body.note, version=body.version, via="api"
        )
    )


def _mentioned(row: Case, body: CommentIn) -> list[Person]:
    chosen = list(Person.objects.filter(username__in=body.mentions, is_active=True))
    unknown = set(body.mentions) - {person.username for person in chosen}
    if unknown:
        raise Problem("case.mention_unseen", who="、".join(sorted(unknown)), number=row.number)
    return [*chosen, *joint.people_named(row, body.text)]


@router.post("/cases/{case_id}/comments", response={201: CommentOut}, summary="Comment on a case")
def comment(request: HttpRequest, case_id: UUID, body: CommentIn) -> Any:
    row = case_reads.case(scope_of(request), case_id)
    said = acts.comment(
        by=person_of(request), case=row, text=body.text, mentions=_mentioned(row, body), public=body.public,
        via="api",
    )  # fmt: skip
    return Status(201, _comment(said))


@router.patch("/cases/comments/{comment_id}", response=CommentOut, summary="Mend one's own comment")
def edit_comment(request: HttpRequest, comment_id: UUID, body: CommentIn) -> Any:
    row = joint.comment(scope_of(request), comment_id)
    said = acts.edit_comment(
        by=person_of(request), comment=row, text=body.text, mentions=_mentioned(row.case, body),
        version=body.version, via="api",
    )  # fmt: skip
    return _comment(said)


@router.delete("/cases/comments/{comment_id}", response=CommentOut, summary="Withdraw one's own comment")
def withdraw_comment(request: HttpRequest, comment_id: UUID) -> Any:
    row = joint.comment(scope_of(request), comment_id)
    return _comment(acts.withdraw_comment(by=person_of(request), comment=row, via="api"))


def _suggested(found: list[duplicates.Suggestion]) -> list[dict[str, Any]]:
    return [
        {"case": case_out(each.case), "score": each.score, "likely": each.likely,
         "reasons": [reason.as_json() for reason in each.reasons]}
        for each in found
    ]  # fmt: skip


@router.get(
    "/{campaign}/cases/duplicates", response=list[SuggestionOut], summary="Was this reported already?"
)
def typed(
    request: HttpRequest, campaign: str, title: str = "", description: str = "", class_code: str = "", area: str = "",
    address: str = "", lon: float | None = None, lat: float | None = None,
) -> Any:  # fmt: skip
    """What may be the same matter as something about to be reported. lon, lat: WGS 84."""
    require(scope_of(request), "case.read")
    matter = Matter(
        class_code=class_code, lon=lon, lat=lat, area=area, address=address, at=clock.now(), text=f"{title} {description}"
    )  # fmt: skip
    return _suggested(duplicates.suggestions(scope_of(request), campaign_of(request, campaign), matter))


@router.get(
    "/cases/{case_id}/duplicates", response=list[SuggestionOut], summary="What may be the same matter"
)
def of_case(request: HttpRequest, case_id: UUID) -> Any:
    scope = scope_of(request)
    return _suggested(duplicates.of_case(scope, case_reads.case(scope, case_id)))


@router.post("/cases/{case_id}/merge", response=MergedOut, summary="Merge a case into its master")
def merge(request: HttpRequest, case_id: UUID, body: MergeIn) -> Any:
    scope = scope_of(request)
    row, into = case_reads.case(scope, case_id), case_reads.case(scope, body.into)
    reasons = [each.as_json() for each in duplicates.compare(row, into)]
    done = acts.merge_case(
        by=person_of(request), case=row, into=into, reason=body.reason, evidence=reasons, version=body.version,
        via="api",
    )  # fmt: skip
    return _merged(done)


@router.post("/cases/{case_id}/unmerge", response=MergedOut, summary="Take a case out of its master")
def unmerge(request: HttpRequest, case_id: UUID, body: AnswerIn) -> Any:
    """note: the reason. The case stands as before."""
    row = case_reads.case(scope_of(request), case_id)
    return _merged(
        acts.unmerge_case(by=person_of(request), case=row, reason=body.note, version=body.version, via="api")
    )
