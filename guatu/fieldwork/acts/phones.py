"""What the phone door keeps: receipts of its outbox, and the look at what was sent back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from guatu.fieldwork.models import Envelope, PhoneReceipt, SubmissionReturn
from guatu.fieldwork.reads import xml_of
from guatu.kernel import clock
from guatu.kernel.acts import in_deed
from guatu.kernel.models import SightLog
from guatu.units.models import Person


def begin_receipt(
    *, by: Person, item_id: UUID, kind: str, sha256: str, said_at: dt.datetime, skew: float, now: dt.datetime
) -> PhoneReceipt:
    """Write the receipt of an item before its act, in the same deed: who comes second with the same id waits here and
    then fails with an IntegrityError. skew: seconds the phone's clock was behind ours."""
    assert in_deed(), "a receipt without its act would be a lie"
    row = PhoneReceipt(
        id=item_id, home=by.home, person=by, kind=kind, sha256=sha256, said_at=said_at, skew=skew, received_at=now
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def finish_receipt(row: PhoneReceipt, answer: Mapping[str, Any]) -> PhoneReceipt:
    """Keep what came of it; the same is answered to every further try."""
    row.answer = dict(answer)
    row.save(update_fields=["answer"])
    return row


def open_returned(*, by: Person, row: SubmissionReturn) -> bytes | None:
    """The bytes of a submission that was sent back, for whoever it was sent back to; None when they are not for them.

    What holds personal answers is opened for its own collector only, and the look is written down.
    """
    rows = Envelope.objects.filter(submission_id=row.submission_id, instance_id=row.instance_id)
    kept = rows.order_by("-received_at").first()
    if kept is None or (kept.sealed and row.collector_id != by.id):
        return None
    if kept.sealed:
        SightLog.objects.create(
            at=clock.now(), by_id=by.id, subject_type="submission", subject_id=str(row.submission_id),
            field="envelope", reason="退回更正",
        )  # fmt: skip
    return xml_of(kept)
