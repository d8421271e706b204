"""Drafts of forms: kept until somebody publishes them, file by file if need be. Phones never see one."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from guatu.campaigns.models import Campaign
from guatu.fieldwork import problems as problems
from guatu.fieldwork import reads
from guatu.fieldwork.acts.forms import (
    LARGEST_MEDIA,
    keep_version,
    make_form,
    md5,
    publish_draft,
    type_of,
    with_version,
)
from guatu.fieldwork.acts.letters import EnvelopeIn, open_envelope, understand
from guatu.fieldwork.models import Form, FormMedia, FormVersion
from guatu.fieldwork.rules.lifecycle import next_version
from guatu.fieldwork.rules.sheet import pack, unpack
from guatu.fieldwork.xlsform import Compiled, compile_form
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem

LONGEST_ID, LONGEST_VERSION = 64, 40


def draft_form(
    *,
    by: Actor,
    campaign: Campaign,
    source: bytes,
    file_name: str,
    form: Form | None = None,
    fallback_id: str = "",
    refuse_warnings: bool = False,
    via: str = "web",
) -> FormVersion:
    """Keep a form as a draft: of a new form (form=None), or the next version of one.

    Files it speaks of may follow (`add_draft_media`); those that the version before had are taken over. A version that
    is published already becomes the next free one, since phones may hold it. fallback_id: the form's id when the
    workbook names none. Raises form.exists, form.other_id, form.warnings, form.faults, form.not_a_form.
    """
    require(by.scope, "form.publish", area=campaign.area)
    compiled = compile_form(source, file_name, fallback_id or (form.code if form else ""))
    _check(compiled, campaign, form, file_name)
    if refuse_warnings and compiled.warnings:
        raise Problem(
            "form.warnings",
            name=compiled.sheet.title or file_name,
            count=len(compiled.warnings),
            first=compiled.warnings[0][:200],
            warnings=compiled.warnings[:50],
        )
    with deed(by=by, via=via) as d:
        if form is None:
            form = make_form(d, campaign, compiled.sheet, {})
        files = {**_carried(form, compiled), **compiled.media}
        version = keep_version(form, _under_free_version(form, compiled), source, file_name, files)
        d.record("form.drafted", form, details={"version": version.version, "file": file_name[:200]})
    return version


def _check(compiled: Compiled, campaign: Campaign, form: Form | None, file_name: str) -> None:
    code = compiled.sheet.form_id
    if len(code) > LONGEST_ID or len(compiled.sheet.version) > LONGEST_VERSION:
        why = f"form_id ≤ {LONGEST_ID}, version ≤ {LONGEST_VERSION}"
        raise Problem("form.not_a_form", name=file_name[:120], why=why)
    if form is not None and code != form.code:
        raise Problem("form.other_id", code=form.code, found=code)
    if form is None:
        there = Form.objects.filter(campaign=campaign, code=code).first()
        if there is not None:
            raise Problem("form.exists", code=code, name=there.name)


def _under_free_version(form: Form, compiled: Compiled) -> Compiled:
    taken = set(form.versions.exclude(published_at=None).values_list("version", flat=True))
    wanted = compiled.sheet.version
    if not wanted or wanted not in taken:
        return compiled
    while wanted in taken:
        wanted = next_version(wanted)
    return _under(compiled, wanted)


def _under(compiled: Compiled, version: str) -> Compiled:
    sheet = msgspec.structs.replace(compiled.sheet, version=version)
    return replace(compiled, xml=with_version(compiled.xml, version), sheet=sheet)


def _carried(form: Form, compiled: Compiled) -> Mapping[str, bytes]:
    """The files that the newest version had and this one still speaks of."""
    newest = form.versions.order_by("-made_at", "-id").first()
    needed = {external.file for external in compiled.sheet.externals}
    if newest is None or not needed:
        return {}
    return {media.name: bytes(media.content) for media in newest.media.filter(name__in=needed)}


def copy_to_draft(*, by: Actor, form: Form, via: str = "web") -> FormVersion:
    """Start a draft from what phones have now, under the next version. Without a published one: the draft that is there."""
    require(by.scope, "form.publish", area=form.area)
    if form.current is None:
        return _draft(form)
    source = form.current.xml.encode()
    return draft_form(
        by=by, campaign=form.campaign, source=source, file_name=f"{form.code}.xml", form=form, via=via
    )


def _draft(form: Form) -> FormVersion:
    found = reads.draft_of(form)
    if found is None:
        raise Problem("form.no_draft", name=form.name)
    return found


def _own_draft(by: Actor, form_version: FormVersion) -> None:
    require(by.scope, "form.publish", area=form_version.form.area)
    if form_version.published_at is not None:
        raise Problem("form.is_published", version=form_version.version)


def add_draft_media(
    *, by: Actor, form_version: FormVersion, name: str, content: bytes, via: str = "web"
) -> FormMedia:
    """Give a draft one of the files it speaks of, or another one in its place. Raises access.not_found for other names."""
    _own_draft(by, form_version)
    if name not in {external.file for external in unpack(form_version.questions).externals}:
        raise Problem("access.not_found")
    if len(content) > LARGEST_MEDIA:
        raise Problem("kernel.too_large", what=name, size=f"{len(content):,} B", limit=f"{LARGEST_MEDIA:,} B")
    with deed(by=by, via=via) as d:
        media, _ = FormMedia.objects.update_or_create(
            form_version=form_version,
            name=name,
            defaults={"content_type": type_of(name), "hash": md5(content), "content": content},
        )
        details = {"version": form_version.version, "file": name}
        d.record("form.media_added", form_version.form, details=details)
    return media


def remove_draft_media(*, by: Actor, form_version: FormVersion, name: str, via: str = "web") -> None:
    """Take a file off a draft."""
    _own_draft(by, form_version)
    media = reads.media(form_version, name)
    with deed(by=by, via=via) as d:
        media.delete()
        d.record(
            "form.media_removed", form_version.form, details={"version": form_version.version, "file": name}
        )


def publish_draft_as(
    *, by: Actor, form_version: FormVersion, version: str = "", via: str = "web"
) -> FormVersion:
    """Publish a draft, under another version when one is named. Raises form.version_taken, form.media_missing."""
    _own_draft(by, form_version)
    with deed(by=by, via=via):
        if version and version != form_version.version:
            _rename(form_version, version)
        return publish_draft(by=by, form_version=form_version, via=via)


def _rename(row: FormVersion, version: str) -> None:
    others = row.form.versions.exclude(id=row.id).filter(version=version)
    if len(version) > LONGEST_VERSION:
        raise Problem("form.not_a_form", name=row.name, why=f"version ≤ {LONGEST_VERSION}")
    if others.exclude(published_at=None).exists():
        raise Problem(
            "form.version_taken", name=row.form.name, version=version, suggestion=next_version(version)
        )
    for other in others:  # an older draft of that name gives way
        other.media.all().delete()
        other.delete()
    row.xml = with_version(row.xml, version)
    row.hash, row.version, row.made_at = md5(row.xml.encode()), version, clock.now()
    row.questions = pack(msgspec.structs.replace(unpack(row.questions), version=version))
    row.save(update_fields=["xml", "hash", "version", "questions", "made_at"])


def try_draft(form_version: FormVersion, envelope: EnvelopeIn) -> None:
    """Check a filled draft as if it came in, and keep nothing of it. Raises what receiving would raise."""
    letter = open_envelope(envelope)
    letter.form, letter.version = form_version.form, form_version
    if letter.outcome.problem is None and letter.header.form_id != form_version.form.code:
        raise Problem("form.other_id", code=form_version.form.code, found=letter.header.form_id)
    if letter.outcome.problem is None:
        understand(letter)
    if letter.outcome.problem is not None:
        raise letter.outcome.problem


def drop_draft(*, by: Actor, form_version: FormVersion, via: str = "web") -> None:
    """Delete a draft; what phones have stays. A form that has nothing else keeps its draft."""
    _own_draft(by, form_version)
    form = form_version.form
    if form.current_id is None:
        raise Problem("form.only_draft", name=form.name)
    with deed(by=by, via=via) as d:
        details = {"version": form_version.version}
        form_version.media.all().delete()
        form_version.delete()
        d.record("form.draft_dropped", form, details=details)
