"""Attaching files to subjects, and taking them back."""

from pathlib import Path
from typing import Any, Protocol

from django.db import models, transaction
from django.db.models import F

from guatu.files import bytes as stored_bytes
from guatu.files import problems as problems
from guatu.files.models import Attachment
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import NOWHERE, Actor, deed, subject_type
from guatu.kernel.problems import Problem
from guatu.kernel.subjects import table


class Upload(Protocol):
    """What Django's uploaded files and any opened file can do."""

    name: Any

    def read(self) -> Any: ...


def attach(
    *,
    by: Actor,
    subject: models.Model,
    upload: Upload,
    purpose: str,
    taken_at: Any = None,
    lon: float | None = None,
    lat: float | None = None,
    seen: bool = True,
    via: str = "web",
) -> Attachment:
    """Attach a file to a subject; the bytes are checked, pictures are drawn anew without their metadata.

    `seen=False` when the calling act has already made sure that `by` may write to the subject (a phone that sends but
    may not read). taken_at, lon, lat: only what the sender said on purpose. Raises the refusals of `bytes.clean`,
    `access.not_found`.
    """
    if seen:
        _must_see(by, subject_type(subject), str(subject.pk))
    name = Path(str(upload.name or "file")).name[:200]
    found = stored_bytes.clean(upload.read(), name)
    attachment = Attachment(
        home=getattr(subject, "home", "") or NOWHERE,
        campaign_id=getattr(subject, "campaign_id", None),
        area=getattr(subject, "area", "") if isinstance(getattr(subject, "area", ""), str) else "",
        subject_type=subject_type(subject),
        subject_id=str(getattr(subject, "id", None) or subject.pk),
        purpose=purpose,
        name=name,
        content_type=found.content_type,
        size=len(found.content),
        sha256=found.sha256,
        sent_sha256=found.sent_sha256,
        stored=stored_bytes.keep(found),
        width=found.width,
        height=found.height,
        taken_at=taken_at,
        lon=lon,
        lat=lat,
        by_id=by.id,
        made_at=clock.now(),
    )
    with deed(by=by, via=via) as d:
        attachment.save(force_insert=True)
        d.record("file.attached", subject, details={"attachment": str(attachment.id), "purpose": purpose})
    return attachment


def _must_see(by: Actor, kind: str, subject_id: str) -> None:
    subject = table().get(kind)
    if subject is not None and subject.seen is not None and not subject.seen(by.scope, [subject_id]):
        raise Problem("access.not_found")


def withdraw(*, by: Actor, attachment: Attachment, via: str = "web") -> Attachment:
    """Take a file back: it is no longer shown; bytes and record stay for the story. By its sender, or the subject's editor."""
    if attachment.by_id != by.id or by.id is None:
        require(by.scope, f"{attachment.subject_type}.edit", area=attachment.area)
    with deed(by=by, via=via) as d:
        attachment.withdrawn = True
        attachment.version += 1
        attachment.save(update_fields=["withdrawn", "version"])
        d.record("file.withdrawn", attachment, details={"purpose": attachment.purpose})
    return attachment


def destroy(attachment: Attachment) -> None:
    """Destroy the bytes (tables of personal values, once imported) unless another record holds the same ones."""
    path = attachment.stored
    Attachment.objects.filter(id=attachment.id).update(stored="", withdrawn=True, version=F("version") + 1)
    if path and not Attachment.objects.filter(stored=path).exists():
        transaction.on_commit(lambda: stored_bytes.destroy(path))
