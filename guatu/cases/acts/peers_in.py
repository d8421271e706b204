"""Taking in what another platform tells: each message once, whole or not at all; what both sides moved becomes a conflict.

A message that cannot be taken in is kept with its cause and tried again when it comes again, or by hand.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from guatu.cases.acts.peers_apply import apply
from guatu.cases.acts.peers_line import PURPOSE
from guatu.cases.acts.peers_out import via_of
from guatu.cases.models import Message, Peer
from guatu.cases.rules.exchange import DEMANDS, MESSAGE_KINDS, MOST_FILES, SEALED, fingerprint
from guatu.files.acts import attach
from guatu.files.bytes import path_of
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, deed
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_office, seal_office

Fetch = Callable[[str], bytes]
_TEXTS = ("number", "your_number", "state", "note", "unit", "answer", "demand")


def check_content(content: object) -> dict[str, Any]:
    """A message as it came, when its shape is right. Raises `peer.bad_content`."""

    def wrong(where: str, why: str) -> Problem:
        return Problem("peer.bad_content", where=where, why=why)

    if not isinstance(content, dict):
        raise wrong("body", "object")
    key, kind = content.get("key"), content.get("kind")
    if not isinstance(key, str) or not re.fullmatch(r"[\w.:-]{1,120}", key, re.ASCII):
        raise wrong("key", "[A-Za-z0-9_.:-]{1,120}")
    if kind not in MESSAGE_KINDS:
        raise wrong("kind", " ".join(MESSAGE_KINDS))
    for name in _TEXTS:
        if not isinstance(content.get(name) or "", str) or len(content.get(name) or "") > 2000:
            raise wrong(name, "text, 2000")
    if not (content.get("number") or content.get("your_number")):
        raise wrong("number", "—")
    if kind in ("case", "offer") and not isinstance(content.get("case"), dict):
        raise wrong("case", "object")
    if kind in ("case", "offer") and (not content.get("number") or len(content["number"]) > 40):
        raise wrong("number", "1-40")
    if kind == "change" and content.get("demand") not in DEMANDS:
        raise wrong("demand", " ".join(DEMANDS))
    if kind == "answer" and content.get("answer") not in ("accept", "return"):
        raise wrong("answer", "accept return")
    _check_files(content.get("files") or [], wrong)
    return content


def _check_files(files: object, wrong: Callable[[str, str], Problem]) -> None:
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise wrong("files", f"list, {MOST_FILES}")
    for each in files:
        if not isinstance(each, dict) or not re.fullmatch(r"[0-9a-f]{64}", str(each.get("sha256", ""))):
            raise wrong("files.sha256", "64 × [0-9a-f]")
        if not isinstance(each.get("name", ""), str):
            raise wrong("files.name", "text")


def take_in(*, peer: Peer, content: Mapping[str, Any], fetch: Fetch) -> Message:
    """Take one message in. The same again answers the same; the same key with another content is refused
    (`peer.key_reused`). fetch: bytes by fingerprint. Answers the message: applied, conflict, or refused with its cause."""
    said = check_content(dict(content))
    mark = fingerprint(said)
    known = Message.objects.filter(peer=peer, direction="in", key=said["key"]).first()
    if known is not None and known.sha256 != mark:
        raise Problem("peer.key_reused", key=said["key"])
    if known is not None and known.status != "refused":
        return known
    files = {each["sha256"]: fetch(each["sha256"]) for each in said.get("files") or []}
    try:
        return _apply(peer, known, said, mark, files)
    except Problem as refusal:
        return _keep_refused(peer, said, mark, refusal)
    except IntegrityError:  # the same message twice at once: the other one was quicker
        row = Message.objects.filter(peer=peer, direction="in", key=said["key"]).first()
        if row is None:
            raise
        return row


def _row(peer: Peer, said: Mapping[str, Any], mark: str) -> Message:
    return Message(
        home=peer.home, peer=peer, direction="in", key=said["key"], kind=said["kind"], sha256=mark,
        content=_bare(said), made_at=clock.now(),
    )  # fmt: skip


def _bare(said: Mapping[str, Any]) -> dict[str, Any]:
    """The content without names and telephones."""
    found = dict(said)
    if isinstance(found.get("case"), Mapping):
        found["case"] = {name: value for name, value in found["case"].items() if name not in SEALED}
    return found


def _apply(
    peer: Peer, known: Message | None, said: Mapping[str, Any], mark: str, files: Mapping[str, bytes]
) -> Message:
    with deed(by=SYSTEM, via=via_of(peer)) as d:
        row = known or _row(peer, said, mark)
        row.status, row.cause, row.sealed, row.answer = "applied", "", "", {}
        with transaction.atomic():
            if known is None:
                row.save(force_insert=True)
        outcome = apply(d, peer, said, files)
        row.status, row.case = outcome.status, outcome.case
        if outcome.case is not None:
            row.home = outcome.case.home
            row.answer = {"number": outcome.case.number}
        if outcome.status == "conflict" and outcome.case is not None:
            row.answer |= {"ours": outcome.ours}
            details = {"number": outcome.case.number, "peer": peer.name, "message": str(row.pk)}
            d.record("case.conflict_found", outcome.case, details=details)
        row.done_at = d.effective_at if row.status == "applied" else None
        row.version += 1
        row.save(force_update=True)
    return row


def _keep_refused(peer: Peer, said: Mapping[str, Any], mark: str, refusal: Problem) -> Message:
    with transaction.atomic():
        row = (
            Message.objects.select_for_update(no_key=True)
            .filter(peer=peer, direction="in", key=said["key"])
            .first()
        )
        row = row or _row(peer, said, mark)
        if row._state.adding or row.status == "refused":
            row.status, row.cause = "refused", refusal.sentence("zh-hans")[:400]
            row.answer = {"problem": {"code": refusal.code, "details": refusal.as_json("zh-hans")["details"]}}
            case = said.get("case")
            reporter = (
                {name: case[name] for name in SEALED if case.get(name)} if isinstance(case, Mapping) else {}
            )
            row.sealed = seal_office(PURPOSE, json.dumps(reporter, ensure_ascii=False)) if reporter else ""
            row.tries += 1
            row.version += 1
            row.save()
    return row


def take_in_again(*, by: Actor, message: Message, fetch: Fetch, via: str = "web") -> Message:
    """再收一次: after the mapping was mended. Raises `peer.settled`."""
    require(by.scope, "case.import", area=message.peer.campaign.area)
    if message.direction != "in" or message.status != "refused":
        raise Problem("peer.settled", status=message.status)
    said = dict(message.content)
    if message.sealed:
        said["case"] = {**said["case"], **json.loads(open_office(PURPOSE, message.sealed))}
    row = take_in(peer=message.peer, content=said, fetch=fetch)
    with deed(by=by, via=via) as d:
        d.record("peer.message_again", row.case or row.peer, details={"key": row.key, "status": row.status})
    return row


# --- files that came before their message ----------------------------------------------------------------------------


class _Named:
    """Bytes with a name, as uploads are."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content = name, content

    def read(self) -> bytes:
        return self._content


