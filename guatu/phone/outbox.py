"""What phones send, done exactly once.

`KINDS` says which act stands behind each kind; a further kind is one more line. The receipt is written before the act and
in the same transaction: a second phone (or tab, or try) with the same id waits for it, and finds the answer.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.utils.translation import get_language

from guatu.fieldwork.acts.phones import begin_receipt, finish_receipt
from guatu.fieldwork.models import PhoneReceipt
from guatu.kernel import clock
from guatu.kernel.acts import deed
from guatu.kernel.problems import Problem
from guatu.phone import kinds, point_kinds, visits
from guatu.phone.clock import happened, skew_of
from guatu.units.models import Person

VIA = "phone"
MOST_BYTES = 12 * 1024 * 1024  # one photo as the phone shrinks it has 0.5 MB
MOST_FILES = 20


@dataclass(frozen=True)
class Item:
    """One thing as it came. at, sent_at: the phone's clock; seen_at: ours when phone and server last spoke before it."""

    id: UUID
    kind: str
    payload: Mapping[str, Any]
    at: dt.datetime
    sent_at: dt.datetime
    seen_at: dt.datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = None
    files: Sequence[UploadedFile] = field(default=())


@dataclass(frozen=True)
class Answer:
    """What the phone is told. fresh: done just now; else the same answer again."""

    receipt: PhoneReceipt
    fresh: bool

    def as_json(self) -> dict[str, Any]:
        row = self.receipt
        return {
            "id": str(row.id),
            "kind": row.kind,
            "number": number_of(row),
            "sentence": row.answer.get("sentence_en" if _english() else "sentence", ""),
            "received_at": clock.local(row.received_at).isoformat(timespec="seconds"),
            "happened_at": row.answer.get("happened_at", ""),
            "skew": row.skew,
            "again": not self.fresh,
            "answer": row.answer.get("answer", {}),
        }


KINDS: dict[str, Callable[[Person, Mapping[str, Any], kinds.Said], dict[str, Any]]] = {
    "survey": kinds.survey,
    "case": kinds.case,
    "case_step": kinds.case_step,
    "visit": visits.visit,
    "queue": point_kinds.queue,
}


def number_of(row: PhoneReceipt) -> str:
    """What a person may read out on the telephone."""
    return f"{clock.local(row.received_at):%m%d}-{row.id.hex[-6:].upper()}"


def _english() -> bool:
    return (get_language() or "zh").startswith("en")


def read_item(text: str, files: Sequence[UploadedFile]) -> Item:
    """An item out of JSON. Raises `phone.bad_item` naming what is wrong, `kernel.too_large`."""
    try:
        said = json.loads(text)
    except ValueError as wrong:
        raise Problem("phone.bad_item", what="JSON") from wrong
    if not isinstance(said, dict):
        raise Problem("phone.bad_item", what="JSON")
    if len(files) > MOST_FILES:
        raise Problem("phone.bad_item", what="files")
    for each in files:
        if (each.size or 0) > MOST_BYTES:
            limit = f"{MOST_BYTES // 1024 // 1024} MB"
            raise Problem(
                "kernel.too_large", what=each.name, size=f"{(each.size or 0) // 1024} KB", limit=limit
            )
    try:
        item_id = UUID(str(said.get("id")))
    except ValueError as wrong:
        raise Problem("phone.bad_item", what="id") from wrong
    payload = said.get("payload")
    if not isinstance(payload, dict):
        raise Problem("phone.bad_item", what="payload")
    spot = said.get("spot") if isinstance(said.get("spot"), dict) else {}
    return Item(
        id=item_id,
        kind=str(said.get("kind", ""))[:20],
        payload=payload,
        at=_moment(said, "at"),
        sent_at=_moment(said, "sent_at"),
        seen_at=_moment(said, "seen_at") if said.get("seen_at") else None,
        lon=_number(spot, "lon", 180),
        lat=_number(spot, "lat", 90),
        accuracy=_number(spot, "accuracy", 1e7),
        files=files,
    )


def _moment(said: Mapping[str, Any], name: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(str(said.get(name, "")))
        if found.tzinfo is None or not 1970 <= found.year <= 2200:
            raise ValueError(name)
        return clock.local(found)
    except (ValueError, OverflowError) as wrong:
        raise Problem("phone.bad_item", what=name) from wrong


def _number(spot: Any, name: str, most: float) -> float | None:
    value = spot.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        return None
    return float(value)


def fingerprint(item: Item) -> str:
    """Of what was said; when it was sent is no part of it, so that every try has the same one."""
    said = [
        item.kind,
        item.payload,
        item.at.astimezone(dt.UTC).isoformat(),
        item.lon,
        item.lat,
        item.accuracy,
    ]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())
    for each in item.files:
        digest.update(str(each.name).encode())
        for chunk in each.chunks():
            digest.update(chunk)
        each.seek(0)
    return digest.hexdigest()


def take(*, by: Person, item: Item) -> Answer:
    """Do what a phone says, once. Raises `phone.unknown_kind`, `phone.other_bytes`, and whatever the act refuses: then
    nothing is kept under the id, and it may come again, mended."""
    act = KINDS.get(item.kind)
    if act is None:
        raise Problem("phone.unknown_kind", kind=item.kind)
    digest = fingerprint(item)
    kept = _kept(by, item, digest)
    if kept is not None:
        return kept
    try:
        with deed(by=by, via=VIA):
            return _do(by, item, digest, act)
    except IntegrityError:
        # somebody else was first with this id, between the look and the write; or the act itself broke a rule
        kept = _kept(by, item, digest)
        if kept is None:
            raise
        return kept


def _kept(by: Person, item: Item, digest: str) -> Answer | None:
    row = PhoneReceipt.objects.filter(id=item.id).first()
    if row is None:
        return None
    if row.person_id != by.id or row.sha256 != digest:
        raise Problem("phone.other_bytes")
    return Answer(row, fresh=False)


def _do(by: Person, item: Item, digest: str, act: Callable[..., dict[str, Any]]) -> Answer:
    now = clock.now()
    moment = happened(item.at, sent_at=item.sent_at, now=now, seen_at=item.seen_at)
    row = begin_receipt(
        by=by, item_id=item.id, kind=item.kind, sha256=digest, said_at=item.at, skew=skew_of(item.sent_at, now), now=now
    )  # fmt: skip
    said = kinds.Said(moment, item.files, item.lon, item.lat, item.accuracy)
    told = act(by, item.payload, said)
    answer = {
        "sentence": told.pop("sentence", ""),
        "sentence_en": told.pop("sentence_en", ""),
        "happened_at": clock.local(moment).isoformat(timespec="seconds"),
        "answer": told,
    }
    return Answer(finish_receipt(row, answer), fresh=True)
