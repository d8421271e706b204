"""Norms, checklists and trades, for machines."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.responses import Status

from guatu.api.frame import PageOut, page_of, person_of, scope_of
from guatu.inspections.acts import norms as acts
from guatu.inspections.acts.industries import set_industries
from guatu.inspections.models import Industry, Norm, NormItem, NormVersion
from guatu.inspections.reads import norms as reads
from guatu.inspections.rules import norms as rules
from guatu.inspections.rules.industries import IndustryDraft
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.places import reads as place_reads

router = Router(tags=["norms"])


class ItemIn(Schema):
    """An item. consequence: note, rectify or shut; limit: as written (立即, 24小时, 3个工作日); empty: the usual one."""

    number: str
    text: str
    text_en: str = ""
    how: str = ""
    posts: list[str] = Field(default_factory=list)
    remedy: str = ""
    consequence: str = "rectify"
    limit: str = ""
    photo: bool = False


class ItemOut(ItemIn):
    """An item with its id, its norm and its edition."""

    id: UUID
    norm: str
    edition_id: UUID


class EditionOut(Schema):
    """An edition. standing: draft, coming, holds, over or withdrawn, on the store's day. industries: codes; empty: every trade."""

    id: UUID
    norm_id: UUID
    edition: str
    in_force_from: dt.date
    in_force_until: dt.date | None
    standing: str
    industries: list[str]
    posts: list[str]
    text: str
    form_version_id: UUID | None
    version: int


class EditionFull(EditionOut):
    items: list[ItemOut]


class NormOut(Schema):
    """A norm. kind: standard, norm or guide; area: where it holds ("" everywhere)."""

    id: UUID
    number: str
    title: str
    title_en: str
    issuer: str
    kind: str
    area: str
    withdrawn: bool
    version: int


class NormFull(NormOut):
    editions: list[EditionOut]


class NormIn(Schema):
    number: str
    title: str
    title_en: str = ""
    issuer: str = ""
    kind: str = "guide"
    area: str = ""


class NormPatch(Schema):
    """What to change; what is left out stays."""

    version: int
    number: str | None = None
    title: str | None = None
    title_en: str | None = None
    issuer: str | None = None
    kind: str | None = None
    area: str | None = None


class EditionIn(Schema):
    edition: str
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    industries: list[str] = Field(default_factory=list)
    posts: list[str] = Field(default_factory=list)
    text: str = ""
    items: list[ItemIn] = Field(default_factory=list)


class EditionPatch(Schema):
    """What to change of a draft; `items` replaces all of them."""

    version: int
    edition: str | None = None
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None
    industries: list[str] | None = None
    posts: list[str] | None = None
    text: str | None = None
    items: list[ItemIn] | None = None


class StepIn(Schema):
    """version: of the edition as it was read; why: of a withdrawal."""

    version: int | None = None
    why: str = ""


class IndustryIO(Schema):
    """A trade. kinds: kinds of places that belong to it unless they name another."""

    code: str
    name: str
    name_en: str = ""
    kinds: list[str] = Field(default_factory=list)


def item_out(row: NormItem, norm: str) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ItemIn.model_fields},
        "id": row.id,
        "norm": norm,
        "edition_id": row.norm_version_id,
    }


def edition_out(row: NormVersion) -> dict[str, Any]:
    names = [name for name in EditionOut.model_fields if name != "standing"]
    return {**{name: getattr(row, name) for name in names}, "standing": rules.standing(row, clock.today())}


def edition_full(row: NormVersion) -> dict[str, Any]:
    items = [item_out(item, row.norm.number) for item in row.items.order_by("order", "id")]
    return {**edition_out(row), "items": items}


def norm_out(row: Norm) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NormOut.model_fields}


def drafts(items: list[ItemIn]) -> list[ItemDraft]:
    return [ItemDraft(**item.dict()) for item in items]


# --- the library ---------------------------------------------------------------------------------------------------


@router.get("/norms", response=PageOut[NormOut], summary="规范库 · The library")
def norms(
    request: HttpRequest,
    q: str = "",
    industry: str = "",
    post: str = "",
    kind: str = "",
    day: dt.date | None = None,
    withdrawn: bool = False,
    after: str = "",
    limit: int = 100,
) -> Any:
    """`q`: a word of number, title, issuer or of an item. `industry`, `post`: norms that name it or name none. `day`: in force on it."""
    require(scope_of(request), reads.READ)
    rows = reads.norms(scope_of(request)).filter(withdrawn=withdrawn)
    rows = reads.saying(rows, q) if q else rows
    rows = reads.naming(rows, "industries", industry) if industry else rows
    rows = reads.naming(rows, "posts", post) if post else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = reads.in_force_on(rows, day) if day else rows
    return page_of(rows, norm_out, after=after, limit=limit)


@router.post("/norms", response={201: NormOut}, summary="收入规范 · Add a norm")
def add(request: HttpRequest, body: NormIn) -> Any:
    return Status(201, norm_out(acts.add_norm(by=person_of(request), **body.dict(), via="api")))


@router.get("/norms/{uuid:norm_id}", response=NormFull, summary="One norm with its editions")
def norm(request: HttpRequest, norm_id: UUID) -> Any:
    row = reads.norm_of(scope_of(request), norm_id)
    return {**norm_out(row), "editions": [edition_out(each) for each in reads.editions_of(row)]}


