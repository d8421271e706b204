"""Publishing forms: from a workbook to a version that phones hold."""

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from lxml import etree

from guatu.campaigns.models import Campaign
from guatu.fieldwork import elsewhere
from guatu.fieldwork import problems as problems
from guatu.fieldwork.acts.letters import Understood, find_areas, sealed_texts, sheet_of
from guatu.fieldwork.models import Form, FormMedia, FormVersion, Submission
from guatu.fieldwork.rules import meaning
from guatu.fieldwork.rules.lifecycle import may_move, next_version
from guatu.fieldwork.rules.sheet import Sheet, pack
from guatu.fieldwork.rules.xforms import read_form
from guatu.fieldwork.xlsform import Compiled, compile_form
from guatu.kernel import clock, secrets, xml
from guatu.kernel.access import require
from guatu.kernel.acts import SYSTEM, Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem

LARGEST_MEDIA = 10 * 1024 * 1024


def publish_form(
    *,
    by: Actor,
    campaign: Campaign,
    source: bytes,
    file_name: str,
    settings: Mapping[str, Any] | None = None,
    media: Mapping[str, bytes] | None = None,
    draft: bool = False,
    via: str = "web",
) -> FormVersion:
    """Publish an XLSForm or XForm in a campaign; a form of that code gets a new version, else it is made.

    The same content again answers the version that is there and changes nothing. draft=True keeps it from phones until
    `publish_draft`. settings: rules.meaning.Settings as data (None: what the form has, or good sense). media: files the
    form speaks of, by name. Raises form.faults, form.not_a_form, form.version_taken, form.media_missing, form.bad_settings.
    """
    require(by.scope, "form.publish", area=campaign.area)
    compiled = compile_form(source, file_name)
    files = {**compiled.media, **(media or {})}
    require_media(compiled.sheet, files, file_name, campaign)
    with deed(by=by, via=via) as d:
        form = Form.objects.filter(campaign=campaign, code=compiled.sheet.form_id).first()
        _check_settings(settings if settings is not None else (form.settings if form else {}), compiled.sheet)
        same = _same_version(form, compiled, files) if form is not None else None
        if same is not None:
            if settings is not None and form is not None:
                change_settings(by=by, form=form, settings=settings, via=via)
            return same
        if form is None:
            form = make_form(d, campaign, compiled.sheet, settings or {})
        version = keep_version(form, compiled, source, file_name, files)
        d.record("form.drafted", form, details={"version": version.version, "file": file_name[:200]})
        if settings is not None and form.settings != dict(settings):
            change_settings(by=by, form=form, settings=settings, via=via)
        if not draft:
            publish_draft(by=by, form_version=version, via=via)
    return version


def make_form(d: Deed, campaign: Campaign, sheet: Sheet, settings: Mapping[str, Any]) -> Form:
    """A new form without a version, within a deed."""
    form = Form(
        home=campaign.home, campaign=campaign, area=campaign.area, code=sheet.form_id,
        name=(sheet.title or sheet.form_id)[:120], settings=dict(settings), made_at=clock.now(),
    )  # fmt: skip
    form.save(force_insert=True)
    d.record("form.made", form, details={"code": form.code, "name": form.name})
    return form


def require_media(sheet: Sheet, files: Mapping[str, bytes], file_name: str, campaign: Campaign) -> None:
    needed = {external.file for external in sheet.externals if external.file != "last-saved"} - set(files)
    lists = elsewhere.lists(campaign) | {each.dataset for each in sheet.writes} if needed else set()
    missing = sorted(needed - {f"{name}.csv" for name in lists})
    if missing:
        askers = [question.name for question in sheet.questions if question.open_choices]
        raise Problem(
            "form.media_missing",
            name=file_name,
            files="、".join(missing),
            where="、".join(askers) or "survey",
        )
    for name, content in files.items():
        if len(content) > LARGEST_MEDIA:
            raise Problem(
                "kernel.too_large", what=name, size=f"{len(content):,} B", limit=f"{LARGEST_MEDIA:,} B"
            )


def _require_kept_media(version: FormVersion) -> None:
    """A draft may wait for its files; phones never see a version that lacks one."""
    sheet = sheet_of(version)
    if sheet.externals:
        files = dict.fromkeys(version.media.values_list("name", flat=True), b"")
        require_media(sheet, files, version.source_name or version.name, version.form.campaign)


def _check_settings(settings: Mapping[str, Any], sheet: Sheet) -> None:
    try:
        meaning.read_settings(settings, sheet)
    except meaning.SettingsError as wrong:
        raise Problem("form.bad_settings", name=sheet.title or sheet.form_id, why=str(wrong)) from wrong


def with_version(text: str, version: str) -> str:
    """The XForm with its version written into the primary instance (a form without one cannot be told from its next)."""
    root = xml.parse(text.encode(), "XForm")
    for node in root.iter():
        if isinstance(node.tag, str) and etree.QName(node).localname == "instance":
            next(each for each in node if isinstance(each.tag, str)).set("version", version)
            break
    written: str = etree.tostring(root, encoding="unicode")
    return written


def _same_version(form: Form, compiled: Compiled, files: Mapping[str, bytes]) -> FormVersion | None:
    """The version that holds just this content. Refuses another content under a version that is taken."""
    wanted = compiled.sheet.version
    for version in form.versions.all():
        if wanted and version.version != wanted:
            continue
        text = compiled.xml if wanted else with_version(compiled.xml, version.version)
        kept = dict(version.media.values_list("name", "hash"))
        if version.xml == text and kept == {name: md5(content) for name, content in files.items()}:
            return version
        if wanted and version.published_at is not None:
            taken = set(form.versions.values_list("version", flat=True))
            suggestion = next_version(wanted)
            while suggestion in taken:
                suggestion = next_version(suggestion)
            raise Problem("form.version_taken", name=form.name, version=wanted, suggestion=suggestion)
    return None


