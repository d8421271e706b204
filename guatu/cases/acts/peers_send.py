"""Sending: due messages are claimed in one short transaction, sent outside of it, and what came of it is written down.

A claim is a lease: should the process die, the message is tried again when the lease is over; the other side knows its
key. Of one case the later message waits for the earlier one.
"""

import datetime as dt
import random

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from guatu.cases.acts.peers_line import Line
from guatu.cases.models import Message, Peer
from guatu.cases.rules.exchange import STUCK, WAITING, after_failure, wait_seconds
from guatu.files.bytes import path_of
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem

LEASE = dt.timedelta(minutes=5)
_AT_ONCE = 20


def unblocked(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Those before which nothing of the same case still waits."""
    earlier = Message.objects.filter(
        peer=OuterRef("peer"), case=OuterRef("case"), direction="out", position__lt=OuterRef("position"),
        status__in=(*WAITING, *STUCK),
    )  # fmt: skip
    return rows.exclude(Exists(earlier))


def _claim(limit: int, but: set[str]) -> list[Message]:
    now = clock.now()
    with transaction.atomic():
        due = Message.objects.filter(
            direction="out", status__in=WAITING, next_at__lte=now, peer__active=True, peer__way="http"
        ).exclude(peer__base_url="").exclude(pk__in=but)  # fmt: skip
        rows = list(
            unblocked(due)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("position", "pk")[:limit]
        )
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(
            tries=F("tries") + 1, next_at=now + LEASE, version=F("version") + 1
        )
    return list(
        Message.objects.select_related("peer")
        .filter(pk__in=[row.pk for row in rows])
        .order_by("position", "pk")
    )


def send_due(*, most: int = 500) -> int:
    """Send what is due, in order; answers how many arrived. A platform that cannot be reached is not asked again this time."""
    sent, tried = 0, set[str]()
    silent: dict[object, Problem] = {}
    while len(tried) < most:
        rows = _claim(_AT_ONCE, tried)
        if not rows:
            break
        for row in rows:
            tried.add(str(row.pk))
            known = silent.get(row.peer_id)
            problem = known or _deliver(row)
            if problem is None:
                sent += 1
                continue
            _failed(row, problem)
            if problem.code in (
                "peer.no_connection",
                "peer.timeout",
                "peer.bad_certificate",
                "peer.no_token",
            ):
                silent[row.peer_id] = problem
    return sent


@job
def send_messages() -> int:
    """The worker's job: `send_due` as often as the schedule says."""
    return send_due()


def _deliver(message: Message) -> Problem | None:
    """Send one message, with the files they do not have yet; None: it arrived."""
    try:
        line = Line(message.peer)
        answer = _put(line, message)
    except Problem as refusal:
        return refusal
    status = answer.get("status") if isinstance(answer, dict) else None
    if not isinstance(status, str):
        return Problem("peer.bad_answer", host=line.host, why="status")
    Message.objects.filter(pk=message.pk).exclude(status="given_up").update(
        status="sent",
        done_at=clock.now(),
        next_at=None,
        cause="",
        answer={"theirs": answer},
        version=F("version") + 1,
    )
    return None


def _put(line: Line, message: Message) -> object:
    where = f"/messages/{message.key}"
    try:
        return line.json("PUT", where, message.content)
    except Problem as refusal:
        if refusal.code != "peer.file_missing":
            raise
        named = {each["sha256"] for each in message.content.get("files", ())}
        for sha256 in refusal.details.get("files", ()):
            if sha256 in named:
                line.put_file(sha256, file_bytes(sha256))
    return line.json("PUT", where, message.content)


def file_bytes(sha256: str) -> bytes:
    """The bytes of a photo by the fingerprint it is stored under. Raises `file.gone`."""
    row = Attachment.objects.filter(sha256=sha256).exclude(stored="").first()
    if row is None or not path_of(row.stored).exists():
        raise Problem("file.gone", name=sha256[:12])
    return path_of(row.stored).read_bytes()


def _failed(message: Message, problem: Problem) -> None:
    now = clock.now()
    wait = dt.timedelta(seconds=wait_seconds(message.tries, random.random()))
    status = after_failure(message.tries)
    Message.objects.filter(pk=message.pk, status__in=WAITING).update(
        status=status, cause=problem.sentence("zh-hans")[:400], next_at=now + wait if status == "failed" else None,
        answer={"problem": {"code": problem.code, "details": problem.as_json("zh-hans")["details"]}}, version=F("version") + 1,
    )  # fmt: skip


# --- what people decide --------------------------------------------------------------------------------------------


def _held(by: Actor, message: Message) -> Message:
    Message.objects.select_for_update(no_key=True).filter(pk=message.pk).values_list("pk", flat=True).first()
    row = Message.objects.select_related("peer__campaign", "case").get(pk=message.pk)
    require(by.scope, "case.export", area=row.peer.campaign.area)
    return row


def send_again(*, by: Actor, message: Message, via: str = "web") -> Message:
    """现在再发: to be sent at once, with all its tries. Raises `peer.settled`."""
    with deed(by=by, via=via) as d:
        row = _held(by, message)
        if row.direction != "out" or row.status not in (*WAITING, *STUCK, "given_up"):
            raise Problem("peer.settled", status=row.status)
        row.status, row.tries, row.next_at, row.done_at = "waiting", 0, d.effective_at, None
        row.version += 1
        row.save()
        d.record("peer.message_again", row.case or row.peer, details={"key": row.key, "peer": row.peer.name})
    return row


def give_up(*, by: Actor, message: Message, via: str = "web") -> Message:
    """不再发送: later ones of the case no longer wait for it. Raises `peer.settled`."""
    with deed(by=by, via=via) as d:
        row = _held(by, message)
        if row.direction != "out" or row.status not in (*WAITING, *STUCK):
            raise Problem("peer.settled", status=row.status)
        row.status, row.next_at, row.done_at = "given_up", None, d.effective_at
        row.version += 1
        row.save()
        d.record(
            "peer.message_given_up", row.case or row.peer, details={"key": row.key, "peer": row.peer.name}
        )
    return row


def note_fetched(*, peer: Peer, position: int) -> int:
    """They ask for what comes after this: everything up to it has arrived."""
    rows = Message.objects.filter(
        peer=peer, direction="out", position__lte=position, status__in=(*WAITING, *STUCK)
    )
    return rows.update(
        status="sent",
        done_at=clock.now(),
        next_at=None,
        cause="",
        answer={"fetched": True},
        version=F("version") + 1,
    )