def keep_file(*, peer: Peer, sha256: str, content: bytes) -> None:
    """Keep a file until its message comes. The same again does nothing. Raises `peer.file_wrong` and what files may be
    refused for."""
    import hashlib

    if hashlib.sha256(content).hexdigest() != sha256:
        raise Problem("peer.file_wrong", sha256=sha256)
    if _kept(peer, sha256) is None:
        attach(
            by=SYSTEM,
            subject=peer,
            upload=_Named(sha256[:12], content),
            purpose="exchange",
            seen=False,
            via=via_of(peer),
        )


def _kept(peer: Peer, sha256: str) -> Attachment | None:
    rows = Attachment.objects.filter(
        subject_type="peer", subject_id=str(peer.pk), sent_sha256=sha256, withdrawn=False
    )
    return rows.exclude(stored="").first()


def fetch_kept(peer: Peer, content: Mapping[str, Any]) -> Fetch:
    """Bytes that were put before the message. Raises `peer.file_missing`, naming all that are missing."""
    wanted = [each["sha256"] for each in check_content(dict(content)).get("files") or []]

    def fetch(sha256: str) -> bytes:
        row = _kept(peer, sha256)
        if row is None:
            missing = [each for each in wanted if _kept(peer, each) is None]
            raise Problem("peer.file_missing", count=len(missing), files=missing)
        return path_of(row.stored).read_bytes()

    return fetch