def md5(content: bytes) -> str:
    """The fingerprint of the OpenRosa form list."""
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"  # noqa: TID251 OpenRosa demands MD5


def keep_version(
    form: Form, compiled: Compiled, source: bytes, file_name: str, files: Mapping[str, bytes]
) -> FormVersion:
    """Keep what was compiled as a draft of the form; a draft of the same version is replaced."""
    text, sheet = compiled.xml, compiled.sheet
    if not sheet.version:
        taken = set(form.versions.values_list("version", flat=True))
        number = f"{clock.today():%Y%m%d}01"
        while number in taken:
            number = next_version(number)
        text = with_version(text, number)
        # what the form writes to lists keeps the rows of the workbook, which the XForm has not
        sheet = msgspec.structs.replace(read_form(xml.parse(text.encode(), "XForm")), writes=sheet.writes)
    old = form.versions.filter(version=sheet.version, published_at=None).first()
    if old is not None:  # a draft may be uploaded again and again until it is published
        old.media.all().delete()
        old.delete()
    version = FormVersion(
        form=form, version=sheet.version[:40], name=sheet.title or sheet.form_id, xml=text, hash=md5(text.encode()),
        questions=pack(sheet), source=source, source_name=file_name[:200],
        warnings=[*compiled.warnings[:50], *compiled.phone[:50]], made_at=clock.now(),
    )  # fmt: skip
    version.save(force_insert=True)
    FormMedia.objects.bulk_create(
        [
            FormMedia(
                form_version=version,
                name=name[:200],
                content_type=type_of(name),
                hash=md5(content),
                content=content,
            )
            for name, content in sorted(files.items())
        ]
    )
    return version


def type_of(name: str) -> str:
    return (
        "text/csv" if name.endswith(".csv") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    )


def publish_draft(*, by: Actor, form_version: FormVersion, via: str = "web") -> FormVersion:
    """Hand a drafted version to phones; a form in draft opens with its first one."""
    form = form_version.form
    require(by.scope, "form.publish", area=form.area)
    if form_version.published_at is not None:
        return form_version
    _require_kept_media(form_version)
    with deed(by=by, via=via) as d:
        form_version.published_at = clock.now()
        form_version.save(update_fields=["published_at"])
        form.current = form_version
        form.name = form_version.name[:120]
        if form.status == "draft":
            form.status = "open"
        form.version += 1
        form.save(update_fields=["current", "name", "status", "version"])
        d.record("form.published", form, details={"version": form_version.version, "hash": form_version.hash})
    return form_version


def move_form(*, by: Actor, form: Form, to: str, version: int | None = None, via: str = "web") -> Form:
    """Open, close for new work (`closing`), or close a form."""
    require(by.scope, "form.publish", area=form.area)
    check_version(form, version)
    if not may_move(form.status, to) or form.current_id is None:
        raise Problem("form.wrong_step", name=form.name, old=form.status, new=to)
    with deed(by=by, via=via) as d:
        old, form.status = form.status, to
        form.version += 1
        form.save(update_fields=["status", "version"])
        d.record(_MOVED[to], form, details={"old": old, "new": to})
    return form


_MOVED = {"open": "form.opened", "closing": "form.closing", "closed": "form.closed"}


def change_settings(
    *, by: Actor, form: Form, settings: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Form:
    """Change how a form's submissions count; those received already are counted anew, as corrections.

    Questions newly said to be personal are sealed in what was received; what was sealed stays sealed.
    """
    require(by.scope, "form.edit", area=form.area)
    check_version(form, version)
    latest = form.current or form.versions.order_by("-made_at").first()
    if latest is not None:
        _check_settings(settings, sheet_of(latest))
    if form.settings == dict(settings):
        return form
    with deed(by=by, via=via) as d:
        old, form.settings = form.settings, dict(settings)
        form.version += 1
        form.save(update_fields=["settings", "version"])
        d.record("form.settings_changed", form, details={"old": old, "new": form.settings})
        rows = Submission.objects.filter(form=form).select_related("form_version", "campaign")
        for row in _restated(form, rows.iterator(chunk_size=500)):
            d.record("submission.restated", row, correction=True, details={"form": form.id.hex})
    return form


def _restated(form: Form, rows: Iterable[Submission]) -> Iterable[Submission]:
    """Every submission with its meaning worked out again; only those that changed."""
    settings = meaning.read_settings(form.settings)
    for row in rows:
        sheet = sheet_of(row.form_version)
        clear, fresh = meaning.split_personal(row.answers, meaning.personal_paths(sheet, settings))
        meant = meaning.meaning_of(sheet, settings, clear, code=form.code, name=row.title)
        at, on = meaning.happened(meant.day, clock.local(row.received_at))
        found = Understood(clear, fresh, meant, row.files, at, on, bool(fresh))
        find_areas([(found, form.campaign, SYSTEM)])
        area = found.area if found.area != form.campaign.area else row.area
        changed = (row.meaning, row.area, row.happened_on, row.answers) != (meant.kept(), area, on, clear)
        if not changed:
            continue
        if fresh:
            row.sealed = {**row.sealed, **secrets.seal_fields(row.id, sealed_texts(fresh))}
        row.answers, row.meaning, row.area, row.happened_at, row.happened_on = (
            clear,
            meant.kept(),
            area,
            at,
            on,
        )
        row.version += 1
        row.save(force_update=True)
        yield row