@router.patch("/norms/{uuid:norm_id}", response=NormOut, summary="Change a norm")
def change(request: HttpRequest, norm_id: UUID, body: NormPatch) -> Any:
    row = reads.norm_of(scope_of(request), norm_id)
    given = body.dict(exclude_unset=True)
    version = given.pop("version")
    changes = {name: value or "" for name, value in given.items()}
    return norm_out(
        acts.change_norm(by=person_of(request), norm=row, changes=changes, version=version, via="api")
    )


@router.delete("/norms/{uuid:norm_id}", response=NormOut, summary="Take a norm out of the library")
def withdraw(request: HttpRequest, norm_id: UUID, version: int | None = None) -> Any:
    row = reads.norm_of(scope_of(request), norm_id)
    return norm_out(acts.withdraw_norm(by=person_of(request), norm=row, version=version, via="api"))


@router.post(
    "/norms/{uuid:norm_id}/editions",
    response={201: EditionFull},
    summary="新增版本 · A new edition, as a draft",
)
def add_edition(request: HttpRequest, norm_id: UUID, body: EditionIn) -> Any:
    row = reads.norm_of(scope_of(request), norm_id)
    said = body.dict()
    said["items"] = drafts(body.items)
    return Status(201, edition_full(acts.add_edition(by=person_of(request), norm=row, **said, via="api")))


@router.get("/norms/editions/{uuid:edition_id}", response=EditionFull, summary="One edition with its items")
def edition(request: HttpRequest, edition_id: UUID) -> Any:
    return edition_full(reads.edition_of(scope_of(request), edition_id))


@router.patch("/norms/editions/{uuid:edition_id}", response=EditionFull, summary="Change a draft")
def change_edition(request: HttpRequest, edition_id: UUID, body: EditionPatch) -> Any:
    row = reads.edition_of(scope_of(request), edition_id)
    given = body.dict(exclude_unset=True)
    version = given.pop("version")
    items = given.pop("items", None)
    empty_ok = {"in_force_until"}
    changes = {name: value for name, value in given.items() if value is not None or name in empty_ok}
    changed = acts.change_edition(
        by=person_of(request), edition=row, changes=changes, version=version, via="api",
        items=drafts(body.items or []) if items is not None else None,
    )  # fmt: skip
    return edition_full(changed)


_STEPS = {"issue": acts.put_in_force, "recall": acts.recall_edition, "reinstate": acts.reinstate_edition}


@router.post(
    "/norms/editions/{uuid:edition_id}/{step}",
    response=EditionOut,
    summary="issue, recall, withdraw, reinstate",
)
def step(request: HttpRequest, edition_id: UUID, step: str, body: StepIn) -> Any:
    """`issue` puts a draft in force and ends the edition before it; `recall` undoes that; `withdraw` ends it today; `reinstate` undoes that."""
    row = reads.edition_of(scope_of(request), edition_id)
    said: dict[str, Any] = {"by": person_of(request), "edition": row, "version": body.version, "via": "api"}
    if step == "withdraw":
        return edition_out(acts.withdraw_edition(**said, why=body.why))
    if step not in _STEPS:
        raise Problem("access.not_found")
    return edition_out(_STEPS[step](**said))


@router.get("/industries", response=list[IndustryIO], summary="行业目录 · Trades")
def industries(request: HttpRequest) -> Any:
    require(scope_of(request), reads.READ)
    return [{name: getattr(row, name) for name in IndustryIO.model_fields} for row in reads.industries()]


@router.put("/industries", response=list[IndustryIO], summary="Set the list of trades as a whole")
def put_industries(request: HttpRequest, body: list[IndustryIO]) -> Any:
    wanted = [IndustryDraft(row.code, row.name, row.name_en, tuple(row.kinds)) for row in body]
    set_industries(by=person_of(request), industries=wanted, via="api")
    rows = Industry.objects.order_by("order", "code")
    return [{name: getattr(row, name) for name in IndustryIO.model_fields} for row in rows]


# --- what holds ----------------------------------------------------------------------------------------------------


@router.get(
    "/places/{uuid:place_id}/norms", response=list[EditionOut], summary="What holds for a place on a day"
)
def place_norms(request: HttpRequest, place_id: UUID, day: dt.date | None = None, post: str = "") -> Any:
    """`day`: today unless said; `post`: only what is a matter of this post."""
    require(scope_of(request), reads.READ)
    row = place_reads.place(scope_of(request), place_id)
    return [edition_out(each) for each in reads.holds_for(row, day or clock.today(), post)]


@router.get("/places/{uuid:place_id}/checklist", response=list[ItemOut], summary="What to look at in a place")
def checklist(request: HttpRequest, place_id: UUID, day: dt.date | None = None, post: str = "") -> Any:
    """The items of everything that holds, each question once, by norm and in its order."""
    require(scope_of(request), reads.READ)
    row = place_reads.place(scope_of(request), place_id)
    items = reads.checklist_for(row, day or clock.today(), post=post)
    return [item_out(item, item.norm_version.norm.number) for item in items]
