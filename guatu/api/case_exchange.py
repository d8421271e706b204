"""Exchange between platforms, the machines' side: what is addressed to a key, messages put once, files by fingerprint.

The key belongs to the service account of one platform (docs/case-exchange.md); it reaches nothing but this.
"""

from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import Body, Router, Schema, Status

from guatu.api.frame import campaign_of, person_of
from guatu.cases.acts.peers_in import fetch_kept, keep_file, take_in
from guatu.cases.acts.peers_pull import can_see
from guatu.cases.acts.peers_send import note_fetched
from guatu.cases.models import Peer
from guatu.cases.reads.peers import outbox, peer_of
from guatu.cases.rules.exchange import MOST_FILE_BYTES
from guatu.files.bytes import path_of
from guatu.kernel.access import require
from guatu.kernel.problems import Problem

router = Router(tags=["exchange"])


class HelloOut(Schema):
    """Who answers, and as which platform the key is known."""

    platform: str
    campaign: str
    peer: str
    kind: str


class PageOut(Schema):
    """Messages in the order in which they were made. next: the cursor to ask with; more: whether to ask at once."""

    items: list[dict[str, Any]]
    next: str
    more: bool


class AnswerOut(Schema):
    """status: applied (done here), conflict (a person settles it), settled. number: of the case here."""

    key: str
    status: str
    number: str


def _peer(request: HttpRequest, campaign: str, right: str) -> Peer:
    person = person_of(request)
    found = campaign_of(request, campaign)
    require(person.scope, right, area=found.area)
    return peer_of(person, found)


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.startswith("p") and cursor[1:].isdigit() and len(cursor) < 20):
        raise Problem("api.bad_cursor", cursor=cursor[:60])
    return int(cursor[1:])


@router.get("/exchange/{campaign}", response=HelloOut, summary="Who answers: a test of the line")
def hello(request: HttpRequest, campaign: str) -> Any:
    peer = _peer(request, campaign, "case.export")
    return {
        "platform": peer.campaign.name,
        "campaign": peer.campaign.code,
        "peer": peer.name,
        "kind": peer.kind,
    }


@router.get("/exchange/{campaign}/cases", response=PageOut, summary="What is addressed to this key, in order")
def addressed(request: HttpRequest, campaign: str, after: str = "", limit: int = 50) -> Any:
    """after: the `next` of the page before, kept by who asks; asking with it says that everything before has arrived."""
    peer, position = _peer(request, campaign, "case.export"), _position(after)
    if position:
        note_fetched(peer=peer, position=position)
    rows, more = outbox(peer, position, max(1, min(limit, 200)))
    following = f"p{rows[-1].position}" if rows else after
    return {"items": [row.content for row in rows], "next": following, "more": more}


@router.put("/exchange/{campaign}/messages/{key}", response=AnswerOut, summary="One message, once")
def put_message(request: HttpRequest, campaign: str, key: str, body: Body[dict[str, Any]]) -> Any:
    """The same key with the same content answers the same; with another content it is refused (409). Files must have
    been put before, else 409 names the missing ones. What cannot be taken in is refused (422) with its cause."""
    peer = _peer(request, campaign, "case.import")
    if body.get("key") != key:
        raise Problem("peer.bad_content", where="key", why=key[:120])
    row = take_in(peer=peer, content=body, fetch=fetch_kept(peer, body))
    if row.status == "refused":
        problem = row.answer.get("problem", {})
        raise Problem(problem.get("code", "peer.bad_content"), **problem.get("details", {}))
    return {"key": row.key, "status": row.status, "number": row.answer.get("number", "")}


@router.put(
    "/exchange/{campaign}/files/{sha256}", response={204: None}, summary="A file for a message to come"
)
def put_file(request: HttpRequest, campaign: str, sha256: str) -> Any:
    """The body is the file; its SHA-256 must be the one in the address."""
    peer = _peer(request, campaign, "case.import")
    content = request.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        raise Problem("peer.too_large", what=sha256[:12], limit=f"{MOST_FILE_BYTES // 1024 // 1024} MB")
    keep_file(peer=peer, sha256=sha256, content=content)
    return Status(204, None)


@router.get("/exchange/{campaign}/files/{sha256}", summary="A file that a message to this key names")
def get_file(request: HttpRequest, campaign: str, sha256: str) -> Any:
    peer = _peer(request, campaign, "case.export")
    found = can_see(peer, sha256)
    if found is None or not path_of(found.stored).exists():
        raise Problem("access.not_found")
    return FileResponse(path_of(found.stored).open("rb"), content_type=found.content_type)
