"""Pulling: what another platform has for us, page by page, photos from that platform only; and trying the line."""

from typing import Any

from guatu.cases.acts.peers_in import Fetch, take_in
from guatu.cases.acts.peers_line import Line, has_token
from guatu.cases.models import Message, Peer
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem

_MOST_PAGES = 40


def pull(*, by: Actor, peer: Peer) -> dict[str, int]:
    """Fetch what is new; answers {status: how many}. How far we are is kept page by page, and what came twice is known by
    its key. A line that fails leaves its cause on the platform and is raised."""
    require(by.scope, "case.import", area=peer.campaign.area)
    counts: dict[str, int] = {}
    try:
        line = Line(peer)
        for _page in range(_MOST_PAGES):
            cursor, more = _page_of(peer, line, counts)
            if cursor:
                Peer.objects.filter(pk=peer.pk).update(cursor=cursor)
                peer.cursor = cursor
            if not more:
                break
    except Problem as refusal:
        Peer.objects.filter(pk=peer.pk).update(cause=refusal.sentence("zh-hans")[:400])
        raise
    Peer.objects.filter(pk=peer.pk).update(cause="", pulled_at=clock.now())
    return counts


def _page_of(peer: Peer, line: Line, counts: dict[str, int]) -> tuple[str, bool]:
    page = line.json("GET", f"/cases?after={peer.cursor}&limit=50")
    items = page.get("items") if isinstance(page, dict) else None
    if not isinstance(items, list):
        raise Problem("peer.bad_answer", host=line.host, why="items")
    for item in items:
        try:
            status = take_in(peer=peer, content=item, fetch=line_fetch(line)).status
        except Problem as refusal:
            if refusal.code in ("peer.bad_content", "peer.key_reused"):
                _note_unreadable(peer, item, refusal)
                status = "refused"
            else:
                raise
        counts[status] = counts.get(status, 0) + 1
    following = str(page.get("next") or "")
    if not following.isascii() or len(following) > 80 or any(sign in following for sign in "&#? /"):
        raise Problem("peer.bad_answer", host=line.host, why="next")
    return following, bool(items) and bool(page.get("more"))


def _note_unreadable(peer: Peer, item: Any, refusal: Problem) -> None:
    """Something that is no message at all: kept as refused, so that somebody sees it and the rest goes on."""
    key = f"unreadable:{clock.now().isoformat()}"[:120]
    Message.objects.create(
        home=peer.home, peer=peer, direction="in", key=key, kind="note", content={"unreadable": str(item)[:500]},
        status="refused", cause=refusal.sentence("zh-hans")[:400], made_at=clock.now(),
        answer={"problem": {"code": refusal.code, "details": refusal.as_json("zh-hans")["details"]}},
    )  # fmt: skip


def line_fetch(line: Line) -> Fetch:
    """Bytes by fingerprint from the platform itself, checked. Raises `peer.file_wrong`."""
    import hashlib

    def fetch(sha256: str) -> bytes:
        content = line.fetch(sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Problem("peer.file_wrong", sha256=sha256)
        return content

    return fetch


def pull_all() -> int:
    """Pull from every platform with a line and a key; one that fails hinders nobody else. Answers how many went well."""
    done = 0
    for peer in Peer.objects.select_related("campaign").filter(active=True, way="http").exclude(base_url=""):
        if not has_token(peer):
            continue
        try:
            pull(by=SYSTEM, peer=peer)
            done += 1
        except Problem:
            continue  # the cause stands on the platform's page
    return done


@job
def pull_peers() -> int:
    """The worker's job: `pull_all` as often as the schedule says."""
    return pull_all()


def try_line(*, by: Actor, peer: Peer) -> dict[str, Any]:
    """Ask them who they think we are; answers what they say. Raises every way in which the line may fail."""
    require(by.scope, "case.export", area=peer.campaign.area)
    line = Line(peer)
    said = line.json("GET", "")
    if not isinstance(said, dict):
        raise Problem("peer.bad_answer", host=line.host, why="JSON")
    return said


def can_see(peer: Peer, sha256: str) -> Attachment | None:
    """The photo with this fingerprint, when a message to that platform names it."""
    rows = Message.objects.filter(peer=peer, direction="out").exclude(status="given_up").exclude(case=None)
    found = Attachment.objects.filter(sha256=sha256, subject_type="case", withdrawn=False).exclude(stored="")
    for each in found:
        for message in rows.filter(case_id=each.subject_id):
            if any(file.get("sha256") == sha256 for file in message.content.get("files", ())):
                return each
    return None
