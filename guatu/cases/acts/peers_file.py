"""Exchange without a line: the same messages as one zip file (messages.json and the photos by fingerprint), out and in."""

import io
import json
import zipfile
from typing import Any

from django.db.models import F

from guatu.cases.acts.peers_in import check_content, take_in
from guatu.cases.acts.peers_send import file_bytes
from guatu.cases.models import Message, Peer
from guatu.cases.rules.exchange import MOST_FILE_BYTES, MOST_JSON_BYTES, STUCK, WAITING
from guatu.files.acts import Upload
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem

_MOST = 2000  # messages in one file
_MOST_WHOLE = 200 * 1024 * 1024


def export_messages(*, by: Actor, peer: Peer, via: str = "web") -> str:
    """Put what waits into a file; answers its name, under which `file_of` makes it as often as it is wanted. Raises
    `peer.nothing_to_export`."""
    require(by.scope, "case.export", area=peer.campaign.area)
    with deed(by=by, via=via) as d:
        row = Peer.objects.select_for_update(no_key=True).get(pk=peer.pk)
        ids = list(
            Message.objects.filter(peer=row, direction="out", status__in=(*WAITING, *STUCK))
            .order_by("position")
            .values_list("pk", flat=True)[:_MOST]
        )
        if not ids:
            raise Problem("peer.nothing_to_export", peer=peer.name)
        name = _name(row)
        Message.objects.filter(pk__in=ids).update(
            status="sent",
            done_at=d.effective_at,
            next_at=None,
            cause="",
            answer={"file": name},
            version=F("version") + 1,
        )
        d.record("peer.exported", row, area=peer.campaign.area, details={"file": name, "count": len(ids)})
    return name


def _name(peer: Peer) -> str:
    start = f"{peer.code}-{clock.today():%Y%m%d}-"
    taken = Message.objects.filter(peer=peer, direction="out", answer__file__startswith=start)
    return f"{start}{len(set(taken.values_list('answer__file', flat=True))) + 1:02d}"


def file_of(peer: Peer, name: str) -> bytes:
    """The zip of one export, the same each time. Raises `access.not_found`."""
    rows = list(Message.objects.filter(peer=peer, direction="out", answer__file=name).order_by("position"))
    if not rows:
        raise Problem("access.not_found")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        head = {"format": "guatu-exchange", "version": 1, "file": name, "campaign": peer.campaign.code}
        text = json.dumps({**head, "messages": [row.content for row in rows]}, ensure_ascii=False, indent=1)
        box.writestr("messages.json", text)
        for sha256 in sorted({each["sha256"] for row in rows for each in row.content.get("files", ())}):
            box.writestr(f"files/{sha256}", file_bytes(sha256))
    return out.getvalue()


def import_messages(*, by: Actor, peer: Peer, upload: Upload, via: str = "web") -> dict[str, int]:
    """Take in a file of theirs, message by message; the same file again changes nothing. Answers {status: how many}.
    Raises `peer.bad_file`."""
    require(by.scope, "case.import", area=peer.campaign.area)
    name = str(upload.name or "zip")[:80]
    content = upload.read()
    if len(content) > _MOST_WHOLE:
        raise Problem("peer.too_large", what=name, limit="200 MB")
    try:
        box = zipfile.ZipFile(io.BytesIO(content))
        messages = json.loads(_read(box, "messages.json", MOST_JSON_BYTES * 20))["messages"]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as wrong:
        raise Problem("peer.bad_file", name=name, why="messages.json") from wrong
    if not isinstance(messages, list) or len(messages) > _MOST:
        raise Problem("peer.bad_file", name=name, why="messages")
    for each in messages:
        check_content(each)  # the whole file, before anything of it is done
    counts = {"applied": 0, "conflict": 0, "refused": 0, "settled": 0}
    for each in messages:
        counts[take_in(peer=peer, content=each, fetch=_fetch(box)).status] += 1
    with deed(by=by, via=via) as d:
        d.record("peer.imported", peer, area=peer.campaign.area, details=counts)
    return counts


def _read(box: zipfile.ZipFile, name: str, most: int) -> bytes:
    with box.open(name) as found:
        content = found.read(most + 1)
    if len(content) > most:
        raise Problem("peer.too_large", what=name, limit=f"{most // 1024 // 1024} MB")
    return content


def _fetch(box: zipfile.ZipFile) -> Any:
    import hashlib

    def fetch(sha256: str) -> bytes:
        try:
            content = _read(box, f"files/{sha256}", MOST_FILE_BYTES)
        except (KeyError, zipfile.BadZipFile) as wrong:
            raise Problem("peer.file_missing", count=1, files=[sha256]) from wrong
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Problem("peer.file_wrong", sha256=sha256)
        return content

    return fetch
